"""挣值 and forecasts of projects as of a point, and how well earlier forecasts would have held."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from hgt_portfolio.figures.funds import ProjectFunds, read_funds
from hgt_portfolio.figures.position import Filter, Position
from hgt_portfolio.figures.prepared import run
from hgt_portfolio.figures.query import Ask, among, known, table_of
from hgt_portfolio.figures.reader import Reader, asked, window_of
from hgt_portfolio.figures.rows import read_ids, read_positions
from hgt_portfolio.figures.search import filtered
from hgt_portfolio.figures.sources import aims
from hgt_portfolio.model.filing import Report, YearPlan
from hgt_portfolio.money import ratio
from hgt_portfolio.months import Month, last_day, month_of
from hgt_portfolio.rules.forecast import (
    Forecast,
    Observed,
    Outcome,
    PlanBasis,
    Score,
    Standing,
    Tally,
    barred,
    forecast,
    planned_value,
)
from hgt_portfolio.rules.point import Point, moment_of
from hgt_portfolio.rules.progress import spread_through
from hgt_portfolio.rules.sql import first_known
from hgt_portfolio.rules.sql import month_of as sql_month_of
from hgt_portfolio.terms import COMPLETE_STATUSES


@dataclass(frozen=True, slots=True)
class Outlook:
    """A project's 挣值 (fen) at P and the forecast of its finish; None is unknown.

    ``planned`` is 计划完成 by P and ``basis`` what it was made from, ``earned`` the 完成投资 stated for exactly P,
    ``paid`` the 支付 stated for exactly P by every source of the project's funds.
    """

    position: Position
    planned: int | None
    basis: PlanBasis | None
    earned: int | None
    paid: int | None
    forecast: Forecast

    @property
    def schedule_variance(self) -> int | None:
        """SV: EV − PV, fen."""
        return None if self.earned is None or self.planned is None else self.earned - self.planned

    @property
    def schedule_index(self) -> Decimal | None:
        """SPI: EV ÷ PV."""
        return ratio(self.earned, self.planned)

    @property
    def cost_variance(self) -> int | None:
        """CV: EV − AC, fen."""
        return None if self.earned is None or self.paid is None else self.earned - self.paid

    @property
    def cost_index(self) -> Decimal | None:
        """CPI: EV ÷ AC."""
        return ratio(self.earned, self.paid)

    @property
    def late(self) -> tuple[int, int, int | None] | None:
        """预计逾期: the months by which the earliest, likely and latest finish lie past the due month."""
        return None if self.forecast.finish is None else self.forecast.finish.after(self.position.due)


@dataclass(frozen=True, slots=True)
class Earned:
    """挣值 of many projects (fen): SV and SPI over those where EV and PV are known, CV and CPI where EV and AC are."""

    count: int
    planned: int
    earned: int
    scheduled: int
    paid: int
    earned_paid: int
    costed: int
    forecast: int

    @property
    def schedule_index(self) -> Decimal | None:
        """SPI of the group."""
        return ratio(self.earned, self.planned)

    @property
    def cost_index(self) -> Decimal | None:
        """CPI of the group."""
        return ratio(self.earned_paid, self.paid)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Earlier quarters, how many forecasts were made at their ends of how many asked for, and how these held."""

    quarters: tuple[Month, ...]
    asked: int
    made: int
    scores: tuple[Score, ...]


def sum_outlooks(outlooks: Iterable[Outlook]) -> Earned:
    """Add up the 挣值 of projects."""
    rows = list(outlooks)
    scheduled = [(row.planned, row.earned) for row in rows if row.planned is not None and row.earned is not None]
    costed = [(row.paid, row.earned) for row in rows if row.paid is not None and row.earned is not None]
    return Earned(
        len(rows),
        sum(planned for planned, _ in scheduled),
        sum(earned for _, earned in scheduled),
        len(scheduled),
        sum(paid for paid, _ in costed),
        sum(earned for _, earned in costed),
        len(costed),
        sum(row.forecast.finish is not None for row in rows),
    )


class Forecasts(Reader):
    """Reads 挣值 and forecasts."""

    def outlooks(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> list[Outlook]:
        """Read the 挣值 and the forecast of the projects that a filter lets through, in the plan's order."""
        where = where or Filter()
        with self.store.read() as session:
            ask = self._ask(session, point, rules)
            rows = read_positions(session, ask, where)
            spread = dict(map(tuple, run(session, ask, _spread, where)))
            ids = [row.id for row in rows]
            filed = _filed(session, ask, ids)
            plans = _plans(session, ask, ids)
            funds = read_funds(session, point)
        return [_outlook(row, spread[row.id], filed[row.id], plans[row.id], funds.get(row.no)) for row in rows]

    def backtest(self, point: Point, where: Filter | None = None, *, rules: str | None = None) -> Backtest:
        """Forecast at the end of every earlier quarter from what was known then, and hold it against the outcome.

        Known then is what was recorded by the end of the quarter's 填报起止日.
        """
        with self.store.read() as session:
            now = self._ask(session, point, rules)
            ids = read_ids(session, now, where or Filter())
            filed = _filed(session, now, ids, ever=True)
            outcomes = _outcomes(session, now, ids, filed)
            quarters = _quarters(filed.values(), point.period)
            tally = Tally(point.period)
            for period in quarters:
                moment = min(point.known_at, moment_of(window_of(session, point.at(period))[1].isoformat()))
                then = Point(last_day(period), period, moment)
                for one, *standing in run(session, asked(session, then, None, now.rules.name), _standings):
                    if one in outcomes:
                        stands = Standing(*standing)
                        observed = () if barred(stands) else _observed(filed[one], period, moment)
                        tally.add(forecast(stands, observed, period), outcomes[one])
        return Backtest(tally.quarters, tally.asked, tally.made, tally.scores())


def _spread(ask: Ask, where: Filter) -> Select[Any]:
    c = filtered(ask, where, "id", "investment", "start", "due").c
    return select(c.id, spread_through(ask.point.period, c.investment, c.start, c.due))


def _standings(ask: Ask) -> Select[Any]:
    c = filtered(ask, Filter(), "id", "status", "exited", "investment", "started", "start").c
    return select(c.id, c.status, c.exited, c.investment, first_known(sql_month_of(c.started), c.start))


Filed = list[Any]
"""A project's reports as rows of period, amount, and when recorded and revoked; by period and as recorded."""


def _of(rows: Any, ask: Ask) -> Any:
    """Ask for rows of the projects whose ids are ``given`` as JSON."""
    return among(rows.project_id, "given", lateral=ask.lateral)


def _filed(session: Session, ask: Ask, ids: Sequence[int], *, ever: bool = False) -> dict[int, Filed]:
    """Read the reports of projects up to P known at the moment; with ``ever`` those revoked by then too."""
    c = table_of(Report).c
    moment = ask.point.known_at
    query = (
        select(c.project_id, c.period, c.cumulative_fen, c.recorded_at, c.revoked_at)
        .where(_of(c, ask), c.period <= ask.point.period, c.recorded_at <= moment if ever else known(c, moment))
        .order_by(c.project_id, c.period, c.recorded_at, c.id)
    )
    return _by_project(session.execute(query, {"given": json.dumps(ids)}))


def _plans(session: Session, ask: Ask, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Read the year plans of projects that held by D, each year's newest last."""
    c = table_of(YearPlan).c
    wanted = ("project_id", "year", "amount_fen", "q1_fen", "q2_fen", "q3_fen", "q4_fen")
    query = (
        select(*(c[name] for name in wanted))
        .where(_of(c, ask), c.effective <= ask.point.day, c.year < ask.point.year, known(c, ask.point.known_at))
        .order_by(c.project_id, c.year, c.effective, c.recorded_at, c.id)
    )
    return _by_project(session.execute(query, {"given": json.dumps(ids)}))


def _by_project(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Gather rows by their first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _stated(filed: Filed, period: Month, moment: int | None = None) -> dict[Month, int | None]:
    """Give the amounts stated by month up to a period, as known at a moment or at the point read for."""
    told = filed[: bisect_right(filed, period, key=itemgetter(1))]
    if moment is None:
        return {month: fen for _, month, fen, _, _ in told}
    return {
        month: fen
        for _, month, fen, recorded, revoked in told
        if recorded <= moment and (revoked is None or revoked > moment)
    }


def _observed(filed: Filed, period: Month, moment: int | None = None) -> list[Observed]:
    found = _stated(filed, period, moment)
    return [Observed(month, fen) for month, fen in found.items() if fen is not None]


def _outlook(
    row: Position, spread: int | None, filed: Filed, plans: Iterable[Any], funds: ProjectFunds | None
) -> Outlook:
    begins = row.start if row.started is None else month_of(row.started)
    standing = Standing(row.status, row.exited, row.investment, begins)
    unplanned = row.exited or row.investment is None
    planned = None if unplanned else _planned(row, spread, plans, _stated(filed, row.period), begins)
    earned = None if row.exited else row.stated
    fen, basis = planned or (None, None)
    if fen is not None and earned is not None and row.status in COMPLETE_STATUSES:
        # Finished for less than was planned is not behind.
        fen = min(fen, earned)
    told = forecast(standing, _observed(filed, row.period), row.period)
    return Outlook(row, fen, basis, earned, None if row.exited else _paid(funds, row.period), told)


def _planned(
    row: Position, spread: int | None, plans: Iterable[Any], stated: dict[Month, int | None], begins: Month | None
) -> tuple[int, PlanBasis] | None:
    standing = {plan.year: plan for plan in plans}
    # Nothing was done before the start.
    before = {year * 12 - 1: 0 for year in standing if begins is not None and year * 12 - 1 < begins}
    aimed = aims(standing.values(), before | stated)
    this_year = None if row.opening is None or row.planned is None else row.opening + row.planned
    basis = PlanBasis.STEPS if row.stepped else PlanBasis.YEAR_PLAN
    return planned_value(basis, this_year, aimed.values(), spread)


def _paid(funds: ProjectFunds | None, period: Month) -> int | None:
    """Give what was paid by P where every source states it for exactly P."""
    if funds is None:
        return None
    paid = [line.paid for line in funds.sources]
    if any(one is None or one.period != period for one in paid):
        return None
    return sum(one.fen for one in paid if one is not None)


def _outcomes(session: Session, now: Ask, ids: Sequence[int], filed: Mapping[int, Filed]) -> dict[int, Outcome]:
    ends = {one: rest for one, *rest in run(session, now, _ends)}
    period, moment = now.point.period, now.point.known_at
    return {one: _outcome(dict(_observed(filed[one], period, moment)), *ends[one]) for one in ids}


def _ends(ask: Ask) -> Select[Any]:
    wanted = ("id", "status", "finished", "report_period", "check_period")
    c = filtered(ask, Filter(), *wanted).c
    return select(*(c[name] for name in wanted))


def _outcome(
    amounts: Mapping[Month, int],
    status: str | None,
    finished: date | None,
    reported: Month | None,
    checked: Month | None,
) -> Outcome:
    if status in COMPLETE_STATUSES and finished is not None:
        return Outcome(amounts, month_of(finished), None)
    spoken = [month for month in (reported, checked) if month is not None]
    return Outcome(amounts, None, max(spoken, default=None))


def _quarters(filed: Iterable[Filed], now: Month) -> list[Month]:
    """Give the quarter-ends before now that were filed for."""
    return sorted({row.period for rows in filed for row in rows if row.period < now and row.period % 3 == 2})
