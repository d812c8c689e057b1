"""冲突 as the ledger keeps them: what a returned form and the ledger each said of a field, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.conflict import Conflict
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.fund import FUND_FIELD, FundReport
from hgt_portfolio.model.project import Project
from hgt_portfolio.months import Month
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import Decision


@dataclass(frozen=True, slots=True)
class Clash:
    """The newest word on a conflict over a field of a project and period; values in words, None where unsaid.

    ``is_open`` where it is undecided and nothing was filed for that project and period since.
    """

    no: str
    period: Month
    field: str
    theirs: str | None
    ours: str | None
    decision: Decision
    file: str
    their_by: str | None
    our_by: str | None
    recorded_at: int
    operator: str
    is_open: bool


class Conflicts(Reader):
    """Reads conflicts."""

    def conflicts(self, point: Point, period: Month | None = None) -> list[Clash]:
        """Read the newest word on each conflict known at the point, of one period where it is given."""
        with self.store.read() as session:
            return read_conflicts(session, point, period)


def read_conflicts(session: Session, point: Point, period: Month | None = None) -> list[Clash]:
    """Read the newest word on each conflict within an open session, in the order of recording."""
    filed_since = (
        select(col(Report.id))
        .where(
            col(Report.project_id) == col(Conflict.project_id),
            col(Report.period) == col(Conflict.period),
            col(Report.filed_at) > col(Conflict.recorded_at),
            known(Report, point.known_at),
        )
        .exists()
    )
    funded_since = (
        select(col(FundReport.id))
        .where(
            col(FundReport.project_id) == col(Conflict.project_id),
            col(FundReport.period) == col(Conflict.period),
            col(FundReport.recorded_at) > col(Conflict.recorded_at),
            known(FundReport, point.known_at),
        )
        .exists()
    )
    query = (
        select(col(Project.no), Conflict, col(Action.operator), filed_since, funded_since)
        .join(Project, col(Project.id) == col(Conflict.project_id))
        .join(Action, col(Action.id) == col(Conflict.action_id))
        .where(known(Conflict, point.known_at))
        .order_by(col(Conflict.recorded_at), col(Conflict.id))
    )
    if period is not None:
        query = query.where(col(Conflict.period) == period)
    newest: dict[tuple[str, Month, str], Clash] = {}
    for no, row, operator, filed, funded in session.execute(query):
        since = funded if row.field.startswith(FUND_FIELD) else filed
        newest[no, row.period, row.field] = _clash(no, row, operator, filed=bool(since))
    return list(newest.values())


def _clash(no: str, row: Conflict, operator: str, *, filed: bool) -> Clash:
    return Clash(
        no=no,
        period=row.period,
        field=row.field,
        theirs=row.theirs,
        ours=row.ours,
        decision=Decision(row.decision),
        file=row.file,
        their_by=row.their_by,
        our_by=row.our_by,
        recorded_at=row.recorded_at,
        operator=operator,
        is_open=row.decision == Decision.OPEN and not filed,
    )
