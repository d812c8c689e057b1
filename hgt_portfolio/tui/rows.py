"""The table of every list: one row a thing, the cursor on a row, Home and End go to the first and last; and marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from rich.text import Text
from textual.actions import SkipAction
from textual.binding import Binding
from textual.events import Resize
from textual.widgets import DataTable


class RowTable(DataTable[Text]):
    """A table whose rows are chosen; each row's key says what it is about."""

    HELP = (
        "一行一件。方向键移动，Home、End 到头尾，Enter 打开；列多时左右键一列一列横移。^C 复制这一行，Alt+X 复制一格。"
    )
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

    def action_cursor_right(self) -> None:
        """Move the columns that do not stand fixed one to the left."""
        self._along(1)

    def action_cursor_left(self) -> None:
        """Move the columns that do not stand fixed one to the right."""
        self._along(-1)

    def _along(self, step: int) -> None:
        """Scroll by a whole column, so that none is cut beside the fixed ones."""
        moving = self.ordered_columns[self.fixed_columns :]
        starts = [0, *accumulate(column.get_render_width(self) for column in moving)]
        here = self.scroll_target_x
        beyond = [start for start in starts if (start - here) * step > 0]
        if beyond:
            self.scroll_to(x=min(beyond) if step > 0 else max(beyond), animate=False)

    def action_page_left(self) -> None:
        """Leave Ctrl+PgUp to the screen, whose command it is."""
        raise SkipAction

    def action_page_right(self) -> None:
        """Leave Ctrl+PgDn to the screen, whose command it is."""
        raise SkipAction

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor, None in a table without rows or columns."""
        if not self.is_valid_coordinate(self.cursor_coordinate):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value


class Marks:
    """The rows marked, by key, in the order of marking; they outlast every new order and filter of the list."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._last: str | None = None

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the marked rows."""
        return tuple(self._keys)

    def turn(self, key: str) -> None:
        """Mark a row, or take its mark away."""
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None
        self._last = key

    def reach(self, key: str, rows: Sequence[str]) -> None:
        """Mark the rows from the one marked last to this one; this one alone where none was marked in the list."""
        first = rows.index(self._last) if self._last in rows else rows.index(key)
        low, high = sorted((first, rows.index(key)))
        self._keys |= dict.fromkeys(rows[low : high + 1])
        self._last = key

    def turn_all(self, rows: Sequence[str]) -> None:
        """Mark all rows, or where all are marked take their marks away."""
        if all(key in self._keys for key in rows):
            for key in rows:
                del self._keys[key]
        else:
            self._keys |= dict.fromkeys(rows)
