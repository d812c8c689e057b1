"""The export dialog: what, which period, where to; it runs in a thread and says the full path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Select, Static

from hgt_portfolio.months import quarter_end, quarter_text, read_period
from hgt_portfolio.settings import SettingsError
from hgt_portfolio.tui.desk import Desk, Frame, Shown, sentence
from hgt_portfolio.tui.dialogs.base import AskScreen, Dialog
from hgt_portfolio.tui.dialogs.outputs import FORMATS, Output, duty_label, outputs_of, this_screen
from hgt_portfolio.tui.entry import ChoiceField, LineInput
from hgt_portfolio.tui.wording import clean, words

BAR = 30


class ExportScreen(Dialog[None]):
    """Chooses an export, shows where it goes, and follows it to its end."""

    BINDINGS = [  # noqa: RUF012 - Textual's own
        Binding("f10,ctrl+s", "export", "导出", priority=True),
        Binding("escape", "leave", "关闭"),
        Binding("down", "app.focus_next", "下一栏", show=False),
        Binding("up", "app.focus_previous", "上一栏", show=False),
    ]

    class Ready(Message):
        """The units there are, the period being filed, and the folder to begin with."""

        def __init__(self, units: list[str], period: int, folder: Path) -> None:
            self.units, self.period, self.folder = units, period, folder
            super().__init__()

    class Weighed(Message):
        """What an export is about to write, and the files that it would replace."""

        def __init__(self, what: Output, period: int, target: Path, replaced: list[Path]) -> None:
            self.what, self.period, self.target, self.replaced = what, period, target, replaced
            super().__init__()

    class Progressed(Message):
        """How far the export has come."""

        def __init__(self, step: str, done: int, total: int) -> None:
            self.step, self.done, self.total = step, done, total
            super().__init__()

    class Ended(Message):
        """The paths written and which units got none, or the sentence that says why nothing was written."""

        def __init__(self, paths: list[Path], said: str = "") -> None:
            self.paths, self.said = paths, said
            super().__init__()

    def __init__(
        self,
        desk: Desk,
        unit: str | None,
        project: str | None,
        shown: Shown | None,
        frame: Frame | None,
        period: int | None = None,
    ) -> None:
        super().__init__()
        self.desk, self._unit, self._project, self._period = desk, unit, project, period
        self._own: list[Output] = []
        if shown is not None and frame is not None:
            self._own = [this_screen(shown, frame, label, suffix) for label, suffix in FORMATS]
        self._outputs = self._found([unit] if unit else [])
        self._exporting = False
        self._named = ""

    def _found(self, units: list[str]) -> dict[str, Output]:
        return {output.label: output for output in (*self._own, *outputs_of(units, self._project))}

    def box(self) -> ComposeResult:
        """Lay out the four fields, the progress and the buttons."""
        first = duty_label(self._unit) if self._unit else next(iter(self._outputs))
        with Vertical(classes="dialog wide") as frame:
            frame.border_title = Content("导出")
            with Horizontal(classes="form_row"):
                yield Static("内容", classes="name")
                yield ChoiceField(self._options(), value=first, allow_blank=False, id="what", compact=True)
            with Horizontal(classes="form_row"):
                yield Static("季度", classes="name")
                yield LineInput(id="period", placeholder="如 2024Q3", compact=True)
            with Horizontal(classes="form_row"):
                yield Static("文件夹", classes="name")
                yield LineInput(id="folder", compact=True)
            with Horizontal(classes="form_row"):
                yield Static("文件名", classes="name")
                yield LineInput(id="file", placeholder="各文件用自己的名字", compact=True)
            yield Static(id="progress", classes="say")
            with Horizontal(classes="buttons"):
                yield Button("导出 F10", id="export", compact=True)
                yield Button("关闭 Esc", id="leave", compact=True)

    def on_mount(self) -> None:
        """Read the units, the period and the folder."""
        self._look()

    @work(thread=True, group="look")
    def _look(self) -> None:
        try:
            units = [unit.name for unit in self.desk.figures.units()]
            period, folder = quarter_end(self._period or self.desk.point().period), self.desk.exports.absolute()
            self.post_message(ExportScreen.Ready(units, period, folder))
        except Exception as problem:  # every failure is said in the dialog
            self.post_message(ExportScreen.Ended([], sentence(problem)))

    @on(Ready)
    def _is_ready(self, message: Ready) -> None:
        what = self.query_one("#what", Select)
        chosen = what.value
        self._outputs = self._found(message.units)
        what.set_options(self._options())
        what.value = chosen
        self.query_one("#period", Input).value = quarter_text(message.period)
        self.query_one("#folder", Input).value = str(message.folder)

    @on(Select.Changed)
    @on(Input.Changed, "#period")
    def _rename(self, event: Select.Changed | Input.Changed) -> None:
        """Name the file anew for another content; for another period unless its name was typed by hand."""
        try:
            period = read_period(self.query_one("#period", Input).value)
        except ValueError:
            return
        file = self.query_one("#file", Input)
        if isinstance(event, Select.Changed) or file.value == self._named:
            file.value = self._named = self._what().name(quarter_end(period))
            file.disabled = not self._named

    def _options(self) -> list[tuple[Text, str]]:
        return [(words(label), label) for label in self._outputs]

    def _what(self) -> Output:
        return self._outputs[str(self.query_one("#what", Select).value)]

    def action_export(self) -> None:
        """Export, once; where files would be replaced, ask first."""
        if self._exporting or self.app.screen is not self:
            return
        try:
            period = quarter_end(read_period(self.query_one("#period", Input).value))
        except ValueError as problem:
            self._say(str(problem))
            return
        folder, file = (self.query_one(field, Input).value.strip() for field in ("#folder", "#file"))
        if not folder or not (file or self.query_one("#file").disabled):
            self._say(f"请写明{'文件名' if folder else '存到哪个文件夹'}。")
            return
        self._exporting = True
        self._weigh(self._what(), period, Path(folder, file).expanduser().absolute())

    @work(thread=True, group="export")
    def _weigh(self, what: Output, period: int, target: Path) -> None:
        """Find the files that an export would replace."""
        try:
            replaced = [path for path in what.files(self.desk, period, target) if path.is_file()]
            self.post_message(ExportScreen.Weighed(what, period, target, replaced))
        except Exception as problem:  # every failure is said in the dialog
            self.post_message(ExportScreen.Ended([], sentence(problem)))

    @on(Weighed)
    def _was_weighed(self, message: Weighed) -> None:
        def answered(agreed: bool | None) -> None:
            self._exporting = bool(agreed)
            if agreed:
                self._begin(message.what, message.period, message.target)

        if not message.replaced:
            self._begin(message.what, message.period, message.target)
            return
        more = f"等 {len(message.replaced)} 个文件" if len(message.replaced) > 1 else ""
        said = f"{message.replaced[0]}{more}已经存在，导出后原来的内容就没有了。"
        self.app.push_screen(AskScreen("覆盖文件？", said, "覆盖"), answered)

    def _begin(self, what: Output, period: int, target: Path) -> None:
        self._exporting = True
        self._say("正在导出")
        self._export(what, period, target)

    @work(thread=True, group="export")
    def _export(self, what: Output, period: int, target: Path) -> None:
        def follow(step: str, done: int, total: int) -> None:
            self.post_message(ExportScreen.Progressed(step, done, total))

        try:
            point = self.desk.figures.point(quarter_text(period), self.desk.known_at)
            paths = what.write(self.desk, point, target, follow)
            left = what.left(self.desk, point, paths)
        except Exception as problem:  # every failure is said in the dialog, and nothing half-written remains
            self.post_message(ExportScreen.Ended([], sentence(problem)))
        else:
            self.post_message(ExportScreen.Ended(paths, left))

    @on(Progressed)
    def _has_progressed(self, message: Progressed) -> None:
        share = message.done / message.total if message.total else 0
        bar = "#" * round(share * BAR)
        self._say(f"[{bar:.<{BAR}}] {message.done}/{message.total} {message.step}")

    @on(Ended)
    def _has_ended(self, message: Ended) -> None:
        self._exporting = False
        if not message.paths:
            self._say(message.said or "没有可导出的内容。")
            return
        count = f"，共 {len(message.paths)} 个文件" if len(message.paths) > 1 else ""
        app: Any = self.app
        app.say("。".join(filter(None, (f"已导出：{message.paths[0]}{count}", message.said))))
        for path in message.paths:
            app.deliver(path)
        self.dismiss(None)
        self._stay_in(message.paths[0].parent)

    def _stay_in(self, folder: Path) -> None:
        """Begin in the same folder next time, after a restart too."""
        if folder == self.desk.exports:
            return
        self.desk.exports = folder
        try:
            self.desk.keep(folder=str(folder))
        except SettingsError as problem:
            app: Any = self.app
            app.tell("设置没有存下", str(problem))

    def _say(self, text: str) -> None:
        self.query_one("#progress", Static).update(Content(clean(text)))

    def action_leave(self) -> None:
        """Close; an export under way is waited for."""
        if self._exporting:
            self._say("正在导出，请等它完成。")
        else:
            self.dismiss(None)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "export":
            self.action_export()
        else:
            self.action_leave()
