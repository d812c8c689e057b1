"""一项目一档 and 交接清册, each as a document and a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio import __version__
from hgt_portfolio.exports import file_safe, place
from hgt_portfolio.exports.documents import export_document
from hgt_portfolio.keeping import backups_words
from hgt_portfolio.keeping.drills import drills_words
from hgt_portfolio.settings import settings_file

if TYPE_CHECKING:
    from datetime import date

    from hgt_portfolio.figures import Figures, Point
    from hgt_portfolio.reports.handover import Places
    from hgt_portfolio.settings import Settings


def dossier_name(no: str, name: str) -> str:
    """Name a project's file without its ending: 项目档案_9_红谷滩区农村水利基础设施提升改造工程."""
    return f"项目档案_{file_safe(f'{no}_{name}')}"


def export_dossier(figures: Figures, point: Point, no: str, folder: Path) -> list[Path]:
    """Write a project's file as docx and xlsx and give both paths.

    Raises ``figures.Unknown`` for no such project and ``ExportError`` where a file cannot be written.
    """
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.reports.dossier import dossier_book, dossier_document

    name = dossier_name(no, figures.position(point, no).name)
    document, workbook = folder / f"{name}.docx", folder / f"{name}.xlsx"
    export_document(dossier_document(figures, point, no), document)
    place(workbook, render(dossier_book(figures, point, no)))
    return [document, workbook]


def handover_name(day: date) -> str:
    """Name the 交接清册 of a day without its ending: 工作交接清册_2024-10-20."""
    return f"工作交接清册_{day.isoformat()}"


def places_of(figures: Figures, settings: Settings, exports: Path) -> Places:
    """Say where the database, what was exported and the settings are."""
    path = figures.store.path
    kept = figures.store.name if path is None else f"{path.resolve()}（{path.stat().st_size / 1024:,.0f} KB）"
    file = settings_file().resolve()
    given = "、".join(f"{name} {value}" for name, value in vars(settings).items() if value and name != "toured")
    return (
        ("数据库", kept),
        ("备份", "在 PostgreSQL 服务器上，由管理员备份" if path is None else backups_words(path)),
        ("恢复演练", "-" if path is None else drills_words(path)),
        ("导出文件", str(exports.resolve())),
        ("设置文件", f"{file}：{given}" if file.is_file() else f"{file}（没有这个文件，用默认设置）"),
        ("程序", f"hgt_portfolio {__version__}"),
    )


def export_handover(figures: Figures, point: Point, places: Places, folder: Path) -> list[Path]:
    """Write the 交接清册 as docx and xlsx and give both paths; raises ``ExportError``."""
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.reports.handover import handover_book, handover_document

    name = handover_name(point.day)
    document, workbook = folder / f"{name}.docx", folder / f"{name}.xlsx"
    export_document(handover_document(figures, point, places), document)
    place(workbook, render(handover_book(figures, point, places)))
    return [document, workbook]
