"""Backups: proved copies, made by themselves, let go when old; whatever fails, nothing is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hgt_portfolio import keeping
from hgt_portfolio.cli import run
from hgt_portfolio.exports.dossier import places_of
from hgt_portfolio.keeping import Keeper, back_up, drills
from hgt_portfolio.ledger import ContactInput
from hgt_portfolio.rules.point import OFFICE_TIME
from hgt_portfolio.settings import Settings
from hgt_portfolio.store import HEAD, Store, StoreError, backup
from hgt_portfolio.store.manifest import Backup, Proof, manifest_path, read_backup
from hgt_portfolio.terms import BackupReason
from tests.conftest import TODAY, Book, open_book
from tests.test_upgrades import released
from tests.torture import times

NOON = datetime(2026, 11, 24, 12, tzinfo=OFFICE_TIME)
NOBODY = 65534


def made(book: Book, reason: BackupReason = BackupReason.MANUAL, at: datetime = NOON) -> Backup:
    found, _ = back_up(book.store, reason, at=at, operator="甲")
    return found


def kept(book: Book) -> list[Backup]:
    return backup.listed(book.path.parent / "备份", book.path.name)


def reasons(book: Book) -> list[str]:
    return [str(one.manifest.reason) for one in kept(book) if one.manifest]


def guarded(book: Book) -> Keeper:
    """Have the book's backups made by themselves."""
    keeper = Keeper("甲", book.clock)
    book.store.keeper = keeper
    return keeper


def contact(book: Book, name: str = "王五") -> Any:
    return book.ledger.contact(ContactInput(no="24", role="责任人", name=name, since=date(2024, 1, 1)))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def left(folder: Path) -> list[str]:
    """Name what dead or failed runs have left in a folder."""
    return [path.name for path in folder.rglob(".*") if path.is_file()]


@pytest.fixture
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out working out the figures, which these tests do too often."""
    monkeypatch.setattr(keeping, "proof_of", lambda _path, day: Proof(day, 62, 1, None))


def apart(doing: Callable[[], object], *, as_user: int | None = None) -> int:
    """Run something in a process of its own, as another user where root may, and give its exit code."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            if as_user is not None and os.geteuid() == 0:
                os.setegid(as_user)
                os.seteuid(as_user)
            code = int(doing() is False)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# What a backup is.


def test_a_backup_is_a_proved_copy_with_its_manifest(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    found = made(book)
    assert found.path == book.path.parent / "备份" / "portfolio_2026-11-24_120000.db"
    assert sorted(path.name for path in found.path.parent.iterdir()) == [
        "portfolio_2026-11-24_120000.db",
        "portfolio_2026-11-24_120000.json",
    ]
    assert read_backup(found.path) == found
    told = found.manifest
    assert told is not None and told.proof is not None and told.whole
    assert (told.ledger, told.reason, told.at, told.operator) == ("portfolio.db", "手工", NOON, "甲")
    assert json.loads(manifest_path(found.path).read_text(encoding="utf-8"))["at"] == "2026-11-24T12:00:00+08:00"
    assert (told.state.schema, told.state.actions) == (HEAD, 2)
    assert told.state.head == book.figures.chain_head(book.point())
    totals = book.figures.totals(book.point())
    assert (told.proof.projects, told.proof.investment) == (totals.count, totals.investment) == (62, 2_995_731_990_000)
    assert told.tables["report"].rows == 1 and told.tables["project"].rows == 62
    assert backup.problems(found) == []
    copy = open_book(found.path, TODAY)
    assert copy.figures.positions(copy.point()) == book.figures.positions(book.point())
    copy.store.close()


def test_a_second_backup_of_the_same_second_has_a_name_of_its_own(book: Book) -> None:
    assert [made(book).name for _ in range(3)] == [
        "portfolio_2026-11-24_120000.db",
        "portfolio_2026-11-24_120000_2.db",
        "portfolio_2026-11-24_120000_3.db",
    ]
    assert [backup.standing_of(one) for one in kept(book)] == ["完好"] * 3


def test_a_writer_at_work_is_not_waited_for(book: Book) -> None:
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO domain (name, position) VALUES ('半途', 6)")
        found = made(book)
    assert found.manifest is not None and found.manifest.tables["domain"].rows == 5


def test_another_ledger_in_the_folder_has_backups_of_its_own(book: Book) -> None:
    other = open_book(Path(shutil.copy2(book.path, book.path.with_name("portfolio_2.db"))), TODAY)
    mine, theirs = made(book), made(other)
    assert [one.path for one in kept(book)] == [mine.path]
    assert [one.path for one in kept(other)] == [theirs.path]
    other.store.close()


@pytest.mark.usefixtures("unproved")
@pytest.mark.parametrize("_turn", range(times(20, 200)))
def test_a_flipped_bit_is_found_and_never_restored(book: Book, _turn: int) -> None:
    found = made(book)
    place_, bit = random.Random(_turn).randrange(found.path.stat().st_size), _turn % 8  # noqa: S311
    content = bytearray(found.path.read_bytes())
    content[place_] ^= 1 << bit
    found.path.write_bytes(content)
    before = book.path.read_bytes()
    assert "文件的 SHA-256 与清单不同" in backup.problems(found)
    with pytest.raises(StoreError, match="与清单不符，不能用：文件的 SHA-256 与清单不同"):
        keeping.restore(book.store, found, at=NOON, operator="甲")
    assert book.path.read_bytes() == before
    assert backup.standing_of(found) == "与清单不符"


def edited(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.executescript(sql)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda path: edited(path, "UPDATE domain SET name = '别的' WHERE id = 1"),
            "表 domain（5 行）的内容与清单不同",
        ),
        (lambda path: edited(path, "DELETE FROM action_subject"), "表 action_subject 清单记 "),
        (lambda path: edited(path, "DROP TABLE erratum"), "表 erratum 不见了"),
        (lambda path: edited(path, "CREATE TABLE extra (id INTEGER)"), "表 extra 多出来了"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "字节，文件 5000 字节"),
        (lambda path: path.write_bytes(b""), "不是本程序的台账"),
        (lambda path: path.write_text("不是数据库" * 300, encoding="utf-8"), "读不出内容：不是数据库，或已损坏"),
        (lambda path: path.unlink(), "读不了文件：没有这个文件或文件夹"),
        (lambda path: manifest_path(path).unlink(), "清单 portfolio_2026-11-24_120000.json 没有或读不出来"),
        (lambda path: manifest_path(path).write_text('{"ledger": 1}', encoding="utf-8"), "没有或读不出来"),
    ],
)
def test_what_differs_is_said(book: Book, spoil: Callable[[Path], object], words: str) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    path = made(book).path
    spoil(path)
    assert words in "；".join(backup.problems(read_backup(path)))


# Made by themselves.


def test_the_first_write_of_a_day_makes_one(book: Book) -> None:
    guarded(book)
    contact(book)
    contact(book, "赵六")
    assert reasons(book) == ["每日"]
    (first,) = kept(book)
    assert first.manifest is not None and first.manifest.state.actions == 1
    book.as_operator("乙").store.keeper = Keeper("乙", book.clock)
    contact(book, "孙七")
    assert reasons(book) == ["每日"]
    book.on(TODAY + timedelta(days=1)).contact(ContactInput(no="1", role="责任人", name="周八", since=TODAY))
    assert reasons(book) == ["每日", "每日"]


def test_looking_and_trying_make_none(book: Book) -> None:
    guarded(book)
    book.figures.totals(book.point())
    one = ContactInput(no="24", role="责任人", name="王五", since=date(2024, 1, 1))
    book.ledger.contact(one, dry_run=True)
    assert kept(book) == []


def test_a_ledger_without_a_keeper_makes_none(book: Book) -> None:
    contact(book)
    assert not (book.path.parent / "备份").exists()


def test_returned_forms_are_taken_only_after_one(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded(book)
    contact(book)
    book.ledger.take_returns([], seen=book.figures.last_action())
    book.ledger.take_returns([], seen=book.figures.last_action())
    assert reasons(book) == ["收表前", "收表前", "每日"]
    book.ledger.take_returns([], seen=book.figures.last_action(), dry_run=True)
    made(book, at=NOON + timedelta(days=1))
    book.ledger.take_returns([], seen=book.figures.last_action())
    assert reasons(book) == ["手工", "收表前", "收表前", "每日"], "the last is of the ledger just as it stood"
    before = book.path.read_bytes()
    monkeypatch.setattr(backup, "copy_into", failing(OSError(28, "No space left on device")))
    with pytest.raises(StoreError, match=r"收表前要先备份。备份没有做成（.*备份）：磁盘已满。所以没有往下做。"):
        book.ledger.take_returns([], seen=book.figures.last_action())
    assert book.path.read_bytes() == before


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_given: object, **_more: object) -> None:
        raise error

    return fail


def test_an_old_ledger_is_upgraded_only_after_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = released("0001", tmp_path)
    before = old.read_bytes()
    store = Store(f"sqlite:///{old}")
    store.keeper = Keeper("甲", lambda: int(NOON.timestamp()) * 1_000_000)
    with monkeypatch.context() as patch:
        patch.setattr(backup, "copy_into", failing(sqlite3.OperationalError("database or disk is full")))
        with pytest.raises(StoreError, match=r"升级前要先备份。.*磁盘已满"):
            store.require_schema()
    assert old.read_bytes() == before
    store.require_schema()
    store.close()
    (found,) = backup.listed(tmp_path / "备份", old.name)
    assert found.manifest is not None and found.manifest.proof is None
    assert (found.manifest.reason, found.manifest.state.schema) == ("升级前", "0001")
    assert backup.problems(found) == []
    done = drills.drill(store, operator="甲")
    assert (done.result, done.projects, done.note) == ("成功", "62", "")
    store.close()


def test_a_daily_backup_that_fails_is_said_with_every_action(book: Book) -> None:
    keeper = guarded(book)
    folder = book.path.parent / "备份"
    folder.write_text("", encoding="utf-8")
    for name in ("王五", "赵六"):
        outcome = contact(book, name)
        (said,) = outcome.findings
        assert str(said).startswith("提醒：今天还没有备份，写入的内容已存好。备份没有做成")
        assert said.severity == "提醒"
    assert len(book.figures.entries(book.point())) == 3
    folder.unlink()
    assert contact(book, "孙七").findings == ()
    assert (keeper.trouble, reasons(book)) == ("", ["每日"])


def test_a_broken_chain_is_backed_up_and_said(book: Book) -> None:
    keeper = guarded(book)
    contact(book)
    book.clock.set(TODAY + timedelta(days=1))
    edited(book.path, "UPDATE action SET title = '改过' WHERE id = 2")
    for name in ("赵六", "孙七"):
        (said,) = contact(book, name).findings
        assert "台账的操作链对不上" in str(said)
    assert keeper.trouble
    assert [backup.standing_of(one) for one in kept(book)] == ["操作链不符", "完好"]


WRITER = """
import sys
from datetime import date
from sqlalchemy import event
from hgt_portfolio.keeping import Keeper
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.model.inputs import ContactInput
from hgt_portfolio.store import Store

store = Store(f"sqlite:///{sys.argv[1]}")
store.keeper = Keeper(sys.argv[2])
ledger = Ledger(store, sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
ledger.contact(ContactInput(no="24", role="责任人", name=sys.argv[2], since=date(2024, 1, 1)))
"""


def test_processes_that_begin_the_day_together_make_one(book: Book) -> None:
    book.store.close()
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, book.path, name], **pipes) for name in ("甲", "乙")]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert reasons(book) == ["每日"]
    assert len(book.figures.entries(book.point())) == 3


# Let go when old.


def test_thirty_days_and_the_last_of_every_month_are_kept(book: Book) -> None:
    first = made(book, at=datetime(2026, 8, 1, 9, tzinfo=OFFICE_TIME))
    content, told = first.path.read_bytes(), json.loads(manifest_path(first.path).read_text(encoding="utf-8"))

    def put(at: datetime, reason: str = "每日", **more: Any) -> Path:
        path = first.path.with_name(f"portfolio_{at:%Y-%m-%d_%H%M%S}.db")
        path.write_bytes(content)
        text = json.dumps(told | {"at": at.isoformat(), "reason": reason} | more)
        manifest_path(path).write_text(text, encoding="utf-8")
        return path

    days = [datetime(2026, 8, 1, 9, tzinfo=OFFICE_TIME) + timedelta(days=day) for day in range(115)]
    paths = {day.date(): put(day) for day in days}
    foreign = [
        put(datetime(2026, 8, 2, 10, tzinfo=OFFICE_TIME), ledger="demo.db"),
        first.path.with_name("portfolio_2026-08-02_110000.db"),
        first.path.with_name("我的笔记_2026-08-02.db"),
    ]
    for path in foreign[1:]:
        path.write_bytes(content)
    changed = paths[date(2026, 8, 3)]
    changed.write_bytes(content[:-1] + b"x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "proof_of", lambda _path, day: Proof(day, 62, 1, 1))
        found, gone = back_up(book.store, BackupReason.DAILY, at=NOON, operator="甲")
    assert found.manifest is not None and not found.manifest.whole
    assert gone, "older whole ones are newer than what goes"
    staying = {path for path in paths.values() if path.exists()}
    months = {date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)}
    recent = {day for day in paths if day >= TODAY - timedelta(days=30)}
    assert staying == {paths[day] for day in months | recent} | {changed}
    assert all(path.exists() for path in foreign)
    assert not any(manifest_path(path).exists() for path in gone)


def test_nothing_goes_before_a_newer_one_that_holds(book: Book) -> None:
    paths = [made(book, at=datetime(2026, 1, day, 9, tzinfo=OFFICE_TIME)).path for day in (1, 2)]
    paths[1].write_bytes(b"spoilt")
    assert backup.prune(paths[0].parent, book.path.name, TODAY) == []
    assert paths[0].exists()


# On the command line.


@pytest.fixture
def hgt(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("HGT_OPERATOR", "甲")
    monkeypatch.setattr(keeping, "now", lambda: int(NOON.timestamp()) * 1_000_000)
    return lambda *words: run(["--db", str(book.path), *words])


def test_the_commands(
    book: Book, hgt: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hgt("restore", "newest") == 1
    assert "里没有 portfolio.db 的备份。可以用 hgt backup 现在做一份" in capsys.readouterr().err
    assert hgt("backup") == 0
    said = capsys.readouterr().out
    assert "portfolio_2026-11-24_120000.db，并已逐表核对" in said
    assert "62 项，总投资 2,995,731.99 万元，操作链完整；末次操作 1：" in said
    assert hgt("backup", "--list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["reason"], row["standing"], row["projects"], row["age"]) == ("手工", "完好", 62, 0)
    contact(book)
    assert hgt("drill") == 0
    assert "62 项，总投资 2995731.99 万元，1 次操作，现台账在它之后又有 1 次操作" in capsys.readouterr().out
    assert hgt("drill", "--list") == 0
    assert "成功" in capsys.readouterr().out
    assert hgt("restore", "没有的") == 1
    assert "没有备份文件 没有的" in capsys.readouterr().err
    assert hgt("restore", "newest") == 2
    assert "请加 --yes" in capsys.readouterr().err
    assert len(book.figures.entries(book.point())) == 2
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert hgt("restore", "portfolio_2026-11-24_120000", "--yes") == 0
    said = capsys.readouterr().out
    assert said.count("62 项，总投资 2,995,731.99 万元，操作链完整；末次操作 1：") == 2
    assert "要换回来：hgt restore portfolio_2026-11-24_120000_2.db" in said
    assert len(book.figures.entries(book.point())) == 1


def test_a_backup_goes_where_it_is_asked_to(book: Book, hgt: Callable[..., int], tmp_path: Path) -> None:
    assert hgt("backup", "-o", str(tmp_path / "盘")) == 0
    assert kept(book) == []
    (path,) = (tmp_path / "盘").glob("*.db")
    contact(book)
    assert hgt("restore", str(path), "--yes") == 0
    assert len(book.figures.entries(book.point())) == 1


def test_acting_on_the_command_line_makes_one(book: Book, hgt: Callable[..., int]) -> None:
    assert hgt("window", "2026Q3", "2026-09-01", "2026-10-15") == 0
    assert hgt("undo") == 0
    assert reasons(book) == ["每日"]


def test_a_server_has_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("psycopg")
    for words in (["backup"], ["backup", "--list"], ["restore", "newest"], ["drill"]):
        assert run(["--operator", "甲", "--db", "postgresql+psycopg://u:p@localhost/x", *words]) == 1
        assert "hgt backup、restore、drill 只用于 SQLite 文件" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_handover_says_where_they_are(book: Book, tmp_path: Path) -> None:
    told = dict(places_of(book.figures, Settings(), tmp_path))
    assert "现在还没有；每天第一次写入前" in told["备份"]
    assert told["恢复演练"] == "还没有做过：hgt drill"
    made(book)
    drills.drill(book.store, operator="甲", clock=lambda: int(NOON.timestamp()) * 1_000_000)
    told = dict(places_of(book.figures, Settings(), tmp_path))
    assert "现有 1 份，最近 2026-11-24 12:00（手工）" in told["备份"]
    assert told["恢复演练"].startswith("最近一次 2026-11-24 12:00:00，甲，成功；记录在 ")
