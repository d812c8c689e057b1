"""The engines that a ledger may be kept in, and which one an address means."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from hgt_portfolio.store import postgresql, sqlite
from hgt_portfolio.store.refusing import StoreError


class Backend(Protocol):
    """What each engine does in its own way: one module for each, and nothing of it elsewhere."""

    READING: dict[str, Any]
    WRITING: dict[str, Any]

    def engine(self, address: str, *, read_only: bool) -> Engine:
        """Make the engine of an address; writers are serial."""

    def is_ledger(self, connection: Connection, /) -> bool:
        """Tell whether the database is marked as a ledger."""

    def mark(self, connection: Connection, /) -> None:
        """Mark the database as a ledger."""

    def settle(self, connection: Connection, /) -> None:
        """Give the engine's roles their rights."""

    def may_migrate(self, connection: Connection, /) -> bool:
        """Tell whether this user may change the schema."""

    def writable(self, made: Engine, address: str, /) -> bool:
        """Tell whether this user may write to the ledger."""

    def interrupt(self, connection: Any, /) -> None:
        """Have a connection of the driver give up its statement."""

    def refusal(self, error: DBAPIError, where: str, /) -> StoreError | None:
        """Turn an error about the database into a sentence; none for an error of our own SQL."""


BACKENDS: dict[str, Backend] = {"sqlite": sqlite, "postgresql": postgresql}

_SECRETS = ("password", "sslpassword")


def backend_of(url: str) -> tuple[Backend, str]:
    """Give the engine that a URL means, and its address there: a file's path, or the URL itself.

    Raises ``StoreError`` where it means none.
    """
    # The settings write a path into the URL as it is: a ? # or % in it is the file's own.
    if url.startswith("sqlite:///"):
        name, path = "sqlite", url.removeprefix("sqlite:///")
    else:
        name, path = _name(url), ""
    if name == "sqlite":
        if path in ("", ":memory:"):
            raise StoreError("台账须存为文件：请用 --db 指明数据库文件的路径。")
        return BACKENDS[name], path
    return BACKENDS[name], url


def _name(url: str) -> str:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    name, _, driver = parsed.drivername.partition("+") if parsed else ("", "", "")
    if name not in BACKENDS or driver not in ("", "pysqlite", "psycopg"):
        raise StoreError(
            f"数据库地址 {masked(url)} 不能使用：请写文件路径、sqlite:///… 或 postgresql+psycopg://… 形式的地址。"
        )
    return name


def place(url: str) -> str:
    """Give a server's database in short, as ``name@host``: nothing of it is secret."""
    parsed = make_url(url)
    host = str(parsed.host or parsed.query.get("host") or "")
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.database}@{'本机' if host.startswith('/') or not host else host}{port}"


def masked(url: str) -> str:
    """Give a URL as it may be shown: without any password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "（无法识别）"
    return parsed.difference_update_query(_SECRETS).render_as_string(hide_password=True)
