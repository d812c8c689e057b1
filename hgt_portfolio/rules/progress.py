"""Flows, 序时进度 and phases: what a project's money and months say at P."""

from __future__ import annotations

from sqlalchemy import case, literal, null
from sqlalchemy.sql.functions import coalesce

from hgt_portfolio.months import Month
from hgt_portfolio.rules.sql import Sql, greatest, least
from hgt_portfolio.terms import COMPLETE_STATUSES


def stated(month: Month, period: Sql, cumulative: Sql, status: Sql, begins: Sql, checked: Sql) -> Sql:
    """Give the cumulative amount (fen) that is *stated* for exactly this month, else NULL.

    ``period``, ``cumulative`` and ``status`` are those of the latest report up to the month, ``begins`` the month of
    the actual start where one was filed, else of the planned one; ``checked`` says that the office found the project
    complete by then. Stated are: a row for the month itself, 0 before the project's start, and the last figure of a
    project complete by then.
    """
    return case(
        (period == month, cumulative),
        (status.in_(COMPLETE_STATUSES) | checked, cumulative),
        ((begins > month) & (coalesce(cumulative, 0) == 0), 0),
        else_=null(),
    )


def pace_terms(year_base: Month, period: Month, columns: dict[str, Sql]) -> tuple[Sql, Sql, Sql]:
    """Give the planned amount so far as numerator (fen × months) and denominator (months), and the months gone by.

    序时进度 of one project: its quarterly steps where given (months within a quarter count evenly), else its months
    gone by over its own months within the year; a project whose span lies before the year is paced over all twelve.
    Before its start month there is no pace; without a year plan there is pace but no planned amount.
    """
    amount, start, due = columns["year_plan"], columns["start"], columns["due"]
    steps = [columns[f"q{n}"] for n in (1, 2, 3, 4)]
    whole, part = divmod(period - year_base, 3)
    stepped: Sql = literal(0)
    for step in steps[:whole]:
        stepped = stepped + 3 * step
    if part:
        stepped = stepped + part * steps[whole]
    outside = coalesce(due, year_base + 12) <= year_base
    first = case((outside, year_base + 1), else_=greatest(coalesce(start, year_base + 1), year_base + 1))
    last = case((outside, year_base + 12), else_=least(coalesce(due, year_base + 12), year_base + 12))
    gone = greatest(least(literal(period), last) - first + 1, 0)
    early = coalesce(start, period) > period
    top = case((early, null()), (steps[0].is_not(None), stepped), else_=amount * gone)
    bottom = case((early, null()), (steps[0].is_not(None), 3), else_=last - first + 1)
    return top, bottom, case((early, null()), else_=gone)


def rounded_share(top: Sql, bottom: Sql) -> Sql:
    """Divide two non-negative integers, rounding half up."""
    return (2 * top + bottom) // (2 * bottom)


def spread_through(month: Month, amount: Sql, start: Sql, due: Sql) -> Sql:
    """Give how much of an amount (fen) falls in the months up to this one, spread evenly over start–due.

    Rounded half up cumulatively, so that the parts of any split sum exactly; NULL without amount or span.
    """
    months = due - start + 1
    gone = greatest(least(literal(month), due) - start + 1, 0)
    return rounded_share(amount * gone, months)
