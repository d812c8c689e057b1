"""The forms of filing: a unit's report, a cooperating unit's text, the opening, the year plan, the office's check."""

from __future__ import annotations

from typing import Any

from hgt_portfolio.figures import Position
from hgt_portfolio.ledger import (
    CheckInput,
    CooperationInput,
    Ledger,
    OpeningInput,
    Outcome,
    ReportInput,
    YearPlanInput,
    validated,
)
from hgt_portfolio.months import month_text
from hgt_portfolio.terms import CheckMethod, GoalVerdict
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import period_text
from hgt_portfolio.tui.forms import fields
from hgt_portfolio.tui.forms.fields import (
    AMOUNT_HINT,
    DAY_HINT,
    EVIDENCE,
    FINISHED,
    PERIOD,
    REASON,
    STARTED,
    STATUS,
    Asked,
    Field,
    Form,
    Prepared,
    about_project,
    given,
    project,
    statuses,
)


def _amount(fen: int | None) -> str:
    return "" if fen is None else wording.amount(fen)


def _last_report(p: Position) -> dict[str, str]:
    return {
        "period": "" if p.period_filed is None else period_text(p.period_filed),
        "status": p.status_label or "",
        "cumulative_fen": _amount(p.cumulative),
        "started": wording.day(p.started) if p.started else "",
        "finished": wording.day(p.finished) if p.finished else "",
        "physical": p.physical or "",
        "physical_percent": "" if p.physical_percent is None else f"{p.physical_percent}",
        "goal_verdict": p.goal_verdict or "",
        "problem": p.problem or "",
        "next_step": p.next_step or "",
        "filed_by": p.filed_by or "",
    }


def _is_again(p: Position) -> bool:
    """Tell whether the period is filed already, so that filing it once more corrects it."""
    return p.period in (p.period_filed, p.report_period)


def _last_head(p: Position) -> str:
    """Say what stands at the left."""
    if _is_again(p):
        return f"本期已报 {period_text(p.period)}"
    return "上次：未填报" if p.period_filed is None else f"上次 {period_text(p.period_filed)}"


def _base(p: Position) -> str:
    """Name the filing that a ``+`` adds to: the last one before the period, also where the period is filed already.

    What people mean by it is the work of this quarter.
    """
    return "本期以前" if p.period_filed is None else f"上期 {period_text(p.period_filed)}"


def _about_report(asked: Asked, p: Position, earlier: Position) -> str:
    """Say what the filing of this period stands beside: its own filing, the one before, and the days it is late."""
    desk = asked.desk
    point = desk.filed_at(desk.point(), p.period)
    said = []
    if _is_again(p):
        stated = _amount(p.stated) or "没有累计数"
        said.append(
            f"本期已报 {stated}，再报即更正；{_base(earlier)} {wording.amount(earlier.cumulative)}，“+”从上期加起。"
        )
    late = (desk.ledger.today - desk.figures.window(point)[1]).days
    if late > 0:
        said.append(f"填报截止已过，现在报为迟报 {late} 天。")
    return "".join(said)


_TEXTS = ("physical", "problem", "next_step")


def _notes(p: Position) -> dict[str, str]:
    """Say of the texts carried over from an earlier filing which one it is."""
    if p.report_period is None or p.report_period >= p.period:
        return {}
    return dict.fromkeys(_TEXTS, f"沿用 {month_text(p.report_period)}，请核对是否仍是这样")


def _unchanged(p: Position) -> str:
    if p.report_period is None:
        return ""
    last = "本期已报" if _is_again(p) else f" {period_text(p.report_period)} 所报"
    return f"所填与{last}的完全相同：自开工累计 {_amount(p.cumulative) or '未填'}，文字也没有改。本期情况核对过了吗？"


def _prepare_report(asked: Asked) -> Prepared:
    p = project(asked, asked.period)
    earlier = project(asked, p.period - 1) if _is_again(p) else p
    carried = _last_report(p) | {
        "period": period_text(p.period),
        "status": p.status or "",
        "cumulative_fen": wording.field_amount(p.cumulative),
        "goal_verdict": "",
    }
    return about_project(
        p,
        begin=carried,
        last=_last_report(p),
        head=_last_head(p),
        about=_about_report(asked, p, earlier),
        standing={"cumulative_fen": earlier.cumulative},
        base=_base(earlier),
        offered={"status": statuses(p)},
        period=p.period,
        notes=_notes(p),
        unchanged=_unchanged(p),
    )


def _write_report(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.report(validated(ReportInput, **given(values)), dry_run=rehearse)


def _prepare_opening(asked: Asked) -> Prepared:
    """Begin with the year before the plan's, for which the books are opened."""
    p = project(asked, asked.desk.figures.opening_period() + 12)
    begin = {
        "period": f"{p.period // 12 - 1}-12",
        "cumulative_fen": wording.field_amount(p.opening),
        "year_plan_fen": wording.field_amount(p.year_plan),
        "goal": p.goal or "",
        "started": wording.day(p.started) if p.started else "",
    }
    last = {"cumulative_fen": _amount(p.opening), "year_plan_fen": _amount(p.year_plan), "goal": p.goal or ""}
    standing = {"cumulative_fen": p.opening, "year_plan_fen": p.year_plan}
    return about_project(p, begin=begin, last=last, standing=standing, offered={"status": statuses(p)})


def _write_opening(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.open_books([validated(OpeningInput, **given(values))], dry_run=rehearse)


def _prepare_check(asked: Asked) -> Prepared:
    p, ledger = project(asked), asked.desk.ledger
    last = {
        "day": "" if p.check_day is None else p.check_day.isoformat(),
        "how": p.check_how or "",
        "finding": p.check_finding or "",
        "status": p.status_label or "",
        "started": wording.day(p.started) if p.started else "",
        "finished": wording.day(p.finished) if p.finished else "",
    }
    begin = {"day": ledger.today.isoformat(), "how": CheckMethod.ON_SITE, "checked_by": ledger.operator}
    return about_project(p, begin=begin, last=last, offered={"status": statuses(p)})


def _write_check(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.check(validated(CheckInput, **given(values)), dry_run=rehearse)


_STEPS = ("q1", "q2", "q3", "q4")


def _prepare_year_plan(asked: Asked) -> Prepared:
    p = project(asked)
    begin = {"year": str(p.period // 12), "amount_fen": wording.field_amount(p.year_plan), "goal": p.goal or ""}
    last = {"amount_fen": _amount(p.year_plan), "goal": p.goal or ""}
    return about_project(p, begin=begin, last=last, standing={"amount_fen": p.year_plan})


def _write_year_plan(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    asked = given(values, *_STEPS)
    steps = [values.get(step) for step in _STEPS]
    if any(step is not None for step in steps):
        asked["steps_fen"] = tuple(step or 0 for step in steps)
    return ledger.year_plan(validated(YearPlanInput, **asked), dry_run=rehearse)


def _prepare_cooperation(asked: Asked) -> Prepared:
    desk = asked.desk
    p = project(asked)
    members = desk.figures.cooperating(desk.point()).get(p.no, [])
    units = [unit.name for unit in desk.figures.units() if unit.name in members]
    if not units:
        raise ValueError(f"#{p.no} 没有配合单位；牵头单位 {p.unit} 请用进度填报。")
    begin = {"period": period_text(p.period), "unit": units[0]}
    return about_project(p, head="", begin=begin, offered={"unit": tuple((unit, unit) for unit in units)})


def _write_cooperation(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.cooperate(validated(CooperationInput, **given(values)), dry_run=rehearse)


def _prepare_send_back(asked: Asked) -> Prepared:
    p = project(asked)
    filed = p.period if p.period_filed is None else p.period_filed
    head = "未填报" if p.period_filed is None else "最近所报"
    return about_project(p, begin={"period": period_text(filed)}, last=_last_report(p), head=head)


def _write_send_back(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.send_back(values["no"], values["period"], values["reason"], dry_run=rehearse)


FILING = {
    "report": Form(
        "进度填报",
        (
            PERIOD,
            STATUS,
            Field("cumulative_fen", "自开工累计(万元)", fields.amount, AMOUNT_HINT),
            STARTED,
            FINISHED,
            Field("physical", "形象进度"),
            Field("physical_percent", "形象进度%", fields.percent, "0-100"),
            Field("goal_verdict", "年度形象目标判断", options=tuple(GoalVerdict)),
            Field("problem", "存在问题"),
            Field("next_step", "下一步措施"),
            Field("filed_by", "填报人"),
            REASON,
        ),
        "cumulative_fen",
        _prepare_report,
        _write_report,
        follows=True,
        verb="报送",
    ),
    "opening": Form(
        "期初建账",
        (
            Field("period", "期别", fields.due_month, "某年12月，如 2023-12", required=True),
            Field("status", "项目状态", chosen=True),
            Field("cumulative_fen", "自开工累计(万元)", fields.amount, AMOUNT_HINT),
            Field("cumulative_base_fen", "规划期前累计(万元)", fields.amount, "规划期开始前已开工的填"),
            STARTED,
            FINISHED,
            Field("year_plan_fen", "下年计划投资(万元)", fields.amount, "期别次年的计划"),
            Field("goal", "年度形象目标"),
            Field("evidence", "依据", hint="如 审计报告、支付台账"),
            REASON,
        ),
        "cumulative_fen",
        _prepare_opening,
        _write_opening,
    ),
    "check": Form(
        "核实记录",
        (
            Field("day", "核实日期", fields.day, DAY_HINT, required=True),
            Field("how", "核实方式", options=tuple(CheckMethod), required=True),
            Field("finding", "核实结论", required=True),
            Field("status", "核实状态", hint="不填为不变；按 Enter 选择", chosen=True),
            STARTED,
            FINISHED,
            EVIDENCE,
            Field("checked_by", "核实人"),
        ),
        "finding",
        _prepare_check,
        _write_check,
    ),
    "year_plan": Form(
        "年度计划",
        (
            Field("year", "年度", fields.year, "如 2024", required=True),
            Field("amount_fen", "本年计划投资(万元)", fields.amount, AMOUNT_HINT),
            *(
                Field(step, f"{word}季度计划(万元)", fields.amount, "可不填；四季之和等于全年")
                for step, word in zip(_STEPS, "一二三四", strict=True)
            ),
            Field("goal", "年度形象目标"),
            Field("doc", "文号"),
        ),
        "amount_fen",
        _prepare_year_plan,
        _write_year_plan,
    ),
    "cooperate": Form(
        "配合填报",
        (
            PERIOD,
            Field("unit", "配合单位", chosen=True, required=True),
            Field("text", "配合工作进展", required=True),
            Field("filed_by", "填报人"),
        ),
        "text",
        _prepare_cooperation,
        _write_cooperation,
        verb="报送",
    ),
    "send_back": Form(
        "退回填报",
        (PERIOD, Field("reason", "退回原因", required=True)),
        "reason",
        _prepare_send_back,
        _write_send_back,
        verb="退回",
    ),
}
"""By the names that commands give them."""
