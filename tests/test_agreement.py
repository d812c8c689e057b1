"""One ledger, every output, the same figures: JSON, CSV, terminal text, workbook and screen, cell for cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from textual.widgets import DataTable

from hgt_portfolio.exports import export_quarterly
from hgt_portfolio.figures import By, Filter
from hgt_portfolio.ledger import YearPlanInput
from hgt_portfolio.output.plain import rows_json, to_csv, to_text
from hgt_portfolio.reports.lists import projects
from hgt_portfolio.reports.portfolio import grouped, summary_json
from hgt_portfolio.terms import Basis, Phase
from hgt_portfolio.tui.pages.listing import COLUMNS
from tests.conftest import Book
from tests.tui import app_for, keys, settle, shown

FILTERS = (
    Filter(),
    Filter(domain="生态经济"),
    Filter(unit="区农业农村局"),
    Filter(text="ywgw"),
    Filter(phase=Phase.FAR, basis=Basis.DEADLINE),
    Filter(stated="quarter"),
    Filter(priced=False),
)


@pytest.fixture
def filed(book: Book) -> Iterator[Book]:
    """A ledger with flows, a gap, a completion, an amount decided late, and a silent majority."""
    for no, opened, june, september in (
        ("1", "62322", "82709", "93483"),
        ("2", "0", "1000", "8100.5"),
        ("25", "100000", None, "140000"),
        ("32", "500000.01", "550000", "575000"),
        ("34", "4000", "4500", None),
        ("18", "10.2", "30", "33.6"),
    ):
        book.report(no, "2023-12", "在建", opened, reason="属实")
        plan = 1_000_000 * 1000
        book.ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=plan))
        for period, amount in (("2024Q2", june), ("2024Q3", september)):
            if amount is not None:
                book.report(no, period, "在建", amount, reason="属实")
    book.report("20", "2024Q3", "完工", "280", finished=date(2024, 2, 1), reason="属实")
    book.amend("12", date(2024, 8, 1), investment_fen=1_200_500_000, investment_text="1200.5")
    yield book


def written(value: Any) -> str:
    """Write a JSON value as CSV does: unknown is empty, flags and phases are words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return {"near": "近期", "far": "远期"}.get(value, "" if value is None else str(value))


def plain(text: str) -> str:
    """Take the thousands separators out of a figure; unknown is empty."""
    return "" if text in ("-", "—") else text.replace(",", "")


def wan(value: Any) -> str:
    """Write a workbook's number as JSON writes it."""
    return "" if value in (None, "—", "") else f"{value:.2f}"


@pytest.mark.parametrize("where", FILTERS, ids=lambda where: where.describe() or "全部")
def test_json_csv_and_text_carry_the_same_cells(filed: Book, where: Filter) -> None:
    point = filed.point("2024Q3")
    table = projects(filed.figures, point, where, whole=True)
    objects = rows_json(table)
    lines = list(csv.DictReader(io.StringIO(to_csv(table))))
    assert len(lines) == len(objects) == filed.figures.totals(point, where).count
    heads = {column.key: column.head for column in table.columns}
    text = to_text(projects(filed.figures, point, where), 300)
    for line, found in zip(lines, objects, strict=True):
        assert line == {heads[key]: written(value) for key, value in found.items()}
        (row,) = [row for row in text.splitlines() if row.startswith("|") and f"{found['name']} " in row]
        cells = [plain(cell.strip()) for cell in row.strip("|").split("|")]
        kept = ("investment_wan", "status", "cum_wan", "quarter_wan")
        assert cells[4:8] == ["" if found[key] is None else found[key] for key in kept]


def test_the_workbook_carries_the_same_rows_and_totals(filed: Book, tmp_path: Path) -> None:
    point = filed.point("2024Q3")
    path = export_quarterly(filed.figures, point, tmp_path / "q.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    page = book["项目调度表"]
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(n for n, row in enumerate(rows) if row[0] == "序号")
    place = {head: n for n, head in reversed(list(enumerate(rows[top])))}
    kept = {
        "计划总投资": "investment_wan",
        "本年计划投资": "year_plan_wan",
        "本季度完成": "quarter_wan",
        "本年累计": "ytd_wan",
        "自开工累计": "cum_wan",
        "项目名称": "name",
        "预警": "light",
        "期限状态": "deadline_state",
    }
    objects = rows_json(projects(filed.figures, point, Filter(), whole=True))
    by_no = {str(row[0]): row for row in rows[top + 1 :] if str(row[0] or "").isdecimal()}
    assert len(by_no) == len(objects) == 62
    for found in objects:
        row = by_no[str(found["no"])]
        for head, key in kept.items():
            cell = row[place[head]]
            assert (wan(cell) if key.endswith("wan") else cell) == (found[key] or ""), (found["no"], head)
    summary = summary_json(filed.figures, point, Filter())
    total = next(row for row in rows if row[0] == "合计")
    for head, key in (("本季度完成", "quarter"), ("本年累计", "year_to_date"), ("自开工累计", "cumulative")):
        assert wan(total[place[head]]) == summary[key]["wan"]
    assert wan(total[place["计划总投资"]]) == summary["investment_wan"]


@pytest.mark.parametrize(("by", "sheet", "head"), [(By.DOMAIN, "分领域", "领域"), (By.UNIT, "分单位", "单位")])
def test_the_groups_of_the_workbook_are_those_of_the_command_line(
    filed: Book, tmp_path: Path, by: By, sheet: str, head: str
) -> None:
    point = filed.point("2024Q3")
    path = export_quarterly(filed.figures, point, tmp_path / "q.xlsx")
    rows = [list(row) for row in openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)]
    top = next(n for n, row in enumerate(rows) if row[0] == "序号")
    place = {name: n for n, name in reversed(list(enumerate(rows[top])))}
    printed = {row[place[head]]: row for row in rows[top + 1 :]}
    for found in rows_json(grouped(filed.figures, point, by, Filter(), whole=True)):
        row = printed[found["name"]]
        assert row[place["项目数"]] == found["count"]
        for title, key in (("计划总投资", "wan"), ("本季度完成", "quarter_wan"), ("本年累计", "ytd_wan")):
            assert wan(row[place[title]]) == (found[key] or ""), (found["name"], title)


@pytest.mark.parametrize("where", FILTERS[:3], ids=lambda where: where.describe() or "全部")
async def test_the_screen_shows_the_same_rows(filed: Book, where: Filter) -> None:
    objects = rows_json(projects(filed.figures, filed.point("2024Q3"), where, whole=True))
    total = filed.figures.totals(filed.point("2024Q3"), where)
    app = app_for(filed, as_of="2024Q3")
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f3", f"={where.domain or where.unit or ''}", "enter")
        table = app.screen.query_one(DataTable)
        shown_rows = [[plain(str(cell).strip()) for cell in table.get_row_at(n)] for n in range(table.row_count)]
        foot = shown(app)
    place = {column.head: n for n, column in enumerate(COLUMNS)}
    assert len(shown_rows) == len(objects)
    for row, found in zip(shown_rows, objects, strict=True):
        assert row[place["序号"]] == str(found["no"])
        for head, key in (("总投资(万元)", "investment_wan"), ("累计(万元)", "cum_wan"), ("本季(万元)", "quarter_wan")):
            assert row[place[head]] == (found[key] or "")
        assert row[place["灯"]] == found["light"]
    assert f"{total.count}/62 条" in foot
    assert f"{total.investment / 10_000_000_000:.2f}亿" in foot
