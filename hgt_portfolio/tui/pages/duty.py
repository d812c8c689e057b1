"""责任清单 of one unit as it will print: 下达版 or 台账版, with its 小计, notes and foot."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter
from hgt_portfolio.reports.duty import KINDS, duty_book, duty_units
from hgt_portfolio.table import Book, Sheet, Table
from hgt_portfolio.tui import printed, wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.rows import RowTable

WIDE, PROSE, NARROW_PROSE = 120, 30, 20
"""The most cells of a column of text, in a window from so many cells wide on and in a narrower one."""

TOTAL = ""
"""The key of the 小计 row, which is no project."""


class DutyPage(Page):
    """One version of a unit's 责任清单; Enter opens the project of a row, on 小计 the list of all."""

    PLACE = "duty"
    BINDINGS = PAGE_BINDINGS["duty"]

    def __init__(self, desk: Desk, unit: str) -> None:
        super().__init__(desk)
        self._unit = unit
        self._version = 0
        self._sizes: list[int] = []

    def body(self) -> ComposeResult:
        """Lay out the sheet: title, table, what the row's cells had no room for, notes and foot."""
        yield Static(id="sheet_title")
        yield RowTable(id="duty", fixed_columns=2)
        yield Static(id="whole")
        yield Static(id="foot")

    def on_mount(self) -> None:
        """Begin with the cursor in the table."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the unit's book, both versions in it."""
        return once(self._book)

    def _book(self, frame: Frame) -> Book:
        figures, point = self.desk.figures, frame.point
        ((name, full_name),) = duty_units(figures, point, self._unit)
        return duty_book(figures, point, name, full_name, self.desk.rules)

    @property
    def _sheet(self) -> Sheet:
        found: Book = self._found
        return found.sheets[self._version]

    @property
    def _given(self) -> Table:
        return self._sheet.blocks[0].table

    def show(self, _found: Book) -> None:
        """Draw the sheet, the cursor staying on its row."""
        sheet, given = self._sheet, self._given
        table = self.query_one(RowTable)
        at = table.cursor_row
        self._sizes = printed.widths(given, PROSE if self.size.width >= WIDE else NARROW_PROSE)
        table.clear(columns=True)
        for column, width in zip(given.columns, self._sizes, strict=True):
            table.add_column(printed.head(column, width), width=width + 1, key=column.key)
        for row in given.rows:
            no, *cells = printed.cells(given.columns, row, self._sizes)
            table.add_row(wording.right(no.plain, self._sizes[0]), *cells, key=str(row[0]))
        if given.total:
            table.add_row(*printed.cells(given.columns, given.total, self._sizes, "bold"), key=TOTAL)
        table.move_cursor(row=at)
        others = "  ".join(f"^W 换{one.name}" for one in self._found.sheets[: len(KINDS)] if one is not sheet)
        title = Text.assemble((wording.clean(sheet.title), "bold"), f"  {sheet.right}", (f"  {others}", "dim"))
        under = Text(f"{wording.clean(sheet.left)}  {wording.clean(sheet.caption)}")
        self.query_one("#sheet_title", Static).update(Text("\n").join((title, under)))
        self.query_one("#foot", Static).update(wording.words(" ".join(" ".join((*sheet.notes, *sheet.foot)).split())))
        if not given.rows:
            self.query_one("#whole", Static).update(Text("这个单位没有牵头或配合的项目。"))

    def chosen(self) -> str | None:
        """Give the project under the cursor."""
        return self.query_one(RowTable).chosen or None

    def unit(self) -> str | None:
        """Give the unit whose list this is."""
        return self._unit

    def shown(self) -> Shown:
        """Give the version on the screen."""
        version, unit = self._version, self._unit

        def read(frame: Frame) -> list[Table]:
            return [block.table for block in self._book(frame).sheets[version].blocks]

        return Shown(f"责任清单_{unit}_{KINDS[version][0]}", read)

    def action_version(self) -> None:
        """Change between 下达版 and 台账版."""
        if self._found is not None:
            self._version = (self._version + 1) % len(KINDS)
            self.show(self._found)

    @on(DataTable.RowHighlighted, "#duty")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        given = self._given
        row = given.rows[event.cursor_row] if event.cursor_row < len(given.rows) else given.total
        whole = printed.cut(given.columns, row, self._sizes) if row else ""
        self.query_one("#whole", Static).update(wording.words(whole) if whole else Text())

    @on(DataTable.RowSelected, "#duty")
    def _open(self, event: DataTable.RowSelected) -> None:
        no = str(event.row_key.value)
        if no == TOTAL:
            self.app.push_screen(self._projects())
        else:
            self.portfolio.open_detail(no)

    def _projects(self) -> Page:
        """Make the list of the unit's projects, whatever the screens are filtered by."""
        from hgt_portfolio.tui.pages.projects import ProjectsPage

        return ProjectsPage(self.desk, Filter(member=self._unit), "")
