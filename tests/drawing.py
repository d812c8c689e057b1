"""A screen as a drawing: its cells in SVG, without fonts from elsewhere, in which Hanzi are two cells wide."""

from __future__ import annotations

import re

from textual.app import App

_DROPPED = (
    r"@font-face \{.*?\}\s*",
    r"<clipPath .*?</clipPath>\s*",
    r' (?:textLength|clip-path)="[^"]*"',
    r"font-variant-east-asian: full-width;\s*",
    r"<!--.*?-->\s*",
)


def drawn(app: App[None]) -> str:
    """Draw the screen of an app; the same cells give the same text."""
    drawing = app.export_screenshot()
    for pattern in _DROPPED:
        drawing = re.sub(pattern, "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"terminal-\d+-", "", drawing)
    drawing = re.sub(r"font-family: [^;]*;", "font-family: 'Noto Sans Mono CJK SC', monospace;", drawing)
    return re.sub(r"\n\s+", "\n", drawing.replace("font-size: 20px", "font-size: 24.4px"))
