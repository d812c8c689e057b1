"""The whole ledger: every table, and the triggers that make its rows insert-only."""

from __future__ import annotations

from hgt_portfolio.store.migrations.insert_only import guard, guard_revocable
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
    for table in REVOCABLE:
        guard_revocable(table)
    for table in FIXED:
        guard(table)
