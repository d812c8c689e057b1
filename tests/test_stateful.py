"""Filing, amending, undoing, closing, taking returns, reopening and crashing in any order, beside a plain model.

After every step the figures, the history and the chain are those of the model, and so is any moment of the past.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import event

from hgt_portfolio.figures import Filter, Point
from hgt_portfolio.ledger import AmendInput, Changes, Refused, ReportInput, ReturnInput
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.months import last_day, month
from tests.conftest import TODAY, Book, open_book
from tests.torture import times

NOS = ("1", "9", "26")
QUARTERS = tuple(month(2024, last) for last in (3, 6, 9, 12))
FIELDS = ("status", "cumulative", "quarter", "investment", "due")
WAN = 1_000_000


@dataclass
class Project:
    """What the model knows of a project: what was filed for each quarter, and its facts by their first day."""

    start: int
    filed: dict[int, tuple[str, int]] = field(default_factory=dict)
    investments: dict[date, int] = field(default_factory=dict)
    dues: dict[date, int] = field(default_factory=dict)

    def at(self, period: int) -> tuple[Any, ...]:
        """Restate the rules for a quarter's end: the newest filing, the flow of the quarter, the facts in force."""
        known = [quarter for quarter in sorted(self.filed) if quarter <= period]
        status, cumulative = self.filed[known[-1]] if known else (None, None)
        before = 0 if period - 3 < self.start else self.filed.get(period - 3, (None, None))[1]
        flow = None if before is None or period not in self.filed else self.filed[period][1] - before
        day = last_day(period)
        return status, cumulative, flow, newest(self.investments, day), newest(self.dues, day)


def newest(facts: dict[date, int], day: date) -> int:
    return facts[max(since for since in facts if since <= day)]


@dataclass(frozen=True)
class Done:
    """An act that stands: whose it is, on which projects, in which quarter, and what it did."""

    operator: str
    kind: str
    nos: tuple[str, ...]
    period: int | None
    does: Any


class Machine(RuleBasedStateMachine):
    """The ledger and the model, side by side."""

    template: Path
    folders: Iterator[Path]

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(shutil.copy2(self.template, next(self.folders)))
        self.book: Book = open_book(self.path, TODAY)
        rows = self.book.figures.positions(Point(TODAY, QUARTERS[-1], self.book.figures.last_action()))
        begun = {row.no: row for row in rows if row.no in NOS}
        self.loaded = {
            no: Project(row.start or 0, {}, {date.min: row.investment or 0}, {date.min: row.due or 0})
            for no, row in begun.items()
        }
        self.rest = sum(row.investment or 0 for row in rows if row.no not in NOS)
        self.acts: list[Done] = []
        self.closed: set[int] = set()
        self.entries = len(self.book.figures.entries(self.point(QUARTERS[-1]), limit=10_000))
        self.past: list[tuple[int, dict[str, Project]]] = []

    def teardown(self) -> None:
        self.book.store.close()

    def point(self, period: int, known_at: int | None = None) -> Point:
        return Point(last_day(period), period, known_at or self.book.figures.last_action())

    def state(self) -> dict[str, Project]:
        """Do again, on the plan as loaded, what stands."""
        projects = deepcopy(self.loaded)
        for act in self.acts:
            act.does(projects)
        return projects

    def done(self, act: Done) -> None:
        self.acts.append(act)
        self.entries += 1

    def filing(self, operator: str, given: ReportInput) -> Done:
        def does(projects: dict[str, Project]) -> None:
            projects[given.no].filed[given.period] = (str(given.status), given.cumulative_fen or 0)

        return Done(operator, "report", (given.no,), given.period, does)

    @rule(
        operator=st.sampled_from("甲乙"),
        no=st.sampled_from(NOS),
        period=st.sampled_from(QUARTERS),
        amount=st.integers(0, 40_000),
        status=st.sampled_from(("在建", "停工")),
    )
    def file(self, operator: str, no: str, period: int, amount: int, status: str) -> None:
        given = ReportInput(no=no, period=period, status=status, cumulative_fen=amount * WAN, reason="模型")
        self.book.as_operator(operator).report(given)
        self.done(self.filing(operator, given))

    @rule(
        operator=st.sampled_from("甲乙"),
        no=st.sampled_from(NOS),
        effective=st.sampled_from((date(2024, 2, 1), date(2024, 6, 15), date(2024, 12, 1))),
        amount=st.one_of(st.none(), st.integers(1, 90_000)),
        later=st.integers(1, 30),
    )
    def amend(self, operator: str, no: str, effective: date, amount: int | None, later: int) -> None:
        due = month(2026, 1) + later
        changes = Changes(due=due) if amount is None else Changes(investment_fen=amount * WAN)
        given = AmendInput(no=no, changes=changes, reason="模型", doc="模型〔2024〕1号", effective=effective)
        try:
            self.book.as_operator(operator).amend(given)
        except Refused as refused:
            # The same fact once more is no change, and is refused.
            facts = self.state()[no]
            same = newest(facts.dues, effective) == due if amount is None else None
            assert same or newest(facts.investments, effective) == (amount or 0) * WAN, str(refused)
            return

        def does(projects: dict[str, Project]) -> None:
            facts, value = (
                (projects[no].dues, due) if amount is None else (projects[no].investments, (amount or 0) * WAN)
            )
            base = newest(facts, effective)
            for since in sorted(since for since in facts if since > effective):
                if facts[since] != base:
                    break
                facts[since] = value
            facts[effective] = value

        self.done(Done(operator, "amend", (no,), None, does))

    @rule(operator=st.sampled_from("甲乙"))
    def undo(self, operator: str) -> None:
        own = [place for place, act in enumerate(self.acts) if act.operator == operator]
        ledger = self.book.as_operator(operator)
        if not own or self._rested_on(own[-1]):
            with pytest.raises(Refused):
                ledger.undo()
            return
        ledger.undo()
        target = self.acts.pop(own[-1])
        self.entries += 1
        if target.kind == "close":
            self.closed.discard(target.period or 0)

    def _rested_on(self, place: int) -> bool:
        target, later = self.acts[place], self.acts[place + 1 :]
        if target.kind == "close":
            return any(act.kind == "close" and (act.period or 0) > (target.period or 0) for act in later)
        if target.kind != "amend" and target.period in self.closed:
            return True
        return any(set(act.nos) & set(target.nos) for act in later)

    @rule(operator=st.sampled_from("甲乙"), period=st.sampled_from(QUARTERS))
    def close(self, operator: str, period: int) -> None:
        ledger = self.book.as_operator(operator)
        if period in self.closed:
            with pytest.raises(Refused, match="已经定稿"):
                ledger.close(period)
            return
        ledger.close(period)
        self.closed.add(period)
        self.done(Done(operator, "close", (), period, lambda _projects: None))

    @rule(
        operator=st.sampled_from("甲乙"),
        period=st.sampled_from(QUARTERS),
        amounts=st.lists(st.integers(0, 40_000), min_size=2, max_size=2),
        stale=st.booleans(),
    )
    def take(self, operator: str, period: int, amounts: list[int], stale: bool) -> None:
        rows = [
            ReportInput(no=no, period=period, status="在建", cumulative_fen=amount * WAN, reason="模型")
            for no, amount in zip(NOS, amounts, strict=False)
        ]
        seen = self.book.figures.last_action() - int(stale)
        given = [ReturnInput(no=row.no, period=period, report=row) for row in rows]
        ledger = self.book.as_operator(operator)
        if stale:
            with pytest.raises(Refused):
                ledger.take_returns(given, seen=seen)
            return
        ledger.take_returns(given, seen=seen)
        parts = [self.filing(operator, row) for row in rows]

        def does(projects: dict[str, Project]) -> None:
            for part in parts:
                part.does(projects)

        self.done(Done(operator, "returns", tuple(row.no for row in rows), period, does))

    @rule()
    def reopen(self) -> None:
        self.book.store.close()
        clock = self.book.clock
        self.book = open_book(self.path, TODAY)
        self.book.clock.now = clock.now

    @rule(no=st.sampled_from(NOS), period=st.sampled_from(QUARTERS), statement=st.integers(1, 20))
    def crash(self, no: str, period: int, statement: int) -> None:
        given = ReportInput(no=no, period=period, status="在建", cumulative_fen=7 * WAN, reason="中断")
        with self._failing_at(statement) as failed:
            try:
                self.book.as_operator("甲").report(given)
            except InterruptedError:
                assert failed
                return
        self.done(self.filing("甲", given))

    @contextmanager
    def _failing_at(self, statement: int) -> Iterator[list[int]]:
        """Fail at one statement of the next transaction, as if the process were ended there."""
        numbers, failed = count(1), list[int]()

        def failing(*_given: Any) -> None:
            if next(numbers) == statement:
                failed.append(statement)
                raise InterruptedError

        event.listen(self.book.store.engine, "before_cursor_execute", failing)
        try:
            yield failed
        finally:
            event.remove(self.book.store.engine, "before_cursor_execute", failing)

    @invariant()
    def agrees(self) -> None:
        now = self.state()
        figures = self.book.figures
        last = figures.last_action()
        for period in QUARTERS:
            self._same(now, self.point(period, last))
        total = figures.totals(self.point(QUARTERS[-1], last)).investment
        assert total == self.rest + sum(newest(one.investments, last_day(QUARTERS[-1])) for one in now.values())
        assert len(figures.entries(self.point(QUARTERS[-1], last), limit=10_000)) == self.entries
        if not self.past or self.past[-1][0] != last:
            self.past.append((last, now))
        known_at, then = self.past[len(self.acts) * 7 % len(self.past)]
        self._same(then, self.point(QUARTERS[len(self.past) % 4], known_at))
        with self.book.store.read() as session:
            assert broken_link(session) is None

    def _same(self, projects: dict[str, Project], point: Point) -> None:
        found = {row.no: row for row in self.book.figures.positions(point, Filter(nos=NOS))}
        for no, project in projects.items():
            figures = tuple(getattr(found[no], name) for name in FIELDS)
            assert figures == project.at(point.period), (no, point)


def test_any_order_of_acts_agrees_with_the_model(template: Path, tmp_path: Path) -> None:
    Machine.template = template
    Machine.folders = (tmp_path / f"{number}.db" for number in count(1))
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=times(8, 300),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
