"""The form for a year's indicators: a row a line, filled and read back as one filing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from hgt_portfolio.figures.indicators import Judged, Line
from hgt_portfolio.ledger import IndicatorInput, Refused, validated
from hgt_portfolio.returns.fields import head_of, is_blank, shown
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.sheets import Sheet, SheetError, read_workbook
from hgt_portfolio.table import Block, Book, Column, Kind, Table
from hgt_portfolio.table import Sheet as Page

CODE, SHEET = "编号", "指标填报"

FIELDS = {
    "value": "实际值",
    "assigned": "上级下达值",
    "attained": "人工判断",
    "source": "数据来源",
    "evidence": "依据",
    "unit": "提供单位",
    "filed_by": "填报人",
    "reason": "原因",
}
"""What is filled, by the input's field."""

TOLD = "只填本年有数的行；填写说明见表末。"

NOTES = (
    "填写说明：1. 只填有数的行，其余留空；编号一列不要改。2. 实际值只写数（如 95.3），单位见“单位”列。",
    "3. 指标值或目标是文字的（如“建立”），请写达标或不达标，并写依据；上级下达了数的，写在“上级下达值”，如 ≥2.5。",
    "4. 每一行都要写数据来源。更正已填报的数须写原因。",
)


def form_book(found: Sequence[Judged], year: int, portfolio: str, created: datetime, *, demo: bool) -> Book:
    """Make the form of a year: every line with what the plan sets, what is filed already, and empty cells."""
    columns = (
        Column("code", CODE, Kind.LABEL, 5),
        Column("name", "指标", Kind.TEXT, 16),
        Column("unit_of", "单位", Kind.LABEL, 5),
        Column("standard", "指标值", Kind.TEXT, 8),
        Column("target", "目标", Kind.TEXT, 8),
        Column("quote", "规划原文", Kind.TEXT, 16),
        Column("before", "上次的值", Kind.LABEL, 8),
        *(Column(key, head, Kind.TEXT, 8) for key, head in FIELDS.items()),
    )
    rows = tuple(_row(line) for one in found for line in one.lines)
    table = Table(SHEET, f"{year}年规划指标填报", columns, rows, unit_note="")
    title = f"{portfolio}{HEADING}（{year}年）"
    page = Page(
        SHEET, title, (Block(table),), left="填报单位：", caption=TOLD, right="", notes=NOTES, foot=(), frozen=2
    )
    return Book(title, (page,), created, demo)


def _row(line: Line) -> tuple[str, ...]:
    actual = line.actual
    filed = tuple(str(getattr(actual, key, None) or "") if actual else "" for key in FIELDS)
    before = f"{line.before[1]}（{line.before[0]}年）" if line.before else ""
    set_out = (line.code, line.name, line.unit, line.standard, line.target, line.printed.quote, before)
    return (*(cell or "" for cell in set_out), *filed)


def read_form(path: Path, year: int, found: Sequence[Judged]) -> list[IndicatorInput]:
    """Read a filled form: the rows that say something other than what is filed already.

    Raises ``SheetError`` where there is no such table, and ``Refused`` naming each row that cannot be read.
    """
    sheet = read_workbook(path).sheets[0]
    at, heads = _heads(sheet, path)
    _of_year(sheet, at, path, year)
    standing = {line.code: line for one in found for line in one.lines}
    given: list[IndicatorInput] = []
    problems: list[Finding] = []
    for row in range(at + 1, len(sheet.rows)):
        cells = _cells(sheet, row, heads)
        code = cells.pop(CODE, "")
        if not code or not any(cells.values()) or _note(code):
            continue
        values = {key: cells.get(head) or None for key, head in FIELDS.items()}
        if code in standing and not _moves(standing[code], values):
            continue
        where = f"{path.name} 第{row + 1}行"
        try:
            given.append(
                validated(IndicatorInput, code=code, year=year, **(values | {"source": values["source"] or ""}))
            )
        except Refused as refused:
            problems += [error(one.field, f"{where}（{code}）：{one.message}") for one in refused.findings]
    if problems:
        raise Refused(problems)
    if not given:
        raise SheetError(f"{path.name} 里没有填写新的数，没有读取。")
    return given


def moved_words(given: Iterable[IndicatorInput], found: Sequence[Judged]) -> Iterator[str]:
    """Say of each row what was filed and what is to be."""
    lines = {line.code: line for one in found for line in one.lines}
    for one in given:
        if one.code not in lines:
            continue
        standing = lines[one.code].actual
        was = (standing.value or standing.attained) if standing else None
        now = "，".join(str(word) for word in (one.value, one.attained) if word)
        yield f"{one.code} {lines[one.code].name}：{f'{was} 改为 ' if was else ''}{now}"


HEADING = "规划指标填报表"
"""What stands in a form's title before its year; a portfolio's own name may hold a year too."""

_YEAR = re.compile(rf"{HEADING}（(\d{{4}})年）")


def _of_year(sheet: Sheet, at: int, path: Path, year: int) -> None:
    """Raise ``SheetError`` where the title above the heads does not name the year that is asked for."""
    above = (str(cell.value) for row in sheet.rows[:at] for cell in row if cell and not is_blank(cell.value))
    named = list(dict.fromkeys(found for text in above for found in _YEAR.findall(text)))
    if named != [str(year)]:
        said = f"是{'、'.join(named)}年的" if named else "没有写明年度"
        raise SheetError(f"{path.name} 的标题{said}，不是{year}年的填报表，没有读取；请核对文件，或改写命令里的年度。")


def _heads(sheet: Sheet, path: Path) -> tuple[int, dict[str, int]]:
    """Find the row of heads: the first that names the code and a field."""
    wanted = {CODE, *FIELDS.values()}
    for at, row in enumerate(sheet.rows):
        heads = {head_of(cell.value): column for column, cell in enumerate(row) if cell}
        if CODE in heads and FIELDS["value"] in heads:
            return at, {head: column for head, column in heads.items() if head in wanted}
    raise SheetError(
        f"{path.name} 里没有“{CODE}”和“{FIELDS['value']}”两列，没有读取；请用 hgt indicators form 生成的表。"
    )


def _cells(sheet: Sheet, at: int, heads: dict[str, int]) -> dict[str, str]:
    row = sheet.rows[at]
    found = {}
    for head, column in heads.items():
        cell = row[column] if column < len(row) else None
        found[head] = "" if cell is None or is_blank(cell.value) else shown(cell.value)
    return found


def _note(code: str) -> bool:
    """Tell whether what stands in the code's column is a note below the table."""
    return len(code) > 12


def _moves(line: Line, values: dict[str, str | None]) -> bool:
    """Tell whether a row says anything that is not filed already."""
    actual = line.actual
    if actual is None:
        return any(values.values())
    return any(value is not None and value != str(getattr(actual, key, None) or "") for key, value in values.items())
