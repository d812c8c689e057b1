"""Restoring and the drill: a backup put back whole or not at all, whatever step fails, and tried elsewhere."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from hgt_portfolio import files, keeping
from hgt_portfolio.exports import place
from hgt_portfolio.keeping import back_up, drills
from hgt_portfolio.ledger import ContactInput, Ledger
from hgt_portfolio.settings import write_settings
from hgt_portfolio.store import Store, StoreError, backup, created, refusing, sqlite
from hgt_portfolio.store.manifest import Proof
from hgt_portfolio.terms import BackupReason
from tests.conftest import TODAY, Book, open_book
from tests.test_backup import (
    NOBODY,
    NOON,
    apart,
    contact,
    failing,
    kept,
    left,
    made,
    mode,
    unproved,
)
from tests.torture import times

__all__ = ["unproved"]


# Put back.


def test_a_restore_sets_the_present_file_aside(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    found = made(book)
    book.report("1", "2024Q4", "在建", "60000")
    present = book.path.read_bytes()
    positions = book.figures.positions(book.point("2024Q3"))
    done = keeping.restore(book.store, found, at=NOON, operator="乙")
    assert done.aside == book.path.parent / "备份" / "portfolio_恢复前_2026-11-24_120000.db"
    assert done.aside.read_bytes() == present
    assert done.safe is not None and done.safe.manifest is not None
    assert (done.safe.manifest.reason, done.safe.manifest.operator, done.safe.manifest.state.actions) == (
        "恢复前",
        "乙",
        3,
    )
    assert book.path.read_bytes() == found.path.read_bytes()
    assert mode(book.path) == 0o600
    assert len(book.figures.entries(book.point())) == 2
    assert book.figures.positions(book.point("2024Q3")) == positions
    assert keeping.chosen(book.store, "newest").path == found.path
    again = keeping.restore(book.store, keeping.chosen(book.store, done.safe.name), at=NOON, operator="乙")
    assert again.aside is not None and again.aside != done.aside
    assert len(book.figures.entries(book.point())) == 3
    assert left(book.path.parent) == []


def test_who_has_the_ledger_open_goes_on_with_the_restored_one(book: Book) -> None:
    found = made(book)
    contact(book)
    other = open_book(book.path, TODAY)
    assert len(other.figures.entries(other.point())) == 2
    keeping.restore(book.store, found, at=NOON, operator="甲")
    assert len(other.figures.entries(other.point())) == 1
    contact(other, "赵六")
    assert len(book.figures.entries(book.point())) == 2
    other.store.close()


def test_who_waited_for_the_lock_writes_nothing_into_the_old_file(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(book)
    contact(book)
    aside = backup.aside_path(book.path, NOON)
    waiting = Store(f"sqlite:///{book.path}")
    waiting.require_schema()

    real = sqlite._begin_writing

    def swapped(connection: Any) -> None:
        backup.put_back(found, book.path, aside)
        real(connection)

    monkeypatch.setattr(sqlite, "_begin_writing", swapped)
    with pytest.raises(StoreError, match="刚被换成另一个文件（如恢复了备份），本次没有写入任何内容。请重试"):
        Ledger(waiting, "乙").contact(ContactInput(no="24", role="责任人", name="赵六", since=date(2024, 1, 1)))
    waiting.close()
    monkeypatch.undo()
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("SELECT count(*) FROM action").fetchone() == (2,)
    contact(book, "赵六")
    assert len(book.figures.entries(book.point())) == 2


def test_a_restore_is_refused_while_another_writes(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "BUSY_SECONDS", 0.02)
    found = made(book)
    before = book.path.read_bytes()
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="还是原来的：台账正被另一个程序写入，请稍后再试"):
            keeping.restore(book.store, found, at=NOON, operator="甲")
    assert book.path.read_bytes() == before
    assert left(book.path.parent) == []


DYING = """
import os, sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("PRAGMA cache_size = 1")
raw.execute("PRAGMA cache_spill = 1")
raw.execute("BEGIN IMMEDIATE")
raw.execute("CREATE TABLE filling (text)")
for turn in range(300):
    raw.execute("INSERT INTO filling VALUES (?)", ("x" * 3000,))
os._exit(9)
"""


def test_a_journal_left_behind_spoils_nothing(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    found = made(book)
    contact(book)
    book.store.close()
    before = book.path.read_bytes()
    assert subprocess.run([sys.executable, "-c", DYING, str(book.path)], check=False).returncode == 9
    journal = Path(f"{book.path}-journal")
    assert journal.exists() and book.path.read_bytes() != before
    done = keeping.restore(book.store, found, at=NOON, operator="甲")
    assert not journal.exists()
    assert done.aside is not None and done.safe is not None and done.safe.manifest is not None
    assert done.safe.manifest.state.actions == 3
    assert book.path.read_bytes() == found.path.read_bytes()
    assert len(book.figures.entries(book.point())) == 2


def test_a_ledger_that_is_lost_or_spoilt_is_restored_too(book: Book) -> None:
    found = made(book)
    book.store.close()
    book.path.unlink()
    journal = Path(f"{book.path}-journal")
    journal.write_bytes(b"left")
    assert keeping.restore(book.store, found, at=NOON, operator="甲") == keeping.Restored(None, None)
    assert not journal.exists()
    assert [path.read_bytes() for path in found.path.parent.glob("*-journal")] == [b"left"]
    book.store.close()
    book.path.write_bytes(b"x" * 9000)
    done = keeping.restore(book.store, found, at=NOON, operator="甲")
    assert done.safe is None and done.aside is not None
    assert done.aside.read_bytes() == b"x" * 9000
    assert book.figures.totals(book.point()).count == 62


def test_another_programs_database_is_left_alone(book: Book) -> None:
    found = made(book)
    path = book.path.with_name("别的.db")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE notes (text)")
        raw.execute("PRAGMA application_id = 7")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="不是本程序的台账"):
        keeping.restore(Store(f"sqlite:///{path}"), found, at=NOON, operator="甲")
    assert path.read_bytes() == before


def test_a_ledger_in_wal_mode_is_taken_in_first(book: Book) -> None:
    found = made(book)
    with closing(sqlite3.connect(book.path)) as raw, raw:
        raw.execute("PRAGMA journal_mode = WAL")
    contact(book)
    done = keeping.restore(book.store, found, at=NOON, operator="甲")
    assert done.aside is not None
    with closing(sqlite3.connect(done.aside)) as old:
        assert old.execute("SELECT count(*) FROM action").fetchone() == (2,)
    assert len(book.figures.entries(book.point())) == 1


def test_a_disk_without_links_gets_a_copy(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", failing(OSError(1, "Operation not permitted")))
    found = made(book)
    contact(book)
    done = keeping.restore(book.store, found, at=NOON, operator="甲")
    assert done.aside is not None and done.aside.stat().st_ino != book.path.stat().st_ino
    with closing(sqlite3.connect(done.aside)) as old:
        assert old.execute("SELECT count(*) FROM action").fetchone() == (2,)


# Whatever fails.

STEPS = (
    (os, "open"),
    (os, "fsync"),
    (Path, "replace"),
    (Path, "hardlink_to"),
    (Path, "mkdir"),
    (Path, "write_text"),
    (shutil, "copyfile"),
    (backup, "copy_into"),
    (backup, "file_sha256"),
    (files, "sync_folder"),
)
"""Every step of a file's way to its place."""


class Failing:
    """Has the nth of all steps fail: by an error, or by the death of the process."""

    def __init__(self, patch: pytest.MonkeyPatch, nth: int, *, dying: bool = False) -> None:
        self.count, self.nth, self.dying = 0, nth, dying
        for owner, name in STEPS:
            patch.setattr(owner, name, self.step(getattr(owner, name)))

    def step(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*given: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.nth:
                if self.dying:
                    os._exit(9)
                raise OSError(28, "No space left on device")
            return real(*given, **more)

        return acting


def steps(doing: Callable[[], object]) -> Iterator[int]:
    """Fail the first step, then the second, and so on, until nothing is left to fail."""
    for nth in range(1, 100):
        with pytest.MonkeyPatch.context() as patch:
            failure = Failing(patch, nth)
            try:
                doing()
            except StoreError as error:
                assert "磁盘已满" in str(error)
            if failure.count < nth:
                return
        yield nth
    raise AssertionError("no end")


@pytest.mark.usefixtures("unproved")
def test_whatever_step_fails_a_backup_is_whole_or_not_there(book: Book) -> None:
    before = book.path.read_bytes()
    for nth in steps(lambda: made(book)):
        assert book.path.read_bytes() == before
        assert [backup.standing_of(one) for one in kept(book)] in ([], ["完好"]), nth
        assert left(book.path.parent) == [], nth
        shutil.rmtree(book.path.parent / "备份", ignore_errors=True)
    assert nth > 8


@pytest.mark.usefixtures("unproved")
def test_whatever_step_fails_a_restore_is_done_or_not(book: Book) -> None:
    found = made(book)
    contact(book)
    book.store.close()
    old, new = book.path.read_bytes(), found.path.read_bytes()
    for nth in steps(lambda: keeping.restore(book.store, found, at=NOON, operator="甲")):
        assert book.path.read_bytes() in (old, new), nth
        assert left(book.path.parent) == [], nth
        if book.path.read_bytes() == new:
            assert old in [path.read_bytes() for path in found.path.parent.glob("*恢复前*.db")], nth
            book.path.write_bytes(old)
    assert nth > 12


@pytest.mark.usefixtures("unproved")
@pytest.mark.parametrize("nth", range(1, times(28, 60), times(3, 1)))
def test_whatever_step_it_dies_at_a_restore_is_done_or_not(book: Book, nth: int) -> None:
    found = made(book)
    contact(book)
    book.store.close()
    old, new = book.path.read_bytes(), found.path.read_bytes()

    def dying() -> None:
        with pytest.MonkeyPatch.context() as patch:
            Failing(patch, nth, dying=True)
            keeping.restore(Store(f"sqlite:///{book.path}"), found, at=NOON, operator="甲")

    assert apart(dying) in (0, 9)
    assert book.path.read_bytes() in (old, new)
    if book.path.read_bytes() == new:
        assert old in [path.read_bytes() for path in found.path.parent.glob("*恢复前*.db")]
    assert backup.standing_of(found) == "完好"
    assert {backup.standing_of(one) for one in kept(book)} == {"完好"}
    keeping.restore(book.store, found, at=NOON, operator="甲")
    assert len(book.figures.entries(book.point())) == 1


@pytest.mark.parametrize("kilobytes", [0, 100, 300])
def test_a_disk_that_fills_up_leaves_nothing_half_done(book: Book, kilobytes: int) -> None:
    book.store.close()
    before = book.path.read_bytes()

    def filling() -> bool:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))
        store = Store(f"sqlite:///{book.path}")
        try:
            back_up(store, BackupReason.MANUAL, at=NOON, operator="甲")
        except StoreError as error:
            return "备份没有做成" in str(error)
        return False

    assert len(before) > 300 * 1024
    assert apart(filling) == 0
    assert book.path.read_bytes() == before
    assert kept(book) == []
    assert left(book.path.parent) == []


def test_a_folder_that_may_not_be_written(template: Path) -> None:
    # Anybody may come as far as this folder, unlike the tests' own.
    with TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        shelf, out = Path(scratch) / "账", Path(scratch) / "外"
        shelf.mkdir()
        path = Path(shutil.copy2(template, shelf / "portfolio.db"))
        path.chmod(0o644)
        shelf.chmod(0o555)
        out.mkdir()
        out.chmod(0o777)

        def refused() -> bool:
            store = Store(f"sqlite:///{path}", read_only=True)
            elsewhere, _ = back_up(store, BackupReason.MANUAL, at=NOON, operator="甲", folder=out / "盘")
            try:
                back_up(store, BackupReason.MANUAL, at=NOON, operator="甲")
            except StoreError as error:
                return "没有权限" in str(error) and backup.problems(elsewhere) == []
            return False

        assert apart(refused, as_user=NOBODY) == 0
        shelf.chmod(0o700)
        assert not (shelf / "备份").exists()


# A new ledger, and whose files they are.


def test_of_two_that_create_one_ledger_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.db"
    with pytest.raises(StoreError, match="刚由另一个程序建立，没有改动它"), created(path) as second:
        with created(path) as first:
            first.migrate()
        before = path.read_bytes()
        assert second.exists()
    assert path.read_bytes() == before
    assert left(tmp_path) == []


def test_what_a_dead_run_left_goes_after_a_day(tmp_path: Path) -> None:
    path = tmp_path / "portfolio[1].db"
    dead, journal, young = (tmp_path / f".portfolio[1].db.{name}" for name in ("1.part", "1.part-journal", "2.part"))
    for one in (dead, journal, young):
        one.write_bytes(b"left")
    for one in (dead, journal):
        os.utime(one, (0, 0))
    with created(path):
        pass
    assert left(tmp_path) == [young.name]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_for_their_owner_alone(book: Book, tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        found = made(book)
        drills.drill(book.store, operator="甲")
        contact(book)
        done = keeping.restore(book.store, found, at=NOON, operator="甲")
        place(tmp_path / "出" / "口" / "表.csv", b"1")
        write_settings(tmp_path / "设" / "settings.toml", {"operator": "甲"})
        with created(tmp_path / "新" / "portfolio.db"):
            pass
    finally:
        os.umask(before)
    assert done.safe is not None
    made_here = [path for path in tmp_path.rglob("*") if path not in (book.path, done.aside)]
    assert len(made_here) > 10
    assert {mode(path) for path in made_here if path.is_file()} == {0o600}
    assert {mode(path) for path in made_here if path.is_dir()} == {0o700}
    assert mode(book.path) == 0o600


# The drill.


def test_a_drill_is_done_elsewhere_and_recorded(book: Book) -> None:
    made(book)
    contact(book)
    before = {path: path.read_bytes() for path in book.path.parent.rglob("*") if path.is_file()}
    done = drills.drill(book.store, operator="=甲", clock=lambda: int(NOON.timestamp()) * 1_000_000)
    assert (done.at, done.result, done.projects, done.since, done.note) == (
        "2026-11-24 12:00:00",
        "成功",
        "62",
        "1",
        "",
    )
    assert done.investment == "2995731.99"
    file = book.path.parent / "备份" / "恢复演练.csv"
    assert {path: path.read_bytes() for path in before} == before
    assert {path for path in book.path.parent.rglob("*") if path.is_file()} == {*before, file}
    text = file.read_text(encoding="utf-8")
    assert text.startswith("\ufeff演练时间,操作人,")
    assert "2026-11-24 12:00:00,'=甲," in text
    drills.drill(book.store, operator="乙")
    assert [one.operator for one in drills.drills(file)] == ["乙", "'=甲"]
    with file.open("ab") as stream:
        stream.write(b"2026-11-25 12:00:00,cut")
    assert [one.operator for one in drills.drills(file)] == ["乙", "'=甲"]


def test_a_drill_that_fails_is_recorded_too(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(book)
    monkeypatch.setattr("hgt_portfolio.keeping.drills.proof_of", lambda _path, day: Proof(day, 61, 5, None))
    done = drills.drill(book.store, operator="甲")
    assert done.result == "不符"
    assert "62 项，总投资 2,995,731.99 万元，操作链完整，恢复后 61 项，总投资 0.00 万元" in done.note.replace(
        "0.000005", "0.00"
    )
    found.path.write_bytes(b"spoilt")
    done = drills.drill(book.store, operator="甲")
    assert (done.result, done.projects) == ("不符", "")
    assert "文件的 SHA-256 与清单不同" in done.note
    assert [one.result for one in drills.drills(drills.drills_file(book.path))] == ["不符", "不符"]


def test_a_drill_says_where_the_ledger_went_another_way(book: Book) -> None:
    first = made(book)
    contact(book)
    made(book, at=NOON + timedelta(hours=1))
    keeping.restore(book.store, first, at=NOON, operator="甲")
    done = drills.drill(book.store, operator="甲")
    assert (done.result, done.since) == ("成功", "")
    assert "现台账不是接着这份备份记的" in done.note


def test_a_drill_works_where_the_ledger_is_lost(book: Book) -> None:
    made(book)
    book.store.close()
    book.path.unlink()
    done = drills.drill(Store(f"sqlite:///{book.path}"), operator="甲")
    assert (done.result, done.since) == ("成功", "")
    assert "现台账读不出来：找不到数据库" in done.note
