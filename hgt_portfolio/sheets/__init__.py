"""Safe reading of xlsx and csv into cells: whatever the file, the answer is its cells or one sentence.

An xlsx is checked and read in another process with limits on memory and time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hgt_portfolio.sheets.cells import Area, Cell, Fault, Sheet, SheetError, Value, Workbook, address, sheet_of
from hgt_portfolio.sheets.delimited import read_csv

__all__ = ["Area", "Cell", "Fault", "Sheet", "SheetError", "Value", "Workbook", "address", "read_workbook"]

MOST_BYTES = 20_000_000
WAIT_SECONDS = 60

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_TEXT_SUFFIXES = (".csv", ".txt")
_ROOT = Path(__file__).resolve().parents[2]

# The package's folder goes to the end of the path, so that nothing beside it stands before the standard library.
_CHILD = "import sys; sys.path.append(sys.argv[1]); from hgt_portfolio.sheets.child import main; main(sys.argv[2])"

_VALUES: dict[str, Callable[[str], Value]] = {
    "text": str,
    "number": Decimal,
    "bool": lambda text: text == "TRUE",
    "date": date.fromisoformat,
    "fault": Fault,
}


def read_workbook(path: Path) -> Workbook:
    """Read every sheet of an xlsx, or a csv as one sheet; raises ``SheetError`` with one sentence."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SheetError(f"{path} 不是文件，没有读取。")
        if size > MOST_BYTES:
            raise SheetError(
                f"{path.name} 有 {size / 1e6:.0f} MB，超过 {MOST_BYTES // 1_000_000} MB，没有读取。请删去图片等后再试。"
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SheetError(f"找不到文件 {path}。") from error
    except OSError as error:
        raise SheetError(
            f"打不开文件 {path}：{error.strerror or error}。如正被 Excel 或 WPS 打开，请关闭后再试。"
        ) from error
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return Workbook((read_csv(path.name, content),))
    if content.startswith(_OLE):
        raise SheetError(
            f"{path.name} 是旧版 .xls 或加了密码的文件，没有读取。请去掉密码，用 Excel 或 WPS 另存为 .xlsx 后再试。"
        )
    if not content.startswith(_ZIP):
        raise SheetError(f"{path.name} 不是 xlsx 工作簿，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")
    return _workbook(_answer(path))


def _answer(path: Path) -> dict[str, Any]:
    """Have the file read in another process; whatever becomes of it, there is an answer within the time."""
    command = [sys.executable, "-P", "-c", _CHILD, str(_ROOT), str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter on our own module
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise SheetError(
            f"{path.name} 读取超过 {WAIT_SECONDS} 秒，已放弃。请把有用的表格复制到新工作簿后再试。"
        ) from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise SheetError(
            f"{path.name} 的内容不正常，读不出来。请把有用的表格复制到新工作簿，另存为 .xlsx 后再试。"
        ) from error
    if "refused" in answer:
        raise SheetError(answer["refused"])
    return answer


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
