"""Closed quarters: what was closed and kept, the digest of its figures, and what was restated since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.comparing import difference, snapshot, value_words
from hgt_portfolio.figures.events import Entry, Event, read_entries, read_events
from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import Reader, ask_for, rules_at
from hgt_portfolio.figures.rows import read_positions
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.office import Closing, ClosingFile, Erratum
from hgt_portfolio.model.project import Project
from hgt_portfolio.months import Month, last_day
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import ActionKind

DIGESTED = (
    *("no", "name", "domain", "unit", "status", "investment", "due", "opening", "year_plan", "planned"),
    *("quarter", "ytd", "cumulative", "since_plan", "deadline_state", "start_state", "filing_state", "light"),
)
"""The fields of a position that a digest of figures covers."""

RESTATED = {
    "cumulative": "自开工累计",
    "quarter": "本季度完成",
    "ytd": "本年累计",
    "year_plan": "本年计划投资",
    "investment": "总投资",
    "due": "完工期限",
    "status": "项目状态",
    "deadline_state": "期限状态",
    "light": "预警",
    "unit": "责任单位",
    "name": "项目名称",
}
"""The fields of a position that a restatement tells, with their labels."""

_FACTS = (ActionKind.AMEND, ActionKind.UNIT, ActionKind.UNDO)
_PLANS = (ActionKind.YEAR_PLAN, ActionKind.OPENING, *_FACTS)
_FILINGS = (ActionKind.REPORT, ActionKind.RETURNS, ActionKind.SEND_BACK, ActionKind.CHECK, ActionKind.OVERRIDE)
_CAUSES = {
    **dict.fromkeys(("investment", "due", "unit", "name", ""), _FACTS),
    "year_plan": _PLANS,
}
"""The kinds of action that can move a field; any of them all can move the others."""

_ALL_CAUSES = (*_FILINGS, *_PLANS, ActionKind.ADOPT)


@dataclass(frozen=True)
class KeptFile:
    """A file of a closed quarter as it was kept."""

    name: str
    sha256: str
    content: bytes

    @property
    def whole(self) -> bool:
        """Whether the content still has the hash that was kept with it."""
        return hashlib.sha256(self.content).hexdigest() == self.sha256


@dataclass(frozen=True)
class Cause:
    """An action by which a closed quarter's figure moved: its number, who did it, and why."""

    action_id: int
    operator: str
    text: str


@dataclass(frozen=True)
class Restatement:
    """A figure of a closed quarter that differs from what was last printed of it, in words, with its causes.

    ``field`` is empty where the whole project came or went.
    """

    period: Month
    id: int
    no: str
    name: str
    unit: str
    field: str
    item: str
    old: str
    new: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class ErratumNote:
    """A 更正说明 as recorded; without ``no`` it is about the text."""

    period: Month
    no: str | None
    item: str
    old: str
    new: str
    cause: str
    who: str
    found: date
    doc: str | None
    recorded_at: int
    action_id: int


def figures_digest(positions: list[Position]) -> str:
    """Give the SHA-256 of the figures of positions, in their order."""
    rows = [{name: value for name, value in asdict(row).items() if name in DIGESTED} for row in positions]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Closings(Reader):
    """Reads closed quarters."""

    def closings(self, point: Point) -> list[Closing]:
        """Give the closings that stood at the point's moment, by period."""
        with self.store.read() as session:
            return closings_at(session, point.known_at)

    def kept_files(self, closing: Closing) -> list[KeptFile]:
        """Give the files that were kept with a closing, in the order they were made."""
        with self.store.read() as session:
            kept = select(ClosingFile).where(col(ClosingFile.action_id) == closing.action_id)
            rows = session.execute(kept.order_by(col(ClosingFile.id))).scalars()
            return [KeptFile(row.name, row.sha256, row.content) for row in rows]

    def printed(self, point: Point) -> dict[Month, int]:
        """Give, for each quarter closed before P, the moment that what was last printed of it knew up to.

        That is its close, or the latest close of a later quarter before P.
        """
        closed = [row for row in self.closings(point) if row.period < point.period]
        return {one.period: max(row.known_at for row in closed if row.period >= one.period) for one in closed}

    def restated(self, point: Point) -> list[Restatement]:
        """Give what differs at the point in the quarters closed before P, against what was last printed of each."""
        printed = self.printed(point)
        with self.store.read() as session:
            return [
                row
                for period, moment in printed.items()
                for row in restatements(session, period, moment, point.known_at, self._rules)
            ]

    def errata(self, point: Point, period: Month | None = None) -> list[ErratumNote]:
        """Give the 更正说明 recorded by the point's moment, of one quarter where it is given."""
        with self.store.read() as session:
            query = select(Erratum, col(Project.no)).outerjoin(Project, col(Project.id) == Erratum.project_id)
            query = query.where(known(Erratum, point.known_at)).order_by(col(Erratum.id))
            if period is not None:
                query = query.where(col(Erratum.period) == period)
            return [
                ErratumNote(
                    row.period,
                    no,
                    row.item,
                    row.old,
                    row.new,
                    row.cause,
                    row.who,
                    row.found,
                    row.doc,
                    row.recorded_at,
                    row.action_id,
                )
                for row, no in session.execute(query)
            ]


def closings_at(session: Session, moment: int) -> list[Closing]:
    """Give the closings that stood at a moment, by period."""
    return list(session.execute(select(Closing).where(known(Closing, moment)).order_by(col(Closing.period))).scalars())


def restatements(session: Session, period: Month, printed: int, moment: int, rules: str) -> list[Restatement]:
    """Give what differs in a quarter between what was known when it was printed and what is known at a later moment."""
    before, after = (_positions(session, period, at, rules) for at in (printed, moment))
    changed = difference(snapshot(before.values(), RESTATED), snapshot(after.values(), RESTATED))
    moved: dict[str, list[str]] = {no: [""] for no in (*changed.added, *changed.removed)}
    for change in changed.changes:
        moved.setdefault(change.no, []).append(change.field)
    causes = {no: _causes(session, no, period, printed, moment) for no in moved}
    return [
        _restatement(period, before.get(no), after.get(no), field, causes[no])
        for no in dict.fromkeys((*after, *before))
        for field in moved.get(no, [])
    ]


def _positions(session: Session, period: Month, moment: int, rules: str) -> dict[str, Position]:
    point = Point(last_day(period), period, moment)
    ask = ask_for(session, point, rules_at(session, point, None, rules))
    return {position.no: position for position in read_positions(session, ask)}


def _restatement(
    period: Month, before: Position | None, after: Position | None, field: str, causes: list[Entry]
) -> Restatement:
    shown = after or before
    if shown is None:
        raise ValueError("a restatement is of a project known before or after")
    kinds = _CAUSES.get(field, _ALL_CAUSES)
    return Restatement(
        period,
        shown.id,
        shown.no,
        shown.name,
        shown.unit,
        field,
        RESTATED.get(field, "列入项目"),
        _words(before, field),
        _words(after, field),
        tuple(Cause(e.id, e.operator, e.reason or e.title) for e in causes if e.kind in kinds),
    )


def _words(position: Position | None, field: str) -> str:
    if position is None or not field:
        return "未列入" if position is None else "列入"
    return value_words(position, field)


def _causes(session: Session, no: str, period: Month, printed: int, moment: int) -> list[Entry]:
    """Give the actions between two moments by which a project's figures of a period can have moved, oldest first."""
    acted = {number for event in read_events(session, moment, no) for number in _acted(event, period, printed)}
    entries = {entry.id: entry for entry in read_entries(session, moment, no, _EVERY) if entry.id in acted}
    general = select(col(Action.id)).where(
        col(Action.kind).in_((ActionKind.ADOPT, ActionKind.UNIT)), col(Action.at) > printed, col(Action.at) <= moment
    )
    whole = set(session.execute(general).scalars())
    if whole:
        entries |= {entry.id: entry for entry in read_entries(session, moment, None, _EVERY) if entry.id in whole}
    return [entries[number] for number in sorted(entries)]


_EVERY = 1_000_000
"""More entries than a ledger holds."""


def _acted(event: Event, period: Month, printed: int) -> Iterator[int]:
    """Give the action that wrote or revoked a row since the printing, where the row holds by the period's end."""
    if event.holds > last_day(period):
        return
    if event.recorded_at > printed and event.revoked_by is None:
        yield event.action_id
    elif event.recorded_at <= printed and event.revoked_by is not None and (event.revoked_at or 0) > printed:
        yield event.revoked_by
