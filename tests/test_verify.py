"""校验: what is checked of a ledger, each finding with its row, its project and what to do."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from hgt_portfolio.cli import run
from hgt_portfolio.exports import export_duty
from hgt_portfolio.exports.documents import export_brief, export_bulletin
from hgt_portfolio.exports.shown import export_shown
from hgt_portfolio.figures import Filter
from hgt_portfolio.ledger.sealing import MARK
from hgt_portfolio.ledger.summing import sums_hold
from hgt_portfolio.ledger.verifying import CHAIN, CLOSINGS, PLAN, SUMS, verify
from hgt_portfolio.model.inputs import Merger, Part
from hgt_portfolio.months import month
from hgt_portfolio.reports.lists import projects
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.store import Store
from hgt_portfolio.store.checks import Check, Verdict
from tests.conftest import TODAY, Book, open_book
from tests.test_audit import doings
from tests.test_upgrades import released

FILE = ["文件头", "文件完整性", "外键", "表结构和触发器"]
SEPTEMBER = month(2024, 9)


@pytest.fixture(scope="module")
def done(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file in which one of each kind of action was done."""
    path = Path(shutil.copy2(template, tmp_path_factory.mktemp("verify") / "portfolio.db"))
    book = open_book(path, TODAY)
    for _ in doings(book):
        pass
    book.store.close()
    return path


def checks(path: Path) -> dict[str, Check]:
    store = Store(f"sqlite:///{path}")
    try:
        return {check.name: check for check in verify(store)}
    finally:
        store.close()


def failing(path: Path) -> dict[str, tuple[str, ...]]:
    return {name: check.findings for name, check in checks(path).items() if check.verdict is Verdict.FAILS}


def edited(source: Path, folder: Path, *statements: str) -> Path:
    """Run SQL on a copy, the triggers dropped before and put back after."""
    path = Path(shutil.copy2(source, folder / "edited.db"))
    with closing(sqlite3.connect(path)) as raw, raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert raw.execute(statement).rowcount > 0, statement
        for _, sql in triggers:
            raw.execute(sql)
    return path


def test_a_whole_ledger_passes_every_check(done: Path) -> None:
    found = checks(done)
    assert list(found) == [*FILE, CHAIN, PLAN, SUMS, CLOSINGS]
    assert {check.verdict for check in found.values()} == {Verdict.HOLDS}
    assert "24次操作" in found[CHAIN].note
    assert "红谷府发〔2024〕3号" in found[PLAN].note
    assert "旧版程序" not in found[CHAIN].note


def test_an_entry_names_every_row_it_sealed(done: Path) -> None:
    with closing(sqlite3.connect(done)) as raw:
        sealed = json.loads(raw.execute("SELECT sealed FROM action WHERE id = 3").fetchone()[0])
        undo = json.loads(raw.execute("SELECT sealed FROM action WHERE kind = '撤销'").fetchone()[0])
    assert {name: list(rows) for name, rows in sealed.items()} == {"report": ["3"], "action_subject": ["3/24"]}
    assert {len(mark) for rows in sealed.values() for mark in rows.values()} == {MARK}
    assert "revoke erratum" in undo


NAMED = [
    (
        "UPDATE report SET cumulative_fen = 2000000 WHERE id = 3",
        "进度填报（report）第3行（项目#24）写入以后被改动；见操作3“进度填报 #24",
        "自开工累计现为 2.00万元，当时记录为 1.00万元。",
    ),
    ("DELETE FROM verification WHERE id = 1", "核实记录（verification）第1行不见了；见操作5", "。"),
    (
        "INSERT INTO light_override SELECT 9, action_id, recorded_at, NULL, NULL, 7, period, light, reason"
        " FROM light_override WHERE id = 1",
        "人工定灯（light_override）第9行（项目#7）不是这次操作写入的",
        "见操作8",
    ),
    (
        "UPDATE contact SET revoked_at = (SELECT at FROM action WHERE id = 20), revoked_by = 20 WHERE id = 1",
        "联系人（contact）第1行（项目#24）被改成由这次操作撤销；见操作20",
        "",
    ),
    ("UPDATE erratum SET revoked_at = NULL, revoked_by = NULL", "更正说明（erratum）第1行撤销被抹去；见操作24", ""),
    ("UPDATE erratum SET revoked_at = revoked_at + 1", "更正说明（erratum）第1行撤销时间被改动；见操作24", ""),
    ("UPDATE action SET reason = '另有原因' WHERE id = 3", "操作记录第3条记录被改动：操作人、时间", ""),
    ("UPDATE action SET scheme = 1 WHERE id = 3", "操作记录第3条记录的签法被改动", ""),
    ("DELETE FROM action WHERE id = 9", "填报期限（filing_window）第1行说是操作9写入的，而没有这次操作的记录", ""),
    (
        "UPDATE version_unit SET text = '区水务局' WHERE version_id = 63",
        "配合单位（version_unit）第63/1行（项目#24）",
        "见操作6",
    ),
    ("DELETE FROM action_subject WHERE action_id = 5", "操作涉及的项目（action_subject）第5/24行（项目#24）不见了", ""),
    (
        "UPDATE unit_alias SET unit_id = 2 WHERE alias = '沙井街道办'",
        "单位别称（unit_alias）“沙井街道办”行写入以后",
        "",
    ),
    ("UPDATE closing_file SET content = x'50'", "定稿文件（closing_file）第1行写入以后被改动；见操作22", ""),
]


@pytest.mark.parametrize(("statement", "words", "more"), NAMED)
def test_the_row_the_project_and_the_action_are_named(
    done: Path, tmp_path: Path, statement: str, words: str, more: str
) -> None:
    found = failing(edited(done, tmp_path, statement))[CHAIN]
    assert any(words in sentence and more in sentence for sentence in found), found


def test_a_deleted_entry_is_missed_by_its_number(done: Path, tmp_path: Path) -> None:
    found = failing(edited(done, tmp_path, "DELETE FROM action WHERE id = 9"))[CHAIN]
    assert "操作记录第9条记录不见了。" in found
    assert "操作记录第10条与前一条记录接不上。" in found


def test_what_the_plan_says_of_a_changed_row_is_told(done: Path, tmp_path: Path) -> None:
    path = edited(done, tmp_path, "UPDATE project_version SET due = due + 1, investment_fen = 100 WHERE id = 9")
    found = failing(path)
    assert "项目信息（project_version）第9行（项目#9）写入以后被改动" in found[CHAIN][0]
    assert [sentence.partition("项目#9）")[2] for sentence in found[PLAN]] == [
        "的完工期限为 2026-02，规划为 2026-01。",
        "的总投资为 0.0001万元，规划为 39702.00万元。",
    ]


def test_only_some_of_many_findings_are_told(done: Path, tmp_path: Path) -> None:
    path = edited(done, tmp_path, "UPDATE project_version SET scope = '改' WHERE id <= 62")
    found = failing(path)[CHAIN]
    assert len(found) == 21
    assert found[-1] == "另有42处，不逐一列出。"


def test_a_changed_schema_is_named(done: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(done, tmp_path / "schema.db"))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER unit_no_delete")
        raw.execute("DROP INDEX report_latest")
        raw.execute("CREATE TABLE notes (text)")
    assert failing(path)["表结构和触发器"] == (
        "缺少索引 report_latest。",
        "多出表 notes，不是本程序建立的。",
        "缺少触发器 unit_no_delete：这张表不再防止改动和删除。",
    )


def test_a_dropped_table_is_named(done: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(done, tmp_path / "dropped.db"))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TABLE erratum")
    found = failing(path)
    assert "缺少表 erratum。" in found["表结构和触发器"]
    assert found[CHAIN] == ("读不下去：no such table: erratum",)


# What is always true of figures.


def test_splits_and_mergers_add_up(book: Book) -> None:
    book.report("9", "2024Q2", "在建", "100", reason="首报")
    parts = (Part(name="流湖片区", investment_fen=20_000_000_000), Part(name="厚田片区", investment_fen=19_702_000_000))
    book.amend("9", date(2024, 7, 1), parts=parts)
    book.amend("24", date(2024, 7, 1), merger=Merger(others=("25",), no="24+25", name="合并工程"))
    assert failing(book.path) == {}
    with closing(sqlite3.connect(book.path)) as raw, raw:
        raw.execute("DROP TRIGGER project_version_no_update")
        raw.execute("UPDATE project_version SET investment_fen = 100 WHERE name = '厚田片区'")
    assert [*sums_hold(book.figures)[1]] == [
        "项目#9：拆分出的2项总投资之和 20000.0001万元 不等于原总投资 39702.00万元。"
    ]


def test_a_fall_without_a_reason_is_found(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "3", reason="首报")
    book.report("24", "2024Q3", "在建", "2", reason="核减")
    assert [*sums_hold(book.figures)[1]] == []
    with closing(sqlite3.connect(book.path)) as raw, raw:
        raw.execute("DROP TRIGGER report_no_update")
        raw.execute("UPDATE report SET reason = NULL")
    (found,) = sums_hold(book.figures)[1]
    assert "（项目#24）：2024-09 自开工累计 2.00万元低于 2024-06 的 3.00万元，没有写原因。" in found


def test_a_reference_that_was_turned_is_found(done: Path, tmp_path: Path) -> None:
    path = edited(done, tmp_path, "UPDATE supervision_event SET no = '督2024-009'")
    book = open_book(path, TODAY)
    assert "督办进展第1行督办编号与所指的督办事项不同。" in [*sums_hold(book.figures)[1]]
    book.store.close()


# Files that are no ledger any more.


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BROKEN: list[tuple[str, Callable[[Path], object], str]] = [
    ("gone", Path.unlink, "没有这个文件"),
    ("folder", folder, "它是文件夹"),
    ("empty", lambda path: path.write_bytes(b""), "它不是本程序的台账"),
    ("half", halved, "它不是数据库，或已损坏"),
    ("begun", lambda path: path.write_bytes(path.read_bytes()[:90]), "它不是数据库，或已损坏"),
    ("random", lambda path: path.write_bytes(random.Random(1).randbytes(9000)), "它不是数据库"),  # noqa: S311
    ("text", lambda path: path.write_text("序号,项目名称\n" * 200, encoding="utf-8"), "它不是数据库"),
]


@pytest.mark.parametrize(("spoil", "words"), [pytest.param(*case, id=name) for name, *case in BROKEN])
def test_a_broken_file_gives_one_sentence(
    done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object], words: str
) -> None:
    path = Path(shutil.copy2(done, tmp_path / "坏.db"))
    spoil(path)
    assert run(["--db", str(path), "verify"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err


def test_a_file_longer_than_its_header_says_is_found(done: Path, tmp_path: Path) -> None:
    path = tmp_path / "longer.db"
    path.write_bytes(done.read_bytes() + b"\0" * 100)
    assert "末尾多出了内容" in failing(path)["文件头"][0]


@pytest.mark.parametrize(("version", "words"), [("9999", "本程序不认识"), ("0002", "的定义与本程序建立的不同")])
def test_a_changed_schema_version_is_found(done: Path, tmp_path: Path, version: str, words: str) -> None:
    path = edited(done, tmp_path, f"UPDATE alembic_version SET version_num = '{version}'")
    assert any(words in sentence for found in failing(path).values() for sentence in found)


# Entries of old programs.


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that an earlier program wrote, brought to the newest schema."""
    path = released("0002", tmp_path_factory.mktemp("old"))
    store = Store(f"sqlite:///{path}")
    store.require_schema()
    store.close()
    return path


def test_an_old_ledger_passes_and_says_what_it_cannot_promise(old: Path) -> None:
    found = checks(old)
    assert {check.verdict for check in found.values()} == {Verdict.HOLDS}
    assert "前238次操作由旧版程序记录" in found[CHAIN].note


OLD_EDITS = [
    ("UPDATE report SET cumulative_fen = 7 WHERE id = 280", "写入以后被改动"),
    ("UPDATE report SET id = 999 WHERE id = 280", "行号被换过"),
    ("UPDATE report SET id = CASE id WHEN 280 THEN -1 WHEN 281 THEN 280 END WHERE id IN (280, 281)", "行号被换过"),
    ("DELETE FROM action_subject WHERE action_id = 200", "不见了"),
    ("UPDATE action_subject SET project_id = 62 WHERE action_id = 200", "不是这次操作写入的"),
    ("UPDATE action SET key = 'a' WHERE id = 200", "记录的签法被改动"),
    ("UPDATE action SET sealed = '{}' WHERE id = 200", "记录的签法被改动"),
    ("UPDATE year_plan SET amount_fen = 7 WHERE id = 9", "行与当时的摘要不符"),
    ("UPDATE contact SET name = '某人' WHERE id = 9", "行与当时的摘要不符"),
]


@pytest.mark.parametrize(("statement", "words"), OLD_EDITS)
def test_an_edit_of_an_old_entrys_rows_is_found(old: Path, tmp_path: Path, statement: str, words: str) -> None:
    found = failing(edited(old, tmp_path, statement))[CHAIN]
    assert any(words in sentence for sentence in found), found


SWAPPED = (
    "UPDATE {0} SET id = -1 WHERE id = 3",
    "UPDATE {0} SET id = 3 WHERE id = 5",
    "UPDATE {0} SET id = 5 WHERE id = -1",
)


@pytest.mark.parametrize("table", ["domain", "unit", "project", "project_version", "plan_statement"])
def test_swapped_rows_of_an_old_plan_are_found(old: Path, tmp_path: Path, table: str) -> None:
    assert failing(edited(old, tmp_path, *(statement.format(table) for statement in SWAPPED)))


# The head of the chain.


@pytest.fixture
def sheets(book: Book, tmp_path: Path) -> Iterator[tuple[Book, list[Path]]]:
    """Workbooks of several kinds, made from one ledger."""
    book.report("24", "2024Q3", "在建", "1", reason="首报")
    point = book.point("2024Q3")
    made = export_duty(book.figures, point, tmp_path / "a", unit="区城投公司")
    made += export_shown(book.figures, point, "项目", [projects(book.figures, point, Filter())], tmp_path / "项目.xlsx")
    made += write_forms(book.figures, tmp_path / "b", Quarter, SEPTEMBER, unit="区城投公司")
    yield book, made


def test_the_head_stands_on_the_sheet_that_explains(sheets: tuple[Book, list[Path]]) -> None:
    book, made = sheets
    newest = book.figures.entries(book.point(), limit=1)[0]
    assert len(made) == 3
    for path in made:
        page = load_workbook(path)["说明"]
        facts = {row[0].value: str(row[1].value) for row in page.iter_rows()}
        assert facts["操作链校验值"].startswith(f"{newest.hash[:16]}（操作2，"), path.name


def test_the_head_stands_on_no_signed_page(sheets: tuple[Book, list[Path]], tmp_path: Path) -> None:
    book, made = sheets
    head = book.figures.chain_head(book.point())[:16]
    point = book.point("2024Q3")
    for path in (export_bulletin(book.figures, point, tmp_path)[0], export_brief(book.figures, point, tmp_path)):
        text = docx.Document(BytesIO(path.read_bytes()))
        assert head not in "".join(paragraph.text for paragraph in text.paragraphs)
    for page in load_workbook(made[0]).worksheets[:2]:
        assert head not in "".join(str(cell.value) for row in page.iter_rows() for cell in row)


def said(book: Book, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    book.store.close()
    code = run(["--db", str(book.path), "verify", *arguments])
    return code, *capsys.readouterr()


def test_a_head_is_looked_for_on_the_chain(book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book.report("24", "2024Q3", "在建", "1", reason="首报")
    before = Path(shutil.copy2(book.path, tmp_path / "以前.db"))
    book.report("25", "2024Q3", "在建", "1", reason="首报")
    head = book.figures.chain_head(book.point())
    book.report("26", "2024Q3", "在建", "1", reason="首报")
    code, out, _ = said(book, capsys, "--head", f"操作链校验值 {head[:16].upper()}（操作3）")
    assert code == 0
    assert "是操作3（2026-11-24 09:00:0" in out
    assert "此后又有1次操作" in out
    assert run(["--db", str(before), "verify", "--head", head]) == 1
    out, err = capsys.readouterr()
    assert "不在这份台账的操作链上" in out
    assert "操作链校验值不符" in err
    assert run(["--db", str(before), "verify", "--head", "三千"]) == 2


def test_json_tells_every_check(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(book, capsys, "--json")
    found = json.loads(out)
    assert code == 0
    assert [check["check"] for check in found] == [*FILE, CHAIN, PLAN, SUMS, CLOSINGS, "规划对账"]
    assert {check["verdict"] for check in found} == {"通过"}
    path = edited(book.path, book.path.parent, "UPDATE project SET no = '240' WHERE id = 24")
    assert run(["--db", str(path), "verify", "--json"]) == 1
    out, err = capsys.readouterr()
    (chain,) = (check for check in json.loads(out) if check["check"] == CHAIN)
    assert chain["verdict"] == "不符"
    assert "项目（project）第24行（项目#240）" in chain["findings"][0]
    assert "hgt restore" in err
