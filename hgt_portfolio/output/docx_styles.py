"""The styles of a GB/T 9704-2012 page: which font, size and setting each kind of paragraph has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.parser import parse_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

TITLE_FONT, HEADING_FONT, SUBHEADING_FONT = "方正小标宋简体", "黑体", "楷体_GB2312"
BODY_FONT, NUMBER_FONT, LATIN_FONT = "仿宋_GB2312", "宋体", "Times New Roman"

BODY_SIZE = 16
"""三号, in points."""

LINE = 28.95
"""Exact line pitch in points: 22 lines a page."""

COMPACT_SIZE, COMPACT_LINE = 14, 20
"""四号 and its exact line pitch, in points, where a document is to stay on one page."""

CLOSER = 5
"""How much closer than their size characters of 三号 stand for 28 of them to fill a line."""


@dataclass(frozen=True)
class Look:
    """One paragraph style: East Asian font, size in points, alignment, and indents in hundredths of a character.

    ``line`` is the exact line pitch in points, ``closer`` how many twentieths of a point the characters stand closer
    than their size, ``outline`` the level in the navigation pane.
    """

    name: str
    font: str = BODY_FONT
    size: float = BODY_SIZE
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    bold: bool = False
    line: float = LINE
    closer: int = 0
    outline: int | None = None
    keep: bool = False
    latin: str = LATIN_FONT


LOOKS: dict[str, Look] = {
    "Normal": Look("Normal", closer=CLOSER),
    "HgtTitle": Look("公文标题", TITLE_FONT, 22, "center", line=36, keep=True),
    "HgtDocNo": Look("公文文号", align="center"),
    "HgtAddressee": Look("公文主送", align="left", closer=CLOSER),
    "Heading1": Look("heading 1", HEADING_FONT, first=200, closer=CLOSER, outline=0, keep=True),
    "Heading2": Look("heading 2", SUBHEADING_FONT, first=200, closer=CLOSER, outline=1, keep=True),
    "HgtBody": Look("公文正文", first=200, closer=CLOSER),
    "HgtNote": Look("公文注释", size=12, line=20, first=200),
    "HgtAttachment": Look("公文附件说明", align="left", left=500, closer=CLOSER),
    "HgtSigner": Look("公文署名", align="right", right=200, closer=CLOSER),
    "HgtImprint": Look("公文版记", size=14, align="left", left=100, right=100, line=24),
    "HgtTableTitle": Look("公文表题", HEADING_FONT, 14, "center", line=26, keep=True),
    "HgtTableLine": Look("公文表注", size=10.5, align="left", line=16),
    "HgtCell": Look("公文表格", size=10.5, align="left", line=14),
    "HgtHead": Look("公文表头", HEADING_FONT, 10.5, "center", line=14, keep=True),
    "HgtPageOdd": Look("公文页码", NUMBER_FONT, 14, "right", right=100, latin=NUMBER_FONT, line=18),
    "HgtPageEven": Look("公文页码（双）", NUMBER_FONT, 14, "left", left=100, latin=NUMBER_FONT, line=18),
    "HgtMark": Look("公文页眉", HEADING_FONT, 12, "right", line=16),
}
"""The styles by their ids; ``Normal`` is the one that the others are based on."""


def set_styles(styles: Any, *, compact: bool) -> None:
    """Put our styles in place of the template's; ``compact`` sets what is of the body's size smaller and closer."""
    for child in list(styles):
        styles.remove(child)
    styles.append(parse_xml(_defaults()))
    for style, look in LOOKS.items():
        close = compact and look.size == BODY_SIZE
        chosen = replace(look, size=COMPACT_SIZE, line=COMPACT_LINE, closer=0) if close else look
        styles.append(parse_xml(_style(style, chosen)))


def fonts(look: Look) -> str:
    """Write the fonts of a look."""
    return f'<w:rFonts w:ascii="{look.latin}" w:hAnsi="{look.latin}" w:eastAsia="{look.font}" w:cs="{look.latin}"/>'


def _run(look: Look) -> str:
    bold = "<w:b/><w:bCs/>" if look.bold else ""
    size = round(look.size * 2)
    spacing = f'<w:spacing w:val="{-look.closer}"/>'
    return f'<w:rPr>{fonts(look)}{bold}{spacing}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _paragraph(look: Look) -> str:
    twips = look.size / 5
    indents = {"left": look.left, "right": look.right, "firstLine": look.first}
    given = " ".join(
        f'w:{side}Chars="{chars}" w:{side}="{round(chars * twips)}"' for side, chars in indents.items() if chars
    )
    outline = "" if look.outline is None else f'<w:outlineLvl w:val="{look.outline}"/>'
    return (
        "<w:pPr>"
        + ("<w:keepNext/>" if look.keep else "")
        + '<w:widowControl w:val="0"/>'
        + f'<w:spacing w:before="0" w:after="0" w:line="{round(look.line * 20)}" w:lineRule="exact"/>'
        + (f"<w:ind {given}/>" if given else "")
        + f'<w:jc w:val="{look.align}"/>{outline}</w:pPr>'
    )


def _style(style: str, look: Look) -> str:
    default, based = (' w:default="1"', "") if style == "Normal" else ("", '<w:basedOn w:val="Normal"/>')
    return (
        f'<w:style xmlns:w="{W}" w:type="paragraph" w:styleId="{style}"{default}><w:name w:val="{look.name}"/>'
        f"{based}<w:qFormat/>{_paragraph(look)}{_run(look)}</w:style>"
    )


def _defaults() -> str:
    size = BODY_SIZE * 2
    return (
        f'<w:docDefaults xmlns:w="{W}"><w:rPrDefault><w:rPr>{fonts(LOOKS["Normal"])}'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
