"""期限状态, 开工状态 and 填报状态: what is late, and what is merely unsaid."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import case

from hgt_portfolio.months import month_of
from hgt_portfolio.rules.point import Point
from hgt_portfolio.rules.sql import Sql, first_known, greatest, word
from hgt_portfolio.rules.sql import month_of as sql_month_of
from hgt_portfolio.terms import (
    COMPLETE_STATUSES,
    UNSTARTED_STATUSES,
    DeadlineState,
    FilingState,
    Phase,
    StartState,
)

DUE_SOON_DAYS = 30
"""临期 begins this many days before the due date."""

STALE_MONTHS = 3
"""An 逾期 whose last word is older than a quarter prints 待更新."""


def deadline_state(point: Point, columns: dict[str, Sql]) -> Sql:
    """Judge the deadline on D against the current due date.

    Past due, 逾期 needs a word: a report for a period that ends on or after the due date, or a verification from
    then, saying that the project is not complete. Without one it is 到期未核实.
    """
    due, status = columns["due"], columns["status"]
    soon = month_of(point.day + timedelta(days=DUE_SOON_DAYS + 1)) - 1
    spoken = greatest(first_known(columns["report_period"], 0), first_known(columns["check_period"], 0))
    return case(
        (columns["exited"] == 1, word(DeadlineState.EXITED)),
        (due.is_(None), word(DeadlineState.UNKNOWN)),
        (
            status.in_(COMPLETE_STATUSES),
            case(
                (sql_month_of(columns["finished"]) <= due, word(DeadlineState.ON_TIME)),
                else_=word(DeadlineState.COMPLETED_LATE),
            ),
        ),
        (due >= month_of(point.day), _not_due(due, soon)),
        (spoken >= due, word(DeadlineState.OVERDUE)),
        else_=word(DeadlineState.UNVERIFIED),
    )


def _not_due(due: Sql, soon: int) -> Sql:
    return case((due <= soon, word(DeadlineState.DUE_SOON)), else_=word(DeadlineState.NOT_DUE))


def start_state(point: Point, columns: dict[str, Sql]) -> Sql:
    """Judge the start on D: late from the day after the start month, and only where somebody said so."""
    start, status = columns["start"], columns["status"]
    spoken = greatest(first_known(columns["report_period"], 0), first_known(columns["check_period"], 0))
    return case(
        (columns["exited"] == 1, word(StartState.EXITED)),
        (status.not_in(UNSTARTED_STATUSES) | columns["started"].is_not(None), word(StartState.STARTED)),
        (start.is_(None), word(StartState.UNKNOWN)),
        (start >= month_of(point.day), word(StartState.NOT_YET)),
        (status.in_(UNSTARTED_STATUSES) & (spoken >= start), word(StartState.LATE)),
        else_=word(StartState.UNVERIFIED),
    )


def filing_state(point: Point, closes: date, columns: dict[str, Sql]) -> Sql:
    """Judge the filing for P; complete (before P) and exited projects need not file.

    ``columns["filed_late"]`` is 1 where the period's report was recorded after the window closed.
    """
    waiting = FilingState.MISSING if point.judged_on > closes else FilingState.PENDING
    return case(
        (
            columns["filed_period"] == point.period,
            case((columns["filed_late"] == 1, word(FilingState.LATE)), else_=word(FilingState.FILED)),
        ),
        (columns["exited"] == 1, word(FilingState.NOT_REQUIRED)),
        (columns["period_status"].in_(COMPLETE_STATUSES), word(FilingState.NOT_REQUIRED)),
        (
            columns["verdict_status"].in_(COMPLETE_STATUSES) & (columns["verdict_period"] <= point.period),
            word(FilingState.NOT_REQUIRED),
        ),
        (columns["sent_back"].is_not(None), word(FilingState.RETURNED)),
        else_=word(waiting),
    )


def phase_by_deadline(near_end: int, due: Sql) -> Sql:
    """完工口径: 近期 where the current due date lies within the near term."""
    return case((due <= near_end, word(Phase.NEAR)), (due > near_end, word(Phase.FAR)), else_=word(Phase.UNDATED))
