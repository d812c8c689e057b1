"""对账: how the plan's 总投资 became that of today, a step a row; below, what the plan states against its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.reports.reconcile import bridge, reconcile
from hgt_portfolio.table import Cell, Table
from hgt_portfolio.tui import printed, wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.rows import RowTable

LEAST_PROSE, SPACE = 11, 2
"""The fewest cells of a column of text, and those of the scroll bar."""


@dataclass(frozen=True)
class Reconciled:
    """The way from the plan's 总投资 to that of today, and the plan's own totals."""

    bridge: Table
    checks: Table

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by the widget that shows each."""
        return {"bridge": self.bridge, "checks": self.checks}


def read_reconciled(figures: Figures, point: Point) -> Reconciled:
    """Read both tables; this runs SQL and belongs in a thread."""
    checks = reconcile(figures, point)
    # The codes are for programs.
    told = replace(checks, columns=checks.columns[1:], rows=tuple(row[1:] for row in checks.rows))
    return Reconciled(bridge(figures, point), told)


class ReconcilingPage(Page):
    """The bridge above the plan's own totals; Enter on an amendment opens its project."""

    PLACE = "reconcile"
    BINDINGS = PAGE_BINDINGS["reconcile"]

    def body(self) -> ComposeResult:
        """Lay out each table under its heading, and what the row under the cursor had no room for."""
        yield Static(id="bridge_title", classes="title")
        yield RowTable(id="bridge")
        yield Static(id="checks_title", classes="title")
        yield RowTable(id="checks")
        yield Static(id="whole")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._sizes: dict[str, list[int]] = {}

    def on_mount(self) -> None:
        """Begin with the cursor in the amendments."""
        super().on_mount()
        self.query_one("#bridge", RowTable).focus()

    def question(self) -> Question:
        """Ask for both tables."""
        figures = self.desk.figures
        return once(lambda frame: read_reconciled(figures, frame.point))

    def show(self, found: Reconciled) -> None:
        """Fill both tables, their cursors staying on their rows."""
        for name, given in found.tables.items():
            self._fill(name, given)
            title = Text.assemble(
                (given.title, "bold"), f"  {given.unit_note}", ("  ".join(("", *given.notes[:1])), "dim")
            )
            title.truncate(self.size.width - SPACE)
            self.query_one(f"#{name}_title", Static).update(title)
        self._show_whole()

    def _fill(self, name: str, given: Table) -> None:
        table = self.query_one(f"#{name}", RowTable)
        at = table.cursor_row
        sizes = self._sizes[name] = _widths(given, self.size.width - SPACE)
        table.clear(columns=True)
        for column, width in zip(given.columns, sizes, strict=True):
            table.add_column(printed.head(column, width), width=width + 1, key=column.key)
        for row in given.rows:
            table.add_row(*printed.cells(given.columns, row, sizes))
        if given.total:
            table.add_row(*printed.cells(given.columns, given.total, sizes, "bold"))
        table.move_cursor(row=at)

    def _under_cursor(self) -> tuple[str, Table, tuple[Cell, ...]] | None:
        """Give the table that the cursor is in, by name, and its row."""
        table = next((one for one in self.query(RowTable) if one.has_focus), self.query_one("#bridge", RowTable))
        if self._found is None or table.id is None:
            return None
        given = self._found.tables[table.id]
        rows = (*given.rows, *([given.total] if given.total else []))
        return (table.id, given, rows[table.cursor_row]) if table.cursor_row < len(rows) else None

    @on(DataTable.RowHighlighted)
    def _show_whole(self) -> None:
        found = self._under_cursor()
        whole = printed.cut(found[1].columns, found[2], self._sizes[found[0]]) if found else ""
        self.query_one("#whole", Static).update(wording.words(whole) if whole else Text())

    def on_descendant_focus(self) -> None:
        """Say the row of the table that the cursor came to."""
        self._show_whole()

    def chosen(self) -> str | None:
        """Give the project whose amendment is under the cursor."""
        found = self._under_cursor()
        return str(found[2][0]) or None if found and found[0] == "bridge" else None

    @on(DataTable.RowSelected, "#bridge")
    def _open(self) -> None:
        no = self.chosen()
        if no is None:
            self.portfolio.say("这一行是合计，不是一个项目。")
        else:
            self.portfolio.open_detail(no)

    def shown(self) -> Shown:
        """Give both tables."""
        figures = self.desk.figures
        return Shown("对账", lambda frame: _tables(figures, frame))


def _tables(figures: Figures, frame: Frame) -> list[Table]:
    return list(read_reconciled(figures, frame.point).tables.values())


def _widths(given: Table, room: int) -> list[int]:
    """Give the columns their widths: the columns of text share what the others leave."""
    least = printed.widths(given, LEAST_PROSE)
    spare = room - sum(width + 1 for width in least)
    wanted = printed.widths(given, room)
    sizes = []
    for low, high in zip(least, wanted, strict=True):
        sizes.append(low + max(min(high - low, spare), 0))
        spare -= sizes[-1] - low
    return sizes
