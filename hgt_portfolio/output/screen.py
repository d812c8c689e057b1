"""Text as it is printed: nothing in it steers a terminal, turns its writing round, or cannot be seen."""

from __future__ import annotations

import unicodedata

SPACES = ("Zs",)
"""Spaces of any width are seen well enough; Python calls all but one of them unprintable."""


def is_seen(char: str) -> bool:
    """Tell whether a character can be seen, or is a space."""
    return char.isprintable() or unicodedata.category(char) in SPACES


def on_line(text: str) -> str:
    """Give text on one line: breaks and tabs become spaces, and what cannot be seen is left out."""
    if text.isprintable():
        return text
    spaced = "".join(" " if char in "\r\n\t\v\f\x85\u2028\u2029" else char for char in text)
    return "".join(filter(is_seen, spaced))


def on_screen(text: str) -> str:
    """Give text of any number of lines for a terminal or a file; lines end as they did."""
    return "\n".join(line if line.isprintable() else _seen(line) for line in text.split("\n"))


def _seen(line: str) -> str:
    """Clean a line, but for a return at its end, which belongs to its break."""
    return on_line(line.removesuffix("\r")) + "\r" * line.endswith("\r")
