"""The line below the list that says how many projects are marked, and what they weigh together."""

from __future__ import annotations

from collections.abc import Set

from rich.text import Text
from textual import on, work
from textual.message import Message
from textual.widgets import Static

from hgt_portfolio.figures import Filter, Group, Point
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence


class MarkLine(Static):
    """How many are marked, their 总投资 once it is read, how many of them the list does not show, and what to do."""

    class Weighed(Message):
        """The totals of the marked projects, or the sentence that says why there are none."""

        def __init__(self, nos: tuple[str, ...], total: Group | None, said: str = "") -> None:
            self.nos, self.total, self.said = nos, total, said
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="marked")
        self._desk = desk
        self._nos: tuple[str, ...] = ()
        self._hidden = 0

    def weigh(self, nos: tuple[str, ...], listed: Set[str], point: Point) -> None:
        """Say what is marked, of it what is not among those listed, and read the totals at a point."""
        self._nos, self._hidden = nos, sum(no not in listed for no in nos)
        self._draw("")
        if nos:
            self._weigh(nos, point)

    @work(thread=True, exclusive=True, group="weigh")
    def _weigh(self, nos: tuple[str, ...], point: Point) -> None:
        try:
            total = self._desk.figures.totals(point, Filter(nos=nos), rules=self._desk.rules)
        except Exception as problem:  # every failure is said on the screen, which stays usable
            self.post_message(MarkLine.Weighed(nos, None, sentence(problem)))
        else:
            self.post_message(MarkLine.Weighed(nos, total))

    @on(Weighed)
    def _was_weighed(self, message: Weighed) -> None:
        message.stop()
        if message.nos == self._nos:
            self._draw(f"总投资 {investment_words(message.total)}" if message.total else f"读取出错：{message.said}")

    def _draw(self, weight: str) -> None:
        hidden = f"其中 {self._hidden} 项不在所列" if self._hidden else ""
        self.update(Text("  ".join(filter(None, (f"已标记 {len(self._nos)}", weight, hidden, "按 Alt+P 批量更新")))))
        self.display = bool(self._nos)


def investment_words(total: Group) -> str:
    """Write a group's 总投资 in 亿元, and how many have one where not all do."""
    said = f"{wording.yi(total.investment)}亿" if total.priced else wording.UNKNOWN
    return f"{said}（有额 {total.priced}/{total.count}项）" if total.priced < total.count else said
