"""Units that change: renamed, or merged into another; what was filed under the old name stays there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.inputs import UnitChangeInput
from hgt_portfolio.model.people import Contact, UnitAlias
from hgt_portfolio.model.project import ProjectVersion, Unit, UnitChange, VersionUnit
from hgt_portfolio.model.supervision import Supervision
from hgt_portfolio.plan.units import parse_unit
from hgt_portfolio.rules.checks import error
from hgt_portfolio.terms import ActionKind, UnitChangeKind


class Units(Door):
    """Lets one unit take the place of others."""

    @once
    def change_units(self, given: UnitChangeInput) -> Outcome:
        """Rename a unit, or merge units into one, from a day on; reports before it keep the old names."""
        with self._action(ActionKind.UNIT, given.reason) as draft:
            old = _distinct(_standing(draft.session, name) for name in given.units)
            new = self._successor(draft, given, old)
            _refuse_earlier(draft.session, (*old, new), given.effective)
            for unit in (unit for unit in old if unit.id != new.id):
                for place in (unit.id, *_succeeded_by(draft.session, unit.id or 0)):
                    draft.add(
                        UnitChange,
                        unit_id=place,
                        successor_id=new.id,
                        kind=given.kind,
                        effective=given.effective,
                        doc=given.doc,
                        reason=given.reason,
                    )
            if UnitChange not in draft.rows:
                raise Refused([error("units", f"{new.name}就是这个单位，没有要改的。")])
            names = "、".join(unit.name for unit in old)
            return done(draft, f"单位{given.kind} {names} → {new.name}，自 {given.effective}（{given.doc}）", given)

    def _successor(self, draft: Draft, given: UnitChangeInput, old: list[Unit]) -> Unit:
        """Give the unit that is to stand in their place, making it where it is new."""
        session = draft.session
        found: Unit | None = session.execute(select(Unit).where(col(Unit.name) == given.successor)).scalar()
        if found is not None:
            later = _change_of(session, found.id or 0)
            if later is not None:
                raise Refused([error("successor", f"{found.name}自 {later.effective} 起已由别的单位接替，不能再用。")])
            if given.kind is UnitChangeKind.RENAME and _in_use(session, found):
                raise Refused([error("successor", f"已有名为“{found.name}”的单位；两个单位合为一个请用合并。")])
            return found
        if session.execute(select(UnitAlias).where(col(UnitAlias.alias) == given.successor)).scalar() is not None:
            raise Refused([error("successor", f"“{given.successor}”是现有单位的别名，请写它的规范名称。")])
        if not _legible(given.successor, old[0].name):
            raise Refused([error("successor", f"“{given.successor}”不像一个单位的名称：不要含顿号、逗号、斜线等。")])
        last = session.execute(select(func.max(Unit.id))).scalar() or 0
        unit = Unit(
            id=last + 1,
            name=given.successor,
            kind=given.unit_kind or old[0].kind,
            full_name=given.full_name,
            position=old[0].position,
            action_id=draft.id,
        )
        draft.put(Unit, **unit.model_dump())
        return unit


def _standing(session: Session, name: str) -> Unit:
    """Give a unit by its name or an alias; raises ``Refused`` where there is none, or it was succeeded already."""
    alias = select(col(UnitAlias.unit_id)).where(col(UnitAlias.alias) == name)
    named = select(Unit).where(or_(col(Unit.name) == name, col(Unit.id).in_(alias)))
    unit: Unit | None = session.execute(named.limit(1)).scalar()
    if unit is None:
        raise Refused([error("units", f"没有名为“{name}”的责任单位，请核对名称（hgt unit 列出全部单位）。")])
    change = _change_of(session, unit.id or 0)
    if change is not None:
        raise Refused([error("units", f"{name}自 {change.effective} 起已{change.kind}（{change.doc}），不能再改。")])
    return unit


def _legible(name: str, other: str) -> bool:
    """Tell whether a name can be read back out of a cell that lists several units."""
    cell = parse_unit(f"{other}、{name}", {name: name, other: other})
    return (cell.lead, cell.cooperating) == (other, (name,))


def _refuse_earlier(session: Session, units: Iterable[Unit], effective: date) -> None:
    """Refuse a change from a day on which one of the units had not yet taken another's place."""
    for unit in units:
        came = select(UnitChange).where(
            col(UnitChange.successor_id) == unit.id,
            col(UnitChange.effective) > effective,
            col(UnitChange.revoked_at).is_(None),
        )
        row = session.execute(came.order_by(col(UnitChange.effective).desc()).limit(1)).scalar()
        if row is not None:
            raise Refused([error("effective", f"{unit.name}自 {row.effective} 起才接替别的单位，--from 不能早于它。")])


def _distinct(units: Iterable[Unit]) -> list[Unit]:
    return list({unit.id: unit for unit in units}.values())


def _change_of(session: Session, unit_id: int) -> UnitChange | None:
    return session.execute(
        select(UnitChange).where(col(UnitChange.unit_id) == unit_id, col(UnitChange.revoked_at).is_(None)).limit(1)
    ).scalar()


def _in_use(session: Session, unit: Unit) -> bool:
    """Tell whether a unit stands: one that was only made for a change since undone does not."""
    loaded = session.execute(select(func.min(Unit.action_id))).scalar()
    taken = select(UnitChange).where(col(UnitChange.successor_id) == unit.id, col(UnitChange.revoked_at).is_(None))
    return unit.action_id == loaded or session.execute(taken.limit(1)).scalar() is not None


def _succeeded_by(session: Session, unit_id: int) -> list[int]:
    """Give the units that one already stands for: its own successor is to stand for them too."""
    rows = session.execute(
        select(col(UnitChange.unit_id)).where(
            col(UnitChange.successor_id) == unit_id, col(UnitChange.revoked_at).is_(None)
        )
    )
    return sorted(set(rows.scalars()))


def resting_on_change(session: Session, target: Action) -> Action | None:
    """Give the newest standing action after a unit change that rests on it: another change, or use of the new unit."""
    changes = select(UnitChange).where(col(UnitChange.action_id) == target.id)
    changed = list(session.execute(changes).scalars())
    old = {row.unit_id for row in changed}
    loaded = session.execute(select(func.min(Unit.action_id))).scalar()
    new = {row.successor_id for row in changed if session.get_one(Unit, row.successor_id).action_id != loaded}
    cooperates = select(col(VersionUnit.version_id)).where(col(VersionUnit.unit_id).in_(new))
    uses: tuple[tuple[Any, Any], ...] = (
        (UnitChange, col(UnitChange.unit_id).in_(old | new) | col(UnitChange.successor_id).in_(new)),
        (Contact, col(Contact.unit_id).in_(new)),
        (Supervision, col(Supervision.unit_id).in_(new)),
        (ProjectVersion, col(ProjectVersion.lead_id).in_(new) | col(ProjectVersion.id).in_(cooperates)),
    )
    rests = [select(model.action_id).where(use, col(model.revoked_at).is_(None)) for model, use in uses]
    later = select(Action).where(col(Action.id) > target.id, or_(*(col(Action.id).in_(rest) for rest in rests)))
    return session.execute(later.order_by(col(Action.id).desc()).limit(1)).scalar()
