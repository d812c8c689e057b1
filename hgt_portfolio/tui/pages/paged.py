"""A list as it is read: its order, what it is grouped by, and one page of it with the totals of all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hgt_portfolio.figures import Filter, Group, Order, Position
from hgt_portfolio.tui.desk import Desk, Frame
from hgt_portfolio.tui.pages.grouping import Grouping

NOTHING = "没有符合条件的项目：按 ^L 清除筛选，或换个词再找。"
SEARCHED = (
    "可以找的：序号、名称、单位、领域、状态、期限，或名称的拼音首字母（ywgw 找雨污管网）；"
    "预警、开工、填报写全词：红灯、应开未开、未填报、迟报。几个词用空格隔开，须同时满足。"
)


@dataclass(frozen=True)
class View:
    """How the list is shown: its order, what it is grouped by, and its page."""

    order: tuple[Order, ...] = ()
    grouping: Grouping | None = None
    page: int = 0

    @property
    def keys(self) -> tuple[Order, ...]:
        """All that the ledger orders by: the groups first."""
        return (Order(self.grouping.field), *self.order) if self.grouping else self.order


@dataclass(frozen=True)
class Listed:
    """One page of the list as it was read, with the numbers and the totals of all of it."""

    view: View
    numbers: list[str]
    positions: list[Position]
    groups: list[Group]
    total: Group
    everything: int


def read_list(desk: Desk, where: Filter, view: View, follow: str | None, frame: Frame) -> Listed:
    """Read the page that a project stands on, or the page asked for; this runs SQL and belongs in a thread."""
    figures, rules, size = desk.figures, desk.rules, desk.settings.page
    numbers = figures.numbers(frame.point, where, rules=rules, order=view.keys)
    place = numbers.index(follow) if follow in numbers else min(view.page * size, max(len(numbers) - 1, 0))
    offset = place // size * size
    return Listed(
        replace(view, page=place // size),
        numbers,
        figures.positions(frame.point, where, rules=rules, order=view.keys, limit=size, offset=offset),
        figures.groups(frame.point, view.grouping.by, where, rules=rules) if view.grouping else [],
        figures.totals(frame.point, where, rules=rules),
        figures.totals(frame.point, rules=rules).count,
    )
