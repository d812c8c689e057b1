"""资金: what sources planned, received and paid, by project and group, beside the work done; and what to look into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hgt_portfolio.figures import Figures, Filter, Point, Position
from hgt_portfolio.figures.funds import FundSum, ProjectFunds, SourceState, SpecialYear, by_source, sum_of
from hgt_portfolio.money import ratio, rounded, wan_text
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.words import number, point_words
from hgt_portfolio.rules.funds import (
    FUND_RULES,
    INCOMPARABLE,
    UNFILED,
    Dated,
    FundCase,
    FundFinding,
    SourceCase,
    lead,
    of_case,
    summed,
)
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import COMPLETE_STATUSES, FundSource

RATE_NOTE = (
    "到位率为到位÷计划，支付率为支付÷到位，只用两数均报的来源（支付率还须是同一月份的数），一个项目的一个来源为一笔；"
    "到位率计{received}/{lines}笔，支付率计{paid}/{lines}笔"
)
STATED_NOTE = "各数为截至本期最近一次填报的自开工累计，资金期别为其中最近的月份；未填报的不作0"
WORK_NOTE = "付款与完成差额为支付合计−自开工累计完成投资，正数为付款超前；只在两数为同一月份时计算"


@dataclass(frozen=True)
class Funded:
    """A project with its funds and what the rules found; ``case`` and ``funds`` are None where none were filed."""

    position: Position
    funds: ProjectFunds | None
    case: FundCase | None
    findings: tuple[FundFinding, ...]

    @property
    def lead(self) -> int | None:
        """付款与完成差额 in fen, None where not comparable."""
        return lead(self.case) if self.case else None


def read_funded(figures: Figures, point: Point, where: Filter | None = None) -> list[Funded]:
    """Read projects with their funds, in the plan's order."""
    return funded(figures.positions(point, where), figures.funds(point))


def funded(positions: Iterable[Position], funds: dict[str, ProjectFunds]) -> list[Funded]:
    """Put projects and their funds together."""
    return [_funded(position, funds.get(position.no)) for position in positions]


def _funded(position: Position, funds: ProjectFunds | None) -> Funded:
    case = case_of(position, funds) if funds else None
    return Funded(position, funds, case, tuple(of_case(case)) if case else ())


def case_of(position: Position, funds: ProjectFunds) -> FundCase:
    """Give what the rules look at."""
    lines = tuple(_source_case(line) for line in funds.sources)
    amounts = {"到位": [line.received for line in lines], "支付": [line.paid for line in lines]}
    stated = {label: [one for one in of if one is not None] for label, of in amounts.items()}
    sums = {label: summed(of) for label, of in stated.items()}
    return FundCase(
        no=position.no,
        sources=lines,
        planned=funds.sum.planned,
        planned_whole=all(line.planned is not None for line in lines),
        received=sums["到位"],
        paid=sums["支付"],
        scattered=tuple(label for label, of in stated.items() if of and sums[label] is None),
        investment=position.investment,
        work=_work(position),
        quarter=position.quarter,
        period=position.period,
        complete=position.status in COMPLETE_STATUSES,
    )


def _source_case(line: SourceState) -> SourceCase:
    received, paid = (
        Dated(stated.fen, stated.period, stated.period) if stated else None for stated in (line.received, line.paid)
    )
    return SourceCase(str(line.source), line.planned.fen if line.planned else None, received, paid)


def _work(position: Position) -> Dated | None:
    """Give 自开工累计完成投资 and the months that it holds for: of a completed project, all since."""
    if position.stated is not None:
        first = 0 if position.period_filed is None else min(position.period_filed, position.period)
        return Dated(position.stated, first, position.period)
    if position.cumulative is None or position.period_filed is None:
        return None
    return Dated(position.cumulative, position.period_filed, position.period_filed)


def counted(rows: Sequence[Funded]) -> tuple[int, int]:
    """Count the projects with funds filed, and all that are to file: those that have not left, and those filed."""
    filed = sum(row.funds is not None for row in rows)
    return filed, sum(row.funds is not None or not row.position.exited for row in rows)


PROJECT_COLUMNS = (
    Column("no", "序号", Kind.COUNT, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("sources", "资金来源", Kind.TEXT, 8),
    Column("period", "资金期别", Kind.MONTH, 4),
    Column("planned_wan", "计划", Kind.AMOUNT, 6),
    Column("received_wan", "到位", Kind.AMOUNT, 6),
    Column("received_rate", "到位率", Kind.RATE, 4),
    Column("paid_wan", "支付", Kind.AMOUNT, 6),
    Column("paid_rate", "支付率", Kind.RATE, 4),
    Column("work_wan", "完成投资", Kind.AMOUNT, 6),
    Column("work_period", "完成截至", Kind.MONTH, 4),
    Column("lead_wan", "付款与完成差额", Kind.AMOUNT, 6),
    Column("findings", "发现", Kind.TEXT, 12),
)


def projects_table(figures: Figures, point: Point, rows: Sequence[Funded], source: FundSource | None = None) -> Table:
    """List the projects with funds filed, each source's lines folded into one; of one source, its lines alone."""
    shown = [row for row in rows if _lines(row, source)]
    total = sum_of(line for row in shown for line in _lines(row, source))
    leads = [row.lead for row in shown if row.lead is not None]
    cells = tuple(_project(row, source) for row in shown)
    whole: tuple[Cell, ...] = (
        *("", f"合计 {len(shown)}项", "", "", None),
        *(total.planned, total.received, total.received_rate, total.paid, total.paid_rate),
        *("", None, sum(leads) if leads and source is None else None, ""),
    )
    notes = [point_words(figures, point), _filed_words(figures, point, rows), rate_words(total), STATED_NOTE]
    if source is None:
        notes.append(f"{WORK_NOTE}；可比{len(leads)}/{len(shown)}项")
    else:
        notes.append(f"只列{source}；与完成投资的比较按项目的全部来源，不加 --source 可见")
    title = f"资金情况：{source}" if source else "资金情况"
    return Table("资金", title, PROJECT_COLUMNS, cells, whole if shown else None, tuple(notes))


def _lines(row: Funded, source: FundSource | None) -> tuple[SourceState, ...]:
    lines = row.funds.sources if row.funds else ()
    return tuple(line for line in lines if source in (None, line.source))


def _project(row: Funded, source: FundSource | None) -> tuple[Cell, ...]:
    position, lines = row.position, _lines(row, source)
    of, every = sum_of(lines), source is None
    return (
        number(position.no),
        position.name,
        position.unit,
        "、".join(line.source for line in lines),
        max(stated.period for line in lines for stated in (line.planned, line.received, line.paid) if stated),
        *(of.planned, of.received, of.received_rate, of.paid, of.paid_rate),
        position.cumulative if every else None,
        position.period_filed if every else None,
        row.lead if every else None,
        "、".join(dict.fromkeys(one.rule for one in row.findings)) if every else "",
    )


def _filed_words(figures: Figures, point: Point, rows: Sequence[Funded]) -> str:
    filed, of = counted(rows)
    later = figures.funds_later(point)
    beyond = f"；另有{later}项填报了{month_text(point.period)}以后月份的资金，未计入本表" if later else ""
    return f"填报资金 {filed}/{of}项" + ("" if filed else "：本期未填报资金") + beyond


def rate_words(total: FundSum) -> str:
    """Say what the rates are, and how many lines they count."""
    return RATE_NOTE.format(received=total.received_of, paid=total.paid_of, lines=total.lines)


SUM_COLUMNS = (
    Column("lines", "来源笔数", Kind.COUNT, 4),
    Column("planned_wan", "计划", Kind.AMOUNT, 7),
    Column("received_wan", "到位", Kind.AMOUNT, 7),
    Column("received_rate", "到位率", Kind.RATE, 4),
    Column("received_of", "到位率计笔", Kind.COUNT, 4),
    Column("paid_wan", "支付", Kind.AMOUNT, 7),
    Column("paid_rate", "支付率", Kind.RATE, 4),
    Column("paid_of", "支付率计笔", Kind.COUNT, 4),
)


def _sum_cells(of: FundSum) -> tuple[Cell, ...]:
    return (
        *(of.lines, of.planned, of.received, of.received_rate, of.received_of),
        *(of.paid, of.paid_rate, of.paid_of),
    )


def sources_table(figures: Figures, point: Point, rows: Sequence[Funded]) -> Table:
    """Add up the funds by source."""
    every = [row.funds for row in rows if row.funds]
    total = sum_of(line for one in every for line in one.sources)
    cells = tuple((str(source), *_sum_cells(of)) for source, of in by_source(every).items())
    notes = (point_words(figures, point), _filed_words(figures, point, rows), rate_words(total), STATED_NOTE)
    columns = (Column("source", "资金来源", Kind.LABEL, 8), *SUM_COLUMNS)
    return Table("资金分来源", "资金分来源", columns, cells, ("合计", *_sum_cells(total)) if cells else None, notes)


GROUPINGS: dict[str, tuple[str, Callable[[Position], str]]] = {
    "unit": ("责任单位", lambda position: position.unit),
    "domain": ("领域", lambda position: position.domain),
}


def groups_table(figures: Figures, point: Point, rows: Sequence[Funded], by: str) -> Table:
    """Add up the funds by lead unit or domain, every group with how many of its projects have filed."""
    head, name_of = GROUPINGS[by]
    groups: dict[str, list[Funded]] = {}
    for row in rows:
        groups.setdefault(name_of(row.position), []).append(row)
    columns = (
        Column("name", head, Kind.LABEL, 8),
        Column("filed", "填报资金", Kind.COUNT, 4),
        Column("of", "应报", Kind.COUNT, 4),
        *SUM_COLUMNS,
        Column("lead_wan", "付款与完成差额", Kind.AMOUNT, 7),
        Column("lead_of", "可比项数", Kind.COUNT, 4),
    )
    cells = tuple((name, *_group(of)) for name, of in groups.items())
    total = sum_of(line for row in rows if row.funds for line in row.funds.sources)
    notes = (point_words(figures, point), _filed_words(figures, point, rows), rate_words(total), STATED_NOTE, WORK_NOTE)
    return Table(f"资金分{head}", f"资金分{head}", columns, cells, ("合计", *_group(rows)), notes)


def _group(rows: Sequence[Funded]) -> tuple[Cell, ...]:
    leads = [row.lead for row in rows if row.lead is not None]
    of = sum_of(line for row in rows if row.funds for line in row.funds.sources)
    return (*counted(rows), *_sum_cells(of), sum(leads) if leads else None, len(leads))


SPECIAL_COLUMNS = (
    Column("year", "年度", Kind.LABEL, 5),
    Column("amount_wan", "专项资金", Kind.AMOUNT, 8),
    Column("change_wan", "比上年增减", Kind.AMOUNT, 8),
    Column("grew", "是否比上年增加", Kind.LABEL, 8),
    Column("paid_wan", "支付", Kind.AMOUNT, 8),
    Column("paid_rate", "支付率", Kind.RATE, 5),
    Column("doc", "文号", Kind.TEXT, 14),
)
PROMISE = "规划第六章（四）要求设立生态文明发展专项资金、保障逐年增加；上年没有填报的年度无从比较，不作判断"


def special_table(years: Sequence[SpecialYear]) -> Table:
    """List 专项资金 year by year, and whether it grew each year."""
    rows = tuple(
        (
            str(one.year),
            one.amount_fen,
            one.change,
            None if one.change is None else "是" if one.change > 0 else "否",
            one.paid_fen,
            ratio(one.paid_fen, one.amount_fen),
            one.doc,
        )
        for one in years
    )
    return Table("专项资金", "生态文明发展专项资金", SPECIAL_COLUMNS, rows, notes=(PROMISE, grown_words(years)))


def grown_words(years: Sequence[SpecialYear]) -> str:
    """Say whether 专项资金 grew in every year that can be compared."""
    compared = [one for one in years if one.change is not None]
    if not compared:
        return "还没有相邻两年的专项资金，无从判断是否逐年增加"
    short = [f"{one.year}年" for one in compared if (one.change or 0) <= 0]
    held = f"没有做到逐年增加：{'、'.join(short)}不多于上年" if short else "可比的各年都比上年增加"
    return f"可比{len(compared)}年，{held}"


FINDING_COLUMNS = (
    Column("no", "序号", Kind.COUNT, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("rule", "发现", Kind.LABEL, 8),
    Column("amount_wan", "金额", Kind.AMOUNT, 7),
    Column("message", "情况", Kind.TEXT, 34),
)


def findings_table(figures: Figures, point: Point, rows: Sequence[Funded]) -> Table:
    """List what the rules found, rule by rule, then what could not be compared."""
    order = [*(rule.name for rule in FUND_RULES), INCOMPARABLE]
    found = [(row, one) for row in rows for one in row.findings]
    found.sort(key=lambda pair: order.index(pair[1].rule))
    cells = tuple(
        (number(one.no), row.position.name, row.position.unit, one.rule, one.fen, one.message) for row, one in found
    )
    counts = "、".join(f"{name}{sum(one.rule == name for _, one in found)}处" for name in order)
    notes = (
        point_words(figures, point),
        f"{_filed_words(figures, point, rows)}，其余列入{UNFILED}，不判断；{counts}",
        *(f"{rule.name}：{rule.words}（{rule.source}）" for rule in FUND_RULES),
    )
    return Table("资金监督", "资金监督发现", FINDING_COLUMNS, cells, notes=notes)


def unfiled(rows: Sequence[Funded]) -> list[Position]:
    """Give the projects still in the plan that no funds were filed of."""
    return [row.position for row in rows if row.funds is None and not row.position.exited]


def funds_json(point: Point, rows: Sequence[Funded], listed: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the funds for programs: the point, n of N, the totals with how many lines each rate counts, and the rows."""
    filed, of = counted(rows)
    total = sum_of(line for row in rows if row.funds for line in row.funds.sources)
    return {
        "as_of": point.day.isoformat(),
        "period": month_text(point.period),
        "known_at": moment_text(point.known_at),
        "filed": filed,
        "of": of,
        "unfiled": [number(position.no) for position in unfiled(rows)],
        "total": sum_json(total),
        "rows": listed,
    }


def sum_json(of: FundSum) -> dict[str, Any]:
    """Give sums for programs: 万元 and ratios as decimal strings, unknown as null."""
    amounts = {"planned_wan": of.planned, "received_wan": of.received, "paid_wan": of.paid}
    rates = {"received_rate": of.received_rate, "paid_rate": of.paid_rate}
    return {
        "lines": of.lines,
        **{key: None if fen is None else wan_text(fen) for key, fen in amounts.items()},
        **{key: None if rate is None else f"{rounded(rate, 4)}" for key, rate in rates.items()},
        "received_of": of.received_of,
        "paid_of": of.paid_of,
    }
