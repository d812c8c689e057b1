"""What a backup holds, written down when it is made: its manifest, a JSON file beside it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hgt_portfolio.files import growing
from hgt_portfolio.terms import BackupReason


@dataclass(frozen=True)
class Digest:
    """How many rows a table has, and the SHA-256 over all of them."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class State:
    """Where a ledger stands: its schema, how many actions it has, and the newest one with its hash.

    ``at`` is that action's moment in microseconds since 1970.
    """

    schema: str
    actions: int
    head: str
    at: int
    operator: str
    title: str


@dataclass(frozen=True)
class Proof:
    """What the program's own figures say of a ledger: projects and 总投资 (fen) on a day.

    ``broken`` is the first action at which the audit chain does not hold, None where it is whole.
    """

    day: date
    projects: int
    investment: int
    broken: int | None


@dataclass(frozen=True)
class Manifest:
    """A backup as it was when it was made; ``proof`` is None where its schema was an old one."""

    ledger: str
    reason: BackupReason
    at: datetime
    operator: str
    program: str
    size: int
    sha256: str
    state: State
    proof: Proof | None
    tables: Mapping[str, Digest]

    @property
    def whole(self) -> bool:
        """Whether the audit chain held, as far as that could be told."""
        return self.proof is None or self.proof.broken is None


@dataclass(frozen=True)
class Backup:
    """A backup's file with its manifest; None where that cannot be read."""

    path: Path
    manifest: Manifest | None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def manifest_path(path: Path) -> Path:
    """Give the place of a backup's manifest: beside it, with the ending .json."""
    return path.with_suffix(".json")


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a backup's manifest beside it; raises ``OSError``."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, default=lambda value: value.isoformat())
    with growing(manifest_path(path), replacing=False) as new:
        new.write_text(text + "\n", encoding="utf-8")


def read_backup(path: Path) -> Backup:
    """Read a backup's manifest."""
    try:
        given = json.loads(manifest_path(path).read_text(encoding="utf-8"))
        return Backup(path, _read(given))
    except (OSError, ValueError, KeyError, TypeError):
        return Backup(path, None)


def _read(given: dict[str, Any]) -> Manifest:
    proof = given["proof"]
    return Manifest(
        **given
        | {
            "reason": BackupReason(given["reason"]),
            "at": datetime.fromisoformat(given["at"]),
            "state": State(**given["state"]),
            "proof": proof and Proof(**proof | {"day": date.fromisoformat(proof["day"])}),
            "tables": {name: Digest(**told) for name, told in given["tables"].items()},
        }
    )


def state_of(connection: sqlite3.Connection) -> State:
    """Read where a ledger of whatever schema stands; raises ``sqlite3.Error`` where it is none."""
    (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    newest = "SELECT id, hash, at, operator, title FROM action ORDER BY id DESC LIMIT 1"
    return State(schema, *(connection.execute(newest).fetchone() or (0, "", 0, "", "")))


def digests_of(connection: sqlite3.Connection) -> dict[str, Digest]:
    """Give the digest of every table; raises ``sqlite3.Error``."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    return {name: _digest(connection, name) for (name,) in connection.execute(named).fetchall()}


def _digest(connection: sqlite3.Connection, table: str) -> Digest:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sorted((place, name) for _, name, _, _, _, place in columns if place) or [
        (0, name) for _, name, *_ in columns
    ]
    order = ", ".join(f'"{name}"' for _, name in keys)
    rows, total = 0, hashlib.sha256()
    for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):  # noqa: S608 - the database's own names
        total.update(json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode() + b"\n")
        rows += 1
    return Digest(rows, total.hexdigest())


def differences(told: Mapping[str, Digest], found: Mapping[str, Digest]) -> list[str]:
    """Say in which tables two ledgers differ."""
    said = []
    for name in sorted({*told, *found}):
        before, after = told.get(name), found.get(name)
        if before is None or after is None:
            said.append(f"表 {name} {'多出来了' if before is None else '不见了'}")
        elif before.rows != after.rows:
            said.append(f"表 {name} 清单记 {before.rows} 行，文件中 {after.rows} 行")
        elif before != after:
            said.append(f"表 {name}（{after.rows} 行）的内容与清单不同")
    return said
