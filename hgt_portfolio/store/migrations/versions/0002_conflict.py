"""Conflicts between returned forms and the ledger, and what was decided of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hgt_portfolio.store.migrations.insert_only import guard_revocable

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("their_by", sa.Text(), nullable=True),
        sa.Column("our_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="conflict_revoked_whole"),
        sa.CheckConstraint("decision IN ('未定', '留账', '取表')", name="conflict_decision_term"),
        sa.CheckConstraint("period BETWEEN 23880 AND 25211", name="conflict_period_month"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"]),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["action.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_conflict_action_id"), "conflict", ["action_id"], unique=False)
    op.create_index("conflict_latest", "conflict", ["project_id", "period", "field", "recorded_at", "id"], unique=False)
    guard_revocable("conflict")
