"""Whether a ledger's file is whole: its header, what SQLite finds in it, and its schema against a fresh one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from hgt_portfolio.store import APPLICATION_ID, BUSY_SECONDS, HEAD, StoreError

MOST = 20
"""Of how many findings of one kind each is told."""

UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a broken file raises: SQLite's own message may quote what is no text any more."""

_KINDS = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}


class Verdict(StrEnum):
    """What came of a check."""

    HOLDS = "通过"
    FAILS = "不符"
    LEFT = "未查"


@dataclass(frozen=True)
class Check:
    """One check: its name, what came of it, what was looked at, and every finding in a sentence."""

    name: str
    verdict: Verdict
    note: str = ""
    findings: tuple[str, ...] = ()


def checked(name: str, findings: Iterator[str], note: str = "") -> Check:
    """Make a check of its findings: it holds where there are none. Past ``MOST`` of them only their number is told."""
    told: list[str] = []
    more = 0
    for finding in findings:
        if len(told) < MOST:
            told.append(finding)
        else:
            more += 1
    if more:
        told.append(f"另有{more}处，不逐一列出。")
    return Check(name, Verdict.FAILS if told else Verdict.HOLDS, note, tuple(told))


def file_checks(path: Path) -> Iterator[Check]:
    """Check a SQLite file as a file; the database is never changed, but for a journal that a crash left behind.

    Raises ``StoreError`` with one sentence where there is nothing to check: a file that cannot be opened, or that is no
    ledger at all.
    """
    try:
        raw = _opened(path)
    except UNREADABLE as error:
        raise StoreError(f"没有校验 {path}：{_why(path, error)}。") from error
    with closing(raw):
        if not _marked(raw) and _revision(raw) is None:
            raise StoreError(
                f"没有校验 {path}：它不是本程序的台账。请用 --db 指明正确的文件，或用 hgt restore 恢复备份。"
            )
        for name, note, check in _CHECKS:
            yield checked(name, _guarded(check(raw, path)), note)


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file under the lock of a reader; SQLite alone opens it: closing it otherwise would give up its locks."""
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        raw.text_factory = lambda found: found.decode("utf-8", "replace")
        raw.execute("BEGIN")
        raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except UNREADABLE:
        raw.close()
        raise
    return raw


def _why(path: Path, error: Exception) -> str:
    if path.is_dir():
        return "它是文件夹，不是文件"
    if not path.exists():
        return "没有这个文件，请用 --db 指明正确的文件"
    if "locked" in str(error):
        return "它正被另一个程序写入，请稍后再试"
    if "unable to open" in str(error):
        return "打不开，请检查路径和权限"
    return f"它不是数据库，或已损坏（{error}）。请停止使用，用 hgt restore 恢复备份"


def _marked(raw: sqlite3.Connection) -> bool:
    return bool(raw.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def _guarded(findings: Iterator[str]) -> Iterator[str]:
    """Give findings up to where SQLite cannot read on, which is one more."""
    try:
        yield from findings
    except UNREADABLE as error:
        yield f"读不下去：{error}。"


def _header(raw: sqlite3.Connection, path: Path) -> Iterator[str]:
    """Hold the header against the file: its mark, its size, and the revision of its schema."""
    if not _marked(raw):
        yield f"{path.name} 没有本程序台账的标记（application_id）：不是台账，或文件头被改动。"
    size, pages = raw.execute("PRAGMA page_size").fetchone()[0], raw.execute("PRAGMA page_count").fetchone()[0]
    found = path.stat().st_size
    if found != size * pages:
        less = "被截断" if found < size * pages else "末尾多出了内容"
        yield f"{path.name} 长 {found:,} 字节，按文件头应为 {size} × {pages} = {size * pages:,} 字节：{less}。"
    revision = _revision(raw)
    if revision is None:
        yield f"{path.name} 里没有架构版本（alembic_version）：不是台账，或被改动。"
    elif not "0001" <= revision <= HEAD or len(revision) != len(HEAD):
        yield f"{path.name} 的架构版本“{revision}”本程序不认识：由更新版本的程序建立，或被改动。"


def _revision(raw: sqlite3.Connection) -> str | None:
    if not raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone():
        return None
    rows = raw.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(rows[0][0]) if len(rows) == 1 else None


def _whole(raw: sqlite3.Connection, _path: Path) -> Iterator[str]:
    """Have SQLite look through every page, row, index and CHECK."""
    for (found,) in raw.execute(f"PRAGMA integrity_check({MOST})"):
        if found != "ok":
            yield f"SQLite 查出：{found}。"


def _keys(raw: sqlite3.Connection, _path: Path) -> Iterator[str]:
    """Find rows that point to rows that are not there."""
    for table, row, parent, _ in raw.execute("PRAGMA foreign_key_check"):
        yield f"表 {table} 第{row}行指向的表 {parent} 的行不存在。"


def _schema(raw: sqlite3.Connection, path: Path) -> Iterator[str]:
    """Hold every table, CHECK, index and trigger against those of a fresh ledger of the same revision."""
    revision = _revision(raw)
    if revision is None or not "0001" <= revision <= HEAD:
        yield f"{path.name} 的架构版本不明，表和触发器无从比较。"
        return
    found, fresh = _described(raw.execute(_SCHEMA)), fresh_schema(revision)
    for kind, name in sorted({*found, *fresh}):
        what = f"{_KINDS.get(kind, kind)} {name}"
        if (kind, name) not in found:
            yield f"缺少{what}" + ("：这张表不再防止改动和删除。" if kind == "trigger" else "。")
        elif (kind, name) not in fresh:
            yield f"多出{what}，不是本程序建立的。"
        elif found[kind, name] != fresh[kind, name]:
            yield f"{what}的定义与本程序建立的不同。"


_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"

Described = dict[tuple[str, str], tuple[str, str | None]]


def _described(rows: Iterator[tuple[str, str, str, str | None]]) -> Described:
    return {(kind, name): (table, sql) for kind, name, table, sql in rows}


@cache
def fresh_schema(revision: str) -> Described:
    """Give the schema of a fresh ledger of a revision: the table and the SQL of everything in it, by kind and name."""
    from hgt_portfolio.store.migrations import upgrade

    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection, revision)
            return _described((row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(_SCHEMA))
    finally:
        engine.dispose()


_CHECKS: tuple[tuple[str, str, Callable[[sqlite3.Connection, Path], Iterator[str]]], ...] = (
    ("文件头", "台账标记、页数与文件大小、架构版本。", _header),
    ("文件完整性", "每一页、每一行、索引和取值限制（SQLite integrity_check）。", _whole),
    ("外键", "各行所指的项目、单位、操作都在。", _keys),
    ("表结构和触发器", "每张表、索引、防改触发器与新建的台账相同。", _schema),
)
