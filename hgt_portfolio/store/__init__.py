"""The database: transactions and schema. SQLite on a local disk is the default; see ``engines`` for the others.

Writers are serial: every write transaction begins with the engine's one lock, so no update is ever lost between
processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlmodel import Session

from hgt_portfolio import files
from hgt_portfolio.settings import os_reason
from hgt_portfolio.store import postgresql
from hgt_portfolio.store.engines import backend_of, place
from hgt_portfolio.store.engines import masked as masked
from hgt_portfolio.store.refusing import BUSY_SECONDS as BUSY_SECONDS
from hgt_portfolio.store.refusing import CANCELLED
from hgt_portfolio.store.refusing import STOPPED as STOPPED
from hgt_portfolio.store.refusing import ConnectionLost as ConnectionLost
from hgt_portfolio.store.refusing import StoreError as StoreError
from hgt_portfolio.store.sqlite import APPLICATION_ID as APPLICATION_ID
from hgt_portfolio.store.sqlite import BESIDE, file_at
from hgt_portfolio.store.stopping import Stop as Stop
from hgt_portfolio.store.stopping import stop_over
from hgt_portfolio.terms import BackupReason

HEAD = "0004"
"""The newest schema revision that this program knows."""


class Keeper(Protocol):
    """Makes a backup before what may spoil a ledger; ``trouble`` says, in a sentence, that one could not be made."""

    trouble: str

    def keep(self, store: Store, reason: BackupReason) -> None:
        """Make the backup; raises ``StoreError`` where nothing may be done without it."""


class Store:
    """One ledger's database. Sessions are short: open one, do one thing, leave it.

    ``read_only`` has the database itself refuse every write. ``keeper``, where there is one, keeps its backups.
    """

    keeper: Keeper | None = None

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url, self.read_only = url, read_only
        self.backend, self._address = backend_of(url)
        self.path = None if self._address == url else Path(self._address)
        self._connection: Connection | None = None
        try:
            self.engine = self.backend.engine(self._address, read_only=read_only)
        except ModuleNotFoundError as error:
            raise StoreError("没有安装 PostgreSQL 的驱动：请运行 pip install 'hgt-portfolio[postgres]'。") from error

    @property
    def name(self) -> str:
        """The database as shown to a person: the file's name, or ``name@host``."""
        return self.path.name if self.path else place(self.url)

    @property
    def writable(self) -> bool:
        """Whether this user may write to the ledger."""
        with _refusing(self):
            return self.backend.writable(self.engine, self._address)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one state of the ledger; it cannot write."""
        self.require_schema()
        stop = stop_over()
        if stop.stopped:
            raise StoreError(STOPPED)
        with (
            _refusing(self),
            self._session(self.backend.READING) as session,
            session.begin(),
            stop.holding(session, self.backend.interrupt),
        ):
            yield session
            # What was read outlives the session; nothing it changed does.
            session.expunge_all()
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open the one writing transaction; it commits at the end of the block, or not at all."""
        self.require_schema()
        committing = False
        try:
            with _refusing(self), self._session(self.backend.WRITING) as session, session.begin():
                session.connection()
                if stop_over().stopped:
                    raise StoreError(CANCELLED)
                yield session
                committing = True
        except ConnectionLost as lost:
            lost.committing = committing
            raise

    def _session(self, options: dict[str, Any]) -> Session:
        bind = self._connection or self.engine.execution_options(**options)
        return Session(bind, expire_on_commit=False, join_transaction_mode="create_savepoint")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every writer out for the block, whatever the schema; nothing is written."""
        with _refusing(self), self.engine.execution_options(**self.backend.WRITING).begin():
            yield

    def keep(self, reason: BackupReason) -> None:
        """Have a backup made, where this ledger has a keeper."""
        if self.keeper is not None:
            self.keeper.keep(self, reason)

    def exists(self) -> bool:
        """Tell whether the ledger has been created."""
        if self.path and not self.path.exists():
            return False
        return self._revision() is not None

    def described(self) -> tuple[tuple[str, str], ...]:
        """Say which engine this is, which schema the ledger has, and whether it may be written to."""
        revision = self._revision() or "不是本程序的台账"
        version = ".".join(str(part) for part in self.engine.dialect.server_version_info or ())
        size = (("大小", f"{self.path.stat().st_size} 字节"),) if self.path else ()
        rights = "可写" if self.writable else "只读"
        return (("引擎", f"{self.engine.dialect.name} {version}"), ("结构版本", revision), *size, ("权限", rights))

    def require_schema(self) -> None:
        """Bring an older schema up to date; refuse a missing ledger, a foreign file and a newer schema."""
        # Another file may stand there by now: what was found out about the one before says nothing about it.
        file = file_at(self.path) if self.path else self.url
        if file is not None and getattr(self, "_checked", None) == file:
            return
        if self.path and not self.path.exists():
            raise StoreError(f"找不到数据库 {self.path}。请先运行 hgt init 建立台账，或用 --db 指明文件。")
        revision = self._revision()
        if revision is None:
            raise StoreError(
                f"{self.path} 不是本程序的台账。请用 --db 指明正确的文件。"
                if self.path
                else f"数据库 {self.name} 里没有台账。请先运行 hgt init 建立台账，或用 --db 指明正确的地址。"
            )
        if revision > HEAD:
            raise StoreError(f"数据库 {self.name} 由更新版本的程序建立（{revision}），请升级本程序后再打开。")
        if revision < HEAD and self.read_only:
            raise StoreError(
                f"数据库 {self.name} 由较早版本的程序建立，以只读方式不能升级。请先不加 --read-only 打开一次。"
            )
        if revision < HEAD:
            self.keep(BackupReason.MIGRATION)
            self.migrate()
        self._checked = file

    def migrate(self) -> None:
        """Bring the schema to ``HEAD``; raises ``StoreError`` where this user may not."""
        with _refusing(self), self.engine.execution_options(**self.backend.WRITING).begin() as connection:
            if not self.backend.may_migrate(connection):
                raise StoreError(
                    f"数据库 {self.name} 由较早版本的程序建立，这个用户无权升级它。"
                    "请数据库的所有者用本版程序打开一次（如运行 hgt summary），再由各人使用。"
                )
            self._upgrade(connection)

    def _upgrade(self, connection: Connection) -> None:
        # Alembic is imported only here.
        from hgt_portfolio.store.migrations import upgrade

        upgrade(connection, HEAD)
        self.backend.mark(connection)
        self.backend.settle(connection)

    def _revision(self) -> str | None:
        if self._connection is not None:
            return HEAD
        with _refusing(self), self.engine.connect() as connection:
            if not self.backend.is_ledger(connection):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def founding(self) -> Iterator[None]:
        """Make the ledger in an empty database of a server: all that the block does is one transaction.

        Raises ``StoreError`` where the database holds anything already.
        """
        with _refusing(self), self.engine.execution_options(**self.backend.WRITING).begin() as connection:
            postgresql.require_empty(connection, self.name)
            self._upgrade(connection)
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def founded(url: str) -> Iterator[Store]:
    """Create a ledger at an address, in a new file or in an empty database: whole, or not at all.

    Raises ``StoreError`` where there is something already.
    """
    store = Store(url)
    if store.path is not None:
        with created(store.path) as growing:
            yield growing
        return
    try:
        with store.founding():
            yield store
    finally:
        store.close()


@contextmanager
def created(path: Path) -> Iterator[Store]:
    """Create a ledger file: the block fills a file beside it, which takes its place only when all went well.

    Raises ``StoreError`` where the file exists already, what another left there would spoil it, or the folder cannot be
    written.
    """
    if path.exists():
        raise StoreError(f"数据库 {path} 已经存在，没有改动它。要另建一个，请用 --db 指明别的文件。")
    for left in (Path(f"{path}{suffix}") for suffix in BESIDE):
        if left.exists():
            raise StoreError(
                f"没有建立数据库 {path}：先前的数据库在这里留下了没有写完的 {left}，会改坏新建的。"
                "请把它移走（原来的数据库若还在，请放回它旁边再打开），或用 --db 指明别的文件。"
            )
    with _placing(path):
        growing = files.begin(path)
    store = Store(f"sqlite:///{growing}")
    try:
        store.migrate()
        yield store
        store.close()
        with _placing(path):
            files.put(growing, path, replacing=False)
    finally:
        store.close()
        files.drop(growing)


@contextmanager
def _placing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise StoreError(f"数据库 {path} 刚由另一个程序建立，没有改动它。要另建，请用 --db 指明别的文件。") from error
    except OSError as error:
        raise StoreError(f"不能在 {path.parent} 建立数据库：{os_reason(error)}。请换一个可写的文件夹。") from error


@contextmanager
def _refusing(store: Store) -> Iterator[None]:
    """Turn the engine's errors about the database into sentences; errors of our own SQL stay as they are."""
    where = str(store.path or store.name)
    try:
        yield
    except DBAPIError as error:
        refusal = store.backend.refusal(error, where)
        if refusal is None:
            raise
        raise refusal from error
    except PendingRollbackError as error:
        raise postgresql.lost(where) from error
