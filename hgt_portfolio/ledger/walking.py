"""A walk along the audit chain beside every row of the ledger, each read once and in order: what does not hold."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, func, select, text
from sqlmodel import Session, SQLModel, col

from hgt_portfolio.ledger.chain import LEDGER_TABLES
from hgt_portfolio.ledger.sealing import GENESIS, NEWEST, REVOKE, UNSEALED, Seal, entry_hash, key_columns, row_key
from hgt_portfolio.model.audit import Action
from hgt_portfolio.terms import ActionKind

Values = dict[str, Any]

Found = tuple[int, str, Values]
"""A row: the number of the action it names, its table, and its columns as the database has them."""

FETCHED = 500
"""Rows fetched at a time from each table."""

LAST = 2**63
"""Where a row stands in the order whose action is no number."""

_LEDGER = tuple(str(model.__tablename__) for model in LEDGER_TABLES)
_NAMING = ("plan", "plan_statement", "unit", "unit_alias", "project", "action_subject", *_LEDGER)
"""Tables whose rows name their action."""


@dataclass(frozen=True)
class Fault:
    """What does not hold: the action at which it shows, its title, the row where it is one, and how, in words.

    ``values`` are the row's columns as they are now, empty where it is gone.
    """

    action: int
    title: str
    words: str
    table: str = "action"
    key: str = ""
    values: Values = field(default_factory=dict)


@dataclass
class _Gathered:
    """One action: its entry, and what the rows that name it amount to."""

    number: int
    entry: Values | None = None
    seal: Seal = field(default_factory=Seal)
    projects: set[int] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    """Table, key and words of what can be told from a row alone."""


@dataclass
class _Walk:
    """What is remembered on the way: the last entry, the last number given in each table, projects touched."""

    number: int = 0
    hash: str = GENESIS
    scheme: int = 1
    last: dict[str, int] = field(default_factory=dict)
    subjects: dict[int, set[int]] = field(default_factory=dict)


def broken_link(session: Session) -> int | None:
    """Give the number of the first action whose entry or rows do not hold, None where the chain is whole."""
    with closing(faults(session)) as found:
        return next((fault.action for fault in found), None)


def faults(session: Session, tell: Callable[[int], None] = lambda _number: None) -> Generator[Fault]:
    """Walk the chain and give everything that does not hold; ``tell`` is told of each action passed."""
    walk = _Walk()
    with _bytes_kept(session):
        for number, group in groupby(merge(*_streams(session), key=itemgetter(0)), key=itemgetter(0)):
            tell(number)
            got = _gathered(walk, number, group)
            title = str(got.entry["title"]) if got.entry else ""
            for table, key, words in (*_of_entry(walk, got), *got.faults, *_of_rows(got), *_of_old(walk, got)):
                yield Fault(number, title, words, table, key, values_of(session, table, key))


def _gathered(walk: _Walk, number: int, group: Iterator[Found]) -> _Gathered:
    got = _Gathered(number)
    for _, name, values in group:
        table = name.removeprefix(f"{REVOKE} ")
        if table == "action":
            got.entry = values
            got.seal.scheme = 1 if values["scheme"] == 1 else NEWEST
            continue
        key = row_key(table, values)
        if name != table:
            got.seal.revoke(table, key)
            if got.entry and values["revoked_at"] != got.entry["at"]:
                got.faults.append((table, key, "撤销时间被改动"))
        else:
            got.seal.write(table, values)
            if got.seal.scheme == 1 and not _follows(walk, table, values):
                got.faults.append((table, key, "行号与写入的次序不合：行号被换过，或前面有行被删去"))
            walk.last[table] = values.get("id") or 0
        touched = got.subjects if table == "action_subject" else got.projects
        if isinstance(values.get("project_id"), int):
            touched.add(values["project_id"])
    return got


def _follows(walk: _Walk, table: str, values: Values) -> bool:
    """Tell whether a row has the number after the last one's, as rows were numbered in the order they were written."""
    return "id" not in values or values["id"] == walk.last.get(table, 0) + 1


def _of_entry(walk: _Walk, got: _Gathered) -> Iterator[tuple[str, str, str]]:
    """Say what does not hold of an entry itself and of its link to the one before."""
    entry, number = got.entry, str(got.number)
    if entry is None:
        return
    if got.number != walk.number + 1:
        yield "action", str(walk.number + 1), "记录不见了"
    if entry["previous_hash"] != walk.hash:
        yield "action", number, "与前一条记录接不上"
    if entry_hash(entry) != entry["hash"]:
        yield "action", number, "记录被改动：操作人、时间、内容、原因或校验码已不是当时所写"
    old = got.seal.scheme == 1
    if (
        entry["scheme"] not in (1, NEWEST)
        or got.seal.scheme < walk.scheme
        or (old and (entry["key"] or entry["sealed"]))
    ):
        yield "action", number, "记录的签法被改动"
    walk.number, walk.hash, walk.scheme = got.number, entry["hash"], got.seal.scheme


def _of_rows(got: _Gathered) -> Iterator[tuple[str, str, str]]:
    """Say which rows are not those that the entry sealed."""
    if got.entry is None:
        for name, keys in got.seal.marks.items():
            words = f"说是操作{got.number}{'撤销' if name.startswith(REVOKE) else '写入'}的，而没有这次操作的记录"
            yield from ((name.removeprefix(f"{REVOKE} "), key, words) for key in keys)
    elif got.seal.digest != got.entry["digest"]:
        told = [*_against(_marks(got.entry["sealed"]), got.seal.marks)] if got.seal.scheme > 1 else []
        yield from told or _among(got)


def _marks(sealed: Any) -> dict[str, dict[str, str]]:
    """Read what an entry sealed; nothing where that was itself made unreadable."""
    try:
        found = json.loads(sealed)
    except (TypeError, ValueError):
        return {}
    return {name: keys for name, keys in found.items() if isinstance(keys, dict)} if isinstance(found, dict) else {}


def _against(sealed: dict[str, dict[str, str]], found: dict[str, dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*sealed, *found}):
        table, revoking = name.removeprefix(f"{REVOKE} "), name.startswith(REVOKE)
        before, now = sealed.get(name, {}), found.get(name, {})
        for key in sorted({*before, *now}, key=lambda key: (len(key), key)):
            if key not in now:
                yield table, key, "撤销被抹去" if revoking else "不见了"
            elif key not in before:
                yield table, key, "被改成由这次操作撤销" if revoking else "不是这次操作写入的，是后来插入或改了编号"
            elif before[key] != now[key]:
                yield table, key, "写入以后被改动"


def _among(got: _Gathered) -> Iterator[tuple[str, str, str]]:
    """Say which rows an old entry is about: it cannot tell which of them was changed."""
    sealed = {name: keys for name, keys in got.seal.marks.items() if name not in UNSEALED[got.seal.scheme]}
    rows = [(name.removeprefix(f"{REVOKE} "), key) for name, keys in sealed.items() for key in keys]
    if len(rows) == 1:
        yield *rows[0], "写入以后被改动，或同时写入的行不见了"
    else:
        yield "action", str(got.number), f"写入和撤销的{len(rows)}行与当时的摘要不符：有行被改动、删去或加入"


def _of_old(walk: _Walk, got: _Gathered) -> Iterator[tuple[str, str, str]]:
    """Hold the projects that an old entry names against those of its rows, and an undo's against what it undid."""
    entry = got.entry
    if entry is None or got.seal.scheme > 1:
        return
    expected = got.projects | walk.subjects.get(entry["undoes"], set())
    walk.subjects[got.number] = expected
    for project_id in sorted(expected ^ got.subjects):
        words = "不见了" if project_id in expected else "不是这次操作写入的"
        yield "action_subject", f"{got.number}/{project_id}", words


@contextmanager
def _bytes_kept(session: Session) -> Iterator[None]:
    """Have text that is no text any more read as it is, so that it is held against its hash like any other."""
    raw = session.connection().connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str


def _streams(session: Session) -> Iterator[Iterator[Found]]:
    """Give every table as a stream in the order of the actions, the entries first."""
    yield _stream(session, "action", "id", "id")
    for table in _NAMING:
        yield _stream(session, table, "action_id", ", ".join(("action_id", *key_columns(table))))
    for table in _LEDGER:
        yield _stream(
            session, table, "revoked_by", "revoked_by, id", f"{REVOKE} {table}", "WHERE revoked_by IS NOT NULL"
        )
    yield _stream(
        session,
        "version_unit",
        "owner.action_id",
        "owner.action_id, version_unit.version_id, version_unit.position",
        where="LEFT JOIN project_version AS owner ON owner.id = version_unit.version_id",
    )
    loading = select(func.min(Action.id)).where(col(Action.kind) == ActionKind.LOAD)
    yield _stream(session, "domain", str(session.execute(loading).scalar() or 0), "id")


def _columns(table: str) -> list[str]:
    return [column.name for column in SQLModel.metadata.tables[table].columns]


def _stream(
    session: Session, table: str, number: str, order: str, name: str | None = None, where: str = ""
) -> Iterator[Found]:
    columns = _columns(table)
    listed = ", ".join(f'{table}."{column}"' for column in columns)
    statement = text(f"SELECT {number}, {listed} FROM {table} {where} ORDER BY {order}")  # noqa: S608
    # Left open, a server would go on keeping what is still to be fetched.
    with session.connection().execute(statement, execution_options={"yield_per": FETCHED}) as rows:
        for first, *values in rows:
            yield _number(first), name or table, dict(zip(columns, values, strict=True))


def _number(value: Any) -> int:
    """Give the place in order of an action's number; one that is no number any more stands where SQLite orders it."""
    if value is None:
        return 0
    return int(value) if isinstance(value, int | float) and abs(value) < LAST else LAST


def values_of(session: Session, table: str, key: str) -> Values:
    """Read the columns of a row by its key."""
    keys = [SQLModel.metadata.tables[table].columns[name] for name in key_columns(table)]
    parts = key.split("/", len(keys) - 1)
    wanted: Values = {}
    for column, part in zip(keys, parts, strict=True):
        whole = isinstance(column.type, Integer)
        if whole and not re.fullmatch(r"-?\d{1,18}", part):
            return {}
        wanted[column.name] = int(part) if whole else part
    chosen = " AND ".join(f'"{name}" = :{name}' for name in wanted)
    listed = ", ".join(f'"{column}"' for column in _columns(table))
    row = session.connection().execute(text(f"SELECT {listed} FROM {table} WHERE {chosen}"), wanted).first()  # noqa: S608
    return {} if row is None else dict(zip(_columns(table), row, strict=True))
