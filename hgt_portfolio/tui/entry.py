"""The line to type into: what is pasted in several lines becomes one, and no line is lost."""

from __future__ import annotations

from textual.events import Paste
from textual.widgets import Input


class LineInput(Input):
    """An input that keeps every pasted line; Textual's own keeps only the first."""

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
        line = text if lines == [text] else " ".join(part for part in map(str.strip, lines) if part)
        if line:
            self.replace(line, *self.selection)
