"""How a project of the demonstration gets on: one course a project, the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zlib import crc32

from hgt_portfolio.months import Month, first_day, month, month_text
from hgt_portfolio.plan import PlanRow
from hgt_portfolio.terms import UNSTARTED_STATUSES, InvestmentKind, Status

OPERATOR = "演示员"

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""

PACES = (96, 104, 71, 100, 45, 88, 110, 79, 100, 62)
"""Percent of an even pace that projects keep."""

SETTLED = month(2024, 9)
"""The month from which an amount that the plan leaves open is known."""

SETTLED_FEN = 86_000_000_00
BREAK_AFTER, BREAK_MONTHS = 10, 6
"""A project that stops does so this many months after its start, for this long."""

KEPT_UP = 80
"""Percent of an even pace from which a project under way tells of no trouble."""

TROUBLES = {
    Status.SUSPENDED: ("演示：资金未到位，暂停施工", "演示：落实资金后复工"),
    Status.UNDER_WAY: ("演示：用地手续未办结，影响施工", "演示：倒排工期，加快办理"),
}


def lot(*parts: object) -> int:
    """Draw a number for a subject: the same for the same words, on every machine."""
    return crc32("/".join(map(str, parts)).encode())


@dataclass(frozen=True)
class Course:
    """The course of one project, by its plan's row; months and fen as everywhere."""

    row: PlanRow
    start: Month
    due: Month

    @cached_property
    def begins(self) -> Month:
        """The month in which work begins: one in seven projects begins a quarter late."""
        return self.start + (3 if lot(self.row.no, "begin") % 7 == 0 else 0)

    @cached_property
    def pace(self) -> int:
        """Percent of an even pace."""
        return PACES[lot(self.row.no, "pace") % len(PACES)]

    @cached_property
    def share_at_end(self) -> int:
        """Thousandths of 总投资 that the finished work comes to."""
        return 940 + lot(self.row.no, "end") % 61

    @cached_property
    def stops(self) -> range:
        """The months in which work stands still; empty for most."""
        first = self.begins + BREAK_AFTER
        return range(first, first + BREAK_MONTHS if lot(self.row.no, "stop") % 15 == 0 else first)

    def done(self, period: Month) -> int:
        """Give the thousandths of the work that are done by the end of a month."""
        worked = max(0, period - self.begins + 1) - max(0, min(period + 1, self.stops.stop) - self.stops.start)
        return min(1000, max(worked, 0) * 10 * self.pace // (self.due - self.start + 1))

    @cached_property
    def finishes(self) -> Month:
        """The month in which the work is finished."""
        period = self.begins
        while self.done(period) < 1000:
            period += 1
        return period

    def whole(self, period: Month) -> int | None:
        """Give 总投资 as known in a month, fen."""
        if self.row.amount.kind is InvestmentKind.UNDETERMINED and period >= SETTLED:
            return SETTLED_FEN
        return self.row.amount.fen

    def cumulative(self, period: Month) -> int | None:
        """Give 自开工累计 at the end of a month in whole hundreds of yuan, fen."""
        whole = self.whole(period)
        return None if whole is None else whole * self.done(period) * self.share_at_end // 1_000_000 // 10_000 * 10_000

    def evenly(self, period: Month) -> int | None:
        """Give what an even pace would have come to by the end of a month, fen."""
        whole = self.whole(period)
        gone = max(0, min(period, self.due) - self.start + 1)
        return None if whole is None else whole * self.share_at_end * gone // 1000 // (self.due - self.start + 1)

    def status(self, period: Month) -> Status:
        """Give the status at the end of a month."""
        if period >= self.finishes:
            return Status.COMPLETE
        if period < self.begins:
            return Status.PREPARATION if self.start - period > 6 else Status.NOT_STARTED
        return Status.SUSPENDED if period in self.stops else Status.UNDER_WAY

    def dates(self, period: Month) -> dict[str, date | None]:
        """Give the actual start and finish as far as they have come by the end of a month."""
        started = first_day(self.begins) + timedelta(days=lot(self.row.no, "day") % 15)
        finished = first_day(self.finishes) + timedelta(days=19)
        return {
            "started": started if period >= self.begins else None,
            "finished": finished if period >= self.finishes else None,
        }

    def words(self, period: Month) -> dict[str, str | None]:
        """Give 形象进度, 存在问题 and 下一步措施 of a month."""
        status = self.status(period)
        untroubled = status is Status.UNDER_WAY and self.pace >= KEPT_UP
        problem, step = (None, None) if untroubled else TROUBLES.get(status, (None, None))
        done = f"{month_text(period)} 已完成总量的 {self.done(period) // 10}%"
        physical = f"演示：{'正在办理前期手续' if status in UNSTARTED_STATUSES else done}"
        return {"physical": physical, "problem": problem, "next_step": step}


def course_of(row: PlanRow, first: Month, last: Month) -> Course:
    """Give a row's course; where its span is not known it runs from ``first`` to ``last``."""
    start = first if row.period.start is None else row.period.start
    return Course(row, start, max(start, last if row.period.end is None else row.period.end))
