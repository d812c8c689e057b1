"""What others did while something was being filled in: who, when, what stands now, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table as Grid
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from hgt_portfolio.tui import wording
from hgt_portfolio.tui.dialogs.base import Dialog

MINE, THEIRS = "mine", "theirs"
HEADS = ("栏目", "打开时", "现在", "我填的")


@dataclass(frozen=True)
class Differing:
    """One thing that others changed, or that was typed: its label, as it stood, as it stands now, and as typed."""

    label: str
    before: str
    now: str
    mine: str


class MeanwhileScreen(Dialog[str | None]):
    """Asks whether what was typed is to be filed after all, or what stands now taken; without an answer neither is."""

    AUTO_FOCUS = "#close"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("escape", "dismiss(None)", "关闭"),
        Binding("left", "app.focus_previous", "前一个", show=False),
        Binding("right", "app.focus_next", "后一个", show=False),
    ]

    def __init__(self, verb: str, deeds: Sequence[str], found: Iterable[Differing]) -> None:
        super().__init__()
        self._verb, self._deeds, self._found = verb, deeds, list(found)

    def box(self) -> ComposeResult:
        """Lay out what was done, the values side by side, and the three ways on; the one that does nothing first."""
        with Vertical(classes="dialog form") as frame:
            frame.border_title = Content(f"没有{self._verb}：别人先做了改动")
            with VerticalScroll(id="fields"):
                yield Static(Text("\n").join(map(wording.words, self._deeds)), classes="say")
                yield Static(_side_by_side(self._found), id="beside_mine", classes="say")
            yield Static("所填的都还在，什么也没有写入。", classes="say")
            with Horizontal(classes="buttons"):
                yield Button("关闭 Esc", id="close", compact=True)
                yield Button("改用现在的", id=THEIRS, compact=True)
                yield Button(f"用我的再{self._verb}", id=MINE, compact=True)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id if event.button.id in (MINE, THEIRS) else None)


def _side_by_side(found: Sequence[Differing]) -> Grid | Text:
    if not found:
        return Text("表格里的各栏没有变。")
    grid = Grid.grid(padding=(0, 1), expand=True)
    grid.add_column(width=18, overflow="fold")
    for _ in HEADS[1:]:
        grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*(Text(head, "bold") for head in HEADS))
    for row in found:
        style = "bold" if row.before != row.now else ""
        cells = (wording.words(row.before), wording.words(row.now, style), wording.words(row.mine))
        grid.add_row(Text(row.label), *cells)
    return grid
