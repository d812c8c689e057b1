"""批量更新: what to do to all marked projects, then before and after row by row; one action writes them all."""

from __future__ import annotations

from functools import partial
from typing import Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, DataTable, Input, Select, Static

from hgt_portfolio.figures import Point, Stop
from hgt_portfolio.ledger import Outcome, Refused, Seen
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import Severity
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.dialogs.base import FormDialog
from hgt_portfolio.tui.dialogs.meanwhile import MINE, THEIRS, MeanwhileScreen
from hgt_portfolio.tui.dialogs.updating import UPDATES, Change, Preview, Update, differing, preview
from hgt_portfolio.tui.entry import ChoiceField, LineInput
from hgt_portfolio.tui.forms.fields import Beside, Field
from hgt_portfolio.tui.forms.screen import CHOOSE
from hgt_portfolio.tui.rows import RowTable

HEADS = (("处理", 5), ("序号", 5), ("名称", 16), ("栏目", 13), ("改前", 16), ("改后", 16), ("检查", 5))
NAME, BEFORE, AFTER = 2, 4, 5
WIDEST_NAME = 30
_NO_LINE = {True: "不能写入", False: "没有变化"}


class BulkScreen(FormDialog):
    """One update of several projects; it closes with the outcome of what it wrote."""

    AUTO_FOCUS = ""
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "file", "预览、写入", priority=True),
        Binding("escape", "leave", "返回"),
        Binding("f1", "help", "帮助"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
        Binding("space", "leave_out", "写入或不写", show=False),
    ]

    class Ready(Message):
        """The point that the fields begin at."""

        def __init__(self, point: Point | None, said: str = "") -> None:
            self.point, self.said = point, said
            super().__init__()

    class Weighed(Message):
        """What the update would do, or the sentence that says why that cannot be told.

        ``meanwhile`` is what others did since it was weighed before, where it was weighed anew for that.
        """

        def __init__(self, preview: Preview | None, said: str, meanwhile: tuple[str, ...]) -> None:
            self.preview, self.said, self.meanwhile = preview, said, meanwhile
            super().__init__()

    class Written(Message):
        """What was done, or why not."""

        def __init__(self, outcome: Outcome | None, findings: tuple[Finding, ...] = ()) -> None:
            self.outcome, self.findings = outcome, findings
            super().__init__()

    def __init__(self, desk: Desk, nos: tuple[str, ...]) -> None:
        super().__init__()
        self.desk, self.nos = desk, nos
        self._update = UPDATES[0]
        self._point: Point | None = None
        self._begun: dict[str, str] = {}
        self._preview: Preview | None = None
        self._values: dict[str, Any] = {}
        self._turned: set[str] = set()
        self._busy = False

    def box(self) -> ComposeResult:
        """Lay out the choice, the fields of every update, and the preview that takes their place."""
        with Vertical(classes="dialog form") as frame:
            frame.border_title = Content(f"批量更新 {len(self.nos)} 项")
            with Vertical(id="asked"):
                with Horizontal(classes="form_row"):
                    yield Static("办理事项", classes="name")
                    options = [(update.title, update.name) for update in UPDATES]
                    yield ChoiceField(options, value=self._update.name, allow_blank=False, id="update", compact=True)
                with VerticalScroll(id="fields", can_focus=False):
                    for update in UPDATES:
                        with Vertical(id=f"of_{update.name}", classes="updated"):
                            for field in update.fields:
                                yield _row(update, field)
            with Vertical(id="previewed"):
                yield RowTable(id="changes")
                yield Static(id="whole")
                with Horizontal(classes="form_row", id="reasoned"):
                    yield Static("原因/说明", classes="name")
                    yield LineInput(placeholder="有提醒时必填，写入每一项", id="reason", compact=True)
            yield Static(id="effect")
            with Horizontal(classes="buttons"):
                yield Button("写入或不写 空格", id="turn", action="screen.leave_out", compact=True)
                yield Button("预览 F10", id="file", compact=True)
                yield Button("关闭 Esc", id="leave", compact=True)

    def on_mount(self) -> None:
        """Begin with the choice; the fields are filled once the point is read."""
        self._lay_out()
        self.query_one("#update").focus()
        self._look()

    @work(thread=True, group="look")
    def _look(self) -> None:
        try:
            self.post_message(BulkScreen.Ready(self.desk.point()))
        except Exception as problem:  # every failure is said in the form
            self.post_message(BulkScreen.Ready(None, sentence(problem)))

    @on(Ready)
    def _is_ready(self, message: Ready) -> None:
        if message.point is None:
            self.say_below(message.said)
            return
        self._point = message.point
        for update in UPDATES:
            for name, text in update.begin(self.desk, message.point).items():
                widget = self.query_one(f"#{update.name}_{name}")
                if isinstance(widget, Input | Select):
                    widget.value = wording.clean(text)
        self._begun = self._all_texts()

    @property
    def changed(self) -> bool:
        """Whether anything was typed that closing would lose."""
        return self._point is not None and self._all_texts() != self._begun

    def _all_texts(self) -> dict[str, str]:
        return {f"{one.name}_{name}": text for one in UPDATES for name, text in self._texts(one).items()}

    def _texts(self, update: Update) -> dict[str, str]:
        return {field.name: _text(self.query_one(f"#{update.name}_{field.name}")) for field in update.fields}

    def _lay_out(self) -> None:
        """Show the fields of the chosen update, or its preview."""
        weighed = self._preview is not None
        self.query_one("#asked").display = not weighed
        self.query_one("#previewed").display = weighed
        self.query_one("#reasoned").display = self._update.reasoned
        for update in UPDATES:
            self.query_one(f"#of_{update.name}").display = update is self._update
        self.query_one("#file", Button).label = "写入 F10" if weighed else "预览 F10"
        self.query_one("#turn", Button).display = weighed
        self.query_one("#leave", Button).label = "返回 Esc" if weighed else "关闭 Esc"

    @on(Select.Changed, "#update")
    def _chosen(self, event: Select.Changed) -> None:
        self._update = next(update for update in UPDATES if update.name == event.value)
        self._lay_out()
        self.say_below("")

    def action_file(self) -> None:
        """Preview what was filled in; from the preview, write it."""
        if self._busy or self.writing is not None or self._point is None or self.app.screen is not self:
            return
        if self._preview is None:
            self._weigh_all(self._point)
        else:
            self._write_all(self._preview)

    def _weigh_all(self, point: Point) -> None:
        update, values = self._update, {}
        for field in update.fields:
            text = _text(self.query_one(f"#{update.name}_{field.name}"))
            try:
                if text:
                    values[field.name] = field.read(text, Beside(point.period // 12)).value
                elif field.required:
                    raise ValueError(f"{field.label}没有填。")
            except ValueError as problem:
                self.say_below(str(problem))
                self.query_one(f"#{update.name}_{field.name}").focus()
                return
        if not any(not field.required and field.name in values for field in update.fields) and update.reasoned:
            self.say_below("还没有填要更新什么。")
            return
        self._busy = True
        self._values = values
        self.say_below("预览中")
        self._weigh(update, values)

    @work(thread=True, exclusive=True, group="weigh")
    def _weigh(self, update: Update, values: dict[str, Any], meanwhile: tuple[str, ...] = ()) -> None:
        try:
            weighed, said = preview(self.desk, update, self.nos, values), ""
        except Exception as problem:  # every failure is said in the form, which keeps what was typed
            weighed, said = None, sentence(problem)
        self.post_message(BulkScreen.Weighed(weighed, said, meanwhile))

    @on(Weighed)
    def _was_weighed(self, message: Weighed) -> None:
        self._busy = False
        now, before = message.preview, self._preview
        if now is None:
            self.say_below(message.said)
        elif before is not None and message.meanwhile:
            moved = differing(before, now)
            asking = MeanwhileScreen("写入", message.meanwhile, [row for rows in moved.values() for row in rows])
            self.app.push_screen(asking, partial(self._was_chosen, now, set(moved)))
        else:
            self._take(now)

    def _take(self, weighed: Preview) -> None:
        self._preview = weighed
        self._lay_out()
        self._draw(weighed)
        self.query_one(RowTable).focus()

    def _was_chosen(self, now: Preview, moved: set[str], choice: str | None) -> None:
        """Write beside what stands now, or leave out what others changed; without a choice leave all as it is."""
        if choice is None:
            return
        if choice == THEIRS:
            written = {change.no for change in now.changes if not self._is_out(change)}
            self._turned ^= moved & written
        self._take(now)
        if choice == MINE:
            self._write_all(now)

    def on_resize(self) -> None:
        """Draw the preview anew for the new width."""
        if self._preview is not None:
            self._draw(self._preview)

    def _draw(self, weighed: Preview) -> None:
        table = self.query_one(RowTable)
        wanted, sizes = table.chosen, _widths(self.query_one(".dialog").size.width)
        table.clear(columns=True)
        for (head, _), width in zip(HEADS, sizes, strict=True):
            table.add_column(head, width=width)
        for change in weighed.changes:
            is_out = self._is_out(change)
            for place, line in enumerate(change.lines or ((_NO_LINE[bool(change.findings)], "", ""),)):
                cells = [*_front(change, is_out=is_out, first=place == 0), *line, _weight(change) if not place else ""]
                style = "dim" if is_out else ""
                shown = [
                    wording.fitted(text, width - 1, style) if text else Text("")
                    for text, width in zip(cells, sizes, strict=True)
                ]
                table.add_row(*shown, key=f"{change.no} {place}")
        if wanted is not None and wanted in table.rows:
            table.move_cursor(row=table.get_row_index(wanted), animate=False)
        self.say_below(self._summary(weighed))

    def _summary(self, weighed: Preview) -> str:
        kept = self._kept(weighed)
        out = len(weighed.changes) - len(kept)
        wrong, asked = (sum(_weight(change) == term for change in kept) for term in Severity)
        said = f"写入 {len(kept)} 项" + (f"，不写 {out} 项" if out else "")
        if wrong:
            said += f"；有错误 {wrong} 项：按空格改为不写，或按 Esc 返回去改"
        if asked:
            said += f"；有提醒 {asked} 项：写明原因后再写入，或按空格改为不写"
        if any(label in ("期限", "预警灯") for change in kept for label, _, _ in change.lines):
            said += f"。期限、预警灯截至 {weighed.day}"
        return f"{said}。"

    def _kept(self, weighed: Preview) -> list[Change]:
        return [change for change in weighed.changes if not self._is_out(change)]

    def _is_out(self, change: Change) -> bool:
        """Tell whether a project is left out: what would not change is, unless it was taken in by hand."""
        unchanged = not change.lines and not change.findings
        return unchanged != (change.no in self._turned)

    def action_leave_out(self) -> None:
        """Leave the project under the cursor out, or take it in again."""
        no = (self.query_one(RowTable).chosen or "").partition(" ")[0]
        if self._preview is not None and no:
            self._turned ^= {no}
            self._draw(self._preview)

    @on(DataTable.RowSelected, "#changes")
    def _toggled(self) -> None:
        self.action_leave_out()

    @on(DataTable.RowHighlighted, "#changes")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        """Say in full what the line under the cursor changes, and what was found of its project."""
        no, _, place = str(event.row_key.value).partition(" ")
        changes = self._preview.changes if self._preview else ()
        for change in changes:
            if change.no == no:
                lines = [f"#{no} {change.name}"]
                lines += [
                    f"{label}：{before} -> {after}"
                    for label, before, after in change.lines[int(place) : int(place) + 1]
                ]
                lines += [str(finding) for finding in change.findings]
                self.query_one("#whole", Static).update(Text("\n").join(map(wording.words, lines)))

    def _write_all(self, weighed: Preview) -> None:
        kept = self._kept(weighed)
        reason = _text(self.query_one("#reason")) if self._update.reasoned else ""
        weights = {_weight(change) for change in kept}
        if not kept or Severity.ERROR in weights:
            self.say_below(self._summary(weighed) if kept else "每一项都定为不写，没有要写入的。")
        elif Severity.WARNING in weights and not reason:
            self.say_below("有提醒的须写明原因或文号，再按 F10 写入。")
            self.query_one("#reason").focus()
        else:
            self.say_below("写入中")
            rows = [weighed.inputs[change.no] for change in kept]
            self._write(self._update, self.begin_writing(), rows, reason, weighed.seen)

    @work(thread=True, group="write")
    def _write(self, update: Update, stop: Stop, rows: list[Any], reason: str, seen: Seen) -> None:
        try:
            with stop.over():
                outcome = update.write(self.desk.ledger.beside(seen), rows, reason or None)
        except Refused as refusal:
            self.post_message(BulkScreen.Written(None, refusal.findings))
        except Exception as problem:  # every failure is said in the form, which keeps what was typed
            self.post_message(BulkScreen.Written(None, (error("", sentence(problem)),)))
        else:
            self.post_message(BulkScreen.Written(outcome))

    @on(Written)
    def _was_written(self, message: Written) -> None:
        self.end_writing()
        said = tuple(finding.message for finding in message.findings)
        if message.outcome is None and message.findings[0].field == "seen":
            self._busy = True
            self._weigh(self._update, self._values, said)
        elif message.outcome is None:
            self.say_below("；".join(said))
        else:
            self.desk.change()
            self.dismiss(message.outcome)

    def action_leave(self) -> None:
        """Go back from the preview to the fields; from these close, asking first where something would be lost."""
        if self._busy:
            self.say_below("请等它完成。")
        elif self._preview is not None and self.writing is None:
            self._preview = None
            self._lay_out()
            self.say_below("")
            self.query_one("#update").focus()
        else:
            super().action_leave()

    def say_below(self, text: str) -> None:
        """Say something of the update as a whole, below its fields or its preview."""
        self.query_one("#effect", Static).update(wording.words(text, "bold") if text else "")


def _row(update: Update, field: Field) -> Horizontal:
    name = f"{update.name}_{field.name}"
    if field.options:
        options = [(option, option) for option in field.options]
        entry: Widget = ChoiceField(options, prompt=field.hint or CHOOSE, id=name, compact=True)
    else:
        entry = LineInput(placeholder=field.hint, id=name, compact=True)
    return Horizontal(Static(field.label + ("*" if field.required else ""), classes="name"), entry, classes="form_row")


def _text(widget: Widget) -> str:
    if isinstance(widget, Input):
        return widget.value.strip()
    return "" if not isinstance(widget, Select) or widget.is_blank() else str(widget.value)


def _widths(room: int) -> list[int]:
    """Give each column's width: the name takes some of the room to spare, before and after the rest."""
    sizes = [width for _, width in HEADS]
    spare = max(room - sum(sizes) - 3, 0)
    more = min(spare // 3, WIDEST_NAME - sizes[NAME])
    sizes[NAME] += more
    for place in (BEFORE, AFTER):
        sizes[place] += (spare - more) // 2
    return sizes


def _front(change: Change, *, is_out: bool, first: bool) -> list[str]:
    return ["不写" if is_out else "写入", change.no, change.name] if first else ["", "", ""]


def _weight(change: Change) -> str:
    """Give the weight of what was found of a project, the heaviest; empty where nothing was."""
    found = {finding.severity for finding in change.findings}
    return next((str(term) for term in Severity if term in found), "")
