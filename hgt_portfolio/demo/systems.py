"""What the demonstration files beside its projects: funds quarter by quarter, indicators year by year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from hgt_portfolio.demo.course import Course, lot
from hgt_portfolio.demo.doings import LOADED, Doing, filing_day, silent
from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.indicators import BASE_YEAR, Judged, Line
from hgt_portfolio.ledger import FundInput, IndicatorInput, Ledger, SourceLine, SpecialFundInput
from hgt_portfolio.months import Month
from hgt_portfolio.rules.indicators import compared, read_bound, read_quantity
from hgt_portfolio.terms import Attainment, FundSource

REASON = "演示：情况属实"
SPECIAL_FEN = 1_000_000_000
"""专项资金 of the first year; each year adds a tenth of it, but one that falls short."""

EVEN_FEN = 10_000

SHARES = (60, 40)
"""Percent of 总投资 that a project's two sources are to give."""


def system_doings(courses: Sequence[Course], quarters: Iterable[Month], until: date) -> Iterator[Doing]:
    """Give every filing of funds and indicators up to a day, each on a day of its own kind."""
    for period in quarters:
        for course in courses:
            if lot(course.row.no, "funds") % 3 and not silent(course, period) and course.begins <= period:
                filing = fund_filing(course, period)
                if filing is not None:
                    yield Doing(filing_day(course, period) + timedelta(days=1), Ledger.fund, (filing,))
    for year in range(BASE_YEAR + 1, until.year):
        day = max(date(year + 1, 2, 20), LOADED + timedelta(days=9))
        yield Doing(day, file_indicators, (year,))
        yield Doing(day, Ledger.special_fund, (special_fund(year),))


def special_fund(year: int) -> SpecialFundInput:
    """Make up 专项资金 of a year."""
    amount = SPECIAL_FEN + (year - BASE_YEAR) * SPECIAL_FEN // 10
    return SpecialFundInput(
        year=year, amount_fen=amount, paid_fen=amount * 9 // 10, doc=f"演示〔{year}〕1号", reason=REASON
    )


def fund_filing(course: Course, period: Month) -> FundInput | None:
    """Make up what two sources gave and paid a project by a quarter's end; None where it has no amount or nothing."""
    worth = course.row.amount.fen
    if worth is None:
        return None
    first = lot(course.row.no, "source") % (len(FundSource) - 1)
    sources = (list(FundSource)[first], list(FundSource)[first + 1])
    done = min(course.done(period) + 80, 1000)
    lines = []
    for source, share in zip(sources, SHARES, strict=True):
        planned = _even(worth * share // 100)
        received = _even(planned * done // 1000)
        paid = _even(received * (70 + lot(course.row.no, source) % 31) // 100)
        lines.append(SourceLine(source=source, planned_fen=planned, received_fen=received, paid_fen=paid))
    return FundInput(
        no=course.row.no,
        period=period,
        lines=tuple(lines),
        filed_by="演示填报人",
        evidence="演示：拨付凭证",
        reason=REASON,
    )


def _even(fen: int) -> int:
    """Leave out what is less than 百元."""
    return fen // EVEN_FEN * EVEN_FEN


def file_indicators(ledger: Ledger, year: int) -> None:
    """File a year's indicators, but for a few that nobody files."""
    figures = Figures(ledger.store, today=ledger.today)
    ledger.indicators(indicator_filings(figures.indicators(year, figures.point()), year))


def indicator_filings(found: Iterable[Judged], year: int) -> Iterator[IndicatorInput]:
    """Make up what the indicators came to in a year: most move from the plan's 现状 towards their targets."""
    for one in found:
        for line in one.lines:
            if (line.standard or line.target) and lot(line.code, year, "unfiled") % 19:
                yield filing(line, year, _value(line, year))


def filing(line: Line, year: int, value: str | None) -> IndicatorInput:
    """Make the filing of a line from its value; what no program can compare is judged by a person."""
    bounds = [bound for bound in (line.standard, line.target) if bound]
    words = any(read_bound(bound) is None for bound in bounds)
    unmet = Attainment.UNMET in [compared(value, bound) for bound in bounds] or lot(line.code, year) % 23 == 0
    attained = (Attainment.UNMET if unmet else Attainment.MET) if words else None
    return IndicatorInput(
        code=line.code,
        year=year,
        value=value,
        attained=attained,
        source="演示：统计年报",
        evidence="演示：核查记录" if attained else None,
        filed_by="演示填报人",
        reason=REASON,
    )


def _value(line: Line, year: int) -> str | None:
    """Move from the 现状 a part of the way to the target, or stay; None where nothing is to be compared."""
    bounds = [bound for cell in (line.standard, line.target) if (bound := read_bound(cell)) is not None]
    if not bounds:
        return None
    base = read_quantity(line.baseline)
    start = base.amount if base is not None else bounds[-1].amount
    way = bounds[-1].amount - start
    steps = Decimal(year - BASE_YEAR) / 4 * (Decimal(lot(line.name, "way") % 13) / 8)
    value = start + way * min(steps, Decimal(1))
    limit = Decimal(100) if line.unit == "%" else value
    return f"{min(value, limit):.2f}".rstrip("0").rstrip(".")
