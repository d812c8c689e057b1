"""The dialog of every form: what stands in grey, this time beside it, and before saving what it reads and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from textual.widgets import Button, Input, Select, Static
from textual.worker import get_current_worker

from hgt_portfolio.figures import Stop
from hgt_portfolio.ledger import Outcome, Refused, Seen
from hgt_portfolio.months import Month
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import Severity
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.dialogs.base import AskScreen, FormDialog
from hgt_portfolio.tui.dialogs.meanwhile import MINE, THEIRS, Differing, MeanwhileScreen
from hgt_portfolio.tui.entry import ChoiceField, LineInput
from hgt_portfolio.tui.forms.fields import Asked, Beside, Field, Form, Prepared, Reading
from hgt_portfolio.tui.forms.outlook import outlook

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
        """What the form begins with and what was seen for it, or the sentence that says why it cannot begin.

        ``meanwhile`` is what others did since it was filled, where it was read anew for that.
        """

        def __init__(self, prepared: Prepared | None, seen: Seen, said: str, meanwhile: tuple[str, ...]) -> None:
            self.prepared, self.seen, self.said, self.meanwhile = prepared, seen, said, meanwhile
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
        self._seen: Seen | None = None
        self._fields: list[Field] = []
        self._begun: dict[str, str] = {}
        self._readings: dict[str, Reading] = {}
        self._turn = 0
        self._rehearsing = Stop()
        self._tried = False
        self._confirmed = False

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

    def on_unmount(self) -> None:
        """Stop what is still being rehearsed for a form that is gone."""
        self._rehearsing.stop()

    @work(thread=True, exclusive=True, group="look")
    def _look(self, period: Month | None, meanwhile: tuple[str, ...] = ()) -> None:
        prepared, said, moment = None, "", 0
        try:
            moment = self.desk.figures.last_action()
            prepared = self.form.prepare(Asked(self.desk, self.no, self.unit, period))
        except Exception as problem:  # every failure is said in the form
            said = sentence(problem)
        seen = Seen(moment, (self.no,) if self.no else (), None if self.no else self.unit, self.form.item)
        self.post_message(FormScreen.Ready(prepared, seen, said, meanwhile))

    @on(Ready)
    async def _is_ready(self, message: Ready) -> None:
        prepared, before = message.prepared, self._prepared
        if prepared is None:
            self._cannot_begin(message)
        elif before is not None and message.meanwhile:
            asking = MeanwhileScreen(self.form.verb, message.meanwhile, self._differing(before, prepared))
            self.app.push_screen(asking, partial(self._was_chosen, prepared, message.seen))
        else:
            if before is None:
                await self._lay_out(prepared)
            self._take(prepared, message.seen)

    def _cannot_begin(self, message: Ready) -> None:
        if self._prepared is None:
            self.query_one("#about", Static).update(wording.words(message.said, "bold"))
            self.query_one("#file").display = False
        else:
            field = "" if message.meanwhile else "period"
            self._say([error(field, said) for said in (*message.meanwhile, message.said)])

    def _take(self, prepared: Prepared, seen: Seen) -> None:
        """Go on from what stands now; what was typed stays."""
        self._seen = seen
        self._carry(prepared)
        self._say_what_stands(prepared)
        self._consider()

    def _was_chosen(self, prepared: Prepared, seen: Seen, choice: str | None) -> None:
        """File what was typed beside what stands now, or take that instead; without a choice leave all as it is."""
        if choice == THEIRS:
            for field in self._fields:
                self._put(field, self._begun[field.name])
        if choice is not None:
            self._take(prepared, seen)
        if choice == MINE:
            self._confirmed = True
            self.action_file()

    def _differing(self, before: Prepared, now: Prepared) -> list[Differing]:
        """Give what others changed and what was typed: as it stood, as it stands now, and as typed."""
        texts, rows = self._texts(), []
        if before.about != now.about:
            rows.append(Differing("现状", before.about, now.about, ""))
        for field in self._fields:
            was, stands = _standing(before, field), _standing(now, field)
            typed = texts[field.name] if texts[field.name] != self._begun[field.name] else ""
            if was != stands or typed:
                rows.append(Differing(field.label, was, stands, self._as_read(now, field, typed)))
        return rows

    def _as_read(self, prepared: Prepared, field: Field, text: str) -> str:
        """Write a typed text with what it reads as beside what stands now."""
        try:
            said = field.read(text, self._beside(prepared, field)).said if text else ""
        except ValueError as problem:
            said = str(problem)
        return f"{text} 读作 {said}" if said else text

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
            try:
                if texts[field.name]:
                    readings[field.name] = field.read(texts[field.name], self._beside(prepared, field))
            except ValueError as problem:
                found.append(error(field.name, str(problem)))
        return readings, found

    def _beside(self, prepared: Prepared, field: Field) -> Beside:
        reason = self._texts().get("reason")
        return Beside(prepared.year, prepared.standing.get(field.name), reason, prepared.base)

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
        self._complete(prepared)
        self._readings, found = self._read(prepared)
        readings = self._readings
        period = readings["period"].value if self.form.follows and "period" in readings else prepared.period
        if self.form.follows and period != prepared.period:
            self._look(period)
            return
        self._say(found)
        self._judge(prepared, found)

    def _complete(self, prepared: Prepared) -> None:
        """Put into the fields that nobody touched what the others bring with them."""
        typed = self._texts()
        for name, text in prepared.completing(typed).items():
            if typed.get(name) == self._begun.get(name) != text:
                field = next(field for field in self._fields if field.name == name)
                with self.prevent(Input.Changed, Select.Changed):
                    self._put(field, wording.clean(text))
                self._begun[name] = self._text(field)
        if self._texts() != typed:
            self._complete(prepared)

    def _judge(self, prepared: Prepared, unread: Sequence[Finding]) -> None:
        """Rehearse what can be read; a reason not yet written is stood in for."""
        self._rehearsing.stop()
        self._rehearsing = Stop()
        missing = {finding.field for finding in self._missing()}
        values = _values(prepared, self._readings) | dict.fromkeys(missing & {"reason"}, UNSAID)
        self._rehearse(self._turn, self._rehearsing, values, tuple(unread), missing - {"reason"})

    @work(thread=True, exclusive=True, group="rehearse")
    def _rehearse(
        self, turn: int, stop: Stop, values: dict[str, Any], unread: tuple[Finding, ...], missing: set[str]
    ) -> None:
        if get_current_worker().is_cancelled:
            return
        answer = self._asked(turn, stop, values, filed=False)
        if unread or missing:
            answer = self._of_the_rest(answer, unread, missing)
        self.post_message(FormScreen.Answered(answer))

    def _of_the_rest(self, answer: Answer, unread: tuple[Finding, ...], missing: set[str]) -> Answer:
        """Keep, of a rehearsal without some fields, what was found of the others alone."""
        left = {field.name for field in self._fields} - missing - {finding.field for finding in unread}
        judged = (one for one in answer.findings if ALIASES.get(one.field, one.field) in left)
        return Answer(answer.turn, answer.filed, None, (*unread, *judged))

    @work(thread=True, group="write")
    def _file(self, turn: int, stop: Stop, values: dict[str, Any]) -> None:
        self.post_message(FormScreen.Answered(self._asked(turn, stop, values, filed=True)))

    def _asked(self, turn: int, stop: Stop, values: dict[str, Any], *, filed: bool) -> Answer:
        try:
            with stop.over():
                outcome = self.form.write(self.desk.ledger.beside(self._seen), values, not filed)
        except Refused as refusal:
            return Answer(turn, filed, None, refusal.findings)
        except Exception as problem:  # every failure is said in the form, which keeps what was typed
            return Answer(turn, filed, None, (error("", sentence(problem)),))
        return Answer(turn, filed, outcome, outcome.findings)

    def action_file(self) -> None:
        """File the form, once; what stands in the way stays in the form."""
        prepared = self._prepared
        if self.writing is not None or prepared is None or self.app.screen is not self:
            return
        self._readings, found = self._read(prepared)
        self._tried = True
        self._say(found)
        stopping = [*found, *self._missing()]
        if stopping:
            self._judge(prepared, found)
            self._go_to(stopping[0])
        elif prepared.unchanged and not self._confirmed and not self._touched():
            asking = AskScreen("与上次相同？", prepared.unchanged, f"已核对，{self.form.verb}", "回去改")
            self.app.push_screen(asking, self._was_confirmed)
        else:
            self._turn += 1
            self._rehearsing.stop()
            self._file(self._turn, self.begin_writing(), _values(prepared, self._readings))

    def _touched(self) -> bool:
        """Tell whether anything but the period is other than what was carried over."""
        return any(text != self._begun[name] for name, text in self._texts().items() if name != "period")

    def _was_confirmed(self, agreed: bool | None) -> None:
        if agreed:
            self._confirmed = True
            self.action_file()

    @on(Answered)
    def _was_answered(self, message: Answered) -> None:
        answer = message.answer
        if answer.filed:
            self._was_filed(answer)
        elif answer.turn == self._turn and self.writing is None and (answer.outcome is not None or self.changed):
            self._say(answer.findings, answer.outcome)

    def _was_filed(self, answer: Answer) -> None:
        self.end_writing()
        if answer.outcome is not None:
            self.desk.change()
            self.dismiss(answer.outcome)
            return
        first = answer.findings[0]
        self._say(answer.findings)
        if first.field == "seen" and self._prepared is not None:
            self._look(self._prepared.period, tuple(finding.message for finding in answer.findings))
        elif all(finding.severity is Severity.WARNING for finding in answer.findings) and self.query("#reason"):
            self.query_one("#reason").focus()
            self._say_under("reason", [Text(f"请在这里写明原因或文号，再按 F10 {self.form.verb}。")])
        else:
            self._go_to(first)

    def _go_to(self, finding: Finding) -> None:
        found = self.query(f"#{ALIASES.get(finding.field, finding.field)}") if finding.field else None
        if found and found.first().focusable:
            found.first().focus()

    def say_below(self, text: str) -> None:
        """Say something of the form as a whole, below its fields."""
        self.query_one("#effect", Static).update(wording.words(text, "bold"))

    def _notes(self) -> dict[str, list[Text]]:
        """Give what is said of each field whatever is found: what its text reads as, and where that comes from."""
        notes: dict[str, list[Text]] = {field.name: [] for field in self._fields}
        for name, reading in self._readings.items():
            if reading.said:
                notes[name].append(Text(f"读作 {reading.said}"))
        for name, note in (self._prepared.notes if self._prepared else {}).items():
            text = self._texts()[name]
            if text and text == self._begun[name]:
                notes[name].append(Text(note))
        return notes

    def _say(self, found: Sequence[Finding], outcome: Outcome | None = None) -> None:
        """Put the notes and each finding under its field; below, those of no field, and what would be.

        Once filing was tried, what is missing is among them.
        """
        said = self._notes()
        noted = {name: len(lines) for name, lines in said.items()}
        below: list[Text] = []
        for finding in (*found, *(self._missing() if self._tried else ())):
            name = ALIASES.get(finding.field, finding.field)
            said.get(name, below).append(wording.words(str(finding), "bold"))
        for name, lines in said.items():
            self._say_under(name, lines, is_found=len(lines) > noted[name])
        if outcome is not None:
            below += outlook(outcome, self.form.verb)
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


def _standing(prepared: Prepared, field: Field) -> str:
    return prepared.last.get(field.name, prepared.begin.get(field.name, ""))


def _values(prepared: Prepared, readings: dict[str, Reading]) -> dict[str, Any]:
    return {**prepared.fixed, **{name: reading.value for name, reading in readings.items()}}
