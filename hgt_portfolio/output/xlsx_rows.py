"""The rows of long tables, written as XML a row at a time: as XlsxWriter would write them, in a fraction of the time.

A cell of theirs is text or a number. What has formulas, links or merged cells goes through XlsxWriter itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from xlsxwriter.worksheet import Worksheet

from hgt_portfolio.money import FEN_PER_WAN
from hgt_portfolio.output.xlsx_cells import FORMATS, number_format, stored
from hgt_portfolio.output.xlsx_format import Formats
from hgt_portfolio.output.xlsx_layout import letters
from hgt_portfolio.table import Block, Cell, Column, Kind

MOST_CHARS = 32_767
"""Of UTF-16 that a cell may hold."""

FEN_SHOWN = 10_000
"""The last of the two decimals of 万元 that an amount shows."""

DAY_ZERO = date(1899, 12, 30).toordinal()
SPAN_ROWS = 16
"""XlsxWriter states the columns in use of so many rows together."""

ToXml = Callable[[Cell, int], str]
"""Writes a cell of one column, by its value and its row's number."""


class Page(Worksheet):  # type: ignore[misc]  # XlsxWriter says nothing of its types
    """A worksheet that has rows written by ``RowWriter`` among its own."""

    def __init__(self) -> None:
        super().__init__()
        self._made: list[tuple[range, int, Iterable[str]]] = []

    def put_rows(self, at: range, columns: int, made: Iterable[str]) -> None:
        """Take rows as XML: where they stand, over how many columns, and each row."""
        self._check_dimensions(at.start, 0)
        self._check_dimensions(at.stop - 1, columns - 1)
        self._made.append((at, columns, made))

    def _calculate_spans(self) -> None:
        """State the columns in use of XlsxWriter's own rows, as of those they stand among."""
        super()._calculate_spans()
        for at, columns, _ in self._made:
            spans = range(at.start // SPAN_ROWS, (at.stop - 1) // SPAN_ROWS + 1)
            self.row_spans |= dict.fromkeys(spans, f"1:{columns}")

    def _write_rows(self) -> None:
        """Write XlsxWriter's own rows and the others in their order."""
        first, last = int(self.dim_rowmin), int(self.dim_rowmax)  # type: ignore[has-type]
        for at, _, made in self._made:
            self.dim_rowmin, self.dim_rowmax = first, at.start - 1
            super()._write_rows()
            self.fh.writelines(made)
            first = at.stop
        self.dim_rowmin, self.dim_rowmax = first, last
        super()._write_rows()


class RowWriter:
    """Writes the rows of a block on a page; text goes to the shared strings, or stands in its cell where ``inline``."""

    def __init__(self, page: Page, block: Block, columns: dict[str, int], formats: Formats, *, inline: bool) -> None:
        self._page, self._block, self._formats = page, block, formats
        self._text = self._inline if inline else self._shared
        self._cells = [self._column(column, letters(columns[column.key])) for column in block.table.columns]
        self._spans = f'" spans="1:{len(columns)}" ht="'

    def row(self, number: int, cells: tuple[Cell, ...], height: float) -> str:
        """Write a row by its number as people count them, its cells, and its height in points."""
        made = "".join([write(value, number) for write, value in zip(self._cells, cells, strict=True)])
        # XlsxWriter makes heights whole pixels.
        points = int(height * 4 / 3 + 0.5) * 0.75
        return f'<row r="{number}{self._spans}{points:.16g}" customHeight="1">{made}</row>'

    def _column(self, column: Column, letter: str) -> ToXml:
        """Give what writes the cells of a column."""
        write = self._texts(column, letter)
        if column.kind in FORMATS:
            write = self._numbers(column, letter, write)
        return self._amounts(column, letter, write) if column.kind is Kind.AMOUNT else write

    def _style(self, column: Column, value: Cell) -> int:
        """Give the number of a cell's format."""
        kind, key = column.kind, column.key
        shown_as = number_format(value, kind, plain=self._block.plain(0, key))
        made = self._formats.cell(kind, shown_as, value, key=key, column=kind, total=False, linked=False)
        return int(made._get_xf_index())

    def _texts(self, column: Column, letter: str) -> ToXml:
        """Give what writes the text cells of a column; an unknown one of a hidden column stays empty."""
        kind, text_of, lit, absent = column.kind, self._text, column.key == "light", column.key in self._block.helpers
        styles: dict[str, int] = {}

        def write(value: Cell, number: int) -> str:
            if value is None and absent:
                return ""
            text = value if value.__class__ is str else str(stored(value, kind))
            look = text if lit else ""
            if look not in styles:
                styles[look] = self._style(column, value)
            return f'<c r="{letter}{number}" s="{styles[look]}" {text_of(text)}</c>'

        return write

    def _numbers(self, column: Column, letter: str, text: ToXml) -> ToXml:
        """Give what writes the cells of a column of numbers or days, its texts by ``text``."""
        kind, plain = column.kind, self._block.plain(0, column.key)
        styles: dict[str, int] = {}

        def write(value: Cell, number: int) -> str:
            if value is None or isinstance(value, str):
                return text(value, number)
            look = number_format(value, kind, plain=plain)
            if look not in styles:
                styles[look] = self._style(column, value)
            content = stored(value, kind)
            if isinstance(content, date):
                content = content.toordinal() - DAY_ZERO
            return f'<c r="{letter}{number}" s="{styles[look]}"><v>{float(content):.16G}</v></c>'

        return write

    def _amounts(self, column: Column, letter: str, other: ToXml) -> ToXml:
        """Give what writes a column of amounts: those of no more than two decimals at once, others by ``other``."""
        style = ""

        def write(value: Cell, number: int) -> str:
            nonlocal style
            if not isinstance(value, int) or value % FEN_SHOWN:
                return other(value, number)
            style = style or str(self._style(column, value))
            return f'<c r="{letter}{number}" s="{style}"><v>{value / FEN_PER_WAN:.16G}</v></c>'

        return write

    def _shared(self, text: str) -> str:
        return f't="s"><v>{self._page.str_table._get_shared_string_index(clipped(text))}</v>'

    def _inline(self, text: str) -> str:
        page, shown = self._page, clipped(text)
        kept = ' xml:space="preserve"' if shown != shown.strip() else ""
        return f't="inlineStr"><is><t{kept}>{page._escape_data(page._escape_control_characters(shown))}</t></is>'


def clipped(text: str) -> str:
    """Give text as far as a cell can hold it."""
    if len(text) <= MOST_CHARS // 2:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: MOST_CHARS * 2].decode("utf-16-le", "ignore")
