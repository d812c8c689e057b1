"""The other process: it checks and reads xlsx or docx within limits, and prints what each holds as a line of JSON.

A file that breaks the reader ends only this process.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError
from zipfile import ZipFile, ZipInfo

from hgt_portfolio.sheets.archive import DAMAGED, STRINGS, Parts, read_parts
from hgt_portfolio.sheets.cells import MOST_FILLED, MOST_TEXT, SheetError
from hgt_portfolio.sheets.scan import LONGEST_TEXT, SheetScan, longest_text
from hgt_portfolio.sheets.word import parse_word

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_MEMORY = 2_000_000_000
MOST_SECONDS = 30
MOST_REPEATED = 400_000_000
"""The longest shared text times the cells that take one: what a reader may have to hold."""

_PACKAGE = {
    "[Content_Types].xml": b"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>""",
    "_rels/.rels": b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>""",
}

Answer = dict[str, object]
"""What is printed: plain values only."""

Found = tuple[int, int, str, str]
"""A filled cell: row, column, kind and text."""


def main() -> None:
    """Print what files hold, ``workbook`` or ``word`` documents, or the sentence that refuses each.

    The standard input names what they are, what more their reader is told, and the files.
    """
    what, more, paths = json.load(sys.stdin)
    for path in paths:
        limit()
        print(json.dumps(answer(what, Path(path), *more)), flush=True)  # noqa: T201 - the parent listens


def answer(what: str, path: Path, *more: str) -> Answer:
    """Give what a file holds, or the sentence that refuses it."""
    try:
        return _READERS[what](path, *more)
    except SheetError as error:
        return {"refused": str(error)}


def _read_workbook(path: Path) -> Answer:
    try:
        return {"sheets": _sheets(path.name, read_parts(path))}
    except ExpatError as error:
        raise SheetError(f"{path.name} {DAMAGED}") from error


_READERS: dict[str, Callable[..., Answer]] = {"workbook": _read_workbook, "word": parse_word}


def limit() -> None:
    """Bound memory, and processor time from now on, where the system can; else the parent's clock is what ends it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_AS, MOST_MEMORY),
            (resource.RLIMIT_CPU, seconds),
        ):
            resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def _sheets(name: str, parts: Parts) -> list[Answer]:
    scans = []
    for sheet, part in parts.sheets.items():
        scans.append(SheetScan(name, sheet))
        scans[-1].run(parts.content[part])
    longest = longest_text(name, parts.content[STRINGS]) if STRINGS in parts.content else 0
    if any(longest * scan.shared > MOST_REPEATED for scan in scans):
        raise SheetError(f"{name} 的文字过多，没有读取。")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(_repacked(parts))
        room = _Room()
        return [{"name": scan.name, "cells": _cells(book, scan, room), "merged": scan.merged} for scan in scans]
    except CalamineError as error:
        raise SheetError(f"{name} {DAMAGED}") from error


def _repacked(parts: Parts) -> BytesIO:
    """Pack what was checked anew, so that no other reading of the zip can bring in what was not."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, content in (_PACKAGE | parts.content).items():
            archive.writestr(ZipInfo(name), content)
    stream.seek(0)
    return stream


@dataclass
class _Room:
    """What the sheets of a file may still hold."""

    cells: int = MOST_FILLED
    text: int = MOST_TEXT


def _cells(book: CalamineWorkbook, scan: SheetScan, room: _Room) -> list[Found]:
    cells: list[Found] = []
    sheet = book.get_sheet_by_name(scan.name)
    # Its rows begin with the first of the sheet, but their cells with the first column that is filled anywhere.
    _, left = sheet.start or (0, 0)
    for row, values in enumerate(sheet.iter_rows()):
        for column, value in enumerate(values, left):
            if value == "" or (row, column) in scan.faults:
                continue
            kind, text = _plain(value)
            room.cells -= 1
            room.text -= len(text)
            if len(text) > LONGEST_TEXT or room.text < 0:
                raise SheetError(f"工作表“{scan.name}”的文字过多，没有读取。请把有用的表格复制到新工作簿后再试。")
            if room.cells < 0:
                raise SheetError(f"工作表“{scan.name}”的单元格过多，没有读取。请把有用的表格复制到新工作簿后再试。")
            cells.append((row, column, kind, text))
    return cells + [(row, column, "fault", fault.words) for (row, column), fault in scan.faults.items()]


def _plain(value: object) -> tuple[str, str]:
    """Give a value's kind and its text; a number has the 15 digits that a spreadsheet keeps and shows."""
    if isinstance(value, bool):
        return "bool", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return ("number", f"{value:.15g}") if math.isfinite(value) else ("fault", "数字过大")
    if isinstance(value, datetime):
        return "date", value.date().isoformat()
    if isinstance(value, date):
        return "date", value.isoformat()
    return "text", str(value)
