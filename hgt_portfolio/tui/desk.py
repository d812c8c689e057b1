"""What every screen works at: the two doors to the ledger, the office's settings, and the point in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hgt_portfolio.figures import Figures, Filter, Point
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.logs import log_unexpected
from hgt_portfolio.months import last_day, month_text, quarter_text
from hgt_portfolio.rules.point import filing_period
from hgt_portfolio.settings import Settings, write_settings
from hgt_portfolio.table import Table
from hgt_portfolio.terms import Basis

TRAVELLING = "现在看的是过去的台账（指定了截至日或数据时点），不能填报或改动。请先按 Alt+N 回到现在。"
READ_ONLY = "这次是以只读方式打开的（--read-only，或没有写入这个数据库的权限），不能填报或改动。"


@dataclass(frozen=True)
class Shown:
    """What a screen shows, for a file: the file's name without its suffix, and the tables, read in a thread."""

    name: str
    read: Callable[[Frame], Sequence[Table]]


@dataclass(frozen=True)
class Frame:
    """What the header says, read together with a page: the plan, the point and the rules in force."""

    title: str
    demo: bool
    point: Point
    rules_label: str


@dataclass
class Desk:
    """The state that the screens share: the point in time, the basis, the rules and the filter of the root screens.

    Whoever changes it raises ``revision``: a screen that comes up reads anew where that has moved on. A desk
    judged by other rules passes every change on to its ``origin``.
    """

    figures: Figures
    ledger: Ledger
    settings: Settings
    as_of: str | None
    known_at: str | None
    basis: Basis
    rules: str | None
    exports: Path
    database: str
    read_only: bool = False
    settings_file: Path | None = None
    where: Filter = field(default_factory=Filter)
    revision: int = 0
    origin: Desk | None = None
    _counted: tuple[Point, int] | None = field(default=None, init=False)

    @property
    def travelling(self) -> bool:
        """Whether the screens show the past, where nothing can be filed."""
        return bool(self.as_of or self.known_at)

    @property
    def frozen(self) -> str:
        """Why nothing can be written now, in a sentence; empty where it can."""
        return READ_ONLY if self.read_only else TRAVELLING if self.travelling else ""

    def change(self, **changes: Any) -> None:
        """Set some of the state anew, for every screen to read by."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.revision += 1
        if self.origin is not None:
            self.origin.change(**changes)

    def judged_by(self, rules: str) -> Desk:
        """Give a desk for screens that judge lights by another rule set than the rest."""
        return replace(self, rules=rules, origin=self)

    def keep(self, **changes: Any) -> None:
        """Change some of the office's settings, and write them to their file where there is one.

        Raises ``SettingsError`` where that cannot be written; the change holds for this run all the same.
        """
        self.settings = replace(self.settings, **changes)
        if self.origin is not None:
            self.origin.keep(**changes)
        elif self.settings_file is not None:
            write_settings(self.settings_file, changes)

    def point(self) -> Point:
        """Read the point that the screens show: today and the period being filed, unless another is asked for."""
        figures = self.figures
        if self.as_of:
            return figures.point(self.as_of, self.known_at)
        now = figures.point(None, self.known_at)
        return Point(now.day, filing_period(now.day), now.known_at)

    def everything(self, point: Point) -> int:
        """Count all projects at a point: read once, since what is known at a point never changes."""
        if self._counted is None or self._counted[0] != point:
            self._counted = point, self.figures.count(point)
        return self._counted[1]

    def filed_at(self, point: Point, period: int) -> Point:
        """Give the point at which one period's filings are judged."""
        return Point(last_day(period), period, point.known_at)

    def frame(self) -> Frame:
        """Read what the header says; this runs SQL and belongs in a thread."""
        plan, point = self.figures.plan(), self.point()
        label = self.figures.in_force(point, self.rules).label
        return Frame(plan.portfolio, bool(plan.demo), point, label)


def period_text(period: int) -> str:
    """Write a period: a quarter where it ends one, else the month."""
    return quarter_text(period) if period % 3 == 2 else month_text(period)


def sentence(problem: BaseException) -> str:
    """Say an error in words: the package's own errors are sentences already."""
    if type(problem).__module__.startswith("hgt_portfolio") or isinstance(problem, ValueError):
        return str(problem)
    return log_unexpected(problem)
