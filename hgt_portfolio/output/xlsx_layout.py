"""Where everything on a sheet goes: rows, columns, widths and heights, and what a formula's names become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from hgt_portfolio.output.xlsx_cells import printed
from hgt_portfolio.output.xlsx_measure import lines, needed_widths
from hgt_portfolio.table import Block, Book, Cell, Kind, Rows, Sheet

CHART_POINTS = 222
"""A pair of charts stands in one row this high, which no page break can cut."""


@dataclass(frozen=True)
class Area:
    """Where a block stands: zero-based rows of its heads, data and total, and the column of each key."""

    sheet: str
    block: Block
    subtitle: int | None
    heads: range
    first: int
    last: int
    total: int | None
    notes: int
    columns: dict[str, int]
    stretch: int

    def row_of(self, index: int) -> int:
        """Give the sheet row of a table row."""
        return self.first + index


@dataclass(frozen=True)
class Layout:
    """A laid-out sheet: its blocks' areas, column widths in Hanzi, and the rows where charts, notes and foot begin."""

    sheet: Sheet
    areas: tuple[Area, ...]
    widths: tuple[float, ...]
    visible: int
    charts: int
    notes: int
    foot: int


def lay_out(book: Book) -> dict[str, Layout]:
    """Lay out every sheet of a book, by the sheet's name."""
    return {sheet.name: _sheet(sheet) for sheet in book.sheets}


def areas_of(layouts: Iterable[Layout]) -> dict[str, Area]:
    """Give every block's area by its table's name, as formulas and links name it."""
    return {area.block.table.name: area for layout in layouts for area in layout.areas}


def shown(block: Block) -> list[str]:
    """Give the keys of a block's visible columns."""
    return [column.key for column in block.table.columns if column.key not in block.helpers]


def _sheet(sheet: Sheet) -> Layout:
    visible = max(len(shown(block)) for block in sheet.blocks)
    row = 3 if sheet.caption else 2
    areas = []
    for block in sheet.blocks:
        area = _area(sheet, block, row, visible)
        areas.append(area)
        row = area.notes + len(block.table.notes) + 1
    charts = row
    if sheet.charts:
        row += ceil(len(sheet.charts) / 2) + 1
    widths = _widths(areas)
    return Layout(sheet, tuple(areas), widths, visible, charts, row, row + len(sheet.notes))


def _area(sheet: Sheet, block: Block, row: int, visible: int) -> Area:
    table = block.table
    subtitle = row if len(sheet.blocks) > 1 else None
    top = row + (subtitle is not None)
    heads = range(top, top + (2 if any(column.group for column in table.columns) else 1))
    first = heads.stop
    last = first + max(len(table.rows), 1) - 1
    total = last + 1 if table.total is not None else None
    keys = shown(block)
    texts = [column for column in table.columns if column.key == keys[-1] and column.kind is Kind.TEXT]
    columns = {key: n for n, key in enumerate(keys)}
    columns |= {column.key: visible + n for n, column in enumerate(c for c in table.columns if c.key in block.helpers)}
    return Area(
        sheet.name,
        block,
        subtitle,
        heads,
        first,
        last,
        total,
        (total or last) + 1,
        columns,
        visible - len(keys) if texts else 0,
    )


def _widths(areas: list[Area]) -> tuple[float, ...]:
    """Give each column the widest that a block asks for; a block's stretched last column asks for nothing."""
    widths: dict[int, float] = {}
    for area in areas:
        needed = needed_widths(area.block)
        for column in area.block.table.columns:
            at = area.columns[column.key]
            stretched = area.stretch and column.key == shown(area.block)[-1]
            wanted = 1.0 if stretched else max(column.width, needed[column.key])
            widths[at] = max(widths.get(at, 1.0), wanted)
    return tuple(widths[n] for n in sorted(widths))


_NAMES = re.compile(r"\[(?:(?P<table>[^\[\]!:]+)!|(?P<own>:))?(?P<key>\w+)\]")


_OWN_ROW = "\0"
"""Stands in a formula for the number of the row that it is in."""


def letters(column: int) -> str:
    """Write a column, counted from 0, as ``C``."""
    written, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        written = chr(65 + rest) + written
    return written


def cell_name(row: int, column: int, *, fixed: bool = False) -> str:
    """Write a cell as ``C7``, or ``$C$7`` where it is fixed; rows and columns count from 0."""
    return f"${letters(column)}${row + 1}" if fixed else f"{letters(column)}{row + 1}"


def column_range(area: Area, key: str, *, qualified: bool = True) -> str:
    """Write the data cells of a column as a fixed range, with its sheet's name where ``qualified``."""
    column = area.columns[key]
    span = f"{cell_name(area.first, column, fixed=True)}:{cell_name(area.last, column, fixed=True)}"
    return f"{_quoted(area.sheet)}!{span}" if qualified else span


def resolve(formula: str, area: Area, areas: dict[str, Area]) -> Callable[[int], str]:
    """Put ranges in place of a formula's names, and give what puts the cells of a row of the area there too."""

    def place(found: re.Match[str]) -> str:
        if found["table"]:
            return column_range(areas[found["table"]], found["key"])
        if found["own"]:
            return column_range(area, found["key"], qualified=False)
        return f"{letters(area.columns[found['key']])}{_OWN_ROW}"

    placed = _NAMES.sub(place, formula)
    return lambda row: placed.replace(_OWN_ROW, str(row + 1))


def rows_range(rows: Rows, areas: dict[str, Area]) -> list[str]:
    """Write the rows that a link leads to as fixed ranges, neighbours joined."""
    area = areas[rows.table]
    right = len(shown(area.block)) - 1
    if not rows.rows:
        spans = [(area.first, area.last)]
    else:
        spans = []
        for row in sorted(map(area.row_of, rows.rows)):
            if spans and spans[-1][1] == row - 1:
                spans[-1] = (spans[-1][0], row)
            else:
                spans.append((row, row))
    sheet = _quoted(area.sheet)
    return [f"{sheet}!{cell_name(a, 0, fixed=True)}:{cell_name(b, right, fixed=True)}" for a, b in spans]


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def row_lines(area: Area, widths: tuple[float, ...]) -> Callable[[int, tuple[Cell, ...]], int]:
    """Give what counts the lines of the tallest cell in a table row, by its index (−1: the 合计 row) and cells."""
    block, keys = area.block, shown(area.block)
    texts = (Kind.TEXT, Kind.LABEL)
    own = {key for _, key in block.kinds}
    wrapped = []
    for position, column in enumerate(block.table.columns):
        if column.key in block.helpers or (column.kind not in texts and column.key not in own):
            continue
        at = area.columns[column.key]
        last = at + (area.stretch if column.key == keys[-1] else 0)
        wrapped.append((position, column, sum(widths[at : last + 1])))

    def count(index: int, row: tuple[Cell, ...]) -> int:
        most = 1
        for position, column, width in wrapped:
            value = row[position]
            if value.__class__ is not str or own:
                kind = block.kind(index, column)
                if kind not in texts:
                    continue
                value = printed(value, kind)
            # A text without breaks that is short enough needs no counting.
            if len(value) > width or "\n" in value:
                most = max(most, lines(value, width))
        return most

    return count
