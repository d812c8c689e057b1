"""What every screen works at: the two doors to the ledger, the office's settings, and the point in time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.months import last_day, month_text, quarter_text
from hgt_portfolio.rules.point import filing_period
from hgt_portfolio.settings import Settings
from hgt_portfolio.terms import Basis

TRAVELLING = (
    "现在看的是过去的台账（指定了截至日或数据时点），不能填报或改动。请不带 --as-of、--known-at 重新打开后再办。"
)


@dataclass(frozen=True)
class Frame:
    """What the header says, read together with a page: the plan, the point and the rules in force."""

    title: str
    demo: bool
    point: Point
    rules_label: str


@dataclass
class Desk:
    """The state that the screens share; ``basis`` is the one thing they change."""

    figures: Figures
    ledger: Ledger
    settings: Settings
    as_of: str | None
    known_at: str | None
    basis: Basis
    rules: str | None
    exports: Path
    database: str
    revision: int = 0

    @property
    def travelling(self) -> bool:
        """Whether the screens show the past, where nothing can be filed."""
        return bool(self.as_of or self.known_at)

    def point(self) -> Point:
        """Read the point that the screens show: today and the period being filed, unless another is asked for."""
        figures = self.figures
        if self.as_of:
            return figures.point(self.as_of, self.known_at)
        now = figures.point(None, self.known_at)
        return Point(now.day, filing_period(now.day), now.known_at)

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
    return f"程序出错（{type(problem).__name__}）：{problem}。请把这句话告诉维护人员。"
