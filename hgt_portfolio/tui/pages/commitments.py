"""承诺: chapter 4 as a tree of systems, tasks and measures, with its commitments and what they are linked to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.figures.indicators import Line
from hgt_portfolio.plan.indicators import Measure, read_measures
from hgt_portfolio.rules.indicators import target_year
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import Attainment, Catalogue
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages.indicator import INDICATOR, PROJECT, IndicatorPage, links
from hgt_portfolio.tui.pages.yearly import (
    EMPTY,
    LOADABLE,
    TURNING,
    UNMET,
    YearPage,
    said_of,
    tally,
    unknown_why,
    wanted,
    year_at,
)
from hgt_portfolio.tui.rows import RowTable

OUTSIDE = "第四章以外"
STATE, VALUE = 33, 20
"""The cells of the counts or the state word, and those of the year's value."""

COLUMNS = (
    Column("system", "体系", Kind.LABEL, 8),
    Column("task", "任务", Kind.TEXT, 12),
    Column("code", "编号", Kind.LABEL, 5),
    Column("name", "承诺", Kind.TEXT, 14),
    Column("target", "要求", Kind.LABEL, 6),
    Column("actual", "实际值", Kind.LABEL, 6),
    Column("state", "情况", Kind.LABEL, 6),
    Column("indicators", "所联指标", Kind.LABEL, 6),
    Column("projects", "所联项目", Kind.LABEL, 6),
    Column("units", "责任单位", Kind.LABEL, 6),
    Column("quote", "原文", Kind.TEXT, 30),
)


@dataclass
class Branch:
    """A place in the tree: its key, name and full text, what hangs on it, and the commitments under it."""

    key: str
    name: str
    depth: int
    text: str = ""
    branches: list[Branch] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def under(self) -> Iterator[Line]:
        """Give every commitment under it."""
        yield from self.lines
        for branch in self.branches:
            yield from branch.under()


@dataclass(frozen=True)
class Tree:
    """The commitments at a year, and the names of what they are linked to."""

    year: int
    roots: list[Branch]
    names: dict[str, str]

    @property
    def lines(self) -> dict[str, Line]:
        """Every commitment by its code."""
        return {line.code: line for root in self.roots for line in root.under()}


def read_tree(figures: Figures, frame: Frame, year: int) -> Tree:
    """Read chapter 4 and its commitments at a year; this runs SQL and belongs in a thread."""
    found = figures.indicators(year, frame.point)
    lines = [line for one in found if one.catalogue is Catalogue.COMMITMENT for line in one.lines]
    nos = tuple(dict.fromkeys(no for line in lines for no in links(line.printed.projects)))
    projects = figures.positions(frame.point, Filter(nos=nos)) if nos else []
    names = {f"{PROJECT}{row.no}": row.name for row in projects}
    names |= {f"{INDICATOR}{line.code}": line.name for one in found for line in one.lines}
    return Tree(year, grown(lines), names)


def grown(lines: Sequence[Line]) -> list[Branch]:
    """Hang the commitments on the systems, tasks and measures; of another plan's on what they name themselves."""
    tasks = {line.printed.task for line in lines if line.printed.task}
    shipped = {f"{one.code} {one.task_name}": one for one in read_measures()}
    roots: dict[str, Branch] = {}
    places: dict[str, Branch] = {}
    grouped: dict[str, Branch] = {}
    if tasks and tasks <= set(shipped):
        places = {name: _measure(roots, grouped, one) for name, one in shipped.items()}
    for line in lines:
        name = line.printed.task or line.printed.domain or OUTSIDE
        place = places.get(name) or roots.setdefault(name, Branch(name, name, 0))
        place.lines.append(line)
    return list(roots.values())


def _measure(roots: dict[str, Branch], tasks: dict[str, Branch], one: Measure) -> Branch:
    """Grow a measure on its task and system, and these where they are new."""
    number = f"{one.system}"
    system = roots.setdefault(number, Branch(number, f"{number} {one.system_name}", 0))
    key = f"{number}.{one.task}"
    if key not in tasks:
        tasks[key] = Branch(key, f"{key} {one.task_name}", 1)
        system.branches.append(tasks[key])
    measure = Branch(one.code, f"{one.code} {one.measure_name}", 2, one.text)
    tasks[key].branches.append(measure)
    return measure


def state(line: Line) -> Text:
    """Say how a commitment stands: kept or not, or why that is open."""
    if not wanted(line):
        return Text(f"{target_year(line.year)}年没有要求", "dim")
    verdict = line.met_target or line.met_standard
    if verdict is None:
        return wording.cell(unknown_why(line) or wording.UNKNOWN, "dim")
    return wording.cell("做到") if verdict is Attainment.MET else wording.cell("未做到", UNMET)


class CommitmentsPage(YearPage):
    """The tree at one year; Enter opens a commitment or what it is linked to, and folds or unfolds all else."""

    PLACE = "commitments"
    BINDINGS = [*PAGE_BINDINGS["commitments"], *TURNING]  # noqa: RUF012 - Textual's own

    def __init__(self, desk: Desk, year: int | None = None) -> None:
        super().__init__(desk, year)
        self._open: set[str] | None = None
        self._branches: dict[str, Branch] = {}

    def body(self) -> ComposeResult:
        """Lay out the counts, the tree, what the row under the cursor says, and the keys."""
        yield Static(id="under_counts")
        yield RowTable(id="commitments")
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the tree."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the tree."""
        figures, year = self.desk.figures, self._year
        return once(lambda frame: read_tree(figures, frame, year_at(frame, year)))

    def show(self, found: Tree) -> None:
        """Fill the list with what is unfolded, the cursor staying on its row."""
        table = self.query_one(RowTable)
        key_before, at = table.chosen, table.cursor_row
        if self._open is None:
            self._open = {root.key for root in found.roots}
        self._branches = {}
        width = self.size.width - STATE - 1
        table.clear(columns=True)
        table.add_column("体系、任务、措施、承诺", width=width)
        table.add_column("情况", width=STATE)
        keys = []
        for key, name, stands in self._rows(found, found.roots):
            table.add_row(_kept(name, width - 1), stands, key=key)
            keys.append(key)
        table.move_cursor(row=keys.index(key_before) if key_before in keys else at, animate=False)
        whole = list(found.lines.values())
        title = f" 规划任务和承诺 {found.year}年（对照{target_year(found.year)}年要求）  {tally(whole)}"
        self.query_one("#under_counts", Static).update(Text(title, "bold"))
        said = "空格展开或收起，Enter 打开承诺和所联的项目、指标，F4 填报，左右键换年度。"
        self.query_one("#count", Static).update(wording.words(said if whole else EMPTY + LOADABLE))
        self._draw_why()

    def _rows(self, found: Tree, branches: Iterable[Branch]) -> Iterator[tuple[str, str, Text]]:
        """Give the rows that are unfolded: key, name behind its depth, and how it stands."""
        opened = self._open or set()
        for branch in branches:
            self._branches[branch.key] = branch
            is_open = branch.key in opened
            leaf = not branch.branches and not branch.lines
            sign = " " if leaf else "-" if is_open else "+"
            yield branch.key, f"{'  ' * branch.depth}{sign} {branch.name}", Text(tally(branch.under()), "dim")
            if is_open:
                yield from self._rows(found, branch.branches)
                for line in branch.lines:
                    yield from self._line_rows(found, line, branch.depth + 1)

    def _line_rows(self, found: Tree, line: Line, depth: int) -> Iterator[tuple[str, str, Text]]:
        linked = [
            *(f"{PROJECT}{no}" for no in links(line.printed.projects)),
            *(f"{INDICATOR}{code}" for code in links(line.printed.indicators)),
        ]
        is_open = line.code in (self._open or set())
        sign = ("-" if is_open else "+") if linked else "*"
        target = line.target or line.standard or wording.UNKNOWN
        yield line.code, f"{'  ' * depth}{sign} {line.code} {line.name} {target}", _stands(line)
        for key in linked if is_open else ():
            label = "项目 #" if key.startswith(PROJECT) else "指标 "
            name = found.names.get(key) or next((n for k, n in found.names.items() if k.startswith(f"{key}.")), "")
            name = name or wording.UNKNOWN
            yield f"{line.code} {key}", f"{'  ' * (depth + 2)}{label}{key.partition(':')[2]} {name}", Text()

    @on(DataTable.RowHighlighted, "#commitments")
    def _draw_why(self) -> None:
        """Say the row under the cursor in full: a measure's text, a commitment's words in the plan."""
        line, branch, said = self.line(), self._branches.get(self.query_one(RowTable).chosen or ""), Text()
        if line is not None:
            said = Text("\n").join((wording.words(said_of(line)), wording.words(f"原文：{line.printed.quote or ''}")))
        elif branch is not None:
            said = wording.words(branch.text or branch.name)
        self.query_one("#why", Static).update(said)

    def line(self) -> Line | None:
        """Give the commitment under the cursor, also from what it is linked to."""
        code = (self.query_one(RowTable).chosen or "").partition(" ")[0]
        return self._found.lines.get(code) if self._found else None

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        key = (self.query_one(RowTable).chosen or "").partition(" ")[2]
        return key.removeprefix(PROJECT) if key.startswith(PROJECT) else None

    def action_fold(self) -> None:
        """Fold or unfold the row under the cursor."""
        key = (self.query_one(RowTable).chosen or "").partition(" ")[0]
        if self._open is None or not key:
            return
        self._open ^= {key}
        self.show(self._found)

    @on(DataTable.RowSelected, "#commitments")
    def _enter(self, event: DataTable.RowSelected) -> None:
        code, _, linked = str(event.row_key.value).partition(" ")
        if linked.startswith(PROJECT):
            self.portfolio.open_detail(linked.removeprefix(PROJECT))
        elif linked:
            self._show_indicator(linked.removeprefix(INDICATOR))
        elif code in self._branches:
            self.action_fold()
        else:
            self._show_indicator(code)

    def _show_indicator(self, code: str) -> None:
        """Open a line; an indicator that has only sub-rows by its first."""
        known = [key.removeprefix(INDICATOR) for key in self._found.names if key.startswith(INDICATOR)]
        own = next((one for one in known if one == code or one.startswith(f"{code}.")), None)
        if own is None:
            self.portfolio.say(f"台账里没有编号为 {code} 的指标。")
        else:
            self.app.push_screen(IndicatorPage(self.desk, own, self._found.year))

    def shown(self) -> Shown:
        """Give every commitment with its place in the tree."""
        figures, year = self.desk.figures, self._year

        def read(frame: Frame) -> list[Table]:
            return [commitments_table(read_tree(figures, frame, year_at(frame, year)))]

        return Shown("规划承诺", read)


def _stands(line: Line) -> Text:
    """Write a commitment's state, and the year's value where one was filed."""
    said = state(line)
    if line.actual and line.actual.value:
        said = Text.assemble(said, "  ", wording.fitted(line.actual.value, VALUE))
    return said


def _kept(name: str, width: int) -> Text:
    """Fit a name, its depth kept."""
    deep = len(name) - len(name.lstrip())
    return Text.assemble(" " * deep, wording.fitted(name.strip(), width - deep))


def commitments_table(tree: Tree) -> Table:
    """List the commitments with what they want and how they stand."""
    rows = tuple(
        (
            *(line.printed.domain, line.printed.task, line.code, line.name, line.target or line.standard),
            (line.actual.value or line.actual.attained) if line.actual else None,
            *(state(line).plain, line.printed.indicators, line.printed.projects, line.printed.units),
            line.printed.quote,
        )
        for line in tree.lines.values()
    )
    return Table("承诺", f"规划承诺 {tree.year}年", COLUMNS, rows, notes=(tally(tree.lines.values()),))
