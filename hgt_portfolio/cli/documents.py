"""Commands that make documents and answer for them: the 通报 and its check, the trace of a number, the 一页纸."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import Json, KnownAt, Refusal, UsageProblem, figures, needed, read, say, show

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point

Quarter = Annotated[str, typer.Argument(metavar="季度", help="季度，如 2024Q3。")]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件；默认 exports/ 下按期别命名。")]

CHECK = "check"


def bulletin(
    period: Annotated[str, typer.Argument(metavar="季度", help="季度，如 2024Q3；写 check 则核对改过的通报。")],
    file: Annotated[Path | None, typer.Argument(metavar="文件", help="bulletin check 要核对的 docx。")] = None,
    out: Out = None,
    doc_no: Annotated[str | None, typer.Option("--doc-no", help="文号，如 红生创办〔2024〕3号。")] = None,
    addressee: Annotated[str | None, typer.Option("--to", help="主送，默认 各责任单位。")] = None,
    dated: Annotated[str | None, typer.Option("--dated", help="成文日期，默认数据时点当天。")] = None,
    known_at: KnownAt = None,
) -> None:
    """季度通报（docx）和它的底稿（xlsx）；hgt bulletin check 文件 核对改过的通报。"""
    if period == CHECK:
        check(needed("文件", file))
        return
    if file is not None:
        raise UsageProblem(f"多出了参数 {file}；写到别处请用 -o。")
    from hgt_portfolio.exports.documents import bulletin_name, export_bulletin
    from hgt_portfolio.months import read_day

    reader, point = _asked(period, known_at)
    target = _target(out, bulletin_name(point.period))
    day = read("--dated", dated, read_day)
    for path in export_bulletin(reader, point, target, doc_no=doc_no, addressee=addressee, dated=day):
        say(f"已写出 {path}")


def check(file: Path) -> None:
    """Compare an edited bulletin with the ledger; raises ``Refusal`` where a number is wrong."""
    from hgt_portfolio.exports.checking import check_document

    report = check_document(figures(), file)
    for finding in report.findings:
        say(str(finding))
    if not report.holds:
        raise Refusal(f"{file.name}：{report.summary}")
    say(f"{file.name}：{report.summary}")


def trace(
    period: Quarter,
    number: Annotated[str | None, typer.Argument(metavar="编号", help="底稿上的编号；不写则全部列出。")] = None,
    whole: Annotated[bool, typer.Option("--list", help="列出通报里的全部数字。")] = False,
    as_json: Json = False,
    known_at: KnownAt = None,
) -> None:
    """通报里的一个数从哪来：精确值、规则、项目和填报。"""
    from hgt_portfolio.reports.bulletin import bulletin as made
    from hgt_portfolio.reports.bulletin_paper import numbers_table, trace_table, traced

    reader, point = _asked(period, known_at)
    document = made(reader, point)
    if number is None or whole:
        show(numbers_table(document), as_json=as_json, as_csv=False)
        return
    show(trace_table(reader, point, *traced(document, number)), as_json=as_json, as_csv=False)


def brief(period: Quarter, out: Out = None, known_at: KnownAt = None) -> None:
    """一页纸：哪些单位拖后腿、今年还差多少、比上季度和上年同期多多少；-o 写成 docx。"""
    from hgt_portfolio.document import Paragraph
    from hgt_portfolio.exports.documents import brief_name, export_brief
    from hgt_portfolio.reports.brief import brief as made

    reader, point = _asked(period, known_at)
    today = reader.point(None, known_at)
    if out is not None:
        say(f"已写出 {export_brief(reader, point, _target(out, brief_name(point.period)), today)}")
        return
    document = made(reader, point, today)
    say(document.marked_title.replace("\n", ""))
    for block in document.blocks:
        if isinstance(block, Paragraph):
            say(block.text)


def _asked(period: str, known_at: str | None) -> tuple[Figures, Point]:
    """Open the ledger at the end of a quarter; raises ``UsageProblem`` for a month that is none."""
    from hgt_portfolio.cli.desk import point_of
    from hgt_portfolio.months import month_text, quarter_text, read_period

    month = needed("季度", read("季度", period, read_period))
    if month % 3 != 2:
        raise UsageProblem(f"{month_text(month)} 不是季末，请写成 {quarter_text(month)} 的样式。")
    reader = figures()
    return reader, point_of(reader, month_text(month), known_at)


def _target(out: Path | None, name: str) -> Path:
    """Give the file to write: the named one, or one of its own name in the folder named or in exports/."""
    from hgt_portfolio.settings import exports_folder

    if out is None or out.is_dir():
        return (out or exports_folder()) / name
    if out.suffix.lower() != ".docx":
        raise UsageProblem(f"这是 Word 文件，请把 {out.name} 写成以 .docx 结尾的名字。")
    return out
