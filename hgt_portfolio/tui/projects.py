"""项目: find, compare, update: a list in pages with its filter, its true total, and the project beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import DataTable, Input, Static

from hgt_portfolio.figures import Filter, Group, Position
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.entry import LineInput
from hgt_portfolio.tui.facts import card
from hgt_portfolio.tui.listing import COLUMNS, FIXED, head, widths
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.rows import RowTable

PANE = 46


@dataclass(frozen=True)
class View:
    """What the list shows: the filter it was opened with, the words typed, the order, and the page."""

    where: Filter
    label: str = ""
    text: str = ""
    order: str = "position"
    descending: bool = False
    page: int = 0

    @property
    def filter(self) -> Filter:
        """The whole filter."""
        return self.where.narrowed(text=self.text)

    @property
    def chips(self) -> str:
        """The filter in words, without the words typed, which stand beside it."""
        return self.label or self.where.describe()


class FilterInput(LineInput):
    """The filter line; the down key goes into the list."""

    BINDINGS = [Binding("down", "screen.list", "列表", show=False)]  # noqa: RUF012 - Textual's own


class ProjectsPage(Page):
    """The list of projects, or of those that a figure counts."""

    PLACE = "projects"
    BINDINGS = PAGE_BINDINGS["projects"]

    def __init__(self, desk: Desk, where: Filter | None = None, label: str = "") -> None:
        super().__init__(desk)
        self.opened_with = View(where or Filter(), label if where is not None else "")
        self.view = self.opened_with
        self._rows: dict[str, Position] = {}
        self._order: list[str] = []
        self._wanted: str | None = None
        self._total = 0

    def body(self) -> ComposeResult:
        """Lay out the filter, the list, the project beside it, and the count."""
        with Horizontal(id="filter_bar"):
            yield Static("筛选")
            yield FilterInput(placeholder="F3 或 / 输入，拼音首字母也可", id="filter", compact=True)
            yield Static(id="chips")
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
        desk, view = self.desk, self.view
        size = desk.settings.page
        return lambda frame: (
            view,
            desk.figures.positions(
                frame.point,
                view.filter,
                rules=desk.rules,
                order=view.order,
                descending=view.descending,
                limit=size,
                offset=view.page * size,
            ),
            desk.figures.totals(frame.point, view.filter, rules=desk.rules),
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
        self.query_one("#chips", Static).update(self._chips())
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

    def _chips(self) -> Text:
        chips = Text()
        if self.view.chips:
            chips.append(f" {wording.cell(self.view.chips).plain} ", "reverse")
            chips.append(" ^L 清除")
        return chips

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
        return self.view.where.unit

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

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self.view.text:
            self._change(text=event.value, page=0)

    @on(Input.Submitted, "#filter")
    def _typed_out(self) -> None:
        self.table.focus()

    def action_list(self) -> None:
        """Go from the filter into the list."""
        self.table.focus()

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterInput).focus()

    def action_back(self) -> None:
        """Take away the words typed, then leave the filter line, then the screen; a drill-down keeps its words."""
        if self.view.text and not self.opened_with.chips:
            self.query_one(FilterInput).value = ""
        elif isinstance(self.focused, FilterInput):
            self.table.focus()
        else:
            super().action_back()

    def action_clear(self) -> None:
        """Take every filter away."""
        with self.prevent(Input.Changed):
            self.query_one(FilterInput).value = ""
        self._change(where=Filter(), label="", text="", page=0)

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
