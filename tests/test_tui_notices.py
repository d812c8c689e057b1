"""What is said in passing stands in a line of its own, whole, and what is pasted comes in whole."""

from __future__ import annotations

from datetime import date

import pytest
from textual.command import CommandPalette
from textual.events import Paste
from textual.widgets import Input, Select

from hgt_portfolio.tui.dialogs.base import HelpScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.notices import NoticeLine
from hgt_portfolio.tui.pages.projects import ProjectsPage
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
LEAVE = "退出请按 Ctrl+Q。"
pytestmark = pytest.mark.parametrize("today", [DAY])


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("size", [(120, 36), (121, 36), (80, 24)])
async def test_a_filing_notice_is_read_whole_beside_the_open_detail(book: Book, size: tuple[int, int]) -> None:
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "end", "f4")
        form = app.screen
        assert isinstance(form, FormScreen)
        form.query_one("#status", Select).value = "在建"
        await fill(pilot, "cumulative_fen", "100")
        await keys(pilot, "f10")
        page = app.screen
        assert isinstance(page, ProjectsPage)
        said = notice(app)
        assert said.startswith("已办：进度填报 #62")
        assert said.endswith("按 Ctrl+Z 可撤销。")
        assert _squeezed(said) in joined(app)
        line = page.query_one(NoticeLine)
        assert (line.region.x, line.region.width) == (0, app.size.width)
        others = [widget for widget in page.query("#body, #body *, #head, Footer") if widget.region]
        assert not any(line.region.overlaps(widget.region) for widget in others)
        assert page.table.cursor_row == 61
        for shift in range(4):
            app.say("x" * shift + "未开工" * 30)
            await settle(pilot)
            assert "x" * shift + "未开工" * 30 in joined(app)
            heads = [line.split()[:1] for line in shown(app).splitlines()]
            assert ["62"] in heads, "the row under the cursor stays in sight"


async def test_a_notice_goes_at_the_next_at_escape_and_by_itself(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for text in ("[bold]一[/]", "二"):
            app.notify(text, title="甲")
            await settle(pilot)
            assert notice(app) == f"甲：{text}"
        await keys(pilot, "2", "enter")
        assert notice(app) == "甲：二", "it is still there on the next screen"
        await keys(pilot, "escape")
        assert not notice(app)
        app.notify("三", timeout=0.05)
        await settle(pilot)
        await pilot.pause(0.2)
        assert not notice(app)


async def test_a_notice_under_a_dialog_waits_for_it_or_stands_in_it(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+c")
        assert notice(app).startswith("已复制一行")
        assert LEAVE not in notice(app), "whoever copied does not want to leave"
        assert notice(app).endswith("。") and not notice(app).endswith("。。")
        await keys(pilot, "escape", "f1", "ctrl+c")
        assert isinstance(app.screen, HelpScreen)
        assert _squeezed(LEAVE) in joined(app)
        box, line = app.screen.query_one(".dialog"), app.screen.query_one(NoticeLine)
        assert not box.region.overlaps(line.region)
        await keys(pilot, "q")
        assert notice(app) == LEAVE
        await keys(pilot, "2", "f4", "escape", "f4", "tab", "tab", "ctrl+c")
        assert isinstance(app.screen, FormScreen)
        assert notice(app) == LEAVE
        await keys(pilot, "escape", "ctrl+p")
        assert not notice(app)
        assert isinstance(app.screen, CommandPalette)
        app.notify("三", timeout=0.5)
        await settle(pilot)
        app.pop_screen()
        await settle(pilot)
        assert notice(app) == "三"


async def test_pasted_lines_all_come_in(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f4")
        for field, before, pasted, value in (
            ("problem", "", "征地未完\r\n\n  资金缺口\n", "征地未完 资金缺口"),
            ("next_step", "甲", " 乙", "甲 乙"),
            ("physical", "甲", "\n", "甲"),
        ):
            await fill(pilot, field, before)
            app.post_message(Paste(pasted))
            await settle(pilot)
            entry = app.screen.query_one(f"#{field}", Input)
            assert entry.value == value
            app.copy_to_clipboard("丙\n丁")
            await keys(pilot, "ctrl+v")
            assert entry.value == f"{value}丙 丁"


async def test_escape_clears_the_filter_before_anything_else(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for ways in (("escape",), ("enter", "escape")):
            await keys(pilot, "2", "f3", "=ywgw")
            assert "2/62 条" in shown(app)
            await keys(pilot, *ways)
            assert "62/62 条" in shown(app)
            assert not notice(app)
            await keys(pilot, "f3", "escape")
        await keys(pilot, "1", "enter", "f3", "=ywgw", "escape")
        assert "2/62 条" in shown(app), "a drill-down keeps its words"
        await keys(pilot, "escape")
        assert "最要紧" in shown(app)
