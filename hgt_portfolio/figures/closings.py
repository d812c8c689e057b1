"""Closed quarters: what was closed and kept, the digest of its figures, and what was restated since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from hgt_portfolio.figures.comparing import difference, snapshot, value_words
from hgt_portfolio.figures.events import Entry, Event, read_entries, read_events
from hgt_portfolio.figures.position import Filter, Group, Position
from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.reader import Reader, ask_for, rules_at
from hgt_portfolio.figures.rows import read_positions
from hgt_portfolio.figures.totals import read_groups
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.closing import ClosingFile, Erratum
from hgt_portfolio.model.office import Closing, RuleAdoption
from hgt_portfolio.model.project import Project, UnitChange
from hgt_portfolio.money import wan_words
from hgt_portfolio.months import Month, last_day
from hgt_portfolio.rules.lights import DEFAULT_RULES
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

_PLANS = (ActionKind.YEAR_PLAN, ActionKind.OPENING, ActionKind.AMEND)
_FILINGS = (ActionKind.REPORT, ActionKind.RETURNS, ActionKind.SEND_BACK, ActionKind.CHECK, ActionKind.OVERRIDE)
_ANY = (*_FILINGS, *_PLANS)
_CAUSES = {
    **dict.fromkeys(("investment", "due", "name", ""), (ActionKind.AMEND,)),
    "unit": (ActionKind.AMEND, ActionKind.UNIT),
    "year_plan": _PLANS,
    "light": (*_ANY, ActionKind.ADOPT),
}
"""The kinds of action that can move a field; any of ``_ANY`` can move the others. An undo counts as what it undid."""


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
class TotalRestatement:
    """A total of a closed quarter that differs from what was last printed of it, in words."""

    period: Month
    key: str
    item: str
    old: str
    new: str


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
    rows = [{name: value for name, value in row._asdict().items() if name in DIGESTED} for row in positions]
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
        rules = {closing.period: closing.rules for closing in self.closings(point)}
        with self.store.read() as session:
            return [
                row
                for period, moment in printed.items()
                for row in restatements(session, period, moment, point.known_at, rules[period])
            ]

    def restated_totals(self, point: Point) -> list[TotalRestatement]:
        """Give the totals that differ at the point in the quarters closed before P, against what was last printed."""
        printed = self.printed(point)
        with self.store.read() as session:
            return [
                row for period, at in printed.items() for row in total_restatements(session, period, at, point.known_at)
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
    """Give what differs in a quarter between what was known when it was printed and what is known at a later moment.

    ``rules`` names the rule set that the quarter was closed by, which judges lights until another is adopted.
    """
    before, after = (_positions(session, period, at, rules) for at in (printed, moment))
    changed = difference(snapshot(before.values(), RESTATED), snapshot(after.values(), RESTATED))
    moved: dict[str, list[str]] = {no: [""] for no in (*changed.added, *changed.removed)}
    for change in changed.changes:
        moved.setdefault(change.no, []).append(change.field)
    general = _general(session, period, printed, moment) if moved else set()
    causes = {no: _causes(session, no, period, printed, moment, general) for no in moved}
    return [
        _restatement(period, before.get(no), after.get(no), field, causes[no])
        for no in dict.fromkeys((*after, *before))
        for field in moved.get(no, [])
    ]


TOTALLED: tuple[tuple[str, str, Callable[[Group], str]], ...] = (
    ("investment", "计划总投资", lambda group: f"{wan_words(group.investment)}万元"),
    *(
        (key, label, lambda group, key=key: f"{wan_words(getattr(group, key).fen)}万元")
        for key, label in (
            ("year_plan", "本年计划投资"),
            ("quarter", "本季度完成"),
            ("ytd", "本年累计"),
            ("cumulative", "自开工累计"),
        )
    ),
    ("filed", "已填报", lambda group: f"{group.filed}项"),
    ("not_filed", "未填报", lambda group: f"{group.not_filed}项"),
)
"""The totals that a closed quarter printed, each with its words."""


def total_restatements(session: Session, period: Month, printed: int, moment: int) -> list[TotalRestatement]:
    """Give the totals of a quarter that differ between two moments of knowledge."""
    old, new = (_total(session, period, at) for at in (printed, moment))
    return [
        TotalRestatement(period, key, f"合计{label}", words(old), words(new))
        for key, label, words in TOTALLED
        if words(old) != words(new)
    ]


def _total(session: Session, period: Month, moment: int) -> Group:
    point = Point(last_day(period), period, moment)
    ask = ask_for(session, point, rules_at(session, point, None, DEFAULT_RULES))
    return read_groups(session, ask, Filter(), None)[0]


def _positions(session: Session, period: Month, moment: int, rules: str) -> dict[str, Position]:
    point = Point(last_day(period), period, moment)
    ask = ask_for(session, point, rules_at(session, point, None, rules))
    return {position.no: position for position in read_positions(session, ask)}


def _restatement(
    period: Month, before: Position | None, after: Position | None, field: str, causes: list[tuple[str, Entry]]
) -> Restatement:
    shown = after or before
    if shown is None:
        raise ValueError("a restatement is of a project known before or after")
    kinds = _CAUSES.get(field, _ANY)
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
        tuple(Cause(e.id, e.operator, e.reason or e.title) for kind, e in causes if kind in kinds),
    )


def _words(position: Position | None, field: str) -> str:
    if position is None or not field:
        return "未列入" if position is None else "列入"
    return value_words(position, field)


def _causes(
    session: Session, no: str, period: Month, printed: int, moment: int, general: set[int]
) -> list[tuple[str, Entry]]:
    """Give the actions between two moments by which a project's figures of a period can have moved, oldest first.

    Each comes with its kind, an undo with that of what it undid.
    """
    acted = {number for event in read_events(session, moment, no) for number in _acted(event, period, printed)}
    of_project = [entry for entry in read_entries(session, moment, no, _EVERY) if entry.id in acted]
    of_all = [entry for entry in read_entries(session, moment, None, _EVERY) if entry.id in general] if general else []
    entries = sorted({entry.id: entry for entry in (*of_project, *of_all)}.values(), key=lambda entry: entry.id)
    undone = select(col(Action.id), col(Action.kind)).where(col(Action.id).in_([entry.undoes for entry in entries]))
    kinds = {number: kind for number, kind in session.execute(undone)}  # noqa: C416
    return [(kinds.get(entry.undoes, entry.kind), entry) for entry in entries]


def _general(session: Session, period: Month, printed: int, moment: int) -> set[int]:
    """Give the actions between two moments, and their undos, that are about no project yet hold by a period's end."""
    made = (
        select(col(UnitChange.action_id)).where(col(UnitChange.effective) <= last_day(period)),
        select(col(RuleAdoption.action_id)).where(col(RuleAdoption.effective) <= last_day(period)),
    )
    about = or_(*(column.in_(one) for column in (col(Action.id), col(Action.undoes)) for one in made))
    acted = select(col(Action.id)).where(col(Action.at) > printed, col(Action.at) <= moment, about)
    return set(session.execute(acted).scalars())


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
