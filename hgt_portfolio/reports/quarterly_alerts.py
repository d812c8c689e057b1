"""逾期与预警, 本季变化, and 投资额未定与未填报: what asks for action, what moved, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain, islice

from hgt_portfolio.figures import Event, Position
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import month_text, quarter_label
from hgt_portfolio.reports.quarterly_data import Quarter, responsible, sheet
from hgt_portfolio.table import Block, Cell, Column, Kept, Kind, Sheet, Table
from hgt_portfolio.terms import (
    SILENT_STATES,
    UNVERIFIED_IN_DOCUMENTS,
    ActionKind,
    DeadlineState,
    FilingKind,
    FilingState,
    Light,
    StartState,
)

ALERTS: tuple[tuple[str, Callable[[Position], bool]], ...] = (
    ("逾期", lambda p: p.deadline_state == DeadlineState.OVERDUE),
    ("到期未核实", lambda p: p.deadline_state == DeadlineState.UNVERIFIED),
    ("临期", lambda p: p.deadline_state == DeadlineState.DUE_SOON),
    ("应开未开", lambda p: p.start_state == StartState.LATE),
    ("红灯", lambda p: p.light == Light.RED),
    ("黄灯", lambda p: p.light == Light.YELLOW),
)
"""What is listed, in order; a project stands under each that fits it."""

_ALERT_COLUMNS = (
    Column("alert", "类别", Kind.LABEL, 5),
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 15),
    Column("domain", "领域", Kind.LABEL, 4),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("status", "项目状态", Kind.LABEL, 4),
    Column("due", "完工期限", Kind.DATE, 6),
    Column("due_original", "原完工期限", Kind.DATE, 6),
    Column("days", "天数", Kind.COUNT, 4),
    Column("last_word", "最近核实日", Kind.DATE, 6),
    Column("light", "预警", Kind.LABEL, 3),
    Column("reason", "规则与依据", Kind.TEXT, 20),
)


def alerts_sheet(quarter: Quarter) -> Sheet:
    """Make 逾期与预警: one row a project and ground."""
    found: dict[str, Kept[tuple[Cell, ...]]] = {name: Kept() for name, _ in ALERTS}
    for position in quarter.positions:
        for name, holds in ALERTS:
            if holds(position):
                found[name].extend([_alert(quarter, name, position)])
    total = quarter.total
    counts = "、".join(f"{name}{len(rows)}项" for name, rows in found.items())
    notes = (
        f"注：{counts}；同一项目符合几类的分别列出。天数：逾期为超过完工期限的天数，到期未核实为期限已过的天数，"
        "临期为距完工期限的天数。",
        f"到期未核实即{UNVERIFIED_IN_DOCUMENTS}，不算逾期；逾期须有期限以后的填报或核实说明未完工，其后超过一个季度没有新消息的注待更新。",
        f"预警规则：{quarter.in_force.label}；{quarter.in_force.rules.source}。"
        f"红{total.lights[Light.RED]}、黄{total.lights[Light.YELLOW]}、蓝{total.lights[Light.BLUE]}、"
        f"绿{total.lights[Light.GREEN]}、无{total.lights[Light.NONE]}项。"
        f"另有应开未核实{total.start_states[StartState.UNVERIFIED]}项（已过开工月，无人报送开工情况）。",
    )
    block = Block(Table("逾期与预警", "逾期与预警", _ALERT_COLUMNS, Kept(chain(*found.values()))))
    return sheet(quarter, "逾期与预警", "逾期与预警", block, right="", notes=notes, frozen=3)


def _alert(quarter: Quarter, name: str, position: Position) -> tuple[Cell, ...]:
    """Lay out one row, with the rule and the numbers behind its light."""
    moved = position.due_original if position.days_moved else None
    reason = f"{quarter.in_force.rules.name}·{position.light_reason}"
    if position.light_override:
        reason = f"人工定灯：{position.override_reason}；规则所定{position.light_computed}（{reason}）"
    if position.stale:
        reason = f"待更新；{reason}"
    return (
        name,
        position.no,
        position.name,
        position.domain,
        responsible(position.unit, quarter.cooperating.get(position.no, [])),
        position.status_label,
        position.due_date,
        moved or "",
        _days(position),
        position.last_word,
        position.light,
        reason,
    )


def _days(position: Position) -> Cell:
    """Give the days past the due date, or left to it where it is near; nothing for what is neither."""
    due, state = position.due_date, position.deadline_state
    if due is None:
        return None
    if state in (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED):
        return (position.day - due).days
    return (due - position.day).days if state == DeadlineState.DUE_SOON else ""


EVENTS_OF = 1000
"""Projects whose events are read at once."""

_CHANGE_COLUMNS = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 15),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("kind", "变化", Kind.LABEL, 8),
    Column("holds", "生效日", Kind.DATE, 6),
    Column("text", "内容、原因和文号", Kind.TEXT, 40),
    Column("operator", "记录人", Kind.LABEL, 5),
)


def changes_sheet(quarter: Quarter) -> Sheet:
    """Make 本季变化: what was amended, checked, set by hand or turned since the end of the quarter before."""
    rows = Kept(row for position, events in _eventful(quarter) for row in _changes(quarter, position, events))
    block = Block(Table("本季变化", "本季变化", _CHANGE_COLUMNS, rows))
    notes = (
        f"注：列出{quarter.last_point.day.isoformat()}之后至{quarter.point.day.isoformat()}生效或其间补记的调整、年度计划、核实、退回、"
        "人工定灯、节点、子项、督办和联系人，以及状态、预警与上季度末相比的变化和累计调减；正常的进度填报见项目调度表。",
    )
    return sheet(quarter, "本季变化", "本季变化", block, right="", notes=notes, frozen=2)


def _eventful(quarter: Quarter) -> Iterator[tuple[Position, list[Event]]]:
    """Give every position with what happened to its project, read of so many at once."""
    each = iter(quarter.positions)
    while page := list(islice(each, EVENTS_OF)):
        held: dict[str, list[Event]] = defaultdict(list)
        for event in quarter.figures.changes(quarter.last_point, quarter.point, [position.no for position in page]):
            if not event.kind.startswith(ActionKind.FUND):
                held[event.no].append(event)
        for position in page:
            yield position, held[position.no]


def _changes(quarter: Quarter, position: Position, events: list[Event]) -> Iterator[tuple[Cell, ...]]:
    """Give a project's changes: what turned against the quarter before, then each event with its words."""
    before = quarter.last.get(position.no)
    reports = [event for event in events if event.kind.startswith(_REPORT_KINDS)]
    amended = {event.action_id for event in events if event.kind.startswith("调整")}
    said = reports[-1].text if reports else ""
    head = (position.no, position.name, position.unit)
    if before is None:
        yield (*head, "新增项目", "", position.source, "")
    elif before.status != position.status:
        turn = f"{before.status_label or '未报送'} → {position.status_label or '未报送'}"
        yield (*head, f"状态：{turn}", "", said, "")
    if before is not None and before.light != position.light:
        yield (*head, f"预警：{before.light} → {position.light}", "", position.light_reason, "")
    if position.quarter is not None and position.quarter < 0:
        yield (*head, f"累计调减{wan_text(-position.quarter)}万元", "", said, "")
    for event in events:
        if event not in reports and not (event.kind == "项目信息" and event.action_id in amended):
            back = "（追溯生效）" if event.holds <= quarter.last_point.day else ""
            yield (*head, event.kind + back, event.holds, event.text or None, event.operator)


_REPORT_KINDS = (*(str(kind) for kind in FilingKind), "配合填报")


_MISSING_COLUMNS = (
    Column("gap", "类别", Kind.LABEL, 6),
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 16),
    Column("domain", "领域", Kind.LABEL, 5),
    Column("unit", "责任单位", Kind.LABEL, 7),
    Column("officer", "责任人/电话", Kind.LABEL, 8),
    Column("printed", "规划所载总投资", Kind.LABEL, 8),
    Column("note", "说明", Kind.TEXT, 26),
)


def missing_sheet(quarter: Quarter) -> Sheet:
    """Make 投资额未定与未填报: projects without an amount, and those that have to file and have not."""
    unpriced: Kept[tuple[Cell, ...]] = Kept()
    silent: Kept[tuple[Cell, ...]] = Kept()
    for p in quarter.positions:
        if p.investment is None:
            unpriced.extend([_missing(quarter, "投资额未定", p, f"{p.investment_kind}，未计入总投资（不作0）")])
        if p.filing_state in SILENT_STATES:
            silent.extend([_missing(quarter, str(p.filing_state), p, _last_filing(p))])
    total = quarter.total
    due = total.filed + total.not_filed
    notes = (
        f"注：投资额未定{len(unpriced)}项；{quarter.label}应填报{due}项，已填报{total.filed}项"
        f"（其中迟报{total.filing_states[FilingState.LATE]}项），未填报{total.not_filed}项，"
        f"无需填报{total.filing_states[FilingState.NOT_REQUIRED]}项（已完工或已退出）。",
    )
    block = Block(Table("投资额未定与未填报", "投资额未定与未填报", _MISSING_COLUMNS, Kept(chain(unpriced, silent))))
    return sheet(quarter, "投资额未定与未填报", "投资额未定与未填报项目", block, right="", notes=notes, frozen=3)


def _missing(quarter: Quarter, gap: str, position: Position, note: str) -> tuple[Cell, ...]:
    return (
        gap,
        position.no,
        position.name,
        position.domain,
        position.unit,
        quarter.people.get((position.no, "责任人")),
        position.investment_text,
        note,
    )


def _last_filing(position: Position) -> str:
    """Say what the ledger last heard of a silent project."""
    if position.period_filed is None:
        return "从未填报"
    amount = "未填累计" if position.cumulative is None else f"自开工累计{wan_text(position.cumulative)}万元"
    return f"最近填报 {month_text(position.period_filed)}（{quarter_label(position.period_filed)}）：{amount}"
