"""单位: who owes what, one row a unit and 合计; Enter opens its 责任清单, the space bar its projects, F8 exports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter
from hgt_portfolio.output.plain import RIGHT
from hgt_portfolio.reports.owing import owing
from hgt_portfolio.table import Cell, Table
from hgt_portfolio.terms import UnitKind
from hgt_portfolio.tui import printed, wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.filtering import FilteredPage
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages.duty import DutyPage
from hgt_portfolio.tui.rows import RowTable

Row = tuple[Cell, ...]

BELOW = ("ytd_known", "rated", "officer")
"""Columns that stand below the list, for the row under the cursor, where the others leave them no room."""

TOTAL = ""
"""The key of the 合计 row, which is no unit."""


@dataclass(frozen=True)
class Order:
    """By which column the units are ranked within their kind; none keeps the plan's order."""

    key: str = ""
    descending: bool = True


class UnitsPage(FilteredPage):
    """The responsible units with their projects, money, lateness, silence and people."""

    PLACE = "units"
    BINDINGS = PAGE_BINDINGS["units"]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._order = Order()
        self._rows: dict[str, Row] = {}

    def body(self) -> ComposeResult:
        """Lay out the filter, the table and its notes."""
        yield from self.filter_bar()
        yield RowTable(id="units", fixed_columns=1)
        yield Static(id="under")
        yield Static(id="count")
        yield Static(id="foot")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the totals of each unit, and how many projects there are."""
        desk, where = self.desk, self.where
        figures, rules = desk.figures, desk.rules
        return once(lambda frame: (owing(figures, frame.point, where, rules=rules), desk.everything(frame.point)))

    def show(self, found: tuple[Table, int]) -> None:
        """Fill the table, the cursor staying on its unit."""
        given, everything = found
        table, wanted = self.query_one(RowTable), self.query_one(RowTable).chosen
        self._rows = {str(row[0]): row for row in self._ranked(given)}
        sizes = printed.widths(given)
        marked = zip(given.columns, sizes, self._marks, strict=True)
        heads = [printed.head(column, width, mark) for column, width, mark in marked]
        room = [max(width, head.cell_len) + 1 for width, head in zip(sizes, heads, strict=True)]
        narrow = sum(room) > self.size.width
        kept = [place for place, column in enumerate(given.columns) if not (narrow and column.key in BELOW)]
        self.query_one("#under").display = narrow
        table.clear(columns=True)
        for place in kept:
            table.add_column(heads[place], width=room[place], key=given.columns[place].key)
        late = given.index("overdue")
        for name, row in self._rows.items():
            cells = printed.cells(given.columns, row, sizes)
            if row[late]:
                cells[late].stylize("bold red")
            table.add_row(*(cells[place] for place in kept), key=name)
        if self._rows and given.total:
            cells = printed.cells(given.columns, given.total, sizes, "bold")
            table.add_row(*(cells[place] for place in kept), key=TOTAL)
        if wanted in (*self._rows, TOTAL):
            table.move_cursor(row=[*self._rows, TOTAL].index(wanted or TOTAL), animate=False)
        count = int(str(given.total[given.index("led")])) if given.total else 0
        self.draw_filter(count, everything)
        said = f"{len(self._rows)} 个单位，{count} 个项目。Enter 责任清单，空格看项目，点列头或 ^O 排名。"
        if not self._rows:
            said = "没有符合条件的单位：按 ^L 清除筛选，或换个词再找。"
        self.query_one("#count", Static).update(wording.words(said))
        self.query_one("#foot", Static).update(wording.words(f"单位：万元。{given.notes[0]}{given.notes[1]}"))

    @property
    def _marks(self) -> list[str]:
        """Say for each column whether the units are ranked by it, and which way."""
        mark = "降" if self._order.descending else "升"
        return [mark if column.key == self._order.key else "" for column in self._found[0].columns]

    def _ranked(self, given: Table) -> list[Row]:
        """Give the rows by kind and then by the chosen column, the unknown last; in the plan's order without one."""
        order = self._order
        if not order.key:
            return list(given.rows)
        kinds = [str(kind) for kind in UnitKind]
        place, kind = given.index(order.key), given.index("kind")
        sign = -1 if order.descending else 1

        def rank(row: Row) -> tuple[int, bool, Decimal]:
            value = row[place]
            number = Decimal(value) if isinstance(value, int | Decimal) else None
            return kinds.index(str(row[kind])), number is None, sign * (number or Decimal(0))

        return sorted(given.rows, key=rank)

    @on(DataTable.RowHighlighted, "#units")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        given: Table = self._found[0]
        row = self._rows.get(str(event.row_key.value), given.total)
        if row is None:
            return
        name, known, rated, officer = (row[given.index(key)] for key in ("unit", *BELOW))
        last = f"责任人 {officer or '未登记（按 Alt+K 登记）'}"
        if row is given.total:
            last = "每个项目只计入牵头单位一次。"
        said = f"{name}  有数 {known or '-'}  计入 {rated or '-'}  {last}"
        self.query_one("#under", Static).update(wording.words(said))

    def unit(self) -> str | None:
        """Give the unit under the cursor."""
        return self.query_one(RowTable).chosen or None

    def shown(self) -> Shown:
        """Give the units that the filter lets through."""
        figures, rules, where = self.desk.figures, self.desk.rules, self.where

        def read(frame: Frame) -> list[Table]:
            return [owing(figures, frame.point, where, rules=rules)]

        return Shown("单位", read)

    def action_leave_filter(self) -> None:
        """Go from the filter into the list."""
        self.query_one(RowTable).focus()

    def _measures(self) -> list[str]:
        return [column.key for column in self._found[0].columns if column.kind in RIGHT] if self._found else []

    def action_sort(self) -> None:
        """Rank by the next column of figures, first by what is owed against pace; after the last as the plan has it."""
        keys = self._measures()
        turned = ["", *keys[keys.index("shortfall") :], *keys[: keys.index("shortfall")]] if keys else [""]
        following = turned[(turned.index(self._order.key) + 1) % len(turned)]
        self._rank(Order(following))

    def action_reverse(self) -> None:
        """Turn the ranking round."""
        self._rank(Order(self._order.key, not self._order.descending))

    def _rank(self, order: Order) -> None:
        self._order = order
        if self._found:
            self.show(self._found)

    @on(DataTable.HeaderSelected, "#units")
    def _order_by(self, event: DataTable.HeaderSelected) -> None:
        key = str(event.column_key.value)
        if key == self._order.key:
            self.action_reverse()
        else:
            self._rank(Order(key if key in self._measures() else ""))

    def action_unit_projects(self) -> None:
        """Open the unit's projects: those it leads, or where it leads none those it cooperates in; on 合计 all."""
        unit = self.unit()
        if unit is None:
            self.portfolio.open_projects(Filter(), "")
        elif self._found:
            leads = self._rows[unit][self._found[0].index("led")]
            self.portfolio.open_projects(Filter(unit=unit) if leads else Filter(member=unit), "")

    @on(DataTable.RowSelected, "#units")
    def _open(self, event: DataTable.RowSelected) -> None:
        if event.row_key.value == TOTAL:
            self.action_unit_projects()
        else:
            self.app.push_screen(DutyPage(self.desk, str(event.row_key.value)))
