"""A dialog of one list: its rows are drawn anew after every change, the cursor staying on its row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from hgt_portfolio.tui.dialogs.base import Dialog
from hgt_portfolio.tui.rows import RowTable

Given = TypeVar("Given")


class ListDialog(Dialog[Given]):
    """A heading, what to do, a list, and buttons; Enter and a second click act on the row under the cursor."""

    HEADING = ""
    SAID = ""
    HEADS: tuple[tuple[str, int], ...] = ()
    BUTTONS: tuple[tuple[str, str], ...] = ()
    """Each button's action and its words, with the key that does the same."""

    def lines(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """Give the rows, each with its key."""
        raise NotImplementedError  # each dialog's own, as in ``Dialog.box``

    def above(self) -> ComposeResult:
        """Lay out what stands above the list."""
        yield Static(Content(self.SAID), classes="say")

    def box(self) -> ComposeResult:
        """Lay out the list between its heading and its buttons."""
        with Vertical(classes="dialog wide") as frame:
            frame.border_title = Content(self.HEADING)
            yield from self.above()
            yield RowTable(id="choices")
            with Horizontal(classes="buttons"):
                for action, words in self.BUTTONS:
                    yield Button(words, action=f"screen.{action}", compact=True)

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        for head, width in self.HEADS:
            self.table.add_column(Text(head), width=width)
        self.fill()
        self.table.focus()

    @property
    def table(self) -> RowTable:
        """The list."""
        return self.query_one("#choices", RowTable)

    def fill(self) -> None:
        """Draw the rows anew."""
        table = self.table
        key, at = table.chosen, table.cursor_row
        table.clear()
        rows: list[tuple[str, Any]] = list(self.lines())
        for name, cells in rows:
            table.add_row(*cells, key=name)
        names = [name for name, _ in rows]
        table.move_cursor(row=names.index(key) if key in names else min(at, max(len(names) - 1, 0)))
