"""What the office takes away: each export is written beside its target, verified, and put in place whole.

Workbook libraries are imported only when an export runs.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile, ZipFile

from hgt_portfolio.files import growing
from hgt_portfolio.months import Month, month_text, quarter_label, quarter_text
from hgt_portfolio.settings import os_reason

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point

Progress = Callable[[str, int, int], None]
"""Told of each step: its name, how many are done, of how many."""

LONGEST_NAME = 180
"""Bytes of a name within a file's: what stands around it has room in the 255 that systems allow."""

MAIN_PARTS = {".xlsx": "xl/workbook.xml", ".docx": "word/document.xml"}
"""The part that a file of each kind cannot be without."""


class ExportError(Exception):
    """An export that was not made: the text says what, where and what to do; the old file stays."""


def quarterly_name(period: Month) -> str:
    """Name the quarterly workbook of a period: 重点工程投资汇总_2024Q3.xlsx."""
    return f"重点工程投资汇总_{quarter_text(period)}.xlsx"


def duty_name(unit: str, period: Month) -> str:
    """Name a unit's 责任清单 of a period: 责任清单_区城管执法局_2024Q3.xlsx."""
    return f"责任清单_{file_safe(unit)}_{quarter_text(period)}.xlsx"


def file_safe(name: str) -> str:
    """Make a name fit for a file on every system: signs that some refuse become ``_``, 60 Hanzi at most."""
    safe = re.sub(r'[\\/:*?"<>|]', "_", "".join(char if char.isprintable() else "_" for char in name)).strip(" .")
    return safe.encode()[:LONGEST_NAME].decode(errors="ignore").strip(" .") or "_"


def export_quarterly(
    figures: Figures, point: Point, target: Path, *, rules: str | None = None, progress: Progress | None = None
) -> Path:
    """Write the quarterly workbook and give its path; in a folder it takes its own name.

    Raises ``ExportError`` where the file cannot be written or the point is no quarter's end.
    """
    if point.period % 3 != 2:
        raise ExportError(
            f"季度投资汇总按季度导出，{month_text(point.period)} 不是季末。"
            f"请改用 --as-of {quarter_text(point.period)}（{quarter_label(point.period)}）。"
        )
    from hgt_portfolio.output.xlsx import write
    from hgt_portfolio.reports.quarterly import quarterly_book

    tell = progress or _silent
    if target.is_dir():
        target = target / quarterly_name(point.period)
    place(target, partial(write, quarterly_book(figures, point, rules, tell)))
    tell("写入文件", 1, 1)
    return target


def export_duty(
    figures: Figures,
    point: Point,
    folder: Path,
    *,
    unit: str | None = None,
    rules: str | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write 责任清单, one file a unit, and give their paths; a unit without projects gets none unless named.

    Raises ``figures.Unknown`` for an unknown unit and ``ExportError`` where a file cannot be written.
    """
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.reports.duty import duty_book, duty_units

    tell = progress or _silent
    units = duty_units(figures, point, unit)
    written = []
    for done, (name, full_name) in enumerate(units, 1):
        book = duty_book(figures, point, name, full_name, rules)
        if unit is not None or any(sheet.blocks[0].table.rows for sheet in book.sheets):
            target = folder / duty_name(name, point.period)
            place(target, render(book))
            written.append(target)
        tell(name, done, len(units))
    return written


def place(target: Path, content: bytes | Callable[[BinaryIO], None]) -> None:
    """Put a file in place whole: written beside its target and verified first, so the old one stays until then.

    ``content`` is what it holds, or writes it. Raises ``ExportError`` with one sentence.
    """
    try:
        with growing(target) as new:
            with new.open("wb") as stream:
                stream.write(content) if isinstance(content, bytes) else content(stream)
            if part := MAIN_PARTS.get(target.suffix.lower()):
                _verify(new, part)
    except OSError as error:
        raise ExportError(_sentence(error, target)) from error


def _verify(path: Path, part: str) -> None:
    """Make sure that what was written opens as what it is meant to be."""
    try:
        with ZipFile(path) as archive:
            broken = archive.testzip()
            parts = archive.namelist()
    except BadZipFile as error:
        raise ExportError(f"写出的文件 {path.name} 打不开，原有文件没有改动。请重新导出。") from error
    if broken or part not in parts:
        raise ExportError(f"写出的文件 {path.name} 不完整，原有文件没有改动。请重新导出。")


def _sentence(error: OSError, target: Path) -> str:
    """Say what went wrong, where, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"磁盘空间不足，没有写出 {target}。请清理磁盘或换一个文件夹后重新导出。"
    if isinstance(error, PermissionError) and target.exists():
        return f"不能替换 {target}：文件可能正被打开，或没有写入权限。请关闭它后重新导出，或换一个文件夹。"
    if isinstance(error, PermissionError):
        return f"没有权限写入文件夹 {target.parent}。请换一个文件夹。"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return f"{target.parent} 不能作为文件夹使用。请换一个文件夹。"
    if isinstance(error, IsADirectoryError):
        return f"{target} 是文件夹，不能写成文件。请换一个文件名。"
    return f"没有写出 {target}：{os_reason(error)}。请换一个文件夹后重新导出。"


def _silent(_step: str, _done: int, _of: int) -> None:
    return
