"""规划指标 and their yearly filings, 资金 by source, 专项资金; and the kinds of action that write them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hgt_portfolio.store.migrations.insert_only import guard_revocable

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LAST_KINDS = ("'更正说明', '撤销'", "'更正说明', '装载指标', '指标填报', '资金填报', '专项资金', '撤销'")
"""The end of the list of kinds, as it was and as it is."""

KINDS = (
    "'装载规划', '期初建账', '进度填报', '配合填报', '退回填报', '核实', '年度计划', '调整', '采用规则', '人工定灯', "
    "'填报期限', '收回填报表', '联系人', '节点', '子项', '督办', '单位变更', '定稿', '更正说明', '装载指标', "
    "'指标填报', '资金填报', '专项资金', '撤销'"
)


def upgrade() -> None:
    _allow_kinds()
    _indicators()
    _funds()
    for table in ("indicator", "indicator_report", "fund_report", "special_fund"):
        guard_revocable(table)


def _allow_kinds() -> None:
    """Allow the new kinds of action: the constraint only widens, so no row is touched."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("action_kind_term", "action", type_="check")
        op.create_check_constraint("action_kind_term", "action", f"kind IN ({KINDS})")
        return
    # SQLite cannot alter a CHECK; its manual gives this way for one that only widens (ALTER TABLE, section 7).
    op.execute("PRAGMA writable_schema = ON")
    widened = sa.text(
        "UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'action'"
    )
    connection.execute(widened, dict(zip(("old", "new"), LAST_KINDS, strict=True)))
    op.execute("PRAGMA writable_schema = RESET")


def _row(table: str, *columns: sa.Column[Any], checks: dict[str, str]) -> None:
    """Create a table whose rows belong to an action."""
    parents = [
        sa.ForeignKeyConstraint([column], [f"{parent}.id"])
        for column, parent in (
            ("action_id", "action"),
            ("revoked_by", "action"),
            ("indicator_id", "indicator"),
            ("project_id", "project"),
        )
        if column in {"action_id", "revoked_by", *(one.name for one in columns)}
    ]
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        *columns,
        *(sa.CheckConstraint(check, name=f"{table}_{name}") for name, check in checks.items()),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=f"{table}_revoked_whole"),
        *parents,
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f(f"ix_{table}_action_id"), table, ["action_id"], unique=False)


def _indicators() -> None:
    needed = {name: sa.Text() for name in ("catalogue", "code")} | {
        name: sa.Integer() for name in ("number", "part", "position")
    }
    maybe = ("unit", "standard", "baseline", "verdict", "target_2025", "target_2030", "binding", "note")
    _row(
        "indicator",
        *(sa.Column(name, kind, nullable=False) for name, kind in needed.items()),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("domain", "task")),
        sa.Column("name", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("part_name", *maybe)),
        sa.Column("place", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("quote", "indicators", "projects", "units")),
        checks={
            "catalogue_term": "catalogue IN ('省级', '国家级', '承诺')",
            "binding_term": "binding IN ('约束性', '参考性')",
            "verdict_term": "verdict IN ('达标', '不达标')",
        },
    )
    op.create_index("indicator_code", "indicator", ["code", "recorded_at", "id"], unique=False)
    _row(
        "indicator_report",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("value", "assigned", "attained")),
        sa.Column("source", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("evidence", "unit", "filed_by", "reason")),
        checks={
            "year": "year BETWEEN 1990 AND 2100",
            "attained_term": "attained IN ('达标', '不达标')",
            "not_empty": "value IS NOT NULL OR attained IS NOT NULL",
        },
    )
    columns = ["indicator_id", "year", "recorded_at", "id"]
    op.create_index("indicator_report_latest", "indicator_report", columns, unique=False)


def _funds() -> None:
    amounts = ("planned_fen", "received_fen", "paid_fen")
    sources = "'中央预算内', '省级', '市级', '区级财政', '专项债券', '银行贷款', '企业自筹/社会资本', '其他'"
    _row(
        "fund_report",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *(sa.Column(name, BIG, nullable=True) for name in amounts),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("filed_by", "evidence", "reason")),
        checks={
            "source_term": f"source IN ({sources})",
            "period_month": "period BETWEEN 23880 AND 25211",
            **{f"{name}_not_negative": f"{name} >= 0" for name in amounts},
            "not_empty": " OR ".join(f"{name} IS NOT NULL" for name in amounts),
        },
    )
    columns = ["project_id", "source", "period", "recorded_at", "id"]
    op.create_index("fund_report_latest", "fund_report", columns, unique=False)
    _row(
        "special_fund",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount_fen", BIG, nullable=False),
        sa.Column("paid_fen", BIG, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("doc", "reason")),
        checks={
            "year": "year BETWEEN 1990 AND 2100",
            "amount_fen_not_negative": "amount_fen >= 0",
            "paid_fen_not_negative": "paid_fen >= 0",
        },
    )
    op.create_index("special_fund_latest", "special_fund", ["year", "recorded_at", "id"], unique=False)
