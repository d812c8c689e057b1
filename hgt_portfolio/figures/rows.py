"""Positions read within an open session, in the order asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import FromClause, Select, Text, case, extract, func, select
from sqlmodel import Session

from hgt_portfolio.figures.position import Filter, Position
from hgt_portfolio.figures.query import Ask, asked, filtered, position_columns
from hgt_portfolio.months import month_of
from hgt_portfolio.rules.pressing import pressing_rank
from hgt_portfolio.rules.sql import greatest, least, plain
from hgt_portfolio.rules.sql import month_of as sql_month_of
from hgt_portfolio.terms import DeadlineState, FilingState, Light, Phase, StartState, Status

_BY_HARM = (
    DeadlineState.OVERDUE,
    DeadlineState.UNVERIFIED,
    DeadlineState.DUE_SOON,
    DeadlineState.COMPLETED_LATE,
    DeadlineState.NOT_DUE,
    DeadlineState.ON_TIME,
    DeadlineState.UNKNOWN,
    DeadlineState.EXITED,
)
_TERMS: dict[str, Sequence[StrEnum]] = {
    "status": tuple(Status),
    "light": tuple(Light),
    "deadline_state": _BY_HARM,
    "start_state": tuple(StartState),
    "filing_state": tuple(FilingState),
    "stage": tuple(Phase),
    "phase_deadline": tuple(Phase),
}
_COLUMNS = {"unit": "unit_position", "domain": "domain_position", "name": "initials"}
_DAYS = 32
"""More than a month has: a day counts as its month's index times this, and its day of the month."""


@dataclass(frozen=True)
class Order:
    """One key to order rows by; unknown values come last in either direction.

    ``by`` is a field of ``Position`` that the ledger can order by, or ``pressing``: the reasons in order of harm.
    """

    by: str = "position"
    descending: bool = False


def read_positions(
    session: Session,
    ask: Ask,
    where: Filter | None = None,
    order: Sequence[Order] = (),
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[Position]:
    """Read positions within an open session, by the first key, then the next; in the plan's order at last."""
    rows = filtered(ask, where or Filter())
    query = _ordered(select(*position_columns(rows, ask)), rows, ask, order)
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return [Position(*row) for row in session.execute(query, asked(ask))]


def read_numbers(session: Session, ask: Ask, where: Filter, order: Sequence[Order]) -> list[str]:
    """Read the numbers alone of the projects that a filter lets through, in the same order."""
    rows = filtered(ask, where)
    return list(session.execute(_ordered(select(rows.c.no), rows, ask, order), asked(ask)).scalars())


def _ordered(query: Select[Any], rows: FromClause, ask: Ask, order: Sequence[Order]) -> Select[Any]:
    for one in order:
        key = _order_key(rows, ask, one.by)
        key = plain(key) if isinstance(key.type, Text) else key
        query = query.order_by(key.is_(None), key.desc() if one.descending else key)
    return query.order_by(rows.c.position, rows.c.id)


def _order_key(rows: FromClause, ask: Ask, by: str) -> Any:
    """Give the expression to order by: terms by their vocabulary's order, deadline states by harm."""
    c = rows.c
    if by in _TERMS:
        return case(*((c[by] == word, rank) for rank, word in enumerate(_TERMS[by])))
    if by == "pressing":
        return pressing_rank(c)
    if by == "last_word":
        return _last_word(c, ask)
    worked_out = _worked_out(c)
    return worked_out[by] if by in worked_out else c[_COLUMNS.get(by, by)]


def _worked_out(c: Any) -> dict[str, Any]:
    """Give what ``Position`` works out from its fields, to order by."""
    plan, months = func.nullif(c.year_plan, 0), func.nullif(c.pace_bottom, 0)
    stepped = c.pace_top * 1.0 / (plan * months)
    return {
        "year_rate": c.ytd * 1.0 / plan,
        "pace": case((c.stepped == 1, stepped), else_=c.pace_gone * 1.0 / months),
        "deviation": (c.ytd * 1.0 - c.pace_top * 1.0 / months) / plan,
        "total_rate": c.cumulative * 1.0 / func.nullif(c.investment, 0),
        "shortfall": c.planned - c.ytd,
        "year_balance": c.year_plan - c.ytd,
    }


def _last_word(c: Any, ask: Ask) -> Any:
    """Give 最近核实 as a number: the later of the last report's period end, D at the latest, and the last check."""
    day = ask.point.day
    reported = least(c.report_period * _DAYS + _DAYS, month_of(day) * _DAYS + day.day)
    checked = sql_month_of(c.check_day) * _DAYS + extract("day", c.check_day)
    return case(
        (c.check_day.is_(None), reported), (c.report_period.is_(None), checked), else_=greatest(reported, checked)
    )
