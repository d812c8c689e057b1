"""The same on PostgreSQL, beside SQL written by hand for it: each lookup a lateral join."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any

import psycopg
import pytest
from sqlmodel import SQLModel

from hgt_portfolio.figures import Figures, Filter, Point
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.rules.point import filing_period
from hgt_portfolio.store import Store, founded
from hgt_portfolio.terms import Status
from tests.bench import sql
from tests.bench.figures import PAGE, WORD
from tests.bench.ledgers import Folder, say
from tests.bench.timing import Pair, timed
from tests.bench.writing import MORE_FEN, OPERATOR, anew, filing, newest, write
from tests.postgres import OWNER, Server, running

FENCE = "OFFSET 0"


def lookup(one: sql.Lookup) -> str:
    """Join the newest row of a project laterally."""
    join = "JOIN" if one.row == "v" else "LEFT JOIN"
    chosen = f"x.project_id = p.id AND {one.conditions} AND {sql.known('x')}"
    order = f"ORDER BY x.{one.order} DESC, x.recorded_at DESC, x.id DESC"
    return f"{join} LATERAL (SELECT x.* FROM {one.table} x WHERE {chosen} {order} LIMIT 1) {one.row} ON true"


def there(text: str) -> str:
    """Say in PostgreSQL's words what is said in SQLite's."""
    text = re.sub(
        r"\(substr\((\w+), 1, 4\) \* 12 \+ substr\(\w+, 6, 2\) - 1\)",
        r"(extract(year FROM \1) * 12 + extract(month FROM \1) - 1)::int",
        text,
    )
    text = text.replace(sql.FENCE, FENCE).replace(" LIKE ", " ILIKE ")
    text = re.sub(r"\bmax\(", "greatest(", re.sub(r"\bmin\(", "least(", text))
    return re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", text)


JOINS = "\n".join(lookup(one) for one in sql.LOOKUPS)
LAYERS = sql.LAYERS
ORDER = "ORDER BY p.position, p.id"

POSITIONS = there(
    f"WITH facts AS (SELECT {sql.FACTS} FROM project p {JOINS} WHERE v.replaced = 0 {FENCE}), {LAYERS}"
    f"SELECT {sql.COLUMNS} {ORDER}"
)
PAGE_OF = there(
    f"WITH facts AS (SELECT {sql.FACTS} FROM project p {JOINS} WHERE p.id = ANY(:chosen) {FENCE}), {LAYERS}"
    f"SELECT {sql.COLUMNS} {ORDER}"
)
TOTALS = there(
    f"WITH facts AS (SELECT {sql.FACTS} FROM project p {JOINS} WHERE v.replaced = 0 {FENCE}), {LAYERS}"
    f"SELECT {', '.join(sql.measures().values())} FROM shown"
)
MATCHING = there(sql.MATCHING)
NUMBERS = there(f"SELECT p.id FROM project p {lookup(sql.LOOKUPS[0])} WHERE v.replaced = 0 {ORDER}")


@dataclass
class Cluster:
    """A server of the benchmark's own with a ledger of each size, started when first asked for."""

    folder: Folder
    stack: ExitStack
    urls: dict[int, str] = field(default_factory=dict)
    server: Server | None = None

    def url(self, size: int) -> str:
        """Give the database of a ledger, copied now where it is not there; raises ``RuntimeError`` without a server."""
        if self.server is None:
            try:
                self.server = self.stack.enter_context(running())
                self.server.ask(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
            except (pytest.skip.Exception, pytest.fail.Exception) as problem:
                raise RuntimeError("no PostgreSQL server here") from problem
        if size not in self.urls:
            self.urls[size] = self.server.create()
            say(f"copying {size} projects to PostgreSQL …")
            _copy(self.folder, size, self.urls[size])
        return self.urls[size]

    @property
    def version(self) -> str:
        """Say which PostgreSQL it is, empty where none was started."""
        return f"PostgreSQL {self.server.ask('SHOW server_version')[0][0].split()[0]}" if self.server else ""


def _copy(folder: Folder, size: int, url: str) -> None:
    """Copy every row into an empty database, in one stream a table."""
    with founded(url) as store:
        store.close()
    with (
        closing(sqlite3.connect(folder.ledger(size))) as source,
        connected(url) as database,
        database.cursor() as cursor,
    ):
        cursor.execute("BEGIN")
        # What one database has checked, the other need not check again row by row.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in SQLModel.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream:
                for row in source.execute(f"SELECT {names} FROM {table.name}"):
                    stream.write_row(row)
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """Open a database past the program; compiling such a statement would take longer than it saves."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True, options="-c jit=off") as database:
        yield database


@contextmanager
def both(url: str) -> Iterator[tuple[Figures, Point, Any, sql.Values]]:
    """Open a ledger through the program and past it, with the values of today's point."""
    store = Store(url)
    with connected(url) as database:
        figures = Figures(store)
        point = figures.point()
        yield figures, point, database, asked(database, point)
    store.close()


def asked(database: Any, point: Point) -> sql.Values:
    """Give the values that a point stands for; days are days here."""
    start, near_end, horizon_end = database.execute("SELECT start, near_end, horizon_end FROM plan").fetchone()
    window = there(f"SELECT closes FROM filing_window x WHERE period = :period AND {sql.known('x')} ORDER BY id DESC")
    row = database.execute(window, {"period": point.period, "known": point.known_at}).fetchone()
    values = sql.values_of(point, start, near_end, horizon_end, row[0].isoformat() if row else None)
    return values | {name: date.fromisoformat(values[name]) for name in ("day", "new_year")}


def page(database: Any, values: sql.Values, text: str, limit: int) -> tuple[list[int], list[Any]]:
    """Give the numbers of all projects that a word is found in, and the positions of the first of them."""
    found = database.execute(MATCHING if text else NUMBERS, values | {"text": f"%{text}%"}).fetchall()
    numbers = [number for (number,) in found]
    return numbers, database.execute(PAGE_OF, values | {"chosen": numbers[:limit]}).fetchall()


class On:
    """The measures on a server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @contextmanager
    def positions(self, _folder: Folder, size: int) -> Iterator[Pair]:
        """Every project's position."""
        with both(self.cluster.url(size)) as (figures, point, database, values):
            by_hand = timed(lambda: database.execute(POSITIONS, values).fetchall())
            yield Pair(timed(lambda: figures.positions(point)), by_hand)

    @contextmanager
    def totals(self, _folder: Folder, size: int) -> Iterator[Pair]:
        """The totals over all projects."""
        with both(self.cluster.url(size)) as (figures, point, database, values):
            by_hand = timed(lambda: sql.shaped(database.execute(TOTALS, values).fetchone()))
            yield Pair(timed(lambda: figures.totals(point)), by_hand)

    @contextmanager
    def page(self, _folder: Folder, size: int) -> Iterator[Pair]:
        """The first page of a filtered list, with the numbers of all that the filter lets through."""
        with both(self.cluster.url(size)) as (figures, point, database, values):

            def ours() -> None:
                figures.numbers(point, Filter(text=WORD))
                figures.positions(point, Filter(text=WORD), limit=PAGE)

            yield Pair(timed(ours), timed(lambda: page(database, values, WORD, PAGE)))

    @contextmanager
    def report(self, _folder: Folder, size: int) -> Iterator[Pair]:
        """One report, filed for another project each time."""
        with both(self.cluster.url(size)) as (figures, point, database, _values):
            ledger = Ledger(figures.store, OPERATOR)
            under_way = figures.positions(point, Filter(status=Status.UNDER_WAY, priced=True), limit=100)
            period = filing_period(figures.today)
            given = (filing(one, period, n * MORE_FEN) for n, one in enumerate(cycle(under_way), 1))
            ours = timed(lambda: ledger.report(next(given)))
            ours()
            rows = newest(database)

            def by_hand() -> float:
                fresh = anew(rows, database)
                return timed(lambda: write(database, fresh, "BEGIN", "%s"))()

            yield Pair(ours, by_hand)
