"""Reading CSV: its coding and separator are decided once for the whole file, and nothing is guessed twice."""

from __future__ import annotations

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO

from hgt_portfolio.sheets.cells import MOST_COLUMNS, MOST_FILLED, MOST_ROWS, Sheet, SheetError, Value, sheet_of

SEPARATORS = (",", "\t", ";")


def read_csv(name: str, content: bytes) -> Sheet:
    """Read a CSV file's cells, all of them text; raises ``SheetError``."""
    text = _decoded(name, content)
    found: dict[tuple[int, int], Value] = {}
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
        for row, cells in enumerate(rows):
            if row >= MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise SheetError(f"{name} 超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列，没有读取。请只留下有用的表格。")
            found |= {(row, column): cell.strip() for column, cell in enumerate(cells) if cell.strip()}
            if len(found) > MOST_FILLED:
                raise SheetError(f"{name} 的单元格过多，没有读取。请只留下有用的表格。")
    except csv.Error as error:
        raise SheetError(
            f"{name} 不是完整的 CSV 文件（可能引号不成对），没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。"
        ) from error
    return sheet_of("CSV", found)


def _decoded(name: str, content: bytes) -> str:
    """Decode as UTF-16 where its mark says so, else as UTF-8, else as GB 18030."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        codings = ["utf-16"]
    elif b"\0" in content:
        raise SheetError(f"{name} 含有空字符，不是能读的文本，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")
    else:
        codings = ["utf-8-sig", "gb18030"]
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetError(f"{name} 的文字编码无法识别，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)
