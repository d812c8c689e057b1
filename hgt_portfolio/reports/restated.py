"""更正: what closed quarters printed and is so no longer, with old, new, why and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from hgt_portfolio.document import Document, Figure, Paragraph, Span, body, heading
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.figures.closings import ErratumNote, Restatement, TotalRestatement
from hgt_portfolio.months import Month, quarter_label
from hgt_portfolio.reports.quarterly_data import Quarter, sheet
from hgt_portfolio.rules.point import moment_words, office_time
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table

RESTATED = "更正"

_COLUMNS = (
    Column("period", "更正期别", Kind.LABEL, 6),
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("item", "更正事项", Kind.LABEL, 6),
    Column("old", "原文", Kind.LABEL, 8),
    Column("new", "更正后", Kind.LABEL, 8),
    Column("why", "原因", Kind.TEXT, 16),
    Column("who", "更正人", Kind.LABEL, 5),
    Column("actions", "操作号", Kind.LABEL, 4),
)


def restated_table(figures: Figures, point: Point) -> Table:
    """List what differs from what was last printed of the quarters closed before P, figures first, then text."""
    printed = figures.printed(point)
    rows = [_figure(row) for row in figures.restated(point)]
    rows += [
        (quarter_label(row.period), "", "", "", row.item, row.old, row.new, "上列各项之和", None, None)
        for row in figures.restated_totals(point)
    ]
    rows += [
        _text(row)
        for row in figures.errata(point)
        if row.no is None
        and not row.item.startswith("合计")
        and row.recorded_at > printed.get(row.period, row.recorded_at)
    ]
    against = "；".join(f"{quarter_label(period)}比{moment_words(at)}" for period, at in printed.items())
    notes = (
        f"注：列出已定稿各季度的数，与定稿（其后又有季度定稿的，以最近一次为准）时所印不同的。数据时点：{against}。"
        if printed
        else "注：本季度以前没有定稿的季度。",
    )
    return Table(RESTATED, "更正", _COLUMNS, tuple(rows), notes=notes, unit_note="")


def _figure(row: Restatement) -> tuple[Cell, ...]:
    return (
        quarter_label(row.period),
        row.no,
        row.name,
        row.unit,
        row.item,
        row.old,
        row.new,
        why(row),
        "、".join(dict.fromkeys(cause.operator for cause in row.causes)) or None,
        _actions(row),
    )


def _text(row: ErratumNote) -> tuple[Cell, ...]:
    return (quarter_label(row.period), "", "", "", row.item, row.old, row.new, row.cause, row.who, str(row.action_id))


def why(row: Restatement) -> str | None:
    """Say why a figure moved, each reason once."""
    return "；".join(dict.fromkeys(cause.text for cause in row.causes)) or None


def restated_sheet(quarter: Quarter) -> Sheet:
    """Make 更正: always there, and empty where nothing was restated."""
    table = restated_table(quarter.figures, quarter.point)
    return sheet(quarter, RESTATED, "以前季度数据更正", Block(table), right="", frozen=3)


def restated_paragraphs(quarter: Quarter) -> Iterator[Paragraph]:
    """Write 五、以前季度数据更正: each closed quarter's old, new and why; nothing where nothing was restated."""
    told = [row for row in quarter.figures.restated(quarter.point) if row.field not in _FOLLOWING]
    if told:
        yield heading("五、以前季度数据更正")
    for period, rows in groupby(told, lambda row: row.period):
        totals = [row for row in quarter.figures.restated_totals(quarter.point) if row.period == period]
        yield body(f"{quarter_label(period)}定稿后，以下数据有更正：", *_told(rows), *_told_totals(totals), "。")


_FOLLOWING = ("deadline_state", "light")
"""What follows from the rest, and stands in the workbook only."""


def _told(rows: Iterable[Restatement]) -> Iterator[Span]:
    for place, items in enumerate(list(of) for _, of in groupby(rows, lambda row: row.no)):
        yield f"{'；' if place else ''}{items[0].name}"
        for row in items:
            yield from (f"，{row.item}由", _value(row, "old"), "更正为", _value(row, "new"))
        reasons = dict.fromkeys(reason for row in items if (reason := why(row)))
        yield f"（{'；'.join(reasons)}）" if reasons else ""


def _told_totals(rows: Iterable[TotalRestatement]) -> Iterator[Span]:
    for row in rows:
        label = quarter_label(row.period)
        key, name = f"restated.{row.period}.total.{row.key}", f"{label}{row.item}"
        old = Figure(f"{key}.old", row.old, f"{name}（更正前）", row.old, f"按{label}定稿时点计算的{label}合计")
        new = Figure(f"{key}.new", row.new, f"{name}（更正后）", row.new, f"按本期数据时点计算的{label}合计")
        yield from (f"；{row.item}由", old, "更正为", new)


def _value(row: Restatement, side: str) -> Span:
    """Give an amount as a figure that can be traced, else the word."""
    text = {"old": row.old, "new": row.new}[side]
    if not text.endswith("万元"):
        return text
    label = quarter_label(row.period)
    said, rule = {
        "old": ("更正前", f"按{label}定稿时点计算的{label}数"),
        "new": ("更正后", f"按本期数据时点计算的{label}数；更正见操作 {_actions(row)}"),
    }[side]
    name = f"{row.name}{label}{row.item}（{said}）"
    return Figure(f"restated.{row.period}.{row.no}.{row.field}.{side}", text, name, text, rule)


def _actions(row: Restatement) -> str | None:
    return "、".join(str(cause.action_id) for cause in row.causes) or None


def erratum_document(figures: Figures, point: Point, period: Month, action_id: int) -> Document:
    """Make the 更正说明 of a closed quarter that an action recorded."""
    plan = figures.plan()
    noted = [row for row in figures.errata(point, period) if row.action_id == action_id]
    names = {position.no: position for position in figures.positions(point.at(period))}
    columns = (
        Column("number", "序号", Kind.LABEL, 3),
        Column("where", "更正处", Kind.TEXT, 10),
        Column("item", "事项", Kind.LABEL, 7),
        Column("old", "原文", Kind.LABEL, 8),
        Column("new", "更正后", Kind.LABEL, 8),
        Column("cause", "原因", Kind.TEXT, 8),
        Column("who", "责任人", Kind.LABEL, 5),
    )
    rows = tuple(
        (
            str(place),
            f"#{row.no} {names[row.no].name}" if row.no in names else "合计" if row.item.startswith("合计") else "正文",
            row.item.removeprefix("合计"),
            row.old,
            row.new,
            row.cause,
            row.who,
        )
        for place, row in enumerate(noted, 1)
    )
    closing = figures.closing(period)
    issued = f"（{closing.doc}）" if closing and closing.doc else ""
    label = quarter_label(period)
    return Document(
        title=f"关于{plan.portfolio}\n{label}通报的更正说明",
        blocks=(
            body(
                f"《关于{plan.portfolio}{label}进展情况的通报》{issued}及投资汇总表定稿后，发现以下{len(noted)}处差错，现予更正。"
            ),
            Table("更正", "", columns, rows, unit_note=""),
            body("请以更正后的内容为准。"),
        ),
        created=office_time(point.known_at).replace(tzinfo=None),
        doc_no=noted[0].doc,
        addressee="各责任单位",
        signer=plan.office,
        dated=noted[0].found,
        demo=bool(plan.demo),
    )
