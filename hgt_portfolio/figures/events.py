"""What happened, for history and sources: every ledger row of a project, and the audit entries behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, or_, select
from sqlmodel import Session, col

from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.cooperation import Cooperation
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification, YearPlan
from hgt_portfolio.model.fund import FUND_LABELS, FundReport
from hgt_portfolio.model.milestone import Milestone
from hgt_portfolio.model.people import Contact
from hgt_portfolio.model.project import Project, ProjectVersion, SubItem
from hgt_portfolio.model.subject import ActionSubject
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.money import wan_words
from hgt_portfolio.months import last_day, month_of, month_text
from hgt_portfolio.rules.point import moment_of, office_day
from hgt_portfolio.terms import ActionKind


@dataclass(frozen=True, slots=True)
class Event:
    """One ledger row of a project: when it holds, what it says, who recorded it and when, and whether it stands.

    ``table`` and ``row_id`` name the row, ``action_kind`` how it came in; ``by`` is who filed or checked it, ``basis``
    its 文号 or evidence, ``file`` the returned form that it was taken from.
    """

    no: str
    holds: date
    kind: str
    text: str
    recorded_at: int
    operator: str
    action_id: int
    row_id: int
    revoked_at: int | None
    revoked_by: int | None
    table: str
    action_kind: str
    by: str | None
    basis: str | None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit entry: who did what when and why, with before and after as JSON text."""

    id: int
    at: int
    operator: str
    kind: str
    title: str
    reason: str | None
    before: str
    after: str
    undoes: int | None
    undone_by: int | None
    hash: str


def read_events(
    session: Session, moment: int, no: str | None = None, *, nos: Sequence[str] = (), since: date | None = None
) -> list[Event]:
    """Read every ledger row known at a moment, of one project where ``no`` is given, newest knowledge last.

    ``nos`` are several, ``since`` leaves out filings for earlier months that were recorded before that day as well.
    Revoked rows are among them.
    """
    events: list[Event] = []
    # An action's own account of itself is as long as it wrote rows.
    file = case((col(Action.kind) == ActionKind.RETURNS, col(Action.after)))
    for model, describe in _DESCRIBED.items():
        query = (
            select(model, col(Project.no), col(Action.operator), col(Action.kind), file)
            .join(Action, col(Action.id) == model.action_id)
            .join(Project, col(Project.id) == model.project_id)
            .where(model.recorded_at <= moment)
        )
        if no is not None:
            query = query.where(col(Project.no) == no)
        if nos:
            query = query.where(col(Project.no).in_(nos))
        if since is not None and model is Report:
            newly = col(Report.recorded_at) >= moment_of(since.isoformat())
            query = query.where(or_(col(Report.period) >= month_of(since), newly))
        events += [
            _event(row, of, operator, kind, after, moment, *describe(row))
            for row, of, operator, kind, after in session.execute(query)
        ]
    return sorted(events, key=lambda event: (event.recorded_at, event.kind, event.row_id))


def _event(
    row: Any, no: str, operator: str, action: str, after: str | None, moment: int, holds: date, kind: str, text: str
) -> Event:
    revoked = row.revoked_at is not None and row.revoked_at <= moment
    return Event(
        no,
        holds,
        kind,
        text,
        row.recorded_at,
        operator,
        row.action_id,
        row.id,
        row.revoked_at if revoked else None,
        row.revoked_by if revoked else None,
        row.__tablename__,
        action,
        _first(row, "filed_by", "checked_by"),
        _first(row, "doc", "source", "basis", "evidence"),
        json.loads(after).get(no, {}).get("file") if after else None,
    )


def _first(row: Any, *names: str) -> str | None:
    """Give the first of these that the row has and says."""
    return next((value for name in names if (value := getattr(row, name, None))), None)


def read_entries(session: Session, moment: int, no: str | None, limit: int) -> list[Entry]:
    """Read the newest audit entries, of one project where ``no`` is given."""
    undoing = select(col(Action.undoes), col(Action.id), col(Action.at)).subquery()
    query = (
        select(Action, undoing.c.id)
        .outerjoin(undoing, (undoing.c.undoes == col(Action.id)) & (undoing.c.at <= moment))
        .where(col(Action.at) <= moment)
        .order_by(col(Action.id).desc())
        .limit(limit)
    )
    if no is not None:
        touched = (
            select(col(ActionSubject.action_id))
            .join(Project, col(Project.id) == col(ActionSubject.project_id))
            .where(col(Project.no) == no)
        )
        query = query.where(col(Action.id).in_(touched))
    return [
        Entry(a.id, a.at, a.operator, a.kind, a.title, a.reason, a.before, a.after, a.undoes, undone, a.hash)
        for a, undone in session.execute(query)
    ]


def _words(*parts: tuple[str, object]) -> str:
    return "；".join(f"{label}{value}" for label, value in parts if value not in (None, ""))


def _amount(fen: int | None) -> str | None:
    return None if fen is None else f"{wan_words(fen)}万元"


def _version(row: ProjectVersion) -> tuple[date, str, str]:
    span = _words(("", row.period_text), ("总投资", row.investment_text), ("", row.unit_text), ("来源：", row.source))
    return row.effective, "项目信息", f"{row.name}；{span}"


def _report(row: Report) -> tuple[date, str, str]:
    text = _words(
        ("", row.status),
        ("自开工累计", _amount(row.cumulative_fen)),
        ("开工", row.started),
        ("完工", row.finished),
        ("形象进度：", row.physical),
        ("存在问题：", row.problem),
        ("下一步：", row.next_step),
        ("说明：", row.reason),
        ("依据：", row.evidence),
        ("填报人", row.filed_by),
    )
    return last_day(row.period), f"{row.kind} {month_text(row.period)}", text


def _fund(row: FundReport) -> tuple[date, str, str]:
    text = _words(
        *((label, _amount(getattr(row, name))) for name, label in FUND_LABELS.items()),
        ("说明：", row.reason),
        ("依据：", row.evidence),
        ("填报人", row.filed_by),
    )
    return last_day(row.period), f"资金填报 {month_text(row.period)}", f"{row.source}；{text}"


def _year_plan(row: YearPlan) -> tuple[date, str, str]:
    steps = [row.q1_fen, row.q2_fen, row.q3_fen, row.q4_fen]
    stepped = None if steps[0] is None else "、".join(_amount(step) or "" for step in steps)
    text = _words(("", _amount(row.amount_fen)), ("分季", stepped), ("形象目标：", row.goal), ("文号", row.doc))
    return row.effective, f"年度计划 {row.year}", text


def _verification(row: Verification) -> tuple[date, str, str]:
    text = _words(
        ("", row.how), ("状态", row.status), ("", row.finding), ("依据：", row.evidence), ("核实人", row.checked_by)
    )
    return row.day, "核实", text


def changes_in_words(row: Amendment) -> str:
    """Say what an amendment changes."""
    said = json.loads(row.changes)["said"].items()
    return "、".join(f"{label}{'' if value[:1] in '（为' else ' '}{value}" for label, value in said)


def _amendment(row: Amendment) -> tuple[date, str, str]:
    text = _words(("", changes_in_words(row)), ("原因：", row.reason), ("文号", row.doc))
    return row.effective, f"调整{row.state} #{row.id} {row.kind}", text


def _milestone(row: Milestone) -> tuple[date, str, str]:
    weight = None if row.weight is None else f"{row.weight}%"
    text = _words(
        ("", row.name), ("计划", month_text(row.planned)), ("权重", weight), ("完成", row.met), ("依据：", row.evidence)
    )
    return row.met or office_day(row.recorded_at), "取消节点" if row.dropped else "节点", text


def _supervision(row: Supervision) -> tuple[date, str, str]:
    text = _words(
        ("", row.ground),
        ("", row.content),
        ("依据：", row.basis),
        ("时限", row.due),
        ("责任人", row.person),
        ("文号", row.doc),
    )
    return row.raised, f"督办 {row.no}", text


def _supervision_event(row: SupervisionEvent) -> tuple[date, str, str]:
    text = _words(("", row.text), ("新时限", row.due), ("依据：", row.evidence), ("", row.person))
    return row.day, f"督办 {row.no} {row.step}", text or row.step


_DESCRIBED: dict[Any, Callable[[Any], tuple[date, str, str]]] = {
    ProjectVersion: _version,
    Report: _report,
    FundReport: _fund,
    YearPlan: _year_plan,
    Verification: _verification,
    Amendment: _amendment,
    Cooperation: lambda row: (last_day(row.period), f"配合填报 {month_text(row.period)}", row.text),
    SendBack: lambda row: (last_day(row.period), f"退回 {month_text(row.period)}", row.reason),
    LightOverride: lambda row: (
        last_day(row.period),
        f"人工定灯 {month_text(row.period)}",
        f"{row.light}；{row.reason}",
    ),
    Contact: lambda row: (row.since, row.role, _words(("", row.name), ("电话", row.phone), ("至", row.until))),
    Milestone: _milestone,
    SubItem: lambda row: (row.effective, "子项", f"{row.name} {'-' if row.done is None else row.done}/{row.total}"),
    Supervision: _supervision,
    SupervisionEvent: _supervision_event,
}
