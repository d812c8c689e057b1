"""The workbook writer: what cells become, what formulas name, and that text stays text."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from hgt_portfolio import table as table_module
from hgt_portfolio.output import xlsx
from hgt_portfolio.output.xlsx import render
from hgt_portfolio.output.xlsx_cells import number_format, printed, result, stored
from hgt_portfolio.output.xlsx_layout import areas_of, lay_out, resolve, rows_range
from hgt_portfolio.output.xlsx_measure import lines
from hgt_portfolio.table import Block, Book, Chart, Column, Kept, Kind, Plot, Rows, Sheet, Table

HOSTILE = (
    "[x]",
    "[red]x[/red]",
    "=1+1",
    "+1",
    "-1+2",
    "@x",
    "一行\n二行",
    "🌱施工🚧",
    "汉" * 200,
    "<b>粗</b>",
    "<r><t>富文本</t></r>",
    "<r>&没有闭合</r>",
    "http://example.com/x",
    "internal:Sheet1!A1",
    "{=1}",
    "&C页眉&D",
    "'引号",
    '=HYPERLINK("http://x")',
    "00123",
    "项目调度表!A1",
)

COLUMNS = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("text", "文字", Kind.TEXT, 10),
    Column("count", "项数", Kind.COUNT),
    Column("amount", "金额", Kind.AMOUNT),
    Column("rate", "占比", Kind.RATE),
    Column("points", "偏差", Kind.POINTS),
    Column("month", "月份", Kind.MONTH),
    Column("day", "日期", Kind.DATE),
)
ROWS = (
    ("1", "甲", 3, 33_600_000, Decimal("1.318"), Decimal("-0.3642"), 2024 * 12 + 8, date(2024, 9, 30)),
    ("2", None, None, None, None, None, None, None),
    ("3", "乙", 0, -19_250_000, Decimal(0), Decimal(0), 2024 * 12, date(2024, 2, 29)),
    ("4", "丙", 1, 1_234_567, Decimal("0.5"), Decimal("0.1"), 2024 * 12, date(2024, 2, 29)),
)


def block(**more: Any) -> Block:
    total = ("合计", "", 4, 33_600_000 - 19_250_000 + 1_234_567, None, None, None, None)
    return Block(Table("表", "表", COLUMNS, ROWS, total=total), **more)


def book(*blocks: Block, demo: bool = False, **more: Any) -> Book:
    sheet = Sheet("甲表", "题名", blocks, left="填报单位：某办", notes=("注：某",), foot=("脚注", "填报人："), **more)
    return Book("题名", (sheet,), datetime(2024, 10, 20, 9, 30), demo)


def reopened(content: bytes | Path, *, cached: bool = False) -> Any:
    """Open a workbook to look into: its formulas, or the results stored with them."""
    return load_workbook(BytesIO(content) if isinstance(content, bytes) else content, data_only=cached)


def opened(made: Book) -> Any:
    return reopened(render(made))


def values(made: Book, row: int) -> list[Any]:
    return [cell.value for cell in opened(made).active[row]]


@pytest.mark.parametrize(
    ("value", "kind", "content", "text"),
    [
        (33_600_000, Kind.AMOUNT, Decimal("33.6"), "33.60"),
        (2_995_731_990_000, Kind.AMOUNT, Decimal("2995731.99"), "2,995,731.99"),
        (1_234_567, Kind.AMOUNT, Decimal("1.234567"), "1.234567"),
        (-5_000, Kind.AMOUNT, Decimal("-0.005"), "-0.005"),
        (0, Kind.AMOUNT, Decimal(0), "0.00"),
        (None, Kind.AMOUNT, "—", "—"),
        (None, Kind.TEXT, "—", "—"),
        ("", Kind.TEXT, "", ""),
        (Decimal("1.318"), Kind.RATE, Decimal("1.318"), "131.8%"),
        (Decimal("-0.36449"), Kind.POINTS, Decimal("-36.449"), "-36.4"),
        (2024 * 12 + 8, Kind.MONTH, "2024-09", "2024-09"),
        (date(2024, 9, 30), Kind.DATE, date(2024, 9, 30), "2024-09-30"),
        ("12/62", Kind.COUNT, "12/62", "12/62"),
        (12_345, Kind.COUNT, 12_345, "12,345"),
    ],
)
def test_a_cell_stores_and_prints(value: Any, kind: Kind, content: Any, text: str) -> None:
    assert stored(value, kind) == content
    assert printed(value, kind) == text


def test_amounts_show_their_decimals_and_totals_two() -> None:
    assert number_format(33_600_000, Kind.AMOUNT) == "#,##0.00"
    assert number_format(1_234_567, Kind.AMOUNT) == "#,##0.000000"
    assert number_format(1_234_500, Kind.AMOUNT) == "#,##0.0000"
    assert number_format(1_234_567, Kind.AMOUNT, plain=True) == "#,##0.00"
    assert result(1_235_000, Kind.AMOUNT) == Decimal("1.24")
    assert result(-1_235_000, Kind.AMOUNT) == Decimal("-1.24")
    assert result(None, Kind.AMOUNT) == "—"


def test_cells_of_every_kind_are_read_back_as_written() -> None:
    made = book(block())
    sheet = opened(made).active
    first = values(made, 4)
    assert first == ["1", "甲", 3, 33.6, 1.318, -36.42, "2024-09", datetime(2024, 9, 30)]
    assert values(made, 5) == ["2", *["—"] * 7]
    assert [cell.number_format for cell in sheet[4]][2:6] == ["#,##0", "#,##0.00", "0.0%", "0.0"]
    assert sheet["D7"].number_format == "#,##0.000000"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_formula_link_or_markup(text: str) -> None:
    table = Table(
        "表", text, (Column("a", text, Kind.LABEL), Column("b", "乙", Kind.TEXT)), ((text, text),), notes=(text,)
    )
    made = Book(
        text, (Sheet("甲表", text, (Block(table),), left=text, caption=text, notes=(text,), foot=(text,)),),
        datetime(2024, 10, 20),
    )  # fmt: skip
    content = render(made)
    cells = [cell for row in reopened(content).active for cell in row if cell.value is not None]
    assert [cell.value for cell in cells].count(text) == 9
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)
    with ZipFile(BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "_rels/sheet" in name]
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


def test_a_long_book_has_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = tuple((str(n), text, n, n, None, None, None, None) for n, text in enumerate((*HOSTILE, " 前后空格 ", "")))
    table = Table("表", "表", COLUMNS, (*ROWS, *texts), total=("合计", "", 4, 1, None, None, None, None))
    made = book(Block(table, helpers=frozenset(("day",)), total_formulas={"amount": "=SUM([:amount])"}))
    short = opened(made).active
    monkeypatch.setattr(xlsx, "MOST_IN_MEMORY", 3)
    content = render(made)
    assert content == render(made)
    long = reopened(content).active
    assert long.dimensions == short.dimensions
    for rows in zip(short.iter_rows(), long.iter_rows(), strict=True):
        for one, other in zip(*rows, strict=True):
            assert (one.value, one.data_type) == (other.value, other.data_type)
            assert (one.number_format, repr(one.font), repr(one.border)) == (
                *(other.number_format, repr(other.font), repr(other.border)),
            )
    heights = [{number: row.height for number, row in page.row_dimensions.items()} for page in (short, long)]
    assert heights[0] == heights[1]


def test_values_are_kept_in_order_in_memory_and_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_HELD", 20)
    monkeypatch.setattr(table_module, "CHUNK", 7)
    for count in (0, 1, 19, 20, 21, 27, 28, 100):
        kept = Kept(range(count))
        kept.extend([count])
        assert list(kept) == list(range(count + 1))
        assert len(kept) == count + 1
        assert [kept[at] for at in range(-count, count)] == [range(count + 1)[at] for at in range(-count, count)]
        assert kept[3:9] == list(range(count + 1))[3:9]
        with pytest.raises(IndexError):
            kept[count + 1]
        assert list(zip(kept, kept, strict=True)) == [(n, n) for n in range(count + 1)]


def test_links_to_very_many_rows_lead_to_their_table() -> None:
    rows = tuple((str(n), "", *[None] * 6) for n in range(1000))
    scattered = Rows("表", tuple(range(0, 1000, 2)))
    made = book(Block(Table("表", "表", COLUMNS, rows), links={(0, "no"): scattered}))
    workbook = opened(made)
    assert not [name for name in workbook.defined_names if name.startswith("rows_of")]
    assert workbook.active["A4"].hyperlink.location == "'甲表'!$A$4:$H$1003"


def test_formulas_name_cells_columns_and_other_tables() -> None:
    other = Block(Table("别表", "别表", (Column("x", "甲"), Column("y", "乙")), (("1", "2"), ("3", "4"))))
    sheets = (
        Sheet("一 表", "题", (block(),), left=""),
        Sheet("二'表", "题", (other,), left=""),
    )
    layouts = lay_out(Book("题", sheets, datetime(2024, 1, 1)))
    areas = areas_of(layouts.values())
    area = areas["表"]
    assert resolve("=[amount]*2", area, areas)(area.first) == "=D4*2"
    assert resolve("=SUM([:amount])", area, areas)(area.total or 0) == "=SUM($D$4:$D$7)"
    assert resolve('=COUNTIFS([别表!y],"<>—")', area, areas)(0) == "=COUNTIFS('二''表'!$B$4:$B$5,\"<>—\")"
    assert rows_range(Rows("表", (0, 1, 3)), areas) == ["'一 表'!$A$4:$H$5", "'一 表'!$A$7:$H$7"]
    assert rows_range(Rows("表"), areas) == ["'一 表'!$A$4:$H$7"]


def test_a_formula_carries_its_result_and_two_decimals() -> None:
    formulas = {"amount": "=ROUND(SUM([:amount]),2)", "rate": '=IF(COUNT([:rate])=0,"—",1)'}
    content = render(book(block(total_formulas=formulas)))
    live, cached = reopened(content).active, reopened(content, cached=True).active
    assert live["D8"].value == "=ROUND(SUM($D$4:$D$7),2)"
    assert cached["D8"].value == 15.58
    assert cached["E8"].value == "—"
    assert live["D8"].number_format == "#,##0.00"


def test_links_lead_to_rows_and_keep_the_cell() -> None:
    links = {(0, "no"): Rows("表", (1, 2)), (1, "no"): Rows("表", (0, 3)), (2, "count"): Rows("表", (0, 3))}
    workbook = opened(book(block(links=links)))
    sheet = workbook.active
    assert sheet["A4"].hyperlink.location == "'甲表'!$A$5:$H$6"
    assert sheet["A5"].hyperlink.location == sheet["C6"].hyperlink.location == "rows_of_group_1"
    assert workbook.defined_names["rows_of_group_1"].attr_text == "'甲表'!$A$4:$H$4,'甲表'!$A$7:$H$7"
    assert (sheet["A4"].value, sheet["C6"].value) == ("1", 0)


def test_helpers_are_hidden_and_leave_unknown_empty() -> None:
    sheet = opened(book(block(helpers=frozenset(("amount", "rate"))))).active
    assert sheet.column_dimensions["G"].hidden
    assert not sheet.column_dimensions["F"].hidden
    assert [sheet["G4"].value, sheet["G5"].value] == [33.6, None]
    assert sheet.print_area == "'甲表'!$A$1:$F$12"


def test_the_page_is_set_for_printing() -> None:
    sheet = opened(book(block(), frozen=2)).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:H7"
    assert "&P" in sheet.oddFooter.center.text
    assert "A1:H1" in [str(merged) for merged in sheet.merged_cells.ranges]
    fonts = {sheet["A1"].font.name, sheet["A3"].font.name, sheet["A4"].font.name}
    assert fonts == {"方正小标宋简体", "黑体", "宋体"}
    assert sheet["A3"].font.bold
    assert sheet["A3"].alignment.wrap_text


def test_notes_and_foot_stand_below() -> None:
    column = [cell.value for cell in opened(book(block())).active["A"]]
    assert column[-3:] == ["注：某", "脚注", "填报人："]


def test_sample_data_is_marked_on_title_and_header() -> None:
    sheet = opened(book(block(), demo=True)).active
    assert sheet["A1"].value == "题名（演示）"
    assert "演示" in sheet.oddHeader.right.text
    assert opened(book(block())).active.oddHeader.right.text is None


def test_group_heads_span_their_columns() -> None:
    columns = (Column("a", "甲", group="组"), Column("b", "乙", group="组"), Column("c", "丙"))
    sheet = opened(book(Block(Table("表", "表", columns, (("1", "2", "3"),))))).active
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:B3", "C3:C4"} <= merged
    assert [sheet["A3"].value, sheet["A4"].value, sheet["C3"].value] == ["组", "甲", "丙"]


def test_an_empty_table_says_so() -> None:
    assert values(book(Block(Table("表", "表", COLUMNS, ()))), 4)[0] == "（无）"


def test_blocks_stand_under_each_other_and_short_ones_stretch() -> None:
    narrow = Block(Table("窄", "一、窄", (Column("a", "甲"), Column("b", "乙", Kind.TEXT)), (("1", "长" * 30),)))
    sheet = opened(book(narrow, block())).active
    assert sheet["A3"].value == "一、窄"
    assert "B5:H5" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.auto_filter.ref is None


def test_numbers_always_fit_their_column() -> None:
    row = ("1", "甲", 3, 123_456_789_012_345, Decimal(1), Decimal(1), 24_000, date(2024, 1, 1))
    wide = Block(Table("表", "表", COLUMNS, (row,)))
    narrow = lay_out(book(block()))["甲表"].widths[3]
    assert lay_out(book(wide))["甲表"].widths[3] > narrow
    assert lay_out(book(wide))["甲表"].widths[3] * 2 > len("123,456,789.012345")


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [
        ("汉" * 10, 10, 1),
        ("汉" * 10, 5, 3),
        ("一\n二\n三", 10, 3),
        ("", 10, 1),
        ("13800000000", 4, 2),
        ("abc def", 3, 2),
        ("汉" * 200, 10, 23),
    ],
)
def test_lines_are_counted_as_they_wrap(text: str, width: float, count: int) -> None:
    assert lines(text, width) == count


def test_rows_are_high_enough_and_long_text_widens_its_column() -> None:
    def made(text: str) -> Any:
        row = ("1", text, 3, 1, Decimal(1), Decimal(1), 24_000, date(2024, 1, 1))
        return opened(book(Block(Table("表", "表", COLUMNS, (row,))))).active

    assert made("汉" * 200).row_dimensions[4].height > 20 * 14
    longest = made("汉" * 2000)
    assert longest.row_dimensions[4].height <= 409
    assert longest.column_dimensions["B"].width > 2 * made("汉").column_dimensions["B"].width


def test_the_same_book_gives_the_same_bytes() -> None:
    chart = Chart(Plot.LINE, "图", "[表!no]", (("金额", "[表!amount]"),))
    assert render(book(block(), charts=(chart,))) == render(book(block(), charts=(chart,)))


def test_charts_are_native_and_stand_in_one_row() -> None:
    charts = tuple(Chart(plot, "图", "[表!no]", (("金额", "[表!amount]"), ("项数", "[表!count]"))) for plot in Plot)
    content = render(book(block(), charts=charts))
    with ZipFile(BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        assert len(parts) == 3
        assert "甲表!$D$4:$D$7" in archive.read(parts[0]).decode()
    heights = [row.height for row in reopened(content).active.row_dimensions.values()]
    assert sum((height or 0) > 200 for height in heights) == 2


def test_a_chart_of_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="图表数据"):
        render(book(block(), charts=(Chart(Plot.LINE, "图", "表.no", ()), Chart(Plot.LINE, "图", "x", (("a", "x"),)))))
