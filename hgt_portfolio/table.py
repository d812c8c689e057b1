"""``Table``: what a report gives and every output prints, so that screen, CSV, JSON, xlsx and docx agree.

``Book``, ``Sheet`` and ``Block`` say what a workbook adds to tables: live formulas, links to rows, and charts.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, TypeVar, overload

Cell = str | int | Decimal | date | None

DEMO = "演示"
"""What marks sample data wherever it goes."""


class Kind(StrEnum):
    """What a column holds, and so how each output writes it.

    ``AMOUNT`` cells are integer fen printed in 万元, ``RATE`` cells are ``Decimal`` fractions printed as
    percentages, ``POINTS`` cells are ``Decimal`` fractions printed as percentage points, ``MONTH`` cells
    are month indices, ``COUNT`` cells are integers. ``None`` is unknown: ``-`` in the terminal, ``—`` in files,
    empty in CSV, null in JSON.
    """

    TEXT = "text"
    LABEL = "label"
    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"
    POINTS = "points"
    MONTH = "month"
    DATE = "date"


T = TypeVar("T")

MOST_HELD = 10_000
"""How many values ``Kept`` holds in memory."""

CHUNK = 500


class Kept(Sequence[T]):
    """Values in their order, however many: beyond ``MOST_HELD`` they lie in a nameless file that goes with them."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._file: IO[bytes] | None = None
        self._starts: list[int] = []
        self._held: list[T] = []
        self.extend(values)

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def extend(self, values: Iterable[T]) -> None:
        """Add values at the end."""
        for value in values:
            self._held.append(value)
            if len(self._held) >= (CHUNK if self._file else MOST_HELD):
                self._put()

    def _put(self) -> None:
        """Move what is held to the file, chunk by chunk."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - it is closed with this
        self._file.seek(0, SEEK_END)
        while len(self._held) >= CHUNK:
            self._starts.append(self._file.tell())
            pickle.dump(self._held[:CHUNK], self._file, pickle.HIGHEST_PROTOCOL)
            self._held = self._held[CHUNK:]

    def _chunk(self, place: int) -> list[T]:
        """Give a chunk of the file, or what is held behind its last one."""
        if place == len(self._starts) or self._file is None:
            return self._held
        self._file.seek(self._starts[place])
        chunk: list[T] = pickle.load(self._file)  # noqa: S301 - a file of our own that nobody else can open
        return chunk

    def __len__(self) -> int:
        return len(self._starts) * CHUNK + len(self._held)

    def __iter__(self) -> Iterator[T]:
        for place in range(len(self._starts) + 1):
            yield from self._chunk(place)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        if place < len(self._starts) * CHUNK:
            return self._chunk(place // CHUNK)[place % CHUNK]
        return self._held[place - len(self._starts) * CHUNK]


@dataclass(frozen=True)
class Column:
    """One column: its key in JSON, its Chinese head, its kind, and its width in files in Hanzi.

    ``head`` is what the screen and the sheet print; ``group`` is an optional head printed above several
    neighbours. ``LABEL`` text is short and centred, ``TEXT`` is wrapped and left aligned.
    """

    key: str
    head: str
    kind: Kind = Kind.TEXT
    width: int = 8
    group: str = ""


@dataclass(frozen=True)
class Table:
    """A titled table of typed cells, with the notes that say what it leaves out.

    ``total`` is the 合计 row, if any, laid out as the other rows. ``name`` is the sheet's name.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    total: tuple[Cell, ...] | None = None
    notes: tuple[str, ...] = ()
    unit_note: str = "单位：万元"
    caption: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def index(self, key: str) -> int:
        """Give the position of the column with this key; raises ``KeyError``."""
        for position, column in enumerate(self.columns):
            if column.key == key:
                return position
        raise KeyError(key)


def marked(table: Table) -> Table:
    """Mark every row as sample data, where there is no title that could."""
    return replace(
        table,
        columns=(*table.columns, Column("demo", DEMO, Kind.LABEL)),
        rows=tuple((*row, DEMO) for row in table.rows),
        total=(*table.total, DEMO) if table.total else None,
    )


@dataclass(frozen=True)
class Block:
    """A table on a sheet, with what is live there.

    ``formulas`` gives the formula of a column in every row, ``total_formulas`` in the 合计 row, ``cell_formulas`` in
    one cell by row and key; each cell's own value is the formula's stored result. A formula names ``[key]`` the cell
    of that column in its own row, ``[:key]`` the column of its own table, ``[表!key]`` the column of another table in
    the book. ``kinds`` overrides the column's kind in a row, by row and key. ``links`` leads from a cell, by row and
    key, to table rows. ``helpers`` are keys of hidden columns, where an unknown value stays empty. ``estimates`` are
    keys of amounts worked out (推算), shown with two decimals however many they have.
    """

    table: Table
    formulas: Mapping[str, str] = field(default_factory=dict)
    total_formulas: Mapping[str, str] = field(default_factory=dict)
    cell_formulas: Mapping[tuple[int, str], str] = field(default_factory=dict)
    kinds: Mapping[tuple[int, str], Kind] = field(default_factory=dict)
    links: Mapping[tuple[int, str], Rows] = field(default_factory=dict)
    helpers: frozenset[str] = frozenset()
    estimates: frozenset[str] = frozenset()

    def formula(self, row: int, key: str) -> str | None:
        """Give the formula of a cell by row (−1: the 合计 row) and key."""
        own = self.cell_formulas.get((row, key))
        return own or (self.formulas if row >= 0 else self.total_formulas).get(key)

    def kind(self, row: int, column: Column) -> Kind:
        """Give what a cell holds."""
        return self.kinds.get((row, column.key), column.kind)

    def plain(self, row: int, key: str) -> bool:
        """Tell whether an amount is shown with two decimals of 万元, however many it has."""
        return key in self.estimates or self.formula(row, key) is not None


@dataclass(frozen=True)
class Rows:
    """Rows of a table in the book, by index, for a link to lead to; none means the whole table."""

    table: str
    rows: tuple[int, ...] = ()


class Plot(StrEnum):
    """The form of a chart."""

    LINE = "line"
    COLUMN = "column"
    BAR = "bar"


@dataclass(frozen=True)
class Chart:
    """A native chart: ``categories`` and each series' values name a column as ``[表!key]``."""

    plot: Plot
    title: str
    categories: str
    series: tuple[tuple[str, str], ...]
    number_format: str = "General"
    axis: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet: blocks under each other below one title, then charts, notes and the foot lines.

    ``left`` stands under the title at the left, ``caption`` on a line of its own; ``frozen`` columns stay in view.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    left: str
    caption: str = ""
    right: str = "单位：万元"
    notes: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    frozen: int = 0


@dataclass(frozen=True)
class Book:
    """A workbook: its sheets, the moment (office time) its properties carry, and whether it shows sample data."""

    title: str
    sheets: tuple[Sheet, ...]
    created: datetime
    demo: bool = False
