"""Revision 0001: the rows of projects, from milestones on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

DAY = sa.Date().with_variant(sa.Text(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_rows() -> None:
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("met", DAY, nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="milestone_revoked_whole"),
        sa.CheckConstraint("dropped IN (0, 1)", name="milestone_dropped_flag"),
        sa.CheckConstraint("planned BETWEEN 23880 AND 25211", name="milestone_planned_month"),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name="milestone_weight_range"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_milestone_action_id"), "milestone", ["action_id"], unique=False)
    op.create_index("milestone_latest", "milestone", ["project_id", "name", "recorded_at", "id"], unique=False)
    op.create_table(
        "project_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("effective", DAY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period_text", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("baseline_start", sa.Integer(), nullable=True),
        sa.Column("baseline_due", sa.Integer(), nullable=True),
        sa.Column("baseline_fen", BIG, nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("exited", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_text", sa.Text(), nullable=False),
        sa.Column("investment_kind", sa.Text(), nullable=False),
        sa.Column("investment_fen", BIG, nullable=True),
        sa.Column("investment_text", sa.Text(), nullable=False),
        sa.Column("in_statistics", sa.Integer(), nullable=True),
        sa.Column("statistics_code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(investment_kind = '定额') = (investment_fen IS NOT NULL)", name="project_version_amount_when_fixed"
        ),
        sa.CheckConstraint("investment_kind IN ('定额', '待定', '文字')", name="project_version_investment_kind_term"),
        sa.CheckConstraint("stage IN ('near', 'far', 'undated')", name="project_version_stage_term"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="project_version_revoked_whole"),
        sa.CheckConstraint("baseline_due BETWEEN 23880 AND 25211", name="project_version_baseline_due_month"),
        sa.CheckConstraint("baseline_start BETWEEN 23880 AND 25211", name="project_version_baseline_start_month"),
        sa.CheckConstraint("due BETWEEN 23880 AND 25211", name="project_version_due_month"),
        sa.CheckConstraint("exited IN (0, 1)", name="project_version_exited_flag"),
        sa.CheckConstraint("in_statistics IN (0, 1)", name="project_version_in_statistics_flag"),
        sa.CheckConstraint("investment_fen >= 0", name="project_version_investment_fen_not_negative"),
        sa.CheckConstraint("operation IN (0, 1)", name="project_version_operation_flag"),
        sa.CheckConstraint("replaced IN (0, 1)", name="project_version_replaced_flag"),
        sa.CheckConstraint("start <= due", name="project_version_span"),
        sa.CheckConstraint("start BETWEEN 23880 AND 25211", name="project_version_start_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_project_version_action_id"), "project_version", ["action_id"], unique=False)
    op.create_index(
        "project_version_latest", "project_version", ["project_id", "effective", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", BIG, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cumulative_fen", BIG, nullable=True),
        sa.Column("started", DAY, nullable=True),
        sa.Column("finished", DAY, nullable=True),
        sa.Column("physical", sa.Text(), nullable=True),
        sa.Column("physical_percent", sa.Integer(), nullable=True),
        sa.Column("goal_verdict", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("filed_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint("goal_verdict IN ('达序', '略低', '滞后', '严重滞后')", name="report_goal_verdict_term"),
        sa.CheckConstraint("kind IN ('月报', '季报', '期初')", name="report_kind_term"),
        sa.CheckConstraint(
            "status IN ('前期', '未开工', '在建', '停工', '完工', '竣工验收', '投用')", name="report_status_term"
        ),
        sa.CheckConstraint(
            "status NOT IN ('完工', '竣工验收', '投用') OR finished IS NOT NULL", name="report_finished_when_complete"
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="report_revoked_whole"),
        sa.CheckConstraint("cumulative_fen >= 0", name="report_cumulative_fen_not_negative"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="report_period_month"),
        sa.CheckConstraint("physical_percent BETWEEN 0 AND 100", name="report_physical_percent_range"),
        sa.CheckConstraint("started <= finished", name="report_span"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_report_action_id"), "report", ["action_id"], unique=False)
    op.create_index("report_latest", "report", ["project_id", "period", "recorded_at", "id"], unique=False)
    op.create_table(
        "sub_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("effective", DAY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="sub_item_revoked_whole"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name="sub_item_done_range"),
        sa.CheckConstraint("total > 0", name="sub_item_total_positive"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sub_item_action_id"), "sub_item", ["action_id"], unique=False)
    op.create_index("sub_item_latest", "sub_item", ["project_id", "effective", "recorded_at", "id"], unique=False)
    op.create_table(
        "supervision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("raised", DAY, nullable=False),
        sa.Column("due", DAY, nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.CheckConstraint("ground IN ('逾期', '连续红灯', '未填报', '其他')", name="supervision_ground_term"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="supervision_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_supervision_action_id"), "supervision", ["action_id"], unique=False)
    op.create_index("supervision_latest", "supervision", ["project_id", "raised", "recorded_at", "id"], unique=False)
    op.create_index("supervision_unit", "supervision", ["unit_id", "raised"], unique=False)
    op.create_table(
        "unit_alias",
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("alias"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_unit_alias_unit_id"), "unit_alias", ["unit_id"], unique=False)
    op.create_table(
        "unit_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective", DAY, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('更名', '合并')", name="unit_change_kind_term"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="unit_change_revoked_whole"),
        sa.CheckConstraint("unit_id <> successor_id", name="unit_change_other"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_unit_change_action_id"), "unit_change", ["action_id"], unique=False)
    op.create_index("unit_change_latest", "unit_change", ["unit_id", "effective", "recorded_at", "id"], unique=False)
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("started", DAY, nullable=True),
        sa.Column("finished", DAY, nullable=True),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.CheckConstraint("how IN ('现场', '电话', '资料')", name="verification_how_term"),
        sa.CheckConstraint(
            "status IN ('前期', '未开工', '在建', '停工', '完工', '竣工验收', '投用')", name="verification_status_term"
        ),
        sa.CheckConstraint(
            "status NOT IN ('完工', '竣工验收', '投用') OR finished IS NOT NULL",
            name="verification_finished_when_complete",
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="verification_revoked_whole"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="verification_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_verification_action_id"), "verification", ["action_id"], unique=False)
    op.create_index("verification_latest", "verification", ["project_id", "day", "recorded_at", "id"], unique=False)
    op.create_table(
        "year_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("effective", DAY, nullable=False),
        sa.Column("amount_fen", BIG, nullable=True),
        sa.Column("q1_fen", BIG, nullable=True),
        sa.Column("q2_fen", BIG, nullable=True),
        sa.Column("q3_fen", BIG, nullable=True),
        sa.Column("q4_fen", BIG, nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="year_plan_revoked_whole"),
        sa.CheckConstraint("amount_fen >= 0", name="year_plan_amount_fen_not_negative"),
        sa.CheckConstraint("amount_fen IS NOT NULL OR goal IS NOT NULL", name="year_plan_not_empty"),
        sa.CheckConstraint("q1_fen >= 0", name="year_plan_q1_fen_not_negative"),
        sa.CheckConstraint(
            "q1_fen IS NULL AND q2_fen IS NULL AND q3_fen IS NULL AND q4_fen IS NULL OR q1_fen + q2_fen + q3_fen + q4_fen = amount_fen",
            name="year_plan_steps_sum",
        ),
        sa.CheckConstraint("q2_fen >= 0", name="year_plan_q2_fen_not_negative"),
        sa.CheckConstraint("q3_fen >= 0", name="year_plan_q3_fen_not_negative"),
        sa.CheckConstraint("q4_fen >= 0", name="year_plan_q4_fen_not_negative"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_year_plan_action_id"), "year_plan", ["action_id"], unique=False)
    op.create_index(
        "year_plan_latest", "year_plan", ["project_id", "year", "effective", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "send_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="send_back_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_send_back_action_id"), "send_back", ["action_id"], unique=False)
    op.create_index("send_back_latest", "send_back", ["project_id", "period", "recorded_at", "id"], unique=False)
    op.create_table(
        "supervision_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("supervision_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", DAY, nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "step IN ('催办', '反馈', '延期', '申请销号', '核验销号', '退回')", name="supervision_event_step_term"
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="supervision_event_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["supervision_id"], ["supervision.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_supervision_event_action_id"), "supervision_event", ["action_id"], unique=False)
    op.create_index(
        "supervision_event_latest", "supervision_event", ["supervision_id", "day", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "version_unit",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("(role = '泛指') = (unit_id IS NULL)", name="version_unit_generic"),
        sa.CheckConstraint("role IN ('牵头', '配合', '泛指')", name="version_unit_role_term"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["project_version.id"]),
        sa.PrimaryKeyConstraint("version_id", "position"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_version_unit_unit_id"), "version_unit", ["unit_id"], unique=False)
