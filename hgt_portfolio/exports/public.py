"""``hgt export public``: 信息公开版, the projects and their progress for everybody, as xlsx, csv or json.

The fields are listed here one by one, so that a new field of a project never leaks by itself: no names, telephones,
problems, measures, lights or states that are the office's own. Text that people typed is looked through for names and
telephone numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hgt_portfolio.exports import ExportError, place
from hgt_portfolio.exports.guarding import Guard
from hgt_portfolio.money import wan_text, wan_words
from hgt_portfolio.months import month_text
from hgt_portfolio.output.plain import rows_json, to_csv, to_json
from hgt_portfolio.reports.words import number
from hgt_portfolio.rules.point import moment_words, office_time
from hgt_portfolio.table import DEMO, Block, Book, Cell, Column, Kind, Sheet, Table, marked
from hgt_portfolio.terms import DISCLAIMER

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point, Position

SUFFIXES = (".xlsx", ".csv", ".json")

Shown = Callable[["Position", Guard], Cell]

PUBLIC_FIELDS: tuple[tuple[Column, Shown], ...] = (
    (Column("no", "序号", Kind.LABEL, 3), lambda p, _: number(p.no)),
    (Column("name", "项目名称", Kind.TEXT, 12), lambda p, _: p.name),
    (Column("domain", "领域", Kind.LABEL, 5), lambda p, _: p.domain),
    (Column("unit", "责任单位", Kind.LABEL, 7), lambda p, _: p.unit),
    (Column("scope", "工程内容与规模", Kind.TEXT, 20), lambda p, guard: guard.shown(p.scope)),
    (Column("start", "计划开工月", Kind.MONTH, 5), lambda p, _: p.start),
    (Column("due", "计划完工期限", Kind.DATE, 6), lambda p, _: p.due_date),
    (Column("investment_wan", "总投资", Kind.AMOUNT, 7), lambda p, _: p.investment),
    (
        Column("investment_note", "总投资说明", Kind.LABEL, 5),
        lambda p, guard: None if p.investment is not None else guard.shown(p.investment_text),
    ),
    (Column("year_plan_wan", "本年计划投资", Kind.AMOUNT, 7), lambda p, _: p.year_plan),
    (Column("ytd_wan", "本年累计完成投资", Kind.AMOUNT, 7), lambda p, _: p.ytd),
    (Column("cum_wan", "自开工累计完成投资", Kind.AMOUNT, 7), lambda p, _: p.cumulative),
    (Column("cum_period", "累计数截至", Kind.MONTH, 5), lambda p, _: p.period_filed),
    (Column("total_rate", "占总投资", Kind.RATE, 5), lambda p, _: p.total_rate),
    (Column("status", "项目状态", Kind.LABEL, 5), lambda p, _: p.status_label),
    (Column("physical", "形象进度", Kind.TEXT, 12), lambda p, guard: guard.shown(p.physical)),
    (Column("started", "实际开工日期", Kind.DATE, 6), lambda p, _: p.started),
    (Column("finished", "实际完工日期", Kind.DATE, 6), lambda p, _: p.finished),
)
"""Every field that is made public, and how it is read."""

KNOWN = (Column("known_at", "数据时点", Kind.LABEL), Column("note", "说明", Kind.TEXT))
"""What each line of a CSV file carries, which has no title and no foot."""


def public_name(point: Point) -> str:
    """Name the public list of a point: 重点工程信息公开_2024-10-20.xlsx."""
    return f"重点工程信息公开_{point.day.isoformat()}.xlsx"


def public_table(figures: Figures, point: Point, guard: Guard) -> Table:
    """Give one row a project, with what the totals say and how many texts the guard withheld."""
    rows = tuple(tuple(get(row, guard) for _, get in PUBLIC_FIELDS) for row in figures.each(point))
    totals = figures.totals(point)
    priced = f"有投资额 {totals.priced}/{totals.count} 项，总投资合计 {wan_words(totals.investment)} 万元"
    withheld = f"；{guard.withheld} 处文字含人名或电话，没有公开" if guard.withheld else ""
    notes = (
        f"共 {totals.count} 项，{priced}",
        f"空缺的是没有填报或没有确定的数，不是 0{withheld}",
        f"截至 {point.day}，投资数截至 {month_text(point.period)}；数据时点 {moment_words(point.known_at)}",
    )
    title = f"{figures.plan().portfolio}进展情况（信息公开）"
    return Table("信息公开", title, tuple(column for column, _ in PUBLIC_FIELDS), rows, notes=notes)


def _book(figures: Figures, point: Point, table: Table) -> Book:
    plan = figures.plan()
    sheet = Sheet(
        table.name,
        table.title,
        (Block(replace(table, notes=())),),
        left=f"{plan.title}（{plan.doc_no}）",
        notes=table.notes,
        foot=(DISCLAIMER,),
        frozen=2,
    )
    return Book(table.title, (sheet,), office_time(point.known_at).replace(tzinfo=None), bool(plan.demo))


def _csv(figures: Figures, point: Point, table: Table) -> str:
    told = (moment_words(point.known_at), f"金额单位：万元。{DISCLAIMER}")
    whole = replace(table, columns=(*table.columns, *KNOWN), rows=tuple((*row, *told) for row in table.rows))
    return "\ufeff" + to_csv(marked(whole) if figures.plan().demo else whole)


def _json(figures: Figures, point: Point, table: Table) -> str:
    plan, totals = figures.plan(), figures.totals(point)
    head: dict[str, Any] = {"demo": DEMO} if plan.demo else {}
    head |= {
        "title": table.title,
        "plan": f"{plan.title}（{plan.doc_no}）",
        "publisher": plan.office,
        "as_of": point.day.isoformat(),
        "period": month_text(point.period),
        "known_at": office_time(point.known_at).isoformat(timespec="seconds"),
        "unit": "万元",
        "count": totals.count,
        "priced": totals.priced,
        "investment_wan": wan_text(totals.investment),
        "notes": [*table.notes, DISCLAIMER],
        "columns": {column.key: column.head for column in table.columns},
        "projects": rows_json(table),
    }
    return to_json(head) + "\n"


def export_public(figures: Figures, point: Point, target: Path) -> tuple[Path, int]:
    """Write the public list as the target's suffix says; in a folder it takes its own name.

    Gives its path and how many texts were withheld; raises ``ExportError`` with a sentence.
    """
    if target.is_dir():
        target = target / public_name(point)
    if target.suffix.lower() not in SUFFIXES:
        raise ExportError(f"{target.name} 的格式不认识：文件名请以 {'、'.join(SUFFIXES)} 结尾。")
    guard = Guard(figures.people_named())
    table = public_table(figures, point, guard)
    if target.suffix.lower() == ".xlsx":
        from hgt_portfolio.output.xlsx import render

        place(target, render(_book(figures, point, table)))
    else:
        make = _csv if target.suffix.lower() == ".csv" else _json
        place(target, make(figures, point, table).encode())
    return target, guard.withheld
