"""Paragraphs as WordprocessingML: text that stays text, and a hidden bookmark about every figure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape

from hgt_portfolio.document import Paragraph, Span

_HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs")


def clean(text: str) -> str:
    """Give text without characters that a document cannot hold or that steer its setting; breaks become a space."""
    spaced = "".join(" " if char in "\t\r\n\v\f\x85\u2028\u2029" else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in _HIDDEN)


def run(text: str) -> str:
    """Write a run; the hint has quotation marks and dashes set as Chinese ones."""
    properties = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>'


def paragraph(style: str, content: str, properties: str = "") -> str:
    """Write a paragraph of finished runs in a style; ``properties`` are set on top of it."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def line(style: str, text: str, properties: str = "") -> str:
    """Write a paragraph of plain text."""
    return paragraph(style, run(text) if text else "", properties)


class Marks:
    """Gives out the hidden bookmarks of a document's figures, in the order of its text."""

    def __init__(self, names: Iterator[str]) -> None:
        self._names = names
        self._given = 0

    def spans(self, written: Paragraph) -> str:
        """Write the runs of a paragraph, every figure within its bookmark."""
        return "".join(self._span(span) for span in written.spans)

    def _span(self, span: Span) -> str:
        if isinstance(span, str):
            return run(span)
        self._given += 1
        start = f'<w:bookmarkStart w:id="{self._given}" w:name="{next(self._names)}"/>'
        return f'{start}{run(span.text)}<w:bookmarkEnd w:id="{self._given}"/>'
