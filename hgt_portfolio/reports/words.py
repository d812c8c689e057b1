"""Words that every report prints: the point it stands at, and a project's number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from hgt_portfolio.figures import Group, Point, Portfolio
from hgt_portfolio.money import FEN_PER_WAN, FEN_PER_YI, rounded, wan_words, yi_text
from hgt_portfolio.months import month_text, quarter_label
from hgt_portfolio.rules.point import moment_words

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures


def number(no: str) -> str | int:
    """Give a project's number as JSON does: an integer, or text for the children of a split (1-1)."""
    return int(no) if no.isdecimal() else no


def point_words(figures: Portfolio, point: Point, rules: str | None = None) -> str:
    """Say the point of a report: 截至日, period, rule set and moment of knowledge."""
    in_force = figures.in_force(point, rules)
    closing = figures.closing(point.period)
    closed = "；该季度已定稿，为定稿时的数" if closing is not None and closing.known_at == point.known_at else ""
    return (
        f"截至 {point.day}，投资数截至 {month_text(point.period)}（{quarter_label(point.period)}）；"
        f"预警规则：{in_force.label}；数据时点 {moment_words(point.known_at)}{closed}"
    )


HEAD = "操作链校验值"
"""What the head of the audit chain is called wherever it is printed."""

HEAD_DIGITS = 16


def head_words(figures: Figures, point: Point) -> str:
    """Say the head of the audit chain known at a point: the first digits of its hash, its action and moment."""
    newest = figures.entries(point, limit=1)
    if not newest:
        return "—"
    entry = newest[0]
    return f"{entry.hash[:HEAD_DIGITS]}（操作{entry.id}，{moment_words(entry.at)}）"


def printed_phases(figures: Portfolio) -> str:
    """Say what the plan itself prints of its phases."""
    stated = {code: value for code, value, _ in figures.statements()}
    if "near" not in stated or "far" not in stated:
        return "规划没有写明近期、远期项数"
    return f"规划只写明近期{stated['near']}项、远期{stated['far']}项"


def project_count(group: Group) -> str:
    """Say how many projects a group has: as the plan counts them, and after splits and mergers where that differs."""
    changed = count_change(group)
    return f"{group.originals} 项，{changed}后 {group.count} 项" if changed else f"{group.count} 项"


def count_change(group: Group) -> str:
    """Say by what a group came to another count than the plan's: 拆分 or 合并; empty where it is the same."""
    if group.count == group.originals:
        return ""
    return "拆分" if group.count > group.originals else "合并"


def yes_no(flag: int | None) -> str | None:
    """Write a flag: 是, 否, or unknown."""
    return None if flag is None else "是" if flag else "否"


def amount_words(fen: int) -> str:
    """Write an amount as documents do: from 1亿 on in 亿元 with two decimals, below in 万元."""
    return f"{yi_text(fen, 2)}亿元" if abs(fen) >= FEN_PER_YI else f"{wan_words(fen)}万元"


_UNITS = ((FEN_PER_YI, "亿元", 2), *((FEN_PER_WAN, "万元", places) for places in (2, 4, 6)))
"""How the amounts of one answer may be written, the plainest first; six decimals of 万元 are fen."""


def same_unit(amounts: Iterable[int], differences: Iterable[tuple[int, int, int]] = ()) -> Callable[[int], str]:
    """Give how the amounts (fen) of one answer are written: in one unit with the same decimals, without their signs.

    亿元 where they reach it and all can be told so: nothing but 0 reads 0, and each of ``differences`` (whole, part,
    rest) comes out when subtracted by hand; else 万元.
    """
    told = tuple(differences)
    sizes = [abs(fen) for fen in (*amounts, *(fen for one in told for fen in one))]

    def plain(unit: int, places: int) -> bool:
        def at(fen: int) -> Decimal:
            return rounded(Decimal(fen) / unit, places)

        reached = unit == FEN_PER_WAN or max(sizes, default=0) >= unit
        told_apart = all(at(fen) for fen in sizes if fen)
        return reached and told_apart and all(at(whole) - at(part) == at(rest) for whole, part, rest in told)

    unit, name, places = next(form for form in _UNITS if plain(form[0], form[2]))
    return lambda fen: f"{rounded(Decimal(abs(fen)) / unit, places):,}{name}"
