"""Validated input models: every value that a person or a file gives passes through one of these.

SQLModel tables validate nothing themselves. Text is cleaned of control, bidirectional and zero-width characters
on the way in; amounts are integer fen, months are indices.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hgt_portfolio.money import LARGEST_FEN
from hgt_portfolio.months import Month
from hgt_portfolio.terms import (
    STATUS_SYNONYMS,
    AmendmentKind,
    CheckMethod,
    ContactRole,
    GoalVerdict,
    InvestmentKind,
    Light,
    Status,
    UnitChangeKind,
    UnitKind,
)

TEXT_LIMIT = 2000
NAME_LIMIT = 200
MOST_FEN = LARGEST_FEN
"""The largest amount taken: it leaves room to add every project of a country in 64 bits."""

_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean(text: str) -> str:
    """Give text without control, bidirectional, zero-width, private or unassigned characters.

    Line breaks and tabs become one space; the ends are trimmed.
    """
    if text.isprintable():
        return text.strip()
    spaced = "".join(" " if c in "\r\n\t\v\f\x85\u2028\u2029" else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in _DROPPED)
    return " ".join(kept.split(" ")).strip()


def _cleaned(value: object) -> object:
    return (clean(value) or None) if isinstance(value, str) else value


def _status(value: object) -> object:
    return STATUS_SYNONYMS.get(value, value) if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_cleaned), Field(max_length=TEXT_LIMIT)]
Name = Annotated[str, BeforeValidator(_cleaned), Field(max_length=NAME_LIMIT)]
Text = Annotated[Annotated[str, Field(max_length=TEXT_LIMIT)] | None, BeforeValidator(_cleaned)]
MaybeName = Annotated[Annotated[str, Field(max_length=NAME_LIMIT)] | None, BeforeValidator(_cleaned)]
Fen = Annotated[int, Field(strict=True, le=MOST_FEN, ge=-MOST_FEN)]
Period = Annotated[int, Field(strict=True, ge=1990 * 12, le=2100 * 12 + 11)]
StatusWord = Annotated[Status, BeforeValidator(_status)]


class Input(BaseModel):
    """Base of every input: frozen, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ReportInput(Input):
    """A unit's filing for one project and period; ``unit`` defaults to the lead."""

    no: Name
    period: Period
    status: StatusWord
    cumulative_fen: Fen | None = None
    started: date | None = None
    finished: date | None = None
    physical: Text = None
    physical_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    goal_verdict: GoalVerdict | None = None
    problem: Text = None
    next_step: Text = None
    filed_by: MaybeName = None
    unit: MaybeName = None
    reason: Text = None
    evidence: Text = None


class OpeningInput(Input):
    """期初建账 of one project: the state at ``period`` (a December), with its basis, and who answers for it.

    ``cumulative_base_fen`` is the amount at the December before the plan (2022-12).
    """

    no: Name
    period: Period
    status: StatusWord | None = None
    cumulative_fen: Fen | None = None
    cumulative_base_fen: Fen | None = None
    started: date | None = None
    finished: date | None = None
    year_plan_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None = None
    goal: Text = None
    leader: MaybeName = None
    officer: MaybeName = None
    phone: MaybeName = None
    sponsor: MaybeName = None
    evidence: Text = None
    reason: Text = None

    @model_validator(mode="after")
    def _december(self) -> OpeningInput:
        if self.period % 12 != 11:
            raise ValueError("期初建账的期别须为某年12月，如 2023-12")
        return self


class CooperationInput(Input):
    """A cooperating unit's text for a project and period."""

    no: Name
    period: Period
    unit: Name
    text: Words
    filed_by: MaybeName = None


class CheckInput(Input):
    """核实记录: how and when the office checked a project, and what it found."""

    no: Name
    day: date
    how: CheckMethod
    finding: Words
    status: StatusWord | None = None
    started: date | None = None
    finished: date | None = None
    evidence: Text = None
    checked_by: MaybeName = None


class YearPlanInput(Input):
    """本年计划投资 of a project: the year's amount, its quarterly steps (fen a quarter), and 年度形象目标."""

    no: Name
    year: Annotated[int, Field(ge=1990, le=2100)]
    amount_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None = None
    steps_fen: tuple[int, int, int, int] | None = None
    goal: Text = None
    doc: MaybeName = None

    @model_validator(mode="after")
    def _steps(self) -> YearPlanInput:
        if self.amount_fen is None and self.goal is None:
            raise ValueError("年度计划须有计划投资或形象目标")
        if self.steps_fen is not None:
            if min(self.steps_fen) < 0:
                raise ValueError("分季计划不能为负数")
            if sum(self.steps_fen) != self.amount_fen:
                raise ValueError("分季计划之和须等于本年计划投资")
        return self


class Part(Input):
    """A child of a split: its name, its share of 总投资, and its unit cell where it differs."""

    name: Name
    investment_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None = None
    unit_text: MaybeName = None


class Merger(Input):
    """What several projects become: the numbers merged besides the amended one, and the new project's facts."""

    others: Annotated[tuple[Name, ...], Field(min_length=1)]
    no: Name
    name: Name
    unit_text: MaybeName = None


class Changes(Input):
    """What an amendment sets; only the fields given move. ``exited`` terminates the project.

    ``parts`` splits it, ``merger`` merges it with others.
    """

    name: MaybeName = None
    scope: Text = None
    domain: MaybeName = None
    unit_text: MaybeName = None
    start: Period | None = None
    due: Period | None = None
    investment_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None = None
    investment_kind: InvestmentKind | None = None
    investment_text: MaybeName = None
    statistics_code: MaybeName = None
    exited: bool = False
    year: int | None = None
    year_plan_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None = None
    steps_fen: tuple[int, int, int, int] | None = None
    in_statistics: bool | None = None
    added: bool = False
    parts: tuple[Part, ...] = ()
    merger: Merger | None = None

    @model_validator(mode="after")
    def _parts(self) -> Changes:
        if len(self.parts) == 1:
            raise ValueError("拆分至少要分成两项")
        if (self.parts or self.merger) and len(self.given()) > 1:
            raise ValueError("拆分、合并不能与别的调整一起做，请分两次办")
        return self

    @model_validator(mode="after")
    def _year(self) -> Changes:
        if (self.year is None) != (self.year_plan_fen is None):
            raise ValueError("调整年度计划须同时写明年度和本年计划投资")
        if self.steps_fen is not None and (min(self.steps_fen) < 0 or sum(self.steps_fen) != self.year_plan_fen):
            raise ValueError("分季计划不能为负数，且之和须等于本年计划投资")
        return self

    def given(self) -> dict[str, Any]:
        """Give the fields that were set, in order."""
        return self.model_dump(exclude_defaults=True)

    def kind(self) -> AmendmentKind:
        """Give the amendment's kind: the weightiest of what it changes."""
        for kind, names in _KINDS.items():
            if any(name in self.given() for name in names):
                return kind
        raise ValueError("没有写明要调整什么：请给出完工期限、总投资、责任单位、内容、年度计划或终止")


_KINDS = {
    AmendmentKind.SPLIT: ("parts",),
    AmendmentKind.MERGE: ("merger",),
    AmendmentKind.ADDITION: ("added",),
    AmendmentKind.TERMINATION: ("exited",),
    AmendmentKind.PERIOD: ("start", "due"),
    AmendmentKind.INVESTMENT: ("investment_fen", "investment_kind"),
    AmendmentKind.YEAR_PLAN: ("year_plan_fen",),
    AmendmentKind.UNIT: ("unit_text",),
    AmendmentKind.SCOPE: ("name", "scope", "domain", "in_statistics", "statistics_code"),
}


class AmendInput(Input):
    """调整: what changes, why, by which document, and from when; without ``doc`` it is a request.

    ``effective`` defaults to the request's date where one is approved, else to today.
    """

    no: Name
    changes: Changes
    reason: Words
    doc: MaybeName = None
    effective: date | None = None
    request_id: int | None = None


class ContactInput(Input):
    """Who answers for a project, in which role, from and to which day."""

    no: Name
    role: ContactRole
    name: Name
    phone: MaybeName = None
    since: date
    until: date | None = None


class UnitChangeInput(Input):
    """A unit renamed, or units merged, into ``successor`` from a day on; ``unit_kind`` defaults to the first one's."""

    kind: UnitChangeKind
    units: Annotated[tuple[Name, ...], Field(min_length=1)]
    successor: Name
    effective: date
    doc: Name
    full_name: MaybeName = None
    unit_kind: UnitKind | None = None
    reason: Text = None


class OverrideInput(Input):
    """A person's light for a project and period, with the reason."""

    no: Name
    period: Period
    light: Light
    reason: Words


class WindowInput(Input):
    """填报起止日 of a period."""

    period: Month
    opens: date
    closes: date
    doc: MaybeName = None

    @model_validator(mode="after")
    def _order(self) -> WindowInput:
        if self.opens > self.closes:
            raise ValueError(f"填报开始日 {self.opens} 晚于截止日 {self.closes}")
        return self


FIELD_LABELS = {
    "no": "序号",
    "period": "期别",
    "status": "项目状态",
    "cumulative_fen": "自开工累计",
    "cumulative_base_fen": "规划期以前累计",
    "started": "实际开工日期",
    "finished": "实际完工日期",
    "physical": "形象进度",
    "physical_percent": "形象进度%",
    "goal_verdict": "年度形象目标判断",
    "problem": "存在问题",
    "next_step": "下一步措施",
    "filed_by": "填报人",
    "unit": "责任单位",
    "reason": "原因",
    "evidence": "依据",
    "day": "核实日期",
    "how": "核实方式",
    "finding": "核实结论",
    "checked_by": "核实人",
    "year": "年度",
    "amount_fen": "本年计划投资",
    "year_plan_fen": "本年计划投资",
    "steps_fen": "分季计划",
    "goal": "年度形象目标",
    "doc": "文号",
    "name": "名称",
    "scope": "工程内容与规模",
    "domain": "领域",
    "unit_text": "责任单位",
    "start": "开工月",
    "due": "完工期限",
    "investment_fen": "总投资",
    "investment_kind": "总投资类别",
    "investment_text": "总投资",
    "in_statistics": "是否入库",
    "statistics_code": "入库代码",
    "exited": "终止",
    "added": "新增项目",
    "effective": "生效日期",
    "light": "预警灯",
    "role": "职责",
    "phone": "电话",
    "since": "起始日期",
    "opens": "填报开始日",
    "closes": "填报截止日",
    "leader": "责任领导",
    "officer": "责任人",
    "sponsor": "包联领导",
    "text": "内容",
    "until": "截止日期",
    "planned": "计划月",
    "weight": "权重",
    "met": "完成日期",
    "done": "已完成数",
    "item": "督办编号",
    "ground": "督办事由",
    "content": "督办事项",
    "basis": "督办依据",
    "raised": "交办日期",
    "person": "责任人",
    "step": "办理环节",
    "units": "原单位",
    "successor": "新单位",
    "full_name": "全称",
    "unit_kind": "单位类别",
    "kind": "类别",
    "parts": "拆分",
    "merger": "合并",
    "others": "并入的项目",
    "code": "指标编号",
    "value": "实际值",
    "assigned": "上级下达值",
    "attained": "人工判断",
    "source": "来源",
    "lines": "资金来源",
    "planned_fen": "计划",
    "received_fen": "到位",
    "paid_fen": "支付",
}

_SENTENCES = {
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_type": "不能为空",
    "missing": "没有填",
    "enum": "应为其中之一：{expected}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "int_type": "应为整数",
    "date_from_datetime_parsing": "不是日期，请写成 2024-09-30",
    "date_type": "不是日期，请写成 2024-09-30",
}


def sentences(error: ValidationError) -> list[tuple[str, str]]:
    """Turn a validation error into pairs of field and Chinese sentence."""
    said = []
    for item in error.errors():
        field = str(item["loc"][0]) if item["loc"] else ""
        if item["type"] == "value_error":
            text = f"{item['ctx']['error']}。"
        else:
            pattern = _SENTENCES.get(item["type"], "不能这样填")
            told = {name: _chinese(value) for name, value in item.get("ctx", {}).items()}
            text = f"{FIELD_LABELS.get(field, field)}{pattern.format(**told)}。"
        said.append((field, text))
    return said


def _chinese(value: object) -> object:
    """Join the values that are expected as Chinese does: ``'甲', '乙' or '丙'`` as 甲、乙、丙."""
    if not isinstance(value, str):
        return value
    return value.replace(" or ", "、").replace(", ", "、").replace("'", "")
