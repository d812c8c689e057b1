"""Who answers for projects and units, as a list."""

from __future__ import annotations

from hgt_portfolio.figures import Figures, Filter, Point
from hgt_portfolio.figures.people import Person
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import ContactRole


def _tenure(person: Person) -> str:
    """Write the days that a person answers from and to."""
    return f"{person.role} {person.since} {f'至 {person.until}' if person.until else '起'}"


def contact_list(figures: Figures, point: Point, no: str | None = None, unit: str | None = None) -> Table:
    """List who answers on D for each unit and project, one row each, or for one of them."""
    if no is not None:
        figures.position(point, no)
    named = {(unit, role): person for (unit, role), person in figures.unit_contacts(point).items()}
    people = {(f"#{person.no}", person.role): person for person in figures.contacts(point)}
    names = {f"#{row.no}": row.name for row in figures.positions(point, Filter(nos=(no,) if no else ()))}
    units = [info.name for info in figures.units(point)] if no is None else []
    shown = [one for one in units if unit in (None, one) and any(one == name for name, _ in named)]
    projects = [] if unit else [one for one in dict.fromkeys(one for one, _ in people) if one in names]
    both = named | people

    def row(one: str) -> tuple[Cell, ...]:
        leader, officer, sponsor = (both.get((one, role)) for role in ContactRole)
        phone = officer.phone if officer else None
        tenures = "；".join(_tenure(person) for person in (leader, officer, sponsor) if person)
        named_ones = (person.name if person else None for person in (leader, officer))
        return (one, names.get(one), *named_ones, phone, sponsor.name if sponsor else None, tenures)

    columns = (
        Column("whose", "项目或单位", Kind.LABEL),
        Column("project", "项目名称"),
        Column("leader", "责任领导", Kind.LABEL),
        Column("officer", "责任人", Kind.LABEL),
        Column("phone", "电话", Kind.LABEL),
        Column("sponsor", "包联领导", Kind.LABEL),
        Column("tenures", "起止"),
    )
    rows = tuple(map(row, (*shown, *projects)))
    notes = [f"截至 {point.day}；项目没有自己的联系人时，用牵头单位的。"]
    if not rows:
        notes.append(
            "还没有联系人。登记：hgt contact 序号 责任人 姓名 --phone 电话，或 hgt contact --unit 单位 责任人 姓名"
        )
    return Table("联系人", "联系人", columns, rows, notes=tuple(notes), unit_note="")
