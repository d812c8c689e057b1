"""What the office decides: amendments, the rule set in force, filing windows, closed periods."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import BIG, DAY, STRICT, LedgerRow, month_range, one_of, revoked_whole
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
