"""The forms of 督办: raising an item, filled from what the figures suggest, and every step on one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hgt_portfolio.figures import Suggestion, SupervisionItem
from hgt_portfolio.ledger import Ledger, Outcome, StepInput, SuperviseInput, validated
from hgt_portfolio.rules.supervision import NEEDED, SUGGESTED, barred
from hgt_portfolio.terms import SupervisionGround, SupervisionStep
from hgt_portfolio.tui.desk import period_text
from hgt_portfolio.tui.forms import fields
from hgt_portfolio.tui.forms.fields import DAY_HINT, Asked, Field, Form, Prepared, given

DUE_DAYS = SUGGESTED[SupervisionGround.OVERDUE][0]
"""Days given to an item that the figures suggest nothing for."""

_DUE_HINT = "如 2024-09-30、9月30日；只写月为月末"
_RAISED = (
    Field("ground", "事由", options=tuple(SupervisionGround), required=True),
    Field("content", "交办事项", required=True),
    Field("basis", "依据", hint="有哪些事实和数字"),
    Field("due", "完成时限", fields.end_day, _DUE_HINT, required=True),
    Field("person", "责任人"),
    Field("doc", "交办文号"),
)
_STEP_FIELDS = {
    "due": Field("due", "新的完成时限", fields.end_day, _DUE_HINT),
    "text": Field("text", "内容"),
    "evidence": Field("evidence", "依据"),
    "person": Field("person", "办理人"),
}


def raising(ground: str | None = None) -> Form:
    """Make the form that raises an item; of several suggestions on a project, the one of a ``ground``."""

    def prepare(asked: Asked) -> Prepared:
        desk, no = asked.desk, asked.no
        unit = None if no else asked.unit
        figures, point, today = desk.figures, desk.point(), desk.ledger.today
        said = [s for s in figures.suggested(point, rules=desk.rules) if s.no == no and ground in (None, s.ground)]
        begin = {"ground": ground or "", "due": f"{today + timedelta(days=DUE_DAYS)}"}
        begin["person"] = figures.answerable(point, no, unit) or ""
        fixed = {"no": no, "unit": unit, "raised": today}
        if said:
            first = said[0]
            begin |= {"ground": first.ground, "content": first.content, "basis": first.basis, "due": f"{first.due}"}
        if no is None:
            begin |= _of_unit(figures.suggested(point, rules=desk.rules), unit)
            return Prepared(unit or "", today.year, begin=begin, fixed=fixed)
        position = figures.position(point, no, rules=desk.rules)
        standing = f"截至 {position.day} 期限 {position.deadline_state}，预警 {position.light}"
        about = f"责任单位 {position.unit}；{standing}（投资数截至 {period_text(position.period)}）"
        return Prepared(f"#{no} {position.name}", today.year, about, begin, fixed=fixed)

    def write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
        return ledger.supervise([validated(SuperviseInput, **given(values))], dry_run=rehearse)

    return Form("督办交办", _RAISED, "content", prepare, write, units=True, verb="交办")


def _of_unit(suggestions: list[Suggestion], unit: str | None) -> dict[str, str]:
    """Give ground, content and basis of an item on a unit's work as a whole: the gravest that its projects suggest."""
    of_unit = [one for one in suggestions if one.unit == unit]
    for ground in SUGGESTED:
        named = [f"#{one.no}" for one in of_unit if one.ground == ground]
        if named:
            basis = f"因{ground}建议督办 {len(named)} 项：{'、'.join(named)}。"
            return {"ground": str(ground), "content": SUGGESTED[ground][1], "basis": basis}
    return {}


def stepping(item: SupervisionItem, step: SupervisionStep) -> Form:
    """Make the form that takes an item one step on."""
    asked_for = {*NEEDED[step], "text", "person"} | ({"evidence"} if step is SupervisionStep.ANSWERED else set())
    names = tuple(name for name in _STEP_FIELDS if name in asked_for)
    entries = tuple(replace(_STEP_FIELDS[name], required=name in NEEDED[step]) for name in names)

    def prepare(asked: Asked) -> Prepared:
        desk, today = asked.desk, asked.desk.ledger.today
        now = desk.figures.supervised(desk.point(), item.no)
        if why := barred(step, now.state):
            raise ValueError(f"{now.no} {why}")
        about = f"{now.unit}，{now.state}，时限{now.due}，交办事项：{now.content}"
        if now.last is not None:
            about += f"  最近：{now.last.day} {now.last.step} {now.last.text}"
        fixed = {"item": now.no, "step": step}
        return Prepared(f"{now.no} {now.subject}", today.year, about, {"day": today.isoformat()}, fixed=fixed)

    def write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
        return ledger.supervision_step(validated(StepInput, **given(values)), dry_run=rehearse)

    day = Field("day", "日期", fields.day, DAY_HINT, required=True)
    return Form(f"督办{step}", (day, *entries), names[0], prepare, write, verb="登记", item=item.no)
