"""The one select that every figure comes from: project ⟕ its version ⟕ its latest reports ⟕ its year plan.

Each lookup is a correlated ``ORDER BY … LIMIT 1`` over an index; the rules are column expressions on top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Select, and_, bindparam, case, func, literal, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from hgt_portfolio.figures.position import POSITION_FIELDS, Filter
from hgt_portfolio.model.columns import BIG, DAY
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification, YearPlan
from hgt_portfolio.model.project import Domain, Project, ProjectVersion, Unit, VersionUnit
from hgt_portfolio.months import Month, month_of
from hgt_portfolio.rules.deadline import deadline_state, filing_state, phase_by_deadline, start_state
from hgt_portfolio.rules.lights import RuleSet, light_terms, measured, measured_note
from hgt_portfolio.rules.point import OFFICE_TIME, Point, moment_of, office_day
from hgt_portfolio.rules.progress import pace_terms, rounded_share, stated
from hgt_portfolio.rules.sql import Sql, first_known
from hgt_portfolio.terms import Basis, FilingState


@dataclass(frozen=True)
class Ask:
    """What a select is asked for: the point, the rule set, when the period's filing closes, and the plan's months."""

    point: Point
    rules: RuleSet
    closes: date
    plan_start: Month
    near_end: Month


KNOWN_AT = bindparam("known_at", type_=BIG)
"""The moment of knowledge in every select of positions: given as it is executed, see ``asked``."""


def asked(ask: Ask) -> dict[str, int]:
    """Give the parameters to execute a select of positions with."""
    return {"known_at": ask.point.known_at}


def known(row: Any, moment: Any) -> Sql:
    """Say that a ledger row was recorded, and not revoked, by a moment."""
    return and_(col(row.recorded_at) <= moment, or_(col(row.revoked_at).is_(None), col(row.revoked_at) > moment))


def latest(row: Any, moment: Any, *conditions: Any, order: Any) -> Sql:
    """Say that an aliased ledger row is the latest of its project under the conditions, as known at a moment."""
    inner = aliased(row.__mapper__.class_)
    given = [condition(inner) for condition in conditions]
    newest = (
        select(inner.id)
        .where(inner.project_id == Project.id, known(inner, moment), *given)
        .order_by(order(inner).desc(), inner.recorded_at.desc(), inner.id.desc())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    matches: Sql = row.id == newest
    return matches


def report_at(month: Month, moment: Any) -> tuple[Any, Sql]:
    """Give an alias of ``Report`` and the condition that makes it the latest up to a month."""
    row = aliased(Report)
    return row, latest(row, moment, lambda r: r.period <= month, order=lambda r: r.period)


def positions(ask: Ask) -> Select[Any]:
    """Give the select of every project's position, one column a field of ``Position``.

    Adds ``domain_position`` and ``unit_position`` to order by.
    """
    judged = _judged(_flows(_facts(ask), ask), ask).subquery("judged")
    light, step = light_terms(ask.rules, ask.point, dict(judged.c.items()))
    lit = select(judged, light.label("light_computed"), step.label("light_step")).subquery("lit")
    shown = first_known(lit.c.light_override, lit.c.light_computed).label("light")
    return select(lit, shown)


def _facts(ask: Ask) -> Select[Any]:
    """Join each project with what was known of it, one lookup a row."""
    point, moment = ask.point, KNOWN_AT
    version: Any = aliased(ProjectVersion)
    check: Any = aliased(Verification)
    plan: Any = aliased(YearPlan)
    first_plan: Any = aliased(YearPlan)
    override: Any = aliased(LightOverride)
    on_day, on_day_is = report_at(month_of(point.day), moment)
    at_period, at_period_is = report_at(point.period, moment)
    at_quarter, at_quarter_is = report_at(point.quarter_base, moment)
    at_year, at_year_is = report_at(point.year_base, moment)
    before_plan = ask.plan_start - 1
    at_plan, at_plan_is = report_at(before_plan, moment)
    sent_back = (
        select(func.max(SendBack.id))
        .where(col(SendBack.project_id) == Project.id, col(SendBack.period) == point.period, known(SendBack, moment))
        .correlate(Project)
        .scalar_subquery()
    )
    begun: Any = aliased(Report)
    # An actual start once filed stands until a later report gives another.
    started = (
        select(begun.started)
        .where(
            begun.project_id == Project.id,
            begun.period <= month_of(point.day),
            begun.started.is_not(None),
            known(begun, moment),
        )
        .order_by(begun.period.desc(), begun.recorded_at.desc(), begun.id.desc())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    # The check outweighs a report only when it is the later word.
    checked = and_(
        check.status.is_not(None),
        or_(on_day.period.is_(None), check.period > on_day.period, check.period == on_day.period),
    )
    closing = datetime.combine(ask.closes + timedelta(days=1), datetime.min.time(), OFFICE_TIME)
    closed_at = int(closing.timestamp()) * 1_000_000
    timely: Any = aliased(Report)
    # A later correction does not make a filing late that was in time.
    in_time = (
        select(timely.id)
        .where(
            timely.project_id == Project.id,
            timely.period == point.period,
            timely.recorded_at < closed_at,
            known(timely, moment),
        )
        .correlate(Project)
    )
    year = point.year
    columns: dict[str, Any] = {
        **{n: getattr(Project, n) for n in ("id", "no", "position", "source_row")},
        **{n: getattr(version, n) for n in _VERSION_FIELDS},
        "version_id": version.id,
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
        "status": case((checked, check.status), else_=on_day.status),
        "started": first_known(started, check.started),
        "finished": case((checked, check.finished), else_=on_day.finished),
        **{n: getattr(at_period, n) for n in ("physical", "physical_percent", "problem", "next_step", "filed_by")},
        "goal_verdict": case((at_period.period > point.year_base, at_period.goal_verdict), else_=null()),
        "period_filed": at_period.period,
        "period_status": at_period.status,
        "filed_late": case((in_time.exists(), 0), else_=1),
        "cumulative": at_period.cumulative_fen,
        "stated": stated(point.period, at_period.period, at_period.cumulative_fen, at_period.status, version.start),
        "prior_period": at_quarter.period,
        "prior_cumulative": at_quarter.cumulative_fen,
        "base": stated(
            point.quarter_base, at_quarter.period, at_quarter.cumulative_fen, at_quarter.status, version.start
        ),
        "opening": stated(point.year_base, at_year.period, at_year.cumulative_fen, at_year.status, version.start),
        "plan_base": stated(before_plan, at_plan.period, at_plan.cumulative_fen, at_plan.status, version.start),
        "year_plan": plan.amount_fen,
        "year_plan_first": first_plan.amount_fen,
        "goal": plan.goal,
        **{f"q{n}": getattr(plan, f"q{n}_fen") for n in (1, 2, 3, 4)},
        "sent_back": sent_back,
        "light_override": override.light,
        "override_reason": override.reason,
    }

    def in_year(row: Any) -> Any:
        return row.year == year

    return (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(Project)
        .join(version, latest(version, moment, lambda v: v.effective <= point.day, order=lambda v: v.effective))
        .join(Domain, col(Domain.id) == version.domain_id)
        .join(Unit, col(Unit.id) == version.lead_id)
        .outerjoin(on_day, on_day_is)
        .outerjoin(check, latest(check, moment, lambda c: c.day <= point.day, order=lambda c: c.day))
        .outerjoin(at_period, at_period_is)
        .outerjoin(at_quarter, at_quarter_is)
        .outerjoin(at_year, at_year_is)
        .outerjoin(at_plan, at_plan_is)
        .outerjoin(plan, latest(plan, moment, in_year, lambda y: y.effective <= point.day, order=lambda y: y.effective))
        .outerjoin(
            first_plan,
            latest(first_plan, moment, in_year, lambda y: y.effective <= date(year, 1, 1), order=lambda y: y.effective),
        )
        .outerjoin(override, latest(override, moment, lambda o: o.period == point.period, order=lambda o: o.period))
    )


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
    "investment_kind",
    "investment_text",
    "statistics_code",
)


def _flows(facts: Select[Any], ask: Ask) -> Select[Any]:
    """Add the flows: 本季度, 本年, 规划期以来, and the planned amount so far."""
    below = facts.subquery("facts")
    top, bottom, gone = pace_terms(ask.point.year_base, ask.point.period, dict(below.c.items()))
    return select(
        below,
        (below.c.stated - below.c.base).label("quarter"),
        (below.c.stated - below.c.opening).label("ytd"),
        (below.c.stated - below.c.plan_base if ask.point.period >= ask.plan_start else null()).label("since_plan"),
        top.label("pace_top"),
        bottom.label("pace_bottom"),
        gone.label("pace_gone"),
        case((below.c.q1.is_not(None), 1), else_=0).label("stepped"),
    )


def _judged(flows: Select[Any], ask: Ask) -> Select[Any]:
    """Add what the rules say of deadline, start, filing, phase, and completion against pace."""
    below = flows.subquery("flows")
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
    return select(rows).where(*_conditions(rows.c, where)).subquery("chosen")


_EXACT = ("domain", "unit", "deadline_state", "start_state", "light", "filing_state")
_SEARCHED = ("no", "name", "unit", "unit_text", "domain", "status", "initials", "deadline_state")
_SILENT = (FilingState.PENDING, FilingState.MISSING, FilingState.RETURNED)


def _conditions(c: Any, where: Filter) -> list[Any]:
    conditions = [c[name] == getattr(where, name) for name in _EXACT if getattr(where, name)]
    if where.member:
        joined = (
            select(col(VersionUnit.version_id))
            .join(Unit, col(Unit.id) == VersionUnit.unit_id)
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
        conditions.append(c.filing_state.in_(_SILENT))
    if where.nos:
        conditions.append(c.no.in_(where.nos))
    conditions += [_matches(c, text) for text in where.text.split()]
    return conditions


def _matches(c: Any, text: str) -> Any:
    """Match one word against a project's number, names, terms, or the initials of its name's pinyin."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(*(func.lower(c[name]).like(f"%{escaped}%", escape="\\") for name in _SEARCHED))


def position_columns(rows: FromClause, ask: Ask) -> list[Any]:
    """Give the columns of ``Position`` in order, from a subquery of positions."""
    asked = {"period": literal(ask.point.period), "day": literal(ask.point.day, DAY)}
    return [asked[name] if name in asked else rows.c[name] for name in POSITION_FIELDS]
