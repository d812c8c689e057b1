"""What reading gives: a project's position, a group's totals, and the filter that chooses rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from hgt_portfolio.money import ratio, rounded
from hgt_portfolio.months import Month, last_day, quarter_end, quarter_text
from hgt_portfolio.rules.deadline import STALE_MONTHS
from hgt_portfolio.rules.lights import Step
from hgt_portfolio.terms import BASIS_LABELS, PHASE_LABELS, Basis, DeadlineState, Light, Phase, status_label


class Position(NamedTuple):
    """One project as of a point: its facts, status on D, money at P, and what the rules say.

    Amounts are fen, months are indices, ``None`` is unknown. ``period_filed`` is the month that ``cumulative``
    (自开工累计) was stated for; ``base`` is the amount stated for the end of the quarter
    before, ``opening`` 截至上年底累计,
    ``since_plan`` 规划期以来完成; ``pace_top``/``pace_bottom`` give 计划应完成 as
    fen × months over months.
    """

    id: int
    no: str
    position: int
    source_row: int | None
    source: str
    name: str
    scope: str
    domain: str
    unit: str
    unit_kind: str
    unit_text: str
    period_text: str
    start: Month | None
    due: Month | None
    baseline_start: Month | None
    baseline_due: Month | None
    baseline_fen: int | None
    stage: str
    phase_deadline: str
    operation: int
    exited: int
    investment: int | None
    investment_kind: str
    investment_text: str
    in_statistics: int | None
    statistics_code: str | None
    report_period: Month | None
    check_day: date | None
    check_period: Month | None
    check_how: str | None
    check_finding: str | None
    status: str | None
    started: date | None
    finished: date | None
    physical: str | None
    physical_percent: int | None
    problem: str | None
    next_step: str | None
    goal_verdict: str | None
    filed_by: str | None
    period: Month
    period_filed: Month | None
    cumulative: int | None
    stated: int | None
    base: int | None
    opening: int | None
    prior_period: Month | None
    prior_cumulative: int | None
    quarter: int | None
    ytd: int | None
    since_plan: int | None
    year_plan: int | None
    year_plan_first: int | None
    goal: str | None
    pace_top: int | None
    pace_bottom: int | None
    pace_gone: int | None
    stepped: int
    planned: int | None
    deadline_state: str
    start_state: str
    filing_state: str
    measured: str | None
    measured_note: str | None
    light_computed: str
    light_step: str
    light_override: str | None
    override_reason: str | None
    light: str
    day: date

    @property
    def status_label(self) -> str | None:
        """The word printed for the status."""
        return status_label(self.status, operation=bool(self.operation))

    @property
    def year_rate(self) -> Decimal | None:
        """占年度计划: 本年累计 ÷ 本年计划投资, a fraction."""
        return ratio(self.ytd, self.year_plan)

    @property
    def first_rate(self) -> Decimal | None:
        """占年初计划: 本年累计 ÷ the plan as of the year's beginning, a fraction."""
        return ratio(self.ytd, self.year_plan_first)

    @property
    def pace(self) -> Decimal | None:
        """序时进度, a fraction: stepped plan ÷ year plan, else months gone by ÷ own months; None before the start."""
        if not self.stepped:
            return ratio(self.pace_gone, self.pace_bottom)
        if self.pace_top is None or not self.year_plan or not self.pace_bottom:
            return None
        return Decimal(self.pace_top) / (Decimal(self.year_plan) * self.pace_bottom)

    @property
    def pace_words(self) -> str:
        """Which pace was used: 分季计划, 本年工期 with its months, or 未到开工期."""
        if self.pace is None:
            return "未到开工期" if self.start is not None and self.start > self.period else "无"
        return "分季计划" if self.stepped else f"本年工期{self.pace_gone}/{self.pace_bottom}个月"

    @property
    def deviation(self) -> Decimal | None:
        """偏差: completion of the year plan less pace, a fraction (printed in percentage points)."""
        rate, pace = self.year_rate, self.pace
        return None if rate is None or pace is None else rate - pace

    @property
    def total_rate(self) -> Decimal | None:
        """占总投资: 自开工累计 ÷ 总投资, a fraction."""
        return ratio(self.cumulative, self.investment)

    @property
    def light_reason(self) -> str:
        """Which rule decided the light, and from which numbers."""
        if self.light_override:
            return f"人工定灯：{self.override_reason}（规则为{self.light_computed}：{self._rule_reason()}）"
        return self._rule_reason()

    def _rule_reason(self) -> str:
        """Say which rule decided, without a person's word."""
        if self.light_computed == Light.BLUE and self.due_date is not None:
            return f"临期，距完工期限 {(self.due_date - self.day).days} 天"
        step = Step(self.light_step)
        if step is Step.MEASURE and self.year_rate is not None and self.pace is not None:
            rate, pace = (f"{rounded(value * 100, 2)}%" for value in (self.year_rate, self.pace))
            note = f"，{self.measured_note}" if self.measured_note else ""
            return f"{step}：完成率 {rate}，序时进度 {pace}{note}"
        if step is Step.GOAL:
            return f"{step}：{self.goal_verdict}"
        if step is Step.OVERDUE:
            return f"{step} {self.days_overdue} 天"
        if step is Step.NO_GROUND:
            return f"{step}：{self._no_ground()}"
        return str(step)

    def _no_ground(self) -> str:
        """Say why there is nothing to judge by."""
        if self.start is not None and self.start > self.period:
            return "未到开工期"
        if self.investment is None:
            return "总投资未定"
        if self.year_plan is None:
            return "无年度计划"
        if self.year_plan == 0:
            return "年度计划为0"
        return f"本年累计不明（{self.year_note}）"

    @property
    def shortfall(self) -> int | None:
        """欠序时金额: 计划应完成 less 本年累计, fen."""
        return None if self.planned is None or self.ytd is None else self.planned - self.ytd

    @property
    def year_balance(self) -> int | None:
        """年度任务余额: 本年计划投资 less 本年累计, fen."""
        return None if self.year_plan is None or self.ytd is None else self.year_plan - self.ytd

    @property
    def due_date(self) -> date | None:
        """完工期限: the last day of the due month."""
        return None if self.due is None else last_day(self.due)

    @property
    def due_original(self) -> date | None:
        """The due date that the plan gave."""
        return None if self.baseline_due is None else last_day(self.baseline_due)

    @property
    def days_moved(self) -> int | None:
        """Days by which amendments moved the due date."""
        if self.due_date is None or self.due_original is None:
            return None
        return (self.due_date - self.due_original).days

    @property
    def days_overdue(self) -> int | None:
        """Days past the due date: 逾期 to D, 逾期完工 to its finish, 0 where not late, None where unknown."""
        if self.due_date is None:
            return None
        if self.deadline_state == DeadlineState.OVERDUE:
            return (self.day - self.due_date).days
        if self.deadline_state == DeadlineState.COMPLETED_LATE and self.finished:
            return (self.finished - self.due_date).days
        known = (DeadlineState.ON_TIME, DeadlineState.NOT_DUE, DeadlineState.DUE_SOON)
        return 0 if self.deadline_state in known else None

    @property
    def last_word(self) -> date | None:
        """最近核实日: the day of the last report's period end or verification up to D."""
        reported = None if self.report_period is None else min(last_day(self.report_period), self.day)
        return max((day for day in (reported, self.check_day) if day), default=None)

    @property
    def stale(self) -> bool:
        """Whether an 逾期 rests on a word over a quarter old (待更新)."""
        if self.deadline_state != DeadlineState.OVERDUE or self.last_word is None:
            return False
        return self.day > self.last_word + relativedelta(months=STALE_MONTHS)

    @property
    def carried(self) -> bool:
        """Whether the cumulative amount is older than P (printed 沿用2024-06)."""
        return self.period_filed is not None and self.period_filed < self.period and self.stated is None

    @property
    def catch_up(self) -> tuple[int, str] | None:
        """A catch-up after a gap: fen since the last stated month, and its words 含补报(Q2–Q3)."""
        if self.quarter is not None or self.stated is None or self.prior_cumulative is None:
            return None
        if self.prior_period is None or self.prior_period >= self.period:
            return None
        first, last = quarter_text(self.prior_period + 1), quarter_text(self.period)
        span = last if first == last else f"{first}–{last}"
        return self.stated - self.prior_cumulative, f"含补报({span})"

    @property
    def quarter_note(self) -> str | None:
        """Why 本季度完成 is unknown: 未填报, 含补报, 缺期初数, or the quarter that is missing before it."""
        if self.quarter is not None:
            return None
        if self.stated is None:
            return "未填报"
        if self.catch_up:
            return self.catch_up[1]
        base = quarter_end(self.period) - 3
        return "缺期初数" if base % 12 == 11 else f"缺{quarter_text(base)}数"

    @property
    def year_note(self) -> str | None:
        """Why 本年累计 is unknown."""
        if self.ytd is not None:
            return None
        return "未填报" if self.stated is None else "缺期初数"


POSITION_FIELDS = Position._fields


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of fen over the rows where it is known, and how many those are."""

    fen: int
    known: int


@dataclass(frozen=True, slots=True)
class Group:
    """Totals over the projects of one group at a point.

    ``originals`` is how many projects they are as the plan counts them: 62项，拆分后63项.

    Every ``Sum`` says over how many of ``count`` rows it runs. ``rate_*`` are the sums over rows where both year
    plan and 本年累计 are known, ``first_*`` where the plan as of the year's beginning (年初) is;
    ``planned``/``planned_ytd`` where pace is known too; ``share_*`` where both cumulative and 总投资 are.
    ``months`` are the whole months of the year gone by.
    """

    name: str
    kind: str
    months: int
    count: int
    originals: int
    priced: int
    investment: int
    opening: Sum
    year_plan: Sum
    quarter: Sum
    ytd: Sum
    since_plan: Sum
    cumulative: Sum
    rate_ytd: Sum
    rate_plan: Sum
    first_ytd: Sum
    first_plan: Sum
    planned: Sum
    planned_ytd: Sum
    share_cumulative: Sum
    share_investment: Sum
    monthly: dict[str, int]
    phases: dict[str, dict[str, tuple[int, int]]]
    statuses: dict[str, int]
    unreported: int
    deadline_states: dict[str, int]
    start_states: dict[str, int]
    lights: dict[str, int]
    filing_states: dict[str, int]

    @property
    def year_rate(self) -> Decimal | None:
        """占年度计划 over the rows where both figures are known."""
        return ratio(self.rate_ytd.fen, self.rate_plan.fen) if self.rate_plan.known else None

    @property
    def first_rate(self) -> Decimal | None:
        """占年初计划 over the rows where both figures are known."""
        return ratio(self.first_ytd.fen, self.first_plan.fen) if self.first_plan.known else None

    @property
    def pace(self) -> Decimal:
        """序时进度 of a group: whole months gone by ÷ 12."""
        return Decimal(self.months) / 12

    @property
    def deviation(self) -> Decimal | None:
        """偏差 of the group: its rate less its pace."""
        return None if self.year_rate is None else self.year_rate - self.pace

    @property
    def total_rate(self) -> Decimal | None:
        """占总投资 over the rows where both figures are known."""
        return ratio(self.share_cumulative.fen, self.share_investment.fen) if self.share_investment.known else None

    @property
    def shortfall(self) -> int | None:
        """欠序时金额: Σ 计划应完成 less Σ 本年累计 over the rows where both are known, fen."""
        return self.planned.fen - self.planned_ytd.fen if self.planned.known else None

    @property
    def year_balance(self) -> int | None:
        """年度任务余额 over the rows where both figures are known, fen."""
        return self.rate_plan.fen - self.rate_ytd.fen if self.rate_plan.known else None

    @property
    def filed(self) -> int:
        """Projects filed for the period, late or not."""
        return self.filing_states["已填报"] + self.filing_states["迟报"]

    @property
    def not_filed(self) -> int:
        """Projects that have to file for the period and have not."""
        return self.filing_states["待填报"] + self.filing_states["未填报"] + self.filing_states["退回"]

    @property
    def to_file(self) -> int:
        """Projects that file or have to file for the period (应填报)."""
        return self.filed + self.not_filed

    @property
    def complete(self) -> int:
        """Projects complete, accepted or in use."""
        return self.statuses["完工"] + self.statuses["竣工验收"] + self.statuses["投用"]


STATED_LABELS = {"quarter": "本季度完成", "ytd": "本年累计", "year_plan": "本年计划投资"}
"""The amounts that a filter can ask to be known."""


@dataclass(frozen=True)
class Filter:
    """Which projects are shown. Each set field narrows; words of ``text`` are all to match.

    ``unit`` is the lead; ``member`` any unit responsible, leading or cooperating. ``phase`` is read by ``basis``
    (plan or deadline). ``nos`` names projects by number. ``silent`` asks for those
    that have to file for the period and have not, ``stated`` for those where that amount is known (``quarter``, ``ytd``
    or ``year_plan``). ``within`` is a filter that the rows have to pass as well.
    """

    domain: str | None = None
    unit: str | None = None
    member: str | None = None
    phase: Phase | None = None
    basis: Basis = Basis.PLAN
    status: str | None = None
    deadline_state: str | None = None
    start_state: str | None = None
    light: str | None = None
    filing_state: str | None = None
    priced: bool | None = None
    stated: str | None = None
    silent: bool = False
    text: str = ""
    nos: tuple[str, ...] = ()
    within: Filter | None = None

    def describe(self) -> str:
        """Say the filter in words; empty where nothing is filtered."""
        parts = [
            self.within and self.within.describe(),
            self.domain,
            self.unit,
            self.member and f"{self.member}（牵头或配合）",
            self.phase and f"{PHASE_LABELS[self.phase]}（{BASIS_LABELS[self.basis]}）",
            self.status,
            self.deadline_state,
            self.start_state,
            self.light and f"{self.light}灯",
            self.filing_state,
            None if self.priced is None else ("有投资额" if self.priced else "无投资额"),
            self.stated and f"{STATED_LABELS[self.stated]}有数",
            "未填报" if self.silent else None,
            self.text.strip() and f"“{self.text.strip()}”",
            self.nos and "、".join(f"#{no}" for no in self.nos),
        ]
        return " · ".join(str(part) for part in parts if part)

    def narrowed(self, **changes: Any) -> Filter:
        """Give this filter with some fields set anew."""
        return replace(self, **changes)

    def both(self, other: Filter) -> Filter:
        """Give the filter that lets through what this one and another do."""
        return other if self == Filter() else self if other == Filter() else replace(other, within=self)
