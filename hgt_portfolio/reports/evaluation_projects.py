"""重点工程 in the yearly evaluation: one row a project, and the domains' totals live over them."""

from __future__ import annotations

from dataclasses import replace

from hgt_portfolio.figures import Position
from hgt_portfolio.months import day_words
from hgt_portfolio.reports.evaluation_data import Evaluation, sheet
from hgt_portfolio.reports.evaluation_work import domain_table
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table
from hgt_portfolio.terms import COMPLETE_STATUSES, DeadlineState

PROJECTS, DOMAINS = "重点工程", "分领域"

PROJECT_COLUMNS = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("domain", "领域", Kind.LABEL, 4),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "牵头单位", Kind.LABEL, 6),
    Column("period", "实施年限", Kind.LABEL, 6),
    Column("investment", "计划总投资", Kind.AMOUNT, 6),
    Column("year_plan", "年度计划", Kind.AMOUNT, 6),
    Column("ytd", "年内完成", Kind.AMOUNT, 6),
    Column("year_rate", "占年度计划", Kind.RATE, 4),
    Column("cumulative", "自开工累计", Kind.AMOUNT, 6),
    Column("status", "项目状态", Kind.LABEL, 4),
    Column("deadline", "期限状态", Kind.LABEL, 5),
    Column("days", "逾期天数", Kind.COUNT, 3),
    Column("filing", "年末填报", Kind.LABEL, 4),
    Column("rated", "两数均知", Kind.COUNT),
    Column("state", "完工", Kind.COUNT),
)
_SUMMED = ("investment", "year_plan", "ytd", "cumulative")


_WORKED = ("year_plan", "ytd", "year_rate", "cumulative")
"""The columns of the newest quarter that says something; the others are of the year's end."""


def projects_sheet(evaluation: Evaluation) -> Sheet:
    """Make 重点工程: one row a project; totals are live over them."""
    worked = {position.no: position for position in evaluation.told.positions}
    rows = tuple(_project(position, worked.get(position.no)) for position in evaluation.quarter.positions)
    known: dict[str, Cell] = {"no": "合计", "year_rate": evaluation.told.total.year_rate}
    for key in ("year_plan", "ytd", "cumulative"):
        part = getattr(evaluation.told.total, key)
        known[key] = part.fen if part.known else None
    whole = evaluation.quarter.total
    known["investment"] = whole.investment if whole.priced else None
    total = tuple(known.get(column.key, "") for column in PROJECT_COLUMNS)
    note = (
        f"注：年度计划、年内完成、自开工累计按{evaluation.told.label}的填报，"
        f"总投资、项目状态、期限状态为{day_words(evaluation.point.day)}的，年末填报为{evaluation.quarter.label}的填报；"
        "项目状态为“实施中”“已完成”的（不是工程的项目），分别计入在建、完工。"
    )
    projects = Table(PROJECTS, "", PROJECT_COLUMNS, rows, total=total, notes=(note,))
    formulas = _live(evaluation, _formulas(None))
    block = Block(projects, helpers=frozenset(("rated", "state")), total_formulas=formulas)
    return sheet(evaluation, PROJECTS, "重点工程实施情况", block, right="单位：万元", frozen=3)


def _project(standing: Position, worked: Position | None) -> tuple[Cell, ...]:
    return (
        *(standing.no, standing.domain, standing.name, standing.unit, standing.period_text, standing.investment),
        *(getattr(worked, key) if worked else None for key in _WORKED),
        *(standing.status_label, standing.deadline_state, standing.days_overdue, standing.filing_state),
        *(int(worked is not None and worked.year_balance is not None), int(standing.status in COMPLETE_STATUSES)),
    )


def _live(evaluation: Evaluation, formulas: dict[str, str]) -> dict[str, str]:
    """Give the formulas that hold: where projects were split or added since, the rows are not those of the amounts."""
    then, now = ({p.no for p in quarter.positions} for quarter in (evaluation.told, evaluation.quarter))
    return formulas if then == now else {key: made for key, made in formulas.items() if key not in _WORKED}


def _formulas(by: str | None) -> dict[str, str]:
    """Give the formulas of the totals over the projects: of the rows whose ``by`` column is the name, or of all."""
    match = f"[{PROJECTS}!{by}],[name]," if by else ""

    def known(key: str, value: str) -> str:
        return f'=IF(COUNTIFS({match}[{PROJECTS}!{key}],"<>—")=0,"—",{value})'

    made = {key: known(key, f'ROUND(SUMIFS([{PROJECTS}!{key}],{match}[{PROJECTS}!{key}],"<>—"),2)') for key in _SUMMED}
    plan, ytd = (f"SUMIFS([{PROJECTS}!{key}],{match}[{PROJECTS}!rated],1)" for key in ("year_plan", "ytd"))
    return made | {"year_rate": f'=IF({plan}=0,"—",{ytd}/{plan})'}


def domain_block(evaluation: Evaluation) -> Block:
    """Give the domains' totals, live over 重点工程, with the hidden columns that the chart is drawn from."""
    table = domain_table(evaluation)
    plotted = ("year_plan", "ytd")
    at = [table.index(key) for key in plotted]
    columns = (*table.columns, *(replace(table.columns[place], key=f"plot_{table.columns[place].key}") for place in at))
    rows = tuple((*row, *(row[place] for place in at)) for row in table.rows)
    own = f"[{PROJECTS}!domain],[name]"
    live = _formulas("domain") | {
        "count": f"=COUNTIFS({own})",
        "complete": f"=SUMIFS([{PROJECTS}!state],{own})",
        "overdue": f'=COUNTIFS({own},[{PROJECTS}!deadline],"{DeadlineState.OVERDUE}")',
    }
    summed = _formulas(None) | {key: f"=SUM([:{key}])" for key in ("count", "complete", "overdue")}
    total = (*(table.total or ()), None, None)
    table = replace(table, name=DOMAINS, title=f"二、{table.title}", columns=columns, rows=rows, total=total)
    return Block(
        table,
        formulas=_live(evaluation, live),
        total_formulas=_live(evaluation, summed),
        helpers=frozenset(f"plot_{key}" for key in plotted),
    )
