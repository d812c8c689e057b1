"""The dialog of every form: the last filing in grey, this one beside it, findings and effect before saving."""

from __future__ import annotations

from dataclasses import dataclass
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

from hgt_portfolio.figures import Point, Position
from hgt_portfolio.ledger import Outcome, Refused
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import Severity
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, period_text, sentence
from hgt_portfolio.tui.dialogs.base import FormDialog
from hgt_portfolio.tui.entry import LineInput
from hgt_portfolio.tui.forms.fields import Field, Form

ALIASES = {"steps_fen": "q1"}
"""Fields that the checks call by other names than the form."""

CHOOSE = "按 Enter 选择"


@dataclass(frozen=True)
class Answer:
    """What the ledger said: an outcome, or the findings that stop it."""

    turn: int
    outcome: Outcome | None
    findings: tuple[Finding, ...]


class FormScreen(FormDialog):
    """One form on one project; it closes with the outcome of what it wrote."""

    AUTO_FOCUS = None
    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "file", "报送", priority=True),
        Binding("escape", "leave", "关闭"),
        Binding("f1", "help", "帮助"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    class Ready(Message):
        """The project as it stands at the form's period."""

        def __init__(self, period: int | None, position: Position | None, said: str = "") -> None:
            self.period, self.position, self.said = period, position, said
            super().__init__()

    class Rehearsed(Message):
        """What filing would do."""

        def __init__(self, answer: Answer) -> None:
            self.answer = answer
            super().__init__()

    class Filed(Message):
        """What filing did."""

        def __init__(self, answer: Answer) -> None:
            self.answer = answer
            super().__init__()

    def __init__(self, desk: Desk, form: Form, no: str) -> None:
        super().__init__()
        self.desk, self.form, self.no = desk, form, no
        self._position: Position | None = None
        self._begun: dict[str, str] = {}
        self._period: int | None = None
        self._turn = 0
        self._filing = False

    def box(self) -> ComposeResult:
        """Lay out the frame; the fields follow once the project is read."""
        with Vertical(classes="dialog form") as frame:
            frame.border_title = Content(f"{self.form.title} #{wording.clean(self.no)}")
            frame.border_subtitle = Content("F10 或 Ctrl+S 报送  Esc 关闭")
            with VerticalScroll(id="fields", can_focus=False):
                yield Static("加载中")
            yield Static(id="effect")
            with Horizontal(classes="buttons"):
                yield Button("报送", id="file", compact=True)
                yield Button("关闭", id="leave", compact=True)

    def on_mount(self) -> None:
        """Read the project."""
        self._look(None)

    @property
    def changed(self) -> bool:
        """Whether anything was typed that closing would lose."""
        return self._position is not None and self._texts() != self._begun

    @work(thread=True, exclusive=True, group="look")
    def _look(self, period: int | None) -> None:
        try:
            point = self.desk.point()
            asked = self._first_period(point) if period is None else period
            found = self.desk.figures.position(self.desk.filed_at(point, asked), self.no, rules=self.desk.rules)
        except Exception as problem:  # every failure is said in the form
            self.post_message(FormScreen.Ready(period, None, sentence(problem)))
        else:
            self.post_message(FormScreen.Ready(asked, found))

    def _first_period(self, point: Point) -> int:
        """Give the period a form begins with: the books are opened for the year before the plan's."""
        return self.desk.figures.opening_period() + 12 if self.form.name == "opening" else point.period

    @on(Ready)
    async def _is_ready(self, message: Ready) -> None:
        if message.position is None:
            self._say_all((error("", message.said),))
            return
        fresh = self._position is None
        self._position, self._period = message.position, message.period
        if fresh:
            await self._lay_out(message.position)
        else:
            self._carry(message.position)
        for field in self.form.fields:
            self.query_one(f"#last_{field.name}", Static).update(
                wording.fitted(self.form.last(message.position).get(field.name, ""), 22)
            )
        self._consider()

    async def _lay_out(self, position: Position) -> None:
        box = self.query_one("#fields", VerticalScroll)
        title = Content(f"{self.form.title} #{wording.clean(self.no)} {wording.clean(position.name)}")
        self.query_one(".dialog").border_title = title
        self._begun = {field.name: "" for field in self.form.fields} | {
            name: wording.clean(text) for name, text in self.form.begin(self.desk, position).items()
        }
        rows: list[Widget] = [
            Horizontal(
                Static("", classes="name"),
                Static(self._last_head(position), classes="last", id="last_head"),
                Static("本次", classes="now"),
                classes="form_row",
            )
        ]
        for field in self.form.fields:
            rows += [_row(field, position, self._begun[field.name]), Static(id=f"said_{field.name}", classes="said")]
        await box.remove_children()
        await box.mount_all(rows)
        self._begun = self._texts()
        self._first().focus()

    def _first(self) -> Widget:
        names = [field.name for field in self.form.fields]
        place = names[1] if self.form.name == "report" else names[2] if self.form.name == "opening" else names[0]
        return self.query_one(f"#{place}")

    def _carry(self, position: Position) -> None:
        """Carry another period's last filing into the fields that were not touched."""
        begun = {field.name: "" for field in self.form.fields} | self.form.begin(self.desk, position)
        typed = self._texts()
        for field in self.form.fields:
            if field.name != "period" and typed[field.name] == self._begun[field.name]:
                self._put(field, begun[field.name])
                self._begun[field.name] = self._texts()[field.name]
        self.query_one("#last_head", Static).update(self._last_head(position))

    def _last_head(self, position: Position) -> str:
        """Say what stands at the left; filing the same period again corrects it."""
        if not self.form.effect:
            return "台账现有"
        if position.period_filed is None:
            return "上次：未填报"
        filed = period_text(position.period_filed)
        return "本期已报，再报即更正" if position.period_filed == position.period else f"上次 {filed}"

    def _put(self, field: Field, text: str) -> None:
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, Input):
            widget.value = text
        elif isinstance(widget, Select):
            widget.value = text or Select.NULL

    def _texts(self) -> dict[str, str]:
        return {field.name: self._text(field) for field in self.form.fields}

    def _text(self, field: Field) -> str:
        widget = self.query_one(f"#{field.name}")
        if isinstance(widget, Input):
            return widget.value
        return "" if not isinstance(widget, Select) or widget.is_blank() else str(widget.value)

    def _values(self, *, complete: bool) -> tuple[dict[str, Any], list[Finding]]:
        """Read every field; what cannot be read is a finding, and with ``complete`` what is required and missing."""
        values: dict[str, Any] = {"no": self.no}
        found = []
        for field in self.form.fields:
            text = self._text(field).strip()
            try:
                values[field.name] = field.read(text) if text else None
            except ValueError as problem:
                found.append(error(field.name, str(problem)))
            if complete and field.required and not text:
                found.append(error(field.name, f"{field.label}没有填。"))
        return values, found

    @on(Input.Changed)
    @on(Select.Changed)
    def _consider(self) -> None:
        """Say at once what cannot be read, and rehearse what can."""
        if self._position is None:
            return
        values, found = self._values(complete=False)
        self._turn += 1
        period = values.get("period")
        if self.form.effect and period is not None and period != self._period:
            self._look(period)
            return
        self._say_all(tuple(found))
        self.query_one("#effect", Static).update("")
        enough = all(values.get(field.name) for field in self.form.fields if field.required)
        if not found and enough:
            self._rehearse(self._turn, values)

    @work(thread=True, exclusive=True, group="rehearse")
    def _rehearse(self, turn: int, values: dict[str, Any]) -> None:
        worker = get_current_worker()
        if not worker.is_cancelled:
            answer = _asked(self.desk, self.form, turn, values, rehearse=True)
            self.post_message(FormScreen.Rehearsed(answer))

    @on(Rehearsed)
    def _was_rehearsed(self, message: Rehearsed) -> None:
        answer = message.answer
        if answer.turn != self._turn or self._filing:
            return
        self._say_all(answer.findings)
        outcome = answer.outcome
        if outcome is not None and outcome.before is not None and outcome.after is not None:
            self.query_one("#effect", Static).update(effect(outcome.before, outcome.after))

    def _say_all(self, found: tuple[Finding, ...]) -> None:
        """Put each finding under its field; those of no field below."""
        said: dict[str, list[Finding]] = {}
        for finding in found:
            said.setdefault(ALIASES.get(finding.field, finding.field), []).append(finding)
        for field in self.form.fields:
            line = self.query(f"#said_{field.name}")
            if line:
                findings = said.pop(field.name, [])
                line.first(Static).update(_findings(findings))
                line.first().set_class(bool(findings), "-on")
        if said:
            self.query_one("#effect", Static).update(_findings([f for rest in said.values() for f in rest]))

    def action_file(self) -> None:
        """File the form, once; what stands in the way stays in the form."""
        if self._filing or self._position is None or self.app.screen is not self:
            return
        values, found = self._values(complete=True)
        if found:
            self._say_all(tuple(found))
            self._go_to(found[0])
            return
        self._filing = True
        self._turn += 1
        self._file(self._turn, values)

    @work(thread=True, group="write")
    def _file(self, turn: int, values: dict[str, Any]) -> None:
        self.post_message(FormScreen.Filed(_asked(self.desk, self.form, turn, values, rehearse=False)))

    @on(Filed)
    def _was_filed(self, message: Filed) -> None:
        self._filing = False
        answer = message.answer
        if answer.outcome is not None:
            self.desk.revision += 1
            self.dismiss(answer.outcome)
            return
        self._say_all(answer.findings)
        self._go_to(answer.findings[0])
        if all(finding.severity is Severity.WARNING for finding in answer.findings):
            self.query_one("#reason").focus()
            self.query_one("#said_reason", Static).update(Text("请在这里写明原因或文号，再按 F10 报送。"))
            self.query_one("#said_reason").add_class("-on")

    def _go_to(self, finding: Finding) -> None:
        name = ALIASES.get(finding.field, finding.field)
        found = self.query(f"#{name}") if name and name != "no" else None
        if found:
            found.first().focus()


def _row(field: Field, position: Position, text: str) -> Horizontal:
    if field.choices is None:
        entry: Widget = LineInput(text, placeholder=field.hint, id=field.name, compact=True)
    else:
        options = field.choices(position)
        known = text in {value for _, value in options}
        entry = Select(
            options, prompt=field.hint or CHOOSE, value=text if known else Select.NULL, id=field.name, compact=True
        )
    return Horizontal(
        Static(field.label + ("*" if field.required else ""), classes="name"),
        Static(id=f"last_{field.name}", classes="last"),
        entry,
        classes="form_row",
    )


def _asked(desk: Desk, form: Form, turn: int, values: dict[str, Any], *, rehearse: bool) -> Answer:
    try:
        outcome = form.write(desk.ledger, values, rehearse)
    except Refused as refusal:
        return Answer(turn, None, refusal.findings)
    except Exception as problem:  # every failure is said in the form, which keeps what was typed
        return Answer(turn, None, (error("", sentence(problem)),))
    return Answer(turn, outcome, outcome.findings)


def _findings(found: list[Finding]) -> Text:
    return Text("\n").join(wording.words(f"{finding.severity}：{finding.message}", "bold") for finding in found)


def effect(before: Position, after: Position) -> Text:
    """Say what a filing changes: each figure before and after."""
    changes = (
        ("本季", wording.amount(before.quarter), wording.amount(after.quarter)),
        ("本年", wording.amount(before.ytd), wording.amount(after.ytd)),
        ("完成率", wording.rate(before.year_rate), wording.rate(after.year_rate)),
        ("灯", before.light, after.light),
        ("期限", before.deadline_state, after.deadline_state),
    )
    said = Text("报送后  ", "bold")
    for name, was, becomes in changes:
        said.append(f"{name} ")
        said.append(was if was == becomes else f"{was} -> {becomes}", "" if was == becomes else "bold")
        said.append("   ")
    if after.quarter is None and after.quarter_note:
        said.append(f"（本季：{after.quarter_note}）")
    return said
