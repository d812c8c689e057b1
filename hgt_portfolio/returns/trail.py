"""What the ledger said since a form was sent out, and who said it."""

from __future__ import annotations

from typing import Any

from hgt_portfolio.figures import Entry, Point
from hgt_portfolio.months import last_day
from hgt_portfolio.returns.register import Register
from hgt_portfolio.returns.template import Standing, Template
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.terms import ActionKind

MOST_ENTRIES = 1000


class Trail:
    """Reads a template's standings at the moments that matter, each once; ``now`` are those of the newest action."""

    def __init__(self, register: Register, template: Template) -> None:
        figures = register.figures
        self.figures, self.register, self.template = figures, register, template
        self.known_at = figures.last_action()
        self._standings: dict[int, dict[str, Standing]] = {}
        self._entries: dict[str, list[Entry]] = {}
        self.now = self.at(self.known_at)
        point = Point(last_day(template.period), template.period, self.known_at)
        self.conflicts = {(one.no, one.field): one for one in figures.conflicts(point, template.period)}

    def at(self, moment: int) -> dict[str, Standing]:
        """Give what the ledger said of every project at a moment, by number."""
        if moment not in self._standings:
            self._standings[moment] = self.template.standings(self.figures, moment)
        return self._standings[moment]

    def moved(self, no: str, key: str, since: int, sent: Any) -> bool:
        """Tell whether a field of a project was ever filed as anything else since a form was sent out.

        One that went and came back has moved too: whoever brought it back meant it.
        """
        moments = [self.known_at, *(entry.at for entry in self._since(no, since))]
        return any(self._stated(moment, no, key) != sent for moment in moments if no in self.at(moment))

    def source(self, no: str, key: str, since: int) -> str:
        """Say who filed what a field of a project says now, since a form was sent out, and when."""
        entries = self._since(no, since)
        before = [*(entry.at for entry in entries[1:]), since]
        for entry, earlier in zip(entries, before, strict=True):
            if self._stated(entry.at, no, key) != self._stated(earlier, no, key):
                return f"{entry.operator} {moment_words(entry.at)} {entry.kind}"
        return "台账"

    def _stated(self, moment: int, no: str, key: str) -> Any:
        standing = self.at(moment).get(no)
        return None if standing is None else standing.stated(key)

    def _since(self, no: str, since: int) -> list[Entry]:
        """Give the actions on a project that stand, newest first."""
        if no not in self._entries:
            point = Point(last_day(self.template.period), self.template.period, self.known_at)
            self._entries[no] = [
                entry
                for entry in self.figures.entries(point, no, MOST_ENTRIES)
                if entry.undone_by is None and entry.kind not in (ActionKind.UNDO, ActionKind.CHECK)
            ]
        return [entry for entry in self._entries[no] if entry.at > since]
