"""责任清单 of one unit: the list handed down at the year's beginning (下达版) and the running account (台账版)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hgt_portfolio.figures import Figures, Filter, Point, Position, SupervisionItem, Unknown
from hgt_portfolio.months import quarter_label
from hgt_portfolio.reports.parts import about_sheet
from hgt_portfolio.reports.quarterly_data import officer, people_of, responsible
from hgt_portfolio.reports.supervision import settled_words
from hgt_portfolio.rules.point import moment_words, office_time
from hgt_portfolio.table import Block, Book, Cell, Column, Kind, Sheet, Table
from hgt_portfolio.terms import COMPLETE_STATUSES, DISCLAIMER, JOINT_NOTE, ContactRole, DeadlineState, GoalVerdict

SIGNATURE = "单位主要负责人签字（盖章）：　　　　　　　　　　　　　　日期：　　　　年　　月　　日"


@dataclass(frozen=True)
class Duty:
    """What one unit answers for at a point."""

    unit: str
    full_name: str | None
    positions: list[Position]
    people: dict[tuple[str, str], str]
    cooperating: dict[str, list[str]]
    supervised: list[SupervisionItem]


Field = tuple[Column, Callable[[Duty, Position], Cell]]


def _in_order(position: Position) -> str | None:
    """Give 是否达序: the deviation from pace, else the judged 形象目标; None where neither is known."""
    if position.deviation is None:
        verdict = position.goal_verdict
        return None if verdict is None else "达序" if verdict == GoalVerdict.REACHED else "未达序"
    return "达序" if position.deviation >= 0 else "未达序"


def _progress(position: Position) -> str | None:
    percent = None if position.physical_percent is None else f"形象进度{position.physical_percent}%"
    return "；".join(word for word in (position.status_label, position.physical, percent) if word) or None


def _settled(duty: Duty, position: Position) -> str | None:
    """Give where the project's 督办事项 stand; without any, whether it is complete."""
    items = [settled_words(item) for item in duty.supervised if item.project == position.no]
    return "；".join(items) or ("已完工" if position.status in COMPLETE_STATUSES else None)


def _late(position: Position) -> Cell:
    return "待核实" if position.deadline_state == DeadlineState.UNVERIFIED else position.days_overdue


HANDED_DOWN: tuple[Field, ...] = (
    (Column("no", "序号", Kind.LABEL, 3), lambda _, p: p.no),
    (Column("name", "项目名称", Kind.TEXT, 12), lambda _, p: p.name),
    (Column("scope", "工程内容与规模", Kind.TEXT, 22), lambda _, p: p.scope),
    (Column("period", "实施年限", Kind.LABEL, 6), lambda _, p: p.period_text),
    (Column("investment", "总投资", Kind.AMOUNT, 7), lambda _, p: p.investment),
    (Column("year_plan", "本年计划投资", Kind.AMOUNT, 7), lambda _, p: p.year_plan),
    (Column("goal", "年度形象目标", Kind.TEXT, 10), lambda _, p: p.goal),
    (Column("unit", "牵头/配合单位", Kind.LABEL, 8), lambda d, p: responsible(p.unit, d.cooperating.get(p.no, []))),
    (Column("leader", "责任领导", Kind.LABEL, 5), lambda d, p: officer(d.people, p.no, ContactRole.LEADER)),
    (Column("officer", "责任人/电话", Kind.LABEL, 8), lambda d, p: officer(d.people, p.no, ContactRole.OFFICER)),
    (Column("sponsor", "包联领导", Kind.LABEL, 5), lambda d, p: officer(d.people, p.no, ContactRole.SPONSOR)),
    (Column("due", "完成时限", Kind.DATE, 6), lambda _, p: p.due_date),
)

RUNNING: tuple[Field, ...] = (
    *HANDED_DOWN,
    (Column("progress", "目前进展", Kind.TEXT, 10), lambda _, p: _progress(p)),
    (Column("in_order", "是否达序", Kind.LABEL, 4), lambda _, p: _in_order(p)),
    (Column("late", "逾期天数", Kind.COUNT, 4), lambda _, p: _late(p)),
    (Column("problem", "存在问题", Kind.TEXT, 8), lambda _, p: p.problem),
    (Column("next_step", "下一步措施", Kind.TEXT, 8), lambda _, p: p.next_step),
    (Column("settled", "销号情况", Kind.LABEL, 7), _settled),
)

KINDS = (("下达版", HANDED_DOWN), ("台账版", RUNNING))


def duty_units(figures: Figures, point: Point, unit: str | None) -> list[tuple[str, str | None]]:
    """Give the names and full names of the units asked for; raises ``Unknown`` listing those there are."""
    units = [(info.name, info.full_name) for info in figures.units(point)]
    if unit is None:
        return units
    found = [pair for pair in units if unit in pair]
    if not found:
        raise Unknown(f"没有名为“{unit}”的责任单位；已有：{'、'.join(name for name, _ in units)}。")
    return found


def duty_book(figures: Figures, point: Point, unit: str, full_name: str | None, rules: str | None) -> Book:
    """Make a unit's 责任清单: its projects, leading or cooperating, in both versions, and 说明."""
    plan = figures.plan()
    positions = figures.positions(point, Filter(member=unit), rules=rules)
    people, items = people_of(figures, point), figures.supervision(point)
    duty = Duty(unit, full_name, positions, people, figures.cooperating(point), items)
    sheets = [_sheet(duty, name, fields, plan.portfolio, point) for name, fields in KINDS]
    sheets.append(about_sheet(f"{plan.portfolio}责任清单", figures, point))
    title = f"{plan.portfolio}责任清单 {unit} {quarter_label(point.period)}"
    return Book(title, tuple(sheets), office_time(point.known_at).replace(tzinfo=None), bool(plan.demo))


def _sheet(duty: Duty, name: str, fields: tuple[Field, ...], portfolio: str, point: Point) -> Sheet:
    rows = tuple(tuple(get(duty, position) for _, get in fields) for position in duty.positions)
    table = Table(name, name, tuple(column for column, _ in fields), rows, total=_total(duty, fields))
    amounts = {key: f'=IF(COUNT([:{key}])=0,"—",ROUND(SUM([:{key}]),2))' for key in ("investment", "year_plan")}
    formulas = amounts | {"name": '=COUNTA([:no])&"项"'} if rows else {}
    return Sheet(
        name,
        f"{portfolio}责任清单（{name}）",
        (Block(table, total_formulas=formulas),),
        left=f"责任单位：{duty.full_name or f'{duty.unit}（全称待确认）'}",
        caption=(
            f"截至日：{point.day.isoformat()}　期别：{quarter_label(point.period)}　"
            f"数据时点：{moment_words(point.known_at)}"
        ),
        notes=_notes(duty),
        foot=(DISCLAIMER, SIGNATURE),
        frozen=2,
    )


def _total(duty: Duty, fields: tuple[Field, ...]) -> tuple[Cell, ...]:
    sums: dict[str, Cell] = {"no": "小计", "name": f"{len(duty.positions)}项"}
    told: list[str] = []
    for key, name in (("investment", "总投资"), ("year_plan", "本年计划投资")):
        known = [value for position in duty.positions if (value := getattr(position, key)) is not None]
        sums[key] = sum(known) if known else None
        if len(known) < len(duty.positions):
            told.append(f"{name}有数{len(known)}/{len(duty.positions)}项")
    sums["scope"] = "；".join(told)
    return tuple(sums.get(column.key, "") for column, _ in fields)


def _notes(duty: Duty) -> tuple[str, ...]:
    """Say what the sums leave out, and how projects of several units count."""
    count = len(duty.positions)
    unpriced = [position for position in duty.positions if position.investment is None]
    planned = sum(position.year_plan is not None for position in duty.positions)
    said = f"注：小计共{count}项；有投资额{count - len(unpriced)}/{count}项，本年计划投资有数{planned}/{count}项。"
    for position in unpriced:
        said += f"#{position.no}总投资：{position.investment_text}，未计入。"
    for item in duty.supervised:
        if item.project is None and item.unit == duty.unit:
            said += f"单位督办事项：{settled_words(item)}，{item.content}。"
    joint = any(duty.cooperating.get(position.no) for position in duty.positions)
    return (said, JOINT_NOTE) if joint else (said,)
