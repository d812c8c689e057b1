"""PostgreSQL, for several offices on one ledger: one server, one advisory lock for whoever writes."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from hgt_portfolio.store import refusing
from hgt_portfolio.store.refusing import CANCELLED, FULL, LOCKED, STOPPED, ConnectionLost, StoreError
from hgt_portfolio.store.roles import ROLES, grants
from hgt_portfolio.store.stopping import stop_over

LOCK = 0x48475450
"""The advisory lock of the ledger's writers (``HGTP``); those of other databases are others."""

MARK = "hgt_portfolio"
"""Marks the schema as a ledger of this program: the comment on ``alembic_version``."""

READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

WRITING: dict[str, Any] = {"write": True}

CONNECTING: dict[str, Any] = {
    "application_name": "hgt",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    # Compiling a plan takes far longer than running it over one ledger; no lookup of a project is asked for twice.
    "options": "-c jit=off -c enable_memoize=off",
}
"""How to connect, but for what the address itself says: a server that is gone is noticed within half a minute."""

CANCEL_SECONDS = 5


def engine(address: str, *, read_only: bool) -> Engine:
    """Make the engine of an address; writers are serial, since each takes the lock first."""
    url = make_url(address).set(drivername="postgresql+psycopg")
    given = {name: value for name, value in CONNECTING.items() if name not in url.query}
    options = {"postgresql_readonly": True} if read_only else {}
    made = create_engine(url, connect_args=given, pool_pre_ping=True, execution_options=options)
    event.listen(made, "begin", _begin)
    return made


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("write", False):
        wait, stop = f"SET LOCAL lock_timeout = {int(refusing.BUSY_SECONDS * 1000)}", stop_over()
        try:
            with stop.interrupting(partial(interrupt, connection.connection.driver_connection)):
                connection.exec_driver_sql(f"{wait}; SELECT pg_advisory_xact_lock({LOCK})")
        except DBAPIError:
            if not stop.stopped:
                raise
        if stop.stopped:
            # The server may hear of it late: by then nobody else has the connection.
            connection.invalidate()
            raise StoreError(CANCELLED)


def is_ledger(connection: Connection) -> bool:
    """Tell whether the database's schema is marked as a ledger."""
    said = connection.execute(text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")).scalar()
    return bool(said == MARK)


def mark(connection: Connection) -> None:
    """Mark the schema as a ledger."""
    connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{MARK}'")


def settle(connection: Connection) -> None:
    """Give the roles that the server knows their rights on every table."""
    named = connection.execute(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hgt%'")).scalars().all()
    looked = inspect(connection)
    tables = {name: [column["name"] for column in looked.get_columns(name)] for name in looked.get_table_names()}
    for role in (role for role in ROLES if role in named):
        for statement in grants(role, tables):
            connection.exec_driver_sql(statement)


def may_migrate(connection: Connection) -> bool:
    """Tell whether this user owns the schema."""
    owned = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('alembic_version')"
    return bool(connection.execute(text(owned)).scalar())


def writable(made: Engine, _address: str) -> bool:
    """Tell whether this user may write to the ledger, and the server takes writes at all."""
    may = "SELECT has_table_privilege('action', 'INSERT') AND NOT pg_is_in_recovery()"
    with made.connect() as connection:
        return bool(connection.execute(text(may)).scalar())


def interrupt(connection: Any) -> None:
    """Ask the server to give up a connection's statement; it is asked in a thread, since it may be far away."""
    Thread(target=_cancel, args=(connection,), daemon=True).start()


def _cancel(connection: Any) -> None:
    # Where the server cannot be asked, the reading ends by itself.
    with suppress(Exception):
        connection.cancel_safe(timeout=CANCEL_SECONDS)


def require_empty(connection: Connection, where: str) -> None:
    """Refuse a database that holds any table, or that could not hold every character."""
    if is_ledger(connection):
        raise StoreError(f"数据库 {where} 里已经有台账，没有改动它。要另建一个，请用 --db 指明别的数据库。")
    if held := inspect(connection).get_table_names():
        raise StoreError(f"数据库 {where} 里已有别的表（{'、'.join(held[:3])}），没有改动它。请给台账一个空的数据库。")
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreError(f"数据库 {where} 的编码是 {encoding}，存不下所有汉字。请管理员用 UTF8 编码另建一个数据库。")


def lost(where: str) -> ConnectionLost:
    """Say that the connection broke."""
    return ConnectionLost(f"与数据库 {where} 的连接中断。请检查网络和服务器。")


def refusal(error: DBAPIError, where: str) -> StoreError | None:
    """Turn an error about the server into a sentence; none for an error of our own SQL."""
    if error.connection_invalidated:
        return lost(where)
    code, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if code in _REASONS:
        return StoreError(_REASONS[code].format(where=where))
    if code is not None or error.statement is not None:
        return None
    sentence = next((sentence for sign, sentence in _AT_THE_DOOR.items() if sign in said), _UNREACHED)
    return StoreError(sentence.format(where=where))


_REASONS = {
    "25006": "数据库 {where} 只能读，本次没有写入任何内容。请用有权写入的用户连接，或连到主服务器。",
    "42501": "数据库 {where} 的这个用户没有这样做的权限，本次没有写入任何内容。请数据库管理员授权，见 hgt grants。",
    "53100": FULL,
    "53200": "数据库 {where} 的服务器内存不足，本次没有写入任何内容。请稍后再试，或请管理员检查服务器。",
    "55P03": LOCKED,
    "57014": STOPPED,
    "58030": "数据库 {where} 的服务器读写磁盘出错，本次没有写入任何内容。请管理员检查磁盘后再试。",
    "XX001": "数据库 {where} 的数据已损坏，本次没有写入任何内容。请管理员用备份恢复。",
    "XX002": "数据库 {where} 的索引已损坏，本次没有写入任何内容。请管理员重建索引。",
}
"""What an error's SQLSTATE means to a person."""

_CREDENTIALS = "数据库 {where} 不接受这个用户名或密码。请检查地址里的用户名和密码，或 ~/.pgpass。"

_AT_THE_DOOR = {
    "authentication failed": _CREDENTIALS,
    "no password supplied": _CREDENTIALS,
    "认证失败": _CREDENTIALS,
    'role "': _CREDENTIALS,
    'database "': "服务器上没有数据库 {where}，或不许进入。请检查地址，或请管理员建立它（编码用 UTF8）。",
    "pg_hba.conf": "服务器不许从这台电脑连接数据库 {where}。请管理员在 pg_hba.conf 中放行。",
    "too many": "数据库 {where} 的连接已满。请稍后再试，或请管理员放宽上限。",
    "connection slots": "数据库 {where} 的连接已满。请稍后再试，或请管理员放宽上限。",
    "starting up": "数据库 {where} 的服务器正在启动。请稍后再试。",
    "shutting down": "数据库 {where} 的服务器正在关闭。请稍后再试。",
}
"""What a connection that was not made says; there is no SQLSTATE then."""

_UNREACHED = "连不上数据库 {where} 的服务器，没有读到也没有写入任何内容。请检查地址和网络，以及服务器是否在运行。"
