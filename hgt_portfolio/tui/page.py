"""The frame of every screen: header and footer, and reading in a thread that can be cancelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import PurePath
from typing import Any

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from hgt_portfolio.figures import Stop
from hgt_portfolio.terms import BASIS_LABELS
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.commands import PAGES, ROOTS, bindings
from hgt_portfolio.tui.desk import Desk, Frame, period_text, sentence
from hgt_portfolio.tui.dialogs.base import PATIENCE, TOO_SMALL
from hgt_portfolio.tui.everywhere import Everywhere
from hgt_portfolio.tui.notices import NoticeLine
from hgt_portfolio.tui.wording import clean

Question = Callable[[Frame], Iterator[Any]]
"""What is read in a thread: one answer, or several, each fuller than the one before; None says only that it began."""

WARNING = "black on bright_yellow"
WIDE = 120
"""From how many cells on the names of the root screens have room around them."""
SHORTEST_TITLE = 12
"""Cells that the plan's name needs at least; with fewer it is left out, not cut to a syllable."""


def once(read: Callable[[Frame], Any]) -> Question:
    """Make a question of what is read in one go."""

    def question(frame: Frame) -> Iterator[Any]:
        yield read(frame)

    return question


class Page(Everywhere):
    """A screen that shows something read from the ledger; ``question`` reads it, ``show`` draws it."""

    AUTO_FOCUS = ""

    class Read(Message):
        """What a thread read, for the handler to show."""

        def __init__(self, turn: int, frame: Frame, found: Any) -> None:
            self.turn, self.frame, self.found = turn, frame, found
            super().__init__()

    class Unread(Message):
        """A reading that failed, with the sentence that says why."""

        def __init__(self, turn: int, said: str) -> None:
            self.turn, self.said = turn, said
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.frame: Frame | None = None
        self._found: Any = None
        self._turn = 0
        self._stop = Stop()
        self._revision = -1
        self._patience: Timer | None = None
        self._slow = False

    def compose(self) -> ComposeResult:
        """Lay out header, body, notice and footer."""
        yield Static(id="head")
        with Vertical(id="body"):
            yield from self.body()
        yield NoticeLine()
        yield Static(TOO_SMALL, id="small")
        yield Footer(compact=True, show_command_palette=False)

    def body(self) -> ComposeResult:
        """Lay out what is this screen's own."""
        raise NotImplementedError

    def question(self) -> Question:
        """Give the reading to do in a thread; it may use only what is fixed when it is asked."""
        raise NotImplementedError

    def show(self, found: Any) -> Awaitable[None] | None:
        """Draw what was read."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Say that reading has begun."""
        self.query_one("#head", Static).update(Text(" 加载中"))

    def on_unmount(self) -> None:
        """Stop what is still being read for a screen that is gone."""
        self._stop.stop()

    def on_screen_resume(self) -> None:
        """Read anew where something was written since the last reading; say what was said meanwhile."""
        self.portfolio.show_notice()
        if self._revision != self.desk.revision:
            self.reread()

    async def on_resize(self) -> None:
        """Draw everything anew for the new width."""
        await self._draw()

    @property
    def reading(self) -> bool:
        """Whether a reading is under way."""
        return self._patience is not None

    def reread(self) -> None:
        """Read the ledger anew; an older reading still under way is stopped."""
        self._leave_off()
        self._revision = self.desk.revision
        self._settle()
        self._patience = self.set_timer(PATIENCE, self._say_slow)
        self._read(self._turn, self._stop, self.question())

    def _say_slow(self) -> None:
        self._slow = True
        if self.frame is None:
            self.query_one("#head", Static).update(Text(" 加载中，按 Esc 取消"))
        else:
            self._draw_head()

    def _leave_off(self) -> None:
        """Stop what is being read; its answer is no longer wanted."""
        self._turn += 1
        self._stop.stop()
        self._stop = Stop()

    def _settle(self) -> None:
        """Nothing is being read any more."""
        if self._patience is not None:
            self._patience.stop()
        self._patience = None
        self._slow = False

    def action_back(self) -> None:
        """Cancel a slow reading, else go back; what was read before stays on the screen."""
        if self._slow and self.reading:
            self._leave_off()
            self._settle()
            self._draw_head()
            self.portfolio.say("已取消读取，屏上仍是上次读到的。按 F5 重新读取。")
        else:
            super().action_back()

    @work(thread=True, exclusive=True, group="read")
    def _read(self, turn: int, stop: Stop, question: Question) -> None:
        worker = get_current_worker()
        try:
            with stop.over():
                frame = self.desk.frame()
                for found in question(frame):
                    if worker.is_cancelled:
                        return
                    self.post_message(Page.Read(turn, frame, found))
        except Exception as problem:  # every failure is said on the screen, which stays usable
            if not worker.is_cancelled:
                self.post_message(Page.Unread(turn, sentence(problem)))

    @on(Read)
    async def _was_read(self, message: Read) -> None:
        if message.turn != self._turn:
            return
        self.frame = message.frame
        if message.found is None:
            self._draw_head()
        else:
            self._settle()
            self._found = message.found
            await self._draw()

    @on(Unread)
    def _was_not_read(self, message: Unread) -> None:
        if message.turn == self._turn:
            self._settle()
            self._draw_head()
            self.portfolio.tell("读取出错", message.said)

    async def _draw(self) -> None:
        if self.frame is not None:
            self._draw_head()
        if self._found is not None:
            drawing = self.show(self._found)
            if drawing is not None:
                await drawing

    def _draw_head(self) -> None:
        if self.frame is None:
            return
        frame, desk = self.frame, self.desk
        when = f"截至 {frame.point.day}  {period_text(frame.point.period)}  {BASIS_LABELS[desk.basis]}"
        known = f" 数据时点{desk.known_at[:10]}" if desk.known_at else ""
        second, standing = self._tabs(), frame.rules_label.split(" ")[-1]
        second.append_text(self._tail(frame.rules_label, self.size.width - second.cell_len - 2))
        rest = Text.assemble("  ", (when, WARNING if desk.travelling else ""))
        marks = ((f"历史只读{known}", desk.travelling), ("演示", frame.demo), ("只读", desk.read_only))
        for mark, is_on in (*marks, ("加载中 Esc取消", self._slow)):
            if is_on:
                rest.append("  ").append(f" {mark} ", WARNING)
        if standing not in second.plain:
            rest.append(f"  {standing}")
        room = self.size.width - rest.cell_len - 2
        title = wording.fitted(frame.title, room, "bold") if room >= SHORTEST_TITLE else Text()
        first = Text.assemble(" ", title, rest)
        for line in (first, second):
            line.truncate(max(self.size.width, 1))
        self.query_one("#head", Static).update(Text("\n").join((first, second)))

    def _tail(self, rules: str, room: int) -> Text:
        """Give rules, database and operator at the right end; the folder, then the rules, give way to the rest."""
        database, operator = self.desk.database, clean(self.desk.ledger.operator) or "未知操作人"
        name = PurePath(database).name
        choices = ((f"规则:{rules}", database), (f"规则:{rules}", name), (rules.split(" ")[-1], name), ("", name))
        tails = [Text("  ".join(filter(None, (by, clean(place), f"{operator} ")))) for by, place in choices]
        tail = next((tail for tail in tails if tail.cell_len <= room), tails[-1])
        return Text(" " * (max(room - tail.cell_len, 0) + 2)).append_text(tail)

    def _tabs(self) -> Text:
        tabs, side = Text(" "), " " if self.size.width >= WIDE else ""
        for number, place in enumerate(ROOTS, 1):
            style = Style(reverse=place == self.portfolio.root, meta={"@click": f"screen.go('{place}')"})
            tabs.append(f"{side}{number}{PAGES[place]}{side}", style)
            if not side:
                tabs.append(" ")
        return tabs


PAGE_BINDINGS: dict[str, list[BindingType]] = {place: list(bindings(place)) for place in PAGES}
