"""总览: where the portfolio stands; every count is a door to exactly the projects it counts."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.events import Click
from textual.message import Message
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Position
from hgt_portfolio.rules.pressing import pressing_reason
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.pages.counts import (
    LINES,
    MONEY,
    Count,
    Overview,
    counts_of,
    days_of,
    domain_counts,
    monthly,
    read_overview,
)
from hgt_portfolio.tui.rows import RowTable

PRESSING_COLUMNS = (("事由", 10), ("天数", 5), ("序号", 4), ("名称", 30), ("单位", 12), ("总投资(万元)", 12))
NAME_AT = 3


class Door(Static, can_focus=True):
    """A figure that opens the projects it counts."""

    BINDINGS = [Binding("enter", "open", "打开", show=False)]  # noqa: RUF012 - Textual's own

    class Opened(Message):
        """The operator wants to see what a figure counts."""

        def __init__(self, count: Count) -> None:
            self.count = count
            super().__init__()

    def __init__(self, key: str) -> None:
        super().__init__(classes="door")
        self.key = key
        self.count: Count | None = None
        self.display = False

    def set_count(self, count: Count | None) -> None:
        """Show a figure, or hide the door where there is none."""
        self.count = count
        self.display = count is not None
        if count is not None:
            self.update(count.text)

    def action_open(self) -> None:
        """Open what the figure counts."""
        if self.count is not None:
            self.post_message(Door.Opened(self.count))

    def on_click(self, event: Click) -> None:
        """Open on a click, too."""
        event.stop()
        self.action_open()


class PressingTable(RowTable):
    """A list that the cursor leaves upwards from its first row."""

    class Left(Message):
        """The cursor went up beyond the first row."""

    def action_cursor_up(self) -> None:
        """Move up, or out of the list."""
        if self.cursor_row <= 0:
            self.post_message(PressingTable.Left())
        else:
            super().action_cursor_up()


class OverviewPage(Page):
    """Totals, phases, flows, states and lights, and below them the most pressing projects."""

    PLACE = "overview"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        *PAGE_BINDINGS["overview"],
        Binding("left", "along(-1)", "前一个数", show=False),
        Binding("right", "along(1)", "后一个数", show=False),
        Binding("up", "row(-1)", "上一行", show=False),
        Binding("down", "row(1)", "下一行", show=False),
    ]

    def body(self) -> ComposeResult:
        """Lay out the lines of figures, then the list."""
        with Container(id="figures"):
            with Vertical(id="money"):
                for label, keys in MONEY:
                    yield from _line(label, keys)
            with Vertical(id="states"):
                for line in LINES:
                    yield from _line(line.label, tuple(f"{line.name}:{term}" for term in line.terms))
        yield Vertical(id="domains")
        yield Static(id="pressing_title")
        table = PressingTable(id="pressing")
        for place, (head, width) in enumerate(PRESSING_COLUMNS):
            table.add_column(head, width=width + 1, key=str(place))
        yield table

    def question(self) -> Question:
        """Ask for the totals and the pressing projects."""
        figures, rules = self.desk.figures, self.desk.rules
        return lambda frame: read_overview(figures, rules, frame)

    async def show(self, found: Overview) -> None:
        """Put the figures on their doors and the projects in the list."""
        if self.frame is None:
            return
        counts = counts_of(found, self.frame.point)
        for door in self.query(Door):
            door.set_count(counts.get(door.key))
        self.query_one("#words", Static).update(monthly(found.group))
        await self._show_domains(found)
        self._fill(found.pressing)
        title = f"最要紧的 {len(found.pressing)} 件" if found.pressing else "眼下没有要紧的项目"
        hint = "" if found.group.filed else "   本期尚无填报：按 F4 填报，或按 F8 发出填报表给各单位。"
        self.query_one("#pressing_title", Static).update(Text.assemble((title, "bold"), hint))
        if self.focused is None:
            self.query(Door).first().focus()

    async def _show_domains(self, found: Overview) -> None:
        """Draw one line a domain; the lines stay as long as the domains do."""
        box = self.query_one("#domains", Vertical)
        rows = [domain_counts(group) for group in found.domains]
        if len(box.query(Horizontal)) != len(rows):
            await box.remove_children()
            keys = [tuple(f"domain:{place}:{n}" for n in range(len(row))) for place, row in enumerate(rows)]
            await box.mount_all(_domain_line(row) for row in keys)
        doors = iter(box.query(Door))
        for row in rows:
            for count in row:
                next(doors).set_count(count)

    def _fill(self, rows: list[Position]) -> None:
        table = self.query_one(PressingTable)
        at = table.cursor_row
        name = self._name_width()
        table.columns[table.ordered_columns[NAME_AT].key].width = name + 1
        table.clear()
        for position in rows:
            why = pressing_reason(position) or ""
            days = days_of(why, position)
            table.add_row(
                wording.cell(why, "bold red" if why in ("逾期", "红灯") else ""),
                wording.right(wording.UNKNOWN if days is None else str(days), 4),
                wording.right(position.no, 4),
                wording.fitted(position.name, name),
                wording.fitted(position.unit, 12),
                wording.right(wording.amount(position.investment), 12),
                key=position.no,
            )
        table.move_cursor(row=at)

    def _name_width(self) -> int:
        others = sum(width + 1 for _, width in PRESSING_COLUMNS) - PRESSING_COLUMNS[NAME_AT][1]
        return max(self.size.width - others - 3, 20)

    def chosen(self) -> str | None:
        """Give the pressing project under the cursor."""
        return self.query_one(PressingTable).chosen

    def _lines(self) -> list[list[Door]]:
        """Give the figures on the screen, line by line from the top down, each from left to right."""
        lines: dict[int, list[Door]] = {}
        for door in self.query(Door):
            if door.region.width:
                lines.setdefault(door.region.y, []).append(door)
        return [sorted(lines[y], key=lambda door: door.region.x) for y in sorted(lines)]

    def action_row(self, step: int) -> None:
        """Move the focus to the nearest figure a line up or down."""
        lines, at = self._lines(), self.focused
        here = next((place for place, line in enumerate(lines) if at in line), -step)
        if here + step >= len(lines):
            self.query_one(PressingTable).focus()
        elif here + step >= 0:
            x = at.region.x if at is not None else 0
            min(lines[here + step], key=lambda door: abs(door.region.x - x)).focus()

    def action_along(self, step: int) -> None:
        """Move the focus to the next or previous figure, line after line."""
        doors = [door for line in self._lines() for door in line]
        if isinstance(self.focused, Door) and self.focused in doors:
            doors[(doors.index(self.focused) + step) % len(doors)].focus()

    @on(PressingTable.Left)
    def _leave_list(self) -> None:
        lines = self._lines()
        if lines:
            lines[-1][0].focus()

    @on(Door.Opened)
    def _open(self, message: Door.Opened) -> None:
        self.portfolio.open_projects(message.count.where, message.count.label)

    @on(DataTable.RowSelected)
    def _open_row(self, event: DataTable.RowSelected) -> None:
        self.portfolio.open_detail(str(event.row_key.value))


def _domain_line(keys: tuple[str, ...]) -> Horizontal:
    return Horizontal(*(Door(key) for key in keys), classes="line")


def _line(label: str, keys: tuple[str, ...]) -> ComposeResult:
    with Horizontal(classes="line"):
        yield Static(label, classes="label")
        if keys:
            yield from (Door(key) for key in keys)
        else:
            yield Static(id="words")
