"""What the office decides: amendments, the rule set in force, filing windows, closed periods."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import BIG, DAY, STRICT, LedgerRow, month_range, revoked_whole


class RuleAdoption(LedgerRow, table=True):
    """The office adopted a rule set for lights, with the 文号 it did so by."""

    __tablename__ = "rule_adoption"
    __table_args__ = (revoked_whole("rule_adoption"), STRICT)

    rule_set: str = Field(sa_type=Text)
    doc: str = Field(sa_type=Text)
    effective: date = Field(sa_type=DAY)


class FilingWindow(LedgerRow, table=True):
    """填报起止日 of a period; without one, from the first day of its last month to the 15th after it."""

    __tablename__ = "filing_window"
    __table_args__ = (
        Index("filing_window_latest", "period", "recorded_at", "id"),
        month_range("period", "filing_window"),
        CheckConstraint("opens <= closes", name="filing_window_span"),
        revoked_whole("filing_window"),
        STRICT,
    )

    period: int = Field(sa_type=Integer)
    opens: date = Field(sa_type=DAY)
    closes: date = Field(sa_type=DAY)
    doc: str | None = Field(default=None, sa_type=Text)


class Closing(LedgerRow, table=True):
    """定稿: a quarter was closed; ``known_at`` fixes what its figures know, ``digest`` is the SHA-256 of its figures.

    ``rules`` is the rule set its lights were judged by, ``program`` the version that made its files: the same one
    makes the same bytes again.
    """

    __tablename__ = "closing"
    __table_args__ = (
        Index("closing_latest", "period", "recorded_at", "id"),
        month_range("period", "closing"),
        revoked_whole("closing"),
        STRICT,
    )

    period: int = Field(sa_type=Integer)
    known_at: int = Field(sa_type=BIG)
    doc: str | None = Field(default=None, sa_type=Text)
    reviewer: str | None = Field(default=None, sa_type=Text)
    signer: str | None = Field(default=None, sa_type=Text)
    rules: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    program: str = Field(sa_type=Text)
