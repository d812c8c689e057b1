"""What stands beside a filing: the reports nearest to its period, read for any number of projects at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlmodel import Session

from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.prepared import Made, run_plain
from hgt_portfolio.figures.query import among
from hgt_portfolio.ledger.chain import Row, table_of
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.office import Closing
from hgt_portfolio.model.project import ProjectVersion
from hgt_portfolio.months import Month, quarter_end
from hgt_portfolio.terms import Status

Stated = tuple[Month, int]
"""A month, and 自开工累计 stated for its end."""


class Filed(Protocol):
    """What is filed for a period."""

    @property
    def period(self) -> Month:
        """The period, by its last month."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the ledger has of a project around a period.

    ``standing`` is what was filed for the period itself, ``last`` the status in that or else in the report before it;
    ``earlier`` and ``later`` are the nearest stated amounts. ``closed`` says that the period's quarter is;
    ``replaced`` from when on other projects stand in this one's place.
    """

    standing: Row
    last: Status | None
    earlier: Stated | None
    later: Stated | None
    closed: bool
    replaced: date | None


def beside(session: Session, project_ids: Sequence[int], period: Month) -> dict[int, Beside]:
    """Read what is beside the filings of a period, by project."""
    found = _nearest(session, project_ids, period, period - 3)
    # Nearly all stated an amount the quarter before; of the others, all that they ever filed is read.
    found |= _nearest(session, [one for one in project_ids if one not in found or found[one].earlier is None], period)
    standing = _standing(session, [near.report_id for near in found.values() if near.report_id is not None])
    replaced = _replaced(session, project_ids)
    closed = next(run_plain(session, _closed, quarter=quarter_end(period)), None) is not None
    none = _Near()
    return {
        one: Beside(standing.get(one, {}), *found.get(one, none).said, closed=closed, replaced=replaced.get(one))
        for one in project_ids
    }


@dataclass(slots=True)
class _Near:
    """What the reports of a project say around a period, and the number of the one for it."""

    report_id: int | None = None
    status: str | None = None
    earlier: Stated | None = None
    later: Stated | None = None

    @property
    def said(self) -> tuple[Status | None, Stated | None, Stated | None]:
        """The last status, and the nearest stated amounts."""
        return Status(self.status) if self.status else None, self.earlier, self.later


def nearby(session: Session, asked: Iterable[tuple[Filed, Position | None]]) -> dict[Month, dict[int, Beside]]:
    """Read what is beside filings of any periods, by period and project; a project that is not there is left out."""
    ids: dict[Month, dict[int, None]] = {}
    for row, position in asked:
        if position is not None:
            ids.setdefault(row.period, {})[position.id] = None
    return {period: beside(session, list(of), period) for period, of in ids.items()}


def _filed(lateral: bool) -> Select[Any]:
    report = table_of(Report).c
    asked = among(report.project_id, "ids", lateral=lateral), report.period >= bindparam("since", None, Integer)
    return (
        select(report.project_id, report.id, report.period, report.status, report.cumulative_fen)
        .where(*asked, report.revoked_at.is_(None))
        .order_by(report.project_id, report.period, report.recorded_at, report.id)
    )


def _whole(lateral: bool) -> Select[Any]:
    report = table_of(Report).c
    return select(*report).where(among(report.id, "ids", lateral=lateral)).order_by(report.recorded_at, report.id)


def _replacing(lateral: bool) -> Select[Any]:
    version = table_of(ProjectVersion).c
    asked = among(version.project_id, "ids", lateral=lateral), version.replaced == 1
    since = select(version.project_id, func.min(version.effective)).where(*asked, version.revoked_at.is_(None))
    return since.group_by(version.project_id)


def _closed() -> Select[Any]:
    closing = table_of(Closing).c
    return select(closing.id).where(closing.period == bindparam("quarter", None, Integer), closing.revoked_at.is_(None))


def _run(session: Session, make: Made, ids: Sequence[int], **given: Any) -> Iterator[Any]:
    """Run a select about some rows; none is run about no rows."""
    lateral = session.get_bind().dialect.name == "postgresql"
    return run_plain(session, make, lateral, ids=json.dumps(ids), **given) if ids else iter(())


def _nearest(session: Session, project_ids: Sequence[int], period: Month, since: Month = 0) -> dict[int, _Near]:
    """Read what standing reports from a month on say around a period; of one month, the last recorded counts."""
    found: dict[int, _Near] = {}
    for project_id, report_id, month, status, fen in _run(session, _filed, project_ids, since=since):
        near = found.setdefault(project_id, _Near())
        if month <= period:
            near.status = status
        if month == period:
            near.report_id = report_id
        elif fen is not None and month < period:
            near.earlier = (month, fen)
        elif fen is not None and (near.later is None or near.later[0] == month):
            near.later = (month, fen)
    return found


def _standing(session: Session, report_ids: Sequence[int]) -> dict[int, Row]:
    """Read whole reports by their numbers, the last of each project, without what they do not say."""
    found: dict[int, Row] = {}
    names = table_of(Report).c.keys()
    for values in _run(session, _whole, report_ids):
        row = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        found[row["project_id"]] = row
    return found


def replaced_since(session: Session, project_id: int) -> date | None:
    """Read from when on other projects stand in a project's place, if any do."""
    return _replaced(session, [project_id]).get(project_id)


def _replaced(session: Session, project_ids: Sequence[int]) -> dict[int, date]:
    """Read from when on other projects stand in a project's place."""
    return {project_id: since for project_id, since in _run(session, _replacing, project_ids)}  # noqa: C416
