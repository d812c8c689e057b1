"""The chart of 进度图: one line a project, its name at the left, its bar at the right; drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click, MouseEvent, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hgt_portfolio.figures import Order, Position
from hgt_portfolio.months import Month
from hgt_portfolio.terms import DeadlineState, Light
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.bars import MONTH, SCALES, Axis, Cell, Part, Scale, begin, end, row_cells

HEAD = 2
"""Lines above the rows."""

SCALE = next(place for place, scale in enumerate(SCALES) if scale.cell == MONTH)
NUMBER, LIGHT, DONE = 4, 2, 4
NARROWEST_NAME, WIDEST_NAME = 24, 48
NAME_SHARE = 3
"""Tenths of the width that the name takes."""

SORTED_BY = (("序号", "position"), ("名称", "name"), ("灯", "light"), ("份额", "total_rate"))


class Gantt(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of projects against time, or ``nothing`` said where there are none.

    ``centre`` is the third of a month to be in the middle of the chart.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("gantt--head", "gantt--cursor", "gantt--bar", "gantt--done", "gantt--baseline", "gantt--today")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "row(-1)", "上一行", show=False),
        Binding("down", "row(1)", "下一行", show=False),
        Binding("pageup", "rows(-1)", "上一屏", show=False),
        Binding("pagedown", "rows(1)", "下一屏", show=False),
        Binding("home", "edge(0)", "第一行", show=False),
        Binding("end", "edge(1)", "最后一行", show=False),
        Binding("left", "cells(-1)", "左移一格", show=False),
        Binding("right", "cells(1)", "右移一格", show=False),
        Binding("ctrl+left", "screens(-1)", "左移半屏", show=False),
        Binding("ctrl+right", "screens(1)", "右移半屏", show=False),
        Binding("enter", "open", "打开", show=False),
    ]

    class Moved(Message):
        """The cursor came to a project, or to none."""

        def __init__(self, no: str | None) -> None:
            self.no = no
            super().__init__()

    class Opened(Message):
        """A project is to be opened."""

        def __init__(self, no: str) -> None:
            self.no = no
            super().__init__()

    class Headed(Message):
        """The head of a column was clicked; ``by`` is what its rows are ordered by."""

        def __init__(self, by: str) -> None:
            self.by = by
            super().__init__()

    class Scaled(Message):
        """Another time came on the screen, or another scale."""

    def __init__(self, *, id: str, nothing: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._nothing = nothing
        self._rows: Sequence[Position] = ()
        self._order: Sequence[Order] = ()
        self._today = 0
        self._range = (0, 0)
        self._scale = SCALE
        self._cursor = 0
        self.centre: int | None = None

    def fill(
        self, rows: Sequence[Position], order: Sequence[Order], today: int, horizon: Month, no: str | None
    ) -> None:
        """Show other rows, the cursor on the project ``no`` where it is there; at first today is in the middle."""
        self._rows, self._order, self._today = rows, order, today
        starts = [begin(month) for row in rows for month in (row.start, row.baseline_start) if month is not None]
        dues = [end(month) for row in rows for month in (row.due, row.baseline_due) if month is not None]
        self._range = min([today, *starts]), max([today, end(horizon), *dues])
        self.virtual_size = Size(0, len(rows) + HEAD)
        numbers = [row.no for row in rows]
        self._cursor = numbers.index(no) if no in numbers else 0
        self.look_at(today if self.centre is None else self.centre)
        self.call_after_refresh(self._into_view)

    def on_resize(self, _event: Resize) -> None:
        """Keep the row under the cursor in sight."""
        self.call_after_refresh(self._into_view)

    @property
    def chosen(self) -> str | None:
        """The number of the project under the cursor, None where there are no rows."""
        return self._rows[self._cursor].no if self._rows else None

    @property
    def scale(self) -> Scale:
        """How much time a cell holds."""
        return SCALES[self._scale]

    @property
    def name_width(self) -> int:
        """The cells that a name has room for."""
        return min(max(self.size.width * NAME_SHARE // 10, NARROWEST_NAME), WIDEST_NAME)

    @property
    def _fixed(self) -> int:
        """The cells left of the chart: number, name, light, share done, and a space after each."""
        return NUMBER + self.name_width + LIGHT + DONE + 4

    @property
    def axis(self) -> Axis:
        """The time that is on the screen, no further than there are bars; where all fit, from the first."""
        cell, width = self.scale.cell, max(self.size.width - self._fixed, 1)
        middle = self._today if self.centre is None else self.centre
        first, last = (third // cell for third in self._range)
        return Axis(self.scale, max(min(middle // cell - width // 2, last + 1 - width), first) * cell, width)

    def look_at(self, third: int) -> None:
        """Bring a time to the middle, as far as there are bars."""
        self.centre = min(max(third, self._range[0]), self._range[1])
        self._scaled()

    def look_at_today(self) -> None:
        """Bring today to the middle."""
        self.look_at(self._today)

    def zoom(self, step: int) -> bool:
        """Take a finer (1) or coarser (-1) scale, the middle staying; tell whether there is one."""
        there = 0 <= self._scale + step < len(SCALES)
        if there:
            self._scale += step
            self._scaled()
        return there

    def _scaled(self) -> None:
        self.refresh()
        self.post_message(Gantt.Scaled())

    def action_cells(self, step: int) -> None:
        """Move along time by cells, from what is on the screen."""
        axis = self.axis
        self.look_at(axis.third(axis.width // 2 + step))

    def action_screens(self, step: int) -> None:
        """Move along time by half of what is shown."""
        self.action_cells(step * max(self.axis.width // 2, 1))

    def action_row(self, step: int) -> None:
        """Move the cursor by rows."""
        self._go(self._cursor + step)

    def action_rows(self, step: int) -> None:
        """Move the cursor by a screen of rows."""
        self._go(self._cursor + step * max(self.size.height - HEAD - 1, 1))

    def action_edge(self, last: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(last * (len(self._rows) - 1))

    def action_open(self) -> None:
        """Open the project under the cursor."""
        if self.chosen is not None:
            self.post_message(Gantt.Opened(self.chosen))

    def _go(self, row: int) -> None:
        self._cursor = min(max(row, 0), max(len(self._rows) - 1, 0))
        self._into_view()
        self.refresh()
        self.post_message(Gantt.Moved(self.chosen))

    def _into_view(self) -> None:
        seen = max(self.size.height - HEAD, 1)
        top = round(self.scroll_y)
        self.scroll_to(y=min(max(top, self._cursor - seen + 1), self._cursor), animate=False)

    def on_click(self, event: Click) -> None:
        """Move the cursor, or open the row it is on; on the head order by a column or look at a time."""
        row = event.y - HEAD + round(self.scroll_y)
        if event.y < HEAD:
            self._head_clicked(event.x)
        elif row < len(self._rows):
            if row == self._cursor:
                self.action_open()
            self._go(row)

    def _head_clicked(self, x: int) -> None:
        if x >= self._fixed:
            self.look_at(self.axis.third(x - self._fixed))
            return
        ends = (NUMBER, NUMBER + 1 + self.name_width, NUMBER + self.name_width + LIGHT + 2, self._fixed)
        self.post_message(Gantt.Headed(next(by for (_, by), last in zip(SORTED_BY, ends, strict=True) if x <= last)))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Move the cursor down; with Ctrl zoom out, with Shift move along time."""
        self._wheeled(event, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Move the cursor up; with Ctrl zoom in, with Shift move along time."""
        self._wheeled(event, -1)

    def on_mouse_scroll_right(self, event: MouseScrollRight) -> None:
        """Move along time."""
        self._taken(event)
        self.action_cells(1)

    def on_mouse_scroll_left(self, event: MouseScrollLeft) -> None:
        """Move along time."""
        self._taken(event)
        self.action_cells(-1)

    def _wheeled(self, event: MouseEvent, step: int) -> None:
        self._taken(event)
        if event.ctrl:
            self.zoom(-step)
        elif event.shift:
            self.action_cells(step)
        else:
            self.action_row(step)

    def _taken(self, event: MouseEvent) -> None:
        event.stop()
        event.prevent_default()

    def render_line(self, y: int) -> Strip:
        """Draw a line: the heads stay, the rows scroll below them."""
        row = y - HEAD + round(self.scroll_y)
        if y < HEAD:
            return self._head(y)
        if not self._rows and y == HEAD + 1:
            said = Text(f" {self._nothing}", self.rich_style, end="")
            return Strip(said.render(self.app.console)).adjust_cell_length(self.size.width, self.rich_style)
        return self._row(row) if row < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def _head(self, y: int) -> Strip:
        style, axis = self.get_component_rich_style("gantt--head"), self.axis
        scale = Text(axis.heads[y][: axis.cell(self._range[1]) + 1], style)
        today = axis.cell(self._today)
        if y and 0 <= today < axis.width:
            scale.stylize("reverse", today, today + 1)
        line = Text.assemble(self._titles() if y else " " * self._fixed, scale, style=style, end="")
        return Strip(line.render(self.app.console)).adjust_cell_length(self.size.width, style)

    def _titles(self) -> Text:
        """Write the heads of the fixed columns, the ordered one with 升 or 降."""
        first = next(iter(self._order), Order())
        line = Text()
        for (head, by), width in zip(SORTED_BY, (NUMBER, self.name_width, LIGHT, DONE), strict=True):
            mark = ("降" if first.descending else "升") if by == first.by else ""
            title = Text(mark if width < cell_len(head + mark) and mark else head + mark)
            title.pad_right(width + 1 - title.cell_len)
            line.append_text(title)
        return line

    def _row(self, row: int) -> Strip:
        position, is_cursor = self._rows[row], row == self._cursor
        base = self.rich_style + (self.get_component_rich_style("gantt--cursor") if is_cursor else Style.null())
        rate = position.total_rate
        done = wording.UNKNOWN if rate is None else f"{int(rate * 100)}%"
        name = wording.fitted(position.name, self.name_width)
        name.pad_right(self.name_width - name.cell_len)
        line = Text.assemble(
            *(wording.right(position.no, NUMBER), " ", name, " ", wording.light(position.light), " "),
            *(wording.right(done, DONE), " "),
            end="",
        )
        console = self.app.console
        segments = [Segment(part.text, base + (part.style or Style.null())) for part in line.render(console)]
        return Strip([*segments, *self._bar(position, base)], self.size.width)

    def _bar(self, position: Position, base: Style) -> list[Segment]:
        """Draw a project's time, cells of one look together."""
        segments: list[Segment] = []
        axis = self.axis
        for cell in row_cells(position, axis, self._today):
            style = self._style(cell, position, base)
            if segments and segments[-1].style == style:
                segments[-1] = Segment(segments[-1].text + cell.letter, style)
            else:
                segments.append(Segment(cell.letter, style))
        return segments

    def _style(self, cell: Cell, position: Position, base: Style) -> Style:
        style = base + self.get_component_rich_style("gantt--bar") if cell.on_bar else base
        if cell.part is Part.DONE:
            light = Style.parse(wording.LIGHT_STYLES[Light(position.light)])
            return style + self.get_component_rich_style("gantt--done", partial=True) + light
        if cell.part in (Part.BASELINE, Part.TODAY):
            return style + self.get_component_rich_style(f"gantt--{cell.part}", partial=True)
        if cell.part is Part.MARK:
            late = position.deadline_state == DeadlineState.OVERDUE
            return style + Style.parse("bold red" if late and cell.letter == "!" else "bold")
        return style
