"""A ledger of any size for load: a made-up plan, filed in bulk, few actions with many rows each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from hgt_portfolio.demo.clock import Ticking
from hgt_portfolio.demo.course import OPERATOR, Course, Progress, course_of, lot
from hgt_portfolio.demo.doings import filing_day, silent, year_amount
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger.chain import Draft, begin
from hgt_portfolio.model.filing import Report, YearPlan
from hgt_portfolio.money import FEN_PER_WAN, parse_amount, wan_text
from hgt_portfolio.months import Month, first_day, last_day, month, month_text, parse_period, year_of
from hgt_portfolio.plan import Plan, PlanRow, PlanUnit, UnitCell
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind, FilingKind, UnitKind

DOMAINS = tuple(f"演示领域{n}" for n in range(1, 6))
WORKS = ("雨污管网", "道路改造", "河道整治", "公园绿化", "污水处理", "小区改造", "农田修复", "环卫设施")
LATE_DAYS = 40
"""Days after a quarter's end by which its late filings are in."""

_KINDS = ((UnitKind.DEPARTMENT, "演示{}局"), (UnitKind.TOWN, "演示{}街道"), (UnitKind.COMPANY, "演示{}公司"))


def made_up(projects: int, start: Month, end: Month) -> Plan:
    """Make up a plan of so many projects whose phases lie between two months; all its names say 演示."""
    units = [
        PlanUnit(name.format(f"{n:02d}"), kind, None, ())
        for kind, name in _KINDS
        for n in range(1, 5 + min(projects // 500, 30))
    ]
    return Plan(
        title=f"演示规划（{projects} 个项目）",
        portfolio="演示项目库",
        doc_no=f"演示办〔{year_of(start)}〕1号",
        issued=first_day(start) + timedelta(days=14),
        issuer="演示机关",
        office="演示办公室",
        start=start,
        near_end=end,
        far_from=end + 12,
        horizon_end=end + 36,
        domains=DOMAINS[:projects],
        units=tuple(units),
        rows=tuple(_row(n, units, start, end) for n in range(1, projects + 1)),
        statements=(),
    )


def _row(n: int, units: Sequence[PlanUnit], start: Month, end: Month) -> PlanRow:
    begins = start - 12 + lot(n, "start") % (end - start + 6)
    ends = begins + 5 + lot(n, "length") % 36
    period, unit = f"{month_text(begins)}至{month_text(ends)}", units[lot(n, "unit") % len(units)].name
    wan = "待定" if n % 50 == 12 else wan_text((lot(n, "amount") % 40_000 + 300) * FEN_PER_WAN)
    return PlanRow(
        row=n,
        no=str(n),
        domain=DOMAINS[(n - 1) % len(DOMAINS)],
        name=f"演示项目{n:05d}{WORKS[lot(n, 'work') % len(WORKS)]}工程",
        scope="演示：建设内容",
        period_text=period,
        investment_text=wan,
        unit_text=unit,
        operation=False,
        period=parse_period(period),
        amount=parse_amount(wan),
        units=UnitCell(unit, (), (), None),
        source=f"演示第{n}行",
    )


def make_load(store: Store, projects: int, quarters: int, until: Month, progress: Progress) -> int:
    """Fill an empty ledger with so many projects, filed for so many quarters up to one; gives the number of actions."""
    clock = Ticking()
    first = until - 3 * (quarters - 1)
    opened = month(year_of(first) - 1, 12)
    plan = made_up(projects, opened + 1, month(year_of(until), 12))
    courses = [course_of(row, plan.start, plan.horizon_end) for row in plan.rows]
    clock.set(plan.issued)
    progress("装载演示规划", 0, projects)
    Ledger(store, OPERATOR, today=plan.issued, clock=clock).load(plan, demo=True)
    bulk = _Bulk(store, clock, plan)
    steps = list(_steps(bulk, courses, opened, range(first, until + 1, 3)))
    for done, step in enumerate(steps, 1):
        step()
        progress("演示填报", done, len(steps))
    return len(steps) + 1


class _Bulk:
    """Writes many rows in one action."""

    def __init__(self, store: Store, clock: Ticking, plan: Plan) -> None:
        self.store, self.clock = store, clock
        # A ledger that was just loaded numbers its projects and units in the plan's order.
        self.projects = {row.no: n for n, row in enumerate(plan.rows, 1)}
        self.units = {unit.name: n for n, unit in enumerate(plan.units, 1)}

    def act(self, day: date, kind: ActionKind, title: str, fill: Callable[[Draft], None]) -> None:
        self.clock.set(day)
        with self.store.write() as session:
            draft = begin(session, OPERATOR, kind, self.clock())
            fill(draft)
            draft.title = f"{title}，{len(draft.rows)} 项"
            draft.write()

    def report(self, draft: Draft, course: Course, period: Month, kind: FilingKind) -> None:
        values: dict[str, Any] = {**course.dates(period), **course.words(period)}
        draft.add(
            Report,
            project_id=self.projects[course.row.no],
            unit_id=self.units[course.row.units.lead or ""],
            period=period,
            kind=kind,
            status=course.status(period),
            cumulative_fen=course.cumulative(period),
            filed_at=draft.at,
            filed_by="演示填报人",
            **values,
        )


def _steps(
    bulk: _Bulk, courses: Sequence[Course], opened: Month, quarters: Sequence[Month]
) -> Iterator[Callable[[], None]]:
    """Give the actions in order: the opening, each year's plans, each quarter's filings and its late ones."""

    def opening(draft: Draft) -> None:
        for course in courses:
            bulk.report(draft, course, opened, FilingKind.OPENING)

    day = last_day(opened) + timedelta(days=20)
    yield partial(bulk.act, day, ActionKind.OPENING, f"演示期初建账 {month_text(opened)}", opening)
    open_courses = [course for course in courses if course.finishes > opened]
    for period in quarters:
        if period == quarters[0] or period % 12 == 2:
            yield partial(_plans, bulk, open_courses, year_of(period))
        earlier = [quarter for quarter in quarters if quarter < period]
        yield partial(_quarter, bulk, open_courses, period, earlier, late=False)
        if period < quarters[-1]:
            yield partial(_quarter, bulk, open_courses, period, earlier, late=True)


def _plans(bulk: _Bulk, courses: Sequence[Course], year: int) -> None:
    def fill(draft: Draft) -> None:
        for course in courses:
            amount = year_amount(course, year)
            if amount is not None:
                project = bulk.projects[course.row.no]
                draft.add(YearPlan, project_id=project, year=year, effective=date(year, 1, 1), amount_fen=amount)

    bulk.act(date(year, 2, 20), ActionKind.YEAR_PLAN, f"演示年度计划 {year}年", fill)


def _quarter(bulk: _Bulk, courses: Sequence[Course], period: Month, earlier: Sequence[Month], *, late: bool) -> None:
    """File a quarter for all that are not silent in it and have not said in an earlier one that they are complete."""

    def fill(draft: Draft) -> None:
        for course in courses:
            told = any(course.finishes <= quarter and not silent(course, quarter) for quarter in earlier)
            belated = filing_day(course, period) > last_day(period)
            if belated is late and not told and not silent(course, period):
                bulk.report(draft, course, period, FilingKind.QUARTERLY)

    day = last_day(period) + timedelta(days=LATE_DAYS if late else 0)
    bulk.act(day, ActionKind.REPORT, f"演示{'迟报' if late else '季报'} {month_text(period)}", fill)
