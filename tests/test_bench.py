"""The benchmark's yardstick is honest: the SQL written by hand gives the program's own figures, field by field."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from hgt_portfolio.demo.load import make_load
from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.figures.position import POSITION_FIELDS
from hgt_portfolio.ledger import Part
from hgt_portfolio.model.inputs import OverrideInput, UnitChangeInput
from hgt_portfolio.months import month
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.store import Store, created
from hgt_portfolio.terms import Light, UnitChangeKind
from tests.bench import sql
from tests.conftest import Book, hasten, open_book

POINTS = ("2022Q4", "2023Q4", "2024Q1", "2024Q2", "2024-08-20", "2024Q3", "2024-12", "2025-05", "2026-11-24")


def _silent(_step: str, _done: int, _of: int) -> None:
    return


def _hastened(store: Store) -> Store:
    event.listen(store.engine, "connect", hasten)
    store.engine.dispose()
    return store


@pytest.fixture(scope="module")
def decided(sample: Figures, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The sample, with what it lacks: a split, a renamed unit, a light set by hand, what was sent back and undone."""
    path = tmp_path_factory.mktemp("bench") / "演示.db"
    shutil.copy2(str(sample.store.path), path)
    book = open_book(path, date(2025, 1, 20))
    unit, name = book.position("1").unit, book.position("4").name
    halves = (Part(name="东段", investment_fen=10_000_000), Part(name="西段", investment_fen=20_000_000))
    book.amend("3", date(2024, 6, 15), investment_fen=30_000_000, investment_text="30")
    book.amend("3", date(2024, 7, 1), parts=halves)
    book.amend("10", date(2024, 7, 1), exited=1)
    book.ledger.override(OverrideInput(no="2", period=month(2024, 9), light=Light.RED, reason="群众反映强烈"))
    book.ledger.send_back("6", month(2024, 9), "附件不全")
    book.report("7", "2024Q3", "在建", "1", reason="更正")
    book.report("11", "2024Q4", "在建", "1", reason="核减", goal_verdict="滞后")
    renamed = {"kind": UnitChangeKind.RENAME, "units": (unit,), "successor": "新设的局", "doc": "区编〔2024〕1号"}
    book.ledger.change_units(UnitChangeInput(effective=date(2024, 8, 1), **renamed))
    book.amend("4", date(2024, 8, 1), name="改过名字的工程")
    book.amend("5", date(2024, 8, 1), name=f"{name}二")
    book.ledger.undo()
    yield book
    book.store.close()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    """A ledger such as the benchmark runs on, of 62 projects and eight quarters."""
    path = tmp_path_factory.mktemp("bench") / "62.db"
    with created(path) as store:
        make_load(_hastened(store), 62, 8, month(2025, 12), _silent)
    opened = Store(f"sqlite:///{path}")
    yield Figures(opened, today=date(2026, 1, 20))
    opened.close()


def same(figures: Figures, as_of: str | None, known_at: str | None = None) -> None:
    """Hold the positions and the totals at a point against those by hand."""
    point = figures.point(as_of, known_at)
    with closing(sqlite3.connect(str(figures.store.path))) as database:
        values = sql.asked(database, point)
        rows = [dict(zip(POSITION_FIELDS, row, strict=True)) for row in database.execute(sql.POSITIONS, values)]
        sums = sql.totals(database, values)
    for ours, by_hand in zip(figures.positions(point), rows, strict=True):
        assert {name: _plain(value) for name, value in ours._asdict().items()} == by_hand
    assert asdict(figures.totals(point)) == sums | {"name": "合计", "kind": "", "months": point.elapsed}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("as_of", POINTS)
def test_every_figure_by_hand_is_ours(decided: Book, loaded: Figures, as_of: str) -> None:
    same(decided.figures, as_of)
    same(loaded, as_of)


def test_the_past_by_hand_is_ours(decided: Book) -> None:
    moments = [entry.at for entry in decided.figures.entries(decided.point(), limit=2000)]
    for at in moments[:: len(moments) // 6]:
        same(decided.figures, "2024Q3", moment_text(at))


@pytest.mark.parametrize("text", ["雨污", "工程", "局", "7", "gc", "改过名字", "新设", "没有这个词"])
def test_a_page_by_hand_is_ours(decided: Book, loaded: Figures, text: str) -> None:
    for figures in (decided.figures, loaded):
        point = figures.point("2024Q3")
        where = Filter(text=text)
        with closing(sqlite3.connect(str(figures.store.path))) as database:
            numbers, rows = sql.page(database, sql.asked(database, point), text, limit=20, offset=3)
        assert [row[1] for row in rows] == [row.no for row in figures.positions(point, where, limit=20, offset=3)]
        assert len(numbers) == figures.totals(point, where).count
