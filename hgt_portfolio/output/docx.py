"""``Document`` → docx bytes on a GB/T 9704-2012 page: the same document gives the same bytes.

No text in it is ever a field or markup, and no font is embedded.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import ceil
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt

from hgt_portfolio.document import Document, Paragraph, Style
from hgt_portfolio.months import day_words
from hgt_portfolio.output.docx_styles import BODY_SIZE, LOOKS, W, set_styles
from hgt_portfolio.output.docx_table import table_xml
from hgt_portfolio.output.docx_text import Marks, clean, line, paragraph, run
from hgt_portfolio.table import DEMO

PAPER = (210, 297)
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
LANDSCAPE_MARGINS = {"top_margin": 28, "bottom_margin": 26, "left_margin": 37, "right_margin": 35}
"""Millimetres; a landscape page is the upright one turned."""

FOOTER, LANDSCAPE_FOOTER, HEADER = 22, 14, 25
"""Millimetres from the paper's edge: the page number begins 7 mm below the text."""

LONGEST_SIGNER = 24
"""Characters of 署名 that stand on one line."""

LONGEST_PROPERTY = 255
"""Characters that the format allows the title in a document's properties."""

IMPRINT_SIZE = 14
"""四号, in points."""

_KEPT = "<w:keepNext/>"

_HANGING = (
    "<w:keepLines/>"
    f'<w:ind w:leftChars="500" w:left="{5 * BODY_SIZE * 20}" w:hangingChars="300" w:hanging="{3 * BODY_SIZE * 20}"/>'
)
"""附件： hangs out before the names, which begin under each other."""

STYLES = {
    Style.HEADING: "Heading1",
    Style.SUBHEADING: "Heading2",
    Style.BODY: "HgtBody",
    Style.NOTE: "HgtNote",
}

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


def render(document: Document) -> bytes:
    """Write a document as a docx file's bytes."""
    word = docx.Document()
    set_styles(word.styles.element, compact=document.compact)
    _settings(word)
    _page(word, document)
    body = word.element.body
    content = parse_xml(f'<w:body xmlns:w="{W}">{"".join(_content(document, *_text_area(word)))}</w:body>')
    for element in list(content):
        body.insert(len(body) - 1, element)
    _properties(word, document)
    stream = BytesIO()
    word.save(stream)
    return _dated(stream.getvalue(), document)


def _content(document: Document, width: int, bottom: int) -> Iterator[str]:
    """Write the parts of a document in their order; the text is ``width`` wide and ends at ``bottom``."""
    if document.doc_no:
        yield line("HgtDocNo", document.doc_no)
        yield line("Normal", "")
    yield paragraph("HgtTitle", _title(document))
    yield line("Normal", "")
    if document.addressee:
        yield line("HgtAddressee", f"{document.addressee}：")
    marks = Marks(document.marks())
    for place, block in enumerate(document.blocks, 1):
        if isinstance(block, Paragraph):
            # 署名 never stands on a page without text.
            kept = _KEPT if document.signer and place == len(document.blocks) else ""
            yield paragraph(STYLES[block.style], marks.spans(block), kept)
        else:
            yield from table_xml(block, width)
    yield from _attachments(document.attachments)
    yield from _signed(document)
    yield from _imprint(document, width, bottom)


def _title(document: Document) -> str:
    return "<w:r><w:br/></w:r>".join(run(text) for text in document.marked_title.split("\n"))


def _attachments(names: tuple[str, ...]) -> Iterator[str]:
    """Write 附件说明, the names under each other."""
    if names:
        yield line("Normal", "", _KEPT)
    for number, name in enumerate(names, 1):
        count = f"{number}." if len(names) > 1 else ""
        if number == 1:
            yield line("HgtAttachment", f"附件：{count}{name}", _KEPT + _HANGING)
        else:
            yield line("HgtAttachment", f"{count}{name}", _KEPT)


def _signed(document: Document) -> Iterator[str]:
    """Write 署名 two characters from the right, and 成文日期 centred below it."""
    lines = _signer_lines(document.signer)
    if lines:
        yield line("Normal", "", _KEPT) * 2
    for number, text in enumerate(lines, 1):
        yield line("HgtSigner", text, _KEPT if document.dated or number < len(lines) else "")
    if document.dated:
        written = day_words(document.dated)
        room = max((max(map(_hanzi, lines), default=0) - _hanzi(written)) / 2, 0) + 2
        indent = f'<w:ind w:rightChars="{room * 100:.0f}" w:right="{room * BODY_SIZE * 20:.0f}"/>'
        yield line("HgtSigner", written, indent)


def _signer_lines(signer: str) -> list[str]:
    """Divide a long 署名 in two after the 、 nearest its middle, else in the middle."""
    if len(signer) <= LONGEST_SIGNER:
        return [signer] if signer else []
    half = len(signer) // 2
    stops = [at + 1 for at, char in enumerate(signer) if char == "、"]
    cut = min(stops, key=lambda at: abs(at - half), default=half)
    return [signer[:cut], signer[cut:]]


def _imprint(document: Document, width: int, bottom: int) -> Iterator[str]:
    """Write 版记 at the foot of the last page: 抄送, then 印发机关 and 印发日期 between rules.

    It ends where the text does, ``bottom`` from the paper's upper edge; both in twentieths of a point.
    """
    if not document.issuer:
        return
    dated = f"{day_words(document.dated)}印发" if document.dated else ""
    copied = f"抄送：{document.copies}。" if document.copies else ""
    rows = [run(copied)] if copied else []
    rows.append(run(document.issuer) + "<w:r><w:tab/></w:r>" + run(dated))
    room = width / 20 / IMPRINT_SIZE - 2
    lines = sum(ceil(_hanzi(text) / room) for text in (copied, f"{document.issuer}　{dated}"))
    yield _IMPRINT_TABLE.format(
        width=width,
        top=round(bottom - lines * LOOKS["HgtImprint"].line * 20),
        rows="".join(_imprint_row(content, width) for content in rows),
    )
    # The table floats above the paragraph after it, which is to take no room.
    yield line("Normal", "", '<w:spacing w:line="20" w:lineRule="exact"/>')


_IMPRINT_TABLE = (
    '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page" w:horzAnchor="page" '
    'w:tblpXSpec="center" w:tblpY="{top}"/><w:tblOverlap w:val="never"/><w:tblW w:w="{width}" w:type="dxa"/>'
    '<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="auto"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="auto"/>'
    '<w:insideH w:val="single" w:sz="6" w:space="0" w:color="auto"/></w:tblBorders><w:tblLayout w:type="fixed"/>'
    '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>{rows}</w:tbl>'
)


def _imprint_row(content: str, width: int) -> str:
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{width - IMPRINT_SIZE * 20}"/></w:tabs>'
    cell = f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph("HgtImprint", content, tab)}</w:tc>'
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>"


def _hanzi(text: str) -> float:
    """Measure a text in Hanzi: digits are half as wide."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _settings(word: Any) -> None:
    """Have odd and even pages numbered at their outer edges, and take the template for Chinese."""
    word.settings.odd_and_even_pages_header_footer = True
    for language in word.settings.element.iter(f"{{{W}}}themeFontLang"):
        language.set(f"{{{W}}}eastAsia", "zh-CN")


def _page(word: Any, document: Document) -> None:
    section = word.sections[0]
    wide = document.landscape
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(side) for side in (reversed(PAPER) if wide else PAPER))
    for side, millimetres in (LANDSCAPE_MARGINS if wide else MARGINS).items():
        setattr(section, side, Mm(millimetres))
    section.footer_distance = Mm(LANDSCAPE_FOOTER if wide else FOOTER)
    section.header_distance = Mm(HEADER)
    for part, style, mark in (
        (section.footer, "HgtPageOdd", None),
        (section.even_page_footer, "HgtPageEven", None),
        (section.header, "HgtMark", document.demo),
        (section.even_page_header, "HgtMark", document.demo),
    ):
        part.is_linked_to_previous = False
        element = part._element
        for child in list(element):
            element.remove(child)
        content = _page_number() if mark is None else run(f"{DEMO}数据" if mark else "")
        element.append(parse_xml(paragraph(style, content).replace(">", f' xmlns:w="{W}">', 1)))


def _page_number() -> str:
    """Write the page number as a field between dashes: — 1 —."""
    field = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return run("— ") + field + run(" —")


def _text_area(word: Any) -> tuple[int, int]:
    """Give the width of the text and where it ends below the paper's upper edge, in twentieths of a point."""
    section = word.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    return round(width / Pt(1) * 20), round((section.page_height - section.bottom_margin) / Pt(1) * 20)


def _properties(word: Any, document: Document) -> None:
    """Set the properties: made at ``created``, by nobody named, with the document's own."""
    core = word.core_properties
    core.title = clean(document.title)[:LONGEST_PROPERTY]
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = core.category = ""
    core.created = core.modified = document.created
    core.revision = 1
    core.language = "zh-CN"
    if document.properties:
        values = "".join(
            f'<property fmtid="{_FORMAT_ID}" pid="{number}" name={quoteattr(name)}>'
            f"<vt:lpwstr>{escape(clean(value))}</vt:lpwstr></property>"
            for number, (name, value) in enumerate(document.properties.items(), 2)
        )
        written = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}">{values}</Properties>'
        )
        package = word.part.package
        part = Part(PackURI("/docProps/custom.xml"), _CONTENT, written.encode(), package)
        package.relate_to(part, _RELATION)


def _dated(content: bytes, document: Document) -> bytes:
    """Rewrite the archive with every entry dated as the document, where python-docx stamps the clock."""
    stamp = document.created.timetuple()[:6]
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, stamp)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            # Which system wrote it is no matter to the document.
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return stream.getvalue()
