"""指标: both tables of the plan and its commitments as they stand for a year, 约束性 and 不达标 first."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.indicators import BASE_YEAR, Judged, Line
from hgt_portfolio.plan.indicators import TABLES
from hgt_portfolio.reports.indicators import indicator_table
from hgt_portfolio.rules.indicators import target_year
from hgt_portfolio.table import Table
from hgt_portfolio.terms import Attainment, Binding, Catalogue
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages.indicator import IndicatorPage
from hgt_portfolio.tui.pages.yearly import (
    EMPTY,
    LOADABLE,
    TURNING,
    YearPage,
    attained,
    bar,
    counts,
    judged_how,
    number,
    reached,
    said_of,
    tally,
    verdict,
    wanted,
    year_at,
)
from hgt_portfolio.tui.rows import RowTable

WIDE = 120
NAME = "名称（分项）"
HEADS = (
    *(("编号", 8), (NAME, 0), ("单位", 9), ("指标值", 9), ("目标", 9), ("实际", 8)),
    *((" 差距", 6), ("离目标", 9), ("达标", 7), ("达目标", 7), ("属性", 6)),
)
"""Heads and widths in cells; the name takes what is left."""

NARROW = ("单位", "属性")
"""Columns that stand below the list alone where there is little room."""

ORDER = (Attainment.UNMET, None, Attainment.MET)


@dataclass(frozen=True)
class Only:
    """Which indicators are shown: those of one verdict, against the standard or the target."""

    verdict: Attainment | None
    against_target: bool | None

    def __str__(self) -> str:
        held = {True: "对照目标", False: "对照指标值", None: ""}[self.against_target]
        return f"只列{held}{self.verdict or '未定'}的"

    def lets(self, one: Judged) -> bool:
        """Tell whether an indicator is shown; what the plan wants nothing of at the year is neither kept nor open."""
        is_asked = self.against_target is not None or any(map(wanted, one.lines))
        return is_asked and attained(one, against_target=self.against_target) is self.verdict


@dataclass(frozen=True)
class Board:
    """A catalogue at a year."""

    year: int
    catalogue: Catalogue
    judged: list[Judged]
    only: Only | None

    @property
    def shown(self) -> list[Judged]:
        """The indicators asked for: those that bind first, in each those short of standard, then of target, first."""
        found = [one for one in self.judged if self.only is None or self.only.lets(one)]
        return sorted(found, key=_rank)

    @property
    def title(self) -> str:
        """What is shown, in words."""
        place = TABLES.get(self.catalogue, "规划文字")
        return f"{self.catalogue}（{place}）{self.year}年"


def _rank(one: Judged) -> tuple[bool, int, int]:
    """Give an indicator's place; one that has no standard is judged by its target alone."""
    by_standard = attained(one, against_target=not any(line.standard for line in one.lines))
    return one.binding is not Binding.BINDING, ORDER.index(by_standard), ORDER.index(one.met_target)


def read_board(figures: Figures, frame: Frame, year: int, catalogue: Catalogue, only: Only | None = None) -> Board:
    """Read a catalogue at a year; this runs SQL and belongs in a thread."""
    return Board(year, catalogue, figures.indicators(year, frame.point, catalogue), only)


class IndicatorsPage(YearPage):
    """One catalogue at one year, a row a line; Enter opens it, F4 files the year's value."""

    PLACE = "indicators"
    BINDINGS = [*PAGE_BINDINGS["indicators"], *TURNING]  # noqa: RUF012 - Textual's own

    def __init__(
        self,
        desk: Desk,
        year: int | None = None,
        catalogue: Catalogue = Catalogue.PROVINCIAL,
        only: Only | None = None,
    ) -> None:
        super().__init__(desk, year)
        self._catalogue, self._only = catalogue, only
        self._lines: dict[str, Line] = {}

    def body(self) -> ComposeResult:
        """Lay out the counts, the list, what the row under the cursor says, and the keys."""
        yield Static(id="under_counts")
        yield RowTable(id="indicators")
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the catalogue at the year."""
        figures, year, catalogue, only = self.desk.figures, self._year, self._catalogue, self._only
        return once(lambda frame: read_board(figures, frame, year_at(frame, year), catalogue, only))

    def show(self, found: Board) -> None:
        """Fill the list, the cursor staying on its line."""
        table = self.query_one(RowTable)
        code, at = table.chosen, table.cursor_row
        self._lines = {line.code: line for one in found.shown for line in one.lines}
        heads = self._heads()
        table.clear(columns=True)
        for head, width in heads.items():
            table.add_column(head, width=width)
        for key, line in self._lines.items():
            cells = row_cells(line, heads)
            table.add_row(*(cells[head] for head in heads), key=key)
        keys = list(self._lines)
        table.move_cursor(row=keys.index(code) if code in keys else at, animate=False)
        self.query_one("#under_counts", Static).update(self._counts(found))
        said = f"{len(found.shown)} 项 {len(keys)} 行。Enter 看详情，F4 填报，^W 换表，左右键换年度，Alt+V 年度评估。"
        if not found.judged:
            said = EMPTY + LOADABLE
        elif not keys:
            said = "没有这样的指标。"
        self.query_one("#count", Static).update(wording.words(said))
        self._draw_why()

    def _heads(self) -> dict[str, int]:
        """Give the columns' widths, the name taking what is left."""
        widths = {head: width for head, width in HEADS if self.size.width >= WIDE or head not in NARROW}
        spare = self.size.width - sum(widths.values()) - 1
        if self.size.width >= WIDE:
            for head in ("指标值", "目标", "实际"):
                widths[head] += 3
                spare -= 3
        return widths | {NAME: spare}

    def _counts(self, found: Board) -> Text:
        title = f"{found.title}  {found.only}" if found.only else found.title
        if all(one.catalogue is Catalogue.COMMITMENT for one in found.judged):
            return Text(f" {title}  {tally(line for one in found.judged for line in one.lines)}\n", "bold")
        target = f"{target_year(found.year)}年目标 {counts(found.judged, against_target=True)}"
        first = f" {title}  指标值 {counts(found.judged, against_target=False)}"
        lines = [Text(first, "bold"), Text(f" {target}")]
        if found.year == BASE_YEAR:
            verdicts = [one.verdict for one in found.judged]
            met, unmet = verdicts.count(Attainment.MET), verdicts.count(Attainment.UNMET)
            lines[1].append(f"  规划所载现状 达标 {met} 不达标 {unmet}")
        return Text("\n").join(lines)

    @on(DataTable.RowHighlighted, "#indicators")
    def _draw_why(self) -> None:
        """Say the row under the cursor in full."""
        line, said = self.line(), Text()
        if line is not None:
            named = f"{line.name}（{line.unit or wording.UNKNOWN}）"
            printed = " ".join(filter(None, (line.code, named, line.binding)))
            said = Text("\n").join((wording.words(printed, "bold"), wording.words(said_of(line))))
        self.query_one("#why", Static).update(said)

    def line(self) -> Line | None:
        """Give the line under the cursor."""
        return self._lines.get(self.query_one(RowTable).chosen or "")

    def action_catalogue(self) -> None:
        """Change to the next catalogue."""
        order = tuple(Catalogue)
        self._catalogue = order[(order.index(self._catalogue) + 1) % len(order)]
        self.query_one(RowTable).move_cursor(row=0, animate=False)
        self.reread()

    def shown(self) -> Shown:
        """Give the catalogue with all its cells."""
        figures, year, catalogue, only = self.desk.figures, self._year, self._catalogue, self._only

        def read(frame: Frame) -> list[Table]:
            board = read_board(figures, frame, year_at(frame, year), catalogue, only)
            return [indicator_table(board.shown, board.year, catalogue, board.judged)]

        return Shown(f"规划指标_{catalogue}", read)

    @on(DataTable.RowSelected, "#indicators")
    def _open(self, event: DataTable.RowSelected) -> None:
        line = self._lines[str(event.row_key.value)]
        self.app.push_screen(IndicatorPage(self.desk, line.code, line.year))


def row_cells(line: Line, widths: dict[str, int]) -> dict[str, Text]:
    """Write a line's cells by their heads."""
    actual, share = line.actual, reached(line)
    texts = {
        "编号": line.code,
        NAME: line.name,
        "单位": line.unit,
        "指标值": line.standard,
        "目标": line.target,
        "实际": (actual.value or actual.attained) if actual else None,
        "离目标": judged_how(line) or "",
        "属性": (line.binding or "")[:2],
    }
    cells = {head: wording.fitted(text, widths[head] - 1) for head, text in texts.items() if head in widths}
    cells[" 差距"] = wording.right(number(line.gap), widths[" 差距"] - 1)
    if share is not None:
        cells["离目标"] = bar(share, widths["离目标"] - 1)
    return cells | {"达标": verdict(line.met_standard), "达目标": verdict(line.met_target)}
