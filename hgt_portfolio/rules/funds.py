"""资金 findings of chapter 6（四）: small rules over what a project's sources planned, received and paid, as data.

Amounts are only held against each other where they are stated for the same month; else both months are told (不可比).
A 计划 is no amount of a month: it holds until another is stated. Amounts in fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hgt_portfolio.money import ratio, rounded, wan_words
from hgt_portfolio.months import Month, month_text

OWN = "本系统默认（没有国家规定的数）"
INCOMPARABLE = "不可比"
UNFILED = "未填报资金"


@dataclass(frozen=True, slots=True)
class Dated:
    """An amount since the project began, and the months (first, last) that it is stated for."""

    fen: int
    first: Month
    last: Month

    def meets(self, other: Dated) -> bool:
        """Tell whether both are stated for a same month."""
        return self.first <= other.last and other.first <= self.last

    @property
    def words(self) -> str:
        """The month, or the last of several."""
        return month_text(self.last)


@dataclass(frozen=True, slots=True)
class SourceCase:
    """One source of a project: 计划, 到位 and 支付, None where not stated."""

    name: str
    planned: int | None
    received: Dated | None
    paid: Dated | None


@dataclass(frozen=True, slots=True)
class FundCase:
    """What the rules look at of one project at P.

    ``received`` and ``paid`` are the sums over the sources that state them, None where none does or their months differ
    (``scattered`` names those that differ). ``work`` is 自开工累计完成投资, ``quarter`` what was done in P's quarter.
    """

    no: str
    sources: tuple[SourceCase, ...]
    planned: int | None
    planned_whole: bool
    received: Dated | None
    paid: Dated | None
    scattered: tuple[str, ...]
    investment: int | None
    work: Dated | None
    quarter: int | None
    period: Month
    complete: bool


@dataclass(frozen=True, slots=True)
class FundFinding:
    """What a rule found of a project: the rule's name, the amount that it is about, and a sentence."""

    no: str
    rule: str
    fen: int | None
    message: str


Told = Iterator[tuple[int | None, str]]


@dataclass(frozen=True)
class FundRule:
    """A rule: its name, its threshold in words and as a percentage of what it is held against, and its source."""

    name: str
    words: str
    source: str
    find: Callable[[FundCase, FundRule], Told]
    percent: int = 100


def summed(amounts: Iterable[Dated]) -> Dated | None:
    """Add up amounts stated for a same month; None where there are none or their months differ."""
    found = list(amounts)
    first, last = max((one.first for one in found), default=1), min((one.last for one in found), default=0)
    return Dated(sum(one.fen for one in found), first, last) if first <= last else None


def of_case(case: FundCase) -> list[FundFinding]:
    """Give every finding of a project, in the order of the rules; what could not be compared comes last."""
    found = [FundFinding(case.no, rule.name, fen, said) for rule in FUND_RULES for fen, said in rule.find(case, rule)]
    return [*found, *(FundFinding(case.no, INCOMPARABLE, None, said) for said in incomparable(case))]


def incomparable(case: FundCase) -> Iterator[str]:
    """Say which amounts of a project could not be held against each other, with both their months."""
    for line in case.sources:
        both = line.received, line.paid
        if both[0] is not None and both[1] is not None and not both[0].meets(both[1]):
            yield f"{line.name}到位是 {both[0].words} 的数，支付是 {both[1].words} 的数，不可比"
    if case.scattered:
        yield f"各来源{'、'.join(case.scattered)}不是同一月份的数，合计与完成投资不可比"
    if case.paid is not None and case.work is None:
        yield f"支付是 {case.paid.words} 的数，没有填报完成投资，不可比"
    elif case.paid is not None and case.work is not None and not case.paid.meets(case.work):
        yield f"支付是 {case.paid.words} 的数，完成投资是 {case.work.words} 的数，不可比"


def lead(case: FundCase) -> int | None:
    """Give 付款与完成差额: paid less work done (positive: paid ahead of work), None where not comparable."""
    if case.paid is None or case.work is None or not case.paid.meets(case.work):
        return None
    return case.paid.fen - case.work.fen


def _percent(part: int, whole: int) -> str:
    share = ratio(part, whole)
    return "—" if share is None else f"{rounded(share * 100, 1)}%"


def _paid_over_received(case: FundCase, _rule: FundRule) -> Told:
    for line in case.sources:
        if line.paid and line.received and line.paid.meets(line.received) and line.paid.fen > line.received.fen:
            more = line.paid.fen - line.received.fen
            said = f"{line.name}支付 {wan_words(line.paid.fen)} 万元，到位 {wan_words(line.received.fen)} 万元"
            yield more, f"{said}，超出 {wan_words(more)} 万元"


def _received_over_planned(case: FundCase, _rule: FundRule) -> Told:
    for line in case.sources:
        if line.received and line.planned is not None and line.received.fen > line.planned:
            more = line.received.fen - line.planned
            said = f"{line.name}到位 {wan_words(line.received.fen)} 万元，计划 {wan_words(line.planned)} 万元"
            yield more, f"{said}，超出 {wan_words(more)} 万元"


def _paid_ahead(case: FundCase, _rule: FundRule) -> Told:
    more = lead(case)
    if more is not None and more > 0 and case.paid is not None and case.work is not None:
        said = f"支付 {wan_words(case.paid.fen)} 万元，完成投资 {wan_words(case.work.fen)} 万元"
        yield more, f"{said}，超前 {wan_words(more)} 万元；依合同的预付款除外，请核对"


def _short(case: FundCase, rule: FundRule) -> int | None:
    """Give by how much less was paid than the work done, where that is under the rule's share of it."""
    less = lead(case)
    if less is None or case.paid is None or case.work is None:
        return None
    share = Decimal(case.work.fen) * rule.percent / 100
    return -less if case.paid.fen < share else None


def _work_ahead(case: FundCase, rule: FundRule) -> Told:
    less = None if case.complete else _short(case, rule)
    if less is not None and case.paid is not None and case.work is not None:
        said = f"完成投资 {wan_words(case.work.fen)} 万元，支付 {wan_words(case.paid.fen)} 万元"
        yield less, f"{said}，占 {_percent(case.paid.fen, case.work.fen)}，欠付 {wan_words(less)} 万元"


def _unpaid(case: FundCase, rule: FundRule) -> Told:
    less = _short(case, rule) if case.complete else None
    if less is not None and case.paid is not None and case.work is not None:
        said = f"已完工，完成投资 {wan_words(case.work.fen)} 万元，支付 {wan_words(case.paid.fen)} 万元"
        yield less, f"{said}，占 {_percent(case.paid.fen, case.work.fen)}，未付 {wan_words(less)} 万元"


def _idle(case: FundCase, _rule: FundRule) -> Told:
    if case.quarter != 0 or case.received is None or case.paid is None or case.complete:
        return
    idle = case.received.fen - case.paid.fen
    if case.received.meets(case.paid) and case.received.last >= case.period and idle > 0:
        said = f"到位 {wan_words(case.received.fen)} 万元，支付 {wan_words(case.paid.fen)} 万元"
        yield idle, f"{said}，{wan_words(idle)} 万元未支付，而本季度没有完成投资"


def _plan_differs(case: FundCase, _rule: FundRule) -> Told:
    if case.planned is None or case.investment is None or not case.planned_whole or case.planned == case.investment:
        return
    differs = case.planned - case.investment
    said = f"各来源计划合计 {wan_words(case.planned)} 万元，总投资 {wan_words(case.investment)} 万元"
    yield abs(differs), f"{said}，{'多' if differs > 0 else '少'} {wan_words(abs(differs))} 万元"


FUND_RULES = (
    FundRule("支付超过到位", "同一来源、同一月份的支付大于到位", OWN, _paid_over_received),
    FundRule("到位超过计划", "同一来源的到位大于计划", OWN, _received_over_planned),
    FundRule(
        "支付超前于完成投资",
        "同一月份的支付合计大于自开工累计完成投资",
        f"{OWN}；财建〔2022〕183号：进度款超出已完成工程价款的，结算后30日内返还",
        _paid_ahead,
    ),
    FundRule(
        "完成投资超前于支付",
        "未完工，同一月份的支付合计不到自开工累计完成投资的80%",
        "参照财建〔2022〕183号：政府机关、事业单位、国有企业的进度款不低于已完成工程价款的80%；以完成投资代工程价款",
        _work_ahead,
        80,
    ),
    FundRule("资金沉淀", "截至本期到位未支付，而本季度完成投资为0", OWN, _idle),
    FundRule(
        "已完工未付清",
        "已完工，同一月份的支付合计不到自开工累计完成投资的97%",
        "参照建质〔2017〕138号第七条：质量保证金不高于工程价款结算总额的3%；以完成投资代结算总额",
        _unpaid,
        97,
    ),
    FundRule("计划合计与总投资不符", "各来源都报了计划，合计不等于总投资", OWN, _plan_differs),
)
"""The rules in the order in which they are printed."""
