"""督办: items handed to a unit with a deadline, and what happens to each until it is struck off."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import DAY, STRICT, LedgerRow, latest, one_of, revoked_whole
from hgt_portfolio.terms import SupervisionGround, SupervisionStep


class Supervision(LedgerRow, table=True):
    """督办事项 as raised (交办): what a unit is to do by ``due``, about a project or its work as a whole.

    ``no`` is its number within the ledger (督2024-001); ``basis`` the facts and figures that it rested on that day.
    """

    __tablename__ = "supervision"
    __table_args__ = (
        latest("supervision", "project_id", "raised"),
        Index("supervision_unit", "unit_id", "raised"),
        one_of("ground", SupervisionGround, "supervision"),
        revoked_whole("supervision"),
        STRICT,
    )

    no: str = Field(sa_type=Text)
    project_id: int | None = Field(default=None, foreign_key="project.id", sa_type=Integer)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    ground: str = Field(sa_type=Text)
    content: str = Field(sa_type=Text)
    basis: str | None = Field(default=None, sa_type=Text)
    raised: date = Field(sa_type=DAY)
    due: date = Field(sa_type=DAY)
    person: str | None = Field(default=None, sa_type=Text)
    doc: str | None = Field(default=None, sa_type=Text)


class SupervisionEvent(LedgerRow, table=True):
    """What happened to a 督办事项, whose number is ``no``, on a day; 延期 gives the new ``due``."""

    __tablename__ = "supervision_event"
    __table_args__ = (
        Index("supervision_event_latest", "supervision_id", "day", "recorded_at", "id"),
        one_of("step", SupervisionStep, "supervision_event"),
        revoked_whole("supervision_event"),
        STRICT,
    )

    supervision_id: int = Field(foreign_key="supervision.id", sa_type=Integer)
    no: str = Field(sa_type=Text)
    project_id: int | None = Field(default=None, foreign_key="project.id", sa_type=Integer)
    step: str = Field(sa_type=Text)
    day: date = Field(sa_type=DAY)
    text: str = Field(sa_type=Text)
    due: date | None = Field(default=None, sa_type=DAY)
    evidence: str | None = Field(default=None, sa_type=Text)
    person: str | None = Field(default=None, sa_type=Text)
