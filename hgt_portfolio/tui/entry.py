"""The line to type into: what is pasted in several lines becomes one, no line is lost, and no character is hidden."""

from __future__ import annotations

from textual.events import Key, Paste
from textual.widgets import Input

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
