"""The settings screen, the office's own keys, and the tour at first start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input, Select

from hgt_portfolio.settings import Settings, SettingsError, read_settings, write_settings
from hgt_portfolio.tui.commands import COMMANDS, PAGES, keymap_problems
from hgt_portfolio.tui.dialogs.base import AskScreen, NoticeScreen
from hgt_portfolio.tui.dialogs.settings import SettingsScreen
from hgt_portfolio.tui.dialogs.tour import STOPS, TourScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.board import BoardPage
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)


@pytest.mark.parametrize("today", [DAY])
async def test_settings_are_kept_and_hold_at_once(book: Book, tmp_path: Path) -> None:
    place = tmp_path / "settings.toml"
    place.write_text("# 本办的设置\npage = 50\ntoured = true\n", encoding="utf-8")
    app = app_for(book, settings=read_settings(place), settings_file=place)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+s")
        assert isinstance(app.screen, SettingsScreen)
        assert "甲（设置里没有写，这次用的）" in joined(app), "who acts where nobody is set, in grey"
        await fill(pilot, "operator", "演示员")
        app.screen.query_one("#theme", Select).value = "textual-dark"
        app.screen.query_one("#rules", Select).value = "武汉"
        await fill(pilot, "keys", "report=f4,ctrl+v; year_plan=alt+q")
        await keys(pilot, "f10")
        assert notice(app) == "设置已保存。"
        assert app.current_theme.dark
        assert "演示员" in shown(app)
        assert book.figures.default_rules == book.ledger.default_rules == "武汉"
        await keys(pilot, "2", "alt+q")
        assert isinstance(app.screen, FormScreen)
        await keys(pilot, "escape", "ctrl+y")
        assert not isinstance(app.screen, FormScreen), "its former key is free"
        await keys(pilot, "f1")
        assert "所指之处一行一件" in joined(app), "the help begins with what the focus is on"
        await pilot.resize_terminal(120, 100)
        await settle(pilot)
        assert "F4 Ctrl+V" in shown(app)
    kept = read_settings(place)
    assert (kept.operator, kept.theme, kept.rules, kept.page) == ("演示员", "textual-dark", "武汉", 50)
    assert kept.keys == {"report": "f4,ctrl+v", "year_plan": "alt+q"}
    assert "# 本办的设置" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("page", "5", "每页行数请填 10 到 1000 的整数"),
        ("keys", "nothing=f4", "没有名为“nothing”的命令"),
        ("keys", "report=f8", "已是填报"),
        ("keys", "report=t", "只有字母键"),
        ("keys", "report=hyper+", "不是按键的名字"),
    ],
)
async def test_what_cannot_be_set_is_said_and_stays(book: Book, field: str, text: str, sentence: str) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+s")
        screen = app.screen
        await fill(pilot, field, text)
        await keys(pilot, "f10")
        assert sentence.replace(" ", "") in joined(app)
        assert screen.is_current
        assert screen.query_one(f"#{field}", Input).value == text
        await keys(pilot, "escape")
        assert isinstance(app.screen, AskScreen), "what was typed is not lost without a word"


def test_the_commands_as_they_are_clash_nowhere() -> None:
    assert keymap_problems({command.id: ",".join(command.keys) for command in COMMANDS}) == []
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("today", [DAY])
async def test_keys_that_will_not_do_are_told_at_the_start(book: Book) -> None:
    app = app_for(book, settings=Settings(keys={"report": "f8"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, NoticeScreen)
        assert "设置里的按键没有用上" in shown(app)
        await keys(pilot, "escape", "2", "f4")
        assert isinstance(app.screen, FormScreen), "the keys of the program hold"


@pytest.mark.parametrize("today", [DAY])
async def test_the_tour_is_shown_once(book: Book, tmp_path: Path) -> None:
    place = tmp_path / "settings.toml"
    app = app_for(book, settings_file=place)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for number, stop in enumerate(STOPS, 1):
            assert isinstance(app.screen, TourScreen)
            assert f"导览 {number}/5：{PAGES[stop.place]}" in shown(app)
            assert app.root == stop.place
            await keys(pilot, "enter")
        assert not isinstance(app.screen, TourScreen)
        assert app.root == "overview"
        await keys(pilot, "alt+h", "right", "left")
        assert "导览 1/5" in shown(app)
        await keys(pilot, "escape")
    assert read_settings(place).toured
    again = app_for(book, settings=read_settings(place), settings_file=place)
    async with again.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert not isinstance(again.screen, TourScreen)


def test_a_settings_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    place = tmp_path / "folder" / "settings.toml"
    place.parent.write_text("a file in its way", encoding="utf-8")
    with pytest.raises(SettingsError, match="不能写设置文件"):
        write_settings(place, {"page": 50})


@pytest.mark.parametrize("today", [DAY])
async def test_alt_with_a_letter_is_a_command_while_typing_too(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f3", "=yw")
        # What a terminal sends for Alt and a letter carries the letter.
        app.post_message(Key("alt+l", "l"))
        await settle(pilot)
        assert isinstance(app.screen, BoardPage)
        await keys(pilot, "escape")
        assert app.screen.query_one("#filter", Input).value == "yw"
