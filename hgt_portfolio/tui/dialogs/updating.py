"""What can be done to many projects at once: each update with its fields, its preview row by row, and its one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hgt_portfolio.figures import Filter, Person, Point, Position
from hgt_portfolio.ledger import (
    CheckInput,
    ContactInput,
    Ledger,
    Outcome,
    Refused,
    ReportInput,
    Seen,
    SuperviseInput,
    validated,
)
from hgt_portfolio.months import last_day, last_quarter_end
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.rules.supervision import SUGGESTED
from hgt_portfolio.terms import (
    COMPLETE_STATUSES,
    UNSTARTED_STATUSES,
    CheckMethod,
    ContactRole,
    GoalVerdict,
    Status,
    SupervisionGround,
)
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, period_text
from hgt_portfolio.tui.dialogs.meanwhile import Differing
from hgt_portfolio.tui.forms.fields import DAY_HINT, FINISHED, PERIOD, Field, day, given

SAME = "与上次相同"
KEPT = "不填为不变"
STATUSES = tuple(map(str, Status))

Values = Mapping[str, Any]
Line = tuple[str, str, str]
"""One field of a project: its label, what stands, and what will."""

Weighed = tuple[dict[str, tuple[Line, ...]], list[Finding]]
"""Each project's lines by number, and what was found, each finding naming its project."""


@dataclass(frozen=True)
class Change:
    """One project of a preview: every line of it as it stands and as it will, and what was found."""

    no: str
    name: str
    every: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that change."""
        return tuple(line for line in self.every if line[1] != line[2])


@dataclass(frozen=True)
class Preview:
    """What an update would do: its changes, and the input of each project by number.

    ``seen`` is what it was weighed beside; deadlines and lights are those of ``day``.
    """

    changes: tuple[Change, ...]
    inputs: Mapping[str, Any]
    seen: Seen
    day: date


@dataclass(frozen=True)
class Known:
    """What an input may want to know beside the project: the day, and each project's 责任人 with the phone."""

    today: date
    officers: Mapping[str, str]


@dataclass(frozen=True)
class Update:
    """One thing to do to many projects.

    ``begin`` gives the first texts; ``build`` makes a project's input, or raises ``Refused``; ``weigh`` rehearses the
    inputs and gives each project's lines and the findings by number; ``write`` does it in one action. A ``reasoned``
    one takes a reason for its warnings.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    begin: Callable[[Desk, Point], dict[str, str]]
    point: Callable[[Desk, Values], Point]
    build: Callable[[Position, Values, Known], Any]
    weigh: Callable[[Desk, Sequence[Any]], Weighed]
    write: Callable[[Ledger, Sequence[Any], str | None], Outcome]
    reasoned: bool = False


def preview(desk: Desk, update: Update, nos: Sequence[str], values: Values) -> Preview:
    """Weigh an update of some projects; this runs SQL and belongs in a thread."""
    seen = Seen(desk.figures.last_action(), tuple(nos))
    point = update.point(desk, values)
    positions = {p.no: p for p in desk.figures.positions(point, Filter(nos=tuple(nos)), rules=desk.rules)}
    people = desk.figures.contacts(point)
    known = Known(desk.ledger.today, {one.no: _person(one) for one in people if one.role == ContactRole.OFFICER})
    inputs: dict[str, Any] = {}
    found: list[Finding] = []
    for no in nos:
        try:
            if no not in positions:
                raise Refused([error("no", f"{point.day} 没有序号为 {no} 的项目。")])
            inputs[no] = update.build(positions[no], values, known)
        except Refused as refusal:
            found += [Finding(one.severity, one.field, one.message, no) for one in refusal.findings]
    lines, weighed = update.weigh(desk, list(inputs.values())) if inputs else ({}, [])
    by: dict[str, list[Finding]] = {}
    for finding in (*found, *weighed):
        by.setdefault(finding.no, []).append(finding)
    changes = tuple(
        Change(
            no,
            positions[no].name if no in positions else "",
            lines.get(no, ()),
            tuple(by.get(no, ())),
        )
        for no in sorted(nos, key=lambda no: positions[no].position if no in positions else 0)
    )
    return Preview(changes, inputs, seen, point.day)


def differing(before: Preview, now: Preview) -> dict[str, list[Differing]]:
    """Give, by project, what stands otherwise now than when it was first previewed, beside what would be written."""
    was = {(change.no, label): old for change in before.changes for label, old, _ in change.every}
    found: dict[str, list[Differing]] = {}
    for change in now.changes:
        for label, stands, would in change.every:
            old = was.get((change.no, label), stands)
            if old != stands:
                found.setdefault(change.no, []).append(Differing(f"#{change.no} {label}", old, stands, would))
    return found


_Shown = tuple[tuple[str, Callable[[Position], object]], ...]
_COMMON: _Shown = (
    ("项目状态", lambda p: p.status_label),
    ("完工日期", lambda p: p.finished),
    ("期限", lambda p: p.deadline_state),
    ("预警灯", lambda p: p.light),
)
_REPORTED: _Shown = (
    ("填报情况", lambda p: p.filing_state),
    ("自开工累计", lambda p: wording.amount(p.cumulative)),
    ("累计截至", lambda p: None if p.period_filed is None else period_text(p.period_filed)),
    ("本季度完成", lambda p: wording.amount(p.quarter)),
    ("本年累计", lambda p: wording.amount(p.ytd)),
    *_COMMON,
    ("形象目标判断", lambda p: p.goal_verdict),
    ("形象进度", lambda p: p.physical),
    ("存在问题", lambda p: p.problem),
    ("下一步措施", lambda p: p.next_step),
    ("填报人", lambda p: p.filed_by),
)
_CHECKED: _Shown = (
    ("核实日期", lambda p: p.check_day),
    ("核实方式", lambda p: p.check_how),
    ("核实结论", lambda p: p.check_finding),
    *_COMMON,
)


def _moved(outcome: Outcome, shown: _Shown) -> Weighed:
    """Give what a rehearsed action changes of each project."""
    lines = {
        row.no: tuple((label, _said(get(row.before)), _said(get(row.after))) for label, get in shown)
        for row in outcome.rows
        if row.before is not None and row.after is not None
    }
    return lines, list(outcome.findings)


def _said(value: object) -> str:
    return wording.words(value).plain


def _today(desk: Desk, _point: Point) -> str:
    return desk.ledger.today.isoformat()


def _now(desk: Desk, _values: Values) -> Point:
    return desk.point()


def _report(p: Position, values: Values, _known: Known) -> ReportInput:
    """Carry over what is not given; an amount and a judgement only where they were given for the same period."""
    filed = p.report_period == p.period
    status = values.get("status") or p.status
    if status is None:
        raise Refused([error("status", "从未报过项目状态，请选定项目状态。")])
    if values.get("cumulative") and p.cumulative is None:
        raise Refused([error("cumulative_fen", "从未报过自开工累计，没有可沿用的数。")])
    restated = values.get("cumulative") or (filed and p.period_filed == p.period)
    started = p.started if status not in UNSTARTED_STATUSES else None
    kept = {
        "cumulative_fen": p.cumulative if restated else None,
        "started": started if started is None or started <= last_day(p.period) else None,
        "finished": p.finished if status in COMPLETE_STATUSES else None,
        "physical": p.physical,
        "physical_percent": p.physical_percent,
        "problem": p.problem,
        "next_step": p.next_step,
        "goal_verdict": p.goal_verdict if filed else None,
        "filed_by": p.filed_by,
    }
    return validated(ReportInput, **kept | given(values, "cumulative") | {"no": p.no, "status": status})


def _write_reports(ledger: Ledger, rows: Sequence[ReportInput], reason: str | None) -> Outcome:
    reasoned = [validated(ReportInput, **row.model_dump() | {"reason": reason}) for row in rows]
    return ledger.report_many(reasoned)


def _person(one: Person | ContactInput) -> str:
    return f"{one.name} {one.phone or ''}".strip()


def _item(p: Position, values: Values, known: Known) -> SuperviseInput:
    """Make an item that each project's own 责任人 answers for, unless one is named for all."""
    person = {"person": known.officers.get(p.no), "raised": known.today, "no": p.no}
    return validated(SuperviseInput, **person | given(values))


def _weigh_contacts(desk: Desk, rows: Sequence[ContactInput]) -> Weighed:
    point = desk.point()
    now = {(one.no, one.role): _person(one) for one in desk.figures.contacts(point)}
    lines: dict[str, tuple[Line, ...]] = {
        row.no: ((str(row.role), now.get((row.no, row.role), wording.UNKNOWN), _person(row)),) for row in rows
    }
    return lines, list(desk.ledger.contact_many(rows, dry_run=True).findings)


def _weigh_items(desk: Desk, rows: Sequence[SuperviseInput]) -> Weighed:
    """Rehearse each item by itself: what stands in its way is then its own."""
    point, found = desk.point(), list[Finding]()
    lines: dict[str, tuple[Line, ...]] = {}
    waiting: dict[str | None, list[str]] = {}
    for item in desk.figures.supervision(point):
        if item.is_open:
            waiting.setdefault(item.project, []).append(item.no)
    for row in rows:
        no = str(row.no)
        standing = "、".join(waiting.get(no, ())) or "无"
        lines[no] = (
            ("未销号督办", standing, f"另交办：{row.content}"),
            ("完成时限", wording.UNKNOWN, f"{row.due}"),
            ("责任人", wording.UNKNOWN, _said(row.person)),
        )
        try:
            desk.ledger.supervise([row], dry_run=True)
        except Refused as refusal:
            found += [Finding(one.severity, one.field, one.message, no) for one in refusal.findings]
    return lines, found


UPDATES = (
    Update(
        "report",
        "进度填报",
        (
            PERIOD,
            Field("status", "项目状态", hint=KEPT, options=STATUSES),
            Field("cumulative", "自开工累计", hint="不填：本期已报的不变", options=(SAME,)),
            FINISHED,
            Field("goal_verdict", "年度形象目标判断", hint=KEPT, options=tuple(map(str, GoalVerdict))),
            Field("physical", "形象进度", hint=KEPT),
            Field("problem", "存在问题", hint=KEPT),
            Field("next_step", "下一步措施", hint=KEPT),
            Field("filed_by", "填报人", hint=KEPT),
        ),
        lambda _desk, point: {"period": period_text(point.period)},
        lambda desk, values: desk.filed_at(desk.point(), values["period"]),
        _report,
        lambda desk, rows: _moved(desk.ledger.report_many(rows, dry_run=True), _REPORTED),
        _write_reports,
        reasoned=True,
    ),
    Update(
        "check",
        "核实记录",
        (
            Field("day", "核实日期", day, DAY_HINT, required=True),
            Field("how", "核实方式", options=tuple(map(str, CheckMethod)), required=True),
            Field("finding", "核实结论", required=True),
            Field("status", "核实状态", hint=KEPT, options=STATUSES),
            FINISHED,
            Field("evidence", "依据"),
            Field("checked_by", "核实人"),
        ),
        lambda desk, point: {"day": _today(desk, point), "checked_by": desk.ledger.operator},
        lambda desk, values: Point(values["day"], last_quarter_end(values["day"]), desk.point().known_at),
        lambda p, values, _known: validated(CheckInput, **given(values) | {"no": p.no}),
        lambda desk, rows: _moved(desk.ledger.check_many(rows, dry_run=True), _CHECKED),
        lambda ledger, rows, _reason: ledger.check_many(rows),
    ),
    Update(
        "supervise",
        "督办交办",
        (
            Field("ground", "事由", options=tuple(map(str, SupervisionGround)), required=True),
            Field("content", "交办事项", required=True),
            Field("basis", "依据", hint="有哪些事实和数字"),
            Field("due", "完成时限", day, DAY_HINT, required=True),
            Field("person", "责任人", hint="不填为各项目自己的责任人"),
            Field("doc", "交办文号"),
        ),
        lambda desk, _point: {
            "ground": SupervisionGround.OTHER,
            "due": f"{desk.ledger.today + timedelta(days=SUGGESTED[SupervisionGround.OVERDUE][0])}",
        },
        _now,
        _item,
        _weigh_items,
        lambda ledger, rows, _reason: ledger.supervise(rows),
    ),
    Update(
        "contact",
        "联系人",
        (
            Field("role", "职责", options=tuple(map(str, ContactRole)), required=True),
            Field("name", "姓名", required=True),
            Field("phone", "电话"),
            Field("since", "起始日期", day, DAY_HINT, required=True),
        ),
        lambda desk, point: {"role": ContactRole.OFFICER, "since": _today(desk, point)},
        _now,
        lambda p, values, _known: validated(ContactInput, **given(values) | {"no": p.no}),
        _weigh_contacts,
        lambda ledger, rows, _reason: ledger.contact_many(rows),
    ),
)
