"""待办 as a table: each task with its days and why, counted by kind."""

from __future__ import annotations

from hgt_portfolio.figures import Figures, Filter, Point, Queue
from hgt_portfolio.reports.words import number, point_words
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import TaskKind

NOTHING = "没有待办。可看 hgt overdue、hgt board，或等下一期填报。"

_COLUMNS = (
    Column("kind", "事由", Kind.LABEL, 5),
    Column("days", "天数", Kind.COUNT, 3),
    Column("no", "序号", Kind.COUNT, 3),
    Column("name", "项目名称", Kind.TEXT, 14),
    Column("unit", "责任单位", Kind.LABEL, 7),
    Column("why", "情况", Kind.TEXT, 24),
    Column("last_word", "最近核实日", Kind.DATE, 6),
    Column("action", "办理", Kind.LABEL, 4),
)


def queue(
    figures: Figures, point: Point, where: Filter, rules: str | None = None, kind: TaskKind | None = None
) -> Table:
    """List what needs a hand, of one kind where it is given; 临期 counts the days left."""
    read = figures.queue(point, where, rules=rules)
    cells = tuple(
        (
            str(task.kind),
            task.days,
            None if task.no is None else number(task.no),
            task.name,
            task.unit,
            task.why,
            task.last_word,
            str(task.action),
        )
        for task in read.tasks
        if kind in (None, task.kind)
    )
    described = where.describe()
    title = f"待办（{described}）" if described else "待办"
    notes = (counts_words(read) or NOTHING, *in_hand_words(read), point_words(figures, point, rules))
    return Table("待办", title, _COLUMNS, cells, notes=notes, unit_note="")


def counts_words(read: Queue) -> str:
    """Say how many tasks there are of each kind; empty where there are none."""
    counts = read.counts
    return "，".join(f"{kind} {counts[kind]} 件" for kind in TaskKind if counts[kind])


def in_hand_words(read: Queue) -> tuple[str, ...]:
    """Say what is in hand already, and how many may still file in time."""
    held = "、".join(f"{kind} {read.in_hand[kind]}" for kind in TaskKind if read.in_hand[kind])
    said = [f"已在办而不再列：{held}"] if held else []
    said += [f"待填报（未过截止日）{read.pending} 项"] if read.pending else []
    return tuple(said)
