"""资金: what each source gives a project, and the district's own 专项资金."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    BIG,
    STRICT,
    LedgerRow,
    latest,
    month_range,
    not_negative,
    one_of,
    revoked_whole,
)
from hgt_portfolio.terms import FundSource

FUND_LABELS = {"planned_fen": "计划", "received_fen": "到位", "paid_fen": "支付"}
"""What the amounts of a source are called, in the order in which they are asked for."""

FUND_FIELD = "资金·"
"""How the name of a field of 资金 begins where it stands among a project's others: 资金·省级·到位."""


def fund_field(source: str, label: str) -> str:
    """Name an amount of a source among a project's fields."""
    return f"{FUND_FIELD}{source}·{label}"


class FundReport(LedgerRow, table=True):
    """资金填报: what one source had planned for, given to and paid on a project by the end of a period.

    Amounts are fen since the project began, NULL where not stated: 计划, 到位, 支付.
    """

    __tablename__ = "fund_report"
    __table_args__ = (
        latest("fund_report", "project_id", "source", "period"),
        one_of("source", FundSource, "fund_report"),
        month_range("period", "fund_report"),
        *(not_negative(column, "fund_report") for column in ("planned_fen", "received_fen", "paid_fen")),
        CheckConstraint(
            "planned_fen IS NOT NULL OR received_fen IS NOT NULL OR paid_fen IS NOT NULL", name="fund_report_not_empty"
        ),
        revoked_whole("fund_report"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    source: str = Field(sa_type=Text)
    planned_fen: int | None = Field(default=None, sa_type=BIG)
    received_fen: int | None = Field(default=None, sa_type=BIG)
    paid_fen: int | None = Field(default=None, sa_type=BIG)
    filed_by: str | None = Field(default=None, sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)


class SpecialFund(LedgerRow, table=True):
    """生态文明发展专项资金 of a year: what the district set aside, and what of it was paid. Amounts in fen."""

    __tablename__ = "special_fund"
    __table_args__ = (
        Index("special_fund_latest", "year", "recorded_at", "id"),
        CheckConstraint("year BETWEEN 1990 AND 2100", name="special_fund_year"),
        *(not_negative(column, "special_fund") for column in ("amount_fen", "paid_fen")),
        revoked_whole("special_fund"),
        STRICT,
    )

    year: int = Field(sa_type=Integer)
    amount_fen: int = Field(sa_type=BIG)
    paid_fen: int | None = Field(default=None, sa_type=BIG)
    doc: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
