"""督办 in the terminal UI: raise what is suggested, take it to its end, take it back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.ledger import StepInput, SuperviseInput
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.supervision import ItemPage, SupervisionPage
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 20)
pytestmark = pytest.mark.parametrize("today", [DAY])


def raised(book: Book, no: str | None = "9", unit: str | None = None, content: str = "报送进度") -> None:
    item = SuperviseInput(no=no, unit=unit, content=content, raised=date(2024, 10, 8), due=date(2024, 10, 18))
    book.ledger.supervise([item])


async def to_row(pilot: Pilot[None], key: str) -> None:
    table = pilot.app.screen.query_one(RowTable)
    table.move_cursor(row=table.get_row_index(key))
    await settle(pilot)


async def test_a_suggestion_is_raised_taken_to_its_end_and_taken_back(book: Book) -> None:
    book.report("39", "2024Q2", "在建", "10", reason="首报")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "6")
        page = app.screen
        assert isinstance(page, SupervisionPage)
        assert "建议交办 63 条" in shown(app)
        assert "建议的按 Enter 交办" in shown(app)
        assert [one.ground for one in page._suggestions.values()][:2] == ["逾期", "未填报"]
        await to_row(pilot, "39 逾期")
        await keys(pilot, "ctrl+f")
        assert "还没有交办，按 Enter 交办" in notice(app)
        await keys(pilot, "enter")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.query_one("#basis", Input).value.startswith("完工期限 2023-11-30")
        assert app.screen.query_one("#due", Input).value == "2024-11-04"
        await fill(pilot, "doc", "督〔2024〕1号")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：督办交办 督2024-001 #39")
        assert "。。" not in notice(app)
        assert "督办事项 1 项：待反馈 1" in shown(app)
        assert "39 逾期" not in page._suggestions
        for key, fields in (
            ("ctrl+e", {"text": "电话催办"}),
            ("ctrl+f", {"text": "已进场"}),
            ("ctrl+x", {"due": "2024-12-31", "text": "雨季"}),
            ("ctrl+u", {"text": "已完工", "evidence": "验收单"}),
            ("ctrl+n", {"text": "缺照片"}),
            ("ctrl+u", {"text": "已补齐", "evidence": "照片"}),
        ):
            await to_row(pilot, "督2024-001")
            await keys(pilot, key)
            for name, text in fields.items():
                await fill(pilot, name, text)
            await keys(pilot, "f10")
            assert isinstance(app.screen, SupervisionPage), key
        await keys(pilot, "enter")
        assert isinstance(app.screen, ItemPage)
        assert "2024-12-31（原2024-11-04）" in joined(app)
        assert "申请销号已补齐依据：照片" in joined(app)
        await keys(pilot, "ctrl+k")
        await fill(pilot, "evidence", "现场核验")
        await keys(pilot, "f10")
        assert "状态已销号" in joined(app)
        await keys(pilot, "ctrl+z")
        assert notice(app).startswith("已撤销 督办核验销号 督2024-001")
        assert "状态申请销号" in joined(app)
        await keys(pilot, "escape")
        assert "督2024-001" in shown(app)
    assert [step.step for step in book.figures.supervised(book.point(), "督2024-001").steps] == [
        *("催办", "反馈", "延期", "申请销号", "退回", "申请销号")
    ]


async def test_a_refusal_stays_in_the_form(book: Book) -> None:
    raised(book)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "6")
        await to_row(pilot, "督2024-001")
        await keys(pilot, "ctrl+k")
        assert "现为“待反馈”，不能核验销号。要先由单位办结、登记申请销号。" in joined(app)
        assert not app.screen.query(Input), "nothing is asked for that could not be written"
        await keys(pilot, "f10", "escape")
        assert isinstance(app.screen, SupervisionPage)
        await keys(pilot, "ctrl+e", "f10")
        assert "内容没有填" in joined(app)
        await keys(pilot, "escape", "ctrl+x", "f10")
        assert "新的完成时限没有填" in joined(app)
        await fill(pilot, "due", "明年")
        assert isinstance(app.screen, FormScreen)
        await keys(pilot, "f10")
        assert "无法识别" in joined(app)
    assert book.figures.supervised(book.point(), "督2024-001").steps == ()


async def test_struck_items_are_shown_on_asking(book: Book) -> None:
    raised(book)
    raised(book, None, "区农业农村局", "[/]报送 [b]")
    for step, more in (("申请销号", {"text": "完", "evidence": "单"}), ("核验销号", {"evidence": "核"})):
        book.ledger.supervision_step(StepInput(item="督2024-001", step=step, day=DAY, **more))
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "6")
        assert "督2024-001" not in shown(app)
        assert "督2024-002" in shown(app)
        await keys(pilot, "ctrl+w")
        assert "督2024-001" in shown(app)
        await to_row(pilot, "督2024-002")
        await keys(pilot, "enter")
        assert "[/]报送[b]" in joined(app)
        assert "超期2天" in joined(app)


async def test_an_item_is_raised_from_a_project_and_from_a_unit(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "ctrl+d")
        assert "#1红谷滩区雨污管网" in joined(app)
        assert "截至2024-10-20期限" in joined(app)
        assert app.screen.query_one("#ground", Select).value == "未填报"
        await fill(pilot, "content", "补报三季度")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：督办交办 督2024-001 #1")
        await keys(pilot, "3", "alt+k", "=演示局长", "f10", "ctrl+d")
        assert app.screen.query_one("#person", Input).value == "演示局长"
        assert app.screen.query_one("#ground", Select).value == "未填报"
        assert app.screen.query_one("#basis", Input).value.startswith("因未填报建议督办")
        await fill(pilot, "content", "报送全年计划")
        await keys(pilot, "f10")
        assert "督2024-002 区城管执法局" in notice(app)
        await pilot.resize_terminal(100, 60)
        await keys(pilot, "2", "enter")
        assert "督2024-001" in joined(app)


async def test_the_past_is_read_only(book: Book) -> None:
    raised(book)
    app = app_for(book, as_of="2024-10-19")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "6")
        await to_row(pilot, "督2024-001")
        for key in ("ctrl+f", "ctrl+d"):
            await keys(pilot, key)
            assert isinstance(app.screen, NoticeScreen)
            await keys(pilot, "escape")
        await keys(pilot, "end", "enter")
        assert isinstance(app.screen, NoticeScreen)


async def test_notices_are_exported_from_the_dialog(book: Book, tmp_path: Path) -> None:
    from hgt_portfolio.tui.dialogs.outputs import NOTICES_ALL

    raised(book)
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "6", "f8")
        app.screen.query_one("#what", Select).value = NOTICES_ALL
        await settle(pilot)
        await keys(pilot, "f10")
        assert "督办单_区农业农村局_2024-10-20.docx" in notice(app)
    assert (tmp_path / "out" / "督办单_区农业农村局_2024-10-20.docx").is_file()
