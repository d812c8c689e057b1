"""Whether a value meets what the plan sets for it; what no program can compare waits for a person's word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hgt_portfolio.terms import Attainment

NEAR_YEAR, FAR_YEAR = 2025, 2030
"""The years that the plan's two columns of targets are for."""


class Comparator(StrEnum):
    """How a value is held against an amount."""

    AT_LEAST = "≥"
    MORE = "＞"
    AT_MOST = "≤"
    LESS = "＜"
    ABOUT = "≈"


class Trend(StrEnum):
    """Where a value went against the one before it, as the indicator wants it."""

    BETTER = "改善"
    SAME = "持平"
    WORSE = "变差"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a value is held against: a comparator and an amount, in the indicator's own unit."""

    comparator: Comparator
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.comparator}{self.amount}"

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.comparator not in (Comparator.AT_MOST, Comparator.LESS)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value that can be compared; ``comparator`` where it was stated as a bound itself (≥95)."""

    amount: Decimal
    comparator: Comparator | None = None


_SIGNS = {
    "": Comparator.AT_LEAST,
    "≥": Comparator.AT_LEAST,
    ">=": Comparator.AT_LEAST,
    "＞": Comparator.MORE,
    ">": Comparator.MORE,
    "≤": Comparator.AT_MOST,
    "<=": Comparator.AT_MOST,
    "＜": Comparator.LESS,
    "<": Comparator.LESS,
    "≈": Comparator.ABOUT,
}
_NUMBER = r"(?P<number>[-－−]?[0-9]{1,12}(?:\.[0-9]{1,6})?)"
_SIGN = r"(?P<sign>>=|<=|[≥＞>≤＜<≈]?)"
_WHOLE = re.compile(rf"(?:Δ[A-Z]{{1,5}}(?=[≥＞>≤＜<]))?{_SIGN}{_NUMBER}[%％]?(?:（[^（）]{{1,20}}）)?")
"""ΔEQI≥-1, ＞18（平原区）, 18%, 100. A bare number is to be reached: every such row of both tables wants more."""

ABOUT_SHARE = Decimal("0.02")
"""How far from an amount marked ≈ (左右) a value may lie and still be about it (the plan gives no margin; ours)."""


def is_change(standard: str | None) -> bool:
    """Say whether what is set is a change against the year before (ΔEQI≥-1), and no level."""
    return (standard or "").startswith("Δ")


def read_bound(text: str | None) -> Bound | None:
    """Read a standard or target whole; None where it is words (建立, 完成上级规定的考核任务)."""
    found = _read(text)
    return None if found is None else Bound(_SIGNS[found[0]], found[1])


def read_quantity(text: str | None) -> Quantity | None:
    """Read a value whole; None where it is words or not only a number (72.5，已完成上级管控目标)."""
    found = _read(text)
    return None if found is None else Quantity(found[1], _SIGNS[found[0]] if found[0] else None)


def _read(text: str | None) -> tuple[str, Decimal] | None:
    whole = _WHOLE.fullmatch("".join((text or "").split()))
    if whole is None:
        return None
    return whole["sign"], Decimal(whole["number"].translate(str.maketrans("－−", "--")))


def agree(value: str | None, other: str | None) -> bool:
    """Tell whether two cells state the same number (17 and 17.0); words are not held against each other."""
    one, two = read_quantity(value), read_quantity(other)
    return one is None or two is None or one == two


def meets(value: Quantity, bound: Bound) -> Attainment | None:
    """Say whether a value meets a bound; None where a value that is itself a bound leaves it open (≥95 against 96)."""
    if value.comparator is None:
        return Attainment.MET if _holds(value.amount, bound) else Attainment.UNMET
    if Comparator.ABOUT in (value.comparator, bound.comparator):
        return None
    at_edge = value.amount == bound.amount
    if Bound(value.comparator, value.amount).rising == bound.rising:
        edge = at_edge and (bound.comparator not in _STRICT or value.comparator in _STRICT)
        return Attainment.MET if edge or _beyond(value.amount, bound) else None
    # ＜90 against ≥95: whatever it is, it misses.
    edge = at_edge and (bound.comparator in _STRICT or value.comparator in _STRICT)
    return Attainment.UNMET if edge or not (at_edge or _beyond(value.amount, bound)) else None


_STRICT = (Comparator.MORE, Comparator.LESS)


def _beyond(amount: Decimal, bound: Bound) -> bool:
    return amount > bound.amount if bound.rising else amount < bound.amount


def _holds(amount: Decimal, bound: Bound) -> bool:
    if bound.comparator is Comparator.ABOUT:
        return abs(amount - bound.amount) <= abs(bound.amount) * ABOUT_SHARE
    at_edge = bound.comparator in (Comparator.AT_LEAST, Comparator.AT_MOST) and amount == bound.amount
    return at_edge or _beyond(amount, bound)


def compared(value: str | None, bound: str | None) -> Attainment | None:
    """Compare two cells; None where one is not stated or is words."""
    quantity, limit = read_quantity(value), read_bound(bound)
    return None if quantity is None or limit is None else meets(quantity, limit)


def held_against(cell: str | None, assigned: str | None) -> str | None:
    """Give what a value is held against: the cell's own bound, else the target set from above (上级下达)."""
    return cell if cell is None or read_bound(cell) is not None else (assigned or cell)


def gap(value: str | None, bound: str | None) -> Decimal | None:
    """Give how much is missing to a bound, 0 where it is met; None where the two cannot be compared."""
    quantity, limit = read_quantity(value), read_bound(bound)
    if quantity is None or limit is None:
        return None
    verdict = meets(quantity, limit)
    if verdict is None or (verdict is Attainment.UNMET and quantity.comparator is not None):
        return None
    return Decimal() if verdict is Attainment.MET else abs(limit.amount - quantity.amount)


def trend(value: str | None, before: str | None, bound: str | None) -> Trend | None:
    """Say where a value went against an earlier one; None where they cannot be compared or one is itself a bound."""
    now, earlier = read_quantity(value), read_quantity(before)
    if now is None or earlier is None or now.comparator or earlier.comparator:
        return None
    if now.amount == earlier.amount:
        return Trend.SAME
    limit = read_bound(bound)
    rising = limit is None or limit.rising
    return Trend.BETTER if (now.amount > earlier.amount) is rising else Trend.WORSE


def target_year(year: int) -> int:
    """Give the year whose targets count for a year."""
    return NEAR_YEAR if year <= NEAR_YEAR else FAR_YEAR


def years_left(year: int) -> int:
    """Give the years from a year's end to that of its targets, 0 once that is past."""
    return max(target_year(year) - year, 0)


def of_all(verdicts: Iterable[Attainment | None]) -> Attainment | None:
    """Judge an indicator by its sub-rows: unmet where one is, met where all are, else unknown."""
    given = list(verdicts)
    if Attainment.UNMET in given:
        return Attainment.UNMET
    return Attainment.MET if given and None not in given else None
