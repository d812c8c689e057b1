"""The parser: it knows every command by its name, and makes the one that is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from hgt_portfolio.cli.commands import COMMANDS
from hgt_portfolio.cli.desk import root

HEADS = {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示本说明。",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "[required]": "[必填]",
}


def _translated(text: str) -> str:
    for english, chinese in HEADS.items():
        text = text.replace(english, chinese)
    return text


class Command(TyperCommand):
    """A command whose help has Chinese heads."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return _translated(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help has Chinese heads; each is no more than its line until it is called."""

    def get_help(self, ctx: Any) -> str:
        """Give the help text."""
        return _translated(super().get_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of a line, and make it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, _made(" ".join(filter(None, (self.name, name)))), rest


def whole() -> TyperGroup:
    """Make the program's own group, of all its commands."""
    return _group("", root, root.__doc__ or "")


def _made(name: str) -> Any:
    """Make a command, or a group of them, importing the module that it is in."""
    where, line = COMMANDS[name]
    module, _, function = where.partition(".")
    run: Any = getattr(import_module(f"hgt_portfolio.cli.{module}"), function) if where else None
    if any(other.startswith(f"{name} ") for other in COMMANDS):
        return _group(name, run, line)
    app = _app(name)
    app.command(name.rpartition(" ")[2], cls=Command)(run)
    return get_command(app)


def _group(name: str, run: Any, line: str) -> TyperGroup:
    app = _app(name, cls=Group, help=line)
    if run is not None:
        app.callback(invoke_without_command=True)(run)
    group = get_group(app)
    for other, (_, told) in COMMANDS.items():
        over, _, own = other.rpartition(" ")
        if over == name:
            group.add_command(Command(own, help=told))
    return group


def _app(name: str, **more: Any) -> typer.Typer:
    return typer.Typer(
        name=name,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **more,
    )
