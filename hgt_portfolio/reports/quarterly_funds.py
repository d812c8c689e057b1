"""资金 in the quarterly workbook: source by source, what each source comes to, and payment beside the work done."""

from __future__ import annotations

from collections.abc import Sequence

from hgt_portfolio.figures.funds import FundSum, SourceState, by_source, sum_of
from hgt_portfolio.money import ratio
from hgt_portfolio.reports.funds import (
    STATED_NOTE,
    WORK_NOTE,
    Funded,
    funded,
    grown_words,
    rate_words,
    special_table,
)
from hgt_portfolio.reports.quarterly_data import Quarter, sheet
from hgt_portfolio.reports.quarterly_projects import flagged
from hgt_portfolio.rules.funds import FUND_RULES, INCOMPARABLE
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table

FUNDS = "资金"
LINES = "资金明细"
NOTHING = "本期未填报资金"

AMOUNTS = ("planned", "received", "paid")
RATES = {"received_rate": ("received", "planned", "received_known"), "paid_rate": ("paid", "received", "paid_known")}

_SUMS = (
    Column("planned", "计划", Kind.AMOUNT, 7),
    Column("received", "到位", Kind.AMOUNT, 7),
    Column("received_rate", "到位率", Kind.RATE, 4),
    Column("paid", "支付", Kind.AMOUNT, 7),
    Column("paid_rate", "支付率", Kind.RATE, 4),
)
_LINE_COLUMNS = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("source", "资金来源", Kind.LABEL, 8),
    Column("period", "资金期别", Kind.MONTH, 5),
    *_SUMS,
    Column("received_known", "到位与计划均报", Kind.COUNT),
    Column("paid_known", "同月支付与到位均报", Kind.COUNT),
)


def funds_sheet(quarter: Quarter) -> Sheet:
    """Make 资金, its totals as live formulas over its own lines; 专项资金 where it was filed."""
    told, asked = _filed(quarter)
    years = [one for one in quarter.figures.special_funds(quarter.point) if one.year <= quarter.point.year]
    blocks = [_lines(told)]
    if told:
        blocks += [_sources(told), _beside(told)]
    if years:
        numeral = "四" if told else "二"
        special = special_table(years)
        title = f"{numeral}、{special.title}"
        blocks.append(Block(Table(special.name, title, special.columns, special.rows)))
    growth = (f"专项资金：{grown_words(years)}。",) if years else ()
    return sheet(quarter, FUNDS, "资金到位和支付情况", *blocks, notes=(*_notes(quarter, told, asked), *growth))


def _filed(quarter: Quarter) -> tuple[list[Funded], int]:
    """Give the projects that funds were filed of, and how many are to file: never more of them at once than filed."""
    funds, told, asked = quarter.figures.funds(quarter.point), list[Funded](), 0
    for position in quarter.positions:
        if position.no in funds:
            told += funded([position], funds)
        asked += position.no in funds or not position.exited
    return told, asked


def _notes(quarter: Quarter, rows: Sequence[Funded], of: int) -> tuple[str, ...]:
    funds, filed = [row.funds for row in rows if row.funds], len(rows)
    if not rows:
        return (f"注：{NOTHING}（0/{of}项）；未填报不作0。",)
    fresh = sum(one.period == quarter.point.period for one in funds)
    total = sum_of(line for one in funds for line in one.sources)
    leads = sum(row.lead is not None for row in rows)
    rules = "；".join(f"{rule.name}（{rule.words}）" for rule in FUND_RULES)
    return (
        f"注：填报资金{filed}/{of}项，其中有本期数的{fresh}项{'' if fresh else f'（{NOTHING}，均沿用以前的数）'}，"
        f"未填报的{of - filed}项不计入合计。",
        f"{STATED_NOTE}。{rate_words(total)}。",
        f"{WORK_NOTE}；可比{leads}/{filed}项。",
        f"发现的规则：{rules}；月份对不上的列为{INCOMPARABLE}。",
    )


def _lines(rows: Sequence[Funded]) -> Block:
    """Give one row a project and source."""
    cells = tuple(_line(row, line) for row in rows for line in (row.funds.sources if row.funds else ()))
    total = sum_of(line for row in rows if row.funds for line in row.funds.sources)
    whole: tuple[Cell, ...] = ("合计", f"{len(rows)}项", "", f"{len(cells)}笔", "", *_sum_cells(total), "", "")
    formulas = {key: f'=IF(COUNT([:{key}])=0,"—",ROUND(SUM([:{key}]),2))' for key in AMOUNTS}
    formulas |= {key: flagged(*of) for key, of in RATES.items()}
    formulas["source"] = '=COUNTA([:source])&"笔"'
    table = Table(LINES, "一、各项目资金来源", _LINE_COLUMNS, cells, total=whole if cells else None)
    return Block(table, total_formulas=formulas, helpers=frozenset(("received_known", "paid_known")))


def _line(row: Funded, line: SourceState) -> tuple[Cell, ...]:
    position, of = row.position, sum_of([line])
    period = max(stated.period for stated in (line.planned, line.received, line.paid) if stated)
    head = (position.no, position.name, position.unit, str(line.source), period)
    return (*head, *_sum_cells(of), of.received_of, of.paid_of)


def _sum_cells(of: FundSum) -> tuple[Cell, ...]:
    return (of.planned, of.received, of.received_rate, of.paid, of.paid_rate)


def _sources(rows: Sequence[Funded]) -> Block:
    """Add up the lines of each source."""
    found = by_source(row.funds for row in rows if row.funds)
    columns = (Column("source", "资金来源", Kind.LABEL, 3), Column("lines", "笔数", Kind.COUNT, 14), *_SUMS)
    match = f"[{LINES}!source],[source]"
    live = {"lines": f"=COUNTIFS({match})"}
    for key in AMOUNTS:
        stated = f'COUNTIFS({match},[{LINES}!{key}],"<>—")'
        live[key] = f'=IF({stated}=0,"—",ROUND(SUMIFS([{LINES}!{key}],{match}),2))'
    for key, (top, bottom, flag) in RATES.items():
        below = f"SUMIFS([{LINES}!{bottom}],{match},[{LINES}!{flag}],1)"
        live[key] = f'=IF({below}=0,"—",SUMIFS([{LINES}!{top}],{match},[{LINES}!{flag}],1)/{below})'
    cells = tuple((str(source), of.lines, *_sum_cells(of)) for source, of in found.items())
    return Block(Table("资金分来源", "二、分来源", columns, cells), formulas=live)


_BESIDE = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("status", "项目状态", Kind.LABEL, 8),
    Column("period", "完成截至", Kind.MONTH, 5),
    Column("paid", "支付合计", Kind.AMOUNT, 7),
    Column("work", "自开工累计完成投资", Kind.AMOUNT, 7),
    Column("share", "支付占完成", Kind.RATE, 4),
    Column("lead", "付款与完成差额", Kind.AMOUNT, 7),
    Column("findings", "发现", Kind.TEXT, 24),
)


def _beside(rows: Sequence[Funded]) -> Block:
    """Put each project's payments beside the work done, and what the rules found; a difference where comparable."""
    cells = tuple(_both(row) for row in rows)
    live = {(place, "lead"): "=ROUND([paid]-[work],6)" for place, row in enumerate(rows) if row.lead is not None}
    leads = [row.lead for row in rows if row.lead is not None]
    total: tuple[Cell, ...] = ("合计", f"可比{len(leads)}项", "", "", "", "", "", "", sum(leads) if leads else None, "")
    formulas = {"lead": '=IF(COUNT([:lead])=0,"—",ROUND(SUM([:lead]),2))', "name": '="可比"&COUNT([:lead])&"项"'}
    table = Table("付款与完成", "三、付款与完成投资对照", _BESIDE, cells, total=total)
    return Block(table, total_formulas=formulas, cell_formulas=live)


def _both(row: Funded) -> tuple[Cell, ...]:
    position, paid = row.position, row.funds.sum.paid if row.funds else None
    comparable = row.lead is not None
    return (
        *(position.no, position.name, position.unit, position.status_label, position.period_filed),
        *(paid, position.cumulative, ratio(paid, position.cumulative) if comparable else None, row.lead),
        "；".join(f"{one.rule}：{one.message}" for one in row.findings),
    )
