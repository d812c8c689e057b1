"""督办: the items not struck off, what the figures suggest to raise, and one item with everything that happened."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Static

from hgt_portfolio.figures import Figures, Filter, Point, Position, Suggestion, SupervisionItem
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
from hgt_portfolio.terms import SupervisionGround, SupervisionState, SupervisionStep
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.forms.supervising import raising, stepping
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.rows import RowTable

HEADS = (
    *(("编号", 11), ("状态", 9), (" 超期", 6), ("对象", 20)),
    *(("事由", 9), ("完成时限", 11), ("单位", 13), ("最近办理或依据", 30)),
)
SUBJECT, LAST = 3, 7
WIDE, WIDEST_SUBJECT, NEEDED_LAST = 120, 60, 40
"""From how many cells on the last column is shown, the most of the subject, and those the last grows to first."""
LIMIT = 200
SUGGESTED = "建议"
RED = (SupervisionGround.OVERDUE, SupervisionGround.RED_TWICE)


@dataclass(frozen=True)
class Supervised:
    """What the screen shows: the items asked for, how all stand, what is suggested, and how the projects stand."""

    items: list[SupervisionItem]
    counted: str
    suggestions: list[Suggestion]
    positions: dict[str, Position]


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
        """Lay out the counts, the list, and what the row under the cursor is about."""
        yield Static(id="under_counts")
        yield RowTable(id="supervised")
        yield Static(id="why")
        yield Static(id="project")
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
            suggested = _suggested(figures, point, rules)
            about = [*(item.project for item in shown), *(one.no for one in suggested)][:LIMIT]
            nos = tuple({no for no in about if no is not None})
            rows = figures.positions(point, Filter(nos=nos), rules=rules) if nos else []
            return Supervised(shown, count_words(items), suggested, {row.no: row for row in rows})

        return once(read)

    def show(self, found: Supervised) -> None:
        """Fill the list, the cursor staying on its row."""
        table = self.query_one(RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        widths = _widths(self.size.width)
        for (head, _), width in zip(HEADS, widths, strict=False):
            table.add_column(head, width=width)
        self._items = {item.no: item for item in found.items}
        self._suggestions = {f"{one.no} {one.ground}": one for one in found.suggestions}
        rows = [(no, _item_row(item, widths)) for no, item in self._items.items()]
        rows += [(key, _suggested_row(one, widths)) for key, one in self._suggestions.items()]
        for key, row in rows[:LIMIT]:
            table.add_row(*row[: len(widths)], key=key)
        table.move_cursor(row=at)
        counted = f" {found.counted}；建议交办 {len(found.suggestions)} 条"
        self.query_one("#under_counts", Static).update(Text(counted, "bold"))
        listed = f"{'全部' if self._whole else '未销号'} {len(found.items)} 项、建议 {len(found.suggestions)} 条"
        said = f"列出{listed}" + (f"中的前 {LIMIT} 条" if len(rows) > LIMIT else "")
        said += f"。Enter 打开，建议的按 Enter 交办；^W {'看未销号的' if self._whole else '看全部'}。"
        if not rows:
            said = "没有未销号的督办事项，也没有建议交办的。按 ^W 看全部，或在项目上按 ^D 交办。"
        self.query_one("#count", Static).update(Text(said))
        self._draw_why()

    @on(DataTable.RowHighlighted, "#supervised")
    def _draw_why(self) -> None:
        """Say the row under the cursor in full, and how its project stands."""
        key, found = self.query_one(RowTable).chosen or "", self._found
        item, one = self._items.get(key), self._suggestions.get(key)
        said = Text()
        if item is not None:
            last = f"最近：{_last(item)}" if item.last else "还没有办理"
            said = Text("\n").join((wording.words(item.subject, "bold"), wording.words(f"{item.content}  {last}")))
        elif one is not None:
            why = wording.words(f"{one.content}依据：{one.basis}")
            said = Text("\n").join((wording.words(f"#{one.no} {one.name}", "bold"), why))
        self.query_one("#why", Static).update(said)
        position = found.positions.get(self.chosen()) if found else None
        self.query_one("#project", Static).update(facts.spread(position) if position else "")

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
            return [listed, suggestion_list(_suggested(figures, frame.point, rules), frame.point)]

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


def _suggested(figures: Figures, point: Point, rules: str | None) -> list[Suggestion]:
    """Read what is suggested, in the order of harm."""
    return sorted(figures.suggested(point, rules=rules), key=lambda one: list(SupervisionGround).index(one.ground))


def _widths(room: int) -> list[int]:
    """Give the columns' widths; where there is little room the last column stands below the list alone."""
    widths = [width for _, width in HEADS]
    if room < WIDE:
        widths.pop()
        widths[SUBJECT] += room - sum(widths) - 1
        return widths
    spare = room - sum(widths) - 2
    subject = min(max(spare // 2, spare - NEEDED_LAST), WIDEST_SUBJECT - widths[SUBJECT])
    widths[SUBJECT] += subject
    widths[LAST] += spare - subject
    return widths


def _last(item: SupervisionItem) -> str:
    last = item.last
    return f"{last.day} {last.step} {last.text}" if last else wording.UNKNOWN


def _ground(ground: str) -> Text:
    return wording.cell(ground, "bold red" if ground in RED else "")


def _item_row(item: SupervisionItem, widths: list[int]) -> tuple[Text, ...]:
    return (
        wording.cell(item.no),
        wording.cell(item.state, "dim" if item.state == SupervisionState.STRUCK else ""),
        wording.right(f"{item.days_over}天" if item.days_over else wording.UNKNOWN, 5),
        wording.fitted(item.subject, widths[SUBJECT] - 1),
        _ground(item.ground),
        wording.cell(item.due),
        wording.fitted(item.unit, 12),
        wording.fitted(_last(item), widths[-1] - 1),
    )


def _suggested_row(one: Suggestion, widths: list[int]) -> tuple[Text, ...]:
    return (
        wording.cell(SUGGESTED, "italic"),
        wording.cell("未交办"),
        wording.right(wording.UNKNOWN, 5),
        wording.fitted(f"#{one.no} {one.name}", widths[SUBJECT] - 1),
        _ground(one.ground),
        wording.cell(one.due),
        wording.fitted(one.unit, 12),
        wording.fitted(one.basis, widths[-1] - 1),
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
            yield Static(Text("项目现状"), classes="heading", id="standing")
            yield Static(id="stands", classes="section")

    def on_mount(self) -> None:
        """Begin with the arrow keys scrolling."""
        super().on_mount()
        self.query_one("#sections").focus()

    def question(self) -> Question:
        """Ask for the item, and how its project stands."""
        figures, rules, no = self.desk.figures, self.desk.rules, self._no

        def read(frame: Frame) -> tuple[SupervisionItem, Position | None]:
            item = figures.supervised(frame.point, no)
            return item, figures.position(frame.point, item.project, rules=rules) if item.project else None

        return once(read)

    def show(self, whole: tuple[SupervisionItem, Position | None]) -> None:
        """Draw the item, and its project below."""
        found, position = whole
        self._item = found
        self.query_one("#standing").display = position is not None
        self.query_one("#stands", Static).update(facts.spread(position) if position else "")
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
        nothing = Text("还没有办理。按 ^E 催办、^F 登记反馈、^X 延期、^U 申请销号。", "dim")
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
