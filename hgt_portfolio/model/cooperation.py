"""What cooperating units file."""

from __future__ import annotations

from sqlalchemy import Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    STRICT,
    LedgerRow,
    latest,
    month_range,
    revoked_whole,
)


class Cooperation(LedgerRow, table=True):
    """配合填报: a cooperating unit's text for a project and period; it carries no figures."""

    __tablename__ = "cooperation"
    __table_args__ = (
        latest("cooperation", "project_id", "period"),
        month_range("period", "cooperation"),
        revoked_whole("cooperation"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    text: str = Field(sa_type=Text)
    filed_by: str | None = Field(default=None, sa_type=Text)
