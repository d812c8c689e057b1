"""The whole ledger: every table, and the triggers that make its rows insert-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

DAY = sa.Date().with_variant(sa.Text(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

REVOCABLE = (
    "project_version",
    "unit_change",
    "contact",
    "milestone",
    "sub_item",
    "report",
    "cooperation",
    "year_plan",
    "verification",
    "send_back",
    "light_override",
    "amendment",
    "rule_adoption",
    "filing_window",
    "supervision",
    "supervision_event",
    "closing",
    "closing_file",
    "erratum",
)
FIXED = (
    "action",
    "action_subject",
    "plan",
    "plan_statement",
    "domain",
    "unit",
    "unit_alias",
    "project",
    "version_unit",
)


def upgrade() -> None:
    create_tables()
    for table in REVOCABLE + FIXED:
        trigger(table, "DELETE", "1")
    for table in FIXED:
        trigger(table, "UPDATE", "1")
    for table in REVOCABLE:
        kept = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(table) if not c["name"].startswith("revoked_")]
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in kept)
        trigger(table, "UPDATE", f"OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL OR {changed}")


def trigger(table: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
    )


def create_tables() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("utc_offset", sa.Integer(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("os_user", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('装载规划', '期初建账', '进度填报', '配合填报', '退回填报', '核实', '年度计划', '调整', '采用规则', '人工定灯', '填报期限', '收回填报表', '联系人', '节点', '子项', '督办', '单位变更', '定稿', '更正说明', '撤销')",
            name="action_kind_term",
        ),
        sa.ForeignKeyConstraint(["undoes"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("at"),
        sa.UniqueConstraint("hash"),
        sa.UniqueConstraint("undoes"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_operator"), "action", ["operator"], unique=False)
    op.create_table(
        "domain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_strict=True,
    )
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("known_at", BIG, nullable=False),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("signer", sa.Text(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="closing_revoked_whole"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="closing_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("closing_latest", "closing", ["period", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_closing_action_id"), "closing", ["action_id"], unique=False)
    op.create_table(
        "filing_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("opens", DAY, nullable=False),
        sa.Column("closes", DAY, nullable=False),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="filing_window_revoked_whole"),
        sa.CheckConstraint("opens <= closes", name="filing_window_span"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="filing_window_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("filing_window_latest", "filing_window", ["period", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_filing_window_action_id"), "filing_window", ["action_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("portfolio", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.Text(), nullable=False),
        sa.Column("issued", DAY, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("near_end", sa.Integer(), nullable=False),
        sa.Column("far_from", sa.Integer(), nullable=False),
        sa.Column("horizon_end", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("demo IN (0, 1)", name="plan_demo_flag"),
        sa.CheckConstraint("far_from BETWEEN 23880 AND 25211", name="plan_far_from_month"),
        sa.CheckConstraint("horizon_end BETWEEN 23880 AND 25211", name="plan_horizon_end_month"),
        sa.CheckConstraint("id = 1", name="plan_single"),
        sa.CheckConstraint("near_end BETWEEN 23880 AND 25211", name="plan_near_end_month"),
        sa.CheckConstraint("start BETWEEN 23880 AND 25211", name="plan_start_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "plan_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_strict=True,
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("stands_for", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["root_id"], ["project.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("no"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_project_action_id"), "project", ["action_id"], unique=False)
    op.create_index(op.f("ix_project_position"), "project", ["position"], unique=False)
    op.create_table(
        "rule_adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("effective", DAY, nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="rule_adoption_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_rule_adoption_action_id"), "rule_adoption", ["action_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('区直部门', '镇街', '平台公司', '其他')", name="unit_kind_term"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_strict=True,
    )
    op.create_table(
        "action_subject",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.PrimaryKeyConstraint("action_id", "project_id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_action_subject_project_id"), "action_subject", ["project_id"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("effective", DAY, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = '批准') = (doc IS NOT NULL)", name="amendment_doc"),
        sa.CheckConstraint(
            "kind IN ('工期', '投资', '年度计划', '单位', '内容', '终止', '新增', '拆分', '合并')",
            name="amendment_kind_term",
        ),
        sa.CheckConstraint("state IN ('申请', '批准')", name="amendment_state_term"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="amendment_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["amendment.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("amendment_project", "amendment", ["project_id", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_amendment_action_id"), "amendment", ["action_id"], unique=False)
    op.create_table(
        "closing_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="closing_file_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_closing_file_action_id"), "closing_file", ["action_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("since", DAY, nullable=False),
        sa.Column("until", DAY, nullable=True),
        sa.CheckConstraint("role IN ('责任领导', '责任人', '包联领导')", name="contact_role_term"),
        sa.CheckConstraint("(project_id IS NULL) <> (unit_id IS NULL)", name="contact_of_one"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="contact_revoked_whole"),
        sa.CheckConstraint("since <= until", name="contact_span"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("contact_latest", "contact", ["project_id", "role", "since", "recorded_at", "id"], unique=False)
    op.create_index("contact_unit", "contact", ["unit_id", "role", "since", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_contact_action_id"), "contact", ["action_id"], unique=False)
    op.create_table(
        "cooperation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="cooperation_revoked_whole"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="cooperation_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("cooperation_latest", "cooperation", ["project_id", "period", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_cooperation_action_id"), "cooperation", ["action_id"], unique=False)
    op.create_table(
        "erratum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("found", DAY, nullable=False),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="erratum_revoked_whole"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="erratum_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("erratum_latest", "erratum", ["period", "recorded_at", "id"], unique=False)
    op.create_index(op.f("ix_erratum_action_id"), "erratum", ["action_id"], unique=False)
    op.create_table(
        "light_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("light IN ('红', '黄', '蓝', '绿', '无')", name="light_override_light_term"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="light_override_revoked_whole"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_light_override_action_id"), "light_override", ["action_id"], unique=False)
    op.create_index(
        "light_override_latest", "light_override", ["project_id", "period", "recorded_at", "id"], unique=False
    )
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
