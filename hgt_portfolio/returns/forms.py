"""Finding the forms in a file, and the rows in a form, however people sorted, hid, inserted or pasted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hgt_portfolio.exports import ExportError
from hgt_portfolio.model.fund import fund_field
from hgt_portfolio.model.inputs import clean
from hgt_portfolio.months import read_period
from hgt_portfolio.returns.book import FOOT, MARKER, ROW_ID
from hgt_portfolio.returns.fields import Field, bare, head_of, is_blank, shown
from hgt_portfolio.returns.funds import COLUMNS, SOURCE, read_source
from hgt_portfolio.returns.opening import Opening
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.register import Register
from hgt_portfolio.returns.template import Template
from hgt_portfolio.rules.point import moment_of
from hgt_portfolio.sheets import Cell, Sheet, SheetError, Workbook, address

HEADS_WITHIN = 30
"""How many rows from the top the heads are looked for in."""

KINDS: tuple[type[Template], ...] = (Opening, Quarter)
SUMS = ("合计", "小计", "总计")


@dataclass(frozen=True)
class CellFinding:
    """What is wrong with a cell, a sheet or a file that came back; ``sheet`` and ``cell`` may be empty."""

    file: str
    sheet: str
    cell: str
    message: str

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        if not place and self.message.startswith(self.file):
            return self.message
        return f"{self.file} {place}：{self.message}" if place else f"{self.file}：{self.message}"


@dataclass(frozen=True)
class Marker:
    """What the hidden sheet of a form says; ``known_at`` is None where the ledger cannot tell what the form said."""

    template: Template
    unit: str
    known_at: int | None


@dataclass(frozen=True)
class FundSheet:
    """The sheet 资金 of a form: where its heads stand, and which column is which by its head."""

    sheet: Sheet
    top: int
    columns: dict[str, int]


@dataclass(frozen=True)
class Place:
    """Where a cell stands."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Form:
    """A form found in a file: where its heads stand, which column is which, whose it is, and when it was sent out.

    ``unit``, ``known_at`` and ``filed_by`` are None where the form does not say; ``funds`` is its sheet 资金, if any.
    """

    path: Path
    sheet: Sheet
    top: int
    columns: dict[str, int]
    template: Template
    unit: str | None
    known_at: int | None
    filed_by: str | None
    funds: FundSheet | None = None

    @property
    def file(self) -> str:
        """The file's name, as it may be kept and shown."""
        return clean(self.path.name)

    def finding(self, row: int, column: str, message: str) -> CellFinding:
        """Make a finding about a cell, by its row and its column's name."""
        return CellFinding(self.file, self.sheet.name, address(row, self.columns[column]), message)


@dataclass(frozen=True)
class Row:
    """A project's row: its number as written, its name, and its filled cells by field.

    ``at`` is None where the project stands on the sheet 资金 alone. ``extras`` says where the fields of the sources
    stand that have rows there.
    """

    form: Form
    at: int | None
    no: str
    name: str
    cells: dict[str, Cell]
    extras: Mapping[str, Place] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns that this row has: the form's own, and those of its sources."""
        template = self.form.template
        own = () if self.at is None else template.fields
        return (*own, *(one for one in template.extras if one.key in self.extras))

    def finding(self, column: str, message: str) -> CellFinding:
        """Make a finding about a cell of this row."""
        place = self.extras.get(column)
        if place is None and self.at is None:
            place = next(iter(self.extras.values()))
        if place is not None:
            return CellFinding(self.form.file, place.sheet, address(place.row, place.column), message)
        return self.form.finding(self.at or 0, column if column in self.form.columns else "序号", message)


def forms_of(register: Register, path: Path, book: Workbook, kind: type[Template]) -> list[Form]:
    """Find the forms of a kind in a file that was read; raises ``SheetError`` where there is none."""
    marks = _marks(path.name, book, kind)
    if marks is None and kind.dated is None:
        raise SheetError(
            f"{path.name} 没有隐藏标识，看不出是按哪一版数据发出的，没有读取。"
            f"请在发出的{kind.name}里填写，不要把表格复制到别的文件。"
        )
    marker = None if marks is None else _marker(register, path.name, marks, kind)
    forms = []
    funds: list[FundSheet] = []
    for sheet in book.sheets:
        top = None if sheet.name == MARKER else _top(sheet)
        if top is not None and kind.extras and SOURCE in _heads(sheet, top):
            funds.append(fund_sheet(path.name, sheet, top))
        elif top is not None:
            forms.append(_form(register, path, sheet, top, marker, kind))
    if not forms:
        raise SheetError(f"{path.name} 不是{kind.name}：没有找到“序号”“项目名称”这一行表头，没有读取。")
    if len(funds) > 1:
        raise SheetError(f"{path.name} 有 {len(funds)} 张资金表，没有读取。请只留一张。")
    return [replace(forms[0], funds=funds[0]), *forms[1:]] if funds else forms


def _heads(sheet: Sheet, top: int) -> dict[str, int]:
    return {head_of(cell.value): column for column, cell in enumerate(sheet.rows[top]) if cell}


def _marks(file: str, book: Workbook, kind: type[Template]) -> dict[str, str] | None:
    """Read the hidden sheet; None where the form was pasted into another workbook."""
    sheet = book.sheet(MARKER)
    if sheet is None:
        return None
    marks = {shown(row[0].value): shown(row[1].value) for row in sheet.rows if len(row) > 1 and row[0] and row[1]}
    other = next((one for one in KINDS if one.format == marks.get("format")), None)
    if other is None:
        raise SheetError(f"{file} 不是{kind.name}，没有读取。")
    if other is not kind:
        raise SheetError(f"{file} 是{other.name}，不是{kind.name}，没有读取。请用 {other.command} 收回。")
    if marks.get("version") != kind.version:
        raise SheetError(f"{file} 由另一版本的程序发出（格式 {marks.get('version')}），没有读取。请重新发出后再填。")
    return marks


def _marker(register: Register, file: str, marks: Mapping[str, str], kind: type[Template]) -> Marker:
    """Tell the form's revision; one that this ledger does not know is refused, unless such forms may be pasted."""
    if marks.get("demo") != str(int(register.demo)):
        raise SheetError(f"{file} 与当前台账不符：一个是演示数据，一个不是，没有读取。")
    try:
        template, known_at = register.template(kind, read_period(marks["period"])), moment_of(marks["known_at"])
    except (KeyError, ValueError, ExportError) as error:
        raise SheetError(f"{file} 的隐藏标识已损坏，没有读取。请重新发出后再填。") from error
    if register.head_at(template.period, marks["known_at"]) != marks.get("head"):
        if kind.dated is None:
            raise SheetError(
                f"{file} 所依据的数据版本（{marks['known_at'][:19]}）不在当前台账里：可能由另一份台账发出，没有读取。"
                "请用当前台账重新发出后再填。"
            )
        # A form of another copy of the ledger: what it said when it was sent out is not known here.
        return Marker(template, marks.get("unit", ""), None)
    return Marker(template, marks.get("unit", ""), known_at)


def _top(sheet: Sheet) -> int | None:
    """Find the row of the heads."""
    for row, cells in enumerate(sheet.rows[:HEADS_WITHIN]):
        heads = {head_of(cell.value) for cell in cells if cell}
        if {"序号", "项目名称"} <= heads:
            return row
    return None


def _form(register: Register, path: Path, sheet: Sheet, top: int, marker: Marker | None, kind: type[Template]) -> Form:
    file = path.name
    heads = [(head_of(cell.value), column) for column, cell in enumerate(sheet.rows[top]) if cell]
    template = marker.template if marker else _unmarked(register, file, [head for head, _ in heads], kind)
    keys = {head_of(template.write(one.head)): one.key for one in template.fields}
    wanted = {**keys, "序号": "序号", "项目名称": "项目名称", ROW_ID: ROW_ID}
    columns: dict[str, int] = {}
    for head, column in heads:
        key = wanted.get(head)
        if key in columns:
            raise SheetError(f"{file} 的工作表“{sheet.name}”有两列“{head}”，没有读取。请只留一列。")
        if key:
            columns[key] = column
    missing = [head for head, key in keys.items() if key not in columns]
    if missing:
        raise SheetError(
            f"{file} 的工作表“{sheet.name}”缺少{'、'.join(f'“{head}”' for head in missing)}列，没有读取。"
            "请恢复被删去或改名的列。"
        )
    written = _labelled(sheet.rows[:top], "填报单位")
    if marker:
        _check_marks(register, file, sheet.rows[:top], marker, written)
    named = marker.unit if marker else written
    unit = register.unit_today(named) if named else None
    filed_by = _labelled(sheet.rows[top + 1 :], bare(FOOT[0]).rstrip(":"))
    return Form(path, sheet, top, columns, template, unit, marker.known_at if marker else None, filed_by)


def _check_marks(
    register: Register, file: str, above: Iterable[tuple[Cell | None, ...]], marker: Marker, written: str | None
) -> None:
    """Refuse a form whose hidden sheet names another period or another unit than its title does."""
    template, again = marker.template, "对不上，没有读取。请重新发出后再填。"
    titles = [bare(cell.value) for row in above for cell in row if cell and template.name in shown(cell.value)]
    if titles and not any(bare(template.heading) in title for title in titles):
        raise SheetError(f"{file} 的标题“{titles[0][-30:]}”与隐藏标识（{template.span}）{again}")
    named, unit = register.known_unit(written or ""), register.unit_today(marker.unit)
    if named is not None and named != unit:
        raise SheetError(f"{file} 的填报单位“{named}”与隐藏标识（{unit[:30]}）{again}")


def _unmarked(register: Register, file: str, heads: list[str], kind: type[Template]) -> Template:
    """Tell what form it is, without the hidden sheet, by its heads."""
    try:
        return register.template(kind, kind.period_of(heads))
    except (ValueError, ExportError) as error:
        raise SheetError(f"{file} 不是{kind.name}：{error}，没有读取。") from error


def _labelled(rows: Iterable[tuple[Cell | None, ...]], label: str) -> str | None:
    """Find what is written after a label such as 填报单位：."""
    for cell in (cell for row in rows for cell in row if cell):
        before, _, written = bare(cell.value).partition(":")
        if before == label and written:
            return written
    return None


def rows_of(form: Form) -> Iterator[Row | CellFinding]:
    """Give the rows below the heads, each with what its project's sources say; what is without a number is a finding.

    A project that stands on the sheet 资금 alone has a row of its own.
    """
    stated, problems = fund_rows(form)
    yield from problems
    told = set()
    for row in _own_rows(form):
        if isinstance(row, Row) and row.no in stated:
            told.add(row.no)
            of = stated[row.no]
            if row.name and of.name and row.name != of.name:
                yield of.finding("", f"#{row.no} 的项目名称与{form.template.sheet}的不同；请核对是否错了行")
                yield row
            else:
                yield replace(row, cells={**row.cells, **of.cells}, extras=of.extras)
        else:
            yield row
    yield from (of for no, of in stated.items() if no not in told)


def _own_rows(form: Form) -> Iterator[Row | CellFinding]:
    for at, cells in enumerate(form.sheet.rows):
        filled = [cell for cell in cells if cell and not is_blank(cell.value)]
        if at <= form.top or not filled or shown(filled[0].value).startswith(FOOT):
            continue
        row = _row(form, at)
        is_sum = head_of(filled[0].value) in SUMS
        if isinstance(row, Row) and not row.no:
            if row.cells and not is_sum:
                yield form.finding(at, "序号", "这一行填了内容而没有序号，不知道是哪个项目；请填序号，或删去这一行")
        elif not is_sum:
            yield row


def _row(form: Form, at: int) -> Row | CellFinding:
    def text(column: str) -> str:
        cell = form.sheet.cell(at, form.columns[column]) if column in form.columns else None
        return bare(cell.value) if cell else ""

    hidden, written = text(ROW_ID), text("序号")
    if hidden and written and hidden != written:
        return form.finding(
            at, "序号", f"序号是 {written}，而这一行原是 #{hidden} 的；请核对是否排序或粘贴时错了行，恢复后再交"
        )
    cells = {}
    for one in form.template.fields:
        cell = form.sheet.cell(at, form.columns[one.key])
        if cell and not is_blank(cell.value):
            cells[one.key] = cell
    return Row(form, at, hidden or written, text("项目名称"), cells)


def fund_sheet(file: str, sheet: Sheet, top: int) -> FundSheet:
    """Find the columns of a sheet 资金; raises ``SheetError`` where any is missing."""
    columns = _heads(sheet, top)
    wanted = (SOURCE, *(one.head for one in COLUMNS))
    missing = [f"“{head}”" for head in wanted if head not in columns]
    if missing:
        lost = "、".join(missing)
        raise SheetError(f"{file} 的工作表“{sheet.name}”缺少{lost}列，没有读取。请恢复被删去或改名的列。")
    return FundSheet(sheet, top, columns)


def fund_rows(form: Form) -> tuple[dict[str, Row], list[CellFinding]]:
    """Read the sheet 资金 of a form: what each project's sources say, by number, and the rows that cannot be read."""
    found: dict[tuple[str, str], list[Row]] = {}
    problems: list[CellFinding] = []
    sheet = form.funds
    for at in range(sheet.top + 1, len(sheet.sheet.rows)) if sheet else ():
        row = _fund_row(form, sheet, at) if sheet else None
        if isinstance(row, CellFinding):
            problems.append(row)
        elif row is not None:
            found.setdefault((row.no, next(iter(row.extras))), []).append(row)
    joined: dict[str, Row] = {}
    for (no, key), rows in found.items():
        said = [{field: shown(cell.value) for field, cell in row.cells.items()} for row in rows]
        if any(one != said[0] for one in said):
            problems.append(rows[-1].finding(key, f"#{no} 的这个资金来源在几处填得不同；请只留一处"))
            continue
        row, before = rows[0], joined.get(no)
        if before is not None:
            row = replace(before, cells={**before.cells, **row.cells}, extras={**before.extras, **row.extras})
        joined[no] = row
    return joined, problems


def _fund_row(form: Form, funds: FundSheet, at: int) -> Row | CellFinding | None:
    """Read one project and source; None for a row in which nothing was filled."""
    cells = {head: funds.sheet.cell(at, column) for head, column in funds.columns.items()}
    filled = {one.head: cell for one in COLUMNS if (cell := cells[one.head]) and not is_blank(cell.value)}

    def text(head: str) -> str:
        cell = cells.get(head)
        return bare(cell.value) if cell else ""

    def problem(head: str, message: str) -> CellFinding:
        return CellFinding(form.file, funds.sheet.name, address(at, funds.columns[head]), message)

    try:
        source = read_source(cells[SOURCE])
    except ValueError as wrong:
        return problem(SOURCE, f"{SOURCE}：{wrong}；请从下拉框里选")
    if source is None:
        return problem(SOURCE, f"填了内容而没有选{SOURCE}；请从下拉框里选一个") if filled else None
    hidden, _, sent = text(ROW_ID).partition("·")
    written = text("序号")
    if not (hidden or written):
        return problem("序号", "填了资金来源而没有序号，不知道是哪个项目；请填序号，或删去这一行")
    if (hidden and written and hidden != written) or (sent and sent != source):
        return problem("序号", f"这一行原是 #{hidden} {sent}的；请核对是否排序或粘贴时错了行，恢复后再交")
    keys = {one.head: fund_field(source, one.head) for one in COLUMNS}
    places = {key: Place(funds.sheet.name, at, funds.columns[head]) for head, key in keys.items()}
    said = {keys[head]: cell for head, cell in filled.items()}
    return Row(form, None, hidden or written, text("项目名称"), said, places)
