"""Planned value, and when a project may be finished: from its own pace, as a range, or refused with the reason.

Planned and earned value are those of GB/T 39888-2021 (挣值管理): SV = EV − PV, SPI = EV ÷ PV, CV = EV − AC,
CPI = EV ÷ AC. No standard says how a range is to be drawn from so few filings; the way here is ours. Of the ways
that were back-tested on demonstration data (the middle third, the 10th to 90th percentile, resampling, the slowest and
the fastest quarter) the mean of the slowest and of the fastest third held as many finishes as the widest range, and
was narrower. Work often ends below 总投资 (结余), so the earliest month is that of 90 % of it. Such data keep an even
pace and flatter any forecast: how far to trust one is what a ledger's own back-test says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from hgt_portfolio.money import ratio, rounded
from hgt_portfolio.months import LAST_YEAR, Month
from hgt_portfolio.rules.checks import COMPLETE_SHARE
from hgt_portfolio.terms import COMPLETE_STATUSES, UNSTARTED_STATUSES, Status

LEAST_OBSERVED = 3
"""Filings with a cumulative amount that a pace needs at least: two quarters between them."""

LAST_MONTH = LAST_YEAR * 12 + 11
"""A month beyond this one is none that anybody can wait for."""


MONTH_PLACES = 9
"""Decimals of a number of months before it is rounded up."""

NOTHING = Decimal()


class PlanBasis(StrEnum):
    """What a planned value was made from."""

    YEAR_PLAN = "年度计划"
    STEPS = "分季计划"
    EVEN = "按月分摊"


class NoForecast(StrEnum):
    """Why no finish is forecast; each is a sentence."""

    EXITED = "已退出，不预测"
    COMPLETE = "已完工，不需预测"
    UNPRICED = "没有总投资，不知还剩多少"
    NOT_STARTED = "未开工，还没有自己的进度"
    SUSPENDED = "停工，何时复工不明"
    FEW = "开工以来报有累计数的不足三期"
    NO_PACE = "完成投资几乎没有增加，推不出完工月"
    SPENT = "完成投资已达总投资而未报完工，请核实"
    PASSED = "按已报的进度应已完工而未报完工，请核实"


class Observed(NamedTuple):
    """自开工累计 (fen) stated in a filing for a month."""

    month: Month
    fen: int


class Standing(NamedTuple):
    """What a forecast needs of a project beside its filings: status, whether it has left the plan, 总投资 (fen).

    ``begins`` is the month in which work began, as filed or else as planned.
    """

    status: str | None
    exited: int
    investment: int | None
    begins: Month | None


class Pace(NamedTuple):
    """Fen a month: the mean of the slowest third of the quarters, the median, the mean of the fastest third."""

    slow: Decimal
    likely: Decimal
    fast: Decimal


class Span(NamedTuple):
    """The months in which the work may be finished; ``latest`` is None where the slowest third made no headway."""

    earliest: Month
    likely: Month
    latest: Month | None

    def after(self, due: Month | None) -> tuple[int, int, int | None] | None:
        """Give the months by which each lies past the due month, negative before it; None without a due month."""
        if due is None:
            return None
        return self.earliest - due, self.likely - due, None if self.latest is None else self.latest - due


@dataclass(frozen=True, slots=True)
class Forecast:
    """A project's forecast at a month: the filings used, its pace and finish, or why there is none."""

    at: Month
    investment: int | None
    observed: tuple[Observed, ...]
    pace: Pace | None
    finish: Span | None
    refused: NoForecast | None

    @property
    def why(self) -> str | None:
        """Why nothing is forecast, in words."""
        if self.refused is NoForecast.FEW:
            return f"{self.refused}（现有{len(self.observed)}期）"
        return None if self.refused is None else str(self.refused)

    def reached(self, month: Month) -> tuple[int, int, int]:
        """Give the cumulative amounts (fen) by the end of a later month: at least, likely and at most.

        Raises ``ValueError`` where nothing is forecast.
        """
        if self.pace is None or self.investment is None:
            raise ValueError("没有预测。")
        last, whole = self.observed[-1], self.investment
        months = month - last.month
        slow, likely, fast = (last.fen + int(rounded(max(pace, NOTHING) * months, 0)) for pace in self.pace)
        # Work that ends with savings stays where it ended.
        return min(slow, max(last.fen, _early(whole))), min(likely, whole), min(fast, whole)


def planned_value(
    basis: PlanBasis, this_year: int | None, before: Iterable[int], spread: int | None
) -> tuple[int, PlanBasis] | None:
    """Give 计划完成 (fen) by P and what it was made from; None where there is neither plan nor span.

    ``this_year`` is what was done by the year's beginning and the share of this year's plan by P, None where either is
    unknown; ``before`` what the plans of earlier years aimed at; ``spread`` 总投资 spread evenly by month.
    A year's plan is made over again from what was done by its beginning, so plans are not added up: what one year
    left undone stands in the next year's plan too.
    """
    if this_year is not None:
        return max([this_year, *before]), basis
    return None if spread is None else (spread, PlanBasis.EVEN)


def paces(observed: Sequence[Observed]) -> list[Decimal]:
    """Give the pace of each quarter between filings, fen a month; a gap counts as so many quarters of its mean."""
    found: list[Decimal] = []
    for one, other in pairwise(observed):
        months = other.month - one.month
        found += [Decimal(other.fen - one.fen) / months] * max(1, months // 3)
    return found


def pace_of(quarters: Iterable[Decimal]) -> Pace:
    """Draw a project's pace from that of its quarters, of which there is at least one."""
    ranked = sorted(quarters)
    third, middle = max(1, len(ranked) // 3), len(ranked) // 2
    return Pace(
        sum(ranked[:third], NOTHING) / third,
        (ranked[middle] + ranked[~middle]) / 2,
        sum(ranked[-third:], NOTHING) / third,
    )


def working(observed: Iterable[Observed], begins: Month | None) -> tuple[Observed, ...]:
    """Leave out what was filed before any work was done, but for the last nought: it still stood before the start."""
    found = sorted(observed)
    begun = next((place for place, one in enumerate(found) if one.fen), len(found))
    used = found[max(begun - 1, 0) :]
    if len(used) > 1 and not used[0].fen and begins is not None and used[0].month < begins - 1 < used[1].month:
        used[0] = Observed(begins - 1, 0)
    return tuple(used)


def forecast(standing: Standing, observed: Iterable[Observed], at: Month) -> Forecast:
    """Forecast the finish of a project at a month, from what it filed up to then."""
    used = working(observed, standing.begins)
    whole = standing.investment
    refused = barred(standing) or (None if whole is None else _too_little(whole, used))
    if refused is not None or whole is None:
        return Forecast(at, whole, used, None, None, refused)
    pace = pace_of(paces(used))
    span = None if pace.likely <= 0 else _finish(whole, used[-1], pace)
    if span is None or span.likely > LAST_MONTH:
        return Forecast(at, whole, used, None, None, NoForecast.NO_PACE)
    if (span.latest or span.likely) <= at:
        return Forecast(at, whole, used, None, None, NoForecast.PASSED)
    # By the month of the forecast it was not finished.
    finish = Span(max(span.earliest, at + 1), max(span.likely, at + 1), span.latest)
    return Forecast(at, whole, used, pace, finish, None)


def barred(standing: Standing) -> NoForecast | None:
    """Give the reason that forbids a forecast whatever was filed."""
    if standing.exited:
        return NoForecast.EXITED
    if standing.status in COMPLETE_STATUSES:
        return NoForecast.COMPLETE
    if standing.investment is None:
        return NoForecast.UNPRICED
    if standing.status in UNSTARTED_STATUSES:
        return NoForecast.NOT_STARTED
    return NoForecast.SUSPENDED if standing.status == Status.SUSPENDED else None


def _too_little(whole: int, used: Sequence[Observed]) -> NoForecast | None:
    """Give the reason that forbids a forecast from what was filed."""
    if len(used) < LEAST_OBSERVED:
        return NoForecast.FEW
    return NoForecast.SPENT if used[-1].fen >= whole else None


def _finish(whole: int, last: Observed, pace: Pace) -> Span:
    """Give the months of the finish, counted from the last filing."""

    def month(fen: int, speed: Decimal) -> Month:
        # A third of a pace has no end: what comes to whole months is not to be a little more.
        months = rounded(Decimal(fen - last.fen) / speed, MONTH_PLACES)
        return last.month + int(months.to_integral_value(ROUND_CEILING))

    latest = month(whole, pace.slow) if pace.slow > 0 else None
    return Span(
        month(max(_early(whole), last.fen), pace.fast),
        month(whole, pace.likely),
        latest if latest is not None and latest <= LAST_MONTH else None,
    )


def _early(whole: int) -> int:
    """Give the amount at which work may be finished already."""
    return whole * COMPLETE_SHARE // 100


HORIZONS = (1, 2, 4)
"""How many quarters ahead a forecast of 完成投资 is held against what was filed."""

REACHES = ((6, "半年内"), (12, "半年至一年"), (LAST_MONTH, "一年以上"))
"""How many months ahead the likely month of a finish lies at most, with the words for it."""


class Subject(StrEnum):
    """What a forecast is held against."""

    AMOUNT = "完成投资"
    FINISH = "完工月"


class Outcome(NamedTuple):
    """What came of a project: amounts (fen) by month, the month it was finished in, else the last one it was not."""

    amounts: Mapping[Month, int]
    finished: Month | None
    unfinished: Month | None

    def amount(self, month: Month) -> int | None:
        """Give the amount stated for a month; of a project finished by then its last one."""
        if month in self.amounts or self.finished is None or self.finished > month:
            return self.amounts.get(month)
        last = max((one for one in self.amounts if one < month), default=None)
        return None if last is None else self.amounts[last]


@dataclass(frozen=True, slots=True)
class Score:
    """How forecasts of one subject and reach held: so many outcomes lay inside, below and above the range.

    ``bias`` is the mean of outcome less likely value over the ``measured`` outcomes: a share of 总投资, or months.
    ``open`` forecasts have no outcome yet.
    """

    subject: Subject
    reach: str
    inside: int
    below: int
    above: int
    open: int
    measured: int
    bias: Decimal | None

    @property
    def count(self) -> int:
        """How many outcomes there are."""
        return self.inside + self.below + self.above

    @property
    def coverage(self) -> Decimal | None:
        """The share of outcomes inside the range."""
        return ratio(self.inside, self.count)


class Tally:
    """Holds forecasts against what came of them by a month, and counts."""

    def __init__(self, now: Month) -> None:
        self.now, self.asked, self.made = now, 0, 0
        self._quarters: dict[Month, None] = {}
        ahead = [(Subject.AMOUNT, f"{quarters}个季度后") for quarters in HORIZONS]
        kinds = ahead + [(Subject.FINISH, words) for _, words in REACHES]
        self._places: dict[tuple[Subject, str], Counter[str]] = {kind: Counter() for kind in kinds}
        self._errors: dict[tuple[Subject, str], list[Decimal]] = {kind: [] for kind in kinds}

    def add(self, made: Forecast, outcome: Outcome) -> None:
        """Hold one forecast against its outcome."""
        self.asked += 1
        self._quarters[made.at] = None
        if made.finish is None or not made.investment:
            return
        self.made += 1
        for quarters in HORIZONS:
            month = made.at + 3 * quarters
            actual = outcome.amount(month) if month <= self.now else None
            low, likely, high = made.reached(month)
            error = None if actual is None else Decimal(actual - likely) / made.investment
            self._count(Subject.AMOUNT, f"{quarters}个季度后", _place(actual, low, high), error)
        span = made.finish
        reach = next(words for most, words in REACHES if span.likely - made.at <= most)
        place = _place(outcome.finished, span.earliest, span.latest)
        if outcome.unfinished is not None and span.latest is not None and outcome.unfinished >= span.latest:
            place = "above"
        missed = None if outcome.finished is None else Decimal(outcome.finished - span.likely)
        self._count(Subject.FINISH, reach, place, missed)

    def _count(self, subject: Subject, reach: str, place: str, error: Decimal | None) -> None:
        self._places[subject, reach][place] += 1
        if error is not None:
            self._errors[subject, reach].append(error)

    @property
    def quarters(self) -> tuple[Month, ...]:
        """The months that forecasts were asked for at, in the order asked."""
        return tuple(self._quarters)

    def scores(self) -> tuple[Score, ...]:
        """Give the counts, a subject and reach each."""
        return tuple(
            Score(
                subject,
                reach,
                places["inside"],
                places["below"],
                places["above"],
                places["open"],
                len(self._errors[subject, reach]),
                _mean(self._errors[subject, reach]),
            )
            for (subject, reach), places in self._places.items()
        )


def _mean(errors: Sequence[Decimal]) -> Decimal | None:
    return sum(errors, Decimal()) / len(errors) if errors else None


def _place(actual: int | None, low: int, high: int | None) -> str:
    """Say where an outcome lies against a range."""
    if actual is None:
        return "open"
    if actual < low:
        return "below"
    return "inside" if high is None or actual <= high else "above"
