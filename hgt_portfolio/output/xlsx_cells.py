"""What a cell becomes in a workbook: the number or text stored, its number format, and the text it prints as."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hgt_portfolio.money import rounded, wan
from hgt_portfolio.months import month_text
from hgt_portfolio.table import Cell, Kind

UNKNOWN = "—"

FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.AMOUNT: "#,##0.00",
    Kind.RATE: "0.0%",
    Kind.POINTS: "0.0",
    Kind.DATE: "yyyy-mm-dd",
}


def stored(value: Cell, kind: Kind) -> str | int | Decimal | date:
    """Give what is stored: 万元, a fraction, percentage points, a day, or text; ``—`` where unknown."""
    if value is None or value == "":
        return UNKNOWN if value is None else ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value if kind is Kind.DATE else value.isoformat()
    if kind is Kind.AMOUNT:
        return wan(int(value))
    if kind is Kind.POINTS:
        return Decimal(value) * 100
    if kind is Kind.MONTH:
        return month_text(int(value))
    return value if kind in FORMATS else str(value)


def number_format(value: Cell, kind: Kind, *, plain: bool = False) -> str:
    """Give the number format: an amount with more than two decimals of 万元 shows them, unless ``plain``."""
    if kind is Kind.AMOUNT and isinstance(value, int) and value % 10_000 and not plain:
        decimals = f"{wan(abs(value)):.6f}".rstrip("0").partition(".")[2]
        return "#,##0." + "0" * len(decimals)
    return FORMATS.get(kind, "General")


def printed(value: Cell, kind: Kind, *, plain: bool = False) -> str:
    """Give the text that a cell prints as, to measure it by."""
    content = stored(value, kind)
    if isinstance(content, str):
        return content
    if isinstance(content, date):
        return content.isoformat()
    if kind is Kind.AMOUNT:
        places = len(number_format(value, kind, plain=plain).partition(".")[2])
        return f"{rounded(Decimal(content), places):,f}"
    if kind is Kind.RATE:
        return f"{rounded(Decimal(content) * 100, 1):f}%"
    if kind is Kind.POINTS:
        return f"{rounded(Decimal(content), 1):f}"
    return f"{content:,}"


def result(value: Cell, kind: Kind) -> str | int | float | Decimal:
    """Give a formula's stored result: amounts summed in fen first are rounded once, half up, to two decimals."""
    content = stored(value, kind)
    if kind is Kind.AMOUNT and isinstance(content, Decimal):
        return rounded(content, 2)
    return content.isoformat() if isinstance(content, date) else content
