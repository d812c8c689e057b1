"""One user action: its rows, its transaction, and its entry in the audit chain."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select, update
from sqlmodel import Session, SQLModel, col

from hgt_portfolio.figures.prepared import run_plain
from hgt_portfolio.ledger.sealing import GENESIS, Seal, canonical, entry_hash
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.closing import ClosingFile, Erratum
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.conflict import Conflict
from hgt_portfolio.model.cooperation import Cooperation
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification, YearPlan
from hgt_portfolio.model.fund import FundReport, SpecialFund
from hgt_portfolio.model.indicator import Indicator, IndicatorReport
from hgt_portfolio.model.milestone import Milestone
from hgt_portfolio.model.office import Closing, FilingWindow, RuleAdoption
from hgt_portfolio.model.people import Contact
from hgt_portfolio.model.project import ProjectVersion, SubItem, UnitChange
from hgt_portfolio.model.subject import ActionSubject
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
    Indicator,
    IndicatorReport,
    FundReport,
    SpecialFund,
)
"""Every table whose rows belong to an action and can be revoked with it."""


Row = dict[str, Any]
"""A row's columns, as the database has them."""


@dataclass
class Draft:
    """An action under way: rows to write, rows to revoke, and what its entry will say.

    ``at`` is its moment in microseconds and ``id`` its number, both fixed when it begins, as are the numbers of its
    rows: writers are serial, and ``numbers`` gives the last of each table. ``key`` is the act's own. Nothing reaches
    the database before ``write``: ``rows`` keeps what is planned, table by table, as plain values in the order of the
    columns, each sealed as it is planned.
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
    rows: dict[type[SQLModel], list[tuple[Any, ...]]] = field(default_factory=dict)
    seal: Seal = field(default_factory=Seal)
    revoked: list[LedgerRow] = field(default_factory=list)
    subjects: set[int] = field(default_factory=set)
    numbers: dict[type[LedgerRow], int] = field(default_factory=dict)
    asks: dict[Any, Any] = field(default_factory=dict)
    """What positions around the action are asked by, by period and day."""

    def add(self, model: type[LedgerRow], **values: Any) -> Row:
        """Plan a ledger row of this action and give it back."""
        project_id = values.get("project_id")
        if project_id is not None:
            self.subjects.add(project_id)
        values |= {"id": self._next(model), "action_id": self.id, "recorded_at": self.at}
        return self._plan(model, values)

    def put(self, model: type[SQLModel], **values: Any) -> Row:
        """Plan a row of any table and give it back; what is not given has its default."""
        return self._plan(model, values)

    def _plan(self, model: type[SQLModel], values: Row) -> Row:
        blank = blank_row(model)
        row = blank | values
        if len(row) != len(blank):
            raise TypeError(f"{model.__name__} has no {', '.join(row.keys() - blank.keys())}")
        for name, value in values.items():
            if type(value) not in _KEPT:
                row[name] = _kept(value)
        self.rows.setdefault(model, []).append(tuple(row.values()))
        self.seal.write(str(model.__tablename__), row)
        return row

    def planned(self, model: type[SQLModel]) -> list[Row]:
        """Give the rows planned of a table."""
        names = tuple(blank_row(model))
        return [dict(zip(names, values, strict=True)) for values in self.rows.get(model, ())]

    def _next(self, model: type[LedgerRow]) -> int:
        """Give the number of the next row of a table."""
        if model not in self.numbers:
            self.numbers[model] = next(run_plain(self.session, _last_number, model))[0] or 0
        self.numbers[model] += 1
        return self.numbers[model]

    def revoke(self, row: LedgerRow) -> None:
        """Plan to revoke a standing row from this moment on."""
        self.revoked.append(row)
        self.seal.revoke(str(row.__tablename__), row.id)
        project_id = getattr(row, "project_id", None)
        if project_id is not None:
            self.subjects.add(project_id)

    def write(self) -> None:
        """Write the entry, then the rows it is about, then the revocations; commits nothing itself."""
        self._name_subjects()
        connection = self.session.connection()
        _insert(connection, Action, [tuple(self._entry().values())])
        # Parents first: every row finds what it refers to.
        for model in sorted(self.rows, key=lambda model: _places()[str(model.__tablename__)]):
            _insert(connection, model, self.rows[model])
        for row in self.revoked:
            model = type(row)
            self.session.execute(
                update(model)
                .where(col(model.id) == row.id, col(model.revoked_at).is_(None))
                .values(revoked_at=self.at, revoked_by=self.id)
                .execution_options(synchronize_session=False)
            )

    def _name_subjects(self) -> None:
        """Plan the rows that say which projects the action touched."""
        subjects = sorted(self.subjects)
        if subjects:
            self.rows[ActionSubject] = [(self.id, subject) for subject in subjects]
        for subject in subjects:
            self.seal.write("action_subject", {"action_id": self.id, "project_id": subject})

    def _entry(self) -> Row:
        entry = blank_row(Action) | {
            "id": self.id,
            "at": self.at,
            "utc_offset": _offset_minutes(),
            "operator": self.operator,
            "os_user": os_user(),
            "host": socket.gethostname(),
            "kind": str(self.kind),
            "title": self.title,
            "reason": self.reason,
            "before": canonical(self.before),
            "after": canonical(self.after),
            "undoes": self.undoes,
            "digest": self.seal.digest,
            "previous_hash": self.previous_hash,
            "key": self.key,
            "sealed": self.seal.text,
        }
        return entry | {"hash": entry_hash(entry)}


_KEPT = frozenset((int, str, bytes, type(None)))


def _kept(value: Any) -> Any:
    """Give a value as a row keeps it: a day as ISO text, a word of a vocabulary as plain text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"no column keeps a {type(value).__name__}")


@cache
def blank_row(model: type[SQLModel]) -> Row:
    """Give a row of a table that holds nothing but its defaults, in the order of the columns."""
    fields = ((column.name, model.model_fields[column.name]) for column in table_of(model).columns)
    return {name: None if found.is_required() else found.default for name, found in fields}


def table_of(model: type[SQLModel]) -> Table:
    """Give the table of a mapped class."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


@cache
def _places() -> dict[str, int]:
    """Give the place of each table in the order in which rows go in."""
    return {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}


def _insert(connection: Connection, model: type[SQLModel], rows: list[tuple[Any, ...]]) -> None:
    """Write rows of a table, their values in the order of its columns, by the driver's own means."""
    names = tuple(blank_row(model))
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(["?" if connection.dialect.paramstyle == "qmark" else "%s"] * len(names))
    connection.exec_driver_sql(f'INSERT INTO "{model.__tablename__}" ({columns}) VALUES ({marks})', rows)  # noqa: S608


def begin(session: Session, operator: str, kind: ActionKind, clock: int | None = None) -> Draft:
    """Begin an action: its moment is the clock's, but always later than the last action's."""
    last = next(run_plain(session, _newest), None)
    now = time.time_ns() // 1000 if clock is None else clock
    if last is None:
        return Draft(session, operator, kind, 1, now, GENESIS)
    number, at, head = last
    return Draft(session, operator, kind, number + 1, max(now, at + 1), head)


def _newest() -> Select[Any]:
    action = table_of(Action).c
    return select(action.id, action.at, action.hash).order_by(action.id.desc()).limit(1)


def _last_number(model: type[LedgerRow]) -> Select[Any]:
    return select(func.max(table_of(model).c.id))


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
