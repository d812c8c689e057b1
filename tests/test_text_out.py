"""Whatever text comes in, what goes out is sound: terminal, CSV, JSON, xlsx, docx, file names and returned forms."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from hgt_portfolio.cli import run
from hgt_portfolio.exports import file_safe
from hgt_portfolio.exports.dossier import dossier_name
from hgt_portfolio.exports.shown import export_shown
from hgt_portfolio.output.plain import rows_json, to_csv, to_json, to_text
from hgt_portfolio.output.screen import is_seen, on_line, on_screen
from hgt_portfolio.plan.foreign import read_foreign
from hgt_portfolio.plan.grid import LONGEST_NAME, LONGEST_TEXT
from hgt_portfolio.plan.mapping import PlanMap, read_map
from hgt_portfolio.returns.reading import take_back
from hgt_portfolio.sheets import SheetError
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import RowChange
from tests.conftest import TODAY, Book
from tests.returning import CUMULATIVE, back, filed, fill, sent
from tests.test_tui_text import AWKWARD

WHOLE = [text for text in AWKWARD if text.isprintable() or text.encode(errors="ignore").decode() == text]
"""Those that are Unicode at all."""

FORMULAS = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1",
    "＋1+1",
    "－1+1",
    "＠x",
    "\u200b=1",
    "\t=1",
    "\r=1",
    " =1",
    "\x00=1",
)
TEXTS = st.one_of(
    st.sampled_from((*AWKWARD, *FORMULAS)),
    st.text(max_size=30),
    st.lists(st.sampled_from(AWKWARD), max_size=3).map("".join),
)
PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def table(*texts: str) -> Table:
    columns = (Column("no", "序号", Kind.LABEL), Column("text", "内容"), Column("count", "数", Kind.COUNT))
    rows = tuple((str(number), text, -number) for number, text in enumerate(texts, 1))
    return Table("表", texts[0], columns, rows, notes=texts)


@PROPERTY
@given(TEXTS)
def test_a_terminal_is_sent_nothing_that_steers_it(text: str) -> None:
    shown = on_screen(text)
    assert all(is_seen(char) or char == "\n" or (char == "\r" and "\r\n" in f"{shown}\n") for char in shown)
    assert shown.count("\n") == text.count("\n")
    assert on_screen(shown) == shown
    assert all(map(is_seen, on_line(text)))
    assert shown == text or not text.replace("\n", "").isprintable()


@PROPERTY
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_tables_print_as_text_csv_and_json(texts: list[str]) -> None:
    made = table(*texts)
    assert all(map(is_seen, to_text(made, 80).replace("\n", "")))
    head, *rows = csv.reader(StringIO(to_csv(made), newline=""), strict=True)
    assert head == ["序号", "内容", "数"]
    assert len(rows) == len(texts)
    for row, text in zip(rows, texts, strict=True):
        assert all(map(is_seen, row[1]))
        assert not re.match(r"\s*[=+@＝＋－＠-]", row[1]) or re.fullmatch(r"[-+]?\d[\d,]*(\.\d+)?%?", row[1])
        assert row[1].removeprefix("'") == on_line(text).removeprefix("'")
    written = to_json(rows_json(made))
    assert [row["text"] for row in json.loads(written)] == texts
    assert all(map(is_seen, written.replace("\n", "")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_csv_has_an_apostrophe(text: str) -> None:
    assert to_csv(table(text)).splitlines()[1].split(",")[1].startswith("'")


@pytest.mark.parametrize("text", ["-2", "+500", "-1,234.50", "12%", "甲=乙", "a-b"])
def test_a_number_in_csv_has_none(text: str) -> None:
    assert next(csv.reader(StringIO(to_csv(table(text)).splitlines()[1])))[1] == text


def test_files_that_hold_awkward_text_are_sound(fresh: Book, tmp_path: Path) -> None:
    made = [table(*WHOLE, *FORMULAS)]
    point = fresh.figures.point("2024Q3")
    for suffix in (".xlsx", ".docx"):
        (path,) = export_shown(fresh.figures, point, "\x1b标\u202e题" + "长" * 300, made, tmp_path / f"表{suffix}")
        with ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(name))  # noqa: S314 - our own file
                assert b'Target="http' not in archive.read(name)
    page = load_workbook(tmp_path / "表.xlsx").worksheets[0]
    kinds = {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None and cell.column == 2}
    assert kinds == {"s"}


@PROPERTY
@given(TEXTS, TEXTS)
def test_a_file_may_be_named_after_anything(one: str, other: str) -> None:
    for name in (file_safe(one), dossier_name(one, other)):
        assert name
        assert not re.search(r'[\\/:*?"<>|]', name)
        assert name.isprintable()
        assert name == name.strip(" .")
        assert len(f".{name}.xlsx.0123abcd.part".encode()) <= 255


def test_awkward_text_in_a_returned_form_is_filed_clean_or_refused(book: Book, tmp_path: Path) -> None:
    form = sent(book, tmp_path)
    heads = ("形象进度", "存在问题", "下一步措施", "责任人", "电话", "依据", "说明")
    texts = [ILLEGAL_CHARACTERS_RE.sub("", text) for text in WHOLE]
    for first in range(0, len(texts), 2 * len(heads)):
        some = texts[first : first + 2 * len(heads)]
        good = {CUMULATIVE: 100 + first, "状态": "在建"}
        rows = {no: good | dict(zip(heads, some[at:], strict=False)) for no, at in (("40", 0), ("42", len(heads)))}
        rows["41"] = {CUMULATIVE: some[0], "状态": some[-1]}
        read = back(book, fill(form, rows, tmp_path / "交.xlsx"))
        assert {row.change for row in read.rows if row.row.no == "41"} <= {RowChange.REFUSED, RowChange.BLANK}
        take_back(book.ledger, read)
    assert filed(book)
    assert all(is_seen(char) for row in filed(book) for char in str(row))


def test_a_foreign_plan_of_awkward_text_loads_clean(tmp_path: Path) -> None:
    path = tmp_path / "规\x1b[31m划\u202e.csv"
    texts = [*(text.replace("\0", "") for text in WHOLE), *FORMULAS[:-1], "字" * 40_000]
    rows = [["序号", "项目名称", "建设内容", "建设年限", "总投资（万元）", "责任单位", "领域"]]
    rows += [[str(n), f"甲{text}", text * 2, text, text, text, f"领{text}"] for n, text in enumerate(texts, 1)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    plan = read_foreign(path, PlanMap(), TODAY, lambda _step, _done, _of: None).plan
    assert len(plan.rows) == len(texts)
    said = [plan.title, plan.portfolio, *plan.domains, *(unit.name for unit in plan.units)]
    for row in plan.rows:
        said += [row.name, row.scope, row.period_text, row.investment_text, row.unit_text]
    assert all(text.isprintable() for text in said)
    assert max(map(len, said)) <= LONGEST_TEXT
    assert max(len(row.name) for row in plan.rows) == LONGEST_NAME


@pytest.mark.parametrize("value", ["\\u0000", "\\u001b\\u202e", "长" * 201])
def test_a_map_says_what_can_be_printed(tmp_path: Path, value: str) -> None:
    path = tmp_path / "表.toml"
    path.write_text(f'[[unit]]\nname = "{value}"\n', encoding="utf-8")
    with pytest.raises(SheetError, match="name"):
        read_map(path)


@pytest.mark.parametrize("command", [["show"], ["parse"], ["projects", "--unit"], ["returns", "in"], ["--operator"]])
def test_garbled_words_on_the_line_are_a_sentence(capfd: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert run([*command, "\udcff\x1b[2J\udcfe"]) == 2
    said = capfd.readouterr().err
    assert "编码不对" in said
    assert all(map(is_seen, said.replace("\n", "")))


def test_an_escape_on_the_line_is_not_printed(
    book: Book, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    assert run(["--db", str(book.path), "show", "\x1b]0;题\x07\u202e\x9b2J"]) == 1
    said = capfd.readouterr()
    assert "没有序号为" in said.err
    assert all(map(is_seen, (said.err + said.out).replace("\n", "")))
