"""任务与承诺: chapter 4 as a tree, and its promises with what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hgt_portfolio.figures import Position
from hgt_portfolio.figures.indicators import Judged, Line
from hgt_portfolio.plan import Measure
from hgt_portfolio.reports.indicators import UNFILED, UNJUDGED, quantity, source_words, value_words
from hgt_portfolio.rules.indicators import target_year
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Attainment, Catalogue

NOT_YET = "当年没有要求"
"""What is said of a commitment whose target is for other years."""

NUMERALS = "一二三四五六"

TREE_COLUMNS = (
    Column("code", "编号", Kind.LABEL, 5),
    Column("name", "体系、任务、措施", Kind.TEXT, 24),
    Column("count", "承诺", Kind.COUNT, 4),
    Column("met", "已达到", Kind.COUNT, 4),
    Column("unmet", "未达到", Kind.COUNT, 4),
    Column("unknown", "未定", Kind.COUNT, 4),
    Column("codes", "承诺编号", Kind.TEXT, 12),
)


def commitments_of(found: Sequence[Judged]) -> list[Line]:
    """Give the commitments among indicators, in the plan's order."""
    return [line for one in found if one.catalogue is Catalogue.COMMITMENT for line in one.lines]


def measure_of(line: Line) -> str:
    """Give the code of the measure that a commitment stands in; empty for those outside chapter 4."""
    return (line.printed.task or "").partition(" ")[0]


def commitment_tree(found: Sequence[Judged], measures: Sequence[Measure], year: int) -> Table:
    """Lay chapter 4 out as its systems, tasks and measures, with how many commitments of each are kept."""
    lines = commitments_of(found)
    rows: list[tuple[Cell, ...]] = []
    seen: set[str] = set()
    for one in measures:
        task = f"{one.system}.{one.task}"
        for code, name in (
            (str(one.system), f"（{NUMERALS[one.system - 1]}）{one.system_name}"),
            (task, f"　{one.task}.{one.task_name}" if one.task else f"　{one.task_name}"),
            (one.code, f"　　{one.measure_name}"),
        ):
            if code not in seen:
                seen.add(code)
                under = [line for line in lines if f"{measure_of(line)}.".startswith(f"{code}.")]
                rows.append((code, name, *_counts(under), "、".join(line.code for line in under)))
    outside = [line for line in lines if not measure_of(line)]
    if outside:
        rows.append(("", "第四章以外", *_counts(outside), "、".join(line.code for line in outside)))
    notes = (f"承诺 {len(lines)} 项：以{year}年填报判断，未填报或待人工判断的计入未定。",)
    return Table(
        "任务与措施", f"规划任务与措施（{year}年）", TREE_COLUMNS, tuple(rows), notes=notes, unit_note="单位：项"
    )


def _counts(lines: Sequence[Line]) -> tuple[int, int, int, int]:
    verdicts = [line.kept for line in lines]
    met, unmet = verdicts.count(Attainment.MET), verdicts.count(Attainment.UNMET)
    return len(lines), met, unmet, len(lines) - met - unmet


COMMITMENT_COLUMNS = (
    Column("code", "编号", Kind.LABEL, 5),
    Column("place", "位置", Kind.LABEL, 8),
    Column("name", "承诺", Kind.TEXT, 14),
    Column("unit", "单位", Kind.LABEL, 4),
    Column("bound", "要求", Kind.TEXT, 8),
    Column("value", "实际", Kind.TEXT, 7),
    Column("kept", "是否达到", Kind.LABEL, 6),
    Column("gap", "差距", Kind.LABEL, 4),
    Column("source", "来源和依据", Kind.TEXT, 8),
    Column("indicators", "相关指标", Kind.TEXT, 10),
    Column("projects", "相关项目", Kind.TEXT, 12),
    Column("units", "文中责任单位", Kind.TEXT, 7),
    Column("quote", "原文", Kind.TEXT, 24),
)


def commitment_table(found: Sequence[Judged], year: int, positions: Mapping[str, Position]) -> Table:
    """List the commitments: what is required for the year, what was filed, and what each is linked to.

    ``positions`` are by project number; a linked indicator shows its own value, which is never taken for the
    commitment's.
    """
    lines = commitments_of(found)
    by_code = {line.code: line for one in found for line in one.lines}
    rows = tuple(
        (
            line.code,
            line.printed.place,
            line.printed.name,
            line.unit if line.unit != "-" else "",
            bound_words(line),
            value_words(line),
            kept_words(line),
            quantity(line.gap),
            source_words(line),
            "；".join(_linked(by_code.get(code), code) for code in split(line.printed.indicators)),
            "；".join(_project(positions.get(no), no) for no in split(line.printed.projects)),
            line.printed.units or "",
            line.printed.quote or "",
        )
        for line in lines
    )
    count, met, unmet, unknown = _counts(lines)
    notes = (
        f"承诺 {count} 项：已达到 {met}、未达到 {unmet}、未定 {unknown}；相关指标的数只供参考，承诺以自己的填报为准。",
    )
    return Table("承诺", f"规划承诺完成情况（{year}年）", COMMITMENT_COLUMNS, rows, notes=notes, unit_note="")


def split(words: str | None) -> list[str]:
    """Give the codes or numbers of a linking cell."""
    return [word for word in (words or "").split("、") if word]


def bound_words(line: Line) -> str:
    """Write what is required: the target of the year, else the lasting requirement."""
    if line.target is not None:
        return f"{line.target}（{target_year(line.year)}年）"
    return f"{line.standard}（规划期内）" if line.standard else NOT_YET


def kept_words(line: Line) -> str:
    """Write whether a commitment is kept; where that is not known, why."""
    if line.target is None and line.standard is None:
        return NOT_YET
    if line.kept is not None:
        return "已达到" if line.kept is Attainment.MET else "未达到"
    return UNFILED if line.actual is None else UNJUDGED


def _linked(line: Line | None, code: str) -> str:
    return f"{code}：{value_words(line)}" if line is not None else code


def _project(position: Position | None, no: str) -> str:
    if position is None:
        return f"#{no}"
    return f"#{no}{position.name}（{position.status_label or UNFILED}）"
