"""What each figure of the overview counts, over what, and what it leaves out: one sentence a figure."""

from __future__ import annotations

from hgt_portfolio.figures import Group, Sum
from hgt_portfolio.money import wan_words
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import BASIS_LABELS, Basis, DeadlineState, FilingState, Light, StartState, Status
from hgt_portfolio.tui.pages.counts import Overview, moved

_STATES: dict[str, dict[str, str]] = {
    "deadline": {
        DeadlineState.OVERDUE: "过了完工期限，期限以后有填报或核实说还没完工的；没人说过的算到期未核实",
        DeadlineState.UNVERIFIED: "过了完工期限，此后没有填报或核实说到它的；不算逾期",
        DeadlineState.DUE_SOON: "离现行完工期限不到 30 天的",
        DeadlineState.ON_TIME: "在完工期限以前完工的",
        DeadlineState.COMPLETED_LATE: "已完工，实际完工日在完工期限以后的",
        DeadlineState.NOT_DUE: "没有完工，离完工期限 30 天以上的",
        DeadlineState.EXITED: "经调整终止的，总投资仍计入",
        DeadlineState.UNKNOWN: "没有完工期限的",
    },
    "start": {
        StartState.STARTED: "填报或核实说已经开工的",
        StartState.NOT_YET: "没到计划开工月的",
        StartState.LATE: "过了计划开工月，有填报或核实说还没开工的",
        StartState.UNVERIFIED: "过了计划开工月，还没有人说过开没开工的",
        StartState.EXITED: "经调整终止的",
        StartState.UNKNOWN: "没有计划开工月的",
    },
    "light": {
        Light.RED: "按现用预警规则或人工定为红灯的",
        Light.YELLOW: "按现用预警规则或人工定为黄灯的",
        Light.BLUE: "临期而没有亮红、黄灯的",
        Light.GREEN: "按现用预警规则或人工定为绿灯的",
        Light.NONE: "已完工、已终止，或没有依据判断的（没到开工期，没有年度计划、总投资或本年累计）",
    },
    "filing": {
        FilingState.PENDING: "本期还没报，填报期限没过的",
        FilingState.FILED: "本期在填报期限以内报了的",
        FilingState.LATE: "本期报了，过了填报期限才报的",
        FilingState.MISSING: "本期没报，填报期限已过的",
        FilingState.RETURNED: "本期的填报已退回，还没重报的",
        FilingState.NOT_REQUIRED: "已完工或已终止，不用再报的",
    },
    "status": {
        **{status: f"最近一次填报或核实说是{status}的" for status in Status},
        "未填报": "从来没有填报或核实说过状态的",
    },
}
"""What each state counts, by the vocabulary's name and the term."""


def hint(key: str, found: Overview, point: Point, basis: Basis) -> str:
    """Say what a figure counts, over what, and what is left out."""
    group = found.group
    kind, _, term = key.partition(":")
    if kind in _STATES:
        return f"{_STATES[kind][term]}。在 {group.count} 项里数，按 {point.day} 判断。"
    if kind == "phase":
        return f"{_PHASES[basis]}；金额只加有投资额的。"
    lacking = group.count - group.priced
    unpriced = f"没有投资额的 {lacking} 项不作 0，不在合计内" if lacking else "都有投资额"
    told = {
        "all": f"{group.count} 项的现行总投资；{unpriced}。",
        "priced": f"有投资额的项目；{unpriced}。",
        "unpriced": "总投资待定或只写了文字的项目，不作 0，不在总投资内。",
        "moved": f"规划装载时的总投资，和此后调整的增减 {wan_words(moved(found))} 万元；Enter 看是哪些调整。",
        "ytd": f"本年累计{_known(group.ytd, group, '未填报或缺期初数')}{_rate(group)}。",
        "quarter": f"本季度完成{_known(group.quarter, group, '未填报、含补报或缺上季度数')}。",
        "year_plan": f"本年计划投资{_known(group.year_plan, group, '没有年度计划')}{_behind(group)}。",
        "silent": f"应填报的 {group.to_file} 项里还没报的：待填报、未填报、退回都算；无需填报的不在内。",
    }
    return told[key]


_PHASES = {
    Basis.PLAN: f"{BASIS_LABELS[Basis.PLAN]}：装载规划时定下的近期、远期，以后的调整不改变；划分标准是推算的",
    Basis.DEADLINE: f"{BASIS_LABELS[Basis.DEADLINE]}：按现行完工期限在不在近期末以前划分",
}


def _known(total: Sum, group: Group, why: str) -> str:
    """Say over how many a sum runs, and why the others are not in it."""
    lacking = group.count - total.known
    return f"只加 {total.known}/{group.count} 项有数的" + (f"，另 {lacking} 项{why}" if lacking else "")


def _rate(group: Group) -> str:
    if group.year_rate is None:
        return ""
    return f"；完成率只算本年累计、年度计划都有数的 {group.rate_plan.known} 项"


def _behind(group: Group) -> str:
    if group.shortfall is None:
        return ""
    return f"；欠序时是计划应完成减本年累计，只算两数都有的 {group.planned.known} 项"
