"""A list of lines of any height with a cursor, which keeps its place and is left at either end."""

from __future__ import annotations

from collections.abc import Iterable

from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class PlaceList(OptionList):
    """Lines to move along and choose from; going on beyond an end leads to the list above or below."""

    class Left(Message):
        """The cursor went beyond an end; ``whole`` asks for the first or last line of the whole page."""

        def __init__(self, place: PlaceList, step: int, *, whole: bool = False) -> None:
            self.place, self.step, self.whole = place, step, whole
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, markup=False, compact=True)

    @property
    def chosen(self) -> str | None:
        """The key of the line under the cursor."""
        return self.highlighted_option.id if self.highlighted_option else None

    def redraw(self, options: Iterable[Option]) -> None:
        """Show other lines, the cursor staying on the line of its key, else where it was."""
        key, at = self.chosen, self.highlighted
        self.set_options(options)
        lines = self._enabled()
        same = next((place for place in lines if self.options[place].id == key), None)
        if lines:
            near = lines[0] if at is None else min(lines, key=lambda place: abs(place - at))
            self.highlighted = near if same is None else same
            self._show_heading()

    def on_resize(self) -> None:
        """Keep the line under the cursor in sight."""
        self.scroll_to_highlight()
        self._show_heading()

    def enter(self, step: int, *, whole: bool) -> None:
        """Come in from above (1) or below (-1), to the near end, or to the far one for the whole page's."""
        lines = self._enabled()
        self.focus()
        if lines:
            self.highlighted = lines[0] if (step > 0) != whole else lines[-1]

    def enter_at(self, key: str) -> None:
        """Come in at the line of a key."""
        self.focus()
        self.highlighted = self.get_option_index(key)

    def action_cursor_up(self) -> None:
        """Move up, or out of the list."""
        self._move(-1)

    def action_cursor_down(self) -> None:
        """Move down, or out of the list."""
        self._move(1)

    def action_first(self) -> None:
        """Go to the first line of the page."""
        self.post_message(PlaceList.Left(self, -1, whole=True))

    def action_last(self) -> None:
        """Go to the last line of the page."""
        self.post_message(PlaceList.Left(self, 1, whole=True))

    def _move(self, step: int) -> None:
        lines = self._enabled()
        at = lines.index(self.highlighted) + step if self.highlighted in lines else -1
        if 0 <= at < len(lines):
            self.highlighted = lines[at]
            self._show_heading()
        else:
            self.post_message(PlaceList.Left(self, step))

    def _show_heading(self) -> None:
        """Scroll to the top with the cursor on the first line: the heading above it has no cursor of its own."""
        if self.highlighted is not None and self._enabled()[:1] == [self.highlighted]:
            self.scroll_home(animate=False)

    def _enabled(self) -> list[int]:
        return [place for place, option in enumerate(self.options) if not option.disabled]
