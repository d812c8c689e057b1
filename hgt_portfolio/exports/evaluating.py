"""年度评估: the workbook and the report of a year, put in place as every export is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio.exports import Progress, place
from hgt_portfolio.exports.documents import export_document

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point

FORMATS = ("xlsx", "docx", "both")
"""What may be asked for: the workbook, the report, or both."""


def evaluation_names(year: int, form: str = "both") -> list[str]:
    """Name the files of a year's evaluation: 规划实施年度评估_2025.xlsx and 规划实施情况评估报告_2025.docx."""
    names = {"xlsx": f"规划实施年度评估_{year}.xlsx", "docx": f"规划实施情况评估报告_{year}.docx"}
    return [name for suffix, name in names.items() if form in (suffix, "both")]


def export_evaluation(
    figures: Figures, point: Point, folder: Path, *, form: str = "both", progress: Progress | None = None
) -> list[Path]:
    """Write the evaluation of a point's year into a folder and give the paths; ``form`` is one of ``FORMATS``.

    Raises ``ExportError`` where a file cannot be written.
    """
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.reports.evaluation import evaluation_document
    from hgt_portfolio.reports.evaluation_data import read_evaluation
    from hgt_portfolio.reports.evaluation_sheets import evaluation_book

    tell = progress or (lambda _step, _done, _of: None)
    names = evaluation_names(point.year, form)
    tell("读取台账", 0, len(names) + 1)
    evaluation = read_evaluation(figures, point)
    document = evaluation_document(evaluation)
    for done, name in enumerate(names, 1):
        tell(name, done, len(names) + 1)
        if name.endswith(".xlsx"):
            place(folder / name, render(evaluation_book(evaluation, document)))
        else:
            export_document(document, folder / name)
    tell("写入文件", len(names) + 1, len(names) + 1)
    return [folder / name for name in names]
