"""The responsible units: their kinds, full names, projects and people."""

from __future__ import annotations

from hgt_portfolio.figures import By, Figures, Point
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import ContactRole

_COLUMNS = (
    Column("unit", "责任单位", Kind.LABEL, 8),
    Column("kind", "类别", Kind.LABEL, 5),
    Column("full_name", "全称", Kind.TEXT, 14),
    Column("count", "牵头项目数", Kind.COUNT, 5),
    Column("leader", "责任领导", Kind.LABEL, 5),
    Column("officer", "责任人/电话", Kind.LABEL, 8),
    Column("former", "曾用名", Kind.TEXT, 10),
)


def unit_list(figures: Figures, point: Point) -> Table:
    """List the units that stand at a point, with the names they succeeded."""
    led = {group.name: group.count for group in figures.groups(point, By.UNIT)}
    people, former = figures.unit_contacts(point), figures.former_names(point)
    rows = []
    for unit in figures.units(point):
        officer = people.get((unit.name, ContactRole.OFFICER))
        leader = people.get((unit.name, ContactRole.LEADER))
        rows.append(
            (
                unit.name,
                unit.kind,
                unit.full_name or "待确认",
                led.get(unit.name, 0),
                leader.name if leader else None,
                f"{officer.name} {officer.phone or ''}".strip() if officer else None,
                "；".join(former.get(unit.name, ())),
            )
        )
    note = f"{len(rows)} 个责任单位；一个项目只计入牵头单位。"
    return Table("责任单位", "责任单位", _COLUMNS, tuple(rows), notes=(note,), unit_note="")
