"""Where each figure of a project comes from: the ledger rows that the one select chose for it; and its time line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from hgt_portfolio.figures.events import Entry, Event, read_entries, read_events
from hgt_portfolio.figures.layers import columns_of
from hgt_portfolio.figures.position import Filter, Position
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import Ask, known
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.figures.rows import read_positions
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.figures.totals import read_spread
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.filing import Report, YearPlan
from hgt_portfolio.model.project import ProjectVersion
from hgt_portfolio.months import Month, last_quarter_end, month_of, quarter_end
from hgt_portfolio.rules.point import Point, office_day
from hgt_portfolio.terms import UNSTARTED_STATUSES, ActionKind

EVERY = 1_000_000
"""More audit entries than one project has."""

MOST_QUARTERS = 160
"""A curve is drawn over no more quarters than these: forty years."""


@dataclass(frozen=True, slots=True)
class Source:
    """The ledger rows that one figure of a project comes from, the one that decides it last, and that in words."""

    events: tuple[Event, ...]
    text: str

    @property
    def brief(self) -> str:
        """The words for one line: a single filing is named by its document or action, the rest as it is."""
        told = self.events[-1]
        filing = told.table != ProjectVersion.__tablename__ and self.text == event_words(told)
        return _named(told) if filing else self.text


@dataclass(frozen=True, slots=True)
class Deed:
    """One user action on a project, with the rows of the project that it wrote."""

    entry: Entry
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A project's money by quarter-end (fen): 总投资 spread evenly, what year plans aim at, 自开工累计 as filed.

    The aim of a year is what was done by its beginning and its plan; by quarter where the plan has steps, else at the
    year's end alone. None is unknown.
    """

    months: tuple[Month, ...]
    even: tuple[int | None, ...]
    aimed: tuple[int | None, ...]
    stated: tuple[int | None, ...]


Rows = Mapping[str, Any]
Events = Mapping[tuple[str, int], Event]

_FACTS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "domain": ("domain_id",),
    "scope": ("scope",),
    "unit": ("lead_id", "unit_text"),
    "start": ("start",),
    "due": ("due",),
    "investment": ("investment_kind", "investment_fen", "investment_text"),
    "period_text": ("period_text",),
    "statistics_code": ("in_statistics", "statistics_code"),
}
"""What a version of a project says, by the field of its position, and the columns that say it."""

_FILED = ("physical", "problem", "next_step", "goal_verdict")
_FLOWS = {"quarter": "quarter", "ytd": "year", "since_plan": "base"}
"""The amounts that are a difference, and the lookup that their first month was stated by."""

_FENS = {"period": "period_fen", "quarter": "quarter_fen", "year": "year_fen", "base": "plan_fen"}
_TOLD = (*_FENS.values(), "by_check", "period_done")
_TABLES = {"check": "verification", "verdict": "verification", "plan": "year_plan", "first_plan": "year_plan"}
_TABLES |= {"override": "light_override"}


class Sources(Reader):
    """Reads where figures come from, what happened in order, and a project's course."""

    def sources(self, no: str, point: Point) -> dict[str, Source]:
        """Read the source of each figure of a project that is known, by the field of its position."""
        with self.store.read() as session:
            ask = self._ask(session, point, None)
            found = next(iter(run(session, ask, _found, no)), None)
            if found is None:
                return {}
            (position,) = read_positions(session, ask, Filter(nos=(no,)))
            events = {(event.table, event.row_id): event for event in read_events(session, point.known_at, no)}
            moves = _moves(session, point, position, events)
        return _Traced(found._mapping, events, position, moves["start"].events[-1]).all() | moves

    def as_planned(self, no: str, point: Point) -> Position | None:
        """Read a project as the plan was issued; None where the plan does not have it."""
        issued = self.plan().issued
        loaded = replace(point, day=issued, period=last_quarter_end(issued), units_on=issued)
        with self.store.read() as session:
            ask = self._ask(session, loaded, None)
            return next(iter(read_positions(session, ask, Filter(nos=(no,)))), None)

    def deeds(self, no: str, point: Point) -> list[Deed]:
        """Read every action on a project known at the point, the newest first, each with the rows it wrote."""
        with self.store.read() as session:
            entries = read_entries(session, point.known_at, no, EVERY)
            written: dict[int, list[Event]] = defaultdict(list)
            for event in read_events(session, point.known_at, no):
                written[event.action_id].append(event)
        return [Deed(entry, tuple(written[entry.id])) for entry in entries]

    def course(self, no: str, point: Point) -> Course:
        """Read a project's money by quarter, from its first month or filing to its due date or P, the later."""
        with self.store.read() as session:
            ask = self._ask(session, point, None)
            (position,) = read_positions(session, ask, Filter(nos=(no,)))
            stated = _stated(session, position.id, point)
            plans = _plans(session, position.id, point)
            ends = [month for month in (position.start, position.due, point.period, *stated) if month is not None]
            first = quarter_end(min(ends))
            months = tuple(range(first, quarter_end(max(ends)) + 1, 3))[:MOST_QUARTERS]
            priced = position.investment is not None and position.start is not None and position.due is not None
            spread = read_spread(session, ask, Filter(nos=(no,)), months) if priced else ()
        aimed = aims(plans, stated)
        return Course(
            months,
            tuple(spread) or (None,) * len(months),
            tuple(aimed.get(month) for month in months),
            tuple(stated.get(month) for month in months),
        )


def _found(ask: Ask, no: str) -> Select[Any]:
    """Give the numbers of the rows that the lookups found for a project, and what they are told by."""
    wanted = [name for name in columns_of(ask) if name.endswith("_id") or name in _TOLD]
    return select(filtered(ask, Filter(nos=(no,)), *wanted))


def _named(event: Event) -> str:
    """Name a row by its document or the form that it came in, else by its action."""
    return f"{event.kind}（{event.basis or event.file or f'操作 {event.action_id}'}）"


def event_words(event: Event) -> str:
    """Say which row something comes from: what it is, its basis, who filed it, and which action wrote it."""
    if event.table == ProjectVersion.__tablename__:
        if event.holds == BEGINNING:
            return event.basis or event.text
        return f"{event.basis}（{event.holds} 起，操作 {event.action_id}，{event.operator}）"
    filed = event.by and f"{'核实人' if event.table == 'verification' else '填报人'} {event.by}"
    taken = f"{ActionKind.RETURNS} {event.file or ''}".strip() if event.action_kind == ActionKind.RETURNS else None
    day = f"{event.holds} " if event.table == "verification" else ""
    written = (f"操作 {event.action_id}", event.operator, f"记于 {office_day(event.recorded_at)}")
    said = (event.basis, filed, taken, *written)
    return f"{day}{event.kind}（{'，'.join(part for part in said if part)}）"


def _short(event: Event) -> str:
    version = event.table == ProjectVersion.__tablename__
    return event_words(event) if version else f"{event.kind}（操作 {event.action_id}）"


class _Traced:
    """One project's looked-up rows at a point, by the names of the lookups."""

    def __init__(self, found: Rows, events: Events, position: Position, planned_start: Event) -> None:
        self.found, self.events, self.position, self.planned_start = found, events, position, planned_start

    def row(self, name: str) -> Event | None:
        """Give the row that a lookup found."""
        return self.events.get((_TABLES.get(name, "report"), self.found[f"{name}_id"] or 0))

    def all(self) -> dict[str, Source]:
        """Give every figure's source, of those that are known."""
        single = {
            "cumulative": self.row("amount"),
            "year_plan": self.row("plan"),
            "goal": self.row("plan"),
            "year_plan_first": self.row("first_plan"),
            "check_day": self.row("check"),
            "light_override": self.row("override"),
            "status": self.row("verdict" if self.found["by_check"] else "report"),
            "finished": self.row("verdict" if self.found["by_check"] else "report"),
            "started": self._start_told(),
            **dict.fromkeys(_FILED, self.row("period")),
        }
        sources = {
            field: Source((event,), event_words(event))
            for field, event in single.items()
            if event is not None and getattr(self.position, field) is not None
        }
        return sources | self._amounts()

    def _amounts(self) -> dict[str, Source]:
        made = {name: self._flow(base) for name, base in _FLOWS.items() if getattr(self.position, name) is not None}
        if self.position.opening is not None:
            made["opening"] = self._end("year", event_words)
        plan = self.row("plan")
        if plan is not None and "ytd" in made:
            events = (*made["ytd"].events, plan)
            for field, part in (("year_balance", ""), ("shortfall", "按序时")):
                if getattr(self.position, field) is not None:
                    made[field] = Source(events, f"{_short(plan)}{part}减 本年累计")
        return made

    def _flow(self, base: str) -> Source:
        ends = [self._end(name, _short) for name in ("period", base)]
        events = [event for end in ends for event in end.events]
        return Source(tuple(dict.fromkeys(reversed(events))), "减 ".join(end.text for end in ends))

    def _end(self, name: str, words: Callable[[Event], str]) -> Source:
        """Give where the amount stated for a month comes from: a filing, else that it lies before the start."""
        event = self.row(name)
        if event is not None and self.found[_FENS[name]] is not None:
            return Source((event,), words(event))
        start = self._begins()
        return Source((start,), f"0（开工以前，见 {_short(start)}）")

    def _start_told(self) -> Event | None:
        """Give the row that the actual start comes from."""
        told = (self.row(name) for name in ("begun", "check", "verdict"))
        return next((event for event in told if event is not None), None) if self.position.started else None

    def _begins(self) -> Event:
        """Give the row by which a month lies before the start."""
        idle = self.found["period_done"] in UNSTARTED_STATUSES and self.found["period_fen"] == 0
        told = self.row("period") if idle else self._start_told()
        return told or self.planned_start


def _moves(session: Session, point: Point, position: Position, events: Events) -> dict[str, Source]:
    """Give the versions that set each fact of a project, the one that holds on D last."""
    rows = session.execute(
        select(ProjectVersion)
        .where(col(ProjectVersion.project_id) == position.id, col(ProjectVersion.effective) <= point.day)
        .where(known(ProjectVersion, point.known_at))
        .order_by(col(ProjectVersion.effective), col(ProjectVersion.recorded_at), col(ProjectVersion.id))
    ).scalars()
    versions = list({row.effective: row for row in rows}.values())
    table = ProjectVersion.__tablename__
    sources = {}
    for field, columns in _FACTS.items():
        setting = versions[:1] + [
            after
            for before, after in pairwise(versions)
            if any(getattr(before, name) != getattr(after, name) for name in columns)
        ]
        told = tuple(events[table, row.id or 0] for row in setting)
        sources[field] = Source(told, "；".join(map(event_words, told[1:] or told)))
    return sources


def _stated(session: Session, project_id: int, point: Point) -> dict[Month, int | None]:
    """Read what was filed as 自开工累计 by month, up to P."""
    rows = session.execute(
        select(Report)
        .where(col(Report.project_id) == project_id, col(Report.period) <= point.period, known(Report, point.known_at))
        .order_by(col(Report.period), col(Report.recorded_at), col(Report.id))
    ).scalars()
    return {row.period: row.cumulative_fen for row in rows}


def _plans(session: Session, project_id: int, point: Point) -> Iterable[YearPlan]:
    """Read the plan of each year that stands on D."""
    rows = session.execute(
        select(YearPlan)
        .where(col(YearPlan.project_id) == project_id, col(YearPlan.effective) <= point.day)
        .where(known(YearPlan, point.known_at))
        .order_by(col(YearPlan.effective), col(YearPlan.recorded_at), col(YearPlan.id))
    ).scalars()
    standing = {row.year: row for row in rows}
    return [standing[year] for year in sorted(standing)]


def aims(plans: Iterable[YearPlan], stated: Mapping[Month, int | None]) -> dict[Month, int]:
    """Give what the year plans aim at by month, where what was done by the year's beginning is stated."""
    aimed: dict[Month, int] = {}
    for plan in plans:
        base = month_of(date(plan.year, 1, 1)) - 1
        done = stated.get(base)
        if done is None or plan.amount_fen is None:
            continue
        aimed.setdefault(base, done)
        steps = [plan.q1_fen, plan.q2_fen, plan.q3_fen, plan.q4_fen]
        for place, step in enumerate(steps if steps[0] is not None else (), 1):
            aimed[base + 3 * place] = done = done + (step or 0)
        aimed[base + 12] = (stated.get(base) or 0) + plan.amount_fen
    return aimed
