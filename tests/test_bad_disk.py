"""Bad disks: full, read-only, changed behind the program's back: one sentence, exit code 1, and nothing is lost."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import signal
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.cli.desk import Desk
from hgt_portfolio.keeping import Keeper
from hgt_portfolio.store import StoreError, created, sqlite
from hgt_portfolio.store.places import require_local
from tests import disk
from tests.conftest import Book
from tests.test_audit import broken
from tests.test_backup import NOBODY, left
from tests.test_flips import dump
from tests.tui import app_for, joined, keys, settle

FILE = ("report", "24", "--period", "2024Q3", "--status", "在建", "--cum", "1")
SUMMARY = ("summary",)
DUTY = ("export", "duty", "--unit", "区商务局", "--as-of", "2024Q3")
OLD_FILE = b"old"


class Office:
    """A folder with a ledger, and the command run on it in a process of its own."""

    def __init__(self, folder: Path, read: Callable[[], Any]) -> None:
        self.folder, self.path, self._read = folder, folder / "台账.db", read

    def run(self, *words: object, first: Callable[[], object] = bool) -> tuple[int, str]:
        """Run a command line after ``first``, which spoils something for its process; give its code and its error."""
        child = os.fork()
        if child == 0:
            code = 99
            try:
                first()
                code = run(["--db", str(self.path), *map(str, words)])
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code, self._read().err

    def refused(self, *words: object, first: Callable[[], object] = bool) -> str:
        """Run what must be refused in one sentence, and give that."""
        before = dump(self.path)
        code, said = self.run(*words, first=first)
        assert code == 1, said
        assert said.count("\n") == 1 and said.endswith("。\n"), said
        assert "Traceback" not in said and "程序出错" not in said
        assert dump(self.path) == before
        assert left(self.folder) == []
        return said


@pytest.fixture
def office(template: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Office]:
    """An office with a loaded ledger; anybody may come as far as its folder, unlike the tests' own."""
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        place.chmod(0o755)
        (place / "settings.toml").write_text('operator = "甲"\n', encoding="utf-8")
        monkeypatch.setenv("HGT_SETTINGS", str(place / "settings.toml"))
        monkeypatch.setattr("hgt_portfolio.cli.desk._desk", Desk())
        (place / "库").mkdir()
        made = Office(place / "库", capfd.readouterr)
        shutil.copy2(template, made.path)
        yield made
        made.folder.chmod(0o700)


def as_nobody() -> None:
    """Become a plain user: root may write anywhere."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


# Read-only.


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o777), (0o666, 0o555)])
def test_what_may_not_be_written_is_read_and_not_written(office: Office, file: int, folder: int) -> None:
    office.path.chmod(file)
    office.folder.chmod(folder)
    assert office.run(*SUMMARY, first=as_nobody) == (0, "")
    said = office.refused(*FILE, first=as_nobody)
    assert str(office.path) in said and "只读" in said, said
    if folder == 0o555:
        assert "备份没有做成" in office.refused("backup", first=as_nobody)


def test_a_folder_that_may_not_be_written_gets_no_ledger(office: Office) -> None:
    office.folder.chmod(0o555)
    said = office.refused("--db", office.folder / "新.db", "init", first=as_nobody)
    assert f"不能在 {office.folder} 建立数据库：没有权限" in said
    assert [path.name for path in office.folder.iterdir()] == ["台账.db"]


def test_an_export_that_may_not_be_written_leaves_the_old_file(office: Office) -> None:
    target = office.folder / "责任清单_区商务局_2024Q3.xlsx"
    # What it takes is loaded by now: a plain user may not come as far as where Python lies.
    assert run(["--db", str(office.path), *DUTY, "-o", str(office.folder)]) == 0
    target.write_bytes(OLD_FILE)
    office.path.chmod(0o444)
    office.folder.chmod(0o555)
    said = office.refused(*DUTY, "-o", office.folder, first=as_nobody)
    assert str(target) in said and "没有写入权限" in said, said
    assert target.read_bytes() == OLD_FILE


# Full.

KEPT = ExitStack()
"""What a process that ends without ceremony never leaves."""


def full_from(nth: int) -> None:
    """Have the disk take nothing new from SQLite's nth writing on; removing files works as ever."""
    calls = 0

    def meet(name: str) -> int:
        nonlocal calls
        calls += name != "unlink"
        return errno.ENOSPC if name != "unlink" and calls >= nth else 0

    KEPT.enter_context(disk.watched(meet))


@pytest.mark.parametrize("nth", [1, 2, 20, 50])
def test_a_full_disk_takes_no_filing(office: Office, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    monkeypatch.setattr(Keeper, "keep", lambda *_given: None)
    said = office.refused(*FILE, first=partial(full_from, nth))
    assert "没有写入" in said or "打不开" in said, said
    assert office.run(*FILE) == (0, "")
    assert broken(f"sqlite:///{office.path}") is None


def test_a_file_that_may_not_grow_is_said(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "出" / "通报.docx"
    target.parent.mkdir()
    target.write_bytes(OLD_FILE)

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    assert "没有写入" in office.refused(*FILE, first=limited)
    assert "备份没有做成" in office.refused("backup", first=limited)
    said = office.refused("bulletin", "2024Q3", "-o", target, first=limited)
    assert "文件超过了系统允许的大小" in said, said
    assert target.read_bytes() == OLD_FILE
    office.refused("--db", office.folder / "新.db", "init", first=limited)
    assert not (office.folder / "新.db").exists()


def small_disk(place: Path, kilobytes: int) -> None:
    """Mount a disk of its own on a folder, for this process alone; raises ``OSError`` where that is not allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    new_mounts, private_below = 0x20000, 0x44000
    steps: tuple[Callable[[], int], ...] = (
        lambda: library.unshare(new_mounts),
        lambda: library.mount(None, b"/", None, private_below, None),
        lambda: library.mount(b"disk", bytes(place), b"tmpfs", 0, f"size={kilobytes}k".encode()),
    )
    for step in steps:
        if step():
            raise OSError(ctypes.get_errno(), "mount")


def mountable(place: Path) -> bool:
    child = os.fork()
    if child == 0:
        try:
            small_disk(place, 64)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("free", [0, 8])
def test_a_disk_that_is_really_full(office: Office, tmp_path: Path, free: int) -> None:
    if not mountable(tmp_path):
        pytest.skip("这里不能挂载小磁盘；磁盘写满由上面各项另行模拟")
    place = tmp_path / "盘"
    place.mkdir()
    content = office.path.read_bytes()
    told = tmp_path / "结果"

    def filled() -> None:
        small_disk(place, len(content) // 1024 + 4 + 120)
        (place / "台账.db").write_bytes(content)
        (place / "表.csv").write_bytes(OLD_FILE)
        room = os.statvfs(place)
        with (place / "占满").open("wb") as stream:
            stream.write(b"x" * max(room.f_bavail * room.f_bsize - free * 1024, 0))

    def here(words: tuple[str, ...]) -> None:
        filled()
        code = run(["--db", str(place / "台账.db"), *words])
        same = dump(place / "台账.db") == dump(office.path) and (place / "表.csv").read_bytes() == OLD_FILE
        told.write_text(f"{code} {same} {left(place)}", encoding="utf-8")

    for words in (FILE, ("backup",), ("bulletin", "2024Q3", "-o", str(place / "通报.docx"))):
        _, said = office.run("--help", first=partial(here, words))
        assert told.read_text(encoding="utf-8") == "1 True []", words
        assert said.count("\n") == 1 and "磁盘" in said, said


# Changed behind the program's back.


def test_a_folder_in_the_files_place(office: Office) -> None:
    office.path.unlink()
    office.path.mkdir()
    for words in (SUMMARY, FILE, ("backup",), ("verify",)):
        assert str(office.path) in office.refused(*words)
    assert "已经存在" in office.refused("init")


def test_a_share_is_refused_with_the_reason(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"server:/v {office.folder} nfs4 rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(sqlite, "require_local", partial(require_local, mounts=table))
    for words in (SUMMARY, FILE, ("init",)):
        assert "在NFS 共享盘上，没有打开" in office.refused(*words)


async def test_the_screens_go_on_when_the_file_is_gone_or_another(book: Book, template: Path) -> None:
    app = app_for(book)
    kept = book.path.with_name("移走.db")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        book.path.rename(kept)
        await keys(pilot, "f5")
        assert "找不到数据库" in joined(app)
        assert not book.path.exists()
        book.path.write_text("不是台账", encoding="utf-8")
        await keys(pilot, "escape", "f5")
        assert "不是本程序的台账" in joined(app)
        shutil.copy2(template, book.path)
        await keys(pilot, "escape", "f5")
        assert "不是本程序的台账" not in joined(app)
    assert book.path.read_bytes() == template.read_bytes()


def test_a_file_replaced_or_deleted_under_an_open_ledger(book: Book, template: Path) -> None:
    book.report("24", "2024Q3", "在建", "1")
    before = book.path.read_bytes()
    kept = book.path.rename(book.path.with_name("移走.db"))
    for doing in (lambda: book.report("24", "2024Q3", "在建", "2"), lambda: book.figures.totals(book.point())):
        with pytest.raises(StoreError, match="找不到数据库"):
            doing()
    assert not book.path.exists()
    shutil.copy2(template, book.path)
    book.report("9", "2024Q3", "在建", "1")
    assert [entry.id for entry in book.figures.entries(book.point())] == [2, 1]
    assert kept.read_bytes() == before
    book.store.close()
    assert broken(book.store.url) is None


# Journals.


def died(path: Path) -> Path:
    """Have a writer die in a ledger, and give the journal that it leaves."""
    child = os.fork()
    if child == 0:
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            raw.execute("PRAGMA cache_size = 1")
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("CREATE TABLE filling (text)")
            for _ in range(300):
                raw.execute("INSERT INTO filling VALUES (?)", ("x" * 3000,))
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    journal = path.with_name(f"{path.name}-journal")
    assert journal.stat().st_size > 0
    return journal


def test_a_dead_writers_journal_is_rolled_back(office: Office) -> None:
    before = dump(office.path)
    journal = died(office.path)
    assert office.run(*SUMMARY) == (0, "")
    assert not journal.exists()
    assert dump(office.path) == before
    died(office.path)
    assert office.run(*FILE) == (0, "")
    assert broken(f"sqlite:///{office.path}") is None


def test_a_dead_writers_journal_cannot_be_rolled_back_by_who_may_only_read(office: Office) -> None:
    before = dump(office.path)
    journal = died(office.path)
    office.path.chmod(0o444)
    journal.chmod(0o444)
    office.folder.chmod(0o555)
    code, said = office.run(*SUMMARY, first=as_nobody)
    assert code == 1 and said.count("\n") == 1 and str(office.path) in said, said
    office.folder.chmod(0o700)
    office.path.chmod(0o600)
    assert office.run(*SUMMARY) == (0, "")
    assert dump(office.path) == before


@pytest.mark.parametrize("words", [SUMMARY, FILE, ("backup",)])
def test_another_files_journal_is_not_rolled_back_by(office: Office, template: Path, words: tuple[str, ...]) -> None:
    assert [office.run(*doing) for doing in (FILE, ("undo",))] == [(0, "")] * 2
    before = dump(office.path)
    other = Path(shutil.copy2(template, office.folder / "另.db"))
    journal = died(other).rename(office.folder / "台账.db-journal")
    content, present = journal.read_bytes(), office.path.read_bytes()
    code, said = office.run(*words)
    assert (code, said.count("\n")) == (1, 1)
    assert "照它回退会毁掉台账" in said and str(journal) in said, said
    assert (journal.read_bytes(), office.path.read_bytes()) == (content, present)
    journal.unlink()
    assert office.run(*SUMMARY) == (0, "")
    assert dump(office.path) == before


def test_a_new_ledger_is_not_put_beside_a_lost_ones_journal(office: Office) -> None:
    journal = died(office.path)
    content = journal.read_bytes()
    office.path.unlink()
    code, said = office.run("init")
    assert (code, said.count("\n")) == (1, 1)
    assert str(journal) in said and "没有建立" in said
    assert [path.name for path in office.folder.iterdir()] == [journal.name]
    assert journal.read_bytes() == content
    with pytest.raises(StoreError, match="没有建立"), created(office.path):
        pass
