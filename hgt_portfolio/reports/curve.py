"""The plan against what was done, by quarter and cumulative: for the workbook's 分年度 and the overview's chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hgt_portfolio.figures import Figures, Filter, Point, Position, Sum
from hgt_portfolio.months import Month, quarter_end, quarter_text
from hgt_portfolio.reports.quarterly_data import PAGE, Known, each_position
from hgt_portfolio.table import Column, Kind, Table

CURVE_NOTE = (
    "计划为总投资按现行起止月份平均分摊，是推算；完成为自开工累计，沿用各项目最近一期填报，没有任何填报的季度不列；"
    "已报项目计划是有自开工累计的同一批项目的计划，可与完成直接比较"
)


@dataclass(frozen=True)
class QuarterEnd:
    """How far plan and work had come (fen, through the month ``end``).

    ``planned`` is every project's amount spread over its months, ``same`` that of the very projects whose
    自开工累计 is known. What was done is None after the present quarter and where nobody filed for that quarter.
    """

    end: Month
    planned_within: int
    planned: int
    count: int
    quarter: Sum | None
    cumulative: Sum | None
    same: int | None

    def told(self, total: Sum | None) -> tuple[int | None, str]:
        """Give a sum and over how many rows it runs, as two cells."""
        if total is None:
            return None, ""
        return (total.fen if total.known else None), f"{total.known}/{self.count}"


def curve(figures: Figures, point: Point, where: Filter | None = None) -> list[QuarterEnd]:
    """Read every quarter of the near term, and on to the present one, of the projects that a filter lets through."""
    horizon = figures.horizon()
    ends = range(quarter_end(horizon.start), max(horizon.near_end, point.period) + 1, 3)
    through = figures.spread(point, [horizon.start - 1, *ends], where)
    # A filter by state chooses by the state of now: the projects it chose are followed through every quarter.
    nos = tuple(figures.numbers(point, where)) if where and where != Filter() else None
    quarters = []
    for place, end in enumerate(ends):
        rows = _rows(figures, point, end, nos) if end <= point.period else []
        quarters.append(_quarter(figures, point, end, through[place : place + 2], rows))
    return quarters


def _rows(figures: Figures, point: Point, end: Month, nos: tuple[str, ...] | None) -> Iterable[Position]:
    at = point if end == point.period else point.at(end)
    if nos is None:
        return each_position(figures, at)
    return figures.positions(at, Filter(nos=nos)) if nos else []


def _quarter(figures: Figures, point: Point, end: Month, planned: list[int], rows: Iterable[Position]) -> QuarterEnd:
    within = planned[1] - planned[0]
    count, filed, nos = 0, False, []
    quarter, cumulative = Known(), Known()
    for row in rows:
        count += 1
        filed = filed or row.period_filed == end
        quarter.add(row.quarter)
        cumulative.add(row.cumulative)
        if row.cumulative is not None:
            nos.append(row.no)
    if not filed:
        return QuarterEnd(end, within, planned[1], count, None, None, None)
    done = Sum(quarter.fen, quarter.known), Sum(cumulative.fen, cumulative.known)
    return QuarterEnd(end, within, planned[1], count, *done, _same(figures, point, end, nos))


def _same(figures: Figures, point: Point, end: Month, nos: list[str]) -> int | None:
    """Give how much of these projects' amounts is planned through a month."""
    parts = (tuple(nos[first : first + PAGE]) for first in range(0, len(nos), PAGE))
    return sum(figures.spread(point, [end], Filter(nos=part))[0] for part in parts) if nos else None


def curve_table(quarters: list[QuarterEnd]) -> Table:
    """Set plan and work side by side, quarter by quarter."""
    columns = (
        Column("quarter", "季度", Kind.LABEL),
        Column("planned_within", "当季计划", Kind.AMOUNT),
        Column("planned", "累计计划", Kind.AMOUNT),
        Column("done", "当季完成", Kind.AMOUNT),
        Column("done_known", "当季有数", Kind.LABEL),
        Column("cumulative", "自开工累计（含沿用）", Kind.AMOUNT),
        Column("cumulative_known", "累计有数", Kind.LABEL),
        Column("same", "已报项目计划", Kind.AMOUNT),
    )
    rows = tuple(
        (quarter_text(q.end), q.planned_within, q.planned, *q.told(q.quarter), *q.told(q.cumulative), q.same)
        for q in quarters
    )
    return Table("计划与完成", "计划与完成（按季）", columns, rows, notes=(CURVE_NOTE,))
