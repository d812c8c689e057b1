"""督办: the items with what happened to each, and what the figures suggest to raise."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.people import People, Person
from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.query import known, unit_on
from hgt_portfolio.figures.reader import Unknown, window_of
from hgt_portfolio.figures.rows import read_positions
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.project import Project, ProjectVersion, Unit
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.months import last_quarter_end, quarter_label, quarter_text
from hgt_portfolio.rules.point import Point
from hgt_portfolio.rules.supervision import OPEN_STATES, SUGGESTED, standing
from hgt_portfolio.terms import ContactRole, DeadlineState, FilingState, Light, SupervisionGround, SupervisionState


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What happened to an item: the step, its day and words, and who recorded it when."""

    step: str
    day: date
    text: str
    due: date | None
    evidence: str | None
    person: str | None
    operator: str
    recorded_at: int
    action_id: int


@dataclass(frozen=True, slots=True)
class SupervisionItem:
    """A 督办事项 on D: what was raised, where it stands, and what happened by then.

    ``no`` is its number, ``project`` the project's (None: the unit's work as a whole); ``due`` the current due date
    beside the ``due_original``; ``days_over`` run to D, or to the day the unit said it was done.
    """

    no: str
    project: str | None
    name: str | None
    unit: str
    ground: str
    content: str
    basis: str | None
    raised: date
    due: date
    due_original: date
    person: str | None
    doc: str | None
    state: SupervisionState
    days_over: int
    applied: date | None
    struck: date | None
    steps: tuple[StepTaken, ...]
    operator: str
    recorded_at: int
    action_id: int

    @property
    def is_open(self) -> bool:
        """Whether it is not struck off."""
        return self.state in OPEN_STATES

    @property
    def subject(self) -> str:
        """What it is about: the project with its number, or the unit."""
        return self.unit if self.project is None else f"#{self.project} {self.name or ''}".strip()

    @property
    def last(self) -> StepTaken | None:
        """What happened last."""
        return self.steps[-1] if self.steps else None

    def times(self, step: str) -> int:
        """Count a step."""
        return sum(taken.step == step for taken in self.steps)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that the figures suggest: why, from which figures, what to ask, of whom, and by when."""

    no: str
    name: str
    unit: str
    ground: SupervisionGround
    content: str
    basis: str
    due: date
    person: str | None


class Supervisions(People):
    """Reads what is supervised."""

    def supervision(
        self,
        point: Point,
        no: str | None = None,
        *,
        unit: str | None = None,
        state: str | None = None,
        open_only: bool = False,
    ) -> list[SupervisionItem]:
        """Read the items raised by D, about one project where ``no`` is given; those not struck off first, then by due.

        ``unit``, ``state`` and ``open_only`` choose among them.
        """
        with self.store.read() as session:
            items = read_items(session, point, no)
        chosen = [
            item
            for item in items
            if unit in (None, item.unit) and state in (None, item.state) and (item.is_open or not open_only)
        ]
        return sorted(chosen, key=lambda item: (not item.is_open, item.due, item.no))

    def supervised(self, point: Point, no: str) -> SupervisionItem:
        """Read one item; raises ``Unknown`` where there is none of that number."""
        found = [item for item in self.supervision(point) if item.no == no]
        if not found:
            raise Unknown(f"没有编号为 {no} 的督办事项。编号见 hgt supervise。")
        return found[0]

    def suggested(self, point: Point, *, rules: str | None = None) -> list[Suggestion]:
        """Suggest what to raise on D: 逾期, red at two quarter ends running, 未填报; not what is open already.

        Money, lights and filing are those of the last quarter over on D.
        """
        end = last_quarter_end(point.day)
        now = Point(point.day, end, point.known_at)
        ends = [now.at(end), now.at(end - 3)]
        with self.store.read() as session:
            standing_now = self._positions(session, now, rules)
            lights = [{row.no: row for row in self._positions(session, at, rules)} for at in ends]
            closes = window_of(session, now)[1]
            raised = {(item.project, item.ground) for item in read_items(session, point) if item.is_open}
        officers = self._officers(now)
        return [
            _suggestion(row, ground, basis, point.day, officers.get(row.no))
            for row in standing_now
            for ground, basis in _grounds(row, [light.get(row.no) for light in lights], closes)
            if (row.no, ground) not in raised
        ]

    def answerable(self, point: Point, no: str | None, unit: str | None) -> str | None:
        """Give the 责任人, with the phone, of a project, else of a unit; None where nobody is named."""
        if no is not None:
            return self._officers(point).get(no)
        person = self.unit_contacts(point).get((unit or "", ContactRole.OFFICER))
        return None if person is None else _named(person)

    def _officers(self, point: Point) -> dict[str, str]:
        return {person.no: _named(person) for person in self.contacts(point) if person.role == ContactRole.OFFICER}

    def _positions(self, session: Session, point: Point, rules: str | None) -> list[Position]:
        return read_positions(session, self._ask(session, point, rules))


def _named(person: Person) -> str:
    return f"{person.name} {person.phone}" if person.phone else person.name


def _suggestion(row: Position, ground: SupervisionGround, basis: str, day: date, person: str | None) -> Suggestion:
    days, asked_for = SUGGESTED[ground]
    due = day + timedelta(days=days)
    return Suggestion(row.no, row.name, row.unit, ground, asked_for, basis, due, person)


def _grounds(row: Position, quarters: list[Position | None], closes: date) -> list[tuple[SupervisionGround, str]]:
    """Give each ground that holds of a project, with the figures that it rests on."""
    found = []
    if row.deadline_state == DeadlineState.OVERDUE:
        late = f"完工期限 {row.due_date}，截至 {row.day} 未完工，逾期 {row.days_overdue} 天"
        heard = f"，最近核实日 {row.last_word}" if row.last_word else ""
        found.append((SupervisionGround.OVERDUE, f"{late}{heard}。"))
    reds = [at for at in quarters if at is not None and at.light == Light.RED]
    # An overdue project is red for being overdue: that is one matter, not two.
    if len(reds) == len(quarters) and not found:
        said = "；".join(f"{quarter_text(at.period)} {at.light_reason}" for at in reversed(reds))
        found.append((SupervisionGround.RED_TWICE, f"连续两个季度末为红灯：{said}。"))
    if row.filing_state == FilingState.MISSING and row.day > closes:
        label = quarter_label(row.period)
        found.append((SupervisionGround.SILENT, f"{label}进度填报截止日 {closes}，截至 {row.day} 未填报。"))
    return found


def read_items(session: Session, point: Point, no: str | None = None) -> list[SupervisionItem]:
    """Read every item raised by D within an open session, about one project where ``no`` is given."""
    query = (
        select(Supervision, col(Project.no), col(Unit.name), col(Action.operator))
        .join(Action, col(Action.id) == Supervision.action_id)
        .join(Unit, col(Unit.id) == unit_on(col(Supervision.unit_id), point.units_day, point.known_at))
        .outerjoin(Project, col(Project.id) == Supervision.project_id)
        .where(known(Supervision, point.known_at), col(Supervision.raised) <= point.day)
        .order_by(col(Supervision.id))
    )
    rows = session.execute(query if no is None else query.where(col(Project.no) == no)).all()
    if not rows:
        return []
    names, steps = _names(session, point, no), _steps(session, point, no)
    return [_item(row, of, names.get(row.project_id), unit, by, steps[row.id], point.day) for row, of, unit, by in rows]


def _names(session: Session, point: Point, no: str | None) -> dict[int, str]:
    """Read the name on D of each project that an item was ever raised about, or of one."""
    about = select(col(Supervision.project_id)).where(col(Supervision.project_id).is_not(None))
    if no is not None:
        about = select(col(Project.id)).where(col(Project.no) == no)
    version = ProjectVersion
    rows = session.execute(
        select(col(version.project_id), col(version.name))
        .where(col(version.project_id).in_(about), known(version, point.known_at), col(version.effective) <= point.day)
        .order_by(col(version.effective), col(version.recorded_at), col(version.id))
    )
    return {row.project_id: row.name for row in rows}


def _steps(session: Session, point: Point, no: str | None) -> dict[int, list[StepTaken]]:
    """Read what happened to each item by D, in order; to those about one project where ``no`` is given."""
    query = (
        select(SupervisionEvent, col(Action.operator))
        .join(Action, col(Action.id) == SupervisionEvent.action_id)
        .where(known(SupervisionEvent, point.known_at), col(SupervisionEvent.day) <= point.day)
        .order_by(col(SupervisionEvent.day), col(SupervisionEvent.recorded_at), col(SupervisionEvent.id))
    )
    if no is not None:
        about = select(col(Supervision.id)).join(Project, col(Project.id) == Supervision.project_id)
        query = query.where(col(SupervisionEvent.supervision_id).in_(about.where(col(Project.no) == no)))
    steps: dict[int, list[StepTaken]] = defaultdict(list)
    for row, operator in session.execute(query):
        taken = StepTaken(
            row.step, row.day, row.text, row.due, row.evidence, row.person, operator, row.recorded_at, row.action_id
        )
        steps[row.supervision_id].append(taken)
    return steps


def _item(
    row: Supervision, no: str | None, name: str | None, unit: str, operator: str, steps: list[StepTaken], day: date
) -> SupervisionItem:
    at = standing(row.due, steps, day)
    return SupervisionItem(
        no=row.no,
        project=no,
        name=name,
        unit=unit,
        ground=row.ground,
        content=row.content,
        basis=row.basis,
        raised=row.raised,
        due=at.due,
        due_original=row.due,
        person=row.person,
        doc=row.doc,
        state=at.state,
        days_over=at.days_over,
        applied=at.applied,
        struck=at.struck,
        steps=tuple(steps),
        operator=operator,
        recorded_at=row.recorded_at,
        action_id=row.action_id,
    )
