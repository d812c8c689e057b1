"""Positions read within an open session, in the order asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause, case, func, select
from sqlmodel import Session

from hgt_portfolio.figures.position import Filter, Position
from hgt_portfolio.figures.query import Ask, asked, filtered, position_columns
from hgt_portfolio.rules.pressing import pressing_rank
from hgt_portfolio.terms import DeadlineState, Light, Status

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


def read_positions(
    session: Session,
    ask: Ask,
    where: Filter | None = None,
    order: str = "position",
    *,
    descending: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[Position]:
    """Read positions within an open session; unknown values come last in either direction."""
    rows = filtered(ask, where or Filter())
    key = _order_key(rows, order)
    query = select(*position_columns(rows, ask)).order_by(
        key.is_(None),
        key.desc() if descending else key,
        *((rows.c.due,) if order == "pressing" else ()),
        rows.c.position,
        rows.c.id,
    )
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return [Position(*row) for row in session.execute(query, asked(ask))]


def _order_key(rows: FromClause, order: str) -> Any:
    """Give the expression to order by: terms by their vocabulary's order, deadline states by harm."""
    c = rows.c
    terms: dict[str, tuple[str, ...]] = {
        "status": tuple(Status),
        "light": tuple(Light),
        "deadline_state": _BY_HARM,
    }
    if order in terms:
        return case(*((c[order] == word, rank) for rank, word in enumerate(terms[order])))
    if order == "pressing":
        return pressing_rank(c)
    if order == "deviation":
        return _deviation(rows)
    return c[{"unit": "unit_position", "name": "initials"}.get(order, order)]


def _deviation(rows: FromClause) -> Any:
    """Give 偏差 to order by."""
    plan = func.nullif(rows.c.year_plan, 0)
    return (rows.c.ytd * 1.0 - rows.c.pace_top * 1.0 / rows.c.pace_bottom) / plan
