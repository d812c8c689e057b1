"""Statements compiled once and run many times: writing the SQL of a position takes longer than reading one plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Row, Select
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from hgt_portfolio.figures.layers import steady
from hgt_portfolio.figures.query import Ask

Made = Callable[..., Select[Any]]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Prepared:
    """A select as the driver takes it: its SQL, its values by name, what columns are read by and values written by.

    ``marks`` puts the values in the order of the driver's marks, None where it takes them by name.
    """

    sql: str
    values: dict[str, Any]
    marks: Callable[[dict[str, Any]], Any] | None
    readers: tuple[tuple[int, Convert], ...]
    writers: Mapping[str, Convert]

    def rows(self, session: Session, **given: Any) -> Iterator[Any]:
        """Run it with what is given now; gives its rows, as lists where some columns are read."""
        written = {name: self.writers[name](value) if name in self.writers else value for name, value in given.items()}
        values = self.values | written
        found = session.connection().exec_driver_sql(self.sql, self.marks(values) if self.marks else values).fetchall()
        return map(self._read, found) if self.readers else iter(found)

    def _read(self, row: Row[Any]) -> list[Any]:
        values = list(row)
        for place, reader in self.readers:
            if values[place] is not None:
                values[place] = reader(values[place])
        return values


def run(session: Session, ask: Ask, make: Made, *what: Any, **given: Any) -> Iterator[Any]:
    """Run the select that ``make`` gives for an ask and what else it is made of, as known at the ask's moment.

    It is made once for each day, period and what else; ``given`` are the values of marks of its own.
    """
    return run_plain(session, make, steady(ask), *what, known_at=ask.point.known_at, **given)


def run_plain(session: Session, make: Made, *what: Any, **given: Any) -> Iterator[Any]:
    """Run the select that ``make`` gives for what it is made of; it is made once for each of these."""
    dialect = session.get_bind().dialect
    _DIALECTS.setdefault(dialect.name, dialect)
    return _made(dialect.name, make, *what).rows(session, **given)


_DIALECTS: dict[str, Dialect] = {}
"""One dialect for each engine: what is compiled for one ledger serves them all."""


@lru_cache(maxsize=512)
def _made(name: str, make: Made, *what: Any) -> Prepared:
    return prepared(_DIALECTS[name], make(*what))


def prepared(dialect: Dialect, query: Select[Any]) -> Prepared:
    """Compile a select for an engine's dialect."""
    compiled = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    found = ((name, _of(bind.type, dialect).bind_processor(dialect)) for name, bind in compiled.binds.items())
    writers = {name: writer for name, writer in found if writer}
    values = {name: writers[name](value) if name in writers else value for name, value in compiled.params.items()}
    kinds = (column.type for column in query.selected_columns)
    readers = ((place, _of(kind, dialect).result_processor(dialect, None)) for place, kind in enumerate(kinds))
    return Prepared(
        str(compiled),
        values,
        _marks(compiled.positiontup or []) if compiled.positional else None,
        tuple((place, reader) for place, reader in readers if reader),
        writers,
    )


def _marks(names: list[str]) -> Callable[[dict[str, Any]], Any]:
    """Put values in an order of names, as a tuple."""
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple(values[name] for name in names)


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
