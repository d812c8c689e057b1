"""The dialog of 督办: raising an item, and every step on one; findings are said before it is filed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from hgt_portfolio.figures import SupervisionItem
from hgt_portfolio.ledger import Outcome, Refused, StepInput, SuperviseInput, validated
from hgt_portfolio.months import read_day
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.rules.supervision import NEEDED, SUGGESTED
from hgt_portfolio.terms import SupervisionGround, SupervisionStep
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.dialogs.base import FormDialog
from hgt_portfolio.tui.entry import LineInput

DUE_DAYS = SUGGESTED[SupervisionGround.OVERDUE][0]
"""Days given to an item that the figures suggest nothing for."""


@dataclass(frozen=True)
class Entry:
    """One field: its name in the input, its label, how its text is read, and its choices where it has some."""

    name: str
    label: str
    read: Callable[[str], object] = str
    hint: str = ""
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Prepared:
    """What a form begins with: its title, what it is about, the first texts, and what is fixed."""

    title: str
    about: str
    begin: Mapping[str, str]
    fixed: Mapping[str, Any]


@dataclass(frozen=True)
class SupervisionForm:
    """A form: its fields, how it is prepared (this runs SQL), and the one ledger call that it makes."""

    entries: tuple[Entry, ...]
    prepare: Callable[[Desk], Prepared]
    write: Callable[[Desk, dict[str, Any], bool], Outcome]


_DAY = Entry("day", "日期", read_day, "如 2024-09-30", required=True)
_RAISED = (
    Entry("ground", "事由", options=tuple(map(str, SupervisionGround)), required=True),
    Entry("content", "交办事项", required=True),
    Entry("basis", "依据", hint="有哪些事实和数字"),
    Entry("due", "完成时限", read_day, "如 2024-09-30", required=True),
    Entry("person", "责任人"),
    Entry("doc", "交办文号"),
)
_LABELS = {"text": "内容", "due": "新的完成时限", "evidence": "依据", "person": "办理人"}


def raising(no: str | None, unit: str | None, ground: str | None = None) -> SupervisionForm:
    """Make the form that raises an item about a project or a unit, filled from what the figures suggest."""

    def prepare(desk: Desk) -> Prepared:
        figures, point = desk.figures, desk.point()
        today = desk.ledger.today
        said = [s for s in figures.suggested(point, rules=desk.rules) if s.no == no and ground in (None, s.ground)]
        begin = {"ground": str(SupervisionGround.OTHER), "due": f"{today + timedelta(days=DUE_DAYS)}"}
        begin["person"] = figures.answerable(point, no, unit) or ""
        if said:
            first = said[0]
            begin |= {"ground": first.ground, "content": first.content, "basis": first.basis, "due": f"{first.due}"}
        about = unit or ""
        if no is not None:
            position = figures.position(point, no, rules=desk.rules)
            about = f"#{no} {position.name}（{position.unit}）"
        return Prepared("督办交办", about, begin, {"no": no, "unit": unit, "raised": today})

    def write(desk: Desk, values: dict[str, Any], rehearse: bool) -> Outcome:
        return desk.ledger.supervise([validated(SuperviseInput, **values)], dry_run=rehearse)

    return SupervisionForm(_RAISED, prepare, write)


def stepping(item: SupervisionItem, step: SupervisionStep) -> SupervisionForm:
    """Make the form that takes an item one step on."""
    more = ("evidence",) if step is SupervisionStep.ANSWERED else ()
    names = dict.fromkeys((*NEEDED[step], "text", *more, "person"))
    entries = tuple(
        Entry(name, _LABELS[name], read_day if name == "due" else str, required=name in NEEDED[step]) for name in names
    )

    def prepare(desk: Desk) -> Prepared:
        about = f"{item.no} {item.subject}（{item.unit}）  现为 {item.state}，时限 {item.due}：{item.content}"
        begin = {"day": desk.ledger.today.isoformat()}
        return Prepared(f"督办{step}", about, begin, {"item": item.no, "step": step})

    def write(desk: Desk, values: dict[str, Any], rehearse: bool) -> Outcome:
        return desk.ledger.supervision_step(validated(StepInput, **values), dry_run=rehearse)

    return SupervisionForm((_DAY, *entries), prepare, write)


class SupervisionScreen(FormDialog):
    """One form of 督办; it closes with the outcome of what it wrote."""

    AUTO_FOCUS = None
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "file", "报送", priority=True),
        Binding("escape", "leave", "关闭"),
        Binding("f1", "help", "帮助"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    class Ready(Message):
        """What the form begins with, or the sentence that says why it cannot."""

        def __init__(self, prepared: Prepared | None, said: str = "") -> None:
            self.prepared, self.said = prepared, said
            super().__init__()

    class Answered(Message):
        """What the ledger said to the form of a turn, rehearsed or filed."""

        def __init__(self, turn: int, filed: bool, outcome: Outcome | None, findings: tuple[Finding, ...]) -> None:
            self.turn, self.filed, self.outcome, self.findings = turn, filed, outcome, findings
            super().__init__()

    def __init__(self, desk: Desk, form: SupervisionForm) -> None:
        super().__init__()
        self.desk, self.form = desk, form
        self._prepared: Prepared | None = None
        self._begun: dict[str, str] = {}
        self._turn = 0
        self._filing = False

    def box(self) -> ComposeResult:
        """Lay out the frame; the fields follow once the form is prepared."""
        with Vertical(classes="dialog form") as frame:
            frame.border_subtitle = Content("F10 或 Ctrl+S 报送  Esc 关闭")
            yield Static("加载中", id="about", classes="say")
            with VerticalScroll(id="fields", can_focus=False):
                yield Static()
            yield Static(id="effect")
            with Horizontal(classes="buttons"):
                yield Button("报送", id="file", compact=True)
                yield Button("关闭", id="leave", compact=True)

    def on_mount(self) -> None:
        """Prepare the form."""
        self._look()

    @property
    def changed(self) -> bool:
        """Whether anything was typed that closing would lose."""
        return self._prepared is not None and self._texts() != self._begun

    @work(thread=True, group="look")
    def _look(self) -> None:
        try:
            prepared = self.form.prepare(self.desk)
        except Exception as problem:  # every failure is said in the form
            self.post_message(SupervisionScreen.Ready(None, sentence(problem)))
        else:
            self.post_message(SupervisionScreen.Ready(prepared))

    @on(Ready)
    async def _is_ready(self, message: Ready) -> None:
        about = self.query_one("#about", Static)
        prepared = message.prepared
        if prepared is None:
            about.update(Content(wording.clean(message.said)))
            return
        about.update(Content(wording.clean(prepared.about)))
        self.query_one(".dialog").border_title = Content(prepared.title)
        box = self.query_one("#fields", VerticalScroll)
        rows: list[Widget] = []
        for entry in self.form.entries:
            rows += [
                _row(entry, wording.clean(prepared.begin.get(entry.name, ""))),
                Static(id=f"said_{entry.name}", classes="said"),
            ]
        await box.remove_children()
        await box.mount_all(rows)
        self._prepared = prepared
        self._begun = self._texts()
        self.query_one(f"#{self.form.entries[1].name}").focus()

    def _texts(self) -> dict[str, str]:
        return {entry.name: self._text(entry.name) for entry in self.form.entries}

    def _text(self, name: str) -> str:
        widget = self.query_one(f"#{name}")
        if isinstance(widget, Input):
            return widget.value.strip()
        return "" if not isinstance(widget, Select) or widget.is_blank() else str(widget.value)

    def _values(self) -> tuple[dict[str, Any], list[Finding]]:
        """Read every field; what cannot be read, and what is required and missing, are findings."""
        values: dict[str, Any] = dict(self._prepared.fixed) if self._prepared else {}
        found = []
        for entry in self.form.entries:
            text = self._text(entry.name)
            try:
                values[entry.name] = entry.read(text) if text else None
            except ValueError as problem:
                found.append(error(entry.name, str(problem)))
            if entry.required and not text:
                found.append(error(entry.name, f"{entry.label}没有填。"))
        return {name: value for name, value in values.items() if value is not None}, found

    @on(Input.Changed)
    @on(Select.Changed)
    def _consider(self) -> None:
        """Rehearse what can be filed, and say what the ledger would."""
        if self._prepared is None:
            return
        self._turn += 1
        values, found = self._values()
        self._say_all(())
        if not found:
            self._ask(self._turn, values, filed=False)

    def action_file(self) -> None:
        """File the form, once; what stands in the way stays in the form."""
        if self._filing or self._prepared is None or self.app.screen is not self:
            return
        values, found = self._values()
        if found:
            self._say_all(tuple(found))
            self.query_one(f"#{found[0].field}").focus()
            return
        self._filing = True
        self._turn += 1
        self._ask(self._turn, values, filed=True)

    @work(thread=True, group="write")
    def _ask(self, turn: int, values: dict[str, Any], *, filed: bool) -> None:
        outcome: Outcome | None = None
        findings: tuple[Finding, ...] = ()
        try:
            outcome = self.form.write(self.desk, values, not filed)
        except Refused as refusal:
            findings = refusal.findings
        except Exception as problem:  # every failure is said in the form, which keeps what was typed
            findings = (error("", sentence(problem)),)
        self.post_message(SupervisionScreen.Answered(turn, filed, outcome, findings))

    @on(Answered)
    def _was_answered(self, message: Answered) -> None:
        if message.turn != self._turn:
            return
        self._filing = False
        if message.filed and message.outcome is not None:
            self.desk.revision += 1
            self.dismiss(message.outcome)
            return
        self._say_all(message.findings)

    def _say_all(self, found: tuple[Finding, ...]) -> None:
        """Put each finding under its field; those of no field below."""
        names = [entry.name for entry in self.form.entries]
        for name in names:
            own = [finding for finding in found if finding.field == name]
            line = self.query_one(f"#said_{name}", Static)
            line.update(_sentences(own))
            line.set_class(bool(own), "-on")
        rest = [finding for finding in found if finding.field not in names]
        self.query_one("#effect", Static).update(_sentences(rest))


def _row(entry: Entry, text: str) -> Horizontal:
    widget: Widget
    if entry.options:
        options = [(Text(option), option) for option in entry.options]
        widget = Select(options, value=text or Select.NULL, id=entry.name, compact=True)
    else:
        widget = LineInput(text, placeholder=entry.hint, id=entry.name, compact=True)
    return Horizontal(Static(entry.label + ("*" if entry.required else ""), classes="name"), widget, classes="form_row")


def _sentences(found: list[Finding]) -> Text:
    return Text("\n").join(wording.words(f"{finding.severity}：{finding.message}", "bold") for finding in found)
