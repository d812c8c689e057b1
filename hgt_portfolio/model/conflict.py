"""Where a returned form and the ledger have both moved: what each says, and what was decided."""

from __future__ import annotations

from sqlalchemy import Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import STRICT, LedgerRow, latest, month_range, one_of, revoked_whole
from hgt_portfolio.terms import Decision


class Conflict(LedgerRow, table=True):
    """冲突: a field of a project's form for a period, as it was sent out, as it came back, and as the ledger had it.

    Values are in words, NULL where nothing was said; ``their_by`` filled the form, ``our_by`` is who filed what the
    ledger says, and when. The newest row of a field holds.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        latest("conflict", "project_id", "period", "field"),
        one_of("decision", Decision, "conflict"),
        month_range("period", "conflict"),
        revoked_whole("conflict"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    field: str = Field(sa_type=Text)
    sent: str | None = Field(default=None, sa_type=Text)
    theirs: str | None = Field(default=None, sa_type=Text)
    ours: str | None = Field(default=None, sa_type=Text)
    decision: str = Field(sa_type=Text)
    file: str = Field(sa_type=Text)
    their_by: str | None = Field(default=None, sa_type=Text)
    our_by: str | None = Field(default=None, sa_type=Text)
