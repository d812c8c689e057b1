"""年度评估: one line a section for a year, each a door to the rows it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Filter, Point, Unknown
from hgt_portfolio.figures.indicators import Judged
from hgt_portfolio.plan.indicators import TABLES
from hgt_portfolio.reports.evaluation_data import evaluation_point
from hgt_portfolio.reports.funds import counted, read_funded
from hgt_portfolio.rules.funds import INCOMPARABLE
from hgt_portfolio.rules.indicators import target_year
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import Attainment, Binding, Catalogue, DeadlineState
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Frame, Shown, period_text
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.pages.commitments import CommitmentsPage
from hgt_portfolio.tui.pages.funds import FINDINGS, FundsPage, sums
from hgt_portfolio.tui.pages.indicators import IndicatorsPage, Only
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.supervision import SupervisionPage
from hgt_portfolio.tui.pages.yearly import EMPTY, TURNING, YearPage, attained, wanted, year_at
from hgt_portfolio.tui.rows import RowTable

SECTION, NAME, COUNT = 8, 32, 8
COLUMNS = (
    Column("section", "部分", Kind.LABEL, 5),
    Column("name", "内容", Kind.TEXT, 16),
    Column("count", "数", Kind.LABEL, 4),
    Column("told", "说明", Kind.TEXT, 30),
)
KEYS = "Enter 打开所数的，左右键换年度，F8 导出评估表和评估报告。"

VERDICTS = (Attainment.UNMET, None, Attainment.MET)
"""In the order in which they are looked at."""


@dataclass(frozen=True)
class Door:
    """One line: its section, what it counts, how many, what is said of them, and the screen that shows them."""

    section: str
    name: str
    count: str
    told: str
    opens: Callable[[], Page]


@dataclass(frozen=True)
class Evaluated:
    """A year's lines, the point of its files too, and what is said below: the keys, or why there are no lines."""

    year: int
    point: Point
    doors: list[Door]
    said: str


class EvaluationPage(YearPage):
    """The sections of a year's evaluation; Enter opens what a line counts, F8 writes the evaluation's files."""

    PLACE = "evaluation"
    BINDINGS = [*PAGE_BINDINGS["evaluation"], *TURNING]  # noqa: RUF012 - Textual's own

    def body(self) -> ComposeResult:
        """Lay out the heading, the lines, what the one under the cursor says, and the keys."""
        yield Static(id="under_counts")
        yield RowTable(id="evaluation")
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the lines."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the year."""
        figures, asked = self.desk.figures, self._year
        return once(lambda frame: self._read_year(figures, frame, year_at(frame, asked)))

    def _read_year(self, figures: Figures, frame: Frame, year: int) -> Evaluated:
        try:
            point = evaluation_point(figures, year, self.desk.known_at)
        except Unknown as problem:
            return Evaluated(year, frame.point, [], str(problem) if figures.indicators(year, frame.point) else EMPTY)
        found = {catalogue: figures.indicators(year, point, catalogue) for catalogue in Catalogue}
        doors = [
            *(door for catalogue in TABLES for door in self._indicators(found[catalogue], catalogue, year)),
            *self._commitments(found[Catalogue.COMMITMENT], year),
            *self._projects(figures, point),
            *self._funds(figures, point),
            *self._supervision(figures, point),
        ]
        return Evaluated(year, point, doors, KEYS if any(found.values()) else EMPTY)

    def _indicators(self, rows: list[Judged], catalogue: Catalogue, year: int) -> Iterator[Door]:
        desk = self.desk
        for against_target in (False, True):
            held = f"{target_year(year)}年目标" if against_target else "指标值"
            for verdict in VERDICTS if rows else ():
                own = [one for one in rows if attained(one, against_target=against_target) is verdict]
                only = Only(verdict, against_target)

                def opens(only: Only = only) -> Page:
                    return IndicatorsPage(desk, year, catalogue, only)

                name = f"{TABLES[catalogue]} 对照{held} {verdict or '未定'}"
                yield Door(f"{catalogue}", name, f"{len(own)}/{len(rows)}", names(own, verdict), opens)

    def _commitments(self, rows: list[Judged], year: int) -> Iterator[Door]:
        desk = self.desk
        asked = [one for one in rows if any(map(wanted, one.lines))]
        if asked:
            told = "第四章的体系、任务、措施和其中的承诺"
            yield Door("承诺", "全部", f"{len(asked)}", told, lambda: CommitmentsPage(desk, year))
        for verdict, word in zip(VERDICTS, ("未做到", "未定", "做到"), strict=True):
            only = Only(verdict, None)
            own = [one for one in asked if only.lets(one)]

            def opens(only: Only = only) -> Page:
                return IndicatorsPage(desk, year, Catalogue.COMMITMENT, only)

            if asked:
                yield Door("承诺", word, f"{len(own)}/{len(asked)}", names(own, None), opens)

    def _projects(self, figures: Figures, point: Point) -> Iterator[Door]:
        desk, rules = self.desk, self.desk.rules
        total = figures.totals(point, rules=rules)
        when = f"截至 {point.day}"
        rated = f"计 {total.rate_plan.known}/{total.count} 项"
        told = f"{when} 本年完成率 {wording.rate(total.year_rate)}（{rated}）"
        yield Door("项目", "全部项目", f"{total.count}", told, self._all)
        for state in (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED):
            where = Filter(deadline_state=state)
            rows = figures.positions(point, where, rules=rules)
            nos, told = tuple(row.no for row in rows), f"{when} {'、'.join(f'#{row.no}' for row in rows)}"

            def opens(nos: tuple[str, ...] = nos, label: str = f"{state}（{point.day}）") -> Page:
                return ProjectsPage(desk, Filter(nos=nos), label)

            yield Door("项目", str(state), f"{len(rows)}/{total.count}", told, opens if nos else self._all)

    def _all(self) -> Page:
        return ProjectsPage(self.desk, Filter(), "")

    def _funds(self, figures: Figures, point: Point) -> Iterator[Door]:
        desk = self.desk
        rows = read_funded(figures, point)
        filed, every = counted(rows)
        told = " ".join(sums(rows).plain.split())
        yield Door("资金", "填报资金的项目", f"{filed}/{every}", told, lambda: FundsPage(desk, at=point))
        found = [one for row in rows for one in row.findings if one.rule != INCOMPARABLE]
        kinds = "、".join(f"{rule} {times}" for rule, times in Counter(one.rule for one in found).items())
        yield Door("资金", "资金监督发现", f"{len(found)}", kinds, lambda: FundsPage(desk, FINDINGS, point))

    def _supervision(self, figures: Figures, point: Point) -> Iterator[Door]:
        desk, items = self.desk, figures.supervision(point)
        still = sum(item.is_open for item in items)
        told = f"截至 {point.day} 共交办 {len(items)} 项，已销号 {len(items) - still} 项；打开的是现在的督办事项"
        yield Door("督办", "未销号", f"{still}/{len(items)}", told, lambda: SupervisionPage(desk))

    def show(self, found: Evaluated) -> None:
        """Fill the lines, the cursor staying on its own."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        told = max(self.size.width - SECTION - NAME - COUNT - 1, 10)
        table.clear(columns=True)
        for column, width in zip(COLUMNS, (SECTION, NAME, COUNT, told), strict=True):
            head = wording.right(column.head, width - 1) if column.key == "count" else wording.cell(column.head)
            table.add_column(head, width=width)
        for place, door in enumerate(found.doors):
            table.add_row(
                wording.cell(door.section),
                wording.fitted(door.name, NAME - 1),
                wording.right(door.count, COUNT - 1, "bold"),
                wording.fitted(door.told, told - 1) if door.told else Text(),
                key=str(place),
            )
        table.move_cursor(row=at, animate=False)
        title = f" {found.year}年度评估  项目和资金截至 {found.point.day} {period_text(found.point.period)}"
        self.query_one("#under_counts", Static).update(Text(title, "bold"))
        self.query_one("#count", Static).update(wording.words(found.said))
        self._draw_why()

    @on(DataTable.RowHighlighted, "#evaluation")
    def _draw_why(self) -> None:
        """Say in full what the line under the cursor says."""
        key, said = self.query_one(RowTable).chosen, Text()
        if key is not None and self._found is not None:
            door: Door = self._found.doors[int(key)]
            said = wording.words(f"{door.section} {door.name} {door.count}  {door.told}")
        self.query_one("#why", Static).update(said)

    @on(DataTable.RowSelected, "#evaluation")
    def _open(self, event: DataTable.RowSelected) -> None:
        door: Door = self._found.doors[int(str(event.row_key.value))]
        self.app.push_screen(door.opens())

    def exported(self) -> int | None:
        """Give the last quarter of the year shown: the files are of that year."""
        found: Evaluated | None = self._found
        return found.point.period if found is not None else None

    def shown(self) -> Shown:
        """Give the lines."""
        figures, asked = self.desk.figures, self._year

        def read(frame: Frame) -> list[Table]:
            found = self._read_year(figures, frame, year_at(frame, asked))
            rows = tuple((door.section, door.name, door.count, door.told) for door in found.doors)
            return [Table("年度评估", f"{found.year}年度评估", COLUMNS, rows)]

        return Shown("年度评估", read)


def names(rows: list[Judged], verdict: Attainment | None) -> str:
    """Name indicators; of those unmet, say how many bind."""
    binding = sum(one.binding is Binding.BINDING for one in rows) if verdict is Attainment.UNMET else 0
    return (f"约束性 {binding} 项。" if binding else "") + "、".join(one.name for one in rows)
