"""Commands about closed quarters and for whoever comes after: close, erratum, diff, dossier, handover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Doc,
    Json,
    KnownAt,
    No,
    Refusal,
    Rules,
    done,
    figures,
    ledger,
    needed,
    point_of,
    progress_line,
    read,
    say,
    settings,
    show,
)

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures
    from hgt_portfolio.model.office import Closing
    from hgt_portfolio.months import Month

Folder = Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件夹；默认 exports/。")]


def close(
    period: Annotated[str | None, typer.Argument(metavar="季度", help="季度，如 2024Q3；不写则列出已定稿的。")] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="审核人。")] = None,
    signer: Annotated[str | None, typer.Option("--signer", help="签发人。")] = None,
    doc: Doc = None,
    check: Annotated[bool, typer.Option("--check", help="核对：存的文件、数的摘要、副本，并重做文件比较。")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="把定稿时存下的文件再写一份。")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="副本在哪个文件夹；默认 exports/定稿_2024Q3/ 的样式。")
    ] = None,
    as_json: Json = False,
) -> None:
    """定稿一个季度，存下它的汇总表和通报；以后的填报须写明原因，作为更正。"""
    if period is None:
        from hgt_portfolio.reports.closing import closings_table

        reader = figures()
        show(closings_table(reader, reader.point()), as_json=as_json, as_csv=False)
        return
    from hgt_portfolio.months import read_period

    month = needed("季度", read("季度", period, read_period))
    if check or copy:
        _kept(month, out, check=check)
        return
    from hgt_portfolio.exports.closing import close_quarter

    reader = figures()
    done(close_quarter(reader, ledger(), month, doc=doc, reviewer=reviewer, signer=signer, progress=progress_line()))
    blank = [name for name, given in (("审核人", reviewer), ("签发人", signer), ("文号", doc)) if not given]
    if blank:
        say(f"  没有写{'、'.join(blank)}；要写明，请先 hgt undo，再带上 --reviewer、--signer、--doc 重新定稿。")
    _copy(reader, _closed(reader, month), out)


def _kept(month: Month, out: Path | None, *, check: bool) -> None:
    """Check what was kept of a closed quarter, or write it out again."""
    from hgt_portfolio.exports.closing import check_closing

    reader = figures()
    closing = _closed(reader, month)
    if not check:
        _copy(reader, closing, out)
        return
    wrong = 0
    for found in check_closing(reader, closing, _folder(month, out)):
        say(f"{_MARKS[found.holds]}　{found.sentence}")
        wrong += found.holds is False
    if wrong:
        raise Refusal(f"有 {wrong} 处与定稿不符，见上。")
    say("核对完毕，与定稿相符。")


_MARKS = {True: "相符", False: "不符", None: "未核"}


def _copy(reader: Figures, closing: Closing, out: Path | None) -> None:
    from hgt_portfolio.exports.closing import copy_kept

    for path in copy_kept(reader, closing, _folder(closing.period, out)):
        say(f"已写出 {path}")


def _folder(month: Month, out: Path | None) -> Path:
    from hgt_portfolio.exports.closing import closing_folder
    from hgt_portfolio.settings import exports_folder

    return out or exports_folder() / closing_folder(month)


def _closed(reader: Figures, month: Month) -> Closing:
    from hgt_portfolio.months import quarter_text

    closing = reader.closing(month)
    if closing is None:
        raise Refusal(f"{quarter_text(month)} 还没有定稿；定稿用 hgt close {quarter_text(month)}。")
    return closing


def erratum(
    period: Annotated[str, typer.Argument(metavar="季度", help="已定稿的季度，如 2024Q3。")],
    cause: Annotated[str | None, typer.Option("--cause", help="出错的原因。")] = None,
    who: Annotated[
        str | None, typer.Option("--who", help="责任人或责任单位；更正数据时默认为各项目的责任单位。")
    ] = None,
    item: Annotated[str | None, typer.Option("--item", help="文字有误的地方；不写则收录定稿以来改过的数。")] = None,
    old: Annotated[str | None, typer.Option("--old", help="原文。")] = None,
    new: Annotated[str | None, typer.Option("--new", help="更正后的文字。")] = None,
    doc: Doc = None,
    out: Folder = None,
) -> None:
    """更正说明：定稿以后发现的差错，原为何、应为何、原因和责任人，当日成文。"""
    from hgt_portfolio.exports.closing import export_erratum
    from hgt_portfolio.ledger import ErratumInput, validated
    from hgt_portfolio.months import read_period
    from hgt_portfolio.settings import exports_folder

    writer = ledger()
    month = needed("季度", read("季度", period, read_period))
    values = {"cause": needed("--cause", cause), "who": who, "subject": item, "old": old, "new": new}
    given = validated(ErratumInput, period=month, found=writer.today, doc=doc, **values)
    outcome = writer.erratum(given)
    done(outcome)
    reader = figures()
    path = export_erratum(reader, reader.point(), month, outcome.action_id, out or exports_folder())
    say(f"已写出 {path}")


def diff(
    first: Annotated[str, typer.Argument(metavar="前一期", help="季度，如 2024Q2。")],
    last: Annotated[str, typer.Argument(metavar="后一期", help="季度，如 2024Q3。")],
    known_first: Annotated[str | None, typer.Option("--known-at-a", help="前一期的数据时点。")] = None,
    known_last: Annotated[str | None, typer.Option("--known-at-b", help="后一期的数据时点。")] = None,
    rules: Rules = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """两期的变化：新增退出、投资调增调减、延期、状态、预警、责任单位和完成投资；已定稿的按定稿时的数。"""
    from hgt_portfolio.reports.diff import compare, diff_json, diff_table

    reader = figures()
    both = compare(reader, point_of(reader, first, known_first), point_of(reader, last, known_last), rules)
    show(diff_table(both), as_json=as_json, as_csv=as_csv, json_value=diff_json(both) if as_json else None)


def dossier(no: No, out: Folder = None, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """一项目一档：一个项目的全部记录和依据，docx 和 xlsx 各一份。"""
    from hgt_portfolio.exports.dossier import export_dossier
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    for path in export_dossier(reader, point_of(reader, as_of, known_at), no, out or exports_folder()):
        say(f"已写出 {path}")


def handover(out: Folder = None) -> None:
    """交接清册：没办完的、承诺了的、东西在哪里，docx 和 xlsx 各一份，供移交人、接收人、监交人签字。"""
    from hgt_portfolio.exports.dossier import export_handover, places_of
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    places = places_of(reader, settings(), exports_folder())
    for path in export_handover(reader, reader.point(), places, out or exports_folder()):
        say(f"已写出 {path}")
