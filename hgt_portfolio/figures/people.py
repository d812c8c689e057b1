"""Who answers for what: units with their successors, and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Text, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hgt_portfolio.figures.layers import chosen
from hgt_portfolio.figures.position import Filter
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import KNOWN_AT, Ask, known, unit_on
from hgt_portfolio.figures.reader import Reader, Unknown
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.model.project import Project, Unit, UnitChange, VersionUnit
from hgt_portfolio.months import last_quarter_end
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import ContactRole, UnitRole

if TYPE_CHECKING:
    from hgt_portfolio.model.people import Contact


@dataclass(frozen=True)
class UnitInfo:
    """A responsible unit: its name, kind, and full name where the plan gives one."""

    name: str
    kind: str
    full_name: str | None


@dataclass(frozen=True)
class Person:
    """Who answers for a project, in which role, from and to which day."""

    no: str
    role: str
    name: str
    phone: str | None
    since: date
    until: date | None


class People(Reader):
    """Reads units and people."""

    def units(self, point: Point | None = None) -> list[UnitInfo]:
        """Give the units in the plan's order, less those that a successor stands for on D (by default: today)."""
        asked_at = point or Point(self.today, last_quarter_end(self.today), self.last_action())
        with self.store.read() as session:
            standing = unit_on(col(Unit.id), asked_at.units_day, asked_at.known_at)
            came = select(UnitChange).where(
                col(UnitChange.successor_id) == col(Unit.id),
                col(UnitChange.effective) <= asked_at.units_day,
                known(UnitChange, asked_at.known_at),
            )
            loaded = select(func.min(Unit.action_id)).scalar_subquery()
            begun = or_(col(Unit.action_id) == loaded, came.exists())
            rows = session.execute(select(Unit).where(col(Unit.id) == standing, begun).order_by(col(Unit.position)))
            return [UnitInfo(row.name, row.kind, row.full_name) for row in rows.scalars()]

    def unit_name(self, text: str, point: Point | None = None) -> str:
        """Give the name by which a unit goes on D (by default: today), from any spelling or its name of another day.

        Raises ``Unknown`` listing the units there are.
        """
        from hgt_portfolio.model.people import UnitAlias

        at = point or Point(self.today, last_quarter_end(self.today), self.last_action())
        with self.store.read() as session:
            alias = select(col(UnitAlias.unit_id)).where(col(UnitAlias.alias) == text)
            named = select(col(Unit.name)).where(or_(col(Unit.name) == text, col(Unit.id).in_(alias))).limit(1)
            found = session.execute(named).scalar()
            name = None if found is None else standing_name(session, found, at.units_day, at.known_at)
            before = [] if name is None else _before(session, name)
        standing = [unit.name for unit in self.units(at)]
        if name in standing:
            return str(name)
        names = list(dict.fromkeys(one for one in before if one in standing))
        if len(names) == 1:
            return names[0]
        if names:
            raise Unknown(f"{text}在 {at.units_day} 还没有，当时是{'、'.join(names)}，请写其中一个。")
        raise Unknown(f"没有名为“{text}”的责任单位；已有：{'、'.join(standing)}。")

    def former_names(self, point: Point) -> dict[str, list[str]]:
        """Read the units that each has succeeded by D: name, from when, by which 文号."""
        successor: Any = aliased(Unit)
        with self.store.read() as session:
            rows = session.execute(
                select(successor.name, col(Unit.name), UnitChange)
                .join(Unit, col(Unit.id) == UnitChange.unit_id)
                .join(successor, successor.id == UnitChange.successor_id)
                .where(known(UnitChange, point.known_at), col(UnitChange.effective) <= point.units_day)
                .where(successor.id == unit_on(col(UnitChange.unit_id), point.units_day, point.known_at))
                .order_by(col(UnitChange.effective), col(UnitChange.id))
            )
            names: dict[str, list[str]] = {}
            for name, former, change in rows:
                names.setdefault(name, []).append(f"{former}（{change.effective} 起{change.kind}，{change.doc}）")
            return names

    def contacts(self, point: Point, no: str | None = None) -> list[Person]:
        """Read who answers for each project on D, or for one: of each role the latest, its own before its unit's."""
        with self.store.read() as session:
            ask = self._ask(session, point, None)
            leads = run(session, ask, _leads) if no is None else run(session, ask, _lead, no=no)
            named = _named(session, point, no)
        return [
            Person(of, role, row.name, row.phone, row.since, row.until)
            for of, unit in leads
            for role in ContactRole
            if (row := named.get((of, None, role)) or named.get((None, unit, role)))
        ]

    def unit_contacts(self, point: Point) -> dict[tuple[str, str], Person]:
        """Read who answers for each unit on D, by its name and role; their ``no`` is empty."""
        with self.store.read() as session:
            named = _named(session, point, None)
        return {
            (unit, role): Person("", role, row.name, row.phone, row.since, row.until)
            for (no, unit, role), row in named.items()
            if no is None and unit is not None
        }

    def cooperating(
        self, point: Point, where: Filter | None = None, *, rules: str | None = None
    ) -> dict[str, list[str]]:
        """Read the cooperating units and generic members of each project on D, by its number.

        ``rules`` matter only to a filter by light.
        """
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            members: dict[str, list[str]] = {}
            for no, name in run(session, ask, _members, where or Filter()):
                members.setdefault(no, []).append(name)
            return members


def _leads(ask: Ask) -> Select[Any]:
    c = filtered(ask, Filter(), "no", "unit", "position").c
    return select(c.no, c.unit).order_by(c.position)


def _lead(ask: Ask) -> Select[Any]:
    c = chosen(ask, ("no", "unit"), [lambda c: c["no"] == bindparam("no", None, Text)]).c
    return select(c.no, c.unit)


def _members(ask: Ask, where: Filter) -> Select[Any]:
    c = filtered(ask, where, "no", "version_id", "position").c
    return (
        select(c.no, func.coalesce(col(Unit.name), col(VersionUnit.text)))
        .join(VersionUnit, col(VersionUnit.version_id) == c.version_id)
        .outerjoin(Unit, col(Unit.id) == unit_on(col(VersionUnit.unit_id), ask.point.units_day, KNOWN_AT))
        .where(col(VersionUnit.role) != UnitRole.LEAD)
        .order_by(c.position, col(VersionUnit.position))
    )


def standing_name(session: Session, name: str, day: date, moment: int) -> str:
    """Give the name of the unit that stands on a day in the place of the one of a name."""
    unit_id = select(col(Unit.id)).where(col(Unit.name) == name).scalar_subquery()
    standing = select(col(Unit.name)).where(col(Unit.id) == unit_on(unit_id, day, moment))
    return session.execute(standing).scalar() or name


def _before(session: Session, name: str) -> list[str]:
    """Give the names of the units that one has taken or is to take the place of."""
    successor: Any = aliased(Unit)
    rows = session.execute(
        select(col(Unit.name))
        .join(UnitChange, col(UnitChange.unit_id) == Unit.id)
        .join(successor, successor.id == UnitChange.successor_id)
        .where(successor.name == name, col(UnitChange.revoked_at).is_(None))
        .order_by(col(Unit.position), col(Unit.id))
    )
    return list(rows.scalars())


def _named(session: Session, point: Point, no: str | None) -> dict[tuple[str | None, str | None, str], Contact]:
    """Read the latest contact of each project or unit and role on D, but for those that have ended.

    A unit's own outweigh those of the units that it took the place of. With ``no``, no other project's is read.
    """
    from hgt_portfolio.model.people import Contact

    own = case((col(Contact.unit_id) == Unit.id, 1), else_=0)
    query = (
        select(col(Project.no), col(Unit.name), Contact)
        .outerjoin(Project, col(Project.id) == Contact.project_id)
        .outerjoin(Unit, col(Unit.id) == unit_on(col(Contact.unit_id), point.units_day, point.known_at))
        .where(known(Contact, point.known_at), col(Contact.since) <= point.day)
        .order_by(own, col(Contact.since), col(Contact.recorded_at), col(Contact.id))
    )
    if no is not None:
        one = select(col(Project.id)).where(col(Project.no) == no).scalar_subquery()
        query = query.where(or_(col(Contact.project_id).is_(None), col(Contact.project_id) == one))
    newest = {(of, unit, row.role): row for of, unit, row in session.execute(query)}
    return {key: row for key, row in newest.items() if row.until is None or row.until >= point.day}
