"""What the tests of returned forms share: filling a workbook as a person would, and having LibreOffice save it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from hgt_portfolio.ledger import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.returns.merge import Choices
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.reading import ReadBack, read_back
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.terms import Side, Status
from tests.conftest import Book

WAN = 1_000_000
PERIOD, QUARTER = month(2024, 12), "2024Q4"
HOUSING = "区住建局"
"""Leads #40, #41 and #42."""

CUMULATIVE, CONFIRMED = "自开工累计", "本期已核对"


def heads(page: Worksheet) -> dict[str, int]:
    return {str(cell.value).partition("\n")[0]: cell.column for cell in page[4] if cell.value}


Rows = Mapping[str, Mapping[str, Any]]


def fill(path: Path, rows: Rows, target: Path | None = None, *, typed_over: tuple[str, ...] = ()) -> Path:
    """Fill cells of projects, named by 序号 and head, as a person would in Excel; ``typed_over`` lost their format."""
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    columns = heads(page)
    for cells in page.iter_rows(min_row=5):
        for head, value in rows.get(str(cells[0].value), {}).items():
            cell = page.cell(cells[0].row or 0, columns[head])
            if head in typed_over:
                cell.number_format = "General"
            cell.value = value
    target = target or path
    workbook.save(target)
    return target


def resaved(scratch: Path, *paths: Path) -> list[Path]:
    """Have LibreOffice open workbooks and save them anew in a folder of their own.

    Where the machine has none, the test is skipped, unless HGT_NO_SKIP=1 forbids that.
    """
    office = shutil.which("soffice")
    if office is None:
        if os.environ.get("HGT_NO_SKIP") == "1":
            pytest.fail("没有 LibreOffice（soffice），而 HGT_NO_SKIP=1 要求运行这一项")
        pytest.skip("没有 LibreOffice（soffice），跳过另存一遍的检查")
    folder = scratch / "另存"
    command = [office, "--headless", f"-env:UserInstallation=file://{scratch}/profile", "--convert-to", "xlsx"]
    names = [str(path) for path in paths]
    subprocess.run([*command, "--outdir", str(folder), *names], check=True, capture_output=True, timeout=180)
    return [folder / path.name for path in paths]


def sent(book: Book, folder: Path, unit: str = HOUSING) -> Path:
    (path,) = write_forms(book.figures, folder, Quarter, PERIOD, unit=unit)
    return path


def back(book: Book, *files: Path, side: Side | None = None) -> ReadBack:
    return read_back(book.figures, files, Quarter, Choices(side))


def filed_before(book: Book) -> None:
    """File the three projects for the quarter before."""
    book.report("40", "2024Q3", "在建", "100000", started=date(2017, 10, 1), physical="管廊六成", problem="缺土")
    book.report("41", "2024Q3", "在建", "9000")
    book.report("42", "2024Q3", "停工", "5000", problem="资金")


def a_report(no: str, amount: int, problem: str | None) -> ReportInput:
    """A report of the quarter, typed in rather than returned; the amount in 万元."""
    values = {"cumulative_fen": amount * WAN, "problem": problem, "reason": "更正"}
    return ReportInput(no=no, period=PERIOD, status=Status.UNDER_WAY, **values)


def filed(book: Book) -> list[tuple[Any, ...]]:
    """Every project's filing as it stands, but for when it was filed."""
    rows = book.figures.filings(book.point(QUARTER))
    people = sorted((one.no, one.name, one.phone) for one in book.figures.contacts(book.point(QUARTER)))
    return [*sorted(rows.items()), *people]
