"""Every table of the ledger as it is kept, row by row: for whoever takes the whole ledger elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Table, func, select
from sqlmodel import Session, SQLModel

from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model import audit, conflict, filing, fund, indicator, office, project, supervision
from hgt_portfolio.model.columns import BIG, DAY

SUBJECTS = (project, audit, filing, office, supervision, conflict, indicator, fund)
"""The modules that hold the tables: all are mapped once this one is imported."""

FETCHED = 500
"""Rows read at a time."""


@dataclass(frozen=True)
class ColumnInfo:
    """A column as the models have it: what it holds, what it may hold, and which row elsewhere it names."""

    name: str
    kind: str
    nullable: bool
    words: tuple[str, ...]
    refers: str


@dataclass(frozen=True)
class TableInfo:
    """A table, its columns in order, and how many rows it has."""

    name: str
    columns: tuple[ColumnInfo, ...]
    count: int


WHOLE, LONG, DAY_KIND, TEXT, BYTES = "whole", "long", "day", "text", "bytes"
"""What a column holds: a number, one of 64 bits (fen and moments), a day, text, or the content of a file."""


class Tables(Reader):
    """Reads tables whole."""

    def tables(self) -> Iterator[tuple[TableInfo, Iterator[list[tuple[Any, ...]]]]]:
        """Read every table, its rows in batches in the order of their keys; all of them at one moment.

        Each table's batches are to be read before the next table is asked for.
        """
        with self.store.read() as session:
            for table in mapped():
                count = session.execute(select(func.count()).select_from(table)).scalar_one()
                yield described(table, count), _batches(session, table)


def mapped() -> tuple[Table, ...]:
    """Give every table of the ledger, those that others refer to first."""
    return tuple(SQLModel.metadata.sorted_tables)


def described(table: Table, count: int = 0) -> TableInfo:
    """Describe a table as the models have it."""
    words = _vocabularies(table)
    columns = tuple(
        ColumnInfo(
            column.name,
            _kind(column.type),
            bool(column.nullable),
            words.get(column.name, ()),
            next((key.target_fullname for key in column.foreign_keys), ""),
        )
        for column in table.columns
    )
    return TableInfo(table.name, columns, count)


def _batches(session: Session, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    query = select(table).order_by(*table.primary_key.columns)
    with session.connection().execute(query, execution_options={"yield_per": FETCHED}) as rows:
        for batch in rows.partitions():
            yield [tuple(row) for row in batch]


def _kind(type_: Any) -> str:
    if type_ is BIG:
        return LONG
    if type_ is DAY:
        return DAY_KIND
    return {int: WHOLE, str: TEXT, bytes: BYTES}[type_.python_type]


def _vocabularies(table: Table) -> dict[str, tuple[str, ...]]:
    """Read from a table's checks which words, or flags, its columns may hold."""
    found: dict[str, tuple[str, ...]] = {}
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and re.search(r"_(term|flag)$", str(check.name)):
            column, _, listed = str(check.sqltext).partition(" IN ")
            found[column] = tuple(word.strip(" '") for word in listed.strip("()").split(","))
    return found
