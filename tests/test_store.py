"""The database file: serial writers, refusals in words, and a schema that holds its own rules."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

import hgt_portfolio.model
from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.inputs import ContactInput
from hgt_portfolio.plan import read_plan
from hgt_portfolio.store import APPLICATION_ID, HEAD, Store, StoreError, created, refusing
from tests.conftest import ENGINES, TODAY, Book
from tests.raw import DENIED, raw

WRITER = """
import sys
from datetime import date
from sqlalchemy import event
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.store import Store

store = Store(sys.argv[1])
if store.path is not None:
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
ledger = Ledger(store, sys.argv[2], today=date(2026, 11, 24))
print("ready", flush=True)
sys.stdin.readline()
for turn in range(50):
    no, period = str(1 + turn % 25), 2024 * 12 + 2 + 3 * (turn // 25)
    ledger.report(ReportInput(no=no, period=period, status="在建", cumulative_fen=turn, reason=sys.argv[2]))
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_two_processes_lose_nothing(book: Book) -> None:
    book.store.close()
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    names = ("甲", "乙")
    command = [sys.executable, "-c", WRITER, book.store.url]
    writers = [subprocess.Popen([*command, name], text=True, **pipes) for name in names]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    outcomes = [writer.communicate(timeout=120) for writer in writers]
    assert [error for _, error in outcomes] == ["", ""]
    assert [writer.returncode for writer in writers] == [0, 0]
    found = book.figures.entries(book.point(), limit=1000)
    assert sorted(entry.operator for entry in found) == ["乙"] * 50 + ["甲"] * 51
    assert [entry.id for entry in found] == list(range(101, 0, -1))
    with book.store.read() as session:
        assert broken_link(session) is None
    with raw(book.store.url) as database:
        assert database.execute("SELECT count(*), count(DISTINCT recorded_at) FROM report").fetchone() == (100, 100)


# Refusals in words.


def test_a_locked_ledger_is_refused_in_words(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "BUSY_SECONDS", 0.02)
    store = Store(f"sqlite:///{book.path}")
    contact = ContactInput(no="24", role="责任人", name="王五", since=date(2024, 1, 1))
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"正被另一个程序写入，本次没有写入任何内容。请稍后再试"):
            Ledger(store, "甲", today=TODAY).contact(contact)
        assert Figures(store, today=TODAY).totals(book.point()).count == 62
        other.execute("ROLLBACK")
    Ledger(store, "甲", today=TODAY).contact(contact)
    store.close()
    assert len(book.figures.entries(book.point())) == 2


def test_a_reader_cannot_write(book: Book) -> None:
    with book.store.read() as session:
        session.connection().exec_driver_sql("INSERT INTO domain (name, position) VALUES ('生态教育', 6)")
    assert "生态教育" not in book.figures.domains()


def test_a_failed_action_leaves_nothing(book: Book) -> None:
    before = book.path.read_bytes()
    with pytest.raises(RuntimeError), book.store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO domain (name, position) VALUES ('生态教育', 6)")
        raise RuntimeError("interrupted")
    assert book.path.read_bytes() == before


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE notes (text)")


def foreign_with_alembic(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def newer(path: Path) -> None:
    foreign_with_alembic(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


UNUSABLE = [
    (bool, "找不到数据库"),
    (foreign, "不是本程序的台账"),
    (foreign_with_alembic, "不是本程序的台账"),
    (lambda path: path.write_text("序号,项目名称\n" * 200, encoding="utf-8"), "不是本程序的台账，或已损坏"),
    (lambda path: path.write_bytes(b""), "不是本程序的台账"),
    (lambda path: path.mkdir(), "打不开数据库"),
    (newer, "由更新版本的程序建立（9999），请升级本程序"),
]


@pytest.mark.parametrize(("make", "words"), UNUSABLE)
def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path, make: Any, words: str) -> None:
    path = tmp_path / "某文件.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    store = Store(f"sqlite:///{path}")
    for use in (store.read, store.write):
        with pytest.raises(StoreError, match=words) as refused, use():
            pass
        assert "某文件.db" in str(refused.value)
    store.close()
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_will_not_do(url: str) -> None:
    with pytest.raises(StoreError, match=r"台账|数据库地址"):
        Store(url)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(StoreError) as refused:
        Store("mysql+nodriver://office:s3cret@host/db")
    assert "s3cret" not in str(refused.value)


def test_a_ledger_is_created_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "新" / "portfolio.db"
    with pytest.raises(RuntimeError), created(path) as store:
        Ledger(store, "甲", today=TODAY).load(read_plan())
        raise RuntimeError("interrupted")
    assert list(path.parent.iterdir()) == []
    with created(path) as store:
        Ledger(store, "甲", today=TODAY).load(read_plan())
        assert not path.exists()
    assert [file.name for file in path.parent.iterdir()] == ["portfolio.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    with pytest.raises(StoreError, match="已经存在，没有改动它"), created(path):
        pass
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="请换一个可写的文件夹"), created(tmp_path / "file" / "portfolio.db"):
        pass


def test_the_connection_is_careful(book: Book) -> None:
    store = Store(f"sqlite:///{book.path}")
    with store.read() as session:
        pragmas = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "trusted_schema", "journal_mode")
        }
    assert pragmas == {"foreign_keys": 1, "synchronous": 3, "trusted_schema": 0, "journal_mode": "delete"}
    store.close()


# The schema.


def described(path: Path) -> dict[str, Any]:
    """All that a schema says of its tables: columns, keys, checks, indexes, and strictness."""
    engine = create_engine(f"sqlite:///{path}")
    looked = inspect(engine)
    tables = {}
    with closing(sqlite3.connect(path)) as raw:
        for name in sorted(set(looked.get_table_names()) - {"alembic_version"}):
            checks = looked.get_check_constraints(name)
            tables[name] = {
                "columns": raw.execute(f"PRAGMA table_info({name})").fetchall(),
                "strict": raw.execute(f"PRAGMA table_list({name})").fetchone()[5],
                "checks": sorted((check["name"], " ".join(check["sqltext"].split())) for check in checks),
                "keys": sorted(
                    (k["constrained_columns"], k["referred_table"], k["referred_columns"])
                    for k in looked.get_foreign_keys(name)
                ),
                "unique": sorted(u["column_names"] for u in looked.get_unique_constraints(name)),
                "indexes": sorted((i["name"], i["column_names"], i["unique"]) for i in looked.get_indexes(name)),
            }
    engine.dispose()
    return tables


def test_the_migrated_schema_is_the_models(template: Path, tmp_path: Path) -> None:
    for found in pkgutil.iter_modules(hgt_portfolio.model.__path__):
        importlib.import_module(f"hgt_portfolio.model.{found.name}")
    engine = create_engine(f"sqlite:///{tmp_path / 'models.db'}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    migrated, modelled = described(template), described(tmp_path / "models.db")
    assert list(migrated) == list(modelled)
    for name, table in modelled.items():
        assert migrated[name] == table, name
    assert all(table["strict"] for table in migrated.values())


ACTION = {
    "id": 2,
    "at": 9,
    "utc_offset": 0,
    "operator": "甲",
    "os_user": "u",
    "host": "h",
    "kind": "核实",
    "title": "t",
    "before": "{}",
    "after": "{}",
    "digest": "d",
    "previous_hash": "p",
    "hash": "h2",
}
ROW = {"action_id": 1, "recorded_at": 1, "project_id": 1}
REPORT = ROW | {"filed_at": 1, "period": 24293, "kind": "季报", "unit_id": 1, "status": "在建"}
CHECK = ROW | {"day": "2024-07-03", "period": 24293, "how": "现场", "finding": "在建"}
PLAN = ROW | {"year": 2024, "effective": "2024-01-01", "amount_fen": 10}
AMENDMENT = ROW | {
    "kind": "工期",
    "state": "批准",
    "effective": "2024-01-01",
    "changes": "{}",
    "reason": "r",
    "doc": "d",
}
WINDOW = {"action_id": 1, "recorded_at": 1, "period": 24293, "opens": "2024-06-01", "closes": "2024-07-15"}
LINE = {"action_id": 1, "recorded_at": 1}
CLOSING = LINE | {"period": 24293, "known_at": 1, "rules": "银川2025", "digest": "d", "program": "0"}
CHANGE = LINE | {"unit_id": 1, "successor_id": 2, "kind": "更名", "effective": "2024-01-01", "doc": "d"}
MILESTONE = ROW | {"name": "封顶", "planned": 24293, "weight": 30, "dropped": 0}
SUB_ITEM = ROW | {"name": "流湖镇", "position": 1, "total": 19, "done": 19, "effective": "2024-01-01", "source": "附表"}
CONFLICT = ROW | {"period": 24293, "field": "status", "theirs": "在建", "decision": "未定", "file": "表.xlsx"}
ITEM = ROW | {"no": "督2024-001", "unit_id": 1, "ground": "逾期", "content": "c", "raised": "2024-07-01"}
ITEM |= {"due": "2024-07-31"}
STEP = LINE | {"supervision_id": 1, "step": "催办", "day": "2024-07-09", "text": "t"}
OVERRIDE = ROW | {"period": 24293, "light": "红", "reason": "r"}
CONTACT = ROW | {"role": "责任人", "name": "n", "since": "2024-01-01"}
UNIT = {"name": "新", "kind": "镇街", "position": 99, "action_id": 1}
VERSION = ROW | {
    "effective": "2024-01-01",
    "name": "n",
    "initials": "n",
    "scope": "",
    "period_text": "",
    "stage": "near",
    "operation": 0,
    "exited": 0,
    "replaced": 0,
    "domain_id": 1,
    "lead_id": 1,
    "unit_text": "",
    "investment_kind": "定额",
    "investment_fen": 1,
    "investment_text": "",
    "source": "",
}
STEPS = {"q1_fen": 1, "q2_fen": 2, "q3_fen": 3, "q4_fen": 4}
SOUND: list[tuple[str, dict[str, Any]]] = [
    *(("action", ACTION), ("report", REPORT), ("verification", CHECK), ("year_plan", PLAN), ("unit", UNIT)),
    *(("amendment", AMENDMENT), ("filing_window", WINDOW), ("closing", CLOSING), ("light_override", OVERRIDE)),
    *(("contact", CONTACT), ("project_version", VERSION), ("year_plan", PLAN | STEPS)),
    *(("unit_change", CHANGE), ("milestone", MILESTONE), ("sub_item", SUB_ITEM), ("supervision", ITEM)),
    ("conflict", CONFLICT),
]
BAD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("action", ACTION, {"kind": "别的"}),
    ("action", ACTION, {"title": None}),
    ("report", REPORT, {"status": "基本完工"}),
    ("report", REPORT, {"status": "UNDER_WAY"}),
    ("report", REPORT, {"status": "完工"}),
    ("report", REPORT, {"status": None}),
    ("report", REPORT, {"kind": "年报"}),
    ("report", REPORT, {"goal_verdict": "尚可"}),
    ("report", REPORT, {"period": 2024}),
    ("report", REPORT, {"cumulative_fen": -1}),
    ("report", REPORT, {"cumulative_fen": 1.5}),
    ("report", REPORT, {"cumulative_fen": "约1亿"}),
    ("report", REPORT, {"physical_percent": 101}),
    ("report", REPORT, {"started": "2024-05-02", "finished": "2024-05-01"}),
    ("report", REPORT, {"revoked_at": 5}),
    ("report", REPORT, {"revoked_by": 1}),
    ("report", REPORT, {"project_id": 999}),
    ("report", REPORT, {"unit_id": 999}),
    ("report", REPORT, {"action_id": 999}),
    ("verification", CHECK, {"how": "传真"}),
    ("verification", CHECK, {"status": "完工"}),
    ("verification", CHECK, {"status": "好"}),
    ("year_plan", PLAN, {"amount_fen": -1}),
    ("year_plan", PLAN, {"amount_fen": None}),
    ("year_plan", PLAN, STEPS | {"q4_fen": 5}),
    ("year_plan", PLAN, STEPS | {"q1_fen": -1, "q2_fen": 4}),
    ("amendment", AMENDMENT, {"doc": None}),
    ("amendment", AMENDMENT, {"state": "申请"}),
    ("amendment", AMENDMENT, {"kind": "更名"}),
    ("filing_window", WINDOW, {"closes": "2024-05-31"}),
    ("filing_window", WINDOW, {"period": 0}),
    ("closing", CLOSING, {"period": 99999}),
    ("unit_change", CHANGE, {"successor_id": 1}),
    ("unit_change", CHANGE, {"kind": "撤销"}),
    ("milestone", MILESTONE, {"weight": 101}),
    ("milestone", MILESTONE, {"planned": 202406}),
    ("sub_item", SUB_ITEM, {"done": 20}),
    ("sub_item", SUB_ITEM, {"total": 0, "done": 0}),
    ("supervision", ITEM, {"ground": "别的"}),
    ("supervision_event", STEP, {"step": "销号"}),
    ("supervision_event", STEP, {"supervision_id": 99}),
    ("light_override", OVERRIDE, {"light": "橙"}),
    ("conflict", CONFLICT, {"decision": "两可"}),
    ("conflict", CONFLICT, {"period": 2024}),
    ("conflict", CONFLICT, {"project_id": 999}),
    ("conflict", CONFLICT, {"revoked_by": 1}),
    ("contact", CONTACT, {"role": "群众"}),
    ("unit", UNIT, {"kind": "街镇"}),
    ("unit", UNIT, {"name": "区住建局"}),
    ("plan", {"id": 2}, {"title": "第二个规划"}),
    ("project_version", VERSION, {"investment_kind": "待定"}),
    ("project_version", VERSION, {"investment_fen": None}),
    ("project_version", VERSION, {"investment_fen": -1}),
    ("project_version", VERSION, {"stage": "before"}),
    ("project_version", VERSION, {"start": 24294, "due": 24293}),
    ("project_version", VERSION, {"due": 202412}),
    ("project_version", VERSION, {"exited": 2}),
    ("project_version", VERSION, {"replaced": 2}),
    ("contact", CONTACT, {"unit_id": 1}),
    ("contact", CONTACT, {"project_id": None}),
    ("contact", CONTACT, {"until": "2023-12-31"}),
    ("project_version", VERSION, {"operation": -1}),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_schema_refuses_bad_rows(book: Book) -> None:
    book.store.close()
    with raw(book.store.url) as database:
        if book.store.path is not None:
            database.execute("PRAGMA foreign_keys = ON")

        def write(table: str, row: dict[str, Any]) -> None:
            database.execute("BEGIN")
            try:
                database.insert(table, row)
            finally:
                database.execute("ROLLBACK")

        for table, row in SOUND:
            write(table, row)
        for table, row, change in BAD:
            if book.store.path is None and change == {"cumulative_fen": 1.5}:
                continue  # A server rounds what it is given for a whole number; the ledger gives none but such.
            with pytest.raises(DENIED):
                write(table, row | change)
                pytest.fail(f"{table} took {change}")


LARGEST = 9_000_000_000_000_000


@pytest.mark.parametrize("engine", ENGINES)
def test_amounts_keep_every_fen(book: Book) -> None:
    book.amend("24", date(2024, 1, 1), investment_fen=LARGEST)
    book.amend("25", date(2024, 1, 1), investment_fen=LARGEST - 1)
    totals = book.figures.totals(book.point())
    others = 2_995_731_990_000 - (330_000 + 180_000) * 1_000_000
    assert totals.investment == 2 * LARGEST - 1 + others
    assert isinstance(totals.investment, int)
