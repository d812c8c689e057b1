"""What a screen shows, as a file: a workbook with a sheet a table, a document, or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio.exports import ExportError, file_safe, place

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point
    from hgt_portfolio.table import Table

SUFFIXES = (".xlsx", ".csv", ".docx")


def shown_files(target: Path, names: Sequence[str]) -> list[Path]:
    """Give the files that tables of these names become: one, but for CSV one a table."""
    if target.suffix == ".csv" and len(names) > 1:
        return [target.with_name(f"{target.stem}_{file_safe(name)}.csv") for name in names]
    return [target]


def export_shown(figures: Figures, point: Point, title: str, tables: Sequence[Table], target: Path) -> list[Path]:
    """Write tables as the target's suffix says and give the paths; raises ``ExportError`` with a sentence."""
    from hgt_portfolio.document import Document
    from hgt_portfolio.exports.documents import export_document
    from hgt_portfolio.output.plain import to_csv
    from hgt_portfolio.reports.parts import blocks_of, book_of
    from hgt_portfolio.rules.point import office_time
    from hgt_portfolio.table import marked
    from hgt_portfolio.terms import DISCLAIMER

    if target.suffix not in SUFFIXES:
        raise ExportError(f"{target.name} 的格式不认识：文件名请以 {'、'.join(SUFFIXES)} 结尾。")
    parts = tuple((table.name or title, table) for table in tables)
    files = shown_files(target, [name for name, _ in parts])
    demo = bool(figures.plan().demo)
    if target.suffix == ".csv":
        for path, table in zip(files, tables, strict=True):
            place(path, ("\ufeff" + to_csv(marked(table) if demo else table)).encode())
    elif target.suffix == ".docx":
        created = office_time(point.known_at).replace(tzinfo=None)
        export_document(Document(title, blocks_of(parts), created, demo=demo, landscape=True), target)
    else:
        from hgt_portfolio.output.xlsx import render

        book = book_of(title, parts, "", figures, point, (DISCLAIMER,))
        # A table's own title says by what it was filtered.
        told = (replace(one, title=table.title or one.title) for one, table in zip(book.sheets, tables, strict=False))
        place(target, render(replace(book, sheets=(*told, *book.sheets[len(tables) :]))))
    return files
