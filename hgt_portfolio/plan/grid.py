"""A sheet as its reader sees it: merged cells show their one value in each of their cells, and all is text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from hgt_portfolio.sheets import Cell, Fault, Sheet, SheetError, Value, address

LONGEST_NAME, LONGEST_TEXT = 200, 2000
"""What a name and any other cell of a plan may hold; the first so many characters of a longer one are taken."""

MOST_COVERED = 2_000_000
"""Cells that merged areas may cover together."""


class Grid:
    """A sheet with its merged areas; rows and columns count from 0."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.height = len(sheet.rows)
        self.width = max((len(row) for row in sheet.rows), default=0)
        self._anchors = _anchors(sheet, self.height, self.width)

    def text(self, row: int, column: int) -> str:
        """Give what a cell shows, the value of its merged area where it lies in one; empty where blank."""
        return text_of(self._shown(row, column))

    def below(self, row: int, column: int) -> str:
        """Give what a cell shows in its own column: a merged area says nothing of the columns that it runs across."""
        anchor = self._anchors.get((row, column))
        return "" if anchor is not None and anchor[1] != column else self.text(row, column)

    def own(self, row: int) -> list[tuple[int, str]]:
        """Give the filled cells of a row with their columns, without those that a merged area only covers."""
        line = self.sheet.rows[row]
        found = [(column, text_of(cell)) for column, cell in enumerate(line) if cell is not None]
        return [(column, text) for column, text in found if text and not self.covered(row, column)]

    def value(self, row: int, column: int) -> Value | None:
        """Give the value that a cell shows."""
        cell = self._shown(row, column)
        return None if cell is None else cell.value

    def above(self, row: int, column: int) -> int | None:
        """Give the first row of the merged area that covers a cell from above, if any."""
        anchor = self._anchors.get((row, column))
        return anchor[0] if anchor is not None and anchor[0] < row else None

    def covered(self, row: int, column: int) -> bool:
        """Tell whether a cell lies in a merged area and is not its first."""
        return (row, column) in self._anchors

    def _shown(self, row: int, column: int) -> Cell | None:
        return self.sheet.cell(*self._anchors.get((row, column), (row, column)))


def _anchors(sheet: Sheet, height: int, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Map every covered cell of the table to the first cell of its area."""
    anchors: dict[tuple[int, int], tuple[int, int]] = {}
    room = MOST_COVERED
    for top, left, bottom, right in sheet.merged:
        rows, columns = range(top, min(bottom + 1, height)), range(left, min(right + 1, width))
        room -= len(rows) * len(columns)
        if room < 0:
            raise SheetError(f"工作表“{sheet.name}”的合并单元格过多，没有读取。请把有用的表格复制到新工作簿后再试。")
        anchors |= {(row, column): (top, left) for row in rows for column in columns if (row, column) != (top, left)}
    return anchors


def text_of(cell: Cell | None) -> str:
    """Write a cell's value as printable text on one line; a cell without a usable value is empty."""
    value = None if cell is None else cell.value
    if value is None or isinstance(value, Fault):
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return on_one_line(str(value))


def on_one_line(text: str) -> str:
    """Give text on one line, without what cannot be printed."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def bare(text: str) -> str:
    """Give text in its plain characters without any space, as headings and labels are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def place(row: int, column: int) -> str:
    """Name a cell for a person: ``第7行 D7``."""
    return f"第{row + 1}行 {address(row, column)}"
