"""What came back from a leader's desk: an edited document's numbers compared with the ledger's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hgt_portfolio.document import MARK, Document, Figure, Paragraph, key_digest
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.output.xlsx_cells import printed
from hgt_portfolio.reports.brief import BRIEF, PROPERTY_TODAY, PROPERTY_TODAY_KNOWN_AT, brief
from hgt_portfolio.reports.bulletin import (
    BULLETIN,
    PROPERTY_KIND,
    PROPERTY_KNOWN_AT,
    PROPERTY_PERIOD,
    bulletin,
)
from hgt_portfolio.reports.evaluation import EVALUATION, evaluated
from hgt_portfolio.sheets import SheetError
from hgt_portfolio.sheets.word import WordFile, WordParagraph, read_word
from hgt_portfolio.table import Table

MAKERS: dict[str, Callable[[Figures, Point, Point | None], Document]] = {
    BULLETIN: lambda figures, point, _today: bulletin(figures, point),
    BRIEF: brief,
    EVALUATION: lambda figures, point, _today: evaluated(figures, point),
}

QUOTED = 25
"""How many characters of its paragraph are shown on either side of a number."""

_DATES = re.compile(r"〔\d{4}〕\d{0,6}号?|(?<!\d)\d{1,4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|(?<!\d)\d{1,2}月\d{1,2}日")
"""文号, years and days: they are no figures of the ledger's."""

# No number is longer: with no end to it, a page of 一一一一… would be gone over once for each of its characters.
_HANZI = (
    r"(?<!\d)[零〇一二三四五六七八九十百千两][零〇一二三四五六七八九十百千万亿]{0,30}"
    "(?:点[零〇一二三四五六七八九]{1,9})?"
)
_NUMBER = re.compile(rf"\d+(?:\.\d+)?|百分之{_HANZI}|{_HANZI}(?=多?(?:亿元|万元|元|项|个百分点|倍))")
"""Numbers in plain text, and those written in Hanzi before a unit of what such documents count."""


class Wrong(StrEnum):
    """What may have become of a number or the words about it; the last two are told and are no mistakes."""

    CHANGED = "改动"
    UNSOURCED = "无出处"
    DELETED = "已删去"
    REWORDED = "文字改动"


TOLD = (Wrong.DELETED, Wrong.REWORDED)


@dataclass(frozen=True)
class Finding:
    """One number that is not as the ledger has it: what became of it, what it says, and the paragraph it stands in."""

    wrong: Wrong
    said: str
    paragraph: str = ""

    def __str__(self) -> str:
        """Write the finding as one line."""
        return f"{self.wrong}：{self.said}" + (f"　所在段落：{self.paragraph}" if self.paragraph else "")


@dataclass(frozen=True)
class Checked:
    """What a check found, and how many numbers it compared."""

    findings: tuple[Finding, ...]
    compared: int

    @property
    def holds(self) -> bool:
        """Whether every number left in the document is the ledger's."""
        return all(finding.wrong in TOLD for finding in self.findings)

    @property
    def summary(self) -> str:
        """Say the result in one sentence."""
        counts = Counter(finding.wrong for finding in self.findings)
        told = "，".join(f"{wrong}{counts[wrong]}处" for wrong in Wrong if counts[wrong])
        compared = f"核对了{self.compared}个数"
        if self.holds:
            words = "文字改动的段落里，单位和项目名称请人工核对。" if counts[Wrong.REWORDED] else ""
            return f"{compared}，都与台账一致" + (f"（{told}）" if told else "") + f"。{words}"
        return f"{compared}，{told}。请改正，或注明依据。"


def check_document(figures: Figures, path: Path) -> Checked:
    """Compare every number of an edited 通报, 一页纸 or 评估报告 with the ledger's, at the moment of its knowledge.

    Raises ``SheetError`` for a file that cannot be read or was not made by this program.
    """
    word = read_word(path, MARK)
    document = _remade(figures, path.name, word)
    edited, left = _edited(document, word)
    unsourced = [*_unsourced(edited, left)]
    reworded = [one for one in edited if one.marks and all(one is not paragraph for paragraph, _ in unsourced)]
    found = (
        *_changed(document, word),
        *(finding for _, finding in unsourced),
        *_deleted(document, word),
        *(Finding(Wrong.REWORDED, one.text.strip()) for one in reworded),
    )
    return Checked(found, len(word.marked))


def _remade(figures: Figures, name: str, word: WordFile) -> Document:
    """Make the document anew that a file was made from."""
    kind, period, known_at = (
        word.properties.get(key, "") for key in (PROPERTY_KIND, PROPERTY_PERIOD, PROPERTY_KNOWN_AT)
    )
    if kind not in MAKERS:
        raise SheetError(
            f"{name} 里没有记下它是哪一季度的通报或哪一年的评估报告，不能核对。"
            "请在 hgt bulletin、hgt evaluate 写出的文件上改。"
        )
    try:
        day = word.properties.get(PROPERTY_TODAY)
        today = figures.point(day, word.properties.get(PROPERTY_TODAY_KNOWN_AT)) if day else None
        return MAKERS[kind](figures, figures.point(period, known_at), today)
    except ValueError as error:
        raise SheetError(
            f"{name} 记的季度“{period}”或数据时点“{known_at}”在这个台账里没有：{str(error).removesuffix('。')}。"
        ) from error


def _digest(mark: str) -> str:
    """Give the part of a bookmark's name that stands for its figure's key; empty where there is none."""
    parts = mark.removeprefix(MARK).split("_")
    return parts[2] if len(parts) > 2 else ""


def _by_digest(document: Document) -> dict[str, tuple[int, Figure]]:
    return {key_digest(key): numbered for key, numbered in document.numbered().items()}


def _changed(document: Document, word: WordFile) -> Iterator[Finding]:
    """Find the numbers that no longer say what the ledger does."""
    known = _by_digest(document)
    for paragraph in word.paragraphs:
        for mark in paragraph.marks:
            text = word.marked[mark]
            if not text.strip():
                continue
            if _digest(mark) not in known:
                yield Finding(Wrong.UNSOURCED, f"“{text}”，台账里没有这个数。", _quote(paragraph, text))
                continue
            number, figure = known[_digest(mark)]
            if _plain(text) != _plain(figure.text):
                said = f"编号{number} {figure.name}，文件写“{text}”，台账为“{figure.text}”（精确值 {figure.exact}）。"
                yield Finding(Wrong.CHANGED, said, _quote(paragraph, text))


def _deleted(document: Document, word: WordFile) -> Iterator[Finding]:
    """Tell of the numbers that are no longer in the text."""
    left = Counter(_digest(mark) for mark, text in word.marked.items() if text.strip())
    made = Counter(key_digest(figure.key) for figure in document.figures())
    for digest, (number, figure) in _by_digest(document).items():
        if left[digest] < made[digest]:
            yield Finding(Wrong.DELETED, f"编号{number} {figure.name}（{figure.text}）。")


def _edited(document: Document, word: WordFile) -> tuple[list[WordParagraph], Counter[str]]:
    """Give the paragraphs whose words are not the program's, numbers aside, and those of its own that are gone."""
    expected = Counter(_texts(document))
    edited: list[WordParagraph] = []
    for paragraph in word.paragraphs:
        loose = _plain(paragraph.loose)
        if expected[loose]:
            expected[loose] -= 1
        else:
            edited.append(paragraph)
    return edited, expected


def _unsourced(edited: list[WordParagraph], left: Counter[str]) -> Iterator[tuple[WordParagraph, Finding]]:
    """Find the numbers outside every bookmark that the program did not write, each with its paragraph."""
    spare = Counter(number for text in left.elements() for number in _numbers(text))
    for paragraph in edited:
        for number in _numbers(paragraph.loose):
            if spare[number]:
                spare[number] -= 1
            else:
                said = f"“{number}”，不是程序写出的数。"
                yield paragraph, Finding(Wrong.UNSOURCED, said, _quote(paragraph, number))


def _texts(document: Document) -> Iterator[str]:
    """Give what stands outside the bookmarks of each paragraph as the program writes it."""
    yield from (_plain(text) for text in (document.title, document.doc_no or "", *document.attachments))
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield _plain("".join(span for span in block.spans if isinstance(span, str)))
        else:
            yield from map(_plain, _table_texts(block))


def _table_texts(table: Table) -> Iterator[str]:
    """Give what a table prints, each of its paragraphs: about it, its heads, and its cells."""
    yield from (table.title, table.caption, table.unit_note, *table.notes, *(column.head for column in table.columns))
    for row in (*table.rows, *([] if table.total is None else [table.total])):
        yield from (printed(value, column.kind) for column, value in zip(table.columns, row, strict=True))


def _plain(text: str) -> str:
    """Give text without spaces, thousands separators and full-width digits, for comparing."""
    even = "".join(unicodedata.normalize("NFKC", text).split())
    return re.sub(r"(?<=\d),(?=\d{3})", "", even)


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(_DATES.sub("|", _plain(text)))


def _quote(paragraph: WordParagraph, number: str) -> str:
    """Give the words about a number."""
    text = paragraph.text.strip()
    at = max(text.find(number), 0)
    first, last = max(at - QUOTED, 0), at + len(number) + QUOTED
    return ("……" if first else "") + text[first:last] + ("……" if last < len(text) else "")
