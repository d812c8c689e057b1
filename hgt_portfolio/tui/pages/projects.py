"""项目: find, compare, update: a list in pages with its filter, its true total, and the project beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter, Group, Position
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.filtering import FilteredPage
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question
from hgt_portfolio.tui.pages.facts import card
from hgt_portfolio.tui.pages.listing import COLUMNS, FIXED, head, widths
from hgt_portfolio.tui.rows import RowTable

PANE = 46


@dataclass(frozen=True)
class View:
    """How the list is shown: its order and its page."""

    order: str = "position"
    descending: bool = False
    page: int = 0


class ProjectsPage(FilteredPage):
    """The list of projects, or of those that a figure counts."""

    PLACE = "projects"
    BINDINGS = PAGE_BINDINGS["projects"]

    def __init__(self, desk: Desk, where: Filter | None = None, label: str = "") -> None:
        super().__init__(desk, where, label)
        self.view = View()
        self._rows: dict[str, Position] = {}
        self._order: list[str] = []
        self._wanted: str | None = None
        self._total = 0

    def body(self) -> ComposeResult:
        """Lay out the filter, the list, the project beside it, and the count."""
        yield from self.filter_bar()
        with Horizontal(id="list"):
            yield RowTable(id="rows", fixed_columns=FIXED)
            with VerticalScroll(id="pane", can_focus=False):
                yield Static(id="card")
        yield Static(id="under")
        yield Static(id="count")

    @property
    def table(self) -> RowTable:
        """The list itself."""
        return self.query_one(RowTable)

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.table.focus()

    def question(self) -> Question:
        """Ask for one page of the list and the totals of all of it."""
        desk, view, where = self.desk, self.view, self.where
        size = desk.settings.page
        return lambda frame: (
            view,
            desk.figures.positions(
                frame.point,
                where,
                rules=desk.rules,
                order=view.order,
                descending=view.descending,
                limit=size,
                offset=view.page * size,
            ),
            desk.figures.totals(frame.point, where, rules=desk.rules),
            desk.figures.totals(frame.point, rules=desk.rules).count,
        )

    def show(self, found: tuple[View, list[Position], Group, int]) -> None:
        """Fill the list, the cursor staying on its project."""
        view, positions, group, everything = found
        if not positions and view.page:
            self._change(page=0)
            return
        self._rows = {position.no: position for position in positions}
        self._order = list(self._rows)
        self._total = group.count
        self._fill()
        self.draw_filter(group.count, everything)
        self.query_one("#count", Static).update(self._count(group, everything))
        if not positions:
            self._show_card(None)

    def _fill(self) -> None:
        table = self.table
        room = self.size.width - (PANE if self.size.width >= 120 else 2)
        sizes = widths(room)
        self._wanted = self.chosen() or self._wanted
        table.clear(columns=True)
        for column, width in zip(COLUMNS, sizes, strict=True):
            title = head(column, self.view.order, descending=self.view.descending)
            table.add_column(title, width=width + 1, key=column.head)
        for no in self._order:
            position = self._rows[no]
            table.add_row(
                *(column.write(position, width) for column, width in zip(COLUMNS, sizes, strict=True)), key=no
            )
        if self._wanted in self._rows:
            table.move_cursor(row=self._order.index(self._wanted), animate=False)

    def _count(self, group: Group, everything: int) -> Text:
        pages = max(-(-group.count // self.desk.settings.page), 1)
        if not group.count:
            return Text(f"0/{everything} 条。没有符合条件的项目：按 ^L 清除筛选，或换个词再找。")
        said = f"{group.count}/{everything} 条  合计 {wording.yi(group.investment)}亿"
        if group.priced < group.count:
            said += f"（有额 {group.priced}/{group.count}项）"
        return Text(f"{said}  第 {self.view.page + 1}/{pages} 页")

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        return self.table.chosen

    def unit(self) -> str | None:
        """Give the unit that the list was opened for."""
        return self.where.unit

    def _change(self, **changes: object) -> None:
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]
        self.reread()

    def _show_card(self, position: Position | None) -> None:
        under, shown = self.query_one("#under", Static), self.query_one("#card", Static)
        if position is None:
            under.update("")
            shown.update("")
        else:
            under.update(wording.cell(f"#{position.no} {position.name}"))
            shown.update(card(position))

    @on(DataTable.RowHighlighted, "#rows")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        position = self._rows.get(str(event.row_key.value))
        if position is not None:
            self._show_card(position)

    @on(DataTable.RowSelected, "#rows")
    def _open(self, event: DataTable.RowSelected) -> None:
        self.portfolio.open_detail(str(event.row_key.value))

    @on(DataTable.HeaderSelected, "#rows")
    def _order_by(self, event: DataTable.HeaderSelected) -> None:
        column = COLUMNS[event.column_index]
        if column.order == self.view.order:
            self.action_reverse()
        else:
            self._change(order=column.order, descending=False, page=0)

    def narrow(self, where: Filter) -> None:
        """Take another filter, from its first page on."""
        self.view = replace(self.view, page=0)
        super().narrow(where)

    def action_leave_filter(self) -> None:
        """Go from the filter into the list."""
        self.table.focus()

    def action_sort(self) -> None:
        """Order by the next column."""
        orders = [column.order for column in COLUMNS]
        following = orders[(orders.index(self.view.order) + 1) % len(orders)]
        self._change(order=following, descending=False, page=0)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._change(descending=not self.view.descending, page=0)

    def action_turn(self, step: int) -> None:
        """Turn to another page, where there is one."""
        page = self.view.page + step
        if 0 <= page * self.desk.settings.page < max(self._total, 1) and page >= 0:
            self._change(page=page)
