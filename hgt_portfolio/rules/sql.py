"""Small SQL expressions that the rules share; integers only, alike on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, extract, literal, null
from sqlalchemy.sql.functions import coalesce

Sql = ColumnElement[Any]


def least(a: Any, b: Any) -> Sql:
    """Give the smaller of two values; NULL where one is."""
    return case((a <= b, a), (a > b, b))


def greatest(a: Any, b: Any) -> Sql:
    """Give the larger of two values; NULL where one is."""
    return case((a >= b, a), (a < b, b))


def month_of(day: Sql) -> Sql:
    """Give the month index of a day column."""
    return cast(extract("year", day), Integer) * 12 + cast(extract("month", day), Integer) - 1


def first_known(*values: Any) -> Sql:
    """Give the first value that is not NULL."""
    return coalesce(*values)


def word(text: str) -> Sql:
    """Give a constant text."""
    return literal(str(text))


def nothing() -> Sql:
    """Give NULL."""
    return null()
