"""The forms of 督办: raising an item, filled from what the figures suggest, and every step on one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hgt_portfolio.figures import SupervisionItem
from hgt_portfolio.ledger import Ledger, Outcome, StepInput, SuperviseInput, validated
from hgt_portfolio.rules.supervision import NEEDED, SUGGESTED
from hgt_portfolio.terms import SupervisionGround, SupervisionStep
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
    "text": Field("text", "内容"),
    "due": Field("due", "新的完成时限", fields.end_day, _DUE_HINT),
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
        begin = {"ground": str(SupervisionGround.OTHER), "due": f"{today + timedelta(days=DUE_DAYS)}"}
        begin["person"] = figures.answerable(point, no, unit) or ""
        if said:
            first = said[0]
            begin |= {"ground": first.ground, "content": first.content, "basis": first.basis, "due": f"{first.due}"}
        fixed = {"no": no, "unit": unit, "raised": today}
        if no is None:
            return Prepared(unit or "", today.year, begin=begin, fixed=fixed)
        position = figures.position(point, no, rules=desk.rules)
        about = f"责任单位 {position.unit}，期限 {position.deadline_state}，预警 {position.light}"
        return Prepared(f"#{no} {position.name}", today.year, about, begin, fixed=fixed)

    def write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
        return ledger.supervise([validated(SuperviseInput, **given(values))], dry_run=rehearse)

    return Form("督办交办", _RAISED, "content", prepare, write, units=True, verb="交办")


def stepping(item: SupervisionItem, step: SupervisionStep) -> Form:
    """Make the form that takes an item one step on."""
    more = ("evidence",) if step is SupervisionStep.ANSWERED else ()
    names = tuple(dict.fromkeys((*NEEDED[step], "text", *more, "person")))
    entries = tuple(replace(_STEP_FIELDS[name], required=name in NEEDED[step]) for name in names)

    def prepare(asked: Asked) -> Prepared:
        today = asked.desk.ledger.today
        about = f"{item.unit}，{item.state}，时限{item.due}，交办事项：{item.content}"
        fixed = {"item": item.no, "step": step}
        return Prepared(f"{item.no} {item.subject}", today.year, about, {"day": today.isoformat()}, fixed=fixed)

    def write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
        return ledger.supervision_step(validated(StepInput, **given(values)), dry_run=rehearse)

    day = Field("day", "日期", fields.day, DAY_HINT, required=True)
    return Form(f"督办{step}", (day, *entries), names[0], prepare, write, verb="登记")
