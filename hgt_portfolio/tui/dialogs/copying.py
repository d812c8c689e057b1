"""Copying one cell of a row: the clipboard of the terminal takes it, over ssh too (OSC 52)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.widgets import DataTable

from hgt_portfolio.tui import wording
from hgt_portfolio.tui.dialogs.listed import ListDialog

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp


class CopyScreen(ListDialog[None]):
    """The cells of a row, each under its head; the one chosen is copied in full."""

    HEADING = "复制单元格"
    SAID = "这里长的只显示开头，复制的是全文。"
    HEADS = (("列", 18), ("内容", 57))
    BUTTONS = (("take", "复制这一格 Enter"), ("dismiss(None)", "关闭 Esc"))
    BINDINGS = [Binding("escape", "dismiss(None)", "关闭")]  # noqa: RUF012 - Textual's own

    def __init__(self, row: list[tuple[str, str]]) -> None:
        super().__init__()
        self._row = row

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the cells."""
        for place, (head, text) in enumerate(self._row):
            yield str(place), (wording.fitted(head, 17), wording.fitted(text, 57))

    @on(DataTable.RowSelected)
    def _picked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Copy the cell under the cursor, say so, and close."""
        head, text = self._row[self.table.cursor_row]
        app = cast("PortfolioApp", self.app)
        app.copy(text)
        self.dismiss(None)
        app.say(f"已复制 {head}：{text}")
