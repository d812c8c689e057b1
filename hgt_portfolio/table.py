"""``Table``: what a report gives and every output prints, so that screen, CSV, JSON, xlsx and docx agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | Decimal | date | None


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
    rows: tuple[tuple[Cell, ...], ...]
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
