"""收回填报表: pick the files that came back, look at what each row comes to, choose in conflicts, take them in one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from hgt_portfolio.ledger import Outcome
from hgt_portfolio.months import quarter_text
from hgt_portfolio.returns.forms import CellFinding
from hgt_portfolio.returns.merge import Choices, Merged
from hgt_portfolio.returns.preview import change_words, counts_words, listed, others_words, totals_of
from hgt_portfolio.returns.quarter import AMOUNT, Quarter
from hgt_portfolio.returns.reading import ReadBack, read_back, take_back
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.terms import RowChange, Side
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.entry import LineInput
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.rows import RowTable

MOST_FILES = 200
FILE_HEADS = (("选", 3), ("文件", 56), ("改动时间", 20))
ROW_HEADS = (("变化", 13), ("序号", 5), ("名称", 22), (" 原累计(万元)", 14), (" 现累计(万元)", 14), ("说明", 10))
NAME, WHY, WIDEST_NAME = 2, 5, 40
NEXT = "表已收到的，请在上面写明它所在的文件夹或文件，按 Enter；还没有发出的，按 F8 发出填报表。"
NEXT_SIDE = {None: Side.THEIRS, Side.THEIRS: Side.OURS, Side.OURS: None}


@dataclass(frozen=True)
class Asked:
    """What the screen was asked to read: a folder or file, the files picked, and the choices made."""

    place: Path
    picked: tuple[Path, ...] = ()
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True)
class Seen:
    """What was read: the workbooks there are with the moment each was changed, and what those picked come to."""

    files: tuple[tuple[Path, int], ...]
    read: ReadBack | None


class ReturnsPage(Page):
    """The forms that came back, and the preview of taking them."""

    PLACE = "returns"
    BINDINGS = PAGE_BINDINGS["returns"]

    class Taken(Message):
        """Rows taken in one action with what they came to, or the sentence that says why not."""

        def __init__(self, outcome: Outcome | None, said: str) -> None:
            self.outcome, self.said = outcome, said
            super().__init__()

    def __init__(self, desk: Desk, picked: tuple[Path, ...] = ()) -> None:
        super().__init__(desk)
        self.asked = Asked(desk.exports.absolute(), picked)
        self._lines: list[Merged | CellFinding] = []
        self._said = ""

    def body(self) -> ComposeResult:
        """Lay out where to look, the files, what their rows come to, and what the row under the cursor says."""
        with Horizontal(id="filter_bar"):
            yield Static("文件夹或文件")
            yield LineInput(str(self.asked.place), id="place", compact=True)
        yield RowTable(id="files")
        yield RowTable(id="returned", fixed_columns=2)
        yield Static(id="why")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the files, or where some are picked already in their rows."""
        super().on_mount()
        self.query_one("#returned" if self.asked.picked else "#files", RowTable).focus()

    def question(self) -> Question:
        """Ask for the files, and what those picked come to."""
        figures, asked = self.desk.figures, self.asked

        def look(_frame: object) -> Seen:
            found = tuple((path, path.stat().st_mtime_ns // 1000) for path in _workbooks(asked.place))
            return Seen(found, read_back(figures, asked.picked, Quarter, asked.choices) if asked.picked else None)

        return once(look)

    def reread(self) -> None:
        """Read anew; what the last run came to is no longer said."""
        self._said = ""
        super().reread()

    def show(self, found: Seen) -> None:
        """Fill both lists, the cursors staying on their rows."""
        self._fill_files(found)
        self._lines = [] if found.read is None else [*found.read.findings, *listed(found.read)]
        self._fill_rows(late=found.read is not None and found.read.late)
        said = "空格选取文件，可多选；下面是收回后的样子。"
        if found.read is not None:
            said = f"{counts_words(found.read)}。{self._said or totals_of(found.read)}"
        elif not found.files:
            place = self.asked.place
            said = f"{'这里没有 xlsx 文件' if place.exists() else f'找不到 {place}'}。{NEXT}"
            # With nothing to pick, what is typed is a path: no letter of it may act as a command.
            self.query_one("#place", LineInput).focus()
        self.query_one("#count", Static).update(Text(said))

    def _fill_files(self, found: Seen) -> None:
        table = self.query_one("#files", RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        room = self.size.width - sum(width for head, width in FILE_HEADS if head != "文件") - 3
        for head, width in FILE_HEADS:
            table.add_column(head, width=room if head == "文件" else width)
        for path, changed in found.files:
            mark = Text(" *" if path in self.asked.picked else "")
            cells = (mark, wording.fitted(path.name, room - 1), wording.cell(moment_words(changed)))
            table.add_row(*cells, key=str(path))
        table.move_cursor(row=at)

    def _fill_rows(self, *, late: bool) -> None:
        table = self.query_one("#returned", RowTable)
        at = table.cursor_row
        table.clear(columns=True)
        widths = [width for _, width in ROW_HEADS]
        spare = max(self.size.width - sum(widths) - 1, 0)
        name = min(spare // 3, WIDEST_NAME - widths[NAME])
        widths[NAME] += name
        widths[WHY] += spare - name
        for (head, _), width in zip(ROW_HEADS, widths, strict=True):
            table.add_column(head, width=width)
        for number, line in enumerate(self._lines):
            table.add_row(*_cells(line, widths[NAME] - 1, widths[WHY] - 1, late=late), key=str(number))
        table.move_cursor(row=at)
        if not self._lines:
            self.query_one("#why", Static).update("")

    @property
    def line(self) -> Merged | CellFinding | None:
        """What the cursor of the preview is on."""
        key = self.query_one("#returned", RowTable).chosen
        return None if key is None else self._lines[int(key)]

    def chosen(self) -> str | None:
        """Give the project of the row under the cursor."""
        return self.line.row.no if isinstance(self.line, Merged) else None

    def _change(self, asked: Asked, said: str = "") -> None:
        self.asked = asked
        self.query_one("#count", Static).update(Text("读取中"))
        self.reread()
        self._said = said

    @on(Input.Submitted, "#place")
    def _placed(self, event: Input.Submitted) -> None:
        place = Path(event.value.strip() or ".").expanduser().absolute()
        self._change(Asked(place, (place,) if place.is_file() else ()))
        self.query_one("#files", RowTable).focus()

    @on(DataTable.RowSelected, "#files")
    def action_pick(self) -> None:
        """Pick the file under the cursor, or put it back."""
        key = self.query_one("#files", RowTable).chosen
        if key is None:
            return
        path, picked = Path(key), self.asked.picked
        kept = tuple(one for one in picked if one != path) if path in picked else (*picked, path)
        self._change(replace(self.asked, picked=kept))

    def action_pick_all(self) -> None:
        """Pick the forms of the quarter being filed, by their names, or put them all back."""
        if self.frame is None or not isinstance(self._found, Seen):
            return
        quarter = quarter_text(self.frame.point.period)
        forms = tuple(
            path for path, _ in self._found.files if path.name.startswith(Quarter.sheet) and quarter in path.name
        )
        if not forms:
            self.portfolio.say(f"这里没有 {quarter} 的{Quarter.name}；别期的请用空格选取。")
            return
        self._change(replace(self.asked, picked=() if set(self.asked.picked) >= set(forms) else forms))

    def action_choose(self) -> None:
        """Take the next choice for the conflicts of the row under the cursor: the form's, the ledger's, none."""
        line = self.line
        if not isinstance(line, Merged) or not line.conflicts:
            self.portfolio.say("请先把光标移到一行“冲突”上。")
            return
        first, cells = line.conflicts[0], dict(self.asked.choices.cells)
        side = NEXT_SIDE[first.side]
        if side is None and first.kept:
            # Chosen once before, it is never open again: after the ledger's value comes the form's.
            side = Side.THEIRS
        for conflict in line.conflicts:
            cells.pop((conflict.no, conflict.key), None)
            if side is not None:
                cells[conflict.no, conflict.key] = side
        self._change(replace(self.asked, choices=Choices(cells=cells)))

    @on(DataTable.RowHighlighted, "#returned")
    def _moved(self) -> None:
        line = self.line
        if line is not None:
            self.query_one("#why", Static).update(wording.words(_why(line)))

    @on(DataTable.RowSelected, "#returned")
    def _open(self) -> None:
        no = self.chosen()
        if no is not None:
            self.portfolio.open_detail(no)

    def action_take(self) -> None:
        """Take every row that can be taken, in one action."""
        if not self.may_write("不能收回"):
            return
        if not self.asked.picked:
            self.portfolio.say("请先用空格选取要收回的文件。")
        else:
            self.query_one("#count", Static).update(Text("正在收回"))
            self._take(self.asked)

    @work(thread=True, exclusive=True, group="write")
    def _take(self, asked: Asked) -> None:
        """Read once more, as the ledger may have moved on since the preview, and write."""
        try:
            found = read_back(self.desk.figures, asked.picked, Quarter, asked.choices)
            outcome = take_back(self.desk.ledger, found)
        except Exception as problem:  # a refusal is a sentence to show, any other failure too
            self.post_message(ReturnsPage.Taken(None, sentence(problem)))
        else:
            said = "没有可以收下的行：都已收过、没有填，或有问题。"
            if outcome:
                said = f"已收下。{totals_of(found)}" if found.taken else "没有收下的行；冲突已记入台账，列在待办里。"
            self.post_message(ReturnsPage.Taken(outcome, said))

    @on(Taken)
    def _was_taken(self, message: Taken) -> None:
        asked = replace(self.asked, choices=Choices())
        if message.outcome is None:
            self.portfolio.tell("没有收回", message.said)
            self._change(asked)
        else:
            self.desk.revision += 1
            self.portfolio.written(message.outcome)
            self._change(asked, message.said)


def _workbooks(place: Path) -> list[Path]:
    """Find the workbooks of a place, forms of a quarter first; the place itself where it is a file."""
    if place.is_file():
        return [place]
    found = [path for path in place.glob("*.xlsx") if path.is_file() and not path.name.startswith(("~$", "."))]
    return sorted(found, key=lambda path: (not path.name.startswith(Quarter.sheet), path.name))[:MOST_FILES]


def _cells(line: Merged | CellFinding, name: int, room: int, *, late: bool) -> tuple[Text, ...]:
    if isinstance(line, CellFinding):
        blank = Text()
        return (wording.cell(RowChange.REFUSED), blank, wording.fitted(line.file, name), blank, blank,
                wording.fitted(line.message.removeprefix(line.file).strip("： "), room))  # fmt: skip
    before, after = line.now.stated(AMOUNT), line.values[AMOUNT] if line.taken else None
    return (
        wording.cell(change_words(line, late=late)),
        wording.right(line.row.no, 4),
        wording.fitted(line.now.position.name, name),
        wording.right(wording.amount(before), 13),
        wording.right(wording.amount(after), 13),
        wording.fitted(said, room) if (said := others_words(line)) else Text(),
    )


def _why(line: Merged | CellFinding) -> str:
    """Say in full what a row moves and what is wrong with it, and in which file it stands."""
    if isinstance(line, CellFinding):
        return str(line)
    return f"{line.row.form.file}：{others_words(line) or line.change}"
