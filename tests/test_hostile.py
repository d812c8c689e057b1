"""Thousands of files altered from real ones: each ends in a finding or a clean read, in bounded memory and time."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from hgt_portfolio import sheets
from hgt_portfolio.exports import checking
from hgt_portfolio.exports.documents import export_bulletin
from hgt_portfolio.months import month
from hgt_portfolio.plan.foreign import read_foreign
from hgt_portfolio.plan.mapping import PlanMap
from hgt_portfolio.returns.book import MARKER, ROW_ID
from hgt_portfolio.returns.opening import Opening
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.reading import read_back
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.sheets import SheetError, apart
from tests.conftest import TODAY, Book
from tests.farm import Farm
from tests.mutants import mutants
from tests.returning import CUMULATIVE, fill, sent
from tests.torture import times

MOST_BYTES, MOST_SECONDS = 400_000_000, 10
"""What reading any of these small files may take; the limits of the process itself are wider."""

ROWS = (
    ("某县重点项目一览表（2024-2026年）", *[""] * 5),
    ("序号", "项目名称", "建设内容", "建设年限", "总投资（万元）", "责任单位"),
    *((n, f"河道整治{n}期", "清淤护岸", "2024.3-2025.12", 1200.5 * n, "县水利局") for n in range(1, 9)),
    ("合计", "", "", "", 1200.5 * 36, ""),
)

Reads = Callable[[Path], int]
"""Takes a file as the program does, and gives how many findings there were."""


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm() as begun:
        yield begun


@pytest.fixture(autouse=True)
def farmed(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every file of these tests read by the farm."""
    for module in (sheets, apart):
        monkeypatch.setattr(module, "Apart", farm.apart)


def survived(farm: Farm, folder: Path, name: str, whole: bytes, count: int, read: Reads) -> dict[str, int]:
    """Read many mutants of a file, and count how they ended."""
    path = folder / name
    path.write_bytes(whole)
    assert read(path) == 0
    ended = {"clean": 0, "findings": 0, "refused": 0}
    for content in mutants(whole, len(whole), count):
        path.write_bytes(content)
        try:
            ended["findings" if read(path) else "clean"] += 1
        except SheetError as error:
            ended["refused"] += 1
            assert str(error).endswith("。"), error
    assert farm.died == 0
    assert farm.bytes < MOST_BYTES
    assert farm.seconds < MOST_SECONDS
    assert ended["refused"] > count / 5
    assert ended["clean"] > count / 50
    return ended


def test_mutants_of_a_returned_form(book: Book, farm: Farm, tmp_path: Path) -> None:
    values = {CUMULATIVE: 3.5, "状态": "在建", "存在问题": "征地", "实际开工日期": date(2024, 6, 1), "责任人": "演示某"}
    form = fill(sent(book, tmp_path), {"40": values, "41": values | {"说明": "核减"}})

    def read(path: Path) -> int:
        back = read_back(book.figures, [path], Quarter)
        if back.findings and back.template is None:
            raise SheetError(back.findings[0].message)
        return len(back.every_finding)

    survived(farm, tmp_path, "表.xlsx", form.read_bytes(), times(80, 3000), read)


def test_mutants_of_an_opening_form(book: Book, farm: Farm, tmp_path: Path) -> None:
    (form,) = write_forms(book.figures, tmp_path, Opening, month(2023, 12), unit="区住建局")
    fill(form, {"41": {"截至2023年底累计": 900, "状态": "在建", "实际开工日期": "2023-06-01"}})

    def read(path: Path) -> int:
        back = read_back(book.figures, [path], Opening)
        if back.findings and back.template is None:
            raise SheetError(back.findings[0].message)
        return len(back.every_finding)

    survived(farm, tmp_path, "表.xlsx", form.read_bytes(), times(40, 2000), read)


def plan_findings(path: Path) -> int:
    return len(read_foreign(path, PlanMap(), TODAY, lambda _step, _done, _of: None).findings)


def test_mutants_of_a_plan(farm: Farm, tmp_path: Path) -> None:
    plan = Workbook()
    for row in ROWS:
        plan.worksheets[0].append(row)
    plan.worksheets[0].merge_cells("A1:F1")
    stream = BytesIO()
    plan.save(stream)
    survived(farm, tmp_path, "规划.xlsx", stream.getvalue(), times(90, 2000), plan_findings)


@pytest.mark.parametrize("coding", ["utf-8-sig", "gb18030", "utf-16"])
def test_mutants_of_a_plan_in_csv(tmp_path: Path, coding: str) -> None:
    stream = StringIO()
    csv.writer(stream).writerows(ROWS)
    content = stream.getvalue().encode(coding)
    path = tmp_path / "规划.csv"
    for changed in mutants(content, len(content), times(60, 500)):
        path.write_bytes(changed)
        try:
            plan_findings(path)
        except SheetError as error:
            assert str(error).endswith("。"), error


def test_mutants_of_a_bulletin(fresh: Book, farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = fresh.figures
    for kind, make in checking.MAKERS.items():
        monkeypatch.setitem(checking.MAKERS, kind, cache(make))
    bulletin = export_bulletin(figures, figures.point("2024Q3"), tmp_path)[0]

    def read(path: Path) -> int:
        return len(checking.check_document(figures, path).findings)

    survived(farm, tmp_path, "改.docx", bulletin.read_bytes(), times(70, 1500), read)


@pytest.mark.parametrize(
    ("mark", "value", "words"),
    [
        ("period", "2024-09", "标题“.*四季度.*”与隐藏标识（2024Q3）对不上"),
        ("period", "2024-11", "标识已损坏"),
        ("period", "9" * 400, "标识已损坏"),
        ("unit", "区城管执法局", "填报单位“区住建局”与隐藏标识（区城管执法局）对不上"),
        ("unit", "\u202e=1" * 100, "对不上"),
        ("head", "0" * 64, "不在当前台账里"),
        ("head", "", "不在当前台账里"),
        ("known_at", "2024-02-18T09:00:00.000000+08:00", "不在当前台账里"),
        ("known_at", "昨天", "标识已损坏"),
        ("format", "hgt-opening", "是期初建账表"),
        ("version", "2", "另一版本"),
        ("demo", "1", "演示"),
    ],
)
def test_marks_that_were_tampered_with_are_refused(
    book: Book, tmp_path: Path, mark: str, value: str, words: str
) -> None:
    path = fill(sent(book, tmp_path), {"41": {CUMULATIVE: 100, "状态": "在建"}})
    workbook = load_workbook(path)
    page = workbook[MARKER]
    for name, cell in page.iter_rows(max_col=2):
        if name.value == mark:
            cell.value = value
    workbook.save(path)
    read = read_back(book.figures, [path], Quarter)
    assert not read.taken
    assert re.search(words, read.findings[0].message)


def test_a_hidden_number_that_was_tampered_with_is_questioned(book: Book, tmp_path: Path) -> None:
    path = fill(sent(book, tmp_path), {"41": {CUMULATIVE: 100, "状态": "在建"}})
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    column = next(cell.column for cell in page[4] if cell.value == ROW_ID)
    for row in page.iter_rows(min_row=5):
        if row[0].value in ("40", "41", "42"):
            page.cell(row[0].row, column).value = {"40": "1", "41": "42", "42": "=1+1"}[str(row[0].value)]
    workbook.save(path)
    read = read_back(book.figures, [path], Quarter)
    assert not read.taken
    assert "这一行原是 #42 的" in str(read.findings)
