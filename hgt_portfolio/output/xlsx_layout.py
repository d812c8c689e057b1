"""Where everything on a sheet goes: rows, columns, widths and heights, and what a formula's names become."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from hgt_portfolio.output.xlsx_cells import printed
from hgt_portfolio.table import Block, Book, Cell, Kind, Rows, Sheet

LINE_POINTS = 14.6
"""Height of one line of body text: 宋体 of ten points, with room for a substitute that stands taller."""

HIGHEST_ROW = 405
"""Excel allows 409 points a row; what needs more gets a wider column."""

CHART_POINTS = 222
"""A pair of charts stands in one row this high, which no page break can cut."""

NUMERIC = (Kind.COUNT, Kind.AMOUNT, Kind.RATE, Kind.POINTS)


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
        for position, column in enumerate(area.block.table.columns):
            at = area.columns[column.key]
            stretched = area.stretch and column.key == shown(area.block)[-1]
            wanted = 1.0 if stretched else max(column.width, _needed(area.block, position, column.width))
            widths[at] = max(widths.get(at, 1.0), wanted)
    return tuple(widths[n] for n in sorted(widths))


def _needed(block: Block, position: int, width: int) -> float:
    """Give the width (Hanzi) that a column cannot do without: numbers on one line, text within the highest row."""
    table = block.table
    key = table.columns[position].key
    rows = [*enumerate(table.rows), *([(-1, table.total)] if table.total else [])]
    needed = 0.0
    for index, row in rows:
        kind = block.kind(index, table.columns[position])
        text = printed(row[position], kind, plain=block.plain(index, key))
        if kind in NUMERIC or kind in (Kind.DATE, Kind.MONTH):
            needed = max(needed, units(text) / 2 + 0.9)
        elif lines(text, max(width, needed)) * LINE_POINTS > HIGHEST_ROW:
            needed = max(needed, units(text) / 2 / (HIGHEST_ROW // LINE_POINTS - 3))
    return needed


def units(text: str) -> float:
    """Measure text in half-Hanzi: two for a full-width character, a little over one for the others."""
    return sum(2.0 if unicodedata.east_asian_width(char) in "WFA" else 1.08 for char in text)


_WORDS = re.compile(r"[!-~]+|\s+|.", re.DOTALL)


def lines(text: str, width: float) -> int:
    """Count the lines that text takes in a cell of so many Hanzi; a run of Latin letters stays whole where it can.

    Of several lines each may fall short, as no line begins with a closing sign.
    """
    if "\n" not in text and units(text) <= width * 2:
        return 1
    room = max(width * 1.94 - 0.8, 2.0)
    count, used = 0, 0.0
    for line in text.split("\n"):
        count, used = count + 1, 0.0
        for word in _WORDS.findall(line):
            size = units(word)
            if used and used + size > room:
                count, used = count + 1, 0.0
            if size > room:
                extra = ceil(size / room) - 1
                count, size = count + extra, size - extra * room
            used += size
    return count


def height(count: int, *, line: float = LINE_POINTS) -> float:
    """Give the row height in points for so many lines."""
    return min(count * line + 4, 409)


_NAMES = re.compile(r"\[(?:(?P<table>[^\[\]!:]+)!|(?P<own>:))?(?P<key>\w+)\]")


def cell_name(row: int, column: int, *, fixed: bool = False) -> str:
    """Write a cell as ``C7``, or ``$C$7`` where it is fixed; rows and columns count from 0."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def column_range(area: Area, key: str, *, qualified: bool = True) -> str:
    """Write the data cells of a column as a fixed range, with its sheet's name where ``qualified``."""
    column = area.columns[key]
    span = f"{cell_name(area.first, column, fixed=True)}:{cell_name(area.last, column, fixed=True)}"
    return f"{_quoted(area.sheet)}!{span}" if qualified else span


def resolve(formula: str, row: int, area: Area, areas: dict[str, Area]) -> str:
    """Put cells and ranges in place of a formula's names, as it stands in a row of an area."""

    def place(found: re.Match[str]) -> str:
        if found["table"]:
            return column_range(areas[found["table"]], found["key"])
        if found["own"]:
            return column_range(area, found["key"], qualified=False)
        return cell_name(row, area.columns[found["key"]])

    return _NAMES.sub(place, formula)


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


def row_lines(area: Area, index: int, row: tuple[Cell, ...], widths: tuple[float, ...]) -> int:
    """Count the lines of the tallest cell in a table row."""
    block = area.block
    most = 1
    keys = shown(block)
    for column, value in zip(block.table.columns, row, strict=True):
        if column.key in block.helpers:
            continue
        at = area.columns[column.key]
        width = widths[at]
        if area.stretch and column.key == keys[-1]:
            width = sum(widths[at : at + area.stretch + 1])
        kind = block.kind(index, column)
        if kind in (Kind.TEXT, Kind.LABEL):
            most = max(most, lines(printed(value, kind), width))
    return most
