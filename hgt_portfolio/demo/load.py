"""A ledger of any size for load: a made-up plan, filed in bulk, few actions with many rows each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from hgt_portfolio.demo.clock import Ticking
from hgt_portfolio.demo.course import OPERATOR, Course, Progress, course_of, lot
from hgt_portfolio.demo.doings import belated, year_amount
from hgt_portfolio.ledger import Ledger, amending
from hgt_portfolio.ledger.chain import Draft, begin
from hgt_portfolio.ledger.sealing import canonical
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.filing import Report, YearPlan
from hgt_portfolio.model.inputs import Changes
from hgt_portfolio.money import FEN_PER_WAN, parse_amount, wan_text
from hgt_portfolio.months import Month, first_day, last_day, month, month_text, parse_period, year_of
from hgt_portfolio.plan import Plan, PlanRow, PlanUnit, UnitCell
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind, AmendmentState, FilingKind, Status, UnitKind

DOMAINS = tuple(f"演示领域{n}" for n in range(1, 6))
WORKS = ("雨污管网", "道路改造", "河道整治", "公园绿化", "污水处理", "小区改造", "农田修复", "环卫设施")
BATCH = 20_000
"""Projects of one action at most."""

LATE_DAYS = 40
"""Days after a quarter's end by which its late filings are in."""

AMENDED, AMENDED_DAYS = 10, 45
"""One project in so many is amended once, so many days after a quarter's end."""

SILENT = 61
"""One filing in so many is never made."""

_KINDS = ((UnitKind.DEPARTMENT, "演示{}局"), (UnitKind.TOWN, "演示{}街道"), (UnitKind.COMPANY, "演示{}公司"))


def made_up(projects: int, start: Month, end: Month) -> Plan:
    """Make up a plan of so many projects whose phases lie between two months; all its names say 演示."""
    units = [
        PlanUnit(name.format(f"{n:02d}"), kind, None, ())
        for kind, name in _KINDS
        for n in range(1, 5 + min(projects // 500, 30))
    ]
    cells = {unit.name: UnitCell(unit.name, (), (), None) for unit in units}
    read_span, read_amount = cache(parse_period), cache(parse_amount)

    def row(n: int) -> PlanRow:
        begins = start - 12 + lot(n, "start") % (end - start + 6)
        ends = begins + 5 + lot(n, "length") % max(36, (end - start) * 3 // 4)
        span, unit = f"{month_text(begins)}至{month_text(ends)}", units[lot(n, "unit") % len(units)].name
        wan = "待定" if n % 50 == 12 else wan_text((lot(n, "amount") % 40_000 + 300) * FEN_PER_WAN)
        return PlanRow(
            row=n,
            no=str(n),
            domain=DOMAINS[(n - 1) % len(DOMAINS)],
            name=f"演示项目{n:05d}{WORKS[lot(n, 'work') % len(WORKS)]}工程",
            scope="演示：建设内容",
            period_text=span,
            investment_text=wan,
            unit_text=unit,
            operation=False,
            period=read_span(span),
            amount=read_amount(wan),
            units=cells[unit],
            source=f"演示第{n}行",
        )

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
        rows=tuple(row(n) for n in range(1, projects + 1)),
        statements=(),
    )


def make_load(store: Store, projects: int, quarters: int, until: Month, progress: Progress) -> int:
    """Fill an empty ledger with so many projects, filed for so many quarters up to one; gives the number of actions."""
    clock = Ticking()
    first = until - 3 * (quarters - 1)
    opened = month(year_of(first) - 1, 12)
    plan = made_up(projects, opened + 1, month(year_of(until), 12))
    clock.set(plan.issued)
    progress("装载演示规划", 0, projects)
    Ledger(store, OPERATOR, today=plan.issued, clock=clock).load(plan, demo=True)
    courses = [course_of(row, plan.start, plan.horizon_end) for row in plan.rows]
    batches = [courses[at : at + BATCH] for at in range(0, projects, BATCH)]
    acts = [(step, batch) for step in _steps(opened, range(first, until + 1, 3)) for batch in batches]
    bulk = _Bulk(store, clock, plan)
    actions = 1
    for done, (step, batch) in enumerate(acts, 1):
        actions += bulk.act(step, batch)
        progress(f"演示填报 {step.day:%Y-%m}", done, len(acts))
    return actions


@dataclass(frozen=True)
class _Step:
    """What is done on one day: the kind of its action, its title, and what writes a project's rows, if it has any."""

    day: date
    kind: ActionKind
    title: str
    write: Callable[[_Bulk, Draft, Course], None]


def _steps(opened: Month, quarters: Sequence[Month]) -> Iterator[_Step]:
    """Give what is done in order: the opening, each year's plans, each quarter's filings, late ones, amendments."""
    report = partial(_Bulk.report, period=opened, kind=FilingKind.OPENING)
    yield _Step(last_day(opened) + timedelta(days=20), ActionKind.OPENING, f"演示期初建账 {month_text(opened)}", report)
    for place, period in enumerate(quarters):
        year, label = year_of(period), month_text(period)
        if period % 12 == 2 or (place == 0 and len(quarters) % 4):
            plan = partial(_Bulk.plan, year=year)
            yield _Step(date(year, 2, 20), ActionKind.YEAR_PLAN, f"演示年度计划 {year}年", plan)
        file, day = partial(_Bulk.file, period=period), last_day(period)
        yield _Step(day, ActionKind.REPORT, f"演示季报 {label}", partial(file, late=False))
        if period < quarters[-1]:
            late, decided = day + timedelta(days=LATE_DAYS), day + timedelta(days=AMENDED_DAYS)
            yield _Step(late, ActionKind.REPORT, f"演示迟报 {label}", partial(file, late=True))
            turn = partial(_Bulk.amend, day=decided, turn=place, turns=len(quarters) - 1)
            yield _Step(decided, ActionKind.AMEND, f"演示调整 {decided:%Y-%m}", turn)


class _Bulk:
    """Writes the rows of many projects in one action."""

    def __init__(self, store: Store, clock: Ticking, plan: Plan) -> None:
        self.store, self.clock = store, clock
        # A ledger that was just loaded numbers its projects and units in the plan's order.
        self.projects = {row.no: n for n, row in enumerate(plan.rows, 1)}
        self.units = {unit.name: n for n, unit in enumerate(plan.units, 1)}
        drawn = {row.no: divmod(lot(row.no, "amend"), AMENDED) for row in plan.rows}
        self.amended = {no: share for no, (share, place) in drawn.items() if place == 0}

    def act(self, step: _Step, courses: Sequence[Course]) -> bool:
        """Do a day's step for some projects; tells whether there was anything to write."""
        self.clock.set(step.day)
        with self.store.write() as session:
            draft = begin(session, OPERATOR, step.kind, self.clock())
            for course in courses:
                step.write(self, draft, course)
            if not draft.subjects:
                return False
            amending.write_members(draft)
            draft.title = f"{step.title}，{len(draft.subjects)} 项"
            draft.write()
            return True

    def report(self, draft: Draft, course: Course, period: Month, kind: FilingKind) -> None:
        """File a project's report."""
        draft.add(
            Report,
            project_id=self.projects[course.row.no],
            unit_id=self.units[course.row.units.lead or ""],
            period=period,
            kind=kind,
            status=_status(course, period),
            cumulative_fen=course.cumulative(period),
            filed_at=draft.at,
            filed_by="演示填报人",
            **course.dates(period),
            **course.words(period),
        )

    def file(self, draft: Draft, course: Course, period: Month, *, late: bool) -> None:
        """File a quarter in time, or late, as the project does; hardly any is silent."""
        if belated(course, period) is late and lot(course.row.no, period) % SILENT:
            self.report(draft, course, period, FilingKind.QUARTERLY)

    def plan(self, draft: Draft, course: Course, year: int) -> None:
        """Set a year's plan: its amount where it has one, and its goal."""
        amount, goal = year_amount(course, year), "演示：完成年度任务"
        project_id = self.projects[course.row.no]
        draft.add(YearPlan, project_id=project_id, year=year, effective=date(year, 1, 1), amount_fen=amount, goal=goal)

    def amend(self, draft: Draft, course: Course, day: date, turn: int, turns: int) -> None:
        """Amend one project in ten, in its turn: more 总投资 where that is known, or else a later 完工期限."""
        share = self.amended.get(course.row.no)
        if share is None or share % turns != turn:
            return
        project_id, doc = self.projects[course.row.no], f"演示办〔{day.year}〕{share % 90 + 1}号"
        base = amending.versions_of(draft.session, project_id)[-1]
        more = base.investment_fen and base.investment_fen * 11 // 10 // FEN_PER_WAN * FEN_PER_WAN
        changes = Changes(investment_fen=more) if more and share % 3 else Changes(due=course.due + 6)
        said = amending.described(changes, base, draft.session)
        draft.add(
            Amendment,
            project_id=project_id,
            kind=changes.kind(),
            state=AmendmentState.APPROVED,
            effective=day,
            changes=canonical({"set": changes.model_dump(mode="json", exclude_defaults=True), "said": said}),
            reason="演示：情况变化",
            doc=doc,
        )
        amending.amend_versions(draft, project_id, amending.facts(draft.session, changes), day, doc)


def _status(course: Course, period: Month) -> Status:
    """Give a project's status; finished, it is accepted after a quarter and in use after a year."""
    if period < course.finishes + 3:
        return course.status(period)
    return Status.ACCEPTED if period < course.finishes + 12 else Status.IN_USE
