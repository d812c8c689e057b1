"""规则比较: the rule sets side by side; a count opens its rows judged by that set, and one set is taken for all."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter, InForce
from hgt_portfolio.reports.rule_sets import bands, rule_comparison, rule_differences, standing
from hgt_portfolio.rules.lights import RULE_SETS
from hgt_portfolio.table import Table
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.rows import RowTable

NAMES = tuple(RULE_SETS)
USE = "use"
"""The row that takes a rule set for the whole program; the others are lights."""

USE_HEAD = "用哪套"

HEAD_WIDTH, SET_WIDTH = 8, 23
NUMBER, UNIT, LIGHT, COUNT = 5, 13, 10, 7
LIMIT = 200


@dataclass(frozen=True)
class Compared:
    """The counts of lights and the projects that differ, each set's standing, and the one the screens use."""

    counts: Table
    differing: Table
    standings: dict[str, InForce]
    used: str


def read_rules(desk: Desk, frame: Frame) -> Compared:
    """Read the comparison over all projects; this runs SQL and belongs in a thread."""
    figures, point = desk.figures, frame.point
    return Compared(
        rule_comparison(figures, point, Filter()),
        rule_differences(figures, point, Filter()),
        {name: figures.in_force(point, name) for name in NAMES},
        figures.in_force(point, desk.rules).rules.name,
    )


class CountTable(RowTable):
    """The counts, one chosen at a time."""

    def __init__(self) -> None:
        super().__init__(id="counts", fixed_columns=1)
        self.cursor_type = "cell"

    action_cursor_left, action_cursor_right = DataTable.action_cursor_left, DataTable.action_cursor_right


class RulesPage(Page):
    """The rule sets over all projects, and below them the projects that they judge differently."""

    PLACE = "rules"
    BINDINGS = PAGE_BINDINGS["rules"]

    def body(self) -> ComposeResult:
        """Lay out the sentence, the counts, what the set under the cursor is, and the projects."""
        yield Static(id="under_counts")
        yield CountTable()
        yield Static(id="source")
        yield RowTable(id="differing", fixed_columns=2)
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the counts."""
        super().on_mount()
        self.query_one(CountTable).focus()

    def question(self) -> Question:
        """Ask for the rule sets side by side."""
        desk = self.desk
        return once(lambda frame: read_rules(desk, frame))

    def show(self, found: Compared) -> None:
        """Fill both tables, their cursors staying where they are."""
        self.query_one("#under_counts", Static).update(Text(f" 全部项目 {found.counts.notes[0]}", "bold"))
        self._fill_counts(found)
        self._fill_differing(found)
        self._show_source()
        self._show_why()
        rows = len(found.differing.rows)
        shown = f"，列出前 {LIMIT} 项" if rows > LIMIT else ""
        said = f"{found.differing.notes[0]}{shown}。Enter 打开所指的数或项目，在“{USE_HEAD}”一行换用；Tab 换表。"
        self.query_one("#count", Static).update(wording.words(said))

    def _fill_counts(self, found: Compared) -> None:
        table = self.query_one(CountTable)
        at = table.cursor_coordinate
        table.clear(columns=True)
        for place, column in enumerate(found.counts.columns):
            table.add_column(Text(column.head), width=SET_WIDTH if place else HEAD_WIDTH, key=column.key)
        for light, *counts in found.counts.rows:
            head = wording.light(str(light))
            table.add_row(head, *(wording.right(f"{count} 项", COUNT) for count in counts), key=str(light))
        used = (_used(found.standings[name], used=name == found.used) for name in NAMES)
        table.add_row(Text(USE_HEAD), *used, key=USE)
        table.move_cursor(row=at.row, column=max(at.column, 1), animate=False)

    def _fill_differing(self, found: Compared) -> None:
        table, at = self.query_one("#differing", RowTable), self.query_one("#differing", RowTable).cursor_row
        name_width = max(self.size.width - NUMBER - UNIT - LIGHT * len(NAMES) - 2, 20)
        table.clear(columns=True)
        widths = (NUMBER, name_width, UNIT, *(LIGHT for _ in NAMES))
        for column, width in zip(found.differing.columns, widths, strict=False):
            table.add_column(Text(column.head), width=width)
        for no, name, unit, *judged in found.differing.rows[:LIMIT]:
            lights = (wording.light(str(light)) for light in judged[: len(NAMES)])
            number = wording.right(str(no), NUMBER - 1)
            table.add_row(
                number, wording.fitted(name, name_width - 1), wording.fitted(unit, UNIT - 1), *lights, key=str(no)
            )
        table.move_cursor(row=at, animate=False)

    @property
    def _set(self) -> str:
        """The rule set under the cursor."""
        return NAMES[max(self.query_one(CountTable).cursor_column - 1, 0)]

    @on(DataTable.CellHighlighted, "#counts")
    def _show_source(self) -> None:
        found: Compared | None = self._found
        if found is None:
            return
        rules = RULE_SETS[self._set]
        label = standing(found.standings[rules.name])
        said = f"{rules.name}，{label}：{rules.source}。{bands(rules)}"
        self.query_one("#source", Static).update(wording.words(said))

    @on(DataTable.RowHighlighted, "#differing")
    def _show_why(self) -> None:
        found: Compared | None = self._found
        at = self.query_one("#differing", RowTable).cursor_row
        if found is None or not found.differing.rows:
            self.query_one("#why", Static).update(Text("各套规则给出的灯都相同。" if found else ""))
            return
        row = found.differing.rows[at]
        lights, reasons = row[3 : 3 + len(NAMES)], row[3 + len(NAMES) :]
        said = [f"{name} {light}：{reason}" for name, light, reason in zip(NAMES, lights, reasons, strict=True)]
        self.query_one("#why", Static).update(Text("\n").join(map(wording.words, said)))

    @on(DataTable.CellSelected, "#counts")
    def _open_count(self, event: DataTable.CellSelected) -> None:
        light, name = str(event.cell_key.row_key.value), self._set
        if event.coordinate.column == 0:
            self.portfolio.say("请用左右键选一套规则。")
        elif light == USE:
            self._use(name)
        else:
            self.app.push_screen(ProjectsPage(self.desk.judged_by(name), Filter(light=light), f"{name} {light}灯"))

    def _use(self, name: str) -> None:
        """Judge every screen by a rule set, until another is taken or the program ends."""
        self.desk.change(rules=name)
        self.portfolio.say(f"各屏已改用 {name}，只在这次打开期间；正式采用须有文号：hgt rules adopt。")
        self.reread()

    @on(DataTable.RowSelected, "#differing")
    def _open_project(self, event: DataTable.RowSelected) -> None:
        self.app.push_screen(DetailPage(self.desk, str(event.row_key.value)))

    def shown(self) -> Shown:
        """Give the counts and the projects that differ."""
        figures = self.desk.figures

        def read(frame: Frame) -> list[Table]:
            return [build(figures, frame.point, Filter()) for build in (rule_comparison, rule_differences)]

        return Shown("规则比较", read)


def _used(in_force: InForce, *, used: bool) -> Text:
    return wording.fitted(f"{'现用' if used else '换用'} {standing(in_force)}", SET_WIDTH - 1, "bold" if used else "")
