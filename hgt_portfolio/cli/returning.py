"""Commands that send unit workbooks out and take them back: 进度填报表 and, for ``hgt opening``, 期初建账."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    DryRun,
    Refusal,
    UsageProblem,
    done,
    ended,
    figures,
    ledger,
    needed,
    read,
    say,
    show,
    term,
)
from hgt_portfolio.terms import RowChange, Side

if TYPE_CHECKING:
    from hgt_portfolio.returns.reading import ReadBack
    from hgt_portfolio.returns.template import Template

Whole = Annotated[bool, typer.Option("--all-or-nothing", help="有一行不能收，就一行也不收。")]
Take = Annotated[
    str | None,
    typer.Option("--take", help="表与台账都改过而不一致的：theirs 取表，ours 留台账；不写则不收。"),
]
UnitOnly = Annotated[str | None, typer.Option("--unit", help="只发某个单位的。")]
Silent = Annotated[bool, typer.Option("--only-missing", help="只发还有项目没填报的单位。")]
Folder = Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件夹，默认 exports/。")]


def returns(
    words: Annotated[
        list[str],
        typer.Argument(metavar="out 季度|in 文件…", help="out 发出进度填报表；in 收回填好的表或文件夹。"),
    ],
    unit: UnitOnly = None,
    silent: Silent = False,
    out: Folder = None,
    dry_run: DryRun = False,
    whole: Whole = False,
    take: Take = None,
) -> None:
    """进度填报表：每季发给各单位，填好后收回，逐格核对合并。"""
    from hgt_portfolio.months import read_period
    from hgt_portfolio.returns.quarter import Quarter

    first, *rest = words
    if first == "out":
        if len(rest) != 1:
            raise UsageProblem("请写明发哪个季度：hgt returns out 2024Q4")
        return forms_out(Quarter, needed("季度", read("季度", rest[0], read_period)), unit, out, silent=silent)
    if first == "in":
        return forms_in(Quarter, rest, dry_run=dry_run, whole=whole, take=take)
    raise UsageProblem(f"没有“{first}”：请写 hgt returns out 2024Q4 发出，或 hgt returns in 文件… 收回。")


def forms_out(kind: type[Template], month: int, unit: str | None, out: Path | None, *, silent: bool = False) -> None:
    """Write one workbook a unit, with ``silent`` only to those that still have to file."""
    from hgt_portfolio.returns.sending import write_forms
    from hgt_portfolio.settings import exports_folder

    paths = write_forms(figures(), out or exports_folder(), kind, month, unit=unit, silent=silent)
    for path in paths:
        say(f"已写出 {path}")
    if not paths:
        say("没有写出文件：没有还需填报的项目。")


def forms_in(kind: type[Template], files: list[str], *, dry_run: bool, whole: bool, take: str | None) -> None:
    """Read filled workbooks, show what they come to, and take their rows in one action."""
    from hgt_portfolio.returns.merge import Choices
    from hgt_portfolio.returns.preview import counts_words, listed, preview_table, totals_of
    from hgt_portfolio.returns.reading import read_back, take_back

    if not files:
        raise UsageProblem(f"请写明要收回的文件：{kind.command} 文件…")
    side = term("--take", take, Side)
    found = read_back(figures(), [Path(name) for name in files], kind, Choices(Side(side) if side else None))
    for finding in found.every_finding:
        say(f"  {finding}")
    if found.template is not None and listed(found):
        show(preview_table(found, found.template), as_json=False, as_csv=False)
    elif found.template is not None:
        say(f"{counts_words(found)}。")
    held = whole and not found.whole
    outcome = None if held else take_back(ledger(), found, dry_run=dry_run)
    if outcome is not None:
        done(outcome, dry_run=dry_run)
    if found.template is not None and not held:
        say(f"  {totals_of(found)}")
    if outcome is not None or dry_run:
        ended(dry_run=dry_run)
    if not found.whole:
        raise Refusal(_left(found, held=held, dry_run=dry_run))


def _left(found: ReadBack, *, held: bool, dry_run: bool) -> str:
    """Say what was not taken, and what to do."""
    refused, conflicts = len(found.every_finding), len(found.of(RowChange.CONFLICT))
    parts = [
        f"{refused} 处有问题" if refused else "",
        f"{conflicts} 行有冲突（加 --take theirs 取表里的，ours 留台账的）" if conflicts else "",
    ]
    taken = ""
    if held:
        taken = "按 --all-or-nothing，一行也没有收；"
    elif found.taken:
        taken = f"其余 {len(found.taken)} 行{'将' if dry_run else '已'}收下；"
    return f"{taken}{'、'.join(filter(None, parts))}的没有收，处理后再收一次即可。"
