"""定稿: what is closed stays, is kept whole and can be checked; what moves afterwards is told as 更正."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.document import Paragraph
from hgt_portfolio.exports import closing as exports
from hgt_portfolio.exports import export_quarterly
from hgt_portfolio.exports.closing import Check, check_closing, close_quarter, copy_kept, export_erratum
from hgt_portfolio.exports.documents import export_bulletin
from hgt_portfolio.figures.closings import RESTATED, Restatement
from hgt_portfolio.ledger import ErratumInput, Ledger, Refused, UnitChangeInput, YearPlanInput, validated
from hgt_portfolio.model.inputs import CheckInput, OpeningInput, ReportInput
from hgt_portfolio.model.office import Closing
from hgt_portfolio.months import month
from hgt_portfolio.reports.bulletin import bulletin
from hgt_portfolio.reports.restated import erratum_document, restated_table
from hgt_portfolio.table import Table
from tests.conftest import Book, open_book
from tests.postgres import Server, name_of
from tests.raw import raw
from tests.test_audit import act, broken

JUNE, SEPTEMBER, DECEMBER = month(2024, 6), month(2024, 9), month(2024, 12)
CLOSED_ON = date(2024, 7, 20)
FILES = ("重点工程投资汇总_2024Q2.xlsx", "重点工程进度通报_2024Q2.docx", "重点工程进度通报底稿_2024Q2.xlsx")
DOC = "红生创办〔2024〕6号"


def close_june(book: Book) -> None:
    """File two projects for 2024Q2 and close it with its files on 2024-07-20."""
    book.on(date(2024, 7, 5))
    for no in ("24", "25"):
        book.ledger.open_books([OpeningInput(no=no, period=month(2023, 12), cumulative_fen=10**9, reason="建账")])
        book.report(no, "2024Q2", "在建", "2000", reason="首报")
    book.on(CLOSED_ON)
    close_quarter(book.figures, book.ledger, JUNE, doc=DOC, reviewer="李四", signer="王五")
    book.store.close()


@pytest.fixture(scope="module")
def closed_sqlite(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy2(template, tmp_path_factory.mktemp("closed") / "portfolio.db"))
    close_june(open_book(path, CLOSED_ON))
    return path


@pytest.fixture(scope="module")
def closed_postgresql(server: Server, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = server.create(name_of(template_url))
    close_june(open_book(tmp_path_factory.mktemp("closed") / "portfolio.db", CLOSED_ON, url))
    return url


@pytest.fixture
def closed(engine: str, request: pytest.FixtureRequest, tmp_path: Path, today: date) -> Iterator[Book]:
    """A fresh copy of the closed ledger, open on the day of the test."""
    path, copy = tmp_path / "portfolio.db", ""
    made = request.getfixturevalue(f"closed_{engine}")
    if engine == "sqlite":
        shutil.copy2(made, path)
    else:
        server: Server = request.getfixturevalue("server")
        copy = server.create(name_of(made))
    book = open_book(path, today, copy)
    yield book
    book.store.close()
    if copy:
        server.drop(copy)


def the_closing(book: Book, period: int = JUNE) -> Closing:
    found = book.figures.closing(period)
    assert found is not None
    return found


def checks(book: Book, folder: Path) -> list[Check]:
    return list(check_closing(book.figures, the_closing(book), folder))


def failing(book: Book, folder: Path) -> list[str]:
    return [check.sentence for check in checks(book, folder) if check.holds is False]


@pytest.fixture
def made_again(closed: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the kept files for the ones made again, where a test is about something else: making them takes long."""
    kept = {file.name: file.content for file in closed.figures.kept_files(the_closing(closed))}
    monkeypatch.setattr(exports, "quarter_files", lambda *_: kept)


def raw_change(book: Book, sql: str, *values: Any) -> None:
    """Change the ledger behind the program's back: its guards are taken down first."""
    with raw(book.store.url) as database:
        database.unguard()
        database.execute(sql, values)


# The close itself.


def test_a_close_keeps_its_files_and_who_signed(closed: Book) -> None:
    row = the_closing(closed)
    kept = closed.figures.kept_files(row)
    assert tuple(file.name for file in kept) == FILES
    assert all(file.whole for file in kept)
    assert (row.doc, row.reviewer, row.signer, row.rules) == (DOC, "李四", "王五", "银川2025")
    assert broken(closed.store.url) is None


def test_the_files_are_those_of_the_closed_quarter_whatever_comes_later(closed: Book, tmp_path: Path) -> None:
    kept = {file.name: file.content for file in closed.figures.kept_files(the_closing(closed))}
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    closed.report("24", "2024Q3", "在建", "3000")
    closed.ledger.close(SEPTEMBER)
    point = closed.point("2024Q2")
    assert point.known_at == the_closing(closed).known_at
    book = export_quarterly(closed.figures, point, tmp_path)
    assert book.read_bytes() == kept[FILES[0]]
    document, paper = export_bulletin(closed.figures, point, tmp_path)
    assert document.read_bytes() == kept[FILES[1]]
    assert paper.read_bytes() == kept[FILES[2]]


def test_filing_is_judged_on_the_day_of_the_close(closed: Book) -> None:
    # The last record before the close is of 5 July, within the 填报起止日; the close itself is past them.
    assert closed.position("26", "2024Q2").filing_state == "未填报"
    assert closed.position("26", "2024Q2", "2024-07-05").filing_state == "待填报"


def test_what_is_recorded_while_the_files_are_made_stops_the_close(book: Book) -> None:
    moment = book.ledger.moment()
    book.report("24", "2024Q2", "在建", "2000")
    with pytest.raises(Refused, match="请再运行一次"):
        book.ledger.close(JUNE, known_at=moment, files={"a.xlsx": b"PK"})
    assert book.figures.closing(JUNE) is None


def test_a_close_is_later_than_what_its_files_know_even_if_the_clock_went_back(book: Book) -> None:
    moment = book.ledger.moment() + 3_600_000_000
    book.ledger.close(JUNE, known_at=moment)
    assert book.figures.last_action() > moment
    assert the_closing(book).known_at == moment


def test_nothing_is_made_for_a_quarter_that_cannot_be_closed(closed: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> dict[str, bytes]:
        raise AssertionError

    monkeypatch.setattr(exports, "quarter_files", never)
    for period, why in ((JUNE, "已经定稿"), (month(2026, 12), "还没有结束"), (month(2024, 8), "不是季度末")):
        with pytest.raises(Refused, match=why):
            close_quarter(closed.figures, closed.ledger, period)


# Checking.


def test_a_closed_quarter_checks_out(closed: Book, tmp_path: Path) -> None:
    copy_kept(closed.figures, the_closing(closed), tmp_path / "定稿_2024Q2")
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    found = checks(closed, tmp_path / "定稿_2024Q2")
    assert [check.holds for check in found] == [True] * 10
    assert sum("逐字节相同" in check.sentence for check in found) == 3


@pytest.mark.usefixtures("made_again")
def test_copies_that_were_changed_or_lost_are_named(closed: Book, tmp_path: Path) -> None:
    first, second, third = copy_kept(closed.figures, the_closing(closed), tmp_path)
    first.write_bytes(first.read_bytes() + b"x")
    second.unlink()
    changed, lost = failing(closed, tmp_path)
    assert first.name in changed and "被改动过" in changed
    assert second.name in lost and "不在了" in lost
    assert third.name not in changed + lost


@pytest.mark.usefixtures("made_again")
def test_a_kept_file_changed_in_the_database_is_found(closed: Book, tmp_path: Path) -> None:
    raw_change(closed, f"UPDATE closing_file SET content = ? WHERE name = '{FILES[0]}'", b"PK")
    assert FILES[0] in failing(closed, tmp_path / "none")[0]
    assert broken(closed.store.url) == the_closing(closed).action_id


@pytest.mark.usefixtures("made_again")
def test_figures_changed_behind_the_back_are_found(closed: Book, tmp_path: Path) -> None:
    raw_change(closed, "UPDATE report SET cumulative_fen = 7 WHERE period = 24293 AND project_id = 24")
    assert any("摘要不一致" in sentence for sentence in failing(closed, tmp_path / "none"))


def test_another_program_version_does_not_compare_bytes(
    closed: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "__version__", "9.9")
    skipped = [check.sentence for check in checks(closed, tmp_path / "none") if check.holds is None]
    assert any("9.9 版" in sentence and "不逐字节比较" in sentence for sentence in skipped)
    assert failing(closed, tmp_path / "none") == []


# Restatements.


def told(rows: list[Restatement]) -> set[tuple[str, str, str, str]]:
    return {(row.no, row.item, row.old, row.new) for row in rows}


def test_nothing_is_restated_before_anything_was_corrected(closed: Book) -> None:
    assert closed.figures.restated(closed.point("2024Q3")) == []
    assert closed.figures.restated(closed.point("2024Q2")) == []
    assert restated_table(closed.figures, closed.point("2024Q3")).rows == ()


def test_a_correction_is_told_with_old_new_why_and_who(closed: Book) -> None:
    closed.report("25", "2024Q3", "在建", "2600")
    given = {"no": "24", "period": JUNE, "status": "停工", "cumulative_fen": 2500 * 10**6}
    outcome = closed.as_operator("乙").report(validated(ReportInput, reason="漏报监理费，工地停工", **given))
    rows = closed.figures.restated(closed.point("2024Q3"))
    assert told(rows) >= {
        ("24", "自开工累计", "2,000.00万元", "2,500.00万元"),
        ("24", "本年累计", "1,000.00万元", "1,500.00万元"),
        ("24", "项目状态", "在建", "停工"),
    }
    assert {row.no for row in rows} == {"24"}
    for row in rows:
        assert [(cause.action_id, cause.operator, cause.text) for cause in row.causes] == [
            (outcome.action_id, "乙", "漏报监理费，工地停工")
        ]


def test_each_close_prints_what_it_restates_once(closed: Book) -> None:
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    closed.report("24", "2024Q3", "在建", "3000")
    third = closed.point("2024Q3")
    before = closed.figures.restated(third)
    assert before
    closed.ledger.close(SEPTEMBER)
    assert closed.figures.restated(third) == before
    assert closed.figures.restated(closed.point("2024Q3")) == before
    closed.report("24", "2024Q4", "在建", "3500")
    assert closed.figures.restated(closed.point("2024Q4")) == []
    closed.report("24", "2024Q2", "在建", "2400", reason="核减")
    again = closed.figures.restated(closed.point("2024Q4"))
    assert (JUNE, "自开工累计", "2,500.00万元", "2,400.00万元") in {(r.period, r.item, r.old, r.new) for r in again}
    assert {row.period for row in again} == {JUNE, SEPTEMBER}
    (quarter,) = (row for row in again if row.period == SEPTEMBER)
    assert (quarter.item, quarter.old, quarter.new) == ("本季度完成", "500.00万元", "600.00万元")


def test_a_correction_taken_back_is_none(closed: Book) -> None:
    closed.amend("24", date(2024, 6, 1), due=month(2027, 6))
    found = closed.figures.restated(closed.point("2024Q3"))
    assert ("24", "完工期限", "2026-12-31", "2027-06-30") in told(found)
    assert found[0].causes[0].text == "现场条件变化"
    closed.ledger.undo()
    assert closed.figures.restated(closed.point("2024Q3")) == []


def test_a_project_listed_afterwards_is_told(closed: Book) -> None:
    new = {"name": "新增项目", "domain": "生态安全", "unit_text": "区住建局", "scope": "一处"}
    closed.amend("63", date(2024, 6, 1), added=True, investment_fen=1, start=month(2024, 6), due=DECEMBER, **new)
    (row,) = closed.figures.restated(closed.point("2024Q3"))
    assert (row.no, row.item, row.old, row.new) == ("63", "列入项目", "未列入", "列入")


def test_a_check_recorded_afterwards_is_a_cause(closed: Book) -> None:
    given = CheckInput(no="25", day=date(2024, 6, 30), how="现场", status="停工", finding="工地停工")
    outcome = closed.ledger.check(given)
    found = {row.item: row for row in closed.figures.restated(closed.point("2024Q3"))}
    assert (found["项目状态"].old, found["项目状态"].new) == ("在建", "停工")
    assert [cause.action_id for cause in found["项目状态"].causes] == [outcome.action_id]


def test_a_unit_change_is_the_cause_of_the_unit_only(closed: Book) -> None:
    given = {
        "kind": "更名",
        "units": ("区城投公司",),
        "successor": "区城投集团",
        "effective": date(2024, 6, 1),
        "doc": DOC,
    }
    changed = closed.ledger.change_units(validated(UnitChangeInput, **given)).action_id
    reported = closed.as_operator("乙").report(
        validated(ReportInput, no="24", period=JUNE, status="在建", cumulative_fen=2500 * 10**6, reason="漏报")
    )
    causes = {row.item: [c.action_id for c in row.causes] for row in closed.figures.restated(closed.point("2024Q3"))}
    assert (causes["责任单位"], causes["自开工累计"]) == ([changed], [reported.action_id])


def test_old_lights_are_those_of_the_rule_set_that_closed_the_quarter(closed: Book) -> None:
    closed.ledger.year_plan(YearPlanInput(no="24", year=2024, amount_fen=2_300 * 10**6))
    closed.report("24", "2024Q3", "在建", "2000")
    assert closed.position("24", "2024Q3").light == "红"
    closed.ledger.close(SEPTEMBER, rules="三亚2022")
    closed.ledger.adopt("三亚2022", DOC, date(2024, 1, 1))
    rows = closed.figures.restated(closed.point("2024Q4"))
    assert [row for row in rows if (row.period, row.item) == (SEPTEMBER, "预警")] == []


def test_the_undo_of_a_unit_change_is_a_cause(book: Book) -> None:
    given = {"kind": "更名", "units": ("区城投公司",), "successor": "区城投集团", "effective": CLOSED_ON, "doc": DOC}
    book.ledger.change_units(validated(UnitChangeInput, **given))
    book.as_operator("乙").close(SEPTEMBER)
    undone = book.ledger.undo()
    rows = book.figures.restated(book.point("2024Q4"))
    assert {(row.item, row.old, row.new) for row in rows} == {("责任单位", "区城投集团", "区城投公司")}
    assert {tuple(cause.action_id for cause in row.causes) for row in rows} == {(undone.action_id,)}


def test_the_next_quarter_prints_what_was_restated(closed: Book) -> None:
    outcome = closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    table = restated_table(closed.figures, closed.point("2024Q3"))
    cells = [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]
    row = next(row for row in cells if row["item"] == "自开工累计")
    assert (row["period"], row["no"], row["old"], row["new"]) == ("2024年二季度", "24", "2,000.00万元", "2,500.00万元")
    assert (row["why"], row["who"]) == ("漏报监理费", "甲")
    document = bulletin(closed.figures, closed.point("2024Q3"))
    prose = "".join(block.text for block in document.blocks if isinstance(block, Paragraph))
    assert "五、以前季度数据更正2024年二季度定稿后，以下数据有更正：" in prose
    assert "自开工累计由2,000.00万元更正为2,500.00万元" in prose
    (figure,) = (figure for figure in document.figures() if figure.key == f"restated.{JUNE}.24.cumulative.new")
    assert figure.rule == f"按本期数据时点计算的2024年二季度数；更正见操作 {outcome.action_id}"


def test_a_rule_set_adopted_back_in_time_restates_lights(closed: Book) -> None:
    closed.ledger.year_plan(YearPlanInput(no="24", year=2024, amount_fen=2_300 * 10**6))
    closed.ledger.close(SEPTEMBER)
    adopted = closed.ledger.adopt("三亚2022", DOC, date(2024, 1, 1))
    rows = [row for row in closed.figures.restated(closed.point("2024Q4")) if row.item == "预警"]
    assert [(row.period, row.no, row.old, row.new) for row in rows] == [(JUNE, "24", "绿", "黄")]
    assert [cause.action_id for cause in rows[0].causes] == [adopted.action_id]


def _document_text(content: bytes) -> str:
    return "".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


def test_all_that_differs_in_a_random_ledger_is_told_with_its_cause(book: Book) -> None:
    chance = random.Random(5)  # noqa: S311
    _act_at_random(book.ledger, chance)
    book.ledger.close(JUNE)
    printed = {position.no: position for position in book.figures.positions(book.point("2024Q2"))}
    _act_at_random(book.as_operator("乙"), chance)
    now = book.known_now()
    rows = book.figures.restated(book.point("2024Q4", now))
    known = {position.no: position for position in book.figures.positions(book.point("2024Q2", now))}
    differing = {
        (no, field)
        for no, before in printed.items()
        for field in RESTATED
        if getattr(before, field) != getattr(known[no], field)
    }
    assert len(differing) > 5
    assert {(row.no, row.field) for row in rows} == differing
    assert all(cause.operator == "乙" for row in rows for cause in row.causes)
    assert all(row.causes for row in rows)


def _act_at_random(ledger: Ledger, chance: random.Random) -> None:
    for _ in range(50):
        with suppress(Refused, ValueError):
            act(chance, ledger)


# Errata.


def erratum(book: Book, **more: Any) -> Any:
    values = {"period": JUNE, "cause": "录入错误", "who": "演示员", "found": date(2024, 10, 20)} | more
    return book.ledger.erratum(validated(ErratumInput, **values))


def test_an_erratum_takes_every_restated_figure_once(closed: Book) -> None:
    with pytest.raises(Refused, match="没有可更正的"):
        erratum(closed)
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    erratum(closed)
    rows = closed.figures.errata(closed.point())
    said = {(row.no, row.item, row.old, row.new, row.cause, row.who) for row in rows}
    assert ("24", "自开工累计", "2,000.00万元", "2,500.00万元", "漏报监理费；录入错误", "演示员") in said
    totals = {row.item: (row.old, row.new) for row in rows if row.no is None}
    assert totals["合计自开工累计"] == ("4,000.00万元", "4,500.00万元")
    with pytest.raises(Refused, match="没有可更正的"):
        erratum(closed)
    closed.report("24", "2024Q2", "在建", "2400", reason="核减")
    erratum(closed)
    newest = [row for row in closed.figures.errata(closed.point()) if row.item == "自开工累计"][-1]
    assert (newest.old, newest.new) == ("2,500.00万元", "2,400.00万元")


def test_a_restated_figure_is_its_own_units_unless_another_is_named(closed: Book) -> None:
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    erratum(closed, who=None)
    found = {row.item: row.who for row in closed.figures.errata(closed.point())}
    assert (found["自开工累计"], found["合计自开工累计"]) == ("区城投公司", "各有关单位")
    with pytest.raises(Refused, match="更正文字须写明责任人"):
        erratum(closed, who=None, subject="标题", old="甲", new="乙")


def test_a_mistake_in_the_text_needs_all_three_and_is_told_in_the_next_workbook(closed: Book) -> None:
    for some in ({"subject": "标题"}, {"old": "甲", "new": "乙"}, {"subject": "标题", "old": "甲", "new": "甲"}):
        with pytest.raises(Refused):
            erratum(closed, **some)
    erratum(closed, subject="第二部分", old="区城管局", new="区城管执法局")
    (row,) = restated_table(closed.figures, closed.point("2024Q3")).rows
    assert row[4:8] == ("第二部分", "区城管局", "区城管执法局", "录入错误")


def test_an_open_quarter_has_no_erratum(closed: Book) -> None:
    with pytest.raises(Refused, match="还没有定稿"):
        erratum(closed, period=SEPTEMBER)


def test_each_erratum_is_a_document_of_its_own_and_none_is_overwritten(closed: Book, tmp_path: Path) -> None:
    first = erratum(closed, subject="标题", old="二季", new="二季度", doc="红生创办〔2024〕8号")
    closed.report("24", "2024Q2", "在建", "2500", reason="漏报监理费")
    second = erratum(closed)
    point = closed.point()
    document = erratum_document(closed.figures, point, JUNE, second.action_id)
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    told = {(row[1], row[2]) for row in table.rows}
    assert ("合计", "自开工累计") in told and ("正文", "标题") not in told
    assert (document.doc_no, document.dated) == (None, date(2024, 10, 20))
    paths = [export_erratum(closed.figures, point, JUNE, made.action_id, tmp_path) for made in (first, second)]
    assert [path.name for path in paths] == ["更正说明_2024Q2_2024-10-20.docx", "更正说明_2024Q2_2024-10-20_2.docx"]
    path = paths[0]
    assert erratum_document(closed.figures, point, JUNE, first.action_id).doc_no == "红生创办〔2024〕8号"
    issued = f"《关于红谷滩区生态文明建设重点工程2024年二季度进展情况的通报》（{DOC}）"
    assert issued in _document_text(path.read_bytes())


# Undo.


def test_a_close_that_others_rest_on_is_not_undone(closed: Book) -> None:
    closer = closed.ledger
    other = closed.as_operator("乙")
    other.erratum(
        ErratumInput(period=JUNE, cause="笔误", who="丙", found=date(2024, 10, 20), subject="标题", old="甲", new="乙")
    )
    with pytest.raises(Refused, match="更正说明"):
        closer.undo()
    other.undo()
    other.close(SEPTEMBER)
    with pytest.raises(Refused, match="定稿 2024Q3"):
        closer.undo()
    other.undo()
    closer.undo()
    assert closed.figures.closing(JUNE) is None
    assert broken(closed.store.url) is None


# The command line.


def hgt(capsys: pytest.CaptureFixture[str], book: Book, *line: str) -> tuple[int, str]:
    code = run(["--db", book.store.url, "--operator", "甲", *line])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.usefixtures("made_again")
def test_close_on_the_command_line(closed: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "定稿"
    code, text = hgt(capsys, closed, "close")
    assert code == 0 and "2024Q2" in text and DOC in text
    code, text = hgt(capsys, closed, "close", "2024Q2", "--copy", "-o", str(out))
    assert code == 0 and sorted(path.name for path in out.iterdir()) == sorted(FILES)
    code, text = hgt(capsys, closed, "close", "2024Q2", "--check", "-o", str(out))
    assert code == 0 and "与定稿相符" in text
    (out / FILES[1]).write_bytes(b"x")
    code, text = hgt(capsys, closed, "close", "2024Q2", "--check", "-o", str(out))
    assert code == 1 and "有 1 处与定稿不符" in text
    code, text = hgt(capsys, closed, "close", "2024Q3", "--check")
    assert code == 1 and "还没有定稿" in text
    code, text = hgt(capsys, closed, "close", "2024Q2")
    assert code == 1 and "已经定稿" in text


def test_erratum_on_the_command_line(closed: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = hgt(capsys, closed, "erratum", "2024Q2", "--who", "乙")
    assert code == 2 and "--cause" in text
    passage = ("--item", "标题", "--old", "二季", "--new", "二季度")
    code, text = hgt(
        capsys, closed, "erratum", "2024Q2", "--cause", "笔误", "--who", "乙", *passage, "-o", str(tmp_path)
    )
    assert code == 0, text
    assert [path.suffix for path in tmp_path.glob("更正说明_2024Q2_*")] == [".docx"]
