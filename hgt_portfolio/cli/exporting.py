"""Commands that make files: the quarterly workbook and each unit's 责任清单."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import App, Group, KnownAt, Rules, UsageProblem, figures, needed, read, say

if TYPE_CHECKING:
    from hgt_portfolio.exports import Progress

export_app = App(cls=Group, help="导出：季度投资汇总、各单位责任清单。", rich_markup_mode=None)


@export_app.command("quarterly")
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
    say(f"已写出 {export_quarterly(reader, point, target, rules=rules, progress=_progress())}")


@export_app.command("duty")
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
    from hgt_portfolio.plan import alias_map
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = alias_map().get(unit, unit) if unit else None
    for path in export_duty(reader, point, out or exports_folder(), unit=name, rules=rules, progress=_progress()):
        say(f"已写出 {path}")


def _progress() -> Progress | None:
    """Give a progress line on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def line(step: str, finished: int, of: int) -> None:
        bar = "#" * (20 * finished // max(of, 1))
        end = "\n" if finished == of else ""
        print(f"\r[{bar:<20}] {finished}/{of} {step}      ", end=end, file=sys.stderr, flush=True)  # noqa: T201

    return line
