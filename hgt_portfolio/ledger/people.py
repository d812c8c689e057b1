"""Who answers for projects and units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hgt_portfolio.figures.query import unit_on
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once, unit_id_of
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.inputs import ContactInput
from hgt_portfolio.model.inputs_people import ContactEnd, UnitContactInput
from hgt_portfolio.model.people import Contact
from hgt_portfolio.months import month_of
from hgt_portfolio.rules.checks import error
from hgt_portfolio.terms import ActionKind


class People(Door):
    """Names who answers for what."""

    @once
    def contact(self, given: ContactInput | UnitContactInput, *, dry_run: bool = False) -> Outcome:
        """Set who answers for a project, or for a unit, in a role."""
        with self._action(ActionKind.CONTACT, dry_run=dry_run) as draft:
            if given.until is not None and given.until < given.since:
                raise Refused([error("until", f"截止日期 {given.until} 早于起始日期 {given.since}。")])
            about, whose = self._whose(draft, given)
            draft.add(Contact, **about, **given.model_dump(exclude={"no", "unit"}))
            until = f"（至 {given.until}）" if given.until else ""
            return done(draft, f"{given.role} {whose}：{given.name}{until}", given)

    @once
    def end_contact(self, given: ContactEnd, *, dry_run: bool = False) -> Outcome:
        """Say until when whoever answers for a project or unit in a role still does; nobody is named after."""
        with self._action(ActionKind.CONTACT, dry_run=dry_run) as draft:
            about, whose = self._whose(draft, given)
            standing = _standing(draft.session, given, about, draft.at)
            if standing is None:
                raise Refused([error("role", f"{whose} 到 {given.until} 没有{given.role}，没有可以终止的。")])
            draft.before = standing.model_dump(mode="json", exclude_none=True)
            facts = standing.model_dump(include={"role", "name", "phone", "since"})
            draft.add(Contact, **about, **facts, until=given.until)
            return done(draft, f"{given.role} {whose}：{standing.name} 至 {given.until} 止", given)

    def _whose(self, draft: Draft, given: ContactInput | UnitContactInput | ContactEnd) -> tuple[dict[str, int], str]:
        """Give the column that says whose contact it is, and the words for it."""
        unit = getattr(given, "unit", None)
        if unit is not None:
            return {"unit_id": unit_id_of(draft.session, unit)}, unit
        no = str(getattr(given, "no", ""))
        day = given.until if isinstance(given, ContactEnd) else given.since
        position = self._target(draft, no, month_of(day))
        return {"project_id": position.id}, f"#{no} {position.name}"


def _standing(session: Session, given: ContactEnd, about: dict[str, int], moment: int) -> Contact | None:
    """Give the latest contact of the role that holds on the last day, None where it has ended before.

    A unit without its own has that of one it took the place of.
    """
    ((name, value),) = about.items()
    own = col(getattr(Contact, name)) == value
    whose = own if name == "project_id" else unit_on(col(Contact.unit_id), given.until, moment) == value
    query = (
        select(Contact)
        .where(
            whose,
            col(Contact.role) == given.role,
            col(Contact.since) <= given.until,
            col(Contact.revoked_at).is_(None),
        )
        .order_by(own.desc(), col(Contact.since).desc(), col(Contact.recorded_at).desc(), col(Contact.id).desc())
        .limit(1)
    )
    row = session.execute(query).scalar()
    return None if row is None or (row.until is not None and row.until <= given.until) else row


def later_contact(session: Session, target: Action) -> Action | None:
    """Give the newest standing action after one that named another, or nobody, for the same unit and role."""
    other: Any = aliased(Contact)
    own: Any = aliased(Contact)
    query = (
        select(Action)
        .join(other, other.action_id == Action.id)
        .join(own, (own.unit_id == other.unit_id) & (own.role == other.role))
        .where(own.action_id == target.id, col(Action.id) > target.id, other.revoked_at.is_(None))
        .order_by(col(Action.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar()
