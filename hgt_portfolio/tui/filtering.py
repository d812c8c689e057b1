"""The filter bar: words typed narrow at once; the root screens share one filter, a drill-down keeps its own."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from hgt_portfolio.figures import Filter
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.entry import LineInput
from hgt_portfolio.tui.page import Page


class FilterInput(LineInput):
    """The filter line; the down key goes into what is filtered."""

    HELP = (
        "筛选：输入的同时就筛。几个词用空格隔开，须同时满足；可以是序号、名称、单位、领域、状态、期限，"
        "或名称的拼音首字母（ywgw 找雨污管网）；预警写红灯、黄灯、蓝灯、绿灯、无灯，"
        "填报写待填报、未填报、迟报、已填报、退回，开工写应开未开、未到开工等全词。"
        "↓ 或 Enter 到列表，Esc 清掉。"
    )
    BINDINGS = [Binding("down", "screen.leave_filter", "列表", show=False)]  # noqa: RUF012 - Textual's own


def share_words(count: int | None, everything: int | None) -> str:
    """Write how many of how many: ``12/62``."""
    return "/".join(wording.UNKNOWN if number is None else str(number) for number in (count, everything))


class FilteredPage(Page):
    """A screen whose rows a filter chooses: the desk's own, or for a drill-down the one it was ``opened`` with."""

    def __init__(self, desk: Desk, opened: Filter | None = None, label: str = "") -> None:
        super().__init__(desk)
        self.opened = opened
        self._label = label
        self._own = opened or Filter()

    @property
    def where(self) -> Filter:
        """The filter as it stands."""
        return self.desk.where if self.opened is None else self._own

    def narrow(self, where: Filter) -> None:
        """Take another filter, and read anew by it."""
        if self.opened is None:
            self.desk.change(where=where)
        else:
            self._own = where
        self.reread()

    def filter_bar(self) -> ComposeResult:
        """Lay out the bar."""
        with Horizontal(id="filter_bar"):
            yield Static("筛选")
            yield FilterInput(placeholder="F3 或 / 输入，拼音首字母也可", id="filter", compact=True)
            yield Static(id="chips")

    def draw_filter(self, count: int | None, everything: int | None) -> None:
        """Show the filter's words as chips and how many of all projects it lets through, ``-`` until that is known."""
        line = self.query_one(FilterInput)
        if line.value.strip() != self.where.text.strip():
            with self.prevent(Input.Changed):
                line.value = self.where.text
        fixed = self.where.narrowed(text="")
        words = self._label if self._label and fixed == (self.opened or Filter()) else fixed.describe()
        chips = Text()
        if words:
            chips.append(f" {wording.cell(words).plain} ", "reverse")
        if self.where != Filter():
            chips.append(f" {share_words(count, everything)} ^L 清除")
        self.query_one("#chips", Static).update(chips)

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self.where.text:
            self.narrow(self.where.narrowed(text=event.value))

    @on(Input.Submitted, "#filter")
    def _typed_out(self) -> None:
        self.action_leave_filter()

    def action_filter(self) -> None:
        """Type a filter."""
        self.set_focus(self.query_one(FilterInput))

    def action_leave_filter(self) -> None:
        """Go from the filter line into what is filtered."""
        self.focus_next()

    def action_filters(self) -> None:
        """Keep the present filter under a name, or take one kept before."""
        from hgt_portfolio.tui.dialogs.filters import FiltersScreen

        self.app.push_screen(FiltersScreen(self.desk, self.where), self._chosen)

    def _chosen(self, where: Filter | None) -> None:
        if where is not None:
            self.narrow(where)

    def action_back(self) -> None:
        """Cancel a slow reading; else take away the words typed, then leave the filter line, then the screen.

        A drill-down keeps its words.
        """
        if not self.reading and self.where.text and self.opened is None:
            self.narrow(self.where.narrowed(text=""))
        elif isinstance(self.focused, FilterInput):
            self.action_leave_filter()
        else:
            super().action_back()

    def action_clear(self) -> None:
        """Take every filter away."""
        self._label = ""
        self.narrow(Filter())
