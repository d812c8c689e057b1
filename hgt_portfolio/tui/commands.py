"""Every command, defined once in ``commands.csv``: keys, footer, palette and the F1 screen all come from that table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

PAGES = {
    "overview": "总览",
    "projects": "项目",
    "units": "单位",
    "timeline": "进度图",
    "queue": "待办",
    "supervision": "督办",
    "detail": "项目详情",
    "item": "督办事项",
    "duty": "责任清单",
    "board": "填报情况",
    "returns": "收回填报表",
    "brief": "一页纸",
    "rules": "规则比较",
}
"""The places a command may be valid in, with their names."""

ROOTS = ("overview", "projects", "units", "timeline", "queue", "supervision")
"""The places that a digit goes to, in that order."""

KINDS = {
    "*": tuple(PAGES),
    "rows": ("overview", "projects", "timeline", "queue", "detail", "duty"),
    "filtered": ("overview", "projects", "units", "timeline", "queue"),
    "lists": ("projects", "units", "timeline"),
    "marked": ("projects", "queue"),
    "paged": ("projects", "timeline", "queue", "board"),
    "copied": ("overview", "projects", "units", "timeline", "queue", "supervision", "duty", "board", "rules"),
    "items": ("supervision", "item"),
}
"""The kinds of places that the table names in one word."""


@dataclass(frozen=True)
class Command:
    """One command: ``keys`` in order of preference, ``places`` where it is valid, ``footer`` where it is shown.

    ``shown`` is how its main key reads. Letter keys never stand alone, as a Chinese input method swallows them.
    """

    id: str
    name: str
    english: str
    pinyin: str
    keys: tuple[str, ...]
    shown: str
    action: str
    places: tuple[str, ...]
    footer: tuple[str, ...]
    help: str


def _places(text: str) -> tuple[str, ...]:
    """Read places written as ``rows+units`` or ``queue detail``; a word may be a kind of places or one place."""
    named = [place for word in text.replace("+", " ").split() for place in KINDS.get(word, (word,))]
    return tuple(dict.fromkeys(named))


def _read() -> tuple[Command, ...]:
    with (files("hgt_portfolio.tui") / "commands.csv").open(encoding="utf-8") as lines:
        return tuple(
            Command(
                **row
                | {"keys": tuple(row["keys"].split()), "places": _places(row["places"])}
                | {"footer": _places(row["footer"])}
            )
            for row in csv.DictReader(lines)
        )


COMMANDS = _read()


def valid_in(place: str) -> Iterator[Command]:
    """Give the commands that are valid in a place."""
    return (command for command in COMMANDS if place in command.places)


def bindings(place: str) -> list[Binding]:
    """Make the key bindings of a place, one a command, its id that of the command for a keymap of the office's own."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.name,
            show=place in command.footer,
            key_display=command.shown,
            id=command.id,
        )
        for command in valid_in(place)
    ]


class Palette(Provider):
    """Finds the commands valid on the current screen by Chinese name, English or pinyin."""

    async def discover(self) -> Hits:
        """Give every valid command, for an empty search."""
        for command in self._commands():
            yield DiscoveryHit(_label(command), self._run(command), text=_label(command), help=command.help)

    async def search(self, query: str) -> Hits:
        """Give the commands that match what was typed, the best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(map(matcher.match, (command.name, command.english, command.pinyin)))
            if score > 0:
                yield Hit(score, _label(command), self._run(command), text=_label(command), help=command.help)

    def _commands(self) -> Iterator[Command]:
        return valid_in(getattr(self.screen, "PLACE", ""))

    def _run(self, command: Command) -> Callable[[], object]:
        return lambda: self.screen.run_action(command.action)


def _label(command: Command) -> str:
    return f"{command.name}  {command.shown}"
