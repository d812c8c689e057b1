"""The forms: each a table of fields, what it is filled with at first, and the one ledger call that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hgt_portfolio.figures import Position
from hgt_portfolio.ledger import (
    CheckInput,
    Ledger,
    OpeningInput,
    Outcome,
    ReportInput,
    YearPlanInput,
    validated,
)
from hgt_portfolio.money import read_wan
from hgt_portfolio.months import read_day, read_period
from hgt_portfolio.terms import CheckMethod, GoalVerdict, Status, status_label
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, period_text

Choices = Callable[[Position], tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Field:
    """One field: its name in the input, its label, how its text is read, and its choices where it has some."""

    name: str
    label: str
    read: Callable[[str], object] = str
    hint: str = ""
    choices: Choices | None = None
    required: bool = False


@dataclass(frozen=True)
class Form:
    """A form: ``begin`` fills it, ``last`` gives what stands in the ledger, ``write`` files or rehearses it.

    ``point_period`` reads from the typed values which period the form is about.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    begin: Callable[[Desk, Position], dict[str, str]]
    last: Callable[[Position], dict[str, str]]
    write: Callable[[Ledger, dict[str, Any], bool], Outcome]
    effect: bool = False


def _percent(text: str) -> int:
    plain = text.strip().rstrip("%％").strip()
    if not plain.isdecimal() or len(plain) > 3:
        raise ValueError(f"“{text.strip()[:20]}”不是百分数，请填 0–100 的整数。")
    return int(plain)


def _year(text: str) -> int:
    plain = text.strip().rstrip("年")
    if not plain.isdecimal() or len(plain) != 4:
        raise ValueError(f"“{text.strip()[:20]}”不是年度，请写成 2024。")
    return int(plain)


def _statuses(position: Position) -> tuple[tuple[str, str], ...]:
    """Give the statuses a person may choose, in the words of this kind of project, each word once."""
    labelled = {status_label(status, operation=bool(position.operation)): str(status) for status in reversed(Status)}
    return tuple((str(label), status) for label, status in reversed(labelled.items()))


def _words(*terms: str) -> Choices:
    return lambda _position: tuple((term, term) for term in terms)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


PERIOD = Field("period", "期别", read_period, "如 2024Q3 或 2024-09", required=True)
STATUS = Field("status", "项目状态", choices=_statuses, required=True)
STARTED = Field("started", "实际开工日期", read_day, "如 2024-09-30")
FINISHED = Field("finished", "实际完工日期", read_day, "完工时必填")
AMOUNT_HINT = "万元；1.2亿、12,000 也可"


def _last_report(p: Position) -> dict[str, str]:
    return {
        "period": "" if p.period_filed is None else period_text(p.period_filed),
        "status": p.status_label or "",
        "cumulative_fen": "" if p.cumulative is None else wording.amount(p.cumulative),
        "started": wording.day(p.started) if p.started else "",
        "finished": wording.day(p.finished) if p.finished else "",
        "physical": p.physical or "",
        "physical_percent": "" if p.physical_percent is None else f"{p.physical_percent}",
        "goal_verdict": p.goal_verdict or "",
        "problem": p.problem or "",
        "next_step": p.next_step or "",
        "filed_by": p.filed_by or "",
    }


def _begin_report(_desk: Desk, p: Position) -> dict[str, str]:
    carried = _last_report(p)
    return {
        **carried,
        "period": period_text(p.period),
        "status": p.status or "",
        "cumulative_fen": wording.field_amount(p.cumulative),
        "goal_verdict": "",
    }


def _write_report(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.report(validated(ReportInput, **_given(values)), dry_run=rehearse)


def _begin_opening(_desk: Desk, p: Position) -> dict[str, str]:
    return {
        "period": f"{p.period // 12 - 1}-12",
        "cumulative_fen": wording.field_amount(p.opening),
        "year_plan_fen": wording.field_amount(p.year_plan),
        "goal": p.goal or "",
        "started": wording.day(p.started) if p.started else "",
    }


def _last_opening(p: Position) -> dict[str, str]:
    return {
        "cumulative_fen": "" if p.opening is None else wording.amount(p.opening),
        "year_plan_fen": "" if p.year_plan is None else wording.amount(p.year_plan),
        "goal": p.goal or "",
    }


def _write_opening(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.open_books([validated(OpeningInput, **_given(values))], dry_run=rehearse)


def _begin_check(desk: Desk, _p: Position) -> dict[str, str]:
    return {"day": desk.ledger.today.isoformat(), "how": CheckMethod.ON_SITE, "checked_by": desk.ledger.operator}


def _last_check(p: Position) -> dict[str, str]:
    return {
        "day": "" if p.check_day is None else p.check_day.isoformat(),
        "how": p.check_how or "",
        "finding": p.check_finding or "",
        "status": p.status_label or "",
        "finished": wording.day(p.finished) if p.finished else "",
    }


def _write_check(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    return ledger.check(validated(CheckInput, **_given(values)), dry_run=rehearse)


STEPS = ("q1", "q2", "q3", "q4")


def _begin_year_plan(_desk: Desk, p: Position) -> dict[str, str]:
    return {"year": str(p.period // 12), "amount_fen": wording.field_amount(p.year_plan), "goal": p.goal or ""}


def _last_year_plan(p: Position) -> dict[str, str]:
    return {"amount_fen": "" if p.year_plan is None else wording.amount(p.year_plan), "goal": p.goal or ""}


def _write_year_plan(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    given = _given(values)
    steps = [given.pop(step, None) for step in STEPS]
    if any(step is not None for step in steps):
        given["steps_fen"] = tuple(step or 0 for step in steps)
    return ledger.year_plan(validated(YearPlanInput, **given), dry_run=rehearse)


FORMS = {
    form.name: form
    for form in (
        Form(
            "report",
            "进度填报",
            (
                PERIOD,
                STATUS,
                Field("cumulative_fen", "自开工累计(万元)", read_wan, AMOUNT_HINT),
                STARTED,
                FINISHED,
                Field("physical", "形象进度"),
                Field("physical_percent", "形象进度%", _percent, "0–100"),
                Field("goal_verdict", "年度形象目标判断", choices=_words(*GoalVerdict)),
                Field("problem", "存在问题"),
                Field("next_step", "下一步措施"),
                Field("filed_by", "填报人"),
                Field("reason", "原因/说明", hint="有提醒时必填"),
            ),
            _begin_report,
            _last_report,
            _write_report,
            effect=True,
        ),
        Form(
            "opening",
            "期初建账",
            (
                Field("period", "期别", read_period, "某年12月，如 2023-12", required=True),
                Field("status", "项目状态", choices=_statuses),
                Field("cumulative_fen", "自开工累计(万元)", read_wan, AMOUNT_HINT),
                Field("cumulative_base_fen", "规划期以前累计", read_wan, "万元，规划期开始前已开工的填"),
                STARTED,
                FINISHED,
                Field("year_plan_fen", "下年计划投资", read_wan, "万元，期别次年的计划"),
                Field("goal", "年度形象目标"),
                Field("evidence", "依据", hint="如 审计报告、支付台账"),
                Field("reason", "原因/说明", hint="有提醒时必填"),
            ),
            _begin_opening,
            _last_opening,
            _write_opening,
        ),
        Form(
            "check",
            "核实记录",
            (
                Field("day", "核实日期", read_day, "如 2024-09-30", required=True),
                Field("how", "核实方式", choices=_words(*CheckMethod), required=True),
                Field("finding", "核实结论", required=True),
                Field("status", "核实状态", hint="不填为不变；按 Enter 选择", choices=_statuses),
                STARTED,
                FINISHED,
                Field("evidence", "依据"),
                Field("checked_by", "核实人"),
            ),
            _begin_check,
            _last_check,
            _write_check,
        ),
        Form(
            "year_plan",
            "年度计划",
            (
                Field("year", "年度", _year, "如 2024", required=True),
                Field("amount_fen", "本年计划投资", read_wan, AMOUNT_HINT),
                *(
                    Field(step, f"{word}季度计划", read_wan, "可不填；填则四季之和等于全年")
                    for step, word in zip(STEPS, "一二三四", strict=True)
                ),
                Field("goal", "年度形象目标"),
                Field("doc", "文号"),
            ),
            _begin_year_plan,
            _last_year_plan,
            _write_year_plan,
        ),
    )
}
