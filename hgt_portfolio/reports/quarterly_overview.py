"""说明与对账 and 总览: how to read the workbook, whether the plan's own totals hold, and the figures at a glance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest

from hgt_portfolio.months import month_text
from hgt_portfolio.reports.milestones import both_counts
from hgt_portfolio.reports.parts import HEAD_NOTE
from hgt_portfolio.reports.quarterly_data import PROJECTS, STATES, Quarter, sheet
from hgt_portfolio.reports.quarterly_groups import PACE_NOTE, gaps, state_count
from hgt_portfolio.reports.quarterly_kpis import Kpi, kpis_of
from hgt_portfolio.reports.quarterly_years import CURVE
from hgt_portfolio.reports.reconcile import reconcile
from hgt_portfolio.reports.words import HEAD, head_words, printed_phases
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.table import Block, Cell, Chart, Column, Kind, Plot, Rows, Sheet, Table
from hgt_portfolio.terms import DeadlineState, Light, StartState


def guide_sheet(quarter: Quarter) -> Sheet:
    """Make 说明与对账: the point, the rules, the bases, what is not counted, and the reconciliation."""
    facts = _facts(quarter)
    columns = (Column("subject", "事项", Kind.LABEL, 8), Column("text", "内容", Kind.TEXT, 13))
    about = Block(Table("说明", "一、说明", columns, facts, unit_note=""))
    told = reconcile(quarter.figures, quarter.point)
    # The codes are for programs.
    compared = replace(told, columns=told.columns[1:], rows=tuple(row[1:] for row in told.rows))
    checked = Block(
        Table(compared.name, "二、" + compared.title, compared.columns, compared.rows, notes=compared.notes)
    )
    return sheet(quarter, "说明与对账", "投资汇总说明与对账", about, checked, right="")


def _facts(quarter: Quarter) -> tuple[tuple[Cell, ...], ...]:
    point, in_force = quarter.point, quarter.in_force
    items = quarter.figures.sub_items(point)
    shown = {position.no for position in quarter.positions} if items else set()
    items = [item for item in items if item.no in shown]
    counted = both_counts(quarter.total.count, items)
    return (
        ("规划", f"{quarter.plan_title}（{quarter.doc_no}，{quarter.issued.isoformat()}印发）"),
        ("截至日", f"{point.day.isoformat()}：项目状态、完工期限按这一天判断"),
        ("期别", f"{quarter.label}（截至{month_text(point.period)}）：投资、序时进度、填报按这一期计算"),
        ("数据时点", f"{moment_text(point.known_at)}（北京时间）：只用这一时点以前记入台账的内容"),
        ("预警规则", f"{in_force.label}，第{in_force.rules.version}版。{in_force.rules.source}"),
        (HEAD, f"{head_words(quarter.figures, point)}；{HEAD_NOTE}"),
        ("金额", "单位为万元，台账内以分存储，先求和后换算，四舍五入；未知为“—”，不是0，不参加合计"),
        ("投资完成", "自开工累计为已完成工作的价值，不是付款；本季度、本年为两个期末累计之差，两端都有填报才算"),
        ("占比", "合计行和分组的占比只用分子、分母都有数的项目；分母为0或未知时为“—”；超过100%照实列出"),
        ("序时进度", PACE_NOTE),
        ("期限状态", "完工期限为完工月的最后一天，次日起算逾期；期限已过而无人报送的为到期未核实，不算逾期"),
        (
            "口径",
            f"近期、远期有规划口径、完工口径、按月分摊口径三种，见“近期远期”；{printed_phases(quarter.figures)}，其余为推算",
        ),
        *((("子项", f"共{quarter.total.count}项；{counted}"),) if counted else ()),
        ("未计入", gaps(quarter)),
        ("合计公式", "合计、分领域、分单位、总览为活公式，取自“项目调度表”；隐藏列为公式所用的标记（1为两数均知）"),
    )


OVERVIEW, STATES_HEAD = "总览", "项目状态分布"


def overview_sheet(quarter: Quarter) -> Sheet:
    """Make 总览: the figures, each with the rows it runs over, the projects by state, and native charts."""
    kpis, states = kpis_of(quarter), _states(quarter)
    columns = (
        Column("name", "指标", Kind.LABEL, 11, "主要指标"),
        Column("value", "数值", Kind.AMOUNT, 8, "主要指标"),
        Column("unit", "单位", Kind.LABEL, 4, "主要指标"),
        Column("scope", "统计范围和说明", Kind.TEXT, 24, "主要指标"),
        Column("basis", "依据", Kind.LABEL, 6, STATES_HEAD),
        Column("state", "状态", Kind.LABEL, 8, STATES_HEAD),
        Column("count", "项目数", Kind.COUNT, 5, STATES_HEAD),
    )
    blank_kpi, blank_state = Kpi("", "", Kind.LABEL, "", ""), _State("", "", "", "", "")
    pairs = list(zip_longest(kpis, states))
    rows = tuple(
        (kpi.name, kpi.value, kpi.unit, kpi.scope, state.basis, state.name, state.count)
        for kpi, state in ((kpi or blank_kpi, state or blank_state) for kpi, state in pairs)
    )
    live = {(n, "value"): kpi.formula for n, kpi in enumerate(kpis) if kpi.formula}
    live |= {(n, "count"): f'=COUNTIFS([{PROJECTS}!{s.column}],"{s.word}")' for n, s in enumerate(states)}
    block = Block(
        Table(OVERVIEW, OVERVIEW, columns, rows),
        cell_formulas=live,
        kinds={(n, "value"): kpi.kind for n, kpi in enumerate(kpis)},
        links={(n, "name"): Rows(kpi.leads) for n, kpi in enumerate(kpis)}
        | {(n, "state"): Rows(s.leads) for n, s in enumerate(states)},
    )
    return sheet(quarter, OVERVIEW, "投资完成情况总览", block, right="", charts=_charts(quarter))


@dataclass(frozen=True)
class _State:
    """A count of projects: what it is judged by, its word, how many, and the helper column that it is counted in."""

    basis: str
    name: str
    count: Cell
    column: str
    word: str
    leads: str = PROJECTS


def _states(quarter: Quarter) -> list[_State]:
    """Count the projects by state, deadline, start and light, as the chart of states shows them."""
    total = quarter.total
    states = [_State("项目状态", name, state_count(total, name), "state", name) for name in STATES]
    states.append(_State("项目状态", "从未报送", total.unreported, "state", "—"))
    states += [
        _State("期限状态", state, total.deadline_states[state], "deadline", state, _ALERTED.get(state, PROJECTS))
        for state in _DEADLINES
    ]
    late = StartState.LATE
    states.append(_State("开工状态", late, total.start_states[late], "start", late, ALERTS_SHEET))
    states += [
        _State(
            "预警", f"{light}灯" if light != Light.NONE else "无灯", total.lights[light], "light", light, ALERTS_SHEET
        )
        for light in Light
    ]
    return states


ALERTS_SHEET = "逾期与预警"
_DEADLINES = (
    DeadlineState.OVERDUE,
    DeadlineState.UNVERIFIED,
    DeadlineState.DUE_SOON,
    DeadlineState.ON_TIME,
    DeadlineState.COMPLETED_LATE,
    DeadlineState.NOT_DUE,
)


_ALERTED = dict.fromkeys((DeadlineState.OVERDUE, DeadlineState.UNVERIFIED, DeadlineState.DUE_SOON), ALERTS_SHEET)


def _charts(quarter: Quarter) -> tuple[Chart, ...]:
    return (
        Chart(
            Plot.LINE,
            "累计投资：计划与完成（万元）",
            f"[{CURVE}!quarter]",
            (
                ("计划（全部项目）", f"[{CURVE}!planned_through]"),
                ("完成（已报项目）", f"[{CURVE}!plot_done]"),
                ("计划（已报项目）", f"[{CURVE}!plot_same]"),
            ),
            "#,##0",
        ),
        Chart(
            Plot.COLUMN,
            f"{quarter.point.year}年分领域完成情况（万元）",
            "[分领域!name]",
            (("本年计划投资", "[分领域!plot_year_plan]"), ("本年累计", "[分领域!plot_ytd]")),
            "#,##0",
        ),
        Chart(Plot.BAR, "分单位占年度计划", "[分单位!name]", (("占年度计划", "[分单位!plot_year_rate]"),), "0%"),
        Chart(Plot.BAR, "项目状态分布（项）", f"[{OVERVIEW}!state]", (("项目数", f"[{OVERVIEW}!count]"),), "0"),
    )
