"""The table of every list: one row a thing, the cursor on a row, Home and End go to the first and last."""

from __future__ import annotations

from rich.text import Text
from textual.binding import Binding
from textual.events import Resize
from textual.widgets import DataTable


class RowTable(DataTable[Text]):
    """A table whose rows are chosen; each row's key says what it is about."""

    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("home", "scroll_top", "第一行", show=False),
        Binding("end", "scroll_bottom", "最后一行", show=False),
    ]

    def __init__(self, *, id: str, fixed_columns: int = 0) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, cursor_type="row", cell_padding=0, fixed_columns=fixed_columns)
        self._tall = 0

    def on_resize(self, event: Resize) -> None:
        """Keep the row under the cursor in sight where the table loses lines."""
        if event.size.height < self._tall and self.row_count:
            self.move_cursor(row=self.cursor_row)
        self._tall = event.size.height

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor, None in an empty table."""
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
