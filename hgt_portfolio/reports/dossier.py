"""一项目一档: all that the ledger holds of one project, each with its basis, as an inspector reads it."""

from __future__ import annotations

from collections.abc import Iterable

from hgt_portfolio.document import Document, body
from hgt_portfolio.figures import Event, Figures, Filter, Point, Position
from hgt_portfolio.figures.comparing import value_words
from hgt_portfolio.figures.sources import EVERY
from hgt_portfolio.months import month_of, month_text, quarter_label
from hgt_portfolio.reports.parts import Parts, blocks_of, book_of
from hgt_portfolio.reports.quarterly_data import SIGNATURES
from hgt_portfolio.reports.words import yes_no
from hgt_portfolio.rules.point import moment_words, office_day, office_time
from hgt_portfolio.table import Book, Cell, Column, Kind, Table
from hgt_portfolio.terms import DISCLAIMER, ActionKind, ContactRole, FilingKind

_FILED = tuple(str(kind) for kind in FilingKind)


def dossier_parts(figures: Figures, point: Point, no: str) -> Parts:
    """Give the parts of a project's file, each a table under its heading; raises ``Unknown`` for no such project."""
    position, planned = figures.position(point, no), figures.as_planned(no, point)
    events = figures.history(no, point)
    parts: list[tuple[str, Table]] = [
        ("基本情况", _facts(figures, point, position, planned)),
        ("现状", _standing(figures, point, position)),
        ("投资数及来源", _amounts(figures, point, position)),
        ("分期进度", _periods(figures, point, no, events)),
    ]
    rest = list(events)
    for title, kinds in RECORDS:
        parts.append((title, _records(title, [event for event in rest if event.kind.startswith(kinds)])))
        rest = [event for event in rest if not event.kind.startswith(kinds)]
    parts.append(("其他记录", _records("其他记录", rest)))
    parts.append(("定稿后更正", _restated(figures, point, no)))
    parts.append(("操作记录", _entries(figures, point, no)))
    return tuple(parts)


RECORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("责任人", tuple(str(role) for role in ContactRole)),
    ("年度计划", ("年度计划",)),
    ("进度填报", (*_FILED, "配合填报", "退回")),
    ("资金", (str(ActionKind.FUND),)),
    ("调整", ("调整", "项目信息")),
    ("核实", ("核实",)),
    ("督办", ("督办",)),
    ("节点和子项", ("节点", "取消节点", "子项")),
)
"""The parts that list records, and how the kinds of their records begin; whatever else there is comes after."""


def _facts(figures: Figures, point: Point, now: Position, planned: Position | None) -> Table:
    """Set what the plan said beside what holds now."""
    members = "、".join(figures.cooperating(point).get(now.no, []))
    columns = (
        Column("fact", "事项", Kind.LABEL, 8),
        Column("planned", "规划所载", Kind.TEXT, 22),
        Column("now", "现行", Kind.TEXT, 22),
    )
    rows: list[tuple[Cell, ...]] = [
        (label, None if planned is None else value_words(planned, field), value_words(now, field))
        for label, field in (
            ("项目名称", "name"),
            ("领域", "domain"),
            ("工程内容与规模", "scope"),
            ("实施年限", "period_text"),
            ("完工期限", "due"),
            ("总投资", "investment"),
            ("总投资原文", "investment_text"),
            ("责任单位", "unit_text"),
            ("牵头单位", "unit"),
        )
    ]
    rows += [
        ("配合单位", None, members or "无"),
        ("统计入库", None, f"{yes_no(now.in_statistics) or '未填'} {now.statistics_code or ''}".strip()),
        ("依据", None if planned is None else planned.source, now.source),
    ]
    moved = () if not now.days_moved else (f"完工期限比规划调整 {now.days_moved:+} 天。",)
    return Table("基本情况", "", columns, tuple(rows), notes=moved, unit_note="")


def _standing(figures: Figures, point: Point, row: Position) -> Table:
    in_force = figures.in_force(point)
    checked = None if row.check_day is None else f"{row.check_day} {row.check_how}：{row.check_finding}"
    late = f"{row.deadline_state} {row.days_overdue} 天" if row.days_overdue else row.deadline_state
    facts: tuple[tuple[str, Cell], ...] = (
        ("项目状态", row.status_label or "未报送"),
        ("实际开工", row.started),
        ("实际完工", row.finished),
        ("开工状态", row.start_state),
        ("期限状态", late),
        ("填报状态", f"{month_text(row.period)} {row.filing_state}"),
        ("预警", f"{row.light}（{in_force.label}；{row.light_reason}）"),
        ("最近核实", checked or "没有核实记录"),
        ("形象进度", row.physical),
        ("年度形象目标", row.goal),
        ("存在问题", row.problem),
        ("下一步措施", row.next_step),
    )
    columns = (Column("fact", "事项", Kind.LABEL, 8), Column("value", "内容", Kind.TEXT, 44))
    return Table("现状", "", columns, facts, unit_note="")


def _amounts(figures: Figures, point: Point, row: Position) -> Table:
    """List the amounts, each with the rows of the ledger that it comes from."""
    columns = (
        Column("name", "指标", Kind.LABEL, 9),
        Column("fen", "数额", Kind.AMOUNT, 7),
        Column("note", "说明", Kind.TEXT, 9),
        Column("source", "来源", Kind.TEXT, 20),
    )
    carried = f"沿用 {month_text(row.period_filed)}" if row.carried and row.period_filed is not None else ""
    listed = (
        ("总投资", "investment", row.investment, f"原文 {row.investment_text}"),
        ("截至上年底累计完成", "opening", row.opening, None if row.opening is not None else "缺期初数"),
        ("本年计划投资", "year_plan", row.year_plan, None if row.year_plan is not None else "没有年度计划"),
        ("本季度完成", "quarter", row.quarter, row.quarter_note),
        ("本年累计", "ytd", row.ytd, row.year_note),
        ("自开工累计", "cumulative", row.cumulative, carried or (None if row.cumulative is not None else "未填报")),
        ("年度任务余额", "year_balance", row.year_balance, "本年计划投资－本年累计"),
        ("欠序时金额", "shortfall", row.shortfall, f"计划应完成－本年累计；序时：{row.pace_words}"),
    )
    sources = figures.sources(row.no, point)
    rows = tuple(
        (name, fen, note or "", sources[column].text if column in sources else "台账里没有填报")
        for name, column, fen, note in listed
    )
    return Table("投资数及来源", "", columns, rows)


def _periods(figures: Figures, point: Point, no: str, events: Iterable[Event]) -> Table:
    """List the figures of each month that was filed, as they are known at the point."""
    columns = (
        Column("period", "期别", Kind.LABEL, 5),
        Column("status", "项目状态", Kind.LABEL, 4),
        Column("stated", "自开工累计", Kind.AMOUNT, 6),
        Column("quarter", "本季度完成", Kind.AMOUNT, 6),
        Column("ytd", "本年累计", Kind.AMOUNT, 6),
        Column("physical", "形象进度", Kind.TEXT, 9),
        Column("problem", "存在问题", Kind.TEXT, 9),
        Column("next_step", "下一步措施", Kind.TEXT, 9),
        Column("filed_by", "填报人", Kind.LABEL, 4),
    )
    filed = [event for event in events if event.kind.startswith(_FILED) and event.revoked_at is None]
    months = sorted({month_of(event.holds) for event in filed if event.holds <= point.day})
    found = {month: next(iter(figures.positions(point.at(month), Filter(nos=(no,)))), None) for month in months}
    rows = tuple(
        (
            month_text(month),
            row.status_label,
            row.stated,
            row.quarter,
            row.ytd,
            row.physical,
            row.problem,
            row.next_step,
            row.filed_by,
        )
        for month, row in found.items()
        if row is not None
    )
    return Table("分期进度", "", columns, rows)


def _records(title: str, events: list[Event]) -> Table:
    """List records with when they hold, who recorded them when, and whether they stand."""
    newest = {event.kind: event.action_id for event in events if event.revoked_by is None}
    columns = (
        Column("holds", "所属日期", Kind.LABEL, 5),
        Column("kind", "事项", Kind.LABEL, 7),
        Column("text", "内容、依据和文号", Kind.TEXT, 22),
        Column("recorded_at", "记录时间", Kind.LABEL, 6),
        Column("operator", "记录人", Kind.LABEL, 4),
        Column("action", "操作号", Kind.LABEL, 3),
        Column("stands", "效力", Kind.LABEL, 5),
    )
    rows = tuple(
        (
            "规划装载起" if event.holds.year == 1 else event.holds.isoformat(),
            event.kind,
            event.text,
            moment_words(event.recorded_at),
            event.operator,
            str(event.action_id),
            _stands(event, newest),
        )
        for event in events
    )
    return Table(title, "", columns, rows, unit_note="")


def _stands(event: Event, newest: dict[str, int]) -> str:
    """Say whether a record stands: it may be revoked, and a filing corrected by a later one for its month."""
    if event.revoked_by:
        return f"操作{event.revoked_by}撤销"
    corrected = event.kind.startswith(_FILED) and newest[event.kind] != event.action_id
    return f"操作{newest[event.kind]}更正" if corrected else "有效"


def _restated(figures: Figures, point: Point, no: str) -> Table:
    columns = (
        Column("period", "期别", Kind.LABEL, 6),
        Column("item", "更正事项", Kind.LABEL, 6),
        Column("old", "原文", Kind.LABEL, 7),
        Column("new", "更正后", Kind.LABEL, 7),
        Column("cause", "原因", Kind.TEXT, 12),
        Column("who", "责任人", Kind.LABEL, 5),
        Column("doc", "文号", Kind.LABEL, 7),
        Column("found", "日期", Kind.LABEL, 5),
    )
    rows = tuple(
        (quarter_label(row.period), row.item, row.old, row.new, row.cause, row.who, row.doc, row.found.isoformat())
        for row in figures.errata(point)
        if row.no == no
    )
    return Table("定稿后更正", "", columns, rows, unit_note="")


def _entries(figures: Figures, point: Point, no: str) -> Table:
    """List the audit entries of the project, oldest first, each with its hash."""
    columns = (
        Column("id", "操作号", Kind.LABEL, 3),
        Column("at", "时间", Kind.LABEL, 6),
        Column("operator", "操作人", Kind.LABEL, 4),
        Column("kind", "操作", Kind.LABEL, 5),
        Column("title", "内容", Kind.TEXT, 17),
        Column("reason", "原因", Kind.TEXT, 8),
        Column("undone", "效力", Kind.LABEL, 5),
        Column("hash", "校验码（SHA-256）", Kind.LABEL, 9),
    )
    rows = tuple(
        (
            str(entry.id),
            moment_words(entry.at),
            entry.operator,
            entry.kind,
            entry.title,
            entry.reason or "",
            f"操作{entry.undone_by}撤销" if entry.undone_by else "有效",
            entry.hash[:16],
        )
        for entry in reversed(figures.entries(point, no, EVERY))
    )
    notes = (f"校验码为前16位；每条记录的校验码含前一条的，截至数据时点的链尾为 {figures.chain_head(point)}。",)
    return Table("操作记录", "", columns, rows, notes=notes, unit_note="")


def dossier_document(figures: Figures, point: Point, no: str) -> Document:
    """Make a project's file as a document."""
    plan, row = figures.plan(), figures.position(point, no)
    about = body(
        f"本档案由台账生成，收录第{row.no}号项目“{row.name}”自规划（{plan.doc_no}）装载以来的全部记录，已撤销的也列出并注明。"
        f"截至日 {point.day}，期别 {quarter_label(point.period)}，数据时点 {moment_words(point.known_at)}。"
        + DISCLAIMER.replace("本表", "本档案")
    )
    return Document(
        title=f"{plan.portfolio}项目档案\n第{row.no}号　{row.name}",
        blocks=(about, *blocks_of(dossier_parts(figures, point, no))),
        created=office_time(point.known_at).replace(tzinfo=None),
        signer=plan.office,
        dated=office_day(point.known_at),
        demo=bool(plan.demo),
        landscape=True,
    )


def dossier_book(figures: Figures, point: Point, no: str) -> Book:
    """Make a project's file as a workbook, a sheet a part."""
    row = figures.position(point, no)
    title = f"{figures.plan().portfolio}项目档案"
    parts = dossier_parts(figures, point, no)
    return book_of(title, parts, f"第{row.no}号　{row.name}", figures, point, (DISCLAIMER, SIGNATURES))
