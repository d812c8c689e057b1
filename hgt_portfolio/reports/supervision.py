"""督办: the list of items, one item whole, what is suggested, and the sheet of the quarterly workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from hgt_portfolio.figures import Point, Suggestion, SupervisionItem
from hgt_portfolio.reports.quarterly_data import Quarter, sheet
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Block, Cell, Column, Kind, Sheet, Table
from hgt_portfolio.terms import SupervisionState, SupervisionStep

Field = tuple[Column, Callable[[SupervisionItem], Cell]]


def last_words(item: SupervisionItem) -> str | None:
    """Say what happened last: 2024-10-12 反馈：已进场."""
    last = item.last
    if last is None:
        return None
    said = "；".join(word for word in (last.text, last.evidence and f"依据：{last.evidence}") if word)
    until = f"至 {last.due}" if last.due else ""
    return f"{last.day} {last.step}{until}" + (f"：{said}" if said else "")


def due_words(item: SupervisionItem) -> str:
    """Say when an item is due, with the first date where that was extended."""
    return f"{item.due}" if item.due == item.due_original else f"{item.due}（原 {item.due_original}）"


def settled_words(item: SupervisionItem) -> str:
    """Say where an item stands, for 销号情况: 督2024-001 办理中 超期3天."""
    late = f" 超期{item.days_over}天" if item.days_over else ""
    return f"{item.no} {item.state}{late}"


_FIELDS: tuple[Field, ...] = (
    (Column("no", "督办编号", Kind.LABEL, 6), lambda i: i.no),
    (Column("project", "序号", Kind.LABEL, 3), lambda i: i.project),
    (Column("name", "项目名称", Kind.TEXT, 10), lambda i: i.name),
    (Column("unit", "责任单位", Kind.LABEL, 6), lambda i: i.unit),
    (Column("person", "责任人", Kind.LABEL, 8), lambda i: i.person),
    (Column("ground", "事由", Kind.LABEL, 4), lambda i: i.ground),
    (Column("content", "交办事项", Kind.TEXT, 16), lambda i: i.content),
    (Column("basis", "依据", Kind.TEXT, 16), lambda i: i.basis),
    (Column("doc", "交办文号", Kind.LABEL, 6), lambda i: i.doc),
    (Column("raised", "交办日期", Kind.DATE, 6), lambda i: i.raised),
    (Column("due", "完成时限", Kind.DATE, 6), lambda i: i.due),
    (Column("state", "状态", Kind.LABEL, 4), lambda i: i.state),
    (Column("days_over", "超期天数", Kind.COUNT, 4), lambda i: i.days_over),
    (Column("reminded", "催办次数", Kind.COUNT, 4), lambda i: i.times(SupervisionStep.REMINDED)),
    (Column("last", "最近办理", Kind.TEXT, 12), last_words),
    (Column("struck", "销号日期", Kind.DATE, 6), lambda i: i.struck),
)
_ON_SCREEN = ("no", "project", "name", "unit", "ground", "due", "state", "days_over", "last")


def count_words(items: Iterable[SupervisionItem]) -> str:
    """Count items by state, and those past their due date that are not struck off."""
    listed = list(items)
    found = Counter(item.state for item in listed)
    states = "、".join(f"{state} {found[state]}" for state in SupervisionState if found[state])
    late = sum(item.is_open and item.days_over > 0 for item in listed)
    return f"督办事项 {len(listed)} 项" + (f"：{states}；未销号超期 {late} 项" if listed else "")


def supervision_list(items: list[SupervisionItem], point: Point, *, whole: bool = False) -> Table:
    """List items as they stand on D; ``whole`` gives every column."""
    fields = [field for field in _FIELDS if whole or field[0].key in _ON_SCREEN]
    cells = tuple(tuple(get(item) for _, get in fields) for item in items)
    notes = [count_words(items), f"截至 {point.day}，数据时点 {moment_words(point.known_at)}"]
    if not items:
        notes.append("建议交办的见 hgt supervise suggest；交办：hgt supervise raise 序号 --content … --due …")
    columns = tuple(column for column, _ in fields)
    return Table("督办", "督办事项", columns, cells, notes=tuple(notes), unit_note="")


def step_list(item: SupervisionItem) -> Table:
    """List every step of an item, with who recorded it and when."""
    columns = (
        Column("day", "日期", Kind.DATE),
        Column("step", "环节", Kind.LABEL),
        Column("text", "内容"),
        Column("due", "新时限", Kind.DATE),
        Column("evidence", "依据"),
        Column("person", "责任人", Kind.LABEL),
        Column("operator", "记录人", Kind.LABEL),
        Column("recorded_at", "记录时间", Kind.LABEL),
        Column("action", "操作号", Kind.COUNT),
    )
    cells = tuple(
        (s.day, s.step, s.text, s.due, s.evidence, s.person, s.operator, moment_words(s.recorded_at), s.action_id)
        for s in item.steps
    )
    return Table(item.no, f"{item.no} 办理过程", columns, cells, unit_note="")


def supervision_item(item: SupervisionItem, point: Point) -> Table:
    """Give one item whole: its facts, then every step with who recorded it."""
    facts: list[tuple[str, Cell]] = [
        ("督办对象", item.subject),
        ("责任单位", item.unit),
        ("责任人", item.person),
        ("事由", item.ground),
        ("交办事项", item.content),
        ("依据", item.basis),
        ("交办文号", item.doc),
        ("交办日期", f"{item.raised}（{item.operator} 记于 {moment_words(item.recorded_at)}，操作 {item.action_id}）"),
        ("完成时限", due_words(item)),
        ("状态", item.state),
        ("超期", f"{item.days_over} 天" if item.days_over else "未超期"),
    ]
    for step in item.steps:
        said = [step.text, step.due and f"新时限 {step.due}", step.evidence and f"依据：{step.evidence}", step.person]
        words = "；".join(str(word) for word in said if word)
        by = f"（{step.operator} 记于 {moment_words(step.recorded_at)}，操作 {step.action_id}）"
        facts.append((f"{step.day} {step.step}", f"{words}{by}"))
    rows = tuple(fact for fact in facts if fact[1] is not None)
    columns = (Column("fact", "事项", Kind.LABEL), Column("value", "内容"))
    notes = (f"截至 {point.day}，数据时点 {moment_words(point.known_at)}",)
    return Table(item.no, f"{item.no} {item.subject}", columns, rows, notes=notes, unit_note="")


def suggestion_list(suggested: list[Suggestion], point: Point) -> Table:
    """List what the figures suggest to raise, each with the figures it rests on."""
    columns = (
        Column("no", "序号", Kind.LABEL),
        Column("name", "项目名称"),
        Column("unit", "责任单位", Kind.LABEL),
        Column("ground", "事由", Kind.LABEL),
        Column("basis", "依据"),
        Column("due", "完成时限", Kind.DATE),
        Column("person", "责任人", Kind.LABEL),
    )
    cells = tuple((s.no, s.name, s.unit, s.ground, s.basis, s.due, s.person) for s in suggested)
    found = Counter(s.ground for s in suggested)
    said = "、".join(f"{ground} {count}" for ground, count in found.items())
    notes = (
        f"建议交办 {len(suggested)} 项" + (f"：{said}。全部交办：hgt supervise suggest --raise" if suggested else "。"),
        f"截至 {point.day}；同一事由已有未销号督办的不再列出。",
    )
    return Table("建议督办", "建议交办的督办事项", columns, cells, notes=notes, unit_note="")


def supervision_sheet(quarter: Quarter) -> Sheet:
    """Make 督办事项: every item raised by the quarter's end, as it stands on that day."""
    items = quarter.figures.supervision(quarter.point)
    rows = tuple(tuple(get(item) for _, get in _FIELDS) for item in items)
    notes = (
        f"注：{count_words(items)}。超期天数算到截至日；已申请销号的算到申请之日，被退回的重新起算到截至日。",
        "办理程序：交办、反馈、申请销号、核验销号或退回；催办、延期记在最近办理。",
    )
    block = Block(Table("督办事项", "督办事项", tuple(column for column, _ in _FIELDS), rows))
    return sheet(quarter, "督办事项", "督办事项", block, right="", notes=notes, frozen=3)
