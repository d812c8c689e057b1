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
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.rows import RowTable

UNIT_WIDTH = 15
CELL_WIDTH = 21
SHARE_WIDTH, BAR = 6, 10
"""The cells of 25/27, and those of its bar where there is room for one."""
DETAIL_HEADS = (
    *(("期别", 7), ("序号", 5), ("名称", 23), ("状态", 9), ("日期", 11)),
    *(("填报人", 13), ("退回原因", 12)),
)
NAME, NOTE, WIDEST_NAME = 2, 6, 60
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
        """Lay out the heading, the table, what the row under the cursor says, and its note."""
        yield Static(id="under_counts")
        yield RowTable(id="board", fixed_columns=1)
        yield Static(id="why")
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

        return once(read)

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
        room = (self.size.width - UNIT_WIDTH - 2) // max(len(found.periods), 1)
        barred = room >= CELL_WIDTH + BAR
        wide = CELL_WIDTH + (BAR if barred else 0)
        table.add_column("单位(牵头)", width=UNIT_WIDTH)
        for period in found.periods:
            table.add_column(quarter_label(period), width=wide)
        for unit in dict.fromkeys(filing.unit for filing in found.filings):
            of_unit = [filing for filing in found.filings if filing.unit == unit]
            cells = _cells(found.periods, of_unit, wide, barred=barred)
            table.add_row(wording.fitted(unit, UNIT_WIDTH - 1), *cells, key=unit)
        if table.row_count:
            cells = _cells(found.periods, found.filings, wide, barred=barred)
            for cell in (total := [wording.cell("合计"), *cells]):
                cell.stylize("bold")
            table.add_row(*total, key=ALL_UNITS)
        table.move_cursor(row=at)
        title = f"各单位填报情况（已填报/应填报，{self.span(found)}）"
        self.query_one("#under_counts", Static).update(wording.words(f" {title}", "bold"))
        self._draw_why()
        said = _in_words(found.periods[-1], found.filings) if found.periods else ""
        said += "Enter 看谁填的，左右键换季度。"
        if not table.row_count:
            said = "还没有要填报的季度：最近一季末月起列出。按 F8 导出填报表发给各单位，或按 2 选项目按 F4 直接填报。"
        self.query_one("#count", Static).update(wording.words(said))

    @on(DataTable.RowHighlighted, "#board")
    def _draw_why(self) -> None:
        """Name what the unit under the cursor has not filed for the last quarter shown."""
        found, unit, said = self._found, self.unit(), Text()
        if found is not None and found.periods:
            last = found.periods[-1]
            missing = [one for one in found.filings if one.period == last and one.state in SILENT_STATES]
            own = [f"#{one.no} {one.name}" for one in missing if unit in (None, one.unit)]
            if own:
                whose = f"{quarter_text(last)} {unit or '全部单位'}还没报 {len(own)} 项"
                said = wording.words(f"{whose}：{'、'.join(own)}")
        self.query_one("#why", Static).update(said)

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
        widths = [width for _, width in DETAIL_HEADS]
        spare = max(self.size.width - sum(widths) - 2, 0)
        widths[NAME] += min(spare, WIDEST_NAME - widths[NAME])
        widths[NOTE] += max(self.size.width - sum(widths) - 2, 0)
        for (head, _), width in zip(DETAIL_HEADS, widths, strict=True):
            table.add_column(head, width=width)
        for filing in sorted(found.filings, key=lambda one: -one.period):
            table.add_row(
                wording.cell(quarter_text(filing.period)),
                wording.right(filing.no, 4),
                wording.fitted(filing.name, widths[NAME] - 1),
                wording.cell(filing.state, "bold" if filing.state in SILENT_STATES else ""),
                wording.cell(wording.day(filing.day)),
                wording.fitted(filing.by, 12),
                wording.fitted(filing.note, widths[NOTE] - 1) if filing.note else Text(),
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


def _cells(periods: list[Month], filings: list[Filing], width: int, *, barred: bool) -> list[Text]:
    """Say for each quarter what was filed of what there was to file, as a bar too; what is missing is in bold."""
    cells = []
    for period in periods:
        own = [filing for filing in filings if filing.period == period]
        share, _, rest = cell_words(own).partition(" ")
        if not own:
            cells.append(wording.cell(FilingState.NOT_REQUIRED, "dim"))
            continue
        cell = wording.right(share, SHARE_WIDTH)
        if barred:
            filed = BAR * (len(own) - _waiting(own)) // len(own)
            cell = Text.assemble("#" * filed, ("." * (BAR - filed), "dim"), cell)
        if rest:
            cell = Text.assemble(cell, " ", wording.fitted(rest, width - cell.cell_len - 2, "bold"))
        cells.append(cell)
    return cells


def _waiting(filings: list[Filing]) -> int:
    return sum(filing.state in SILENT_STATES for filing in filings)


def _in_words(period: Month, filings: list[Filing]) -> str:
    """Say in words how many projects filed for a quarter, of how many."""
    own = [filing for filing in filings if filing.period == period]
    waiting = _waiting(own)
    return f"{quarter_text(period)} 应填报 {len(own)} 项，已填报 {len(own) - waiting} 项，还差 {waiting} 项。"
