"""Column types and the columns that every row of the ledger carries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, Dialect, Index, Integer, Text, TypeDecorator
from sqlmodel import Field, SQLModel

BEGINNING = date(1, 1, 1)
"""The effective date of the plan as loaded: it holds from the beginning."""

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""Fen and microseconds: 64 bits on every engine (a plain ``int`` is 32 bits on PostgreSQL)."""


class DayText(TypeDecorator[date]):
    """A calendar day kept as ISO text: STRICT tables of SQLite have no date type."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the day as ISO text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """Read the day back."""
        return None if value is None else date.fromisoformat(value)


DAY = Date().with_variant(DayText(), "sqlite")

STRICT: dict[str, Any] = {"sqlite_strict": True}


def one_of(column: str, terms: Iterable[StrEnum], table: str) -> CheckConstraint:
    """Allow only the terms of a vocabulary (or NULL, where the column allows it)."""
    words = ", ".join(f"'{term}'" for term in terms)
    return CheckConstraint(f"{column} IN ({words})", name=f"{table}_{column}_term")


def month_range(column: str, table: str) -> CheckConstraint:
    """Allow only month indices of 1990–2100."""
    return CheckConstraint(f"{column} BETWEEN {1990 * 12} AND {2100 * 12 + 11}", name=f"{table}_{column}_month")


def not_negative(column: str, table: str) -> CheckConstraint:
    """Allow no negative amount."""
    return CheckConstraint(f"{column} >= 0", name=f"{table}_{column}_not_negative")


def flag(column: str, table: str) -> CheckConstraint:
    """Allow only 0 and 1."""
    return CheckConstraint(f"{column} IN (0, 1)", name=f"{table}_{column}_flag")


def revoked_whole(table: str) -> CheckConstraint:
    """Require that a revoked row says when and by which action."""
    return CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=f"{table}_revoked_whole")


def latest(table: str, *columns: str) -> Index:
    """Index a table so that the latest row of each project is the end of one range."""
    return Index(f"{table}_latest", *columns, "recorded_at", "id")


class Row(SQLModel):
    """What every table is: its validation, which a table does not use, is built only when it is asked for."""

    model_config = {"defer_build": True}


class LedgerRow(Row):
    """What every row of the ledger carries: who wrote it, when it was learned, and whether it was revoked.

    ``recorded_at`` and ``revoked_at`` are microseconds since 1970 UTC. A row is never updated but for
    ``revoked_at`` / ``revoked_by``, set once (guarded by triggers), and never deleted.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    action_id: int = Field(foreign_key="action.id", index=True, sa_type=Integer)
    recorded_at: int = Field(sa_type=BIG)
    revoked_at: int | None = Field(default=None, sa_type=BIG)
    revoked_by: int | None = Field(default=None, foreign_key="action.id", sa_type=Integer)
