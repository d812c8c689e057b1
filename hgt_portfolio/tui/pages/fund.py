"""资金 of one project: its sources as they stand, what the rules found, and every filing."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.figures.funds import AMOUNTS, FundFiling
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.funds import Funded, rate_words, read_funded, sources_table
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.tui import printed, wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.pages.funds import FundedCommands
from hgt_portfolio.tui.rows import RowTable

COUNTED = ("lines", "received_of", "paid_of")
"""Columns that say nothing of a single project."""

FILED = (
    Column("period", "期别", Kind.MONTH, 5),
    Column("source", "资金来源", Kind.LABEL, 8),
    *(
        Column(f"{name.removesuffix('_fen')}_wan", label, Kind.AMOUNT, 7)
        for name, label in zip(AMOUNTS, ("计划", "到位", "支付"), strict=True)
    ),
    Column("operator", "操作人", Kind.LABEL, 5),
    Column("at", "记录时间", Kind.LABEL, 10),
    Column("by", "填报人", Kind.LABEL, 5),
    Column("told", "依据、说明", Kind.TEXT, 12),
)


@dataclass(frozen=True)
class Whole:
    """A project's funds as they stand, and every filing of them."""

    row: Funded
    sources: Table
    filings: Table


def read_fund(figures: Figures, frame: Frame, no: str) -> Whole:
    """Read a project's funds whole; this runs SQL and belongs in a thread."""
    rows = read_funded(figures, frame.point, Filter(nos=(no,)))
    figures.position(frame.point, no)
    lines = tuple(_line(filing) for filing in figures.fund_filings(frame.point, no))
    return Whole(
        rows[0],
        sources_table(figures, frame.point, rows),
        Table("资金填报", f"#{no} 资金填报", FILED, lines),
    )


def _line(filing: FundFiling) -> tuple[Cell, ...]:
    """Give what a filing said of a source; one taken back says so."""
    told = (filing.evidence, filing.reason, None if filing.stands else "已撤销")
    return (
        *(filing.period, filing.source, *(getattr(filing, name) for name in AMOUNTS), filing.operator),
        *(moment_words(filing.at), filing.filed_by, "；".join(filter(None, told))),
    )


class FundPage(FundedCommands):
    """One project's sources; F4 files them."""

    PLACE = "fund"
    BINDINGS = PAGE_BINDINGS["fund"]

    def __init__(self, desk: Desk, no: str) -> None:
        super().__init__(desk)
        self._no = no

    def body(self) -> ComposeResult:
        """Lay out the name, the sources, what they say, and the filings."""
        yield Static(id="name")
        yield RowTable(id="sources", fixed_columns=1)
        with VerticalScroll(id="told", can_focus=False):
            yield Static(id="facts")
        yield RowTable(id="filings", fixed_columns=2)
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the sources."""
        super().on_mount()
        self.query_one("#sources").focus()

    def question(self) -> Question:
        """Ask for the project's funds."""
        figures, no = self.desk.figures, self._no
        return once(lambda frame: read_fund(figures, frame, no))

    def show(self, found: Whole) -> None:
        """Draw both tables and what stands between them."""
        row = found.row
        name = f" #{row.position.no} {row.position.name}"
        self.query_one("#name", Static).update(wording.fitted(name, self.size.width, "bold"))
        self._fill("#sources", found.sources)
        self._fill("#filings", found.filings)
        lead = "-（两数不在同一月份，或没有填报）"
        if row.lead is not None:
            lead = f"{wording.amount(row.lead)} 万元，正数为付款超前"
        work = "没有填报" if row.position.cumulative is None else f"{wording.amount(row.position.cumulative)} 万元"
        when = row.position.period_filed
        pairs: list[tuple[str, object]] = [
            ("总投资", f"{wording.amount(row.position.investment)} 万元"),
            ("完成投资", f"{work}{f'（{month_text(when)}）' if when is not None else ''}"),
            ("付款与完成差额", lead),
            *((one.rule, one.message) for one in row.findings),
        ]
        if row.funds is not None:
            pairs.append(("说明", rate_words(row.funds.sum)))
        self.query_one("#facts", Static).update(facts.pairs(pairs, 18))
        said = f"{len(found.filings.rows)} 行填报。F4 填报，Tab 换表，左右键横移。"
        if row.funds is None:
            said = "这个项目本期还没有填报资金：按 F4 填报各来源的计划、到位、支付。"
        self.query_one("#count", Static).update(Text(said))

    def _fill(self, name: str, given: Table) -> None:
        table = self.query_one(name, RowTable)
        at, sizes = table.cursor_row, printed.widths(given)
        kept = [place for place, column in enumerate(given.columns) if column.key not in COUNTED]
        table.clear(columns=True)
        for place in kept:
            head = printed.head(given.columns[place], sizes[place])
            table.add_column(head, width=sizes[place] + 1, key=given.columns[place].key)
        for row in given.rows:
            cells = printed.cells(given.columns, row, sizes)
            table.add_row(*(cells[place] for place in kept))
        if given.total:
            cells = printed.cells(given.columns, given.total, sizes, "bold")
            table.add_row(*(cells[place] for place in kept))
        table.move_cursor(row=at, animate=False)

    def chosen(self) -> str:
        """Give the project itself."""
        return self._no

    def shown(self) -> Shown:
        """Give the sources and the filings."""
        figures, no = self.desk.figures, self._no

        def read(frame: Frame) -> list[Table]:
            found = read_fund(figures, frame, no)
            return [found.sources, found.filings]

        return Shown(f"项目资金_{no}", read)
