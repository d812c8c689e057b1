"""Bars by domain and by unit: one row a group, each a door to exactly its projects."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

from rich.text import Text
from textual.message import Message

from hgt_portfolio.figures import By, Filter, Group
from hgt_portfolio.money import rounded
from hgt_portfolio.terms import DeadlineState, FilingState, Light
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.pages.counts import Count, silent_word
from hgt_portfolio.tui.rows import RowTable

SHORTEST_BAR, LONGEST_BAR = 10, 40
RATE = 7
LIGHTS, MOST_LIGHTS = 12, 16
COLUMNS = (
    ("项数", 4),
    ("投资(亿)", 8),
    ("逾期", 4),
    ("到期未核实", 10),
    (FilingState.MISSING, 6),
)
COUNTS = tuple(head for head, _ in COLUMNS)
"""The columns of numbers, whose heads stand over their right ends."""
HEADS = {By.DOMAIN: "领域", By.UNIT: "单位"}
NAME, WIDEST_NAME = 12, 24
LEAST, MOST = (LIGHTS, NAME, SHORTEST_BAR), (MOST_LIGHTS, WIDEST_NAME, LONGEST_BAR)
SCROLLBAR = 2
"""The cells of the scroll bar, and of the space at the left."""


class EdgeTable(RowTable):
    """A list that the cursor leaves beyond its first and last row; it shows its cursor while it has the focus."""

    class Left(Message):
        """The cursor went up beyond the first row, or down beyond the last."""

        def __init__(self, table: EdgeTable, step: int) -> None:
            self.table, self.step = table, step
            super().__init__()

    def on_mount(self) -> None:
        """Begin without the focus."""
        self.show_cursor = self.has_focus

    def on_focus(self) -> None:
        """Show which row is chosen."""
        self.show_cursor = True

    def on_blur(self) -> None:
        """Leave the rows their colours."""
        self.show_cursor = False

    def action_cursor_up(self) -> None:
        """Move up, or out of the list."""
        if self.cursor_row <= 0:
            self.post_message(EdgeTable.Left(self, -1))
        else:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Move down, or out of the list."""
        if self.cursor_row >= self.row_count - 1:
            self.post_message(EdgeTable.Left(self, 1))
        else:
            super().action_cursor_down()


class Bars(EdgeTable):
    """The groups of one kind, with what each has done of its year plan as a bar."""

    def __init__(self, by: By) -> None:
        super().__init__(id=f"bars_{by}")
        self._by = by
        self._counts: dict[str, Count] = {}

    def fill(self, groups: list[Group]) -> None:
        """Show the groups, the cursor staying on its group."""
        at, room = self.chosen, (self.outer_size.width or self.app.size.width) - SCROLLBAR
        lamps, name, length = (low + given for low, given in zip(LEAST, _shared(max(room - _width(), 0)), strict=True))
        widths = [(HEADS[self._by], name), ("完成率", length + RATE), ("灯", lamps), *COLUMNS]
        ends = accumulate(width + 1 for _, width in widths)
        shown = [column for column, end in zip(widths, ends, strict=True) if end <= room] or widths[:1]
        self.clear(columns=True)
        for head, width in shown:
            said = silent_word(*groups) if head == FilingState.MISSING else head
            title = wording.right(said, width) if head in COUNTS else Text(said)
            self.add_column(title, width=width + 1, key=head)
        self._counts = {group.name: Count(Text(group.name), group.count, self._where(group)) for group in groups}
        for group in groups:
            cells = (wording.fitted(group.name, name), bar(group.year_rate, length), *_cells(group))
            self.add_row(*cells[: len(shown)], key=group.name)
        if at in self._counts:
            self.move_cursor(row=list(self._counts).index(at))

    def _where(self, group: Group) -> Filter:
        return Filter(domain=group.name) if self._by is By.DOMAIN else Filter(unit=group.name)

    @property
    def counts(self) -> dict[str, Count]:
        """What each row counts, by its key."""
        return self._counts


def _width() -> int:
    """Give the cells that all columns take at the least."""
    return sum(width + 1 for width in (*LEAST, *(width for _, width in COLUMNS))) + RATE


def _shared(spare: int) -> list[int]:
    """Share what room is left among the lights, the name and the bar, each to its most before the next."""
    given = []
    for low, high in zip(LEAST, MOST, strict=True):
        given.append(min(spare, high - low))
        spare -= given[-1]
    return given


def _cells(group: Group) -> tuple[Text, ...]:
    overdue, unverified = (group.deadline_states[state] for state in (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED))
    return (
        lights(group),
        wording.right(str(group.count), 4),
        wording.right(wording.yi(group.investment if group.priced else None), 8),
        wording.right(str(overdue), 4, "bold red" if overdue else "dim"),
        wording.right(str(unverified), 10, "" if unverified else "dim"),
        wording.right(str(group.not_filed), 6, "" if group.not_filed else "dim"),
    )


def bar(rate: Decimal | None, length: int) -> Text:
    """Draw a rate as a bar of ``#`` with the percentage behind it; beyond the whole the bar is full."""
    if rate is None:
        return wording.right(wording.UNKNOWN, length + RATE)
    done = min(max(int(rounded(rate * length, 0)), 0), length)
    return Text.assemble("#" * done, ("." * (length - done), "dim"), f"{wording.rate(rate):>{RATE}}")


def lights(group: Group) -> Text:
    """Count a group's lights, the worst first: 红1 黄2 绿5."""
    shown = [(light, group.lights[light]) for light in (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN)]
    parts = [Text(f"{light}{number}", wording.LIGHT_STYLES[light]) for light, number in shown if number]
    return Text(" ").join(parts) if parts else Text(wording.UNKNOWN, "dim")
