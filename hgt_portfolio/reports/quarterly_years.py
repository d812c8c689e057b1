"""分年度: planned investment by year and quarter against what was done, shaped with pandas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hgt_portfolio.figures import Filter
from hgt_portfolio.figures.totals import Done
from hgt_portfolio.months import Month, month, quarter_text
from hgt_portfolio.reports.curve import curve
from hgt_portfolio.reports.quarterly_data import Quarter, sheet
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table

if TYPE_CHECKING:
    import pandas as pd

CURVE = "计划与完成曲线"
"""The table that the overview's chart is drawn from."""


def years_sheet(quarter: Quarter) -> Sheet:
    """Make 分年度: by year, by year and domain, and by quarter of the near term."""
    notes = (
        "注：计划为各项目总投资按现行起止月份平均分摊，是推算，不是规划所列；"
        f"有投资额{quarter.total.priced}/{quarter.total.count}项。",
        "完成为各期末已报自开工累计之差，只计两端都有填报的项目，“有数”列为其项数/当期项目数，不足部分不是0；没有任何填报的季度不列完成。"
        "分季度的自开工累计沿用各项目最近一期填报；“已报项目计划”是同一批项目按月分摊到该期末的计划，可与之直接比较。",
    )
    return sheet(quarter, "分年度", "分年度投资计划与完成", _years(quarter), _curve(quarter), notes=notes, frozen=1)


Planned = dict[Month, dict[str, int]]
"""Amounts (fen) by month's end, then by domain; under no name that of all."""


def _planned(quarter: Quarter, ends: list[Month]) -> tuple[Planned, Planned]:
    """Give the planned investment through each month's end, and since the one before."""
    import pandas as pd

    through = {"": quarter.figures.spread(quarter.point, ends)}
    for group in quarter.domains:
        through[group.name] = quarter.figures.spread(quarter.point, ends, Filter(domain=group.name))
    frame = pd.DataFrame(through, index=pd.Index(ends, name="end"), dtype="int64")
    return _by_end(frame), _by_end(frame.diff().iloc[1:].astype("int64"))


def _by_end(frame: pd.DataFrame) -> Planned:
    names = [str(name) for name in frame.columns]
    rows = (dict(zip(names, row, strict=True)) for row in frame.to_numpy().tolist())
    return dict(zip(frame.index.tolist(), rows, strict=True))


def _told(done: Iterable[Done], name: str) -> tuple[int | None, str]:
    """Add an amount up over domains, None where nothing is known, and say over how many projects it runs."""
    found = [(getattr(one, name), one.count) for one in done]
    known = sum(amount.known for amount, _ in found)
    return sum(amount.fen for amount, _ in found) if known else None, f"{known}/{sum(count for _, count in found)}"


def _ytd(done: Done | None) -> int | None:
    return done.ytd.fen if done and done.ytd.known else None


def _span(quarter: Quarter) -> tuple[int, int]:
    """Give the first and last year that any planned month lies in, the plan's own years at least."""
    horizon = quarter.figures.horizon()
    months = quarter.tally.months
    return min([horizon.start, *months]) // 12, max([horizon.end, quarter.point.period, *months]) // 12


def _years(quarter: Quarter) -> Block:
    first, last = _span(quarter)
    period, start = quarter.point.period, quarter.figures.horizon().start // 12
    planned, yearly = _planned(quarter, [month(year, 12) for year in range(first - 1, last + 1)])
    ends = {year: min(month(year, 12), period) for year in range(start, period // 12 + 1)}
    told = quarter.figures.done(quarter.point, ends.values())
    done = {year: told[end] for year, end in ends.items()}
    names = [group.name for group in quarter.domains]
    rows = []
    for year in range(first, last + 1):
        end, at = month(year, 12), done.get(year)
        cells: list[Cell] = [_year_label(year, period), yearly[end][""], planned[end][""]]
        cells += [*_told(at.values(), "ytd"), *_told(at.values(), "stated")] if at else [None, "", None, ""]
        cells += [yearly[end][name] for name in names]
        cells += [_ytd(at.get(name)) if at else None for name in names]
        rows.append(tuple(cells))
    through = planned[month(last, 12)]
    total: tuple[Cell, ...] = (
        *("合计", through[""], "", "", "", "", ""),
        *(through[name] for name in names),
        *("" for _ in names),
    )
    columns = _year_columns(names)
    sums = {key: f"=ROUND(SUM([:{key}]),2)" for key in ("planned", *(f"planned_{n}" for n in range(len(names))))}
    table = Table("分年度投资", "一、分年度", columns, tuple(rows), total=total)
    return Block(table, total_formulas=sums, estimates=_estimates(columns))


def _estimates(columns: tuple[Column, ...]) -> frozenset[str]:
    """Give the columns that hold planned amounts: worked out, so shown with two decimals."""
    return frozenset(column.key for column in columns if column.key.startswith(("planned", "same")))


def _year_label(year: int, period: Month) -> str:
    if year == period // 12 and period % 12 != 11:
        return f"{year}（至{period % 12 + 1}月）"
    return str(year)


def _year_columns(names: list[str]) -> tuple[Column, ...]:
    return (
        Column("year", "年度", Kind.LABEL, 7),
        Column("planned", "当年计划", Kind.AMOUNT, 6, "计划（按月分摊）"),
        Column("planned_through", "累计计划", Kind.AMOUNT, 6, "计划（按月分摊）"),
        Column("done", "当年完成", Kind.AMOUNT, 6, "完成"),
        Column("done_known", "有数", Kind.LABEL, 4, "完成"),
        Column("stated", "年末累计完成", Kind.AMOUNT, 6, "完成"),
        Column("stated_known", "有数", Kind.LABEL, 4, "完成"),
        *(Column(f"planned_{n}", name, Kind.AMOUNT, 6, "分领域当年计划") for n, name in enumerate(names)),
        *(Column(f"done_{n}", name, Kind.AMOUNT, 5, "分领域当年完成") for n, name in enumerate(names)),
    )


def _curve(quarter: Quarter) -> Block:
    """Give each quarter of the near term: planned and done, and the plan of the very projects that reported."""
    rows = []
    for q in curve(quarter.figures, quarter.point):
        done, cumulative = q.told(q.quarter), q.told(q.cumulative)
        plotted = cumulative[0], q.same
        rows.append((quarter_text(q.end), q.planned_within, q.planned, *done, *cumulative, q.same, *plotted))
    columns = (
        Column("quarter", "季度", Kind.LABEL, 7),
        Column("planned", "当季计划", Kind.AMOUNT, 6, "计划（按月分摊）"),
        Column("planned_through", "累计计划", Kind.AMOUNT, 6, "计划（按月分摊）"),
        Column("done", "当季完成", Kind.AMOUNT, 6, "完成"),
        Column("done_known", "有数", Kind.LABEL, 4, "完成"),
        Column("cumulative", "自开工累计（含沿用）", Kind.AMOUNT, 6, "完成"),
        Column("cumulative_known", "有数", Kind.LABEL, 4, "完成"),
        Column("same", "已报项目计划", Kind.AMOUNT, 6, "同口径"),
        Column("plot_done", "自开工累计（图）", Kind.AMOUNT),
        Column("plot_same", "已报项目计划（图）", Kind.AMOUNT),
    )
    table = Table(CURVE, "二、分季度（近期）", columns, tuple(rows))
    return Block(table, helpers=frozenset(("plot_done", "plot_same")), estimates=_estimates(columns))
