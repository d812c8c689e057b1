"""Commands that make files: the quarterly workbook and each unit's 责任清单."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hgt_portfolio.cli.desk import KnownAt, Rules, UsageProblem, figures, needed, progress_line, read, say


def quarterly(
    period: Annotated[str, typer.Argument(metavar="季度", help="季度，如 2024Q3。")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件；默认 exports/ 下按期别命名。")] = None,
    rules: Rules = None,
    known_at: KnownAt = None,
) -> None:
    """季度投资汇总（Excel）。"""
    from hgt_portfolio.exports import export_quarterly, quarterly_name
    from hgt_portfolio.months import month_text, read_period
    from hgt_portfolio.settings import exports_folder

    month = needed("季度", read("季度", period, read_period))
    reader = figures()
    target = out or exports_folder() / quarterly_name(month)
    if out is not None and not out.is_dir() and out.suffix.lower() != ".xlsx":
        raise UsageProblem(f"季度汇总是 Excel 文件，请把 {out.name} 写成以 .xlsx 结尾的名字。")
    if target.is_dir():
        target = target / quarterly_name(month)
    point = reader.point(month_text(month), known_at)
    say(f"已写出 {export_quarterly(reader, point, target, rules=rules, progress=progress_line())}")


def duty(
    unit: Annotated[str | None, typer.Option("--unit", help="只要某个单位的；不写则每单位一个文件。")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件夹，默认 exports/。")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至哪期，如 2024Q3；默认最近一期。")] = None,
    rules: Rules = None,
    known_at: KnownAt = None,
) -> None:
    """各单位责任清单（下达版和台账版，Excel）。"""
    from hgt_portfolio.cli.desk import point_of
    from hgt_portfolio.exports import export_duty
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = reader.unit_name(unit, point) if unit else None
    for path in export_duty(reader, point, out or exports_folder(), unit=name, rules=rules, progress=progress_line()):
        say(f"已写出 {path}")
