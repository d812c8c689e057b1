"""The filters kept under a name: keep the present one, take one, delete one; they live in the office's settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from hgt_portfolio.figures import Filter, filter_settings, read_filter
from hgt_portfolio.settings import SettingsError
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.dialogs.listed import ListDialog
from hgt_portfolio.tui.entry import LineInput

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp

UNQUOTED = str.maketrans("", "", "“”")


class FiltersScreen(ListDialog[Filter | None]):
    """The kept filters, and the name to keep the present one under; closes with the filter taken."""

    HEADING = "存取筛选"
    HEADS = (("名称", 26), ("条件", 49))
    BUTTONS = (
        ("take", "取用 Enter"),
        ("keep", "存下现在的 F10"),
        ("delete", "删去 Delete"),
        ("dismiss(None)", "关闭 Esc"),
    )
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "keep", "存下现在的"),
        Binding("delete,ctrl+d", "delete", "删去"),
        Binding("escape", "dismiss(None)", "关闭"),
    ]

    def __init__(self, desk: Desk, where: Filter) -> None:
        super().__init__()
        self.desk, self.where = desk, where

    def above(self) -> ComposeResult:
        """Lay out what the present filter is, and the name to keep it under."""
        described = self.where.describe()
        said = f"现在的筛选：{described}" if described else "现在没有筛选，可以取用以前存的。"
        yield Static(Content(wording.clean(said)), classes="say")
        with Horizontal(classes="form_row", id="naming") as row:
            row.display = bool(described)
            yield Static("存为", classes="name")
            yield LineInput(wording.clean(described).translate(UNQUOTED), id="name", compact=True)
        yield Static(id="none")

    def fill(self) -> None:
        """Draw the rows anew, or say that there are none."""
        super().fill()
        none = self.query_one("#none", Static)
        none.update("还没有存过筛选：先筛选，再在这里起个名字存下。")
        none.display = not self.table.row_count
        self.table.display = bool(self.table.row_count)

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the kept filters with what each asks for, or why it cannot be used."""
        for name, given in self.desk.settings.filters.items():
            try:
                said = wording.fitted(read_filter(given).describe() or "全部项目", 49)
            except ValueError as problem:
                said = wording.fitted(f"不能用：{problem}", 49, "bold")
            yield name, (wording.fitted(name, 25), said)

    @on(Input.Submitted)
    def _named(self) -> None:
        self.action_keep()

    @on(DataTable.RowSelected)
    def _picked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Close with the filter under the cursor; one that cannot be understood is explained instead."""
        name = self.table.chosen
        if name is None:
            return
        try:
            self.dismiss(read_filter(self.desk.settings.filters[name]))
        except ValueError as problem:
            said = f"设置里存的筛选“{name}”不能用：{problem}可以在这里删去，或改正设置文件。"
            cast("PortfolioApp", self.app).tell("不能取用", said)

    def action_keep(self) -> None:
        """Keep the present filter under the name typed, asking first where one of that name would be lost."""
        name = wording.clean(self.query_one("#name", Input).value)
        app = cast("PortfolioApp", self.app)
        if self.where == Filter():
            app.say("现在没有筛选，没有可存的。")
        elif not name:
            app.say("请给这个筛选起个名字。")
        elif self.desk.settings.filters.get(name, kept := filter_settings(self.where)) != kept:
            asked = AskScreen("替换筛选？", f"已有名为“{name}”的筛选，存下后原来的条件就没有了。", "替换")
            app.push_screen(asked, lambda agreed: self._write({name: kept}) if agreed else None)
        else:
            self._write({name: kept})

    def _write(self, more: dict[str, dict[str, Any]], without: str = "") -> None:
        """Write the kept filters to the settings, and say so."""
        app = cast("PortfolioApp", self.app)
        kept = {name: given for name, given in self.desk.settings.filters.items() if name != without} | more
        app.say(f"已存下筛选：{'、'.join(more)}" if more else f"已删去筛选：{without}")
        try:
            self.desk.keep(filters=kept)
        except SettingsError as problem:
            app.tell("没有写进设置文件", str(problem))
        self.fill()

    def action_delete(self) -> None:
        """Delete the filter under the cursor, once agreed."""
        name = self.table.chosen
        if name is not None:
            asked = AskScreen("删去筛选？", f"删去存下的筛选“{wording.clean(name)}”，项目本身不受影响。", "删去")
            self.app.push_screen(asked, lambda agreed: self._write({}, name) if agreed else None)
