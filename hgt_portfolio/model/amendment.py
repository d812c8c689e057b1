"""What the office approves, or is asked to: changes of a project's facts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import DAY, STRICT, LedgerRow, one_of, revoked_whole
from hgt_portfolio.terms import AmendmentKind, AmendmentState


class Amendment(LedgerRow, table=True):
    """调整: a change of date, amount, year plan, unit or scope, a termination or a new project.

    ``changes`` is JSON of the fields it sets. A request (申请) has no 文号 and moves nothing; an approval names
    the request it answers in ``request_id`` where there was one.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        Index("amendment_project", "project_id", "recorded_at", "id"),
        one_of("kind", AmendmentKind, "amendment"),
        one_of("state", AmendmentState, "amendment"),
        CheckConstraint(f"(state = '{AmendmentState.APPROVED}') = (doc IS NOT NULL)", name="amendment_doc"),
        revoked_whole("amendment"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    kind: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    effective: date = Field(sa_type=DAY)
    changes: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    doc: str | None = Field(default=None, sa_type=Text)
    request_id: int | None = Field(default=None, foreign_key="amendment.id", sa_type=Integer)
