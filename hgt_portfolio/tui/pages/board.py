"""填报情况: unit × quarter; Enter lists who filed what, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filing
from hgt_portfolio.months import Month, quarter_text
from hgt_portfolio.reports.board import cell_words, counts
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.rows import RowTable

UNIT_WIDTH = 15
CELL_WIDTH = 20
DETAIL_HEADS = (
    *(("期别", 8), ("序号", 5), ("名称", 26), ("状态", 9), ("日期", 11)),
    *(("填报人", 13), ("退回原因", 30)),
)
NAME = 2


@dataclass(frozen=True)
class Filings:
    """The quarters shown, and every filing in them."""

    periods: list[Month]
    filings: list[Filing]


class BoardPage(Page):
    """The units against the last quarters, or one unit's projects."""

    PLACE = "board"
    BINDINGS = PAGE_BINDINGS["board"]

    def __init__(self, desk: Desk, unit: str | None = None) -> None:
        super().__init__(desk)
        self._only = unit

    def body(self) -> ComposeResult:
        """Lay out the heading, the table and its note."""
        yield Static(id="under_counts")
        yield RowTable(id="board", fixed_columns=1)
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the filings of the last quarters."""
        figures, only = self.desk.figures, self._only

        def read(frame: Frame) -> Filings:
            point = frame.point
            periods = figures.board_periods(point)
            return Filings(periods, figures.board(point, periods, only))

        return read

    def show(self, found: Filings) -> None:
        """Fill the table, the cursor staying on its row."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        fill = self._show_units if self._only is None else self._show_projects
        said = fill(table, found)
        table.move_cursor(row=at)
        title = f"{self._only} 填报明细" if self._only else "各单位填报情况（已填报/应填报）"
        self.query_one("#under_counts", Static).update(wording.words(f" {title}", "bold"))
        self.query_one("#count", Static).update(wording.words(said))

    def _show_units(self, table: RowTable, found: Filings) -> str:
        wide = max(CELL_WIDTH, (self.size.width - UNIT_WIDTH - 2) // max(len(found.periods), 1))
        table.add_column("单位(牵头)", width=UNIT_WIDTH)
        for period in found.periods:
            table.add_column(quarter_text(period), width=wide)
        for unit in dict.fromkeys(filing.unit for filing in found.filings):
            by = {p: [f for f in found.filings if (f.unit, f.period) == (unit, p)] for p in found.periods}
            cells = [wording.fitted(cell_words(by[period]), wide - 1) for period in found.periods]
            table.add_row(wording.fitted(unit, UNIT_WIDTH - 1), *cells, key=unit)
        return f"{table.row_count} 个牵头单位。Enter 看逐项的状态、日期、填报人。"

    def _show_projects(self, table: RowTable, found: Filings) -> str:
        room = self.size.width - sum(width for head, width in DETAIL_HEADS if head != "名称") - 3
        name = max(DETAIL_HEADS[NAME][1], room)
        for place, (head, width) in enumerate(DETAIL_HEADS):
            table.add_column(head, width=name if place == NAME else width)
        for filing in sorted(found.filings, key=lambda one: -one.period):
            table.add_row(
                wording.cell(quarter_text(filing.period)),
                wording.right(filing.no, 4),
                wording.fitted(filing.name, name - 1),
                wording.cell(filing.state),
                wording.cell(wording.day(filing.day)),
                wording.fitted(filing.by, 12),
                wording.fitted(filing.note, 29),
                key=f"{filing.period} {filing.no}",
            )
        return "、".join(f"{state} {count}" for state, count in counts(found.filings).items()) or "没有要填报的。"

    def unit(self) -> str | None:
        """Give the unit shown, or the one under the cursor."""
        return self._only or self.query_one(RowTable).chosen

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        key = str(event.row_key.value)
        if self._only is None:
            self.app.push_screen(BoardPage(self.desk, key))
        else:
            self.portfolio.open_detail(key.partition(" ")[2])
