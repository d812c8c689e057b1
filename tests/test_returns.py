"""进度填报表 of a quarter: sent out, filled, taken back cell by cell, and undone in one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hgt_portfolio.exports import ExportError
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.ledger import CheckInput, ContactInput, Ledger, Refused
from hgt_portfolio.months import month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.returns.merge import Choices
from hgt_portfolio.returns.opening import Opening
from hgt_portfolio.returns.preview import counts_words, totals_of
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.reading import ReadBack, read_back, take_back
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.store import created
from hgt_portfolio.terms import CheckMethod, ContactRole, FilingState, Side, Status
from tests.conftest import Book, Clock
from tests.returning import (
    CONFIRMED,
    CUMULATIVE,
    HOUSING,
    PERIOD,
    QUARTER,
    WAN,
    Rows,
    a_report,
    back,
    filed,
    filed_before,
    fill,
    heads,
    resaved,
    sent,
)

pytestmark = pytest.mark.parametrize("today", [date(2025, 1, 10)])


def changes(read: ReadBack) -> dict[str, str]:
    return {row.row.no: str(row.change) for row in read.rows}


def said(read: ReadBack) -> dict[str, str]:
    return {finding.cell: finding.message for finding in read.every_finding}


def taken(book: Book, path: Path, rows: Rows, side: Side | None = None) -> ReadBack:
    """Fill a form and take it back."""
    read = back(book, fill(path, rows), side=side)
    take_back(book.ledger, read)
    return read


def test_what_the_form_shows(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    page = load_workbook(sent(book, tmp_path)).worksheets[0]
    columns = heads(page)
    row = {head: page.cell(5, column).value for head, column in columns.items()}
    assert (
        row
        | {
            "上期期别": "2024-09",
            "上期状态": "在建",
            "上期自开工累计": 100000,
            CUMULATIVE: 100000,
            "状态": "在建",
            "实际开工日期": datetime(2017, 10, 1),
            "形象进度": "管廊六成",
            "存在问题": "缺土",
            CONFIRMED: None,
            "行标识": "40",
        }
        == row
    )
    assert [str(cell.value) for cell in page[9] if cell.value] == [
        *("填报人：", "审核人：", "单位负责人（盖章）：", "电话：", "日期：")
    ]
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["T5"].formula1 == '"是"'
    assert (rules["I5"].formula1, rules["I5"].formula2) == ("0", "1825000")
    (grey,) = (rule for area in page.conditional_formatting if str(area.sqref) == "I5" for rule in area.rules)
    assert grey.formula == ['AND(I5=100000.00,$T$5<>"是")']
    unlocked = {cell.coordinate for cells in page["A5:U7"] for cell in cells if not cell.protection.locked}
    assert unlocked == {f"{letter}{row}" for letter in "IJKLMNOPQRST" for row in (5, 6, 7)}


def test_a_form_nobody_touched_is_no_filing(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    read = back(book, sent(book, tmp_path))
    assert changes(read) == {"40": "未填", "41": "未填", "42": "未填"}
    assert (read.every_finding, take_back(book.ledger, read)) == ((), None)


def test_changed_confirmed_and_left(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = sent(book, tmp_path)
    workbook = load_workbook(path)
    workbook.worksheets[0]["A9"] = "填报人：李四"
    workbook.save(path)
    rows: Rows = {
        "40": {CUMULATIVE: "１１０，０００.５万元", "存在问题": None, "责任人": "王五", "电话": "１３８"},
        "41": {CONFIRMED: "是"},
    }
    read = taken(book, path, rows)
    assert changes(read) == {"40": "新报", "41": "新报", "42": "未填"}
    first = book.position("40", QUARTER)
    assert (first.quarter, first.status, first.started) == (10_000_500_000, "在建", date(2017, 10, 1))
    assert (first.physical, first.problem, first.filed_by) == ("管廊六成", None, "李四")
    assert (book.position("41", QUARTER).quarter, book.position("41", QUARTER).filing_state) == (0, "已填报")
    assert book.position("42", QUARTER).filing_state == FilingState.PENDING
    (person,) = (one for one in book.figures.contacts(book.point(QUARTER)) if one.no == "40")
    assert (person.role, person.name, person.phone) == (ContactRole.OFFICER, "王五", "138")
    assert str(totals_of(read)) == (
        "控制数：文件 1 个，读到 3 行，收下 2 行；收下各行的自开工累计合计，"
        "收前 109,000.00 万元（2 行有数，取台账最近一期），收后 119,000.50 万元（2 行有数）。"
    )
    again = back(book, path)
    assert changes(again) == {"40": "未变", "41": "未变", "42": "未填"}
    assert take_back(book.ledger, again) is None
    before = filed(book)
    assert "收回填报表 2024Q4，2 项：#40、#41" in book.ledger.undo().title
    assert all(book.position(no, QUARTER).stated is None for no in ("40", "41", "42"))
    taken(book, path, {})
    assert filed(book) == before


def test_a_carried_amount_is_never_filed_unseen(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {"形象进度": "七成"}, "42": {"状态": "在建", CONFIRMED: "是"}})
    read = back(book, path)
    assert changes(read) == {"40": "拒绝", "41": "未填", "42": "新报"}
    assert "还是上期的 100000.00 万元；没有变化的请在“本期已核对”选“是”" in said(read)["I5"]
    take_back(book.ledger, read)
    assert (book.position("42", QUARTER).stated, book.position("42", QUARTER).status) == (5000 * WAN, "在建")


def test_naming_a_person_files_nothing(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    read = taken(book, sent(book, tmp_path), {"40": {"责任人": "王五"}, "41": {"电话": "138"}})
    assert changes(read) == {"40": "变更", "41": "拒绝", "42": "未填"}
    assert "没有填责任人" in said(read)["P6"]
    assert book.position("40", QUARTER).filing_state == FilingState.PENDING
    assert not back(book, tmp_path).taken


def test_a_quarter_without_a_figure_is_filed_without_one(book: Book, tmp_path: Path) -> None:
    path = sent(book, tmp_path)
    read = taken(book, path, {"40": {"状态": "在建"}, "41": {"形象进度": "三成"}, "42": {"状态": "未开工"}})
    assert changes(read) == {"40": "新报", "41": "拒绝", "42": "新报"}
    assert "没有选状态" in said(read)["J6"]
    assert [book.position(no, QUARTER).stated for no in ("40", "42")] == [None, 0]
    assert changes(back(book, path)) == {"40": "未变", "41": "拒绝", "42": "未变"}


BAD: list[tuple[str, Any, str]] = [
    (CUMULATIVE, "约11万", "带有“约”"),
    (CUMULATIVE, 1_825_001, "可能把元当成了万元"),
    (CUMULATIVE, "=1/0", "公式没有算出结果"),
    (CUMULATIVE, None, "被清空"),
    ("状态", "快了", "应为前期"),
    ("实际开工日期", "去年", "没有可识别的年月"),
    ("实际完工日期", datetime(2025, 1, 2), "状态为在建，请核对"),
    ("状态", "完工", "须填实际完工日期"),
    (CONFIRMED, "大概", "应为“是”"),
]


@pytest.mark.parametrize(("head", "value", "words"), BAD)
def test_a_bad_row_never_stops_good_ones(book: Book, tmp_path: Path, head: str, value: Any, words: str) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000, head: value}, "41": {CUMULATIVE: 9500}})
    read = back(book, path)
    assert changes(read) == {"40": "拒绝", "41": "新报", "42": "未填"}
    finding = read.every_finding[0]
    assert (finding.file, finding.sheet, finding.cell[-1]) == (path.name, "进度填报表", "5")
    assert words in finding.message
    assert not read.whole
    take_back(book.ledger, read)
    assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [None, 9500 * WAN]


def test_a_warning_passes_with_its_reason(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 90000}})
    read = back(book, path)
    assert changes(read)["40"] == "拒绝"
    assert "低于 2024-09" in said(read)["I5"]
    assert "“说明”列" in said(read)["I5"]
    taken(book, path, {"40": {"说明": "审计核减"}})
    assert book.position("40", QUARTER).stated == 90000 * WAN


def test_untouched_cells_never_overwrite(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = sent(book, tmp_path)
    book.report("40", QUARTER, "停工", "120000", problem="停水", physical_percent=65)
    taken(book, path, {"40": {"下一步措施": "协调供水"}, "41": {CONFIRMED: "是"}})
    row = book.position("40", QUARTER)
    assert (row.stated, row.status, row.problem, row.next_step) == (120000 * WAN, "停工", "停水", "协调供水")
    assert row.physical_percent == 65
    path = sent(book, tmp_path / "b")
    book.report("41", QUARTER, "在建", "9900")
    assert changes(taken(book, path, {"41": {"形象进度": "封顶"}}))["41"] == "变更"
    assert (book.position("41", QUARTER).stated, book.position("41", QUARTER).physical) == (9900 * WAN, "封顶")


def test_both_moved_is_for_a_person_to_choose(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 130000, "存在问题": "缺电"}, "41": {CUMULATIVE: 9500}})
    book.as_operator("乙").report(a_report("40", 120000, "缺电"))
    read = back(book, path)
    assert changes(read) == {"40": "冲突", "41": "新报", "42": "未填"}
    (conflict,) = read.rows[0].conflicts
    assert str(conflict) == (
        "自开工累计：表为“130000.00”（进度填报表_区住建局_2024Q4.xlsx），"
        "台账为“120000.00”（乙 2025-01-10 09:00:04 进度填报）"
    )
    take_back(book.ledger, read)
    assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [120000 * WAN, 9500 * WAN]
    assert changes(back(book, path, side=Side.OURS)) == {"40": "未变", "41": "未变", "42": "未填"}
    take_back(book.ledger, back(book, path, side=Side.THEIRS))
    assert book.position("40", QUARTER).stated == 130000 * WAN
    assert changes(back(book, path))["40"] == "未变"


def test_choices_are_made_cell_by_cell(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 130000, "形象进度": "八成"}})
    book.report("40", QUARTER, "在建", "120000", physical="七成")
    cells = {("40", "cumulative_fen"): Side.OURS, ("40", "physical"): Side.THEIRS}
    read = read_back(book.figures, [path], Quarter, Choices(cells=cells))
    take_back(book.ledger, read)
    row = book.position("40", QUARTER)
    assert (row.stated, row.physical) == (120000 * WAN, "八成")
    (left,) = back(book, path).rows[0].conflicts
    assert (left.key, left.our_source.rpartition(" ")[2]) == ("cumulative_fen", "进度填报")


def test_a_confirmed_row_states_every_cell(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CONFIRMED: "是"}})
    book.report("40", QUARTER, "在建", "120000", started=date(2017, 10, 1), physical="管廊六成", problem="缺土")
    (conflict,) = back(book, path).rows[0].conflicts
    assert (conflict.head, conflict.theirs, conflict.ours) == (CUMULATIVE, "100000.00", "120000.00")


def test_a_filing_sent_back_may_come_again(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = sent(book, tmp_path)
    taken(book, path, {"40": {CUMULATIVE: 130000}})
    book.ledger.send_back("40", PERIOD, "数有误")
    assert changes(taken(book, path, {"40": {CUMULATIVE: 125000}}))["40"] == "新报"
    assert book.position("40", QUARTER).stated == 125000 * WAN


def test_files_of_a_unit_that_differ_are_refused(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = sent(book, tmp_path)
    one = fill(path, {"40": {CUMULATIVE: 110000}, "41": {CUMULATIVE: 9500}}, tmp_path / "甲.xlsx")
    other = fill(path, {"40": {CUMULATIVE: 120000}, "42": {CONFIRMED: "是"}}, tmp_path / "乙.xlsx")
    read = back(book, one, other, path)
    assert [(row.row.no, str(row.change)) for row in read.rows] == [
        *(("40", "拒绝"), ("40", "拒绝"), ("41", "新报"), ("42", "新报"))
    ]
    assert "在几处填得不同：甲.xlsx 进度填报表!A5、乙.xlsx 进度填报表!A5" in read.every_finding[0].message
    (tmp_path / "又").mkdir()
    twice = back(book, one, fill(one, {}, tmp_path / "又" / one.name))
    assert str(totals_of(twice)).startswith("控制数：文件 2 个，读到 6 行，收下 2 行")


def test_a_late_return_is_taken_and_said_to_be_late(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}})
    late = Figures(book.store, today=date(2025, 3, 1))
    read = read_back(late, [path], Quarter)
    assert (read.late, back(book, path).late) == (True, False)
    take_back(book.on(date(2025, 3, 1)), read)
    assert book.position("40", QUARTER).filing_state == FilingState.LATE


def test_what_is_refused_says_why(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    officer = ContactInput(no="1", role=ContactRole.OFFICER, name="赵六", phone="0791", since=date(2024, 1, 1))
    book.ledger.contact(officer)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}})
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    page["A12"], page["U12"], page["I12"], page["J12"] = "1", "1", 5, "在建"
    workbook.save(path)
    assert list(said(back(book, path))) == ["A12"]
    assert "由区城管执法局牵头，不由区住建局填报" in said(back(book, path))["A12"]
    del workbook["_hgt"]
    workbook.save(tmp_path / "无标识.xlsx")
    assert "没有隐藏标识" in said(back(book, tmp_path / "无标识.xlsx"))[""]
    with created(tmp_path / "other.db") as store:
        Ledger(store, "乙", today=date(2024, 2, 19), clock=Clock(date(2024, 2, 19))).load(read_plan())
        (foreign,) = write_forms(Figures(store, today=book.today), tmp_path / "b", Quarter, PERIOD, unit=HOUSING)
    assert "不在当前台账里" in said(back(book, foreign))[""]
    (opening,) = write_forms(book.figures, tmp_path, Opening, month(2023, 12), unit=HOUSING)
    assert "请用 hgt opening in 收回" in said(back(book, opening))[""]


def test_what_is_not_sent(book: Book, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="2024-11 不是季末"):
        write_forms(book.figures, tmp_path, Quarter, month(2024, 11))
    with pytest.raises(Unknown, match="没有要填报的牵头项目的单位"):
        write_forms(book.figures, tmp_path, Quarter, PERIOD, unit="区教体局")
    path = fill(sent(book, tmp_path), {"40": {"状态": "在建"}})
    with pytest.raises(ExportError, match="请先用 hgt returns in 收回"):
        sent(book, tmp_path)
    book.ledger.report(a_report("40", 120000, None))
    book.report("42", QUARTER, "完工", "24200", finished=date(2024, 12, 1), reason="一次完成")
    path = write_forms(book.figures, tmp_path / "下季", Quarter, month(2025, 3), unit=HOUSING)[0]
    page = load_workbook(path).worksheets[0]
    assert [cell.value for cell in page["A"][4:]][:2] == ["40", "41"], "what is complete need not file"


def test_dry_run_is_the_real_run_rolled_back(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    read = back(book, fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}, "41": {CONFIRMED: "是"}}))
    moment = book.figures.last_action()
    rehearsed = take_back(book.ledger, read, dry_run=True)
    assert book.figures.last_action() == moment
    done = take_back(book.ledger, read)
    assert rehearsed is not None and done is not None
    assert (rehearsed.title, rehearsed.action_id) == (done.title, done.action_id)
    assert book.ledger.broken_entry() is None


def test_what_was_merged_with_a_ledger_that_moved_on_is_refused(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    read = back(book, fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}}))
    book.report("1", QUARTER, "在建", "5")
    with pytest.raises(Refused, match="请再收一次"):
        take_back(book.ledger, read)
    assert book.position("40", QUARTER).stated is None


def test_saved_by_libreoffice_it_reads_the_same(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    rows: Rows = {
        "40": {CUMULATIVE: "11亿", "存在问题": "无"},
        "41": {CUMULATIVE: "=9000+500.5", "实际开工日期": "2023年3月5日"},
        "42": {CONFIRMED: "是", "状态": "在建"},
    }
    path = fill(sent(book, tmp_path), rows)
    read = back(book, *resaved(tmp_path, path))
    assert read.every_finding == ()
    assert changes(read) == {"40": "新报", "41": "新报", "42": "新报"}
    take_back(book.ledger, read)
    assert [book.position(no, QUARTER).stated for no in ("40", "41", "42")] == [
        *(110000 * WAN, 9_500_500_000, 5000 * WAN)
    ]
    assert book.position("40", QUARTER).problem is None
    assert changes(back(book, *resaved(tmp_path / "c", sent(book, tmp_path / "b")))) == dict.fromkeys(
        ("40", "41", "42"), "未变"
    )


@pytest.mark.parametrize("role", [ContactRole.OFFICER])
def test_the_form_shows_what_was_learned_otherwise(book: Book, tmp_path: Path, role: ContactRole) -> None:
    filed_before(book)
    book.ledger.contact(ContactInput(no="40", role=role, name="赵六", phone="0791", since=date(2024, 1, 1)))
    check = {"day": date(2024, 12, 20), "how": CheckMethod.ON_SITE, "finding": "已停工", "status": Status.SUSPENDED}
    book.ledger.check(CheckInput(no="40", **check))
    page = load_workbook(sent(book, tmp_path)).worksheets[0]
    columns = heads(page)
    assert [page.cell(5, columns[head]).value for head in ("状态", "责任人", "电话")] == ["停工", "赵六", "0791"]
    book.report("40", QUARTER, "在建", "110000")
    page = load_workbook(sent(book, tmp_path / "b")).worksheets[0]
    assert page.cell(5, columns["状态"]).value == "在建", "what was filed stands, whatever was found"


def test_a_row_that_was_deleted_is_missed(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = sent(book, tmp_path)
    assert back(book, path).missing == {}
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    for cells in page.iter_rows(min_row=5):
        if str(cells[0].value) == "41":
            for cell in cells:
                cell.value = None
    workbook.save(path)
    read = back(book, path)
    assert read.missing == {HOUSING: ("41",)}
    assert f"{HOUSING}的表里缺 #41" in counts_words(read)
