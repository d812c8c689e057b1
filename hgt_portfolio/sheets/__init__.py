"""Safe reading of xlsx and csv into cells: whatever the file, the answer is its cells or one sentence.

An xlsx is checked and read in another process with limits on memory and time; see ``word`` for docx.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hgt_portfolio.sheets.apart import OLE, content_of, read_apart
from hgt_portfolio.sheets.cells import Area, Cell, Fault, Sheet, SheetError, Value, Workbook, address, sheet_of
from hgt_portfolio.sheets.delimited import read_csv

__all__ = ["Area", "Cell", "Fault", "Sheet", "SheetError", "Value", "Workbook", "address", "read_workbook"]

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
    content = content_of(path)
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return Workbook((read_csv(path.name, content),))
    if content.startswith(OLE):
        raise SheetError(
            f"{path.name} 是旧版 .xls 或加了密码的文件，没有读取。请去掉密码，用 Excel 或 WPS 另存为 .xlsx 后再试。"
        )
    if not content.startswith(_ZIP):
        raise SheetError(f"{path.name} 不是 xlsx 工作簿，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")
    return _workbook(read_apart(path, "workbook"))


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
