"""What others did since somebody looked: an action prepared beside an older ledger is refused, naming who did what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlmodel import Session, col

from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.people import Contact
from hgt_portfolio.model.project import Project, Unit
from hgt_portfolio.model.subject import ActionSubject
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.rules.point import moment_words

REPLACED = "打开以后台账换成了另一个文件（如恢复了备份），现有的数可能都不同了。"


@dataclass(frozen=True)
class Seen:
    """What somebody looked at before acting, and at which action's moment.

    ``nos`` are projects by number; ``unit`` is looked at as a whole, without its projects, and ``item`` is a 督办事项.
    """

    moment: int
    nos: tuple[str, ...] = ()
    unit: str | None = None
    item: str | None = None


def since(session: Session, seen: Seen | None) -> list[Finding]:
    """Give a finding for each action since on what was seen, the earliest first."""
    if seen is None:
        return []
    if not session.execute(select(exists().where(col(Action.at) == seen.moment))).scalar():
        return [error("seen", REPLACED)]
    touched = or_(*(col(Action.id).in_(of) for of in _touching(seen)))
    later = select(Action).where(col(Action.at) > seen.moment, touched).order_by(col(Action.id))
    return [
        error("seen", f"打开以后 {one.operator} 于 {moment_words(one.at)} 做了“{one.title}”。")
        for one in session.execute(later).scalars()
    ]


def _touching(seen: Seen) -> list[Any]:
    """Give the selects of the actions that touched what was seen, an undo by what it took back."""
    own = select(col(ActionSubject.action_id)).join(Project, col(Project.id) == ActionSubject.project_id)
    found: list[Any] = [own.where(col(Project.no).in_(seen.nos))]
    rows: list[tuple[Any, Any]] = []
    if seen.unit is not None:
        unit = select(col(Unit.id)).where(col(Unit.name) == seen.unit).scalar_subquery()
        whole = (col(Supervision.project_id).is_(None)) & (col(Supervision.unit_id) == unit)
        rows += [(Contact, col(Contact.unit_id) == unit), (Supervision, whole)]
    if seen.item is not None:
        rows += [
            (Supervision, col(Supervision.no) == seen.item),
            (SupervisionEvent, col(SupervisionEvent.no) == seen.item),
        ]
    for model, which in rows:
        found += [select(col(column)).where(which) for column in (model.action_id, model.revoked_by)]
    return found
