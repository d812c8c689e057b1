"""The docx writer: the standard's page, text that stays text, figures in hidden bookmarks, the same bytes again."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from hgt_portfolio.document import Block, Document, Figure, Paragraph, body, heading, note, subheading
from hgt_portfolio.months import day_words
from hgt_portfolio.output.docx import render
from hgt_portfolio.output.docx_styles import LOOKS
from hgt_portfolio.table import Column, Kind, Table
from tests.test_xlsx import HOSTILE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFFICE = "红谷滩区创建江西省生态文明建设示范县、国家生态文明建设示范区工作领导小组办公室"


def figure(key: str = "total.ytd", text: str = "12.34亿元") -> Figure:
    return Figure(key, text, "本年累计", "123400.00万元", "相加", ("1", "2"), 2, 3)


def document(*blocks: Block, **more: Any) -> Document:
    values: dict[str, Any] = {"title": "关于某工程\n进展的通报", "created": datetime(2024, 10, 20, 9, 30, 2)}
    return Document(blocks=blocks or (body("正文"),), **values | more)


def opened(made: Document) -> Any:
    return docx.Document(BytesIO(render(made)))


def part(made: Document, name: str) -> str:
    with ZipFile(BytesIO(render(made))) as archive:
        return archive.read(name).decode()


def texts(made: Document) -> list[str]:
    return [paragraph.text for paragraph in opened(made).paragraphs if paragraph.text]


def marks(made: Document) -> list[str]:
    return re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]*)"', part(made, "word/document.xml"))


def test_the_page_is_that_of_the_standard() -> None:
    section = opened(document()).sections[0]
    assert (section.page_width.mm, section.page_height.mm) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [margin.mm for margin in margins] == pytest.approx([37, 35, 28, 26], abs=0.1)


def test_a_wide_document_turns_the_page() -> None:
    section = opened(document(landscape=True)).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (section.page_width, section.page_height) == (
        pytest.approx(Mm(297), abs=700),
        pytest.approx(Mm(210), abs=700),
    )


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("公文正文", "仿宋_GB2312", 16),
        ("公文页码", "宋体", 14),
    ],
)
def test_styles_name_the_fonts_and_sizes_of_the_standard(style: str, font: str, points: int) -> None:
    found = opened(document()).styles[style]
    assert found.element.rPr.rFonts.get(f"{W}eastAsia") == font
    assert found.font.size == Pt(points)


def test_the_body_has_its_pitch_and_indent() -> None:
    style = opened(document()).styles["公文正文"]
    assert style.paragraph_format.line_spacing == Pt(28.95)
    assert style.element.pPr.find(f"{W}ind").get(f"{W}firstLineChars") == "200"


def test_each_kind_of_paragraph_has_its_style() -> None:
    made = document(
        heading("一、甲"),
        subheading("（一）乙"),
        body("丙"),
        note("注：丁"),
        doc_no="某〔2024〕3号",
        addressee="各单位",
    )
    found = {p.text: p.style.name for p in opened(made).paragraphs if p.text}
    assert found == {
        "某〔2024〕3号": "公文文号",
        "关于某工程\n进展的通报": "公文标题",
        "各单位：": "公文主送",
        "一、甲": "Heading 1",
        "（一）乙": "Heading 2",
        "丙": "公文正文",
        "注：丁": "公文注释",
    }


def test_pages_are_numbered_at_their_outer_edges() -> None:
    word = opened(document())
    assert word.settings.odd_and_even_pages_header_footer
    section = word.sections[0]
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph.text == "— 1 —"
        assert [node.text for node in paragraph._p.iter(f"{W}instrText")] == [" PAGE "]
        style = paragraph.style.element.pPr
        assert style.find(f"{W}jc").get(f"{W}val") == align
        assert style.find(f"{W}ind").get(f"{W}{align}Chars") == "100"


def test_the_end_has_attachments_signature_and_imprint() -> None:
    made = document(
        attachments=("甲表", "乙表"), signer="某办公室", dated=date(2024, 3, 1), copies="区委", issuer="某办公室"
    )
    assert texts(made)[-4:] == ["附件：1.甲表", "2.乙表", "某办公室", "2024年3月1日"]
    (table,) = opened(made).tables
    assert [row.cells[0].text for row in table.rows] == ["抄送：区委。", "某办公室\t2024年3月1日印发"]


def test_the_signature_stays_with_the_last_of_the_text() -> None:
    signed = {"signer": "某办公室", "dated": date(2024, 3, 1)}
    for more in (signed, {**signed, "attachments": ("甲表", "乙表")}):
        shown = opened(document(body("甲"), body("乙"), **more)).paragraphs
        last = next(n for n, p in enumerate(shown) if p.text in ("乙", "附件：1.甲表"))
        kept = [p._p.pPr.find(f"{W}keepNext") is not None for p in shown[last:]]
        assert kept == [*[True] * (len(kept) - 1), False]


def test_a_compact_document_is_set_smaller_and_closer() -> None:
    style = opened(document(compact=True)).styles["公文正文"]
    assert style.font.size < Pt(16)
    assert style.paragraph_format.line_spacing < Pt(28.95)
    assert opened(document(compact=True)).styles["公文标题"].font.size == Pt(22)


def test_one_attachment_has_no_number() -> None:
    assert texts(document(attachments=("甲表",)))[-1] == "附件：甲表"


def test_a_long_signature_is_divided_and_its_date_centred_below() -> None:
    word = opened(document(signer=OFFICE, dated=date(2024, 10, 20)))
    first, second, dated = word.paragraphs[-3:]
    assert (first.text + second.text, first.text[-1]) == (OFFICE, "、")
    assert int(dated._p.pPr.find(f"{W}ind").get(f"{W}rightChars")) == 200 + (20 - 7) * 50


def test_what_is_empty_is_left_out() -> None:
    assert texts(document()) == ["关于某工程\n进展的通报", "正文"]
    assert not opened(document()).tables


@pytest.mark.parametrize("text", [*HOSTILE, "{ PAGE }", 'HYPERLINK "http://x"', "<w:p/>", "]]>", "&amp;"])
def test_text_is_never_markup_or_a_field(text: str) -> None:
    table = Table("表", text, (Column("a", text),), ((text,),))
    made = document(body(text, figure(text=text)), table, doc_no=text, signer=text[:20])
    fields = re.findall("<w:(instrText|fldSimple|hyperlink)", part(made, "word/document.xml"))
    assert not fields
    plain = " ".join(text.split("\n"))
    assert plain + plain in texts(made)


def test_signs_that_no_document_may_hold_are_dropped() -> None:
    assert texts(document(body("甲\x00\x0b乙\u202e丙\u200b丁\ud800")))[-1] == "甲 乙丙丁"


def test_figures_are_in_hidden_bookmarks_named_by_their_keys() -> None:
    made = document(body("甲", figure("a", "1"), "乙", figure("b", "2"), "、", figure("a", "1")))
    names = marks(made)
    assert names == list(made.marks())
    assert [re.sub("_[0-9a-f]{8}", "_x", name) for name in names] == ["_hgt_0001_x", "_hgt_0002_x", "_hgt_0001_x_2"]
    assert len(set(names)) == 3
    assert all(len(name) <= 40 and name.isascii() for name in names)
    assert texts(made)[-1] == "甲1乙2、1"


def test_a_bookmark_keeps_its_key_wherever_the_figure_stands() -> None:
    alone = marks(document(body(figure("b"))))[0].split("_")[-1]
    later = marks(document(body(figure("a"), figure("b"))))[1].split("_")[-1]
    assert alone == later


def test_tables_repeat_their_heads_and_set_numbers_right() -> None:
    columns = (
        Column("no", "序号", Kind.LABEL, 2),
        Column("name", "名称", Kind.TEXT, 6),
        Column("sum", "金额", Kind.AMOUNT, 4),
    )
    made = document(
        Table(
            "表", "某表", columns, (("1", "甲", 123_450_000), ("2", "乙", None)), ("", "合计", 123_450_000), ("注：某",)
        )
    )
    (table,) = opened(made).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "名称", "金额"],
        ["1", "甲", "123.45"],
        ["2", "乙", "—"],
        ["", "合计", "123.45"],
    ]
    head, row = table.rows[0]._tr, table.rows[1]
    assert head.trPr.find(f"{W}tblHeader") is not None
    assert [p.alignment for cell in row.cells for p in cell.paragraphs] == [1, 0, 2]
    assert texts(made)[-3:] == ["某表", "单位：万元", "注：某"]


def test_an_empty_table_says_so() -> None:
    made = document(Table("表", "某表", (Column("a", "甲"), Column("b", "乙")), ()))
    assert opened(made).tables[0].rows[1].cells[0].text == "（无）"


def test_sample_data_is_marked_on_every_page() -> None:
    word = opened(document(demo=True))
    assert word.paragraphs[0].text.endswith("通报（演示）")
    section = word.sections[0]
    assert {section.header.paragraphs[0].text, section.even_page_header.paragraphs[0].text} == {"演示数据"}
    assert opened(document()).sections[0].header.paragraphs[0].text == ""


def test_properties_carry_no_clock_and_no_name() -> None:
    made = document(properties={"hgt_kind": "通报<"})
    core = opened(made).core_properties
    assert (core.title, core.author, core.comments) == ("关于某工程 进展的通报", "", "")
    assert core.created == core.modified
    assert core.created.replace(tzinfo=None) == made.created
    assert 'name="hgt_kind"><vt:lpwstr>通报&lt;<' in part(made, "docProps/custom.xml")
    with ZipFile(BytesIO(render(made))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2024, 10, 20, 9, 30, 2)}


def test_no_font_is_embedded() -> None:
    with ZipFile(BytesIO(render(document()))) as archive:
        assert not [name for name in archive.namelist() if "font" in name.lower() and not name.endswith(".xml")]


def test_the_same_document_gives_the_same_bytes() -> None:
    made = document(body(figure()), properties={"a": "b"}, signer=OFFICE, dated=date(2024, 1, 2), issuer=OFFICE)
    assert render(made) == render(made)


def test_days_are_written_without_leading_zeros() -> None:
    assert day_words(date(2024, 3, 1)) == "2024年3月1日"


def test_every_paragraph_style_has_a_look() -> None:
    made = document(
        heading("一、甲"), subheading("乙"), body("丙"), note("丁"), signer="某", attachments=("甲",), issuer="某"
    )
    used = set(re.findall(r'w:pStyle w:val="([^"]*)"', part(made, "word/document.xml")))
    assert used <= LOOKS.keys()


def test_a_paragraph_gives_its_text_as_printed() -> None:
    assert Paragraph(("甲", figure(), "。")).text == "甲12.34亿元。"
