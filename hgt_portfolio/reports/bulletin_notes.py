"""The notes of a document: what its totals leave out, how it counts, and what its figures are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hgt_portfolio.document import Figure, Paragraph, Span, note
from hgt_portfolio.figures import Position
from hgt_portfolio.reports.bulletin_figures import count, exact_text
from hgt_portfolio.reports.quarterly_data import Quarter
from hgt_portfolio.reports.quarterly_groups import PACE_NOTE
from hgt_portfolio.reports.words import amount_words
from hgt_portfolio.terms import DISCLAIMER, UNVERIFIED_IN_DOCUMENTS, DeadlineState


def notes(quarter: Quarter) -> Iterator[Paragraph]:
    """Write the notes, numbered."""
    told = [spans for make in _NOTES if (spans := tuple(make(quarter)))]
    for number, spans in enumerate(told, 1):
        yield note("注：" if number == 1 else "", f"{number}.", *spans)


def _unpriced(quarter: Quarter) -> Iterator[Span]:
    rows = [p for p in quarter.positions if p.investment is None]
    if rows:
        yield "计划总投资不含投资额未定的"
        yield count("note.unpriced", "投资额未定的项目", rows, quarter.positions, "investment_text")
        yield f"项（{'、'.join(position.name for position in rows)}）。"


def _quarter(quarter: Quarter) -> Iterator[Span]:
    """Say which projects 本季度完成 leaves out, and why."""
    if not quarter.total.filed:
        return
    told = list(_left_out(quarter, "quarter", "本季度完成", lambda p: p.quarter_note))
    yield from told
    caught_up = [p for p in quarter.positions if p.catch_up]
    if caught_up:
        yield from ("；补报数", _caught_up(caught_up), "不计入本季度")
    if told:
        yield "。未知的数不作0。"


def _year(quarter: Quarter) -> Iterator[Span]:
    """Say which projects 本年累计 and the year's plan leave out."""
    if not quarter.total.filed:
        return
    told = list(_left_out(quarter, "ytd", "本年累计", lambda p: p.year_note))
    yield from told
    unplanned = [p for p in quarter.positions if p.year_plan is None]
    if unplanned and quarter.total.year_plan.known:
        number = count("note.unplanned", "没有年度计划的项目", unplanned, quarter.positions, "year_plan")
        yield from ("；" if told else "", "年度计划不含没有计划数的", number, "项")
        told.append("")
    if told:
        yield "。"


def _left_out(quarter: Quarter, column: str, name: str, noted: Callable[[Position], str | None]) -> Iterator[Span]:
    """Count the projects that a flow leaves out, by why."""
    lead = f"{name}不含"
    for key, why, begins in _REASONS:
        rows = [position for position in quarter.positions if (noted(position) or "").startswith(begins)]
        if rows:
            number = count(f"note.{column}.{key}", f"{name}不含的项目：{why}", rows, quarter.positions, column)
            yield from (lead, why, number, "项")
            lead = "、"


_REASONS = (
    ("silent", "未报累计投资", "未填报"),
    ("no_base", "缺期初数", "缺"),
    ("catch_up", "补报以前季度", "含补报"),
)
"""Why a flow is unknown: its key, how a document says it, and how a position's note of it begins."""


def _caught_up(rows: list[Position]) -> Figure:
    fen = sum(position.catch_up[0] for position in rows if position.catch_up)
    nos = tuple(position.no for position in rows)
    rule = "本期末累计−最近一次填报的累计，跨一个季度以上"
    return Figure(
        "note.caught_up", amount_words(fen), "补报投资", exact_text(fen), rule, nos, len(nos), len(nos), "stated"
    )


def _pace(quarter: Quarter) -> Iterator[Span]:
    if quarter.total.rate_plan.known:
        yield PACE_NOTE


def _unverified(quarter: Quarter) -> Iterator[Span]:
    if quarter.total.deadline_states[DeadlineState.UNVERIFIED]:
        yield f"{UNVERIFIED_IN_DOCUMENTS}的，完工与否有待核实，不计入逾期。"


def _disclaimer(_quarter: Quarter) -> Iterator[Span]:
    yield DISCLAIMER.replace("本表", "本通报")


_NOTES: tuple[Callable[[Quarter], Iterator[Span]], ...] = (_unpriced, _quarter, _year, _pace, _unverified, _disclaimer)
