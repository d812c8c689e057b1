"""What was filed for a period, as it was filed: a position mixes in what was learned from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.project import Project
from hgt_portfolio.rules.point import Point


@dataclass(frozen=True)
class Filed:
    """One project's standing filing for a period; the amount in fen, None where none was stated."""

    status: str
    cumulative_fen: int | None
    started: date | None
    finished: date | None
    physical: str | None
    physical_percent: int | None
    goal_verdict: str | None
    problem: str | None
    next_step: str | None
    filed_by: str | None
    reason: str | None
    evidence: str | None


class Filings(Reader):
    """Reads filings."""

    def filings(self, point: Point) -> dict[str, Filed]:
        """Read the standing filing of each project for exactly P, by its number."""
        with self.store.read() as session:
            rows = session.execute(
                select(col(Project.no), Report)
                .join(Project, col(Project.id) == Report.project_id)
                .where(col(Report.period) == point.period, known(Report, point.known_at))
                .order_by(col(Report.recorded_at), col(Report.id))
            )
            names = Filed.__dataclass_fields__
            return {no: Filed(**row.model_dump(include=set(names))) for no, row in rows}
