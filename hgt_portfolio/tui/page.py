"""The frame of every screen: header, footer, reading in a thread, and the commands that are valid everywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.worker import get_current_worker

from hgt_portfolio.ledger import Outcome
from hgt_portfolio.terms import BASIS_LABELS, Basis
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.commands import PAGES, bindings
from hgt_portfolio.tui.desk import TRAVELLING, Desk, Frame, period_text, sentence
from hgt_portfolio.tui.dialogs import TOO_SMALL, HelpScreen
from hgt_portfolio.tui.notices import NoticeLine
from hgt_portfolio.tui.wording import clean

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp

Question = Callable[[Frame], Any]

ROOTS = ("overview", "projects", "units", "late", "supervision")
WARNING = "black on yellow"
SHORTEST_TITLE = 12


class Page(Screen[None]):
    """A screen that shows something read from the ledger; ``question`` reads it, ``show`` draws it."""

    PLACE: ClassVar[str] = ""
    AUTO_FOCUS = None

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
        self._revision = -1

    @property
    def portfolio(self) -> PortfolioApp:
        """The app, by its own type."""
        return cast("PortfolioApp", self.app)

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

    def chosen(self) -> str | None:
        """Give the number of the project that row commands act on."""
        return None

    def on_mount(self) -> None:
        """Say that reading has begun."""
        self.query_one("#head", Static).update(Text(" 加载中"))

    def on_screen_resume(self) -> None:
        """Read anew where something was written since the last reading; say what was said meanwhile."""
        self.portfolio.show_notice()
        if self._revision != self.desk.revision:
            self.reread()

    async def on_resize(self) -> None:
        """Draw everything anew for the new width."""
        await self._draw()

    def reread(self) -> None:
        """Read the ledger anew; an older reading still under way is dropped."""
        self._turn += 1
        self._revision = self.desk.revision
        self._read(self._turn, self.question())

    @work(thread=True, exclusive=True, group="read")
    def _read(self, turn: int, question: Question) -> None:
        worker = get_current_worker()
        answer: Message
        try:
            frame = self.desk.frame()
            answer = Page.Read(turn, frame, question(frame))
        except Exception as problem:  # every failure is said on the screen, which stays usable
            answer = Page.Unread(turn, sentence(problem))
        if not worker.is_cancelled:
            self.post_message(answer)

    @on(Read)
    async def _was_read(self, message: Read) -> None:
        if message.turn == self._turn:
            self.frame = message.frame
            self._found = message.found
            await self._draw()

    @on(Unread)
    def _was_not_read(self, message: Unread) -> None:
        if message.turn == self._turn:
            self.portfolio.tell("读取出错", message.said)

    async def _draw(self) -> None:
        if self.frame is not None:
            self._draw_head()
            drawing = self.show(self._found)
            if drawing is not None:
                await drawing

    def _draw_head(self) -> None:
        if self.frame is None:
            return
        frame, desk = self.frame, self.desk
        when = f"截至 {frame.point.day}  {period_text(frame.point.period)}  {BASIS_LABELS[desk.basis]}"
        known = f" 数据时点{desk.known_at[:10]}" if desk.known_at else ""
        rest = Text.assemble("  ", (when, WARNING if desk.travelling else ""))
        for mark, is_on in (("演示", frame.demo), (f"历史只读{known}", desk.travelling)):
            if is_on:
                rest.append("  ").append(f" {mark} ", WARNING)
        title = wording.fitted(frame.title, max(self.size.width - rest.cell_len - 2, SHORTEST_TITLE), "bold")
        first = Text.assemble(" ", title, rest)
        second = self._tabs()
        tail = Text(f"规则:{frame.rules_label}  {clean(desk.database)}  {clean(desk.ledger.operator) or '未知操作人'} ")
        second.append(" " * max(self.size.width - second.cell_len - tail.cell_len, 2))
        second.append_text(tail)
        for line in (first, second):
            line.truncate(max(self.size.width, 1))
        self.query_one("#head", Static).update(Text("\n").join((first, second)))

    def _tabs(self) -> Text:
        tabs = Text(" ")
        for number, place in enumerate(ROOTS, 1):
            style = Style(reverse=place == self.portfolio.root, meta={"@click": f"screen.go('{place}')"})
            tabs.append(f" {number}{PAGES[place]} ", style)
        return tabs

    def action_go(self, place: str) -> None:
        """Go to one of the root screens."""
        self.portfolio.go(place)

    def action_next_screen(self) -> None:
        """Go to the screen after this one."""
        self.portfolio.go(ROOTS[(ROOTS.index(self.portfolio.root) + 1) % len(ROOTS)])

    def action_back(self) -> None:
        """Go back to where this screen was opened from."""
        self.portfolio.back()

    def action_reload(self) -> None:
        """Read the ledger anew, as a colleague may have written to it."""
        self.reread()

    def action_basis(self) -> None:
        """Take the next basis for near and far."""
        order = tuple(Basis)
        self.desk.basis = order[(order.index(self.desk.basis) + 1) % len(order)]
        self.desk.revision += 1
        self.reread()

    def action_help(self) -> None:
        """Show every command valid here."""
        self.app.push_screen(HelpScreen(self.PLACE))

    def action_export(self) -> None:
        """Open the export dialog."""
        from hgt_portfolio.tui.exporting import ExportScreen

        self.app.push_screen(ExportScreen(self.desk, self.unit()))

    def action_returns(self) -> None:
        """Open the screen that takes units' forms back."""
        from hgt_portfolio.tui.returning import ReturnsPage

        if not isinstance(self, ReturnsPage):
            self.app.push_screen(ReturnsPage(self.desk))

    def action_board(self) -> None:
        """Open the filing board."""
        from hgt_portfolio.tui.board import BoardPage

        if not isinstance(self, BoardPage):
            self.app.push_screen(BoardPage(self.desk))

    def action_supervise(self) -> None:
        """Open the form that raises an item about the chosen project, else about the unit."""
        from hgt_portfolio.tui.supervision_form import SupervisionScreen, raising

        no, unit = self.chosen(), self.unit()
        if self.desk.travelling:
            self.portfolio.tell("不能交办", TRAVELLING)
        elif no is None and unit is None:
            self.portfolio.say("请先用方向键选中一个项目或单位。")
        else:
            form = raising(no, None if no else unit)
            self.app.push_screen(SupervisionScreen(self.desk, form), self.portfolio.written)

    def unit(self) -> str | None:
        """Give the unit that an export here is most likely about."""
        return None

    def action_form(self, name: str) -> None:
        """Open a form on the chosen project."""
        from hgt_portfolio.tui.form_screen import FormScreen
        from hgt_portfolio.tui.forms import FORMS

        no = self.chosen()
        if self.desk.travelling:
            self.portfolio.tell("不能填报", TRAVELLING)
        elif no is None:
            self.portfolio.say("请先用方向键选中一个项目。")
        else:
            self.app.push_screen(FormScreen(self.desk, FORMS[name], no), self.portfolio.written)

    def action_undo(self) -> None:
        """Take back the operator's newest action."""
        if self.desk.travelling:
            self.portfolio.tell("不能撤销", TRAVELLING)
        else:
            self._undo()

    class Undone(Message):
        """An action taken back, or the sentence that says why not."""

        def __init__(self, outcome: Outcome | None, said: str) -> None:
            self.outcome, self.said = outcome, said
            super().__init__()

    @work(thread=True, exclusive=True, group="write")
    def _undo(self) -> None:
        try:
            outcome = self.desk.ledger.undo()
        except Exception as problem:  # a refusal is a sentence to show, any other failure too
            self.post_message(Page.Undone(None, sentence(problem)))
        else:
            self.post_message(Page.Undone(outcome, f"已{outcome.title}"))

    @on(Undone)
    def _was_undone(self, message: Undone) -> None:
        if message.outcome is None:
            self.portfolio.tell("没有撤销", message.said)
            return
        self.desk.revision += 1
        self.portfolio.say(message.said)
        self.reread()


PAGE_BINDINGS: dict[str, list[BindingType]] = {place: list(bindings(place)) for place in PAGES}
