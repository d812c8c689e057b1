"""The triggers that make a table insert-only; those of SQLite are its only guard against other programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def guard(table: str) -> None:
    """Forbid every change of a table's rows."""
    _trigger(table, "DELETE", "1")
    _trigger(table, "UPDATE", "1")


def guard_revocable(table: str) -> None:
    """Forbid every change of a ledger table's rows but their revocation, once."""
    kept = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(table) if not c["name"].startswith("revoked_")]
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in kept)
    _trigger(table, "DELETE", "1")
    _trigger(table, "UPDATE", f"OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL OR {changed}")


def _trigger(table: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
    )
