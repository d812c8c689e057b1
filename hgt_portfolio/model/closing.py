"""What comes of a closed quarter: its files, and what was printed in them and is wrong."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, Integer, LargeBinary, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import DAY, STRICT, LedgerRow, month_range, revoked_whole


class ClosingFile(LedgerRow, table=True):
    """A file of a quarter, kept whole with its SHA-256 by the action that closed it."""

    __tablename__ = "closing_file"
    __table_args__ = (revoked_whole("closing_file"), STRICT)

    name: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    content: bytes = Field(sa_type=LargeBinary)


class Erratum(LedgerRow, table=True):
    """更正说明: something printed in a closed quarter was wrong: what it said, what is right, why, and whose mistake.

    ``found`` is the day it was found; without a project it is about the text or a total.
    """

    __tablename__ = "erratum"
    __table_args__ = (
        Index("erratum_latest", "period", "recorded_at", "id"),
        month_range("period", "erratum"),
        revoked_whole("erratum"),
        STRICT,
    )

    period: int = Field(sa_type=Integer)
    project_id: int | None = Field(default=None, foreign_key="project.id", sa_type=Integer)
    item: str = Field(sa_type=Text)
    old: str = Field(sa_type=Text)
    new: str = Field(sa_type=Text)
    cause: str = Field(sa_type=Text)
    who: str = Field(sa_type=Text)
    found: date = Field(sa_type=DAY)
    doc: str | None = Field(default=None, sa_type=Text)
