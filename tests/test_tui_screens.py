"""The screens: every count opens its rows, the cursor keeps its project, and no name can break the drawing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Static

from hgt_portfolio.settings import Settings
from hgt_portfolio.terms import SupervisionStep
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.commands import COMMANDS, PAGES, ROOTS, Command, Palette, bindings, valid_in
from hgt_portfolio.tui.dialogs.base import HelpScreen, NoticeScreen, help_table, keys_of
from hgt_portfolio.tui.forms import FORMS
from hgt_portfolio.tui.page import Page
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.rows import RowTable
from hgt_portfolio.tui.wording import clean
from tests.conftest import Book
from tests.tui import app_for, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
NARROWED = str.maketrans("…—“”●▲", '.-""*^')
GIVEN = {"form": set(FORMS), "go": set(ROOTS), "step": set(SupervisionStep.__members__)}
HOSTILE = (
    "[重点]",
    "[/]",
    "[@click=app.quit]x[/]",
    "[bold red]某某工程[EPC]",
    "\x1b[2J\x1b]0;title\x07某某工程",
    "\x9b31m某某\u202e工程\u200b\u2066隐藏",
    "👨‍👩‍👧‍👦❤️🏗️工程",
    "很长的名称" * 40,
    "a\nb\tc\r工程",
    "\\[x] {x} %s $x :smile:",
    "①②…—“引号”●▲",
)


def _name_projects(book: Book) -> None:
    """Write hostile names past every door, as a foreign tool might."""
    with sqlite3.connect(book.path) as database:
        triggers = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for number, name in enumerate(HOSTILE, 1):
            database.execute("UPDATE project_version SET name = ?, scope = ? WHERE id = ?", (name, name, number))
        database.execute("UPDATE unit SET name = '[/]单位[b]' WHERE id = 1")
    database.close()


@pytest.mark.parametrize("today", [DAY])
async def test_hostile_names_are_drawn_as_they_are(book: Book) -> None:
    _name_projects(book)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2")
        for name in HOSTILE[:-1]:
            assert clean(name)[:6].translate(NARROWED) in shown(app), name
        for place, name in enumerate(HOSTILE):
            assert app.screen.query_one(RowTable).cursor_row == place
            await keys(pilot, "enter")
            assert clean(name)[:6] in shown(app), name
            _nothing_steers_the_terminal(app)
            await keys(pilot, "f4")
            assert clean(name)[:6] in shown(app), name
            _nothing_steers_the_terminal(app)
            await keys(pilot, "escape")
            app.tell(name, name)
            app.say(name)
            await settle(pilot)
            assert isinstance(app.screen, NoticeScreen)
            _nothing_steers_the_terminal(app)
            await keys(pilot, "enter", "escape", "down")
        await pilot.resize_terminal(120, 36)
        await keys(pilot, "up", "3", "f8", "escape", "enter", "1", "4")
        _nothing_steers_the_terminal(app)
        assert app.is_running


def _nothing_steers_the_terminal(app: PortfolioApp) -> None:
    lines = shown(app).split("\n")
    assert all(cell_len(line) == app.size.width for line in lines)
    assert not any(
        ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u200b\u2066" for char in "".join(lines)
    )


@pytest.mark.parametrize("today", [DAY])
async def test_sizes_and_resizing(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "流湖镇2023年度市级农业产业强镇项目" not in shown(app)
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert "流湖镇2023年度市级农业产业强镇项目" in shown(app)
        await pilot.resize_terminal(80, 24)
        await keys(pilot, "2")
        assert not app.screen.query_one("#pane").region.width
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert app.screen.query_one("#pane").region.width
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "80列×24行" in joined(app)
        await keys(pilot, "f4")
        assert "80列×24行" in joined(app)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "进度填报" in shown(app)
        await keys(pilot, "escape")
        assert "62/62 条" in shown(app)


@pytest.mark.parametrize("place", PAGES)
def test_footers_fit_eighty_columns(place: str) -> None:
    footer = [command for command in valid_in(place) if place in command.footer]
    assert 3 <= len(footer) <= 7
    assert sum(cell_len(f"{command.shown} {command.name} ") for command in footer) <= 80


@pytest.mark.parametrize("place", PAGES)
def test_commands_are_bound_documented_and_need_no_letter(place: str) -> None:
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as capture:
        console.print(help_table(place, {}))
    text = capture.get()
    bound = {key for binding in bindings(place) for key in binding.key.split(",")}
    for command in valid_in(place):
        assert set(command.keys) <= bound
        assert keys_of(command, {}) in text
        assert command.help in text
    for command in COMMANDS:
        assert any(len(key) > 1 or key.isdigit() for key in command.keys), command.id
        assert command.name in text
    keys_given = [key for command in valid_in(place) for key in command.keys]
    assert len(keys_given) == len(set(keys_given))


def test_a_terminal_sends_every_alt_key_as_itself() -> None:
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

    letters = [key.removeprefix("alt+") for command in COMMANDS for key in command.keys if key.startswith("alt+")]
    assert letters
    assert [letter for letter in letters if f"\x1b{letter}" in ANSI_SEQUENCES_KEYS] == []


def _kinds(page: type[Page]) -> Iterator[type[Page]]:
    yield page
    for kind in page.__subclasses__():
        yield from _kinds(kind)


_PLACED = {page.PLACE: page for page in _kinds(Page)}


@pytest.mark.parametrize("place", PAGES)
async def test_every_command_is_found_by_name_english_and_pinyin(place: str) -> None:
    palette = Palette(_PLACED[place].__new__(_PLACED[place]))
    assert [hit.text async for hit in palette.discover()] == [_named(command) for command in valid_in(place)]
    for command in valid_in(place):
        for word in (command.name, command.english, command.pinyin) if place == command.places[0] else (command.name,):
            assert _named(command) in [hit.text async for hit in palette.search(word)], (command.id, word)


def _named(command: Command) -> str:
    return f"{command.name}  {command.shown}"


@pytest.mark.parametrize("place", PAGES)
def test_every_command_can_be_done_in_each_of_its_places(place: str) -> None:
    bound = {binding.id: binding for binding in _PLACED[place].BINDINGS if isinstance(binding, Binding)}
    for command in valid_in(place):
        parsed = re.fullmatch(r"(screen|app)\.(\w+)(?:\('?([\w-]+)'?\))?", command.action)
        assert parsed, command.action
        whose, name, given = parsed.groups()
        assert hasattr(_PLACED[place] if whose == "screen" else PortfolioApp, f"action_{name}"), command.action
        assert given in GIVEN.get(name, {given}), command.action
        assert bound[command.id].key.split(",") == list(command.keys)
        assert bound[command.id].action == command.action


@pytest.mark.parametrize("today", [DAY])
async def test_the_palette_runs_a_command(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        await keys(pilot, "=danwei")
        await keys(pilot, "enter", "enter")
        await settle(pilot)
        assert app.root == "units"


@pytest.mark.parametrize("today", [DAY])
async def test_going_about(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = []
        for key in (*["f2"] * 8, "２", "3", "5", "1"):
            await keys(pilot, key)
            seen.append(app.root)
        turned = ["projects", "units", "timeline", "queue", "supervision", "indicators", "funds", "overview"]
        assert seen == [*turned, "projects", "units", "queue", "overview"]
        await keys(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        await keys(pilot, "escape", "？")
        assert isinstance(app.screen, HelpScreen)
        await keys(pilot, "escape", "3", "space")
        page = app.screen
        assert isinstance(page, ProjectsPage)
        assert page.where.unit == "区城管执法局"
        await keys(pilot, "enter", "escape", "escape")
        assert app.root == "units"
        await pilot.click("#head", offset=(10, 1))
        await settle(pilot)
        assert app.root == "projects"
        await keys(pilot, "3", "escape")
        assert "最上层" in notice(app)
        await keys(pilot, "q")
    assert not app.is_running


@pytest.mark.parametrize("today", [DAY])
async def test_a_reading_that_fails_is_said_and_stays(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        book.path.write_bytes(b"not a database" * 100)
        book.store.close()
        await keys(pilot, "f5")
        assert isinstance(app.screen, NoticeScreen)
        assert "已损坏" in joined(app)
        await keys(pilot, "enter")
        assert app.is_running


@pytest.mark.parametrize("today", [DAY])
async def test_demo_ascii_dark_and_basis(book: Book) -> None:
    with sqlite3.connect(book.path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE plan SET demo = 1")
    database.close()
    app = app_for(book, settings=Settings(ascii=True, theme="textual-dark"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        head = str(app.screen.query_one("#head", Static).content)
        assert " 演示 " in head
        assert "规划口径" in head
        await keys(pilot, "ctrl+b")
        assert "完工口径" in str(app.screen.query_one("#head", Static).content)
        await keys(pilot, "f8")
        assert not set("╭╮╰╯│─") & set(shown(app))
        await keys(pilot, "escape", "ctrl+t")
        assert app.theme == "textual-light"
