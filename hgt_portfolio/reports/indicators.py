"""规划指标 as tables: the plan's own two with what came since, how many meet what, and how the plan reconciles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from hgt_portfolio.figures.indicators import BASE_YEAR, Judged, Line, Standing, standing
from hgt_portfolio.money import rounded
from hgt_portfolio.plan import Inconsistency, Reach
from hgt_portfolio.plan.indicators import TABLES
from hgt_portfolio.rules.indicators import compared, of_all, read_bound, target_year
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Attainment, Binding, Catalogue

UNFILED, UNJUDGED, NO_BOUND = "未填报", "待人工判断", ""

PLAN_COLUMNS = (
    Column("domain", "领域", Kind.LABEL, 5),
    Column("task", "任务", Kind.TEXT, 8),
    Column("code", "编号", Kind.LABEL, 5),
    Column("name", "指标名称", Kind.TEXT, 14),
    Column("part_name", "分项", Kind.TEXT, 10),
    Column("unit", "单位", Kind.LABEL, 5),
    Column("standard", "指标值", Kind.TEXT, 8),
    Column("baseline", f"{BASE_YEAR}年现状", Kind.TEXT, 8),
    Column("verdict", "现状达标情况", Kind.LABEL, 5),
    Column("target_2025", "2025年近期目标", Kind.TEXT, 8),
    Column("target_2030", "2030年远期目标", Kind.TEXT, 8),
    Column("binding", "指标属性", Kind.LABEL, 5),
)
"""The plan's own columns."""


def indicator_table(
    found: Sequence[Judged], year: int, catalogue: Catalogue, whole: Sequence[Judged] | None = None
) -> Table:
    """Lay a catalogue out as the plan prints it, with the year's value and what it comes to beside each line.

    The notes count ``whole``, where what is laid out is a part of it.
    """
    rows = [one for one in found if one.catalogue is catalogue]
    columns = (
        *PLAN_COLUMNS,
        Column("value", f"{year}年实际值", Kind.TEXT, 7),
        Column("assigned", "上级下达", Kind.LABEL, 5),
        Column("met_standard", "是否达到指标值", Kind.LABEL, 6),
        Column("met_target", "是否达到目标", Kind.LABEL, 6),
        Column("trend", "与上次比", Kind.LABEL, 8),
        Column("gap", "距目标差距", Kind.LABEL, 5),
        Column("per_year", "每年还需", Kind.LABEL, 5),
        Column("source", "来源和依据", Kind.TEXT, 12),
    )
    cells = tuple(_line(one, line) for one in rows for line in one.lines)
    name = TABLES.get(catalogue, str(catalogue))
    counted = rows if whole is None else [one for one in whole if one.catalogue is catalogue]
    notes = (*_notes(counted, year), *_sources(rows))
    title = f"规划指标完成情况（{catalogue}，{name}，{year}年）"
    return Table(f"{catalogue}指标", title, columns, cells, notes=notes, unit_note="")


def _line(one: Judged, line: Line) -> tuple[Cell, ...]:
    printed, actual = line.printed, line.actual
    note = f"\n（{printed.note}）" if printed.note else ""
    return (
        one.domain,
        one.task,
        line.code,
        printed.name,
        printed.part_name or "",
        line.unit,
        line.standard or "",
        f"{line.baseline or ''}{note}",
        str(one.verdict or "") if line is one.lines[0] else "",
        line.target_2025 or "",
        line.target_2030 or "",
        str(line.binding or ""),
        value_words(line),
        actual.assigned if actual and actual.assigned else "",
        verdict_words(line, against_target=False),
        verdict_words(line, against_target=True),
        trend_words(line),
        quantity(line.gap),
        quantity(line.per_year),
        source_words(line),
    )


def source_words(line: Line) -> str:
    """Write where a filed value comes from, and what it rests on."""
    actual = line.actual
    return "；".join(part for part in (actual.source, actual.evidence) if part) if actual else ""


BRIEF_COLUMNS = (
    Column("code", "编号", Kind.LABEL, 5),
    Column("name", "指标", Kind.TEXT, 22),
    Column("unit", "单位", Kind.LABEL, 5),
    Column("standard", "指标值", Kind.TEXT, 9),
    Column("target", "目标", Kind.TEXT, 9),
    Column("value", "实际值", Kind.TEXT, 9),
    Column("met_standard", "达标", Kind.LABEL, 5),
    Column("met_target", "达到目标", Kind.LABEL, 5),
    Column("gap", "差距", Kind.LABEL, 4),
    Column("trend", "与上次比", Kind.LABEL, 7),
    Column("binding", "属性", Kind.LABEL, 4),
)


def brief_table(found: Sequence[Judged], year: int, catalogue: Catalogue, *, unmet: bool = False) -> Table:
    """List a catalogue, or what of it falls short, for a screen: what is wanted, what came, and whether it will do."""
    rows = [one for one in found if one.catalogue is catalogue]
    cells = tuple(
        (
            line.code,
            line.name,
            line.unit if line.unit != "-" else "",
            line.standard or "",
            line.target or "",
            value_words(line),
            verdict_words(line, against_target=False),
            verdict_words(line, against_target=True),
            quantity(line.gap),
            trend_words(line),
            str(line.binding or ""),
        )
        for one in rows
        for line in one.lines
        if not unmet or short(line)
    )
    name = TABLES.get(catalogue, "第四章")
    title = f"规划指标（{catalogue}，{name}，{year}年，目标为{target_year(year)}年）"
    return Table(f"{catalogue}指标", title, BRIEF_COLUMNS, cells, notes=tuple(_notes(rows, year)), unit_note="")


def short(line: Line) -> bool:
    """Tell whether a line misses its standard or target, or cannot be held against one of them yet."""
    bounds = ((line.standard, line.met_standard), (line.target, line.met_target))
    return any(bound is not None and verdict is not Attainment.MET for bound, verdict in bounds)


def value_words(line: Line) -> str:
    """Write what was filed of a line for the year: its value, a person's word on it, or that nothing was filed."""
    if line.actual is None:
        return UNFILED
    words = [line.actual.value, f"人工判定{line.actual.attained}" if line.actual.attained else None]
    return "，".join(word for word in words if word)


def verdict_words(line: Line, *, against_target: bool) -> str:
    """Write whether a line meets its standard, or its target of the year; where that is not known, why."""
    bound, verdict = (line.target, line.met_target) if against_target else (line.standard, line.met_standard)
    if bound is None:
        return NO_BOUND
    if verdict is not None:
        return str(verdict)
    return UNFILED if line.actual is None else UNJUDGED


def trend_words(line: Line) -> str:
    """Write where a value went, against which year's."""
    return f"较{line.before[0]}年{line.trend}" if line.trend and line.before else ""


def quantity(value: Decimal | None) -> str:
    """Write a gap with two decimals at most: unknown is empty, a little that rounds to nothing is no nothing."""
    if value is None:
        return ""
    shown = f"{rounded(value, 2):f}".rstrip("0").rstrip(".") if value else "0"
    return "<0.01" if shown == "0" and value else shown


def standing_words(found: Standing) -> str:
    """Say how many indicators meet a bound: 达标 22、不达标 5（约束性 1）、未定 2 / 29."""
    binding = f"（约束性 {found.binding_unmet}）" if found.binding_unmet else ""
    return f"达标 {found.met}、不达标 {found.unmet}{binding}、未定 {found.unknown} / {found.count}"


def _notes(rows: Sequence[Judged], year: int) -> Iterator[str]:
    if not rows:
        yield "台账里没有这一类指标。旧台账请运行 hgt indicators load 装入。"
        return
    against = standing(rows), standing(rows, against_target=True)
    yield f"对照指标值：{standing_words(against[0])}；对照目标：{standing_words(against[1])}。"
    filed, lines = sum(one.filed for one in rows), sum(len(one.lines) for one in rows)
    yield f"{year}年填报 {filed}/{lines} 行（分项分别计）；未填报、待人工判断的不计入达标，也不计入不达标。"
    if any(read_bound(line.standard) and _lower(line) for one in rows for line in one.lines):
        yield "有的目标低于指标值（如森林覆盖率），达到目标不等于达标，两栏分开判断。"


def _lower(line: Line) -> bool:
    """Tell whether a value that just reaches the target would miss the standard."""
    target = read_bound(line.target)
    return target is not None and compared(str(target.amount), line.standard) is Attainment.UNMET


def _sources(rows: Sequence[Judged]) -> Iterator[str]:
    noted = [line for one in rows for line in one.lines if line.printed.note]
    if noted:
        yield f"现状采用{noted[0].printed.note}的：{'、'.join(line.code for line in noted)}（规划表注）。"


STANDING_COLUMNS = (
    Column("catalogue", "类别", Kind.LABEL, 5),
    Column("domain", "领域", Kind.LABEL, 6),
    Column("count", "项数", Kind.COUNT, 4),
    *(
        Column(f"{key}_{name}", head, Kind.COUNT, 5, group)
        for key, group, heads in (
            ("standard", "对照指标值", ("达标", "不达标", "达标未定", "约束性不达标")),
            ("target", "对照目标", ("达到目标", "未达目标", "目标未定", "约束性未达目标")),
        )
        for name, head in zip(("met", "unmet", "unknown", "binding"), heads, strict=True)
    ),
)


def standing_table(found: Sequence[Judged], year: int) -> Table:
    """Count the indicators of both tables by domain: met, unmet and unknown, against standard and target."""
    rows: list[tuple[Cell, ...]] = []
    for catalogue in TABLES:
        own = [one for one in found if one.catalogue is catalogue]
        domains = list(dict.fromkeys(one.domain for one in own))
        rows += [_counts(catalogue, domain, [one for one in own if one.domain == domain]) for domain in domains]
        rows.append(_counts(catalogue, "合计", own))
    note = "两张表的指标有相同的，分别计，不相加。"
    title = f"规划指标达标情况（{year}年）"
    return Table("指标达标情况", title, STANDING_COLUMNS, tuple(rows), notes=(note,), unit_note="单位：项")


def _counts(catalogue: Catalogue, domain: str | None, rows: Sequence[Judged]) -> tuple[Cell, ...]:
    both = [standing(rows), standing(rows, against_target=True)]
    counts = [number for one in both for number in (one.met, one.unmet, one.unknown, one.binding_unmet)]
    return (str(catalogue), domain, len(rows), *counts)


STATED = {
    Catalogue.PROVINCIAL: {"count": 29, "met": 22, "unmet": 7, "binding": 3},
    Catalogue.NATIONAL: {"count": 35, "met": 31, "unmet": 4, "binding": 2},
}
"""What 第三章（六） says of each table: 共设定…29项、35项; 已达标指标22项、31项; 7项、4项不达标, 3项、2项为约束性."""

RECONCILE_COLUMNS = (
    Column("catalogue", "类别", Kind.LABEL, 5),
    Column("subject", "事项", Kind.TEXT, 16),
    Column("stated", "规划所述", Kind.LABEL, 8),
    Column("found", "按表计算", Kind.LABEL, 8),
    Column("verdict", "结论", Kind.LABEL, 5),
    Column("note", "说明", Kind.TEXT, 24),
)


def reconcile_table(found: Sequence[Judged], reach: Iterable[Reach]) -> Table:
    """Hold what the plan says of its indicators against its own tables, and its verdicts against its own figures."""
    rows: list[tuple[Cell, ...]] = []
    lists = list(reach)
    for catalogue, stated in STATED.items():
        own = [one for one in found if one.catalogue is catalogue]
        unmet = [one for one in own if one.verdict is Attainment.UNMET]
        binding = [one for one in unmet if one.binding is Binding.BINDING]
        met = [one for one in own if one.verdict is Attainment.MET]
        for subject, key, counted in (
            ("指标项数", "count", own),
            ("2022年达标项数", "met", met),
            ("2022年不达标项数", "unmet", unmet),
            ("不达标中的约束性指标", "binding", binding),
        ):
            named = "、".join(_short(one) for one in counted) if key in ("unmet", "binding") else ""
            rows.append(_held(catalogue, subject, stated[key], len(counted), named))
        listed = {one.number for one in lists if one.catalogue is catalogue}
        marked = {one.number for one in met}
        odd = "、".join(str(number) for number in sorted(listed ^ marked))
        subject = "可达性分析所列达标指标与表中“达标”逐项比较"
        rows.append(_held(catalogue, subject, len(listed), len(listed & marked), f"不同的：第{odd}项" if odd else ""))
        rows += _own_verdicts(catalogue, own)
    title = "规划指标对账：规划自己的话与自己的表"
    notes = ("按表计算：把表中2022年现状与指标值比较；程序不能比较的（如“完成上级规定的考核任务”）照规划的结论。",)
    return Table("指标对账", title, RECONCILE_COLUMNS, tuple(rows), notes=notes, unit_note="单位：项")


def _held(catalogue: Catalogue, subject: str, stated: int, found: int, note: str) -> tuple[Cell, ...]:
    return (str(catalogue), subject, str(stated), str(found), "一致" if stated == found else "不一致", note)


def _own_verdicts(catalogue: Catalogue, own: Sequence[Judged]) -> Iterator[tuple[Cell, ...]]:
    """Compare the 2022 status with the standard where a program can, and that with the plan's verdict."""
    able = [(one, base_verdict(one)) for one in own]
    sure = [(one, verdict) for one, verdict in able if verdict is not None]
    odd = [one for one, verdict in sure if verdict is not one.verdict]
    named = f"不一致：{'、'.join(_short(one) for one in odd)}；" if odd else ""
    note = f"{named}另{len(able) - len(sure)}项程序不能比较"
    yield _held(catalogue, "现状与指标值能用数比较的，与规划结论一致", len(sure), len(sure) - len(odd), note)


def base_verdict(one: Judged) -> Attainment | None:
    """Judge the plan's own 现状 by the standard; None where any of its lines cannot be compared."""
    return of_all(compared(line.baseline, line.standard) for line in one.lines)


def _short(one: Judged) -> str:
    return f"{one.number}{one.name}"


def inconsistency_table(found: Iterable[Inconsistency]) -> Table:
    """List where the plan does not agree with itself, and what is done about each."""
    columns = (
        Column("code", "编号", Kind.LABEL, 4),
        Column("place", "位置", Kind.TEXT, 10),
        Column("said", "原文", Kind.TEXT, 18),
        Column("against", "与之不一致的", Kind.TEXT, 18),
        Column("ours", "本系统的处理", Kind.TEXT, 18),
    )
    rows = tuple((one.code, one.place, one.said, one.against, one.ours) for one in found)
    notes = ("原文一律照录；怎样更正由规划的印发机关定。",)
    return Table("规划内部不一致", f"规划内部不一致之处（{len(rows)}处）", columns, rows, notes=notes, unit_note="")


def indicators_json(found: Sequence[Judged], year: int) -> dict[str, Any]:
    """Give indicators for programs: values as filed, gaps as decimal strings, unknown as null."""
    return {
        "year": year,
        "standing": {
            str(catalogue): {
                "standard": _standing_json(standing(own)),
                "target": _standing_json(standing(own, against_target=True)),
            }
            for catalogue in Catalogue
            if (own := [one for one in found if one.catalogue is catalogue])
        },
        "indicators": [_judged_json(one) for one in found],
    }


def _standing_json(found: Standing) -> dict[str, int]:
    return {name: getattr(found, name) for name in ("count", "met", "unmet", "unknown", "binding_unmet")}


def _judged_json(one: Judged) -> dict[str, Any]:
    words = ("catalogue", "binding", "verdict", "met_standard", "met_target")
    return {
        **{name: _word(getattr(one, name)) for name in words},
        **{name: getattr(one, name) for name in ("number", "name", "domain", "task")},
        "lines": [_line_json(line) for line in one.lines],
    }


def _line_json(line: Line) -> dict[str, Any]:
    cells = ("code", "unit", "standard", "baseline", "target_2025", "target_2030")
    filed = ("value", "assigned", "source", "evidence", "filed_by")
    return {
        **{name: getattr(line, name) for name in cells},
        "part_name": line.printed.part_name,
        **{name: getattr(line.actual, name) if line.actual else None for name in filed},
        "judged_by_person": line.by_person,
        **{name: _word(getattr(line, name)) for name in ("met_standard", "met_target", "trend")},
        "compared_with": line.before[0] if line.before and line.trend else None,
        "gap": None if line.gap is None else str(line.gap),
        "gap_per_year": None if line.per_year is None else str(rounded(line.per_year, 4)),
    }


def _word(value: object) -> str | None:
    return None if value is None else str(value)
