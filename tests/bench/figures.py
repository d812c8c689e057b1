"""Positions, totals and pages of the list beside the SQL written by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from hgt_portfolio.figures import Figures, Filter, Point
from tests.bench import sql
from tests.bench.ledgers import Folder, reading
from tests.bench.timing import Pair, peak, timed

PAGE = 200
WORD = "雨污"
"""Typed into the filter: a word of one project's name in eight."""


@contextmanager
def both(folder: Folder, size: int) -> Iterator[tuple[Figures, Point, sqlite3.Connection]]:
    """Open a ledger through the program and through ``sqlite3``."""
    path = folder.ledger(size)
    with reading(path) as figures, closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        yield figures, figures.point(), database


@contextmanager
def positions(folder: Folder, size: int) -> Iterator[Pair]:
    """Every project's position."""
    with both(folder, size) as (figures, point, database):
        by_hand = lambda: database.execute(sql.POSITIONS, sql.asked(database, point)).fetchall()  # noqa: E731
        yield Pair(timed(lambda: figures.positions(point)), timed(by_hand))


@contextmanager
def totals(folder: Folder, size: int) -> Iterator[Pair]:
    """The totals over all projects."""
    with both(folder, size) as (figures, point, database):
        by_hand = lambda: sql.totals(database, sql.asked(database, point))  # noqa: E731
        yield Pair(timed(lambda: figures.totals(point)), timed(by_hand))


@contextmanager
def page(folder: Folder, size: int) -> Iterator[Pair]:
    """The first page of a filtered list, with the numbers of all that the filter lets through."""
    with both(folder, size) as (figures, point, database):
        where = Filter(text=WORD)

        def ours() -> None:
            figures.numbers(point, where)
            figures.positions(point, where, limit=PAGE)

        yield Pair(timed(ours), timed(lambda: sql.page(database, sql.asked(database, point), WORD, limit=PAGE)))


MEMORY = """
from hgt_portfolio.figures import Figures
from hgt_portfolio.store import Store
figures = Figures(Store("sqlite:///{path}", read_only=True))
figures.totals(figures.point())
"""


@contextmanager
def memory(folder: Folder, size: int) -> Iterator[Pair]:
    """The most memory that totals take, in a process that does nothing else."""
    code = MEMORY.format(path=folder.ledger(size))
    surroundings = folder.surroundings()
    yield Pair(peak(code, surroundings), peak("import sqlalchemy", surroundings))
