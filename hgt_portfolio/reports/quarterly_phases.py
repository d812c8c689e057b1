"""近期远期: the three bases side by side, of all projects and of each domain."""

from __future__ import annotations

from hgt_portfolio.figures import Group
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.quarterly_data import PROJECTS, Quarter, sheet
from hgt_portfolio.reports.words import printed_phases
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table
from hgt_portfolio.terms import BASIS_LABELS, PHASE_LABELS, Basis, Phase

_HELPERS = {Basis.PLAN: "stage", Basis.DEADLINE: "phase"}
"""The hidden column of 项目调度表 that holds each basis' phase."""

_COUNTED = (Phase.NEAR, Phase.FAR, Phase.UNDATED)


def phases_sheet(quarter: Quarter) -> Sheet:
    """Make 近期远期: the plan prints two counts of projects; the rule behind them and the amounts are 推算."""
    plan = quarter.figures.plan()
    notes = (
        f"注：{printed_phases(quarter.figures)}，没有写划分标准，也没有分期金额；划分规则和各期金额均为推算。",
        f"规划口径：装载规划时计划完工在{month_text(plan.far_from)}及以后的记为远期，此后调整不改变归属；"
        f"完工口径：现行完工期限不晚于{month_text(plan.near_end)}的为近期；"
        f"按月分摊口径：每项总投资按起止月份平均分摊，早于{month_text(plan.start)}的为规划期以前，"
        f"晚于{month_text(plan.horizon_end)}的为规划期以后。",
        f"金额为现行总投资，有投资额{quarter.total.priced}/{quarter.total.count}项。",
    )
    return sheet(
        quarter, "近期远期", "近期远期投资（三种口径）", _bases(quarter), _domains(quarter), notes=notes, frozen=1
    )


def _bases(quarter: Quarter) -> Block:
    """Put the phases in rows, the bases in columns."""
    total = quarter.total
    groups = [BASIS_LABELS[basis] for basis in Basis]
    columns = (
        Column("phase", "阶段", Kind.LABEL, 7),
        Column("plan_count", "项目数", Kind.COUNT, 6, groups[0]),
        Column("plan", "总投资", Kind.AMOUNT, 7, groups[0]),
        Column("deadline_count", "项目数", Kind.COUNT, 6, groups[1]),
        Column("deadline", "总投资", Kind.AMOUNT, 7, groups[1]),
        Column("monthly", "分摊投资", Kind.AMOUNT, 7, groups[2]),
    )
    rows = tuple(_phase_row(total, phase) for phase in Phase)
    whole: tuple[Cell, ...] = ("合计", total.count, total.investment, total.count, total.investment, total.investment)
    formulas = {}
    for basis, helper in _HELPERS.items():
        for row, phase in enumerate(Phase):
            if phase in _COUNTED:
                column, label = f"[{PROJECTS}!{helper}]", PHASE_LABELS[phase]
                formulas[row, f"{basis}_count"] = f'=COUNTIFS({column},"{label}")'
                formulas[row, str(basis)] = f'=ROUND(SUMIFS([{PROJECTS}!investment],{column},"{label}"),2)'
    sums = {key: f"=ROUND(SUM([:{key}]),2)" for key in ("plan", "deadline", "monthly")}
    counts = {key: f"=SUM([:{key}])" for key in ("plan_count", "deadline_count")}
    table = Table("三种口径", "一、三种口径对照", columns, rows, total=whole)
    return Block(table, total_formulas=sums | counts, cell_formulas=formulas, estimates=frozenset(("monthly",)))


def _phase_row(group: Group, phase: Phase) -> tuple[Cell, ...]:
    cells: list[Cell] = [PHASE_LABELS[phase]]
    for basis in _HELPERS:
        cells += group.phases[str(basis)][str(phase)] if phase in _COUNTED else (None, None)
    return (*cells, group.monthly[str(phase)])


def _domains(quarter: Quarter) -> Block:
    """Put the domains in rows: near and far by the two counted bases, and every part by month."""
    split = [(basis, phase) for basis in _HELPERS for phase in (Phase.NEAR, Phase.FAR)]
    columns = [Column("name", "领域", Kind.LABEL, 7)]
    for basis, phase in split:
        label = f"{BASIS_LABELS[basis]}·{PHASE_LABELS[phase]}"
        columns.append(Column(f"{basis}_{phase}_count", "项目数", Kind.COUNT, 4, label))
        columns.append(Column(f"{basis}_{phase}", "总投资", Kind.AMOUNT, 6, label))
    monthly = [phase for phase in Phase if phase is not Phase.UNDATED]
    columns += [
        Column(f"monthly_{phase}", PHASE_LABELS[phase], Kind.AMOUNT, 6, BASIS_LABELS[Basis.MONTHLY])
        for phase in monthly
    ]

    def row(group: Group) -> tuple[Cell, ...]:
        cells: list[Cell] = [group.name]
        for basis, phase in split:
            cells += group.phases[str(basis)][str(phase)]
        return (*cells, *(group.monthly[str(phase)] for phase in monthly))

    sums = {
        column.key: f"=SUM([:{column.key}])" if column.kind is Kind.COUNT else f"=ROUND(SUM([:{column.key}]),2)"
        for column in columns[1:]
    }
    formulas = {}
    for basis, phase in split:
        both = f'[{PROJECTS}!domain],[name],[{PROJECTS}!{_HELPERS[basis]}],"{PHASE_LABELS[phase]}"'
        formulas[f"{basis}_{phase}_count"] = f"=COUNTIFS({both})"
        formulas[f"{basis}_{phase}"] = f"=ROUND(SUMIFS([{PROJECTS}!investment],{both}),2)"
    table = Table(
        "分领域近期远期",
        "二、分领域",
        tuple(columns),
        tuple(row(group) for group in quarter.domains),
        total=("合计", *row(quarter.total)[1:]),
    )
    estimates = frozenset(f"monthly_{phase}" for phase in monthly)
    return Block(table, formulas=formulas, total_formulas=sums, estimates=estimates)
