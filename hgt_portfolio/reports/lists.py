"""Lists of projects: all of them, what is late, and who has opened its books."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hgt_portfolio.figures import Filter, Order, Point, Portfolio, Position
from hgt_portfolio.money import wan_words
from hgt_portfolio.months import last_day
from hgt_portfolio.reports.words import number, point_words, yes_no
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import (
    ContactRole,
    DeadlineState,
    FilingState,
    Phase,
    StartState,
)

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures

FILED = (FilingState.FILED, FilingState.LATE)

Field = tuple[Column, Callable[[Position], Cell]]

_PROJECT_FIELDS: tuple[Field, ...] = (
    (Column("no", "序号", Kind.COUNT), lambda p: number(p.no)),
    (Column("name", "项目名称"), lambda p: p.name),
    (Column("domain", "领域", Kind.LABEL), lambda p: p.domain),
    (Column("unit", "责任单位", Kind.LABEL), lambda p: p.unit),
    (Column("period_text", "实施年限", Kind.LABEL), lambda p: p.period_text),
    (Column("start", "开工月", Kind.MONTH), lambda p: p.start),
    (Column("due", "完工期限", Kind.DATE), lambda p: p.due_date),
    (Column("due_original", "原完工期限", Kind.DATE), lambda p: p.due_original),
    (Column("investment_wan", "总投资", Kind.AMOUNT), lambda p: p.investment),
    (Column("investment_text", "总投资原文"), lambda p: p.investment_text),
    (Column("phase_plan", "规划口径", Kind.LABEL), lambda p: Phase(p.stage)),
    (Column("phase_deadline", "完工口径", Kind.LABEL), lambda p: Phase(p.phase_deadline)),
    (Column("status", "项目状态", Kind.LABEL), lambda p: p.status),
    (Column("cum_wan", "自开工累计", Kind.AMOUNT), lambda p: p.cumulative),
    (Column("cum_period", "累计截至", Kind.MONTH), lambda p: p.period_filed),
    (Column("ytd_wan", "本年累计", Kind.AMOUNT), lambda p: p.ytd),
    (Column("since_plan_wan", "规划期以来完成", Kind.AMOUNT), lambda p: p.since_plan),
    (Column("quarter_wan", "本季度完成", Kind.AMOUNT), lambda p: p.quarter),
    (Column("quarter_note", "本季度说明"), lambda p: p.quarter_note),
    (Column("year_plan_wan", "本年计划投资", Kind.AMOUNT), lambda p: p.year_plan),
    (Column("year_plan_first_wan", "年初计划投资", Kind.AMOUNT), lambda p: p.year_plan_first),
    (Column("year_rate", "占年度计划", Kind.RATE), lambda p: p.year_rate),
    (Column("pace", "序时进度", Kind.RATE), lambda p: p.pace),
    (Column("deviation", "偏差(百分点)", Kind.POINTS), lambda p: p.deviation),
    (Column("total_rate", "占总投资", Kind.RATE), lambda p: p.total_rate),
    (Column("deadline_state", "期限状态", Kind.LABEL), lambda p: p.deadline_state),
    (Column("days_overdue", "逾期天数", Kind.COUNT), lambda p: p.days_overdue),
    (Column("start_state", "开工状态", Kind.LABEL), lambda p: p.start_state),
    (Column("light", "预警", Kind.LABEL), lambda p: p.light),
    (Column("light_computed", "规则所定预警", Kind.LABEL), lambda p: p.light_computed),
    (Column("light_rule", "预警规则", Kind.LABEL), lambda p: p.light_step),
    (Column("light_reason", "预警依据"), lambda p: p.light_reason),
    (Column("in_statistics", "是否入库", Kind.LABEL), lambda p: yes_no(p.in_statistics)),
    (Column("statistics_code", "入库代码", Kind.LABEL), lambda p: p.statistics_code),
    (Column("filed", "已填报", Kind.LABEL), lambda p: p.filing_state in FILED),
    (Column("filing_state", "填报状态", Kind.LABEL), lambda p: p.filing_state),
)

_ON_SCREEN = (
    "no",
    "name",
    "unit",
    "period_text",
    "investment_wan",
    "cum_wan",
    "quarter_wan",
    "year_rate",
    "status",
    "deadline_state",
    "light",
    "filing_state",
)


def projects(
    figures: Portfolio, point: Point, where: Filter, rules: str | None = None, *, whole: bool = False
) -> Table:
    """Give one row a project; ``whole`` gives every column, else those that fit a screen."""
    name = figures.in_force(point, rules).rules.name
    read = {"light_rule": lambda p: f"{name}：{p.light_step}"}
    fields: list[Field] = [
        (column, read.get(column.key, get)) for column, get in _PROJECT_FIELDS if whole or column.key in _ON_SCREEN
    ]
    return listed(figures, point, where, fields + (_people_fields(figures, point) if whole else []), rules)


def listed(
    figures: Portfolio,
    point: Point,
    where: Filter,
    fields: Sequence[Field],
    rules: str | None = None,
    order: Sequence[Order] = (),
) -> Table:
    """Give one row a project with the columns given, in the order given."""
    rows = figures.positions(point, where, rules=rules, order=order)
    cells = tuple(tuple(get(row) for _, get in fields) for row in rows)
    described = where.describe()
    totals = figures.totals(point, where, rules=rules)
    notes = (
        f"{len(rows)}/{figures.totals(point).count} 项，有投资额 {totals.priced}/{totals.count} 项，"
        f"总投资合计 {wan_words(totals.investment)} 万元；填报 {totals.filed}/{totals.to_file}",
        point_words(figures, point, rules),
    )
    title = f"重点工程项目（{described}）" if described else "重点工程项目"
    return Table("项目", title, tuple(column for column, _ in fields), cells, notes=notes)


def _people_fields(figures: Portfolio, point: Point) -> list[Field]:
    """Give the columns of who answers for a project: each role, and the phone of the 责任人."""
    people = {(person.no, person.role): person for person in figures.contacts(point)}

    def named(role: ContactRole, part: str) -> Callable[[Position], Cell]:
        return lambda position: getattr(people.get((position.no, role)), part, None)

    keys = {"leader": ContactRole.LEADER, "officer": ContactRole.OFFICER, "sponsor": ContactRole.SPONSOR}
    fields = [(Column(key, str(role), Kind.LABEL), named(role, "name")) for key, role in keys.items()]
    return [*fields, (Column("phone", "责任人电话", Kind.LABEL), named(ContactRole.OFFICER, "phone"))]


def overdue(figures: Portfolio, point: Point, where: Filter, rules: str | None = None) -> Table:
    """List what is late or unsaid: 逾期, 到期未核实, 应开未开, 临期, in that order."""
    rows = figures.positions(point, where, rules=rules)
    ranked = sorted(
        ((rank, row) for row in rows if (rank := _lateness(row)) is not None),
        key=lambda pair: (pair[0], pair[1].due or 0, pair[1].position),
    )
    columns = (
        Column("no", "序号", Kind.COUNT),
        Column("name", "项目名称"),
        Column("unit", "责任单位", Kind.LABEL),
        Column("due", "完工期限", Kind.DATE),
        Column("state", "状态", Kind.LABEL),
        Column("days_overdue", "逾期天数", Kind.COUNT),
        Column("days_past", "过期天数", Kind.COUNT),
        Column("last_word", "最近核实日", Kind.DATE),
        Column("note", "说明"),
    )
    cells = tuple(_late_row(row) for _, row in ranked)
    totals = figures.totals(point, where, rules=rules)
    counts = totals.deadline_states
    notes = (
        f"逾期 {counts[DeadlineState.OVERDUE]} 项，到期未核实 {counts[DeadlineState.UNVERIFIED]} 项，"
        f"应开未开 {totals.start_states[StartState.LATE]} 项，临期 {counts[DeadlineState.DUE_SOON]} 项",
        "到期未核实是期限已过而无人报送完工情况，不算逾期",
        point_words(figures, point, rules),
    )
    return Table("逾期", "逾期、到期未核实、应开未开和临期项目", columns, cells, notes=notes, unit_note="")


_LATE_ORDER = (
    DeadlineState.OVERDUE,
    DeadlineState.UNVERIFIED,
    StartState.LATE,
    DeadlineState.DUE_SOON,
)


def _lateness(row: Position) -> int | None:
    states = (row.deadline_state, row.start_state)
    return min((_LATE_ORDER.index(state) for state in _LATE_ORDER if state in states), default=None)


def _late_row(row: Position) -> tuple[Cell, ...]:
    rank = _lateness(row) or 0
    past = None if row.due_date is None or row.due_date >= row.day else (row.day - row.due_date).days
    moved = row.days_moved or 0
    notes = [
        "待更新" if row.stale else "",
        f"原期限 {row.due_original}，调整 {moved:+} 天" if moved else "",
        "从未填报" if row.last_word is None else "",
    ]
    return (
        number(row.no),
        row.name,
        row.unit,
        row.due_date,
        str(_LATE_ORDER[rank]),
        row.days_overdue,
        past,
        row.last_word,
        "；".join(note for note in notes if note) or None,
    )


def opening_board(figures: Figures, point: Point) -> Table:
    """List which projects have their opening for the December before P's year (建账 n/62)."""
    rows = figures.positions(point)
    opened = figures.opened(point)
    columns = (
        Column("no", "序号", Kind.COUNT),
        Column("name", "项目名称"),
        Column("unit", "责任单位", Kind.LABEL),
        Column("opened", "建账", Kind.LABEL),
        Column("opening_wan", "截至上年底累计", Kind.AMOUNT),
        Column("year_plan_wan", "本年计划投资", Kind.AMOUNT),
    )
    cells = tuple(
        (number(row.no), row.name, row.unit, "已建账" if row.no in opened else "未建账", row.opening, row.year_plan)
        for row in rows
    )
    note = f"建账 {len(opened)}/{len(rows)}（{last_day(point.year_base)}）"
    return Table("建账", "期初建账情况", columns, cells, notes=(note,))


def requested(figures: Figures, point: Point) -> Table:
    """List the amendments requested and not yet approved."""
    columns = (
        Column("id", "申请编号", Kind.COUNT),
        Column("no", "序号", Kind.COUNT),
        Column("kind", "类型", Kind.LABEL),
        Column("effective", "生效日期", Kind.DATE),
        Column("changes", "调整内容"),
        Column("reason", "原因"),
    )
    cells = tuple(
        (id_, number(no), row.kind, row.effective, changes, row.reason)
        for id_, no, row, changes in figures.requests(point)
    )
    note = "批准：hgt amend 序号 --request 申请编号 --doc 文号 --reason 原因"
    return Table("调整申请", "待批的调整申请", columns, cells, notes=(note,), unit_note="")
