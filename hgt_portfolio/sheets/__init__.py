"""Safe reading of xlsx and csv into cells: whatever the file, the answer is its cells or one sentence.

An xlsx is checked and read in another process with limits on memory and time; see ``word`` for docx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hgt_portfolio.sheets.apart import OLE, Apart, content_of, read_apart
from hgt_portfolio.sheets.cells import Area, Cell, Fault, Sheet, SheetError, Value, Workbook, address, sheet_of
from hgt_portfolio.sheets.delimited import read_csv

__all__ = [
    "Area",
    "Cell",
    "Fault",
    "Sheet",
    "SheetError",
    "Value",
    "Workbook",
    "address",
    "read_workbook",
    "read_workbooks",
]

_ZIP = b"PK\x03\x04"
_TEXT_SUFFIXES = (".csv", ".txt")

_VALUES: dict[str, Callable[[str], Value]] = {
    "text": str,
    "number": Decimal,
    "bool": lambda text: text == "TRUE",
    "date": date.fromisoformat,
    "fault": Fault,
}


def read_workbook(path: Path) -> Workbook:
    """Read every sheet of an xlsx, or a csv as one sheet; raises ``SheetError`` with one sentence."""
    return _read_here(path) or _workbook(read_apart(path, "workbook"))


def read_workbooks(paths: Sequence[Path]) -> Iterator[Workbook | SheetError]:
    """Read many files as ``read_workbook`` does, each a workbook or why it is none; the reading begins at once."""
    here = [_tried(path) for path in paths]
    apart = Apart([path for path, read in zip(paths, here, strict=True) if read is None], "workbook")
    return _each(here, apart)


def _each(here: Sequence[Workbook | SheetError | None], apart: Apart) -> Iterator[Workbook | SheetError]:
    with apart:
        answers = iter(apart)
        for read in here:
            answer = read or next(answers)
            yield _workbook(answer) if isinstance(answer, dict) else answer


def _tried(path: Path) -> Workbook | SheetError | None:
    try:
        return _read_here(path)
    except SheetError as error:
        return error


def _read_here(path: Path) -> Workbook | None:
    """Read what needs no other process; None for an xlsx. Raises ``SheetError``."""
    content = content_of(path)
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return Workbook((read_csv(path.name, content),))
    if content.startswith(OLE):
        raise SheetError(
            f"{path.name} 是旧版 .xls 或加了密码的文件，没有读取。请去掉密码，用 Excel 或 WPS 另存为 .xlsx 后再试。"
        )
    if not content.startswith(_ZIP):
        raise SheetError(f"{path.name} 不是 xlsx 工作簿，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")
    return None


def _workbook(answer: dict[str, Any]) -> Workbook:
    return Workbook(
        tuple(
            sheet_of(
                sheet["name"],
                {(row, column): _VALUES[kind](text) for row, column, kind, text in sheet["cells"] if text.strip()},
                tuple((top, left, bottom, right) for top, left, bottom, right in sheet["merged"]),
            )
            for sheet in answer["sheets"]
        )
    )
