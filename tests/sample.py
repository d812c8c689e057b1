"""A ledger of made-up progress for examples and tests of looks: deterministic, and marked 演示 throughout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from hgt_portfolio.figures import Figures, Position
from hgt_portfolio.ledger import (
    AmendInput,
    Changes,
    CheckInput,
    Ledger,
    OpeningInput,
    ReportInput,
    YearPlanInput,
)
from hgt_portfolio.model.inputs_milestones import MilestoneInput, SubItemInput
from hgt_portfolio.model.inputs_supervision import SuperviseInput
from hgt_portfolio.months import Month, first_day, last_day, month, month_text
from hgt_portfolio.plan import read_plan
from hgt_portfolio.store import created
from hgt_portfolio.terms import COMPLETE_STATUSES, CheckMethod, Status

OPENED = month(2023, 12)
QUARTERS = (month(2024, 3), month(2024, 6), month(2024, 9))
SILENT = {"22", "39", "49", "51"}
SUSPENDED = {"29"}
LATE_STARTERS = {"5", "14", "47"}
PACE = (96, 104, 71, 100, 55, 88, 110, 79, 100, 92)
"""Percent of an even pace that projects keep, by their number."""


class Ticking:
    """A clock that moves one second at every reading, from a day set by hand."""

    def __init__(self) -> None:
        self.now = 0

    def set(self, day: date) -> None:
        """Move to nine in the morning (office time) of a day, never backwards."""
        self.now = max(self.now, (day - date(1970, 1, 1)).days * 86_400_000_000 + 3_600_000_000)

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


def make_sample(path: Path) -> None:
    """Create the sample ledger: opened for 2023, filed for three quarters of 2024, checked and amended."""
    clock = Ticking()
    clock.set(date(2024, 2, 18))
    with created(path) as store:
        figures = Figures(store, today=date(2024, 10, 20))

        def writer(day: date) -> Ledger:
            clock.set(day)
            return Ledger(store, "演示员", today=day, clock=clock)

        writer(date(2024, 2, 18)).load(read_plan(), demo=True)
        rows = figures.positions(figures.point("2023Q4"))
        writer(date(2024, 2, 26)).open_books(_opening(row) for row in rows)
        for row in rows:
            plan = _year_plan(row)
            if plan is not None:
                writer(date(2024, 3, 1)).year_plan(plan)
        for period in QUARTERS:
            for row in rows:
                filing = _filing(row, period)
                if filing is not None:
                    writer(last_day(period)).report(filing)
        _decide(writer)


def _done_share(row: Position, period: Month) -> int:
    """Give the thousandths of a project's whole that are done by the end of a month."""
    if row.start is None or row.due is None or period < row.start:
        return 0
    gone = min(period, row.due) - row.start + 1
    return min(1000, gone * 10 * PACE[int(row.no) % len(PACE)] // (row.due - row.start + 1))


def _amount(row: Position, period: Month) -> int | None:
    if row.investment is None:
        return None
    return row.investment * _done_share(row, period) // 1000 // 10_000 * 10_000


def _status(row: Position, period: Month) -> Status:
    if row.no in SUSPENDED and period == QUARTERS[-1]:
        return Status.SUSPENDED
    if row.start is not None and (period < row.start or (row.no in LATE_STARTERS and period < QUARTERS[-1])):
        return Status.NOT_STARTED
    if row.due is not None and period >= row.due and PACE[int(row.no) % len(PACE)] >= 90:
        return Status.COMPLETE
    return Status.UNDER_WAY


def _dates(row: Position, period: Month, status: Status) -> dict[str, date | None]:
    started = None if status is Status.NOT_STARTED or row.start is None else first_day(row.start)
    finished = last_day(min(row.due or period, period)) if status in COMPLETE_STATUSES else None
    return {"started": started, "finished": finished}


def _opening(row: Position) -> OpeningInput:
    status = _status(row, OPENED)
    return OpeningInput(
        no=row.no,
        period=OPENED,
        status=status,
        cumulative_fen=_amount(row, OPENED),
        cumulative_base_fen=_amount(row, month(2022, 12)),
        leader=f"演示领导{int(row.no) % 7 + 1}",
        officer=f"演示责任人{int(row.no) % 23 + 1}",
        phone="0791-00000000",
        sponsor=f"演示区领导{int(row.no) % 5 + 1}",
        goal=f"演示：{'主体完工' if int(row.no) % 2 else '完成年度建设任务'}",
        evidence="演示：年报",
        reason="演示：结余",
        **_dates(row, OPENED, status),
    )


def _year_plan(row: Position) -> YearPlanInput | None:
    opened, ended = _amount(row, OPENED), row.investment
    if opened is None or ended is None or row.due is None or opened >= ended:
        return None
    through = ended if row.due <= month(2024, 12) else _evenly(row, month(2024, 12))
    amount = max(through - opened, 0) // 1_000_000 * 1_000_000
    steps = None
    if row.no in ("1", "32"):
        steps = (amount // 10, amount // 5, amount // 5, amount - amount // 10 - 2 * (amount // 5))
    return YearPlanInput(no=row.no, year=2024, amount_fen=amount, steps_fen=steps) if amount else None


def _evenly(row: Position, period: Month) -> int:
    if row.investment is None or row.start is None or row.due is None:
        return 0
    return row.investment * max(0, min(period, row.due) - row.start + 1) // (row.due - row.start + 1)


def _filing(row: Position, period: Month) -> ReportInput | None:
    if (row.no in SILENT and period == QUARTERS[-1]) or (row.due is not None and row.due < period - 3):
        return None
    status = _status(row, period)
    behind = PACE[int(row.no) % len(PACE)] < 80
    amount = 0 if status is Status.NOT_STARTED and row.investment is not None else _amount(row, period)
    return ReportInput(
        no=row.no,
        period=period,
        status=status,
        cumulative_fen=amount,
        physical=f"演示：{month_text(period)} 已完成总量的 {_done_share(row, period) // 10}%",
        problem="演示：用地手续未办结，影响施工" if behind else None,
        next_step="演示：倒排工期，加快办理" if behind else None,
        filed_by="演示填报人",
        reason="演示：情况属实",
        **_dates(row, period, status),
    )


def _decide(writer: Callable[[date], Ledger]) -> None:
    """Add the office's own doings: checks, amendments and one correction."""
    office = writer(date(2024, 10, 8))
    office.check(
        CheckInput(
            no="39",
            day=date(2024, 9, 26),
            how=CheckMethod.ON_SITE,
            status=Status.UNDER_WAY,
            finding="演示：大棚未完工，仍在安装",
        )
    )
    office.amend(
        AmendInput(
            no="26",
            changes=Changes(due=month(2025, 3)),
            reason="演示：设备到货推迟",
            doc="演示办〔2024〕7号",
            effective=date(2024, 8, 20),
        )
    )
    office.amend(
        AmendInput(
            no="12",
            changes=Changes(investment_fen=86_000_000_00, investment_text="8600"),
            reason="演示：概算批复",
            doc="演示办〔2024〕9号",
            effective=date(2024, 9, 10),
        )
    )
    office.milestone(MilestoneInput(no="26", name="演示：设备安装", planned=month(2024, 12), weight=60))
    office.milestone(
        MilestoneInput(no="26", name="演示：主体封顶", planned=month(2024, 6), weight=40, met=date(2024, 7, 9))
    )
    office.sub_item(SubItemInput(no="9", name="流湖镇", done=12, day=date(2024, 9, 30)))
    raised = {"raised": date(2024, 10, 8), "due": date(2024, 10, 25), "doc": "演示督〔2024〕1号"}
    office.supervise(
        [
            SuperviseInput(no="39", content="演示：查明大棚未完工的原因，明确完工时间", **raised),
            SuperviseInput(unit="区城管执法局", content="演示：补报三季度进度", **raised),
        ]
    )
    office.amend(
        AmendInput(no="55", changes=Changes(due=month(2025, 6)), reason="演示：点位调整", effective=date(2024, 9, 20))
    )
