"""Checks on a filing: small functions, each giving the findings it has, in words.

Errors stop the filing; warnings want a reason (核减、文号…) and then let it pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from hgt_portfolio.money import wan
from hgt_portfolio.months import Month, first_day, last_day, month_text
from hgt_portfolio.terms import COMPLETE_STATUSES, UNSTARTED_STATUSES, Severity, Status

COMPLETE_SHARE = 90
"""Percent of 总投资 under which a completion wants a reason (结余)."""

QUARTER_SHARE = 50
"""Percent of 总投资 over which one quarter's work wants a reason."""

_RANK = {
    Status.PREPARATION: 0,
    Status.NOT_STARTED: 1,
    Status.UNDER_WAY: 2,
    Status.SUSPENDED: 2,
    Status.COMPLETE: 3,
    Status.ACCEPTED: 4,
    Status.IN_USE: 5,
}


@dataclass(frozen=True)
class Finding:
    """One thing found: how much it weighs, which field it is about, and a sentence; ``no`` where it names a project."""

    severity: Severity
    field: str
    message: str
    no: str = ""

    def __str__(self) -> str:
        return f"{self.severity}：{self.message}"


def error(field: str, message: str) -> Finding:
    """Make a finding that stops the action."""
    return Finding(Severity.ERROR, field, message)


def warning(field: str, message: str) -> Finding:
    """Make a finding that wants a reason."""
    return Finding(Severity.WARNING, field, message)


@dataclass(frozen=True)
class Filing:
    """What a filing says, beside what the ledger knew before it. Amounts in fen.

    ``earlier`` and ``later`` are the nearest stated cumulative amounts before and after the period, with their
    months; ``base_fen`` is the amount stated for the end of the quarter before, ``standing_fen``
    the one filed for the period already; ``status_before`` the status of
    the report before the period; ``units`` the names of the units responsible, the lead first.
    """

    today: date
    period: Month
    status: Status
    cumulative_fen: int | None
    started: date | None
    finished: date | None
    unit: str
    lead: str
    investment_fen: int | None
    status_before: Status | None
    started_before: date | None
    earlier: tuple[Month, int] | None
    later: tuple[Month, int] | None
    base_fen: int | None
    standing_fen: int | None
    closed: bool
    exited: bool


def _wan(fen: int) -> str:
    """Write an amount exactly, with thousands separators."""
    whole, _, decimals = f"{wan(fen):,.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def negative(filing: Filing) -> Iterator[Finding]:
    """Refuse a negative amount."""
    if filing.cumulative_fen is not None and filing.cumulative_fen < 0:
        yield error("cumulative_fen", f"自开工累计完成 {_wan(filing.cumulative_fen)} 万元是负数，请改正。")


def finished_date(filing: Filing) -> Iterator[Finding]:
    """Refuse a completion without its date, and a date of completion without completion."""
    complete = filing.status in COMPLETE_STATUSES
    if complete and filing.finished is None:
        yield error("finished", f"状态为{filing.status}，须填实际完工日期。")
    if not complete and filing.finished is not None:
        yield error("finished", f"填了实际完工日期 {filing.finished}，而状态为{filing.status}，请核对。")


def dates(filing: Filing) -> Iterator[Finding]:
    """Refuse dates in the future, after the period, or out of order."""
    limit = min(filing.today, last_day(filing.period))
    for field, label, day in (("started", "开工", filing.started), ("finished", "完工", filing.finished)):
        if day is not None and day > limit:
            what = "今天" if day > filing.today else f"填报期末 {last_day(filing.period)}"
            yield error(field, f"实际{label}日期 {day} 晚于{what}，请改正。")
    started = filing.started or filing.started_before
    if started and filing.finished and started > filing.finished:
        yield error("finished", f"实际完工日期 {filing.finished} 早于实际开工日期 {started}，请改正。")
    if filing.started and filing.status in UNSTARTED_STATUSES:
        yield error("started", f"填了实际开工日期 {filing.started}，而状态为{filing.status}，请核对。")


def too_early(filing: Filing) -> Iterator[Finding]:
    """Refuse a period before its last month has begun."""
    if filing.today < first_day(filing.period):
        yield error("period", f"{month_text(filing.period)} 这一期要到 {first_day(filing.period)} 起才能填报。")


def responsible(filing: Filing) -> Iterator[Finding]:
    """Refuse figures from a unit that does not lead the project, and any filing on an exited project."""
    if filing.unit != filing.lead:
        yield error("unit", f"进度数由牵头单位{filing.lead}填报，{filing.unit}不是本项目的牵头单位。")
    if filing.exited:
        yield error("no", "本项目已退出，不再填报。")


def falls(filing: Filing) -> Iterator[Finding]:
    """Question a cumulative amount below an earlier one, or above a later one."""
    amount = filing.cumulative_fen
    if amount is None:
        return
    if filing.earlier and amount < filing.earlier[1]:
        month, before = filing.earlier
        yield warning(
            "cumulative_fen",
            f"自开工累计 {_wan(amount)} 万元低于 {month_text(month)} 的 {_wan(before)} 万元，"
            "如属核减请写明原因和文号。",
        )
    if filing.later and amount > filing.later[1]:
        month, after = filing.later
        yield warning(
            "cumulative_fen",
            f"自开工累计 {_wan(amount)} 万元高于已填报的 {month_text(month)} 的 {_wan(after)} 万元，请写明原因。",
        )


def unsaid(filing: Filing) -> Iterator[Finding]:
    """Question a filing without an amount where one was filed for the period before."""
    if filing.cumulative_fen is None and filing.standing_fen is not None:
        yield warning(
            "cumulative_fen",
            f"本期已填过自开工累计 {_wan(filing.standing_fen)} 万元，这次没有填，本季度和本年将变为不明，请写明原因。",
        )


def over_total(filing: Filing) -> Iterator[Finding]:
    """Question more work than the project's 总投资."""
    amount, total = filing.cumulative_fen, filing.investment_fen
    if amount is not None and total is not None and amount > total:
        yield warning("cumulative_fen", f"自开工累计 {_wan(amount)} 万元超过总投资 {_wan(total)} 万元，请写明原因。")


def goes_back(filing: Filing) -> Iterator[Finding]:
    """Question a status earlier in the order than the one before."""
    before = filing.status_before
    if before is not None and _RANK[filing.status] < _RANK[before]:
        yield warning("status", f"状态由{before}退回{filing.status}，请写明原因。")


def unstarted_with_work(filing: Filing) -> Iterator[Finding]:
    """Question work done on a project that has not started."""
    if filing.status is Status.NOT_STARTED and filing.cumulative_fen:
        yield warning(
            "cumulative_fen", f"状态为未开工，而自开工累计为 {_wan(filing.cumulative_fen)} 万元，请写明原因。"
        )


def completed_below(filing: Filing) -> Iterator[Finding]:
    """Question a completion with under 90 % of 总投资 done."""
    amount, total = filing.cumulative_fen, filing.investment_fen
    if filing.status in COMPLETE_STATUSES and amount is not None and total and amount * 100 < total * COMPLETE_SHARE:
        yield warning(
            "cumulative_fen",
            f"已完工而自开工累计 {_wan(amount)} 万元不足总投资 {_wan(total)} 万元的 {COMPLETE_SHARE}%，"
            "如有结余请写明。",
        )


def large_quarter(filing: Filing) -> Iterator[Finding]:
    """Question a quarter with over half of 总投资 done in it."""
    amount, base, total = filing.cumulative_fen, filing.base_fen, filing.investment_fen
    if amount is None or base is None or not total:
        return
    if (amount - base) * 100 > total * QUARTER_SHARE:
        yield warning(
            "cumulative_fen",
            f"本季度完成 {_wan(amount - base)} 万元超过总投资 {_wan(total)} 万元的 {QUARTER_SHARE}%，"
            "请核对并写明原因。",
        )


def closed_period(filing: Filing) -> Iterator[Finding]:
    """Question a filing for a closed quarter: it becomes a correction (更正)."""
    if filing.closed:
        yield warning("period", f"{month_text(filing.period)} 所在季度已定稿，本次填报将作为更正，请写明原因。")


CHECKS: tuple[Callable[[Filing], Iterator[Finding]], ...] = (
    negative,
    finished_date,
    dates,
    too_early,
    responsible,
    falls,
    unsaid,
    over_total,
    goes_back,
    unstarted_with_work,
    completed_below,
    large_quarter,
    closed_period,
)


def findings(filing: Filing) -> tuple[Finding, ...]:
    """Give every finding on a filing, errors first."""
    found = [finding for check in CHECKS for finding in check(filing)]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.ERROR))
