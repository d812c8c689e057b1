"""定稿: a quarter's files are made once, kept in the ledger and copied out; and whether they still hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

from hgt_portfolio import __version__
from hgt_portfolio.exports import ExportError, Progress, place, quarterly_name
from hgt_portfolio.exports.documents import bulletin_name, export_document, paper_name
from hgt_portfolio.months import Month, last_day, quarter_text
from hgt_portfolio.rules.point import Point, moment_words

if TYPE_CHECKING:
    from datetime import date

    from hgt_portfolio.figures import Figures
    from hgt_portfolio.figures.closings import KeptFile
    from hgt_portfolio.ledger import Ledger, Outcome
    from hgt_portfolio.model.office import Closing


@dataclass(frozen=True)
class Check:
    """One thing checked of a closed quarter, in a sentence; ``holds`` is None where it could not be checked."""

    holds: bool | None
    sentence: str


def closing_folder(period: Month) -> str:
    """Name the folder of a closed quarter's files: 定稿_2024Q3."""
    return f"定稿_{quarter_text(period)}"


def erratum_name(period: Month, day: date) -> str:
    """Name a 更正说明: 更正说明_2024Q3_2024-10-20.docx."""
    return f"更正说明_{quarter_text(period)}_{day.isoformat()}.docx"


def close_quarter(
    figures: Figures,
    ledger: Ledger,
    period: Month,
    *,
    doc: str | None = None,
    reviewer: str | None = None,
    signer: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Make a quarter's files and close it with them; raises ``Refused`` where it cannot be closed."""
    # The same checks once before, so that nothing is made for a quarter that cannot be closed.
    ledger.close(period, doc, reviewer=reviewer, signer=signer, dry_run=True)
    point = Point(last_day(period), period, ledger.moment())
    rules = figures.in_force(point).rules.name
    files = quarter_files(figures, point, rules, doc, progress)
    return ledger.close(
        period, doc, reviewer=reviewer, signer=signer, known_at=point.known_at, rules=rules, files=files
    )


def quarter_files(
    figures: Figures, point: Point, rules: str, doc: str | None, progress: Progress | None = None
) -> dict[str, bytes]:
    """Make the files of a quarter by name: the workbook, the 通报 and its 底稿."""
    from hgt_portfolio.output import docx, xlsx
    from hgt_portfolio.reports.bulletin import bulletin
    from hgt_portfolio.reports.bulletin_paper import working_paper
    from hgt_portfolio.reports.quarterly import quarterly_book

    tell = progress or (lambda _step, _done, _of: None)
    book = xlsx.render(quarterly_book(figures, point, rules, tell))
    document = bulletin(figures, point, doc_no=doc)
    name = bulletin_name(point.period)
    files = {quarterly_name(point.period): book, name: docx.render(document)}
    tell("通报", 1, 2)
    files[paper_name(name)] = xlsx.render(working_paper(figures, point, document))
    tell("通报底稿", 2, 2)
    return files


def copy_kept(figures: Figures, closing: Closing, folder: Path) -> list[Path]:
    """Write the files kept with a close into a folder and give their paths; raises ``ExportError``."""
    files = figures.kept_files(closing)
    if not files:
        raise ExportError(f"{quarter_text(closing.period)} 定稿时没有存下文件。")
    for file in files:
        place(folder / file.name, file.content)
    return [folder / file.name for file in files]


def check_closing(figures: Figures, closing: Closing, folder: Path) -> Iterator[Check]:
    """Check a closed quarter: the kept files, the figures, the copies in the folder, and the files made again."""
    from hgt_portfolio.figures.closings import figures_digest

    point = Point(last_day(closing.period), closing.period, closing.known_at)
    kept = figures.kept_files(closing)
    if not kept:
        yield Check(None, "定稿时没有存下文件，只能核对数。")
    for file in kept:
        said = "与定稿时的校验码一致" if file.whole else "与定稿时的校验码不一致，存下的文件被改动过"
        yield Check(file.whole, f"台账内存的 {file.name}：{said}（SHA-256 {file.sha256[:12]}…）。")
    same = figures_digest(figures.positions(point, rules=closing.rules)) == closing.digest
    said = "与定稿时的摘要一致" if same else f"与定稿时的摘要不一致，{_WHY[closing.program == __version__]}"
    yield Check(same, f"按数据时点 {moment_words(closing.known_at)} 重算全部项目的数：{said}。")
    yield from _copies(kept, folder)
    if kept:
        yield from _made_again(figures, point, closing, kept)


_WHY = {
    True: "定稿时点以前的记录被改动过，请运行 hgt verify 查明",
    False: "可能是程序换了版本，也可能是记录被改动过，请运行 hgt verify 查明",
}
"""What a digest that differs may come from, by whether the program is the version that closed the quarter."""


def _copies(kept: list[KeptFile], folder: Path) -> Iterator[Check]:
    """Compare the copies in the folder with the kept files."""
    if kept and not folder.is_dir():
        yield Check(None, f"没有文件夹 {folder}，未核对其中的副本；可加 --copy 再写一份。")
        return
    for file in kept:
        path = folder / file.name
        if not path.is_file():
            said, same = "不在了；可加 --copy 再写一份", False
        elif path.read_bytes() != file.content:
            said, same = "与定稿不同，定稿以后被改动过", False
        else:
            said, same = "与定稿相同", True
        yield Check(same, f"副本 {path} {said}。")


def _made_again(figures: Figures, point: Point, closing: Closing, kept: list[KeptFile]) -> Iterator[Check]:
    """Make the files again, where this is the program version that made them, and compare the bytes."""
    if closing.program != __version__:
        yield Check(None, f"定稿用的是程序 {closing.program} 版，现在是 {__version__} 版，不逐字节比较重做的文件。")
        return
    again = quarter_files(figures, point, closing.rules, closing.doc)
    for file in kept:
        same = again.get(file.name) == file.content
        yield Check(same, f"重做 {file.name}：{'逐字节相同' if same else '与定稿不同'}。")


def export_erratum(figures: Figures, point: Point, period: Month, action_id: int, folder: Path) -> Path:
    """Write the 更正说明 that an action recorded and give its path; raises ``ExportError``.

    One that was issued before stays: the next of the day is named _2.
    """
    from hgt_portfolio.reports.restated import erratum_document

    document = erratum_document(figures, point, period, action_id)
    first = folder / erratum_name(period, document.dated or point.day)
    others = (first.with_stem(f"{first.stem}_{number}") for number in count(2))
    return export_document(document, next(path for path in (first, *islice(others, 98)) if not path.exists()))
