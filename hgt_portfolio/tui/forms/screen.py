"""The dialog of every form: what stands in grey, this time beside it, and before saving what it reads and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static
from textual.worker import get_current_worker

from hgt_portfolio.figures import Position
from hgt_portfolio.ledger import Outcome, Refused
from hgt_portfolio.months import Month
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import Severity
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.dialogs.base import FormDialog, NoticeScreen
from hgt_portfolio.tui.entry import ChoiceField, LineInput
from hgt_portfolio.tui.forms.fields import Asked, Beside, Field, Form, Prepared, Reading

ALIASES = {"steps_fen": "q1", "investment_fen": "investment", "investment_text": "investment"}
"""Fields that the checks call by other names than the form."""

CHOOSE = "按 Enter 选择"
UNSAID = "（未写）"
"""Stands in for a reason not yet written, so that the rest can be rehearsed."""


@dataclass(frozen=True)
class Answer:
    """What the ledger said to the form of a turn, rehearsed or filed: an outcome, or the findings that stop it."""

    turn: int
    filed: bool
    outcome: Outcome | None
    findings: tuple[Finding, ...]


class FormScreen(FormDialog):
    """One form on a project or a unit; it closes with the outcome of what it wrote."""

    AUTO_FOCUS = ""
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
        """What the ledger said."""

        def __init__(self, answer: Answer) -> None:
            self.answer = answer
            super().__init__()

    def __init__(self, desk: Desk, form: Form, no: str | None = None, unit: str | None = None) -> None:
        super().__init__()
        self.desk, self.form, self.no, self.unit = desk, form, no, unit
        self._prepared: Prepared | None = None
        self._fields: list[Field] = []
        self._begun: dict[str, str] = {}
        self._readings: dict[str, Reading] = {}
        self._turn = 0
        self._filing = False
        self._tried = False

    def box(self) -> ComposeResult:
        """Lay out the frame; the fields follow once the form is prepared."""
        with Vertical(classes="dialog form") as frame:
            frame.border_title = Content(self.form.title)
            yield Static("加载中", id="about")
            yield VerticalScroll(id="fields", can_focus=False)
            yield Static(id="effect")
            with Horizontal(classes="buttons"):
                yield Button(f"{self.form.verb} F10", id="file", compact=True)
                yield Button("关闭 Esc", id="leave", compact=True)

    def on_mount(self) -> None:
        """Prepare the form."""
        self._look(None)

    @property
    def changed(self) -> bool:
        """Whether anything was typed that closing would lose."""
        return self._prepared is not None and self._texts() != self._begun

    @work(thread=True, exclusive=True, group="look")
    def _look(self, period: Month | None) -> None:
        try:
            prepared = self.form.prepare(Asked(self.desk, self.no, self.unit, period))
        except Exception as problem:  # every failure is said in the form
            self.post_message(FormScreen.Ready(None, sentence(problem)))
        else:
            self.post_message(FormScreen.Ready(prepared))

    @on(Ready)
    async def _is_ready(self, message: Ready) -> None:
        prepared = message.prepared
        if prepared is None and self._prepared is None:
            self.query_one("#about", Static).update(wording.words(message.said, "bold"))
            return
        if prepared is None:
            self._say([error("period", message.said)])
            return
        if self._prepared is None:
            await self._lay_out(prepared)
        else:
            self._carry(prepared)
        self._say_what_stands(prepared)
        self._consider()

    async def _lay_out(self, prepared: Prepared) -> None:
        self._fields = [field for field in self.form.fields if not field.chosen or field.choices(prepared)]
        rows: list[Widget] = []
        if prepared.head:
            heads = (Static("", classes="name"), Static(classes="last", id="last_head"), Static("本次", classes="now"))
            rows.append(Horizontal(*heads, classes="form_row"))
        for field in self._fields:
            rows += [_row(field, prepared), Static(id=f"said_{field.name}", classes="said")]
        frame = self.query_one(".dialog", Vertical)
        frame.border_title = _title(self.form, prepared)
        frame.set_class(bool(prepared.head), "headed")
        await self.query_one("#fields").mount_all(rows)
        self._prepared = prepared
        self._begun = self._texts()
        self.query_one(f"#{self._first()}").focus()

    def _first(self) -> str:
        """Give the field to begin with: one that must be filled and is not, else where the hand goes first."""
        empty = [field.name for field in self._fields if field.required and not self._begun[field.name]]
        return next((name for name in empty if name != "reason"), self.form.first)

    def _carry(self, prepared: Prepared) -> None:
        """Carry what stands now into the fields that were not touched."""
        typed = self._texts()
        for field in self._fields:
            if field.name != "period" and typed[field.name] == self._begun[field.name]:
                self._put(field, wording.clean(prepared.begin.get(field.name, "")))
                self._begun[field.name] = self._text(field)
        self._prepared = prepared

    def _say_what_stands(self, prepared: Prepared) -> None:
        about = self.query_one("#about", Static)
        about.update(wording.words(prepared.about) if prepared.about else "")
        about.display = bool(prepared.about)
        if prepared.head:
            self.query_one("#last_head", Static).update(prepared.head)
            for field in self._fields:
                last = wording.fitted(prepared.last.get(field.name, ""), 22)
                self.query_one(f"#last_{field.name}", Static).update(last)

    def _put(self, field: Field, text: str) -> None:
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, Input):
            widget.value = text
        elif isinstance(widget, Select):
            widget.value = text or Select.NULL

    def _texts(self) -> dict[str, str]:
        return {field.name: self._text(field) for field in self._fields}

    def _text(self, field: Field) -> str:
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, Input):
            return widget.value.strip()
        return "" if not isinstance(widget, Select) or widget.is_blank() else str(widget.value)

    def _read(self, prepared: Prepared) -> tuple[dict[str, Reading], list[Finding]]:
        """Read every field that was filled; what cannot be read is a finding."""
        texts, readings, found = self._texts(), {}, []
        for field in self._fields:
            beside = Beside(prepared.year, prepared.standing.get(field.name), texts.get("reason"))
            try:
                if texts[field.name]:
                    readings[field.name] = field.read(texts[field.name], beside)
            except ValueError as problem:
                found.append(error(field.name, str(problem)))
        return readings, found

    def _missing(self) -> list[Finding]:
        """Give the required fields that nothing was written in."""
        return [
            error(field.name, f"{field.label}没有填。")
            for field in self._fields
            if field.required and not self._text(field)
        ]

    @on(Input.Changed)
    @on(Select.Changed)
    def _consider(self) -> None:
        """Say at once what each text reads as or why it does not, and rehearse what can be."""
        prepared = self._prepared
        if prepared is None:
            return
        self._turn += 1
        self._readings, found = self._read(prepared)
        readings = self._readings
        period = readings["period"].value if self.form.follows and "period" in readings else prepared.period
        if self.form.follows and period != prepared.period:
            self._look(period)
            return
        self._say(found)
        missing = {finding.field for finding in self._missing()}
        if not found and missing <= {"reason"}:
            stand_in = dict.fromkeys(missing, UNSAID)
            self._rehearse(self._turn, _values(prepared, readings) | stand_in)

    @work(thread=True, exclusive=True, group="rehearse")
    def _rehearse(self, turn: int, values: dict[str, Any]) -> None:
        worker = get_current_worker()
        if not worker.is_cancelled:
            self.post_message(FormScreen.Answered(self._asked(turn, values, filed=False)))

    @work(thread=True, group="write")
    def _file(self, turn: int, values: dict[str, Any]) -> None:
        self.post_message(FormScreen.Answered(self._asked(turn, values, filed=True)))

    def _asked(self, turn: int, values: dict[str, Any], *, filed: bool) -> Answer:
        try:
            outcome = self.form.write(self.desk.ledger, values, not filed)
        except Refused as refusal:
            return Answer(turn, filed, None, refusal.findings)
        except Exception as problem:  # every failure is said in the form, which keeps what was typed
            return Answer(turn, filed, None, (error("", sentence(problem)),))
        return Answer(turn, filed, outcome, outcome.findings)

    def action_file(self) -> None:
        """File the form, once; what stands in the way stays in the form."""
        prepared = self._prepared
        if self._filing or prepared is None or self.app.screen is not self:
            return
        self._readings, found = self._read(prepared)
        self._tried = True
        self._say(found)
        stopping = [*found, *self._missing()]
        if stopping:
            self._go_to(stopping[0])
            return
        self._filing = True
        self._turn += 1
        self._file(self._turn, _values(prepared, self._readings))

    @on(Answered)
    def _was_answered(self, message: Answered) -> None:
        answer = message.answer
        if answer.filed:
            self._was_filed(answer)
        elif answer.turn == self._turn and not self._filing and (answer.outcome is not None or self.changed):
            self._say(answer.findings, answer.outcome)

    def _was_filed(self, answer: Answer) -> None:
        self._filing = False
        if answer.outcome is not None:
            self.desk.change()
            self.dismiss(answer.outcome)
            return
        first = answer.findings[0]
        self._say(answer.findings)
        if first.field == "seen" and self._prepared is not None:
            self.app.push_screen(NoticeScreen(f"没有{self.form.verb}", f"{first.message}所填的都还在。"))
            self._look(self._prepared.period)
        elif all(finding.severity is Severity.WARNING for finding in answer.findings) and self.query("#reason"):
            self.query_one("#reason").focus()
            self._say_under("reason", [Text(f"请在这里写明原因或文号，再按 F10 {self.form.verb}。")])
        else:
            self._go_to(first)

    def _go_to(self, finding: Finding) -> None:
        found = self.query(f"#{ALIASES.get(finding.field, finding.field)}") if finding.field else None
        if found and found.first().focusable:
            found.first().focus()

    def _say(self, found: Sequence[Finding], outcome: Outcome | None = None) -> None:
        """Put what a text reads as and each finding under its field; below, those of no field, and what would be.

        Once filing was tried, what is missing is among them.
        """
        names = [field.name for field in self._fields]
        said: dict[str, list[Text]] = {name: [] for name in names}
        for name, reading in self._readings.items():
            if reading.said:
                said[name].append(Text(f"读作 {reading.said}"))
        below: list[Text] = []
        for finding in (*found, *(self._missing() if self._tried else ())):
            name = ALIASES.get(finding.field, finding.field)
            said.get(name, below).append(wording.words(str(finding), "bold"))
        for name in names:
            reads = name in self._readings and bool(self._readings[name].said)
            self._say_under(name, said[name], is_found=len(said[name]) > reads)
        if outcome is not None:
            below += _outlook(outcome, self.form.verb)
        self.query_one("#effect", Static).update(Text("\n").join(below))

    def _say_under(self, name: str, lines: list[Text], *, is_found: bool = True) -> None:
        line = self.query_one(f"#said_{name}", Static)
        line.update(Text("\n").join(lines))
        line.set_class(bool(lines), "-on")
        line.set_class(is_found, "-found")
        if lines and self.focused is not None and self.focused.id == name:
            self.call_after_refresh(line.scroll_visible, animate=False)


def _title(form: Form, prepared: Prepared) -> Content:
    return Content(wording.clean(f"{form.title} {prepared.heading}"))


def _row(field: Field, prepared: Prepared) -> Horizontal:
    text = wording.clean(prepared.begin.get(field.name, ""))
    options = field.choices(prepared)
    if options:
        known = text in {value for _, value in options}
        shown = [(wording.words(label), value) for label, value in options]
        begun = text if known else Select.NULL
        entry: Widget = ChoiceField(shown, prompt=field.hint or CHOOSE, value=begun, id=field.name, compact=True)
    else:
        entry = LineInput(text, placeholder=field.hint, id=field.name, compact=True)
    cells: list[Widget] = [Static(field.label + ("*" if field.required else ""), classes="name")]
    if prepared.head:
        cells.append(Static(id=f"last_{field.name}", classes="last"))
    return Horizontal(*cells, entry, classes="form_row")


def _values(prepared: Prepared, readings: dict[str, Reading]) -> dict[str, Any]:
    return {**prepared.fixed, **{name: reading.value for name, reading in readings.items()}}


def _outlook(outcome: Outcome, verb: str) -> list[Text]:
    """Say what would be recorded, and what it changes."""
    lines = [wording.words(f"将记为 {outcome.title}")]
    if outcome.before is not None and outcome.after is not None:
        lines.append(effect(outcome.before, outcome.after, verb))
    return lines


def effect(before: Position, after: Position, verb: str) -> Text:
    """Say what a filing changes: each figure before and after, the amounts in 万元 on a line of their own."""
    head = f"{verb}后  "
    said = Text.assemble((head, "bold"))
    _append(said, "本季", wording.amount(before.quarter), wording.amount(after.quarter))
    _append(said, "本年", wording.amount(before.ytd), wording.amount(after.ytd))
    said.rstrip()
    said.append(" 万元")
    if after.quarter is None and after.quarter_note:
        said.append(f"（本季：{after.quarter_note}）")
    said.append("\n" + " " * cell_len(head))
    _append(said, "完成率", wording.rate(before.year_rate), wording.rate(after.year_rate))
    _append(said, "预警灯", before.light, after.light)
    _append(said, "期限", before.deadline_state, after.deadline_state)
    return said


def _append(said: Text, name: str, was: str, becomes: str) -> None:
    changes = was != becomes
    said.append(f"{name} ").append(f"{was} -> {becomes}" if changes else was, "bold" if changes else "").append("  ")
