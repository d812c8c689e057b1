"""The forms: what is wrong is said under its field and nothing is written; what was typed is never lost silently."""

from __future__ import annotations

from datetime import date

import pytest
from textual.widgets import Button, Input, Select

from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs.base import AskScreen, NoticeScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from tests.conftest import Book
from tests.tui import app_for, fill, keys, notice, settle, shown

DAY = date(2024, 10, 10)
pytestmark = pytest.mark.parametrize("today", [DAY])

REFUSED = (
    ("cumulative_fen", "一亿", "“一亿”不能作为金额"),
    ("cumulative_fen", "约1.2亿", "带有“约”"),
    ("cumulative_fen", "-5", "是负数"),
    ("cumulative_fen", "1e9", "科学计数法"),
    ("period", "2024Q9", "无法识别"),
    ("period", "2025Q1", "才能填报"),
    ("started", "2024-02-30", "没有30日"),
    ("finished", "2024-09-01", "请核对"),
    ("physical_percent", "101", "不能大于 100"),
    ("physical_percent", "半", "不是百分数"),
    ("problem", "", ""),
)


async def _open(app: PortfolioApp, pilot: object, name: str = "f4") -> FormScreen:
    await keys(pilot, "2", name)  # type: ignore[arg-type]
    form = app.screen
    assert isinstance(form, FormScreen)
    return form


@pytest.mark.parametrize(("field", "text", "sentence"), REFUSED)
async def test_what_is_wrong_is_said_and_nothing_is_written(book: Book, field: str, text: str, sentence: str) -> None:
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        if field != "problem":
            form.query_one("#status", Select).value = "在建"
        await fill(pilot, field, text)
        assert sentence in shown(app)
        await keys(pilot, "f10")
        assert app.screen is form
        assert (sentence or "项目状态没有填") in shown(app)
        assert form.query_one(f"#{field}", Input).value == text
    assert book.figures.last_action() == before


async def test_a_warning_wants_a_reason(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        await fill(pilot, "cumulative_fen", "40000")
        assert "提醒：自开工累计 40000.00 万元低于" in shown(app)
        await keys(pilot, "f10")
        assert app.screen is form
        assert form.focused is form.query_one("#reason")
        assert "请在这里写明原因" in shown(app)
        await keys(pilot, "=核减，审计〔2024〕1号", "f10")
        assert app.screen is not form
    assert book.position("1", "2024Q3").cumulative == 40_000_000_000


async def test_the_last_filing_is_carried_forward(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000", physical="主体完成", problem="缺土", started=date(2023, 1, 5))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert form.query_one("#physical", Input).value == "主体完成"
        assert form.query_one("#started", Input).value == "2023-01-05"
        assert form.query_one("#reason", Input).value == ""
        assert "上次 2024Q2" in shown(app)
        await keys(pilot, "f10")
    filed = book.position("1", "2024Q3")
    assert (filed.physical, filed.problem, filed.started) == ("主体完成", "缺土", date(2023, 1, 5))


async def test_a_changed_form_asks_before_it_closes_or_the_program_quits(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        await keys(pilot, "escape")
        assert app.screen is not form, "an untouched form closes at once"
        form = await _open(app, pilot)
        await keys(pilot, "enter", "escape")
        assert app.screen is form, "the first escape closes the choices"
        await keys(pilot, "f1", "escape")
        assert app.screen is form
        await fill(pilot, "problem", "缺土")
        for key in ("escape", "ctrl+q"):
            await keys(pilot, key)
            assert isinstance(app.screen, AskScreen)
            assert isinstance(app.screen.focused, Button)
            assert app.screen.focused.id == "no"
            await keys(pilot, "enter")
            assert isinstance(app.screen, FormScreen)
        assert form.query_one("#problem", Input).value == "缺土"
        await keys(pilot, "escape", "right", "enter")
        assert not isinstance(app.screen, FormScreen)


async def test_another_period_brings_its_own_last_filing(book: Book) -> None:
    book.report("1", "2024Q1", "在建", "10000", physical="桩基")
    book.report("1", "2024Q3", "在建", "50000", physical="主体")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert form.query_one("#physical", Input).value == "主体"
        await fill(pilot, "problem", "缺土")
        await fill(pilot, "period", "2024Q2")
        assert "上次 2024Q1" in shown(app)
        assert form.query_one("#physical", Input).value == "桩基"
        assert form.query_one("#cumulative_fen", Input).value == "10000"
        assert form.query_one("#problem", Input).value == "缺土"


async def test_filing_twice_at_once_writes_once(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        form.query_one("#status", Select).value = "在建"
        await fill(pilot, "cumulative_fen", "10000")
        await pilot.press("f10", "f10", "ctrl+s")
        await settle(pilot)
    assert len([entry for entry in book.figures.entries(book.point()) if entry.kind == "进度填报"]) == 1


async def test_undo_with_nothing_to_undo_says_so(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+z")
        assert isinstance(app.screen, NoticeScreen)
        assert "没有可以撤销的操作" in shown(app)
        await keys(pilot, "escape")
        assert not notice(app)


async def test_undo_survives_a_restart(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+z")
        assert "已撤销 进度填报 #1" in notice(app)
    assert book.position("1", "2024Q3").cumulative is None


@pytest.mark.parametrize("key", ["f6", "f7", "ctrl+y"])
async def test_the_other_forms_refuse_what_is_missing(book: Book, key: str) -> None:
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, key)
        if key == "f7":
            await fill(pilot, "period", "2024-06")
        await keys(pilot, "f10")
        assert app.screen is form
        said = {"f6": "核实结论没有填", "f7": "须为某年12月", "ctrl+y": "年度计划须有计划投资或形象目标"}
        assert said[key] in shown(app)
    assert book.figures.last_action() == before
