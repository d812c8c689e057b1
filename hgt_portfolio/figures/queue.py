"""待办: what needs a hand now, in order of harm, each with why; what is in hand already is counted, not listed.

A project may stand under several kinds, once under each; a 督办事项 or a request to amend is a task of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.conflicts import Clash, Conflicts, read_conflicts
from hgt_portfolio.figures.position import Filter, Position
from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import window_of
from hgt_portfolio.figures.requests import Request, read_requests
from hgt_portfolio.figures.rows import read_positions
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.figures.supervising import SupervisionItem, read_items
from hgt_portfolio.model.filing import Report, SendBack, Verification
from hgt_portfolio.model.project import Project
from hgt_portfolio.months import Month, last_day, last_quarter_end, month_text, quarter_label, quarter_text
from hgt_portfolio.rules.deadline import DUE_SOON_DAYS
from hgt_portfolio.rules.point import Point, office_day
from hgt_portfolio.terms import (
    COMPLETE_STATUSES,
    AmendmentKind,
    DeadlineState,
    FilingState,
    Light,
    StartState,
    Status,
    SupervisionGround,
    SupervisionState,
    TaskAction,
    TaskKind,
)

ACTIONS: dict[TaskKind, TaskAction] = {
    TaskKind.OVERDUE: TaskAction.SUPERVISE,
    TaskKind.UNVERIFIED: TaskAction.CHECK,
    TaskKind.RED_TWICE: TaskAction.SUPERVISE,
    TaskKind.NOT_STARTED: TaskAction.SUPERVISE,
    TaskKind.SUSPENDED: TaskAction.SUPERVISE,
    TaskKind.MISSING: TaskAction.REPORT,
    TaskKind.RETURNED: TaskAction.REPORT,
    TaskKind.CONFLICT: TaskAction.DECIDE,
    TaskKind.UNPRICED: TaskAction.AMEND,
    TaskKind.SUPERVISION_LATE: TaskAction.REMIND,
    TaskKind.APPLIED: TaskAction.STRIKE,
    TaskKind.REQUESTED: TaskAction.AMEND,
    TaskKind.DUE_SOON: TaskAction.CHECK,
}
"""What is done about each kind."""

GROUNDS: dict[TaskKind, SupervisionGround] = {
    TaskKind.OVERDUE: SupervisionGround.OVERDUE,
    TaskKind.RED_TWICE: SupervisionGround.RED_TWICE,
    TaskKind.NOT_STARTED: SupervisionGround.OTHER,
    TaskKind.SUSPENDED: SupervisionGround.OTHER,
    TaskKind.MISSING: SupervisionGround.SILENT,
}
"""The ground of an open 督办事项 by which a kind is in hand already."""

REMIND_DAYS = 15
"""Days after which an item past its due date wants the next word."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: of which kind, about which project (None: a unit's work as a whole), since when, and why.

    ``days`` have run, for 临期 are left, None where nothing counts them. ``about`` is the number of the item or
    request, or the file of a conflict; ``period`` the period to be filed or decided, ``item`` the item itself.
    """

    kind: TaskKind
    action: TaskAction
    no: str | None
    name: str
    unit: str
    days: int | None
    why: str
    last_word: date | None
    about: str = ""
    period: Month | None = None
    item: SupervisionItem | None = None

    @property
    def key(self) -> str:
        """What tells it from every other task."""
        return " ".join((self.kind, self.no or self.unit, self.about))


@dataclass(frozen=True, slots=True)
class Queue:
    """The tasks in order, how many of a kind are ``in_hand`` already, and how many may still file in time."""

    tasks: list[Task]
    in_hand: Counter[str]
    pending: int

    @property
    def counts(self) -> Counter[str]:
        """How many tasks there are of each kind."""
        return Counter(str(task.kind) for task in self.tasks)


@dataclass(frozen=True)
class _Seen:
    """What the tasks are made from: the projects as of now, and what is known beside them, by project number."""

    point: Point
    closes: date
    reds: list[dict[str, Position]]
    items: list[SupervisionItem]
    requests: list[Request]
    clashes: Mapping[str, list[Clash]]
    contradictions: Mapping[str, tuple[str, date]]
    returned: Mapping[str, tuple[date, str]]

    def has_request(self, no: str, kind: AmendmentKind) -> bool:
        return any(one.no == no and one.row.kind == kind for one in self.requests)

    def supervised(self, no: str, ground: SupervisionGround) -> bool:
        return any(item.is_open and item.project == no and item.ground == ground for item in self.items)


class Tasks(Conflicts):
    """Reads what needs a hand."""

    def queue(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> Queue:
        """Read the tasks on D, of the projects that a filter lets through, the most harmful first.

        Lights and filings are those of the last quarter over on D.
        """
        end = last_quarter_end(point.day)
        now = Point(point.day, end, point.known_at)
        with self.store.read() as session:
            rows = {row.no: row for row in read_positions(session, self._ask(session, now, rules), where)}
            seen = _Seen(
                now,
                window_of(session, now)[1],
                [self._reds(session, at, rules) for at in (now.at(end), now.at(end - 3))],
                read_items(session, now),
                read_requests(session, now.known_at),
                _open_clashes(session, now),
                self._contradictions(session, now),
                _returned(session, now),
            )
        found = [pair for row in rows.values() for pair in _of_project(row, seen)]
        held = Counter(str(task.kind) for row, task in found if _in_hand(task.kind, row, seen))
        tasks = [task for row, task in found if not _in_hand(task.kind, row, seen)]
        tasks += [task for item in seen.items if _let_through(item, rows, where) for task in _of_item(item, now.day)]
        tasks += [_requested(one, rows[one.no], now.day) for one in seen.requests if one.no in rows]
        order, place = list(TaskKind), {no: at for at, no in enumerate(rows)}
        tasks.sort(key=lambda task: (order.index(task.kind), _urgency(task), place.get(task.no or "", len(rows))))
        pending = sum(row.filing_state == FilingState.PENDING for row in rows.values())
        return Queue(tasks, held, pending)

    def _reds(self, session: Session, at: Point, rules: str | None) -> dict[str, Position]:
        red = Filter(light=Light.RED)
        return {row.no: row for row in read_positions(session, self._ask(session, at, rules), red)}

    def _contradictions(self, session: Session, point: Point) -> dict[str, tuple[str, date]]:
        """Read where a unit's last filing and the office's last check deny each other's completion: why, since when."""
        ask = self._ask(session, point, None)
        # Only what both have spoken of can be denied.
        rows = filtered(ask, Filter(), "no", "report_id", "verdict_id").c
        query = (
            select(rows.no, Report, Verification)
            .join(Report, col(Report.id) == rows.report_id)
            .join(Verification, col(Verification.id) == rows.verdict_id)
        )
        found = {}
        for no, report, check in session.execute(query, {"known_at": point.known_at}):
            if _denied(report, check):
                found[no] = (_denial(report, check), max(check.day, office_day(report.filed_at)))
        return found


def _denied(report: Report, check: Verification) -> bool:
    """Tell whether a filing and a check cannot both be true: completed by a day on which the other says it was not."""
    done, seen_done = report.status in COMPLETE_STATUSES, check.status in COMPLETE_STATUSES
    if done == seen_done:
        return False
    if done:
        return report.finished is not None and report.finished <= check.day
    return check.finished is not None and check.finished <= last_day(report.period)


def _denial(report: Report, check: Verification) -> str:
    filed = f"填报 {quarter_text(report.period)} 为{report.status}" + _finished(report.finished)
    return f"{filed}，{check.day} {check.how}核实为{check.status}{_finished(check.finished)}"


def _finished(day: date | None) -> str:
    return f"（{day} 完工）" if day else ""


def _open_clashes(session: Session, point: Point) -> dict[str, list[Clash]]:
    found: dict[str, list[Clash]] = {}
    for clash in read_conflicts(session, point):
        if clash.is_open:
            found.setdefault(clash.no, []).append(clash)
    return found


def _returned(session: Session, point: Point) -> dict[str, tuple[date, str]]:
    """Read the day and the reason of each project's last sending back for P."""
    rows = session.execute(
        select(col(Project.no), SendBack)
        .join(Project, col(Project.id) == SendBack.project_id)
        .where(col(SendBack.period) == point.period, known(SendBack, point.known_at))
        .order_by(col(SendBack.recorded_at), col(SendBack.id))
    )
    return {no: (office_day(row.recorded_at), row.reason) for no, row in rows}


def _urgency(task: Task) -> tuple[bool, int]:
    days = task.days or 0
    return task.days is None, days if task.kind is TaskKind.DUE_SOON else -days


def _of_project(row: Position, seen: _Seen) -> Iterator[tuple[Position, Task]]:
    for kind, why_of in _WHY.items():
        said = why_of(row, seen)
        if said is not None:
            days, why = said
            clash = next(iter(seen.clashes.get(row.no, ())), None) if kind is TaskKind.CONFLICT else None
            action = TaskAction.CHECK if kind is TaskKind.CONFLICT and clash is None else ACTIONS[kind]
            about, period = (clash.file, clash.period) if clash else ("", seen.point.period)
            yield row, Task(kind, action, row.no, row.name, row.unit, days, why, row.last_word, about, period)


def _in_hand(kind: TaskKind, row: Position, seen: _Seen) -> bool:
    """Tell whether the office has done already what this kind asks of it."""
    if kind in GROUNDS:
        return seen.supervised(row.no, GROUNDS[kind])
    if kind is TaskKind.UNPRICED:
        return seen.has_request(row.no, AmendmentKind.INVESTMENT)
    if kind is TaskKind.DUE_SOON and row.due_date is not None:
        return row.check_day is not None and row.check_day >= row.due_date - timedelta(days=DUE_SOON_DAYS)
    return False


Said = tuple[int | None, str] | None
"""The days behind a task and why it is one; None where it is none."""


def _overdue(row: Position, _seen: _Seen) -> Said:
    if row.deadline_state != DeadlineState.OVERDUE:
        return None
    heard = f"，最近核实 {row.last_word}{'，待更新' if row.stale else ''}" if row.last_word else ""
    return row.days_overdue, f"完工期限 {row.due_date}，未完工，逾期 {row.days_overdue} 天{heard}"


def _unverified(row: Position, _seen: _Seen) -> Said:
    if row.deadline_state != DeadlineState.UNVERIFIED or row.due_date is None:
        return None
    days = (row.day - row.due_date).days
    heard = f"最近核实 {row.last_word}" if row.last_word else "从未填报"
    return days, f"完工期限 {row.due_date}，已过 {days} 天，无人报送完工情况，{heard}"


def _red_twice(row: Position, seen: _Seen) -> Said:
    # An overdue project is red for being overdue: that is one matter, not two.
    if row.deadline_state == DeadlineState.OVERDUE or not all(row.no in reds for reds in seen.reds):
        return None
    reds = [at[row.no] for at in reversed(seen.reds)]
    return None, "；".join(f"{quarter_text(at.period)} {at.light_reason}" for at in reds)


def _not_started(row: Position, _seen: _Seen) -> Said:
    if row.start_state != StartState.LATE or row.start is None:
        return None
    days = (row.day - last_day(row.start)).days
    return days, f"开工月 {month_text(row.start)}，已过 {days} 天，状态为{row.status_label}"


def _suspended(row: Position, _seen: _Seen) -> Said:
    if row.status != Status.SUSPENDED or row.exited:
        return None
    return None, f"停工：{row.problem}" if row.problem else "停工，没有写明原因"


def _missing(row: Position, seen: _Seen) -> Said:
    if row.filing_state != FilingState.MISSING:
        return None
    days = max((row.day - seen.closes).days, 0)
    return days, f"{quarter_label(row.period)}填报截止 {seen.closes}，已过 {days} 天未填报"


def _sent_back(row: Position, seen: _Seen) -> Said:
    if row.filing_state != FilingState.RETURNED or row.no not in seen.returned:
        return None
    day, reason = seen.returned[row.no]
    return (row.day - day).days, f"{quarter_label(row.period)}于 {day} 退回待重报：{reason}"


def _conflict(row: Position, seen: _Seen) -> Said:
    clashes, denial = seen.clashes.get(row.no, []), seen.contradictions.get(row.no)
    since = [office_day(clash.recorded_at) for clash in clashes] + ([denial[1]] if denial else [])
    if not since:
        return None
    words = [clash_words(clash) for clash in clashes] + ([denial[0]] if denial else [])
    return max((row.day - min(since)).days, 0), "；".join(words)


def clash_words(clash: Clash) -> str:
    """Say what form and ledger each have, and who filed it."""
    from hgt_portfolio.model.inputs import FIELD_LABELS

    field = FIELD_LABELS.get(clash.field, clash.field)
    form = f"表为“{clash.theirs or '-'}”（{clash.file}）"
    return f"{quarter_text(clash.period)} {field}：{form}，台账为“{clash.ours or '-'}”（{clash.our_by or '台账'}）"


def _unpriced(row: Position, _seen: _Seen) -> Said:
    if row.investment is not None or row.exited:
        return None
    return None, f"没有投资额，规划写的是“{row.investment_text or '-'}”"


def _due_soon(row: Position, _seen: _Seen) -> Said:
    if row.deadline_state != DeadlineState.DUE_SOON or row.due_date is None:
        return None
    days = (row.due_date - row.day).days
    return days, f"完工期限 {row.due_date}，还剩 {days} 天，状态为{row.status_label or '未填报'}"


_WHY: dict[TaskKind, Callable[[Position, _Seen], Said]] = {
    TaskKind.OVERDUE: _overdue,
    TaskKind.UNVERIFIED: _unverified,
    TaskKind.RED_TWICE: _red_twice,
    TaskKind.NOT_STARTED: _not_started,
    TaskKind.SUSPENDED: _suspended,
    TaskKind.MISSING: _missing,
    TaskKind.RETURNED: _sent_back,
    TaskKind.CONFLICT: _conflict,
    TaskKind.UNPRICED: _unpriced,
    TaskKind.DUE_SOON: _due_soon,
}


def _let_through(item: SupervisionItem, rows: Mapping[str, Position], where: Filter | None) -> bool:
    """Tell whether a filter lets an item through: by its project, or for a unit's work as a whole by the unit."""
    if item.project is not None:
        return item.project in rows
    return where in (None, Filter(), Filter(unit=item.unit), Filter(member=item.unit))


def _of_item(item: SupervisionItem, day: date) -> Iterator[Task]:
    about: dict[str, Any] = {"no": item.project, "name": item.name or f"{item.unit}整体工作", "unit": item.unit}
    about |= {"about": item.no, "item": item}
    last = item.last.day if item.last else None
    if item.state == SupervisionState.APPLIED and item.applied is not None:
        days = (day - item.applied).days
        why = f"{item.no} 于 {item.applied} 申请销号，待核验：{item.content}"
        yield Task(TaskKind.APPLIED, ACTIONS[TaskKind.APPLIED], days=days, why=why, last_word=last, **about)
    elif item.is_open and item.days_over and (last is None or last <= item.due or (day - last).days >= REMIND_DAYS):
        heard = f"最近办理 {last}" if last else "还没有办理"
        why = f"{item.no} 时限 {item.due}，超期 {item.days_over} 天，{heard}：{item.content}"
        kind = TaskKind.SUPERVISION_LATE
        yield Task(kind, ACTIONS[kind], days=item.days_over, why=why, last_word=last, **about)


def _requested(one: Request, row: Position, day: date) -> Task:
    asked_on = office_day(one.row.recorded_at)
    why = f"{asked_on} 申请{one.row.kind}调整，待批：{one.said}，原因：{one.row.reason}"
    kind = TaskKind.REQUESTED
    days = max((day - asked_on).days, 0)
    return Task(kind, ACTIONS[kind], row.no, row.name, row.unit, days, why, row.last_word, str(one.row.id))
