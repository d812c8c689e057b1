"""``Table`` → terminal text, CSV and JSON."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from hgt_portfolio.money import rounded, wan_text
from hgt_portfolio.months import month_text
from hgt_portfolio.output.screen import is_seen, on_line
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import PHASE_LABELS, Phase

RIGHT = (Kind.COUNT, Kind.AMOUNT, Kind.RATE, Kind.POINTS)
"""Kinds that are numbers, aligned right."""

UNKNOWN_ON_SCREEN = "-"

_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?%?")


def cell_text(kind: Kind, value: Cell, unknown: str = UNKNOWN_ON_SCREEN) -> str:
    """Write one cell for a person: amounts as 万元 with thousands separators, rates as percentages."""
    if value is None:
        return unknown
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Phase):
        return PHASE_LABELS[value]
    if kind is Kind.AMOUNT and isinstance(value, int):
        whole, _, decimals = wan_text(value).partition(".")
        return f"{int(whole):,}.{decimals}" if not whole.startswith("-") else f"-{abs(int(whole)):,}.{decimals}"
    if kind is Kind.RATE and isinstance(value, Decimal):
        return f"{rounded(value * 100, 2)}%"
    if kind is Kind.POINTS and isinstance(value, Decimal):
        return f"{rounded(value * 100, 2):+}"
    if kind is Kind.MONTH and isinstance(value, int):
        return month_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def cell_json(kind: Kind, value: Cell) -> Any:
    """Give one cell for a program: 万元 and ratios as decimal strings, dates as ISO text, unknown as None."""
    if value is None:
        return None
    if kind is Kind.AMOUNT and isinstance(value, int):
        return wan_text(value)
    if isinstance(value, Decimal):
        return f"{rounded(value, 4)}"
    if kind is Kind.MONTH and isinstance(value, int):
        return month_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def rows_json(table: Table) -> list[dict[str, Any]]:
    """Give a table's rows as objects keyed by column; a joined list cell stays text."""
    return [
        {column.key: cell_json(column.kind, value) for column, value in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


def to_json(value: Any) -> str:
    """Write a value as JSON for programs: Chinese as it is, what cannot be seen by its number."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n"))


def _escaped(line: str) -> str:
    return "".join(char if is_seen(char) else json.dumps(char)[1:-1] for char in line)


def to_csv(table: Table) -> str:
    """Write a table as CSV, heads first, without a byte order mark; unknown is empty.

    Each cell is one line. Text that a spreadsheet would take for a formula gets an apostrophe; numbers never do.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_as_text(column.head) for column in table.columns)
    for row in (*table.rows, *([table.total] if table.total else [])):
        writer.writerow(_csv_cell(column, value) for column, value in zip(table.columns, row, strict=True))
    return stream.getvalue()


def _csv_cell(column: Column, value: Cell) -> str:
    if column.kind in RIGHT:
        exact = cell_json(column.kind, value)
        return "" if exact is None else str(exact)
    return _as_text(cell_text(column.kind, value, ""))


def _as_text(text: str) -> str:
    """Write text so that it stays text: what is dropped from its beginning does not bring a formula to the front."""
    line = on_line(text)
    return f"'{line}" if _FORMULA.match(line.lstrip()) and not _NUMBER.fullmatch(line) else line


def to_text(table: Table, width: int) -> str:
    """Write a table for a terminal ``width`` cells wide, its notes under it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.ASCII, expand=False, show_lines=False, pad_edge=False, show_footer=table.total is not None)
    grid.title = Text(on_line(f"{table.title}（{table.unit_note}）" if table.unit_note else table.title))
    for position, column in enumerate(table.columns):
        total = table.total[position] if table.total else ""
        grid.add_column(
            Text(on_line(column.head)),
            Text(on_line(cell_text(column.kind, total))) if table.total else "",
            justify="right" if column.kind in RIGHT else "left",
            no_wrap=column.kind is not Kind.TEXT,
            overflow="fold",
        )
    for row in table.rows:
        grid.add_row(*(Text(on_line(cell_text(c.kind, value))) for c, value in zip(table.columns, row, strict=True)))
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None, legacy_windows=False)
    console.print(grid)
    for note in table.notes:
        console.print(Text(on_line(f"注：{note}")))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
