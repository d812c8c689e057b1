"""``Table`` → WordprocessingML: ruled, its head repeated on every page, numbers right, whole rows kept together."""

from __future__ import annotations

from collections.abc import Iterator

from hgt_portfolio.output.docx_text import line
from hgt_portfolio.output.xlsx_cells import printed
from hgt_portfolio.table import Cell, Column, Kind, Table

_ALIGN = {Kind.TEXT: "left", Kind.LABEL: "center", Kind.DATE: "center", Kind.MONTH: "center"}
"""How cells are aligned; numbers stand right."""

_RULE = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
_BORDERS = "".join(_RULE.format(side) for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
_SIDES = (("top", 40), ("left", 60), ("bottom", 40), ("right", 60))
_MARGINS = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in _SIDES)


def table_xml(table: Table, width: int) -> Iterator[str]:
    """Write a table and the lines about it; ``width`` is that of the text, in twentieths of a point."""
    if table.title:
        yield line("HgtTableTitle", table.title)
    for text, align in ((table.caption, "left"), (table.unit_note, "right")):
        if text:
            yield line("HgtTableLine", text, f'<w:keepNext/><w:jc w:val="{align}"/>')
    yield _grid(table, _widths(table.columns, width))
    # Two tables without a paragraph between them would become one.
    notes = table.notes or ("",)
    yield from (line("HgtTableLine", note) for note in notes)


def _widths(columns: tuple[Column, ...], width: int) -> list[int]:
    whole = sum(column.width for column in columns)
    return [width * column.width // whole for column in columns]


def _grid(table: Table, widths: list[int]) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row(table.columns, [(column.head, "HgtHead", "center") for column in table.columns], widths, head=True)
    rows = [*table.rows, *([] if table.total is None else [table.total])]
    body = "".join(_row(table.columns, _cells(table.columns, row), widths) for row in rows)
    if not table.rows:
        body = _span("（无）", widths) + body
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f"{_MARGINS}</w:tblCellMar>"
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _cells(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> list[tuple[str, str, str]]:
    return [
        (printed(value, column.kind), "HgtCell", _ALIGN.get(column.kind, "right"))
        for column, value in zip(columns, row, strict=True)
    ]


def _row(
    columns: tuple[Column, ...], cells: list[tuple[str, str, str]], widths: list[int], *, head: bool = False
) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    written = "".join(_cell(*cell, width) for cell, width, _ in zip(cells, widths, columns, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{written}</w:tr>"


def _cell(text: str, style: str, align: str, width: int, span: int = 1) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}<w:vAlign w:val="center"/></w:tcPr>'
    return f"<w:tc>{properties}{line(style, text, _aligned(align))}</w:tc>"


def _aligned(align: str) -> str:
    return f'<w:jc w:val="{align}"/>'


def _span(text: str, widths: list[int]) -> str:
    return f"<w:tr>{_cell(text, 'HgtCell', 'center', sum(widths), len(widths))}</w:tr>"
