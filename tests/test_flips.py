"""Whatever is changed behind the program's back is found: flipped bits of the file, and edits in SQL."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hgt_portfolio.ledger.verifying import verify
from hgt_portfolio.store import Store, StoreError
from hgt_portfolio.store.checks import Verdict
from tests.conftest import TODAY, open_book
from tests.test_audit import doings
from tests.torture import times

FLIPS = times(20, 200)
EDITS = times(10, 100)
SEED = 20241124

Dump = dict[str, list[str]]


@pytest.fixture(scope="module")
def full(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file with rows in every table."""
    path = Path(shutil.copy2(template, tmp_path_factory.mktemp("flips") / "portfolio.db"))
    book = open_book(path, TODAY)
    for _ in doings(book):
        pass
    book.store.close()
    return path


def dump(path: Path) -> Dump | None:
    """Every row of every table with the kind of each value, None where SQLite cannot read them."""
    try:
        with closing(sqlite3.connect(path)) as raw:
            raw.text_factory = bytes
            names = [str(row[0], "utf-8") for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {name: sorted(map(repr, raw.execute(f'SELECT * FROM "{name}" NOT INDEXED'))) for name in names}
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def found(path: Path) -> str | None:
    """What the program says of a file: its first finding, None where all holds."""
    store = Store(f"sqlite:///{path}")
    try:
        checks = verify(store)
        return next((check.findings[0] for check in checks if check.verdict is Verdict.FAILS), None)
    except StoreError as refused:
        return str(refused)
    finally:
        store.close()


def test_a_whole_ledger_holds(full: Path) -> None:
    assert found(full) is None


def test_every_flipped_bit_that_changes_data_is_found(full: Path, tmp_path: Path) -> None:
    before, content = dump(full), full.read_bytes()
    chance = random.Random(SEED)  # noqa: S311
    path, harmless = tmp_path / "flipped.db", 0
    for turn in range(FLIPS):
        place, bit = chance.randrange(len(content)), chance.randrange(8)
        flipped = bytearray(content)
        flipped[place] ^= 1 << bit
        path.write_bytes(flipped)
        if dump(path) == before:
            harmless += 1
            continue
        assert found(path), f"seed {SEED}, flip {turn}: byte {place}, bit {bit}"
    assert harmless < FLIPS


def another(chance: random.Random, value: Any, others: list[Any]) -> Any:
    """Another value for a cell: one that the column holds elsewhere, or one beside it."""
    choices = [other for other in others if other != value]
    if choices and chance.random() < 0.5:
        return chance.choice(choices)
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 7))
    if isinstance(value, str):
        return value[:-1] + chance.choice("0123456789") if chance.random() < 0.3 else value + "。"
    if isinstance(value, bytes):
        return value + b"\0"
    return chance.choice(choices) if choices else chance.choice((1, "改"))


def update(raw: sqlite3.Connection, chance: random.Random, table: str) -> str:
    column = chance.choice([row[1] for row in raw.execute(f"PRAGMA table_info({table})")])
    rows = raw.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
    row, value = chance.choice(rows)
    new = another(chance, value, [cell for _, cell in rows])
    raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
    return f"{table}.{column} of row {row}: {value!r} to {new!r}"


def delete(raw: sqlite3.Connection, chance: random.Random, table: str) -> str:
    row = chance.choice(raw.execute(f"SELECT rowid FROM {table}").fetchall())[0]
    raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    return f"{table}: row {row} deleted"


def insert(raw: sqlite3.Connection, chance: random.Random, table: str) -> str:
    """Add a row like another, but for its key."""
    columns = raw.execute(f"PRAGMA table_info({table})").fetchall()
    row = dict(
        zip((c[1] for c in columns), chance.choice(raw.execute(f"SELECT * FROM {table}").fetchall()), strict=True)
    )
    for _, name, kind, _, _, key in columns:
        if key or chance.random() < 0.1:
            row[name] = chance.randrange(1, 200) if kind == "INTEGER" else f"{row[name]}二"
    raw.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values()))
    return f"{table}: {row} inserted"


def swap(raw: sqlite3.Connection, chance: random.Random, table: str) -> str:
    one, other = chance.sample(raw.execute(f"SELECT rowid FROM {table}").fetchall(), 2)
    for new, old in ((-1, one[0]), (one[0], other[0]), (other[0], -1)):
        raw.execute(f"UPDATE {table} SET rowid = ? WHERE rowid = ?", (new, old))
    return f"{table}: rows {one[0]} and {other[0]} swapped"


KINDS: tuple[Callable[[sqlite3.Connection, random.Random, str], str], ...] = (
    update,
    update,
    update,
    delete,
    insert,
    swap,
)


def edit(path: Path, chance: random.Random) -> str:
    """Change the ledger in SQL, its triggers dropped before and put back after; gives what was done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("BEGIN")
        triggers = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        while True:
            raw.execute("SAVEPOINT edit")
            try:
                done = chance.choice(KINDS)(raw, chance, chance.choice(tables))
                break
            except (sqlite3.IntegrityError, ValueError, IndexError):
                # What the schema itself refuses, and what needs more rows than there are, is no edit.
                raw.execute("ROLLBACK TO edit")
        for _, sql in triggers:
            raw.execute(sql)
        raw.execute("COMMIT")
    return done


def test_every_edit_behind_the_programs_back_is_found(full: Path, tmp_path: Path) -> None:
    before = dump(full)
    chance = random.Random(SEED)  # noqa: S311
    made, turn = 0, 0
    while made < EDITS:
        turn += 1
        path = Path(shutil.copy2(full, tmp_path / "edited.db"))
        done = edit(path, chance)
        if dump(path) != before:
            made += 1
            assert found(path), f"seed {SEED}, edit {turn}: {done}"


@pytest.mark.parametrize("kept", [True, False])
def test_a_dropped_trigger_is_named(full: Path, tmp_path: Path, kept: bool) -> None:
    path = Path(shutil.copy2(full, tmp_path / "unguarded.db"))
    with closing(sqlite3.connect(path)) as raw:
        sql = raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'report_no_update'").fetchone()[0]
        raw.execute("DROP TRIGGER report_no_update")
        if kept:
            raw.execute(sql.replace("WHEN ", "WHEN 0 AND "))
    assert "触发器 report_no_update" in (found(path) or "")
