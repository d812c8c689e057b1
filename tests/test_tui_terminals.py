"""Every kind of terminal: few colours, none, ASCII alone, any size; focus, marks, findings are told apart in each."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Button, Input

from hgt_portfolio.cli import desk as cli_desk
from hgt_portfolio.settings import Settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.forms import FORMS
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, settle, shown

DAY = date(2024, 10, 10)
PAINTED = ("textual-light", "textual-dark", "ansi-light", "ansi-dark")
HEADED_ROOM, ROOM = 33, 57
"""Cells of a field at 80 columns, beside what stands in the ledger and without."""


def styles(app: PortfolioApp, line: int) -> list[Style]:
    """Give the style of every cell of a line of the screen."""
    strip = app.screen._compositor.render_strips()[line]
    return [segment.style or Style() for segment in strip for _ in range(cell_len(segment.text))]


def looks(style: Style) -> tuple[object, ...]:
    """Give what tells a cell apart where there is no colour: how light it is, and its marks."""
    shades = [color and sum(color.get_truecolor()) // 30 for color in (style.color, style.bgcolor)]
    return (*(reversed(shades) if style.reverse else shades), style.bold, style.underline, style.reverse)


def field_looks(app: PortfolioApp, name: str) -> tuple[object, ...]:
    """Give how the first cell of an empty field looks."""
    region = app.screen.query_one(f"#{name}").region
    return looks(styles(app, region.y)[region.x])


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("theme", PAINTED)
@pytest.mark.parametrize("colourless", [False, True])
async def test_focus_cursor_and_findings_need_no_colour(
    book: Book, theme: str, colourless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if colourless:
        monkeypatch.setenv("NO_COLOR", "1")
    app = app_for(book, settings=Settings(theme=theme))
    assert app.no_color is colourless
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        door = app.screen.focused
        assert door is not None
        assert looks(styles(app, door.region.y)[door.region.x + 1]) != looks(styles(app, door.region.y)[-1])
        await keys(pilot, "2", "space", "down", "down")
        table = app.screen.query_one(RowTable)
        top, at = table.region.y + 1, table.cursor_row
        here, *others = [looks(styles(app, top + row)[12]) for row in (at, at - 1, at + 1)]
        assert here not in others
        assert "*" in shown(app).splitlines()[top][:4], "a mark is a letter"
        await keys(pilot, "f4")
        for name in ("status", "cumulative_fen"):
            resting = field_looks(app, "goal_verdict")
            app.screen.query_one(f"#{name}").focus()
            await settle(pilot)
            assert field_looks(app, name) != resting, name
        await fill(pilot, "cumulative_fen", "abc")
        found = next(place for place, line in enumerate(shown(app).splitlines()) if "错误：" in line)
        said = styles(app, found)[24]
        assert said.bold
        assert _contrast(said) >= 3, "a finding is read with ease"
        assert not _is_red(said), "red is 逾期 and 红灯 alone"
        app.screen.query_one("#leave", Button).focus()
        await settle(pilot)
        line = styles(app, app.screen.query_one("#leave").region.y)
        other, focused = (line[app.screen.query_one(f"#{name}").region.x + 2] for name in ("file", "leave"))
        assert focused.reverse != other.reverse, "the button in focus"


def _contrast(style: Style) -> float:
    """Give the ratio of the lighter to the darker; the terminal's own two colours read well together."""
    if style.color is None or style.bgcolor is None or style.color.is_default or style.bgcolor.is_default:
        return 21.0

    def light(color: tuple[int, ...]) -> float:
        parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05

    lights = sorted(light(tuple(color.get_truecolor())) for color in (style.color, style.bgcolor))
    return lights[1] / lights[0]


def _is_red(style: Style) -> bool:
    if style.color is None or style.color.is_default:
        return False
    red, green, blue = style.color.get_truecolor()
    return red > 2 * max(green, blue)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize(
    "term, light, dark",
    [("xterm-16color", "ansi-light", "ansi-dark"), ("linux", "ansi-dark", "ansi-dark")],
)
async def test_a_terminal_of_few_colours_draws_by_its_own(
    book: Book, term: str, light: str, dark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(Console, "color_system", property(lambda _: "standard"))
    monkeypatch.setattr(PortfolioApp, "is_headless", False)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.theme == light
        app.take_theme("textual-dark")
        assert app.theme == dark


@pytest.mark.parametrize("today", [DAY])
async def test_ascii_alone_draws_no_glyph_of_doubtful_width(book: Book) -> None:
    app = app_for(book, settings=Settings(ascii=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for opened in (
            *(["1"], ["2", "f4"], ["2", "ctrl+y"], ["2", "f8"], ["2", "alt+c"], ["2", "ctrl+o"], ["2", "alt+x"]),
            *(["2", "space", "alt+p"], ["2", "f1"], ["2", "f3", "=ywgw", "enter", "alt+i"], ["alt+t"], ["alt+s"]),
            *(["alt+h", *["right"] * steps] for steps in range(5)),
        ):
            await keys(pilot, *opened)
            drawn = {char for char in shown(app) if "\u2190" <= char <= "\u27bf"}
            assert not drawn, opened
            await keys(pilot, "escape", "ctrl+l" if "f3" in opened else "escape")


@pytest.mark.parametrize("today", [DAY])
async def test_dialogs_are_marked_out_by_letters_and_frames_alone(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for opened in (["2", "f4"], ["2", "alt+c"], ["2", "ctrl+o"], ["alt+h", "right"], ["alt+s"]):
            await keys(pilot, *opened)
            doubtful = {char for char in shown(app) if unicodedata.east_asian_width(char) == "A"}
            assert doubtful <= set("│─╭╮╰╯“”×"), opened
            await keys(pilot, "escape")


@pytest.mark.parametrize("today", [DAY])
async def test_what_is_typed_outlives_any_resizing(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f4")
        await fill(pilot, "next_step", "抓紧")
        for width, height in ((80, 24), (60, 20), (200, 60), (80, 24)):
            await pilot.resize_terminal(width, height)
            await settle(pilot)
            if width < 80:
                assert joined(app).count("80列×24行") == 1, "the screen below does not say it a second time"
                continue
            line = app.screen.query_one("#next_step", Input)
            assert line.has_focus
            assert line.value == "抓紧"
            assert _inside(pilot, line.region), (width, height)
            assert all(_inside(pilot, button.region) for button in app.screen.query(Button))


def _inside(pilot: Pilot[None], region: Region) -> bool:
    return bool(region) and pilot.app.screen.region.contains_region(region)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("place", [0, 1])
async def test_every_hint_fits_its_field(book: Book, place: int) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for form in list(FORMS.values())[place::2]:
            app.push_screen(FormScreen(app.desk, form, "1"))
            await settle(pilot)
            room = HEADED_ROOM if app.screen.query(".headed") else ROOM
            assert all(cell_len(field.hint) < room for field in form.fields), form.title
            assert all(cell_len(f"{field.label}*") <= 19 for field in form.fields), form.title
            assert all(_inside(pilot, one.region) for one in app.screen.query(Button) if one.display), form.title
            await keys(pilot, "escape")


def test_a_dumb_terminal_is_refused_in_words(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(cli_desk, "screen_reader", lambda *_, **__: book.figures)
    with pytest.raises(cli_desk.Refusal, match="TERM=dumb"):
        cli_desk.open_screen(None, None, None)
