"""The 期初建账 workbook of one unit: made to be filled by someone who has never seen it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from hgt_portfolio.figures import Position
from hgt_portfolio.money import FEN_PER_WAN, wan, wan_text
from hgt_portfolio.months import FIRST_YEAR, last_day, month_text
from hgt_portfolio.output.xlsx_format import BODY_FONT, HEAD_FONT, TITLE_FONT
from hgt_portfolio.output.xlsx_layout import cell_name, height, lines
from hgt_portfolio.returns.opening_columns import (
    FIXED,
    FOOT,
    FORMAT,
    MARKER,
    ROW_ID,
    SHEET,
    VERSION,
    Field,
    Wanted,
    Years,
    most_fen,
    status_words,
)
from hgt_portfolio.returns.opening_standing import Standing
from hgt_portfolio.rules.point import moment_text, office_time
from hgt_portfolio.terms import status_label

A4 = 9
PIXELS_A_HANZI = 14
MARGINS = {"left": 0.3, "right": 0.3, "top": 0.5, "bottom": 0.6}
TITLE_ROW, UNIT_ROW, NOTE_ROW, HEAD_ROW = 0, 1, 2, 3
LINE = 15
NOTES_POINTS = 54

NOTES = "\n".join(
    (
        "填写说明：1. 只填黄色空格，其余不要改动；黄色格里已有的内容如有误，请直接改正。"
        "2. 金额单位是万元，不是元；累计是自开工起完成的投资额，不是已付的资金。",
        "3. 不清楚的留空，不要填0；填0表示确实没有完成投资；整个项目都不清楚的，整行留空。"
        "4. 日期写到日；一行里填了内容的，必须选状态；已完工的，必须填实际完工日期。",
        "5. 请写明数字的依据；累计超过总投资、已完工而不足总投资的90%等特殊情况，请在“说明”里写明原因。",
    )
)

AMOUNT = "#,##0.00####_ "

_BOX = {"border": 1, "border_color": "#808080", "valign": "vcenter", "font_name": BODY_FONT, "font_size": 11}
_WRAP = {"text_wrap": True, "valign": "vcenter"}
_BLANK = {**_BOX, "locked": False, "bg_color": "#FFF2CC"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {**_WRAP, "font_name": TITLE_FONT, "font_size": 20, "align": "center"},
    "left": {"valign": "vcenter", "font_name": BODY_FONT, "font_size": 12, "align": "left"},
    "right": {"valign": "vcenter", "font_name": BODY_FONT, "font_size": 12, "align": "right"},
    "note": {"text_wrap": True, "valign": "top", "font_name": BODY_FONT, "font_size": 11, "align": "left"},
    "head": {**_BOX, **_WRAP, "font_name": HEAD_FONT, "bold": True, "align": "center", "bg_color": "#EDEDED"},
    "fact": {**_BOX, **_WRAP, "align": "left"},
    "centred": {**_BOX, **_WRAP, "align": "center"},
    "total": {**_BOX, "align": "right", "num_format": AMOUNT},
    "foot": {"valign": "vcenter", "font_name": BODY_FONT, "font_size": 12, "align": "left", "locked": False},
    Wanted.AMOUNT: {**_BLANK, "align": "right", "num_format": AMOUNT},
    Wanted.STATUS: {**_BLANK, "align": "center"},
    Wanted.START: {**_BLANK, "align": "center", "num_format": "yyyy-mm-dd"},
    Wanted.FINISH: {**_BLANK, "align": "center", "num_format": "yyyy-mm-dd"},
    Wanted.PHONE: {**_BLANK, **_WRAP, "align": "center", "num_format": "@"},
    Wanted.TEXT: {**_BLANK, **_WRAP, "align": "left", "num_format": "@"},
}

_ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}


@dataclass(frozen=True)
class Form:
    """What a unit's workbook is made of; ``head`` is the audit chain's head at ``known_at``."""

    portfolio: str
    unit: str
    years: Years
    known_at: int
    head: str
    demo: bool
    rows: tuple[Standing, ...]


def render(form: Form) -> bytes:
    """Write a unit's workbook; the same ledger, known at the same moment, gives the same bytes."""
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": _title(form), "created": office_time(form.known_at).replace(tzinfo=None)})
        looks = {name: workbook.add_format(look) for name, look in _LOOKS.items()}
        _Page(workbook.add_worksheet(SHEET), looks, form).write()
        _write_marker(workbook.add_worksheet(MARKER), form)
    return stream.getvalue()


def _title(form: Form) -> str:
    demo = "（演示）" if form.demo else ""
    return form.years.write(f"{form.portfolio}期初建账表（截至{{year}}年底）{demo}")


def _write_marker(page: Any, form: Form) -> None:
    """Write the hidden sheet that the program knows the form by."""
    marks = {
        "format": FORMAT,
        "version": VERSION,
        "period": month_text(form.years.period),
        "unit": form.unit,
        "known_at": moment_text(form.known_at),
        "head": form.head,
        "demo": "1" if form.demo else "0",
    }
    for row, (name, value) in enumerate(marks.items()):
        page.write_string(row, 0, name)
        page.write_string(row, 1, value)
    page.protect()
    page.very_hidden()


class _Page:
    """Writes the one sheet that people see."""

    def __init__(self, page: Any, looks: dict[Any, Any], form: Form) -> None:
        self.page, self.looks, self.form = page, looks, form
        self.fields = form.years.fields()
        self.widths = [width for _, width in FIXED] + [field.width for field in self.fields]
        self.last = len(self.widths) - 1

    def write(self) -> None:
        """Write the sheet from title to foot."""
        self._set_page()
        self._merged(TITLE_ROW, 0, self.last, _title(self.form), "title", 34)
        middle = len(FIXED) + 2
        self._merged(UNIT_ROW, 0, middle, f"填报单位：{self.form.unit}", "left", 22)
        self._merged(UNIT_ROW, middle + 1, self.last, "单位：万元", "right", 22)
        self._merged(NOTE_ROW, 0, self.last, NOTES, "note", NOTES_POINTS)
        self._write_heads()
        for row, standing in enumerate(self.form.rows, HEAD_ROW + 1):
            self._write_row(row, standing)
        self._write_foot(HEAD_ROW + len(self.form.rows) + 2)

    def _set_page(self) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(**MARGINS)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_footer("&C第 &P 页 共 &N 页")
        page.hide_gridlines(2)
        page.repeat_rows(HEAD_ROW)
        page.freeze_panes(HEAD_ROW + 1, 2)
        page.print_area(0, 0, HEAD_ROW + len(self.form.rows) + 2, self.last)
        for column, width in enumerate(self.widths):
            page.set_column_pixels(column, column, round(width * PIXELS_A_HANZI * 1.1 + 7))
        page.set_column(self.last + 1, self.last + 1, None, None, {"hidden": True})
        page.ignore_errors({"number_stored_as_text": f"A1:{cell_name(HEAD_ROW + len(self.form.rows) + 2, self.last)}"})
        page.protect("", _ALLOWED)

    def _merged(self, row: int, first: int, last: int, text: str, look: str, points: float) -> None:
        self.page.merge_range(row, first, row, last, "", self.looks[look])
        self.page.write_string(row, first, text, self.looks[look])
        self.page.set_row(row, points)

    def _write_heads(self) -> None:
        """Write the heads; those of amounts say their unit."""
        heads = [f"{name}\n（万元）" if name == "总投资" else name for name, _ in FIXED]
        for field in self.fields:
            head = self.form.years.write(field.head)
            heads.append(f"{head}\n（万元）" if field.wanted is Wanted.AMOUNT else head)
        for column, head in enumerate(heads):
            self.page.write_string(HEAD_ROW, column, head, self.looks["head"])
        self.page.write_string(HEAD_ROW, self.last + 1, ROW_ID, self.looks["head"])
        tallest = max(lines(head, width) for head, width in zip(heads, self.widths, strict=True))
        self.page.set_row(HEAD_ROW, height(tallest, line=LINE + 1))

    def _write_row(self, row: int, standing: Standing) -> None:
        """Write one project: its facts, the blanks with what is already known, and its hidden number."""
        position = standing.position
        texts = [position.no, position.name, position.period_text]
        for column, (text, look) in enumerate(zip(texts, ("centred", "fact", "centred"), strict=True)):
            self.page.write_string(row, column, text, self.looks[look])
        if position.investment is None:
            self.page.write_string(row, len(texts), position.investment_text, self.looks["centred"])
        else:
            self.page.write_number(row, len(texts), wan(position.investment), self.looks["total"])
        texts.append("" if position.investment is not None else position.investment_text)
        for column, field in enumerate(self.fields, len(FIXED)):
            value = standing.values[field.key]
            self._write_blank(row, column, field, value, position)
            texts.append(str(value or "") if field.wanted is Wanted.TEXT else "")
        self.page.write_string(row, self.last + 1, position.no)
        tallest = max(lines(text, width) for text, width in zip(texts, self.widths, strict=True))
        self.page.set_row(row, max(height(tallest, line=LINE), 34))

    def _write_blank(self, row: int, column: int, field: Field, value: Any, position: Position) -> None:
        look = self.looks[field.wanted]
        if value is None:
            self.page.write_blank(row, column, None, look)
        elif field.wanted is Wanted.AMOUNT:
            self.page.write_number(row, column, wan(value), look)
        elif isinstance(value, date):
            self.page.write_datetime(row, column, value, look)
        else:
            word = status_label(value, operation=bool(position.operation)) if field.key == "status" else value
            self.page.write_string(row, column, word, look)
        rule = _rule(field, self.form.years, position)
        if rule:
            self.page.data_validation(row, column, row, column, rule)

    def _write_foot(self, row: int) -> None:
        """Write who filled the form, checked it and answers for it; each is typed after its label."""
        step = (self.last + 1) / len(FOOT)
        for index, label in enumerate(FOOT):
            first, last = round(index * step), round((index + 1) * step) - 1
            self._merged(row, first, last, label, "foot", 34)


def _rule(field: Field, years: Years, position: Position) -> dict[str, Any]:
    """Give what a spreadsheet is to check as the cell is filled, and what it says."""
    hint = {"input_title": years.write(field.head), "input_message": years.write(field.hint)} if field.hint else {}
    if field.wanted is Wanted.AMOUNT:
        most = most_fen(position.investment)
        return hint | {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": most // FEN_PER_WAN,
            "error_title": "金额不对",
            "error_message": f"请填数字，单位是万元（不是元），在0和{wan_text(most)}之间；不清楚的请留空。",
        }
    if field.wanted is Wanted.STATUS:
        words = status_words(operation=bool(position.operation))
        return hint | {
            "validate": "list",
            "source": words,
            "error_title": "状态不对",
            "error_message": f"请从下拉框里选：{'、'.join(words)}。",
        }
    if field.wanted in (Wanted.START, Wanted.FINISH):
        end = last_day(years.period)
        return hint | {
            "validate": "date",
            "criteria": "between",
            "minimum": date(FIRST_YEAR, 1, 1),
            "maximum": end,
            "error_title": "日期不对",
            "error_message": f"请写到日，如 2023-06-30，不晚于 {end}；不清楚的请留空。",
        }
    return hint | {"validate": "any"} if hint else {}
