"""规划指标 at a year: what was filed, whether it meets standard and target, the trend, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from hgt_portfolio.figures.query import known, table_of
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.indicator import Indicator, IndicatorReport
from hgt_portfolio.rules.indicators import (
    NEAR_YEAR,
    Trend,
    compared,
    gap,
    held_against,
    is_change,
    of_all,
    target_year,
    trend,
    years_left,
)
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import Attainment, Binding, Catalogue

BASE_YEAR = 2022
"""规划基准年: the year of the plan's 现状 column."""

_INHERITED = ("unit", "standard", "baseline", "target_2025", "target_2030", "binding")
"""The cells that a sub-row shares with the row above it where it has none of its own."""


@dataclass(frozen=True, slots=True)
class Actual:
    """What was filed of a line for a year, by which operator's action."""

    year: int
    value: str | None
    assigned: str | None
    attained: Attainment | None
    source: str
    evidence: str | None
    unit: str | None
    filed_by: str | None
    reason: str | None
    recorded_at: int
    action_id: int
    operator: str


@dataclass(frozen=True, slots=True)
class Line:
    """One measured line at a year.

    ``printed`` is its row as the plan prints it, the other cells as they hold (a merged cell's is the one above's).
    ``actual`` is the filing of the year, None where nothing was filed; ``before`` the newest value before it, the
    plan's 2022 one where none was filed. Verdicts are None where nothing can be said yet; ``by_person`` tells that a
    person judged. ``gap`` and ``per_year`` are in the line's own unit: what is missing to the target that counts, and
    that over the years left to it.
    """

    printed: Indicator
    code: str
    unit: str | None
    standard: str | None
    baseline: str | None
    target_2025: str | None
    target_2030: str | None
    binding: Binding | None
    year: int
    actual: Actual | None
    before: tuple[int, str] | None
    history: tuple[Actual, ...]
    met_standard: Attainment | None
    met_target: Attainment | None
    by_person: bool
    trend: Trend | None
    gap: Decimal | None
    per_year: Decimal | None

    @property
    def target(self) -> str | None:
        """The target that counts for the year."""
        return self.target_2025 if target_year(self.year) == NEAR_YEAR else self.target_2030

    @property
    def kept(self) -> Attainment | None:
        """Whether what was set is kept: the target of the year where there is one, else the lasting requirement."""
        return self.met_target if self.target is not None else self.met_standard

    @property
    def measure(self) -> tuple[str, str | None, bool]:
        """What is measured: lines that have this in common are the same measure, in whichever table they stand."""
        return self.name, self.unit, is_change(self.standard)

    @property
    def name(self) -> str:
        """The line's full name."""
        return "：".join(part for part in (self.printed.name, self.printed.part_name) if part)


@dataclass(frozen=True, slots=True)
class Judged:
    """An indicator at a year: its lines, and what they come to together; ``verdict`` is the plan's own for 2022."""

    catalogue: Catalogue
    number: int
    name: str
    domain: str | None
    task: str | None
    binding: Binding | None
    verdict: Attainment | None
    lines: tuple[Line, ...]
    met_standard: Attainment | None
    met_target: Attainment | None

    @property
    def filed(self) -> int:
        """How many of its lines were filed for the year."""
        return sum(line.actual is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many indicators meet a bound, do not, or cannot be judged yet; ``binding_unmet`` of those that bind."""

    count: int
    met: int
    unmet: int
    unknown: int
    binding_unmet: int


class Indicators(Reader):
    """Reads indicators and their evaluation."""

    def indicators(self, year: int, point: Point, catalogue: Catalogue | None = None) -> list[Judged]:
        """Read every indicator, or those of one catalogue, as they stand for a year, in the plan's order."""
        with self.store.read() as session:
            lines = read_lines(session, point.known_at)
            filed = read_actuals(session, point.known_at)
        return [one for one in judged(lines, filed, year) if catalogue in (None, one.catalogue)]

    def indicator_years(self, point: Point) -> list[int]:
        """Read the years that something was filed for, the newest first."""
        with self.store.read() as session:
            filed = read_actuals(session, point.known_at)
        return sorted({actual.year for actuals in filed.values() for actual in actuals}, reverse=True)


def read_lines(session: Session, moment: int) -> list[Indicator]:
    """Read every line known at a moment, in the plan's order."""
    table = table_of(Indicator)
    query = select(table).where(known(table.c, moment)).order_by(table.c.position, table.c.id)
    return [Indicator(**row) for row in session.execute(query).mappings()]


def read_actuals(session: Session, moment: int) -> dict[int, list[Actual]]:
    """Read the newest filing of each line and year known at a moment: by line, the earliest year first."""
    table, action = table_of(IndicatorReport), table_of(Action)
    query = (
        select(table, action.c.operator)
        .join(action, action.c.id == table.c.action_id)
        .where(known(table.c, moment))
        .order_by(table.c.year, table.c.recorded_at, table.c.id)
    )
    newest = {(row["indicator_id"], row["year"]): row for row in session.execute(query).mappings()}
    found: dict[int, list[Actual]] = {}
    for (line, _), row in sorted(newest.items()):
        found.setdefault(line, []).append(_actual(dict(row)))
    return found


def _actual(row: Mapping[str, Any]) -> Actual:
    kept = {field.name: row[field.name] for field in fields(Actual)}
    return Actual(**kept | {"attained": Attainment(row["attained"]) if row["attained"] else None})


def judged(lines: Iterable[Indicator], filed: Mapping[int, list[Actual]], year: int) -> list[Judged]:
    """Judge every indicator at a year by what was filed of its lines."""
    found: list[Judged] = []
    for (catalogue, number), rows in groupby(lines, key=lambda line: (line.catalogue, line.number)):
        group = list(rows)
        parts = tuple(_line(row, shared, filed.get(row.id or 0, []), year) for row, shared in _shared(group))
        first = group[0]
        found.append(
            Judged(
                Catalogue(catalogue),
                number,
                first.name,
                first.domain,
                first.task,
                parts[0].binding,
                Attainment(first.verdict) if first.verdict else None,
                parts,
                of_all(line.met_standard for line in parts if line.standard is not None),
                of_all(line.met_target for line in parts if line.target is not None),
            )
        )
    return found


def standing(found: Iterable[Judged], *, against_target: bool = False) -> Standing:
    """Count indicators by whether they meet their standard, or their target of the year."""
    rows = [(one.binding, one.met_target if against_target else one.met_standard) for one in found]
    verdicts = [verdict for _, verdict in rows]
    met, unmet = verdicts.count(Attainment.MET), verdicts.count(Attainment.UNMET)
    binding = sum(verdict is Attainment.UNMET for bound, verdict in rows if bound is Binding.BINDING)
    return Standing(len(rows), met, unmet, len(rows) - met - unmet, binding)


def _shared(group: list[Indicator]) -> Iterable[tuple[Indicator, dict[str, Any]]]:
    """Give each row of an indicator with the cells that hold for it."""
    above: dict[str, Any] = {}
    for row in group:
        above = {name: getattr(row, name) or above.get(name) for name in _INHERITED}
        yield row, above


def _line(row: Indicator, cells: dict[str, Any], history: list[Actual], year: int) -> Line:
    actual = next((one for one in history if one.year == year), None)
    # The plan's own 现状 stands for its base year until something is filed for it.
    stated = [(BASE_YEAR, cells["baseline"])] if cells["baseline"] else []
    stated = [(when, value) for when, value in stated if all(one.year != when for one in history)]
    stated += [(one.year, one.value) for one in history if one.value]
    before = max(((when, value) for when, value in stated if when < year), default=None)
    value = actual.value if actual else None
    assigned = actual.assigned if actual else None
    person = actual.attained if actual else None
    column = "target_2025" if target_year(year) == NEAR_YEAR else "target_2030"
    standard, target = (held_against(cells[name], assigned) for name in ("standard", column))
    missing = gap(value, target)
    left = years_left(year)
    return Line(
        row,
        row.code,
        **{name: cells[name] for name in _INHERITED if name != "binding"},
        binding=Binding(cells["binding"]) if cells["binding"] else None,
        year=year,
        actual=actual,
        before=before,
        history=tuple(history),
        met_standard=_verdict(value, standard, person),
        met_target=_verdict(value, target, person),
        by_person=person is not None,
        trend=trend(value, before[1] if before else None, target),
        gap=missing,
        per_year=missing / left if missing is not None and left else None,
    )


def _verdict(value: str | None, bound: str | None, person: Attainment | None) -> Attainment | None:
    """Judge a value: by comparing where that can be done, else by a person's word."""
    if bound is None:
        return None
    return compared(value, bound) or person
