"""填报情况: unit × period, and project × period with day and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hgt_portfolio.figures import Figures, Filing, Point
from hgt_portfolio.months import Month, quarter_text
from hgt_portfolio.reports.words import number
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import ContactRole, FilingState

_FILED = (FilingState.FILED, FilingState.LATE)
_TOLD = (FilingState.LATE, FilingState.PENDING, FilingState.MISSING, FilingState.RETURNED)


def counts(filings: Iterable[Filing]) -> Counter[str]:
    """Count filings by state."""
    return Counter(filing.state for filing in filings)


def cell_words(filings: Iterable[Filing]) -> str:
    """Say what a unit filed for a period: 5/7 迟报1 未填报2; nothing to file is empty."""
    found = counts(filings)
    filed = sum(found[state] for state in _FILED)
    told = [f"{state}{found[state]}" for state in _TOLD if found[state]]
    return " ".join([f"{filed}/{found.total()}", *told]) if found else ""


def board(
    figures: Figures,
    point: Point,
    year: int | None = None,
    unit: str | None = None,
    *,
    periods: Sequence[Month] | None = None,
    whole: bool = False,
) -> Table:
    """Give unit × period, of the year or the ``periods`` asked for, else of the last quarters.

    ``whole`` gives one row a unit and period with every count, for programs.
    """
    periods = figures.board_periods(point, year) if periods is None else periods
    filings = figures.board(point, periods, unit)
    units = list(dict.fromkeys(filing.unit for filing in filings))
    by = {(name, p): [f for f in filings if (f.unit, f.period) == (name, p)] for name in units for p in periods}
    return _flat(by) if whole else _matrix(figures, point, units, periods, by)


def _matrix(
    figures: Figures,
    point: Point,
    units: list[str],
    periods: Sequence[Month],
    by: dict[tuple[str, Month], list[Filing]],
) -> Table:
    officers = {
        unit: f"{person.name} {person.phone or ''}".strip()
        for (unit, role), person in figures.unit_contacts(point).items()
        if role == ContactRole.OFFICER
    }
    columns = (
        Column("unit", "责任单位(牵头)", Kind.LABEL, 8),
        *(Column(quarter_text(period), quarter_text(period), Kind.LABEL, 9) for period in periods),
        Column("officer", "责任人/电话", Kind.LABEL, 8),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (unit, *(cell_words(by[unit, period]) for period in periods), officers.get(unit)) for unit in units
    )
    total = ("合计", *(cell_words(f for unit in units for f in by[unit, period]) for period in periods), "")
    notes = [
        "已填报/应填报；迟报计入已填报，已完工和已退出的无需填报，不在其内。",
        f"截至 {point.day}，数据时点 {moment_words(point.known_at)}",
    ]
    if not periods:
        notes = ["这一年没有要填报的季度。"]
    return Table("填报情况", "各单位填报情况", columns, cells, total=total, notes=tuple(notes), unit_note="")


def _flat(by: dict[tuple[str, Month], list[Filing]]) -> Table:
    columns = (
        Column("unit", "责任单位", Kind.LABEL),
        Column("period", "期别", Kind.MONTH),
        Column("to_file", "应填报", Kind.COUNT),
        Column("filed", "已填报", Kind.COUNT),
        Column("late", "迟报", Kind.COUNT),
        Column("pending", "待填报", Kind.COUNT),
        Column("missing", "未填报", Kind.COUNT),
        Column("returned", "退回", Kind.COUNT),
    )
    cells: list[tuple[Cell, ...]] = []
    for (unit, period), filings in by.items():
        found = counts(filings)
        filed = sum(found[state] for state in _FILED)
        cells.append((unit, period, found.total(), filed, *(found[state] for state in _TOLD)))
    return Table("填报情况", "各单位填报情况", columns, tuple(cells), unit_note="")


def board_detail(
    figures: Figures,
    point: Point,
    year: int | None = None,
    unit: str | None = None,
    *,
    periods: Sequence[Month] | None = None,
) -> Table:
    """Give project × period: the state, the day, by whom, and why a filing was sent back."""
    periods = figures.board_periods(point, year) if periods is None else periods
    filings = figures.board(point, periods, unit)
    people = {(person.no, person.role): person for person in figures.contacts(point)}

    def officer(no: str) -> str | None:
        person = people.get((no, ContactRole.OFFICER))
        return None if person is None else f"{person.name} {person.phone or ''}".strip()

    columns = (
        Column("unit", "责任单位", Kind.LABEL),
        Column("no", "序号", Kind.COUNT),
        Column("name", "项目名称"),
        Column("period", "期别", Kind.MONTH),
        Column("state", "填报状态", Kind.LABEL),
        Column("day", "日期", Kind.DATE),
        Column("by", "填报人", Kind.LABEL),
        Column("note", "退回原因"),
        Column("officer", "责任人/电话", Kind.LABEL),
    )
    cells = tuple(
        (f.unit, number(f.no), f.name, f.period, f.state, f.day, f.by, f.note, officer(f.no)) for f in filings
    )
    said = "、".join(f"{state} {count}" for state, count in counts(filings).items())
    notes = (f"{said or '没有要填报的'}；截至 {point.day}，数据时点 {moment_words(point.known_at)}",)
    title = f"{unit}填报明细" if unit else "填报明细"
    return Table("填报明细", title, columns, cells, notes=notes, unit_note="")
