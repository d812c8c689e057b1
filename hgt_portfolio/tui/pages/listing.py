"""The columns of the project list, and how wide each may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from hgt_portfolio.figures import Position
from hgt_portfolio.tui import wording


@dataclass(frozen=True)
class ListColumn:
    """A column: its head, its width in cells, what the ledger orders it by, and its cell."""

    head: str
    width: int
    order: str
    write: Callable[[Position, int], Text]


def _number(value: Callable[[Position], str]) -> Callable[[Position, int], Text]:
    return lambda position, width: wording.right(value(position), width)


def _word(value: Callable[[Position], object]) -> Callable[[Position, int], Text]:
    return lambda position, width: wording.fitted(value(position), width)


def span(position: Position) -> str:
    """Write 年限 in eleven cells: ``22-07~24-12``."""
    return f"{wording.short_month(position.start)}~{wording.short_month(position.due)}"


COLUMNS = (
    ListColumn("序号", 4, "position", _number(lambda p: p.no)),
    ListColumn("名称", 26, "name", _word(lambda p: p.name)),
    ListColumn("期限", 10, "deadline_state", lambda p, _: wording.deadline(p.deadline_state)),
    ListColumn("灯", 3, "light", lambda p, _: wording.light(p.light)),
    ListColumn("状态", 8, "status", _word(lambda p: p.status_label)),
    ListColumn("本年率", 7, "deviation", _number(lambda p: wording.rate(p.year_rate))),
    ListColumn("单位", 12, "unit", _word(lambda p: p.unit)),
    ListColumn("总投资(万元)", 14, "investment", _number(lambda p: wording.amount(p.investment))),
    ListColumn("累计(万元)", 14, "cumulative", _number(lambda p: wording.amount(p.cumulative))),
    ListColumn("本年(万元)", 14, "ytd", _number(lambda p: wording.amount(p.ytd))),
    ListColumn("本季(万元)", 14, "quarter", _number(lambda p: wording.amount(p.quarter))),
    ListColumn("年限", 12, "due", _word(span)),
)
"""The columns in order; the name takes what room is left, and the last ones scroll in from the right."""

NAME = 1
FIXED = 2
WIDEST_NAME = 60


def widths(room: int) -> list[int]:
    """Give each column's width for a list this wide: the name grows once all the others fit."""
    plain = [column.width for column in COLUMNS]
    spare = room - sum(plain) - len(plain)
    plain[NAME] = min(plain[NAME] + max(spare, 0), WIDEST_NAME)
    return plain


def head(column: ListColumn, order: str, *, descending: bool) -> Text:
    """Write a column's head, saying 升 or 降 where the list is ordered by it."""
    if column.order != order:
        return Text(column.head)
    return Text(f"{column.head.split('(')[0]}{'降' if descending else '升'}", "bold underline")
