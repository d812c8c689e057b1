"""Finding the forms in a file, and the rows in a form, however people sorted, hid, inserted or pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hgt_portfolio.figures import Figures
from hgt_portfolio.months import Month, last_day, month, read_period
from hgt_portfolio.plan import alias_map
from hgt_portfolio.returns.opening_columns import (
    FOOT,
    FORMAT,
    MARKER,
    ROW_ID,
    SUMS,
    VERSION,
    Years,
    bare,
    head_of,
    is_blank,
    shown,
)
from hgt_portfolio.returns.opening_standing import years_of
from hgt_portfolio.rules.point import moment_of
from hgt_portfolio.sheets import Cell, Sheet, SheetError, Workbook, address, read_workbook

HEADS_WITHIN = 30
"""How many rows from the top the heads are looked for in."""

_CUMULATIVE = re.compile(r"截至([0-9]{4})年底累计")


@dataclass(frozen=True)
class CellFinding:
    """What is wrong with a cell, a sheet or a file that came back; ``sheet`` and ``cell`` may be empty."""

    file: str
    sheet: str
    cell: str
    message: str

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        return f"{self.file} {place}：{self.message}" if place else f"{self.file}：{self.message}"


@dataclass(frozen=True)
class Marker:
    """What the hidden sheet of a form says; ``known_at`` is None where the ledger cannot tell what the form said."""

    period: Month
    unit: str
    known_at: int | None


@dataclass(frozen=True)
class Form:
    """A form found in a file: where its heads stand, which column is which, whose it is, and when it was sent out.

    ``unit`` and ``known_at`` are None where the form does not say.
    """

    file: str
    sheet: Sheet
    top: int
    columns: dict[str, int]
    years: Years
    unit: str | None
    known_at: int | None

    def finding(self, row: int, column: str, message: str) -> CellFinding:
        """Make a finding about a cell, by its row and its column's name."""
        return CellFinding(self.file, self.sheet.name, address(row, self.columns[column]), message)


@dataclass(frozen=True)
class Row:
    """A project's row: its number as written, its name, and its filled cells by ``OpeningInput`` field."""

    form: Form
    at: int
    no: str
    name: str
    cells: dict[str, Cell]

    def finding(self, column: str, message: str) -> CellFinding:
        """Make a finding about a cell of this row."""
        return self.form.finding(self.at, column if column in self.form.columns else "序号", message)


def forms_of(figures: Figures, path: Path) -> list[Form]:
    """Find the forms in a file; raises ``SheetError`` where there is none to be read."""
    book = read_workbook(path)
    marker = _marker(figures, path.name, book)
    forms = []
    for sheet in book.sheets:
        top = None if sheet.name == MARKER else _top(sheet)
        if top is not None:
            forms.append(_form(figures, path.name, sheet, top, marker))
    if not forms:
        raise SheetError(f"{path.name} 不是期初建账表：没有找到“序号”“项目名称”这一行表头，没有读取。")
    return forms


def _marker(figures: Figures, file: str, book: Workbook) -> Marker | None:
    """Read the hidden sheet; None where the form was pasted into another workbook."""
    sheet = book.sheet(MARKER)
    if sheet is None:
        return None
    marks = {shown(row[0].value): shown(row[1].value) for row in sheet.rows if len(row) > 1 and row[0] and row[1]}
    if marks.get("format") != FORMAT:
        raise SheetError(f"{file} 不是期初建账表，没有读取。")
    if marks.get("version") != VERSION:
        raise SheetError(f"{file} 由另一版本的程序发出（格式 {marks.get('version')}），没有读取。请重新发出后再填。")
    if marks.get("demo") != str(int(bool(figures.plan().demo))):
        raise SheetError(f"{file} 与当前台账不符：一个是演示数据，一个不是，没有读取。")
    try:
        period, known_at = read_period(marks["period"]), moment_of(marks["known_at"])
        head = figures.chain_head(figures.point(last_day(period), marks["known_at"]))
    except (KeyError, ValueError) as error:
        raise SheetError(f"{file} 的隐藏标识已损坏，没有读取。请重新发出后再填。") from error
    # A form of another copy of the ledger: what it said when it was sent out is not known here.
    return Marker(period, marks.get("unit", ""), known_at if head == marks.get("head") else None)


def _top(sheet: Sheet) -> int | None:
    """Find the row of the heads."""
    for row, cells in enumerate(sheet.rows[:HEADS_WITHIN]):
        heads = {head_of(cell.value) for cell in cells if cell}
        if {"序号", "项目名称"} <= heads:
            return row
    return None


def _form(figures: Figures, file: str, sheet: Sheet, top: int, marker: Marker | None) -> Form:
    heads = [(head_of(cell.value), column) for column, cell in enumerate(sheet.rows[top]) if cell]
    period = marker.period if marker else _period(file, [head for head, _ in heads])
    years = years_of(figures, period)
    keys = {head_of(years.write(field.head)): field.key for field in years.fields()}
    wanted = {**keys, "序号": "序号", "项目名称": "项目名称", ROW_ID: ROW_ID}
    columns: dict[str, int] = {}
    for head, column in heads:
        key = wanted.get(head)
        if key in columns:
            raise SheetError(f"{file} 的工作表“{sheet.name}”有两列“{head}”，没有读取。请只留一列。")
        if key:
            columns[key] = column
    missing = [head for head, key in keys.items() if key not in columns]
    if missing:
        raise SheetError(
            f"{file} 的工作表“{sheet.name}”缺少{'、'.join(f'“{head}”' for head in missing)}列，没有读取。"
            "请恢复被删去或改名的列。"
        )
    unit = marker.unit if marker else _unit(sheet, top)
    return Form(file, sheet, top, columns, years, unit, marker.known_at if marker else None)


def _unit(sheet: Sheet, top: int) -> str | None:
    """Find whose form it is above the heads."""
    for cell in (cell for row in sheet.rows[:top] for cell in row if cell):
        label, _, name = bare(cell.value).partition(":")
        if label == "填报单位" and name:
            return alias_map().get(name, name)
    return None


def _period(file: str, heads: list[str]) -> Month:
    """Tell the period of a form that lost its marker by the later of its two amounts."""
    years = [int(found[1]) for head in heads if (found := _CUMULATIVE.fullmatch(head))]
    if not years:
        raise SheetError(f"{file} 不是期初建账表：没有“截至某年底累计”这一列，没有读取。")
    return month(max(years), 12)


def rows_of(form: Form) -> Iterator[Row | CellFinding]:
    """Give the rows below the heads; a row that is filled without a number is a finding."""
    for at, cells in enumerate(form.sheet.rows):
        filled = [cell for cell in cells if cell and not is_blank(cell.value)]
        if at <= form.top or not filled or shown(filled[0].value).startswith(FOOT):
            continue
        row = _row(form, at)
        is_sum = head_of(filled[0].value) in SUMS
        if isinstance(row, Row) and not row.no:
            if row.cells and not is_sum:
                yield form.finding(at, "序号", "这一行填了内容而没有序号，不知道是哪个项目；请填序号，或删去这一行")
        elif not is_sum:
            yield row


def _row(form: Form, at: int) -> Row | CellFinding:
    def text(column: str) -> str:
        cell = form.sheet.cell(at, form.columns[column]) if column in form.columns else None
        return bare(cell.value) if cell else ""

    hidden, written = text(ROW_ID), text("序号")
    if hidden and written and hidden != written:
        return form.finding(
            at, "序号", f"序号是 {written}，而这一行原是 #{hidden} 的；请核对是否排序或粘贴时错了行，恢复后再交"
        )
    cells = {}
    for field in form.years.fields():
        cell = form.sheet.cell(at, form.columns[field.key])
        if cell and not is_blank(cell.value):
            cells[field.key] = cell
    return Row(form, at, hidden or written, text("项目名称"), cells)
