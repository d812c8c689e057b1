"""截至与时点: look at another day, another quarter, or at what was known at another moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, cast
from unicodedata import normalize

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import DataTable, Input, Static
from textual.worker import get_current_worker

from hgt_portfolio.figures import Point
from hgt_portfolio.months import Month, last_day, month_text, quarter_label, quarter_text, read_day
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.dialogs.listed import ListDialog
from hgt_portfolio.tui.entry import LineInput

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp

AS_OF, KNOWN_AT = "as_of", "known_at"
FIELDS = (
    (AS_OF, "截至日", "日期 2024-09-30、月份 2024-09 或季度 2024Q3；空着就是今天"),
    (KNOWN_AT, "数据时点", "日期 2024-10-20 或 2024-10-20 09:30；空着就是现在所知"),
)


@dataclass(frozen=True)
class Closed:
    """A closed quarter that can be picked: what its figures know, and the 文号 it was closed by."""

    period: Month
    known_at: int
    doc: str | None


@dataclass(frozen=True)
class Reading:
    """What the two fields mean, a sentence each, and the closed quarters; ``problem`` says why they mean nothing."""

    as_of: str | None
    known_at: str | None
    day: str
    moment: str
    closed: list[Closed]
    problem: str = ""


def read_fields(desk: Desk, as_of: str, known_at: str) -> Reading:
    """Read what the fields mean; this runs SQL and belongs in a thread."""
    figures = desk.figures
    closed = [Closed(one.period, one.known_at, one.doc) for one in figures.closings(figures.point())]
    day, moment = normalize("NFKC", as_of).strip() or None, _moment(known_at)
    try:
        said = _day_words(figures.today, replace(desk, as_of=day, known_at=None).point())
    except ValueError as problem:
        return Reading(day, moment, sentence(problem), "", closed, problem=sentence(problem))
    try:
        point = replace(desk, as_of=day, known_at=moment).point()
    except ValueError as problem:
        return Reading(day, moment, said, sentence(problem), closed, problem=sentence(problem))
    return Reading(day, moment, said, _known_words(point, moment, closed), closed)


def _moment(text: str) -> str | None:
    """Give 数据时点 as it is kept: a day in any spelling as ISO text, the rest as it was typed."""
    plain = normalize("NFKC", text).strip()
    try:
        return read_day(plain).isoformat()
    except ValueError:
        return plain or None


def _day_words(today: date, point: Point) -> str:
    """Say what is judged on which day, and through which month money is counted."""
    period = f"{month_text(point.period)}（{quarter_label(point.period)}）"
    after = f"晚于今天（{today}）。" if point.day > today else ""
    return f"期限和状态按 {point.day} 判断，投资和填报截至 {period}。{after}"


def _known_words(point: Point, asked: str | None, closed: list[Closed]) -> str:
    """Say what is known at the moment, and whether the quarter stands 定稿 there."""
    until, quarter = f"所知到 {moment_words(point.known_at)}", quarter_text(point.period)
    close = next((one.known_at for one in closed if one.period == point.period), None)
    if not asked and close != point.known_at:
        until += "（最近一次操作）"
    if point.day != last_day(point.period) or point.period % 3 != 2:
        return f"{until}。"
    if close is None:
        return f"{until}。{quarter} 未定稿。"
    if point.known_at == close:
        return f"{until}，就是 {quarter} 定稿时的数（已定稿）。"
    return f"{until}。{quarter} {'那时还未定稿' if point.known_at < close else '已定稿，定稿后的更正也算在内'}。"


class TravelScreen(ListDialog[bool | None]):
    """The day and the moment to look at, what they mean, and the closed quarters; it closes once they are taken."""

    HEADING = "截至与时点"
    HEADS = (("季度", 8), ("定稿时点", 20), ("文号", 46))
    BUTTONS = (("take", "改看 F10"), ("clear", "清空 Ctrl+L"), ("dismiss(None)", "取消 Esc"))
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "take", "改看"),
        Binding("ctrl+l", "clear", "清空"),
        Binding("escape", "dismiss(None)", "取消"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    class Read(Message):
        """What the fields mean, for the handler to show."""

        def __init__(self, turn: int, reading: Reading) -> None:
            self.turn, self.reading = turn, reading
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._turn = 0
        self._quarters: list[Closed] = []
        self._reading: Reading | None = None
        self._taking = False

    def above(self) -> ComposeResult:
        """Lay out the fields, each with what it means below, and the heading of the closed quarters."""
        given = {AS_OF: self.desk.as_of, KNOWN_AT: self.desk.known_at}
        yield Static("看过去时整屏只读，按 Alt+N 随时回到现在；两栏都空着就是现在。", classes="say")
        for name, label, hint in FIELDS:
            with Horizontal(classes="form_row"):
                yield Static(label, classes="name")
                yield LineInput(given[name] or "", placeholder=hint, id=name, compact=True)
            yield Static(id=f"{name}_said", classes="meant")
        yield Static("已定稿的季度，选一个按 Enter 就看定稿时的数：", id="none")

    def on_mount(self) -> None:
        """Begin in the first field, with the present ones read."""
        self.call_after_refresh(self.query_one(f"#{AS_OF}", Input).focus)
        self._reread()

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the closed quarters, the newest first."""
        for one in reversed(self._quarters):
            yield (
                quarter_text(one.period),
                (Text(quarter_text(one.period)), Text(moment_words(one.known_at)), wording.fitted(one.doc, 46)),
            )

    def _given(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def _reread(self) -> None:
        self._turn += 1
        self._reading = None
        self._read(self._turn, self._given(AS_OF), self._given(KNOWN_AT))

    @work(thread=True, exclusive=True, group="read")
    def _read(self, turn: int, as_of: str, known_at: str) -> None:
        try:
            reading = read_fields(self.desk, as_of, known_at)
        except Exception as problem:  # every failure is said in the dialog, which stays usable
            reading = Reading(None, None, sentence(problem), "", [], problem=sentence(problem))
        if not get_current_worker().is_cancelled:
            self.post_message(TravelScreen.Read(turn, reading))

    @on(Read)
    def _was_read(self, message: TravelScreen.Read) -> None:
        if message.turn != self._turn:
            return
        reading = self._reading = message.reading
        for name, said in ((AS_OF, reading.day), (KNOWN_AT, reading.moment)):
            self.query_one(f"#{name}_said", Static).update(wording.words(said) if said else Text())
        if reading.closed != self._quarters:
            self._quarters = reading.closed
            self.fill()
        self.table.display = bool(self._quarters)
        self.query_one("#none", Static).display = bool(self._quarters)
        if self._taking:
            self._take(reading)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._taking = False
        self._reread()

    @on(Input.Submitted)
    def _typed_out(self) -> None:
        self.action_take()

    @on(DataTable.RowSelected)
    def _picked(self, event: DataTable.RowSelected) -> None:
        with self.prevent(Input.Changed):
            self.query_one(f"#{AS_OF}", Input).value = str(event.row_key.value)
            self.query_one(f"#{KNOWN_AT}", Input).value = ""
        self._taking = True
        self._reread()

    def action_clear(self) -> None:
        """Empty both fields: today, and all that is known."""
        with self.prevent(Input.Changed):
            for name, _, _ in FIELDS:
                self.query_one(f"#{name}", Input).value = ""
        self._reread()
        self.query_one(f"#{AS_OF}", Input).focus()

    def action_take(self) -> None:
        """Show the ledger at what the fields say, once that is read."""
        self._taking = True
        if self._reading is not None:
            self._take(self._reading)

    def _take(self, reading: Reading) -> None:
        self._taking = False
        app = cast("PortfolioApp", self.app)
        if reading.problem:
            app.say(f"没有改看：{reading.problem}")
            return
        self.desk.change(as_of=reading.as_of, known_at=reading.known_at)
        self.dismiss(result=True)
        app.say(
            "现在看的是过去的台账，只读。按 Alt+N 回到现在。"
            if self.desk.travelling
            else "看的是今天和现在所知的台账。"
        )
