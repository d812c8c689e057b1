"""挣值 and forecasts: by hand, refused with the reason, never changed by what was learned later, and back-tested."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from hgt_portfolio.cli import run
from hgt_portfolio.demo.load import make_load
from hgt_portfolio.figures import Filter, Outlook, sum_outlooks
from hgt_portfolio.ledger import CheckInput, FundInput, SourceLine, YearPlanInput
from hgt_portfolio.money import FEN_PER_WAN, rounded
from hgt_portfolio.months import Month, last_day, month, month_text, read_period
from hgt_portfolio.reports import forecast as reported
from hgt_portfolio.rules.forecast import (
    NoForecast,
    Observed,
    Outcome,
    Pace,
    PlanBasis,
    Score,
    Span,
    Standing,
    Subject,
    Tally,
    forecast,
    pace_of,
    paces,
    planned_value,
    working,
)
from hgt_portfolio.rules.point import moment_of, moment_text
from hgt_portfolio.store import created
from hgt_portfolio.terms import CheckMethod, FundSource, Status
from tests.conftest import ENGINES, Book, made_once, open_book

START = month(2024, 1)
UNDER_WAY = Standing(Status.UNDER_WAY, 0, 1000, START)
FILED = (Observed(month(2024, 3), 100), Observed(month(2024, 6), 190), Observed(month(2024, 9), 310))
"""Paces of 30 and 40 a month; 690 are left, 590 to nine tenths."""


def test_a_finish_by_hand() -> None:
    made = forecast(UNDER_WAY, FILED, month(2024, 9))
    assert made.pace == Pace(Decimal(30), Decimal(35), Decimal(40))
    # 590/40 = 14.75, 690/35 = 19.7, 690/30 = 23 months.
    assert made.finish == Span(month(2025, 12), month(2026, 5), month(2026, 8))
    assert (made.refused, made.why) == (None, None)
    assert made.finish.after(month(2026, 3)) == (-3, 2, 5)
    assert made.finish.after(None) is None
    assert made.reached(month(2024, 12)) == (400, 415, 430)
    assert made.reached(month(2027, 12)) == (900, 1000, 1000)


def test_thirds_of_the_quarters() -> None:
    assert pace_of(map(Decimal, (7, 1, 2, 9, 4, 6, 5))) == Pace(Decimal("1.5"), Decimal(5), Decimal(8))
    assert pace_of(map(Decimal, (1, 2, 3, 10, 20, 30, 40))) == Pace(Decimal("1.5"), Decimal(10), Decimal(35))
    assert pace_of(map(Decimal, (3, 1, 2, 8))) == Pace(Decimal(1), Decimal("2.5"), Decimal(8))


def test_whole_months_are_not_rounded_up() -> None:
    """A third of 100 a month makes 100 in three months, not four."""
    filed = tuple(Observed(month(2024, 3) + 3 * n, 100 * n + 100) for n in range(3))
    made = forecast(UNDER_WAY._replace(investment=400), filed, month(2024, 9))
    assert made.finish == Span(month(2024, 11), month(2024, 12), month(2024, 12))
    assert made.reached(month(2024, 12)) == (360, 400, 400)


def test_a_gap_counts_as_so_many_quarters_of_its_mean() -> None:
    gap = (Observed(month(2023, 12), 0), Observed(month(2024, 9), 90), Observed(month(2024, 12), 150))
    assert paces(gap) == [10, 10, 10, 20]


def test_noughts_before_the_start_say_nothing_of_the_pace() -> None:
    filed = [Observed(month(2022, 12), 0), Observed(month(2023, 12), 0), Observed(month(2024, 9), 30)]
    assert working(filed, None) == (filed[1], filed[2])
    assert working(filed, month(2024, 7)) == (Observed(month(2024, 6), 0), filed[2])
    assert working(filed, month(2023, 3)) == (filed[1], filed[2])
    assert working(filed[:2], month(2024, 7)) == (filed[1],)


def test_a_quarter_without_headway_leaves_the_latest_open() -> None:
    filed = (Observed(month(2024, 3), 100), Observed(month(2024, 6), 100), Observed(month(2024, 9), 400))
    made = forecast(UNDER_WAY, filed, month(2024, 9))
    # 500/100 to nine tenths, 600/50.
    assert made.finish == Span(month(2025, 2), month(2025, 9), None)
    assert reported.finish_words(made.finish) == "2025-02以后，可能2025-09，最迟推不出"
    assert reported.late_words(made.finish.after(month(2025, 2))) == "0个月以上，可能+7"
    assert made.reached(month(2024, 12))[0] == 400


def test_what_is_past_is_not_forecast() -> None:
    """Filings that stopped: what their pace would have finished by now was not finished."""
    made = forecast(UNDER_WAY, FILED, month(2026, 5))
    assert made.finish == Span(month(2026, 6), month(2026, 6), month(2026, 8))


def test_a_finish_is_never_one_date() -> None:
    span = Span(month(2025, 3), month(2025, 6), month(2025, 11))
    assert reported.finish_words(span) == "2025-03至2025-11，可能2025-06"
    assert reported.late_words(span.after(month(2025, 6))) == "-3至+5个月，可能0"
    near = Span(month(2025, 3), month(2025, 3), month(2025, 3))
    assert reported.finish_words(near) == "2025-03前后"
    assert reported.late_words(near.after(month(2025, 1))) == "+2个月左右"
    assert (reported.finish_words(None), reported.late_words(None)) == (None, None)


def test_a_bias_says_which_way() -> None:
    below = Score(Subject.AMOUNT, "1个季度后", 1, 0, 0, 0, 1, Decimal("-0.01234"))
    later = Score(Subject.FINISH, "半年内", 1, 0, 0, 0, 1, Decimal("1.25"))
    assert (reported.bias_words(below), reported.bias_words(later)) == ("偏低1.23个百分点", "偏晚1.3个月")


def with_last(fen: int) -> tuple[Observed, ...]:
    return (*FILED[:2], Observed(month(2024, 9), fen))


REFUSALS = [
    (UNDER_WAY._replace(exited=1), FILED, NoForecast.EXITED, "已退出，不预测"),
    (UNDER_WAY._replace(status=Status.ACCEPTED), FILED, NoForecast.COMPLETE, "已完工，不需预测"),
    (UNDER_WAY._replace(investment=None), FILED, NoForecast.UNPRICED, "没有总投资，不知还剩多少"),
    (UNDER_WAY._replace(status=Status.NOT_STARTED), FILED, NoForecast.NOT_STARTED, "未开工，还没有自己的进度"),
    (UNDER_WAY._replace(status=Status.PREPARATION), (), NoForecast.NOT_STARTED, "未开工，还没有自己的进度"),
    (UNDER_WAY._replace(status=Status.SUSPENDED), FILED, NoForecast.SUSPENDED, "停工，何时复工不明"),
    (UNDER_WAY, FILED[:2], NoForecast.FEW, "开工以来报有累计数的不足三期（现有2期）"),
    (UNDER_WAY._replace(status=None), (), NoForecast.FEW, "开工以来报有累计数的不足三期（现有0期）"),
    (UNDER_WAY, with_last(190), None, None),
    (UNDER_WAY, with_last(90), NoForecast.NO_PACE, "完成投资几乎没有增加，推不出完工月"),
    (UNDER_WAY._replace(investment=10**9), with_last(191), NoForecast.NO_PACE, "完成投资几乎没有增加，推不出完工月"),
    (UNDER_WAY, with_last(1000), NoForecast.SPENT, "完成投资已达总投资而未报完工，请核实"),
]


@pytest.mark.parametrize(("standing", "filed", "refused", "words"), REFUSALS)
def test_what_is_refused_says_why(
    standing: Standing, filed: tuple[Observed, ...], refused: NoForecast | None, words: str | None
) -> None:
    made = forecast(standing, filed, month(2024, 9))
    assert (made.refused, made.why) == (refused, words)
    assert (made.finish is None) is (made.pace is None) is (refused is not None)


def test_a_finish_long_past_is_refused() -> None:
    stopped = (*FILED[:2], Observed(month(2024, 9), 190), Observed(month(2024, 12), 700))
    assert forecast(UNDER_WAY, stopped, month(2025, 9)).finish == Span(month(2025, 10), month(2025, 10), None)
    assert forecast(UNDER_WAY, stopped, month(2025, 10)).refused is NoForecast.PASSED
    made = forecast(UNDER_WAY, FILED, month(2026, 8))
    assert made.why == "按已报的进度应已完工而未报完工，请核实"
    with pytest.raises(ValueError, match="没有预测"):
        made.reached(month(2026, 9))


def histories(least: int) -> st.SearchStrategy[tuple[Observed, ...]]:
    """Quarters one after the other, each adding at least so much."""
    added = st.lists(st.integers(least, 200), min_size=2, max_size=12)
    return added.map(
        lambda steps: tuple(Observed(month(2022, 3) + 3 * n, 50 + sum(steps[:n])) for n in range(len(steps) + 1))
    )


@given(histories(0), st.integers(1, 10_000))
def test_a_range_is_ordered(filed: tuple[Observed, ...], left: int) -> None:
    whole = filed[-1].fen + left
    made = forecast(Standing(Status.UNDER_WAY, 0, whole, None), filed, filed[-1].month)
    if made.finish is None:
        assert made.refused is NoForecast.NO_PACE
        return
    earliest, likely, latest = made.finish
    assert filed[-1].month < earliest <= likely
    assert latest is None or likely <= latest
    for ahead in (1, 3, 12, 60):
        low, middle, high = made.reached(made.at + ahead)
        assert filed[-1].fen <= low <= middle <= high <= whole


FAR = month(2200, 12)
NEVER = Span(FAR, FAR, None)


@given(histories(1), st.integers(1, 5_000), st.integers(2, 5))
def test_more_pace_is_an_earlier_finish(filed: tuple[Observed, ...], left: int, times: int) -> None:
    whole, last = filed[-1].fen + left, filed[-1]
    standing = Standing(Status.UNDER_WAY, 0, whole * times, None)
    # All is worth so many times as much, but the work came so many times as fast besides.
    faster = [Observed(one.month, last.fen * times - (last.fen - one.fen) * times * times) for one in filed]
    slower = [Observed(one.month, last.fen * times - (last.fen - one.fen) * times) for one in filed]
    quick, slow = (forecast(standing, each, last.month).finish or NEVER for each in (faster, slower))
    assert quick.earliest <= slow.earliest
    assert quick.likely <= slow.likely
    assert (quick.latest or FAR) <= (slow.latest or FAR)


def test_planned_value_is_this_years_plan_but_no_less_than_earlier_ones() -> None:
    assert planned_value(PlanBasis.STEPS, 300, [], 500) == (300, PlanBasis.STEPS)
    assert planned_value(PlanBasis.YEAR_PLAN, 300, [200, 400], 500) == (400, PlanBasis.YEAR_PLAN)
    assert planned_value(PlanBasis.YEAR_PLAN, None, [400], 500) == (500, PlanBasis.EVEN)
    assert planned_value(PlanBasis.YEAR_PLAN, None, [400], None) is None


def test_forecasts_are_held_against_what_came() -> None:
    made = forecast(UNDER_WAY, FILED, month(2024, 9))
    tally = Tally(month(2025, 9))
    # One quarter on 400–430 is likely 415, two quarters on 490–550 is likely 520.
    tally.add(made, Outcome({month(2024, 12): 425, month(2025, 3): 480}, None, month(2025, 9)))
    tally.add(made, Outcome({month(2024, 12): 431}, month(2025, 1), None))
    tally.add(forecast(UNDER_WAY, FILED[:2], month(2024, 6)), Outcome({}, None, None))
    assert (tally.asked, tally.made, tally.quarters) == (3, 2, (month(2024, 9), month(2024, 6)))
    found = {(score.subject, score.reach): score for score in tally.scores()}
    one, two = found[Subject.AMOUNT, "1个季度后"], found[Subject.AMOUNT, "2个季度后"]
    assert one == Score(Subject.AMOUNT, "1个季度后", 1, 0, 1, 0, 2, Decimal("0.013"))
    assert (one.count, one.coverage) == (2, Decimal("0.5"))
    # What was finished stays at its last amount.
    assert two == Score(Subject.AMOUNT, "2个季度后", 0, 2, 0, 0, 2, Decimal("-0.0645"))
    far = found[Subject.FINISH, "一年以上"]
    assert far == Score(Subject.FINISH, "一年以上", 0, 1, 0, 1, 1, Decimal(-16))
    assert found[Subject.FINISH, "半年内"].coverage is None


def test_work_unfinished_after_the_latest_month_is_a_miss() -> None:
    made = forecast(UNDER_WAY, FILED, month(2024, 9))
    tally = Tally(month(2026, 9))
    tally.add(made, Outcome({}, None, month(2026, 8)))
    tally.add(made, Outcome({}, None, month(2026, 7)))
    far = next(score for score in tally.scores() if score.reach == "一年以上")
    assert (far.above, far.open, far.measured, far.bias) == (1, 1, 0, None)


def outlook(book: Book, no: str, as_of: str, known_at: str | None = None) -> Outlook:
    point = book.point(as_of, known_at or moment_text(book.clock.now))
    (found,) = book.figures.outlooks(point, Filter(nos=(no,)))
    return found


def priced(book: Book, no: str = "1", wan: int = 1200) -> None:
    """Make a project one of 2024, worth 100 a month (万元)."""
    fen = wan * FEN_PER_WAN
    book.facts(no, start=START, due=month(2024, 12), investment_fen=fen, investment_kind="定额")


def file(book: Book, *amounts: str, no: str = "1", status: str = "在建") -> None:
    """File the quarters of 2024 and on one after the other, each on the last day of its own."""
    for place, amount in enumerate(amounts):
        period = month(2024, 3) + 3 * place
        done = {"finished": date(2024, 9, 20)} if status == "完工" and place == len(amounts) - 1 else {}
        book.put(
            "report",
            no,
            unit_id=1,
            period=period,
            kind="季报",
            status=status if place == len(amounts) - 1 else "在建",
            cumulative_fen=int(Decimal(amount) * FEN_PER_WAN),
            started="2024-01-05",
            **done,
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_year_plan_value_is_planned_evenly(book: Book) -> None:
    priced(book)
    file(book, "200", "500")
    row = outlook(book, "1", "2024Q2")
    assert (row.planned, row.basis, row.earned) == (600_000_000, PlanBasis.EVEN, 500_000_000)
    assert row.schedule_variance == -100_000_000
    assert row.schedule_index is not None
    assert rounded(row.schedule_index, 4) == Decimal("0.8333")
    assert (row.paid, row.cost_index, row.cost_variance) == (None, None, None)
    assert row.forecast.why == "开工以来报有累计数的不足三期（现有2期）"
    assert row.late is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_year_plan_and_its_steps_come_first(book: Book) -> None:
    priced(book)
    file(book, "200", "500", "700", "800")
    plan = YearPlanInput(no="1", year=2024, amount_fen=1000 * FEN_PER_WAN)
    book.ledger.year_plan(plan)
    row = outlook(book, "1", "2024Q2")
    assert (row.planned, row.basis) == (500 * FEN_PER_WAN, PlanBasis.YEAR_PLAN)
    stepped = plan.model_copy(update={"steps_fen": tuple(n * FEN_PER_WAN for n in (100, 200, 300, 400))})
    book.ledger.year_plan(stepped)
    row = outlook(book, "1", "2024Q2")
    assert (row.planned, row.basis) == (300 * FEN_PER_WAN, PlanBasis.STEPS)
    # 800 of 1000 were done: the next year's plan takes up what is left, and what was aimed at is not given up.
    book.ledger.year_plan(YearPlanInput(no="1", year=2025, amount_fen=400 * FEN_PER_WAN))
    file(book, "200", "500", "700", "800", "850")
    row = outlook(book, "1", "2025Q1")
    assert (row.planned, row.basis, row.earned) == (1000 * FEN_PER_WAN, PlanBasis.YEAR_PLAN, 850 * FEN_PER_WAN)
    file(book, "200", "500", "700", "800", "850", "900", "950")
    assert outlook(book, "1", "2025Q3").planned == 1100 * FEN_PER_WAN


def test_unknown_is_never_nought(book: Book) -> None:
    priced(book)
    file(book, "200", "500")
    row = outlook(book, "1", "2024Q3")
    assert (row.planned, row.earned, row.schedule_variance, row.schedule_index) == (900_000_000, None, None, None)
    unpriced = outlook(book, "12", "2024Q3")
    assert (unpriced.planned, unpriced.basis) == (None, None)
    assert unpriced.forecast.why == "没有总投资，不知还剩多少"
    everything = book.figures.outlooks(book.point("2024Q2", moment_text(book.clock.now)))
    sums = sum_outlooks(everything)
    # Of 13 others it is known that nothing was to be done, nor was: their start is yet to come.
    assert [row.planned for row in everything if row.earned == 0 and row.planned is not None] == [0] * 13
    assert (sums.count, sums.scheduled, sums.costed, sums.cost_index) == (62, 14, 0, None)
    assert sums.schedule_index == Decimal(500) / 600
    words = reported.total_words(everything)
    assert "SPI 0.83 只计 PV、EV 都有数的 14/62 项；CPI — 只计 EV、AC 都有数的 0/62 项；预测了完工的 0/62 项" in words


def test_what_is_worked_out_has_two_decimals_on_a_page(book: Book) -> None:
    priced(book, wan=1000)
    row = outlook(book, "1", "2024-04")
    assert row.planned == 333_333_333
    table = reported.forecast_table(book.figures, book.point(), [row])
    assert table.rows[0][table.index("planned_wan")] == 333_330_000
    whole = reported.forecast_table(book.figures, book.point(), [row], whole=True)
    assert whole.rows[0][whole.index("planned_wan")] == 333_333_333


def test_what_is_finished_for_less_is_not_behind(book: Book) -> None:
    priced(book)
    file(book, "200", "500", "1100", status="完工")
    row = outlook(book, "1", "2024Q3")
    assert (row.planned, row.earned) == (900 * FEN_PER_WAN, 1100 * FEN_PER_WAN)
    later = outlook(book, "1", "2025Q2")
    assert (later.planned, later.earned) == (1100 * FEN_PER_WAN, 1100 * FEN_PER_WAN)
    assert later.schedule_index == Decimal(1)
    assert later.forecast.why == "已完工，不需预测"


def fund(book: Book, period: str, **paid: int | None) -> None:
    lines = tuple(
        SourceLine(source=FundSource[name], planned_fen=600 * FEN_PER_WAN, received_fen=500 * FEN_PER_WAN, paid_fen=fen)
        for name, fen in paid.items()
    )
    book.ledger.fund(FundInput(no="1", period=read_period(period), lines=lines, reason="情况属实"))


def test_cost_needs_the_payments_of_the_very_period(book: Book) -> None:
    priced(book)
    file(book, "200", "500", "700")
    city, bank = list(FundSource)[2].name, list(FundSource)[5].name
    fund(book, "2024Q2", **{city: 300 * FEN_PER_WAN, bank: 100 * FEN_PER_WAN})
    row = outlook(book, "1", "2024Q2")
    assert (row.paid, row.cost_variance, row.cost_index) == (400 * FEN_PER_WAN, 100 * FEN_PER_WAN, Decimal("1.25"))
    fund(book, "2024Q3", **{city: 350 * FEN_PER_WAN})
    # The other source has not been heard of since.
    assert outlook(book, "1", "2024Q3").paid is None
    assert outlook(book, "1", "2024Q3").cost_index is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_later_filing_leaves_what_was_known_alone(book: Book) -> None:
    priced(book)
    file(book, "200", "500", "700")
    book.ledger.year_plan(YearPlanInput(no="1", year=2024, amount_fen=1000 * FEN_PER_WAN))
    known = moment_text(book.clock.now)
    before = outlook(book, "1", "2024Q3", known)
    assert before.forecast.finish is not None
    assert before.late is not None
    file(book, "200", "300", "900", "1000")
    assert outlook(book, "1", "2024Q3", known) == before
    after = outlook(book, "1", "2024Q3")
    assert after.forecast.observed != before.forecast.observed
    # What was filed for a later quarter does not speak at an earlier one either.
    assert [month_text(one.month) for one in after.forecast.observed] == ["2024-03", "2024-06", "2024-09"]


def test_the_word_of_the_day_stops_a_forecast(book: Book) -> None:
    priced(book)
    file(book, "200", "400", "600")
    assert outlook(book, "1", "2024Q3").forecast.finish is not None
    book.ledger.check(
        CheckInput(no="1", day=date(2024, 11, 2), how=CheckMethod.ON_SITE, status=Status.SUSPENDED, finding="停工")
    )
    assert outlook(book, "1", "2024-11-20").forecast.why == "停工，何时复工不明"
    assert outlook(book, "1", "2024Q3").forecast.finish is not None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_back_test_by_hand(book: Book) -> None:
    """1亿元 a quarter; what was corrected later changes the outcome of a forecast, not the forecasts made before."""

    def put(period: Month, wan: int, day: str) -> None:
        moment = moment_of(day)
        row = {"period": period, "cumulative_fen": wan * FEN_PER_WAN, "recorded_at": moment, "filed_at": moment}
        book.put("report", "1", unit_id=1, kind="季报", status="在建", started="2023-06-01", **row)

    for place in range(6):
        period = month(2024, 3) + 3 * place
        put(period, 20_000 + 10_000 * place, last_day(period).isoformat())
    put(month(2024, 12), 49_000, "2025-08-01")
    point = book.point("2025Q2", "2026-01-01")
    tested = book.figures.backtest(point, Filter(nos=("1",)))
    assert [month_text(period) for period in tested.quarters] == ["2024-03", "2024-06", "2024-09", "2024-12", "2025-03"]
    assert (tested.asked, tested.made) == (5, 3)
    one, two, four, *finishes = tested.scores
    # The forecast of 2024Q3 for 2024Q4 was 50,000 of 99,875.
    assert (one.inside, one.below, one.above, one.open) == (2, 1, 0, 0)
    assert one.bias == Decimal(-1_000) / Decimal("998.75") / 100 / 3
    assert (two.inside, two.open, four.open) == (2, 1, 3)
    assert sum(score.open for score in finishes) == 3


UNTIL = month(2026, 9)


def silent(_step: str, _done: int, _of: int) -> None:
    return


def make_history(path: Path) -> None:
    with created(path) as store:
        make_load(store, 150, 12, UNTIL, silent)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A demonstration of 150 projects and twelve quarters, for tests that only read it."""
    opened = open_book(made_once(tmp_path_factory, "演示预测.db", make_history), date(2026, 11, 24))
    yield opened
    opened.store.close()


def test_a_back_test_on_demonstration_data(history: Book) -> None:
    tested = history.figures.backtest(history.point("2026Q3"))
    assert [month_text(period) for period in (tested.quarters[0], tested.quarters[-1])] == ["2022-12", "2026-06"]
    assert tested.asked == 150 * 12
    found = {(score.subject, score.reach): score for score in tested.scores}
    assert len(found) == 6
    for score in found.values():
        assert score.coverage is not None
        assert score.count + score.open > 0
        assert score.bias is not None
    amounts = [found[Subject.AMOUNT, f"{quarters}个季度后"] for quarters in (1, 2, 4)]
    assert [score.count + score.open for score in amounts] == [tested.made] * 3
    assert sum(score.count + score.open for score in found.values()) == tested.made * 4
    table = reported.backtest_table(history.figures, history.point("2026Q3"), tested)
    printed = {(row[0], row[1]): row[4] for row in table.rows}
    for kind, low in COVERED.items():
        covered = printed[kind]
        assert isinstance(covered, Decimal)
        assert low <= covered <= low + Decimal("0.1"), kind


COVERED = {
    (Subject.AMOUNT, "1个季度后"): Decimal("0.70"),
    (Subject.AMOUNT, "2个季度后"): Decimal("0.75"),
    (Subject.AMOUNT, "4个季度后"): Decimal("0.80"),
    (Subject.FINISH, "半年内"): Decimal("0.90"),
    (Subject.FINISH, "半年至一年"): Decimal("0.85"),
    (Subject.FINISH, "一年以上"): Decimal("0.85"),
}
"""The share of outcomes inside the range that is printed, at least; it is no more than a tenth above."""


def test_a_back_test_knows_only_what_was_known(history: Book) -> None:
    """Its forecasts at an earlier quarter are those that were given then."""
    point = history.point("2026Q3")
    then = history.point("2025Q2", "2025-07-15")
    known = [row for row in history.figures.outlooks(then) if row.forecast.finish is not None]
    whole = history.figures.backtest(point)
    until = history.figures.backtest(history.point("2025Q3"))
    assert whole.quarters[: len(until.quarters)] == until.quarters
    assert until.quarters[-1] == then.period
    before = history.figures.backtest(history.point("2025Q2"))
    assert until.made - before.made == len(known) > 50


def test_history_is_read_in_sets(history: Book) -> None:
    """However many projects there are, and however many quarters they filed."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    history.figures.outlooks(history.point("2026Q3"))
    event.listen(history.store.engine, "before_cursor_execute", note)
    try:
        found = history.figures.outlooks(history.point("2026Q3"))
        reads = len(asked)
        history.figures.backtest(history.point("2026Q3"))
    finally:
        event.remove(history.store.engine, "before_cursor_execute", note)
    assert len(found) == 150
    assert reads <= 12
    assert len(asked) - reads <= 12 + 4 * 12


def test_a_back_test_of_nothing_says_so(fresh: Book) -> None:
    tested = fresh.figures.backtest(fresh.point("2024Q3"))
    assert (tested.quarters, tested.asked, tested.made) == ((), 0, 0)
    table = reported.backtest_table(fresh.figures, fresh.point("2024Q3"), tested)
    assert table.notes[0].startswith("没有可供回测的季度")
    assert all(row[4] is None for row in table.rows)
    assert not any("演示" in note for note in table.notes)


Hgt = Callable[..., str]


@pytest.fixture
def hgt(history: Book, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hgt:
    monkeypatch.setenv("HGT_DATABASE_URL", str(history.path))
    monkeypatch.setenv("HGT_OPERATOR", "演示员")

    def call(*arguments: str) -> str:
        assert run(["forecast", *arguments]) == 0
        return capsys.readouterr().out

    return call


def test_the_command_lists_ranges_and_reasons(hgt: Hgt) -> None:
    found = json.loads(hgt("--as-of", "2026Q3", "--json"))
    total, rows = found["total"], found["projects"]
    assert found["demo"] == "演示"
    assert total["projects"] == len(rows) == 150
    assert total["forecast"] == sum(row["likely"] is not None for row in rows)
    known = [row for row in rows if row["planned_wan"] is not None and row["earned_wan"] is not None]
    assert total["spi_known"] == len(known)
    planned = sum((Decimal(row["planned_wan"]) for row in known), Decimal())
    assert Decimal(total["planned_wan"]) == planned
    assert total["spi"] == str(rounded(sum((Decimal(row["earned_wan"]) for row in known), Decimal()) / planned, 4))
    assert {row["refused"] for row in rows if row["refused"]} >= {"已完工，不需预测", "没有总投资，不知还剩多少"}
    for row in rows:
        assert (row["refused"] is None) == (row["earliest"] is not None) == (row["refused_code"] is None)
        assert len(row["observations"]) == row["observed"]
        assert row["refused"] is not None or row["observed"] >= 3
        assert (row["pace_wan_a_month"] is None) == (row["refused"] is not None)
    forecast_rows = [row for row in rows if row["latest"]]
    assert all(row["earliest"] <= row["likely"] <= row["latest"] for row in forecast_rows)


def test_the_command_prints_what_it_counts(hgt: Hgt) -> None:
    text = hgt("--as-of", "2026Q3", "--unit", "演示01局")
    assert "预计完工(范围)" in text
    assert "挣值与完工预测（演示01局）" in text
    assert "预计完工是范围，不是承诺" in text
    tested = hgt("--as-of", "2026Q3", "--backtest")
    assert "完工预测回测" in tested
    assert "2022Q4至2026Q2共12个季度" in tested
    assert "演示数据按大致均匀的进度编造，命中率偏高，不代表实际" in tested
    value = json.loads(hgt("--as-of", "2026Q3", "--backtest", "--json"))
    assert [score["reach"] for score in value["scores"]][:3] == ["1个季度后", "2个季度后", "4个季度后"]
    assert value["asked"] == 1800
    assert hgt("--as-of", "2026Q3", "--csv").startswith("\ufeff序号,项目名称,")
