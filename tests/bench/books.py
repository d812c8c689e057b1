"""Workbooks beside the same cells and formats written by XlsxWriter alone, and read beside calamine alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from hgt_portfolio.output.xlsx import render
from hgt_portfolio.reports.quarterly import quarterly_book
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.reading import read_back
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.rules.point import filing_period
from tests.bench.ledgers import Folder, reading
from tests.bench.timing import Pair, peak, timed

MORE_WAN = 1


class Given:
    """A reading door that gives each answer again without reading it again."""

    def __init__(self, figures: Any) -> None:
        self._figures, self._kept = figures, dict[Any, Any]()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._figures, name)
        if not callable(found):
            return found

        def ask(*given: Any, **more: Any) -> Any:
            key = (name, repr(given), repr(sorted(more.items())))
            if key not in self._kept:
                answer = found(*given, **more)
                self._kept[key] = list(answer) if isinstance(answer, Iterator) else answer
            return self._kept[key]

        return ask


@dataclass
class Recorded:
    """A sheet as it was written: cells as row, column, formula, value, look and link, and what is set around them."""

    name: str
    cells: list[tuple[int, int, str | None, Any, int, str | None]]
    looks: list[dict[str, Any]]
    columns: list[tuple[int, int, float, bool]]
    rows: dict[int, float]
    merges: list[tuple[int, int, int, int]]
    freeze: str | None
    filter: str | None
    area: str


def record(content: bytes) -> tuple[list[Recorded], dict[str, str]]:
    """Read what a workbook holds, and its defined names."""
    book, values = openpyxl.load_workbook(BytesIO(content)), openpyxl.load_workbook(BytesIO(content), data_only=True)
    names = {name: str(defined.attr_text) for name, defined in book.defined_names.items()}
    return [_sheet(page, values[page.title]) for page in book.worksheets], names


def _sheet(page: Any, values: Any) -> Recorded:
    cells: list[Any] = []
    numbers: dict[Any, int] = {}
    looks: list[dict[str, Any]] = []
    for row in page.iter_rows():
        for cell in row:
            if cell.value is None and not cell.has_style:
                continue
            formula = cell.value if cell.data_type == "f" else None
            value = values.cell(cell.row, cell.column).value if formula else cell.value
            link = getattr(cell, "hyperlink", None)
            key = tuple(cell._style)
            if key not in numbers:
                numbers[key] = len(looks)
                looks.append(_look(cell))
            cells.append((cell.row - 1, cell.column - 1, formula, value, numbers[key], link and link.location))
    columns = [(one.min - 1, one.max - 1, one.width, one.hidden) for one in page.column_dimensions.values()]
    rows = {number - 1: one.height for number, one in page.row_dimensions.items() if one.height}
    merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in page.merged_cells.ranges]
    area = str(page.print_area or "").rpartition("!")[2].replace("$", "")
    return Recorded(page.title, cells, looks, columns, rows, merges, page.freeze_panes, page.auto_filter.ref, area)


def _look(cell: Any) -> dict[str, Any]:
    font, alignment = cell.font, cell.alignment
    look: dict[str, Any] = {"font_name": font.name, "font_size": font.sz, "num_format": cell.number_format}
    look |= {"bold": True} if font.b else {}
    look |= {"underline": 1} if font.u else {}
    if font.color is not None and font.color.type == "rgb":
        look["font_color"] = f"#{font.color.rgb[2:]}"
    look |= {"align": alignment.horizontal} if alignment.horizontal else {}
    if alignment.vertical:
        look["valign"] = "vcenter" if alignment.vertical == "center" else alignment.vertical
    look |= {"text_wrap": True} if alignment.wrap_text else {}
    if cell.border.left is not None and cell.border.left.style:
        look |= {"border": 1, "border_color": "#808080"}
    if cell.fill.fill_type == "solid":
        look["bg_color"] = f"#{cell.fill.fgColor.rgb[2:]}"
    return look


def by_xlsxwriter(recorded: list[Recorded], names: dict[str, str]) -> None:
    """Write the same cells with XlsxWriter and nothing else."""
    body = {"font_name": "宋体", "font_size": 10, "font_scheme": "none"}
    book = Workbook(BytesIO(), {"in_memory": True, "default_format_properties": body})
    for name, text in names.items():
        book.define_name(name, f"={text}")
    formats: dict[Any, Any] = {}
    for sheet in recorded:
        page = book.add_worksheet(sheet.name)
        _around(page, sheet)
        made = []
        for look in sheet.looks:
            key = tuple(look.items())
            formats[key] = formats.get(key) or book.add_format(look)
            made.append(formats[key])
        for merge in sheet.merges:
            page.merge_range(*merge, "")
        for row, column, formula, value, look_number, link in sheet.cells:
            _cell(page, row, column, formula, value, made[look_number], link)
    book.close()


def _around(page: Any, sheet: Recorded) -> None:
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    page.set_footer("&C第 &P 页 共 &N 页")
    page.hide_gridlines(1)
    for first, last, width, hidden in sheet.columns:
        page.set_column(first, last, width, None, {"hidden": True} if hidden else None)
    for row, height in sheet.rows.items():
        page.set_row(row, height)
    for setting, value in (
        (page.freeze_panes, sheet.freeze),
        (page.autofilter, sheet.filter),
        (page.print_area, sheet.area),
    ):
        if value:
            setting(value)


def _cell(page: Any, row: int, column: int, formula: str | None, value: Any, look: Any, link: str | None) -> None:
    if formula is not None:
        page.write_formula(row, column, formula, look, "" if value is None else value)
    elif link is not None:
        page.write_url(row, column, f"internal:{link}", look, str(value))
    elif value is None:
        page.write_blank(row, column, None, look)
    elif isinstance(value, str):
        page.write_string(row, column, value, look)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, look)
    else:
        page.write_number(row, column, value, look)


def by_pandas(recorded: list[Recorded]) -> None:
    """Write the same cells through pandas and openpyxl, as a script of the office's own would."""
    thin = Side("thin", color="FF808080")
    with pd.ExcelWriter(BytesIO(), engine="openpyxl") as writer:
        for sheet in recorded:
            height = max((cell[0] for cell in sheet.cells), default=0) + 1
            width = max((cell[1] for cell in sheet.cells), default=0) + 1
            grid: list[list[Any]] = [[None] * width for _ in range(height)]
            for row, column, formula, value, _, _ in sheet.cells:
                grid[row][column] = value if formula is None else formula
            frame = pd.DataFrame(grid, dtype=object)
            frame.to_excel(writer, sheet_name=sheet.name, header=False, index=False)
            _styled(writer.sheets[sheet.name], sheet, Border(thin, thin, thin, thin))


def _styled(page: Any, sheet: Recorded, border: Border) -> None:
    made = [_styles(look) for look in sheet.looks]
    for row, column, _, _, look, link in sheet.cells:
        cell = page.cell(row + 1, column + 1)
        cell.font, cell.alignment, fill, cell.number_format = made[look]
        if "border" in sheet.looks[look]:
            cell.border = border
        if fill is not None:
            cell.fill = fill
        if link:
            cell.hyperlink = f"#{link}"
    for first, last, width, hidden in sheet.columns:
        for number in range(first, last + 1):
            dimension = page.column_dimensions[get_column_letter(number + 1)]
            dimension.width, dimension.hidden = width, bool(hidden)
    for row, height in sheet.rows.items():
        page.row_dimensions[row + 1].height = height
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    page.freeze_panes, page.auto_filter.ref = sheet.freeze, sheet.filter


def _styles(look: dict[str, Any]) -> tuple[Font, Alignment, PatternFill | None, str]:
    colour = f"FF{look['font_color'][1:]}" if "font_color" in look else None
    underline: Any = "single" if "underline" in look else None
    font = Font(name=look["font_name"], sz=look["font_size"], b=look.get("bold"), u=underline, color=colour)
    vertical = {"vcenter": "center"}.get(look.get("valign", ""), look.get("valign"))
    alignment = Alignment(look.get("align"), vertical, wrap_text=look.get("text_wrap"))
    fill = PatternFill("solid", fgColor=f"FF{look['bg_color'][1:]}") if "bg_color" in look else None
    return font, alignment, fill, look["num_format"]


@contextmanager
def quarterly(folder: Folder, size: int) -> Iterator[Pair]:
    """The quarterly workbook from figures already read."""
    with reading(folder.ledger(size)) as figures:
        given: Any = Given(figures)
        point = given.point()

        def ours() -> bytes:
            return render(quarterly_book(given, point, None, _silent))

        recorded, names = record(ours())
        yield Pair(timed(ours), timed(lambda: by_xlsxwriter(recorded, names)), timed(lambda: by_pandas(recorded)))


WORKBOOK = """
from pathlib import Path
from hgt_portfolio.exports import export_quarterly
from hgt_portfolio.figures import Figures
from hgt_portfolio.store import Store
figures = Figures(Store("sqlite:///{path}", read_only=True))
export_quarterly(figures, figures.point(), Path("{target}"))
"""


@contextmanager
def large(folder: Folder, size: int) -> Iterator[Pair]:
    """The most memory that making a large quarterly workbook takes."""
    with folder.scratch() as scratch:
        code = WORKBOOK.format(path=folder.ledger(size), target=scratch / "book.xlsx")
        yield Pair(peak(code, folder.surroundings()))


@contextmanager
def returned(folder: Folder, size: int) -> Iterator[Pair]:
    """Reading the forms that every unit has filled, and holding them against the ledger."""
    with folder.scratch() as scratch, reading(folder.ledger(size)) as figures:
        files = write_forms(figures, scratch, Quarter, filing_period(figures.today))
        for path in files:
            _fill(path)

        def by_calamine() -> None:
            for path in files:
                with closing(CalamineWorkbook.from_path(path)) as book:
                    for name in book.sheet_names:
                        book.get_sheet_by_name(name).to_python()

        back = read_back(figures, files, Quarter)
        if len(files) != UNITS or not back.taken:
            raise RuntimeError(f"{len(files)} forms, {len(back.taken)} rows of them are new: {back.every_finding[:3]}")
        yield Pair(timed(lambda: read_back(figures, files, Quarter)), timed(by_calamine))


UNITS = 12


def _fill(path: Path) -> None:
    """Fill a form as a person would: each project goes on a little."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = {str(cell.value).partition("\n")[0]: cell.column for cell in page[4] if cell.value}
    for (cell,) in page.iter_rows(min_row=5, min_col=heads["自开工累计"], max_col=heads["自开工累计"]):
        if isinstance(cell.value, int | float):
            cell.value += MORE_WAN
    book.save(path)


def _silent(_step: str, _done: int, _of: int) -> None:
    return
