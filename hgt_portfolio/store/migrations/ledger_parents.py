"""Revision 0001: the tables that others refer to, and the office's decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

DAY = sa.Date().with_variant(sa.Text(), "sqlite")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_parents() -> None:
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
