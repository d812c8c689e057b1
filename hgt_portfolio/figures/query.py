"""The one select that every figure comes from: project ⟕ its version ⟕ its latest reports ⟕ its year plan.

Each lookup is an ``ORDER BY … LIMIT 1`` over an index, correlated or lateral as the engine has it; the rules are
column expressions on top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Select, and_, bindparam, case, func, literal, literal_column, null, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from hgt_portfolio.figures.position import POSITION_FIELDS, Filter
from hgt_portfolio.model.columns import BIG, DAY
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification, YearPlan
from hgt_portfolio.model.project import Domain, Project, ProjectVersion, Unit, UnitChange, VersionUnit
from hgt_portfolio.months import Month, month_of
from hgt_portfolio.rules.deadline import deadline_state, filing_state, phase_by_deadline, start_state
from hgt_portfolio.rules.lights import RuleSet, light_terms, measured, measured_note
from hgt_portfolio.rules.point import OFFICE_TIME, Point, moment_of, office_day
from hgt_portfolio.rules.progress import pace_terms, rounded_share, stated
from hgt_portfolio.rules.sql import Sql, first_known, plain
from hgt_portfolio.rules.sql import month_of as sql_month_of
from hgt_portfolio.terms import (
    COMPLETE_STATUSES,
    OPERATION_STATUS_LABELS,
    SILENT_STATES,
    UNSTARTED_STATUSES,
    Basis,
    FilingState,
    Light,
    StartState,
)


@dataclass(frozen=True)
class Ask:
    """What a select is asked for: the point, the rule set, when the period's filing closes, and the plan's months.

    ``lateral`` says that the engine joins laterally (PostgreSQL).
    """

    point: Point
    rules: RuleSet
    closes: date
    plan_start: Month
    near_end: Month
    lateral: bool


KNOWN_AT = bindparam("known_at", type_=BIG)
"""The moment of knowledge in every select of positions: given as it is executed, see ``asked``."""


def asked(ask: Ask) -> dict[str, int]:
    """Give the parameters to execute a select of positions with."""
    return {"known_at": ask.point.known_at}


def known(row: Any, moment: Any) -> Sql:
    """Say that a ledger row was recorded, and not revoked, by a moment."""
    return and_(col(row.recorded_at) <= moment, or_(col(row.revoked_at).is_(None), col(row.revoked_at) > moment))


@dataclass(frozen=True)
class Lookup:
    """Finds the latest ledger row of each project, as known at a moment."""

    moment: Any
    lateral: bool

    def latest(self, model: Any, *conditions: Any, order: Any) -> tuple[Any, Sql]:
        """Give an alias to join, and on what: the latest row under the conditions, by ``order``, then as recorded."""
        inner = aliased(model)
        given = [condition(inner) for condition in conditions]
        newest = (
            select(inner if self.lateral else inner.id)
            .where(inner.project_id == Project.id, known(inner, self.moment), *given)
            .order_by(order(inner).desc(), inner.recorded_at.desc(), inner.id.desc())
            .limit(1)
            .correlate(Project)
        )
        if self.lateral:
            return aliased(model, newest.lateral()), true()
        row = aliased(model)
        return row, row.id == newest.scalar_subquery()

    def report(self, month: Month) -> tuple[Any, Sql]:
        """Give the latest report up to a month."""
        return self.latest(Report, lambda r: r.period <= month, order=lambda r: r.period)


def unit_on(unit_id: Any, day: date, moment: Any) -> Sql:
    """Give the number of the unit that stands in a unit's place on a day, as known at a moment."""
    successor = (
        select(col(UnitChange.successor_id))
        .where(col(UnitChange.unit_id) == unit_id, col(UnitChange.effective) <= day, known(UnitChange, moment))
        .order_by(col(UnitChange.effective).desc(), col(UnitChange.recorded_at).desc(), col(UnitChange.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    return first_known(successor, unit_id)


def layer(below: Select[Any], name: str, ask: Ask) -> FromClause:
    """Make a select the layer below another; PostgreSQL is kept from merging them, which takes it far longer."""
    return (below.offset(literal_column("0")) if ask.lateral else below).subquery(name)


def positions(ask: Ask) -> Select[Any]:
    """Give the select of every project's position, one column a field of ``Position``.

    Adds ``domain_position`` and ``unit_position`` to order by.
    """
    judged = layer(_judged(_flows(_facts(ask), ask), ask), "judged", ask)
    light, step = light_terms(ask.rules, ask.point, dict(judged.c.items()))
    lit = select(judged, light.label("light_computed"), step.label("light_step")).subquery("lit")
    shown = first_known(lit.c.light_override, lit.c.light_computed).label("light")
    return select(lit, shown)


def _facts(ask: Ask) -> Select[Any]:
    """Join each project with what was known of it, one lookup a row."""
    point, moment = ask.point, KNOWN_AT
    find = Lookup(moment, ask.lateral)
    day_over = _moment_of(point.day + timedelta(days=1))

    def spoken(row: Any) -> Any:
        # What a running month will have filed is not known within it.
        return or_(row.period <= point.over, and_(row.period == month_of(point.day), row.recorded_at < day_over))

    def in_year(row: Any) -> Any:
        return row.year == point.year

    def seen(check: Any) -> Any:
        return check.day <= point.day

    def amounted(row: Any) -> Any:
        return and_(row.period <= point.period, row.cumulative_fen.is_not(None))

    def of_period(row: Any) -> Any:
        return row.period

    def of_effect(row: Any) -> Any:
        return row.effective

    version, version_is = find.latest(ProjectVersion, lambda v: v.effective <= point.day, order=of_effect)
    on_day, on_day_is = find.latest(Report, spoken, order=of_period)
    begun, begun_is = find.latest(Report, spoken, _begins(moment), order=of_period)
    check, check_is = find.latest(Verification, seen, order=lambda c: c.day)
    verdict, verdict_is = find.latest(Verification, seen, lambda c: c.status.is_not(None), order=lambda c: c.day)
    at_period, at_period_is = find.report(point.period)
    amount, amount_is = find.latest(Report, amounted, _stands(moment), order=of_period)
    at_quarter, at_quarter_is = find.report(point.quarter_base)
    at_year, at_year_is = find.report(point.year_base)
    at_plan, at_plan_is = find.report(ask.plan_start - 1)
    plan, plan_is = find.latest(YearPlan, in_year, lambda y: y.effective <= point.day, order=of_effect)
    first_plan, first_plan_is = find.latest(
        YearPlan, in_year, lambda y: y.effective <= date(point.year, 1, 1), order=of_effect
    )
    override, override_is = find.latest(LightOverride, lambda o: o.period == point.period, order=of_period)
    sent_back = (
        select(func.max(SendBack.id))
        .where(col(SendBack.project_id) == Project.id, col(SendBack.period) == point.period, known(SendBack, moment))
        .correlate(Project)
        .scalar_subquery()
    )
    # The office's word outweighs a report only when it is the later one.
    checked = and_(verdict.id.is_not(None), or_(on_day.period.is_(None), verdict.period >= on_day.period))
    closed_at = _moment_of(ask.closes + timedelta(days=1))
    timely: Any = aliased(Report)
    # A later correction does not make a filing late that was in time.
    in_time = (
        select(timely.id)
        .where(
            timely.project_id == Project.id,
            timely.period == point.period,
            timely.filed_at < closed_at,
            known(timely, moment),
        )
        .correlate(Project)
    )
    looked_up = {
        "version": version,
        "report": on_day,
        "begun": begun,
        "check": check,
        "verdict": verdict,
        "period": at_period,
        "amount": amount,
        "quarter": at_quarter,
        "year": at_year,
        "base": at_plan,
        "plan": plan,
        "first_plan": first_plan,
        "override": override,
    }
    columns: dict[str, Any] = {
        **{n: getattr(Project, n) for n in ("id", "no", "position", "source_row", "stands_for")},
        "root": first_known(Project.root_id, Project.id),
        **{n: getattr(version, n) for n in _VERSION_FIELDS},
        "investment": version.investment_fen,
        "domain": Domain.name,
        "domain_position": Domain.position,
        "unit": Unit.name,
        "unit_kind": Unit.kind,
        "unit_position": Unit.position,
        "report_period": on_day.period,
        "check_day": check.day,
        "check_period": check.period,
        "check_how": check.how,
        "check_finding": check.finding,
        "status": case((checked, verdict.status), else_=on_day.status),
        "started": first_known(begun.started, check.started, verdict.started),
        "verdict_status": verdict.status,
        "verdict_period": verdict.period,
        "finished": case((checked, verdict.finished), else_=on_day.finished),
        **{n: getattr(at_period, n) for n in ("physical", "physical_percent", "problem", "next_step", "filed_by")},
        "goal_verdict": case((at_period.period > point.year_base, at_period.goal_verdict), else_=null()),
        "filed_period": at_period.period,
        "period_status": at_period.status,
        "filed_late": case((in_time.exists(), 0), else_=1),
        "period_filed": amount.period,
        "cumulative": amount.cumulative_fen,
        "prior_period": at_quarter.period,
        "prior_cumulative": at_quarter.cumulative_fen,
        **_stated_from("period", at_period),
        **_stated_from("quarter", at_quarter),
        **_stated_from("year", at_year),
        **_stated_from("plan", at_plan),
        "year_plan": plan.amount_fen,
        "year_plan_first": first_plan.amount_fen,
        "goal": plan.goal,
        **{f"q{n}": getattr(plan, f"q{n}_fen") for n in (1, 2, 3, 4)},
        "sent_back": sent_back,
        "light_override": override.light,
        "override_reason": override.reason,
        "by_check": case((checked, 1), else_=0),
        **{f"{name}_id": row.id for name, row in looked_up.items()},
    }

    return (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(Project)
        .join(version, version_is)
        .join(Domain, col(Domain.id) == version.domain_id)
        .join(Unit, col(Unit.id) == unit_on(version.lead_id, point.units_day, moment))
        .outerjoin(on_day, on_day_is)
        .outerjoin(begun, begun_is)
        .outerjoin(check, check_is)
        .outerjoin(verdict, verdict_is)
        .outerjoin(at_period, at_period_is)
        .outerjoin(amount, amount_is)
        .outerjoin(at_quarter, at_quarter_is)
        .outerjoin(at_year, at_year_is)
        .outerjoin(at_plan, at_plan_is)
        .outerjoin(plan, plan_is)
        .outerjoin(first_plan, first_plan_is)
        .outerjoin(override, override_is)
        .where(version.replaced == 0)
    )


def _stands(moment: Any) -> Any:
    """Say that a report is the latest of its own period: what it corrected no longer speaks."""

    def standing(row: Any) -> Any:
        newer: Any = aliased(Report)
        later = or_(newer.recorded_at > row.recorded_at, and_(newer.recorded_at == row.recorded_at, newer.id > row.id))
        same = and_(newer.project_id == row.project_id, newer.period == row.period)
        return ~select(newer.id).where(same, later, known(newer, moment)).exists()

    return standing


def _begins(moment: Any) -> Any:
    """Say that a standing report gives an actual start, which stands until a later one gives another."""
    standing = _stands(moment)
    return lambda row: and_(row.started.is_not(None), standing(row))


def _stated_from(name: str, row: Any) -> dict[str, Any]:
    """Give the columns of a report that ``stated`` judges by."""
    return {f"{name}_row": row.period, f"{name}_fen": row.cumulative_fen, f"{name}_done": row.status}


def _moment_of(day: date) -> int:
    """Give the moment a day begins in the office's time."""
    return int(datetime.combine(day, datetime.min.time(), OFFICE_TIME).timestamp()) * 1_000_000


_VERSION_FIELDS = (
    "source",
    "name",
    "initials",
    "scope",
    "unit_text",
    "period_text",
    "start",
    "due",
    "baseline_start",
    "baseline_due",
    "baseline_fen",
    "stage",
    "operation",
    "exited",
    "replaced",
    "investment_kind",
    "investment_text",
    "in_statistics",
    "statistics_code",
)


def _flows(facts: Select[Any], ask: Ask) -> Select[Any]:
    """Add the amounts stated at each base, the flows between them, and the planned amount so far."""
    below = layer(facts, "facts", ask)
    c, point = below.c, ask.point
    top, bottom, gone = pace_terms(point.year_base, point.period, dict(c.items()))
    # What is filed as not begun and at nought for P had done nothing before it either.
    idle = and_(c.period_row == point.period, c.period_done.in_(UNSTARTED_STATUSES), c.period_fen == 0)
    begins = case((idle, point.period + 1), else_=first_known(sql_month_of(c.started), c.start))

    def at(month: Month, name: str) -> Sql:
        checked = and_(c.verdict_status.in_(COMPLETE_STATUSES), c.verdict_period <= month)
        return stated(month, c[f"{name}_row"], c[f"{name}_fen"], c[f"{name}_done"], begins, checked)

    now, base = at(point.period, "period"), at(point.quarter_base, "quarter")
    opening, plan_base = at(point.year_base, "year"), at(ask.plan_start - 1, "plan")
    amounts = select(
        below,
        now.label("stated"),
        base.label("base"),
        opening.label("opening"),
        plan_base.label("plan_base"),
        top.label("pace_top"),
        bottom.label("pace_bottom"),
        gone.label("pace_gone"),
        case((c.q1.is_not(None), 1), else_=0).label("stepped"),
    ).subquery("amounts")
    a = amounts.c
    return select(
        amounts,
        (a.stated - a.base).label("quarter"),
        (a.stated - a.opening).label("ytd"),
        (a.stated - a.plan_base if point.period >= ask.plan_start else null()).label("since_plan"),
    )


def _judged(flows: Select[Any], ask: Ask) -> Select[Any]:
    """Add what the rules say of deadline, start, filing, phase, and completion against pace."""
    below = layer(flows, "flows", ask)
    columns: dict[str, Sql] = dict(below.c.items())
    return select(
        below,
        rounded_share(below.c.pace_top, below.c.pace_bottom).label("planned"),
        deadline_state(ask.point, columns).label("deadline_state"),
        start_state(ask.point, columns).label("start_state"),
        filing_state(ask.point, ask.closes, columns).label("filing_state"),
        phase_by_deadline(ask.near_end, below.c.due).label("phase_deadline"),
        measured(ask.rules, columns).label("measured"),
        measured_note(ask.rules, columns).label("measured_note"),
    )


@lru_cache(maxsize=16)
def _subquery(ask: Ask) -> FromClause:
    """Build the select once for each day and period: that takes longer than running it over one plan."""
    return positions(ask).subquery("positions")


def filtered(ask: Ask, where: Filter) -> FromClause:
    """Give the positions that a filter lets through, as a subquery."""
    day = moment_of(office_day(ask.point.known_at).isoformat())
    rows = _subquery(replace(ask, point=replace(ask.point, known_at=day)))
    return select(rows).where(*_conditions(rows.c, where, ask.point)).subquery("chosen")


_EXACT = ("domain", "unit", "deadline_state", "start_state", "light", "filing_state")
_SEARCHED = ("no", "name", "unit", "unit_text", "domain", "status", "initials", "deadline_state")
_WHOLE = (
    *((f"{light}灯", "light", light) for light in Light),
    *((state, "start_state", state) for state in StartState),
    *((state, "filing_state", state) for state in FilingState),
)
"""Words that are searched for whole, with the column that each is looked up in and what stands there."""


def _conditions(c: Any, where: Filter, point: Point) -> list[Any]:
    conditions = [c[name] == getattr(where, name) for name in _EXACT if getattr(where, name)]
    if where.member:
        joined = (
            select(col(VersionUnit.version_id))
            .join(Unit, col(Unit.id) == unit_on(col(VersionUnit.unit_id), point.units_day, KNOWN_AT))
            .where(col(Unit.name) == where.member, col(VersionUnit.version_id) == c.version_id)
        )
        conditions.append(or_(c.unit == where.member, joined.exists()))
    if where.phase:
        column = c.stage if where.basis is Basis.PLAN else c.phase_deadline
        conditions.append(column == where.phase)
    if where.status:
        conditions.append(c.status.is_(None) if where.status == "未填报" else c.status == where.status)
    if where.priced is not None:
        conditions.append(c.investment.is_not(None) if where.priced else c.investment.is_(None))
    if where.stated is not None:
        conditions.append(c[where.stated].is_not(None))
    if where.silent:
        conditions.append(c.filing_state.in_(SILENT_STATES))
    if where.nos:
        conditions.append(c.no.in_(where.nos))
    conditions += [_matches(c, text) for text in where.text.split()]
    return conditions + (_conditions(c, where.within, point) if where.within else [])


def _matches(c: Any, text: str) -> Any:
    """Match one word against a project's number, names, terms, or the initials of its name's pinyin.

    A light (红灯) and the states of start and filing are matched whole.
    """
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    called = case(
        *(((c.operation == 1) & (c.status == status), label) for status, label in OPERATION_STATUS_LABELS.items())
    )
    searched = (*(c[name] for name in _SEARCHED), called)
    whole = (c[name] == str(value) for word, name, value in _WHOLE if word == text)
    return or_(*whole, *(func.lower(plain(text)).like(f"%{escaped}%", escape="\\") for text in searched))


def position_columns(rows: FromClause, ask: Ask) -> list[Any]:
    """Give the columns of ``Position`` in order, from a subquery of positions."""
    asked = {"period": literal(ask.point.period), "day": literal(ask.point.day, DAY)}
    return [asked[name] if name in asked else rows.c[name] for name in POSITION_FIELDS]
