"""What is typed into and chosen from: a pasted text becomes one line, none of it lost; a choice opens at Enter."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key, Paste
from textual.widgets import Input, Select, Static

from hgt_portfolio.tui.wording import clean, visible


class LineInput(Input):
    """An input that keeps every pasted line; Textual's own keeps only the first."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave Alt with a letter to the commands: a terminal sends the letter along as if it were typed."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    def on_key(self, event: Key) -> None:
        """Type no letter that came with Alt."""
        if event.key.startswith("alt+"):
            event.prevent_default()

    def on_paste(self, event: Paste) -> None:
        """Put in the pasted text as one line."""
        event.prevent_default()
        event.stop()
        self._put_in(event.text)

    def action_paste(self) -> None:
        """Put in what was copied within the program, likewise as one line."""
        self._put_in(self.app.clipboard)

    def _put_in(self, text: str) -> None:
        lines = text.splitlines()
        line = visible(text) if lines == [text] else " ".join(part for part in map(clean, lines) if part)
        if line:
            self.replace(line, *self.selection)


class ChoiceField(Select[str], inherit_bindings=False):
    """A choice that opens at Enter; the arrow keys go on to the next field, as everywhere in a form."""

    BINDINGS = [Binding("enter,space", "show_overlay", "选择", show=False)]  # noqa: RUF012 - Textual's own

    def on_mount(self) -> None:
        """Mark it as a choice, by letters: terminals for Chinese draw Textual's arrows two cells wide."""
        for arrow, mark in ((".down-arrow", "v"), (".up-arrow", "^")):
            self.query_one(arrow, Static).update(mark)
