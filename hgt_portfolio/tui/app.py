"""The app: its root screens, the places opened from them, and what is said to the operator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from textual import on
from textual.app import App
from textual.binding import Binding
from textual.command import CommandPalette
from textual.events import DescendantFocus, Event, Key
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.reactive import Reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.timer import Timer
from textual.widget import Widget

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.ledger import Ledger, Outcome
from hgt_portfolio.settings import Settings, exports_folder
from hgt_portfolio.table import DEMO
from hgt_portfolio.terms import Basis
from hgt_portfolio.tui.commands import Palette, keymap_problems
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.dialogs.base import AskScreen, FormDialog, NoticeScreen, key_name
from hgt_portfolio.tui.notices import SECONDS, NoticeLine
from hgt_portfolio.tui.page import Page
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.funds import FundsPage
from hgt_portfolio.tui.pages.indicators import IndicatorsPage
from hgt_portfolio.tui.pages.overview import OverviewPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.queue import QueuePage
from hgt_portfolio.tui.pages.supervision import SupervisionPage
from hgt_portfolio.tui.pages.timeline import TimelinePage
from hgt_portfolio.tui.pages.units import UnitsPage
from hgt_portfolio.tui.wording import LIGHT_PALETTE, clean

OWN_COLOURS = {"textual-light": "ansi-light", "textual-dark": "ansi-dark"}
"""Themes in the terminal's own 16 colours, by the theme that they stand in for."""

LEAVE = "表格里有还没有保存的内容，退出后就没有了。"


class PlainScrollBar(ScrollBarRender):
    """A scroll bar of colour alone: terminals for Chinese draw the partial blocks two cells wide."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class PortfolioApp(App[None]):
    """The terminal UI over one ledger; ``as_of`` or ``known_at`` show the past, read-only."""

    TITLE = "重点工程台账"
    CSS_PATH = "portfolio.tcss"
    COMMAND_PALETTE_BINDING = "f12"
    COMMANDS: ClassVar[set[Any]] = {Palette}
    ansi_theme_light = Reactive(LIGHT_PALETTE, init=False)
    HORIZONTAL_BREAKPOINTS = [(0, "-cramped"), (80, "-normal"), (120, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall"), (32, "-roomy")]  # noqa: RUF012 - Textual's own

    class Said(Message):
        """A sentence for the notice line."""

        def __init__(self, text: str, seconds: float) -> None:
            self.text, self.seconds = text, seconds
            super().__init__()

    def __init__(
        self,
        figures: Figures,
        ledger: Ledger,
        *,
        settings: Settings | None = None,
        as_of: str | None = None,
        known_at: str | None = None,
        basis: Basis = Basis.PLAN,
        rules: str | None = None,
        exports: Path | None = None,
        database: str = "portfolio.db",
        read_only: bool = False,
        settings_file: Path | None = None,
    ) -> None:
        super().__init__()
        given = settings or Settings()
        place = exports or exports_folder(given.folder)
        self.desk = Desk(figures, ledger, given, as_of, known_at, basis, rules, place, database)
        self.desk.read_only, self.desk.settings_file = read_only, settings_file
        self.root = "overview"
        self._notice: PortfolioApp.Said | None = None
        self._notice_timer: Timer | None = None
        self._pointed: WeakKeyDictionary[Screen[Any], Widget] = WeakKeyDictionary()
        ScrollBar.renderer = PlainScrollBar
        self.theme = given.theme if given.theme in self.available_themes else "textual-light"
        self.set_class(given.ascii, "-ascii")
        self._key_problems = keymap_problems(given.keys)
        self.set_keymap({} if self._key_problems else given.keys)

    def on_mount(self) -> None:
        """Begin at the overview; the root screens keep their place while others are looked at."""
        self.take_theme(self.theme)
        for place, page in _ROOT_PAGES.items():
            self.install_screen(page(self.desk), place)
        self.push_screen(self.root)
        if self._key_problems:
            self.tell("设置里的按键没有用上", self._key_problems[0])
        if self.desk.settings_file is not None and not self.desk.settings.toured:
            self.call_after_refresh(self.tour, 0)

    def go(self, place: str) -> None:
        """Go to one of the root screens, from whatever is open above the present one."""
        self._unwind()
        if place != self.root:
            self.root = place
            self.switch_screen(place)

    def _unwind(self) -> None:
        for _ in range(len(self.screen_stack) - 2):
            self.pop_screen()

    def back(self) -> None:
        """Close the place on top; the root screens themselves stay."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.say("已在最上层。按 q 或 Ctrl+Q 退出。")

    def open_projects(self, where: Filter, label: str) -> None:
        """Open exactly the projects that a figure counts."""
        self.push_screen(ProjectsPage(self.desk, self.desk.where.both(where), label))

    def open_detail(self, no: str, desk: Desk | None = None) -> None:
        """Open one project, on another desk than the app's where one is given."""
        self.push_screen(DetailPage(desk or self.desk, no))

    def take_settings(self, values: Mapping[str, Any]) -> None:
        """Let changed settings hold at once."""
        desk = self.desk
        if values.get("operator"):
            desk.ledger.operator = values["operator"]
        if "theme" in values:
            self.take_theme(values["theme"])
        if "folder" in values:
            desk.exports = exports_folder(values["folder"])
        if "rules" in values:
            desk.figures.default_rules = desk.ledger.default_rules = values["rules"]
        self.set_class(desk.settings.ascii, "-ascii")
        self.set_keymap(desk.settings.keys)
        desk.change()
        if isinstance(self.screen, Page):
            self.screen.reread()

    def take_theme(self, theme: str) -> None:
        """Draw by a theme; a terminal of 16 colours at most, which would blur it, draws by its own.

        The console of Linux is black, whatever the theme. Without colour the terminal's own two would become one.
        """
        is_poor = self.console.color_system == "standard" and not self.is_headless
        if self.no_color:
            theme = "textual-dark" if is_poor else theme.replace("ansi-", "textual-")
        elif is_poor:
            theme = OWN_COLOURS.get("textual-dark" if os.environ.get("TERM") == "linux" else theme, theme)
        self.theme = theme

    def tour(self, step: int) -> None:
        """Show a stop of the tour over the screen that it is about."""
        from hgt_portfolio.tui.dialogs.tour import STOPS, TourScreen

        self.go(STOPS[step].place)
        self.push_screen(TourScreen(self.desk, step))

    def say(self, text: str) -> None:
        """Tell the operator something in passing."""
        self.notify(text)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",  # noqa: ARG002 - errors are told in a dialog
        timeout: float | None = None,
        markup: bool = True,  # noqa: ARG002 - nothing said is markup
    ) -> None:
        """Say everything in the notice line; a toast would cut the wide characters of the lines it lies over."""
        said = "：".join(filter(None, (clean(title), clean(message))))
        self.post_message(PortfolioApp.Said(said, timeout or SECONDS))

    @on(Said)
    def _was_said(self, message: Said) -> None:
        self.hush()
        self._notice = message
        self.show_notice()

    def show_notice(self) -> None:
        """Show the present notice on the screen on top; under a screen without the line it waits until that closes."""
        for line in self.screen.query(NoticeLine):
            line.say(self._notice.text if self._notice else "")
            if self._notice and self._notice_timer is None:
                self._notice_timer = self.set_timer(self._notice.seconds, self.hush)

    def hush(self) -> None:
        """Take the notice away, from the screens below too."""
        if self._notice_timer is not None:
            self._notice_timer.stop()
        self._notice = self._notice_timer = None
        for screen in self.screen_stack:
            for line in screen.query(NoticeLine):
                line.say("")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Remember what has the focus on each screen."""
        self._pointed[self.screen] = event.widget

    def on_resize(self) -> None:
        """Give the focus back to what lost it while the window was too small to show it."""
        self.screen.call_after_refresh(self._refocus)

    def _refocus(self) -> None:
        pointed = self._pointed.get(self.screen)
        if self.screen.focused is None and pointed is not None and pointed.focusable:
            self.screen.set_focus(pointed)

    async def on_event(self, event: Event) -> None:
        """Take the notice away at Esc, which then does what it does."""
        if isinstance(event, Key) and event.key == "escape" and not event.is_forwarded:
            self.hush()
        await super().on_event(event)

    def tell(self, title: str, text: str) -> None:
        """Tell the operator what went wrong; it stays until dismissed."""
        self.push_screen(NoticeScreen(title, text))

    def deliver(self, path: Path) -> None:
        """Hand a written file to the browser that the operator sits at; on a terminal's own computer it is there."""
        if self.is_web and path.is_file():
            self.deliver_binary(path, open_method="download")

    def written(self, outcome: Outcome | None) -> None:
        """Say what was written, and how to take it back; the screens read anew when they come up."""
        if outcome is not None:
            self.say(f"已办：{outcome.title.rstrip('。')}。按 Ctrl+Z 可撤销。")

    def get_key_display(self, binding: Binding) -> str:
        """Write a key in the footer as the help does."""
        return binding.key_display or key_name(binding.key)

    def copy(self, text: str, mark: str = f"（{DEMO}）") -> None:
        """Put a text from the screen into the clipboard, marked where the ledger holds sample data."""
        frames = [screen.frame for screen in self.screen_stack if isinstance(screen, Page) and screen.frame]
        self.copy_to_clipboard(text + mark if any(frame.demo for frame in frames) else text)

    def _fatal_error(self) -> None:
        """Close, and leave the error to ``run``: Textual's own would print its traceback, figures and all."""
        self._close_messages_no_wait()

    def action_command_palette(self) -> None:
        """Open the command palette, in Chinese."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder="按名称、用处、英文或拼音查找命令", id="--command-palette"))

    def action_theme_turn(self) -> None:
        """Turn light to dark or dark to light."""
        self.take_theme("textual-light" if self.current_theme.dark else "textual-dark")

    def action_help_quit(self) -> None:
        """Say how to leave, to whoever presses Ctrl+C."""
        self.say("退出请按 Ctrl+Q。")

    async def action_quit(self) -> None:
        """Leave, asking first where a form would be lost."""
        if any(isinstance(screen, FormDialog) and screen.changed for screen in self.screen_stack):
            if not isinstance(self.screen, AskScreen):
                self.push_screen(AskScreen("退出程序？", LEAVE, "退出"), self._leave)
        else:
            self.exit()

    def _leave(self, agreed: bool | None) -> None:
        if agreed:
            self.exit()


_ROOT_PAGES: dict[str, type[Page]] = {
    "overview": OverviewPage,
    "projects": ProjectsPage,
    "units": UnitsPage,
    "timeline": TimelinePage,
    "queue": QueuePage,
    "supervision": SupervisionPage,
    "indicators": IndicatorsPage,
    "funds": FundsPage,
}


def run(
    figures: Figures,
    ledger: Ledger,
    *,
    settings: Settings | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
    basis: Basis = Basis.PLAN,
    rules: str | None = None,
    exports: Path | None = None,
    database: str = "portfolio.db",
    read_only: bool = False,
    settings_file: Path | None = None,
) -> None:
    """Run the terminal UI until the operator leaves; raises whatever ended it, once the terminal is itself again."""
    app = PortfolioApp(
        figures,
        ledger,
        settings=settings,
        as_of=as_of,
        known_at=known_at,
        basis=basis,
        rules=rules,
        exports=exports,
        database=database,
        read_only=read_only,
        settings_file=settings_file,
    )
    app.run()
    if app._exception is not None:
        raise app._exception
