"""The line that tells the operator something in passing; it lies over no other widget, so it cuts no text."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

SECONDS = 8


class NoticeLine(Static):
    """A line as wide as the window, hidden while there is nothing to say."""

    def say(self, text: str) -> None:
        """Show a sentence, or hide the line."""
        self.update(Text(text))
        self.display = bool(text)
