"""The numbers that documents print, each with its exact value, its rule and its rows: one place makes them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hgt_portfolio.document import Figure
from hgt_portfolio.figures import By, Group, Position, Sum
from hgt_portfolio.money import rounded, wan_text
from hgt_portfolio.reports.quarterly_data import Before, Quarter
from hgt_portfolio.reports.words import amount_words

Value = int | Decimal | None

ENDS = "两端都有数才算：该月有填报，或开工以前为0，或完工后沿用"
BOTH = "只用两数均知的项目"

Write = Callable[[int], str]
"""How an amount (fen) is written without its sign."""


@dataclass(frozen=True)
class Measure:
    """A total of a group: its name, how it is read from the group and from one project, and its rule."""

    name: str
    of_group: Callable[[Group], Value]
    of_row: Callable[[Position], Value]
    rule: str
    column: str


def _sum(key: str, name: str, rule: str) -> Measure:
    def of_group(group: Group) -> Value:
        part = getattr(group, key)
        return int(part.fen) if part.known else None

    return Measure(name, of_group, lambda p: getattr(p, key), rule, key)


def _rest(everything: Sum, part: Sum) -> int | None:
    """Give what a sum has beyond its part; None where it runs over no more rows."""
    return everything.fen - part.fen if everything.known > part.known else None


MEASURES: dict[str, Measure] = {
    "investment": Measure(
        "计划总投资",
        lambda g: g.investment if g.priced else None,
        lambda p: p.investment,
        "有投资额的项目相加，待定的不计",
        "investment",
    ),
    "year_plan": _sum("year_plan", "年度计划投资", "有年度计划的项目相加"),
    "quarter": _sum("quarter", "本季度完成投资", f"本季末与上季末自开工累计之差相加，{ENDS}"),
    "ytd": _sum("ytd", "本年累计完成投资", f"本期末与上年底自开工累计之差相加，{ENDS}"),
    "cumulative": _sum("cumulative", "自开工累计完成投资", "最近一次填报的自开工累计相加"),
    "year_rate": Measure(
        "占年度计划", lambda g: g.year_rate, lambda p: p.year_balance, f"本年累计÷年度计划，{BOTH}", "year_rate"
    ),
    "first_rate": Measure(
        "占年初计划",
        lambda g: g.first_rate,
        lambda p: None if p.year_plan_first is None else p.ytd,
        f"本年累计÷年初的年度计划，{BOTH}",
        "first_rate",
    ),
    "deviation": Measure(
        "与序时进度的偏差",
        lambda g: g.deviation,
        lambda p: p.year_balance,
        f"占年度计划−本年已过整月数÷12，{BOTH}",
        "deviation",
    ),
    "shortfall": Measure(
        "欠序时金额",
        lambda g: g.shortfall,
        lambda p: p.shortfall,
        f"计划应完成（年度计划×各项目自身序时）−本年累计，{BOTH}",
        "shortfall",
    ),
    "year_balance": Measure(
        "年度任务余额", lambda g: g.year_balance, lambda p: p.year_balance, f"年度计划−本年累计，{BOTH}", "year_balance"
    ),
    "rate_plan": Measure(
        "年度计划投资（完成数已知）",
        lambda g: g.rate_plan.fen if g.rate_plan.known else None,
        lambda p: None if p.ytd is None else p.year_plan,
        f"年度计划相加，{BOTH}",
        "year_plan",
    ),
    "rate_ytd": Measure(
        "本年累计完成投资（有年度计划）",
        lambda g: g.rate_ytd.fen if g.rate_ytd.known else None,
        lambda p: None if p.year_plan is None else p.ytd,
        f"本年累计相加，{BOTH}",
        "ytd",
    ),
    "plan_alone": Measure(
        "年度计划投资（完成数未知）",
        lambda g: _rest(g.year_plan, g.rate_plan),
        lambda p: p.year_plan if p.ytd is None else None,
        "有年度计划、本年累计未知的项目，年度计划相加",
        "year_plan",
    ),
    "ytd_alone": Measure(
        "本年累计完成投资（没有年度计划）",
        lambda g: _rest(g.ytd, g.rate_ytd),
        lambda p: p.ytd if p.year_plan is None else None,
        "本年累计已知、没有年度计划的项目，本年累计相加",
        "ytd",
    ),
    "total_rate": Measure(
        "占总投资",
        lambda g: g.total_rate,
        lambda p: None if p.investment is None else p.cumulative,
        f"自开工累计÷总投资，{BOTH}",
        "total_rate",
    ),
}
"""The totals that documents print, by the key that ends their figure's."""


@dataclass(frozen=True)
class Scope:
    """A group of projects with its totals: everything, a domain or a unit. ``key`` begins its figures' keys."""

    key: str
    label: str
    group: Group
    positions: tuple[Position, ...]

    @property
    def adjusted(self) -> bool:
        """Whether a year plan of the group was adjusted within the year, and 占年初计划 is known beside it."""
        return self.value("first_rate") is not None and any(
            position.year_plan_first not in (None, position.year_plan) for position in self.positions
        )

    def value(self, measure: str) -> Value:
        """Give a total exactly; None where nothing is known."""
        return MEASURES[measure].of_group(self.group)

    def figure(self, measure: str, write: Write = amount_words) -> Figure:
        """Give a total as documents print it, without its sign; raises ``ValueError`` where nothing is known."""
        made, value = MEASURES[measure], self.value(measure)
        if value is None:
            raise ValueError(f"{self.key}.{measure}")
        rows = [p.no for p in self.positions if made.of_row(p) is not None]
        return Figure(
            f"{self.key}.{measure}",
            _text(measure, value, write),
            f"{self.label}{made.name}",
            exact_text(value),
            made.rule,
            tuple(rows),
            len(rows),
            len(self.positions),
            made.column,
        )

    def known(self, measure: str) -> Figure:
        """Give over how many projects a total runs."""
        made = MEASURES[measure]
        rows = [p for p in self.positions if made.of_row(p) is not None]
        return count(f"{self.key}.{measure}.known", f"{self.label}{made.name}有数的项目", rows, self.positions)


def _text(measure: str, value: int | Decimal, write: Write) -> str:
    if isinstance(value, int):
        return write(abs(value))
    points = f"{rounded(abs(value) * 100, 1)}"
    return points if measure == "deviation" else f"{points}%"


def exact_text(value: int | Decimal) -> str:
    """Write a value exactly: 万元 to the fen, a rate as a percentage with four decimals."""
    return f"{wan_text(value)}万元" if isinstance(value, int) else f"{rounded(value * 100, 4)}%"


def count(key: str, name: str, rows: Iterable[Position], of: Sequence[Position], column: str = "") -> Figure:
    """Count projects."""
    nos = tuple(position.no for position in rows)
    return Figure(key, str(len(nos)), name, f"{len(nos)}项", "符合条件的项目逐项计数", nos, len(nos), len(of), column)


def originals(scope: Scope) -> Figure:
    """Count projects as the plan does: the parts of a split are one, and a merged one is as many as it was made of."""
    said = str(scope.group.originals)
    rule = "拆分的各部分合计一项，合并的按原来的项数计"
    rows = tuple(position.no for position in scope.positions)
    return Figure(f"{scope.key}.originals", said, f"{scope.label}按规划计的项数", f"{said}项", rule, rows, len(rows))


def amount(key: str, name: str, fen: int, position: Position, column: str, rule: str) -> Figure:
    """Give an amount of one project, without its sign."""
    return Figure(key, amount_words(abs(fen)), name, exact_text(fen), rule, (position.no,), 1, 1, column)


def days(position: Position) -> Figure:
    """Give how many days a project is past its due date."""
    late = position.days_overdue or 0
    return Figure(
        f"project.{position.no}.days_overdue",
        str(late),
        f"{position.name}逾期天数",
        f"{late}天",
        f"截至日−完工期限（{position.due_date}）",
        (position.no,),
        1,
        1,
        "days_overdue",
    )


def heard(quarter: Quarter) -> bool:
    """Tell whether the quarter's figures say anything: somebody has filed, or nobody has to."""
    return bool(quarter.total.filed) or not quarter.total.not_filed


def whole(quarter: Quarter) -> Scope:
    """Give the scope of all projects."""
    return Scope("total", "全部项目", quarter.total, tuple(quarter.positions))


def domains(quarter: Quarter) -> list[Scope]:
    """Give a scope for each domain, in the plan's order."""
    return _scopes(quarter, By.DOMAIN, quarter.domains, lambda p: p.domain)


def units(quarter: Quarter) -> list[Scope]:
    """Give a scope for each lead unit, the one with the largest 欠序时金额 first and the unknown last."""
    scopes = _scopes(quarter, By.UNIT, quarter.units, lambda p: p.unit)
    return sorted(scopes, key=lambda scope: (scope.group.shortfall is None, -(scope.group.shortfall or 0)))


def _scopes(quarter: Quarter, by: By, groups: list[Group], name: Callable[[Position], str]) -> list[Scope]:
    return [
        Scope(f"{by}.{group.name}", group.name, group, tuple(p for p in quarter.positions if name(p) == group.name))
        for group in groups
    ]


@dataclass(frozen=True)
class Pairs:
    """The projects known in two periods by number, and what they did (fen) in the later and in the earlier one."""

    rows: tuple[str, ...]
    now: int
    then: int

    @property
    def differing(self) -> tuple[int, int, int]:
        """The two and their difference (fen)."""
        return self.now, self.then, self.now - self.then


def paired(quarter: Quarter, before: Mapping[str, Before], column: str) -> Pairs | None:
    """Add up what was done now and before over the projects known both times.

    None where there are none, or none of them had begun to do anything before.
    """
    known = [
        (position.no, now, then)
        for position in quarter.positions
        if (now := getattr(position, column)) is not None
        and (then := getattr(before.get(position.no), column, None)) is not None
    ]
    if not any(then for _, _, then in known):
        return None
    return Pairs(tuple(no for no, _, _ in known), sum(now for _, now, _ in known), sum(then for _, _, then in known))


COMPARED = {
    "quarter": ("本季度与上季度完成投资之差", "本季度完成投资（上季度也有数）", "上季度完成投资（本季度也有数）"),
    "ytd": ("本年累计与上年同期之差", "本年累计完成投资（上年同期也有数）", "上年同期完成投资（本年也有数）"),
}
"""What is called by which name where two periods are compared: the difference, the later side, the earlier one."""


def change(quarter: Quarter, key: str, before: Mapping[str, Before], column: str) -> Figure | None:
    """Give how much more (or less) was done than before over the projects known both times.

    None as ``paired`` is. ``exact`` has the sign that ``text`` leaves to the sentence.
    """
    pairs = paired(quarter, before, column)
    return None if pairs is None else difference(quarter, key, pairs, column)


def difference(quarter: Quarter, key: str, pairs: Pairs, column: str, write: Write = amount_words) -> Figure:
    """Give the difference of two periods."""
    return _side(quarter, key, pairs, column, pairs.differing[2], 0, write)


def sides(quarter: Quarter, key: str, pairs: Pairs, column: str, write: Write) -> tuple[Figure, Figure]:
    """Give what two periods are compared by: the later one's sum and the earlier one's, over the same projects."""
    now = _side(quarter, f"{key}.now", pairs, column, pairs.now, 1, write)
    return now, _side(quarter, f"{key}.then", pairs, column, pairs.then, 2, write)


def _side(quarter: Quarter, key: str, pairs: Pairs, column: str, fen: int, place: int, write: Write) -> Figure:
    return Figure(
        key,
        write(abs(fen)),
        COMPARED[column][place],
        exact_text(fen),
        f"{'相加' if place else '两期相减'}，只用两期均有数的项目",
        pairs.rows,
        len(pairs.rows),
        len(quarter.positions),
        column,
    )


def compared(figure: Figure) -> Figure:
    """Give over how many projects two periods are compared."""
    said = str(figure.known)
    return replace(
        figure,
        key=f"{figure.key}.known",
        text=said,
        name=f"{figure.name}：两期均有数的项目",
        exact=f"{said}项",
        rule="符合条件的项目逐项计数",
    )


def ahead(figure: Figure) -> bool:
    """Tell whether a figure with a sign is not below zero."""
    return not figure.exact.startswith("-")


def said(figure: Figure, above: str, below: str, unit: str = "") -> Figure:
    """Put the word of a figure's direction into its text, so that a turned word is found as a changed number."""
    return replace(figure, text=f"{above if ahead(figure) else below}{figure.text}{unit}")
