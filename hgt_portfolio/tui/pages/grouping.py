"""The list in groups: by what, the filter that opens one group, and its heading with the subtotals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from hgt_portfolio.figures import By, Filter, Group, Sum
from hgt_portfolio.terms import BASIS_LABELS, PHASE_LABELS, Basis, DeadlineState, Phase
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.pages.counts import silent_word
from hgt_portfolio.tui.pages.facts import pairs

CONTINUED = "(续)"
NAME = 16


@dataclass(frozen=True)
class Grouping:
    """What a list is grouped by: its name, the totals' word for it, and the field of a position that it goes by."""

    label: str
    by: By
    field: str

    def opens(self, name: str) -> Filter:
        """Give the filter that lets through exactly one group."""
        if self.by in PHASE_BASES:
            return Filter(phase=Phase(name), basis=PHASE_BASES[self.by])
        return Filter().narrowed(**{self.field: name})

    def named(self, name: str) -> str:
        """Say a group's name; a phase says by which basis."""
        if self.by in PHASE_BASES:
            return f"{PHASE_LABELS[Phase(name)]}({BASIS_LABELS[PHASE_BASES[self.by]]})"
        return wording.cell(name).plain


PHASE_BASES = {By.PHASE: Basis.PLAN, By.PHASE_DEADLINE: Basis.DEADLINE}


def groupings(basis: Basis) -> tuple[Grouping | None, ...]:
    """Give the groupings in the order of the key; 按月分摊 parts no projects, and so groups as the plan does."""
    phase = Grouping("阶段", By.PHASE, "stage")
    if basis is Basis.DEADLINE:
        phase = Grouping("阶段", By.PHASE_DEADLINE, "phase_deadline")
    return (None, Grouping("领域", By.DOMAIN, "domain"), Grouping("单位", By.UNIT, "unit"), phase)


def heading(grouping: Grouping, group: Group, *, continued: bool = False) -> Text:
    """Write a group's heading: name, count, 总投资, 本年 and 完成率, each with what it leaves out."""
    name = wording.fitted(grouping.named(group.name), NAME).plain + (CONTINUED if continued else "")
    return Text(
        f" {name} {group.count}项  总投资{_yi(Sum(group.investment, group.priced), group.count)}"
        f"  本年{_yi(group.ytd, group.count)}"
        f"  完成率{wording.rate(group.year_rate)}{_of(group.rate_plan, group.count)}",
        "bold",
    )


def _yi(total: Sum, count: int) -> str:
    """Write a sum in 亿元; unknown where it runs over no row."""
    return f"{wording.yi(total.fen)}亿{_of(total, count)}" if total.known else wording.UNKNOWN


def _of(total: Sum, count: int) -> str:
    """Say over how many rows a figure runs where not over all."""
    return f" {total.known}/{count}" if 0 < total.known < count else ""


def laid_over(text: Text, sizes: Sequence[int]) -> list[Text]:
    """Lay one line over the cells of a row, so that it reads through them."""
    parts, rest = [], text
    for size in sizes:
        head, rest = _cut(rest, size)
        parts.append(head)
    return parts


def _cut(text: Text, size: int) -> tuple[Text, Text]:
    """Cut a text after so many cells; before a wide glyph that would straddle the cut the last space is widened."""
    at = len(text)
    while text[:at].cell_len > size:
        at -= 1
    head, rest = text[:at], text[at:]
    space = head.plain.rfind(" ")
    if rest and head.cell_len < size and space >= 0:
        head = head[:space] + Text(" ") + head[space:]
    return head, rest


def group_texts(grouping: Grouping, group: Group) -> list[tuple[str, str]]:
    """Give a group's subtotals as heads and texts, amounts exact in 万元."""

    def known(total: Sum) -> str:
        if not total.known:
            return wording.UNKNOWN
        partly = f"（{total.known}/{group.count}项）" if total.known < group.count else ""
        return f"{wording.amount(total.fen)} 万元{partly}"

    return [
        (grouping.label, grouping.named(group.name)),
        ("项数", f"{group.count}"),
        ("总投资", known(Sum(group.investment, group.priced))),
        ("自开工累计", known(group.cumulative)),
        ("本年计划", known(group.year_plan)),
        ("本年累计", known(group.ytd)),
        ("本季度完成", known(group.quarter)),
        (
            "完成率",
            f"{wording.rate(group.year_rate)}{_of(group.rate_plan, group.count)} 序时{wording.rate(group.pace)}",
        ),
        ("逾期", f"{group.deadline_states[DeadlineState.OVERDUE]}"),
        ("到期未核实", f"{group.deadline_states[DeadlineState.UNVERIFIED]}"),
        (silent_word(group), f"{group.not_filed}/{group.to_file}"),
    ]


def group_card(grouping: Grouping, group: Group) -> RenderableType:
    """Draw a group for the pane beside the list."""
    return pairs(group_texts(grouping, group), 12)
