"""督办: the items not struck off, what the figures suggest to raise, and one item with everything that happened."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Suggestion, SupervisionItem
from hgt_portfolio.reports.supervision import (
    count_words,
    due_words,
    step_list,
    suggestion_list,
    supervision_item,
    supervision_list,
)
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Table
from hgt_portfolio.terms import SupervisionState, SupervisionStep
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.forms.supervising import raising, stepping
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.rows import RowTable

HEADS = (
    *(("编号", 12), ("状态", 9), ("超期", 6), ("对象", 24)),
    *(("事由", 9), ("完成时限", 11), ("单位", 13), ("最近办理", 30)),
)
SUBJECT = 3
LIMIT = 200
SUGGESTED = "建议"


@dataclass(frozen=True)
class Supervised:
    """What the screen shows: the items asked for, how all of them stand, and what is suggested."""

    items: list[SupervisionItem]
    counted: str
    suggestions: list[Suggestion]


class ItemCommands(Page):
    """A screen on which an item can be taken a step on."""

    def item(self) -> SupervisionItem | None:
        """Give the item that the commands act on."""
        raise NotImplementedError

    def action_step(self, name: str) -> None:
        """Open the form of a step on the chosen item."""
        item = self.item()
        if not self.may_write("不能办理"):
            return
        if item is None:
            self.portfolio.say("请先用方向键选中一个督办事项；建议的还没有交办，按 Enter 交办。")
        else:
            form = stepping(item, SupervisionStep[name])
            self.app.push_screen(FormScreen(self.desk, form), self.portfolio.written)


class SupervisionPage(ItemCommands):
    """Every item, the ones not struck off first, then what is suggested."""

    PLACE = "supervision"
    BINDINGS = PAGE_BINDINGS["supervision"]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._whole = False
        self._items: dict[str, SupervisionItem] = {}
        self._suggestions: dict[str, Suggestion] = {}

    def body(self) -> ComposeResult:
        """Lay out the counts and the list."""
        yield Static(id="under_counts")
        yield RowTable(id="supervised")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the list."""
        super().on_mount()
        self.query_one(RowTable).focus()

    def question(self) -> Question:
        """Ask for the items and the suggestions."""
        figures, rules, whole = self.desk.figures, self.desk.rules, self._whole

        def read(frame: Frame) -> Supervised:
            point = frame.point
            items = figures.supervision(point)
            shown = [item for item in items if whole or item.is_open]
            return Supervised(shown, count_words(items), figures.suggested(point, rules=rules))

        return read

    def show(self, found: Supervised) -> None:
        """Fill the list, the cursor staying on its row."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        room = self.size.width - sum(width for head, width in HEADS if head != "对象") - 3
        wide = max(HEADS[SUBJECT][1], room)
        for place, (head, width) in enumerate(HEADS):
            table.add_column(head, width=wide if place == SUBJECT else width)
        self._items = {item.no: item for item in found.items}
        self._suggestions = {f"{one.no} {one.ground}": one for one in found.suggestions}
        rows = [(no, _item_row(item, wide - 1)) for no, item in self._items.items()]
        rows += [(key, _suggested_row(one, wide - 1)) for key, one in self._suggestions.items()]
        for key, row in rows[:LIMIT]:
            table.add_row(*row, key=key)
        table.move_cursor(row=at)
        self.query_one("#under_counts", Static).update(Text(f" {found.counted}", "bold"))
        scope = "全部" if self._whole else "未销号"
        said = f"{min(len(rows), LIMIT)}/{len(rows)} 条：{scope} {len(found.items)}，建议 {len(found.suggestions)}。"
        said += "Enter 打开；建议的按 Enter 交办。" if rows else "没有督办事项，也没有建议交办的。"
        self.query_one("#count", Static).update(Text(said))

    def item(self) -> SupervisionItem | None:
        """Give the item under the cursor."""
        return self._items.get(self.query_one(RowTable).chosen or "")

    def chosen(self) -> str | None:
        """Give the project that the row under the cursor is about."""
        key = self.query_one(RowTable).chosen or ""
        if key in self._suggestions:
            return self._suggestions[key].no
        return self._items[key].project if key in self._items else None

    def unit(self) -> str | None:
        """Give the unit that the row under the cursor is about."""
        key = self.query_one(RowTable).chosen or ""
        found = self._items.get(key) or self._suggestions.get(key)
        return found.unit if found else None

    def shown(self) -> Shown:
        """Give the items in scope, and what is suggested."""
        figures, rules, whole = self.desk.figures, self.desk.rules, self._whole

        def read(frame: Frame) -> list[Table]:
            items = figures.supervision(frame.point)
            listed = supervision_list(items, frame.point, whole=whole)
            return [listed, suggestion_list(figures.suggested(frame.point, rules=rules), frame.point)]

        return Shown("督办事项", read)

    def action_scope(self) -> None:
        """Turn between the items not struck off and all of them."""
        self._whole = not self._whole
        self.reread()

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        key = str(event.row_key.value)
        if key in self._items:
            self.app.push_screen(ItemPage(self.desk, key))
        elif self.may_write("不能交办"):
            one = self._suggestions[key]
            self.app.push_screen(FormScreen(self.desk, raising(one.ground), one.no), self.portfolio.written)


def _item_row(item: SupervisionItem, wide: int) -> tuple[Text, ...]:
    late = item.days_over if item.is_open or item.days_over else 0
    last = item.last
    return (
        wording.cell(item.no),
        wording.cell(item.state, "dim" if item.state == SupervisionState.STRUCK else ""),
        wording.right(f"{late}" if late else wording.UNKNOWN, 5),
        wording.fitted(item.subject, wide),
        wording.cell(item.ground),
        wording.cell(item.due),
        wording.fitted(item.unit, 12),
        wording.fitted(f"{last.day} {last.step} {last.text}" if last else wording.UNKNOWN, 29),
    )


def _suggested_row(one: Suggestion, wide: int) -> tuple[Text, ...]:
    return (
        wording.cell(SUGGESTED, "italic"),
        wording.cell("未交办"),
        wording.right(wording.UNKNOWN, 5),
        wording.fitted(f"#{one.no} {one.name}", wide),
        wording.cell(one.ground),
        wording.cell(one.due),
        wording.fitted(one.unit, 12),
        wording.fitted(one.basis, 29),
    )


class ItemPage(ItemCommands):
    """One item: its facts, and what happened to it."""

    PLACE = "item"
    BINDINGS = PAGE_BINDINGS["item"]

    def __init__(self, desk: Desk, no: str) -> None:
        super().__init__(desk)
        self._no = no
        self._item: SupervisionItem | None = None

    def body(self) -> ComposeResult:
        """Lay out the facts, and the steps below."""
        yield Static(id="name")
        with VerticalScroll(id="sections"):
            yield Static(id="facts", classes="section")
            yield Static(Text("办理过程"), classes="heading")
            yield Static(id="history", classes="section")

    def on_mount(self) -> None:
        """Begin with the arrow keys scrolling."""
        super().on_mount()
        self.query_one("#sections").focus()

    def question(self) -> Question:
        """Ask for the item."""
        figures, no = self.desk.figures, self._no
        return lambda frame: figures.supervised(frame.point, no)

    def show(self, found: SupervisionItem) -> None:
        """Draw the item."""
        self._item = found
        self.query_one("#name", Static).update(wording.words(f" {found.no} {found.subject}", "bold"))
        over = f"  超期 {found.days_over} 天" if found.days_over else ""
        rows = (
            ("状态", f"{found.state}{over}"),
            ("责任单位", found.unit),
            ("责任人", found.person),
            ("事由", found.ground),
            ("交办事项", found.content),
            ("依据", found.basis),
            ("交办文号", found.doc),
            ("交办日期", f"{found.raised}  {found.operator} 记于 {moment_words(found.recorded_at)}"),
            ("完成时限", due_words(found)),
        )
        self.query_one("#facts", Static).update(facts.pairs(rows))
        steps = [
            (
                f"{step.day}",
                "  ".join(
                    str(word)
                    for word in (
                        step.step,
                        step.text,
                        step.due and f"新时限 {step.due}",
                        step.evidence and f"依据：{step.evidence}",
                        step.person,
                        f"（{step.operator} 记于 {moment_words(step.recorded_at)}）",
                    )
                    if word
                ),
            )
            for step in found.steps
        ]
        nothing = Text("还没有办理。催办、反馈、延期、申请销号见 F1。", "dim")
        self.query_one("#history", Static).update(facts.pairs(steps) if steps else nothing)

    def shown(self) -> Shown:
        """Give the item and its steps."""
        figures, no = self.desk.figures, self._no

        def read(frame: Frame) -> list[Table]:
            item = figures.supervised(frame.point, no)
            return [supervision_item(item, frame.point), step_list(item)]

        return Shown(f"督办事项_{no}", read)

    def item(self) -> SupervisionItem | None:
        """Give the item itself."""
        return self._item

    def chosen(self) -> str | None:
        """Give the project that the item is about."""
        return self._item.project if self._item else None

    def unit(self) -> str | None:
        """Give the unit of the item."""
        return self._item.unit if self._item else None
