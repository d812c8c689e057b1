"""督办: raising items, and every step until they are struck off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.people import standing_name
from hgt_portfolio.figures.supervising import SupervisionItem, read_items
from hgt_portfolio.ledger import amending
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, about, done, once, refuse, unit_id_of, unknown_project
from hgt_portfolio.ledger.filing import position_of
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.inputs import FIELD_LABELS
from hgt_portfolio.model.inputs_supervision import StepInput, SuperviseInput
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.months import last_quarter_end
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.rules.point import Point
from hgt_portfolio.rules.supervision import NEEDED, barred
from hgt_portfolio.terms import ActionKind, SupervisionGround


class Supervisions(Door):
    """Raises 督办事项 and takes them through their steps."""

    @once
    def supervise(self, items: Iterable[SuperviseInput], *, dry_run: bool = False) -> Outcome:
        """交办 one or more items, in one action; a finding on any refuses all."""
        given = list(items)
        if not given:
            raise Refused([error("item", "没有要交办的事项。")])
        with self._action(ActionKind.SUPERVISE, dry_run=dry_run) as draft:
            numbers = _Numbers(draft.session)
            waiting = {
                (item.project, item.ground): item.no for item in _items_now(draft.session, draft.at) if item.is_open
            }
            found: list[Finding] = []
            for item in given:
                stopping = self._raise(draft, item, waiting, numbers)
                whole = len(given) == 1 or item.no is None
                found += stopping if whole else [about(finding, item.no or "") for finding in stopping]
            refuse(found)
            nos = [row["no"] for row in draft.planned(Supervision)]
            words = [item.model_dump(mode="json", exclude_none=True) for item in given]
            draft.after = dict(zip(nos, words, strict=True))
            first = given[0]
            whose = f"#{first.no}" if first.no else first.unit
            one = f"督办交办 {nos[0]} {whose}：{first.content}"
            return done(draft, one if len(nos) == 1 else f"督办交办 {len(nos)} 项：{nos[0]} 至 {nos[-1]}", None)

    def _raise(
        self,
        draft: Draft,
        given: SuperviseInput,
        waiting: dict[tuple[str | None, str], str],
        numbers: _Numbers,
    ) -> list[Finding]:
        """Plan one item and add it to those ``waiting`` by project and ground; give what stands in its way."""
        found = []
        if given.raised > self.today:
            found.append(error("raised", f"交办日期 {given.raised} 还没有到。"))
        key = (given.no, str(given.ground))
        if given.no is not None and given.ground is not SupervisionGround.OTHER and key in waiting:
            found.append(error("ground", f"已有因{given.ground}督办、尚未销号的事项 {waiting[key]}。"))
        project_id, unit = self._responsible(draft, given)
        if not found:
            waiting[key] = numbers.next(given.raised.year)
            draft.add(
                Supervision,
                no=waiting[key],
                project_id=project_id,
                unit_id=unit_id_of(draft.session, unit),
                **given.model_dump(exclude={"no", "unit"}),
            )
        return found

    def _responsible(self, draft: Draft, given: SuperviseInput) -> tuple[int | None, str]:
        """Give the project and the unit of an item: the lead unless a cooperating one is named."""
        if given.no is None:
            return None, given.unit or ""
        period = last_quarter_end(given.raised)
        position = position_of(draft.session, self._ask(draft, period, given.raised), given.no)
        if position is None:
            raise Refused([unknown_project(draft.session, given.no)])
        if position.exited:
            raise Refused([error("no", f"#{given.no} 已退出，不再督办。")])
        cell, _ = amending.read_units(draft.session, position.unit_text)
        called = (standing_name(draft.session, name, given.raised, draft.at) for name in cell.cooperating)
        units = (position.unit, *called)
        if given.unit is not None and given.unit not in units:
            raise Refused([error("unit", f"{given.unit}不是 #{given.no} 的责任单位；责任单位：{'、'.join(units)}。")])
        return position.id, given.unit or position.unit

    @once
    def supervision_step(self, given: StepInput, *, dry_run: bool = False) -> Outcome:
        """Take an item one step on (催办 … 核验销号); refused where the step may not follow."""
        with self._action(ActionKind.SUPERVISE, dry_run=dry_run) as draft:
            found = [item for item in _items_now(draft.session, draft.at) if item.no == given.item]
            if not found:
                raise Refused([error("item", f"没有编号为 {given.item} 的督办事项。")])
            item = found[0]
            refuse(_check_step(given, item, self.today))
            row = draft.session.execute(
                select(Supervision).where(col(Supervision.no) == given.item, col(Supervision.revoked_at).is_(None))
            ).scalar_one()
            draft.before = {"state": item.state, "due": item.due}
            draft.add(
                SupervisionEvent,
                supervision_id=row.id,
                no=row.no,
                project_id=row.project_id,
                text=given.text or "",
                **given.model_dump(exclude={"item", "text"}),
            )
            said = f"：{given.text}" if given.text else ""
            until = f" 至 {given.due}" if given.due else ""
            return done(draft, f"督办{given.step} {row.no} {item.subject}{until}{said}", given)


class _Numbers:
    """Gives out the numbers of items, counted within each year; none is given out twice, even after an undo."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._taken: dict[int, int] = {}

    def next(self, year: int) -> str:
        """Give the next number of a year: 督2024-001."""
        prefix = f"督{year}-"
        if year not in self._taken:
            of_year = select(func.count()).where(col(Supervision.no).startswith(prefix))
            self._taken[year] = self._session.execute(of_year).scalar_one()
        self._taken[year] += 1
        return f"{prefix}{self._taken[year]:03}"


def _items_now(session: Session, moment: int) -> list[SupervisionItem]:
    """Read every standing item, with every step however late its day."""
    last = date(2100, 12, 31)
    return read_items(session, Point(last, last_quarter_end(last), moment))


def _check_step(given: StepInput, item: SupervisionItem, today: date) -> list[Finding]:
    """Give what stands in the way of a step, in sentences."""
    if why := barred(given.step, item.state):
        return [error("step", f"{item.no} {why}")]
    found = [
        error(name, f"{given.step}须写明{_CALLED.get(name) or FIELD_LABELS[name]}。")
        for name in NEEDED[given.step]
        if getattr(given, name) is None
    ]
    last = item.last.day if item.last else item.raised
    if given.day > today:
        found.append(error("day", f"日期 {given.day} 还没有到。"))
    elif given.day < last:
        found.append(error("day", f"日期 {given.day} 早于上一环节 {last}。"))
    if given.due is not None and "due" not in NEEDED[given.step]:
        found.append(error("due", f"{given.step}不改完成时限，要改请用延期。"))
    elif given.due is not None and given.due <= item.due:
        found.append(error("due", f"新的完成时限 {given.due} 须晚于现在的 {item.due}。"))
    return found


_CALLED = {"due": "新的完成时限"}


def later_step(session: Session, target: Action) -> Action | None:
    """Give the newest standing action after one that took an item of it further."""
    raised = select(col(Supervision.id)).where(col(Supervision.action_id) == target.id)
    moved = select(col(SupervisionEvent.supervision_id)).where(col(SupervisionEvent.action_id) == target.id)
    return session.execute(
        select(Action)
        .join(SupervisionEvent, col(SupervisionEvent.action_id) == Action.id)
        .where(
            col(SupervisionEvent.supervision_id).in_(raised.union(moved)),
            col(SupervisionEvent.revoked_at).is_(None),
            col(Action.id) > target.id,
        )
        .order_by(col(Action.id).desc())
        .limit(1)
    ).scalar()
