"""The database: engine, pragmas, transactions and schema. SQLite on a local disk is the default.

Writers are serial: every write transaction begins IMMEDIATE, so no update is ever lost between processes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from hgt_portfolio.settings import os_reason
from hgt_portfolio.store.stopping import Stop as Stop
from hgt_portfolio.store.stopping import stop_over

HEAD = "0003"
"""The newest schema revision that this program knows."""

APPLICATION_ID = 0x48475450
"""Marks the file as a ledger of this program (``HGTP`` in its header)."""

BUSY_SECONDS = 10

STOPPED = "读取已取消。"


class StoreError(Exception):
    """The database cannot be used; the text says what, where and what to do."""


class ConnectionLost(StoreError):
    """The server went away in the middle: whether the last transaction was kept is not known."""


class Store:
    """One ledger's database. Sessions are short: open one, do one thing, leave it.

    ``read_only`` has the database itself refuse every write.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url, self.read_only = url, read_only
        try:
            self.path = _sqlite_path(url)
            self.engine = _engine(url, self.path, read_only=read_only)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError(f"数据库地址 {_masked(url)} 不能使用：请写文件路径或 sqlite:///… 形式的地址。") from error

    @property
    def name(self) -> str:
        """The database as shown to a person: the file's name, or the URL without its password."""
        return self.path.name if self.path else _masked(self.url)

    @property
    def writable(self) -> bool:
        """Whether the file and its folder, where the journal goes, may be written to by this user."""
        return self.path is None or all(os.access(place, os.W_OK) for place in (self.path, self.path.parent))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one state of the ledger; it cannot write."""
        self.require_schema()
        stop = stop_over()
        if stop.stopped:
            raise StoreError(STOPPED)
        with _refusing(self), Session(self.engine) as session, session.begin(), stop.holding(session):
            yield session
            # What was read outlives the session; nothing it changed does.
            session.expunge_all()
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open the one writing transaction; it commits at the end of the block, or not at all."""
        self.require_schema()
        engine = self.engine.execution_options(write=True)
        with _refusing(self), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def exists(self) -> bool:
        """Tell whether the ledger has been created."""
        if self.path and not self.path.exists():
            return False
        return self._revision() is not None

    def require_schema(self) -> None:
        """Bring an older schema up to date; refuse a missing ledger, a foreign file and a newer schema."""
        if getattr(self, "_checked", False):
            return
        if self.path and not self.path.exists():
            raise StoreError(f"找不到数据库 {self.path}。请先运行 hgt init 建立台账，或用 --db 指明文件。")
        revision = self._revision()
        if revision is None:
            raise StoreError(f"{self.path or _masked(self.url)} 不是本程序的台账。请用 --db 指明正确的文件。")
        if revision > HEAD:
            raise StoreError(f"数据库 {self.name} 由更新版本的程序建立（{revision}），请升级本程序后再打开。")
        if revision < HEAD and self.read_only:
            raise StoreError(
                f"数据库 {self.name} 由较早版本的程序建立，以只读方式不能升级。请先不加 --read-only 打开一次。"
            )
        if revision < HEAD:
            self.migrate()
        self._checked = True

    def migrate(self) -> None:
        """Bring the schema to ``HEAD``; Alembic is imported only here."""
        from hgt_portfolio.store.migrations import upgrade

        with _refusing(self), self.engine.execution_options(write=True).begin() as connection:
            upgrade(connection, HEAD)
            if self.path:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    def _revision(self) -> str | None:
        with _refusing(self), self.engine.connect() as connection:
            if self.path:
                sql = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
                marked = connection.execute(text("PRAGMA application_id")).scalar_one() == APPLICATION_ID
                if not marked or not connection.execute(text(sql)).scalar_one():
                    return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def created(path: Path) -> Iterator[Store]:
    """Create a ledger file: the block fills a file beside it, which takes its place only when all went well.

    Raises ``StoreError`` where the file exists already or the folder cannot be written.
    """
    if path.exists():
        raise StoreError(f"数据库 {path} 已经存在，没有改动它。要另建一个，请用 --db 指明别的文件。")
    growing = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        growing.unlink(missing_ok=True)
        os.close(os.open(growing, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(f"不能在 {path.parent} 建立数据库：{os_reason(error)}。请换一个可写的文件夹。") from error
    store = Store(f"sqlite:///{growing}")
    try:
        store.migrate()
        yield store
        store.close()
        growing.replace(path)
    finally:
        store.close()
        growing.unlink(missing_ok=True)


def _sqlite_path(url: str) -> Path | None:
    # The settings write a path into the URL as it is: a ? # or % in it is the file's own.
    named = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
    if named is None and make_url(url).get_backend_name() != "sqlite":
        return None
    if named in (None, "", ":memory:"):
        raise StoreError("台账须存为文件：请用 --db 指明数据库文件的路径。")
    return Path(str(named))


def _masked(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "（无法识别）"


def _engine(url: str, path: Path | None, *, read_only: bool) -> Engine:
    if path is None:
        return create_engine(url, execution_options={"postgresql_readonly": read_only})
    name = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    connect = partial(sqlite3.connect, name, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    engine = create_engine("sqlite:///ledger", creator=connect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling loses updates silently; BEGIN is ours.
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = EXTRA", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _refusing(store: Store) -> Iterator[None]:
    """Turn the engine's errors about the file into sentences; errors of our own SQL stay as they are."""
    where = store.path or store.name
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        for sign, sentence in _REASONS.items():
            if sign in reason:
                raise StoreError(sentence.format(where=where)) from error
        raise
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and any(sign in str(error.orig) for sign in _BROKEN):
            raise StoreError(f"{where} 不是本程序的台账，或已损坏。请用 --db 指明正确的文件。") from error
        raise


_BROKEN = ("not a database", "malformed")

_REASONS = {
    "locked": "数据库 {where} 正被另一个程序写入，本次没有写入任何内容。请稍后再试。",
    "readonly": "数据库 {where} 是只读的，本次没有写入任何内容。请检查文件和所在文件夹的权限。",
    "read-only": "数据库 {where} 是只读的，本次没有写入任何内容。请检查文件和所在文件夹的权限。",
    "full": "磁盘已满，数据库 {where} 没有写入任何内容。请腾出空间后再试。",
    "unable to open": "打不开数据库 {where}。请检查路径和权限。",
    "interrupted": STOPPED,
    "disk I/O": "读写数据库 {where} 时磁盘出错，本次没有写入任何内容。请检查磁盘后再试。",
}
