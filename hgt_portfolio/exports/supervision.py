"""督办单: one docx a unit over its items not struck off."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio.exports import ExportError, file_safe
from hgt_portfolio.exports.documents import export_document

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point


def supervision_name(unit: str, day: date) -> str:
    """Name a unit's 督办单 of a day: 督办单_区城管执法局_2024-10-08.docx."""
    return f"督办单_{file_safe(unit)}_{day}.docx"


def export_supervision(figures: Figures, point: Point, folder: Path, *, unit: str | None = None) -> list[Path]:
    """Write 督办单 of one unit, or of every unit that has items not struck off, and give their paths.

    Raises ``ExportError`` where there are none, or a file cannot be written.
    """
    from hgt_portfolio.reports.supervision_notice import supervision_notice

    items = figures.supervision(point, unit=unit, open_only=True)
    if not items:
        raise ExportError(f"截至 {point.day} {unit or '各单位'}没有未销号的督办事项，没有可写的督办单。")
    written = []
    for info in figures.units(point):
        own = [item for item in items if item.unit == info.name]
        if own:
            document = supervision_notice(figures, point, info.name, info.full_name, own)
            written.append(export_document(document, folder / supervision_name(info.name, point.day)))
    return written
