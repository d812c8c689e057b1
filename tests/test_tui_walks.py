"""The office's own tasks, each walked by keys alone from the first screen to what the ledger or the file then holds."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from textual.pilot import Pilot
from textual.widgets._select import SelectOverlay

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.months import month
from hgt_portfolio.terms import Light
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.board import BoardPage, FiledPage
from hgt_portfolio.tui.pages.brief import BriefPage
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.duty import DutyPage
from hgt_portfolio.tui.pages.overview import OverviewPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.queue import QueuePage
from hgt_portfolio.tui.pages.rules import RulesPage
from hgt_portfolio.tui.places import PlaceList
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book, open_book
from tests.returning import CUMULATIVE, QUARTER, WAN, a_report, filed_before, fill, sent
from tests.tui import app_for, joined, keys, notice, settle, shown

DAY = date(2024, 10, 20)
Desk = tuple[PortfolioApp, Pilot[None]]


@asynccontextmanager
async def at_work(book: Book, exports: Path | None = None, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Desk]:
    """Sit down at the first screen."""
    app = app_for(book, exports)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, OverviewPage)
        yield app, pilot


@pytest.fixture
def running(sample: Figures, tmp_path: Path) -> Book:
    """The sample ledger in the middle of its year, to write to."""
    assert sample.store.path is not None
    return open_book(Path(shutil.copy2(sample.store.path, tmp_path / "演示.db")), DAY)


async def down_to(pilot: Pilot[None], key: str) -> None:
    """Press the down key until the cursor of the list is on a row."""
    table = pilot.app.screen.query_one(RowTable)
    for _ in range(table.row_count):
        if table.ordered_rows[table.cursor_row].key.value == key:
            return
        await keys(pilot, "down")
    raise AssertionError(f"no row {key}: {shown(pilot.app)}")  # type: ignore[arg-type]


async def pick(pilot: Pilot[None], label: str) -> None:
    """Open the choice that has the focus, go down to a label, and take it."""
    await keys(pilot, "enter")
    overlay = pilot.app.focused
    assert isinstance(overlay, SelectOverlay)
    labels = [str(option.prompt) for option in overlay.options]
    steps = labels.index(label) - (overlay.highlighted or 0)
    await keys(pilot, *["down" if steps > 0 else "up"] * abs(steps), "enter")


async def to_field(pilot: Pilot[None], field: str) -> None:
    """Press Tab until a field has the focus."""
    for _ in range(30):
        if pilot.app.focused is not None and pilot.app.focused.id == field:
            return
        await keys(pilot, "tab")
    raise AssertionError(f"no field {field}: {shown(pilot.app)}")  # type: ignore[arg-type]


async def type_into(pilot: Pilot[None], **texts: str) -> None:
    """Go to fields by Tab, and type over what is in them."""
    for field, text in texts.items():
        await to_field(pilot, field)
        await keys(pilot, "home", "shift+end", "delete", f"={text}")


def on_row(app: PortfolioApp) -> str | None:
    """Give the key of the row under the cursor."""
    table = app.screen.query_one(RowTable)
    return table.ordered_rows[table.cursor_row].key.value


def said_here(app: PortfolioApp) -> str:
    """Give what the line under the cursor says, without its spaces."""
    page = app.screen
    assert isinstance(page, DetailPage)
    return "".join("".join(text.split()) for _, text in page.row_texts())


@pytest.mark.parametrize("today", [date(2024, 10, 10)])
async def test_same_as_last_quarter_plus_500(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "12000", physical="主体完成")
    async with at_work(book, size=(80, 24)) as (app, pilot):
        await keys(pilot, "2", "f3", "=ywgwjws")
        assert "1/62" in shown(app)
        await keys(pilot, "enter", "f4", "=+500")
        assert "读作12,500.00万元（上期" in joined(app)
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：进度填报 #1")
        assert "1/62" in shown(app), "the list is still the one that was searched"
    filed = book.position("1", "2024Q3")
    assert (filed.cumulative, filed.quarter, filed.physical) == (12_500 * WAN, 500 * WAN, "主体完成")


async def test_who_has_not_filed_and_their_forms(running: Book, tmp_path: Path) -> None:
    async with at_work(running, tmp_path / "out") as (app, pilot):
        await keys(pilot, "alt+l")
        assert isinstance(app.screen, BoardPage)
        assert "还差 5 项" in shown(app)
        assert "还没报2项：#49红谷滩区垃圾中转站改造提升二期（2024年）、#51" in joined(app)
        await keys(pilot, "enter")
        assert isinstance(app.screen, FiledPage)
        table = app.screen.query_one(RowTable)
        rows = [[str(cell).strip() for cell in table.get_row_at(row)] for row in range(table.row_count)]
        assert [row[1] for row in rows if row[0] == "2024Q3" and row[3] != "已填报"] == ["49", "51"]
        await keys(pilot, "f8")
        await pick(pilot, "发出填报表（全部单位）")
        await keys(pilot, "f10")
        assert "共12个文件" in joined(app)
        await keys(pilot, "escape", "escape", "escape")
        assert isinstance(app.screen, OverviewPage)
    page = load_workbook(tmp_path / "out" / "进度填报表_区城管执法局_2024Q3.xlsx").worksheets[0]
    listed = {str(row[0].value) for row in page.iter_rows(min_row=5) if row[0].value}
    assert {"49", "51"} <= listed


@pytest.mark.parametrize("today", [date(2025, 1, 10)])
async def test_a_returned_form_with_a_conflict(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}, "41": {CUMULATIVE: 9500}})
    book.as_operator("乙").report(a_report("40", 120000, None))
    async with at_work(book, tmp_path) as (app, pilot):
        await keys(pilot, "ctrl+g", "space", "tab")
        assert "冲突 1 项" in shown(app)
        assert "表为“110000.00”" in joined(app)
        assert "台账为“120000.00”（乙2025-01-10" in joined(app)
        await keys(pilot, "ctrl+e")
        assert "已选取表" in joined(app)
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：收回填报表 2024Q4，2 项：#40、#41")
        assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [110000 * WAN, 9500 * WAN]
        await keys(pilot, "ctrl+z")
        assert notice(app).startswith("已撤销 收回填报表 2024Q4")
        assert "冲突 1 项" in shown(app), "the form is weighed anew"
        await keys(pilot, "escape")
        assert isinstance(app.screen, OverviewPage)
    assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [120000 * WAN, None]
    assert book.ledger.broken_entry() is None


async def test_three_items_of_the_queue_from_the_top(running: Book) -> None:
    async with at_work(running) as (app, pilot):
        await keys(pilot, "5")
        page = app.screen
        assert isinstance(page, QueuePage)
        assert "待办 13   逾期 4" in shown(app)
        await keys(pilot, "ctrl+f", "f10")
        assert notice(app).startswith("已办：督办交办 督2024-003 #39")
        assert "待办 12   逾期 3" in shown(app)
        await keys(pilot, "f6")
        await to_field(pilot, "status")
        await pick(pilot, "完工")
        await type_into(pilot, finished="2024-03-29", finding="现场查看，已完工")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：核实"), joined(app)
        assert page.is_current
        while page.at_hand is not None and page.at_hand.action.value != "填报":
            await keys(pilot, "ctrl+k")
        assert page.chosen() == "22"
        await keys(pilot, "ctrl+f", "=120")
        await type_into(pilot, reason="补报三季度")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：进度填报 #22"), joined(app)
        assert page.chosen() != "22"
    assert running.position("34").deadline_state == "按期完工"
    assert running.position("22", "2024Q3").stated == 120 * WAN
    assert running.figures.supervised(running.point(), "督2024-003").steps == ()


@pytest.mark.parametrize("today", [DAY])
async def test_a_period_is_extended_by_its_document(book: Book, tmp_path: Path) -> None:
    async with at_work(book, tmp_path / "out") as (app, pilot):
        await keys(pilot, "2", "f3", "=安丰渠", "enter", "enter")
        assert isinstance(app.screen, DetailPage)
        assert "2024.6-2024.12" in joined(app)
        await keys(pilot, "alt+a")
        await type_into(pilot, due="2025-06", reason="汛期停工", doc="红重办〔2024〕9号")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：调整批准 #3"), joined(app)
        assert "2025-06-30（原2024-12-31" in joined(app)
        assert "完工期限2024-12→2025-06；原因：汛期停工；文号红重办〔2024〕9号" in joined(app)
        await keys(pilot, "escape")
        assert "2024.6-2025.6" in joined(app), "the list's panel"
        await keys(pilot, "3", "enter")
        assert isinstance(app.screen, DutyPage)
        assert "2024.6-2025.6" in joined(app)
    found = book.position("3")
    assert (found.baseline_due, found.due) == (month(2024, 12), month(2025, 6))


@pytest.mark.parametrize("today", [DAY])
async def test_an_item_is_supervised_to_its_end(book: Book) -> None:
    async with at_work(book) as (app, pilot):
        await keys(pilot, "2", "f3", "=渔舟湾", "enter", "ctrl+d")
        await type_into(pilot, content="核实完工情况", doc="督〔2024〕1号")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：督办交办 督2024-001 #20"), joined(app)
        await keys(pilot, "6")
        assert "督办事项 1 项：待反馈 1" in shown(app)
        assert on_row(app) == "督2024-001"
        for key, said in (("ctrl+f", "反馈"), ("ctrl+u", "申请销号"), ("ctrl+k", "核验销号")):
            await keys(pilot, key)
            form = app.screen
            assert isinstance(form, FormScreen)
            for field in ("text", "evidence"):
                if form.query(f"#{field}"):
                    await type_into(pilot, **{field: f"{said}：验收单"})
            await keys(pilot, "f10")
            assert notice(app).startswith(f"已办：督办{said} 督2024-001"), joined(app)
    item = book.figures.supervised(book.point(), "督2024-001")
    assert [step.step for step in item.steps] == ["反馈", "申请销号", "核验销号"]


async def test_the_leaders_three_questions(running: Book, tmp_path: Path) -> None:
    async with at_work(running, tmp_path / "out") as (app, pilot):
        await keys(pilot, "f9")
        assert isinstance(app.screen, BriefPage)
        for question in ("一、哪些单位拖后腿", "二、今年还差多少", "三、比上季度、上年同期多多少"):
            assert question in joined(app)
        await keys(pilot, "ctrl+a")
        copied = app.clipboard
        assert "逾期未完工4项，涉及区农业农村局；" in copied
        await keys(pilot, "f8")
        await pick(pilot, "本屏所示：一页纸（Word 文档）")
        await keys(pilot, "f10")
        (path,) = (tmp_path / "out").glob("一页纸*.docx")
        assert path.name in joined(app)
    told = "".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    tables = "".join(cell.text for table in Document(str(path)).tables for row in table.rows for cell in row.cells)
    assert "逾期未完工4项，涉及区农业农村局；" in told + tables


@pytest.mark.parametrize("today", [DAY])
async def test_last_quarter_as_it_was_known_then(book: Book) -> None:
    book.on(date(2024, 7, 10))
    book.report("1", "2024Q2", "在建", "12000")
    book.on(date(2024, 9, 1))
    book.report("1", "2024Q2", "在建", "13000", reason="更正")
    book.on(DAY)
    async with at_work(book) as (app, pilot):
        await keys(pilot, "2", "f3", "=ywgwjws", "enter", "alt+t", "=2024Q2", "tab", "=2024-08-01", "f10")
        assert "历史只读" in shown(app).splitlines()[0]
        await keys(pilot, "enter")
        assert "12,000.00" in shown(app)
        assert "13,000.00" not in shown(app)
        for key in ("f4", "f6", "alt+a", "ctrl+d", "ctrl+z"):
            await keys(pilot, key)
            assert isinstance(app.screen, NoticeScreen), key
            assert "按Alt+N回到现在" in joined(app)
            await keys(pilot, "escape")
        await keys(pilot, "alt+n")
        assert "历史只读" not in shown(app)
        assert "13,000.00" in shown(app)
        await keys(pilot, "f4")
        assert isinstance(app.screen, FormScreen)


@pytest.mark.parametrize("today", [DAY])
async def test_five_projects_at_once_and_back(book: Book) -> None:
    before = {no: book.position(no, "2024Q3").status for no in "12345"}
    async with at_work(book) as (app, pilot):
        await keys(pilot, "2", *["space"] * 5)
        assert "已标记 5" in shown(app)
        await keys(pilot, "alt+p")
        assert "批量更新 5 项" in shown(app)
        await to_field(pilot, "report_status")
        await pick(pilot, "在建")
        await keys(pilot, "f10")
        assert "写入 5 项。" in shown(app)
        assert {no: book.position(no, "2024Q3").status for no in "12345"} == before
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：进度填报 2024Q3，5 项：#1、#2、#3、#4、#5")
        assert {book.position(no, "2024Q3").status for no in "12345"} == {"在建"}
        await keys(pilot, "ctrl+z")
        assert notice(app).startswith("已撤销 进度填报 2024Q3，5 项")
    assert {no: book.position(no, "2024Q3").status for no in "12345"} == before


async def test_the_duty_list_of_a_unit(running: Book, tmp_path: Path) -> None:
    async with at_work(running, tmp_path / "out") as (app, pilot):
        await keys(pilot, "3", "enter")
        assert isinstance(app.screen, DutyPage)
        assert "责任清单（下达版）" in shown(app)
        await keys(pilot, "ctrl+w")
        assert "责任清单（台账版）" in shown(app)
        assert "目前进展" in shown(app)
        await keys(pilot, "f8", "f10")
        (path,) = (tmp_path / "out").glob("责任清单_区城管执法局*.xlsx")
        assert path.name in joined(app)
        await keys(pilot, "escape")
    page = load_workbook(path)
    texts = [str(cell.value) for sheet in page for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("责任清单" in text for text in texts)
    assert "红谷滩区雨污管网及污水处理综合改造工程" in texts


async def test_rule_sets_are_compared_and_the_red_ones_opened(running: Book) -> None:
    async with at_work(running) as (app, pilot):
        await keys(pilot, "alt+r")
        page = app.screen
        assert isinstance(page, RulesPage)
        await keys(pilot, "right")
        said_before = shown(app)
        await keys(pilot, "enter")
        listing = app.screen
        assert isinstance(listing, ProjectsPage)
        (rules,) = [listing.desk.rules]
        rows = running.figures.numbers(running.point(), Filter(light=Light.RED), rules=rules)
        assert rows and [str(row.key.value) for row in listing.table.ordered_rows] == rows
        assert f"{rules} 红灯" in shown(app)
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape", "escape")
        assert page.is_current and shown(app) == said_before
        await keys(pilot, "enter")
        assert isinstance(app.screen, ProjectsPage) and app.screen.desk.rules == rules, "it came back to the same count"


async def test_from_a_total_to_the_row_of_the_plan_and_back(running: Book) -> None:
    async with at_work(running) as (app, pilot):
        overview = app.screen
        await keys(pilot, "tab")
        place = app.focused
        await keys(pilot, "enter")
        listing = app.screen
        assert isinstance(listing, ProjectsPage)
        await keys(pilot, "down", "down")
        row = on_row(app)
        await keys(pilot, "enter")
        detail = app.screen
        assert isinstance(detail, DetailPage)
        sheet = app.focused
        assert isinstance(sheet, PlaceList)
        for _ in range(sheet.option_count):
            if "附表第" not in said_here(app):
                await keys(pilot, "down")
        assert f"附表第{row}行" in said_here(app)
        await keys(pilot, "enter")
        line = app.focused
        assert isinstance(line, PlaceList) and line is not sheet
        assert f"附表第{row}行" in said_here(app)
        await keys(pilot, "escape")
        assert app.screen is listing and on_row(app) == row
        await keys(pilot, "escape")
        assert app.screen is overview and app.focused is place
