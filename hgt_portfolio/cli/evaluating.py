"""The command of the yearly evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hgt_portfolio.cli.desk import KnownAt, UsageProblem, figures, needed, progress_line, read, read_whole, say, term


def evaluate(
    year: Annotated[str, typer.Argument(metavar="年度", help="评估哪一年，如 2025。")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件夹，默认 exports/。")] = None,
    form: Annotated[str, typer.Option("--format", help="xlsx 评估表、docx 评估报告，或 both 两份都要。")] = "both",
    known_at: KnownAt = None,
) -> None:
    """年度评估：评估表（xlsx，含底稿）和报区委、区政府的评估报告（docx），如 hgt evaluate 2025。"""
    from hgt_portfolio.exports.evaluating import FORMATS, export_evaluation
    from hgt_portfolio.reports.evaluation_data import evaluation_point
    from hgt_portfolio.settings import exports_folder

    term("--format", form, FORMATS)
    number = needed("年度", read("年度", year.removesuffix("年"), read_whole))
    if out is not None and out.suffix.lower() in (".xlsx", ".docx"):
        raise UsageProblem(f"-o 要写文件夹，不是文件：{out}。要一份文件请用 --format xlsx 或 --format docx。")
    reader = figures()
    try:
        point = evaluation_point(reader, number, known_at)
    except ValueError as error:
        raise UsageProblem(str(error)) from error
    folder = out or exports_folder()
    for path in export_evaluation(reader, point, folder, form=form, progress=progress_line()):
        say(f"已写出 {path}")
