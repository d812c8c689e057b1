"""进度图: one row a project on a scale of months, quarters or years."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from hgt_portfolio.figures import Position
from hgt_portfolio.tui.filtering import FilteredPage
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question


class TimelinePage(FilteredPage):
    """The projects of the filter against time."""

    PLACE = "timeline"
    BINDINGS = PAGE_BINDINGS["timeline"]

    def body(self) -> ComposeResult:
        """Lay out the filter and the chart."""
        yield from self.filter_bar()
        yield Static(id="chart")

    def question(self) -> Question:
        """Ask for the projects of the filter."""
        desk, where = self.desk, self.where
        return lambda frame: desk.figures.positions(frame.point, where, rules=desk.rules, order="due")

    def show(self, found: list[Position]) -> None:
        """Draw the rows."""
