"""Files made of parts, each a table under its heading: as a document, and as a workbook with a sheet a part."""

from __future__ import annotations

from hgt_portfolio.document import Block as DocumentBlock
from hgt_portfolio.document import heading
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.rules.point import moment_words, office_time
from hgt_portfolio.table import Block, Book, Sheet, Table

Parts = tuple[tuple[str, Table], ...]

_NUMERALS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Write a number of parts in Chinese, 1 to 99."""
    tens, ones = divmod(number, 10)
    ten = {0: "", 1: "十"}.get(tens, f"{_NUMERALS[tens]}十")
    return ten + (_NUMERALS[ones] if ones else "")


def blocks_of(parts: Parts) -> tuple[DocumentBlock, ...]:
    """Give the blocks of a document: every part's numbered heading and its table."""
    return tuple(
        block
        for place, (title, table) in enumerate(parts, 1)
        for block in (heading(f"{numeral(place)}、{title}"), table)
    )


def book_of(title: str, parts: Parts, left: str, figures: Figures, point: Point, foot: tuple[str, ...]) -> Book:
    """Make a workbook, a sheet a part; ``foot`` stands below each."""
    caption = f"截至日：{point.day}　数据时点：{moment_words(point.known_at)}"
    sheets = tuple(
        Sheet(name, f"{title}（{name}）", (Block(table),), left=left, caption=caption, right=table.unit_note, foot=foot)
        for name, table in parts
    )
    created = office_time(point.known_at).replace(tzinfo=None)
    return Book(title, sheets, created, bool(figures.plan().demo))
