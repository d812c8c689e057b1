"""Reading files that others made: their cells come out exact, and whatever is wrong with a file is one sentence."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from openpyxl import Workbook as NewWorkbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hgt_portfolio.sheets import Cell, Fault, SheetError, apart, child, read_workbook, read_workbooks
from tests.torture import times

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r3" Type="{OFFICE}/externalLink" Target="https://example.invalid/x" TargetMode="External"/>'
    "</Relationships>"
)
STRINGS = f'<sst xmlns="{MAIN}"><si><t>甲</t></si></sst>'
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
DTD = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def sheet_xml(cells: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def packed(cells: str = ONE, more: Mapping[str, bytes] | None = None, **changed: str | bytes) -> bytes:
    """A small xlsx; ``changed`` sets parts, writing ``/`` as ``__`` and a point as ``_dot_``; ``more`` adds others."""
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet_xml(cells),
        "xl/sharedStrings.xml": STRINGS,
    }
    parts |= {name.replace("__", "/").replace("_dot_", "."): content for name, content in changed.items()}
    parts |= more or {}
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def broken_sum(content: bytes) -> bytes:
    """Falsify the check sums that the directory has of its parts."""
    altered = bytearray(content)
    for found in re.finditer(b"PK\x01\x02", content):
        altered[found.start() + 16] ^= 1
    return bytes(altered)


def many_sheets(count: int) -> str:
    sheets = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, count + 1))
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'


def saved(tmp_path: Path, content: bytes, name: str = "表.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def cells_of(path: Path) -> dict[str, object]:
    return {
        cell.address: cell.value
        for sheet in read_workbook(path).sheets
        for row in sheet.rows
        for cell in row
        if isinstance(cell, Cell)
    }


def test_a_sheet_that_begins_further_on_keeps_its_places(tmp_path: Path) -> None:
    book = NewWorkbook()
    page = book.worksheets[0]
    page["D3"], page["E3"], page["E5"] = "序号", "=1+1", "湿地"
    page.merge_cells("E5:F6")
    book.save(tmp_path / "a.xlsx")
    assert cells_of(tmp_path / "a.xlsx") == {"D3": "序号", "E3": Fault("公式没有算出结果"), "E5": "湿地"}
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].merged == ((4, 4, 5, 5),)


def test_values_come_out_as_typed(tmp_path: Path) -> None:
    book = NewWorkbook()
    page = book.worksheets[0]
    page.title = "建账"
    page["C7"], page["A1"], page["B1"], page["D2"] = 2917.19, "  甲 ", 0.1 + 0.2, True
    page["E2"], page["F2"], page["G2"] = date(2024, 9, 30), 120000000, " "
    page.row_dimensions[7].hidden = True
    page.column_dimensions["C"].hidden = True
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "veryHidden"
    hidden["B3"] = "=1+1"
    path = tmp_path / "a.xlsx"
    book.save(path)
    read = read_workbook(path)
    assert [sheet.name for sheet in read.sheets] == ["建账", "隐藏"]
    assert cells_of(path) == {
        "A1": "  甲 ",
        "B1": Decimal("0.3"),
        "D2": True,
        "E2": date(2024, 9, 30),
        "F2": Decimal(120000000),
        "C7": Decimal("2917.19"),
        "B3": Fault("公式没有算出结果"),
    }
    first = read.sheet("建账")
    assert first is not None
    assert first.cell(6, 2) == Cell("C7", Decimal("2917.19"))
    assert first.cell(6, 9) is None
    assert first.cell(900, 0) is None


@pytest.mark.parametrize("fen", [1, 99, 291719, 100_000_001, 299_573_199_000_001, 999_999_999_999_999])
def test_a_number_of_fifteen_digits_is_exact(tmp_path: Path, fen: int) -> None:
    text = f"{Decimal(fen).scaleb(-6):f}"
    path = saved(tmp_path, packed(f'<row r="1"><c r="A1"><v>{float(text)!r}</v></c></row>'))
    assert cells_of(path) == {"A1": Decimal(text)}


def test_error_cells_and_formulas(tmp_path: Path) -> None:
    cells = (
        '<row r="2"><c r="B2" t="e"><v>#REF!</v></c><c r="C2"><f>A1*2</f><v>2.5</v></c><c r="D2"><f>1+1</f></c>'
        '<c r="E2" t="str"><f>""</f><v></v></c><c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="G2" s="0"/></row>'
        "<row><c><v>7</v></c><c><v>1e400</v></c></row>"
        '<row r="9"><c t="e"/><c r="B5"><v>8</v></c><c t="e"><v>#N/A</v></c></row>'
    )
    assert cells_of(saved(tmp_path, packed(cells))) == {
        "B2": Fault("#REF!"),
        "C2": Decimal("2.5"),
        "D2": Fault("公式没有算出结果"),
        "F2": Fault("#DIV/0!"),
        "A3": Decimal(7),
        "B3": Fault("数字过大"),
        "B5": Decimal(8),
        "C9": Fault("#N/A"),
    }


def test_part_names_in_other_letters(tmp_path: Path) -> None:
    content = packed().replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/Sheet1.XML")
    assert cells_of(saved(tmp_path, content)) == {"A1": Decimal(1)}


def test_a_styled_blank_far_away_does_no_harm(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert cells_of(saved(tmp_path, packed(cells))) == {"A1": "甲"}


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
RELS = "xl/_rels/workbook.xml.rels"
MANY_STRINGS = "<row>" + '<c t="s"><v>0</v></c>' * 400 + "</row>"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "不是 xlsx"),
    "program": (lambda: b"MZ" + bytes(5000), "不是 xlsx"),
    "ods": (lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "不是 xlsx"),
    "xlsb": (lambda: zipped({"xl/workbook.bin": "x", RELS: RELATIONS}), "不是 xlsx"),
    "nested": (lambda: zipped({"a.zip": packed(xl__media__a=bytes(9_000_000))}), "不是 xlsx"),
    "wrong-sum": (lambda: broken_sum(packed()), "损坏"),
    "noise": (lambda: bytes(range(256)) * 20, "不是 xlsx"),
    "html": (lambda: b"<html><table>" * 50, "不是 xlsx"),
    "ole": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "旧版 .xls 或加了密码"),
    "cut": (lambda: packed()[:-40], "损坏"),
    "only-the-mark": (lambda: b"PK\x03\x04" + bytes(60), "损坏"),
    "docx": (lambda: packed().replace(b"xl/workbook.xml", b"xl/document.xml"), "不是 xlsx"),
    "macros": (lambda: packed(xl__vbaProject_dot_bin=b"x"), "宏"),
    "parts": (lambda: packed(more={f"xl/media/{n}": b"" for n in range(2001)}), "过大"),
    "ratio": (lambda: packed(xl__media__a=bytes(60_000_000)), "过大"),
    "unpacked": (lambda: packed(more={f"xl/media/{n}": bytes(4_900_000) for n in range(41)}), "过大"),
    "dtd-in-sheet": (lambda: packed(xl__worksheets__sheet1_dot_xml=DTD + sheet_xml("")), "DTD"),
    "dtd-in-strings": (lambda: packed(xl__sharedStrings_dot_xml=DTD + STRINGS), "DTD"),
    "dtd-elsewhere": (lambda: packed(docProps__app_dot_xml=DTD + "<x>&b;</x>"), "DTD"),
    "dtd-in-utf-16": (lambda: packed(docProps__app_dot_xml=(DTD + "<x/>").encode("utf-16")), "DTD"),
    "not-xml": (lambda: packed(xl__worksheets__sheet1_dot_xml="<worksheet><c r='A1'>"), "损坏"),
    "no-sheet": (lambda: packed().replace(b"sheet1.xml", b"sheet9.xml"), "损坏"),
    "far": (lambda: packed(FAR.format(1_048_576, "XFD")), "XFD1048576"),
    "low": (lambda: packed(FAR.format(100_001, "A")), "A100001"),
    "wide": (lambda: packed(FAR.format(2, "SG")), "SG2"),
    "large-area": (lambda: packed(FAR.format(99_999, "SF")), "SF99999"),
    "cells": (lambda: packed("<row>" + "<c/>" * 2_000_001 + "</row>"), "过大|过多"),
    "long-text": (lambda: packed(xl__sharedStrings_dot_xml=STRINGS.replace("甲", "甲" * 32_768)), "过长"),
    "repeated-text": (
        lambda: packed(MANY_STRINGS * 50, xl__sharedStrings_dot_xml=STRINGS.replace("甲", "甲" * 32_000)),
        "文字过多",
    ),
    "string-out-of-range": (lambda: packed('<row><c t="s"><v>7</v></c></row>'), "损坏|不正常"),
    "number-of-letters": (lambda: packed('<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>'), "地址“ZZZZZZZZ1”不正常"),
    "one-part-many-sheets": (lambda: packed(xl__workbook_dot_xml=many_sheets(30)), "损坏"),
    "many-rows": (lambda: packed("<row/>" * 1_000_000 + ONE), "行.*过多|离表格太远|过大"),
    "row-nought": (lambda: packed('<row r="1"><c r="A0"><v>1</v></c></row>'), "地址“A0”不正常"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    build, words = HOSTILE[kind]
    path = saved(tmp_path, build())
    began = time.monotonic()
    with pytest.raises(SheetError, match=words) as refused:
        read_workbook(path)
    assert time.monotonic() - began < 10
    assert str(refused.value).endswith("。")


def test_cut_anywhere_it_is_refused(tmp_path: Path) -> None:
    whole = packed()
    for part in range(16):
        with pytest.raises(SheetError, match=r"。$"):
            read_workbook(saved(tmp_path, whole[: len(whole) * part // 16]))


@pytest.mark.parametrize(
    "name", ["../../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl/externalLinks/externalLink1.xml"]
)
def test_parts_that_nobody_reads_are_not_unpacked(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, packed(more={name: b"<x/>"}))
    before = sorted(tmp_path.rglob("*"))
    assert cells_of(path) == {"A1": Decimal(1)}
    assert sorted(tmp_path.rglob("*")) == before


def test_blank_rows_by_the_hundred_thousand(tmp_path: Path) -> None:
    assert cells_of(saved(tmp_path, packed(ONE + "<row/>" * 500_000))) == {"A1": Decimal(1)}


def test_days_counted_from_1904(tmp_path: Path) -> None:
    book = NewWorkbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0]["A1"] = date(2024, 9, 30)
    book.save(tmp_path / "a.xlsx")
    assert cells_of(tmp_path / "a.xlsx") == {"A1": date(2024, 9, 30)}


def test_the_longest_text_and_a_protected_sheet(tmp_path: Path) -> None:
    book = NewWorkbook()
    page = book.worksheets[0]
    page["A1"], page["B1"] = "字" * 32_767, "'0012"
    page.protection.password = "a"  # noqa: S105 - the password is the point
    book.save(tmp_path / "a.xlsx")
    assert cells_of(tmp_path / "a.xlsx") == {"A1": "字" * 32_767, "B1": "'0012"}


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="不能使用"):
        read_workbook(tmp_path / "a\0.xlsx")


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    with pytest.raises(SheetError, match="不是文件"):
        read_workbook(tmp_path / "a.xlsx")


@pytest.mark.parametrize(("cells", "text", "words"), [(3, 99, "单元格过多"), (99, 3, "文字过多")])
def test_the_sheets_of_a_file_share_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: int, text: int, words: str
) -> None:
    book = NewWorkbook()
    for page in (book.worksheets[0], book.create_sheet("二")):
        page["A1"], page["B1"] = "甲", "乙"
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(child, "_Room", partial(child._Room, cells, text))
    assert words in str(child.answer("workbook", tmp_path / "a.xlsx"))


def test_twice_the_same_part(tmp_path: Path) -> None:
    stream = BytesIO(packed())
    with ZipFile(stream, "a") as archive:
        archive.writestr(ZipInfo("XL/Worksheets/SHEET1.xml"), sheet_xml("<row><c><v>2</v></c></row>"))
    with pytest.raises(SheetError, match="损坏"):
        read_workbook(saved(tmp_path, stream.getvalue()))


def test_encrypted_parts(tmp_path: Path) -> None:
    content = bytearray(packed())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(SheetError, match="加密"):
        read_workbook(saved(tmp_path, bytes(content)))


def test_missing_folder_and_large(tmp_path: Path) -> None:
    large = tmp_path / "大.xlsx"
    with large.open("wb") as stream:
        stream.truncate(20_000_001)
    for path, words in ((tmp_path / "没有.xlsx", "找不到"), (tmp_path, "不是文件"), (large, "超过 20 MB")):
        with pytest.raises(SheetError, match=words):
            read_workbook(path)


@pytest.mark.parametrize("code", ["import os; os.abort()", "print('{')", "raise SystemExit(3)", "x = ["])
def test_a_dead_child_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(apart, "_CHILD", code)
    with pytest.raises(SheetError, match="读不出来"):
        read_workbook(saved(tmp_path, packed()))


DYING = """
import os, sys, time
sys.path.append(sys.argv[1])
from hgt_portfolio.sheets import child
def answer(what, path, *more, answer=child.answer):
    if path.name == "中.xlsx":
        {dying}
    return answer(what, path, *more)
child.answer = answer
child.main()
"""
"""Begins the child as it is, but for one file that is its end."""


@pytest.mark.parametrize(
    ("dying", "words"),
    [
        ("os.abort()", "中.xlsx 的内容不正常"),
        ("sys.exit(0)", "中.xlsx 的内容不正常"),
        ("sys.stdout.write('{\\n')", "中.xlsx 的内容不正常"),
        ("time.sleep(60)", "中.xlsx 读取超过"),
    ],
)
def test_a_file_that_ends_the_child_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: str, words: str
) -> None:
    monkeypatch.setattr(apart, "_CHILD", DYING.format(dying=dying))
    monkeypatch.setattr(apart, "WAIT_SECONDS", 5)
    names = ("先.xlsx", "中.xlsx", "又.xlsx", "后.xlsx")
    paths = [saved(tmp_path, packed()).rename(tmp_path / name) for name in names]
    first, refused, *others = read_workbooks(paths)
    assert str(refused).startswith(words)
    whole = [book for book in (first, *others) if not isinstance(book, SheetError)]
    assert [book.sheets[0].cell(0, 0) for book in whole] == [Cell("A1", Decimal(1))] * 3


def test_a_slow_child_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_CHILD", "import time; time.sleep(60)")
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(SheetError, match="已放弃"):
        read_workbook(saved(tmp_path, packed()))
    assert time.monotonic() - began < 5


def test_what_lies_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cells_of(saved(tmp_path, packed())) == {"A1": Decimal(1)}


def test_altered_bytes_never_do_more_than_refuse(tmp_path: Path) -> None:
    draw = random.Random(20241124)  # noqa: S311 - the same alterations every time
    whole = packed('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2.5</v></c></row>')
    for _ in range(times(12, 100)):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        try:
            read_workbook(saved(tmp_path, bytes(content)))
        except SheetError as error:
            assert str(error).endswith("。")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("序号,名称\n1,甲\n", "a.csv"),
        ("序号\t名称\r\n1\t甲\r\n", "a.txt"),
        ("序号;名称\n1;甲\n", "A.CSV"),
        ('序号,名称\n1,"甲"', "a.csv"),
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_coding(tmp_path: Path, content: str, name: str, coding: str) -> None:
    path = saved(tmp_path, content.encode(coding), name)
    assert cells_of(path) == {"A1": "序号", "B1": "名称", "A2": "1", "B2": "甲"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\0c", "空字符"),
        (b"\xff\xff\xff", "编码"),
        (b'a,"b', "CSV"),
        (b"1," * 501, "超过"),
        (b"\n" * 100_001, "超过"),
        (b"1,2,3\n" * 1_000_000, "超过"),
        ((b"1," * 400 + b"\n") * 2_600, "单元格过多"),
        (b"1" * 20_000_001, "超过 20 MB"),
        (b"1" * 19_000_000, "CSV"),
        ("序号,名称".encode("utf-16-le"), "空字符"),
        ("序号".encode("utf-16-be"), "编码"),
        ("甲,".encode() + "乙".encode("gbk") + b"\xff", "编码"),
        ("a\0b".encode("utf-16"), "编码"),
    ],
)
def test_csv_that_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        read_workbook(saved(tmp_path, content, "a.csv"))
