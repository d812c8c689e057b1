"""Documents: every docx is put in place as the workbooks are; the bulletin has its 底稿 beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio.exports import ExportError, place
from hgt_portfolio.months import Month, month_text, quarter_label, quarter_text

if TYPE_CHECKING:
    from hgt_portfolio.document import Document
    from hgt_portfolio.figures import Figures, Point


def bulletin_name(period: Month) -> str:
    """Name the 通报 of a quarter: 重点工程进度通报_2024Q3.docx."""
    return f"重点工程进度通报_{quarter_text(period)}.docx"


def paper_name(document: str) -> str:
    """Name the 底稿 of a document after it: 重点工程进度通报底稿_2024Q3.xlsx."""
    name, mark, period = document.removesuffix(".docx").rpartition("_")
    return f"{name}底稿_{period}.xlsx" if mark else f"{period}底稿.xlsx"


def brief_name(period: Month) -> str:
    """Name the 一页纸 of a quarter: 重点工程一页纸_2024Q3.docx."""
    return f"重点工程一页纸_{quarter_text(period)}.docx"


def export_document(document: Document, target: Path) -> Path:
    """Write a document as docx and give its path; raises ``ExportError`` where it cannot be written."""
    from hgt_portfolio.output.docx import render

    place(target, render(document))
    return target


def export_bulletin(
    figures: Figures,
    point: Point,
    target: Path,
    *,
    doc_no: str | None = None,
    addressee: str | None = None,
    dated: date | None = None,
) -> list[Path]:
    """Write the 通报 of a quarter and its 底稿 beside it, and give both paths; in a folder they take their own names.

    Raises ``ExportError`` where a file cannot be written or the point is no quarter's end.
    """
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.reports.bulletin import EVERYONE, bulletin
    from hgt_portfolio.reports.bulletin_paper import working_paper

    _quarterly("通报", point)
    if target.is_dir():
        target = target / bulletin_name(point.period)
    document = bulletin(figures, point, doc_no=doc_no, addressee=addressee or EVERYONE, dated=dated)
    paper = target.with_name(paper_name(target.name))
    place(paper, render(working_paper(figures, point, document)))
    return [export_document(document, target), paper]


def export_brief(figures: Figures, point: Point, target: Path, today: Point | None = None) -> Path:
    """Write the 一页纸 of a quarter, with how things stand ``today``, and give its path; in a folder it names itself.

    Raises ``ExportError`` where the file cannot be written or the point is no quarter's end.
    """
    from hgt_portfolio.reports.brief import brief

    _quarterly("一页纸", point)
    if target.is_dir():
        target = target / brief_name(point.period)
    return export_document(brief(figures, point, today), target)


def _quarterly(what: str, point: Point) -> None:
    if point.period % 3 != 2:
        raise ExportError(
            f"{what}按季度编写，{month_text(point.period)} 不是季末。"
            f"请改用 {quarter_text(point.period)}（{quarter_label(point.period)}）。"
        )
