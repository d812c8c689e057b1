"""资金 in the unit's form: shown as last filed, filled, merged cell by cell, and filed with the rest in one action."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from hgt_portfolio.figures.funds import ProjectFunds
from hgt_portfolio.ledger import FundInput, SourceLine
from hgt_portfolio.months import read_period
from hgt_portfolio.returns.preview import preview_table, totals_of
from hgt_portfolio.returns.reading import ReadBack, take_back
from hgt_portfolio.terms import Decision, FundSource, Side
from tests.conftest import Book
from tests.returning import CONFIRMED, HOUSING, PERIOD, QUARTER, WAN, back, filed_before, fill, heads, sent

pytestmark = pytest.mark.parametrize("today", [date(2025, 1, 10)])

SHEET = "资金"
Source = str | None
Cells = Mapping[tuple[str, Source], Mapping[str, Any]]


def fund(book: Book, no: str, period: str, source: str, *amounts: int | None, reason: str | None = None) -> None:
    """File one source of a project: 计划, 到位, 支付 in 万元."""
    keys = ("planned_fen", "received_fen", "paid_fen")
    fens = {key: None if wan is None else wan * WAN for key, wan in zip(keys, amounts, strict=True)}
    line = SourceLine(source=FundSource(source), **fens)
    book.ledger.fund(FundInput(no=no, period=read_period(period), lines=(line,), reason=reason))


def page_of(path: Path) -> Worksheet:
    page = load_workbook(path)[SHEET]
    assert isinstance(page, Worksheet)
    return page


def funds_in(path: Path, cells: Cells) -> Path:
    """Fill rows of the sheet 资金 by project and source, None for the first blank row, to choose a 资金来源 in."""
    workbook = load_workbook(path)
    page = workbook[SHEET]
    columns = heads(page)
    for (no, source), values in cells.items():
        row = next(
            row[0].row or 0
            for row in page.iter_rows(min_row=5)
            if str(row[0].value) == no and row[columns["资金来源"] - 1].value == source
        )
        for head, value in values.items():
            page.cell(row, columns[head]).value = value
    workbook.save(path)
    return path


def taken(book: Book, path: Path, side: Side | None = None) -> ReadBack:
    read = back(book, path, side=side)
    take_back(book.ledger, read)
    return read


def changes(read: ReadBack) -> dict[str, str]:
    return {row.row.no: str(row.change) for row in read.rows}


def said(read: ReadBack) -> dict[str, str]:
    return {f"{finding.sheet}!{finding.cell}": finding.message for finding in read.every_finding}


def of(book: Book, no: str) -> ProjectFunds:
    return book.figures.funds(book.point(QUARTER))[no]


def amounts(book: Book, no: str) -> dict[str, list[tuple[int, int] | None]]:
    """Give each source's 计划, 到位 and 支付 in 万元 with the months before the quarter that they are from."""
    return {
        str(line.source): [
            None if stated is None else (stated.fen // WAN, PERIOD - stated.period)
            for stated in (line.planned, line.received, line.paid)
        ]
        for line in of(book, no).sources
    }


def test_the_sheet_shows_what_was_filed_and_rows_to_choose(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    fund(book, "40", QUARTER, "市级", 100, None, None)
    page = page_of(sent(book, tmp_path))
    columns = heads(page)
    assert list(columns) == [
        *("序号", "项目名称", "总投资", "资金来源", "计划", "到位", "支付", "说明", CONFIRMED, "行标识")
    ]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_col=len(columns))]
    assert [(row[0], *row[3:7], row[9]) for row in rows] == [
        ("40", "省级", 500, 300, 200, "40·省级"),
        ("40", "市级", 100, None, None, "40·市级"),
        ("40", None, None, None, None, "40"),
        *[("41", None, None, None, None, "41")] * 3,
        *[("42", None, None, None, None, "42")] * 3,
    ]
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["D7"] == f'"{",".join(FundSource)}"'
    assert "D5" not in rules
    assert {"E5", "F5", "G5"} <= set(rules)
    grey = {str(area.sqref): rule.formula for area in page.conditional_formatting for rule in area.rules}
    assert grey["F5"] == ['AND(F5=300.00,$I$5<>"是")']
    assert "E6" not in grey


def test_a_sheet_nobody_touched_files_nothing(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    read = back(book, sent(book, tmp_path))
    assert changes(read) == {"40": "未填", "41": "未填", "42": "未填"}
    assert (read.every_finding, take_back(book.ledger, read)) == ((), None)


def test_funds_are_filed_with_the_rest_in_one_action(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = fill(sent(book, tmp_path), {"40": {CONFIRMED: "是"}})
    funds_in(
        path,
        {
            ("40", "省级"): {"支付": "２５０万元", "到位": 320},
            ("40", None): {"资金来源": "企业自筹/社会资本", "计划": 10.5},
            ("41", None): {"资金来源": "银行贷款", "到位": 0},
        },
    )
    before = len(book.figures.entries(book.point()))
    read = taken(book, path)
    assert read.every_finding == ()
    assert changes(read) == {"40": "新报", "41": "变更", "42": "未填"}
    assert len(book.figures.entries(book.point())) == before + 1
    assert amounts(book, "40")["省级"] == [(500, 3), (320, 0), (250, 0)]
    assert of(book, "40").sources[1].planned is not None
    assert amounts(book, "41") == {"银行贷款": [None, (0, 0), None]}
    assert book.position("40", QUARTER).stated == 100_000 * WAN
    assert book.position("41", QUARTER).stated is None
    again = back(book, path)
    assert changes(again) == {"40": "未变", "41": "未填", "42": "未填"}
    assert take_back(book.ledger, again) is None
    book.ledger.undo()
    assert amounts(book, "40") == {"省级": [(500, 3), (300, 3), (200, 3)]}
    assert "41" not in book.figures.funds(book.point(QUARTER))


def test_a_preview_names_the_source(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = funds_in(sent(book, tmp_path), {("40", "省级"): {"到位": 320, "支付": 250}})
    read = back(book, path)
    assert read.template is not None
    (row,) = preview_table(read, read.template).rows
    assert row[-1] == "资金·省级·到位 300.00 改为 320.00；资金·省级·支付 200.00 改为 250.00"
    assert row[4:-1] == (None, None), "no progress is filed"
    assert str(totals_of(read)).startswith("控制数：文件 1 个，读到 3 行，收下 1 行，其中填报进度 0 行；填报进度各行的")


def test_an_older_amount_is_never_filed_unseen(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = funds_in(sent(book, tmp_path), {("40", "省级"): {"支付": 250}})
    read = taken(book, path)
    assert changes(read)["40"] == "拒绝"
    assert "省级到位还是上期的 300.00 万元；没有变化的请在“本期已核对”选“是”" in said(read)["资金!F5"]
    taken(book, funds_in(path, {("40", "省级"): {CONFIRMED: "是"}}))
    assert amounts(book, "40")["省级"] == [(500, 0), (300, 0), (250, 0)]


def test_a_confirmed_form_row_confirms_no_funds(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    taken(book, fill(sent(book, tmp_path), {"40": {CONFIRMED: "是"}}))
    assert amounts(book, "40") == {"省级": [(500, 3), (300, 3), (200, 3)]}


def test_a_warning_wants_its_own_reason(book: Book, tmp_path: Path) -> None:
    path = funds_in(sent(book, tmp_path), {("40", None): {"资金来源": "省级", "到位": 10, "支付": 20}})
    read = taken(book, path)
    assert "支付 20.00 万元超过到位 10.00 万元" in said(read)["资金!G5"]
    assert "说明" in said(read)["资金!G5"]
    page = funds_in(path, {("40", "省级"): {"说明": "垫付"}})
    assert taken(book, page).every_finding == ()
    assert amounts(book, "40") == {"省级": [None, (10, 0), (20, 0)]}
    assert back(book, page).taken == ()


def moved(book: Book, tmp_path: Path) -> Path:
    """Send a form, file a source otherwise meanwhile, and fill the form."""
    fund(book, "40", QUARTER, "省级", 500, 300, 200)
    fund(book, "40", QUARTER, "市级", 90, 50, 40)
    path = sent(book, tmp_path)
    fund(book, "40", QUARTER, "省级", None, 310, None)
    return funds_in(path, {("40", "省级"): {"到位": 330}, ("40", "市级"): {"支付": 45}})


def test_both_sides_moving_a_source_is_a_conflict_that_names_it(book: Book, tmp_path: Path) -> None:
    path = moved(book, tmp_path)
    read = taken(book, path)
    assert changes(read)["40"] == "冲突"
    (conflict,) = next(row for row in read.rows if row.row.no == "40").conflicts
    assert (conflict.head, conflict.theirs, conflict.ours) == ("省级到位", "330.00", "310.00")
    assert "资金填报" in conflict.our_source
    (kept,) = book.figures.conflicts(book.point(QUARTER))
    assert (kept.field, kept.decision, kept.is_open) == ("资金·省级·到位", Decision.OPEN, True)
    assert amounts(book, "40")["市级"] == [(90, 0), (50, 0), (40, 0)]
    fund(book, "40", QUARTER, "省级", None, 330, None)
    (kept,) = book.figures.conflicts(book.point(QUARTER))
    assert not kept.is_open


@pytest.mark.parametrize(("side", "received"), [(Side.THEIRS, 330), (Side.OURS, 310)])
def test_a_conflict_is_decided_as_any_other(book: Book, tmp_path: Path, side: Side, received: int) -> None:
    read = taken(book, moved(book, tmp_path), side)
    assert changes(read)["40"] == "变更"
    assert amounts(book, "40")["省级"][1] == (received, 0)
    assert amounts(book, "40")["市级"][2] == (45, 0)


def test_what_cannot_be_read_is_told_at_its_cell(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = sent(book, tmp_path)
    workbook = load_workbook(path)
    page = workbook[SHEET]
    page["E5"] = None
    page["F6"] = 7
    page["D8"] = "省厅"
    page["D9"], page["F9"] = "市级", "很多"
    page["D10"], page["F10"] = "市级", 5
    page["D11"], page["F11"] = "区级财政", 5
    page["A11"] = "42"
    workbook.save(path)
    found = said(back(book, path))
    assert "原有“500.00”被清空" in found["资金!E5"]
    assert "没有选资金来源" in found["资金!D6"]
    assert "读到“省厅”，应为中央预算内" in found["资金!D8"]
    assert "在几处填得不同" in found["资金!E10"]
    assert len(found) == 4


def test_a_row_that_lost_its_project_is_refused(book: Book, tmp_path: Path) -> None:
    path = sent(book, tmp_path)
    workbook = load_workbook(path)
    page = workbook[SHEET]
    page["A5"], page["D5"], page["F5"] = "41", "市级", 5
    page["B8"], page["D8"], page["F8"] = "别的项目", "市级", 5
    workbook.save(path)
    read = back(book, path)
    assert "这一行原是 #40" in said(read)["资金!A5"]
    assert "#41 的项目名称与进度填报表的不同" in next(m for m in said(read).values() if "名称" in m)
    assert read.taken == ()


def test_a_form_from_before_the_sheet_is_still_read(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = fill(sent(book, tmp_path), {"41": {CONFIRMED: "是"}})
    workbook = load_workbook(path)
    del workbook[SHEET]
    workbook.save(path)
    read = taken(book, path)
    assert (read.every_finding, changes(read)) == ((), {"40": "未填", "41": "新报", "42": "未填"})
    assert amounts(book, "40") == {"省级": [(500, 3), (300, 3), (200, 3)]}


def test_a_row_taken_out_of_the_sheet_clears_nothing(book: Book, tmp_path: Path) -> None:
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = sent(book, tmp_path)
    workbook = load_workbook(path)
    workbook[SHEET].delete_rows(5)
    workbook.save(path)
    assert back(book, path).every_finding == ()


def test_a_sheet_without_a_column_is_not_read(book: Book, tmp_path: Path) -> None:
    path = sent(book, tmp_path)
    workbook = load_workbook(path)
    workbook[SHEET]["F4"] = "到帐"
    workbook.save(path)
    (finding,) = back(book, path).every_finding
    assert "工作表“资金”缺少“到位”列" in finding.message


def test_a_complete_project_still_has_its_funds_asked_for(book: Book, tmp_path: Path) -> None:
    book.report("40", "2024Q2", "完工", "150000", started=date(2017, 10, 1), finished=date(2024, 6, 1), reason="结算")
    path = sent(book, tmp_path / "a")
    assert "40" not in {str(row[0].value) for row in page_of(path).iter_rows(min_row=5)}
    fund(book, "40", "2024Q3", "省级", 500, 300, 200)
    path = funds_in(sent(book, tmp_path / "b"), {("40", "省级"): {"到位": 500, "支付": 480}})
    read = taken(book, path)
    assert (changes(read)["40"], read.every_finding, read.missing) == ("变更", (), {})
    assert amounts(book, "40") == {"省级": [(500, 3), (500, 0), (480, 0)]}
    assert book.position("40", QUARTER).unit == HOUSING
