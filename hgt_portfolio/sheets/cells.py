"""What a sheet holds: values that know their address, and what is wrong with those that have none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_FILLED = 1_000_000
"""Filled cells of all the sheets of a file together: a plan of 100,000 projects has about so many."""

MOST_TEXT = 50_000_000
"""Characters in the cells of a file together."""


class SheetError(Exception):
    """A file that cannot be read; the text says why and what to do, in one sentence."""


@dataclass(frozen=True)
class Fault:
    """A cell without a usable value, such as ``#REF!``: the words say what it shows."""

    words: str


Value = str | Decimal | bool | date | Fault
"""A number is a ``Decimal`` of the 15 digits that a spreadsheet shows; text is never empty."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell: its address, such as ``C7``, and its value."""

    address: str
    value: Value


Area = tuple[int, int, int, int]
"""Merged cells: top, left, bottom and right, counted from 0; only the first has a value."""


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows from the first one on; each is as long as its last filled cell, blanks are ``None``."""

    name: str
    rows: tuple[tuple[Cell | None, ...], ...]
    merged: tuple[Area, ...] = ()

    def cell(self, row: int, column: int) -> Cell | None:
        """Give the cell at a row and column counted from 0, or ``None`` where it is blank."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file in their order, hidden ones too."""

    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        """Give the sheet of a name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def address(row: int, column: int) -> str:
    """Write a cell as ``C7``; row and column count from 0."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def sheet_of(name: str, found: dict[tuple[int, int], Value], merged: tuple[Area, ...] = ()) -> Sheet:
    """Build a sheet from its filled cells."""
    widths: dict[int, int] = {}
    for row, column in found:
        widths[row] = max(widths.get(row, 0), column + 1)
    height = max(widths, default=-1) + 1
    rows = tuple(
        tuple(
            Cell(address(row, column), found[row, column]) if (row, column) in found else None
            for column in range(widths.get(row, 0))
        )
        for row in range(height)
    )
    return Sheet(name, rows, merged)
