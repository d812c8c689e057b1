"""填报情况: what each project filed for each period, when and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from hgt_portfolio.figures.position import Filter
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import Ask, known
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.filing import Report, SendBack
from hgt_portfolio.model.project import Project
from hgt_portfolio.months import Month, month_of, quarter_end
from hgt_portfolio.rules.point import Point, filing_period, office_day
from hgt_portfolio.terms import FilingState

BOARD_QUARTERS = 4
"""Quarters shown where no year is asked for."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One project's filing for a period: its state; the day, by whom, and the reason where it was sent back."""

    no: str
    name: str
    unit: str
    period: Month
    state: str
    day: date | None
    by: str | None
    note: str | None


class Board(Reader):
    """Reads who filed what."""

    def filed_quarters(self, point: Point) -> list[Month]:
        """Give every quarter that was filed or is being filed on D, from the one that the plan was issued in."""
        return list(range(quarter_end(month_of(self.plan().issued)), filing_period(point.day) + 1, 3))

    def board_periods(self, point: Point, year: int | None = None) -> list[Month]:
        """Give the quarters to show: the last four of all that were filed, or those of a year."""
        quarters = self.filed_quarters(point)
        return quarters[-BOARD_QUARTERS:] if year is None else [p for p in quarters if p // 12 == year]

    def board(self, point: Point, periods: Iterable[Month], unit: str | None = None) -> list[Filing]:
        """Read the filing state of each project at each period's end, by its lead unit; those not to file are left out.

        Where a report stands, its day and filer are the report's; where it was sent back, those of the sending back.
        """
        found: list[Filing] = []
        with self.store.read() as session:
            for period in periods:
                at = point.at(period)
                rows = self._states(session, at, unit)
                reports, returned = _reports(session, at), _returned(session, at)
                found += [_filing(row, period, reports.get(row.no), returned.get(row.no)) for row in rows]
        return found

    def _states(self, session: Session, point: Point, unit: str | None) -> list[Any]:
        return list(run(session, self._ask(session, point, None), _to_file, unit))


def _to_file(ask: Ask, unit: str | None) -> Select[Any]:
    wanted = ("no", "name", "unit", "filing_state", "unit_position", "position")
    c = filtered(ask, Filter(unit=unit), *wanted).c
    return (
        select(c.no, c.name, c.unit, c.filing_state)
        .where(c.filing_state != FilingState.NOT_REQUIRED)
        .order_by(c.unit_position, c.position)
    )


Said = tuple[date, str, str | None]


def _reports(session: Session, point: Point) -> dict[str, Said]:
    """Read the day and the filer of each project's first report for P that still stands."""
    rows = session.execute(
        select(col(Project.no), Report, col(Action.operator))
        .join(Project, col(Project.id) == Report.project_id)
        .join(Action, col(Action.id) == Report.action_id)
        .where(col(Report.period) == point.period, known(Report, point.known_at))
        .order_by(col(Report.filed_at).desc(), col(Report.id).desc())
    )
    return {no: (office_day(row.filed_at), row.filed_by or operator, None) for no, row, operator in rows}


def _returned(session: Session, point: Point) -> dict[str, Said]:
    """Read the day, the operator and the reason of each project's last sending back for P."""
    rows = session.execute(
        select(col(Project.no), SendBack, col(Action.operator))
        .join(Project, col(Project.id) == SendBack.project_id)
        .join(Action, col(Action.id) == SendBack.action_id)
        .where(col(SendBack.period) == point.period, known(SendBack, point.known_at))
        .order_by(col(SendBack.recorded_at), col(SendBack.id))
    )
    return {no: (office_day(row.recorded_at), operator, row.reason) for no, row, operator in rows}


def _filing(row: Any, period: Month, report: Said | None, returned: Said | None) -> Filing:
    said = returned if row.filing_state == FilingState.RETURNED else report
    return Filing(row.no, row.name, row.unit, period, row.filing_state, *(said or (None, None, None)))
