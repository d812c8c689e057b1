"""Small dialogs: a notice that stays, a question whose safe answer has the focus, and the help screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast
from unicodedata import normalize

from rich.console import Group as Together
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from hgt_portfolio.figures import Stop
from hgt_portfolio.ledger import Outcome
from hgt_portfolio.tui.commands import COMMANDS, PAGES, Command, valid_in
from hgt_portfolio.tui.notices import NoticeLine
from hgt_portfolio.tui.wording import clean

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp

TOO_SMALL = "窗口太小：需要至少 80 列 × 24 行。请拉大窗口，内容会自动恢复。"
MOVING = (
    "方向键移动，Enter 打开所指的数或项目，Esc 返回。每个字母键都有功能键、Ctrl 键或命令可代替，输入法开着时请用后者。"
    "Ctrl+P 可按名称、用处、英文或拼音查找命令。"
)
STATUSES = (
    "项目状态：工程类写 在建、完工，运营类（没有工程可完工的）写 实施中、已完成；实施中同在建、已完成同完工，一起计数。"
)
FORM_KEYS = (
    ("F10 Ctrl+S", "报送、保存", "写入台账；有提醒时须填原因"),
    ("Tab 方向键", "换栏", "有 v 的栏按 Enter 展开选择；栏名带 * 的必填"),
    ("Esc", "关闭", "填了而没有写入的，先问再关"),
)
KEY_NAMES = {
    "question_mark": "?",
    "fullwidth_question_mark": "？",
    "slash": "/",
    "fullwidth_solidus": "／",
    "escape": "Esc",
    "space": "空格",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "fullwidth_plus_sign": "＋",
    "fullwidth_hyphen_minus": "－",
    "fullwidth_equals_sign": "＝",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}

LOSE = "填了的内容还没有保存，关闭后就没有了。"
PATIENCE = 0.3
"""Seconds of reading or writing after which it is said that it takes its time."""
LOCKED = "正在等待台账：可能另一个程序正在写入。"
WAITING = f"{LOCKED}按 Esc 取消。"
CANCELLING = "正在取消..."

Given = TypeVar("Given")


class Dialog(ModalScreen[Given]):
    """A screen over another; in a window too small for it, it says the size needed."""

    BINDINGS = [Binding("ctrl+c", "leave_program", "退出", show=False)]  # noqa: RUF012 - Textual's own

    def compose(self) -> ComposeResult:
        """Lay out the box, the message that stands in for it, and the notice below."""
        yield from self.box()
        yield NoticeLine()
        yield Static(TOO_SMALL, id="small")

    def box(self) -> ComposeResult:
        """Lay out what is this dialog's own."""
        # Textual's metaclass leaves no room for an abstract one: a dialog that lacks its own says so when first shown.
        raise NotImplementedError

    def action_leave_program(self) -> None:
        """Copy what is marked, else say how to leave; the app's own key is not heard through a dialog."""
        text, app = self.get_selected_text(), cast("PortfolioApp", self.app)
        if text is None:
            app.action_help_quit()
        else:
            app.copy(text)


class NoticeScreen(Dialog[None]):
    """Says what went wrong, and stays until dismissed."""

    BINDINGS = [Binding("escape,enter", "dismiss(None)", "知道了")]  # noqa: RUF012 - Textual's own

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading, self._text = clean(title), clean(text)

    def box(self) -> ComposeResult:
        """Lay out the sentence and its one button."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = Content(self._heading)
            yield Static(Content(self._text), classes="say")
            with Horizontal(classes="buttons"):
                yield Button("知道了 Esc", compact=True)

    @on(Button.Pressed)
    def _seen(self) -> None:
        self.dismiss(None)


class AskScreen(Dialog[bool]):
    """Asks before something is lost; the safe answer, 取消 or what it is there, has the focus."""

    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("escape", "dismiss(False)", "取消"),
        Binding("left,right,up,down", "app.focus_next", "另一个", show=False),
    ]

    def __init__(self, title: str, text: str, agree: str, stay: str = "取消") -> None:
        super().__init__()
        self._heading, self._text, self._agree, self._stay = clean(title), clean(text), agree, stay

    def box(self) -> ComposeResult:
        """Lay out the question, the safe answer first."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = Content(self._heading)
            frame.border_subtitle = Content(f"左右键换，Enter 选定，Esc {self._stay}")
            yield Static(Content(self._text), classes="say")
            with Horizontal(classes="buttons"):
                yield Button(self._stay, id="no", compact=True)
                yield Button(self._agree, id="yes", compact=True)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class HelpScreen(Dialog[None]):
    """Says what the widget pointed at is for, and lists every command valid on a screen, with all its keys."""

    BINDINGS = [Binding("escape,f1,q", "dismiss(None)", "关闭")]  # noqa: RUF012 - Textual's own

    def __init__(self, place: str | None, keymap: Mapping[str, str] | None = None, pointed: str = "") -> None:
        super().__init__()
        self._place, self._keymap, self._pointed = place, keymap or {}, pointed

    def box(self) -> ComposeResult:
        """Lay out the list, to be scrolled with the arrow keys."""
        with VerticalScroll(classes="dialog wide") as frame:
            frame.border_title = Content(f"帮助：{PAGES[self._place] if self._place else '表格'}")
            frame.border_subtitle = Content("Esc 关闭")
            if self._pointed:
                yield Static(Text.assemble(("所指之处  ", "bold"), self._pointed), classes="say")
            yield Static(help_table(self._place, self._keymap))


class FormDialog(Dialog[Outcome | None]):
    """A form to fill: it closes with the outcome of what it wrote, and asks first where something would be lost.

    What it writes may have to wait for another writer: after a moment it says so, and Esc gives up.
    """

    writing: Stop | None = None
    _patience: Timer | None = None

    def begin_writing(self) -> Stop:
        """Begin to write in a thread, under the stop given."""
        self.writing = Stop()
        self._patience = self.set_timer(PATIENCE, partial(self.say_below, WAITING))
        return self.writing

    def end_writing(self) -> None:
        """Have done with writing, whatever came of it."""
        self.writing = None
        if self._patience is not None:
            self._patience.stop()

    def say_below(self, text: str) -> None:
        """Say something of the form as a whole, below its fields."""
        raise NotImplementedError  # each form's own, as in ``Dialog.box``

    @property
    def changed(self) -> bool:
        """Whether anything was typed that closing would lose."""
        raise NotImplementedError  # each form's own, as in ``Dialog.box``

    def action_file(self) -> None:
        """File the form."""
        raise NotImplementedError  # each form's own, as in ``Dialog.box``

    def action_help(self) -> None:
        """Show the keys of a form."""
        self.app.push_screen(HelpScreen(None))

    def action_leave(self) -> None:
        """Close, asking first where something would be lost; give up what is still waiting to be written."""
        if self.writing is not None:
            self.writing.stop()
            self.say_below(CANCELLING)
        elif self.changed:
            self.app.push_screen(AskScreen("关闭表格？", LOSE, "不保存", "继续填写"), self._left)
        else:
            self.dismiss(None)

    def _left(self, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(None)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "file":
            self.action_file()
        else:
            self.action_leave()

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()


def pointed_help(widget: Widget | None) -> str:
    """Give what the widget that has the focus says of itself (its ``HELP``), or what holds it says."""
    holders = [] if widget is None else widget.ancestors_with_self
    return next((said for said in (getattr(one, "HELP", None) for one in holders) if said), "")


def keys_of(command: Command, keymap: Mapping[str, str]) -> str:
    """Write all keys of a command as a person reads them, the office's own where it has some."""
    given = keymap[command.id].split(",") if command.id in keymap else command.keys
    return " ".join(dict.fromkeys(normalize("NFKC", key_name(key)) for key in given))


def key_name(key: str) -> str:
    """Write a key as a person reads it: ``Alt+L``, ``空格``."""
    *parts, last = key.split("+")
    name = KEY_NAMES.get(last, last.upper() if (last[0] == "f" and last[1:].isdigit()) or parts else last)
    return "+".join((*(part.capitalize() for part in parts), name))


def help_table(place: str | None, keymap: Mapping[str, str]) -> Together:
    """Draw the help of a place: moving about, its commands, those of other places; for None the keys of a form."""

    def row(command: Command) -> tuple[str, str, str]:
        return keys_of(command, keymap), command.name, command.help

    if place is None:
        return Together(_listed(FORM_KEYS))
    elsewhere = [command for command in COMMANDS if place not in command.places]
    parts: list[RenderableType] = [Text(MOVING), Text(STATUSES), Text(), _listed(map(row, valid_in(place)))]
    if elsewhere:
        parts += [Text("\n其他屏上的命令", "bold"), _listed(map(row, elsewhere))]
    parts += [Text("\n表格里", "bold"), _listed(FORM_KEYS)]
    return Together(*parts)


def _listed(rows: Iterable[tuple[str, str, str]]) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    for width in (20, 10):
        grid.add_column(width=width, overflow="fold")
    grid.add_column(ratio=1, overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    return grid
