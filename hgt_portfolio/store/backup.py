"""Backups of a ledger: copied in one state, proved on the copy, listed, put back, and let go when they are old.

A backup is there whole or not at all, and nothing is deleted but what its manifest proves to be one. The file of a
ledger in use is never opened but by SQLite: closing it would give up the locks held on it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, timedelta
from glob import escape
from itertools import count
from pathlib import Path

from hgt_portfolio import __version__, files
from hgt_portfolio.settings import os_reason
from hgt_portfolio.store import APPLICATION_ID, Store, refusing
from hgt_portfolio.store.manifest import (
    Backup,
    Digest,
    Manifest,
    Proof,
    State,
    differences,
    digests_of,
    manifest_path,
    read_backup,
    state_of,
    write_manifest,
)
from hgt_portfolio.store.refusing import StoreError
from hgt_portfolio.store.sqlite import BESIDE
from hgt_portfolio.terms import BackupReason

FOLDER = "备份"

KEPT_DAYS = 30
"""Days for which every backup is kept; of older ones the last of each month stays."""

Prove = Callable[[Path], Proof | None]
"""Works out on a copy what the program's own figures say of it."""


def ledger_file(store: Store) -> Path:
    """Give the ledger's file; raises ``StoreError`` where it is kept on a server."""
    if store.path is None:
        raise StoreError(
            f"台账 {store.name} 在 PostgreSQL 上，hgt backup、restore、drill 只用于 SQLite 文件。"
            "请用 hgt copy --to 文件.db 存成一个文件（逐表核对），再对它运行这些命令；"
            "服务器本身由管理员用 pg_dump 备份。"
        )
    return store.path


def backup_folder(path: Path) -> Path:
    """Give the folder of a ledger file's backups."""
    return path.parent / FOLDER


def copy_into(store: Store, target: Path) -> dict[str, Digest]:
    """Copy one state of a ledger into an empty file and give the digests of its tables as they were read.

    Raises ``sqlite3.Error``, and ``StoreError`` where the ledger is kept on a server.
    """
    with closing(_reading(ledger_file(store))) as source, closing(opened(target, "rw")) as copy:
        source.execute("BEGIN")
        told = digests_of(source)
        source.backup(copy, progress=_not_waiting)
    return told


def _not_waiting(status: int, _remaining: int, _of: int) -> None:
    # The driver would try again for ever.
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def make(
    store: Store, folder: Path, reason: BackupReason, *, at: datetime, operator: str, prove: Prove | None
) -> Backup:
    """Make a backup in a folder: copied, proved, and put in place with its manifest.

    ``prove`` is None where the schema is an old one. Raises ``StoreError``, and then leaves nothing behind.
    """
    path = ledger_file(store)
    try:
        target = _free(folder, f"{path.stem}_{at:%Y-%m-%d_%H%M%S}")
        with files.growing(target, replacing=False) as new:
            told = copy_into(store, new)
            wrong = inside(new, told)
            if wrong:
                raise StoreError(f"备份没有做成：复制出来的文件不对（{'；'.join(wrong)}）。")
            with closing(opened(new, "ro")) as copy:
                state = state_of(copy)
            size, sha256 = new.stat().st_size, file_sha256(new)
            proof = prove(new) if prove else None
        manifest = Manifest(
            path.name, reason, at, operator, f"hgt_portfolio {__version__}", size, sha256, state, proof, told
        )
        try:
            write_manifest(target, manifest)
        except OSError as error:
            files.drop(target)
            if not isinstance(error, FileExistsError):
                files.drop(manifest_path(target))
            raise
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"备份没有做成（{folder}）：{why(error)}。") from error
    return Backup(target, manifest)


def listed(folder: Path, ledger: str, day: date | None = None) -> list[Backup]:
    """Read the backups of a ledger, newest first, of one day where it is given; those without a manifest come last."""
    stem = escape(Path(ledger).stem)
    found = [read_backup(path.with_suffix(".db")) for path in folder.glob(f"{stem}_{day or ''}*.json")]
    ours = [one for one in found if one.manifest is None or one.manifest.ledger == ledger]
    return sorted(ours, key=lambda one: (one.manifest.at.timestamp() if one.manifest else 0, one.path), reverse=True)


def usable(backup: Backup) -> bool:
    """Tell whether a backup's file is there, byte for byte as its manifest says."""
    told, path = backup.manifest, backup.path
    with suppress(OSError):
        return told is not None and path.stat().st_size == told.size and file_sha256(path) == told.sha256
    return False


def standing_of(backup: Backup) -> str:
    """Say in a word how a backup stands."""
    told = backup.manifest
    if told is None:
        return "清单读不出来"
    if not backup.path.exists():
        return "文件不在"
    if not usable(backup):
        return "与清单不符"
    return "完好" if told.whole else "操作链不符"


def problems(backup: Backup) -> list[str]:
    """Say everything in which a backup differs from its manifest."""
    told = backup.manifest
    if told is None:
        return [f"清单 {manifest_path(backup.path).name} 没有或读不出来"]
    try:
        size, sha256 = backup.path.stat().st_size, file_sha256(backup.path)
    except OSError as error:
        return [f"读不了文件：{os_reason(error)}"]
    said = [] if size == told.size else [f"清单记 {told.size} 字节，文件 {size} 字节"]
    said += [] if sha256 == told.sha256 else ["文件的 SHA-256 与清单不同"]
    return said + inside(backup.path, told.tables)


def inside(path: Path, told: Mapping[str, Digest]) -> list[str]:
    """Say what is wrong within a copy that nobody writes to: its pages, its references, its tables."""
    try:
        with closing(opened(path, "ro&immutable=1")) as copy:
            said = [] if _pragma(copy, "application_id") == [(APPLICATION_ID,)] else ["不是本程序的台账"]
            said += [] if _pragma(copy, "integrity_check") == [("ok",)] else ["数据库结构有损坏"]
            said += ["有的行所引用的行不在"] if _pragma(copy, "foreign_key_check") else []
            return said + differences(told, digests_of(copy))
    except (sqlite3.Error, OSError, UnicodeError) as error:
        return [f"读不出内容：{why(error)}"]


def _pragma(connection: sqlite3.Connection, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f"PRAGMA {name}").fetchall()


def prune(folder: Path, ledger: str, today: date) -> list[Path]:
    """Delete old backups and give their files: the last of every month stays, and whatever is not proved to be ours.

    Nothing goes before a newer one is usable and whole.
    """
    found = [(one, one.manifest) for one in listed(folder, ledger) if one.manifest is not None]
    newest = next((one for one, told in found if told.whole and usable(one)), None)
    months: set[tuple[int, int]] = set()
    gone = []
    for one, told in found:
        month = (told.at.year, told.at.month)
        last_of_month = told.whole and month not in months
        if last_of_month:
            months.add(month)
        old = told.at.date() < today - timedelta(days=KEPT_DAYS)
        if old and not last_of_month and newest is not None and one is not newest and usable(one):
            with suppress(OSError):
                one.path.unlink()
                manifest_path(one.path).unlink()
                gone.append(one.path)
    return gone


def put_back(backup: Backup, path: Path, aside: Path) -> bool:
    """Put a backup in the ledger's place; the present file stays under the name ``aside``, tell whether there was one.

    Nobody writes to the ledger meanwhile. Raises ``StoreError``, and then nothing has changed.
    """
    told = backup.manifest
    if told is None:
        raise StoreError(f"备份 {backup.path} 没有清单，不能恢复。")
    new = None
    try:
        with _still(path) as present:
            new = files.begin(path)
            shutil.copyfile(backup.path, new)
            if file_sha256(new) != told.sha256:
                raise StoreError(f"备份 {backup.path} 读出来与清单不同，没有恢复。")
            standing = path.exists()
            with _set_aside(path, aside, present):
                if present is not None and os.name == "nt":
                    # Windows puts nothing in the place of an open file.
                    present.close()
                files.put(new, path)
        return standing
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"没有恢复，台账 {path} 还是原来的：{why(error)}。") from error
    finally:
        if new is not None:
            files.drop(new)


@contextmanager
def _still(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep writers away from a file for the block; None where it is no database, or not there."""
    if not path.exists():
        yield None
        return
    with closing(opened(path, "rw")) as connection:
        try:
            # What was begun and not ended is rolled back, and what stands beside the file is taken in.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN IMMEDIATE")
            held = True
        except sqlite3.DatabaseError as error:
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise
            held = False
        yield connection if held else None


@contextmanager
def _set_aside(path: Path, aside: Path, present: sqlite3.Connection | None) -> Iterator[None]:
    """Give the present file a second name for the block to take its first one; take it back where the block fails."""
    files.make_folder(aside.parent)
    if path.exists():
        _second_name(path, aside, present)
    left = [suffix for suffix in BESIDE if Path(f"{path}{suffix}").exists()]
    for suffix in left:
        Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    try:
        yield
    except BaseException:
        for suffix in left:
            Path(f"{aside}{suffix}").rename(f"{path}{suffix}")
        files.drop(aside)
        raise
    files.sync_folder(aside.parent)


def _second_name(path: Path, aside: Path, present: sqlite3.Connection | None) -> None:
    try:
        aside.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        # A disk without links: a copy does, by SQLite where the file is held.
        with files.growing(aside, replacing=False) as new:
            if present is None:
                shutil.copyfile(path, new)
            else:
                # Not from the connection that holds it, which is about to write as far as SQLite knows.
                with closing(_reading(path)) as source, closing(opened(new, "rw")) as copy:
                    source.backup(copy, progress=_not_waiting)


def _free(folder: Path, stem: str) -> Path:
    """Give a name that no backup in a folder has."""
    names = (folder / (f"{stem}.db" if turn == 1 else f"{stem}_{turn}.db") for turn in count(1))
    return next(path for path in names if not path.exists() and not manifest_path(path).exists())


def aside_path(path: Path, at: datetime) -> Path:
    """Give the name under which a ledger's present file stays when a backup takes its place."""
    return _free(backup_folder(path), f"{path.stem}_{BackupReason.RESTORE}_{at:%Y-%m-%d_%H%M%S}")


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """Open an existing file by SQLite alone; raises ``sqlite3.Error``."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=refusing.BUSY_SECONDS, isolation_level=None
    )


def _reading(path: Path) -> sqlite3.Connection:
    # What a program that died has begun can be rolled back only by one that may write.
    may_write = all(os.access(place, os.W_OK) for place in (path, path.parent))
    return opened(path, "rw" if may_write else "ro")


def present_state(path: Path) -> State | None:
    """Read where a ledger file stands; None where it cannot be read."""
    try:
        with closing(_reading(path)) as connection:
            return state_of(connection)
    except (sqlite3.Error, TypeError):
        return None


def sound(path: Path) -> bool:
    """Tell whether a ledger in use can be read from end to end, so that a backup of it can be made."""
    try:
        with closing(_reading(path)) as connection:
            return _pragma(connection, "integrity_check") == [("ok",)] and bool(digests_of(connection))
    except (sqlite3.Error, UnicodeError):
        return False


def file_sha256(path: Path) -> str:
    """Give a file's SHA-256; raises ``OSError``."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def why(error: Exception) -> str:
    """Say why a file could not be read or written, in Chinese where it is a common reason."""
    if isinstance(error, OSError):
        return os_reason(error)
    return next((words for sign, words in _WHY.items() if sign in str(error)), str(error))


_WHY = {
    "full": "磁盘已满",
    "locked": "台账正被另一个程序写入，请稍后再试",
    "readonly": "没有写入权限",
    "unable to open": "打不开文件，请检查路径和权限",
    "disk I/O": "读写磁盘时出错",
    "malformed": "文件已损坏",
    "not a database": "不是数据库，或已损坏",
}
