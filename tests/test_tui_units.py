"""单位, 责任清单 and 填报情况 in the terminal UI: who owes what, the list as it prints, who filed when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from hgt_portfolio.figures import By, Filter
from hgt_portfolio.ledger import ContactInput, UnitContactInput, YearPlanInput
from hgt_portfolio.output.plain import cell_text
from hgt_portfolio.reports.duty import duty_book, duty_units
from hgt_portfolio.reports.owing import owing
from hgt_portfolio.table import Kind, Table
from hgt_portfolio.terms import DISCLAIMER, JOINT_NOTE, ContactRole
from hgt_portfolio.tui.dialogs.exporting import ExportScreen
from hgt_portfolio.tui.pages.board import BoardPage, FiledPage
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.duty import DutyPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.units import UnitsPage
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 20)
LATER = date(2026, 11, 24)
WAN = 1_000_000


@pytest.fixture
def today() -> date:
    return DAY


def plans(book: Book) -> None:
    """Three units with year plans: one ahead, two behind, and a joint project."""
    for no, amount, done in (("1", 20_000, "1000"), ("9", 1_000, "900"), ("24", 9_000, "100")):
        book.ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=amount * WAN))
        book.report(no, "2023Q4", "在建", "0", reason="首报")
        book.report(no, "2024Q3", "在建", done, reason="首报")
    book.amend("24", date(2024, 3, 1), unit_text="区城投公司牵头，区城管执法局配合")


async def to_row(pilot: Pilot[None], key: str) -> None:
    table = pilot.app.screen.query_one(RowTable)
    table.move_cursor(row=table.get_row_index(key))
    await settle(pilot)


def column(pilot: Pilot[None], place: int) -> list[str]:
    table = pilot.app.screen.query_one(RowTable)
    return [str(table.get_row_at(row)[place]).strip() for row in range(table.row_count)]


def whole(page: DutyPage | BoardPage | FiledPage) -> Sequence[Table]:
    """Read what an export of the screen would hold."""
    assert page.frame is not None
    return page.shown().read(page.frame)


def test_each_project_counts_once_with_its_lead_and_with_each_member(book: Book) -> None:
    plans(book)
    person = {"role": ContactRole.OFFICER, "since": date(2024, 1, 1)}
    book.ledger.contact(ContactInput(no="1", name="演示甲", phone="13800000000", **person))
    book.ledger.contact(ContactInput(no="2", name="演示乙", **person))
    book.ledger.contact(UnitContactInput(unit="区城投公司", name="演示丙", phone="13900000000", **person))
    point = book.point()
    table = owing(book.figures, point)
    by = {str(row[0]): dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows}
    groups = {group.name: group for group in book.figures.groups(point, By.UNIT)}
    for name, group in groups.items():
        row = by[name]
        assert row["led"] == group.count
        assert (row["shortfall"], row["deviation"], row["not_filed"]) == (
            *(group.shortfall, group.deviation, group.not_filed),
        )
    assert by["区城管执法局"]["joined"] == 1
    assert by["区城投公司"]["officer"] == "演示丙 13900000000"
    assert by["区城管执法局"]["officer"] == "演示甲 13800000000 等2人"
    assert table.total is not None
    assert table.total[table.index("led")] == 62
    assert table.notes[0] == JOINT_NOTE
    told = [by["区城投公司"][key] for key in ("ytd", "ytd_known", "rated")]
    assert told == [100 * WAN, "1/3", "1/3"]
    assert (by["区科工局"]["ytd"], by["区科工局"]["ytd_known"]) == (None, f"0/{groups['区科工局'].count}")
    only = owing(book.figures, point, Filter(nos=("24",)))
    assert [(row[0], row[2], row[3]) for row in only.rows] == [("区城管执法局", 0, 1), ("区城投公司", 1, 0)]
    assert only.rows[0][4:15] == (None, None, None, None, None, None, None, None, 0, 0, 0)


async def test_units_are_ranked_within_their_kind_and_filtered(book: Book) -> None:
    plans(book)
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "3")
        assert isinstance(app.screen, UnitsPage)
        assert "12 个单位，62 个项目" in shown(app)
        assert "联合项目按责任单位分别计数，合计不重复" in joined(app)
        assert column(pilot, 0)[:2] == ["区城管执法局", "区农业农村局"]
        await keys(pilot, "ctrl+o")
        assert "欠序时金额降" in shown(app)
        kinds = column(pilot, 1)[:-1]
        assert kinds == sorted(kinds, key=["区直部门", "镇街", "平台公司"].index)
        assert column(pilot, 0)[:2] == ["区城管执法局", "区农业农村局"]
        assert column(pilot, 0)[-2:] == ["区城投公司", "合计"]
        await to_row(pilot, "区农业农村局")
        await keys(pilot, "ctrl+r")
        assert "欠序时金额升" in shown(app)
        assert column(pilot, 0)[:2] == ["区农业农村局", "区城管执法局"]
        assert app.screen.unit() == "区农业农村局"
        await pilot.click(RowTable, offset=(3, 0))
        assert column(pilot, 0)[:2] == ["区城管执法局", "区农业农村局"]
        await keys(pilot, "f3", "=城投", "down")
        assert "3/62" in shown(app)
        assert column(pilot, 0) == ["区城管执法局", "区城投公司", "合计"]
        await to_row(pilot, "区城管执法局")
        await keys(pilot, "space")
        page = app.screen
        assert isinstance(page, ProjectsPage)
        assert "1/62 条" in shown(app)
        await keys(pilot, "escape", "escape", "f3", "=无此单位")
        assert "没有符合条件的单位" in shown(app)


async def test_the_total_opens_every_project_and_the_person_stands_below_where_there_is_no_room(book: Book) -> None:
    plans(book)
    book.ledger.contact(UnitContactInput(unit="区城管执法局", role=ContactRole.OFFICER, name="演示丁", since=DAY))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "3")
        table = app.screen.query_one(RowTable)
        assert not any(head in shown(app).splitlines()[3] for head in ("责任人/电话", "有数", "计入"))
        assert "到期未核实" in shown(app).splitlines()[3], "the one word for it, in full"
        assert "区城管执法局  有数 3/29  计入 1/29  责任人 演示丁" in shown(app)
        assert table.max_scroll_x == 0
        await keys(pilot, "end")
        assert "合计  有数 7/62  计入 3/62  每个项目只计入牵头单位一次。" in shown(app)
        await pilot.resize_terminal(200, 60)
        await settle(pilot)
        assert column(pilot, 15)[0] == "演示丁"
        assert "责任人 演示丁" not in shown(app)
        total = dict(zip((str(one.label).strip() for one in table.ordered_columns), table.get_row(""), strict=True))
        assert (str(total["牵头"]).strip(), str(total["总投资"])) == ("62", "2,995,731.99")
        await keys(pilot, "end", "enter")
        assert isinstance(app.screen, ProjectsPage)
        assert "62/62 条" in shown(app)


async def test_the_duty_list_shows_what_prints_in_both_versions(book: Book) -> None:
    plans(book)
    app = app_for(book)
    async with app.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        await keys(pilot, "3", "enter")
        page = app.screen
        assert isinstance(page, DutyPage)
        ((name, full),) = duty_units(book.figures, app.desk.point(), "区城管执法局")
        printed = duty_book(book.figures, app.desk.point(), name, full, None)
        table = page.query_one(RowTable)
        for sheet in printed.sheets[:2]:
            given = sheet.blocks[0].table
            assert [str(one.label).strip() for one in table.ordered_columns] == [one.head for one in given.columns]
            assert column(pilot, 0) == [*(row[0] for row in given.rows), "小计"]
            assert column(pilot, 4)[-1] == cell_text(Kind.AMOUNT, given.total[4] if given.total else None)
            assert sheet.title in shown(app)
            assert "本年计划投资有数2/30项" in str(given.total)
            text = joined(app)
            assert "".join(JOINT_NOTE.split()) in text
            assert DISCLAIMER in text
            await keys(pilot, "ctrl+w")
        assert "（下达版）" in shown(app)
        assert page.unit() == "区城管执法局"
        tables = whole(page)
        assert [one.rows for one in tables] == [printed.sheets[0].blocks[0].table.rows]
        await to_row(pilot, "24")
        assert page.chosen() == "24"
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape", "end", "enter")
        assert isinstance(app.screen, ProjectsPage)
        assert "30/62 条" in shown(app)
        await keys(pilot, "escape", "escape")
        assert isinstance(app.screen, UnitsPage)


async def test_a_unit_is_supervised_and_exported_from_its_row_and_its_list(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "3", "down", "enter", "f8")
        assert isinstance(app.screen, ExportScreen)
        assert "责任清单：区农业农村局" in shown(app)
        await keys(pilot, "escape")
        await keys(pilot, "end", "ctrl+d")
        assert "区农业农村局" in joined(app)
        await fill(pilot, "content", "报送全年计划")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：督办交办 督2024-001 区农业农村局")


async def test_cells_too_narrow_are_said_in_full(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "3", "enter")
        position = book.position("1")
        whole = str(app.screen.query_one("#whole", Static).content)
        assert f"项目名称：{position.name}" in whole
        assert f"工程内容与规模：{position.scope[:40]}" in whole


async def test_the_board_leads_from_a_unit_to_who_filed(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "100", reason="首报", filed_by="演示填报人")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+l")
        page = app.screen
        assert isinstance(page, BoardPage)
        assert "2024Q3 应填报 62 项，已填报 1 项，还差 61 项" in shown(app)
        await to_row(pilot, "区城投公司")
        assert "1/3 迟报1 未填报2" in shown(app)
        assert page.unit() == "区城投公司"
        assert whole(page)[0].rows[0][0] == "区城管执法局"
        await keys(pilot, "enter")
        assert "区城投公司 填报明细" in shown(app)
        assert "演示填报人" in shown(app)
        assert "2024-10-20" in shown(app)
        filed = app.screen
        assert isinstance(filed, FiledPage)
        assert {row[1] for row in whole(filed)[0].rows} == {24, 25, 26}
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape", "escape", "end", "enter")
        assert "全部单位 填报明细" in shown(app)
        await keys(pilot, "escape", "escape")
        assert app.root == "overview"


@pytest.mark.parametrize("today", [LATER])
async def test_every_quarter_can_be_reached_and_a_wider_window_shows_more(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+l")
        page = app.screen
        assert isinstance(page, BoardPage)
        assert "2026Q1至2026Q3，共 11 个季度" in shown(app)
        assert "2026年" in shown(app)
        await keys(pilot, "right")
        assert "已是最近的季度" in notice(app)
        await keys(pilot, "left")
        assert "2025Q4至2026Q2" in shown(app)
        await keys(pilot, "ctrl+pageup", "ctrl+pageup", "ctrl+pageup")
        assert "2024Q1至2024Q3" in shown(app)
        await keys(pilot, "left")
        assert "没有更早的季度" in notice(app)
        await keys(pilot, "enter")
        assert "2024Q1至2024Q3" in shown(app)
        await keys(pilot, "escape")
        await pilot.resize_terminal(200, 60)
        await settle(pilot)
        assert "2024Q1至2025Q4" in shown(app)
        await keys(pilot, "ctrl+pagedown")
        assert "2024Q4至2026Q3" in shown(app)
