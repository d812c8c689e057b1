"""A ledger's database past the program: what a person with another tool would do to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import psycopg
from sqlmodel import SQLModel

DENIED = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)
"""How either engine refuses a row."""

Row = dict[str, Any]


class Raw:
    """A connection; each statement is committed by itself, unless begun otherwise. Values are given as ``?``."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection, self._mark = connection, mark

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; days go in as ISO text."""
        given = [value.isoformat() if isinstance(value, date) else value for value in values]
        return self._connection.execute(sql.replace("?", self._mark), given or ())

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Give the rows that a query finds, each by its columns' names."""
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Write a row; where its table numbers its rows, the next number is given."""
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        if "id" not in row and "id" in SQLModel.metadata.tables[table].c:
            names, marks = f"id, {names}", f"(SELECT coalesce(max(id), 0) + 1 FROM {table}), {marks}"
        self.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def unguard(self) -> None:
        """Take down the triggers that make the tables insert-only."""
        for table in self.tables():
            for name in self._triggers(table):
                self.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if self._mark == "%s" else ""))

    def unbind(self) -> None:
        """Let rows refer to others that are not there, as SQLite does where nobody asks it otherwise."""
        if self._mark == "%s":
            bound = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
            for table, name in self.execute(bound).fetchall():
                self.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def tables(self) -> list[str]:
        """Give the names of the ledger's tables."""
        return sorted(SQLModel.metadata.tables)

    def _triggers(self, table: str) -> list[str]:
        sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        postgresql = "SELECT tgname FROM pg_trigger WHERE tgrelid = ?::regclass AND NOT tgisinternal"
        return [name for (name,) in self.execute(postgresql if self._mark == "%s" else sqlite, [table]).fetchall()]

    def state(self) -> dict[str, list[str]]:
        """Give every row of every table as text."""
        return {table: sorted(map(repr, self.rows(f"SELECT * FROM {table}"))) for table in self.tables()}


@contextmanager
def raw(url: str) -> Iterator[Raw]:
    """Open a ledger's database by its URL."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield Raw(connection, "?")
    else:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
            yield Raw(server, "%s")
