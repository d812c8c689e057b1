"""The line below the list that says how many projects are marked, and what they weigh together."""

from __future__ import annotations

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
        """The totals of the marked projects and how many of them the list shows, or why they are not known."""

        def __init__(self, nos: tuple[str, ...], total: Group | None, shown: int, said: str = "") -> None:
            self.nos, self.total, self.shown, self.said = nos, total, shown, said
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="marked")
        self._desk = desk
        self._nos: tuple[str, ...] = ()

    def weigh(self, nos: tuple[str, ...], where: Filter, point: Point) -> None:
        """Say what is marked, and read the totals at a point and how many of it the list's filter lets through."""
        self._nos = nos
        self._draw("", 0)
        if nos:
            self._weigh(nos, where, point)

    @work(thread=True, exclusive=True, group="weigh")
    def _weigh(self, nos: tuple[str, ...], where: Filter, point: Point) -> None:
        figures, rules, marked = self._desk.figures, self._desk.rules, Filter(nos=nos)
        try:
            total = figures.totals(point, marked, rules=rules)
            shown = len(nos) if where == Filter() else len(figures.numbers(point, where.both(marked), rules=rules))
        except Exception as problem:  # every failure is said on the screen, which stays usable
            self.post_message(MarkLine.Weighed(nos, None, len(nos), sentence(problem)))
        else:
            self.post_message(MarkLine.Weighed(nos, total, shown))

    @on(Weighed)
    def _was_weighed(self, message: Weighed) -> None:
        message.stop()
        if message.nos == self._nos:
            weight = f"总投资 {investment_words(message.total)}" if message.total else f"读取出错：{message.said}"
            self._draw(weight, len(message.nos) - message.shown)

    def _draw(self, weight: str, hidden_count: int) -> None:
        hidden = f"其中 {hidden_count} 项不在所列" if hidden_count else ""
        self.update(Text("  ".join(filter(None, (f"已标记 {len(self._nos)}", weight, hidden, "按 Alt+P 批量更新")))))
        self.display = bool(self._nos)


def investment_words(total: Group) -> str:
    """Write a group's 总投资 in 亿元, and how many have one where not all do."""
    said = f"{wording.yi(total.investment)}亿" if total.priced else wording.UNKNOWN
    return f"{said}（有额 {total.priced}/{total.count}项）" if total.priced < total.count else said
