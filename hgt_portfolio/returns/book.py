"""The workbook of one unit: made to be filled by someone who has never seen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from hgt_portfolio.figures import Position
from hgt_portfolio.model.fund import fund_field
from hgt_portfolio.money import FEN_PER_WAN, wan, wan_text
from hgt_portfolio.months import FIRST_YEAR, last_day, month_text
from hgt_portfolio.output.xlsx_format import BODY_FONT, HEAD_FONT, TITLE_FONT
from hgt_portfolio.output.xlsx_layout import cell_name
from hgt_portfolio.output.xlsx_measure import height, lines
from hgt_portfolio.reports.parts import ABOUT
from hgt_portfolio.returns.fields import CONFIRMED, Field, Wanted, most_fen, status_words
from hgt_portfolio.returns.funds import COLUMNS, FUNDS, SOURCE, amounts_of
from hgt_portfolio.returns.funds import NOTES as FUND_NOTES
from hgt_portfolio.returns.template import FIXED_PROJECT, Fixed, Standing, Template
from hgt_portfolio.rules.point import moment_text, office_time
from hgt_portfolio.terms import FundSource, status_label

A4 = 9
PIXELS_A_HANZI = 14
MARGINS = {"left": 0.3, "right": 0.3, "top": 0.5, "bottom": 0.6}
TITLE_ROW, UNIT_ROW, NOTE_ROW, HEAD_ROW = 0, 1, 2, 3
NAME = 1
LINE = 15
NOTES_POINTS = 54

ROW_ID = "行标识"
MARKER = "_hgt"
"""The hidden sheet that says which form this is."""

FOOT = ("填报人：", "审核人：", "单位负责人（盖章）：", "电话：", "日期：")

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
    Wanted.CONFIRMED: {**_BLANK, "align": "center"},
    "carried": {"font_color": "#7F7F7F", "italic": True},
}

_ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}


@dataclass(frozen=True)
class Sent:
    """What a unit's workbook is made of; ``head`` is the chain's head at ``known_at``, ``about`` what 说明 says.

    ``funded`` are the projects on the sheet 资金: those of ``rows`` and the unit's others that funds were filed of.
    """

    template: Template
    portfolio: str
    unit: str
    known_at: int
    head: str
    about: tuple[tuple[str, str], ...]
    demo: bool
    rows: tuple[Standing, ...]
    funded: tuple[Standing, ...] = ()

    @property
    def title(self) -> str:
        """The title printed on top."""
        demo = "（演示）" if self.demo else ""
        return f"{self.portfolio}{self.template.heading}{demo}"


def render(sent: Sent) -> bytes:
    """Write a unit's workbook; the same ledger, known at the same moment, gives the same bytes."""
    from xlsxwriter import Workbook

    from hgt_portfolio.output.xlsx_text import PlainStrings

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as workbook:
        workbook.str_table = PlainStrings()
        workbook.set_properties({"title": sent.title, "created": office_time(sent.known_at).replace(tzinfo=None)})
        looks = {name: workbook.add_format(look) for name, look in _LOOKS.items()}
        _Page(workbook.add_worksheet(sent.template.sheet), looks, sent).write()
        if sent.funded:
            _FundPage(workbook.add_worksheet(FUNDS), looks, sent).write()
        _write_about(workbook.add_worksheet(ABOUT), looks, sent)
        _write_marker(workbook.add_worksheet(MARKER), sent)
    return stream.getvalue()


def _write_about(page: Any, looks: dict[Any, Any], sent: Sent) -> None:
    """Write 说明: what the form was made from."""
    widths = (9, 55)
    for column, width in enumerate(widths):
        page.set_column_pixels(column, column, width * PIXELS_A_HANZI)
    for row, (name, text) in enumerate(sent.about):
        page.write_string(row, 0, name, looks["head"])
        page.write_string(row, 1, text, looks["fact"])
        page.set_row(row, height(lines(text, widths[1]), line=LINE + 1))
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.protect()


def _write_marker(page: Any, sent: Sent) -> None:
    """Write the hidden sheet that the program knows the form by."""
    marks = {
        "format": sent.template.format,
        "version": sent.template.version,
        "period": month_text(sent.template.period),
        "unit": sent.unit,
        "known_at": moment_text(sent.known_at),
        "head": sent.head,
        "demo": "1" if sent.demo else "0",
    }
    for row, (name, value) in enumerate(marks.items()):
        page.write_string(row, 0, name)
        page.write_string(row, 1, value)
    page.protect()
    page.very_hidden()


class _Page:
    """Writes the one sheet that people see."""

    def __init__(self, page: Any, looks: dict[Any, Any], sent: Sent) -> None:
        self.page, self.looks, self.sent = page, looks, sent
        self.template, self.fixed, self.fields = sent.template, sent.template.fixed, sent.template.fields
        self.widths = [column.width for column in self.fixed] + [field.width for field in self.fields]
        self.last = len(self.widths) - 1

    def write(self) -> None:
        """Write the sheet from title to foot."""
        self._set_page(HEAD_ROW + len(self.sent.rows) + 2)
        self._merged(TITLE_ROW, 0, self.last, self.sent.title, "title", 34)
        middle = len(self.fixed) + 2
        self._merged(UNIT_ROW, 0, middle, f"填报单位：{self.sent.unit}", "left", 22)
        self._merged(UNIT_ROW, middle + 1, self.last, "单位：万元", "right", 22)
        self._merged(NOTE_ROW, 0, self.last, self.template.notes, "note", NOTES_POINTS)
        self._write_heads()
        for row, standing in enumerate(self.sent.rows, HEAD_ROW + 1):
            self._write_row(row, standing)
        self._write_foot(HEAD_ROW + len(self.sent.rows) + 2)

    def _set_page(self, bottom: int) -> None:
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
        page.print_area(0, 0, bottom, self.last)
        for column, width in enumerate(self.widths):
            page.set_column_pixels(column, column, round(width * PIXELS_A_HANZI * 1.1 + 7))
        page.set_column(self.last + 1, self.last + 1, None, None, {"hidden": True})
        page.ignore_errors({"number_stored_as_text": f"A1:{cell_name(bottom, self.last)}"})
        page.protect("", _ALLOWED)

    def _merged(self, row: int, first: int, last: int, text: str, look: str, points: float) -> None:
        self.page.merge_range(row, first, row, last, "", self.looks[look])
        self.page.write_string(row, first, text, self.looks[look])
        self.page.set_row(row, points)

    def _write_heads(self) -> None:
        """Write the heads; those of amounts say their unit."""
        columns = [(column.head, column.amount) for column in self.fixed]
        columns += [(self.template.write(field.head), field.wanted is Wanted.AMOUNT) for field in self.fields]
        heads = [f"{head}\n（万元）" if is_amount else head for head, is_amount in columns]
        for column, head in enumerate(heads):
            self.page.write_string(HEAD_ROW, column, head, self.looks["head"])
        self.page.write_string(HEAD_ROW, self.last + 1, ROW_ID, self.looks["head"])
        tallest = max(lines(head, width) for head, width in zip(heads, self.widths, strict=True))
        self.page.set_row(HEAD_ROW, height(tallest, line=LINE + 1))

    def _write_row(self, row: int, standing: Standing) -> None:
        """Write one project: its facts, the blanks with what is already known, and its hidden number."""
        position = standing.position
        texts = [self._write_fact(row, column, fact) for column, fact in enumerate(standing.facts)]
        for column, field in enumerate(self.fields, len(self.fixed)):
            value = standing.values.get(field.key)
            self._write_blank(row, column, field, value, position)
            texts.append(str(value or "") if field.wanted is Wanted.TEXT else "")
        if self.template.confirmation is not None:
            carried = {key: standing.values[key] for key in self.template.amounts if key in standing.carried}
            self._grey(row, carried, self.template.confirmation)
        self.page.write_string(row, self.last + 1, position.no)
        tallest = max(lines(text, width) for text, width in zip(texts, self.widths, strict=True))
        self.page.set_row(row, max(height(tallest, line=LINE), 34))

    def _write_fact(self, row: int, column: int, fact: str | int | None) -> str:
        """Write a cell that stays as it is, and give its text where that may need several lines."""
        if isinstance(fact, int):
            self.page.write_number(row, column, wan(fact), self.looks["total"])
            return ""
        text = fact or ""
        self.page.write_string(row, column, text, self.looks["fact" if column == NAME else "centred"])
        return text

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
        rule = _rule(field, self.template, position)
        if rule:
            self.page.data_validation(row, column, row, column, rule)

    def _grey(self, row: int, amounts: Mapping[str, int | None], confirmation: str) -> None:
        """Show carried amounts in grey until they are changed or the row is confirmed."""
        keys = [field.key for field in self.fields]
        confirmed = cell_name(row, len(self.fixed) + keys.index(confirmation), fixed=True)
        for key, fen in amounts.items():
            if fen is not None:
                column = len(self.fixed) + keys.index(key)
                same = f'=AND({cell_name(row, column)}={wan_text(fen)},{confirmed}<>"{CONFIRMED}")'
                rule = {"type": "formula", "criteria": same, "format": self.looks["carried"]}
                self.page.conditional_format(row, column, row, column, rule)

    def _write_foot(self, row: int) -> None:
        """Write who filled the form, checked it and answers for it; each is typed after its label."""
        step = (self.last + 1) / len(FOOT)
        for index, label in enumerate(FOOT):
            first, last = round(index * step), round((index + 1) * step) - 1
            self._merged(row, first, last, label, "foot", 34)


BLANK_SOURCES = 3
"""How many sources a project has rows for at least; there is always a blank one."""

_FUND_FACTS = (*FIXED_PROJECT[:2], FIXED_PROJECT[3], Fixed(SOURCE, 8.0))
_SOURCE_RULE = {
    "validate": "list",
    "source": [str(source) for source in FundSource],
    "error_title": "资金来源不对",
    "error_message": "请从下拉框里选资金来源。",
}


class _FundPage(_Page):
    """Writes the sheet 资金: a row a project and source already filed, then blank ones to choose a source in."""

    def __init__(self, page: Any, looks: dict[Any, Any], sent: Sent) -> None:
        super().__init__(page, looks, sent)
        self.fixed, self.fields = _FUND_FACTS, COLUMNS
        self.widths = [column.width for column in self.fixed] + [field.width for field in self.fields]
        self.last = len(self.widths) - 1
        self.lines = [line for standing in sent.funded for line in _fund_lines(standing)]

    def write(self) -> None:
        """Write the sheet from title to its last row."""
        self._set_page(HEAD_ROW + len(self.lines))
        self._merged(TITLE_ROW, 0, self.last, f"{self.sent.title}·{FUNDS}", "title", 34)
        self._merged(UNIT_ROW, 0, self.last - 2, f"填报单位：{self.sent.unit}", "left", 22)
        self._merged(UNIT_ROW, self.last - 1, self.last, "单位：万元", "right", 22)
        self._merged(NOTE_ROW, 0, self.last, FUND_NOTES, "note", NOTES_POINTS)
        self._write_heads()
        for row, (standing, source) in enumerate(self.lines, HEAD_ROW + 1):
            self._write_line(row, standing, source)

    def _write_line(self, row: int, standing: Standing, source: FundSource | None) -> None:
        """Write one project and source: its facts, its amounts as last filed, and its hidden mark."""
        no, name, _, investment = standing.facts[: len(FIXED_PROJECT)]
        for column, fact in enumerate((no, name, investment)):
            self._write_fact(row, column, fact)
        place = len(self.fixed) - 1
        if source is None:
            self.page.write_blank(row, place, None, self.looks[Wanted.STATUS])
            self.page.data_validation(row, place, row, place, _SOURCE_RULE)
        else:
            self._write_fact(row, place, str(source))
        keys = {field.key: fund_field(source, field.head) if source else "" for field in self.fields}
        for column, field in enumerate(self.fields, len(self.fixed)):
            self._write_blank(row, column, field, standing.values.get(keys[field.key]), standing.position)
        carried = {key: keys[key] for key in keys if keys[key] in standing.carried}
        self._grey(row, {key: standing.values[own] for key, own in carried.items()}, "confirmed")
        self.page.write_string(row, self.last + 1, f"{no}·{source}" if source else f"{no}")
        self.page.set_row(row, max(height(lines(str(name), self.widths[NAME]), line=LINE), 22))


def _fund_lines(standing: Standing) -> Iterator[tuple[Standing, FundSource | None]]:
    filed = [source for source in FundSource if any(key in standing.values for key in amounts_of(source))]
    blanks = min(max(BLANK_SOURCES - len(filed), 1), len(FundSource) - len(filed))
    yield from ((standing, source) for source in [*filed, *[None] * blanks])


def _rule(field: Field, template: Template, position: Position) -> dict[str, Any]:
    """Give what a spreadsheet is to check as the cell is filled, and what it says."""
    hint = (
        {"input_title": template.write(field.head), "input_message": template.write(field.hint)} if field.hint else {}
    )
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
    if field.wanted is Wanted.CONFIRMED:
        return hint | {
            "validate": "list",
            "source": [CONFIRMED],
            "error_title": "请选“是”",
            "error_message": f"核对过的选“{CONFIRMED}”，没有核对的留空。",
        }
    if field.wanted in (Wanted.START, Wanted.FINISH):
        end = last_day(template.period)
        return hint | {
            "validate": "date",
            "criteria": "between",
            "minimum": date(FIRST_YEAR, 1, 1),
            "maximum": end,
            "error_title": "日期不对",
            "error_message": f"请写到日，如 2023-06-30，不晚于 {end}；不清楚的请留空。",
        }
    return hint | {"validate": "any"} if hint else {}
