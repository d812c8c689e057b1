"""The one door for reading: positions, totals and history, as of a day and known at a moment.

Every call opens a short session and gives back plain values, so a screen or a report never holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from hgt_portfolio.figures.board import Board, Filing
from hgt_portfolio.figures.closings import Closings
from hgt_portfolio.figures.conflicts import Clash
from hgt_portfolio.figures.events import Entry, Event, read_entries, read_events
from hgt_portfolio.figures.filings import Filings
from hgt_portfolio.figures.keeping import filter_settings, read_filter
from hgt_portfolio.figures.milestones import Milestones, Node, SubCount, share_met
from hgt_portfolio.figures.moving import Move, Moves
from hgt_portfolio.figures.people import Person, UnitInfo
from hgt_portfolio.figures.position import Filter, Group, Position, Sum
from hgt_portfolio.figures.query import filtered, known
from hgt_portfolio.figures.queue import Queue, Task, Tasks
from hgt_portfolio.figures.reader import (
    Unknown,
    adoption_of,
    ask_for,
    closing_of,
    plan_of,
    rule_set,
    rules_at,
    unknown_words,
    window_of,
)
from hgt_portfolio.figures.requests import Request, read_requests
from hgt_portfolio.figures.rows import Order, read_numbers, read_positions
from hgt_portfolio.figures.sources import Course, Deed, Source, Sources
from hgt_portfolio.figures.supervising import StepTaken, Suggestion, SupervisionItem, Supervisions
from hgt_portfolio.figures.totals import By, Horizon, read_groups, read_spread
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.project import Domain, PlanStatement, Project
from hgt_portfolio.months import Month
from hgt_portfolio.rules.lights import RuleSet
from hgt_portfolio.rules.point import Point, office_day
from hgt_portfolio.store import Stop, StoreError
from hgt_portfolio.terms import FilingKind

__all__ = [
    "By",
    "Clash",
    "Course",
    "Deed",
    "Entry",
    "Event",
    "Figures",
    "Filing",
    "Filter",
    "Group",
    "InForce",
    "Move",
    "Node",
    "Order",
    "Person",
    "Point",
    "Position",
    "Queue",
    "Request",
    "Source",
    "StepTaken",
    "Stop",
    "StoreError",
    "SubCount",
    "Suggestion",
    "Sum",
    "SupervisionItem",
    "Task",
    "UnitInfo",
    "Unknown",
    "ask_for",
    "closing_of",
    "filter_settings",
    "read_filter",
    "read_positions",
    "rule_set",
    "rules_at",
    "share_met",
    "unknown_words",
]


@dataclass(frozen=True)
class InForce:
    """The rule set used at a point, and the 文号 it was adopted by (None: for reference only)."""

    rules: RuleSet
    doc: str | None

    @property
    def label(self) -> str:
        """The rule set's name as screens and sheets print it."""
        return f"{self.rules.name}（{self.doc}）" if self.doc else f"{self.rules.name} 参考规则(未批准)"


class Figures(Supervisions, Closings, Filings, Tasks, Milestones, Board, Sources, Moves):
    """Reads one ledger: positions and totals, history, and what the office decided."""

    def statements(self) -> list[tuple[str, str, str]]:
        """Give the plan's own stated totals: code, stated value, quote."""
        with self.store.read() as session:
            rows = session.execute(select(PlanStatement).order_by(col(PlanStatement.id))).scalars()
            return [(row.code, row.stated, row.quote) for row in rows]

    def domains(self) -> list[str]:
        """Give the domains in the plan's order."""
        with self.store.read() as session:
            return list(session.execute(select(col(Domain.name)).order_by(col(Domain.position))).scalars())

    def in_force(self, point: Point, name: str | None = None) -> InForce:
        """Give the rule set used at a point: the named one, else the one adopted by then, else the default."""
        with self.store.read() as session:
            adopted = adoption_of(session, point)
        if name and (adopted is None or adopted.rule_set != name):
            return InForce(rule_set(name), None)
        if adopted is None:
            return InForce(rule_set(self.default_rules), None)
        return InForce(rule_set(adopted.rule_set), adopted.doc)

    def positions(
        self,
        point: Point,
        where: Filter | None = None,
        *,
        rules: str | None = None,
        order: Sequence[Order] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Position]:
        """Read the positions that a filter lets through, a page of them where ``limit`` is given."""
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            return read_positions(session, ask, where, order, limit=limit, offset=offset)

    def numbers(
        self, point: Point, where: Filter | None = None, *, rules: str | None = None, order: Sequence[Order] = ()
    ) -> list[str]:
        """Read the numbers of all projects that a filter lets through, in the same order as their positions."""
        with self.store.read() as session:
            return read_numbers(session, self._ask(session, point, rules), where or Filter(), order)

    def position(self, point: Point, no: str, *, rules: str | None = None) -> Position:
        """Read one project's position; raises ``Unknown`` where there is no such project at the point."""
        found = self.positions(point, Filter(nos=(no,)), rules=rules)
        if not found:
            with self.store.read() as session:
                raise Unknown(unknown_words(session, no))
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

    def requests(self, point: Point) -> list[Request]:
        """Read the amendments requested and not yet approved: id, project number, row, and its changes in words."""
        with self.store.read() as session:
            return read_requests(session, point.known_at)

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

    def horizon(self) -> Horizon:
        """Give the months that bound the plan's phases."""
        plan = self.plan()
        return Horizon(plan.start, plan.near_end, plan.horizon_end)

    def _groups(self, point: Point, where: Filter | None, by: By | None, rules: str | None) -> list[Group]:
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            plan = plan_of(session)
            horizon = Horizon(plan.start, plan.near_end, plan.horizon_end)
            return read_groups(session, filtered(ask, where or Filter()), ask, horizon, by)
