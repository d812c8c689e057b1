"""填报情况: unit × quarter, as many quarters as fit; Enter lists who filed what, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filing
from hgt_portfolio.months import Month, quarter_label, quarter_text
from hgt_portfolio.reports.board import board, board_detail, cell_words, counts
from hgt_portfolio.table import Table
from hgt_portfolio.terms import SILENT_STATES, FilingState
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.rows import RowTable

UNIT_WIDTH = 15
CELL_WIDTH = 21
DETAIL_HEADS = (
    *(("期别", 8), ("序号", 5), ("名称", 26), ("状态", 9), ("日期", 11)),
    *(("填报人", 13), ("退回原因", 30)),
)
NAME = 2
ALL_UNITS = ""
"""The key of the 合计 row, which is no unit."""


@dataclass(frozen=True)
class Filings:
    """Every quarter there is, those shown, and every filing in these."""

    quarters: list[Month]
    periods: list[Month]
    filings: list[Filing]


class QuartersPage(Page):
    """A screen of the quarters that fit, ``back`` of them hidden after the last one shown; it moves by quarters."""

    PLACE = "board"
    BINDINGS = PAGE_BINDINGS["board"]

    def __init__(self, desk: Desk, only: str | None = None, back: int = 0) -> None:
        super().__init__(desk)
        self._only = only
        self._back = back
        self._asked = 0

    def body(self) -> ComposeResult:
        """Lay out the heading, the table and its note."""
        yield Static(id="under_counts")
        yield RowTable(id="board", fixed_columns=1)
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    @property
    def fits(self) -> int:
        """How many quarters there is room for."""
        return max((self.size.width - UNIT_WIDTH - 2) // CELL_WIDTH, 1)

    def question(self) -> Question:
        """Ask for the filings of the quarters that fit."""
        figures, only, back = self.desk.figures, self._only, self._back
        self._asked = fits = self.fits

        def read(frame: Frame) -> Filings:
            quarters = figures.filed_quarters(frame.point)
            last = max(len(quarters) - back, min(fits, len(quarters)))
            periods = quarters[max(last - fits, 0) : last]
            return Filings(quarters, periods, figures.board(frame.point, periods, only))

        return read

    async def on_resize(self) -> None:
        """Read more or fewer quarters for the new width, where another number fits."""
        if self.frame is not None and self.fits != self._asked:
            self.reread()
        else:
            await super().on_resize()

    def action_turn(self, step: int) -> None:
        """Move to a screenful of later (1) or earlier (-1) quarters."""
        self.action_quarters(step * self.fits)

    def action_quarters(self, step: int) -> None:
        """Move by so many quarters, later or earlier (negative), where there are any."""
        if self._found is None:
            return
        most = max(len(self._found.quarters) - self.fits, 0)
        back = min(max(self._back - step, 0), most)
        if back == self._back:
            self.portfolio.say("已是最近的季度。" if step > 0 else "没有更早的季度。")
        else:
            self._back = back
            self.reread()

    def span(self, found: Filings) -> str:
        """Say which quarters of how many are shown."""
        if not found.periods:
            return "还没有要填报的季度"
        first, last = (quarter_text(period) for period in (found.periods[0], found.periods[-1]))
        return f"{first}至{last}，共 {len(found.quarters)} 个季度"


class BoardPage(QuartersPage):
    """The units against the quarters."""

    BINDINGS = [  # noqa: RUF012 - Textual's own
        *PAGE_BINDINGS["board"],
        Binding("left", "quarters(-1)", "早一季度", show=False, priority=True),
        Binding("right", "quarters(1)", "晚一季度", show=False, priority=True),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)

    def show(self, found: Filings) -> None:
        """Fill the table with a row a unit and one for all, the cursor staying on its row."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        table.header_height = 2
        wide = max(CELL_WIDTH, (self.size.width - UNIT_WIDTH - 2) // max(len(found.periods), 1))
        table.add_column("单位(牵头)", width=UNIT_WIDTH)
        for period in found.periods:
            table.add_column(Text(quarter_label(period).replace("年", "年\n")), width=wide)
        for unit in dict.fromkeys(filing.unit for filing in found.filings):
            of_unit = [filing for filing in found.filings if filing.unit == unit]
            table.add_row(wording.fitted(unit, UNIT_WIDTH - 1), *_cells(found.periods, of_unit, wide), key=unit)
        if table.row_count:
            table.add_row(wording.cell("合计", "bold"), *_cells(found.periods, found.filings, wide), key=ALL_UNITS)
        table.move_cursor(row=at)
        title = f"各单位填报情况（已填报/应填报，{self.span(found)}）"
        self.query_one("#under_counts", Static).update(wording.words(f" {title}", "bold"))
        said = _in_words(found.periods[-1], found.filings) if found.periods else ""
        self.query_one("#count", Static).update(wording.words(f"{said}Enter 看谁填的，左右键换季度。"))

    def unit(self) -> str | None:
        """Give the unit under the cursor."""
        return self.query_one(RowTable).chosen or None

    def shown(self) -> Shown:
        """Give every unit against every quarter."""
        figures = self.desk.figures

        def read(frame: Frame) -> list[Table]:
            return [board(figures, frame.point, periods=figures.filed_quarters(frame.point))]

        return Shown("填报情况", read)

    @on(DataTable.RowSelected, "#board")
    def _open(self, event: DataTable.RowSelected) -> None:
        self.app.push_screen(FiledPage(self.desk, event.row_key.value or None, self._back))


class FiledPage(QuartersPage):
    """The projects of one unit, or of all, against the quarters: filed or not, on which day, by whom."""

    def show(self, found: Filings) -> None:
        """Fill the table with a row a project and quarter, the newest quarter first."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
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
        table.move_cursor(row=at)
        title = f"{self._only or '全部单位'} 填报明细（{self.span(found)}）"
        self.query_one("#under_counts", Static).update(wording.words(f" {title}", "bold"))
        states = "、".join(f"{state} {count}" for state, count in counts(found.filings).items())
        said = f"{states}。Enter 打开项目，^PgUp、^PgDn 看更早更晚的季度。" if states else "没有要填报的。"
        self.query_one("#count", Static).update(wording.words(said))

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        return (self.query_one(RowTable).chosen or "").partition(" ")[2] or None

    def unit(self) -> str | None:
        """Give the unit shown."""
        return self._only

    def shown(self) -> Shown:
        """Give the unit's filings of every quarter."""
        figures, only = self.desk.figures, self._only

        def read(frame: Frame) -> list[Table]:
            return [board_detail(figures, frame.point, unit=only, periods=figures.filed_quarters(frame.point))]

        return Shown(f"填报明细_{only}" if only else "填报明细", read)

    @on(DataTable.RowSelected, "#board")
    def _open(self, event: DataTable.RowSelected) -> None:
        self.portfolio.open_detail(str(event.row_key.value).partition(" ")[2])


def _cells(periods: list[Month], filings: list[Filing], width: int) -> list[Text]:
    """Say for each quarter what was filed of what there was to file."""
    said = [cell_words(filing for filing in filings if filing.period == period) for period in periods]
    return [wording.fitted(text or FilingState.NOT_REQUIRED, width - 1) for text in said]


def _in_words(period: Month, filings: list[Filing]) -> str:
    """Say in words how many projects filed for a quarter, of how many."""
    own = [filing for filing in filings if filing.period == period]
    waiting = sum(filing.state in SILENT_STATES for filing in own)
    return f"{quarter_text(period)} 应填报 {len(own)} 项，已填报 {len(own) - waiting} 项，还差 {waiting} 项。"
