"""Returns in any order, and mixed with direct edits: the same figures, and none that was accepted is lost."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hgt_portfolio.returns.reading import take_back
from tests.conftest import Book, open_book
from tests.returning import (
    CONFIRMED,
    CUMULATIVE,
    HOUSING,
    QUARTER,
    a_report,
    back,
    filed,
    filed_before,
    fill,
    sent,
)

DAY = date(2025, 1, 10)
UNITS = (HOUSING, "区科工局", "区农业农村局")


@pytest.mark.parametrize("today", [DAY])
def test_in_any_order_the_figures_are_the_same(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    paths = [sent(book, tmp_path, unit) for unit in UNITS]
    for path in paths:
        page = load_workbook(path).worksheets[0]
        numbers = [str(cells[0].value) for cells in page.iter_rows(min_row=5) if str(cells[0].value).isdecimal()]
        fill(path, {no: {"状态": "在建", CUMULATIVE: 100 + int(no), "说明": "核实"} for no in numbers})
    outcomes = []
    for order in permutations(paths):
        written = [take_back(book.ledger, back(book, path)) for path in order]
        outcomes.append(filed(book))
        for outcome in written:
            assert outcome is not None
            book.ledger.undo()
    take_back(book.ledger, back(book, *paths))
    outcomes.append(filed(book))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(outcomes[0]) > len(UNITS) * 2


CELLS = st.fixed_dictionaries(
    {}, optional={CUMULATIVE: st.sampled_from((100000, 110000, 120000)), "存在问题": st.sampled_from(("甲", "乙"))}
)
STEPS = st.lists(
    st.tuples(st.sampled_from(("return", "edit", "undo", "send")), st.sampled_from(("40", "41")), CELLS),
    min_size=2,
    max_size=6,
)


@given(steps=STEPS)
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_interleaving_loses_an_accepted_figure(
    template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, Mapping[str, Any]]]
) -> None:
    """Without a choice, a return moves a filed cell only where the ledger still says what the form was sent with."""
    folder = tmp_path_factory.mktemp("steps")
    book = open_book(Path(shutil.copy2(template, folder / "portfolio.db")), DAY)
    filed_before(book)
    settled = book.figures.last_action()
    path = sent(book, folder / "0")
    for turn, (what, no, cells) in enumerate(steps, 1):
        if what == "send":
            path = sent(book, folder / str(turn))
        elif what == "edit":
            book.ledger.report(a_report(no, cells.get(CUMULATIVE, 110000), cells.get("存在问题")))
        elif what == "return":
            filled = {no: {"状态": "在建", CONFIRMED: "是", "说明": "更正", **cells}}
            _return(book, fill(path, filled, folder / f"{turn}.xlsx"), no)
        elif any(entry.at > settled and entry.undone_by is None for entry in _own(book)):
            book.ledger.undo()
    assert book.ledger.broken_entry() is None
    book.store.close()


def _own(book: Book) -> list[Any]:
    return [entry for entry in book.figures.entries(book.point()) if entry.undoes is None]


def _return(book: Book, path: Path, no: str) -> None:
    point = book.point(QUARTER)
    read = back(book, path)
    (row,) = (one for one in read.rows if one.row.no == no)
    take_back(book.ledger, read)
    before, after = book.figures.filings(point).get(no), book.figures.filings(book.point(QUARTER)).get(no)
    template, known_at = row.row.form.template, row.row.form.known_at
    assert known_at is not None
    then = template.standings(book.figures, known_at)[no]
    for key in ("cumulative_fen", "problem", "status"):
        if before is not None and getattr(before, key) != getattr(after, key):
            assert getattr(after, key) == row.touched[key], "only what the unit wrote moves anything"
            assert then.stated(key) == getattr(before, key), "and only what it was shown"
    assert not back(book, path).taken, "a second import writes nothing"
