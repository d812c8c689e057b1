"""The milestones of a project."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    DAY,
    STRICT,
    LedgerRow,
    flag,
    latest,
    month_range,
    revoked_whole,
)


class Milestone(LedgerRow, table=True):
    """节点 of a project: its planned month, weight in percent, and the day it was met; the latest row of a name stands.

    ``dropped`` takes a milestone out again.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        latest("milestone", "project_id", "name"),
        month_range("planned", "milestone"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="milestone_weight_range"),
        flag("dropped", "milestone"),
        revoked_whole("milestone"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    name: str = Field(sa_type=Text)
    planned: int = Field(sa_type=Integer)
    weight: int | None = Field(default=None, sa_type=Integer)
    met: date | None = Field(default=None, sa_type=DAY)
    evidence: str | None = Field(default=None, sa_type=Text)
    dropped: int = Field(default=0, sa_type=Integer)
