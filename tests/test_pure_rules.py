"""The rules that need no ledger, by table: 督办, 节点, what presses most, points in time, an amount over months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, cast, create_engine, literal, select

from hgt_portfolio.months import month
from hgt_portfolio.rules.milestones import milestone_state, weighted_share
from hgt_portfolio.rules.point import (
    Point,
    filing_period,
    filing_window,
    moment_of,
    moment_text,
    moment_words,
    office_day,
)
from hgt_portfolio.rules.pressing import PRESSING, pressing_rank, pressing_reason
from hgt_portfolio.rules.progress import spread_through
from hgt_portfolio.rules.sql import Sql
from hgt_portfolio.rules.supervision import TRANSITIONS, Standing, barred, standing
from hgt_portfolio.terms import SupervisionState, SupervisionStep


@pytest.fixture(scope="module")
def answer() -> Iterator[Callable[[Sql], Any]]:
    """Ask a database without tables for the value of an expression."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield lambda expression: connection.execute(select(expression)).scalar_one()
    engine.dispose()


# 督办.

DUE, LATER = date(2024, 10, 20), date(2024, 11, 30)


@dataclass(frozen=True)
class Taken:
    """A step without a ledger."""

    step: str
    day: date
    due: date | None = None


def on(name: str, number: int, due: date | None = None) -> Taken:
    """A step taken on a day of October 2024."""
    return Taken(name, date(2024, 10, number), due)


def stands(state: str, over: int = 0, due: date = DUE, applied: int = 0, struck: int = 0) -> Standing:
    """What is expected of an item in October 2024; no day is 0."""
    days = [date(2024, 10, number) if number else None for number in (applied, struck)]
    return Standing(SupervisionState(state), due, over, days[0], days[1])


AGAIN = [on("申请销号", 19), on("退回", 22), on("申请销号", 24)]


@pytest.mark.parametrize(
    ("steps", "day", "expected"),
    [
        pytest.param([], 20, stands("待反馈"), id="到期当天不算超期"),
        pytest.param([], 21, stands("待反馈", 1), id="到期次日超期一天"),
        pytest.param([on("反馈", 9), on("催办", 12)], 13, stands("办理中"), id="催办不改状态"),
        pytest.param([on("反馈", 9)], 9, stands("办理中"), id="当天的步骤算数"),
        pytest.param([on("反馈", 9), on("申请销号", 12)], 11, stands("办理中"), id="以后的步骤不算数"),
        pytest.param([on("反馈", 9), on("延期", 12, LATER)], 25, stands("办理中", due=LATER), id="延期只改期限"),
        pytest.param([on("延期", 9, LATER), on("催办", 22)], 25, stands("待反馈", due=LATER), id="催办不动期限"),
        pytest.param([on("申请销号", 22)], 31, stands("申请销号", 2, applied=22), id="办结之日起不再超期"),
        pytest.param(AGAIN[:2], 25, stands("退回", 5), id="退回后办结不算"),
        pytest.param(AGAIN, 31, stands("申请销号", 4, applied=24), id="再办结，算到第二次"),
        pytest.param(
            [on("申请销号", 23), on("核验销号", 28)],
            31,
            stands("已销号", 3, applied=23, struck=28),
            id="销号记两个日子",
        ),
    ],
)
def test_where_an_item_stands(steps: list[Taken], day: int, expected: Standing) -> None:
    assert standing(DUE, steps, date(2024, 10, day)) == expected


WITH_UNIT = ("催办", "反馈", "延期", "申请销号")
WITH_OFFICE = ("核验销号", "退回")
FIRST_APPLY = "要先由单位办结、登记申请销号。"


@pytest.mark.parametrize(
    ("state", "may", "first"),
    [
        ("待反馈", WITH_UNIT, FIRST_APPLY),
        ("办理中", WITH_UNIT, FIRST_APPLY),
        ("退回", WITH_UNIT, FIRST_APPLY),
        ("申请销号", WITH_OFFICE, "单位已申请销号：请先核验销号或退回。"),
        ("已销号", (), "已销号的不再办理，有新情况请另行交办。"),
    ],
)
def test_what_may_follow_and_what_comes_first(state: str, may: tuple[str, ...], first: str) -> None:
    for step in SupervisionStep:
        said = "" if step in may else f"现为“{state}”，不能{step}。{first}"
        assert barred(step, SupervisionState(state)) == said
        assert (SupervisionState(state) in TRANSITIONS[step][0]) == (not said)


# 节点.

JUNE = month(2024, 6)


@pytest.mark.parametrize(
    ("met", "day", "expected"),
    [
        (None, date(2024, 6, 30), ("未到期", 0)),
        (None, date(2024, 7, 1), ("逾期", 1)),
        (None, date(2025, 6, 30), ("逾期", 365)),
        (date(2024, 6, 29), date(2024, 6, 29), ("按期完成", 0)),
        (date(2024, 6, 30), date(2024, 8, 1), ("按期完成", 0)),
        (date(2024, 7, 1), date(2024, 7, 1), ("逾期完成", 1)),
        (date(2024, 7, 12), date(2024, 8, 1), ("逾期完成", 12)),
        (date(2024, 7, 12), date(2024, 7, 11), ("逾期", 11)),
        (date(2024, 6, 12), date(2024, 6, 11), ("未到期", 0)),
    ],
)
def test_a_milestone_is_due_on_the_last_day_of_its_month(
    met: date | None, day: date, expected: tuple[str, int]
) -> None:
    assert milestone_state(JUNE, met, day) == expected


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ([], None),
        ([(None, True)], None),
        ([(40, True), (None, False)], None),
        ([(0, True), (0, False)], None),
        ([(1, True)], "1"),
        ([(60, False)], "0"),
        ([(0, True), (1, False)], "0"),
        ([(40, True), (60, False)], "0.4"),
        ([(25, True), (50, False), (25, True)], "0.5"),
    ],
)
def test_the_share_met_wants_a_weight_of_each(weights: list[tuple[int | None, bool]], share: str | None) -> None:
    found = weighted_share(iter(weights))
    assert found == (share and Decimal(share))
    assert found is None or type(found) is Decimal


# What presses most.


@dataclass(frozen=True)
class Position:
    """The columns of a project that may press."""

    deadline_state: str | None = "未到期"
    light: str | None = "绿"
    start_state: str | None = "已开工"
    status: str | None = "在建"


PRESSED: list[tuple[Position, str | None]] = [
    (Position("逾期", "红", "应开未开", "停工"), "逾期"),
    (Position("到期未核实", "红", "应开未开", "停工"), "到期未核实"),
    (Position("临期", "红", "应开未开", "停工"), "红灯"),
    (Position("临期", "黄", "应开未开", "停工"), "应开未开"),
    (Position("临期", "黄", status="停工"), "停工"),
    (Position("临期", "黄"), "临期"),
    (Position(light="黄"), "黄灯"),
    (Position("逾期完工", "蓝", "应开未核实", "未开工"), None),
    (Position(None, None, None, None), None),
]


@pytest.mark.parametrize(("position", "word"), PRESSED)
def test_the_worst_reason_is_the_one_named_and_ordered_by(
    position: Position, word: str | None, answer: Callable[[Sql], Any]
) -> None:
    columns = {name: literal(value) for name, value in vars(position).items()}
    order = [word for word, _, _ in PRESSING]
    assert pressing_reason(position) == word
    assert answer(pressing_rank(columns)) == (None if word is None else order.index(word))
    assert order == [word for _, word in PRESSED if word]


# The points in time.

NOON = moment_of("2024-10-20T12:00:00.000000+08:00")
POINT = Point(date(2024, 10, 20), month(2024, 9), NOON)
LATEST = date(2024, 12, 1)


@pytest.mark.parametrize(
    ("point", "units_on", "asked_on"),
    [
        (POINT, POINT.day, POINT.day),
        (replace(POINT, asked_on=LATEST), POINT.day, LATEST),
        (replace(POINT, asked_on=date(2024, 7, 1)), POINT.day, POINT.day),
        (replace(POINT, units_on=LATEST), LATEST, POINT.day),
        (POINT.at(month(2024, 6)), POINT.day, POINT.day),
    ],
)
def test_an_earlier_point_keeps_the_moment_the_units_and_the_day_asked(
    point: Point, units_on: date, asked_on: date
) -> None:
    assert point.at(month(2024, 2)) == Point(date(2024, 2, 29), month(2024, 2), NOON, units_on, asked_on)


@pytest.mark.parametrize(
    ("period", "quarter_base", "elapsed"),
    [("2024-01", "2023-12", 1), ("2024-09", "2024-06", 9), ("2024-12", "2024-09", 12)],
)
def test_the_months_a_flow_counts_from(period: str, quarter_base: str, elapsed: int) -> None:
    point = replace(POINT, period=month(2024, int(period[5:])))
    assert (point.year, point.year_base, point.elapsed) == (2024, month(2023, 12), elapsed)
    assert point.quarter_base == month(int(quarter_base[:4]), int(quarter_base[5:]))


@pytest.mark.parametrize(
    ("day", "over", "filed"),
    [
        (date(2024, 8, 30), "2024-07", "2024-06"),
        (date(2024, 8, 31), "2024-08", "2024-06"),
        (date(2024, 9, 1), "2024-08", "2024-09"),
        (date(2024, 12, 31), "2024-12", "2024-12"),
        (date(2025, 1, 1), "2024-12", "2024-12"),
    ],
)
def test_the_month_that_is_over_and_the_quarter_that_is_filed(day: date, over: str, filed: str) -> None:
    assert replace(POINT, day=day).over == month(int(over[:4]), int(over[5:]))
    assert filing_period(day) == month(int(filed[:4]), int(filed[5:]))


@pytest.mark.parametrize(
    ("point", "day"),
    [
        (POINT, date(2024, 10, 20)),
        (replace(POINT, day=date(2024, 6, 30)), date(2024, 10, 20)),
        (replace(POINT, day=date(2024, 11, 1)), date(2024, 11, 1)),
        (replace(POINT, asked_on=LATEST), LATEST),
    ],
)
def test_filing_is_judged_on_the_latest_of_three_days(point: Point, day: date) -> None:
    assert point.judged_on == day


def test_a_period_is_filed_within_fifteen_days_of_its_end() -> None:
    assert filing_window(month(2024, 9)) == (date(2024, 9, 1), date(2024, 10, 15))
    assert filing_window(month(2024, 12)) == (date(2024, 12, 1), date(2025, 1, 15))


@pytest.mark.parametrize(
    ("moment", "text", "words", "day"),
    [
        (0, "1970-01-01T08:00:00.000000+08:00", "1970-01-01 08:00:00", date(1970, 1, 1)),
        (NOON, "2024-10-20T12:00:00.000000+08:00", "2024-10-20 12:00:00", date(2024, 10, 20)),
        (NOON + 1, "2024-10-20T12:00:00.000001+08:00", "2024-10-20 12:00:00", date(2024, 10, 20)),
        (NOON - 1, "2024-10-20T11:59:59.999999+08:00", "2024-10-20 11:59:59", date(2024, 10, 20)),
        (NOON + 43_200_000_000, "2024-10-21T00:00:00.000000+08:00", "2024-10-21 00:00:00", date(2024, 10, 21)),
    ],
)
def test_moments_are_written_in_the_offices_time(moment: int, text: str, words: str, day: date) -> None:
    assert (moment_text(moment), moment_words(moment), office_day(moment)) == (text, words, day)
    assert moment_of(text) == moment
    assert moment_of(words) == moment - moment % 1_000_000 + 999_999


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-10-20", "2024-10-20T23:59:59.999999+08:00"),
        ("20241020T09", "2024-10-20T09:00:00.999999+08:00"),
        ("2024-10-20T09:30", "2024-10-20T09:30:00.999999+08:00"),
        ("2024-10-20T09:30:00Z", "2024-10-20T17:30:00.999999+08:00"),
        ("2024-10-20 09:30:00.5", "2024-10-20T09:30:00.500000+08:00"),
    ],
)
def test_a_moment_without_decimals_is_the_end_of_what_it_names(text: str, same: str) -> None:
    assert moment_text(moment_of(text)) == same


@pytest.mark.parametrize("text", ["", "昨天", "2024-13-01", "2024-10-20T25:00"])
def test_a_moment_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="读不出来") as caught:
        moment_of(text)
    assert str(caught.value) == f"数据时点“{text}”读不出来：请写成 2024-10-20 或 2024-10-20T09:30:00+08:00。"


# An amount over its months (按月分摊).


def spread(answer: Callable[[Sql], Any], through: int, amount: int | None, start: int | None, due: int | None) -> Any:
    return answer(spread_through(through, *(cast(literal(value), Integer) for value in (amount, start, due))))


@pytest.mark.parametrize(
    ("through", "fen"),
    [
        pytest.param(month(2024, 2), 0, id="开工前一月"),
        pytest.param(month(2024, 3), 33, id="开工月"),
        pytest.param(month(2024, 4), 67, id="第二个月，进位"),
        pytest.param(month(2024, 5), 100, id="完工月"),
        pytest.param(month(2030, 1), 100, id="完工以后"),
    ],
)
def test_an_amount_is_spread_evenly_over_its_months(through: int, fen: int, answer: Callable[[Sql], Any]) -> None:
    assert spread(answer, through, 100, month(2024, 3), month(2024, 5)) == fen


def test_half_a_fen_is_rounded_up_and_what_is_unknown_stays_so(answer: Callable[[Sql], Any]) -> None:
    assert [spread(answer, month(2024, n), 1, month(2024, 1), month(2024, 2)) for n in (1, 2)] == [1, 1]
    assert spread(answer, JUNE, 7, JUNE, JUNE) == 7
    for known in ((None, JUNE, JUNE), (7, None, JUNE), (7, JUNE, None)):
        assert spread(answer, JUNE, *known) is None


@given(st.integers(0, 9_000_000_000_000), st.integers(24_000, 24_100), st.integers(0, 60))
def test_the_parts_of_any_split_sum_exactly(answer: Callable[[Sql], Any], amount: int, start: int, more: int) -> None:
    bounds = [start - 1, start, start + more // 2, start + more, start + more + 1]
    through = [spread(answer, bound, amount, start, start + more) for bound in bounds]
    exact = [Fraction(amount * min(max(bound - start + 1, 0), more + 1), more + 1) for bound in bounds]
    assert through == [int(share + Fraction(1, 2)) for share in exact]
    assert sum(later - earlier for earlier, later in pairwise(through)) == amount
