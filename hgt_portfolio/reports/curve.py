"""The plan against what was done, by quarter and cumulative: for the workbook's 分年度 and the overview's chart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hgt_portfolio.figures import Figures, Filter, Point, Sum, Worked
from hgt_portfolio.months import Month, quarter_end, quarter_text
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
    nos = figures.numbers(point, where) if where and where != Filter() else None
    begun = [end for end in ends if end <= point.period] if nos is None or nos else []
    worked = dict(zip(begun, figures.worked(point, begun, nos), strict=True))
    return [
        _quarter(end, planned - before, planned, worked.get(end))
        for end, (before, planned) in zip(ends, pairwise(through), strict=True)
    ]


def _quarter(end: Month, within: int, planned: int, done: Worked | None) -> QuarterEnd:
    if done is None or not done.filed:
        return QuarterEnd(end, within, planned, done.count if done else 0, None, None, None)
    same = done.same if done.cumulative.known else None
    return QuarterEnd(end, within, planned, done.count, done.quarter, done.cumulative, same)


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
