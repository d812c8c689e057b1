"""What the ledger holds of projects over time, many at once: filings, year plans, approved changes; for open data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from hgt_portfolio.figures.events import changes_in_words
from hgt_portfolio.figures.query import known, table_of
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.figures.sources import aims
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.closing import Erratum
from hgt_portfolio.model.conflict import Conflict
from hgt_portfolio.model.cooperation import Cooperation
from hgt_portfolio.model.filing import Report, Verification, YearPlan
from hgt_portfolio.model.fund import FundReport
from hgt_portfolio.model.indicator import IndicatorReport
from hgt_portfolio.model.office import Closing
from hgt_portfolio.model.people import Contact, UnitAlias
from hgt_portfolio.model.project import ProjectVersion, Unit
from hgt_portfolio.model.subject import ActionSubject
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.months import Month
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import AmendmentKind, AmendmentState

NAMING: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Action, ("operator",)),
    (Contact, ("name", "phone")),
    (Report, ("filed_by",)),
    (Cooperation, ("filed_by",)),
    (Verification, ("checked_by",)),
    (IndicatorReport, ("filed_by",)),
    (FundReport, ("filed_by",)),
    (Conflict, ("their_by", "our_by")),
    (Supervision, ("person",)),
    (SupervisionEvent, ("person",)),
    (Closing, ("reviewer", "signer")),
    (Erratum, ("who",)),
)
"""The columns that name a person or give a telephone number."""


@dataclass(frozen=True, slots=True)
class Outline:
    """When a project is to run and what it is to cost, as a version has it."""

    start: Month | None
    due: Month | None
    fen: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """An approved amendment in force: what it changed in words, and the outline before and after it."""

    id: int
    kind: AmendmentKind
    effective: date
    said: str
    reason: str
    doc: str
    before: Outline | None
    after: Outline


@dataclass(frozen=True, slots=True)
class Aim:
    """The plan of a year that stands on D: its amount and quarterly steps in fen, and its 文号."""

    year: int
    fen: int | None
    steps: tuple[int, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a project at a point.

    ``touched`` is the moment of the last action on it; ``stated`` and ``physical`` are the cumulative amounts (fen) and
    the percentages filed, by period up to P; ``aimed`` the cumulative amounts that year plans aim at; ``outline`` is
    the one in force when work began, or on D before that.
    """

    touched: int
    stated: Mapping[Month, int]
    physical: Mapping[Month, int]
    aims: tuple[Aim, ...]
    aimed: Mapping[Month, int]
    changes: tuple[Change, ...]
    outline: Outline


class Records(Reader):
    """Reads records, and whom the ledger names."""

    def records(self, point: Point, started: Mapping[int, date | None]) -> dict[int, Record]:
        """Read the records of some projects, given by their ids with the day on which work began."""
        with self.store.read() as session:
            return read_records(session, point, started)

    def people_named(self) -> set[str]:
        """Read every name and telephone number that the ledger has of people, whenever recorded, revoked ones too.

        A person named only later is not to be made known by an earlier point.
        """
        with self.store.read() as session:
            found = {
                value
                for model, names in NAMING
                for name in names
                for (value,) in session.execute(select(table_of(model).c[name]).distinct())
                if value
            }
            for model, name in ((Unit, "name"), (Unit, "full_name"), (UnitAlias, "alias")):
                found -= {value for (value,) in session.execute(select(table_of(model).c[name]))}
        return found


def read_records(session: Session, point: Point, started: Mapping[int, date | None]) -> dict[int, Record]:
    """Read the records of some projects within an open session."""
    ids = list(started)
    touched = _touched(session, point.known_at, ids)
    reports = _rows(session, Report, point.known_at, ids, col(Report.period) <= point.period, order="period")
    plans = _rows(session, YearPlan, point.known_at, ids, col(YearPlan.effective) <= point.day, order="effective")
    amendments = _rows(
        session,
        Amendment,
        point.known_at,
        ids,
        col(Amendment.effective) <= point.day,
        col(Amendment.state) == AmendmentState.APPROVED,
        order="effective",
    )
    versions = _versions(session, point, ids)
    return {
        one: _record(touched[one], reports[one], plans[one], amendments[one], versions[one], start, point)
        for one, start in started.items()
    }


def _touched(session: Session, moment: int, ids: Sequence[int]) -> dict[int, int]:
    subject = table_of(ActionSubject).c
    query = (
        select(subject.project_id, func.max(table_of(Action).c.at))
        .join(table_of(Action), table_of(Action).c.id == subject.action_id)
        .where(table_of(Action).c.at <= moment, subject.project_id.in_(ids))
        .group_by(subject.project_id)
    )
    return {project: at for project, at in session.execute(query)}  # noqa: C416


def _rows(
    session: Session, model: type[Any], moment: int, ids: Sequence[int], *conditions: Any, order: str
) -> dict[int, list[Any]]:
    """Read the rows of each project known at a moment, by what is named and then as recorded."""
    query = (
        select(model)
        .where(col(model.project_id).in_(ids), known(model, moment), *conditions)
        .order_by(getattr(model, order), model.recorded_at, model.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(query).scalars():
        found[row.project_id].append(row)
    return found


def _versions(session: Session, point: Point, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Read every version of each project recorded by the point, revoked ones too, in order of effect."""
    c = table_of(ProjectVersion).c
    wanted = (c.project_id, c.effective, c.recorded_at, c.revoked_at, c.start, c.due, c.investment_fen)
    query = (
        select(*wanted)
        .where(c.project_id.in_(ids), c.recorded_at <= point.known_at)
        .order_by(c.effective, c.recorded_at, c.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.project_id].append(row)
    return found


def _outline(versions: Iterable[Any], day: date, moment: int) -> Outline | None:
    """Give the outline in force on a day as known at a moment; None where there was none yet."""
    standing = [
        row
        for row in versions
        if row.effective <= day and row.recorded_at <= moment and (row.revoked_at is None or row.revoked_at > moment)
    ]
    return Outline(standing[-1].start, standing[-1].due, standing[-1].investment_fen) if standing else None


def _record(
    touched: int,
    reports: Sequence[Report],
    plans: Sequence[YearPlan],
    amendments: Sequence[Amendment],
    versions: Sequence[Any],
    started: date | None,
    point: Point,
) -> Record:
    newest = {row.period: row for row in reports}
    stated = {period: row.cumulative_fen for period, row in newest.items()}
    newest_plans = {row.year: row for row in plans}
    standing = {year: newest_plans[year] for year in sorted(newest_plans)}
    aimed = aims(standing.values(), stated)
    moment = point.known_at
    begun = started if started is not None and started < point.day else point.day
    outline = _outline(versions, begun, moment) or _outline(versions, point.day, moment)
    return Record(
        touched,
        {period: fen for period, fen in stated.items() if fen is not None},
        {period: row.physical_percent for period, row in newest.items() if row.physical_percent is not None},
        tuple(map(_aim, standing.values())),
        {month: fen for month, fen in sorted(aimed.items()) if month // 12 in standing},
        tuple(_change(row, versions) for row in amendments if row.kind != AmendmentKind.ADDITION),
        outline or Outline(None, None, None),
    )


def _aim(row: YearPlan) -> Aim:
    steps = (row.q1_fen, row.q2_fen, row.q3_fen, row.q4_fen)
    return Aim(row.year, row.amount_fen, tuple(step for step in steps if step is not None), row.doc)


def _change(row: Amendment, versions: Sequence[Any]) -> Change:
    after = _outline(versions, row.effective, row.recorded_at)
    return Change(
        row.id or 0,
        AmendmentKind(row.kind),
        row.effective,
        changes_in_words(row),
        row.reason,
        row.doc or "",
        _outline(versions, row.effective, row.recorded_at - 1),
        after or Outline(None, None, None),
    )
