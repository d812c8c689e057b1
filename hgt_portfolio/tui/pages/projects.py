"""项目: find, compare, update: a list in pages with its filter, its true total, its marks, the project beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter, Group, Order, Point, Position
from hgt_portfolio.output.plain import RIGHT
from hgt_portfolio.reports.lists import listed
from hgt_portfolio.reports.portfolio import grouped
from hgt_portfolio.settings import SettingsError
from hgt_portfolio.table import Table
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown, sentence
from hgt_portfolio.tui.filtering import share_words
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question
from hgt_portfolio.tui.pages.beside import Pane, pane_width
from hgt_portfolio.tui.pages.grouping import group_card, group_texts, groupings, heading, laid_over
from hgt_portfolio.tui.pages.listing import (
    COLUMNS,
    FIXED,
    ListColumn,
    beyond,
    columns_named,
    head,
    order_words,
    widths,
    with_total,
)
from hgt_portfolio.tui.pages.marking import MarkLine, investment_words
from hgt_portfolio.tui.pages.paged import NOTHING, SEARCHED, Listed, PagedPage, View, read_list
from hgt_portfolio.tui.rows import Marks, RowTable

SCROLLBAR = 1
COUNTING = "计算中"
"""What stands for sums still to come."""
HEADING = "="
"""What the row key of a group's heading begins with; no project's number does."""


class ProjectsPage(PagedPage):
    """The list of projects, or of those that a figure counts."""

    PLACE = "projects"
    BINDINGS = PAGE_BINDINGS["projects"]

    def __init__(self, desk: Desk, where: Filter | None = None, label: str = "") -> None:
        super().__init__(desk, where, label)
        self.marks = Marks()
        self._rows: dict[str, Position] = {}
        self._groups: dict[str, Group] = {}
        self._beyond = 0

    def body(self) -> ComposeResult:
        """Lay out the filter, the list, the project beside it, the marks, and the count."""
        yield from self.filter_bar()
        with Horizontal(id="list"):
            with Vertical(id="rows_or_none"):
                yield RowTable(id="rows", fixed_columns=len(FIXED))
                yield Static(Text(f"{NOTHING}\n{SEARCHED}"), id="nothing")
            yield Pane(self.desk)
        yield Static(id="under")
        yield MarkLine(self.desk)
        yield Static(id="count")

    @property
    def table(self) -> RowTable:
        """The list itself."""
        return self.query_one(RowTable)

    @property
    def columns(self) -> tuple[ListColumn, ...]:
        """The columns shown."""
        return columns_named(self.desk.settings.columns)[0]

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.table.focus()
        strange = columns_named(self.desk.settings.columns)[1]
        if strange and self.opened is None:
            self.portfolio.say(f"设置里有不认识的列：{'、'.join(strange)}，没有显示。按 Alt+C 重新选列。")

    def question(self) -> Question:
        """Ask for one page of the list, then for the totals of all of it."""
        desk, where, view, follow = self.desk, self.where, self.view, self.wanted
        return lambda frame: read_list(desk, where, view, follow, frame)

    def show(self, found: Listed) -> None:
        """Fill the list, the cursor staying on its project."""
        if self.take(found):
            self._rows = {position.no: position for position in found.positions}
            self._groups = {group.name: group for group in found.groups}
            with self.prevent(DataTable.RowHighlighted):
                self._fill(self._lines(found))
            self.wanted = self.wanted or self.table.chosen
            self._show_card()
            self.query_one("#list").set_class(not found.positions, "-nothing")
            self._weigh_marks()
        self.draw_filter(found.count, found.everything)
        self.query_one("#count", Static).update(self._count(found))

    def _lines(self, found: Listed) -> list[tuple[str, bool]]:
        """Give the keys of the rows: each project's number, and before each group its heading, again on a new page."""
        grouping, above = found.view.grouping, ""
        lines: list[tuple[str, bool]] = []
        starts = {0, *accumulate(group.count for group in found.groups)}
        for position in found.positions:
            name = getattr(position, grouping.field) if grouping else ""
            if grouping and name != above:
                again = not lines and found.view.page * self.desk.settings.page not in starts
                lines.append((f"{HEADING}{name}", again))
            lines.append((position.no, False))
            above = name
        return lines

    def _fill(self, lines: Sequence[tuple[str, bool]]) -> None:
        table, columns = self.table, self.columns
        heads = [head(column, self.view.order) for column in columns]
        beside = pane_width(self.size.width)
        self.query_one(Pane).styles.width = beside
        room = self.size.width - beside - SCROLLBAR
        sizes = widths(columns, heads, self._rows.values(), room)
        self._beyond = beyond(sizes, room)
        scrolled = table.scroll_x
        table.clear(columns=True)
        for column, title, size in zip(columns, heads, sizes, strict=True):
            title.pad_left(max(size - title.cell_len, 0) if column.kind in RIGHT else 0)
            table.add_column(title, width=size + 1, key=column.name)
        for key, again in lines:
            table.add_row(*self._cells(key, columns, sizes, again=again), key=key)
        keys = [key for key, _ in lines]
        first = 1 if self.view.grouping and len(keys) > 1 else 0
        table.move_cursor(row=keys.index(self.wanted) if self.wanted in keys else first, animate=False)
        table.call_after_refresh(table.scroll_to, x=scrolled, animate=False)

    def _cells(self, key: str, columns: Sequence[ListColumn], sizes: list[int], *, again: bool) -> list[Text]:
        if key not in self._rows:
            group, grouping = self._group(key), self.view.grouping
            line = heading(grouping, group, continued=again) if grouping and group else Text()
            return laid_over(line, [size + 1 for size in sizes])
        position = self._rows[key]
        return [self._numbered(key), *(c.write(position, s) for c, s in zip(columns[1:], sizes[1:], strict=True))]

    def _numbered(self, no: str) -> Text:
        """Write 序号 with the mark before it."""
        width = self.table.ordered_columns[0].width - 2
        return Text.assemble(("*", "bold") if no in self.marks else " ", FIXED[0].write(self._rows[no], width))

    def _group(self, key: str | None) -> Group | None:
        """Give the group whose heading a row is."""
        return self._groups.get(key.removeprefix(HEADING)) if key and key.startswith(HEADING) else None

    def _count(self, found: Listed) -> Text:
        share = share_words(found.count, found.everything)
        if found.count == 0:
            return Text(f"{share} 条")
        grouped_by = f"  按{self.view.grouping.label}分组" if self.view.grouping else ""
        ordered = f"  {order_words(self.view.order)}" if self.view.order else ""
        more = f"  左右键看另{self._beyond}列" if self._beyond else ""
        at, total = found.pages(self.desk.settings.page), investment_words(found.total) if found.total else COUNTING
        return Text(f"{share} 条  合计 {total}  {at}{ordered}{grouped_by}{more}")

    def chosen(self) -> str | None:
        """Give the project under the cursor, none on a group's heading."""
        key = self.table.chosen
        return key if key in self._rows else None

    def marked(self) -> tuple[str, ...]:
        """Give the numbers of the marked projects, in the order of marking."""
        return self.marks.keys

    def unit(self) -> str | None:
        """Give the unit that the list was opened for, or whose heading the cursor is on."""
        group, grouping = self._group(self.table.chosen), self.view.grouping
        return group.name if group and grouping and grouping.field == "unit" else self.where.unit

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the values of the row under the cursor in full, or a group's subtotals, amounts exact."""
        position, group = self._rows.get(self.table.chosen or ""), self._group(self.table.chosen)
        if position is not None:
            return [(column.head, column.text(position)) for column in self.columns]
        return group_texts(self.view.grouping, group) if self.view.grouping and group else []

    def shown(self) -> Shown:
        """Give the whole list that the filter lets through, in its order and columns, and its groups' subtotals."""
        desk, where, view, columns = self.desk, self.where, self.view, self.columns
        fields = [(column.field, column.cell) for column in columns]

        def read(frame: Frame) -> list[Table]:
            table = listed(desk.figures, frame.point, where, fields, desk.rules, view.keys)
            tables = [with_total(table, columns, desk.figures.totals(frame.point, where, rules=desk.rules))]
            if view.grouping:
                tables.append(grouped(desk.figures, frame.point, view.grouping.by, where, desk.rules, whole=True))
            return tables

        return Shown("项目清单", read)

    def _change(self, **changes: object) -> None:
        """Show the list another way, the cursor staying on its project."""
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]
        self.reread()

    def _show_card(self) -> None:
        under, beside = self.query_one("#under", Static), self.query_one(Pane)
        position, group = self._rows.get(self.table.chosen or ""), self._group(self.table.chosen)
        if position is not None and self.frame is not None:
            under.update(wording.cell(f"#{position.no} {position.name}"))
            beside.show_project(position, self.frame.point)
        elif group is not None and self.view.grouping:
            under.update(heading(self.view.grouping, group))
            beside.show_group(group_card(self.view.grouping, group))
        else:
            under.update("")
            beside.show_group("")

    @on(DataTable.RowHighlighted, "#rows")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        if event.row_key.value == self.table.chosen:
            self.wanted = event.row_key.value
            self._show_card()

    @on(DataTable.RowSelected, "#rows")
    def _open(self, event: DataTable.RowSelected) -> None:
        key, grouping = str(event.row_key.value), self.view.grouping
        group = self._group(key)
        if group and grouping:
            where = self.where.both(grouping.opens(group.name))
            self.app.push_screen(ProjectsPage(self.desk, where, where.describe()))
        else:
            self.portfolio.open_detail(key, self.desk)

    def action_form(self, name: str) -> None:
        """Open a form on the project under the cursor; a heading is none, though a unit's may be about the unit."""
        if self._group(self.table.chosen) and self.unit() is None:
            self._say_heading()
        else:
            super().action_form(name)

    def _say_heading(self) -> None:
        self.portfolio.say("光标在分组的小计行上，请选一个项目。按 Enter 打开这一组的全部项目。")

    def action_leave_filter(self) -> None:
        """Go from the filter into the list."""
        self.table.focus()

    @on(DataTable.HeaderSelected, "#rows")
    def _order_by(self, event: DataTable.HeaderSelected) -> None:
        by = self.columns[event.column_index].order
        first = (self.view.order or (Order(),))[0]
        if by == first.by and len(self.view.order) < 2:
            self.action_reverse()
        else:
            self._order((Order(by),))

    def _order(self, order: tuple[Order, ...]) -> None:
        """Order the list; the plan's own order is no key."""
        self._change(order=() if order == (Order(),) else order, page=0)

    def action_sort(self) -> None:
        """Choose one or several columns to order by."""
        from hgt_portfolio.tui.dialogs.sorting import SortScreen

        choices: dict[str, str] = {}
        for column in (*self.columns, *COLUMNS):
            choices.setdefault(column.order, column.title)
        self.app.push_screen(SortScreen(choices, self.view.order), self._sorted)

    def _sorted(self, order: tuple[Order, ...] | None) -> None:
        if order is not None:
            self._order(order)

    def action_reverse(self) -> None:
        """Turn the first key round."""
        first, *rest = self.view.order or (Order(),)
        self._order((replace(first, descending=not first.descending), *rest))

    def action_group(self) -> None:
        """Group by the next of 领域, 单位, 阶段, then not at all."""
        ways = groupings(self.desk.basis)
        label = self.view.grouping and self.view.grouping.label
        at = next((place for place, way in enumerate(ways) if way and way.label == label), 0)
        self._change(grouping=ways[(at + 1) % len(ways)])

    def action_basis(self) -> None:
        """Take the next basis for near and far, for groups by phase too."""
        super().action_basis()
        if self.view.grouping and self.view.grouping.field not in ("domain", "unit"):
            self._change(grouping=groupings(self.desk.basis)[-1])

    def action_columns(self) -> None:
        """Choose which columns the list shows, and in what order."""
        from hgt_portfolio.tui.dialogs.columns import ColumnsScreen

        self.app.push_screen(ColumnsScreen(self.columns), self._keep_columns)

    def _keep_columns(self, names: list[str] | None) -> None:
        if names is None:
            return
        self.desk.change()
        try:
            self.desk.keep(columns=names)
        except SettingsError as problem:
            self.portfolio.tell("没有存下所选的列", str(problem))
        self.reread()

    def action_mark(self) -> None:
        """Mark the project under the cursor, or take its mark away, and go to the next row."""
        no = self.chosen()
        if no is not None:
            self.marks.turn(no)
            self._marked()
        elif self.table.row_count:
            self._say_heading()
        self.table.action_cursor_down()

    def action_mark_range(self) -> None:
        """Mark from the project marked last to the one under the cursor, over pages too."""
        no = self.chosen()
        if no is not None:
            self._number(no)
        elif self.table.row_count:
            self._say_heading()

    def action_mark_all(self) -> None:
        """Mark all projects that the filter lets through; where all are marked, none."""
        self._number(None)

    class Numbered(Message):
        """The numbers of all projects of the list, in its order, for marking those up to ``no`` or all."""

        def __init__(self, no: str | None, numbers: list[str]) -> None:
            self.no, self.numbers = no, numbers
            super().__init__()

    def _number(self, no: str | None) -> None:
        """Have the projects up to one or all marked; the numbers of more than are in sight are read in a thread."""
        if self.frame is None or self.listed is None:
            return
        if self.listed.count == len(self._rows):
            self.post_message(ProjectsPage.Numbered(no, list(self._rows)))
        else:
            self._read_numbers(no, self.frame.point, self.where, self.view)

    @work(thread=True, exclusive=True, group="mark")
    def _read_numbers(self, no: str | None, point: Point, where: Filter, view: View) -> None:
        try:
            numbers = self.desk.figures.numbers(point, where, rules=self.desk.rules, order=view.keys)
        except Exception as problem:  # every failure is said on the screen, which stays usable
            self.app.call_from_thread(self.portfolio.tell, "没有标记", sentence(problem))
        else:
            self.post_message(ProjectsPage.Numbered(no, numbers))

    @on(Numbered)
    def _was_numbered(self, message: Numbered) -> None:
        if message.no is None:
            self.marks.turn_all(message.numbers)
        elif message.no in message.numbers:
            self.marks.reach(message.no, message.numbers)
        self._marked()

    def action_bulk(self) -> None:
        """Open the form that updates the marked projects at once, or the one under the cursor."""
        from hgt_portfolio.tui.dialogs.bulk import BulkScreen

        chosen = self.chosen()
        nos = self.marked() or ((chosen,) if chosen else ())
        if not self.may_write("不能批量更新"):
            return
        if nos:
            self.app.push_screen(BulkScreen(self.desk, nos), self.portfolio.written)
        else:
            self.portfolio.say("请先按空格标记几个项目。")

    def _marked(self) -> None:
        """Draw the marks, and read the total of the marked anew."""
        for no in self._rows:
            self.table.update_cell(no, FIXED[0].name, self._numbered(no))
        self._weigh_marks()

    def _weigh_marks(self) -> None:
        if self.frame is not None:
            self.query_one(MarkLine).weigh(self.marked(), self.where, self.frame.point)
