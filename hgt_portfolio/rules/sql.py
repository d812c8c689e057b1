"""Small SQL expressions that the rules share, alike on SQLite and PostgreSQL; numbers are integers only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, case, cast, extract, literal, null
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement, coalesce

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


class plain(FunctionElement[str]):  # noqa: N801 - it is called as a function
    """Give a text that sorts by code point and knows the case of ASCII letters only, as SQLite's do."""

    name = "plain"
    type = Text()
    inherit_cache = True


@compiles(plain)
def _plain(element: plain, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(plain, "postgresql")
def _plain_there(element: plain, compiler: Any, **more: Any) -> str:
    # Whatever order the database's own collation keeps.
    return f'({compiler.process(element.clauses, **more)}) COLLATE "C"'
