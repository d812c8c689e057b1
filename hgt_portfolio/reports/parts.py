"""Files made of parts, each a table under its heading: as a document, and as a workbook with a sheet a part."""

from __future__ import annotations

from dataclasses import replace

from hgt_portfolio.document import Block as DocumentBlock
from hgt_portfolio.document import heading
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.money import two_decimals
from hgt_portfolio.months import quarter_label
from hgt_portfolio.reports.words import HEAD, head_words
from hgt_portfolio.rules.point import moment_text, moment_words, office_time
from hgt_portfolio.table import Block, Book, Cell, Column, Kind, Sheet, Table

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


ROUNDED = "金额四舍五入到小数点后两位，各数之和与合计可能差在末位。"


def on_page(table: Table) -> Table:
    """Round the amounts of a table half up to two decimals of 万元, each by itself, and say so where one changed."""

    def cells(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(
            two_decimals(cell) if column.kind is Kind.AMOUNT and isinstance(cell, int) else cell
            for column, cell in zip(table.columns, row, strict=True)
        )

    shown = replace(
        table,
        rows=tuple(map(cells, table.rows)),
        total=None if table.total is None else cells(table.total),
    )
    return shown if shown == table else replace(shown, notes=(*table.notes, ROUNDED))


ABOUT = "说明"
"""The sheet that says what a workbook was made from."""

HEAD_NOTE = "用 hgt verify --head 可查这个值在不在台账的操作链上，此后又有多少次操作"


def facts_of(figures: Figures, point: Point) -> tuple[tuple[str, str], ...]:
    """Give what a file was made from: the plan, the point, and the head of the audit chain then."""
    plan = figures.plan()
    return (
        ("规划", f"{plan.title}（{plan.doc_no}）"),
        ("截至日", point.day.isoformat()),
        ("期别", quarter_label(point.period)),
        ("数据时点", f"{moment_text(point.known_at)}（北京时间）：只用这一时点以前记入台账的内容"),
        (HEAD, f"{head_words(figures, point)}；{HEAD_NOTE}"),
    )


def about_sheet(title: str, figures: Figures, point: Point) -> Sheet:
    """Make the sheet 说明 of a workbook."""
    columns = (Column("item", "事项", Kind.LABEL, 7), Column("text", "内容", Kind.TEXT, 50))
    table = Table(ABOUT, "", columns, facts_of(figures, point), unit_note="")
    return Sheet(ABOUT, f"{title}（{ABOUT}）", (Block(table),), left="", right="")


def book_of(title: str, parts: Parts, left: str, figures: Figures, point: Point, foot: tuple[str, ...]) -> Book:
    """Make a workbook, a sheet a part and 说明; ``foot`` stands below each part."""
    caption = f"截至日：{point.day}　数据时点：{moment_words(point.known_at)}"
    sheets = tuple(
        Sheet(name, f"{title}（{name}）", (Block(table),), left=left, caption=caption, right=table.unit_note, foot=foot)
        for name, table in parts
    )
    created = office_time(point.known_at).replace(tzinfo=None)
    return Book(title, (*sheets, about_sheet(title, figures, point)), created, bool(figures.plan().demo))
