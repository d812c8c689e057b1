"""逾期: what is late, past due and unsaid, soon due, or should have started, with days and the last word on it."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Filter, Order, Position
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Frame
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.pages.counts import days_of
from hgt_portfolio.tui.rows import RowTable

KINDS = (
    ("逾期", Filter(deadline_state="逾期")),
    ("到期未核实", Filter(deadline_state="到期未核实")),
    ("临期", Filter(deadline_state="临期")),
    ("应开未开", Filter(start_state="应开未开")),
)
HEADS = (
    *(("类别", 11), ("天数", 7), ("序号", 5), ("名称", 26)),
    *(("期限", 11), ("最近核实", 11), ("备注", 7), ("单位", 13)),
)
NAME = 3
LIMIT = 200


def read_late(figures: Figures, rules: str | None, frame: Frame) -> list[tuple[str, int, list[Position]]]:
    """Read each kind with its true count and its first rows, the longest overdue first."""
    return [
        (
            kind,
            figures.totals(frame.point, where, rules=rules).count,
            figures.positions(frame.point, where, rules=rules, order=(Order("due"),), limit=LIMIT),
        )
        for kind, where in KINDS
    ]


class QueuePage(Page):
    """The projects that a deadline or a start presses, kind after kind."""

    PLACE = "queue"
    BINDINGS = PAGE_BINDINGS["queue"]

    def body(self) -> ComposeResult:
        """Lay out the counts and the list."""
        yield Static(id="under_counts")
        yield RowTable(id="late")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the four kinds."""
        figures, rules = self.desk.figures, self.desk.rules
        return lambda frame: read_late(figures, rules, frame)

    def show(self, found: list[tuple[str, int, list[Position]]]) -> None:
        """Fill the list; a project that is late twice stands twice."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        room = self.size.width - sum(width for head, width in HEADS if head != "名称") - 3
        for place, (head, width) in enumerate(HEADS):
            table.add_column(head, width=max(width, room) if place == NAME else width)
        name = max(HEADS[NAME][1], room) - 1
        for kind, _, positions in found:
            for position in positions:
                table.add_row(*_row(kind, position, name), key=f"{kind} {position.no}")
        table.move_cursor(row=at)
        counts = "  ".join(f"{kind} {count}" for kind, count, _ in found)
        self.query_one("#under_counts", Static).update(Text(f" {counts}", "bold"))
        shown = sum(len(positions) for _, _, positions in found)
        total = sum(count for _, count, _ in found)
        said = f"{shown}/{total} 条。F6 登记核实，F4 填报；到期未核实的核实后转为完工或逾期。"
        self.query_one("#count", Static).update(Text(said if total else "没有逾期、到期未核实、临期或应开未开的项目。"))

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        key = self.query_one(RowTable).chosen
        return None if key is None else key.partition(" ")[2]

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        self.portfolio.open_detail(str(event.row_key.value).partition(" ")[2])


def _row(kind: str, position: Position, name: int) -> tuple[Text, ...]:
    days = days_of(kind, position)
    left = "剩" if kind == "临期" else ""
    return (
        wording.cell(kind, "bold red" if kind == "逾期" else ""),
        wording.right(wording.UNKNOWN if days is None else f"{left}{days}", 6),
        wording.right(position.no, 4),
        wording.fitted(position.name, name),
        wording.cell(wording.day(position.due_date)),
        wording.cell(wording.day(position.last_word)),
        wording.cell("待更新" if position.stale else ""),
        wording.fitted(position.unit, 12),
    )
