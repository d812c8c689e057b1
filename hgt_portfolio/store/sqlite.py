"""SQLite, the default engine: one file on a local disk."""

from __future__ import annotations

import os
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from hgt_portfolio.store import refusing
from hgt_portfolio.store.journals import require_own
from hgt_portfolio.store.places import require_local
from hgt_portfolio.store.refusing import CANCELLED, FULL, LOCKED, STOPPED, StoreError
from hgt_portfolio.store.stopping import stop_over

APPLICATION_ID = 0x48475450
"""Marks the file as a ledger of this program (``HGTP`` in its header)."""

BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite may have left beside a file; with another file in its place, it would spoil that one."""

POLL_MILLISECONDS = 100
"""How often a waiting writer looks whether it was stopped."""

READING: dict[str, Any] = {}

WRITING: dict[str, Any] = {"write": True}


def engine(address: str, *, read_only: bool) -> Engine:
    """Make the engine of a file's path; writers are serial, since each begins IMMEDIATE.

    Raises ``StoreError`` for a file on a share, unless it is only read, and for one with another's journal beside it.
    """
    if not read_only:
        require_local(Path(address))
    require_own(Path(address))
    name = f"{Path(address).absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    connect = partial(sqlite3.connect, name, uri=True, timeout=refusing.BUSY_SECONDS, check_same_thread=False)
    made = create_engine("sqlite:///ledger", creator=connect)
    event.listen(made, "connect", partial(_prepare, Path(address)))
    event.listen(made, "checkout", partial(_check_out, Path(address)))
    event.listen(made, "begin", partial(_begin, Path(address)))
    return made


def _prepare(path: Path, connection: Any, record: Any) -> None:
    record.info["file"] = file_at(path)
    # The driver's own transaction handling loses updates silently; BEGIN is ours.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = EXTRA", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _check_out(path: Path, _connection: Any, record: Any, _proxy: Any) -> None:
    # Another file may stand there by now (a restored one): a connection would go on with the one it knew.
    if record.info["file"] != file_at(path):
        raise DisconnectionError("another file")


def _begin(path: Path, connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    if write:
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")
    # It may also have come while this one waited for the lock.
    if write and connection.info["file"] != file_at(path):
        connection.invalidate()
        raise StoreError(f"数据库 {path} 刚被换成另一个文件（如恢复了备份），本次没有写入任何内容。请重试。")


def _begin_writing(connection: Connection) -> None:
    """Begin as soon as no other writer is at work; a stop ends the waiting, which the driver's own does not."""
    driver: Any = connection.connection.driver_connection
    stop = stop_over()
    until = time.monotonic() + refusing.BUSY_SECONDS
    while _locked(driver) and time.monotonic() < until:
        if stop.stopped:
            raise StoreError(CANCELLED)
    if not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _locked(driver: Any) -> bool:
    """Begin, or after a moment's waiting tell whether it is another writer that is in the way."""
    driver.execute(f"PRAGMA busy_timeout = {POLL_MILLISECONDS}")
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        return "locked" in str(problem)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(refusing.BUSY_SECONDS * 1000)}")
    return False


def file_at(path: Path) -> tuple[int, int] | None:
    """Tell which file stands at a path, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_ledger(connection: Connection) -> bool:
    """Tell whether the file is marked as a ledger and has a schema."""
    sql = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    marked = connection.execute(text("PRAGMA application_id")).scalar_one() == APPLICATION_ID
    return marked and bool(connection.execute(text(sql)).scalar_one())


def mark(connection: Connection) -> None:
    """Mark the file as a ledger."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def settle(_connection: Connection) -> None:
    """Give nobody rights: the file's own are all there are."""


def may_migrate(_connection: Connection) -> bool:
    """Leave it to the file's own rights whether its schema may be changed."""
    return True


def writable(_engine: Engine, address: str) -> bool:
    """Tell whether the file and its folder, where the journal goes, may be written to by this user."""
    return all(os.access(place, os.W_OK) for place in (Path(address), Path(address).parent))


def interrupt(connection: Any) -> None:
    """Have a connection of the driver give up its statement."""
    connection.interrupt()


def refusal(error: DBAPIError, where: str) -> StoreError | None:
    """Turn an error about the file into a sentence; none for an error of our own SQL."""
    reason = str(error.orig)
    if isinstance(error, OperationalError):
        sentence = next((sentence for sign, sentence in _REASONS.items() if sign in reason), None)
        return StoreError(sentence.format(where=where)) if sentence else None
    if isinstance(error.orig, sqlite3.DatabaseError) and any(sign in reason for sign in _BROKEN):
        return StoreError(f"{where} 不是本程序的台账，或已损坏。请用 --db 指明正确的文件。")
    return None


_BROKEN = ("not a database", "malformed")

_REASONS = {
    "locked": LOCKED,
    "readonly": "数据库 {where} 是只读的，本次没有写入任何内容。请检查文件和所在文件夹的权限。",
    "read-only": "数据库 {where} 是只读的，本次没有写入任何内容。请检查文件和所在文件夹的权限。",
    "full": FULL,
    "unable to open": "打不开数据库 {where}。请检查路径和权限。",
    "interrupted": STOPPED,
    "disk I/O": "读写数据库 {where} 时磁盘出错，本次没有写入任何内容。请检查磁盘后再试。",
}
