"""Bars against time, drawn with letters alone: a scale of cells, its heads, and the cells of one project's row.

Time is counted in thirds of a month (旬), so that every cell of every scale holds a whole number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hgt_portfolio.figures import Position
from hgt_portfolio.money import rounded
from hgt_portfolio.months import Month, month_of
from hgt_portfolio.terms import DeadlineState

MONTH = 3
QUARTER = 3 * MONTH
YEAR = 12 * MONTH


class Part(StrEnum):
    """What a cell of a row shows, the later lying over the earlier."""

    EMPTY = "empty"
    BASELINE = "baseline"
    SPAN = "span"
    ADDED = "added"
    DONE = "done"
    TODAY = "today"
    MARK = "mark"


GLYPHS = {Part.EMPTY: " ", Part.BASELINE: "-", Part.SPAN: "=", Part.ADDED: "+", Part.DONE: "#", Part.TODAY: ":"}
START = "["
DUE_MARKS = {DeadlineState.OVERDUE: "!", DeadlineState.UNVERIFIED: "?"}
DUE = "]"

LEGEND = "图例 [开工 #已完成 =未完成 +比基线增加 -基线 ]期限 !逾期 ?到期未核实 :今天"


@dataclass(frozen=True)
class Scale:
    """How much time a cell holds, and the labels of the two lines above: at every how many thirds, and how written."""

    name: str
    cell: int
    upper: tuple[int, Callable[[int], str]]
    lower: tuple[int, Callable[[int], str]]


def _year(third: int) -> str:
    return f"|{third // YEAR}"


def _short_year(third: int) -> str:
    return f"|{third // YEAR % 100:02d}"


def _year_digit(third: int) -> str:
    return str(third // YEAR % 10)


def _quarter(third: int) -> str:
    return str(third // QUARTER % 4 + 1)


def _named_quarter(third: int) -> str:
    return f"Q{_quarter(third)}"


def _month(third: int) -> str:
    return str(third // MONTH % 12 + 1)


SCALES = (
    Scale("一年", YEAR, (5 * YEAR, _short_year), (YEAR, _year_digit)),
    Scale("一季", QUARTER, (YEAR, _short_year), (QUARTER, _quarter)),
    Scale("一月", MONTH, (YEAR, _year), (QUARTER, _named_quarter)),
    Scale("一旬", 1, (YEAR, _year), (MONTH, _month)),
)
"""From the coarsest to the finest."""


@dataclass(frozen=True)
class Cell:
    """One cell of a row: what it shows, its letter, and whether it lies on the bar."""

    part: Part
    letter: str
    on_bar: bool = False


@dataclass(frozen=True)
class Axis:
    """The time that is on the screen: so many cells of a scale, from a third on."""

    scale: Scale
    first: int
    width: int

    def cell(self, third: int) -> int:
        """Give the cell that a third lies in; negative or beyond the width where it is off the screen."""
        return (third - self.first) // self.scale.cell

    def third(self, cell: int) -> int:
        """Give the first third of a cell."""
        return self.first + cell * self.scale.cell

    @property
    def heads(self) -> tuple[str, str]:
        """The two lines above the chart."""
        return self._labels(*self.scale.upper), self._labels(*self.scale.lower)

    def _labels(self, every: int, write: Callable[[int], str]) -> str:
        line = [" "] * self.width
        for third in range(self.first - self.first % every, self.third(self.width), every):
            for place, letter in enumerate(write(third), self.cell(third)):
                if 0 <= place < self.width:
                    line[place] = letter
        return "".join(line)


def third_of(day: date) -> int:
    """Give the third of a month that a day lies in."""
    return month_of(day) * MONTH + min((day.day - 1) // 10, 2)


def begin(start: Month) -> int:
    """Give the first third of a start month."""
    return start * MONTH


def end(due: Month) -> int:
    """Give the last third of a due month."""
    return due * MONTH + MONTH - 1


def row_cells(position: Position, axis: Axis, today: int) -> list[Cell]:
    """Give the cells of one project's row."""
    cells = [Cell(Part.EMPTY, GLYPHS[Part.EMPTY])] * axis.width

    def put(first: int, last: int, part: Part, *, on_bar: bool = False) -> None:
        for place in range(max(first, 0), min(last + 1, axis.width)):
            cells[place] = Cell(part, GLYPHS[part], on_bar)

    baseline = _cells(axis, position.baseline_start, position.baseline_due)
    span = _cells(axis, position.start, position.due)
    if baseline:
        put(*baseline, Part.BASELINE)
    if span:
        put(*span, Part.SPAN, on_bar=True)
        for added in _beyond(span, baseline):
            put(*added, Part.ADDED, on_bar=True)
        put(span[0], span[0] + _filled(position, span[1] - span[0] + 1) - 1, Part.DONE, on_bar=True)
    _put_over(cells, axis.cell(today), GLYPHS[Part.TODAY], Part.TODAY)
    if position.start is not None:
        _put_over(cells, axis.cell(begin(position.start)), START, Part.MARK)
    if position.due is not None:
        due = DUE_MARKS.get(DeadlineState(position.deadline_state), DUE)
        _put_over(cells, axis.cell(end(position.due)), due, Part.MARK)
    return cells


def _cells(axis: Axis, start: Month | None, due: Month | None) -> tuple[int, int] | None:
    """Give the first and last cell of a span, None where it lacks an end."""
    return None if start is None or due is None else (axis.cell(begin(start)), axis.cell(end(due)))


def _beyond(span: tuple[int, int], baseline: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Give the parts of a span that its baseline does not have."""
    if baseline:
        yield span[0], min(span[1], baseline[0] - 1)
        yield max(span[0], baseline[1] + 1), span[1]


def _filled(position: Position, length: int) -> int:
    """Give how many of a bar's cells are done (占总投资): none only where nothing is, all only where all is."""
    part = position.total_rate
    if part is None or part <= 0:
        return 0
    if part >= 1:
        return length
    return min(max(int(rounded(part * length, 0)), 1), max(length - 1, 1))


def _put_over(cells: list[Cell], place: int, letter: str, part: Part) -> None:
    if 0 <= place < len(cells):
        cells[place] = Cell(part, letter, cells[place].on_bar)
