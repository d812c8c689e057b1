"""What each rule says of a project and from which numbers, in sentences."""

from __future__ import annotations

from collections.abc import Callable

from hgt_portfolio.figures import Position
from hgt_portfolio.months import last_day, month_text
from hgt_portfolio.rules.lights import Step
from hgt_portfolio.terms import DeadlineState, FilingState, Light, StartState
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import period_text


def deadline_why(p: Position) -> str:
    """Say how the deadline state came about."""
    if p.due_date is None:
        return f"{p.deadline_state}：没有可识别的完工期限（原文：{p.period_text or '空'}）"
    said = [f"{p.deadline_state}：完工期限 {p.due_date}"]
    if p.days_moved:
        said.append(f"（原 {p.due_original}，{p.days_moved:+d}天）")
    more = _DEADLINES.get(DeadlineState(p.deadline_state))
    said.append(more(p) if more else "")
    return "".join(said)


def _overdue(p: Position) -> str:
    days = f"，逾期 {p.days_overdue} 天，最近核实日 {wording.day(p.last_word)}"
    return days + ("，已超过一个季度，待更新" if p.stale else "")


_DEADLINES: dict[DeadlineState, Callable[[Position], str]] = {
    DeadlineState.OVERDUE: _overdue,
    DeadlineState.UNVERIFIED: lambda p: f"，已过 {(p.day - (p.due_date or p.day)).days} 天，此后无人填报或核实",
    DeadlineState.NOT_DUE: lambda p: f"，还有 {((p.due_date or p.day) - p.day).days} 天",
    DeadlineState.DUE_SOON: lambda p: f"，还有 {((p.due_date or p.day) - p.day).days} 天",
    DeadlineState.ON_TIME: lambda p: f"，实际完工 {wording.day(p.finished)}",
    DeadlineState.COMPLETED_LATE: lambda p: (
        f"，实际完工 {wording.day(p.finished)}，晚 {wording.UNKNOWN if p.days_overdue is None else p.days_overdue} 天"
    ),
}


def start_why(p: Position) -> str:
    """Say how the start state came about."""
    if p.start is None:
        return p.start_state
    planned = f"{p.start_state}：计划开工月 {month_text(p.start)}"
    if p.started:
        return f"{planned}，实际开工 {p.started}"
    late = (p.day - last_day(p.start)).days
    if p.start_state in (StartState.LATE, StartState.UNVERIFIED):
        return f"{planned}，已过 {late} 天" + (
            "，此后无人填报或核实" if p.start_state == StartState.UNVERIFIED else "，仍填报未开工"
        )
    return planned


def filing_why(p: Position) -> str:
    """Say how the filing state of the period came about."""
    reasons = {
        FilingState.NOT_REQUIRED: "，已完工或已退出，不用再报",
        FilingState.MISSING: "，填报期限已过",
        FilingState.PENDING: "，还在填报期限内",
    }
    return f"{period_text(p.period)} {p.filing_state}{reasons.get(FilingState(p.filing_state), '')}"


def light_why(p: Position, rules_label: str) -> str:
    """Say which step of the rule set decided the light, with the numbers it rests on."""
    lamp = f"{p.light_computed}灯" if p.light_computed != Light.NONE else "无灯"
    numbers = _STEPS.get(Step(p.light_step))
    said = f"{lamp}：{p.light_step}。{numbers(p) if numbers else ''}"
    if p.light_override:
        said += f"（人工定为{p.light_override}灯，原因：{p.override_reason}）"
    return f"{said}（{rules_label}）" if rules_label else said


def _measured(p: Position) -> str:
    return (
        f"本年累计 {wording.amount(p.ytd)} / 本年计划 {wording.amount(p.year_plan)} 万元"
        f" = {wording.rate(p.year_rate)}，"
        f"序时进度 {wording.rate(p.pace)}（{p.pace_words}），偏差 {wording.points(p.deviation)} 个百分点"
    )


def _no_ground(p: Position) -> str:
    missing = [
        ("没有总投资", p.investment is None),
        ("没有本年计划投资", p.year_plan is None),
        (f"本年累计不明（{p.year_note}）", p.ytd is None),
        ("未到开工期", p.start is not None and p.start > p.period),
        ("没有年度形象目标判断", p.goal_verdict is None),
    ]
    return "、".join(text for text, holds in missing if holds)


_STEPS: dict[Step, Callable[[Position], str]] = {
    Step.MEASURE: _measured,
    Step.NO_GROUND: _no_ground,
    Step.OVERDUE: deadline_why,
    Step.START_LATE: start_why,
    Step.START_VERY_LATE: start_why,
    Step.GOAL: lambda p: f"判断为{p.goal_verdict}，目标：{p.goal or '未填'}",
    Step.SUSPENDED: lambda p: f"填报状态为{p.status}",
    Step.COMPLETE: lambda p: f"状态为{p.status}，不再亮灯",
}
