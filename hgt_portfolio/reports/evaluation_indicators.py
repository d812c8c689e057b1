"""Indicators and commitments in the yearly evaluation: how many meet what, what moved, what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from hgt_portfolio.document import Block, Paragraph, Span, body, heading, subheading
from hgt_portfolio.figures.indicators import Judged, Line
from hgt_portfolio.plan.indicators import TABLES as PLACES
from hgt_portfolio.reports.evaluation_data import TABLES, Evaluation, code
from hgt_portfolio.reports.evaluation_figures import indicators, lines
from hgt_portfolio.reports.indicators import UNFILED, indicator_table, quantity, value_words
from hgt_portfolio.rules.indicators import Trend, agree, of_all
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Attainment, Binding, Catalogue

MISSING_COLUMNS = (
    Column("code", "编号", Kind.LABEL, 5),
    Column("name", "指标", Kind.TEXT, 12),
    Column("unit", "单位", Kind.LABEL, 4),
    Column("standard", "指标值", Kind.LABEL, 4),
    Column("before", "上年值", Kind.LABEL, 4),
    Column("actual", "实际值", Kind.LABEL, 4),
    Column("target", "目标值", Kind.LABEL, 4),
    Column("gap", "差距", Kind.LABEL, 4),
    Column("per_year", "每年还需", Kind.LABEL, 4),
)


def unmet(rows: Iterable[Judged], *, binding: bool = False) -> list[Judged]:
    """Give the indicators that do not meet their standard, only those that bind where asked."""
    return [
        one for one in rows if one.met_standard is Attainment.UNMET and (one.binding is Binding.BINDING or not binding)
    ]


def unfiled(rows: Iterable[Judged]) -> list[Judged]:
    """Give the indicators that cannot be judged because something of them was not filed."""
    return [one for one in rows if None in (one.met_standard, one.met_target) and _waits(one, filed=False)]


def undecided(rows: Iterable[Judged]) -> list[Judged]:
    """Give the indicators that were filed and wait for a person's word."""
    found = [one for one in rows if _waits(one, filed=True)]
    silent = {code(one) for one in unfiled(found)}
    return [one for one in found if code(one) not in silent]


def _waits(one: Judged, *, filed: bool) -> bool:
    return any(
        (line.actual is not None) is filed
        and ((line.standard is not None and line.met_standard is None) or (line.target and line.met_target is None))
        for line in one.lines
    )


def below_standard(evaluation: Evaluation) -> list[Line]:
    """Give the lines that reach the plan's target and are short of the standard all the same."""
    return [
        line
        for catalogue in TABLES
        for one in evaluation.judged[catalogue]
        for line in one.lines
        if line.met_target is Attainment.MET and line.met_standard is Attainment.UNMET
    ]


def disagreeing(evaluation: Evaluation) -> list[list[Line]]:
    """Give the lines of one name and unit that stand in both tables and were filed with different values."""
    found: dict[tuple[str, str | None, bool], list[Line]] = {}
    for catalogue in TABLES:
        for one in evaluation.judged[catalogue]:
            for line in one.lines:
                if line.actual is not None and line.actual.value is not None:
                    found.setdefault(line.measure, []).append(line)
    return [of for of in found.values() if not all(agree(_value(line), _value(of[0])) for line in of)]


def _value(line: Line) -> str | None:
    return line.actual.value if line.actual else None


def missing(evaluation: Evaluation, catalogues: Iterable[Catalogue] = TABLES) -> list[Line]:
    """Give the lines that something is missing of to their target."""
    return [line for catalogue in catalogues for one in evaluation.judged[catalogue] for line in one.lines if line.gap]


MOST_LISTED = 12
"""So many names a sentence holds; more stand in the sheets that go with the report."""


def listed(rows: Sequence[Judged], lead: str = "，为") -> str:
    """End a sentence that counts indicators with their names; where they are too many, with where they stand."""
    return f"项{lead}{names(rows)}。" if len(rows) <= MOST_LISTED else "项，名单见附件。"


def names(rows: Iterable[Judged]) -> str:
    """List indicators by name, one that stands in both tables once with their names."""
    found: dict[str, list[str]] = {}
    for one in rows:
        found.setdefault(one.name, []).append(str(one.catalogue))
    return "、".join(f"{name}（{'、'.join(of)}）" if len(of) > 1 else name for name, of in found.items())


def valued(line: Line) -> str:
    """Say in a sentence what was filed of a line: its value, else what a person judged; 未填报 where nothing was."""
    value = line.actual.value if line.actual else None
    return measured(line, value) if value else value_words(line)


def measured(line: Line, cell: str | None) -> str:
    """Write a number of a line for a sentence, with its sign where it is a percentage."""
    return f"{cell}%" if line.unit == "%" and cell and cell[-1].isdigit() else cell or ""


def counted(evaluation: Evaluation, catalogue: Catalogue) -> Iterator[Span]:
    """Say how many indicators of a table meet their standard, and how many their target."""
    rows, name = evaluation.judged[catalogue], f"{catalogue}指标"
    yield from (f"{name}（{PLACES[catalogue]}）", indicators(f"{catalogue}.count", name, rows, rows))
    yield "项。对照指标值，"
    yield from _verdicts(rows, f"{catalogue}.standard", (name, "达标", "不达标"), lambda one: one.met_standard)
    yield f"；对照{evaluation.target}年目标，"
    due = evaluation.year == evaluation.target and evaluation.over
    words = (name, "达到", "未达到") if due else (name, "已达到", "尚未达到")
    yield from _verdicts(rows, f"{catalogue}.target", words, lambda one: one.met_target)
    yield "。"


Verdict = Callable[[Judged], Attainment | None]


KEPT = ("已达到", "尚未达到")


def kept(one: Judged) -> Attainment | None:
    """Say whether a commitment is kept."""
    return of_all(line.kept for line in one.lines)


def _verdicts(rows: Sequence[Judged], key: str, words: tuple[str, str, str], verdict: Verdict) -> Iterator[Span]:
    """Count indicators by verdict, those that bind among the unmet ones, and those that cannot be judged.

    ``words`` are what is counted, and what is said of it where it holds and where it does not.
    """
    name, met, short = words
    found = {of: [one for one in rows if verdict(one) is of] for of in (*Attainment, None)}
    binding = [one for one in found[Attainment.UNMET] if one.binding is Binding.BINDING]
    yield from (met, indicators(f"{key}.met", f"{name}{met}", found[Attainment.MET], rows), "项、")
    yield from (short, indicators(f"{key}.unmet", f"{name}{short}", found[Attainment.UNMET], rows), "项")
    if binding:
        yield from ("（其中约束性", indicators(f"{key}.binding", f"约束性{name}{short}", binding, rows), "项）")
    if found[None]:
        yield from ("、未定", indicators(f"{key}.unknown", f"{name}未定", found[None], rows), "项")


def overall(evaluation: Evaluation) -> Iterator[Paragraph]:
    """Say how both tables stand, which binding indicators are unmet, and which are unknown."""
    rows = [one for catalogue in TABLES for one in evaluation.judged[catalogue]]
    if not rows:
        yield body("规划没有载明可以逐年评估的指标。")
        return
    if not any(one.filed for one in rows):
        yield body(
            "规划指标",
            indicators("count", "规划指标", rows, rows),
            f"项，{evaluation.year}年实际值均{UNFILED}，达标与否未定。",
        )
        return
    yield body("规划指标方面，", *(span for catalogue in TABLES for span in counted(evaluation, catalogue)))
    for catalogue in TABLES:
        if binding := unmet(evaluation.judged[catalogue], binding=True):
            yield body(f"{catalogue}约束性指标不达标的为{names(binding)}。")
    yield from _unknown(rows)


def _unknown(rows: Sequence[Judged]) -> Iterator[Paragraph]:
    if silent := unfiled(rows):
        number = indicators("unfiled", "未填报的指标", silent, rows)
        yield body(f"当年实际值{UNFILED}或填报不全的", number, listed(silent))
    if waiting := undecided(rows):
        number = indicators("undecided", "待人工判断的指标", waiting, rows)
        yield body("已填报、待人工判断的", number, listed(waiting))


def indicators_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 二、规划指标完成情况: both tables, what moved, and what falls behind."""
    yield heading("二、规划指标完成情况")
    tables = [page_table(evaluation, catalogue) for catalogue in TABLES if evaluation.judged[catalogue]]
    if tables:
        yield subheading("（一）完成情况")
        yield body(f"两个指标体系{evaluation.year}年的完成情况见下表，两个体系都有的指标分别计。")
        yield from tables
    yield subheading("（二）变化情况")
    yield body(*_moved(evaluation))
    yield subheading("（三）与目标的差距")
    behind = missing(evaluation)
    if behind:
        total = sum(len(one.lines) for catalogue in TABLES for one in evaluation.judged[catalogue])
        number = lines("missing", "与目标还有差距的指标（含分项）", behind, total)
        yield body(f"可以用数比较的指标中，距{evaluation.target}年目标还有差距的（分项分别计）", number, "项，见下表。")
        yield missing_table(evaluation, behind)
    elif all(line.gap is None for line in evaluation.lines.values()):
        yield body(f"没有可以用数与{evaluation.target}年目标比较的填报。")
    else:
        yield body(f"已填报、可以用数比较的指标，没有与{evaluation.target}年目标还有差距的。")


PAGE_COLUMNS = (
    Column("code", "编号", Kind.LABEL, 6),
    Column("name", "指标", Kind.TEXT, 10),
    Column("standard", "指标值", Kind.LABEL, 7),
    Column("baseline", "现状", Kind.LABEL, 7),
    Column("target", "目标", Kind.LABEL, 7),
    Column("value", "实际值", Kind.LABEL, 6),
    Column("met_standard", "达到指标值", Kind.LABEL, 5),
    Column("met_target", "达到目标", Kind.LABEL, 5),
)


def page_table(evaluation: Evaluation, catalogue: Catalogue) -> Table:
    """Lay a table of the plan out for a page: what is set, the year's value, and what it comes to."""
    whole = indicator_table(evaluation.judged[catalogue], evaluation.year, catalogue)
    target = f"target_{evaluation.target}"
    heads = {"target": f"{evaluation.target}年目标", "value": f"{evaluation.year}年实际值"}
    heads["baseline"] = whole.columns[whole.index("baseline")].head
    columns = tuple(replace(column, head=heads.get(column.key, column.head)) for column in PAGE_COLUMNS)
    at = [whole.index(target if column.key == "target" else column.key) for column in columns]
    named = columns.index(next(column for column in columns if column.key == "name"))
    lines = (line for one in evaluation.judged[catalogue] for line in one.lines)
    rows = []
    for row, line in zip(whole.rows, lines, strict=True):
        cells = [row[place] for place in at]
        cells[named] = line.name if line.unit in (None, "-") else f"{line.name}（{line.unit}）"
        rows.append(tuple(cells))
    title = f"{catalogue}指标完成情况"
    return Table(f"{catalogue}指标", title, columns, tuple(rows), notes=whole.notes[2:], unit_note="")


def _moved(evaluation: Evaluation) -> Iterator[Span]:
    """Say which indicators came to meet their standard or ceased to, and which values went which way."""
    rows = [one for catalogue in TABLES for one in evaluation.judged[catalogue]]
    last = f"{evaluation.year - 1}年"
    now_met = [one for one in rows if _turned(evaluation, one, Attainment.MET)]
    now_unmet = [one for one in rows if _turned(evaluation, one, Attainment.UNMET)]
    known = [one for one in rows if evaluation.before.get(code(one)) and one.met_standard]
    if not known:
        yield f"与{last}没有可比的达标情况。"
    else:
        yield from (
            f"与{last}均能判断的",
            indicators("compared", "两年均能判断的指标", known, rows),
            "项中，由不达标转为达标",
        )
        yield from (
            indicators("turned.met", "转为达标的指标", now_met, known),
            f"项{_named(now_met)}，由达标转为不达标",
        )
        yield from (indicators("turned.unmet", "转为不达标的指标", now_unmet, known), f"项{_named(now_unmet)}。")
    comparable = [line for one in rows for line in one.lines if line.trend is not None]
    if comparable:
        yield from (
            "与上一次的值可以用数比较的（分项分别计）",
            lines("trend", "可以比较的指标（含分项）", comparable, sum(len(one.lines) for one in rows)),
            "项，",
        )
        yield from _trends(comparable)


def _trends(comparable: Sequence[Line]) -> Iterator[Span]:
    for place, trend in enumerate(Trend):
        found = [line for line in comparable if line.trend is trend]
        number = lines(f"trend.{trend.name.lower()}", f"{trend}的指标（含分项）", found, len(comparable))
        yield from ("、" if place else "", str(trend), number, "项")
        if trend is Trend.WORSE and found:
            yield f"（{'、'.join(_change(line) for line in found)}）"
    yield "。"


def _change(line: Line) -> str:
    before = line.before[1] if line.before else None
    return f"{line.name}由{measured(line, before)}到{valued(line)}"


def _turned(evaluation: Evaluation, one: Judged, verdict: Attainment) -> bool:
    before = evaluation.before.get(code(one))
    return before is not None and before is not verdict and one.met_standard is verdict


def _named(rows: Sequence[Judged]) -> str:
    return f"（{names(rows)}）" if rows else ""


def missing_table(evaluation: Evaluation, behind: Iterable[Line]) -> Table:
    """List the lines that something is missing of: what it is, and how much of it a year."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            line.code,
            line.name,
            line.unit if line.unit != "-" else "",
            line.standard,
            line.before[1] if line.before else None,
            line.actual.value if line.actual else None,
            line.target,
            quantity(line.gap),
            quantity(line.per_year),
        )
        for line in behind
    )
    left = evaluation.target - evaluation.year
    note = f"注：差距为实际值到{evaluation.target}年目标的距离；" + (
        f"每年还需为差距÷{left}年。" if left else f"{evaluation.target}年目标以当年为期，不再分年。"
    )
    title = f"距{evaluation.target}年目标有差距的指标"
    columns: tuple[Column, ...] = MISSING_COLUMNS
    if not left:
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    return Table("指标差距", title, columns, rows, notes=(note,), unit_note="")


def commitments(evaluation: Evaluation) -> Iterator[Span]:
    """Say how many commitments were kept, not yet, or cannot be judged."""
    rows = evaluation.commitments
    everyone = evaluation.judged[Catalogue.COMMITMENT]
    yield from (
        "规划写明的任务承诺",
        indicators("commitment.all", "任务承诺", everyone, everyone),
        "项，对当年有要求的",
    )
    yield from (indicators("commitment.count", "对当年有要求的任务承诺", rows, everyone), "项，")
    if not any(one.filed for one in rows):
        yield f"{evaluation.year}年完成情况均{UNFILED}。"
        return
    yield from _verdicts(rows, "commitment", ("任务承诺", *KEPT), kept)
    yield "。"


def commitments_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 三、任务与承诺: by system, and by name what is not reached or not known."""
    yield heading("三、任务与承诺")
    rows = evaluation.commitments
    if not rows:
        yield body("规划没有写明可以逐年评估的任务承诺。")
        return
    if not any(one.filed for one in rows):
        yield body(*commitments(evaluation))
        return
    yield body(*_by_system(rows))
    if short := unkept(rows):
        yield body(f"尚未达到的为{'、'.join(_promise(one) for one in short)}。")
    if silent := untold(rows):
        number = indicators("commitment.unfiled", "未填报的任务承诺", silent, rows)
        yield body(f"{UNFILED}的", number, listed(silent))


def _by_system(rows: Sequence[Judged]) -> Iterator[Span]:
    """Say of each system how many of its commitments were kept."""
    systems = list(dict.fromkeys(one.domain for one in rows))
    for place, system in enumerate(systems):
        found = [one for one in rows if one.domain == system]
        name, key = system or "第四章以外", f"commitment.{system or 'other'}"
        yield from (
            "；" if place else "按体系分，",
            name,
            indicators(key, f"{name}任务承诺", found, rows),
            "项，",
        )
        for word, verdict, state in zip((*KEPT, "未定"), (*Attainment, None), ("met", "unmet", "unknown"), strict=True):
            of = [one for one in found if kept(one) is verdict]
            if of or verdict is Attainment.MET:
                number = indicators(f"{key}.{state}", f"{name}任务承诺{word}", of, found)
                yield from ("" if verdict is Attainment.MET else "、", word, number, "项")
    yield "。"


def unkept(rows: Iterable[Judged]) -> list[Judged]:
    """Give the commitments that are not reached."""
    return [one for one in rows if kept(one) is Attainment.UNMET]


def untold(rows: Iterable[Judged]) -> list[Judged]:
    """Give the commitments that nothing was filed of."""
    return [one for one in rows if kept(one) is None and not one.filed]


def _promise(one: Judged) -> str:
    """Name a commitment with what was filed of it and what was promised."""
    line = one.lines[0]
    if line.actual is None:
        return line.name
    return f"{line.name}（{valued(line)}，要求{measured(line, line.target or line.standard)}）"
