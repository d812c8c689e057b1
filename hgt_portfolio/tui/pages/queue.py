"""待办: what needs a hand now, worked from top to bottom with one key an item."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Filter, Position, Queue, Task
from hgt_portfolio.figures.queue import GROUNDS
from hgt_portfolio.months import Month
from hgt_portfolio.reports.queue import in_hand_words
from hgt_portfolio.reports.queue import queue as queued
from hgt_portfolio.terms import SupervisionStep, TaskAction, TaskKind
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.filtering import FilteredPage
from hgt_portfolio.tui.forms import FORMS
from hgt_portfolio.tui.forms.deciding import answering
from hgt_portfolio.tui.forms.fields import Form
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.forms.supervising import raising, stepping
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.rows import Marks, RowTable

HEADS = (("事由", 11), (" 天数", 6), (" 序号", 6), ("名称", 20), ("单位", 13), ("办理", 9), ("情况", 13))
NAME, WHY = 3, 6
WIDE, WIDEST_NAME, NEEDED_WHY = 120, 60, 62
"""From how many cells on 情况 has a column, the most of the name, and those of a common 情况, which grows first."""
STEPS = {TaskAction.REMIND: SupervisionStep.REMINDED, TaskAction.STRIKE: SupervisionStep.STRUCK}
RED = (TaskKind.OVERDUE, TaskKind.RED_TWICE)
EMPTY = "没有待办。按 Alt+L 看各单位填报情况，按 6 看督办，或按 2 看全部项目。"
NONE_HERE = "所筛选的项目没有待办。按 ^L 清除筛选。"


class TaskTable(RowTable):
    """The list of tasks; left and right go from one kind to another."""

    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("left", "screen.next_kind(-1)", "上一种", show=False),
        Binding("right", "screen.next_kind(1)", "下一种", show=False),
    ]


@dataclass(frozen=True)
class Tasks:
    """What the screen shows: the queue, how the projects of the filter stand, and of how many those are."""

    queue: Queue
    positions: dict[str, Position]
    everything: int


class QueuePage(FilteredPage):
    """The tasks in order of harm; those put off in this session come last."""

    PLACE = "queue"
    BINDINGS = PAGE_BINDINGS["queue"]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.marks = Marks()
        self._put_off: dict[str, None] = {}
        self._order: list[Task] = []
        self._rows: dict[str, Task] = {}
        self._wanted: str | None = None
        self._page = 0
        self._held = ""

    def body(self) -> ComposeResult:
        """Lay out the filter, the counts, the list, and why the task under the cursor is one."""
        yield from self.filter_bar()
        yield Static(id="kinds")
        yield TaskTable(id="tasks")
        yield Static(id="why")
        yield Static(id="project")
        yield Static(id="marked")
        yield Static(id="count")

    @property
    def table(self) -> RowTable:
        """The list itself."""
        return self.query_one(TaskTable)

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.table.focus()

    def question(self) -> Question:
        """Ask for the tasks of the projects that the filter lets through."""
        desk, where = self.desk, self.where
        figures, rules = desk.figures, desk.rules

        def read(frame: Frame) -> Tasks:
            return Tasks(
                figures.queue(frame.point, where, rules=rules),
                {row.no: row for row in figures.positions(frame.point, where, rules=rules)},
                desk.everything(frame.point),
            )

        return once(read)

    def show(self, found: Tasks) -> None:
        """Fill the list; where the cursor's task is done with, the cursor goes to the one after it."""
        tasks, before = found.queue.tasks, self._order
        keys = {task.key for task in tasks}
        self._put_off = {key: None for key in self._put_off if key in keys}
        last = list(self._put_off)
        self._order = [task for task in tasks if task.key not in self._put_off]
        self._order += sorted((t for t in tasks if t.key in self._put_off), key=lambda t: last.index(t.key))
        self._wanted = _following(self._wanted, before, keys)
        self._draw_list()
        self.draw_filter(len(found.positions), found.everything)
        self._draw_kinds(found.queue)
        self._draw_count()

    def _draw_list(self) -> None:
        """Show the page that the wanted task stands on."""
        size, keys = self.desk.settings.page, [task.key for task in self._order]
        if self._wanted in keys:
            self._page = keys.index(self._wanted) // size
        self._page = min(self._page, max(len(keys) - 1, 0) // size)
        page = self._order[self._page * size : (self._page + 1) * size]
        self._rows = {task.key: task for task in page}
        table, widths = self.table, _widths(self.size.width)
        with self.prevent(DataTable.RowHighlighted):
            table.clear(columns=True)
            for (head, _), width in zip(HEADS, widths, strict=False):
                table.add_column(head, width=width, key=head)
            for task in page:
                table.add_row(*self._cells(task, widths)[: len(widths)], key=task.key)
            shown = list(self._rows)
            table.move_cursor(row=shown.index(self._wanted) if self._wanted in shown else 0, animate=False)
        self._wanted = table.chosen
        self._draw_why()

    def _cells(self, task: Task, widths: list[int]) -> tuple[Text, ...]:
        days = wording.UNKNOWN if task.days is None else str(task.days)
        return (
            wording.cell(task.kind, "bold red" if task.kind in RED else ""),
            wording.right(f"剩{days}" if task.kind is TaskKind.DUE_SOON else days, 5),
            self._numbered(task),
            wording.fitted(task.name, widths[NAME] - 1),
            wording.fitted(task.unit, 12),
            wording.cell(task.action),
            wording.fitted(task.why, widths[-1] - 1),
        )

    def _numbered(self, task: Task) -> Text:
        """Write 序号 with the mark before it."""
        number = wording.right(task.no or wording.UNKNOWN, 4)
        return Text.assemble(("*", "bold") if task.key in self.marks else " ", number)

    def _draw_kinds(self, queue: Queue) -> None:
        """Write how many there are of each kind; a click on one goes to it."""
        line = Text(f" 待办 {len(queue.tasks)} ", "bold")
        counts = queue.counts
        for kind in TaskKind:
            if counts[kind]:
                style = Style(color="red" if kind in RED else None, meta={"@click": f"screen.kind('{kind}')"})
                line.append("  ").append(f"{kind} {counts[kind]}", style)
        self.query_one("#kinds", Static).update(line)
        self._held = "；".join(in_hand_words(queue))

    def _draw_count(self) -> None:
        total, size = len(self._order), self.desk.settings.page
        said = f"{total} 件。^F 办理，办完自动到下一件；^K 跳过；左右键换一类。"
        said += f"  第 {self._page + 1}/{-(-total // size)} 页" if total > size else ""
        said += f"  本次跳过 {len(self._put_off)}" if self._put_off else ""
        said += f"  {self._held}" if self._held else ""
        if not total:
            said = EMPTY if self.where == Filter() else NONE_HERE
        self.query_one("#count", Static).update(wording.words(said))
        marked = self.query_one("#marked", Static)
        marked.update(Text(f"已标记 {len(self.marks)} 件，{len(self._marked_nos())} 个项目"))
        marked.display = bool(self.marks)

    def _draw_why(self) -> None:
        task = self.at_hand
        said = Text()
        if task is not None:
            name = wording.words(f"{f'#{task.no} ' if task.no else ''}{task.name}", "bold")
            said = Text("\n").join((name, wording.words(f"{task.action}：{task.why}")))
        self.query_one("#why", Static).update(said)
        position = self._found.positions.get(task.no) if task else None
        self.query_one("#project", Static).update(facts.spread(position) if position else "")

    @property
    def at_hand(self) -> Task | None:
        """The task under the cursor."""
        return self._rows.get(self.table.chosen or "")

    def chosen(self) -> str | None:
        """Give the project of the task under the cursor."""
        return self.at_hand.no if self.at_hand else None

    def unit(self) -> str | None:
        """Give the unit of the task under the cursor."""
        return self.at_hand.unit if self.at_hand else self.where.unit

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the task under the cursor in full."""
        task = self.at_hand
        if task is None:
            return []
        days = wording.UNKNOWN if task.days is None else str(task.days)
        values = (task.kind, days, task.no or wording.UNKNOWN, task.name, task.unit, task.action, task.why)
        return [(head.strip(), wording.clean(str(value))) for (head, _), value in zip(HEADS, values, strict=True)]

    def shown(self) -> Shown:
        """Give every task of the filter, in the ledger's order."""
        desk, where = self.desk, self.where
        return Shown("待办", lambda frame: [queued(desk.figures, frame.point, where, desk.rules)])

    @on(DataTable.RowHighlighted, "#tasks")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        if event.row_key.value == self.table.chosen:
            self._wanted = event.row_key.value
            self._draw_why()

    @on(DataTable.RowSelected, "#tasks")
    def _open(self) -> None:
        from hgt_portfolio.tui.pages.supervision import ItemPage

        task = self.at_hand
        if task is not None and task.item is not None:
            self.app.push_screen(ItemPage(self.desk, task.item.no))
        elif task is not None and task.no is not None:
            self.portfolio.open_detail(task.no)

    def action_handle(self) -> None:
        """Open what the task under the cursor is done with."""
        task = self.at_hand
        if task is None:
            self.portfolio.say("没有选中待办的事。")
        elif task.action is TaskAction.CHECK:
            self.action_form("check")
        elif task.action is TaskAction.AMEND and not task.about:
            self.action_form("amend")
        elif self.may_write(f"不能{task.action}"):
            self._handle(task)

    def _handle(self, task: Task) -> None:
        from hgt_portfolio.tui.pages.returning import ReturnsPage

        file = self.desk.exports.absolute() / task.about
        if task.item is not None:
            self._ask(stepping(task.item, STEPS[task.action]), None)
        elif task.action is TaskAction.AMEND:
            self._ask(answering(task.about), task.no)
        elif task.action is TaskAction.SUPERVISE:
            self._ask(raising(GROUNDS[task.kind]), task.no)
        elif task.action is TaskAction.DECIDE and task.about and file.is_file():
            self.app.push_screen(ReturnsPage(self.desk, (file,)))
        else:
            if task.action is TaskAction.DECIDE:
                self.portfolio.say(f"导出文件夹里没有 {task.about}：对照下面的两个数填报一次，或按 ^G 选取那份表取舍。")
            self._ask(_for_period(FORMS["report"], task.period), task.no)

    def _ask(self, form: Form, no: str | None) -> None:
        self.app.push_screen(FormScreen(self.desk, form, no), self.portfolio.written)

    def action_skip(self) -> None:
        """Put the task under the cursor off to the end, for this session."""
        task = self.at_hand
        if task is None:
            return
        keys = [one.key for one in self._order]
        place = keys.index(task.key)
        self._put_off.pop(task.key, None)
        self._put_off[task.key] = None
        self._order = [one for one in self._order if one.key != task.key] + [task]
        self._wanted = self._order[min(place, len(self._order) - 1)].key
        self._draw_list()
        self._draw_count()
        self.portfolio.say(f"已跳过 {task.kind} {f'#{task.no}' if task.no else ''} {task.name}，移到最后。")

    def action_kind(self, kind: str) -> None:
        """Go to the first task of a kind."""
        first = next((task for task in self._order if task.kind == kind), None)
        if first is not None:
            self._wanted = first.key
            self._draw_list()
            self._draw_count()
            self.table.focus()

    def action_next_kind(self, step: int) -> None:
        """Go to the first task of the next kind, or of the one before."""
        kinds = list(dict.fromkeys(task.kind for task in self._order))
        if self.at_hand is not None:
            self.action_kind(kinds[(kinds.index(self.at_hand.kind) + step) % len(kinds)])

    def narrow(self, where: Filter) -> None:
        """Take another filter, from its first task on."""
        self._wanted, self._page = None, 0
        super().narrow(where)

    def action_leave_filter(self) -> None:
        """Go from the filter into the list."""
        self.table.focus()

    def action_turn(self, step: int) -> None:
        """Turn to another page, where there is one."""
        page = self._page + step
        if 0 <= page * self.desk.settings.page < len(self._order):
            self._wanted = self._order[page * self.desk.settings.page].key
            self._draw_list()
            self._draw_count()

    def action_mark(self) -> None:
        """Mark the task under the cursor, or take its mark away, and go to the next row."""
        if self.at_hand is not None:
            self.marks.turn(self.at_hand.key)
            self._draw_marks()
            self.table.action_cursor_down()

    def action_mark_range(self) -> None:
        """Mark from the task marked last to the one under the cursor."""
        if self.at_hand is not None:
            self.marks.reach(self.at_hand.key, [task.key for task in self._order])
            self._draw_marks()

    def action_mark_all(self) -> None:
        """Mark all tasks of the filter; where all are marked, none."""
        if self._order:
            self.marks.turn_all([task.key for task in self._order])
            self._draw_marks()

    def _draw_marks(self) -> None:
        for key, task in self._rows.items():
            self.table.update_cell(key, HEADS[2][0], self._numbered(task))
        self._draw_count()

    def _marked_nos(self) -> tuple[str, ...]:
        """Give the projects of the marked tasks that still stand, each once."""
        return tuple(dict.fromkeys(task.no for task in self._order if task.key in self.marks and task.no))

    def action_bulk(self) -> None:
        """Update the projects of the marked tasks at once, or the one under the cursor."""
        from hgt_portfolio.tui.dialogs.bulk import BulkScreen

        nos = self._marked_nos() or tuple(filter(None, (self.chosen(),)))
        if not self.may_write("不能批量更新"):
            return
        if nos:
            self.app.push_screen(BulkScreen(self.desk, nos), self.portfolio.written)
        else:
            self.portfolio.say("请先按空格标记几件待办。")


def _following(wanted: str | None, before: list[Task], keys: set[str]) -> str | None:
    """Give the task itself, else the first after it in the old order that still stands, else the last before it."""
    old = [task.key for task in before]
    if wanted in keys or wanted not in old:
        return wanted
    place = old.index(wanted)
    return next((key for key in (*old[place:], *reversed(old[:place])) if key in keys), None)


def _widths(room: int) -> list[int]:
    """Give the columns' widths: the name grows a little, more once why has what it needs, which else stands below."""
    widths = [width for _, width in HEADS]
    if room < WIDE:
        widths.pop()
        widths[NAME] += room - sum(widths) - 1
        return widths
    spare = max(room - sum(widths) - 2, 0)
    name = min(max(spare // 4, spare - NEEDED_WHY + widths[WHY]), WIDEST_NAME - widths[NAME])
    widths[NAME] += name
    widths[WHY] += spare - name
    return widths


def _for_period(form: Form, period: Month | None) -> Form:
    """Make a form begin at a period of its own."""
    return replace(form, prepare=lambda asked: form.prepare(replace(asked, period=asked.period or period)))
