"""Choosing the columns of the project list, and their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.widgets import DataTable

from hgt_portfolio.tui import wording
from hgt_portfolio.tui.dialogs.listed import ListDialog
from hgt_portfolio.tui.pages.listing import CHOSEN, COLUMNS, FIXED, ListColumn


class ColumnsScreen(ListDialog[list[str] | None]):
    """The columns there are, those shown ticked and in their order; none ticked means the usual ones."""

    HEADING = "选列"
    SAID = "按空格或 Enter 选取。序号和名称总在最前；一列都不选的，显示通常的列。"
    HEADS = (("", 4), ("列", 14), ("全称", 54))
    BUTTONS = (("move(-1)", "上移 -"), ("move(1)", "下移 +"), ("take", "照此显示 F10"), ("dismiss(None)", "取消 Esc"))
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "take", "照此显示"),
        Binding("space", "turn", "选取"),
        Binding("alt+up,minus", "move(-1)", "上移 -"),
        Binding("alt+down,plus", "move(1)", "下移 +"),
        Binding("escape", "dismiss(None)", "取消"),
    ]

    def __init__(self, shown: Sequence[ListColumn]) -> None:
        super().__init__()
        self._columns = [column for column in dict.fromkeys((*shown, *COLUMNS)) if column not in FIXED]
        self._shown = {column.name for column in shown}

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the columns, those shown with a mark."""
        for column in self._columns:
            tick = "[x]" if column.name in self._shown else "[ ]"
            yield column.name, (Text(tick), Text(column.name), wording.cell(column.title, "dim"))

    def action_turn(self) -> None:
        """Show the column under the cursor, or leave it out."""
        self._shown ^= {self.table.chosen or ""}
        self.fill()

    @on(DataTable.RowSelected)
    def _picked(self) -> None:
        self.action_turn()

    def action_move(self, step: int) -> None:
        """Move the column under the cursor up or down, where there is room."""
        at = self.table.cursor_row
        to = at + step
        if 0 <= to < len(self._columns):
            self._columns[at], self._columns[to] = self._columns[to], self._columns[at]
            self.fill()

    def action_take(self) -> None:
        """Close with the names of the columns to show; none where they are the usual ones."""
        named = [column.name for column in self._columns if column.name in self._shown]
        self.dismiss([] if named == [column.name for column in CHOSEN] else named)
