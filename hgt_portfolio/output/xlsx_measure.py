"""How much room text takes: the width of a column, and how many lines a cell needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import ceil

from hgt_portfolio.money import FEN_PER_WAN
from hgt_portfolio.output.xlsx_cells import printed
from hgt_portfolio.table import Block, Cell, Column, Kind

LINE_POINTS = 14.6
"""Height of one line of body text: 宋体 of ten points, with room for a substitute that stands taller."""

HIGHEST_ROW = 405
"""Excel allows 409 points a row; what needs more gets a wider column."""

MOST_LINES = int(HIGHEST_ROW // LINE_POINTS)
NUMERIC = (Kind.COUNT, Kind.AMOUNT, Kind.RATE, Kind.POINTS)
ROWS_AT_ONCE = 1000


class _Widths(dict[str, float]):
    """The width of each character in half-Hanzi: two where it is full-width, a little over one else."""

    def __missing__(self, char: str) -> float:
        self[char] = 2.0 if unicodedata.east_asian_width(char) in "WFA" else 1.08
        return self[char]


_width_of = _Widths().__getitem__


def units(text: str) -> float:
    """Measure text in half-Hanzi."""
    return sum(map(_width_of, text))


_WORDS = re.compile(r"[!-~]+|\s+|.", re.DOTALL)


def lines(text: str, width: float) -> int:
    """Count the lines that text takes in a cell of so many Hanzi; a run of Latin letters stays whole where it can.

    Of several lines each may fall short, as no line begins with a closing sign.
    """
    if "\n" not in text and (len(text) <= width or units(text) <= width * 2):
        return 1
    room = max(width * 1.94 - 0.8, 2.0)
    count, used = 0, 0.0
    for line in text.split("\n"):
        count, used = count + 1, 0.0
        for word in _WORDS.findall(line):
            size = _width_of(word) if len(word) == 1 else units(word)
            if used and used + size > room:
                count, used = count + 1, 0.0
            if size > room:
                extra = ceil(size / room) - 1
                count, size = count + extra, size - extra * room
            used += size
    return count


def height(count: int, *, line: float = LINE_POINTS) -> float:
    """Give the row height in points for so many lines."""
    return min(count * line + 4, 409)


def needed_widths(block: Block) -> dict[str, float]:
    """Give the width (Hanzi) that each column cannot do without: numbers on one line, text within the highest row."""
    table = block.table
    needed = dict.fromkeys((column.key for column in table.columns), 0.0)
    own = {key for _, key in (*block.kinds, *block.cell_formulas)}
    alike = [(at, column, _measure_of(block, column)) for at, column in enumerate(table.columns)]
    for first, chunk in _chunks(table.rows):
        for (_, column, measure), values in zip(alike, zip(*chunk, strict=True), strict=True):
            if column.key in own:
                for index, value in enumerate(values, first):
                    needed[column.key] = _widened(block, index, column, value, needed[column.key])
            else:
                needed[column.key] = measure(values, needed[column.key])
    if table.total:
        for column, value in zip(table.columns, table.total, strict=True):
            needed[column.key] = _widened(block, -1, column, value, needed[column.key])
    return needed


def _chunks(rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[int, Sequence[tuple[Cell, ...]]]]:
    """Give rows some at a time, each time with the index of the first."""
    each, first = iter(rows), 0
    while chunk := list(islice(each, ROWS_AT_ONCE)):
        yield first, chunk
        first += len(chunk)


def _widened(block: Block, index: int, column: Column, value: Cell, needed: float) -> float:
    """Give the width that a cell widens a column to."""
    kind = block.kind(index, column)
    text = printed(value, kind, plain=block.plain(index, column.key))
    if kind in NUMERIC or kind in (Kind.DATE, Kind.MONTH):
        return max(needed, units(text) / 2 + 0.9)
    return _for_text(text, column.width, needed)


def _for_text(text: str, width: float, needed: float) -> float:
    if lines(text, max(width, needed)) > MOST_LINES:
        return max(needed, units(text) / 2 / (HIGHEST_ROW // LINE_POINTS - 3))
    return needed


Measure = Callable[[Sequence[Cell], float], float]
"""Gives the width that the cells of a column widen it to, from the width so far."""


def _measure_of(block: Block, column: Column) -> Measure:
    """Give how a column is measured whose cells are all of one kind."""
    kind, plain = column.kind, block.plain(0, column.key)
    if kind in (Kind.TEXT, Kind.LABEL):
        # Two lines running hold more than one has room for: no shorter text can take too many.
        safe = (MOST_LINES - 1) * max(column.width * 1.94 - 0.8, 2.0) / 6

        def texts(values: Sequence[Cell], needed: float) -> float:
            for value in values:
                text = value if isinstance(value, str) else printed(value, kind)
                if len(text) > safe or "\n" in text:
                    needed = _for_text(text, column.width, needed)
            return needed

        return texts

    def numbers(values: Sequence[Cell], needed: float) -> float:
        for value in _longest(values, kind, plain=plain):
            needed = max(needed, units(printed(value, kind, plain=plain)) / 2 + 0.9)
        return needed

    return numbers


def _longest(values: Sequence[Cell], kind: Kind, *, plain: bool) -> Iterator[Cell]:
    """Give the few values among which are those that print the longest."""
    counted = [value for value in values if value is not None and not isinstance(value, str)]
    if len(counted) < len(values):
        yield from {value for value in values if value is None or isinstance(value, str)}
    if not counted:
        return
    if kind not in NUMERIC:
        yield from set(counted)
        return
    numbers: list[int] = counted  # type: ignore[assignment]  # or decimals, which compare as well
    yield from (max(numbers), min(numbers))
    if kind is Kind.AMOUNT and not plain:
        # An amount of more decimals may print longer than a greater one.
        broken: dict[int, list[int]] = {}
        for fen in numbers:
            if fen % 10_000:
                broken.setdefault(_decimals(fen), []).append(fen)
        for alike in broken.values():
            yield from (max(alike), min(alike))
        if whole := [fen for fen in numbers if not fen % 10_000]:
            yield from (max(whole), min(whole))


def _decimals(fen: int) -> int:
    return len(f"{abs(fen) % FEN_PER_WAN:06d}".rstrip("0"))
