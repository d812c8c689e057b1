"""Lines broken as Chinese is set: anywhere between characters, but within no number, word or before a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_PIECES = re.compile(r"\n|(?:[!-~]+|.)[，。；：、！？）”]*")


class Folded:
    """A text that breaks its lines for the room it is drawn in."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the lines."""
        yield Text("\n").join(folded(self._text, options.max_width))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Say how much room the text would take."""
        return Measurement.get(console, options, self._text)


def folded(text: Text, width: int) -> Iterator[Text]:
    """Give a text in lines of at most so many cells; what is longer than a line is broken within."""
    start = end = used = 0
    for piece in _PIECES.findall(text.plain):
        size = cell_len(piece)
        if used and (piece == "\n" or used + size > width):
            yield _line(text, start, end)
            start = end + (piece in " \n")
            used = 0 if piece in " \n" else size
        else:
            used += size
        end += len(piece)
    yield _line(text, start, end)


def _line(text: Text, start: int, end: int) -> Text:
    line = text[start:end]
    line.rstrip()
    line.no_wrap, line.overflow = False, "fold"
    return line
