"""Positions read within an open session, in the order asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import FromClause, Integer, Select, Text, bindparam, case, extract, func, select
from sqlmodel import Session

from hgt_portfolio.figures.layers import chosen, columns_of, names_in
from hgt_portfolio.figures.position import POSITION_FIELDS, Filter, Position
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import Ask, Condition, among
from hgt_portfolio.figures.search import conditions, filtered
from hgt_portfolio.model.columns import BIG
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
    """Read positions within an open session, by the first key, then the next; in the plan's order at last.

    Of a page the numbers are found first: most filters and orders need little of a position to be known.
    """
    where, order = where or Filter(), tuple(order)
    if limit is not None:
        return read_positions_of(session, ask, read_ids(session, ask, where, order, limit=limit, offset=offset))
    found = _made(ask, run(session, ask, _all, where, order))
    if not order:
        found.sort(key=attrgetter("position", "id"))
    return found


def read_positions_of(session: Session, ask: Ask, ids: Sequence[int]) -> list[Position]:
    """Read the positions of some projects, in their own order."""
    found = {row.id: row for row in _made(ask, run(session, ask, _some, "id", Integer, given=json.dumps(ids)))}
    return [found[one] for one in ids]


def read_positions_numbered(session: Session, ask: Ask, nos: Sequence[str]) -> dict[str, Position]:
    """Read the positions of those of some projects that there are, by their numbers."""
    return {row.no: row for row in _made(ask, run(session, ask, _some, "no", Text, given=json.dumps(nos)))}


def read_ids(
    session: Session,
    ask: Ask,
    where: Filter,
    order: Sequence[Order] = (),
    *,
    limit: int = sys.maxsize,
    offset: int = 0,
) -> list[int]:
    """Read the ids of the projects that a filter lets through, in the order of their positions."""
    if where.text and not order and not offset:
        found = [row[0] for row in run(session, ask, _near_ids, where, limit=limit, offset=0)]
        if len(found) == limit:
            return found
    return [row[0] for row in run(session, ask, _ids, where, tuple(order), limit=limit, offset=offset)]


def read_count(session: Session, ask: Ask, where: Filter) -> int:
    """Count the projects that a filter lets through."""
    return int(next(run(session, ask, _count, where))[0])


def read_numbers(session: Session, ask: Ask, where: Filter, order: Sequence[Order]) -> list[str]:
    """Read the numbers alone of the projects that a filter lets through, in the same order."""
    return [row[0] for row in run(session, ask, _numbers, where, tuple(order))]


def _all(ask: Ask, where: Filter, order: tuple[Order, ...]) -> Select[Any]:
    rows = filtered(ask, where, *POSITION_COLUMNS, *_order_names(ask, order))
    query = select(*(rows.c[name] for name in POSITION_COLUMNS))
    # In the plan's order they are put when they are read: that is the order they come in, but for a few.
    return _ordered(query, rows, ask, order) if order else query


def _some(ask: Ask, name: str, kind: type[Any]) -> Select[Any]:
    rows = chosen(ask, POSITION_COLUMNS, [lambda c: among(c[name], "given", kind, lateral=ask.lateral)])
    return select(*(rows.c[name] for name in POSITION_COLUMNS))


def _ids(ask: Ask, where: Filter, order: tuple[Order, ...]) -> Select[Any]:
    return _page(ask, conditions(where, ask), order)


def _near_ids(ask: Ask, where: Filter) -> Select[Any]:
    return _page(ask, conditions(where, ask, near=True), ())


def _page(ask: Ask, asked: Sequence[Condition], order: tuple[Order, ...]) -> Select[Any]:
    rows = chosen(ask, ("id", *_order_names(ask, order)), asked, whole=False)
    query = _ordered(select(rows.c.id), rows, ask, order)
    return query.limit(bindparam("limit", None, BIG)).offset(bindparam("offset", None, BIG))


def _count(ask: Ask, where: Filter) -> Select[Any]:
    rows = chosen(ask, ("id",), conditions(where, ask), whole=False)
    return select(func.count()).select_from(rows)


def _numbers(ask: Ask, where: Filter, order: tuple[Order, ...]) -> Select[Any]:
    rows = chosen(ask, ("no", *_order_names(ask, order)), conditions(where, ask), whole=False)
    return _ordered(select(rows.c.no), rows, ask, order)


POSITION_COLUMNS = tuple(name for name in POSITION_FIELDS if name not in ("period", "day"))
"""The fields of a position that are read; the others are asked for."""


def _made(ask: Ask, rows: Iterable[Any]) -> list[Position]:
    """Make positions of rows of their columns."""
    period, day, make = ask.point.period, ask.point.day, Position._make
    return [make((*row[:_PERIOD], period, *row[_PERIOD:], day)) for row in rows]


_PERIOD = POSITION_FIELDS.index("period")
"""Where the period stands among the fields; the day is the last."""


def _order_names(ask: Ask, order: Iterable[Order]) -> set[str]:
    """Give the columns that an order needs."""
    return {"position", "id"} | names_in(*(_order_key(columns_of(ask), ask, one.by) for one in order))


def _ordered(query: Select[Any], rows: FromClause, ask: Ask, order: Iterable[Order]) -> Select[Any]:
    for one in order:
        key = _order_key(rows.c, ask, one.by)
        key = plain(key) if isinstance(key.type, Text) else key
        query = query.order_by(key.is_(None), key.desc() if one.descending else key)
    return query.order_by(rows.c.position, rows.c.id)


def _order_key(c: Any, ask: Ask, by: str) -> Any:
    """Give the expression to order by: terms by their vocabulary's order, deadline states by harm."""
    if by in _TERMS:
        return case(*((c[by] == word, rank) for rank, word in enumerate(_TERMS[by])))
    if by == "pressing":
        return pressing_rank(c)
    if by == "last_word":
        return _last_word(c, ask)
    return _WORKED_OUT[by](c) if by in _WORKED_OUT else c[_COLUMNS.get(by, by)]


def _pace(c: Any) -> Any:
    months = func.nullif(c["pace_bottom"], 0)
    stepped = c["pace_top"] * 1.0 / (func.nullif(c["year_plan"], 0) * months)
    return case((c["stepped"] == 1, stepped), else_=c["pace_gone"] * 1.0 / months)


def _deviation(c: Any) -> Any:
    due = c["pace_top"] * 1.0 / func.nullif(c["pace_bottom"], 0)
    return (c["ytd"] * 1.0 - due) / func.nullif(c["year_plan"], 0)


_WORKED_OUT: dict[str, Condition] = {
    "year_rate": lambda c: c["ytd"] * 1.0 / func.nullif(c["year_plan"], 0),
    "pace": _pace,
    "deviation": _deviation,
    "total_rate": lambda c: c["cumulative"] * 1.0 / func.nullif(c["investment"], 0),
    "shortfall": lambda c: c["planned"] - c["ytd"],
    "year_balance": lambda c: c["year_plan"] - c["ytd"],
}
"""What ``Position`` works out from its fields, to order by."""


def _last_word(c: Any, ask: Ask) -> Any:
    """Give 最近核实 as a number: the later of the last report's period end, D at the latest, and the last check."""
    day = ask.point.day
    reported = least(c["report_period"] * _DAYS + _DAYS, month_of(day) * _DAYS + day.day)
    checked = sql_month_of(c["check_day"]) * _DAYS + extract("day", c["check_day"])
    return case(
        (c["check_day"].is_(None), reported), (c["report_period"].is_(None), checked), else_=greatest(reported, checked)
    )
