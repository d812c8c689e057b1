"""资金 of projects at a period's end: planned, received and paid by source, beside the work done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session

from hgt_portfolio.figures.query import known, table_of
from hgt_portfolio.figures.reader import Reader
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.fund import FundReport, SpecialFund
from hgt_portfolio.model.project import Project
from hgt_portfolio.money import ratio
from hgt_portfolio.months import Month
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import FundSource

AMOUNTS = ("planned_fen", "received_fen", "paid_fen")


@dataclass(frozen=True, slots=True)
class Stated:
    """An amount in fen since the project began, and the period that it was stated for."""

    fen: int
    period: Month
    action_id: int


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source of a project up to a period: the newest stated 计划, 到位 and 支付, None where never stated."""

    source: FundSource
    planned: Stated | None
    received: Stated | None
    paid: Stated | None

    @property
    def of_one_month(self) -> bool:
        """Whether 到位 and 支付 are both stated, for the same month."""
        return self.received is not None and self.paid is not None and self.received.period == self.paid.period


@dataclass(frozen=True, slots=True)
class FundSum:
    """Sums over source lines in fen, None where no line states one.

    A rate takes only lines where both its amounts are stated; ``received_of`` and ``paid_of`` say how many of ``lines``
    those are. 到位率 is received ÷ planned (a plan holds until another is stated), 支付率 paid ÷ received of one month.
    """

    lines: int
    planned: int | None
    received: int | None
    paid: int | None
    received_rate: Decimal | None
    received_of: int
    paid_rate: Decimal | None
    paid_of: int


@dataclass(frozen=True, slots=True)
class ProjectFunds:
    """The funds of a project at P: its sources in the vocabulary's order, their sum, and the newest period stated."""

    project_id: int
    no: str
    sources: tuple[SourceState, ...]
    sum: FundSum
    period: Month


@dataclass(frozen=True, slots=True)
class SpecialYear:
    """专项资金 of a year; ``change`` against the year before in fen, None where that one is not known."""

    year: int
    amount_fen: int
    paid_fen: int | None
    doc: str | None
    change: int | None
    action_id: int


@dataclass(frozen=True, slots=True)
class FundFiling:
    """What was filed of one source for a period: amounts in fen, who recorded it, when, and whether it still stands.

    ``at`` is in microseconds since 1970 UTC.
    """

    period: Month
    source: FundSource
    planned_fen: int | None
    received_fen: int | None
    paid_fen: int | None
    filed_by: str | None
    evidence: str | None
    reason: str | None
    operator: str
    at: int
    stands: bool


class Funds(Reader):
    """Reads funds."""

    def funds(self, point: Point, no: str | None = None) -> dict[str, ProjectFunds]:
        """Read the funds of every project that any were filed of up to P, or of one, by project number."""
        with self.store.read() as session:
            return read_funds(session, point, no)

    def fund_filings(self, point: Point, no: str) -> list[FundFiling]:
        """Read every filing of a project's funds known at a point, those taken back too, the newest first."""
        fund, action, project = (table_of(model).c for model in (FundReport, Action, Project))
        names = ("period", "source", *AMOUNTS, "filed_by", "evidence", "reason")
        stands = or_(fund.revoked_at.is_(None), fund.revoked_at > point.known_at)
        query = (
            select(*(fund[name] for name in names), action.operator, action.at, stands.label("stands"))
            .join_from(table_of(FundReport), table_of(Project), project.id == fund.project_id)
            .join(table_of(Action), action.id == fund.action_id)
            .where(project.no == no, fund.recorded_at <= point.known_at)
            .order_by(fund.recorded_at.desc(), fund.id)
        )
        with self.store.read() as session:
            rows = session.execute(query).mappings().all()
        return [FundFiling(**row) for row in rows]

    def funds_later(self, point: Point) -> int:
        """Count the projects that funds were filed of for a month after P, which no figure of P counts."""
        fund = table_of(FundReport).c
        query = select(func.count(func.distinct(fund.project_id)))
        with self.store.read() as session:
            found = session.execute(query.where(known(fund, point.known_at), fund.period > point.period))
            return int(found.scalar_one())

    def special_funds(self, point: Point) -> list[SpecialYear]:
        """Read 专项资金 year by year, the earliest first."""
        with self.store.read() as session:
            newest = read_special(session, point.known_at)
        amounts = {year: row["amount_fen"] for year, row in newest.items()}
        return [
            SpecialYear(
                year,
                row["amount_fen"],
                row["paid_fen"],
                row["doc"],
                row["amount_fen"] - amounts[year - 1] if year - 1 in amounts else None,
                row["action_id"],
            )
            for year, row in sorted(newest.items())
        ]


def read_special(session: Session, moment: int) -> dict[int, dict[str, Any]]:
    """Read the newest row of each year's 专项资金 known at a moment."""
    table = table_of(SpecialFund)
    query = select(table).where(known(table.c, moment)).order_by(table.c.recorded_at, table.c.id)
    return {row["year"]: dict(row) for row in session.execute(query).mappings()}


def read_funds(session: Session, point: Point, no: str | None = None) -> dict[str, ProjectFunds]:
    """Read the newest stated amount of each project, source and kind up to P."""
    fund, project = table_of(FundReport).c, table_of(Project).c
    query = (
        select(project.no, fund.project_id, fund.source, fund.period, fund.action_id, *(fund[name] for name in AMOUNTS))
        .join_from(table_of(Project), table_of(FundReport), project.id == fund.project_id)
        .where(known(fund, point.known_at), fund.period <= point.period)
        .order_by(project.position, fund.period, fund.recorded_at, fund.id)
    )
    if no is not None:
        query = query.where(project.no == no)
    stated: dict[tuple[str, int], dict[str, dict[str, Stated]]] = {}
    for row in session.execute(query).mappings():
        lines = stated.setdefault((row["no"], row["project_id"]), {}).setdefault(row["source"], {})
        for name in AMOUNTS:
            if row[name] is not None:
                lines[name] = Stated(row[name], row["period"], row["action_id"])
    return {of: _project(project_id, of, lines) for (of, project_id), lines in stated.items()}


def _project(project_id: int, no: str, stated: dict[str, dict[str, Stated]]) -> ProjectFunds:
    sources = tuple(
        SourceState(source, *(stated[source].get(name) for name in AMOUNTS))
        for source in FundSource
        if source in stated
    )
    newest = max(amount.period for amounts in stated.values() for amount in amounts.values())
    return ProjectFunds(project_id, no, sources, sum_of(sources), newest)


def sum_of(lines: Iterable[SourceState]) -> FundSum:
    """Add up source lines, of one project or of many."""
    states = list(lines)
    planned, received, paid = (_total(getattr(one, name) for one in states) for name in ("planned", "received", "paid"))
    received_rate, received_of = _rate([(one.received, one.planned) for one in states])
    paid_rate, paid_of = _rate([(one.paid, one.received) for one in states if one.of_one_month])
    return FundSum(len(states), planned, received, paid, received_rate, received_of, paid_rate, paid_of)


def by_source(funds: Iterable[ProjectFunds]) -> dict[FundSource, FundSum]:
    """Add up the lines of each source over projects, in the vocabulary's order."""
    lines = [line for one in funds for line in one.sources]
    return {
        source: sum_of(line for line in lines if line.source is source)
        for source in FundSource
        if any(line.source is source for line in lines)
    }


def _total(amounts: Iterable[Stated | None]) -> int | None:
    stated = [amount.fen for amount in amounts if amount is not None]
    return sum(stated) if stated else None


def _rate(pairs: Sequence[tuple[Stated | None, Stated | None]]) -> tuple[Decimal | None, int]:
    both = [(part.fen, whole.fen) for part, whole in pairs if part is not None and whole is not None]
    return ratio(sum(part for part, _ in both), sum(whole for _, whole in both)) if both else None, len(both)
