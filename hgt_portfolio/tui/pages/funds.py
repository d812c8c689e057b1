"""资金: the projects' 计划, 到位 and 支付 beside the work done; by source, what to look into, and 专项资金."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.figures.funds import sum_of
from hgt_portfolio.reports.funds import (
    Funded,
    counted,
    findings_table,
    projects_table,
    read_funded,
    sources_table,
    special_table,
    unfiled,
)
from hgt_portfolio.reports.words import number
from hgt_portfolio.table import Cell, Table
from hgt_portfolio.terms import FundSource
from hgt_portfolio.tui import printed, wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.forms.funds import FUNDS
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.rows import RowTable

WIDE, PROSE, NARROW_PROSE = 120, 30, 16
BELOW = ("unit", "sources", "period", "work_period", "findings")
"""Columns that stand below the list alone."""

TOTAL = ""
"""The key of the 合计 row, which is no project."""


@dataclass(frozen=True)
class Funds:
    """The projects with their funds, and the table of each view; ``source`` is the only one shown of the projects."""

    rows: list[Funded]
    source: FundSource | None
    tables: tuple[Table, ...]


VIEWS = ("按项目", "按来源", "资金监督发现", "专项资金")
"""The views in the order in which they are gone through."""

PROJECTS, SOURCES, FINDINGS, SPECIAL = range(len(VIEWS))


def read_funds(figures: Figures, point: Point, source: FundSource | None = None) -> Funds:
    """Read the funds of every project; this runs SQL and belongs in a thread."""
    rows = read_funded(figures, point)
    tables = (
        projects_table(figures, point, rows, source),
        sources_table(figures, point, rows),
        findings_table(figures, point, rows),
        special_table([one for one in figures.special_funds(point) if one.year <= point.day.year]),
    )
    return Funds(rows, source, tables)


class FundedCommands(Page):
    """A screen on which the funds of the chosen project can be filed."""

    def action_file_funds(self) -> None:
        """Open the form that files the chosen project's funds."""
        no = self.chosen()
        if not self.may_write("不能填报资金"):
            return
        if no is None:
            self.portfolio.say("请先用方向键选中一个项目。")
        else:
            self.app.push_screen(FormScreen(self.desk, FUNDS, no), self.portfolio.written)


class FundsPage(FundedCommands):
    """One view at a time, at the screens' point or ``at`` another.

    Enter opens a project's sources, on a source the projects that have it.
    """

    PLACE = "funds"
    BINDINGS = PAGE_BINDINGS["funds"]

    def __init__(self, desk: Desk, view: int = PROJECTS, at: Point | None = None) -> None:
        super().__init__(desk)
        self._view, self._at = view, at
        self._source: FundSource | None = None
        self._given = Table("资金", "资金情况", (), ())
        self._rows: dict[str, tuple[Cell, ...]] = {}

    def body(self) -> ComposeResult:
        """Lay out the sums, the table, what the row under the cursor says, and the keys."""
        yield Static(id="under_counts")
        yield RowTable(id="funds", fixed_columns=2)
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the funds."""
        figures, source, at = self.desk.figures, self._source, self._at
        return once(lambda frame: read_funds(figures, at or frame.point, source))

    def show(self, found: Funds) -> None:
        """Fill the table of the view, the cursor staying on its row."""
        name, given = VIEWS[self._view], found.tables[self._view]
        if self._view == PROJECTS and found.source is None:
            silent = (_unfiled_row(one, len(given.columns)) for one in unfiled(found.rows))
            given = replace(given, rows=(*given.rows, *silent))
        self._fill(given)
        self.query_one("#under_counts", Static).update(self._sums(found))
        keys = "Enter 看来源和历次填报，F4 填报" if self._view in (PROJECTS, FINDINGS) else "Enter 看这一来源的项目"
        following = VIEWS[(self._view + 1) % len(VIEWS)]
        what = f"{name}（只列{found.source}）" if self._view == PROJECTS and found.source else name
        said = f"{what} {len(given.rows)} 行。{keys if self._view != SPECIAL else given.notes[-1]}，^W 看{following}。"
        if not counted(found.rows)[0] and self._view != SPECIAL:
            said = f"本期还没有填报资金。选一个项目按 F4 填报；^W 看{following}。"
        self.query_one("#count", Static).update(wording.words(said))
        self._draw_why()

    def _sums(self, found: Funds) -> Text:
        when = f" 截至 {self._at.day}\n" if self._at else ""
        return Text.assemble((when, "bold"), sums(found.rows))

    def _fill(self, given: Table) -> None:
        table = self.query_one(RowTable)
        wanted, at = table.chosen, table.cursor_row
        self._given = given
        prose = PROSE if self.size.width >= WIDE else NARROW_PROSE
        sizes = printed.widths(given, prose)
        kept = [place for place, column in enumerate(given.columns) if column.key not in BELOW]
        table.fixed_columns = 2 if self._view in (PROJECTS, FINDINGS) else 1
        table.clear(columns=True)
        for place in kept:
            column = given.columns[place]
            table.add_column(printed.head(column, sizes[place]), width=sizes[place] + 1, key=column.key)
        self._rows = {self._key(at, row): row for at, row in enumerate(given.rows)}
        for key, row in self._rows.items():
            cells = printed.cells(given.columns, row, sizes)
            table.add_row(*(cells[place] for place in kept), key=key)
        if given.total:
            cells = printed.cells(given.columns, given.total, sizes, "bold")
            table.add_row(*(cells[place] for place in kept), key=TOTAL)
        keys = [*self._rows, TOTAL]
        table.move_cursor(row=keys.index(wanted) if wanted in keys else at, animate=False)

    def _key(self, at: int, row: tuple[Cell, ...]) -> str:
        """Name a row by its project or source; findings by their place too, since a project may have several."""
        return f"{row[0]} {at}" if self._view == FINDINGS else str(row[0])

    @on(DataTable.RowHighlighted, "#funds")
    def _draw_why(self) -> None:
        """Say of the row under the cursor what its columns had no room for, and what was found of the project."""
        found: Funds | None = self._found
        row = self._rows.get(self.query_one(RowTable).chosen or TOTAL)
        said: list[str] = []
        if row is not None and found is not None and self._view in (PROJECTS, FINDINGS):
            funded = next((one for one in found.rows if one.position.no == self.chosen()), None)
            said = [f"#{row[0]} {row[1]}  {self._below(row)}"]
            if self._view == FINDINGS:
                said.append(str(row[-1]))
            elif funded is not None:
                said += [f"{one.rule}：{one.message}" for one in funded.findings]
        self.query_one("#why", Static).update(Text("\n").join(map(wording.words, said)))

    def _below(self, row: tuple[Cell, ...]) -> str:
        return "  ".join(
            f"{column.head} {printed.written(column, value)}"
            for column, value in zip(self._given.columns, row, strict=True)
            if column.key in BELOW and value not in (None, "")
        )

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        key = (self.query_one(RowTable).chosen or "").partition(" ")[0]
        return key or None if self._view in (PROJECTS, FINDINGS) else None

    def action_file_funds(self) -> None:
        """File the chosen project's funds; 专项资金 is no project's."""
        if self._view == SPECIAL:
            self.portfolio.say("专项资金请用命令填报：hgt funds special 年度 金额（万元）。")
        else:
            super().action_file_funds()

    def action_fund_view(self) -> None:
        """Change to the next view, of all sources."""
        self._view = (self._view + 1) % len(VIEWS)
        self.query_one(RowTable).move_cursor(row=0, animate=False)
        was, self._source = self._source, None
        if was is not None:
            self.reread()
        elif self._found:
            self.show(self._found)

    def shown(self) -> Shown:
        """Give every view."""
        figures, source, at = self.desk.figures, self._source, self._at

        def read(frame: Frame) -> list[Table]:
            return list(read_funds(figures, at or frame.point, source).tables)

        return Shown("资金", read)

    @on(DataTable.RowSelected, "#funds")
    def _open(self, event: DataTable.RowSelected) -> None:
        from hgt_portfolio.tui.pages.fund import FundPage

        key = str(event.row_key.value)
        if self._view == SOURCES and key != TOTAL and key in self._rows:
            self._view, self._source = PROJECTS, FundSource(key)
            self.reread()
        elif self.chosen() is not None:
            self.app.push_screen(FundPage(self.desk, key.partition(" ")[0]))


def _unfiled_row(position: Position, columns: int) -> tuple[Cell, ...]:
    """Give a project that no funds were filed of as a row: its number, name and unit, all else unknown."""
    return (number(position.no), position.name, position.unit, *(None,) * (columns - 3))


def sums(rows: Sequence[Funded]) -> Text:
    """Say the sums, and how many projects and source lines they count."""
    of, (filed, every) = sum_of(line for row in rows if row.funds for line in row.funds.sources), counted(rows)
    first = f"填报资金 {filed}/{every} 项  计划 {wording.yi(of.planned)}  到位 {wording.yi(of.received)}"
    first += f"  支付 {wording.yi(of.paid)} 亿元"
    rates = f"到位率 {wording.rate(of.received_rate)}（计 {of.received_of}/{of.lines} 笔）"
    rates += f"  支付率 {wording.rate(of.paid_rate)}（计 {of.paid_of}/{of.lines} 笔）"
    leads = [row.lead for row in rows if row.lead is not None]
    apart = f"差额 {wording.yi(sum(leads) if leads else None)} 亿元（可比 {len(leads)}/{filed} 项）"
    return Text("\n").join((Text(f" {first}", "bold"), Text(f" {rates}  {apart}")))
