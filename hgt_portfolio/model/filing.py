"""What is filed about projects: reports, year plans, verifications, and the office's word on a filing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import (
    BIG,
    DAY,
    STRICT,
    LedgerRow,
    latest,
    month_range,
    not_negative,
    one_of,
    revoked_whole,
)
from hgt_portfolio.terms import COMPLETE_STATUSES, CheckMethod, FilingKind, GoalVerdict, Light, Status

_COMPLETE = ", ".join(f"'{status}'" for status in COMPLETE_STATUSES)


class Report(LedgerRow, table=True):
    """进度填报: the lead unit's filing for one project and period (a quarter's report carries its last month).

    ``cumulative_fen`` is the value of work done since the start, NULL where it was not stated. ``filed_at`` is when it
    was filed, in microseconds: ``recorded_at``, but for a row that an undo put back.
    """

    __tablename__ = "report"
    __table_args__ = (
        latest("report", "project_id", "period"),
        one_of("status", Status, "report"),
        one_of("kind", FilingKind, "report"),
        one_of("goal_verdict", GoalVerdict, "report"),
        month_range("period", "report"),
        not_negative("cumulative_fen", "report"),
        CheckConstraint("physical_percent BETWEEN 0 AND 100", name="report_physical_percent_range"),
        CheckConstraint(f"status NOT IN ({_COMPLETE}) OR finished IS NOT NULL", name="report_finished_when_complete"),
        CheckConstraint("started <= finished", name="report_span"),
        revoked_whole("report"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    kind: str = Field(sa_type=Text)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Integer)
    filed_at: int = Field(sa_type=BIG)
    status: str = Field(sa_type=Text)
    cumulative_fen: int | None = Field(default=None, sa_type=BIG)
    started: date | None = Field(default=None, sa_type=DAY)
    finished: date | None = Field(default=None, sa_type=DAY)
    physical: str | None = Field(default=None, sa_type=Text)
    physical_percent: int | None = Field(default=None, sa_type=Integer)
    goal_verdict: str | None = Field(default=None, sa_type=Text)
    problem: str | None = Field(default=None, sa_type=Text)
    next_step: str | None = Field(default=None, sa_type=Text)
    filed_by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)


class YearPlan(LedgerRow, table=True):
    """本年计划投资 of a project and year, with optional quarterly steps (fen a quarter) and 年度形象目标.

    The first figure of a year is effective from its 1 January; an adjustment from its own date.
    """

    __tablename__ = "year_plan"
    __table_args__ = (
        latest("year_plan", "project_id", "year", "effective"),
        *(not_negative(c, "year_plan") for c in ("amount_fen", "q1_fen", "q2_fen", "q3_fen", "q4_fen")),
        CheckConstraint("amount_fen IS NOT NULL OR goal IS NOT NULL", name="year_plan_not_empty"),
        CheckConstraint(
            "q1_fen IS NULL AND q2_fen IS NULL AND q3_fen IS NULL AND q4_fen IS NULL"
            " OR q1_fen + q2_fen + q3_fen + q4_fen = amount_fen",
            name="year_plan_steps_sum",
        ),
        revoked_whole("year_plan"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    year: int = Field(sa_type=Integer)
    effective: date = Field(sa_type=DAY)
    amount_fen: int | None = Field(default=None, sa_type=BIG)
    q1_fen: int | None = Field(default=None, sa_type=BIG)
    q2_fen: int | None = Field(default=None, sa_type=BIG)
    q3_fen: int | None = Field(default=None, sa_type=BIG)
    q4_fen: int | None = Field(default=None, sa_type=BIG)
    goal: str | None = Field(default=None, sa_type=Text)
    doc: str | None = Field(default=None, sa_type=Text)


class Verification(LedgerRow, table=True):
    """核实记录: the office's own check of a project on a day.

    ``period`` is the last month that was over on that day: the check counts as a report for it.
    """

    __tablename__ = "verification"
    __table_args__ = (
        latest("verification", "project_id", "day"),
        one_of("how", CheckMethod, "verification"),
        one_of("status", Status, "verification"),
        month_range("period", "verification"),
        CheckConstraint(
            f"status NOT IN ({_COMPLETE}) OR finished IS NOT NULL", name="verification_finished_when_complete"
        ),
        revoked_whole("verification"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    day: date = Field(sa_type=DAY)
    period: int = Field(sa_type=Integer)
    how: str = Field(sa_type=Text)
    status: str | None = Field(default=None, sa_type=Text)
    started: date | None = Field(default=None, sa_type=DAY)
    finished: date | None = Field(default=None, sa_type=DAY)
    finding: str = Field(sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)
    checked_by: str | None = Field(default=None, sa_type=Text)


class SendBack(LedgerRow, table=True):
    """退回: the office sent a filing back; the report itself is revoked by the same action."""

    __tablename__ = "send_back"
    __table_args__ = (latest("send_back", "project_id", "period"), revoked_whole("send_back"), STRICT)

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    report_id: int = Field(foreign_key="report.id", sa_type=Integer)
    reason: str = Field(sa_type=Text)


class LightOverride(LedgerRow, table=True):
    """A person's light for a project and period, with the reason; the computed one stays visible."""

    __tablename__ = "light_override"
    __table_args__ = (
        latest("light_override", "project_id", "period"),
        one_of("light", Light, "light_override"),
        revoked_whole("light_override"),
        STRICT,
    )

    project_id: int = Field(foreign_key="project.id", sa_type=Integer)
    period: int = Field(sa_type=Integer)
    light: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
