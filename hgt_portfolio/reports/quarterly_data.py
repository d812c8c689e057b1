"""What the quarterly workbook is made from, read once, and the lines that every sheet of it carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hgt_portfolio.figures import By, Figures, Group, InForce, Point, Position
from hgt_portfolio.months import quarter_label
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Block, Chart, Sheet
from hgt_portfolio.terms import COMPLETE_STATUSES, DISCLAIMER, UNSTARTED_STATUSES, ContactRole, Status

SIGNATURES = "填报人：　　　　　　　　　　审核人：　　　　　　　　　　填报日期：　　　　年　　月　　日"

PROJECTS = "项目调度表"
"""The sheet that every total is summed from."""


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
    positions: list[Position]
    last: dict[str, Position]
    year_ago: dict[str, Position]
    total: Group
    domains: list[Group]
    units: list[Group]
    people: dict[tuple[str, str], str]
    cooperating: dict[str, list[str]]

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
        positions=figures.positions(point, rules=rules),
        last={position.no: position for position in figures.positions(before, rules=rules)},
        year_ago={position.no: position for position in figures.positions(year_before, rules=rules)},
        total=figures.totals(point, rules=rules),
        domains=figures.groups(point, By.DOMAIN, rules=rules),
        units=figures.groups(point, By.UNIT, rules=rules),
        people=people_of(figures, point),
        cooperating=figures.cooperating(point),
    )


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


def numbers(positions: list[Position]) -> str:
    """List projects by number: #12、#56."""
    return "、".join(f"#{position.no}" for position in positions)
