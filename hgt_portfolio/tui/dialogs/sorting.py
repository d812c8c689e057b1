"""Choosing the order of a list: columns picked one after another, each up or down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.widgets import DataTable

from hgt_portfolio.figures import Order
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.dialogs.listed import ListDialog
from hgt_portfolio.tui.pages.listing import rank_words


class SortScreen(ListDialog[tuple[Order, ...] | None]):
    """The columns there are, by what the ledger orders by, with the rank and the way of those picked."""

    HEADING = "排序"
    SAID = "按空格或 Enter 依次为升、降、无；先选的为先。F10 照此排，Esc 仍按原来的次序。数不明的总排在最后。"
    HEADS = (("次序", 8), ("列", 60))
    BUTTONS = (("take", "按此排序 F10"), ("dismiss(None)", "取消 Esc"))
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "take", "按此排序"),
        Binding("space", "turn", "升、降、无"),
        Binding("escape", "dismiss(None)", "取消"),
    ]

    def __init__(self, choices: Mapping[str, str], order: tuple[Order, ...]) -> None:
        super().__init__()
        self._choices, self._order = choices, list(order)

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the columns, those picked with their rank."""
        for by, title in self._choices.items():
            said = rank_words(by, self._order)
            yield by, (Text(said, "bold"), wording.cell(title, "bold" if said else ""))

    def action_turn(self) -> None:
        """Take the column under the cursor as one more key, then turn it round, then let it go."""
        by = self.table.chosen or ""
        place = next((place for place, one in enumerate(self._order) if one.by == by), None)
        if place is None:
            self._order.append(Order(by))
        elif self._order[place].descending:
            del self._order[place]
        else:
            self._order[place] = Order(by, descending=True)
        self.fill()

    @on(DataTable.RowSelected)
    def _picked(self) -> None:
        self.action_turn()

    def action_take(self) -> None:
        """Close with the order picked."""
        self.dismiss(tuple(self._order))
