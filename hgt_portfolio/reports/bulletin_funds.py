"""资金 in the bulletin: what sources planned, received and paid, where funds were filed; and where that comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hgt_portfolio.document import Figure, Span
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.figures.funds import FundSum, ProjectFunds, SourceState, Stated, sum_of
from hgt_portfolio.money import rounded
from hgt_portfolio.reports.bulletin_figures import count, exact_text
from hgt_portfolio.reports.quarterly_data import Quarter
from hgt_portfolio.reports.words import amount_words

FUND = "fund_"
"""How the column of a figure begins that is made from funds."""

MEASURES = {
    "planned": ("计划", "资金计划", "各来源最近一次填报的计划相加"),
    "received": ("到位", "资金到位", "各来源最近一次填报的到位累计相加"),
    "paid": ("支付", "资金支付", "各来源最近一次填报的支付累计相加"),
    "received_rate": ("到位率", "资金到位率", "到位÷计划，只用两数均报的来源"),
    "paid_rate": ("支付率", "资金支付率", "支付÷到位，只用两数同月均报的来源"),
}
"""The totals of funds: how the sentence says each, its name and its rule."""

MOST_ENTRIES = 1000

_COUNTED = {"received_rate": "received_of", "paid_rate": "paid_of"}


def fund_words(quarter: Quarter) -> Iterator[Span]:
    """Say what of the funds is there and paid, of how many projects and lines; nothing where none were filed."""
    every = quarter.figures.funds(quarter.point)
    told = [position for position in quarter.positions if position.no in every]
    if not told:
        return
    funds = [every[position.no] for position in told]
    total = sum_of(line for one in funds for line in one.sources)
    yield from ("资金方面，填报的", count("fund.filed", "填报资金的项目", told, quarter.positions), "项")
    yield from ("（全部", count("fund.of", "全部项目", quarter.positions, quarter.positions), "项）")
    for key in ("planned", "received", "paid"):
        if getattr(total, key) is not None:
            yield from (f"，{MEASURES[key][0]}", _figure(funds, total, key))
    for key, of in _COUNTED.items():
        if getattr(total, key) is not None:
            yield from (f"；{MEASURES[key][0]}", _figure(funds, total, key))
            yield from ("（", _every(funds, total), "笔来源中两数均报的", _known(funds, total, key, of), "笔）")
    yield "。"


def _figure(funds: list[ProjectFunds], total: FundSum, key: str) -> Figure:
    _, name, rule = MEASURES[key]
    value: int | Decimal = getattr(total, key)
    rows = tuple(one.no for one in funds if getattr(one.sum, key) is not None)
    text = amount_words(value) if isinstance(value, int) else f"{rounded(value * 100, 1)}%"
    return Figure(f"fund.{key}", text, name, exact_text(value), rule, rows, len(rows), len(funds), f"{FUND}{key}")


def _every(funds: list[ProjectFunds], total: FundSum) -> Figure:
    said, nos = str(total.lines), tuple(one.no for one in funds)
    rule = "逐笔计数，一个项目的一个来源为一笔"
    return Figure("fund.lines", said, "填报资金的来源", f"{said}笔", rule, nos, len(nos), len(nos), f"{FUND}lines")


def _known(funds: list[ProjectFunds], total: FundSum, key: str, of: str) -> Figure:
    rows = tuple(one.no for one in funds if getattr(one.sum, of))
    number = getattr(total, of)
    rule = f"逐笔计数，一个项目的一个来源为一笔；全部{total.lines}笔"
    name = f"{MEASURES[key][1]}计入的来源"
    said = str(number)
    return Figure(f"fund.{key}.known", said, name, f"{said}笔", rule, rows, len(rows), len(funds), f"{FUND}{key}")


def fund_value(funds: ProjectFunds | None, column: str) -> str | None:
    """Write a project's own value of what a figure of funds is made from."""
    value: int | Decimal | None = getattr(funds.sum, column.removeprefix(FUND)) if funds else None
    if column == f"{FUND}lines":
        return f"{value}笔"
    return None if value is None else exact_text(value)


def fund_source(figures: Figures, point: Point, funds: ProjectFunds | None, column: str) -> str:
    """Say which filings of funds a project's value comes from."""
    found = {stated.action_id for line in funds.sources for stated in _stated(line, column)} if funds else set()
    if not found:
        return "台账里没有资金填报"
    names = {entry.id: entry.operator for entry in figures.entries(point, funds.no if funds else None, MOST_ENTRIES)}
    return "；".join(f"资金填报（操作 {action}，{names.get(action, '—')}）" for action in sorted(found))


def _stated(line: SourceState, column: str) -> list[Stated]:
    taken = {"received_rate": (line.received, line.planned), "paid_rate": (line.paid, line.received)}
    key = column.removeprefix(FUND)
    every = (line.planned, line.received, line.paid)
    amounts = taken[key] if key in taken else every if key == "lines" else (getattr(line, key),)
    return [one for one in amounts if one is not None]
