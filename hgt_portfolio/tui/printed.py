"""A report's table on the screen: the same columns and cells as the files, each cut to the width of its column."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from hgt_portfolio.money import wan_words
from hgt_portfolio.output.plain import RIGHT, cell_text
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.tui import wording

WIDEST = 34
"""The most cells that a column of short words takes; numbers are never cut."""


def written(column: Column, value: Cell) -> str:
    """Write a cell as the files print it, amounts with two decimals; unknown is ``-``, what does not apply empty."""
    if column.kind is Kind.AMOUNT and isinstance(value, int):
        return wan_words(value)
    return cell_text(column.kind, value)


def widths(table: Table, prose: int = 30) -> list[int]:
    """Give the width in cells that each column needs, widest cell and head included; ``prose`` is the most of text."""
    limits = {Kind.TEXT: prose, Kind.LABEL: WIDEST}
    found = []
    for place, column in enumerate(table.columns):
        values = [row[place] for row in (*table.rows, *([table.total] if table.total else []))]
        longest = max((cell_len(written(column, value)) for value in values), default=0)
        most = max(limits.get(column.kind, longest), cell_len(column.head))
        found.append(max(min(longest, most), cell_len(column.head)))
    return found


def head(column: Column, width: int, mark: str = "") -> Text:
    """Write a column's head above its cells, with a mark such as 升 after it."""
    text = f"{column.head}{mark}"
    return wording.right(text, width) if column.kind in RIGHT else wording.cell(text)


def cells(columns: Sequence[Column], row: Sequence[Cell], sizes: Sequence[int], style: str = "") -> list[Text]:
    """Write a row, numbers at the right."""
    return [
        Text("")
        if value == ""
        else wording.right(written(column, value), width, style)
        if column.kind in RIGHT
        else wording.fitted(written(column, value), width, style)
        for column, value, width in zip(columns, row, sizes, strict=True)
    ]


def cut(columns: Sequence[Column], row: Sequence[Cell], sizes: Sequence[int]) -> str:
    """Give in full what a row's cells had no room for, each after its head."""
    texts = [(column.head, written(column, value)) for column, value in zip(columns, row, strict=True)]
    return "  ".join(
        f"{head}：{text}" for (head, text), width in zip(texts, sizes, strict=True) if cell_len(text) > width
    )
