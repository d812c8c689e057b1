"""``Book`` → xlsx bytes: the same book gives the same bytes, and no text in it is ever a formula, link or markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from hgt_portfolio.output.xlsx_cells import number_format, result, stored
from hgt_portfolio.output.xlsx_charts import add_charts
from hgt_portfolio.output.xlsx_format import BODY_FONT, Formats
from hgt_portfolio.output.xlsx_layout import (
    Area,
    Layout,
    areas_of,
    cell_name,
    lay_out,
    resolve,
    row_lines,
    rows_range,
    shown,
)
from hgt_portfolio.output.xlsx_measure import height, lines
from hgt_portfolio.output.xlsx_rows import Page, RowWriter
from hgt_portfolio.output.xlsx_text import PlainStrings
from hgt_portfolio.table import DEMO, Book, Cell, Column, Rows

TITLE_POINTS = 34
HEAD_LINE_POINTS = 14
A4 = 9
MARGINS = {"left": 0.35, "right": 0.35, "top": 0.55, "bottom": 0.6}
"""Inches."""

PIXELS_A_HANZI = 13.4
"""Of body text, 10 points at 96 dots an inch."""

LONGEST_FORMULA = 8192
"""Characters that Excel allows a name to stand for."""

MOST_IN_MEMORY = 40_000
"""Rows of a workbook that is made in memory, its texts shared among cells."""

Counted = Callable[[int, tuple[Cell, ...]], int]
"""Counts the lines of a table row."""


def render(book: Book) -> bytes:
    """Write a book as an xlsx file's bytes."""
    stream = BytesIO()
    write(book, stream)
    return stream.getvalue()


def write(book: Book, target: BinaryIO) -> None:
    """Write a book as an xlsx file; one of very many rows grows in files beside the program's memory."""
    layouts = lay_out(book)
    long = sum(len(area.block.table.rows) for layout in layouts.values() for area in layout.areas) > MOST_IN_MEMORY
    options = {
        "in_memory": not long,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        # Column widths are counted in digits of this font, and every Chinese office has it.
        "default_format_properties": {"font_name": BODY_FONT, "font_size": 10, "font_scheme": "none"},
    }
    workbook = Workbook(target, options)
    workbook.str_table = PlainStrings()
    workbook.set_properties({"title": book.title, "created": book.created})
    workbook.set_calc_mode("auto")
    writer = _Writer(workbook, book, layouts, inline=long)
    for layout in layouts.values():
        writer.sheet(layout)
    workbook.close()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, workbook: Any, book: Book, layouts: dict[str, Layout], *, inline: bool) -> None:
        self.workbook = workbook
        self.book = book
        self.areas = areas_of(layouts.values())
        self.formats = Formats(workbook)
        self.inline = inline
        self.names: dict[Rows, str] = {}
        self.formulas: dict[tuple[str, str], Callable[[int], str]] = {}

    def sheet(self, layout: Layout) -> None:
        """Write one sheet whole."""
        page = self.workbook.add_worksheet(layout.sheet.name, Page)
        self._page(page, layout)
        self._top(page, layout)
        for area in layout.areas:
            self._heads(page, area, layout)
            self._rows(page, area, layout)
            self._lines(page, area.notes, area.block.table.notes, layout, "note")
        add_charts(self.workbook, page, layout, self.areas, PIXELS_A_HANZI)
        self._lines(page, layout.notes, layout.sheet.notes, layout, "note")
        self._lines(page, layout.foot, layout.sheet.foot, layout, "foot")

    def _page(self, page: Any, layout: Layout) -> None:
        """Set paper, margins, widths, panes and filter."""
        page.set_paper(A4)
        page.set_landscape()
        page.set_margins(**MARGINS)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_footer("&C第 &P 页 共 &N 页")
        if self.book.demo:
            page.set_header(f"&R{DEMO}数据")
        page.hide_gridlines(1)
        page.set_default_row(height(1))
        for column, width in enumerate(layout.widths):
            page.set_column_pixels(column, column, round(width * PIXELS_A_HANZI + 7))
        if len(layout.widths) > layout.visible:
            page.set_column(layout.visible, len(layout.widths) - 1, None, None, {"hidden": True})
        last = max(layout.foot + len(layout.sheet.foot) - 1, 0)
        page.print_area(0, 0, last, layout.visible - 1)
        page.ignore_errors({"number_stored_as_text": f"A1:{cell_name(last, layout.visible - 1)}"})
        if len(layout.areas) == 1:
            area = layout.areas[0]
            if not layout.sheet.charts:
                page.repeat_rows(area.heads.start, area.heads.stop - 1)
            page.freeze_panes(area.first, layout.sheet.frozen)
            page.autofilter(area.heads.stop - 1, 0, area.last, layout.visible - 1)

    def _top(self, page: Any, layout: Layout) -> None:
        """Write the title, the line under it, and the caption."""
        sheet, right = layout.sheet, layout.visible - 1
        title = f"{sheet.title}（{DEMO}）" if self.book.demo else sheet.title
        self._merged(page, 0, 0, right, title, "title")
        page.set_row(0, TITLE_POINTS * lines(title, sum(layout.widths[: right + 1]) / 2.0))
        split = _split(layout, sheet.right)
        self._merged(page, 1, 0, split, sheet.left, "left")
        if split < right:
            self._merged(page, 1, split + 1, right, sheet.right, "right")
        page.set_row(1, height(lines(sheet.left, sum(layout.widths[: split + 1]))))
        if sheet.caption:
            self._lines(page, 2, (sheet.caption,), layout, "caption")

    def _lines(self, page: Any, row: int, texts: tuple[str, ...], layout: Layout, style: str) -> None:
        """Write whole-width lines of text, each in a row high enough for it."""
        width = sum(layout.widths[: layout.visible])
        for offset, text in enumerate(texts):
            self._merged(page, row + offset, 0, layout.visible - 1, text, style)
            page.set_row(row + offset, height(lines(text, width)))

    def _merged(self, page: Any, row: int, first: int, last: int, text: str, style: str) -> None:
        cell_format = self.formats.style(style)
        if last > first:
            page.merge_range(row, first, row, last, "", cell_format)
        page.write_string(row, first, text, cell_format)

    def _heads(self, page: Any, area: Area, layout: Layout) -> None:
        """Write a block's heads, those of a group under their common one."""
        if area.subtitle is not None:
            self._merged(page, area.subtitle, 0, layout.visible - 1, area.block.table.title, "subtitle")
            page.set_row(area.subtitle, height(1) + 6)
        columns = [column for column in area.block.table.columns if column.key not in area.block.helpers]
        bottom = area.heads.stop - 1
        tallest = 1
        for at, column in enumerate(columns):
            last = at + (area.stretch if at == len(columns) - 1 else 0)
            top = bottom if column.group or len(area.heads) == 1 else area.heads.start
            self._span(page, (top, at, bottom, last), column.head)
            tallest = max(tallest, lines(column.head, sum(layout.widths[at : last + 1])))
        for first, last in _runs(columns):
            self._span(page, (area.heads.start, first, area.heads.start, last), columns[first].group)
        page.set_row(bottom, height(tallest, line=HEAD_LINE_POINTS))
        for column in area.block.table.columns:
            if column.key in area.block.helpers:
                page.write_string(bottom, area.columns[column.key], column.head, self.formats.style("head"))

    def _span(self, page: Any, box: tuple[int, int, int, int], text: str) -> None:
        cell_format = self.formats.style("head")
        if box[:2] != box[2:]:
            page.merge_range(*box, "", cell_format)
        page.write_string(box[0], box[1], text, cell_format)

    def _rows(self, page: Page, area: Area, layout: Layout) -> None:
        """Write a block's rows and its 合计 row; a block without rows says so."""
        table = area.block.table
        counted = row_lines(area, layout.widths)
        if not table.rows:
            last = len(shown(area.block)) - 1 + area.stretch
            self._merged(page, area.first, 0, last, "（无）", "empty")
        elif _simple(area, layout):
            made = self._made(page, area, counted)
            rows = range(area.first, area.last + 1)
            page.put_rows(rows, len(area.columns), made if self.inline else list(made))
        else:
            for index, row in enumerate(table.rows):
                self._row(page, area, index, row, counted)
        if table.total is not None:
            self._row(page, area, -1, table.total, counted)

    def _made(self, page: Page, area: Area, counted: Counted) -> Iterator[str]:
        """Write the rows of a block as XML."""
        writer = RowWriter(page, area.block, area.columns, self.formats, inline=self.inline)
        for index, row in enumerate(area.block.table.rows):
            yield writer.row(area.row_of(index) + 1, row, height(counted(index, row)))

    def _row(self, page: Page, area: Area, index: int, row: tuple[Cell, ...], counted: Counted) -> None:
        at = area.row_of(index) if index >= 0 else area.total or 0
        page.set_row(at, height(counted(index, row)))
        for column, value in zip(area.block.table.columns, row, strict=True):
            self._cell(page, area, index, at, column, value)

    def _cell(self, page: Page, area: Area, index: int, at: int, column: Column, value: Cell) -> None:
        block, key = area.block, column.key
        kind, formula = block.kind(index, column), block.formula(index, key)
        if value is None and key in block.helpers and formula is None:
            return
        link = self._link(block.links.get((index, key)))
        shown_as = number_format(value, kind, plain=block.plain(index, key))
        cell_format = self.formats.cell(
            kind, shown_as, value, key=key, column=column.kind, total=index < 0, linked=link is not None
        )
        column_at = area.columns[key]
        if area.stretch and key == shown(block)[-1]:
            page.merge_range(at, column_at, at, column_at + area.stretch, "", cell_format)
        if link is not None:
            page.write_url(at, column_at, link, cell_format, string=str(stored(value, kind)))
        if formula is not None:
            cached = result(value, kind)
            live = self._live(formula, area)(at)
            page.write_formula(at, column_at, live, cell_format, cached if isinstance(cached, str) else float(cached))
            return
        _write(page, at, column_at, stored(value, kind), cell_format)

    def _live(self, formula: str, area: Area) -> Callable[[int], str]:
        """Give a formula as it stands in the rows of an area."""
        named = area.block.table.name, formula
        if named not in self.formulas:
            self.formulas[named] = resolve(formula, area, self.areas)
        return self.formulas[named]

    def _link(self, rows: Rows | None) -> str | None:
        """Give where a link leads: a range, or a defined name where the rows are scattered.

        Rows too many for a name are the whole table, where they can be filtered.
        """
        if rows is None:
            return None
        spans = rows_range(rows, self.areas)
        named = "=" + ",".join(spans)
        if len(named) > LONGEST_FORMULA:
            spans = rows_range(Rows(rows.table), self.areas)
        if len(spans) == 1:
            return f"internal:{spans[0]}"
        if rows not in self.names:
            self.names[rows] = f"rows_of_group_{len(self.names) + 1}"
            self.workbook.define_name(self.names[rows], named)
        return f"internal:{self.names[rows]}"


def _simple(area: Area, layout: Layout) -> bool:
    """Tell whether the rows of a block hold nothing but text and numbers, over the whole sheet's width."""
    block = area.block
    live = block.formulas or block.cell_formulas or block.links or block.kinds
    return not (live or layout.sheet.charts) and len(area.columns) == len(layout.widths)


def _write(page: Any, row: int, column: int, content: Any, cell_format: Any) -> None:
    if isinstance(content, str):
        page.write_string(row, column, content, cell_format)
    elif isinstance(content, date):
        page.write_datetime(row, column, content, cell_format)
    else:
        page.write_number(row, column, float(content), cell_format)


def _split(layout: Layout, right: str) -> int:
    """Give the last column of the left line, so that the right text has room beside it."""
    if not right:
        return layout.visible - 1
    wanted, room = len(right) + 1.0, 0.0
    for column in range(layout.visible - 1, 0, -1):
        room += layout.widths[column]
        if room >= wanted:
            return column - 1
    return 0


def _runs(columns: list[Column]) -> list[tuple[int, int]]:
    """Give the first and last of neighbouring columns that share a group head."""
    runs: list[tuple[int, int]] = []
    for at, column in enumerate(columns):
        if not column.group:
            continue
        if runs and runs[-1][1] == at - 1 and columns[at - 1].group == column.group:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs
