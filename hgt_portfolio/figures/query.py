"""What is asked for, and the lookups behind every figure: project ⟕ its version ⟕ its latest reports ⟕ its year plan.

Each lookup is an ``ORDER BY … LIMIT 1`` over an index, correlated or lateral as the engine has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import visitors
from sqlmodel import SQLModel, col

from hgt_portfolio.model.columns import BIG
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification, YearPlan
from hgt_portfolio.model.project import Domain, Project, ProjectVersion, Unit, UnitChange
from hgt_portfolio.months import Month, month_of
from hgt_portfolio.rules.lights import RuleSet
from hgt_portfolio.rules.point import OFFICE_TIME, Point
from hgt_portfolio.rules.sql import Sql, first_known


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
    horizon_end: Month
    lateral: bool


KNOWN_AT = bindparam("known_at", None, BIG)
"""The moment of knowledge in every select of positions: given as it is executed."""


def among(column: Any, name: str, kind: Any = Integer, *, lateral: bool) -> Any:
    """Say that a column is among the values that a select is given as JSON by a name when it is executed."""
    given = bindparam(name, None, Text())
    if not lateral:
        return column.in_(select(func.json_each(given).table_valued("value").c.value))
    from sqlalchemy.dialects.postgresql import JSONB

    # An array is worked out once and looked up in an index; a subselect would be joined last of all.
    values = select(cast(func.jsonb_array_elements_text(cast(given, JSONB)), kind))
    return column == any_(func.array(values.scalar_subquery()))


def known(row: Any, moment: Any) -> Sql:
    """Say that a ledger row was recorded, and not revoked, by a moment."""
    return and_(col(row.recorded_at) <= moment, or_(col(row.revoked_at).is_(None), col(row.revoked_at) > moment))


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


def table_of(model: type[SQLModel]) -> Table:
    """Give a model's table: selects of many columns compile far faster over tables than over models."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


@dataclass(frozen=True)
class Join:
    """A row looked up for each project, on what it is joined, and the condition on rows before it that it reads."""

    row: FromClause
    on: ColumnElement[bool]
    outer: bool = True
    after: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a project row by row: the columns by name, and the joins that they may need, in order."""

    columns: dict[str, Sql]
    joins: tuple[Join, ...]
    standing: ColumnElement[bool]

    def select(self, names: Iterable[str], conditions: Iterable[Any]) -> Select[Any]:
        """Give some of the columns of the projects that meet conditions on them; only what these need is joined."""
        columns = [self.columns[name].label(name) for name in names]
        conditions = [self.standing, *conditions]
        rows = {join.row for join in self.joins}
        needed = _rows_in((*columns, *conditions), rows)
        # What is joined on may need others, which come before it.
        for join in reversed(self.joins):
            if join.row in needed:
                needed |= _rows_in([join.on if join.after is None else join.after], rows)
        query = select(*columns).select_from(table_of(Project))
        for join in self.joins:
            if join.row in needed:
                query = query.join(join.row, join.on, isouter=join.outer)
        return query.where(*conditions)


def _rows_in(expressions: Iterable[Any], rows: set[FromClause]) -> set[FromClause]:
    """Give the looked-up rows that expressions read from."""
    elements = (element for expression in expressions for element in visitors.iterate(expression))
    return {table for element in elements if (table := getattr(element, "table", None)) in rows and table is not None}


Condition = Callable[[Any], Any]
"""An expression on a row, given its columns."""


def _unless(condition: Any, earlier: Any, newest: Select[Any]) -> CompoundSelect[Any]:
    """Take the columns of a row before under a condition, and look for the newest only where it is not met."""
    names = newest.selected_columns.keys()
    kept = select(*(earlier[name].label(name) for name in names)).where(condition)
    return union_all(kept.correlate(earlier.id.table), newest.where(condition.is_not(true())))


class Lookup:
    """Finds the latest ledger row of each project, as known at a moment, and gathers the joins."""

    def __init__(self, *, lateral: bool) -> None:
        self.lateral = lateral
        self.joins: list[Join] = []
        self._project = table_of(Project).c.id

    def latest(
        self, model: type[SQLModel], *conditions: Condition, order: str, same: tuple[Any, Any] | None = None
    ) -> Any:
        """Join the latest row under conditions, by ``order``, then as recorded; gives its columns.

        ``same`` is a condition under which it is a row that was looked up before, and that row's columns.
        """
        inner = table_of(model).alias()
        newest = (
            select(inner if self.lateral else inner.c.id)
            .where(
                inner.c.project_id == self._project,
                known(inner.c, KNOWN_AT),
                *(condition(inner.c) for condition in conditions),
            )
            .order_by(inner.c[order].desc(), inner.c.recorded_at.desc(), inner.c.id.desc())
            .limit(1)
            .correlate(table_of(Project), *([same[1].id.table] if same else []))
        )
        if self.lateral:
            lateral = (_unless(*same, newest) if same else newest).lateral()
            self.joins.append(Join(lateral, true(), after=same[0] if same else None))
            return lateral.c
        row, number = table_of(model).alias(), newest.scalar_subquery()
        if same:
            condition, earlier = same
            self.joins.append(Join(row, row.c.id == case((condition, earlier.id), else_=number)))
        else:
            self.joins.append(Join(row, row.c.id == number))
        return row.c

    def inner(self, row: FromClause, on: Any) -> Any:
        """Join a row that every project has; gives its columns."""
        self.joins.append(Join(row, on, outer=False))
        return row.c

    def all(self) -> tuple[Join, ...]:
        """Give the joins; that of the version, which every project must have, drops those without one."""
        first, *others = self.joins
        return (Join(first.row, first.on, outer=False), *others)


def facts(ask: Ask) -> Facts:
    """Join each project with what was known of it, one lookup a row."""
    point, project, find = ask.point, table_of(Project).c, Lookup(lateral=ask.lateral)
    day_over = _moment_of(point.day + timedelta(days=1))

    def spoken(row: Any) -> Any:
        # What a running month will have filed is not known within it.
        return or_(row.period <= point.over, and_(row.period == month_of(point.day), row.recorded_at < day_over))

    def up_to(month: Month) -> Condition:
        return lambda row: row.period <= month

    def in_year(row: Any) -> Any:
        return row.year == point.year

    def seen(check: Any) -> Any:
        return check.day <= point.day

    def before(later: Any, month: Month) -> tuple[Any, Any]:
        # The latest row up to a later month is that of an earlier one too where it is no younger.
        return or_(later.period.is_(None), later.period <= month), later

    version = find.latest(ProjectVersion, lambda v: v.effective <= point.day, order="effective")
    domain = find.inner(table_of(Domain), table_of(Domain).c.id == version.domain_id)
    lead = unit_on(version.lead_id, point.units_day, KNOWN_AT)
    unit = find.inner(table_of(Unit), table_of(Unit).c.id == lead)
    on_day = find.latest(Report, spoken, order="period")
    begun = find.latest(
        Report,
        spoken,
        _begins,
        order="period",
        # In a running month a later correction may be known that is not spoken on D.
        same=(and_(on_day.started.is_not(None), on_day.period <= point.over), on_day),
    )
    check = find.latest(Verification, seen, order="day")
    verdict = find.latest(
        Verification,
        seen,
        lambda c: c.status.is_not(None),
        order="day",
        same=(or_(check.id.is_(None), check.status.is_not(None)), check),
    )
    at_period = find.latest(
        Report,
        up_to(point.period),
        order="period",
        # What is filed ahead of P's end is not spoken yet on D.
        same=before(on_day, point.period) if point.period <= point.over else None,
    )
    amount = find.latest(
        Report,
        up_to(point.period),
        lambda row: row.cumulative_fen.is_not(None),
        _stands,
        order="period",
        same=(at_period.cumulative_fen.is_not(None), at_period),
    )
    at_quarter = find.latest(
        Report, up_to(point.quarter_base), order="period", same=before(at_period, point.quarter_base)
    )
    at_year = find.latest(Report, up_to(point.year_base), order="period", same=before(at_quarter, point.year_base))
    at_plan = find.latest(
        Report,
        up_to(ask.plan_start - 1),
        order="period",
        same=before(at_year, ask.plan_start - 1) if ask.plan_start - 1 <= point.year_base else None,
    )
    first_day = date(point.year, 1, 1)
    plan = find.latest(YearPlan, in_year, lambda y: y.effective <= point.day, order="effective")
    first_plan = find.latest(
        YearPlan,
        in_year,
        lambda y: y.effective <= first_day,
        order="effective",
        same=(or_(plan.id.is_(None), plan.effective <= first_day), plan) if first_day <= point.day else None,
    )
    override = find.latest(LightOverride, lambda o: o.period == point.period, order="period")
    # The office's word outweighs a report only when it is the later one.
    checked = and_(verdict.id.is_not(None), or_(on_day.period.is_(None), verdict.period >= on_day.period))
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
        **{n: project[n] for n in ("id", "no", "position", "source_row", "stands_for")},
        "root": first_known(project.root_id, project.id),
        **{n: version[n] for n in _VERSION_FIELDS},
        "investment": version.investment_fen,
        "domain": domain.name,
        "domain_position": domain.position,
        "unit": unit.name,
        "unit_kind": unit.kind,
        "unit_position": unit.position,
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
        **{n: at_period[n] for n in ("physical", "physical_percent", "problem", "next_step", "filed_by")},
        "goal_verdict": case((at_period.period > point.year_base, at_period.goal_verdict), else_=null()),
        "filed_period": at_period.period,
        "period_status": at_period.status,
        "filed_late": case((_in_time(ask).is_not(None), 0), else_=1),
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
        **{f"q{n}": plan[f"q{n}_fen"] for n in (1, 2, 3, 4)},
        "sent_back": _sent_back(point),
        "light_override": override.light,
        "override_reason": override.reason,
        "by_check": case((checked, 1), else_=0),
        **{f"{name}_id": row.id for name, row in looked_up.items()},
    }
    return Facts(columns, find.all(), version.replaced == 0)


def _in_time(ask: Ask) -> Sql:
    """Find a report for P filed before its window closed: a later correction does not make it late.

    As one row looked up, and not as ``EXISTS``, for which PostgreSQL would read every report.
    """
    row, closed_at = table_of(Report).alias().c, _moment_of(ask.closes + timedelta(days=1))
    project = table_of(Project)
    return (
        select(row.id)
        .where(row.project_id == project.c.id, row.period == ask.point.period, row.filed_at < closed_at)
        .where(known(row, KNOWN_AT))
        .limit(1)
        .correlate(project)
        .scalar_subquery()
    )


def _sent_back(point: Point) -> Sql:
    """Find the last sending back of the filing for P."""
    row, project = table_of(SendBack).alias().c, table_of(Project)
    return (
        select(func.max(row.id))
        .where(row.project_id == project.c.id, row.period == point.period, known(row, KNOWN_AT))
        .correlate(project)
        .scalar_subquery()
    )


def _stands(row: Any) -> Any:
    """Say that a report is the latest of its own period: what it corrected no longer speaks."""
    newer = table_of(Report).alias().c
    later = or_(newer.recorded_at > row.recorded_at, and_(newer.recorded_at == row.recorded_at, newer.id > row.id))
    same = and_(newer.project_id == row.project_id, newer.period == row.period)
    return ~select(newer.id).where(same, later, known(newer, KNOWN_AT)).exists()


def _begins(row: Any) -> Any:
    """Say that a standing report gives an actual start, which stands until a later one gives another."""
    return and_(row.started.is_not(None), _stands(row))


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
    "lead_id",
    "domain_id",
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
