"""一页纸: the leaders' questions answered in sentences to copy; every number of a sentence opens what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, OptionList, Static
from textual.widgets.option_list import Option

from hgt_portfolio.document import Document, Figure, Paragraph, Span, Style
from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.months import Month, last_quarter_end, month_text, quarter_label, quarter_text
from hgt_portfolio.reports.brief import brief
from hgt_portfolio.reports.bulletin_paper import numbers_table, row_words
from hgt_portfolio.table import DEMO, Column, Kind, Table
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.places import PlaceList
from hgt_portfolio.tui.rows import RowTable

HEADS = (("编号", 4), ("名称", 26), ("正文数字", 14), ("精确值", 18), ("计入", 7), ("规则", 40))
NAME, RULE = 1, 5
WIDE, WIDEST_NAME = 120, 40
"""From how many cells on the rule has a column beside the line below, and the most of the name."""
STOP = "。"
HINT = "  左右键换季度  ^C 复制一句  ^A 全文"


@dataclass(frozen=True)
class Sentence:
    """One sentence of the page, or a heading, with the numbers in it."""

    spans: tuple[Span, ...]
    style: Style

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return Paragraph(self.spans).text

    @property
    def figures(self) -> list[Figure]:
        """The numbers of the sentence, each once."""
        return list(dict.fromkeys(span for span in self.spans if isinstance(span, Figure)))


@dataclass(frozen=True)
class Brief:
    """The quarter, and its page."""

    period: Month
    document: Document


def sentences(document: Document) -> Iterator[Sentence]:
    """Cut a document's paragraphs into sentences; joined again they are its text."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from (Sentence(tuple(spans), block.style) for spans in _cut(block.spans))


def _cut(spans: Iterable[Span]) -> Iterator[list[Span]]:
    sentence: list[Span] = []
    for span in spans:
        parts = [span] if isinstance(span, Figure) else _stops(span)
        for part in parts:
            sentence.append(part)
            if isinstance(part, str) and part.endswith(STOP):
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def _stops(text: str) -> list[str]:
    *whole, rest = text.split(STOP)
    return [*(f"{part}{STOP}" for part in whole), *([rest] if rest else [])]


def read_brief(figures: Figures, known_at: str | None, frame: Frame, period: Month | None) -> Brief:
    """Read the page of a quarter, by default the last one over on D; this runs SQL and belongs in a thread."""
    asked = last_quarter_end(frame.point.day) if period is None else period
    return Brief(asked, brief(figures, figures.point(month_text(asked), known_at), frame.point))


class BriefPage(Page):
    """The sentences, and below them the numbers of the sentence under the cursor."""

    PLACE = "brief"
    MARK = f"（{DEMO}）"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        *PAGE_BINDINGS["brief"],
        Binding("left", "quarter(-3)", "上一季度", show=False),
        Binding("right", "quarter(3)", "下一季度", show=False),
        Binding("ctrl+a", "copy_all", "复制全文", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._period: Month | None = None
        self._sentences: list[Sentence] = []

    def body(self) -> ComposeResult:
        """Lay out the title, the sentences and their numbers."""
        yield Static(id="name")
        yield PlaceList(id="sentences")
        yield Static(id="kinds")
        yield RowTable(id="numbers")
        yield Static(id="why")

    def on_mount(self) -> None:
        """Begin with the cursor in the sentences."""
        super().on_mount()
        self.query_one(PlaceList).focus()

    def question(self) -> Question:
        """Ask for the page of the quarter."""
        desk, period = self.desk, self._period
        return once(lambda frame: read_brief(desk.figures, desk.known_at, frame, period))

    def show(self, found: Brief) -> None:
        """Show the sentences, the cursor staying on its place."""
        self._sentences = list(sentences(found.document))
        title = found.document.marked_title.rpartition("\n")[2]
        self.query_one("#name", Static).update(wording.fitted(f" {title}", self.size.width, "bold"))
        self.query_one(PlaceList).redraw(
            Option(_drawn(sentence), id=str(place), disabled=sentence.style is Style.HEADING)
            for place, sentence in enumerate(self._sentences)
        )
        self._show_numbers()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show_numbers()

    def _sentence(self) -> Sentence | None:
        chosen = self.query_one(PlaceList).chosen
        return None if chosen is None or not self._sentences else self._sentences[int(chosen)]

    def _show_numbers(self) -> None:
        """List the numbers of the sentence under the cursor."""
        if self.frame is None:
            return
        found: Brief = self._found
        sentence = self._sentence()
        numbered = found.document.numbered()
        table, widths = self.query_one(RowTable), _widths(self.size.width)
        table.clear(columns=True)
        for place, ((head, _), width) in enumerate(zip(HEADS, widths, strict=False)):
            table.add_column(Text(head) if place in (NAME, RULE) else wording.right(head, width), width=width + 1)
        for figure in sentence.figures if sentence else ():
            known = "-" if figure.known is None else f"{figure.known}/{figure.of}" if figure.of else str(figure.known)
            cells = (
                wording.right(str(numbered[figure.key][0]), widths[0]),
                wording.fitted(figure.name, widths[NAME]),
                wording.right(figure.text, widths[2]),
                wording.right(figure.exact, widths[3]),
                wording.right(known, widths[4]),
                wording.fitted(figure.rule, widths[-1]),
            )
            table.add_row(*cells[: len(widths)], key=figure.key)
        said = " 这句里的数从哪来：Enter 打开所计项目" if table.row_count else " 这句里没有数"
        self.query_one("#kinds", Static).update(Text.assemble((said, "bold"), (HINT, "dim")))
        self._show_rule()

    @on(DataTable.RowHighlighted)
    def _show_rule(self) -> None:
        """Say the rule of the number under the cursor whole."""
        chosen = self.query_one(RowTable).chosen
        numbered = self._found.document.numbered()
        said = f"规则：{numbered[chosen][1].rule}" if chosen in numbered else ""
        self.query_one("#why", Static).update(Text(said))

    def action_quarter(self, step: int) -> None:
        """Show the quarter before or after, up to the last one that is over and from the plan's first."""
        if self.frame is None:
            return
        found: Brief = self._found
        wanted, last = found.period + step, last_quarter_end(self.frame.point.day)
        if wanted > last:
            self.portfolio.say(f"{quarter_label(last)}是最近一个已过完的季度。")
        else:
            self._period = wanted
            self.reread()

    @on(PlaceList.Left)
    def _leave(self, message: PlaceList.Left) -> None:
        """Go to the first or last sentence, or down into the numbers."""
        if message.whole:
            message.place.enter(message.step, whole=True)
        elif message.step > 0:
            self.query_one(RowTable).focus()

    @on(OptionList.OptionSelected)
    def _open_sentence(self) -> None:
        """Open what the only number of a sentence counts; of several, choose one below."""
        sentence = self._sentence()
        doors = [figure for figure in sentence.figures if figure.rows] if sentence else []
        if len(doors) == 1:
            self._open(doors[0])
        elif doors:
            self.query_one(RowTable).focus()
            self.portfolio.say("这句里有几个数：选一个按 Enter 打开，Esc 返回。")
        else:
            self.portfolio.say("这句里没有可以打开的数。")

    @on(DataTable.RowSelected)
    def _open_number(self, event: DataTable.RowSelected) -> None:
        found: Brief = self._found
        self._open(found.document.numbered()[str(event.row_key.value)][1])

    def _open(self, figure: Figure) -> None:
        """Open exactly the projects that a number counts: the page is about all of them, whatever the filter."""
        from hgt_portfolio.tui.pages.projects import ProjectsPage

        found: Brief = self._found
        if not figure.rows:
            self.portfolio.say("这个数没有计入的项目。")
            return
        label = f"{quarter_text(found.period)} {figure.name} {figure.text}（#{row_words(figure.rows)}）"
        self.app.push_screen(ProjectsPage(self.desk, Filter(nos=figure.rows), label))

    def action_back(self) -> None:
        """Go from the numbers back to the sentences, then back."""
        if isinstance(self.focused, RowTable):
            self.query_one(PlaceList).focus()
        else:
            super().action_back()

    def action_copy_all(self) -> None:
        """Copy the whole page."""
        found: Brief = self._found
        if found is None:
            return
        lines = [found.document.marked_title.replace("\n", "")]
        lines += [block.text for block in found.document.blocks if isinstance(block, Paragraph)]
        self.app.copy_to_clipboard("\n".join(lines))
        self.portfolio.say(f"已复制全文，{len(lines)} 段。")

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the sentence under the cursor, or in the numbers the row there."""
        if isinstance(self.focused, RowTable):
            return super().row_texts()
        sentence = self._sentence()
        return [("句子", sentence.text)] if sentence else []

    def shown(self) -> Shown | None:
        """Give the sentences, and every number with its rule and rows."""
        desk, period = self.desk, self._period

        def read(frame: Frame) -> list[Table]:
            found = read_brief(desk.figures, desk.known_at, frame, period)
            title = found.document.title.replace("\n", "")
            paragraphs = [block for block in found.document.blocks if isinstance(block, Paragraph)]
            rows = tuple((block.text,) for block in paragraphs)
            text = Table("一页纸", title, (Column("text", "内容", Kind.TEXT, 60),), rows, unit_note="")
            return [text, numbers_table(found.document)]

        return Shown("一页纸", read)


def _widths(room: int) -> list[int]:
    """Give the columns' widths, a cell between them; where there is little room the rule stands below alone."""
    widths = [width for _, width in HEADS]
    growing = RULE
    if room < WIDE:
        widths.pop()
        growing = NAME
    spare = room - sum(widths) - len(widths) - 1
    if growing == RULE:
        name = min(max(spare // 2, 0), WIDEST_NAME - widths[NAME])
        widths[NAME] += name
        spare -= name
    widths[growing] += spare
    return widths


def _drawn(sentence: Sentence) -> Text:
    """Draw a sentence, its numbers in bold."""
    if sentence.style is Style.HEADING:
        return wording.words(sentence.text, "bold")
    drawn = Text("  ")
    for span in sentence.spans:
        numeral = isinstance(span, Figure)
        drawn.append(wording.clean(span.text if isinstance(span, Figure) else span), "bold" if numeral else "")
    return drawn
