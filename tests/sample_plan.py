"""What the sample ledger knows of the plan's other systems: indicators and funds, made up and marked 演示."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from hgt_portfolio.demo.systems import filing
from hgt_portfolio.figures import Figures, Position
from hgt_portfolio.figures.indicators import Line
from hgt_portfolio.ledger import FundInput, IndicatorInput, Ledger, SourceLine, SpecialFundInput
from hgt_portfolio.months import last_day, month
from hgt_portfolio.rules.indicators import read_bound, read_quantity
from hgt_portfolio.store import Store
from hgt_portfolio.terms import FundSource
from tests.sample import Ticking

EVALUATED = date(2025, 3, 1)
"""The day on which the sample is evaluated."""

YEARS = (2023, 2024)
UNFILED = {(2024, "省-13"), (2024, "国-28"), (2023, "诺-1")}
"""Lines that nobody filed."""

BEHIND = {"省-25": "88.1", "国-26": "44.2", "省-12": "17.5", "国-34": "79", "诺-10": "93"}
"""Values of 2024 short of what is wanted."""

FUNDED = {
    "1": (("市级", 40, 100, 95), ("区级财政", 60, 90, 80)),
    "2": (("专项债券", 70, 100, 120), ("企业自筹/社会资本", 30, 50, 100)),
    "9": (("省级", 50, 80, 60), ("区级财政", 50, 60, 100)),
    "26": (("银行贷款", 60, 100, 100), ("企业自筹/社会资本", 40, 100, 90)),
    "13": (("中央预算内", 100, 60, 100),),
}
"""By project: source, percent of 总投资 planned, of the planned received, of the received paid."""


def file_plan_systems(path: Path) -> None:
    """File 2023 and 2024 of the indicators, and two quarters of the funds, into a ledger of the sample."""
    store, clock = Store(f"sqlite:///{path}"), Ticking()
    figures = Figures(store, today=EVALUATED)
    try:
        for year in YEARS:
            day = date(year + 1, 2, 20)
            clock.set(max(day, date(2024, 10, 21)))
            ledger = Ledger(store, "演示员", today=max(day, date(2024, 10, 21)), clock=clock)
            ledger.indicators(_filings(figures, year))
            ledger.special_fund(SpecialFundInput(year=year, amount_fen=(year - 2020) * 1_000_000_00, doc="演示文号"))
        for period in (month(2024, 6), month(2024, 9)):
            for row in figures.positions(figures.point(last_day(period))):
                if row.no in FUNDED and row.investment is not None:
                    ledger.fund(_fund(row, period, later=period == month(2024, 9)))
    finally:
        store.close()


def _filings(figures: Figures, year: int) -> Iterator[IndicatorInput]:
    point = figures.point()
    for one in figures.indicators(year, point):
        for line in one.lines:
            if (year, line.code) not in UNFILED and (line.standard or line.target):
                yield filing(line, year, _value(line, year))


def _value(line: Line, year: int) -> str | None:
    numbers = [bound for cell in (line.standard, line.target) if (bound := read_bound(cell)) is not None]
    if not numbers:
        return None
    base = read_quantity(line.baseline)
    value = base.amount if base is not None else numbers[-1].amount + (0 if numbers[-1].rising else -1)
    if year == YEARS[-1]:
        return BEHIND.get(line.code, str(value + (0 if value == 100 else Decimal("0.3"))))
    return str(value)


def _fund(row: Position, period: int, *, later: bool) -> FundInput:
    lines = []
    for source, share, received, paid in FUNDED[row.no]:
        planned = (row.investment or 0) * share // 100
        came = planned * received // (100 if later else 200)
        lines.append(
            SourceLine(source=FundSource(source), planned_fen=planned, received_fen=came, paid_fen=came * paid // 100)
        )
    return FundInput(no=row.no, period=period, lines=tuple(lines), filed_by="演示员", reason="演示：情况属实")
