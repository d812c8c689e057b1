"""Totals: one GROUP BY over the same positions; sums in SQL, rates in ``Decimal``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Text, and_, case, func, literal, null, select
from sqlmodel import Session

from hgt_portfolio.figures.layers import chosen, columns_of, names_in, steady
from hgt_portfolio.figures.position import Filter, Group, Sum
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import Ask, among
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.months import Month
from hgt_portfolio.rules.progress import spread_through
from hgt_portfolio.terms import DeadlineState, FilingState, Light, Phase, StartState, Status


class By(StrEnum):
    """What totals may be grouped by."""

    DOMAIN = "domain"
    UNIT = "unit"
    PHASE = "phase"
    PHASE_DEADLINE = "phase_deadline"
    STATUS = "status"
    DEADLINE = "deadline"
    LIGHT = "light"


_KEYS = {
    By.DOMAIN: ("domain", "domain_position", None),
    By.UNIT: ("unit", "unit_position", "unit_kind"),
    By.PHASE: ("stage", None, None),
    By.PHASE_DEADLINE: ("phase_deadline", None, None),
    By.STATUS: ("status", None, None),
    By.DEADLINE: ("deadline_state", None, None),
    By.LIGHT: ("light", None, None),
}
_ORDER: dict[By, tuple[str, ...]] = {
    By.PHASE: tuple(Phase),
    By.PHASE_DEADLINE: tuple(Phase),
    By.STATUS: tuple(Status),
    By.DEADLINE: tuple(DeadlineState),
    By.LIGHT: tuple(Light),
}


@dataclass(frozen=True)
class Horizon:
    """The months that bound the plan's phases: its start, the end of the near term, and its end."""

    start: Month
    near_end: Month
    end: Month


def read_groups(session: Session, ask: Ask, where: Filter, by: By | None) -> list[Group]:
    """Read the totals of each group, in the vocabulary's or the plan's order; of all rows where ``by`` is None."""
    found = run(session, ask, _grouped, where, by)
    groups = [_group(row._mapping, ask.point.elapsed) for row in found]
    if by in _ORDER:
        words = _ORDER[by]
        groups.sort(key=lambda group: words.index(group.name) if group.name in words else len(words))
    return groups


def _grouped(ask: Ask, where: Filter, by: By | None) -> Select[Any]:
    key, order, kind = _KEYS[by] if by else (None, None, None)
    c = columns_of(ask)
    measures = _measures(c)
    rows = filtered(ask, where, *names_in(*measures.values()), *filter(None, (key, order, kind)))
    query: Select[Any] = select(*(value.label(name) for name, value in measures.items())).select_from(rows)
    called = c[key] if key else literal("合计")
    query = query.add_columns(called.label("group_name"), (func.min(c[kind]) if kind else null()).label("group_kind"))
    if key:
        query = query.group_by(c[key])
    return query.order_by(func.min(c[order])) if order else query


def read_spread(session: Session, ask: Ask, where: Filter, months: Iterable[Month]) -> list[int]:
    """Read how much of the rows' 总投资 (fen) is planned through each month, spread evenly over each span."""
    (found,) = run(session, ask, _spread, where, tuple(months))
    return [int(value or 0) for value in found]


def _spread(ask: Ask, where: Filter, months: tuple[Month, ...]) -> Select[Any]:
    rows = filtered(ask, where, "investment", "start", "due")
    c = rows.c
    return select(*(func.sum(spread_through(month, c.investment, c.start, c.due)) for month in months))


@dataclass(frozen=True, slots=True)
class Worked:
    """What was done by a period's end: of how many projects, whether any filed for it, and its sums.

    ``same`` is what was planned by then of the very projects whose 自开工累计 is known (fen).
    """

    count: int
    filed: bool
    quarter: Sum
    cumulative: Sum
    same: int


def read_worked(session: Session, ask: Ask, now: Ask, nos: tuple[str, ...] | None) -> Worked:
    """Read what was done by the end of an ask's period, of the projects named or of all; planned is what is so now."""
    given = {} if nos is None else {"given": json.dumps(nos)}
    (row,) = run(session, ask, _worked, steady(now), bool(given), **given)
    count, filed, quarter, stated, cumulative, known, same = (int(value or 0) for value in row)
    return Worked(count, bool(filed), Sum(quarter, stated), Sum(cumulative, known), same)


def _worked(ask: Ask, now: Ask, named: bool) -> Select[Any]:
    period = ask.point.period
    which = [lambda c: among(c["no"], "given", Text, lateral=ask.lateral)] if named else []
    rows = chosen(ask, ("id", "period_filed", "quarter", "cumulative"), which)
    plan = chosen(now, ("id", "investment", "start", "due")).c
    spread = spread_through(period, plan.investment, plan.start, plan.due).label("spread")
    planned = select(plan.id, spread).subquery("planned")
    c = rows.c
    sums: list[Any] = [
        func.count(),
        func.max(case((c.period_filed == period, 1), else_=0)),
        *(func.sum(c.quarter), func.count(c.quarter)),
        *(func.sum(c.cumulative), func.count(c.cumulative)),
        func.sum(case((c.cumulative.is_not(None), planned.c.spread))),
    ]
    return select(*sums).select_from(rows.outerjoin(planned, planned.c.id == c.id))


@dataclass(frozen=True, slots=True)
class Done:
    """What was done by a period's end of a domain's ``count`` projects: stated for the period itself, and 本年累计."""

    count: int
    stated: Sum
    ytd: Sum


def read_done(session: Session, ask: Ask) -> dict[str, Done]:
    """Read what was done by the end of an ask's period, by domain."""
    return {
        name: Done(count, Sum(int(stated or 0), told), Sum(int(ytd or 0), known))
        for name, count, stated, told, ytd, known in run(session, ask, _done)
    }


def _done(ask: Ask) -> Select[Any]:
    c = chosen(ask, ("domain", "stated", "ytd")).c
    sums = (f(amount) for amount in (c.stated, c.ytd) for f in (func.sum, func.count))
    return select(c.domain, func.count(), *sums).group_by(c.domain)


def _pair(name: str, value: Any, when: Any = None) -> dict[str, Any]:
    """Make a sum and the count of rows it runs over; only rows where ``when`` holds, if given."""
    chosen = value if when is None else case((when, value))
    return {f"{name}_sum": func.sum(chosen), f"{name}_known": func.count(chosen)}


def _measures(c: Any) -> dict[str, Any]:
    rated = and_(c["year_plan"].is_not(None), c["ytd"].is_not(None))
    first = and_(c["year_plan_first"].is_not(None), c["ytd"].is_not(None))
    paced = and_(c["planned"].is_not(None), c["ytd"].is_not(None))
    shared = and_(c["cumulative"].is_not(None), c["investment"].is_not(None))
    measures: dict[str, Any] = {
        "count": func.count(),
        "originals": func.count(func.distinct(c["root"])) + func.sum(c["stands_for"] - 1),
        "priced": func.count(c["investment"]),
    }
    for name in ("investment", "opening", "year_plan", "quarter", "ytd", "since_plan", "cumulative"):
        measures |= _pair(name, c[name])
    measures |= _pair("rate_ytd", c["ytd"], rated) | _pair("rate_plan", c["year_plan"], rated)
    measures |= _pair("first_ytd", c["ytd"], first) | _pair("first_plan", c["year_plan_first"], first)
    measures |= _pair("planned", c["planned"], paced) | _pair("planned_ytd", c["ytd"], paced)
    measures |= _pair("share_cumulative", c["cumulative"], shared) | _pair("share_investment", c["investment"], shared)
    measures |= {f"monthly:{phase}": func.sum(part) for phase, part in _monthly(c).items()}
    for basis, column in (("plan", c["stage"]), ("deadline", c["phase_deadline"])):
        for phase in (Phase.NEAR, Phase.FAR, Phase.UNDATED):
            measures[f"{basis}:{phase}:count"] = func.count(case((column == phase, 1)))
            measures[f"{basis}:{phase}:sum"] = func.sum(case((column == phase, c["investment"])))
    for vocabulary, column in (
        (Status, c["status"]),
        (DeadlineState, c["deadline_state"]),
        (StartState, c["start_state"]),
        (Light, c["light"]),
        (FilingState, c["filing_state"]),
    ):
        for term in vocabulary:
            measures[f"{vocabulary.__name__}:{term}"] = func.count(case((column == str(term), 1)))
    measures["unreported"] = func.count(case((c["status"].is_(None), 1)))
    return measures


def _monthly(c: Any) -> dict[Phase, Any]:
    """Split 总投资 by phase, each project's amount spread evenly over its months (按月分摊口径)."""
    before, near, all_ = c["spread_before"], c["spread_near"], c["spread_all"]
    return {
        Phase.BEFORE: before,
        Phase.NEAR: near - before,
        Phase.FAR: all_ - near,
        Phase.AFTER: c["investment"] - all_,
        Phase.UNDATED: case((all_.is_(None), c["investment"])),
    }


def _group(row: Any, months: int) -> Group:
    def pair(name: str) -> Sum:
        return Sum(int(row[f"{name}_sum"] or 0), int(row[f"{name}_known"]))

    def counts(vocabulary: type[StrEnum]) -> dict[str, int]:
        return {str(term): int(row[f"{vocabulary.__name__}:{term}"]) for term in vocabulary}

    return Group(
        name=row["group_name"] or "未填报",
        kind=row["group_kind"] or "",
        months=months,
        count=int(row["count"]),
        originals=int(row["originals"] or 0),
        priced=int(row["priced"]),
        investment=int(row["investment_sum"] or 0),
        **{
            name: pair(name)
            for name in (
                "opening",
                "year_plan",
                "quarter",
                "ytd",
                "since_plan",
                "cumulative",
                "rate_ytd",
                "rate_plan",
                "first_ytd",
                "first_plan",
                "planned",
                "planned_ytd",
                "share_cumulative",
                "share_investment",
            )
        },
        monthly={str(phase): int(row[f"monthly:{phase}"] or 0) for phase in Phase},
        phases={
            basis: {
                str(phase): (int(row[f"{basis}:{phase}:count"]), int(row[f"{basis}:{phase}:sum"] or 0))
                for phase in (Phase.NEAR, Phase.FAR, Phase.UNDATED)
            }
            for basis in ("plan", "deadline")
        },
        statuses=counts(Status),
        unreported=int(row["unreported"]),
        deadline_states=counts(DeadlineState),
        start_states=counts(StartState),
        lights=counts(Light),
        filing_states=counts(FilingState),
    )
