"""一项目一档 and 交接清册: everything that is recorded is in them, with who, when and by what."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.exports.dossier import export_dossier, export_handover, places_of
from hgt_portfolio.figures import Unknown
from hgt_portfolio.ledger import ErratumInput
from hgt_portfolio.months import month
from hgt_portfolio.reports.dossier import dossier_parts
from hgt_portfolio.reports.handover import LISTS, MEANINGS, handover_parts
from hgt_portfolio.reports.parts import Parts, numeral
from hgt_portfolio.settings import Settings
from hgt_portfolio.sheets import read_workbook
from tests.conftest import Book
from tests.test_audit import doings

JUNE = month(2024, 6)
PLACES = (("数据库", "db/portfolio.db"),)


def rows(parts: Parts, title: str) -> list[dict[str, Any]]:
    table = dict(parts)[title]
    return [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]


# 一项目一档.


def test_every_record_is_in_the_file_of_its_project_once(book: Book) -> None:
    for _ in doings(book):
        pass
    point = book.point()
    parts = dossier_parts(book.figures, point, "24")
    listed = [row for title, table in parts if "stands" in {c.key for c in table.columns} for row in rows(parts, title)]
    events = book.figures.history("24", point)
    told = sorted((str(row["kind"]), str(row["text"]), str(row["action"])) for row in listed)
    assert told == sorted((event.kind, event.text, str(event.action_id)) for event in events)
    entries = book.figures.entries(point, "24")
    assert [row["id"] for row in rows(parts, "操作记录")] == [str(entry.id) for entry in reversed(entries)]
    assert all(
        row["hash"] == entry.hash[:16] for row, entry in zip(rows(parts, "操作记录"), entries[::-1], strict=True)
    )
    assert rows(parts, "其他记录")[0]["kind"].startswith("人工定灯")


def test_a_record_says_whether_it_stands(book: Book) -> None:
    first = book.report("24", "2024Q2", "在建", "100", reason="首报")
    second = book.report("24", "2024Q2", "在建", "130", reason="漏报")
    third = book.report("24", "2024Q3", "在建", "150", reason="首报")
    book.ledger.undo()
    filed = {row["action"]: row["stands"] for row in rows(dossier_parts(book.figures, book.point(), "24"), "进度填报")}
    assert filed == {
        str(first.action_id): f"操作{second.action_id}更正",
        str(second.action_id): "有效",
        str(third.action_id): f"操作{third.action_id + 1}撤销",
    }


def test_the_plan_stands_beside_what_holds_now(book: Book) -> None:
    book.amend("24", date(2024, 7, 1), due=month(2027, 6))
    facts = {row["fact"]: row for row in rows(dossier_parts(book.figures, book.point(), "24"), "基本情况")}
    assert (facts["完工期限"]["planned"], facts["完工期限"]["now"]) == ("2026-12-31", "2027-06-30")
    assert (facts["依据"]["planned"], facts["依据"]["now"]) == ("附表第24行", "红重办〔2024〕9号")
    amounts = {row["name"]: row for row in rows(dossier_parts(book.figures, book.point(), "24"), "投资数及来源")}
    # The amendment moved the date alone: the amount is still the plan's.
    assert amounts["总投资"]["source"] == "附表第24行"


def test_every_amount_names_the_filings_it_comes_from(book: Book) -> None:
    opened = book.report("24", "2023Q4", "在建", "100", reason="建账")
    half = book.report("24", "2024Q2", "在建", "130", reason="首报")
    again = book.report("24", "2024Q2", "在建", "140", reason="漏报")
    parts = dossier_parts(book.figures, book.point("2024Q2"), "24")
    amounts = {row["name"]: row for row in rows(parts, "投资数及来源")}
    assert amounts["本年累计"]["fen"] == 40 * 10**6
    assert f"操作 {opened.action_id}" in amounts["本年累计"]["source"]
    assert f"操作 {again.action_id}" in amounts["本年累计"]["source"]
    assert f"操作 {half.action_id}" not in amounts["本年累计"]["source"]
    assert amounts["截至上年底累计完成"]["source"].count("操作") == 1
    assert amounts["本季度完成"]["fen"] is None and amounts["本季度完成"]["note"] == "含补报(2024Q1–2024Q2)"
    periods = {row["period"]: row["stated"] for row in rows(parts, "分期进度")}
    assert periods == {"2023-12": 100 * 10**6, "2024-06": 140 * 10**6}


def test_errata_are_in_the_file(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "100", reason="首报")
    book.ledger.close(JUNE)
    book.report("24", "2024Q2", "在建", "130", reason="漏报")
    book.ledger.erratum(ErratumInput(period=JUNE, cause="录入错误", who="乙", found=date(2024, 10, 20)))
    told = rows(dossier_parts(book.figures, book.point(), "24"), "定稿后更正")
    assert ("自开工累计", "100.00万元", "130.00万元") in {(row["item"], row["old"], row["new"]) for row in told}
    assert rows(dossier_parts(book.figures, book.point(), "25"), "定稿后更正") == []


def test_the_files_open_and_come_out_the_same(book: Book, tmp_path: Path) -> None:
    book.report("24", "2024Q2", "在建", "100", reason="首报 & <更正>")
    point = book.point("2024Q2")
    document, workbook = export_dossier(book.figures, point, "24", tmp_path)
    assert document.stem == workbook.stem and document.stem.startswith("项目档案_24_")
    text = docx.Document(BytesIO(document.read_bytes()))
    cells = [cell.text for table in text.tables for row in table.rows for cell in row.cells]
    assert any("首报 & <更正>" in cell for cell in cells)
    parts = [title for title, _ in dossier_parts(book.figures, point, "24")]
    assert [sheet.name for sheet in read_workbook(workbook).sheets] == [*parts, "说明"]
    first = [document.read_bytes(), workbook.read_bytes()]
    book.report("25", "2024Q3", "在建", "1", reason="首报")
    again = export_dossier(book.figures, point, "24", tmp_path / "again")
    assert [path.read_bytes() for path in again] == first


def test_no_file_of_a_project_that_is_not(book: Book, tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="没有序号为 999 的项目"):
        export_dossier(book.figures, book.point(), "999", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["portfolio.db"]


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四")]
)
def test_parts_are_numbered(number: int, text: str) -> None:
    assert numeral(number) == text


# 交接清册.


def test_what_is_open_is_handed_over(book: Book) -> None:
    book.amend("24", date(2024, 7, 1), doc=None, due=month(2028, 6))
    book.report("20", "2024Q1", "在建", "1", reason="首报")
    parts = handover_parts(book.figures, book.point(), PLACES)
    (request,) = rows(parts, "待批调整申请")
    assert request["no"] == "24" and "现场条件变化" in request["text"]
    assert [row["no"] for row in rows(parts, "投资额未定")] == ["12", "56"]
    late = {row["no"]: row["text"] for row in rows(parts, "逾期和到期未核实")}
    assert len(late) == 54
    assert late["20"].startswith("逾期" if book.position("20").deadline_state == "逾期" else "到期未核实")
    silent = {row["no"] for row in rows(parts, "未填报")}
    assert silent == {p.no for p in book.figures.positions(book.point()) if p.filing_state == "未填报"}
    counts = {row["part"]: row["count"] for row in rows(parts, "汇总")}
    assert counts == {title: len(table.rows) for title, table in parts[1:]}
    assert len(LISTS) == len(MEANINGS)


def test_what_is_promised_within_a_year_is_listed_by_day(book: Book) -> None:
    book.amend("24", date(2024, 7, 1), due=month(2027, 11))
    book.amend("25", date(2024, 7, 1), due=month(2027, 12))
    promised = rows(handover_parts(book.figures, book.point(), PLACES), "一年内到期的承诺")
    days = [row["day"] for row in promised]
    assert days == sorted(days)
    assert {"2026-12-31", "2027-11-30"} <= set(days)
    assert "25" not in {row["no"] for row in promised}


def test_closed_quarters_and_places_are_handed_over(book: Book) -> None:
    book.ledger.close(JUNE, "红生创办〔2024〕6号", signer="王五", files={"汇总表.xlsx": b"PK"})
    parts = handover_parts(book.figures, book.point(), PLACES)
    quarter, file = rows(parts, "已定稿季度和文件")
    assert "文号红生创办〔2024〕6号，签发人王五" in quarter["what"]
    assert (file["what"], len(file["where"])) == ("汇总表.xlsx", 64)
    things = {row["what"]: row["where"] for row in rows(parts, "数据、文件和规则")}
    assert things["数据库"] == "db/portfolio.db"
    assert book.figures.chain_head(book.point())[:16] in things["操作链校验值"]
    assert "参考规则(未批准)" in things["预警规则"]


def test_the_handover_is_written_for_three_signatures(book: Book, tmp_path: Path) -> None:
    places = places_of(book.figures, Settings(), tmp_path)
    assert dict(places)["数据库"].startswith(str(book.path))
    document, workbook = export_handover(book.figures, book.point(), places, tmp_path)
    text = "".join(p.text for p in docx.Document(BytesIO(document.read_bytes())).paragraphs)
    assert all(word in text for word in ("移交人（签字）", "接收人（签字）", "监交人（签字）"))
    assert [sheet.name for sheet in read_workbook(workbook).sheets] == ["汇总", *(name for name, *_ in LISTS), "说明"]


def test_both_on_the_command_line(book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["--db", str(book.path), "dossier", "24", "-o", str(out), "--as-of", "2024Q3"]) == 0
    assert run(["--db", str(book.path), "handover", "-o", str(out)]) == 0
    assert sorted(path.suffix for path in out.iterdir()) == [".docx", ".docx", ".xlsx", ".xlsx"]
    assert capsys.readouterr().out.count("已写出") == 4
    assert run(["--db", str(book.path), "dossier", "999", "-o", str(out)]) == 1
    assert "没有序号为 999 的项目" in capsys.readouterr().err
