"""What the demonstration's units and office do, day by day: openings, plans, filings, checks and amendments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hgt_portfolio.demo.course import SETTLED, SETTLED_FEN, Course, lot
from hgt_portfolio.ledger import (
    AmendInput,
    Changes,
    CheckInput,
    Ledger,
    OpeningInput,
    ReportInput,
    YearPlanInput,
)
from hgt_portfolio.months import Month, first_day, last_day, month, month_of, quarter_end
from hgt_portfolio.terms import COMPLETE_STATUSES, CheckMethod, InvestmentKind, Status

LOADED = date(2024, 2, 18)
OPENED = month(2023, 12)
BASE = month(2022, 12)
FIRST_QUARTER = month(2024, 3)
REASON = "演示：情况属实"


@dataclass(frozen=True)
class Doing:
    """One action of the demonstration: its day, the ledger's method, and what it is given."""

    day: date
    act: Callable[..., Any]
    given: tuple[Any, ...]


def doings(courses: Sequence[Course], until: date) -> list[Doing]:
    """Give every action up to a day, in the order in which they are done."""
    found = [Doing(date(2024, 2, 26), Ledger.open_books, ([_opening(course) for course in courses],))]
    quarters = quarters_until(until)
    for year in range(2024, until.year + 1):
        found += (doing for course in courses for doing in _year(course, year))
    for course in courses:
        found += _filings(course, quarters)
        found += _checks(course, quarters)
        found += _amendments(course)
    return sorted((doing for doing in found if doing.day <= until), key=lambda doing: doing.day)


def quarters_until(until: date) -> range:
    """Give the quarters, by their last months, whose filings begin up to a day."""
    return range(FIRST_QUARTER, month_of(until) + 1, 3)


def _opening(course: Course) -> OpeningInput:
    no = course.row.no
    return OpeningInput(
        no=no,
        period=OPENED,
        status=course.status(OPENED),
        cumulative_fen=course.cumulative(OPENED),
        cumulative_base_fen=course.cumulative(BASE),
        leader=f"演示领导{lot(no, '责任领导') % 7 + 1}",
        officer=f"演示责任人{lot(no, '责任人') % 23 + 1}",
        phone="0791-00000000",
        sponsor=f"演示区领导{lot(no, '包联领导') % 5 + 1}",
        evidence="演示：年报",
        reason="演示：结余",
        **course.dates(OPENED),
    )


def year_amount(course: Course, year: int) -> int | None:
    """Give 本年计划投资 of a year in whole 万元, fen: what an even pace leaves to do; ``None`` where there is none."""
    december = month(year, 12)
    before, through = course.cumulative(december - 12), course.evenly(december)
    if before is None or through is None or course.finishes < december - 11 or course.start > december:
        return None
    return max(through - before, 0) // 1_000_000 * 1_000_000 or None


def _year(course: Course, year: int) -> Iterator[Doing]:
    """Set a year's plan in its first months; one in twelve is adjusted in September."""
    no, amount = course.row.no, year_amount(course, year)
    if amount is None:
        return
    steps = None
    if lot(no, year) % 9 == 0:
        steps = (amount // 10, amount // 5, amount // 5, amount - amount // 10 - 2 * (amount // 5))
    goal = f"演示：{'主体完工' if lot(no, 'goal') % 2 else '完成年度建设任务'}"
    plan = YearPlanInput(no=no, year=year, amount_fen=amount, steps_fen=steps, goal=goal)
    yield Doing(date(year, 3, 1), Ledger.year_plan, (plan,))
    lowered = amount * 4 // 5 // 1_000_000 * 1_000_000
    if lot(no, year, "lowered") % 12 == 0 and course.pace < 90 and course.finishes > month(year, 9) and lowered:
        changes = Changes(year=year, year_plan_fen=lowered)
        yield _amended(course, date(year, 9, 12), changes, "演示：年中调减", approved=True)


def silent(course: Course, period: Month) -> bool:
    """Tell whether a project files nothing for a quarter: one in fourteen, and some for every third."""
    return lot(course.row.no, period) % 14 == 0 or (lot(course.row.no, "silent") % 17 == 0 and period // 3 % 3 == 0)


def belated(course: Course, period: Month) -> bool:
    """Tell whether a quarter is filed after the 15th that follows it, as by one in eleven."""
    return lot(course.row.no, period, "day") % 11 == 1


def filing_day(course: Course, period: Month) -> date:
    """Give the day on which a quarter is filed: in its last week, or late."""
    drawn = lot(course.row.no, period, "day")
    return last_day(period) + timedelta(days=16 + drawn % 20 if belated(course, period) else -(drawn % 7))


def _filings(course: Course, quarters: Sequence[Month]) -> Iterator[Doing]:
    """File every quarter until the project is complete; some filings are sent back, most of those filed again."""
    for period in quarters:
        if silent(course, period) or course.finishes <= OPENED:
            continue
        day, filing = filing_day(course, period), _filing(course, period)
        yield Doing(day, Ledger.report, (filing,))
        drawn = lot(course.row.no, period, "back")
        stands = True
        if drawn % 23 == 2 and day <= last_day(period):
            back = last_day(period) + timedelta(days=4)
            yield Doing(back, Ledger.send_back, (course.row.no, period, "演示：附件不全"))
            stands = drawn % 3 != 0
            if stands:
                again = last_day(period) + timedelta(days=11)
                yield Doing(again, Ledger.report, (filing,))
        if stands and filing.status in COMPLETE_STATUSES:
            return


def _filing(course: Course, period: Month) -> ReportInput:
    return ReportInput(
        no=course.row.no,
        period=period,
        status=course.status(period),
        cumulative_fen=course.cumulative(period),
        filed_by="演示填报人",
        reason=REASON,
        **course.dates(period),
        **course.words(period),
    )


def _checks(course: Course, quarters: Sequence[Month]) -> Iterator[Doing]:
    """Look at some of those past their due month and not finished, after each quarter."""
    for period in quarters:
        day = last_day(period) + timedelta(days=9)
        if course.due < period < course.finishes - 1 and lot(course.row.no, period, "check") % 4 == 0:
            given = CheckInput(
                no=course.row.no,
                day=day,
                how=list(CheckMethod)[lot(course.row.no, period, "how") % len(CheckMethod)],
                status=Status.UNDER_WAY,
                finding=f"演示：尚未完工，约完成 {course.done(period) // 10}%",
                checked_by="演示核实人",
            )
            yield Doing(day, Ledger.check, (given,))


def _amendments(course: Course) -> Iterator[Doing]:
    """Move the due month of some that will not keep it, and settle the amount that the plan left open."""
    drawn = lot(course.row.no, "amend") % 3
    day = first_day(course.due) - timedelta(days=20)
    if course.finishes > course.due and drawn < 2 and day > date(2024, 3, 5):
        changes = Changes(due=quarter_end(course.finishes + 1))
        yield _amended(course, day, changes, "演示：设备到货推迟", approved=drawn == 0)
    if course.row.amount.kind is InvestmentKind.UNDETERMINED:
        changes = Changes(investment_fen=SETTLED_FEN, investment_text="8600")
        yield _amended(course, first_day(SETTLED) + timedelta(days=9), changes, "演示：概算批复", approved=True)


def _amended(course: Course, day: date, changes: Changes, reason: str, *, approved: bool) -> Doing:
    """Give an amendment of a day; without its 文号 it is a request that moves nothing."""
    doc = f"演示办〔{day.year}〕{lot(course.row.no, day) % 90 + 1}号" if approved else None
    given = AmendInput(no=course.row.no, changes=changes, reason=reason, doc=doc, effective=day)
    return Doing(day, Ledger.amend, (given,))
