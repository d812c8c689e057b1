"""The one door for reading: positions, totals and history, as of a day and known at a moment.

Every call opens a short session and gives back plain values, so a screen or a report never holds one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import FromClause, case, func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.events import Entry, Event, changes_in_words, read_entries, read_events
from hgt_portfolio.figures.position import Filter, Group, Position, Sum
from hgt_portfolio.figures.query import Ask, asked, filtered, known, position_columns
from hgt_portfolio.figures.totals import By, Horizon, read_groups, read_spread
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.office import Amendment, Closing, FilingWindow, RuleAdoption
from hgt_portfolio.model.project import (
    Contact,
    Domain,
    PlanRecord,
    PlanStatement,
    Project,
    Unit,
    VersionUnit,
)
from hgt_portfolio.months import Month, last_day, last_quarter_end, read_as_of
from hgt_portfolio.rules.lights import DEFAULT_RULES, RULE_SETS, RuleSet
from hgt_portfolio.rules.point import Point, filing_window, moment_of, moment_words, office_day
from hgt_portfolio.rules.pressing import pressing_rank
from hgt_portfolio.store import Store, StoreError
from hgt_portfolio.terms import DeadlineState, FilingKind, Light, Status, UnitRole

__all__ = [
    "By",
    "Entry",
    "Event",
    "Figures",
    "Filter",
    "Group",
    "InForce",
    "Point",
    "Position",
    "StoreError",
    "Sum",
    "UnitInfo",
    "Unknown",
]

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


class Unknown(ValueError):
    """What was asked for does not exist; the text says what there is."""


@dataclass(frozen=True)
class InForce:
    """The rule set used at a point, and the 文号 it was adopted by (None: for reference only)."""

    rules: RuleSet
    doc: str | None

    @property
    def label(self) -> str:
        """The rule set's name as screens and sheets print it."""
        return f"{self.rules.name}（{self.doc}）" if self.doc else f"{self.rules.name} 参考规则(未批准)"


@dataclass(frozen=True)
class UnitInfo:
    """A responsible unit: its name, kind, and full name where the plan gives one."""

    name: str
    kind: str
    full_name: str | None


@dataclass(frozen=True)
class Person:
    """Who answers for a project, in which role."""

    no: str
    role: str
    name: str
    phone: str | None


class Figures:
    """Reads one ledger. ``today`` stands in for the clock where a day is not given."""

    def __init__(self, store: Store, *, rules: str = "", today: date | None = None) -> None:
        self.store = store
        self._rules = rules or DEFAULT_RULES
        self._today = today
        rule_set(self._rules)

    @property
    def today(self) -> date:
        """The day used where none is given."""
        return self._today or office_day(time.time_ns() // 1000)

    def last_action(self) -> int:
        """Give the moment of the newest action: what is known by default, never the clock."""
        with self.store.read() as session:
            return session.execute(select(func.max(Action.at))).scalar() or 0

    def point(self, as_of: str | date | None = None, known_at: str | None = None) -> Point:
        """Give the point of a day, month or quarter, known at a moment; raises ``ValueError`` with a sentence.

        The end of a closed quarter is known at its close, unless a moment is given; all else by the last action.
        """
        if as_of is None or isinstance(as_of, date):
            day, period = as_of or self.today, None
        else:
            day, period = read_as_of(as_of)
        if period is None:
            period = last_quarter_end(day)
        if known_at:
            return Point(day, period, self._begun(moment_of(known_at)))
        closing = self.closing(period) if day == last_day(period) else None
        return Point(day, period, closing.known_at if closing else self.last_action())

    def _begun(self, moment: int) -> int:
        """Refuse a moment at which the ledger did not exist yet."""
        with self.store.read() as session:
            first = session.execute(select(func.min(Action.at))).scalar() or 0
        if moment < first:
            raise ValueError(f"台账从 {moment_words(first)} 才开始记录，更早的数据时点没有数。")
        return moment

    def plan(self) -> PlanRecord:
        """Give the plan that the ledger is kept for."""
        with self.store.read() as session:
            return _plan(session)

    def statements(self) -> list[tuple[str, str, str]]:
        """Give the plan's own stated totals: code, stated value, quote."""
        with self.store.read() as session:
            rows = session.execute(select(PlanStatement).order_by(col(PlanStatement.id))).scalars()
            return [(row.code, row.stated, row.quote) for row in rows]

    def domains(self) -> list[str]:
        """Give the domains in the plan's order."""
        with self.store.read() as session:
            return list(session.execute(select(col(Domain.name)).order_by(col(Domain.position))).scalars())

    def units(self) -> list[UnitInfo]:
        """Give the units in the plan's order."""
        with self.store.read() as session:
            rows = session.execute(select(Unit).order_by(col(Unit.position))).scalars()
            return [UnitInfo(row.name, row.kind, row.full_name) for row in rows]

    def in_force(self, point: Point, name: str | None = None) -> InForce:
        """Give the rule set used at a point: the named one, else the one adopted by then, else the default."""
        with self.store.read() as session:
            adopted = _adoption(session, point)
        if name and (adopted is None or adopted.rule_set != name):
            return InForce(rule_set(name), None)
        if adopted is None:
            return InForce(rule_set(self._rules), None)
        return InForce(rule_set(adopted.rule_set), adopted.doc)

    def positions(
        self,
        point: Point,
        where: Filter | None = None,
        *,
        rules: str | None = None,
        order: str = "position",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Position]:
        """Read the positions that a filter lets through, a page of them where ``limit`` is given."""
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            return read_positions(session, ask, where, order, descending=descending, limit=limit, offset=offset)

    def position(self, point: Point, no: str, *, rules: str | None = None) -> Position:
        """Read one project's position; raises ``Unknown`` where there is no such project at the point."""
        found = self.positions(point, Filter(nos=(no,)), rules=rules)
        if not found:
            raise Unknown(f"没有序号为 {no} 的项目。")
        return found[0]

    def totals(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> Group:
        """Read the totals over the positions that a filter lets through."""
        return self._groups(point, where, None, rules)[0]

    def groups(self, point: Point, by: By, where: Filter | None = None, *, rules: str | None = None) -> list[Group]:
        """Read the totals of each group."""
        return self._groups(point, where, by, rules)

    def spread(self, point: Point, months: Iterable[Month], where: Filter | None = None) -> list[int]:
        """Read the planned investment (fen) through each month, spread evenly over each project's span."""
        with self.store.read() as session:
            ask = self._ask(session, point, None)
            return read_spread(session, filtered(ask, where or Filter()), ask, months)

    def history(self, no: str, point: Point) -> list[Event]:
        """Read every ledger row of a project known at the point, revoked ones too."""
        with self.store.read() as session:
            return read_events(session, point.known_at, no)

    def entries(self, point: Point, no: str | None = None, limit: int = 200) -> list[Entry]:
        """Read the newest audit entries, of one project where ``no`` is given."""
        with self.store.read() as session:
            return read_entries(session, point.known_at, no, limit)

    def contacts(self, point: Point) -> list[Person]:
        """Read who answers for each project on D: the latest of each role."""
        with self.store.read() as session:
            rows = session.execute(
                select(col(Project.no), Contact)
                .join(Project, col(Project.id) == Contact.project_id)
                .where(known(Contact, point.known_at), col(Contact.since) <= point.day)
                .order_by(col(Contact.since), col(Contact.recorded_at), col(Contact.id))
            )
            newest = {(no, row.role): Person(no, row.role, row.name, row.phone) for no, row in rows}
            return list(newest.values())

    def cooperating(self, point: Point) -> dict[str, list[str]]:
        """Read the cooperating units and generic members of each project on D, by its number."""
        with self.store.read() as session:
            ask = self._ask(session, point, None)
            rows = filtered(ask, Filter())
            found = session.execute(
                select(rows.c.no, col(VersionUnit.text))
                .join(VersionUnit, col(VersionUnit.version_id) == rows.c.version_id)
                .where(col(VersionUnit.role) != UnitRole.LEAD)
                .order_by(rows.c.position, col(VersionUnit.position)),
                asked(ask),
            )
            members: dict[str, list[str]] = {}
            for no, name in found:
                members.setdefault(no, []).append(name)
            return members

    def requests(self, point: Point) -> list[tuple[int, str, Amendment, str]]:
        """Read the amendments requested and not yet approved: id, project number, row, and its changes in words."""
        with self.store.read() as session:
            answered = select(col(Amendment.request_id)).where(
                col(Amendment.request_id).is_not(None), known(Amendment, point.known_at)
            )
            rows = session.execute(
                select(col(Project.no), Amendment)
                .join(Project, col(Project.id) == Amendment.project_id)
                .where(col(Amendment.doc).is_(None), known(Amendment, point.known_at))
                .where(col(Amendment.id).not_in(answered))
                .order_by(col(Amendment.id))
            )
            return [(row.id or 0, no, row, changes_in_words(row)) for no, row in rows]

    def opened(self, point: Point) -> set[str]:
        """Read the numbers of the projects that have an opening for the December before P's year (建账 n/62)."""
        with self.store.read() as session:
            rows = session.execute(
                select(col(Project.no))
                .join(Report, col(Report.project_id) == Project.id)
                .where(
                    col(Report.kind) == FilingKind.OPENING,
                    col(Report.period) == point.year_base,
                    known(Report, point.known_at),
                )
            )
            return set(rows.scalars())

    def changes(self, first: Point, last: Point) -> list[Event]:
        """Read the standing ledger rows of every project that are new at one point against an earlier one.

        They hold between the two days, or hold from earlier (追溯生效) and were recorded between them; the plan as
        loaded is none of them.
        """
        with self.store.read() as session:
            events = read_events(session, last.known_at)
        return [
            event
            for event in events
            if event.revoked_at is None
            and event.holds > BEGINNING
            and (first.day < event.holds or first.day < office_day(event.recorded_at) <= last.day)
            and event.holds <= last.day
        ]

    def opening_period(self) -> Month:
        """Give the month that the books are opened for: the December before the plan was issued."""
        return self.plan().issued.year * 12 - 1

    def window(self, point: Point) -> tuple[date, date]:
        """Give the 填报起止日 of P."""
        with self.store.read() as session:
            return window_of(session, point)

    def chain_head(self, point: Point) -> str:
        """Give the hash of the newest audit entry known at the point."""
        with self.store.read() as session:
            newest = select(col(Action.hash)).where(col(Action.at) <= point.known_at).order_by(col(Action.id).desc())
            return session.execute(newest.limit(1)).scalar() or ""

    def closing(self, period: Month) -> Closing | None:
        """Give the closing of a quarter, where it is closed."""
        with self.store.read() as session:
            return closing_of(session, period)

    def horizon(self) -> Horizon:
        """Give the months that bound the plan's phases."""
        plan = self.plan()
        return Horizon(plan.start, plan.near_end, plan.horizon_end)

    def _groups(self, point: Point, where: Filter | None, by: By | None, rules: str | None) -> list[Group]:
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            plan = _plan(session)
            horizon = Horizon(plan.start, plan.near_end, plan.horizon_end)
            return read_groups(session, filtered(ask, where or Filter()), ask, horizon, by)

    def _ask(self, session: Session, point: Point, rules: str | None) -> Ask:
        return ask_for(session, point, rules_at(session, point, rules, self._rules))


def rule_set(name: str) -> RuleSet:
    """Give the rule set of a name; raises ``Unknown`` listing those there are."""
    if name not in RULE_SETS:
        raise Unknown(f"没有名为“{name}”的预警规则；可用：{'、'.join(RULE_SETS)}。")
    return RULE_SETS[name]


def rules_at(session: Session, point: Point, name: str | None, default: str) -> RuleSet:
    """Give the named rule set, else the one adopted by the point, else the default one."""
    adopted = _adoption(session, point)
    return rule_set(name or (adopted.rule_set if adopted else default))


def ask_for(session: Session, point: Point, rules: RuleSet) -> Ask:
    """Complete a point with what the ledger says of the plan and of the period's filing window."""
    plan = _plan(session)
    return Ask(point, rules, window_of(session, point)[1], plan.start, plan.near_end)


def window_of(session: Session, point: Point) -> tuple[date, date]:
    """Give the 填报起止日 of the point's period: the office's own where it set them, else the default."""
    row = session.execute(
        select(FilingWindow)
        .where(col(FilingWindow.period) == point.period, known(FilingWindow, point.known_at))
        .order_by(col(FilingWindow.id).desc())
        .limit(1)
    ).scalar()
    return (row.opens, row.closes) if row else filing_window(point.period)


def closing_of(session: Session, period: Month) -> Closing | None:
    """Give the standing closing of a period."""
    return session.execute(
        select(Closing).where(col(Closing.period) == period, col(Closing.revoked_at).is_(None)).limit(1)
    ).scalar()


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


def _plan(session: Session) -> PlanRecord:
    plan = session.get(PlanRecord, 1)
    if plan is None:
        raise Unknown("台账里还没有规划。请先运行 hgt init。")
    session.expunge(plan)
    return plan


def _adoption(session: Session, point: Point) -> RuleAdoption | None:
    return session.execute(
        select(RuleAdoption)
        .where(known(RuleAdoption, point.known_at), col(RuleAdoption.effective) <= point.day)
        .order_by(col(RuleAdoption.effective).desc(), col(RuleAdoption.id).desc())
        .limit(1)
    ).scalar()
