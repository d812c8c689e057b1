"""A list as it is read: its order, what it is grouped by, one page of it, and then how many there are and the sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from textual.geometry import Size

from hgt_portfolio.figures import Filter, Group, Order, Position
from hgt_portfolio.tui.desk import Desk, Frame
from hgt_portfolio.tui.filtering import FilteredPage
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
    """One page of the list as it was read; what is known only of the whole of it follows, None until then.

    ``follow`` is the project whose page was asked for.
    """

    view: View
    follow: str | None
    positions: list[Position]
    groups: list[Group]
    count: int | None
    everything: int | None = None
    total: Group | None = None

    def pages(self, size: int) -> str:
        """Write which page this is of how many."""
        return f"第 {self.view.page + 1}{'' if self.count is None else f'/{max(-(-self.count // size), 1)}'} 页"


def read_list(desk: Desk, where: Filter, view: View, follow: str | None, frame: Frame) -> Iterator[Listed]:
    """Read the page asked for, how many there are, the sums, then the page that a project stands on, if another one.

    This runs SQL and belongs in a thread.
    """
    figures, rules, size, point = desk.figures, desk.rules, desk.settings.page, frame.point

    def page(number: int) -> list[Position]:
        return figures.positions(point, where, rules=rules, order=view.keys, limit=size, offset=number * size)

    positions = page(view.page)
    if view.page and not positions:
        last = max(figures.count(point, where, rules=rules) - 1, 0) // size
        view, positions = replace(view, page=last), page(last)
    groups = figures.groups(point, view.grouping.by, where, rules=rules) if view.grouping else []
    count = view.page * size + len(positions) if len(positions) < size else None
    whole = where == Filter()
    found = Listed(view, follow, positions, groups, count, count if whole else None)
    yield found
    if found.everything is None:
        count = figures.count(point, where, rules=rules) if count is None else count
        found = replace(found, count=count, everything=count if whole else desk.everything(point))
        yield found
    total = figures.totals(point, where, rules=rules)
    found = replace(found, total=total)
    yield found
    if follow and total.count > size and follow not in {position.no for position in positions}:
        numbers = figures.numbers(point, where, rules=rules, order=view.keys)
        if follow in numbers:
            number = numbers.index(follow) // size
            yield replace(found, view=replace(view, page=number), positions=page(number))


class PagedPage(FilteredPage):
    """A screen that shows a list in pages; ``wanted`` is the project that its cursor stays on."""

    def __init__(self, desk: Desk, opened: Filter | None = None, label: str = "") -> None:
        super().__init__(desk, opened, label)
        self.view = View()
        self.wanted: str | None = None
        self.listed: Listed | None = None
        self._drawn_at: Size | None = None

    def take(self, found: Listed) -> bool:
        """Take an answer, and tell whether its rows are to be drawn, not only what has become known of the whole."""
        before, size = self.listed, self._drawn_at
        if before is not None and found.follow not in (None, self.wanted) and found.view != self.view:
            # The cursor has moved on meanwhile: it stays on the page that it is on.
            found = replace(found, view=self.view, positions=before.positions)
        self.listed, self.view, self._drawn_at = found, found.view, self.size
        return before is None or found.positions is not before.positions or size != self.size

    def narrow(self, where: Filter) -> None:
        """Take another filter, from its first page on."""
        self.view = replace(self.view, page=0)
        super().narrow(where)

    def action_turn(self, step: int) -> None:
        """Turn to another page, where there is one."""
        if self.listed is None:
            return
        page, size, count = self.view.page + step, self.desk.settings.page, self.listed.count
        if page >= 0 and (step < 0 or count is None or page * size < count):
            self.view, self.wanted = replace(self.view, page=page), None
            self.reread()
