"""The portfolio as a whole: positions and totals, and what is in force; it maps no more than these need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from hgt_portfolio.figures.milestones import Milestones
from hgt_portfolio.figures.people import People
from hgt_portfolio.figures.position import Filter, Group, Position
from hgt_portfolio.figures.query import table_of
from hgt_portfolio.figures.reader import Unknown, adoption_of, rule_set, unknown_words, window_of
from hgt_portfolio.figures.rows import Order, read_count, read_ids, read_numbers, read_positions, read_positions_of
from hgt_portfolio.figures.totals import (
    By,
    Done,
    Horizon,
    Worked,
    read_done,
    read_groups,
    read_spread,
    read_worked,
)
from hgt_portfolio.model.project import Domain, PlanStatement
from hgt_portfolio.months import Month
from hgt_portfolio.rules.lights import RuleSet
from hgt_portfolio.rules.point import Point

PAGE = 2000
"""Positions read at a time where they are read one after the other."""


@dataclass(frozen=True)
class InForce:
    """The rule set used at a point, and the 文号 it was adopted by (None: for reference only)."""

    rules: RuleSet
    doc: str | None

    @property
    def label(self) -> str:
        """The rule set's name as screens and sheets print it."""
        return f"{self.rules.name}（{self.doc}）" if self.doc else f"{self.rules.name} 参考规则(未批准)"


class Portfolio(People, Milestones):
    """Reads positions and totals, with the plan, the units and what the office set."""

    def statements(self) -> list[tuple[str, str, str]]:
        """Give the plan's own stated totals: code, stated value, quote."""
        with self.store.read() as session:
            stated = table_of(PlanStatement).c
            rows = session.execute(select(stated.code, stated.stated, stated.quote).order_by(stated.id))
            return [(row.code, row.stated, row.quote) for row in rows]

    def domains(self) -> list[str]:
        """Give the domains in the plan's order."""
        with self.store.read() as session:
            return list(session.execute(select(col(Domain.name)).order_by(col(Domain.position))).scalars())

    def in_force(self, point: Point, name: str | None = None) -> InForce:
        """Give the rule set used at a point: the named one, else the one adopted by then, else the default."""
        with self.store.read() as session:
            adopted = adoption_of(session, point)
        if adopted and name in (None, "", adopted[0]):
            return InForce(rule_set(adopted[0]), adopted[1])
        return InForce(rule_set(name or self.default_rules), None)

    def positions(
        self,
        point: Point,
        where: Filter | None = None,
        *,
        rules: str | None = None,
        order: Sequence[Order] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Position]:
        """Read the positions that a filter lets through, a page of them where ``limit`` is given."""
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            return read_positions(session, ask, where, order, limit=limit, offset=offset)

    def each(
        self, point: Point, where: Filter | None = None, *, rules: str | None = None, order: Sequence[Order] = ()
    ) -> Iterator[Position]:
        """Read the positions that a filter lets through one after the other, in pages: never all are held at once.

        What is read stays as known at the point, whatever is written meanwhile.
        """
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            ids = read_ids(session, ask, where or Filter(), order)
        for first in range(0, len(ids), PAGE):
            with self.store.read() as session:
                page = read_positions_of(session, ask, ids[first : first + PAGE])
            yield from page

    def count(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> int:
        """Count the projects that a filter lets through."""
        with self.store.read() as session:
            return read_count(session, self._ask(session, point, rules), where or Filter())

    def numbers(
        self, point: Point, where: Filter | None = None, *, rules: str | None = None, order: Sequence[Order] = ()
    ) -> list[str]:
        """Read the numbers of all projects that a filter lets through, in the same order as their positions."""
        with self.store.read() as session:
            return read_numbers(session, self._ask(session, point, rules), where or Filter(), order)

    def position(self, point: Point, no: str, *, rules: str | None = None) -> Position:
        """Read one project's position; raises ``Unknown`` where there is no such project at the point."""
        found = self.positions(point, Filter(nos=(no,)), rules=rules)
        if not found:
            with self.store.read() as session:
                raise Unknown(unknown_words(session, no))
        return found[0]

    def totals(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> Group:
        """Read the totals over the positions that a filter lets through."""
        return self._groups(point, where, None, rules)[0]

    def groups(self, point: Point, by: By, where: Filter | None = None, *, rules: str | None = None) -> list[Group]:
        """Read the totals of each group."""
        return self._groups(point, where, by, rules)

    def spread(self, point: Point, months: Iterable[Month], where: Filter | None = None) -> list[int]:
        """Read the planned investment (fen) through each month, spread evenly over each project's span."""
        with self.store.read() as session:
            return read_spread(session, self._ask(session, point, None), where or Filter(), months)

    def worked(self, point: Point, periods: Iterable[Month], nos: Sequence[str] | None = None) -> list[Worked]:
        """Read what was done by the end of each period, of the projects named or of all."""
        named = None if nos is None else tuple(nos)
        with self.store.read() as session:
            now = self._ask(session, point, None)
            ats = (point if period == point.period else point.at(period) for period in periods)
            return [read_worked(session, self._ask(session, at, None), now, named) for at in ats]

    def done(self, point: Point, periods: Iterable[Month]) -> dict[Month, dict[str, Done]]:
        """Read what was done by the end of each period, by domain."""
        with self.store.read() as session:
            ats = {period: point if period == point.period else point.at(period) for period in periods}
            return {period: read_done(session, self._ask(session, at, None)) for period, at in ats.items()}

    def opening_period(self) -> Month:
        """Give the month that the books are opened for: the December before the plan was issued."""
        return self.plan().issued.year * 12 - 1

    def window(self, point: Point) -> tuple[date, date]:
        """Give the 填报起止日 of P."""
        with self.store.read() as session:
            return window_of(session, point)

    def horizon(self) -> Horizon:
        """Give the months that bound the plan's phases."""
        plan = self.plan()
        return Horizon(plan.start, plan.near_end, plan.horizon_end)

    def _groups(self, point: Point, where: Filter | None, by: By | None, rules: str | None) -> list[Group]:
        with self.store.read() as session:
            return read_groups(session, self._ask(session, point, rules), where or Filter(), by)
