"""交接清册: what is open, what is promised, and where things are, for whoever takes the work over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from hgt_portfolio.document import Document, body
from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.months import last_day, month_of, quarter_label, quarter_text
from hgt_portfolio.reports.parts import Parts, blocks_of, book_of
from hgt_portfolio.reports.quarterly_data import people_of
from hgt_portfolio.reports.units import unit_list
from hgt_portfolio.reports.words import HEAD, head_words
from hgt_portfolio.rules.point import moment_words, office_day, office_time
from hgt_portfolio.table import Book, Cell, Column, Kind, Table
from hgt_portfolio.terms import SILENT_STATES, ContactRole, DeadlineState

Places = tuple[tuple[str, str], ...]
"""Where things are: what, and where."""

AHEAD = 12
"""Months ahead in which what is promised is listed."""

SIGNED = "移交人（签字）：　　　　　　　接收人（签字）：　　　　　　　监交人（签字）：　　　　　　　"


@dataclass(frozen=True)
class Desk:
    """What the lists are made from, read once."""

    figures: Figures
    point: Point
    positions: list[Position]
    people: dict[tuple[str, str], str]
    places: Places

    def officer(self, no: str) -> str | None:
        """Give who answers for a project."""
        return self.people.get((no, str(ContactRole.OFFICER)))


def handover_parts(figures: Figures, point: Point, places: Places) -> Parts:
    """Give the parts of the 交接清册; the first counts the others."""
    desk = Desk(figures, point, figures.positions(point), people_of(figures, point), places)
    listed = [(title, table(title, make(desk))) for title, make, table in LISTS]
    counts = tuple((title, len(part.rows), told) for (title, part), told in zip(listed, MEANINGS, strict=True))
    columns = (
        Column("part", "清册", Kind.LABEL, 10),
        Column("count", "项数", Kind.COUNT, 4),
        Column("note", "说明", Kind.TEXT, 30),
    )
    return (("汇总", Table("汇总", "", columns, counts, unit_note="")), *listed)


def _silent(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    for row in desk.positions:
        if row.filing_state in SILENT_STATES:
            last = "从未填报" if row.period_filed is None else f"最近 {quarter_text(row.period_filed)}"
            yield (
                row.no,
                row.name,
                row.unit,
                desk.officer(row.no),
                f"{quarter_text(row.period)} {row.filing_state}，{last}",
            )


def _late(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    for state in (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED):
        for row in desk.positions:
            if row.deadline_state == state and row.due_date is not None:
                past = (row.day - row.due_date).days
                yield (
                    row.no,
                    row.name,
                    row.unit,
                    desk.officer(row.no),
                    f"{state}，期限 {row.due_date}，已过 {past} 天",
                )


def _supervised(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    for item in desk.figures.supervision(desk.point, open_only=True):
        over = f"，超期 {item.days_over} 天" if item.days_over else ""
        words = f"{item.no} {item.state}{over}：{item.content}（时限 {item.due}）"
        yield (item.project or "", item.name or "单位整体工作", item.unit, item.person, words)


def _requested(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    named = {row.no: row for row in desk.positions}
    for number, no, request, changes in desk.figures.requests(desk.point):
        row = named.get(no)
        words = f"申请 {number}：{changes}；原因：{request.reason}"
        yield (no, row.name if row else "已拆分或合并", row.unit if row else "", desk.officer(no), words)


def _unpriced(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    for row in desk.positions:
        if row.investment is None:
            yield (row.no, row.name, row.unit, desk.officer(row.no), f"总投资原文：{row.investment_text}")


def _incomplete(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    """List the units whose full name, or who answers for them, is not known."""
    told = unit_list(desk.figures, desk.point)
    unit, full_name, officer = (told.index(key) for key in ("unit", "full_name", "officer"))
    for row in told.rows:
        gaps = [
            word
            for word, missing in (("全称", row[full_name] == "待确认"), ("责任人", row[officer] is None))
            if missing
        ]
        if gaps:
            yield ("", "", row[unit], row[officer], f"缺{'、'.join(gaps)}")


def _promised(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    """List what falls due within the months ahead, by day."""
    first = desk.point.day
    named = {row.no: row for row in desk.positions}
    due: list[tuple[date, str, str, str, str]] = [
        (row.due_date, "完工期限", row.no, row.name, row.unit)
        for row in desk.positions
        if row.due_date is not None and row.deadline_state in (DeadlineState.NOT_DUE, DeadlineState.DUE_SOON)
    ]
    due += [
        (last_day(node.planned), f"节点：{node.name}", node.no, named[node.no].name, named[node.no].unit)
        for node in desk.figures.milestones(desk.point)
        if node.met is None and node.no in named
    ]
    due += [
        (item.due, f"督办：{item.no}", item.project or "", item.name or "单位整体工作", item.unit)
        for item in desk.figures.supervision(desk.point, open_only=True)
    ]
    for day, what, no, name, unit in sorted(due, key=lambda row: row[0]):
        if first <= day and month_of(day) <= month_of(first) + AHEAD:
            yield (day.isoformat(), what, no, name, unit)


def _closed(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    """List the files of every closed quarter with their whole hashes."""
    for closing in desk.figures.closings(desk.point):
        signed = "，".join(
            f"{label}{value}"
            for label, value in (("文号", closing.doc), ("审核人", closing.reviewer), ("签发人", closing.signer))
            if value
        )
        known = f"{quarter_text(closing.period)}（数据时点 {moment_words(closing.known_at)}"
        yield (f"{known}，{signed}）" if signed else f"{known}）", f"数的摘要 {closing.digest}")
        for file in desk.figures.kept_files(closing):
            yield (file.name, file.sha256)


def _placed(desk: Desk) -> Iterator[tuple[Cell, ...]]:
    in_force = desk.figures.in_force(desk.point)
    yield from desk.places
    yield ("预警规则", f"{in_force.label}；{in_force.rules.source}")
    yield (HEAD, f"{head_words(desk.figures, desk.point)}；随时可用 hgt verify 校验")


def _projects(title: str, rows: Iterator[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "项目名称", Kind.TEXT, 15),
        Column("unit", "责任单位", Kind.LABEL, 6),
        Column("officer", "责任人/电话", Kind.LABEL, 10),
        Column("text", "情况", Kind.TEXT, 20),
    )
    return Table(title, "", columns, tuple(rows), unit_note="")


def _days(title: str, rows: Iterator[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("day", "日期", Kind.LABEL, 5),
        Column("what", "事项", Kind.LABEL, 10),
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "项目名称", Kind.TEXT, 18),
        Column("unit", "责任单位", Kind.LABEL, 7),
    )
    return Table(title, "", columns, tuple(rows), unit_note="")


def _things(title: str, rows: Iterator[tuple[Cell, ...]]) -> Table:
    columns = (Column("what", "名称", Kind.TEXT, 18), Column("where", "所在、校验码", Kind.TEXT, 30))
    return Table(title, "", columns, tuple(rows), unit_note="")


Maker = Callable[[Desk], Iterator[tuple[Cell, ...]]]

LISTS: tuple[tuple[str, Maker, Callable[[str, Iterator[tuple[Cell, ...]]], Table]], ...] = (
    ("未填报", _silent, _projects),
    ("逾期和到期未核实", _late, _projects),
    ("督办未销号", _supervised, _projects),
    ("待批调整申请", _requested, _projects),
    ("投资额未定", _unpriced, _projects),
    ("单位信息待补", _incomplete, _projects),
    ("一年内到期的承诺", _promised, _days),
    ("已定稿季度和文件", _closed, _things),
    ("数据、文件和规则", _placed, _things),
)
"""The lists of the 交接清册 in order: what each is made of, and its columns."""

MEANINGS = (
    "应填报而没有填报的项目，须催报",
    "已过完工期限的项目：逾期的须督促，到期未核实的须核实完工情况",
    "已交办而没有销号的督办事项",
    "已申请、还没有文号的调整，数据没有变动",
    "总投资待定或只有文字的项目，不计入总投资",
    "没有全称或责任人的单位",
    f"今后{AHEAD}个月内的完工期限、节点和督办时限",
    "各季度定稿存下的文件和它们的 SHA-256",
    "数据库、导出文件、设置和预警规则在哪里",
)
"""What each list means to whoever takes over."""


def handover_document(figures: Figures, point: Point, places: Places) -> Document:
    """Make the 交接清册 as a document, with room for the three signatures."""
    plan = figures.plan()
    about = body(
        f"本清册由{plan.portfolio}台账生成，列明移交时尚未办结的事项、已承诺的期限和数据文件所在。"
        f"截至日 {point.day}，期别 {quarter_label(point.period)}，数据时点 {moment_words(point.known_at)}。"
    )
    signed = (body(f"以上共{len(LISTS)}类，双方已逐项核对。"), body(SIGNED), body("交接日期：　　　　年　　月　　日"))
    return Document(
        title=f"{plan.portfolio}工作交接清册",
        blocks=(about, *blocks_of(handover_parts(figures, point, places)), *signed),
        created=office_time(point.known_at).replace(tzinfo=None),
        signer=plan.office,
        dated=office_day(point.known_at),
        demo=bool(plan.demo),
        landscape=True,
    )


def handover_book(figures: Figures, point: Point, places: Places) -> Book:
    """Make the 交接清册 as a workbook, a sheet a list."""
    plan = figures.plan()
    title = f"{plan.portfolio}工作交接清册"
    return book_of(title, handover_parts(figures, point, places), plan.office, figures, point, (SIGNED,))
