"""What may be made public and what may not, and the whole ledger as CSV with a dictionary that leaves nothing out."""

from __future__ import annotations

import csv
import importlib
import io
import json
import pkgutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import Integer
from sqlmodel import SQLModel

import hgt_portfolio.model
from hgt_portfolio.cli import run
from hgt_portfolio.exports import ExportError
from hgt_portfolio.exports.guarding import Guard
from hgt_portfolio.exports.public import PUBLIC_FIELDS, SUFFIXES, export_public
from hgt_portfolio.exports.tables import DICTIONARY, FEN_UNIT, MOMENT_UNIT, MONTH_UNIT, Dictionary, export_tables
from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.position import POSITION_FIELDS
from hgt_portfolio.figures.records import NAMING
from hgt_portfolio.figures.tables import described
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger.verifying import MONTHS, TABLES
from hgt_portfolio.model.columns import BIG
from hgt_portfolio.model.inputs import AmendInput, Changes, CheckInput, ContactInput, CooperationInput, ReportInput
from hgt_portfolio.model.inputs_supervision import SuperviseInput
from hgt_portfolio.months import read_period
from hgt_portfolio.terms import DISCLAIMER, CheckMethod, ContactRole, Status
from tests.conftest import ENGINES, Book
from tests.raw import raw

OCTOBER = date(2024, 10, 20)
SECRET = (
    *("演示张三", "演示领导", "演示包联", "演示填报", "演示配合", "演示核实", "演示经办", "演示操作员", "演示截图"),
    *("13800138000", "83980001", "演示难题", "演示措施", "演示结论", "演示督办", "演示原因", "演示目标"),
)
"""What of the seeded ledger is nobody's business outside."""

for found in pkgutil.iter_modules(hgt_portfolio.model.__path__):
    importlib.import_module(f"hgt_portfolio.model.{found.name}")


def seeded(book: Book) -> None:
    """File what is not for the public: people, telephones, problems, measures, supervision, reasons."""
    book.clock.set(OCTOBER)
    ledger = Ledger(book.store, "演示操作员", today=OCTOBER, clock=book.clock)
    since = date(2024, 1, 1)
    named = ((ContactRole.LEADER, "演示领导"), (ContactRole.OFFICER, "演示张三"), (ContactRole.SPONSOR, "演示包联"))
    for role, name in named:
        ledger.contact(ContactInput(no="1", role=role, name=name, phone="13800138000", since=since))
    for no, physical in (("1", "主体完工60%"), ("2", "找演示张三看现场"), ("3", "详询 0791-83980001")):
        ledger.report(
            ReportInput(
                no=no,
                period=read_period("2024Q3"),
                status=Status.UNDER_WAY,
                cumulative_fen=1_234_567_891,
                started=date(2024, 6, 3),
                physical=physical,
                problem="演示难题",
                next_step="演示措施",
                filed_by="演示填报",
                reason="演示原因",
                evidence="演示截图",
            )
        )
    joint = Changes(unit_text="区城投公司、区住建局")
    ledger.amend(AmendInput(no="24", changes=joint, reason="演示原因", doc="演示办〔2024〕1号", effective=since))
    ledger.cooperate(
        CooperationInput(no="24", period=read_period("2024Q3"), unit="区住建局", text="已配合", filed_by="演示配合")
    )
    ledger.check(
        CheckInput(no="1", day=date(2024, 10, 8), how=CheckMethod.ON_SITE, finding="演示结论", checked_by="演示核实")
    )
    ledger.supervise(
        [SuperviseInput(no="1", content="演示督办", raised=OCTOBER, due=date(2024, 11, 1), person="演示经办")]
    )


def public(book: Book, path: Path) -> Path:
    return export_public(book.figures, book.point(OCTOBER), path)[0]


def whole_text(path: Path) -> str:
    """Everything that a file holds, as text: of a workbook each of its parts."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with ZipFile(path) as archive:
        return "\n".join(name + archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_private_is_in_the_bytes(book: Book, tmp_path: Path, suffix: str) -> None:
    seeded(book)
    text = whole_text(public(book, tmp_path / f"公开{suffix}"))
    assert [word for word in SECRET if word in text] == []
    for shown in ("主体完工60%", "2 处文字含人名或电话", DISCLAIMER, "红谷滩区雨污管网及污水处理综合改造工程"):
        assert shown in text or (suffix == ".csv" and shown.startswith("2 处"))


def test_only_listed_fields_are_public() -> None:
    heads = [column.head for column, _ in PUBLIC_FIELDS]
    assert heads == [
        *(
            "序号",
            "项目名称",
            "领域",
            "责任单位",
            "工程内容与规模",
            "计划开工月",
            "计划完工期限",
            "总投资",
            "总投资说明",
        ),
        *("本年计划投资", "本年累计完成投资", "自开工累计完成投资", "累计数截至", "占总投资", "项目状态", "形象进度"),
        *("实际开工日期", "实际完工日期"),
    ]


def test_a_public_field_reads_nothing_that_is_private(book: Book) -> None:
    """Every private field of a position says so: none is in what any public field gives."""
    seeded(book)
    (row,) = book.figures.positions(book.point(OCTOBER))[:1]
    private = (
        "problem next_step filed_by goal goal_verdict check_finding check_how override_reason source measured_note"
    )
    assert set(private.split()) <= set(POSITION_FIELDS)
    filled: dict[str, Any] = {name: f"私密{name}" for name in private.split()}
    marked = row._replace(**filled)
    assert not [get(marked, Guard(())) for _, get in PUBLIC_FIELDS if "私密" in str(get(marked, Guard(())))]


def test_the_public_list_in_json_and_csv(book: Book, tmp_path: Path) -> None:
    seeded(book)
    loaded = json.loads(public(book, tmp_path / "公开.json").read_text(encoding="utf-8"))
    assert (loaded["count"], loaded["priced"], loaded["as_of"]) == (62, 60, "2024-10-20")
    assert loaded["known_at"].startswith("2024-10-20T09:")
    first = loaded["projects"][0]
    assert (first["cum_wan"], first["status"], first["ytd_wan"]) == ("1234.567891", "在建", "1234.567891")
    silent = loaded["projects"][39]
    assert (silent["no"], silent["cum_wan"], silent["status"], silent["ytd_wan"]) == (40, None, None, None)
    assert {row["no"]: row["investment_note"] for row in loaded["projects"] if row["investment_note"]} == {
        12: "待定",
        56: "节能效益款的88%",
    }
    text = public(book, tmp_path / "公开.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 62
    assert rows[0]["自开工累计完成投资"] == "1234.567891"
    assert rows[0]["数据时点"].startswith("2024-10-20 09:")
    assert {row["说明"] for row in rows} == {f"金额单位：万元。{DISCLAIMER}"}
    assert (rows[11]["总投资"], rows[11]["总投资说明"]) == ("", "待定")


def test_the_public_workbook(book: Book, tmp_path: Path) -> None:
    seeded(book)
    path = public(book, tmp_path)
    assert path.name == "重点工程信息公开_2024-10-20.xlsx"
    assert path.read_bytes() == public(book, tmp_path / "再.xlsx").read_bytes()
    sheet = load_workbook(path).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert cells[0] == "红谷滩区生态文明建设重点工程进展情况（信息公开）"
    assert DISCLAIMER in cells
    assert any(str(cell).startswith("截至 2024-10-20") and "数据时点" in str(cell) for cell in cells)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_sample_data_is_marked(sample: Figures, tmp_path: Path, suffix: str) -> None:
    path, _ = export_public(sample, sample.point(OCTOBER), tmp_path / f"公开{suffix}")
    text = whole_text(path)
    assert {".xlsx": "（演示）", ".csv": ",演示\n", ".json": '"demo": "演示"'}[suffix] in text.replace("\r", "")
    assert "演示责任人" not in text
    assert "用地手续" not in text


def test_another_kind_of_file_is_refused(fresh: Book, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.xlsx、\.csv、\.json"):
        public(fresh, tmp_path / "公开.docx")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("主体完工", True),
        ("找王小明", False),
        ("电话13800138000", False),
        ("0791-83980001", False),
        ("0791 83980001", True),
        ("建筑面积138001380001平方米", True),
        ("投资08398000.1万元", True),
        ("甲级资质", True),
    ],
)
def test_what_names_people_is_withheld(text: str, shown: bool) -> None:
    guard = Guard(("王小明", "甲"))
    assert (guard.shown(text) == text, guard.withheld) == (shown, 0 if shown else 1)
    assert guard.shown("") is None


def test_every_column_that_names_people_is_looked_through() -> None:
    naming = {(model.__tablename__, name) for model, names in NAMING for name in names}
    like = ("filed_by", "checked_by", "their_by", "our_by", "person", "phone", "reviewer", "signer", "who", "operator")
    held = {(table.name, name) for table in SQLModel.metadata.tables.values() for name in like if name in table.c}
    assert naming == held | {("contact", "name")}


class TestDictionary:
    def test_every_column_of_every_table_has_its_meaning(self) -> None:
        dictionary = Dictionary()
        named = {(table.name, column.name) for table in SQLModel.metadata.tables.values() for column in table.columns}
        assert set(TABLES) == {table for table, _ in named}
        for table, column in (*named, *((table, "") for table in TABLES)):
            assert dictionary.of(table, column).text, (table, column)

    def test_it_names_nothing_that_there_is_not(self) -> None:
        tables = SQLModel.metadata.tables
        for table, column in Dictionary().lines:
            if table == "*":
                assert any(column in one.c for one in tables.values())
            else:
                assert not column or column in tables[table].c, (table, column)

    def test_units_are_those_of_the_models(self) -> None:
        dictionary = Dictionary()
        for table in SQLModel.metadata.tables.values():
            for column in table.columns:
                unit = dictionary.of(table.name, column.name).unit
                long = column.type is BIG
                assert (unit == FEN_UNIT) == column.name.endswith("_fen"), (table.name, column.name)
                assert (unit == MOMENT_UNIT) == (long and not column.name.endswith("_fen")), (table.name, column.name)
                month = column.name in MONTHS and isinstance(column.type, Integer) and not column.foreign_keys
                assert (unit == MONTH_UNIT) == month, (table.name, column.name)

    def test_words_and_references_come_from_the_models(self) -> None:
        rows = {(row[0], row[2]): row for row in Dictionary().table().rows}
        assert str(rows["fund_report", "source"][7]).startswith("中央预算内、省级")
        assert rows["project_version", "operation"][7] == "0、1"
        assert rows["report", "project_id"][8] == "project.id"
        assert rows["report", "period"][3:6] == ("年月", "必填", MONTH_UNIT)
        checked = sum(
            len(column.words) > 0
            for table in map(described, SQLModel.metadata.sorted_tables)
            for column in table.columns
        )
        checks = [str(one.name) for table in SQLModel.metadata.sorted_tables for one in table.constraints]
        assert checked == sum(name.endswith(("_term", "_flag")) for name in checks)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_table_is_written_whole(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hgt_portfolio.figures.tables.FETCHED", 7)
    seeded(book)
    told: list[tuple[int, int]] = []
    written = export_tables(book.figures, tmp_path / "表", lambda _step, done, of: told.append((done, of)))
    assert {path.stem for path in written} == {*TABLES, DICTIONARY}
    assert told == [(done, len(TABLES)) for done in range(1, len(TABLES) + 1)]
    assert {path.name for path in (tmp_path / "表").iterdir()} == {path.name for path in written}
    assert len(table(tmp_path / "表", "project")) == 62
    versions = table(tmp_path / "表", "project_version")
    assert [row["project_id"] for row in versions] == [*(str(number) for number in range(1, 63)), "24"]
    assert (versions[0]["effective"], versions[0]["start"]) == ("0001-01-01", "2022-07")
    assert (versions[0]["investment_fen"], versions[11]["investment_fen"]) == ("99875000000", "")
    report = table(tmp_path / "表", "report")[0]
    assert (report["period"], report["cumulative_fen"], report["started"]) == ("2024-09", "1234567891", "2024-06-03")
    assert report["recorded_at"].startswith("2024-10-20T09:00:")
    assert report["recorded_at"].endswith("+08:00")
    assert (report["problem"], report["revoked_at"]) == ("演示难题", "")
    actions = table(tmp_path / "表", "action")
    assert [row["previous_hash"] for row in actions[1:]] == [row["hash"] for row in actions[:-1]]


@pytest.mark.parametrize("text", ["=1+1", "＋1", "-甲", "@SUM(A1)"])
def test_no_text_is_a_formula(book: Book, tmp_path: Path, text: str) -> None:
    book.report("1", "2024Q3", "在建", "60000", problem=text)
    export_tables(book.figures, tmp_path)
    assert table(tmp_path, "report")[0]["problem"] == f"'{text}"


def test_what_was_revoked_stays_and_says_so(book: Book, tmp_path: Path) -> None:
    book.report("1", "2024Q3", "在建", "60000")
    book.ledger.undo()
    export_tables(book.figures, tmp_path)
    (row,) = table(tmp_path, "report")
    assert row["revoked_at"].endswith("+08:00")
    assert row["revoked_by"] == table(tmp_path, "action")[-1]["id"]


def test_of_a_kept_file_only_the_length_is_told(book: Book, tmp_path: Path) -> None:
    kept = {"action_id": 1, "recorded_at": book.clock(), "name": "通报.docx", "sha256": "0", "content": b"\x00=1\r\n"}
    with raw(book.store.url) as database:
        database.insert("closing_file", kept)
    export_tables(book.figures, tmp_path)
    (row,) = table(tmp_path, "closing_file")
    assert (row["name"], row["content"]) == ("通报.docx", "5")


Hgt = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hgt(book: Book, capfd: pytest.CaptureFixture[str]) -> Hgt:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--db", book.store.url, "export", *arguments])
        said: Any = capfd.readouterr()
        return code, said.out, said.err

    return call


def test_the_commands_say_what_they_wrote(hgt: Hgt, tmp_path: Path) -> None:
    code, out, _ = hgt("oc4ids", "-o", str(tmp_path / "数据.json"), "--as-of", "2024Q3")
    assert (code, "已写出" in out, "没有登记的前缀" in out) == (0, True, True)
    assert "没有登记" not in hgt("oc4ids", "-o", str(tmp_path / "数据.json"), "--prefix", "oc4ids-abc123")[1]
    code, out, _ = hgt("public", "-o", str(tmp_path / "公开.csv"), "--as-of", "2024Q3")
    assert (code, "发布前请再看一遍" in out) == (0, True)
    code, out, _ = hgt("csv", "-o", str(tmp_path / "表"))
    assert (code, f"{len(TABLES) + 1} 个文件" in out, "不要公开" in out) == (0, True, True)
    assert (tmp_path / "表" / f"{DICTIONARY}.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("public", "-o", "{}/公开.pdf"), "格式不认识"),
        (("oc4ids", "-o", "{}/数据.json", "--prefix", "a b"), "前缀"),
        (("csv", "-o", "{}/文件"), "不能作为文件夹"),
    ],
)
def test_the_commands_refuse_in_a_sentence(hgt: Hgt, tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    (tmp_path / "文件").write_text("甲", encoding="utf-8")
    code, _, err = hgt(*(argument.format(tmp_path) for argument in arguments))
    assert (code, word in err) == (1, True)
    assert (tmp_path / "文件").read_text(encoding="utf-8") == "甲"
