"""The columns that the project list can show, as data: what each holds, how wide it is, what it is ordered by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from hgt_portfolio.figures import Group, Order, Position, Sum
from hgt_portfolio.output.plain import RIGHT, cell_text
from hgt_portfolio.reports.words import number
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import DeadlineState, Light, Phase
from hgt_portfolio.tui import wording

_BRIEF: dict[Kind, Callable[[Any], str]] = {Kind.RATE: wording.rate, Kind.POINTS: wording.points}
_FILE_WIDTHS = {Kind.TEXT: 20, Kind.AMOUNT: 10}


_TOTALLED = (Kind.AMOUNT, Kind.RATE, Kind.POINTS)


@dataclass(frozen=True)
class ListColumn:
    """A column: its short name, its width in cells, what the ledger orders it by, and what it holds.

    ``title`` is its full name, in files and where columns are chosen; ``short`` how a value reads where room is
    scarce.
    """

    name: str
    title: str
    width: int
    order: str
    cell: Callable[[Position], Cell]
    kind: Kind = Kind.LABEL
    short: Callable[[Position], str] | None = None
    style: Callable[[str], str] | None = None

    @property
    def field(self) -> Column:
        """The same column in a file; a number of a project is no quantity, and stands in the middle."""
        kind = Kind.LABEL if self.order == "position" else self.kind
        return Column(self.name, self.title, kind, 4 if kind is not self.kind else _FILE_WIDTHS.get(kind, 8))

    def total(self, group: Group) -> Cell:
        """Give what stands in the 合计 row, over the rows where it is known; nothing where there is no total."""
        if self in FIXED:
            return {"position": "合计", "name": f"{group.count}项"}[self.order]
        value = _summed(self, group) if self.kind in _TOTALLED else ""
        return (value.fen if value.known else None) if isinstance(value, Sum) else value

    @property
    def head(self) -> str:
        """The name above the column, with its unit."""
        return f"{self.name}(万元)" if self.kind is Kind.AMOUNT else self.name

    def text(self, position: Position) -> str:
        """Write the value in full, on one line."""
        return wording.clean(cell_text(self.kind, self.cell(position)))

    def write(self, position: Position, width: int) -> Text:
        """Write the value in so many cells: numbers at the right, text cut."""
        value = self.cell(position)
        brief = _BRIEF.get(self.kind)
        text = self.short(position) if self.short else brief(value) if brief else self.text(position)
        style = self.style(text) if self.style else ""
        return wording.right(text, width) if self.kind in RIGHT else wording.fitted(text, width, style)


def span(position: Position) -> str:
    """Write 年限 in eleven cells: ``22-07~24-12``."""
    return f"{wording.short_month(position.start)}~{wording.short_month(position.due)}"


def _overdue_style(text: str) -> str:
    """Red belongs to 逾期 alone."""
    return "bold red" if text == DeadlineState.OVERDUE else ""


def _light_style(text: str) -> str:
    return wording.LIGHT_STYLES[Light(text)]


_COUNT, _AMOUNT, _RATE, _POINTS, _DATE, _TEXT = (
    Kind.COUNT,
    Kind.AMOUNT,
    Kind.RATE,
    Kind.POINTS,
    Kind.DATE,
    Kind.TEXT,
)

FIXED = (
    ListColumn("序号", "序号", 4, "position", lambda p: number(p.no), _COUNT),
    ListColumn("名称", "项目名称", 24, "name", lambda p: p.name, _TEXT),
)
"""The columns that always stand first; the name takes what room is left."""

CHOSEN = (
    ListColumn("期限", "期限状态", 10, "deadline_state", lambda p: p.deadline_state, style=_overdue_style),
    ListColumn("灯", "预警灯", 2, "light", lambda p: p.light, style=_light_style),
    ListColumn("状态", "项目状态", 8, "status", lambda p: p.status_label),
    ListColumn("完成率", "完成率", 7, "year_rate", lambda p: p.year_rate, _RATE),
    ListColumn("单位", "责任单位", 12, "unit", lambda p: p.unit),
    ListColumn("总投资", "总投资", 12, "investment", lambda p: p.investment, _AMOUNT),
    ListColumn("累计", "自开工累计", 12, "cumulative", lambda p: p.cumulative, _AMOUNT),
    ListColumn("本年", "本年累计", 12, "ytd", lambda p: p.ytd, _AMOUNT),
    ListColumn("本季", "本季度完成", 12, "quarter", lambda p: p.quarter, _AMOUNT),
    ListColumn("年限", "实施年限", 12, "due", lambda p: p.period_text, short=span),
)
"""The columns shown where none are chosen, in order."""

COLUMNS = (
    *FIXED,
    *CHOSEN,
    ListColumn("领域", "领域", 10, "domain", lambda p: p.domain),
    ListColumn("阶段", "阶段(规划口径)", 6, "stage", lambda p: Phase(p.stage)),
    ListColumn("完工期限", "完工期限", 10, "due", lambda p: p.due_date, _DATE),
    ListColumn("基线完工", "原完工期限", 10, "baseline_due", lambda p: p.due_original, _DATE),
    ListColumn("偏差", "偏差(百分点)", 7, "deviation", lambda p: p.deviation, _POINTS),
    ListColumn("序时", "序时进度", 7, "pace", lambda p: p.pace, _RATE),
    ListColumn("占总投资", "占总投资", 8, "total_rate", lambda p: p.total_rate, _RATE),
    ListColumn("年度计划", "本年计划投资", 12, "year_plan", lambda p: p.year_plan, _AMOUNT),
    ListColumn("任务余额", "年度任务余额", 12, "year_balance", lambda p: p.year_balance, _AMOUNT),
    ListColumn("欠序时", "欠序时金额", 12, "shortfall", lambda p: p.shortfall, _AMOUNT),
    ListColumn("上年底", "截至上年底累计", 12, "opening", lambda p: p.opening, _AMOUNT),
    ListColumn("规划期以来", "规划期以来完成", 12, "since_plan", lambda p: p.since_plan, _AMOUNT),
    ListColumn("开工状态", "开工状态", 10, "start_state", lambda p: p.start_state),
    ListColumn("填报状态", "填报状态", 8, "filing_state", lambda p: p.filing_state),
    ListColumn("最近核实", "最近核实日", 10, "last_word", lambda p: p.last_word, _DATE),
    ListColumn("形象进度", "形象进度", 20, "physical", lambda p: p.physical, _TEXT),
    ListColumn("存在问题", "存在问题", 20, "problem", lambda p: p.problem, _TEXT),
    ListColumn("下一步", "下一步措施", 20, "next_step", lambda p: p.next_step, _TEXT),
    ListColumn("总投资原文", "总投资原文", 16, "investment_text", lambda p: p.investment_text),
    ListColumn("来源行", "来源(附表行)", 6, "source_row", lambda p: p.source_row, _COUNT),
)
"""Every column there is."""

MARK = 1
"""The cells before 序号 that a mark takes."""
WIDEST_NAME = 60
HANZI = 2
"""The cells of a character of a name."""


def _summed(column: ListColumn, group: Group) -> Any:
    """Give what a group has of a column: a sum, a rate, or an amount worked out from sums."""
    return Sum(group.investment, group.priced) if column.order == "investment" else getattr(group, column.order)


def with_total(table: Table, columns: Sequence[ListColumn], group: Group) -> Table:
    """Give a list with its 合计 row, and a note over how many rows each sum runs that leaves some out."""
    sums = ((column.title, _summed(column, group)) for column in columns if column.kind in _TOTALLED)
    partly = [f"{name} {one.known}/{group.count}" for name, one in sums if isinstance(one, Sum)]
    said = f"合计只加有数的项目：{'，'.join(partly)}；占比只用两数都有的项目"
    total = tuple(column.total(group) for column in columns)
    return replace(table, total=total, notes=(*table.notes[:1], *([said] if partly else []), *table.notes[1:]))


def order_words(order: Sequence[Order]) -> str:
    """Say what a list is ordered by: ``按总投资降、单位升``; empty in the plan's own order."""
    titles = {column.order: column.title for column in reversed(COLUMNS)}
    keys = "、".join(f"{titles[one.by]}{'降' if one.descending else '升'}" for one in order)
    return f"按{keys}" if keys else ""


def columns_named(names: Iterable[str]) -> tuple[tuple[ListColumn, ...], list[str]]:
    """Give the columns to show, and the names that are none: the fixed ones, then those named, else the usual ones."""
    known = {column.name: column for column in COLUMNS}
    wanted = list(dict.fromkeys(names))
    named = tuple(known[name] for name in wanted if name in known and known[name] not in FIXED)
    return (*FIXED, *(named or CHOSEN)), [name for name in wanted if name not in known]


def widths(columns: Sequence[ListColumn], heads: Sequence[Text], rows: Iterable[Position], room: int) -> list[int]:
    """Give each column's width for a list this wide; no amount is cut.

    The name takes what the columns that fit whole leave of the room, so that none is cut at the edge.
    """
    marks = (MARK, *(0 for _ in columns[1:]))
    needed = [column.width + mark for column, mark in zip(columns, marks, strict=True)]
    plain = [max(width, head.cell_len) for width, head in zip(needed, heads, strict=True)]
    for row in rows:
        for place, column in enumerate(columns):
            if column.kind is _AMOUNT:
                plain[place] = max(plain[place], cell_len(column.text(row)))
    ends = [end for end in accumulate(width + 1 for width in plain) if end <= room]
    name = [column.name for column in columns].index(FIXED[1].name)
    spare = room - ends[-1] if ends else 0
    plain[name] += min(spare - spare % HANZI, WIDEST_NAME - plain[name])
    plain[len(ends) - 1] += spare % HANZI
    return plain


def beyond(sizes: Sequence[int], room: int) -> int:
    """Count the columns that lie beyond the right edge of a list this wide."""
    return sum(end > room for end in accumulate(size + 1 for size in sizes))


def head(column: ListColumn, order: Sequence[Order]) -> Text:
    """Write a column's head; where the list is ordered by it 升 or 降, and its rank among several keys."""
    said = rank_words(column.order, order or (Order(),))
    text = f"{column.name}{said if len(order) > 1 else said.lstrip('1')}" if said else column.head
    return Text(text, "bold underline" if said else "")


def rank_words(by: str, order: Sequence[Order]) -> str:
    """Say where a figure stands among the keys of an order, and which way: ``2降``; empty where it is none."""
    return next((f"{rank}{'降' if one.descending else '升'}" for rank, one in enumerate(order, 1) if one.by == by), "")
