"""The figures of 总览, each with the rows it runs over, its live formula, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hgt_portfolio.figures import Group
from hgt_portfolio.money import yi_text
from hgt_portfolio.reports.quarterly_data import PROJECTS, Quarter
from hgt_portfolio.reports.quarterly_groups import formulas
from hgt_portfolio.reports.words import project_count
from hgt_portfolio.table import Cell, Kind

MISSING = "投资额未定与未填报"

LIVE = formulas(None)


@dataclass(frozen=True)
class Kpi:
    """One figure of the overview: value, kind, unit, over which rows, its formula and where it leads."""

    name: str
    value: Cell
    kind: Kind
    unit: str
    scope: str
    formula: str | None = None
    leads: str = PROJECTS


def kpis_of(quarter: Quarter) -> list[Kpi]:
    """Give the figures of 总览 in order."""
    total = quarter.total
    return [*_investment(total), *_year(total), *_whole(total), _filing(quarter)]


def _amount(name: str, fen: int | None, scope: str, formula: str) -> Kpi:
    return Kpi(name, fen, Kind.AMOUNT, "万元", scope, formula)


def _sums(total: Group, *names: tuple[str, str]) -> Iterator[Kpi]:
    """Give amounts that sum one column over the rows where it is known."""
    for key, name in names:
        part = getattr(total, key)
        scope = f"有数 {part.known}/{total.count} 项"
        yield _amount(name, part.fen if part.known else None, scope, LIVE[key])


def _investment(total: Group) -> Iterator[Kpi]:
    scope = f"有投资额 {total.priced}/{total.count} 项"
    column = f"[{PROJECTS}!investment]"
    in_yi = f'=IF(COUNT({column})=0,"—",TEXT(ROUND(SUM({column})/10000,4),"0.0000"))'
    yield Kpi("项目数", total.count, Kind.COUNT, "项", project_count(total), LIVE["count"])
    yield _amount("总投资", total.investment if total.priced else None, scope, LIVE["investment"])
    yield Kpi("总投资（亿元）", yi_text(total.investment) if total.priced else None, Kind.TEXT, "亿元", scope, in_yi)
    yield Kpi("有投资额", total.priced, Kind.COUNT, "项", scope, f"=COUNT({column})", MISSING)


def _year(total: Group) -> Iterator[Kpi]:
    rated = f"年度计划与本年累计均知 {total.rate_plan.known}/{total.count} 项"
    first = f"年内调整前的年度计划；与本年累计均知 {total.first_plan.known}/{total.count} 项"
    paced = f"按各项目自身序时；与本年累计均知 {total.planned.known}/{total.count} 项"
    rate = LIVE["year_rate"].removeprefix("=")
    deviation = f'=IF({rate}="—","—",({rate}-{total.months}/12)*100)'
    left = f"SUMIFS([{PROJECTS}!year_plan],[{PROJECTS}!rated],1)-SUMIFS([{PROJECTS}!ytd],[{PROJECTS}!rated],1)"
    balance = f'=IF(COUNTIFS([{PROJECTS}!rated],1)=0,"—",ROUND({left},2))'
    yield from _sums(
        total,
        ("opening", "截至上年底累计完成"),
        ("year_plan", "本年计划投资"),
        ("quarter", "本季度完成"),
        ("ytd", "本年累计"),
    )
    yield Kpi("占年度计划", total.year_rate, Kind.RATE, "", rated, LIVE["year_rate"])
    yield Kpi("占年初计划", total.first_rate, Kind.RATE, "", first, LIVE["first_rate"])
    yield Kpi("序时进度", total.pace, Kind.RATE, "", f"本年已过 {total.months}/12 个整月")
    yield Kpi("偏差", total.deviation, Kind.POINTS, "百分点", f"占年度计划−序时进度；{rated}", deviation)
    yield _amount("计划应完成", total.planned.fen if total.planned.known else None, paced, LIVE["planned"])
    yield _amount("欠序时金额", total.shortfall, "计划应完成−本年累计，负数为超前", LIVE["shortfall"])
    yield _amount("年度任务余额", total.year_balance, rated, balance)


def _whole(total: Group) -> Iterator[Kpi]:
    shared = f"自开工累计与总投资均知 {total.share_investment.known}/{total.count} 项"
    yield from _sums(total, ("since_plan", "规划期以来完成"), ("cumulative", "自开工累计"))
    yield Kpi("占总投资", total.total_rate, Kind.RATE, "", shared, LIVE["total_rate"])


def _filing(quarter: Quarter) -> Kpi:
    total = quarter.total
    return Kpi(
        "填报",
        f"{total.filed}/{total.filed + total.not_filed}",
        Kind.LABEL,
        "项",
        f"{quarter.label}已填报/应填报；已完工、已退出的无需填报",
        leads=MISSING,
    )
