"""Writing beside the same rows in one transaction of plain ``sqlite3``, which are just as safe on the disk."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from hgt_portfolio.demo.load import made_up
from hgt_portfolio.figures import Figures, Filter, Position
from hgt_portfolio.ledger import Ledger, ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.rules.point import filing_period
from hgt_portfolio.store import Store, created
from hgt_portfolio.terms import Status
from tests.bench.ledgers import Folder
from tests.bench.timing import Pair, timed

OPERATOR = "演示员"
MORE_FEN = 1_000_000

Rows = dict[str, list[tuple[Any, ...]]]
"""Rows of each table, parents first."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[Figures, Ledger, sqlite3.Connection]]:
    """Open a ledger to write to, through the program and ``sqlite3``, which can take out again what was written."""
    store = Store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # As the program does: whoever commits has waited for the disk, and no row refers to one that is not there.
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA synchronous = EXTRA")
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, sql in triggers:
            if "BEFORE DELETE" in sql.upper():
                database.execute(f"DROP TRIGGER {name}")
        yield Figures(store), Ledger(store, OPERATOR), database
    store.close()


def write(database: Any, rows: Rows, begin: str = "BEGIN IMMEDIATE", mark: str = "?") -> None:
    """Write rows in one transaction."""
    cursor = database.cursor()
    cursor.execute(begin)
    for table, values in rows.items():
        marks = ", ".join([mark] * len(values[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    cursor.execute("COMMIT")


FILED = ("action", "report", "action_subject")
"""The tables that a filing writes to, parents first."""


def newest(database: Any) -> Rows:
    """Give the rows of the newest action, a filing, as they stand in their tables."""
    action = newest_action(database)
    found: Rows = {}
    for table in FILED:
        column = "id" if table == "action" else "action_id"
        found[table] = database.execute(f"SELECT * FROM {table} WHERE {column} = {action}").fetchall()
    return found


def newest_action(database: Any) -> int:
    """Give the number of the newest action."""
    (number,) = database.execute("SELECT max(id) FROM action").fetchone()
    return int(number)


def take_out(database: sqlite3.Connection) -> None:
    """Take the rows of the newest action out again, as if it had never been."""
    action = newest_action(database)
    database.execute("BEGIN IMMEDIATE")
    for table in reversed(FILED):
        database.execute(f"DELETE FROM {table} WHERE {'id' if table == 'action' else 'action_id'} = {action}")
    database.execute("COMMIT")


def anew(rows: Rows, database: Any) -> Rows:
    """Give the rows of a filing with the next numbers, and the moment and the hash of another action."""
    action, moment = newest_action(database) + 1, time.time_ns() // 1000
    fresh: Rows = {}
    for table, values in rows.items():
        cursor = database.execute(f"SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1")
        last = cursor.fetchone()[0]
        new = {"id": last + 1, "action_id": action, "at": moment}
        new |= {"hash": secrets.token_hex(32), "key": secrets.token_hex(16)}
        names = [column[0] for column in cursor.description]
        fresh[table] = [tuple(new.get(name, value) for name, value in zip(names, row, strict=True)) for row in values]
    return fresh


def filing(position: Position, period: int, more: int) -> ReportInput:
    """Give a filing that goes on from a project's figures."""
    return ReportInput(
        no=position.no,
        period=period,
        status=Status(position.status or Status.UNDER_WAY),
        cumulative_fen=None if position.cumulative is None else position.cumulative + more,
        started=position.started,
        finished=position.finished,
        physical="演示：按计划推进",
        filed_by="演示填报人",
        reason="演示：情况属实",
    )


@contextmanager
def report(folder: Folder, size: int) -> Iterator[Pair]:
    """One report, filed for another project each time."""
    with folder.copy(size) as path, opened(path) as (figures, ledger, database):
        under_way = figures.positions(figures.point(), Filter(status=Status.UNDER_WAY, priced=True), limit=100)
        period = filing_period(figures.today)
        given = (filing(one, period, n * MORE_FEN) for n, one in enumerate(cycle(under_way), 1))
        ours = timed(lambda: ledger.report(next(given)))
        ours()
        rows = newest(database)

        def by_hand() -> float:
            fresh = anew(rows, database)
            return timed(lambda: write(database, fresh))()

        yield Pair(ours, by_hand)


@contextmanager
def bulk(folder: Folder, size: int) -> Iterator[Pair]:
    """A report of each project, all in one action; taken out again after each turn."""
    with folder.copy(size) as path, opened(path) as (figures, ledger, database):
        period = filing_period(figures.today)
        given = [filing(one, period, 0) for one in figures.positions(figures.point()) if one.status]

        def emptied(work: Callable[[], object]) -> float:
            took = timed(work)()
            take_out(database)
            return took

        ledger.report_many(given)
        rows = newest(database)
        take_out(database)
        yield Pair(
            lambda: emptied(lambda: ledger.report_many(given)),
            lambda: emptied(lambda: write(database, rows)),
        )


@contextmanager
def plan(folder: Folder, size: int) -> Iterator[Pair]:
    """A plan of so many rows, into an empty ledger each time."""
    loading = made_up(size, month(2019, 1), month(2026, 12))
    with folder.scratch() as scratch:
        empty, filled = scratch / "empty.db", scratch / "filled.db"
        with created(empty):
            pass

        def load() -> float:
            shutil.copyfile(empty, filled)
            store = Store(f"sqlite:///{filled}")
            store.require_schema()
            took = timed(lambda: Ledger(store, OPERATOR).load(loading, demo=True))()
            store.close()
            return took

        load()
        with closing(sqlite3.connect(filled)) as database:
            rows = every_row(database)

        def by_hand() -> float:
            shutil.copyfile(empty, filled)
            with opened(filled) as (_, _, database):
                return timed(lambda: write(database, rows))()

        yield Pair(load, by_hand)


def every_row(database: sqlite3.Connection) -> Rows:
    """Give every row of a ledger."""
    tables: Sequence[str] = [table.name for table in SQLModel.metadata.sorted_tables]
    found = {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    return {table: rows for table, rows in found.items() if rows}
