"""Every command, defined once in ``commands.csv``: keys, footer, palette and the F1 screen all come from that table."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
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
    "indicators": "指标",
    "funds": "资金",
    "detail": "项目详情",
    "item": "督办事项",
    "indicator": "指标详情",
    "commitments": "承诺",
    "fund": "项目资金",
    "evaluation": "年度评估",
    "duty": "责任清单",
    "board": "填报情况",
    "returns": "收回填报表",
    "brief": "一页纸",
    "rules": "规则比较",
    "reconcile": "对账",
}
"""The places a command may be valid in, with their names."""

ROOTS = ("overview", "projects", "units", "timeline", "queue", "supervision", "indicators", "funds")
"""The places that a digit goes to, in that order."""

KINDS = {
    "*": tuple(PAGES),
    "rows": ("overview", "projects", "timeline", "queue", "detail", "duty"),
    "filtered": ("overview", "projects", "units", "timeline", "queue"),
    "lists": ("projects", "units", "timeline"),
    "marked": ("projects", "queue"),
    "paged": ("projects", "timeline", "queue", "board", "indicators", "indicator", "commitments", "evaluation"),
    "copied": (
        "overview",
        "projects",
        "units",
        "timeline",
        "queue",
        "supervision",
        "indicators",
        "commitments",
        "funds",
        "fund",
        "evaluation",
        "duty",
        "board",
        "rules",
        "reconcile",
    ),
    "items": ("supervision", "item"),
    "measured": ("indicators", "indicator", "commitments"),
}
"""The kinds of places that the table names in one word."""


@dataclass(frozen=True)
class Command:
    """One command: ``keys`` in order of preference, ``places`` where it is valid, ``footer`` where it is shown.

    ``shown`` is how its main key reads, ``also`` what officials may call it. Letter keys never stand alone, as a
    Chinese input method swallows them.
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
    also: str


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
            for row in csv.DictReader(lines, restval="")
        )


COMMANDS = _read()


def valid_in(place: str) -> Iterator[Command]:
    """Give the commands that are valid in a place."""
    return (command for command in COMMANDS if place in command.places)


KEY = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?:f\d{1,2}|[a-z_]{2,}|\S)")
"""What a key may be called in a keymap."""


def keymap_problems(keymap: Mapping[str, str]) -> list[str]:
    """Say what is wrong with an office's own keys: unknown commands and keys, letters alone, and keys given twice."""
    known = {command.id: command for command in COMMANDS}
    said = [
        f"没有名为“{name}”的命令；命令的名字如 {'、'.join(list(known)[:6])}。" for name in keymap if name not in known
    ]
    own = {name: tuple(keys.split(",")) for name, keys in keymap.items() if name in known}
    for name, keys in own.items():
        said += [f"“{key}”不是按键的名字；请写成 f4、ctrl+y、alt+k。" for key in keys if not KEY.fullmatch(key)]
        if all(len(key) == 1 and not key.isdigit() for key in keys):
            said.append(f"{known[name].name}只有字母键，开着输入法按不了；请再给一个功能键或 Ctrl 键。")
    for place in PAGES:
        taken: dict[str, str] = {}
        for command in valid_in(place):
            for key in own.get(command.id, command.keys):
                if key in taken:
                    said.append(f"{PAGES[place]}里“{key}”已是{taken[key]}，不能再给{command.name}。")
                taken[key] = command.name
    return list(dict.fromkeys(said))


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


SAID_OTHERWISE, IN_HELP = 0.5, 0.25
"""What a match in a command's other words and in its help is worth; one in its names is worth 1 at least."""

NOTHING = "没有找到这样的命令"
HOW = "可按名称、用处、英文或拼音查找，如 延期、导入、汇总表；Enter 打开帮助，列出全部命令（F1）"


class Palette(Provider):
    """Finds the commands valid on the current screen by Chinese name, English, pinyin, other words or help."""

    async def discover(self) -> Hits:
        """Give every valid command, for an empty search."""
        for command in self._commands():
            yield DiscoveryHit(_label(command), self._run(command), text=_label(command), help=command.help)

    async def search(self, query: str) -> Hits:
        """Give the commands that match what was typed, the best first: those of other screens where none is here."""
        match, here = self.matcher(query).match, set(self._commands())
        worth = {command: _worth(command, query.strip().lower(), match) for command in COMMANDS}
        found = [command for command in worth if worth[command] > 0]
        for command in [command for command in found if command in here]:
            yield Hit(worth[command], _label(command), self._run(command), text=_label(command), help=command.help)
        if here.isdisjoint(found):
            for command in found:
                where = f"{_label(command)}  在{'、'.join(PAGES[place] for place in command.places[:3])}可用"
                yield Hit(worth[command], where, self._show_help, text=where, help=command.help)
        if not found:
            yield Hit(IN_HELP, NOTHING, self._show_help, text=NOTHING, help=HOW)

    def _commands(self) -> Iterator[Command]:
        return valid_in(getattr(self.screen, "PLACE", ""))

    def _show_help(self) -> object:
        return self.screen.run_action("screen.help")

    def _run(self, command: Command) -> Callable[[], object]:
        return lambda: self.screen.run_action(command.action)


def _worth(command: Command, query: str, match: Callable[[str], float]) -> float:
    """Say how well a command matches: by its names, even in part, before its other words, and those before its help."""
    named = max(map(match, (command.name, command.english, command.pinyin)))
    return named or SAID_OTHERWISE * (query in command.also) or IN_HELP * (query in command.help.lower())


def _label(command: Command) -> str:
    return f"{command.name}  {command.shown}"
