"""期初建账 workbooks: sent out, filled as people fill them, taken back in, and written once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook as NewWorkbook
from openpyxl import load_workbook

from hgt_portfolio.exports import ExportError
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.ledger import ContactInput, Ledger, OpeningInput, Refused, YearPlanInput
from hgt_portfolio.months import month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.returns.forms import CellFinding
from hgt_portfolio.returns.merge import Choices
from hgt_portfolio.returns.opening import Opening
from hgt_portfolio.returns.preview import preview_table, totals_of
from hgt_portfolio.returns.reading import read_back, take_back
from hgt_portfolio.returns.sending import form_name, write_forms
from hgt_portfolio.store import created
from hgt_portfolio.terms import ContactRole, RowChange, Side, Status
from tests.conftest import Book, Clock
from tests.returning import Rows, fill, heads, resaved

PERIOD = month(2023, 12)
HOUSING = "区住建局"
"""Leads #40 (from 2017), #41 and #42."""

BASE, YEAR, PLAN = "截至2022年底累计", "截至2023年底累计", "2024年计划投资"


def sent(book: Book, folder: Path, unit: str = HOUSING) -> Path:
    (path,) = write_forms(book.figures, folder, Opening, PERIOD, unit=unit)
    return path


def named(unit: str) -> str:
    return form_name(Opening(PERIOD, month(2022, 12)), unit)


@dataclass(frozen=True)
class OpeningReturn:
    """What came back, by what it comes to; ``unchanged`` in the words of the openings that stand."""

    openings: tuple[OpeningInput, ...]
    unchanged: tuple[OpeningInput, ...]
    findings: tuple[CellFinding, ...]
    blank: tuple[str, ...]
    rows: Mapping[str, int]


def brought_back(book: Book, *files: Path, side: Side | None = None) -> OpeningReturn:
    read = read_back(book.figures, files, Opening, Choices(side))
    unchanged = read.of(RowChange.UNCHANGED)
    return OpeningReturn(
        tuple(row.given for row in read.taken),
        tuple(OpeningInput(no=row.row.no, period=row.row.form.template.period, **row.values) for row in unchanged),
        read.every_finding,
        tuple(row.row.no for row in read.of(RowChange.BLANK)),
        {path.name: rows for path, rows in read.files.items()},
    )


def said(result: OpeningReturn) -> dict[str, str]:
    return {finding.cell: finding.message for finding in result.findings}


FULL = {
    BASE: 2917.19,
    YEAR: 150000,
    "状态": "在建",
    "实际开工日期": datetime(2017, 10, 9),
    PLAN: 30000.5,
    "2024年度形象目标": "管廊主体贯通",
    "责任领导": "张三",
    "责任人": "李四",
    "电话": "13800000000",
    "包联领导": "王五",
    "依据": "监理月报2023年12月",
}


def test_round_trip(book: Book, tmp_path: Path) -> None:
    result = brought_back(book, fill(sent(book, tmp_path), {"40": FULL}))
    assert result.findings == ()
    assert (result.blank, result.unchanged) == (("41", "42"), ())
    assert result.rows == {named(HOUSING): 3}
    assert result.openings == (
        OpeningInput(
            no="40",
            period=PERIOD,
            status=Status.UNDER_WAY,
            cumulative_fen=150_000_000_000,
            cumulative_base_fen=2_917_190_000,
            started=date(2017, 10, 9),
            year_plan_fen=30_000_500_000,
            goal="管廊主体贯通",
            leader="张三",
            officer="李四",
            phone="13800000000",
            sponsor="王五",
            evidence="监理月报2023年12月",
        ),
    )
    book.ledger.open_books(result.openings)
    position = book.position("40", "2024Q1")
    assert (position.opening, position.year_plan, position.goal) == (150_000_000_000, 30_000_500_000, "管廊主体贯通")
    assert book.position("40", "2022-12").cumulative == 2_917_190_000
    assert book.figures.opened(book.point("2024Q1")) == {"40"}


def test_a_second_import_writes_nothing(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"40": FULL, "42": {YEAR: 0, "状态": "未开工", "依据": "现场"}})
    first = brought_back(book, path)
    book.ledger.open_books(first.openings)
    again = brought_back(book, path)
    assert (again.openings, again.findings, again.blank) == ((), (), ("41",))
    assert again.unchanged == first.openings
    anew = brought_back(book, sent(book, tmp_path / "again"))
    assert (anew.openings, anew.unchanged, anew.blank) == ((), first.openings, ("41",))


def test_after_an_undo_the_earlier_basis_stands_again(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"40": FULL})
    first = brought_back(book, path)
    book.ledger.open_books(first.openings)
    fill(path, {"40": {"依据": "决算书"}})
    book.ledger.open_books(brought_back(book, path, side=Side.THEIRS).openings)
    assert brought_back(book, sent(book, tmp_path / "b")).unchanged[0].evidence == "决算书"
    book.ledger.undo()
    assert brought_back(book, sent(book, tmp_path / "c")).unchanged == first.openings


def test_an_opening_without_its_unsaid_fields_is_recognised_too(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"42": {"状态": "未开工"}})
    book.ledger.open_books(brought_back(book, path).openings)
    assert book.position("42", "2023Q4").cumulative == 0
    assert brought_back(book, path).openings == ()


def test_what_the_ledger_learned_meanwhile_stays(book: Book, tmp_path: Path) -> None:
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100_000000)])
    path = fill(sent(book, tmp_path), {"40": {"责任人": "李四"}})
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.SUSPENDED, cumulative_fen=120_000000)])
    (opening,) = brought_back(book, path).openings
    assert (opening.cumulative_fen, opening.status, opening.officer) == (120_000000, Status.SUSPENDED, "李四")


def test_a_corrected_form_comes_back_again_as_a_conflict(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"40": FULL})
    book.ledger.open_books(brought_back(book, path).openings)
    fill(path, {"40": {YEAR: 140000}})
    read = read_back(book.figures, [path], Opening)
    (row,) = read.of(RowChange.CONFLICT)
    assert [(one.head, one.theirs, one.ours) for one in row.conflicts] == [(YEAR, "140000.00", "150000.00")]
    assert row.conflicts[0].our_source == "甲 2026-11-24 09:00:01 期初建账"
    assert brought_back(book, path, side=Side.OURS).openings == ()
    read = read_back(book.figures, [path], Opening, Choices(Side.THEIRS))
    (opening,) = (row.given for row in read.taken)
    assert (opening.cumulative_fen, opening.evidence, opening.phone) == (
        140_000_000_000,
        "监理月报2023年12月",
        "13800000000",
    )
    table = preview_table(read, row.row.form.template)
    cells = dict(zip((column.key for column in table.columns), table.rows[0], strict=True))
    assert (cells["no"], cells["change"]) == ("40", "变更")
    assert (cells["cumulative_before_wan"], cells["cumulative_after_wan"]) == (150_000_000_000, 140_000_000_000)
    assert "已选取表" in str(cells["others"])


def test_an_accepted_figure_is_not_lost_where_it_came_back_to_what_was_sent(book: Book, tmp_path: Path) -> None:
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100_000000)])
    path = fill(sent(book, tmp_path), {"40": {YEAR: 130}})
    book.ledger.open_books(brought_back(book, path).openings)
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100_000000)])
    read = read_back(book.figures, [path], Opening)
    assert [row.change for row in read.rows] == [RowChange.CONFLICT, RowChange.BLANK, RowChange.BLANK]


def test_the_preview_tells_new_changed_and_unchanged(book: Book, tmp_path: Path) -> None:
    same = OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100_000000)
    book.ledger.open_books([same, same.model_copy(update={"no": "41"})])
    path = fill(sent(book, tmp_path), {"41": {"责任人": "李四"}, "42": {YEAR: 1, "状态": "在建"}})
    read = read_back(book.figures, [path], Opening)
    table = preview_table(read, Opening(PERIOD, month(2022, 12)))
    assert [row[3] for row in table.rows] == ["变更", "新报"]
    assert [row[-1] for row in table.rows] == ["责任人 李四", "项目状态 在建"]
    assert table.notes == ("新报 1 项，变更 1 项，未变 1 项，冲突 0 项，拒绝 0 项，未填 0 项",)
    assert str(totals_of(read)) == (
        "控制数：文件 1 个，读到 3 行，收下 2 行；收下各行的自开工累计合计，"
        "收前 100.00 万元（1 行有数，取台账最近一期），收后 101.00 万元（2 行有数）。"
    )


def test_what_was_merged_with_a_ledger_that_moved_on_is_refused(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"40": {YEAR: 1, "状态": "在建"}})
    read = read_back(book.figures, [path], Opening)
    book.ledger.open_books([OpeningInput(no="41", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=5)])
    with pytest.raises(Refused, match="请再收一次"):
        take_back(book.ledger, read)
    assert book.position("40", "2023Q4").cumulative is None


def test_a_cleared_cell_is_asked_about(book: Book, tmp_path: Path) -> None:
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100_000000)])
    result = brought_back(book, fill(sent(book, tmp_path), {"40": {YEAR: None}}))
    assert said(result) == {"F5": "截至2023年底累计：原有“100.00”被清空；要改请填新内容，不改请填回"}
    assert result.openings == result.unchanged == ()


def test_pasted_text(fresh: Book, tmp_path: Path) -> None:
    rows: dict[str, dict[str, Any]] = {
        "40": {
            BASE: "１，２３４.５万",
            YEAR: "1.2亿",
            "状态": " 建设中 ",
            "实际开工日期": "2017年10月",
            "电话": "１３８",
        },
        "41": {BASE: "-", YEAR: "1,000.25", "状态": "停工", "实际开工日期": 20230305, "责任人": " 无 "},
        "42": {
            YEAR: "24,200万元",
            "状态": "已完工",
            "实际开工日期": "2023.3.5",
            "实际完工日期": "2023年6月",
            "依据": date(2024, 1, 5),
            "责任人": 1001,
        },
    }
    rows["40"]["责任人"] = "甲"
    result = brought_back(fresh, fill(sent(fresh, tmp_path), rows, typed_over=("实际开工日期",)))
    assert said(result) == {}
    a, b, c = result.openings
    assert (a.cumulative_base_fen, a.cumulative_fen, a.status) == (1_234_500_000, 12_000_000_000, Status.UNDER_WAY)
    assert (a.started, a.phone) == (date(2017, 10, 1), "138")
    assert (b.cumulative_base_fen, b.cumulative_fen, b.officer) == (None, 1_000_250_000, None)
    assert b.started == date(2023, 3, 5)
    assert (c.cumulative_fen, c.status) == (24_200_000_000, Status.COMPLETE)
    assert (c.started, c.finished) == (date(2023, 3, 5), date(2023, 6, 30))
    assert (c.evidence, c.officer) == ("2024-01-05", "1001")


BAD_CELLS: list[tuple[str, Any, str]] = [
    (YEAR, 998_751, "总投资 99875.00 万元的 10 倍"),
    (YEAR, "约1.2亿", "带有“约”"),
    (YEAR, -3, "不能是负数"),
    (YEAR, 0.0000001, "比分还细"),
    (YEAR, 1e25, "数字过大"),
    (YEAR, True, "应填金额"),
    (YEAR, datetime(2024, 1, 5), "应填金额"),
    (YEAR, "一千万", "中文数字"),
    (YEAR, "=1+1", "公式没有算出结果"),
    ("状态", "开始", "应为前期、未开工、在建"),
    ("状态", 3, "应为前期"),
    ("实际开工日期", "去年", "没有可识别的年月"),
    ("实际开工日期", 2023.1, "分不清是1月还是10月"),
    ("实际开工日期", "2023年2月30日", "没有30日"),
    ("实际开工日期", "2023", "请写成 2023-06-30"),
    ("实际开工日期", 45000, "请写成 2023-06-30"),
    ("实际开工日期", datetime(2024, 3, 1), "晚于填报期末"),
    ("2024年度形象目标", "长" * 2001, "太长"),
    ("责任人", "人" * 201, "太长"),
]


def test_a_bad_cell_is_a_finding_and_its_row_is_left_out(fresh: Book, tmp_path: Path) -> None:
    path = sent(fresh, tmp_path, "区城管执法局")
    page = load_workbook(path).worksheets[0]
    numbers = [str(cells[0].value) for cells in page.iter_rows(min_row=5, max_row=33)]
    good = {YEAR: 100, "状态": "在建"}
    rows = {no: good | {head: value} for no, (head, value, _) in zip(numbers, BAD_CELLS, strict=False)}
    left = numbers[len(rows) :]
    fill(path, rows | dict.fromkeys(left, good), typed_over=("实际开工日期", YEAR))
    result = brought_back(fresh, path)
    assert [opening.no for opening in result.openings] == left
    letters = {head: chr(64 + column) for head, column in heads(page).items()}
    wanted = [(f"{letters[head]}{row}", words) for row, (head, _, words) in enumerate(BAD_CELLS, 5)]
    assert [finding.cell for finding in result.findings] == [cell for cell, _ in wanted]
    assert [
        (f.cell, f.message) for f, (_, words) in zip(result.findings, wanted, strict=True) if words not in f.message
    ] == []
    first = result.findings[0]
    assert (first.file, first.sheet) == (path.name, "期初建账")
    assert str(first) == f"{path.name} 期初建账!F5：{first.message}"


def test_a_month_typed_as_a_number_into_a_date_cell(fresh: Book, tmp_path: Path) -> None:
    result = brought_back(fresh, fill(sent(fresh, tmp_path), {"40": {"状态": "在建", "实际开工日期": 2023.6}}))
    assert "可能把 2023.6 写成了数字" in said(result)["H5"]


def test_an_error_cell_is_not_a_blank(fresh: Book, tmp_path: Path) -> None:
    path = sent(fresh, tmp_path)
    workbook = load_workbook(path)
    cell = workbook.worksheets[0]["F5"]
    cell.value, cell.data_type = "#REF!", "e"
    workbook.save(path)
    assert "“#REF!”" in said(brought_back(fresh, path))["F5"]


def test_what_a_filled_row_cannot_do_without(fresh: Book, tmp_path: Path) -> None:
    rows: Rows = {"40": {YEAR: 5}, "41": {"责任人": "甲"}, "42": {"状态": "未开工", "电话": "138"}}
    result = brought_back(fresh, fill(sent(fresh, tmp_path), rows))
    assert set(said(result)) == {"G5", "G6", "M7"}
    assert (result.openings, result.blank) == ((), ())


def test_the_ledgers_checks_are_placed_at_their_cells(book: Book, tmp_path: Path) -> None:
    rows: Rows = {
        "40": {BASE: 20, YEAR: 10, "状态": "在建"},
        "41": {YEAR: 90000, "状态": "在建"},
        "42": {YEAR: 1, "状态": "完工"},
    }
    path = fill(sent(book, tmp_path), rows)
    result = brought_back(book, path)
    assert set(said(result)) == {"E5", "F6", "I7", "F7"}
    assert "“说明”列" in said(result)["F6"]
    assert result.openings == ()
    done = {"说明": "概算调整，红重办〔2024〕2号", "实际完工日期": "2023-12-01"}
    fill(path, {"41": {"说明": done["说明"]}, "42": done, "40": {BASE: 5}})
    result = brought_back(book, path)
    assert result.findings == ()
    book.ledger.open_books(result.openings)
    assert brought_back(book, path).openings == ()


def test_rows_sorted_hidden_inserted_and_deleted(fresh: Book, tmp_path: Path) -> None:
    path = fill(sent(fresh, tmp_path), {"40": {YEAR: 1, "状态": "在建"}, "42": {YEAR: 2, "状态": "在建"}})
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    rows = {str(cells[0].value): [cell.value for cell in cells] for cells in page.iter_rows(min_row=5, max_row=7)}
    for at, values in ((5, rows["42"]), (6, [None] * 18), (7, rows["40"])):
        for column, value in enumerate(values, 1):
            page.cell(at, column).value = value
    page.row_dimensions[7].hidden = True
    page.cell(8, 2).value, page.cell(8, 6).value = "合计", 3
    page.cell(11, 1).value = "注：41号项目已删去"
    workbook.save(path)
    result = brought_back(fresh, path)
    assert result.findings == ()
    assert [(opening.no, opening.cumulative_fen) for opening in result.openings] == [("40", 1_000000), ("42", 2_000000)]
    assert result.rows[path.name] == 2


def test_rows_that_do_not_hold_together(fresh: Book, tmp_path: Path) -> None:
    path = sent(fresh, tmp_path)
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    page["A5"], page["F5"] = 41, 1
    page["B6"], page["F6"] = "九龙湖新城综合管廊一期工程", 2
    page["F8"] = 3
    page["A12"], page["R12"], page["F12"] = "99", "99", 4
    page["A13"], page["F13"], page["G13"] = 1, 4, "在建"
    workbook.save(path)
    result = brought_back(fresh, path)
    messages = said(result)
    assert "序号是 41，而这一行原是 #40 的" in messages["A5"]
    assert "请核对是否错了行" in messages["B6"]
    assert "没有序号" in messages["A8"]
    assert "没有序号为“99”的项目" in messages["A12"]
    assert "由区城管执法局牵头，不由区住建局填报" in messages["A13"]
    assert result.openings == ()


def test_the_same_project_twice(fresh: Book, tmp_path: Path) -> None:
    path = fill(sent(fresh, tmp_path), {"40": {YEAR: 1, "状态": "在建"}})
    same, other = Path(shutil.copy2(path, tmp_path / "副本.xlsx")), tmp_path / "另一份.xlsx"
    fill(path, {"40": {YEAR: 2}}, other)
    assert [opening.no for opening in brought_back(fresh, path, same).openings] == ["40"]
    result = brought_back(fresh, path, same, other)
    assert result.openings == ()
    assert [finding.file for finding in result.findings] == [path.name, "副本.xlsx", "另一份.xlsx"]
    assert "在几处填得不同" in result.findings[0].message


def pasted(path: Path, target: Path, *, drop: tuple[str, ...] = (), rename: dict[str, str] | None = None) -> Path:
    """Copy the visible cells into a workbook of one's own, without the hidden parts."""
    page = load_workbook(path).worksheets[0]
    workbook = NewWorkbook()
    new = workbook.worksheets[0]
    names = {column: head for head, column in heads(page).items()}
    kept = [column for column in sorted(names) if names[column] not in (*drop, "行标识")]
    for cells in page.iter_rows():
        new.append([cells[column - 1].value for column in kept])
    for cell in new[4]:
        cell.value = (rename or {}).get(str(cell.value), cell.value)
    workbook.save(target)
    return target


def test_pasted_into_another_workbook(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"40": {YEAR: 1, "状态": "在建"}})
    mine = pasted(path, tmp_path / "我的.xlsx", drop=("实施年限", "总投资"))
    (opening,) = brought_back(book, mine).openings
    assert (opening.no, opening.cumulative_fen) == ("40", 1_000000)
    book.ledger.open_books([opening.model_copy(update={"officer": "李四"})])
    result = brought_back(book, mine)
    assert (result.openings, [opening.officer for opening in result.unchanged]) == ((), ["李四"])
    names = ["序号", "项目名称", f"{BASE}（万元）", YEAR, *list(heads(load_workbook(path).worksheets[0]))[6:17]]
    text = ",".join(names) + '\n40,,,"1,234.5",停工' + "," * 10
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    (opening,) = brought_back(book, tmp_path / "a.csv").openings
    assert (opening.cumulative_fen, opening.status) == (1_234_500_000, Status.SUSPENDED)


@pytest.mark.parametrize(
    ("drop", "rename", "words"),
    [
        (("状态",), {}, "缺少“状态”列"),
        ((), {"责任人": "联系人"}, "缺少“责任人”列"),
        ((), {"责任领导": "责任人"}, "有两列“责任人”"),
        (("序号",), {}, "没有找到“序号”“项目名称”"),
        ((BASE, YEAR), {}, "没有“截至某年底累计”"),
    ],
)
def test_columns_taken_away(
    fresh: Book, tmp_path: Path, drop: tuple[str, ...], rename: dict[str, str], words: str
) -> None:
    mine = pasted(sent(fresh, tmp_path), tmp_path / "我的.xlsx", drop=drop, rename=rename)
    (finding,) = brought_back(fresh, mine).findings
    assert (finding.file, finding.sheet, finding.cell) == ("我的.xlsx", "", "")
    assert words in finding.message


@pytest.mark.parametrize(
    ("row", "value", "words"),
    [(1, "other", "不是期初建账表"), (2, "9", "格式 9"), (3, "十二月", "标识已损坏"), (7, "1", "演示")],
)
def test_a_form_that_is_not_ours(fresh: Book, tmp_path: Path, row: int, value: str, words: str) -> None:
    path = sent(fresh, tmp_path)
    workbook = load_workbook(path)
    workbook["_hgt"].cell(row, 2).value = value
    workbook.save(path)
    (finding,) = brought_back(fresh, path).findings
    assert words in finding.message


def test_one_bad_file_does_not_hold_up_the_others(fresh: Book, tmp_path: Path) -> None:
    path = fill(sent(fresh, tmp_path), {"40": {YEAR: 1, "状态": "在建"}})
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    (later,) = write_forms(fresh.figures, tmp_path, Opening, month(2024, 12), unit=HOUSING)
    result = brought_back(fresh, broken, path, later, tmp_path / "没有.xlsx")
    assert [opening.no for opening in result.openings] == ["40"]
    assert [finding.file for finding in result.findings] == ["坏.xlsx", later.name, "没有.xlsx"]
    assert "不是同一期" in result.findings[1].message


def test_a_form_of_another_copy_of_the_ledger_is_merged_by_what_stands(book: Book, tmp_path: Path) -> None:
    with created(tmp_path / "other.db") as store:
        Ledger(store, "乙", today=date(2024, 2, 19), clock=Clock(date(2024, 2, 19))).load(read_plan())
        figures = Figures(store, today=book.today)
        (path,) = write_forms(figures, tmp_path, Opening, PERIOD, unit=HOUSING)
    book.ledger.open_books([OpeningInput(no="40", period=PERIOD, status=Status.UNDER_WAY, cumulative_fen=100)])
    assert [opening.no for opening in brought_back(book, path).unchanged] == ["40"]
    (opening,) = brought_back(book, fill(path, {"40": {"责任人": "甲"}})).openings
    assert (opening.cumulative_fen, opening.officer) == (100, "甲")


def test_an_operation_reads_in_its_own_words(book: Book, tmp_path: Path) -> None:
    book.ledger.open_books(
        [OpeningInput(no="8", period=PERIOD, status=Status.IN_USE, cumulative_fen=1000_000000, finished="2023-12-01")]
    )
    path = sent(book, tmp_path, "区城管执法局")
    page = load_workbook(path).worksheets[0]
    row = next(cells[0].row or 0 for cells in page.iter_rows(min_row=5) if cells[0].value == "8")
    assert page.cell(row, heads(page)["状态"]).value == "已完成"
    result = brought_back(book, fill(path, {"7": {"状态": "实施中"}}))
    assert [(o.no, o.status) for o in result.openings] == [("7", Status.UNDER_WAY)]
    assert [(o.no, o.status) for o in result.unchanged] == [("8", Status.IN_USE)]


def test_what_is_known_is_filled_in_already(book: Book, tmp_path: Path) -> None:
    book.ledger.year_plan(YearPlanInput(no="41", year=2024, amount_fen=5_000_000001, goal="=1+1"))
    book.ledger.contact(
        ContactInput(no="41", role=ContactRole.OFFICER, name="[b]赵", phone="0791-1", since=date(2024, 1, 1))
    )
    path = sent(book, tmp_path)
    page = load_workbook(path).worksheets[0]
    columns = heads(page)
    values = {head: page.cell(6, column).value for head, column in columns.items()}
    assert values["序号"] == "41"
    assert Decimal(repr(values[PLAN])) == Decimal("5000.000001")
    assert (values["2024年度形象目标"], values["责任人"], values["电话"]) == ("=1+1", "[b]赵", "0791-1")
    assert page.cell(6, columns["2024年度形象目标"]).data_type == "s"
    assert brought_back(book, path).blank == ("40", "41", "42")


def test_made_to_be_filled(fresh: Book, tmp_path: Path) -> None:
    path = sent(fresh, tmp_path)
    page = load_workbook(path).worksheets[0]
    assert page.protection.sheet
    assert page.freeze_panes == "C5"
    assert page.print_title_rows == "$4:$4"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.page_setup.fitToHeight == 0
    assert page.column_dimensions["R"].hidden
    unlocked = {cell.coordinate for row in page["A5:R7"] for cell in row if not cell.protection.locked}
    assert unlocked == {f"{letter}{row}" for letter in "EFGHIJKLMNOPQ" for row in (5, 6, 7)}
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["G5"].formula1 == '"前期,未开工,在建,停工,完工,竣工验收,投用"'
    assert (rules["F5"].formula1, rules["F5"].formula2) == ("0", "1825000")
    assert rules["H5"].type == "date"
    assert "不要填0" in str(page["A3"].value)
    assert load_workbook(path)["_hgt"].sheet_state == "veryHidden"


def test_one_file_a_unit_the_same_every_time(fresh: Book, tmp_path: Path) -> None:
    paths = write_forms(fresh.figures, tmp_path / "a", Opening, PERIOD)
    again = write_forms(fresh.figures, tmp_path / "b", Opening, PERIOD)
    assert [path.name for path in paths] == [path.name for path in again]
    assert len(paths) == 12
    assert paths[0].name == "期初建账_区城管执法局_截至2023年底.xlsx"
    assert all(path.read_bytes() == twin.read_bytes() for path, twin in zip(paths, again, strict=True))
    (tmp_path / "a" / "~$期初建账.xlsx").write_bytes(b"lock")
    assert sum(brought_back(fresh, tmp_path / "a").rows.values()) == 62
    (tmp_path / "a" / "~$期初建账.xlsx").unlink()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(path.name for path in paths)


def test_the_first_december_asks_for_one_amount(fresh: Book, tmp_path: Path) -> None:
    (path,) = write_forms(fresh.figures, tmp_path, Opening, month(2022, 12), unit="区住建局")
    assert [head for head in heads(load_workbook(path).worksheets[0]) if "累计" in head] == ["截至2022年底累计"]
    (opening,) = brought_back(fresh, fill(path, {"40": {BASE: 7, "状态": "在建"}})).openings
    assert (opening.period, opening.cumulative_fen, opening.cumulative_base_fen) == (month(2022, 12), 7_000000, None)


def test_a_filled_form_is_never_written_over(book: Book, tmp_path: Path) -> None:
    path = sent(book, tmp_path)
    assert sent(book, tmp_path) == path
    content = fill(path, {"40": {YEAR: 1, "状态": "在建"}}).read_bytes()
    with pytest.raises(ExportError, match="还没有收回"):
        write_forms(book.figures, tmp_path, Opening, PERIOD)
    assert path.read_bytes() == content
    assert list(tmp_path.glob("期初建账*")) == [path]
    book.ledger.open_books(brought_back(book, path).openings)
    assert sent(book, tmp_path) == path


def test_asking_for_what_there_is_not(fresh: Book, tmp_path: Path) -> None:
    assert sent(fresh, tmp_path, "区城管局").name == named("区城管执法局")
    with pytest.raises(Unknown, match="区住建局"):
        write_forms(fresh.figures, tmp_path, Opening, PERIOD, unit="区教体局")
    with pytest.raises(ExportError, match="12月"):
        write_forms(fresh.figures, tmp_path, Opening, month(2023, 11))


def test_saved_by_libreoffice_it_reads_the_same(fresh: Book, tmp_path: Path) -> None:
    rows: Rows = {"40": FULL, "41": {YEAR: "1,234.5万", "状态": "停工"}, "42": {YEAR: "=1000.1+2000.2", "状态": "在建"}}
    path = fill(sent(fresh, tmp_path), rows)
    saved = brought_back(fresh, *resaved(tmp_path, path))
    assert said(saved) == {}
    assert saved.openings[:2] == brought_back(fresh, path).openings[:2]
    assert saved.openings[2].cumulative_fen == 3_000_300_000
