"""Who owes what: each responsible unit's projects, money, lateness and silence, and whom to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hgt_portfolio.figures import By, Figures, Filter, Group, Point
from hgt_portfolio.reports.quarterly_groups import FIELDS
from hgt_portfolio.reports.words import point_words
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import JOINT_NOTE, ContactRole

Field = tuple[Column, Callable[[Group], Cell]]

_TOTALS = {column.key: (column, get) for column, get in FIELDS}
_OWED: tuple[Field, ...] = (
    (Column("investment", "总投资", Kind.AMOUNT, 6), _TOTALS["investment"][1]),
    (Column("year_plan", "本年计划", Kind.AMOUNT, 6), _TOTALS["year_plan"][1]),
    _TOTALS["ytd"],
    (Column("ytd_known", "有数", Kind.LABEL, 3), lambda group: f"{group.ytd.known}/{group.count}"),
    (Column("year_rate", "完成率", Kind.RATE, 4), _TOTALS["year_rate"][1]),
    (Column("rated", "计入", Kind.LABEL, 3), lambda group: f"{group.rate_plan.known}/{group.count}"),
    (Column("deviation", "偏差", Kind.POINTS, 4), _TOTALS["deviation"][1]),
    (Column("shortfall", "欠序时金额", Kind.AMOUNT, 6), _TOTALS["shortfall"][1]),
    _TOTALS["overdue"],
    (Column("unverified", "到期未核实", Kind.COUNT, 4), _TOTALS["unverified"][1]),
    (Column("not_filed", "未填报", Kind.COUNT, 3), lambda group: group.not_filed),
)
_COLUMNS = (
    Column("unit", "责任单位", Kind.LABEL, 8),
    Column("kind", "类别", Kind.LABEL, 5),
    Column("led", "牵头", Kind.COUNT, 3),
    Column("joined", "配合", Kind.COUNT, 3),
    *(column for column, _ in _OWED),
    Column("officer", "责任人/电话", Kind.LABEL, 8),
)


def owing(figures: Figures, point: Point, where: Filter | None = None, *, rules: str | None = None) -> Table:
    """List the units that answer for the projects which a filter lets through, leading or cooperating.

    Money, deadlines and filings count with the lead alone, so that the sums hold each project once.
    """
    led = {group.name: group for group in figures.groups(point, By.UNIT, where, rules=rules)}
    members = figures.cooperating(point, where, rules=rules).values()
    joined = Counter(name for names in members for name in dict.fromkeys(names))
    people = _officers(figures, point, where, rules)
    rows = []
    for unit in figures.units(point):
        group = led.get(unit.name)
        if group is None and not joined[unit.name]:
            continue
        owed: list[Cell] = [get(group) if group else _nothing(column) for column, get in _OWED]
        numbers = (group.count if group else 0, joined[unit.name])
        rows.append((unit.name, unit.kind, *numbers, *owed, people.get(unit.name)))
    total = figures.totals(point, where, rules=rules)
    return Table(
        "单位",
        "各责任单位情况",
        _COLUMNS,
        tuple(rows),
        total=("合计", "", total.count, "", *(get(total) for _, get in _OWED), ""),
        notes=(
            JOINT_NOTE,
            "投资、期限、填报只计入牵头单位；有数为本年累计已知的项数，计入为完成率所算（计划和累计均知）的项数，"
            "其余未知，不作0；欠序时金额为计划应完成减本年累计，负数为超前；偏差为百分点。",
        ),
        caption=point_words(figures, point, rules),
    )


def _nothing(column: Column) -> Cell:
    """Give what a unit that leads no project has: no count, and no figure."""
    return 0 if column.kind is Kind.COUNT else None


def _officers(figures: Figures, point: Point, where: Filter | None, rules: str | None) -> dict[str, str]:
    """Give whom to call in each unit: its own 责任人, else the first of its projects' and how many those are."""
    units = {position.no: position.unit for position in figures.positions(point, where, rules=rules)}
    named: dict[str, dict[str, None]] = {}
    for person in figures.contacts(point):
        if person.role == ContactRole.OFFICER and person.no in units:
            named.setdefault(units[person.no], {})[f"{person.name} {person.phone or ''}".strip()] = None
    found = {
        unit: next(iter(words)) + (f" 等{len(words)}人" if len(words) > 1 else "") for unit, words in named.items()
    }
    for (unit, role), person in figures.unit_contacts(point).items():
        if role == ContactRole.OFFICER:
            found[unit] = f"{person.name} {person.phone or ''}".strip()
    return found
