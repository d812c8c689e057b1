"""The three daily jobs in the terminal UI, from key press to ledger row or file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Select, Static

from hgt_portfolio.months import month
from hgt_portfolio.terms import Status
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.dialogs.exporting import ExportScreen
from hgt_portfolio.tui.dialogs.outputs import BRIEF, BULLETIN, QUARTERLY
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from tests.conftest import Book
from tests.tui import app_for, fill, keys, notice, settle, shown

TEN_DAYS_INTO_Q4 = date(2024, 10, 10)


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
async def test_find_open_books_file_two_quarters_undo_and_file_again(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f3", "=ywgw", "enter")
        page = app.screen
        assert isinstance(page, ProjectsPage)
        assert page.chosen() == "1"
        assert "2/62 条  合计 10.09亿" in shown(app)

        await keys(pilot, "f7")
        await fill(pilot, "cumulative_fen", "30000")
        await keys(pilot, "f10")
        assert "期初建账 2023-12，1 项：#1" in notice(app)

        await keys(pilot, "f4")
        await fill(pilot, "period", "2024Q2")
        await _choose(pilot, Status.UNDER_WAY)
        await fill(pilot, "cumulative_fen", "5亿")
        await keys(pilot, "f10")
        assert not isinstance(app.screen, FormScreen)

        await keys(pilot, "f4")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.query_one("#cumulative_fen", Input).value == "50000"
        assert "2024Q2" in shown(app)
        await fill(pilot, "cumulative_fen", "62000")
        assert "本季 - -> 12,000.00" in shown(app)
        assert "本年 - -> 32,000.00" in shown(app)
        await keys(pilot, "f10")
        assert "自开工累计 62000.00 万元" in notice(app)
        assert "Ctrl+Z 可撤销" in notice(app)
        _figures_shown(shown(app))
        filed = book.position("1", "2024Q3")
        assert (filed.quarter, filed.ytd) == (12_000_000_000, 32_000_000_000)

        await keys(pilot, "ctrl+z")
        assert notice(app).startswith("已撤销 进度填报 #1")
        assert book.position("1", "2024Q3").quarter is None

        await keys(pilot, "f4")
        await fill(pilot, "cumulative_fen", "62,000")
        await keys(pilot, "ctrl+s")
        assert book.position("1", "2024Q3").quarter == 12_000_000_000
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "end")
        assert "已撤销" in shown(app)
        assert {event.revoked_by is None for event in book.figures.history("1", book.point())} == {True, False}


def _figures_shown(screen: str) -> None:
    assert "12,000.00 万元" in screen
    assert "32,000.00 / -" in screen


async def _choose(pilot: Pilot[None], status: str) -> None:
    pilot.app.screen.query_one("#status", Select).value = status
    await settle(pilot)


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
async def test_status_is_chosen_by_keys_alone(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f4", "enter", "down", "down", "down", "enter", "tab", "=100", "f10")
        row = book.position("1", "2024Q3")
    assert (row.status, row.cumulative, row.period_filed) == (Status.UNDER_WAY, 100_000_000, month(2024, 9))


def asked(app: PortfolioApp) -> str:
    """Give the question on the screen, whole: where its lines break depends on the folder's name."""
    return str(app.screen.query_one(".say", Static).content) if isinstance(app.screen, AskScreen) else ""


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
async def test_export_the_quarter(book: Book, tmp_path: Path) -> None:
    book.report("1", "2024Q3", "在建", "62000")
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f8")
        dialog = app.screen
        assert isinstance(dialog, ExportScreen)
        dialog.query_one("#what", Select).value = QUARTERLY
        await settle(pilot)
        path = Path(*(dialog.query_one(field, Input).value for field in ("#folder", "#file")))
        assert path == tmp_path / "out" / "重点工程投资汇总_2024Q3.xlsx"
        await keys(pilot, "f10")
        assert notice(app) == f"已导出：{path}"
        assert not isinstance(app.screen, ExportScreen)
        stamp = path.stat().st_mtime_ns
        await keys(pilot, "f8")
        app.screen.query_one("#what", Select).value = QUARTERLY
        await settle(pilot)
        await keys(pilot, "f10")
        assert asked(app).endswith("已经存在，导出后原来的内容就没有了。")
        await keys(pilot, "enter")
        assert path.stat().st_mtime_ns == stamp, "取消 has the focus"
    book_written = load_workbook(path, read_only=True)
    assert "项目调度表" in book_written.sheetnames
    book_written.close()


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
@pytest.mark.parametrize(
    ("what", "names"),
    [
        (BULLETIN, ("重点工程进度通报_2024Q3.docx", "重点工程进度通报底稿_2024Q3.xlsx")),
        (BRIEF, ("重点工程一页纸_2024Q3.docx",)),
    ],
)
async def test_export_a_document(book: Book, tmp_path: Path, what: str, names: tuple[str, ...]) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f8")
        app.screen.query_one("#what", Select).value = what
        await settle(pilot)
        await keys(pilot, "f10")
        assert notice(app).startswith(f"已导出：{tmp_path / 'out' / names[0]}")
        (tmp_path / "out" / names[0]).unlink()
        await keys(pilot, "f8")
        app.screen.query_one("#what", Select).value = what
        await settle(pilot)
        await keys(pilot, "f10")
        assert ("已经存在" in asked(app)) == (len(names) > 1), "a 底稿 alone is asked about too"
        await keys(pilot, "escape", "escape")
    assert (tmp_path / "out" / names[-1]).is_file()


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
async def test_export_the_duty_list_of_the_unit_under_the_cursor(book: Book, tmp_path: Path) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "3", "down")
        table = app.screen.query_one(DataTable)
        assert table.get_row_at(table.cursor_row)[0].plain == "区农业农村局"
        await keys(pilot, "f8", "f10")
        written = list((tmp_path / "out").iterdir())
        assert [path.name for path in written] == ["责任清单_区农业农村局_2024Q3.xlsx"]
        assert notice(app) == f"已导出：{written[0]}"


@pytest.mark.parametrize("today", [date(2024, 9, 15)])
async def test_a_quarter_is_filed_from_its_last_month_on(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "2024Q3" in shown(app)
        await keys(pilot, "2", "f4")
        assert app.screen.query_one("#period", Input).value == "2024Q3"


@pytest.mark.parametrize("today", [TEN_DAYS_INTO_Q4])
async def test_check_and_year_plan_are_written(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "5", "f6")
        no = (app.screen.no if isinstance(app.screen, FormScreen) else None) or ""
        await fill(pilot, "finding", "still digging")
        await keys(pilot, "f10")
        checked = book.position(no, TEN_DAYS_INTO_Q4)
        assert (checked.check_how, checked.check_day, checked.deadline_state) == ("现场", TEN_DAYS_INTO_Q4, "逾期")
        await keys(pilot, "2", "ctrl+y")
        await fill(pilot, "amount_fen", "9亿")
        for quarter, amount in zip("1234", ("1亿", "2亿", "3亿", "3亿"), strict=True):
            await fill(pilot, f"q{quarter}", amount)
        await keys(pilot, "f10")
        planned = book.position("1", "2024Q3")
        assert (planned.year_plan, planned.stepped) == (90_000_000_000, 1)
    assert month(2024, 9) == planned.period
