"""节点 and 子项 of projects, as they stand on D."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.query import known, table_of
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.project import Project, SubItem
from hgt_portfolio.months import Month
from hgt_portfolio.rules.milestones import milestone_state, weighted_share
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import MilestoneState

if TYPE_CHECKING:
    from hgt_portfolio.model.milestone import Milestone


@dataclass(frozen=True, slots=True)
class Node:
    """A milestone on D: ``met`` is None where it was not met by then; ``days`` it is or was late."""

    no: str
    name: str
    planned: Month
    weight: int | None
    met: date | None
    evidence: str | None
    state: MilestoneState
    days: int


@dataclass(frozen=True, slots=True)
class SubCount:
    """Sub-items of a group on D: how many there are, and how many are done (None: not said) as of which day."""

    no: str
    name: str
    total: int
    done: int | None
    since: date
    source: str


class Milestones(Reader):
    """Reads milestones and sub-items."""

    def milestones(self, point: Point, no: str | None = None) -> list[Node]:
        """Read the milestones of every project, or of one, by project and planned month."""
        with self.store.read() as session:
            rows = standing_milestones(session, point.known_at, no)
        return [_node(of, row, point.day) for of, row in rows]

    def sub_items(self, point: Point, no: str | None = None) -> list[SubCount]:
        """Read the sub-items of every project, or of one, by project and group."""
        with self.store.read() as session:
            rows = standing_sub_items(session, point, no)
        return [SubCount(of, row.name, row.total, row.done, row.effective, row.source) for of, row in rows]


def share_met(nodes: Iterable[Node]) -> Decimal | None:
    """Give the weighted share of milestones met; None where one has no weight, or there are none."""
    return weighted_share((node.weight, node.met is not None) for node in nodes)


def standing_milestones(session: Session, moment: int, no: str | None) -> list[tuple[str, Milestone]]:
    """Read the latest row of each milestone that was not dropped, with its project's number."""
    from hgt_portfolio.model.milestone import Milestone

    query = (
        select(col(Project.no), Milestone)
        .join(Project, col(Project.id) == Milestone.project_id)
        .where(known(Milestone, moment))
        .order_by(col(Project.position), col(Milestone.recorded_at), col(Milestone.id))
    )
    if no is not None:
        query = query.where(col(Project.no) == no)
    newest = {(of, row.name): row for of, row in session.execute(query)}
    kept = [(of, row) for (of, _), row in newest.items() if not row.dropped]
    order = {of: place for place, of in enumerate(dict.fromkeys(of for of, _ in kept))}
    return sorted(kept, key=lambda pair: (order[pair[0]], pair[1].planned, pair[1].name))


def standing_sub_items(session: Session, point: Point, no: str | None) -> list[tuple[str, SubItem]]:
    """Read the latest row of each group of sub-items up to D, with its project's number."""
    project, item = table_of(Project).c, table_of(SubItem).c
    query = (
        select(project.no, table_of(SubItem))
        .join_from(table_of(Project), table_of(SubItem), project.id == item.project_id)
        .where(known(item, point.known_at), item.effective <= point.day)
        .order_by(project.position, item.effective, item.recorded_at, item.id)
    )
    if no is not None:
        query = query.where(project.no == no)
    rows = session.execute(query).mappings()
    newest = {(row["no"], row["name"]): SubItem(**{c.name: row[c.name] for c in item}) for row in rows}
    order = {of: place for place, of in enumerate(dict.fromkeys(of for of, _ in newest))}
    return sorted(((of, row) for (of, _), row in newest.items()), key=lambda pair: (order[pair[0]], pair[1].position))


def _node(no: str, row: Milestone, day: date) -> Node:
    state, days = milestone_state(row.planned, row.met, day)
    met = row.met if row.met is not None and row.met <= day else None
    return Node(no, row.name, row.planned, row.weight, met, row.evidence if met else None, state, days)
