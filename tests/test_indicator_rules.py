"""The comparators of indicators: whole cells or none, edges, and what one comparison says of another."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.rules.indicators import (
    Bound,
    Comparator,
    Quantity,
    Trend,
    compared,
    gap,
    held_against,
    meets,
    of_all,
    read_bound,
    read_quantity,
    target_year,
    trend,
    years_left,
)
from hgt_portfolio.terms import Attainment

MET, UNMET = Attainment.MET, Attainment.UNMET

AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=2)
SIGNS = st.sampled_from([one for one in Comparator if one is not Comparator.ABOUT])


@pytest.mark.parametrize(
    ("cell", "comparator", "amount"),
    [
        ("≥20", "≥", "20"),
        ("＞18（平原区）", "＞", "18"),
        (">18", "＞", "18"),
        ("ΔEQI≥-1", "≥", "-1"),
        ("ΔEQI≥－1", "≥", "-1"),
        ("18%", "≥", "18"),
        ("100％", "≥", "100"),
        ("12.1", "≥", "12.1"),
        ("≤1.12", "≤", "1.12"),
        ("<=5", "≤", "5"),
        ("＜0.5", "＜", "0.5"),
        ("≈91.5", "≈", "91.5"),
        (" ≥ 50 ", "≥", "50"),
    ],
)
def test_a_bound_is_read_whole(cell: str, comparator: str, amount: str) -> None:
    assert read_bound(cell) == Bound(Comparator(comparator), Decimal(amount))


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "-",
        "无",
        "建立",
        "制定实施\n有效开展",
        "完成上级规定的考核任务",
        "72.5，已完成\n上级管控目标",
        "无数据，今年开展申报",
        "（1）≥2\n（2）保持稳定或持续改善",
        "达到III标准",
        "1至2家",
        "≥≥5",
        "5≥",
        "3.",
        ".5",
        "1e9",
        "1,000",
        "九十五",
        "9" * 13,
        "ΔEQI-1",
        "95（平原区）（山区）",
        "≥95%%",
    ],
)
def test_words_are_no_bound(cell: str | None) -> None:
    assert read_bound(cell) is None
    assert compared("95", cell) is None
    assert gap("95", cell) is None


@given(SIGNS, AMOUNTS)
def test_a_bound_reads_back_from_its_text(sign: Comparator, amount: Decimal) -> None:
    assert read_bound(str(Bound(sign, amount))) == Bound(sign, amount)


@pytest.mark.parametrize(
    ("bound", "below", "edge", "above"),
    [
        ("≥50", UNMET, MET, MET),
        ("＞50", UNMET, UNMET, MET),
        ("≤50", MET, MET, UNMET),
        ("＜50", MET, UNMET, UNMET),
        ("50", UNMET, MET, MET),
    ],
)
def test_each_comparator_at_its_edge(bound: str, below: Attainment, edge: Attainment, above: Attainment) -> None:
    assert [compared(value, bound) for value in ("49.99", "50", "50.01")] == [below, edge, above]
    assert compared("50.00%", bound) is edge


@pytest.mark.parametrize(("value", "verdict"), [("89.67", MET), ("89.66", UNMET), ("93.33", MET), ("93.34", UNMET)])
def test_about_is_within_two_percent(value: str, verdict: Attainment) -> None:
    assert compared(value, "≈91.5") is verdict


@given(SIGNS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_more_of_what_is_wanted_is_never_worse(sign: Comparator, limit: Decimal, one: Decimal, other: Decimal) -> None:
    bound = Bound(sign, limit)
    worse, better = sorted((one, other), reverse=not bound.rising)
    if meets(Quantity(worse), bound) is MET:
        assert meets(Quantity(better), bound) is MET


@given(SIGNS, AMOUNTS, AMOUNTS)
def test_nothing_is_missing_exactly_where_it_is_met(sign: Comparator, limit: Decimal, value: Decimal) -> None:
    bound, missing = Bound(sign, limit), gap(str(value), str(Bound(sign, limit)))
    assert missing is not None
    if meets(Quantity(value), bound) is MET:
        assert missing == 0
    else:
        assert missing == abs(limit - value)


@pytest.mark.parametrize(
    ("value", "bound", "verdict"),
    [
        ("≥95", "≥95", MET),
        ("≥95", "≥90", MET),
        ("≥95", "≥96", None),
        ("＞95", "＞95", MET),
        ("≥95", "＞95", None),
        ("≥95", "≤99", None),
        ("≤5", "≤6", MET),
        ("≤5", "≥5", None),
        ("＜5", "≥5", UNMET),
        ("≤5", "＞5", UNMET),
        ("＜90", "≥95", UNMET),
        ("＞10", "≤9", UNMET),
        ("≈95", "≥90", None),
        ("≥95", "≈90", None),
    ],
)
def test_a_value_that_is_itself_a_bound(value: str, bound: str, verdict: Attainment | None) -> None:
    assert compared(value, bound) is verdict
    assert gap(value, bound) == (0 if verdict is MET else None)


@given(SIGNS, SIGNS, AMOUNTS, AMOUNTS)
def test_a_stated_bound_says_what_all_its_values_say(
    stated: Comparator, sign: Comparator, least: Decimal, limit: Decimal
) -> None:
    verdict = meets(Quantity(least, stated), Bound(sign, limit))
    step = Decimal("0.0001") if Bound(stated, least).rising else Decimal("-0.0001")
    inside = [least + step, least + 30_000_000 * step, *([least] if stated in ("≥", "≤") else [])]
    found = {meets(Quantity(value), Bound(sign, limit)) for value in inside}
    assert found == ({verdict} if verdict is not None else {MET, UNMET})


def test_a_trend_is_as_the_bound_wants_it() -> None:
    assert trend("96", "95.3", "≥95") is Trend.BETTER
    assert trend("95", "95.3", "≥95") is Trend.WORSE
    assert trend("1.05", "1.09", "≤1.12") is Trend.BETTER
    assert trend("95.30", "95.3", None) is Trend.SAME
    assert trend("≥95", "95.3", "≥95") is None
    assert trend("95", "已建立", "≥95") is None
    assert trend(None, "95", "≥95") is None


def test_a_value_is_held_against_what_was_assigned_only_where_the_plan_has_no_number() -> None:
    assert held_against("完成上级规定的考核任务", "≥2.5") == "≥2.5"
    assert held_against("完成上级规定的考核任务", None) == "完成上级规定的考核任务"
    assert held_against("≥50", "≥60") == "≥50"
    assert held_against(None, "≥60") is None


def test_an_indicator_is_as_good_as_its_worst_part() -> None:
    assert of_all([MET, MET]) is MET
    assert of_all([MET, None]) is None
    assert of_all([None, UNMET]) is UNMET
    assert of_all([]) is None


def test_the_targets_of_2025_count_until_then() -> None:
    assert [(target_year(year), years_left(year)) for year in (2023, 2025, 2026, 2030, 2031)] == [
        (2025, 2),
        (2025, 0),
        (2030, 4),
        (2030, 0),
        (2030, 0),
    ]


def test_a_quantity_keeps_what_it_was_stated_as() -> None:
    assert read_quantity("95.3%") == Quantity(Decimal("95.3"))
    assert read_quantity("≥95") == Quantity(Decimal(95), Comparator.AT_LEAST)
    assert read_quantity("已建立") is None
