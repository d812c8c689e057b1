"""One user action: its rows, its transaction, and its entry in the audit chain."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, SQLModel, col

from hgt_portfolio.ledger.sealing import GENESIS, canonical, entry_hash, sealed
from hgt_portfolio.model.audit import Action, ActionSubject
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.conflict import Conflict
from hgt_portfolio.model.filing import (
    Cooperation,
    LightOverride,
    Report,
    SendBack,
    Verification,
    YearPlan,
)
from hgt_portfolio.model.office import Amendment, Closing, ClosingFile, Erratum, FilingWindow, RuleAdoption
from hgt_portfolio.model.project import Contact, Milestone, ProjectVersion, SubItem, UnitChange
from hgt_portfolio.model.supervision import Supervision, SupervisionEvent
from hgt_portfolio.settings import os_user
from hgt_portfolio.terms import ActionKind

LEDGER_TABLES: tuple[type[LedgerRow], ...] = (
    UnitChange,
    ProjectVersion,
    Contact,
    Milestone,
    SubItem,
    Report,
    Cooperation,
    YearPlan,
    Verification,
    SendBack,
    Conflict,
    LightOverride,
    Amendment,
    RuleAdoption,
    FilingWindow,
    Supervision,
    SupervisionEvent,
    Closing,
    ClosingFile,
    Erratum,
)
"""Every table whose rows belong to an action and can be revoked with it."""


@dataclass
class Draft:
    """An action under way: rows to write, rows to revoke, and what its entry will say.

    ``at`` is its moment in microseconds and ``id`` its number, both fixed when it begins, as are the numbers of its
    rows: writers are serial, and ``numbers`` gives the last of each table. ``key`` is the act's own. Nothing reaches
    the database before ``write``.
    """

    session: Session
    operator: str
    kind: ActionKind
    id: int
    at: int
    previous_hash: str
    key: str | None = None
    title: str = ""
    reason: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    undoes: int | None = None
    rows: list[SQLModel] = field(default_factory=list)
    revoked: list[LedgerRow] = field(default_factory=list)
    subjects: set[int] = field(default_factory=set)
    numbers: dict[type[LedgerRow], int] = field(default_factory=dict)

    def add(self, model: type[LedgerRow], **values: Any) -> Any:
        """Plan a ledger row of this action and give it back."""
        row = model(id=self._next(model), action_id=self.id, recorded_at=self.at, **values)
        self.rows.append(row)
        if values.get("project_id") is not None:
            self.subjects.add(values["project_id"])
        return row

    def _next(self, model: type[LedgerRow]) -> int:
        """Give the number of the next row of a table."""
        if model not in self.numbers:
            self.numbers[model] = self.session.execute(select(func.max(col(model.id)))).scalar() or 0
        self.numbers[model] += 1
        return self.numbers[model]

    def revoke(self, row: LedgerRow) -> None:
        """Plan to revoke a standing row from this moment on."""
        self.revoked.append(row)
        project_id = getattr(row, "project_id", None)
        if project_id is not None:
            self.subjects.add(project_id)

    def write(self) -> Action:
        """Write the entry, then the rows it is about, then the revocations; commits nothing itself."""
        self.rows += (ActionSubject(action_id=self.id, project_id=subject) for subject in sorted(self.subjects))
        action = self._entry()
        self.session.add(action)
        self.session.flush()
        # The tables are unrelated to the mapper, so rows go in table by table, parents first.
        order = {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
        ordered = sorted(self.rows, key=lambda row: order[str(row.__tablename__)])
        for _, rows in groupby(ordered, key=type):
            self.session.add_all(rows)
            self.session.flush()
        for row in self.revoked:
            model = type(row)
            self.session.execute(
                update(model)
                .where(col(model.id) == row.id, col(model.revoked_at).is_(None))
                .values(revoked_at=self.at, revoked_by=self.id)
                .execution_options(synchronize_session=False)
            )
        return action

    def _entry(self) -> Action:
        seal = sealed(self.rows, self.revoked)
        action = Action(
            id=self.id,
            at=self.at,
            utc_offset=_offset_minutes(),
            operator=self.operator,
            os_user=os_user(),
            host=socket.gethostname(),
            kind=self.kind,
            title=self.title,
            reason=self.reason,
            before=canonical(self.before),
            after=canonical(self.after),
            undoes=self.undoes,
            digest=seal.digest,
            previous_hash=self.previous_hash,
            hash="",
            key=self.key,
            sealed=seal.text,
        )
        action.hash = entry_hash(action.model_dump())
        return action


def begin(session: Session, operator: str, kind: ActionKind, clock: int | None = None) -> Draft:
    """Begin an action: its moment is the clock's, but always later than the last action's."""
    last = session.execute(select(Action).order_by(col(Action.id).desc()).limit(1)).scalar()
    now = time.time_ns() // 1000 if clock is None else clock
    if last is None or last.id is None:
        return Draft(session, operator, kind, 1, now, GENESIS)
    return Draft(session, operator, kind, last.id + 1, max(now, last.at + 1), last.hash)


def standing_form(session: Session, row: LedgerRow) -> LedgerRow | None:
    """Give the row that stands for one: itself, or the copy that an undo put back; None where neither stands."""
    said = row.model_dump(exclude=set(LedgerRow.model_fields))
    standing: LedgerRow | None = row
    while standing is not None and standing.revoked_by is not None:
        model = type(standing)
        restored = select(model).join(Action, col(Action.id) == model.action_id)
        copies = session.execute(restored.where(col(Action.undoes) == standing.revoked_by)).scalars()
        same = (copy for copy in copies if copy.model_dump(exclude=set(LedgerRow.model_fields)) == said)
        standing = next(same, None)
    return standing


def later_action(session: Session, action: Action, subjects: set[int]) -> Action | None:
    """Give the newest standing action after one that touched any of its projects."""
    undone = select(col(Action.undoes)).where(col(Action.undoes).is_not(None))
    return session.execute(
        select(Action)
        .join(ActionSubject, col(ActionSubject.action_id) == col(Action.id))
        .where(
            col(Action.id) > action.id,
            col(ActionSubject.project_id).in_(subjects),
            col(Action.kind) != ActionKind.UNDO,
            col(Action.id).not_in(undone),
        )
        .order_by(col(Action.id).desc())
        .limit(1)
    ).scalar()


def newest_of(session: Session, operator: str) -> Action | None:
    """Give an operator's newest action that still stands."""
    undone = select(col(Action.undoes)).where(col(Action.undoes).is_not(None))
    return session.execute(
        select(Action)
        .where(
            col(Action.operator) == operator,
            col(Action.kind).not_in((ActionKind.UNDO, ActionKind.LOAD)),
            col(Action.id).not_in(undone),
        )
        .order_by(col(Action.id).desc())
        .limit(1)
    ).scalar()


def subjects_of(session: Session, action_id: int) -> set[int]:
    """Give the projects that an action touched."""
    query = select(col(ActionSubject.project_id)).where(col(ActionSubject.action_id) == action_id)
    return set(session.execute(query).scalars())


def _offset_minutes() -> int:
    offset = datetime.now().astimezone().utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
