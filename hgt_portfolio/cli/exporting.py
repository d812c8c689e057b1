"""Commands that make files: the quarterly workbook, each unit's 责任清单, and open data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    KnownAt,
    Rules,
    UsageProblem,
    figures,
    needed,
    point_of,
    progress_line,
    read,
    say,
)


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
    from hgt_portfolio.exports import export_duty
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = reader.unit_name(unit, point) if unit else None
    for path in export_duty(reader, point, out or exports_folder(), unit=name, rules=rules, progress=progress_line()):
        say(f"已写出 {path}")


def oc4ids(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件；默认 exports/ 下按日期命名。")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="项目编号的前缀，如登记的 oc4ids-abc123；默认 unregistered，表示没有登记。"),
    ] = None,
    uri: Annotated[str | None, typer.Option("--uri", help="这份数据公开的网址；不写则给一个固定的编号。")] = None,
    license_uri: Annotated[str | None, typer.Option("--license", help="使用许可的网址；不写则不说。")] = None,
) -> None:
    """开放数据：OC4IDS 0.9 项目数据包（JSON），金额为元；不含人名、电话，没有的数不写。"""
    from hgt_portfolio.exports.oc4ids import UNREGISTERED, export_oc4ids
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    path, withheld = export_oc4ids(
        reader,
        point,
        out or exports_folder(),
        prefix=prefix or UNREGISTERED,
        uri=uri,
        license_uri=license_uri,
        progress=progress_line(),
    )
    say(f"已写出 {path}")
    if withheld:
        say(f"  {withheld} 处文字含人名或电话，没有写出。")
    if prefix is None:
        say("  项目编号用的是没有登记的前缀；登记以后请用 --prefix 写明。")


def public(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="写到哪个 .xlsx、.csv 或 .json 文件；默认 exports/ 下的 Excel。")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """信息公开版：项目和进度，不含人名、电话、存在问题和下一步措施（Excel、CSV 或 JSON）。"""
    from hgt_portfolio.exports.public import export_public
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    path, withheld = export_public(reader, point, out or exports_folder())
    say(f"已写出 {path}")
    if withheld:
        say(f"  {withheld} 处文字含人名或电话，没有写出。")
    say("  发布前请再看一遍：形象进度等文字是各单位填的。")


def tables(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="写到哪个文件夹；默认 exports/ 下按日期命名。")
    ] = None,
) -> None:
    """整个台账：每张表一个 CSV，另附数据字典；含人名、电话和内部内容，不要公开。"""
    from hgt_portfolio.exports.tables import export_tables, tables_folder
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    folder = out or exports_folder() / tables_folder(reader.point())
    written = export_tables(reader, folder, progress_line())
    say(f"已写出 {len(written)} 个文件到 {folder}；含人名、电话和内部内容，不要公开。")
