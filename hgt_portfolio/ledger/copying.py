"""Moving a whole ledger to another database, table by table, each held against where it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Table, Text, insert, select
from sqlmodel import Session, SQLModel

from hgt_portfolio.ledger.sealing import canonical
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.rules.sql import plain
from hgt_portfolio.store import Store, StoreError, founded

BATCH = 500
"""Rows read and written at a time."""

Tell = Callable[[str, int, int], None]


def copy_ledger(source: Store, target: str, tell: Tell) -> dict[str, int]:
    """Copy a ledger into a new file or an empty database and give how many rows each table has.

    All or nothing: raises ``StoreError``, naming the table, where what arrived is not what was sent, or where the
    audit chain does not hold there.
    """
    tables = SQLModel.metadata.sorted_tables
    counts: dict[str, int] = {}
    with source.read() as ours, founded(target) as store:
        with store.write() as theirs:
            for number, table in enumerate(tables):
                tell(f"复制 {table.name}", number, len(tables) + 1)
                sent = _sent(ours, theirs, table)
                count, arrived = _digest(theirs, table)
                if arrived != sent:
                    raise StoreError(f"复制后 {table.name} 表与原来的不一致，所以没有留下复制的内容。请再试一次。")
                counts[table.name] = count
        tell("核对操作链", len(tables), len(tables) + 1)
        with store.read() as session:
            broken = broken_link(session)
        if broken is not None:
            raise StoreError(f"操作链从操作 {broken} 起对不上，所以没有留下复制的内容。请先运行 hgt verify。")
        tell("核对操作链", len(tables) + 1, len(tables) + 1)
    return counts


def ledger_columns() -> dict[str, list[str]]:
    """Give the names of the ledger's tables, each with those of its columns."""
    return {table.name: [column.name for column in table.columns] for table in SQLModel.metadata.sorted_tables}


def _rows(session: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Give a table's rows in batches, in the same order on every engine."""
    keys = [plain(key) if isinstance(key.type, Text) else key for key in table.primary_key]
    query = select(table).order_by(*keys).execution_options(yield_per=BATCH)
    with session.execute(query) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


def _sent(ours: Session, theirs: Session, table: Table) -> str:
    """Write a table's rows anew and give the digest of what was read."""
    whole = hashlib.sha256()
    for rows in _rows(ours, table):
        whole.update("".join(f"{canonical(row)}\n" for row in rows).encode())
        theirs.execute(insert(table), rows)
    return whole.hexdigest()


def _digest(session: Session, table: Table) -> tuple[int, str]:
    """Give how many rows a table has, and the SHA-256 of all of them in order."""
    whole, count = hashlib.sha256(), 0
    for rows in _rows(session, table):
        whole.update("".join(f"{canonical(row)}\n" for row in rows).encode())
        count += len(rows)
    return count, whole.hexdigest()
