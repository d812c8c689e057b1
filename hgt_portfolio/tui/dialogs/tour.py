"""The tour: five screens one after another, each with what it is for and where to begin; shown once at first start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from hgt_portfolio.settings import SettingsError
from hgt_portfolio.tui.commands import PAGES
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.dialogs.base import Dialog

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp


KEYS = 8
"""Cells that the keys stand in."""


@dataclass(frozen=True)
class Stop:
    """One screen of the tour: its place, what it is for, and the keys to begin with."""

    place: str
    purpose: str
    begin: tuple[tuple[str, str], ...]


STOPS = (
    Stop(
        "overview",
        "现在怎么样、哪些要办。每个数都能打开：Enter 看所数的项目，Esc 返回。",
        (("方向键", "在各个数之间移动"), ("F3", "筛选，全屏的数跟着变"), ("F9", "领导三问，可直接复制")),
    ),
    Stop(
        "projects",
        "查找、比较、更新。输入几个字或拼音首字母即可找到，如 ywgw 找雨污管网。",
        (
            ("F4", "填报；金额栏写 +500 就是在上一期的数上加 500 万元"),
            ("空格", "标记几个，Alt+P 一次更新"),
            ("Ctrl+O", "按几列排序"),
        ),
    ),
    Stop(
        "units",
        "各单位欠什么：投资、完成率、逾期、未填报、联系人。Enter 看责任清单。",
        (("Ctrl+G", "收回各单位填好的表"), ("Alt+L", "各季度谁报了、谁没报"), ("Ctrl+D", "交办督办事项")),
    ),
    Stop(
        "timeline",
        "每个项目一行：计划起止、现行起止、已完成的份额，和今天这条线。",
        (("+ -", "放大、缩小"), ("左右键", "前后移动，0 回到今天"), ("Ctrl+O", "换排序")),
    ),
    Stop(
        "queue",
        "眼下要办的，按要紧的先后排好，从上往下一件一键。",
        (("Ctrl+F", "办理：该核实的核实，该填报的填报"), ("Ctrl+K", "这次先跳过"), ("Ctrl+Z", "撤销刚办的")),
    ),
)


class TourScreen(Dialog[None]):
    """One stop of the tour, below the screen that it is about; ``step`` counts from nought."""

    AUTO_FOCUS = "#next"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("enter,right,pagedown", "turn(1)", "下一屏"),
        Binding("left,pageup", "turn(-1)", "上一屏"),
        Binding("escape", "leave", "结束"),
    ]

    def __init__(self, desk: Desk, step: int) -> None:
        super().__init__()
        self.desk, self._step = desk, step

    def box(self) -> ComposeResult:
        """Lay out the purpose, the keys, and the two buttons."""
        stop = STOPS[self._step]
        with Vertical(classes="dialog wide tour") as frame:
            frame.border_title = Content(f"导览 {self._step + 1}/{len(STOPS)}：{PAGES[stop.place]}")
            yield Static(Text(stop.purpose), classes="say")
            for keys, does in stop.begin:
                yield Static(Text.assemble((keys.ljust(KEYS - cell_len(keys) + len(keys)), "bold"), does))
            hint = "F1 列出本屏全部按键，Ctrl+P 按名称或拼音找命令，Alt+H 再看导览。"
            yield Static(Text(hint), classes="say")
            with Horizontal(classes="buttons"):
                last = self._step == len(STOPS) - 1
                if self._step:
                    yield Button("上一屏 PgUp", id="before", compact=True)
                yield Button("开始使用 Enter" if last else "下一屏 Enter", id="next", compact=True)
                yield Button("结束 Esc", id="leave", compact=True)

    def action_turn(self, step: int) -> None:
        """Go to the stop after or before this one; after the last one the tour is over."""
        following = max(self._step + step, 0)
        if following >= len(STOPS):
            self.action_leave()
        elif following != self._step:
            self.dismiss(None)
            cast("PortfolioApp", self.app).tour(following)

    def action_leave(self) -> None:
        """End the tour; it is not shown again by itself."""
        app = cast("PortfolioApp", self.app)
        self.dismiss(None)
        app.go("overview")
        if not self.desk.settings.toured:
            try:
                self.desk.keep(toured=True)
            except SettingsError as problem:
                app.tell("没有记下导览已看过", str(problem))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        steps = {"next": 1, "before": -1}
        if event.button.id in steps:
            self.action_turn(steps[event.button.id])
        else:
            self.action_leave()
