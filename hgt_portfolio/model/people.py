"""How units are called otherwise, and who answers for their projects."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    DAY,
    STRICT,
    LedgerRow,
    Row,
    latest,
    one_of,
    revoked_whole,
)
from hgt_portfolio.terms import ContactRole


class UnitAlias(Row, table=True):
    """Another spelling of a unit's name."""

    __tablename__ = "unit_alias"
    __table_args__ = (STRICT,)

    alias: str = Field(primary_key=True, sa_type=Text)
    unit_id: int = Field(foreign_key="unit.id", index=True, sa_type=Integer)
    action_id: int = Field(foreign_key="action.id", sa_type=Integer)


class Contact(LedgerRow, table=True):
    """Who answers for a project, or for those of a unit that name nobody else: in which role, from and to which day."""

    __tablename__ = "contact"
    __table_args__ = (
        latest("contact", "project_id", "role", "since"),
        Index("contact_unit", "unit_id", "role", "since", "recorded_at", "id"),
        one_of("role", ContactRole, "contact"),
        CheckConstraint("(project_id IS NULL) <> (unit_id IS NULL)", name="contact_of_one"),
        CheckConstraint("since <= until", name="contact_span"),
        revoked_whole("contact"),
        STRICT,
    )

    project_id: int | None = Field(default=None, foreign_key="project.id", sa_type=Integer)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", sa_type=Integer)
    role: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    since: date = Field(sa_type=DAY)
    until: date | None = Field(default=None, sa_type=DAY)
