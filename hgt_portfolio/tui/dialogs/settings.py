"""The office's settings: who acts, how it looks, which rules judge, how long a page is, and the keys of commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from hgt_portfolio.rules.lights import DEFAULT_RULES, RULE_SETS
from hgt_portfolio.settings import Settings, SettingsError
from hgt_portfolio.tui.commands import keymap_problems
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.dialogs.base import FormDialog
from hgt_portfolio.tui.entry import ChoiceField, LineInput
from hgt_portfolio.tui.wording import clean

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp

FEWEST, MOST = 10, 1000


def _rows(text: str) -> int:
    if not text.isdecimal() or not FEWEST <= int(text) <= MOST:
        raise ValueError(f"每页行数请填 {FEWEST} 到 {MOST} 的整数。")
    return int(text)


def _keys(text: str) -> dict[str, str]:
    """Read ``report=f4,t; check=f6`` into a keymap; raises ``ValueError`` with the first thing wrong with it."""
    pairs = [part.partition("=") for part in text.replace("；", ";").replace("，", ",").split(";") if part.strip()]
    keymap = {name.strip(): keys.strip() for name, _, keys in pairs}
    problems = keymap_problems(keymap)
    if problems:
        raise ValueError(problems[0])
    return keymap


@dataclass(frozen=True)
class Setting:
    """One setting: its name, its label, the sentence under it, how its text is read and its choices."""

    name: str
    label: str
    says: str
    read: Callable[[str], object] = str.strip
    options: tuple[tuple[str, str], ...] = ()


SETTINGS = (
    Setting("operator", "操作人", "记在每次操作上；命令行 --operator、环境变量 HGT_OPERATOR 写明的优先。"),
    Setting(
        "theme",
        "主题",
        "16 色的两种用终端自己的颜色。",
        options=(
            *(("浅色", "textual-light"), ("深色", "textual-dark")),
            *(("浅色（16色）", "ansi-light"), ("深色（16色）", "ansi-dark")),
        ),
    ),
    Setting(
        "ascii",
        "边框",
        "有的终端把框线画成两格宽，请用 ASCII。",
        lambda text: text == "ascii",
        (("线框", "lines"), ("ASCII", "ascii")),
    ),
    Setting(
        "rules",
        "预警规则",
        "批准采用（hgt rules adopt）以前用它；批准以后用批准的。",
        options=tuple((rules.name, name) for name, rules in RULE_SETS.items()),
    ),
    Setting("folder", "导出文件夹", "导出、收回填报表从这里开始；空着用 exports。"),
    Setting("page", "每页行数", "清单一页显示多少行。", _rows),
    Setting("keys", "按键", "命令=按键，几条用分号隔开，如 report=f4,t; check=f6。", _keys),
)


class SettingsScreen(FormDialog):
    """The settings with what each is for; F10 keeps them, and they hold at once."""

    AUTO_FOCUS = "#operator"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "file", "保存", priority=True),
        Binding("escape", "leave", "关闭"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._begun = _written(desk.settings)

    def box(self) -> ComposeResult:
        """Lay out a line a setting, and what it is for under it."""
        with Vertical(classes="dialog wide") as frame:
            frame.border_title = Content("设置")
            for setting in SETTINGS:
                with Horizontal(classes="form_row"):
                    yield Static(setting.label, classes="name")
                    yield _entry(setting, self._begun[setting.name], self._used(setting))
                yield Static(Text(setting.says, "dim"), id=f"says_{setting.name}", classes="said -on")
            place = self.desk.settings_file
            yield Static(Content(f"存在 {clean(str(place))}" if place else "只在本次运行中有效。"), classes="say")
            with Horizontal(classes="buttons"):
                yield Button("保存 F10", id="file", compact=True)
                yield Button("关闭 Esc", id="leave", compact=True)

    def _used(self, setting: Setting) -> str:
        """Give what holds where a setting is left empty, in grey: the operator that the program took."""
        return f"{clean(self.desk.ledger.operator)}（设置里没有写，这次用的）" if setting.name == "operator" else ""

    @property
    def changed(self) -> bool:
        """Whether anything was changed that closing would lose."""
        return self._texts() != self._begun

    def _texts(self) -> dict[str, str]:
        return {setting.name: _text(self.query_one(f"#{setting.name}")) for setting in SETTINGS}

    def action_file(self) -> None:
        """Keep what was changed; what cannot be read stays, with a sentence under it."""
        texts, values = self._texts(), {}
        for setting in SETTINGS:
            if texts[setting.name] == self._begun[setting.name]:
                continue
            try:
                values[setting.name] = setting.read(texts[setting.name])
            except ValueError as problem:
                self.query_one(f"#says_{setting.name}", Static).update(Text(f"错误：{problem}", "bold"))
                self.query_one(f"#{setting.name}").focus()
                return
        app = cast("PortfolioApp", self.app)
        self.dismiss(None)
        try:
            self.desk.keep(**values)
        except SettingsError as problem:
            app.tell("设置没有存下", str(problem))
        else:
            app.say("设置已保存。" if values else "设置没有改动。")
        app.take_settings(values)


def _written(settings: Settings) -> dict[str, str]:
    return {
        "operator": settings.operator,
        "theme": settings.theme,
        "ascii": "ascii" if settings.ascii else "lines",
        "rules": settings.rules or DEFAULT_RULES,
        "folder": settings.folder,
        "page": str(settings.page),
        "keys": "; ".join(f"{name}={keys}" for name, keys in settings.keys.items()),
    }


def _entry(setting: Setting, text: str, used: str) -> Widget:
    if not setting.options:
        return LineInput(text, placeholder=used, id=setting.name, compact=True)
    known = text in {value for _, value in setting.options}
    options: list[tuple[Any, str]] = [(Text(label), value) for label, value in setting.options]
    return ChoiceField(options, value=text if known else Select.NULL, id=setting.name, compact=True)


def _text(widget: Widget) -> str:
    if isinstance(widget, Input):
        return widget.value.strip()
    return "" if not isinstance(widget, Select) or widget.is_blank() else str(widget.value)
