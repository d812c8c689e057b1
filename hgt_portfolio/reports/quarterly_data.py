"""What the quarterly workbook is made from, read once, and the lines that every sheet of it carries."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from hgt_portfolio.figures import By, Figures, Group, InForce, Point, Position
from hgt_portfolio.months import quarter_label
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Block, Chart, Kept, Sheet
from hgt_portfolio.terms import COMPLETE_STATUSES, DISCLAIMER, UNSTARTED_STATUSES, ContactRole, Status

SIGNATURES = "填报人：　　　　　　　　　　审核人：　　　　　　　　　　填报日期：　　　　年　　月　　日"

PROJECTS = "项目调度表"
"""The sheet that every total is summed from."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a project's position at an earlier point is compared by."""

    quarter: int | None
    ytd: int | None
    status: str | None
    status_label: str | None
    light: str


@dataclass
class Known:
    """A sum over the rows where it is known, fen, and how many those are."""

    fen: int = 0
    known: int = 0

    def add(self, fen: int | None) -> None:
        """Add an amount, where it is known."""
        if fen is not None:
            self.fen += fen
            self.known += 1

    @property
    def cell(self) -> int | None:
        """The sum, None where nothing is known."""
        return self.fen if self.known else None


@dataclass
class Tally:
    """What the sheets count over all positions, beside the ledger's own totals.

    ``domains`` and ``units`` are each one's rows, ``lagging`` how many of a unit's projects are behind their own pace;
    units of which none can be judged are not in it. ``linked`` are the sums of this quarter and the last over the
    projects known in both, ``months`` all that a planned start or end lies in.
    """

    unpriced: list[str] = field(default_factory=list)
    silent: int = 0
    baseless: int = 0
    caught_up: list[str] = field(default_factory=list)
    caught_up_fen: int = 0
    domains: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    units: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lagging: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: Known = field(default_factory=Known)
    year_ago: Known = field(default_factory=Known)
    since_plan: Known = field(default_factory=Known)
    planned: Known = field(default_factory=Known)
    linked: tuple[Known, Known] = field(default_factory=lambda: (Known(), Known()))
    months: set[int] = field(default_factory=set)

    def add(self, row: int, position: Position, last: Before | None, year_ago: Before | None) -> None:
        """Count a position, by its row and what it was before."""
        if position.investment is None:
            self.unpriced.append(position.no)
        self._note(position)
        self.domains[position.domain].append(row)
        self.units[position.unit].append(row)
        if position.shortfall is not None:
            self.lagging[position.unit] += position.shortfall > 0
        before = last.quarter if last else None
        self.last.add(before)
        self.year_ago.add(year_ago.quarter if year_ago else None)
        self.since_plan.add(position.since_plan)
        self.planned.add(position.planned)
        if before is not None and position.quarter is not None:
            self.linked[0].add(position.quarter)
            self.linked[1].add(before)
        self.months |= {month for month in (position.start, position.due) if month is not None}

    def _note(self, position: Position) -> None:
        """Count why 本季度完成 leaves a project out."""
        note, catch_up = position.quarter_note, position.catch_up
        self.silent += note == "未填报"
        self.baseless += note == "缺期初数"
        if catch_up:
            self.caught_up.append(position.no)
            self.caught_up_fen += catch_up[0]


@dataclass(frozen=True)
class Quarter:
    """The figures of a quarter: positions at P, at the quarter before and a year before, and every total.

    ``last`` and ``year_ago`` are by project number; ``people`` by number and role.
    """

    figures: Figures
    point: Point
    rules: str | None
    in_force: InForce
    portfolio: str
    plan_title: str
    doc_no: str
    office: str
    issued: date
    demo: bool
    positions: Sequence[Position]
    last: Mapping[str, Before]
    year_ago: Mapping[str, Before]
    total: Group
    domains: list[Group]
    units: list[Group]
    people: dict[tuple[str, str], str]
    cooperating: dict[str, list[str]]

    @cached_property
    def tally(self) -> Tally:
        """What is counted over all positions, in one pass."""
        tally = Tally()
        for row, position in enumerate(self.positions):
            tally.add(row, position, self.last.get(position.no), self.year_ago.get(position.no))
        return tally

    @property
    def last_point(self) -> Point:
        """The end of the quarter before."""
        return self.point.at(self.point.quarter_base)

    @property
    def label(self) -> str:
        """The quarter in words: 2024年三季度."""
        return quarter_label(self.point.period)


def read_quarter(figures: Figures, point: Point, rules: str | None) -> Quarter:
    """Read everything that the workbook shows, as known at the point."""
    plan = figures.plan()
    before, year_before = point.at(point.quarter_base), point.at(point.period - 12)
    return Quarter(
        figures=figures,
        point=point,
        rules=rules,
        in_force=figures.in_force(point, rules),
        portfolio=plan.portfolio,
        plan_title=plan.title,
        doc_no=plan.doc_no,
        office=plan.office,
        issued=plan.issued,
        demo=bool(plan.demo),
        positions=Kept(figures.each(point, rules=rules)),
        last=_earlier(figures, before, rules),
        year_ago=_earlier(figures, year_before, rules),
        total=figures.totals(point, rules=rules),
        domains=figures.groups(point, By.DOMAIN, rules=rules),
        units=figures.groups(point, By.UNIT, rules=rules),
        people=people_of(figures, point),
        cooperating=figures.cooperating(point),
    )


def _earlier(figures: Figures, point: Point, rules: str | None) -> dict[str, Before]:
    """Read what positions at an earlier point are compared by, by project number."""
    return {
        sys.intern(p.no): Before(p.quarter, p.ytd, _word(p.status), _word(p.status_label), sys.intern(p.light))
        for p in figures.each(point, rules=rules)
    }


def _word(text: str | None) -> str | None:
    """Give a word as the one of it that all share."""
    return None if text is None else sys.intern(str(text))


def people_of(figures: Figures, point: Point) -> dict[tuple[str, str], str]:
    """Give who answers for each project, with the phone, by project number and role."""
    return {
        (person.no, person.role): f"{person.name} {person.phone}" if person.phone else person.name
        for person in figures.contacts(point)
    }


def officer(people: dict[tuple[str, str], str], no: str, role: ContactRole) -> str | None:
    """Give who answers for a project in a role, None where nobody is named."""
    return people.get((no, str(role)))


def responsible(unit: str, others: list[str]) -> str:
    """Write the units responsible: the lead alone, or 牵头 and 配合."""
    return f"牵头：{unit}；配合：{'、'.join(others)}" if others else unit


STATES = ("未开工", "在建", "停工", "完工")
"""The four states that projects are counted in; 前期 counts as 未开工, 竣工验收 and 投用 as 完工."""


def state_of(status: str | None) -> str | None:
    """Give which of the four states a status counts in; None where none was reported."""
    if status is None:
        return None
    if status in COMPLETE_STATUSES:
        return "完工"
    return "未开工" if status in UNSTARTED_STATUSES else str(Status(status))


def sheet(
    quarter: Quarter,
    name: str,
    title: str,
    *blocks: Block,
    right: str = "单位：万元",
    notes: tuple[str, ...] = (),
    charts: tuple[Chart, ...] = (),
    frozen: int = 0,
) -> Sheet:
    """Make a sheet with the lines that every sheet of the workbook carries."""
    point = quarter.point
    return Sheet(
        name,
        f"{quarter.portfolio}{title}（{quarter.label}）",
        blocks,
        left=f"填报单位：{quarter.office}",
        caption=(
            f"截至日：{point.day.isoformat()}　期别：{quarter.label}　数据时点：{moment_words(point.known_at)}　"
            f"预警规则：{quarter.in_force.label}"
        ),
        right=right,
        notes=notes,
        foot=(DISCLAIMER, SIGNATURES),
        charts=charts,
        frozen=frozen,
    )


def numbers(nos: Iterable[str]) -> str:
    """List projects by number: #12、#56."""
    return "、".join(f"#{no}" for no in nos)
