"""The whole ledger: every table, and the triggers that make its rows insert-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hgt_portfolio.store.migrations.ledger_parents import create_parents
from hgt_portfolio.store.migrations.ledger_rows import create_rows

revision = "0001"
down_revision = None

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
    create_parents()
    create_rows()
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
