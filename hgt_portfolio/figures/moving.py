"""What moved the portfolio's 总投资 since the plan was loaded: the versions of projects, one step after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.project import Project, ProjectVersion
from hgt_portfolio.rules.point import Point


@dataclass(frozen=True, slots=True)
class Step:
    """A project from a day on, by which document: what it adds to the total (fen, None: nothing), and whether at all.

    ``counted`` is False once others stand in its place; ``exited`` says that it was terminated, which leaves its
    amount in the total.
    """

    no: str
    name: str
    effective: date
    source: str
    investment: int | None
    counted: bool
    exited: bool

    @property
    def adds(self) -> int:
        """What the total counts of it, fen."""
        return self.investment or 0 if self.counted else 0


@dataclass(frozen=True, slots=True)
class Move:
    """Two steps of a project, one after the other; ``before`` is None of one that the plan does not have."""

    before: Step | None
    after: Step

    @property
    def fen(self) -> int:
        """By how much the total moved."""
        return self.after.adds - (self.before.adds if self.before else 0)


class Moves(Reader):
    """Reads how the total came to be what it is."""

    def moves(self, point: Point) -> list[Move]:
        """Read every step up to D by which a project's part in the total changed, in order of effect."""
        with self.store.read() as session:
            steps = _steps(session, point)
        moves = [
            Move(before, after)
            for before, after in pairwise((None, *steps))
            if after is not None and after.effective > BEGINNING
        ]
        own = [move if move.before and move.before.no == move.after.no else Move(None, move.after) for move in moves]
        return sorted((move for move in own if _counts(move)), key=lambda move: move.after.effective)


def _steps(session: Session, point: Point) -> list[Step]:
    """Read the standing versions up to D, project by project, one an effective date."""
    versions = session.execute(
        select(col(Project.no), ProjectVersion)
        .join(Project, col(Project.id) == ProjectVersion.project_id)
        .where(col(ProjectVersion.effective) <= point.day, known(ProjectVersion, point.known_at))
        .order_by(
            *(col(Project.position), col(Project.id), col(ProjectVersion.effective)),
            *(col(ProjectVersion.recorded_at), col(ProjectVersion.id)),
        )
    ).all()
    standing = [list(rows)[-1] for _, rows in groupby(versions, lambda row: (row[0], row[1].effective))]
    return [
        Step(
            no,
            version.name,
            version.effective,
            version.source,
            version.investment_fen,
            not version.replaced,
            bool(version.exited),
        )
        for no, version in standing
    ]


def _counts(move: Move) -> bool:
    before, after = move.before, move.after
    if before is None:
        return True
    return any(getattr(before, field) != getattr(after, field) for field in ("investment", "counted", "exited"))
