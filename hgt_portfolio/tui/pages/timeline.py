"""进度图: one row a project against time: its dates by the plan and now, what is done of it, and today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from hgt_portfolio.figures import Order, Position
from hgt_portfolio.months import month_text
from hgt_portfolio.output.plain import cell_text
from hgt_portfolio.reports.lists import listed
from hgt_portfolio.reports.words import number
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import DeadlineState
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.bars import LEGEND, third_of
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.filtering import share_words
from hgt_portfolio.tui.gantt import Gantt
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question
from hgt_portfolio.tui.pages.listing import rank_words
from hgt_portfolio.tui.pages.paged import NOTHING, Listed, PagedPage, View, read_list

FIELDS: tuple[tuple[Column, Callable[[Position], Cell]], ...] = (
    (Column("no", "序号", Kind.LABEL, 4), lambda p: number(p.no)),
    (Column("name", "项目名称", Kind.TEXT, 20), lambda p: p.name),
    (Column("unit", "责任单位", Kind.LABEL), lambda p: p.unit),
    (Column("baseline_start", "基线开工月", Kind.MONTH), lambda p: p.baseline_start),
    (Column("baseline_due", "基线完工月", Kind.MONTH), lambda p: p.baseline_due),
    (Column("start", "现行开工月", Kind.MONTH), lambda p: p.start),
    (Column("due", "现行完工月", Kind.MONTH), lambda p: p.due),
    (Column("days_moved", "调整天数", Kind.COUNT), lambda p: p.days_moved),
    (Column("total_rate", "完成份额", Kind.RATE), lambda p: p.total_rate),
    (Column("deadline_state", "期限状态", Kind.LABEL), lambda p: p.deadline_state),
    (Column("days_overdue", "逾期天数", Kind.COUNT), lambda p: p.days_overdue),
    (Column("light", "预警灯", Kind.LABEL), lambda p: p.light),
)
"""What the chart shows of a project, as columns of a file."""

ORDERS = {
    "due": "现行完工",
    "start": "现行开工",
    "light": "预警灯",
    "position": "序号",
    "unit": "责任单位",
    "deadline_state": "期限状态",
    "total_rate": "完成份额",
    "name": "项目名称",
}
"""What the rows can be ordered by."""


class TimelinePage(PagedPage):
    """The projects of the filter against time."""

    PLACE = "timeline"
    BINDINGS = PAGE_BINDINGS["timeline"]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = View((Order("due"),))
        self._rows: dict[str, Position] = {}

    def body(self) -> ComposeResult:
        """Lay out the filter, the chart, the dates of the row under the cursor, the legend and the count."""
        yield from self.filter_bar()
        yield Gantt(id="chart", nothing=NOTHING)
        yield Static(id="dates")
        yield Static(LEGEND, id="legend")
        yield Static(id="count")

    @property
    def chart(self) -> Gantt:
        """The chart itself."""
        return self.query_one(Gantt)

    def on_mount(self) -> None:
        """Begin with the cursor in the chart."""
        super().on_mount()
        self.chart.focus()

    def question(self) -> Question:
        """Ask for one page of the projects of the filter, that of the project under the cursor."""
        desk, where, view, follow = self.desk, self.where, self.view, self.wanted

        def read(frame: Frame) -> Iterator[tuple[Listed, int]]:
            horizon = desk.figures.horizon().end
            return ((found, horizon) for found in read_list(desk, where, view, follow, frame))

        return read

    def show(self, found: tuple[Listed, int]) -> None:
        """Draw the rows, the cursor staying on its project and the time where it is."""
        page, horizon = found
        if self.frame is None:
            return
        if self.take(page):
            self._rows = {position.no: position for position in page.positions}
            self.chart.fill(page.positions, self.view.order, third_of(self.frame.point.day), horizon, self.wanted)
            self.wanted = self.wanted or self.chart.chosen
            self._draw_dates()
        self.draw_filter(page.count, page.everything)
        self._draw_count()

    def _draw_dates(self) -> None:
        position = self._rows.get(self.chart.chosen or "")
        said = Text() if position is None else Text("\n").join(map(wording.words, dated(position)))
        self.query_one("#dates", Static).update(said)

    @on(Gantt.Scaled)
    def _draw_count(self) -> None:
        page = self.listed
        if page is None:
            return
        share = share_words(page.count, page.everything)
        if page.count == 0:
            said = f"{share} 条"
        else:
            keys = "、".join(
                f"{ORDERS[key.by]}{rank_words(key.by, (key,)).lstrip('1')}" for key in self.view.order or (Order(),)
            )
            said = f"{share} 条  {page.pages(self.desk.settings.page)}  每格{self.chart.scale.name}  按{keys}"
        self.query_one("#count", Static).update(wording.words(said))

    @on(Gantt.Moved)
    def _moved(self, message: Gantt.Moved) -> None:
        self.wanted = message.no
        self._draw_dates()

    @on(Gantt.Opened)
    def _open(self, message: Gantt.Opened) -> None:
        self.portfolio.open_detail(message.no)

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        return self.chart.chosen

    def unit(self) -> str | None:
        """Give the unit that the filter is about."""
        return self.where.unit

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the dates and what goes with them of the project under the cursor, in full."""
        position = self._rows.get(self.chart.chosen or "")
        if position is None:
            return []
        return [(column.head, wording.clean(cell_text(column.kind, get(position)))) for column, get in FIELDS]

    def shown(self) -> Shown:
        """Give every project that the filter lets through, in the chart's order."""
        desk, where, order = self.desk, self.where, self.view.order

        def read(frame: Frame) -> list[Table]:
            table = listed(desk.figures, frame.point, where, FIELDS, desk.rules, order)
            return [replace(table, name="进度图", title=table.title.replace("项目", "项目进度图", 1))]

        return Shown("进度图", read)

    def action_leave_filter(self) -> None:
        """Go from the filter into the chart."""
        self.chart.focus()

    def action_zoom(self, step: int) -> None:
        """Make a cell mean less (1) or more (-1) time."""
        if not self.chart.zoom(step):
            self.portfolio.say(f"每格{self.chart.scale.name}，已是最{'细' if step > 0 else '粗'}的。")

    def action_this_day(self) -> None:
        """Bring today to the middle of the chart."""
        self.chart.look_at_today()

    def action_sort(self) -> None:
        """Choose one or several columns to order by."""
        from hgt_portfolio.tui.dialogs.sorting import SortScreen

        self.app.push_screen(SortScreen(ORDERS, self.view.order), self._sorted)

    def _sorted(self, order: tuple[Order, ...] | None) -> None:
        if order is not None:
            self._order(order)

    @on(Gantt.Headed)
    def _order_by(self, message: Gantt.Headed) -> None:
        if self.view.order[:1] == (Order(message.by),):
            self.action_reverse()
        else:
            self._order((Order(message.by),))

    def action_reverse(self) -> None:
        """Turn the first key round."""
        first, *rest = self.view.order or (Order(),)
        self._order((replace(first, descending=not first.descending), *rest))

    def _order(self, order: tuple[Order, ...]) -> None:
        self.view = replace(self.view, order=order, page=0)
        self.reread()


def dated(position: Position) -> tuple[str, str]:
    """Say a project's dates in two lines: from the plan to now, then what is done and how the deadline stands."""
    baseline = _span(position.baseline_start, position.baseline_due)
    moved = position.days_moved
    by = "" if not moved else f"（完工{'推后' if moved > 0 else '提前'} {abs(moved)} 天）"
    rate = position.total_rate
    done = f"完成份额 {wording.rate(rate)}" if rate is not None else f"完成份额不明（{_unknown(position)}）"
    return (
        f"#{position.no} {position.name}  {position.unit}",
        f"基线 {baseline}  现行 {_span(position.start, position.due)}{by}  {done}  {_deadline(position)}"
        f"  {position.light}灯（{position.light_reason}）",
    )


def _span(start: int | None, due: int | None) -> str:
    return "~".join("不明" if month is None else month_text(month) for month in (start, due))


def _unknown(position: Position) -> str:
    """Say which of the two amounts is unknown."""
    lacking = (("自开工累计", position.cumulative), ("总投资", position.investment))
    return "、".join(f"{name}不明" for name, fen in lacking if fen is None) or "总投资为 0"


def _deadline(position: Position) -> str:
    """Say the deadline's state with its days."""
    due, late = position.due_date, position.days_overdue
    if due is None:
        return str(position.deadline_state)
    if late:
        return f"{position.deadline_state} {late} 天"
    days = (due - position.day).days
    if position.deadline_state == DeadlineState.UNVERIFIED:
        return f"{position.deadline_state}，已过 {-days} 天"
    if position.deadline_state in (DeadlineState.NOT_DUE, DeadlineState.DUE_SOON):
        return f"{position.deadline_state}，还有 {days} 天"
    return str(position.deadline_state)
