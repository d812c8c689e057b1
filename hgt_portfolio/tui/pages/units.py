"""单位: who owes what, one row a unit; Enter opens its projects, F8 exports its 责任清单."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import By, Filter, Group
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.rows import RowTable

COLUMNS: tuple[tuple[str, int, Callable[[Group], str]], ...] = (
    ("项目数", 7, lambda g: str(g.count)),
    ("总投资(万元)", 14, lambda g: wording.amount(g.investment) if g.priced else wording.UNKNOWN),
    ("逾期", 5, lambda g: str(g.deadline_states["逾期"])),
    ("到期未核实", 11, lambda g: str(g.deadline_states["到期未核实"])),
    ("应报未报", 9, lambda g: str(g.not_filed)),
    ("完成率", 8, lambda g: wording.rate(g.year_rate)),
    ("本年计划", 14, lambda g: wording.amount(g.year_plan.fen) if g.year_plan.known else wording.UNKNOWN),
    ("本年累计", 14, lambda g: wording.amount(g.ytd.fen) if g.ytd.known else wording.UNKNOWN),
)


class UnitsPage(Page):
    """The responsible units with their projects, money, lateness and silence."""

    PLACE = "units"
    BINDINGS = PAGE_BINDINGS["units"]

    def body(self) -> ComposeResult:
        """Lay out the table and its note."""
        table = RowTable(id="units", fixed_columns=1)
        table.add_column("单位(牵头)", width=15)
        table.add_column("类别", width=9)
        for head, width, _ in COLUMNS:
            table.add_column(wording.right(head, width), width=width + 1)
        yield table
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the totals of each unit."""
        figures, rules = self.desk.figures, self.desk.rules
        return lambda frame: figures.groups(frame.point, By.UNIT, rules=rules)

    def show(self, found: list[Group]) -> None:
        """Fill the table, the cursor staying on its row."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear()
        for group in found:
            red = "bold red" if group.deadline_states["逾期"] else ""
            cells = [
                wording.right(write(group), width, red if head == "逾期" else "") for head, width, write in COLUMNS
            ]
            table.add_row(wording.fitted(group.name, 14), wording.fitted(group.kind, 8), *cells, key=group.name)
        table.move_cursor(row=at)
        count = sum(group.count for group in found)
        said = f"{len(found)} 个牵头单位，{count} 个项目，不重复。Enter 看项目，F8 导出责任清单。"
        self.query_one("#count", Static).update(Text(said))

    def unit(self) -> str | None:
        """Give the unit under the cursor."""
        return self.query_one(RowTable).chosen

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        self.portfolio.open_projects(Filter(unit=str(event.row_key.value)), "")
