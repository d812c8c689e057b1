"""Safe reading of a docx into its paragraphs: whatever the file, the answer is its text or one sentence.

Like a workbook it is read in another process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from xml.parsers.expat import XMLParserType
from zipfile import ZipFile

from hgt_portfolio.sheets.apart import OLE, content_of, read_apart
from hgt_portfolio.sheets.archive import DAMAGED_WORD, UNREADABLE, Attributes, checked_directory, parser_for
from hgt_portfolio.sheets.cells import SheetError

MOST_TEXT = 50_000_000
"""Bytes of one part; a bulletin's has some hundred thousand."""

MOST_CHARACTERS = 500_000
"""Of all paragraphs together; a bulletin has some ten thousand."""

MOST_PARAGRAPHS, MOST_MARKS, MOST_OPEN = 50_000, 5_000, 50
"""Paragraphs, bookmarks asked for, and such bookmarks begun and not ended; a bulletin has a few hundred, and one."""

TOO_LARGE = "展开后过大，没有读取。请把有用的内容复制到新文件后再试。"

DOCUMENT, PROPERTIES = "word/document.xml", "docprops/custom.xml"


@dataclass(frozen=True)
class WordParagraph:
    """A paragraph: its whole text, what stands outside the bookmarks asked for, and the bookmarks begun in it."""

    text: str
    loose: str
    marks: list[str]


@dataclass(frozen=True)
class WordFile:
    """What a docx says: its paragraphs, the text of each bookmark asked for, and its own properties."""

    paragraphs: list[WordParagraph]
    marked: Mapping[str, str]
    properties: Mapping[str, str]


def read_word(path: Path, mark: str) -> WordFile:
    """Read a docx, with the bookmarks whose names begin with ``mark``; raises ``SheetError`` with one sentence."""
    if content_of(path).startswith(OLE):
        raise SheetError(
            f"{path.name} 是旧版 .doc 或加了密码的文件，没有读取。请去掉密码，用 Word 或 WPS 另存为 .docx 后再试。"
        )
    answer = read_apart(path, "word", mark)
    paragraphs = [WordParagraph(text, loose, marks) for text, loose, marks in answer["paragraphs"]]
    return WordFile(paragraphs, answer["marked"], answer["properties"])


def parse_word(path: Path, mark: str) -> dict[str, object]:
    """Give, in the other process, the plain values that ``read_word`` makes its answer of; raises ``SheetError``."""
    try:
        with ZipFile(path) as archive:
            return _read(path.name, archive, mark)
    except UNREADABLE as error:
        raise SheetError(f"{path.name} {DAMAGED_WORD}") from error


def _read(name: str, archive: ZipFile, mark: str) -> dict[str, object]:
    entries = checked_directory(name, archive.infolist(), DAMAGED_WORD)
    if DOCUMENT not in entries:
        raise SheetError(f"{name} 不是 docx 文件，没有读取。请用 Word 或 WPS 另存为 .docx 后再试。")
    if any(part in entries and entries[part].file_size > MOST_TEXT for part in (DOCUMENT, PROPERTIES)):
        raise SheetError(f"{name} {TOO_LARGE}")
    text = _Text(name, mark)
    text.read(parser_for(name), archive.read(entries[DOCUMENT]))
    kept = _Properties()
    if PROPERTIES in entries:
        kept.read(parser_for(name), archive.read(entries[PROPERTIES]))
    return {
        "paragraphs": [("".join(one.text), "".join(one.loose), one.marks) for one in text.paragraphs],
        "marked": {name: "".join(words) for name, words in text.marked.items()},
        "properties": {name: "".join(words) for name, words in kept.values.items()},
    }


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph as it grows: pieces of text, for joining once is what takes no longer than reading."""

    text: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


class _Text:
    """Collects paragraphs as they are read; those of a text box stand by themselves."""

    def __init__(self, file: str, mark: str) -> None:
        self._file = file
        self.paragraphs: list[_Paragraph] = []
        self.marked: dict[str, list[str]] = {}
        self._mark = mark
        self._open: list[_Paragraph] = []
        self._marks: dict[str, str] = {}
        self._in_text = False
        self._repeated = 0
        self._room = MOST_CHARACTERS

    def read(self, parser: XMLParserType, content: bytes) -> None:
        """Read the main part of a docx."""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(BytesIO(content))

    def _start(self, element: str, given: Attributes) -> None:
        if element == "mc:Fallback":
            self._repeated += 1
        elif element == "w:p":
            self._open.append(_Paragraph())
            self.paragraphs.append(self._open[-1])
        elif element == "w:t":
            self._in_text = True
        elif element in ("w:tab", "w:br", "w:cr") and self._open:
            self._add(" ")
        elif element == "w:bookmarkStart" and given.get("w:name", "").startswith(self._mark):
            self._marks[given.get("w:id", "")] = name = given["w:name"]
            self.marked.setdefault(name, [])
            if self._open:
                self._open[-1].marks.append(name)
        elif element == "w:bookmarkEnd":
            self._marks.pop(given.get("w:id", ""), None)

        if len(self.paragraphs) > MOST_PARAGRAPHS or len(self.marked) > MOST_MARKS or len(self._marks) > MOST_OPEN:
            raise SheetError(f"{self._file} {TOO_LARGE}")

    def _end(self, element: str) -> None:
        if element == "mc:Fallback":
            self._repeated -= 1
        elif element == "w:p" and self._open:
            self._open.pop()
        elif element == "w:t":
            self._in_text = False

    def _text(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._repeated or not self._open:
            return
        self._room -= len(text)
        if self._room < 0:
            raise SheetError(f"{self._file} {TOO_LARGE}")
        paragraph = self._open[-1]
        paragraph.text.append(text)
        if not self._marks:
            paragraph.loose.append(text)
        for name in self._marks.values():
            self.marked[name].append(text)


class _Properties:
    """Collects the properties that a document keeps of its own."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._name = ""

    def read(self, parser: XMLParserType, content: bytes) -> None:
        """Read the custom properties of a docx."""
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.ParseFile(BytesIO(content))

    def _start(self, element: str, given: Attributes) -> None:
        if element.rpartition(":")[2] == "property":
            self._name = given.get("name", "")
            self.values[self._name] = []

    def _text(self, text: str) -> None:
        if self._name:
            self.values[self._name].append(text)
