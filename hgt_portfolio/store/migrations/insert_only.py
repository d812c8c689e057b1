"""The triggers that make a table insert-only; those of SQLite are its only guard against other programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

REFUSING = """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def guard(table: str) -> None:
    """Forbid every change of a table's rows."""
    _trigger(table, "DELETE", _always())
    _trigger(table, "UPDATE", _always())


def guard_revocable(table: str) -> None:
    """Forbid every change of a ledger table's rows but their revocation, once."""
    kept = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(table) if not c["name"].startswith("revoked_")]
    differs = "IS NOT" if _on_sqlite() else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in kept)
    _trigger(table, "DELETE", _always())
    _trigger(table, "UPDATE", f"OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL OR {changed}")


def _always() -> str:
    return "1" if _on_sqlite() else "true"


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _trigger(table: str, verb: str, when: str) -> None:
    name = f"{table}_no_{verb.lower()}"
    if _on_sqlite():
        act = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} {act}")
        return
    op.execute(REFUSING)
    act = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) {act}")
    if verb == "DELETE":
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}")
