"""What every writing action shares: the door it goes through, what it gives back, and how it is refused."""

from __future__ import annotations

import copy
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, wraps
from typing import Any, Self, TypeVar, cast

from pydantic import ValidationError
from sqlalchemy import Select, Text, bindparam, select
from sqlmodel import Session, col

from hgt_portfolio.figures import ask_for, rule_set, rules_at, unknown_words
from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.prepared import run_plain
from hgt_portfolio.figures.query import Ask
from hgt_portfolio.ledger import chain
from hgt_portfolio.ledger.chain import Draft, table_of
from hgt_portfolio.ledger.filing import position_of, positions_of
from hgt_portfolio.ledger.meanwhile import Seen, since
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.inputs import Input, sentences
from hgt_portfolio.model.project import Unit
from hgt_portfolio.months import Month, last_day, last_quarter_end
from hgt_portfolio.rules.checks import Finding, error, warning
from hgt_portfolio.rules.lights import DEFAULT_RULES
from hgt_portfolio.rules.point import Point, filing_period, office_day
from hgt_portfolio.store import ConnectionLost, Store, StoreError
from hgt_portfolio.terms import ActionKind, BackupReason, Severity

Place = tuple[str, Month, date | None]
"""A project's number, the period that its position is asked at, and the day, where it is not the period's last."""

Given = TypeVar("Given", bound=Input)
Act = TypeVar("Act", bound=Callable[..., Any])

_KEY: ContextVar[str | None] = ContextVar("key", default=None)


class Refused(Exception):
    """An action that was not done; ``findings`` say why, each in a sentence."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


@dataclass(frozen=True)
class Moved:
    """One of several projects of an action, and its figures around it."""

    no: str
    before: Position | None
    after: Position | None


@dataclass(frozen=True)
class Outcome:
    """A done action: its number, its title, the warnings it passed over, and a project's figures around it.

    ``rows`` gives those of each project where the action is about several.
    """

    action_id: int
    title: str
    findings: tuple[Finding, ...] = ()
    before: Position | None = None
    after: Position | None = None
    rows: tuple[Moved, ...] = ()


def once(act: Act) -> Act:
    """Have a method of a door done once, even where the connection is lost in the middle.

    Every act has a key of its own, kept in its entry: after a loss the ledger is asked whether the act was done, and
    where it was not, it is tried once more. Raises ``StoreError`` where that is lost too, or the ledger cannot be
    asked; it says whether anything was written.
    """

    @wraps(act)
    def acting(self: Door, *given: Any, **more: Any) -> Any:
        kept = [list(values) if isinstance(values, Iterator) else values for values in given]
        key = secrets.token_hex(16)
        token = _KEY.set(key)
        try:
            return self._told(self._acted(partial(act, self, *kept, **more), key), dry_run=bool(more.get("dry_run")))
        finally:
            _KEY.reset(token)

    return cast(Act, acting)


class Door:
    """Writes one ledger in one operator's name; each method of its kinds is one action, committed once or not at all.

    ``rules`` names the rule set that figures around an action are judged by, instead of the one in force;
    ``default_rules`` the one used until the office adopts one. ``today`` and ``clock`` stand in for the clock in tests.
    """

    def __init__(
        self,
        store: Store,
        operator: str,
        *,
        rules: str | None = None,
        default_rules: str = "",
        today: date | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self.store = store
        self.operator = operator
        self._rules = rules
        self.default_rules = default_rules or DEFAULT_RULES
        self._today = today
        self._clock = clock
        self._seen: Seen | None = None

    def beside(self, seen: Seen | None) -> Self:
        """Give this door for what was prepared beside an older ledger: an action since on what was seen refuses it."""
        door = copy.copy(self)
        door._seen = seen
        return door

    @property
    def today(self) -> date:
        """The day that dates in the future are judged by."""
        return self._today or office_day(time.time_ns() // 1000)

    @contextmanager
    def _action(
        self, kind: ActionKind, reason: str | None = None, *, dry_run: bool = False, imported: bool = False
    ) -> Iterator[Draft]:
        """Begin an action; before what comes from files (``imported``) a backup is made each time."""
        if not self.operator:
            raise Refused([error("operator", "不知道是谁在操作：请先写明操作人。")])
        if not dry_run:
            self.store.keep(BackupReason.RETURNS if imported else BackupReason.DAILY)
        with self.store.write() as session:
            draft = chain.begin(session, self.operator, kind, self._clock() if self._clock else None)
            draft.reason, draft.key = reason, _KEY.get()
            refuse(since(session, self._seen))
            yield draft
            if dry_run:
                session.rollback()

    def _told(self, outcome: Outcome, *, dry_run: bool) -> Outcome:
        """Add to a done action that its ledger has no backup of the day, as long as that is so."""
        trouble = self.store.keeper.trouble if self.store.keeper and not dry_run else ""
        return replace(outcome, findings=(*outcome.findings, warning("backup", trouble))) if trouble else outcome

    def _acted(self, acting: Callable[[], Any], key: str) -> Any:
        """Do an act; after a loss of the connection, find out whether it was done, and else try once more."""
        for last in (False, True):
            try:
                return acting()
            except ConnectionLost as lost:
                entry = self._entry_after(lost, key)
                if entry is not None:
                    return Outcome(int(entry.id or 0), entry.title)
                if last:
                    raise StoreError(f"{lost}本次没有写入任何内容。") from lost
        raise AssertionError

    def _entry_after(self, lost: ConnectionLost, key: str) -> Action | None:
        if not lost.committing:
            return None
        try:
            return self.entry_of(key)
        except StoreError as problem:
            raise StoreError(
                f"提交时{lost}不知道这次操作写入了没有：连上以后请先看 hgt history，没有这一条再重做。"
            ) from problem

    def entry_of(self, key: str) -> Action | None:
        """Give the entry of the act with a key, where it was done.

        Asked as a writer: what was being committed when the connection was lost has then come to its end.
        """
        with self.store.write() as session:
            return session.execute(select(Action).where(col(Action.key) == key)).scalar()

    def _target(self, draft: Draft, no: str, period: Month) -> Position:
        """Give a project's position at a period's end; raises ``Refused`` where there is no such project."""
        position = self._after(draft, no, period)
        if position is None:
            raise Refused([unknown_project(draft.session, no)])
        return position

    def _ask(self, draft: Draft, period: Month, day: date | None = None) -> Ask:
        """Give what positions around an action are asked by, the same before and after it."""
        key = (period, day)
        ask: Ask | None = draft.asks.get(key)
        if ask is None:
            point = Point(day or last_day(period), period, draft.at)
            ask = draft.asks[key] = ask_for(draft.session, point, rule_set(self._rules_now(draft)))
        return ask

    def _positions(self, draft: Draft, asked: Iterable[Place]) -> list[Position | None]:
        """Give the position of each project at its period's end, or on its day: all of one day are read at once."""
        asked = list(asked)
        nos: dict[tuple[Month, date | None], dict[str, None]] = {}
        for no, period, day in asked:
            nos.setdefault((period, day), {})[no] = None
        found = {when: positions_of(draft.session, self._ask(draft, *when), list(of)) for when, of in nos.items()}
        return [found[period, day].get(no) for no, period, day in asked]

    def _rules_now(self, draft: Draft) -> str:
        """Give the rule set that lists are judged by today, so that an action's figures agree with them."""
        point = Point(self.today, last_quarter_end(self.today), draft.at)
        return rules_at(draft.session, point, self._rules, self.default_rules).name

    def _now(self, draft: Draft, no: str) -> Position | None:
        """Give a project's position as lists show it today."""
        period = filing_period(self.today)
        return position_of(draft.session, self._ask(draft, period, self.today), no)

    def _after(self, draft: Draft, no: str, period: Month) -> Position | None:
        return position_of(draft.session, self._ask(draft, period), no)


def validated(model: type[Given], **values: Any) -> Given:
    """Make an input from raw values; raises ``Refused`` with a sentence for each field that will not do."""
    try:
        return model(**values)
    except ValidationError as problem:
        raise Refused(error(field, text) for field, text in sentences(problem)) from problem


def weighed(found: Iterable[Finding], reason: str | None) -> list[Finding]:
    """Give the findings that stop an action: every error, and warnings where no reason is given."""
    return [finding for finding in found if finding.severity is Severity.ERROR or not reason]


def refuse(found: Iterable[Finding]) -> None:
    """Refuse an action for its findings, where there are any."""
    stopping = list(found)
    if stopping:
        raise Refused(stopping)


def about(finding: Finding, no: str) -> Finding:
    """Say which project a finding is about."""
    return Finding(finding.severity, finding.field, f"#{no} {finding.message}", no)


def unknown_project(session: Session, no: str) -> Finding:
    """Say that there is no such project, or what has taken its place."""
    return error("no", unknown_words(session, no))


def unit_id_of(session: Session, name: str) -> int:
    """Give a unit's number; raises ``Refused`` where there is no such unit."""
    found = next(run_plain(session, _unit_named, name=name), None)
    if found is None:
        raise Refused([error("unit", f"没有名为“{name}”的责任单位。")])
    return int(found[0])


def _unit_named() -> Select[Any]:
    unit = table_of(Unit).c
    return select(unit.id).where(unit.name == bindparam("name", None, Text()))


def unit_ids_of(session: Session) -> dict[str, int]:
    """Give the numbers of all units by name."""
    return {name: unit_id for name, unit_id in session.execute(select(col(Unit.name), col(Unit.id)))}  # noqa: C416


def figures_of(position: Position) -> dict[str, Any]:
    """Give what an entry keeps of a project as it stood before."""
    return {
        "status": position.status,
        "cumulative_fen": position.cumulative,
        "deadline_state": position.deadline_state,
        "due": position.due,
    }


def done(draft: Draft, title: str, given: Any) -> Outcome:
    """Write a draft whose entry keeps what was given, and report it done."""
    draft.title = title
    if given is not None:
        draft.after = given.model_dump(mode="json", exclude_none=True)
    draft.write()
    return Outcome(draft.id, title)
