"""The plan, its domains and units, and the projects with every version of their facts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    BIG,
    DAY,
    STRICT,
    LedgerRow,
    Row,
    flag,
    latest,
    month_range,
    not_negative,
    one_of,
    revoked_whole,
)
from hgt_portfolio.terms import InvestmentKind, Phase, UnitChangeKind, UnitKind, UnitRole


class PlanRecord(Row, table=True):
    """The plan a ledger is kept for: one row. Months bound its phases; ``demo`` marks sample data (演示)."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("id = 1", name="plan_single"),
        flag("demo", "plan"),
        *(month_range(column, "plan") for column in ("start", "near_end", "far_from", "horizon_end")),
        STRICT,
    )

    id: int = Field(default=1, primary_key=True, sa_type=Integer)
    title: str = Field(sa_type=Text)
    portfolio: str = Field(sa_type=Text)
    doc_no: str = Field(sa_type=Text)
    issued: date = Field(sa_type=DAY)
    issuer: str = Field(sa_type=Text)
    office: str = Field(sa_type=Text)
    start: int = Field(sa_type=Integer)
    near_end: int = Field(sa_type=Integer)
    far_from: int = Field(sa_type=Integer)
    horizon_end: int = Field(sa_type=Integer)
    demo: int = Field(default=0, sa_type=Integer)
    action_id: int = Field(foreign_key="action.id", sa_type=Integer)


class PlanStatement(Row, table=True):
    """A total that the plan itself states, with the sentence it stands in."""

    __tablename__ = "plan_statement"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    code: str = Field(sa_type=Text, unique=True)
    stated: str = Field(sa_type=Text)
    quote: str = Field(sa_type=Text)
    action_id: int = Field(foreign_key="action.id", sa_type=Integer)


class Domain(Row, table=True):
    """领域, in the plan's order."""

    __tablename__ = "domain"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    name: str = Field(sa_type=Text, unique=True)
    position: int = Field(sa_type=Integer)


class Unit(Row, table=True):
    """责任单位; ``full_name`` is NULL where the plan gives none (printed 待确认)."""

    __tablename__ = "unit"
    __table_args__ = (one_of("kind", UnitKind, "unit"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    name: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    full_name: str | None = Field(default=None, sa_type=Text)
    position: int = Field(sa_type=Integer)
    action_id: int = Field(foreign_key="action.id", sa_type=Integer)


class UnitChange(LedgerRow, table=True):
    """A unit was renamed or merged: from ``effective`` on, ``successor_id`` stands in its place.

    The successor is final: where it is itself succeeded later, a row from the first unit to the last is written too.
    """

    __tablename__ = "unit_change"
    __table_args__ = (
        Index("unit_change_latest", "unit_id", "effective", "recorded_at", "id"),
        one_of("kind", UnitChangeKind, "unit_change"),
        CheckConstraint("unit_id <> successor_id", name="unit_change_other"),
        revoked_whole("unit_change"),
        STRICT,
    )

    unit_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    successor_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    kind: str = Field(sa_type=Text)
    effective: date = Field(sa_type=DAY)
    doc: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)


class Project(Row, table=True):
    """A project's identity: its number (序号) and place; its facts are in its versions.

    ``root_id`` is the project that a child (1-1, 1-2) was split from; ``stands_for`` how many of the plan's projects a
    merged one takes the place of.
    """

    __tablename__ = "project"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    no: str = Field(sa_type=Text, unique=True)
    position: int = Field(sa_type=Integer, index=True)
    source_row: int | None = Field(default=None, sa_type=Integer)
    root_id: int | None = Field(default=None, foreign_key="project.id", sa_type=Integer)
    stands_for: int = Field(default=1, sa_type=Integer)
    action_id: int = Field(foreign_key="action.id", index=True, sa_type=Integer)


class ProjectVersion(LedgerRow, table=True):
    """All facts of a project from an effective date on; the loaded plan holds from the beginning.

    ``start`` and ``due`` are months (the due date is the last day of ``due``); the ``baseline_*`` columns keep
    what the plan said and are carried unchanged through amendments, as is ``stage``. ``replaced`` says that others
    stand in the project's place (拆分, 合并): it is counted nowhere from then on.
    """

    __tablename__ = "project_version"
    __table_args__ = (
        latest("project_version", "project_id", "effective"),
        one_of("investment_kind", InvestmentKind, "project_version"),
        one_of("stage", (Phase.NEAR, Phase.FAR, Phase.UNDATED), "project_version"),
        not_negative("investment_fen", "project_version"),
        CheckConstraint(
            f"(investment_kind = '{InvestmentKind.FIXED}') = (investment_fen IS NOT NULL)",
            name="project_version_amount_when_fixed",
        ),
        CheckConstraint("start <= due", name="project_version_span"),
        *(month_range(c, "project_version") for c in ("start", "due", "baseline_start", "baseline_due")),
        flag("operation", "project_version"),
        flag("exited", "project_version"),
        flag("replaced", "project_version"),
        flag("in_statistics", "project_version"),
        revoked_whole("project_version"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    effective: date = Field(sa_type=DAY)
    name: str = Field(sa_type=Text)
    initials: str = Field(sa_type=Text)
    scope: str = Field(sa_type=Text)
    period_text: str = Field(sa_type=Text)
    start: int | None = Field(default=None, sa_type=Integer)
    due: int | None = Field(default=None, sa_type=Integer)
    baseline_start: int | None = Field(default=None, sa_type=Integer)
    baseline_due: int | None = Field(default=None, sa_type=Integer)
    baseline_fen: int | None = Field(default=None, sa_type=BIG)
    stage: str = Field(sa_type=Text)
    operation: int = Field(default=0, sa_type=Integer)
    exited: int = Field(default=0, sa_type=Integer)
    replaced: int = Field(default=0, sa_type=Integer)
    domain_id: int = Field(foreign_key="domain.id", sa_type=Integer)
    lead_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    unit_text: str = Field(sa_type=Text)
    investment_kind: str = Field(sa_type=Text)
    investment_fen: int | None = Field(default=None, sa_type=BIG)
    investment_text: str = Field(sa_type=Text)
    in_statistics: int | None = Field(default=None, sa_type=Integer)
    statistics_code: str | None = Field(default=None, sa_type=Text)
    source: str = Field(sa_type=Text)


class VersionUnit(Row, table=True):
    """A cooperating unit of a version, or a generic member kept as text (各街道…)."""

    __tablename__ = "version_unit"
    __table_args__ = (
        one_of("role", UnitRole, "version_unit"),
        CheckConstraint(f"(role = '{UnitRole.GENERIC}') = (unit_id IS NULL)", name="version_unit_generic"),
        STRICT,
    )

    version_id: int = Field(foreign_key="project_version.id", primary_key=True, sa_type=Integer)
    position: int = Field(primary_key=True, sa_type=Integer)
    role: str = Field(sa_type=Text)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True, sa_type=Integer)
    text: str = Field(sa_type=Text)


class SubItem(LedgerRow, table=True):
    """子项 of a project by group (#9: 流湖镇 19): how many there are, and how many were done by ``effective``."""

    __tablename__ = "sub_item"
    __table_args__ = (
        latest("sub_item", "project_id", "effective"),
        CheckConstraint("total > 0", name="sub_item_total_positive"),
        CheckConstraint("done BETWEEN 0 AND total", name="sub_item_done_range"),
        revoked_whole("sub_item"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    name: str = Field(sa_type=Text)
    position: int = Field(sa_type=Integer)
    total: int = Field(sa_type=Integer)
    done: int | None = Field(default=None, sa_type=Integer)
    effective: date = Field(sa_type=DAY)
    source: str = Field(sa_type=Text)
