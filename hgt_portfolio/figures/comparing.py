"""What differs between two readings of the same projects: ``applied`` to the first, a difference gives the second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hgt_portfolio.figures.position import Position
from hgt_portfolio.money import wan_words

Value = int | str | date | None
Facts = dict[str, Value]
Snapshot = dict[str, Facts]

COMPARED = (
    *("name", "domain", "unit", "unit_text", "scope", "start", "due", "investment", "investment_text", "exited"),
    *("status", "started", "finished", "deadline_state", "start_state", "light"),
    *("year_plan", "opening", "quarter", "ytd", "cumulative"),
)
"""The fields of a position that are compared."""

AMOUNTS = ("investment", "year_plan", "opening", "quarter", "ytd", "cumulative")
"""Those of them that are fen."""


UNKNOWN_WORDS: dict[str, str] = {
    "investment": "未定",
    "year_plan": "无",
    "opening": "缺期初数",
    "cumulative": "未填报",
    "status": "未报送",
    "due": "不明",
    "start": "不明",
}
"""What is said of a field that is not known, where the position does not say why."""


def value_words(position: Position, field: str) -> str:
    """Write a field of a position for people: amounts in 万元, and why one is not known."""
    value: Value = {
        "due": position.due_date,
        "status": position.status_label,
    }.get(field, getattr(position, field))
    if value is None:
        why = {"quarter": position.quarter_note, "ytd": position.year_note}.get(field)
        return why or UNKNOWN_WORDS.get(field, "无")
    return f"{wan_words(int(str(value)))}万元" if field in AMOUNTS else str(value)


@dataclass(frozen=True)
class Change:
    """One field of one project that differs: what it was and what it is."""

    no: str
    field: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Difference:
    """Projects that came, with their facts; those that went; and the fields of the others that differ.

    ``order`` gives the numbers of all projects as they stand now.
    """

    order: tuple[str, ...]
    added: Mapping[str, Facts]
    removed: tuple[str, ...]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changes)


def snapshot(positions: Iterable[Position], fields: Iterable[str] = COMPARED) -> Snapshot:
    """Give the fields of each project by its number."""
    names = tuple(fields)
    return {position.no: {name: getattr(position, name) for name in names} for position in positions}


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """Give what differs between two readings."""
    return Difference(
        tuple(after),
        {no: facts for no, facts in after.items() if no not in before},
        tuple(no for no in before if no not in after),
        tuple(
            Change(no, field, old, after[no][field])
            for no, facts in before.items()
            if no in after
            for field, old in facts.items()
            if old != after[no][field]
        ),
    )


def applied(changed: Difference, before: Snapshot) -> Snapshot:
    """Give the later reading from the earlier one and what differs."""
    kept = {no: dict(facts) for no, facts in before.items() if no not in changed.removed}
    for change in changed.changes:
        kept[change.no][change.field] = change.new
    whole = kept | {no: dict(facts) for no, facts in changed.added.items()}
    return {no: whole[no] for no in changed.order}
