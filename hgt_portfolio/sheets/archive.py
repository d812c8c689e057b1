"""What is checked of an xlsx before anything interprets it: the zip's directory, its parts, and their XML.

Only the parts that hold cells are kept, so what was checked is what is read.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hgt_portfolio.sheets.cells import SheetError

MOST_UNPACKED = 200_000_000
MOST_PARTS = 2000
MOST_RATIO = 300
"""How far a part may be packed; a sheet of ten thousand equal rows reaches about a hundred."""

RATIO_COUNTS_FROM = 5_000_000
PROLOG = 65_536

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
MACROS = ("vbaproject", "xl/macrosheets/", "xl/dialogsheets/")
ENCRYPTED = 0x1

DAMAGED = "不是完整的 xlsx 工作簿，可能已损坏，没有读取。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。"
DAMAGED_WORD = "不是完整的 docx 文件，可能已损坏，没有读取。请用 Word 或 WPS 打开后另存为 .docx 再试。"

Attributes = dict[str, str]


# zipfile raises NotImplementedError for a compression it does not know, RuntimeError for an encrypted part, and
# OSError where the directory places a part outside the file.
UNREADABLE = (BadZipFile, zlib.error, ExpatError, EOFError, NotImplementedError, ValueError, RuntimeError, OSError)
"""What a damaged archive or a part that is no XML raises as it is read."""


@dataclass(frozen=True)
class Parts:
    """The parts that hold cells, by name, and which of them is which sheet, by the sheet's name."""

    content: dict[str, bytes]
    sheets: dict[str, str]


def read_parts(path: Path) -> Parts:
    """Read the parts of an xlsx that hold cells; raises ``SheetError`` at anything out of the ordinary."""
    try:
        with ZipFile(path) as archive:
            return _parts(path.name, archive)
    except UNREADABLE as error:
        raise SheetError(f"{path.name} {DAMAGED}") from error


def _parts(name: str, archive: ZipFile) -> Parts:
    entries = checked_directory(name, archive.infolist())
    if WORKBOOK not in entries or RELATIONS not in entries:
        raise SheetError(f"{name} 不是 xlsx 工作簿，没有读取。请用 Excel 或 WPS 另存为 .xlsx 后再试。")
    for part, entry in entries.items():
        if part.endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as stream:
                _check_prolog(name, stream.read(PROLOG))
    content = {part: archive.read(entries[part]) for part in (WORKBOOK, RELATIONS)}
    targets = _targets(name, content[RELATIONS])
    sheets = _sheets(name, content[WORKBOOK], targets)
    kinds = {kind.rpartition("/")[2]: target for kind, target in targets.values()}
    wanted = {part: part for part in sheets.values()}
    wanted |= {part: kinds[kind] for part, kind in ((STRINGS, "sharedStrings"), (STYLES, "styles")) if kind in kinds}
    if not entries.keys() >= set(wanted.values()):
        raise SheetError(f"{name} {DAMAGED}")
    return Parts(content | {part: archive.read(entries[source]) for part, source in wanted.items()}, sheets)


def checked_directory(name: str, infos: list[ZipInfo], damaged: str = DAMAGED) -> dict[str, ZipInfo]:
    """Give the entries by lower-case name, with every limit kept; raises ``SheetError``."""
    entries = {info.filename.lower().lstrip("/"): info for info in infos}
    if any(mark in part for part in entries for mark in MACROS):
        raise SheetError(f"{name} 带有宏，没有读取。请另存为不带宏的文件后再试。")
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise SheetError(f"{name} 已加密，没有读取。请去掉密码后再试。")
    if len(entries) != len(infos) or any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in infos):
        raise SheetError(f"{name} {damaged}")
    unpacked = sum(info.file_size for info in infos)
    packed_hard = any(
        info.file_size > RATIO_COUNTS_FROM and info.file_size > info.compress_size * MOST_RATIO for info in infos
    )
    if len(infos) > MOST_PARTS or unpacked > MOST_UNPACKED or packed_hard:
        raise SheetError(f"{name} 展开后过大，没有读取。请把有用的内容复制到新文件后再试。")
    return entries


def parser_for(name: str) -> XMLParserType:
    """Give a parser that refuses a document type definition; ``name`` is the file's."""

    def doctype(*_given: object) -> None:
        raise SheetError(f"{name} 含有不安全的内容（DTD），没有读取。请用 Excel 或 WPS 另存一份后再试。")

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _check_prolog(name: str, prolog: bytes) -> None:
    """Parse up to the first element: a document type definition can stand only before it."""
    seen: list[str] = []
    parser = parser_for(name)
    parser.StartElementHandler = lambda element, _attributes: seen.append(element)
    try:
        parser.Parse(prolog)
    except ExpatError:
        # What comes after the first element of a part that nobody reads is no matter.
        if not seen:
            raise
    if prolog and not seen:
        raise SheetError(f"{name} {DAMAGED}")


def _each_element(name: str, content: bytes, told: Callable[[str, Attributes], None]) -> None:
    """Tell of every element of a part by its local name."""
    parser = parser_for(name)
    parser.StartElementHandler = lambda element, attributes: told(element.rpartition(":")[2], attributes)
    parser.ParseFile(BytesIO(content))


def _targets(name: str, content: bytes) -> dict[str, tuple[str, str]]:
    """Give the kind and the part that each relation of the workbook leads to; external ones are left out."""
    targets: dict[str, tuple[str, str]] = {}

    def told(element: str, given: Attributes) -> None:
        if element == "Relationship" and given.get("TargetMode", "").lower() != "external":
            target = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))
            targets[given.get("Id", "")] = given.get("Type", ""), target.lstrip("/").lower()

    _each_element(name, content, told)
    return targets


def _sheets(name: str, content: bytes, targets: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Give the part of each worksheet by its name, in order; chart sheets hold no cells."""
    sheets: dict[str, str] = {}

    def told(element: str, given: Attributes) -> None:
        if element == "sheet":
            relation = next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")
            kind, part = targets.get(relation, ("", ""))
            if kind.endswith("/worksheet"):
                # Small as it is, such a file would have as many cells as it has sheets times those of the one part.
                if part in sheets.values() or given.get("name", "") in sheets:
                    raise SheetError(f"{name} {DAMAGED}")
                sheets[given.get("name", "")] = part

    _each_element(name, content, told)
    return sheets
