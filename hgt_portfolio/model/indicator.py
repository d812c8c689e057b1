"""规划指标: what the plan sets, and what is filed of it year by year."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import STRICT, LedgerRow, one_of, revoked_whole
from hgt_portfolio.terms import Attainment, Binding, Catalogue

_YEARS = "BETWEEN 1990 AND 2100"


class Indicator(LedgerRow, table=True):
    """One measured line of the plan: an indicator, a sub-row (分项) of one, or a commitment of chapter 4.

    Cells are kept as printed; a cell that is merged with the one above is NULL. ``code`` names the line (省-9, 国-8.2,
    诺-3). ``place`` says where it stands; ``indicators``, ``projects`` and ``units`` are what a commitment's text links
    it to, separated by 、.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        Index("indicator_code", "code", "recorded_at", "id"),
        one_of("catalogue", Catalogue, "indicator"),
        one_of("binding", Binding, "indicator"),
        one_of("verdict", Attainment, "indicator"),
        revoked_whole("indicator"),
        STRICT,
    )

    catalogue: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    number: int = Field(sa_type=Integer)
    part: int = Field(sa_type=Integer)
    position: int = Field(sa_type=Integer)
    domain: str | None = Field(default=None, sa_type=Text)
    task: str | None = Field(default=None, sa_type=Text)
    name: str = Field(sa_type=Text)
    part_name: str | None = Field(default=None, sa_type=Text)
    unit: str | None = Field(default=None, sa_type=Text)
    standard: str | None = Field(default=None, sa_type=Text)
    baseline: str | None = Field(default=None, sa_type=Text)
    verdict: str | None = Field(default=None, sa_type=Text)
    target_2025: str | None = Field(default=None, sa_type=Text)
    target_2030: str | None = Field(default=None, sa_type=Text)
    binding: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    place: str = Field(sa_type=Text)
    quote: str | None = Field(default=None, sa_type=Text)
    indicators: str | None = Field(default=None, sa_type=Text)
    projects: str | None = Field(default=None, sa_type=Text)
    units: str | None = Field(default=None, sa_type=Text)


class IndicatorReport(LedgerRow, table=True):
    """指标填报: what an indicator came to in a year, its source and evidence.

    ``value`` is as filed (95.3, ≥95, 已建立); ``assigned`` is the year's own target where a higher authority sets one;
    ``attained`` is a person's word on what no program can compare.
    """

    __tablename__ = "indicator_report"
    __table_args__ = (
        Index("indicator_report_latest", "indicator_id", "year", "recorded_at", "id"),
        CheckConstraint(f"year {_YEARS}", name="indicator_report_year"),
        one_of("attained", Attainment, "indicator_report"),
        CheckConstraint("value IS NOT NULL OR attained IS NOT NULL", name="indicator_report_not_empty"),
        revoked_whole("indicator_report"),
        STRICT,
    )

    indicator_id: int = Field(foreign_key="indicator.id", sa_type=Integer)
    year: int = Field(sa_type=Integer)
    value: str | None = Field(default=None, sa_type=Text)
    assigned: str | None = Field(default=None, sa_type=Text)
    attained: str | None = Field(default=None, sa_type=Text)
    source: str = Field(sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)
    unit: str | None = Field(default=None, sa_type=Text)
    filed_by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
