"""Bars by domain and by unit: one row a group, each a door to exactly its projects."""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text
from textual.message import Message

from hgt_portfolio.figures import By, Filter, Group
from hgt_portfolio.money import rounded
from hgt_portfolio.terms import DeadlineState, Light
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.pages.counts import Count
from hgt_portfolio.tui.rows import RowTable

BAR = 10
COLUMNS = (
    ("完成率", 18),
    ("灯", 12),
    ("项数", 4),
    ("投资亿元", 8),
    ("逾期", 4),
    ("未核实", 6),
    ("未报", 4),
)
HEADS = {By.DOMAIN: "领域", By.UNIT: "单位"}
NAME = 12
WIDEST_NAME = 24


class EdgeTable(RowTable):
    """A list that the cursor leaves beyond its first and last row."""

    class Left(Message):
        """The cursor went up beyond the first row, or down beyond the last."""

        def __init__(self, table: EdgeTable, step: int) -> None:
            self.table, self.step = table, step
            super().__init__()

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
        at, name = self.chosen, min(max(self.size.width - _width(), NAME), WIDEST_NAME)
        self.clear(columns=True)
        for head, width in ((HEADS[self._by], name), *COLUMNS):
            self.add_column(head, width=width + 1, key=head)
        self._counts = {group.name: Count(Text(group.name), group.count, self._where(group)) for group in groups}
        for group in groups:
            self.add_row(wording.fitted(group.name, name), *_cells(group), key=group.name)
        if at in self._counts:
            self.move_cursor(row=list(self._counts).index(at))

    def _where(self, group: Group) -> Filter:
        return Filter(domain=group.name) if self._by is By.DOMAIN else Filter(unit=group.name)

    @property
    def counts(self) -> dict[str, Count]:
        """What each row counts, by its key."""
        return self._counts


def _width() -> int:
    return sum(width + 1 for _, width in COLUMNS) + 2


def _cells(group: Group) -> tuple[Text, ...]:
    overdue, unverified = (group.deadline_states[state] for state in (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED))
    return (
        bar(group.year_rate),
        lights(group),
        wording.right(str(group.count), 4),
        wording.right(wording.yi(group.investment if group.priced else None), 8),
        wording.right(str(overdue), 4, "bold red" if overdue else "dim"),
        wording.right(str(unverified), 6, "" if unverified else "dim"),
        wording.right(str(group.not_filed), 4, "" if group.not_filed else "dim"),
    )


def bar(rate: Decimal | None) -> Text:
    """Draw a rate as a bar of ``#`` with the percentage behind it; beyond the whole the bar is full."""
    if rate is None:
        return wording.right(wording.UNKNOWN, BAR + 8)
    done = min(max(int(rounded(rate * BAR, 0)), 0), BAR)
    return Text.assemble("#" * done, ("." * (BAR - done), "dim"), f"{wording.rate(rate):>8}")


def lights(group: Group) -> Text:
    """Count a group's lights, the worst first: 红1 黄2 绿5."""
    shown = [(light, group.lights[light]) for light in (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN)]
    parts = [Text(f"{light}{number}", wording.LIGHT_STYLES[light]) for light, number in shown if number]
    return Text(" ").join(parts) if parts else Text(wording.UNKNOWN, "dim")
