"""``Document``: what a report in prose gives and the docx output prints: 通报, 一页纸, 督办单, 一项目一档, 交接清册.

A number in a sentence is a ``Figure`` that says where it comes from, so that it can be traced and checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from hgt_portfolio.table import DEMO, Table

MARK = "_hgt"
"""How the hidden bookmark of every figure begins; word processors do not show names that begin with ``_``."""


@dataclass(frozen=True)
class Figure:
    """A number as a sentence prints it, with what it is, its exact value, its rule and the rows it runs over.

    ``key`` names it within the document for good (``total.ytd``, ``domain.生态安全.deviation``); ``rows`` are project
    numbers; ``known`` of ``of`` rows had the figure. ``column`` is the field of a project's position that it is made
    from, where there is one.
    """

    key: str
    text: str
    name: str
    exact: str
    rule: str
    rows: tuple[str, ...] = ()
    known: int | None = None
    of: int | None = None
    column: str = ""


Span = str | Figure


class Style(StrEnum):
    """How a paragraph is set."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    BODY = "body"
    NOTE = "note"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text and figures."""

    spans: tuple[Span, ...]
    style: Style = Style.BODY

    @property
    def text(self) -> str:
        """The paragraph as printed."""
        return "".join(span if isinstance(span, str) else span.text for span in self.spans)


Block = Paragraph | Table


@dataclass(frozen=True)
class Document:
    """An official document: title, 文号, 主送, body, 附件说明, 署名, 成文日期 and 版记.

    ``created`` is what its properties carry (office time, from known-at, never the clock); ``demo`` marks sample data.
    ``compact`` sets the body smaller and closer, for what is to stay on one page.
    ``properties`` are kept in the file unseen, to tell later what it was made from. What is None or empty is left out;
    a line break in the title is kept.
    """

    title: str
    blocks: tuple[Block, ...]
    created: datetime
    doc_no: str | None = None
    addressee: str = ""
    attachments: tuple[str, ...] = ()
    signer: str = ""
    dated: date | None = None
    copies: str = ""
    issuer: str = ""
    demo: bool = False
    landscape: bool = False
    compact: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def marked_title(self) -> str:
        """The title, marked where the document shows sample data."""
        return f"{self.title}（{DEMO}）" if self.demo else self.title

    def figures(self) -> Iterator[Figure]:
        """Give every figure in the order of the text."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from (span for span in block.spans if isinstance(span, Figure))

    def numbered(self) -> dict[str, tuple[int, Figure]]:
        """Give each figure once by its key, numbered from 1 in the order of the text, as the 底稿 lists them."""
        once = {figure.key: figure for figure in reversed(list(self.figures()))}
        first = dict.fromkeys(figure.key for figure in self.figures())
        return {key: (number, once[key]) for number, key in enumerate(first, 1)}

    def marks(self) -> Iterator[str]:
        """Give the hidden bookmark of every figure in the order of the text: its number, key, and which time it is."""
        numbered, times = self.numbered(), Counter[str]()
        for figure in self.figures():
            times[figure.key] += 1
            again = f"_{times[figure.key]}" if times[figure.key] > 1 else ""
            yield f"{MARK}_{numbered[figure.key][0]:04}_{key_digest(figure.key)}{again}"


def key_digest(key: str) -> str:
    """Give the eight signs that stand for a figure's key in its bookmark, which has room for ASCII alone."""
    return sha256(key.encode()).hexdigest()[:8]


def heading(text: str) -> Paragraph:
    """Make a heading of the first level (一、…)."""
    return Paragraph((text,), Style.HEADING)


def subheading(text: str) -> Paragraph:
    """Make a heading of the second level （（一）…）."""
    return Paragraph((text,), Style.SUBHEADING)


def body(*spans: Span) -> Paragraph:
    """Make a paragraph of body text."""
    return Paragraph(spans)


def note(*spans: Span) -> Paragraph:
    """Make a note in smaller type."""
    return Paragraph(spans, Style.NOTE)
