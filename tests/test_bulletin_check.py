"""``hgt bulletin check``: what a leader's edits made wrong is found, whatever program saved the file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from hgt_portfolio.exports.checking import Checked, Wrong, _numbers, check_document
from hgt_portfolio.exports.documents import export_brief, export_bulletin, export_document
from hgt_portfolio.figures import Figures
from hgt_portfolio.reports.brief import brief
from hgt_portfolio.sheets import SheetError
from hgt_portfolio.sheets.word import MOST_CHARACTERS, MOST_TEXT, read_word
from tests.conftest import Book

MAIN = "word/document.xml"


@pytest.fixture(scope="module")
def written(sample: Figures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_bulletin(sample, sample.point("2024Q3"), tmp_path_factory.mktemp("通报"), doc_no="某〔2024〕3号")[0]


def edited(path: Path, target: Path, edit: Callable[[str], str], part: str = MAIN) -> Path:
    """Write a copy of a docx with one part changed."""
    with ZipFile(path) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, edit(content.decode()).encode() if name == part else content)
    return target


def replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(content: str) -> str:
        assert old in content
        return content.replace(old, new, 1)

    return edit


def told(checked: Checked) -> list[tuple[Wrong, str]]:
    return [(finding.wrong, finding.said) for finding in checked.findings]


def test_an_untouched_document_holds(sample: Figures, written: Path) -> None:
    checked = check_document(sample, written)
    assert (checked.holds, checked.findings) == (True, ())
    assert checked.summary == f"核对了{checked.compared}个数，都与台账一致。"


def test_a_changed_number_is_found(sample: Figures, written: Path, tmp_path: Path) -> None:
    path = edited(written, tmp_path / "改.docx", replaced(">54.73亿元<", ">57.43亿元<"))
    checked = check_document(sample, path)
    ((wrong, said),) = told(checked)
    assert (wrong, checked.holds) == (Wrong.CHANGED, False)
    assert re.fullmatch(
        r"编号\d+ 全部项目本年累计完成投资，文件写“57.43亿元”，台账为“54.73亿元”（精确值 547278.84万元）。", said
    )
    assert "累计完成57.43亿元（有数的" in checked.findings[0].paragraph


def test_each_place_of_a_number_is_checked(sample: Figures, written: Path, tmp_path: Path) -> None:
    def last(content: str) -> str:
        head, _, tail = content.rpartition(">44.33亿元<")
        assert ">44.33亿元<" in head
        return f"{head}>43.33亿元<{tail}"

    checked = check_document(sample, edited(written, tmp_path / "改.docx", last))
    assert [wrong for wrong, _ in told(checked)] == [Wrong.CHANGED]
    assert "年内还须完成投资43.33亿元" in checked.findings[0].paragraph


def test_the_same_number_set_otherwise_is_no_change(sample: Figures, written: Path, tmp_path: Path) -> None:
    path = edited(written, tmp_path / "改.docx", replaced(">3,883.75万元<", ">３８８３.75 万元<"))
    assert check_document(sample, path).holds


def test_a_number_split_into_runs_is_read_whole(sample: Figures, written: Path, tmp_path: Path) -> None:
    path = edited(written, tmp_path / "改.docx", replaced(">54.73亿元<", ">54</w:t></w:r><w:r><w:t>.73亿元<"))
    assert check_document(sample, path).holds


def test_a_deleted_number_is_told_and_is_no_mistake(sample: Figures, written: Path, tmp_path: Path) -> None:
    def without(content: str) -> str:
        return re.sub(r"<w:p>(?:(?!</w:p>).)*停工(?:(?!</w:p>).)*中盛金融项目(?:(?!</w:p>).)*</w:p>", "", content)

    checked = check_document(sample, edited(written, tmp_path / "删.docx", without))
    assert {wrong for wrong, _ in told(checked)} == {Wrong.DELETED}
    assert checked.holds
    assert "已删去" in checked.summary


def test_a_number_added_by_hand_has_no_source(sample: Figures, written: Path, tmp_path: Path) -> None:
    path = edited(
        written, tmp_path / "加.docx", replaced("年内还须完成投资", "全区还要新开工8.5亿元，年内还须完成投资")
    )
    checked = check_document(sample, path)
    assert told(checked) == [(Wrong.UNSOURCED, "“8.5”，不是程序写出的数。")]
    assert not checked.holds


def test_a_number_added_in_hanzi_has_no_source(sample: Figures, written: Path, tmp_path: Path) -> None:
    added = "全区还要新开工三十项、投资十二亿元，一是抓进度，年内还须完成投资"
    path = edited(written, tmp_path / "加.docx", replaced("年内还须完成投资", added))
    assert [said for _, said in told(check_document(sample, path))] == [
        "“三十”，不是程序写出的数。",
        "“十二亿”，不是程序写出的数。",
    ]


def test_a_number_typed_over_its_bookmark_is_found(sample: Figures, written: Path, tmp_path: Path) -> None:
    """Word drops a bookmark whose whole text is typed over."""

    def typed_over(content: str) -> str:
        return re.sub(
            r"<w:bookmarkStart [^>]*/>((?:(?!bookmark).)*)>54\.73亿元<((?:(?!bookmark).)*)<w:bookmarkEnd [^>]*/>",
            r"\1>60.00亿元<\2",
            content,
            count=1,
        )

    checked = check_document(sample, edited(written, tmp_path / "改.docx", typed_over))
    assert [wrong for wrong, _ in told(checked)] == [Wrong.UNSOURCED, Wrong.DELETED]
    assert "“60.00”" in told(checked)[0][1]


def test_dates_and_document_numbers_need_no_source(sample: Figures, written: Path, tmp_path: Path) -> None:
    path = edited(written, tmp_path / "改.docx", replaced("某〔2024〕3号", "某〔2025〕17号"))
    added = edited(path, tmp_path / "加.docx", replaced("补报所欠", "于2024年11月15日前补报所欠"))
    assert check_document(sample, added).holds


def test_struck_text_of_tracked_changes_is_not_read(sample: Figures, written: Path, tmp_path: Path) -> None:
    struck = '<w:del w:id="900"><w:r><w:delText>99.99亿元</w:delText></w:r></w:del>'
    path = edited(written, tmp_path / "改.docx", lambda content: content.replace("</w:p>", struck + "</w:p>", 5))
    assert check_document(sample, path).holds


def test_the_check_is_of_the_moment_that_the_document_was_made_with(book: Book, tmp_path: Path) -> None:
    book.report("1", "2024Q3", "在建", "10")
    path = export_bulletin(book.figures, book.point("2024Q3"), tmp_path)[0]
    book.report("1", "2024Q3", "在建", "20", reason="更正")
    assert check_document(book.figures, path).holds


def test_the_brief_is_checked_too(sample: Figures, tmp_path: Path) -> None:
    path = export_brief(sample, sample.point("2024Q3"), tmp_path, sample.point())
    assert check_document(sample, path).holds
    assert not check_document(
        sample, edited(path, tmp_path / "改.docx", replaced("低于序时进度19.8", "高于序时进度19.8"))
    ).holds


def zipped(**parts: str | bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def paragraphs(text: str) -> str:
    return f'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'


def opening(number: int) -> str:
    return f'<w:bookmarkStart w:id="{number}" w:name="_hgt_{number}"/>'


PIECES = "".join(f"<w:t>{chr(0x4E00 + n * 7919 % 20_000)}</w:t>" for n in range(300_000))

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "不是完整的 docx"),
    "text": (lambda: b"abc" * 100, "不是完整的 docx"),
    "cut": (lambda: zipped(**{MAIN: paragraphs("甲")})[:-30], "不是完整的 docx"),
    "no-document": (lambda: zipped(**{"xl/workbook.xml": "<x/>"}), "不是 docx 文件"),
    "not-xml": (lambda: zipped(**{MAIN: "<w:p>"}), "不是完整的 docx"),
    "dtd": (lambda: zipped(**{MAIN: '<!DOCTYPE x [<!ENTITY a "b">]>' + paragraphs("&a;")}), "DTD"),
    "macros": (lambda: zipped(**{MAIN: paragraphs("甲"), "word/vbaProject.bin": "x"}), "带有宏"),
    "bomb": (lambda: zipped(**{MAIN: b" " * (MOST_TEXT + 1)}), "展开后过大"),
    "paragraphs": (lambda: zipped(**{MAIN: f'<w:body xmlns:w="w">{"<w:p/>" * 60_000}</w:body>'}), "展开后过大"),
    "marks": (lambda: zipped(**{MAIN: f'<w:body xmlns:w="w">{"".join(map(opening, range(60)))}</w:body>'}), "过大"),
    "old": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "旧版 .doc 或加了密码"),
    "characters": (lambda: zipped(**{MAIN: paragraphs("一" * (MOST_CHARACTERS + 1))}), "展开后过大"),
    "pieces": (lambda: zipped(**{MAIN: paragraphs(PIECES)}), "没有记下它是哪一季度"),
    "foreign": (lambda: zipped(**{MAIN: paragraphs("2024年通报")}), "没有记下它是哪一季度"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_none_of_ours_is_refused(sample: Figures, tmp_path: Path, name: str) -> None:
    make, said = BAD[name]
    path = tmp_path / "坏.docx"
    path.write_bytes(make())
    with pytest.raises(SheetError, match=said):
        check_document(sample, path)


@pytest.mark.parametrize("text", ["一" * 400_000, "12" * 200_000, "〔1" * 100_000, "1," * 200_000, "1月" * 100_000])
def test_no_text_takes_long_to_compare(text: str) -> None:
    began = time.process_time()
    _numbers(text)
    assert time.process_time() - began < 5


def test_a_missing_file_is_refused(sample: Figures, tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="找不到文件"):
        check_document(sample, tmp_path / "无.docx")
    with pytest.raises(SheetError, match="不是文件"):
        check_document(sample, tmp_path)


def test_properties_that_name_no_quarter_are_refused(sample: Figures, written: Path, tmp_path: Path) -> None:
    for old, new in (("2024Q3", "三"), ("2024-10-08", "1999-10-08")):
        path = edited(written, tmp_path / "改.docx", replaced(old, new), "docProps/custom.xml")
        with pytest.raises(SheetError, match="在这个台账里没有"):
            check_document(sample, path)


def test_a_text_box_repeated_for_old_programs_is_read_once(tmp_path: Path) -> None:
    inner = "<w:p><w:r><w:t>框</w:t></w:r></w:p>"
    content = (
        '<w:document xmlns:w="w" xmlns:mc="mc"><w:body><w:p><w:r><w:t>外</w:t></w:r>'
        f"<mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent>"
        "</w:p></w:body></w:document>"
    )
    (tmp_path / "框.docx").write_bytes(zipped(**{MAIN: content}))
    assert [p.text for p in read_word(tmp_path / "框.docx", "_hgt").paragraphs] == ["外", "框", ""]


@pytest.fixture(scope="module")
def office() -> str:
    """LibreOffice; where the machine has none, the test is skipped, unless HGT_NO_SKIP=1 forbids that."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("HGT_NO_SKIP") == "1":
            pytest.fail("没有 LibreOffice（soffice），而 HGT_NO_SKIP=1 要求运行这一项")
        pytest.skip("没有 LibreOffice（soffice），跳过另存和打印的检查")
    return found


def converted(office: str, kind: str, folder: Path, *paths: Path) -> list[Path]:
    """Have LibreOffice save files as another kind."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / kind
    command: list[Any] = [office, "--headless", profile, "--convert-to", kind, "--outdir", out, *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return [out / f"{path.stem}.{kind}" for path in paths]


def test_libreoffice_saves_what_the_check_reads(office: str, sample: Figures, written: Path, tmp_path: Path) -> None:
    changed = edited(written, tmp_path / "改.docx", replaced(">54.73亿元<", ">57.43亿元<"))
    saved, saved_changed = converted(office, "docx", tmp_path, written, changed)
    assert check_document(sample, saved).findings == ()
    assert [wrong for wrong, _ in told(check_document(sample, saved_changed))] == [Wrong.CHANGED]
    assert docx.Document(str(saved)).settings.odd_and_even_pages_header_footer


def test_the_brief_is_one_page_and_the_bulletin_a_few(
    office: str, sample: Figures, fresh: Book, written: Path, tmp_path: Path
) -> None:
    briefs = [
        export_brief(figures, figures.point(as_of), tmp_path / f"{number}.docx", figures.point())
        for number, (figures, as_of) in enumerate(((sample, "2024Q3"), (sample, "2025Q4"), (fresh.figures, "2026Q3")))
    ]
    full = brief(sample, sample.point("2024Q3"))
    briefs.append(export_document(replace(full, blocks=(*full.blocks, *full.blocks[1:2])), tmp_path / "长.docx"))
    *pages, bulletin = converted(office, "pdf", tmp_path, *briefs, written)
    assert [printed(path) for path in pages] == [1, 1, 1, 1]
    assert 3 <= printed(bulletin) <= 6


def printed(path: Path) -> int:
    """Count the pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))


def test_words_changed_about_a_number_are_told_for_a_person_to_look_at(
    sample: Figures, written: Path, tmp_path: Path
) -> None:
    checked = check_document(sample, edited(written, tmp_path / "改.docx", replaced("生态安全领域", "生态保全领域")))
    assert [wrong for wrong, _ in told(checked)] == [Wrong.REWORDED]
    assert checked.holds
    assert "单位和项目名称请人工核对" in checked.summary
