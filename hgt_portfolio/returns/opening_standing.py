"""What the ledger says of each project's opening, now or as known when a form was sent out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.months import Month, first_day, last_day
from hgt_portfolio.returns.opening_columns import FIELDS, Years
from hgt_portfolio.terms import ActionKind, ContactRole

MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Standing:
    """One project's opening as the ledger has it: its values by ``OpeningInput`` field, and whether it is opened."""

    position: Position
    values: dict[str, Any]
    opened: bool


def years_of(figures: Figures, period: Month) -> Years:
    """Give the years that a form for a December names."""
    return Years(period, figures.plan().start - 1)


def standings(figures: Figures, period: Month, known_at: int) -> dict[str, Standing]:
    """Read what the ledger says of every project's opening for a December, as known at a moment, by number."""
    base_month = figures.plan().start - 1
    closed = Point(last_day(period), period, known_at)
    begun = Point(first_day(period + 1), period + 1, known_at)
    bases = {row.no: row for row in figures.positions(closed.at(base_month))}
    planned = {row.no: row for row in figures.positions(begun)}
    people = {(person.no, person.role): person for person in figures.contacts(begun)}
    opened = figures.opened(begun)
    found = {}
    for row in figures.positions(closed):
        base, plan = bases[row.no], planned[row.no]
        officer = people.get((row.no, ContactRole.OFFICER))
        named = {role: person.name for (no, role), person in people.items() if no == row.no}
        values = dict.fromkeys(field.key for field in FIELDS) | {
            "cumulative_base_fen": base.cumulative if base.period_filed == base_month else None,
            "year_plan_fen": plan.year_plan,
            "goal": plan.goal,
            "leader": named.get(ContactRole.LEADER),
            "officer": named.get(ContactRole.OFFICER),
            "phone": officer.phone if officer else None,
            "sponsor": named.get(ContactRole.SPONSOR),
        }
        if row.period_filed == period:
            values |= {
                "cumulative_fen": row.cumulative,
                "status": row.status,
                "started": row.started,
                "finished": row.finished,
            }
        if row.no in opened:
            values |= _grounds(figures, begun, row.no, period)
        found[row.no] = Standing(row, values, row.no in opened)
    return found


def _grounds(figures: Figures, point: Point, no: str, period: Month) -> dict[str, Any]:
    """Read the basis and the reason that a project's opening was given, from its audit entry."""
    for entry in figures.entries(point, no, MOST_ENTRIES):
        if entry.kind == ActionKind.OPENING and entry.undone_by is None:
            given = json.loads(entry.after).get(no, {})
            if given.get("period") == period:
                return {key: given.get(key) for key in ("evidence", "reason")}
    return {}
