"""What differs between two quarters, in words and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.figures.comparing import AMOUNTS, Difference, Value, difference, snapshot, value_words
from hgt_portfolio.money import wan_text, wan_words
from hgt_portfolio.months import month_text, quarter_label
from hgt_portfolio.reports.words import number
from hgt_portfolio.rules.point import moment_text, moment_words
from hgt_portfolio.table import Column, Kind, Table

MONTHS = ("start", "due")

SUCCEEDING = ("拆分自", "合并自")
"""How the source of a project begins to say which others it takes the place of."""


@dataclass(frozen=True)
class Both:
    """The positions at two points by number, and what differs."""

    first: Point
    last: Point
    before: dict[str, Position]
    after: dict[str, Position]
    difference: Difference

    def changed(self, *fields: str) -> Iterator[tuple[Position, Position]]:
        """Give both positions of each project in which any of the fields differs."""
        moved = {change.no for change in self.difference.changes if change.field in fields}
        for no in self.difference.order:
            if no in moved:
                yield self.before[no], self.after[no]


@dataclass(frozen=True)
class Item:
    """A project in a group: what changed of it, and the amount (fen) it moved by, where it is one."""

    no: str
    name: str
    words: str
    fen: int | None = None


@dataclass(frozen=True)
class ChangeGroup:
    """Projects that changed in the same way."""

    kind: str
    items: tuple[Item, ...]

    @property
    def fen(self) -> int | None:
        """The amounts together; None where it is not about amounts."""
        amounts = [item.fen for item in self.items if item.fen is not None]
        return sum(amounts) if amounts else None


def compare(figures: Figures, first: Point, last: Point, rules: str | None = None) -> Both:
    """Read both points, with the units of the later day, and compare them."""
    day = max(first.units_day, last.units_day)
    before, after = (
        {position.no: position for position in figures.positions(replace(point, units_on=day), rules=rules)}
        for point in (first, last)
    )
    return Both(first, last, before, after, difference(snapshot(before.values()), snapshot(after.values())))


def _came(both: Both) -> Iterator[tuple[str, Item]]:
    for no in both.difference.added:
        row = both.after[no]
        succeeding = any(word in row.source for word in SUCCEEDING)
        words = row.source if succeeding else f"{row.unit}，总投资{value_words(row, 'investment')}"
        yield "拆分合并" if succeeding else "新增", Item(no, row.name, words, row.investment)
    for no in both.difference.removed:
        row = both.before[no]
        yield "不再单列", Item(no, row.name, f"{row.unit}，总投资{value_words(row, 'investment')}", row.investment)
    for old, new in both.changed("exited"):
        kind = "退出" if new.exited else "恢复"
        yield kind, Item(new.no, new.name, f"{new.unit}；{new.source}", old.investment)


def _invested(both: Both) -> Iterator[tuple[str, Item]]:
    for old, new in both.changed("investment"):
        words = _turn(old, new, "investment")
        if old.investment is None or new.investment is None:
            kind = "投资额落实" if old.investment is None else "投资额改为未定"
            yield kind, Item(new.no, new.name, words, new.investment)
        else:
            moved = new.investment - old.investment
            yield "投资调增" if moved > 0 else "投资调减", Item(new.no, new.name, words, moved)


def _dated(both: Both) -> Iterator[tuple[str, Item]]:
    for old, new in both.changed("due"):
        words = _turn(old, new, "due")
        if old.due is None or new.due is None:
            yield "完工期限明确" if old.due is None else "完工期限改为不明", Item(new.no, new.name, words)
        else:
            months = new.due - old.due
            yield "延期" if months > 0 else "提前", Item(new.no, new.name, f"{words}，{abs(months)}个月")


def _turned(kind: str, field: str) -> Callable[[Both], Iterator[tuple[str, Item]]]:
    """Give the projects in which a word turned, by turn."""

    def turned(both: Both) -> Iterator[tuple[str, Item]]:
        for old, new in both.changed(field):
            yield f"{kind}：{_turn(old, new, field)}", Item(new.no, new.name, "")

    return turned


def _said(kind: str, *fields: str) -> Callable[[Both], Iterator[tuple[str, Item]]]:
    """Give the projects in which a text changed, with both texts."""

    def said(both: Both) -> Iterator[tuple[str, Item]]:
        for old, new in both.changed(*fields):
            words = "；".join(_turn(old, new, field) for field in fields if getattr(old, field) != getattr(new, field))
            yield kind, Item(new.no, new.name, words)

    return said


def _planned(both: Both) -> Iterator[tuple[str, Item]]:
    """Give the year plans that moved; those of two years are not one plan."""
    if both.first.year != both.last.year:
        return
    for old, new in both.changed("year_plan"):
        moved = None if old.year_plan is None or new.year_plan is None else new.year_plan - old.year_plan
        yield "年度计划调整", Item(new.no, new.name, _turn(old, new, "year_plan"), moved)


def _done(both: Both) -> Iterator[tuple[str, Item]]:
    """Give what was done in between, over the projects known both times."""
    fields = {"cumulative": "自开工累计变动"}
    if both.first.year == both.last.year:
        fields["ytd"] = "本年累计变动"
    for field, kind in fields.items():
        for old, new in both.changed(field):
            then, now = getattr(old, field), getattr(new, field)
            if then is not None and now is not None:
                yield kind, Item(new.no, new.name, _turn(old, new, field), now - then)


KINDS: tuple[Callable[[Both], Iterator[tuple[str, Item]]], ...] = (
    _came,
    _invested,
    _dated,
    _turned("状态", "status"),
    _turned("期限", "deadline_state"),
    _turned("预警", "light"),
    _said("责任单位", "unit"),
    _said("名称、内容和领域", "name", "scope", "domain"),
    _planned,
    _done,
)
"""What is told, in order."""


def _turn(old: Position, new: Position, field: str) -> str:
    return f"{value_words(old, field)} → {value_words(new, field)}"


def change_groups(both: Both) -> list[ChangeGroup]:
    """Group what differs by kind, in the order told."""
    groups: dict[str, list[Item]] = {}
    for make in KINDS:
        for kind, item in make(both):
            groups.setdefault(kind, []).append(item)
    return [ChangeGroup(kind, tuple(items)) for kind, items in groups.items()]


def diff_table(both: Both) -> Table:
    """Say what differs, a kind a row: how many projects, by how much, and which."""
    columns = (
        Column("kind", "类别", Kind.LABEL, 10),
        Column("count", "项数", Kind.COUNT, 3),
        Column("fen", "金额变动", Kind.AMOUNT, 8),
        Column("text", "项目", Kind.TEXT, 40),
    )
    rows = tuple((group.kind, len(group.items), group.fen, _listed(group)) for group in change_groups(both))
    first, last = both.first, both.last
    notes = (
        f"{quarter_label(first.period)}：截至 {first.day}，数据时点 {moment_words(first.known_at)}",
        f"{quarter_label(last.period)}：截至 {last.day}，数据时点 {moment_words(last.known_at)}",
        f"项目数 {len(both.before)} → {len(both.after)}；金额变动只计两期都有数的项目，责任单位按后一期的名称。",
        *(() if rows else ("两期没有不同。",)),
    )
    title = f"{quarter_label(first.period)}到{quarter_label(last.period)}的变化"
    return Table("变化", title, columns, rows, notes=notes)


def _listed(group: ChangeGroup) -> str:
    """List the projects of a group; of amounts done, only by how much."""
    if group.kind.endswith("变动"):
        return "、".join(f"#{item.no} {wan_words(item.fen or 0)}" for item in group.items)
    return "；".join(f"#{item.no} {item.name}{f'（{item.words}）' if item.words else ''}" for item in group.items)


def diff_json(both: Both) -> dict[str, Any]:
    """Give what differs for programs: the groups, and every change exactly."""
    return {
        "from": _point(both.first),
        "to": _point(both.last),
        "groups": [
            {
                "kind": group.kind,
                "count": len(group.items),
                "wan": None if group.fen is None else wan_text(group.fen),
                "projects": [
                    {
                        "no": number(item.no),
                        "name": item.name,
                        "text": item.words or None,
                        "wan": None if item.fen is None else wan_text(item.fen),
                    }
                    for item in group.items
                ],
            }
            for group in change_groups(both)
        ],
        "order": [number(no) for no in both.difference.order],
        "added": [
            {"no": number(no)} | {field: plain(field, value) for field, value in facts.items()}
            for no, facts in both.difference.added.items()
        ],
        "removed": [number(no) for no in both.difference.removed],
        "changes": [
            {
                "no": number(change.no),
                "field": change.field,
                "old": plain(change.field, change.old),
                "new": plain(change.field, change.new),
            }
            for change in both.difference.changes
        ],
    }


def _point(point: Point) -> dict[str, str]:
    return {
        "as_of": point.day.isoformat(),
        "period": month_text(point.period),
        "known_at": moment_text(point.known_at),
    }


def plain(field: str, value: Value) -> str | int | None:
    """Give a compared value for programs: 万元 as decimal text, months and days as ISO text."""
    if isinstance(value, int) and field in AMOUNTS:
        return wan_text(value)
    if isinstance(value, int) and field in MONTHS:
        return month_text(value)
    return value.isoformat() if isinstance(value, date) else value
