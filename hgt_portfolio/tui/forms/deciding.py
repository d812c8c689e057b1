"""The forms of deciding: amendments, people, milestones, lights set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from hgt_portfolio.figures import Node
from hgt_portfolio.figures.people import Person
from hgt_portfolio.figures.requests import Request
from hgt_portfolio.ledger import (
    AmendInput,
    Changes,
    ContactEnd,
    ContactInput,
    Ledger,
    MilestoneInput,
    Outcome,
    OverrideInput,
    Refused,
    UnitContactInput,
    validated,
)
from hgt_portfolio.ledger.amending import stored_changes
from hgt_portfolio.money import parse_amount
from hgt_portfolio.months import month_text
from hgt_portfolio.rules.checks import error
from hgt_portfolio.terms import ContactRole, InvestmentKind, Light
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import period_text
from hgt_portfolio.tui.forms import fields
from hgt_portfolio.tui.forms.fields import (
    AMOUNT_HINT,
    EVIDENCE,
    PERIOD,
    Asked,
    Beside,
    Field,
    Form,
    Prepared,
    Reading,
    about_project,
    given,
    project,
)

_CHANGED = ("due", "start", "unit_text", "name", "scope", "year_plan_fen")


def _investment(text: str, beside: Beside) -> Reading:
    """Read 总投资: an amount, or that it is undetermined (待定)."""
    if parse_amount(text).kind == InvestmentKind.UNDETERMINED:
        return Reading({"investment_kind": InvestmentKind.UNDETERMINED, "investment_text": text})
    reading = fields.amount(text, beside)
    return Reading({"investment_fen": reading.value}, reading.said)


_APPROVE, _REFUSE = "批准", "不批准"


def _asked_for(request: Request) -> dict[str, str]:
    """Give what a request asks for as the texts of the form, its reason among them."""
    changes = stored_changes(request.row)
    texts = {name: getattr(changes, name) or "" for name in ("unit_text", "name", "scope")}
    texts |= {name: "" if (month := getattr(changes, name)) is None else month_text(month) for name in ("due", "start")}
    texts["year_plan_fen"] = wording.field_amount(changes.year_plan_fen)
    texts["investment"] = changes.investment_text or wording.field_amount(changes.investment_fen)
    return texts | {"reason": request.row.reason}


def _prepare_amendment(asked: Asked) -> Prepared:
    desk = asked.desk
    point = desk.point()
    p = desk.figures.position(point, asked.no or "", rules=desk.rules)
    last = {
        "due": "" if p.due is None else month_text(p.due),
        "start": "" if p.start is None else month_text(p.start),
        "investment": p.investment_text if p.investment is None else wording.amount(p.investment),
        "unit_text": p.unit_text,
        "name": p.name,
        "scope": p.scope,
        "year_plan_fen": "" if p.year_plan is None else wording.amount(p.year_plan),
    }
    waiting = {str(one.id): one for one in desk.figures.requests(point) if one.no == p.no}
    answers = [
        (f"{verdict} {one.id} {one.said}", f"{verdict} {one.id}")
        for one in reversed(waiting.values())
        for verdict in (_APPROVE, _REFUSE)
    ]
    counted = f"有 {len(waiting)} 个申请待批，批准或不批准在第一栏选。" if waiting else ""
    return about_project(
        p,
        about=f"{counted}不填的不变。没有文号的只记为申请，不动数；填了文号即为批准，按生效日期动数。",
        last=last,
        standing={"investment": p.investment, "year_plan_fen": p.year_plan},
        offered={"request_id": tuple(answers)},
        fixed={"year": p.period // 12},
        completing=partial(_complete, waiting),
    )


def _complete(waiting: Mapping[str, Request], texts: Mapping[str, str]) -> dict[str, str]:
    """Take the newest request for the one meant once a 文号 is given, and carry over what the one approved asks for."""
    if not waiting:
        return {}
    newest = f"{_APPROVE} {list(waiting)[-1]}" if texts["doc"] else ""
    verdict, _, number = texts["request_id"].partition(" ")
    carried = _asked_for(waiting[number]) if verdict == _APPROVE else {}
    names = (*_CHANGED, "investment", "reason")
    return {name: carried.get(name, "") for name in names} | ({"request_id": newest} if newest else {})


def answering(request_id: str) -> Form:
    """Make the form that amends begin with a request to be approved."""
    form = DECIDING["amend"]

    def prepare(asked: Asked) -> Prepared:
        prepared = form.prepare(asked)
        return replace(prepared, begin={**prepared.begin, "request_id": f"{_APPROVE} {request_id}"})

    return replace(form, prepare=prepare, first="doc")


def _write_amendment(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    verdict, request_id = values.get("request_id") or (_APPROVE, None)
    if verdict == _REFUSE and request_id is not None:
        return ledger.refuse_request(values["no"], request_id, values["reason"], dry_run=rehearse)
    values = values | {"request_id": request_id}
    changed = given({name: values.get(name) for name in _CHANGED}) | (values.get("investment") or {})
    if "year_plan_fen" in changed:
        changed["year"] = values["year"]
    asked = given(values, "investment", "year", *_CHANGED)
    if not changed and "request_id" not in asked:
        raise Refused([error("changes", "还没有写明要调整什么：请填要改的几栏，其余留空。")])
    return ledger.amend(validated(AmendInput, changes=validated(Changes, **changed), **asked), dry_run=rehearse)


def _answer(text: str, _beside: Beside) -> Reading:
    """Read what is decided on which request."""
    verdict, _, number = text.partition(" ")
    return Reading((verdict, int(number)))


def _prepare_contact(asked: Asked) -> Prepared:
    figures, point, today = asked.desk.figures, asked.desk.point(), asked.desk.ledger.today
    begin = {"role": ContactRole.OFFICER, "since": today.isoformat()}
    if asked.no is None:
        unit = asked.unit or ""
        held = [person for (name, _), person in figures.unit_contacts(point).items() if name == unit]
        return Prepared(unit, today.year, _people(held), begin, fixed={"unit": unit})
    held = [person for person in figures.contacts(point) if person.no == asked.no]
    return about_project(project(asked), head="", about=_people(held), begin=begin)


def _people(held: list[Person]) -> str:
    named = "；".join(" ".join(filter(None, (p.role, p.name, p.phone, f"{p.since} 起"))) for p in held)
    return f"现有：{named}。" if named else "台账里还没有联系人。"


def _write_contact(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    """Name somebody; without a name, say until when whoever is named still answers."""
    asked = given(values)
    if "name" in asked:
        asked.setdefault("since", ledger.today)
        whose = validated(ContactInput, **asked) if "no" in asked else validated(UnitContactInput, **asked)
        return ledger.contact(whose, dry_run=rehearse)
    if "until" not in asked:
        raise Refused([error("name", "姓名没有填；只是现任到期的，请填截止日期。")])
    return ledger.end_contact(validated(ContactEnd, **given(asked, "since", "phone")), dry_run=rehearse)


def _prepare_milestone(asked: Asked) -> Prepared:
    p = project(asked)
    nodes = asked.desk.figures.milestones(asked.desk.point(), p.no)
    waiting = [node for node in nodes if node.met is None]
    begin = {"name": waiting[0].name} if waiting else {}
    said = "；".join(map(_node, nodes))
    about = f"现有节点：{said}。" if said else "还没有节点；新增的要写名称和计划月。"
    return about_project(p, head="", about=about, begin=begin)


def _node(node: Node) -> str:
    weight = "" if node.weight is None else f" {node.weight}%"
    return f"{node.name} {month_text(node.planned)}{weight} {node.state}"


def _write_milestone(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    asked = given(values, "dropped")
    return ledger.milestone(validated(MilestoneInput, dropped=bool(values.get("dropped")), **asked), dry_run=rehearse)


def _prepare_light(asked: Asked) -> Prepared:
    p = project(asked)
    about = f"现为 {p.light}；规则所定 {p.light_computed}，人工定灯后两者都看得到。"
    return about_project(p, head="", about=about, begin={"period": period_text(p.period)})


def _write_light(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.override(validated(OverrideInput, **given(values)), dry_run=rehearse)


DECIDING = {
    "amend": Form(
        "调整",
        (
            Field("request_id", "办理哪个申请", _answer, "按 Enter 选择；不选为另行调整", chosen=True),
            Field("due", "完工期限", fields.due_month, "如 2025-06、2025Q2"),
            Field("start", "开工月", fields.start_month, "如 2024-06"),
            Field("investment", "总投资(万元)", _investment, "1.2亿、+500、待定 也可"),
            Field("unit_text", "责任单位", hint="第一个牵头，其余配合"),
            Field("name", "项目名称"),
            Field("scope", "工程内容与规模"),
            Field("year_plan_fen", "本年计划投资(万元)", fields.amount, AMOUNT_HINT),
            Field("reason", "原因", required=True),
            Field("doc", "文号", hint="不填只是申请，不动数"),
            Field("effective", "生效日期", fields.start_day, "默认今天；只写月为1日"),
        ),
        "due",
        _prepare_amendment,
        _write_amendment,
        verb="提交",
    ),
    "contact": Form(
        "联系人",
        (
            Field("role", "职责", options=tuple(ContactRole), required=True),
            Field("name", "姓名", hint="不填而填截止日期，为现任到期"),
            Field("phone", "电话"),
            Field("since", "起始日期", fields.start_day, "默认今天；只写月为1日"),
            Field("until", "截止日期", fields.end_day, "没有定的不填；只写月为月末"),
        ),
        "name",
        _prepare_contact,
        _write_contact,
        units=True,
    ),
    "milestone": Form(
        "节点",
        (
            Field("name", "名称", required=True),
            Field("planned", "计划月", fields.due_month, "如 2024-06；已有的不填为不变"),
            Field("weight", "权重%", fields.percent, "0-100，各节点合计不超过 100"),
            Field("met", "完成日期", fields.end_day, "如 2024-09-30、9月30日；只写月为月末"),
            EVIDENCE,
            Field("dropped", "取消节点", options=("取消",), hint="按 Enter 选择"),
        ),
        "met",
        _prepare_milestone,
        _write_milestone,
    ),
    "light": Form(
        "人工定灯",
        (PERIOD, Field("light", "预警灯", options=tuple(Light), required=True), Field("reason", "原因", required=True)),
        "light",
        _prepare_light,
        _write_light,
        verb="定灯",
    ),
}
"""By the names that commands give them."""
