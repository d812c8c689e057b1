"""All that can be read of one ledger: the portfolio, its history, and what the office decided."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from hgt_portfolio.figures.board import Board
from hgt_portfolio.figures.closings import Closings
from hgt_portfolio.figures.events import Entry, Event, read_entries, read_events
from hgt_portfolio.figures.filings import Filings
from hgt_portfolio.figures.forecast import Forecasts
from hgt_portfolio.figures.funds import Funds
from hgt_portfolio.figures.indicators import Indicators
from hgt_portfolio.figures.moving import Moves
from hgt_portfolio.figures.portfolio import Portfolio
from hgt_portfolio.figures.query import known
from hgt_portfolio.figures.queue import Tasks
from hgt_portfolio.figures.records import Records
from hgt_portfolio.figures.requests import Request, read_requests
from hgt_portfolio.figures.sources import Sources
from hgt_portfolio.figures.supervising import Supervisions
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.project import Project
from hgt_portfolio.rules.point import Point, office_day
from hgt_portfolio.terms import FilingKind


class Figures(
    Portfolio, Supervisions, Closings, Filings, Tasks, Board, Sources, Moves, Indicators, Funds, Records, Forecasts
):
    """Reads one ledger: positions and totals, history, and what the office decided."""

    def history(self, no: str, point: Point) -> list[Event]:
        """Read every ledger row of a project known at the point, revoked ones too."""
        with self.store.read() as session:
            return read_events(session, point.known_at, no)

    def entries(self, point: Point, no: str | None = None, limit: int = 200) -> list[Entry]:
        """Read the newest audit entries, of one project where ``no`` is given."""
        with self.store.read() as session:
            return read_entries(session, point.known_at, no, limit)

    def requests(self, point: Point) -> list[Request]:
        """Read the amendments requested and not yet approved: id, project number, row, and its changes in words."""
        with self.store.read() as session:
            return read_requests(session, point.known_at)

    def opened(self, point: Point) -> set[str]:
        """Read the numbers of the projects that have an opening for the December before P's year (建账 n/62)."""
        with self.store.read() as session:
            rows = session.execute(
                select(col(Project.no))
                .join(Report, col(Report.project_id) == Project.id)
                .where(
                    col(Report.kind) == FilingKind.OPENING,
                    col(Report.period) == point.year_base,
                    known(Report, point.known_at),
                )
            )
            return set(rows.scalars())

    def changes(self, first: Point, last: Point, nos: Sequence[str] = ()) -> list[Event]:
        """Read the standing ledger rows, of ``nos`` or of all, that are new at one point against an earlier one.

        They hold between the two days, or hold from earlier (追溯生效) and were recorded between them; the plan as
        loaded is none of them.
        """
        with self.store.read() as session:
            events = read_events(session, last.known_at, nos=nos, since=first.day)
        return [
            event
            for event in events
            if event.revoked_at is None
            and event.holds > BEGINNING
            and (first.day < event.holds or first.day < office_day(event.recorded_at) <= last.day)
            and event.holds <= last.day
        ]

    def chain_head(self, point: Point) -> str:
        """Give the hash of the newest audit entry known at the point."""
        with self.store.read() as session:
            newest = select(col(Action.hash)).where(col(Action.at) <= point.known_at).order_by(col(Action.id).desc())
            return session.execute(newest.limit(1)).scalar() or ""
