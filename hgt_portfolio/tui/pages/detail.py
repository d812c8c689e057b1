"""项目详情: one project's figures, each with its source; its course; and everything that happened, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hgt_portfolio.figures import Course, Deed, Figures, Node, Position, Source, SubCount, SupervisionItem
from hgt_portfolio.money import wan
from hgt_portfolio.months import quarter_text
from hgt_portfolio.reports.project import RECORDS, course_table, project_facts, timeline
from hgt_portfolio.table import Table
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.charts import Curve, Line
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question, once
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.pages.facts import ITEM, Fact
from hgt_portfolio.tui.places import PlaceList

EVERY_KIND = "全部"
KINDS = (EVERY_KIND, *RECORDS)
COURSE = "曲线"
WIDE = 120


@dataclass(frozen=True)
class Detail:
    """Everything the screen shows of one project."""

    position: Position
    planned: Position
    members: list[str]
    people: list[tuple[str, str]]
    sub_items: list[SubCount]
    nodes: list[Node]
    items: list[SupervisionItem]
    sources: dict[str, Source]
    course: Course
    deeds: list[Deed]


def read_detail(figures: Figures, rules: str | None, no: str, frame: Frame) -> Detail:
    """Read one project whole; this runs SQL and belongs in a thread."""
    point = frame.point
    position = figures.position(point, no, rules=rules)
    return Detail(
        position,
        figures.as_planned(no, point) or position,
        figures.cooperating(point).get(no, []),
        [(one.role, f"{one.name} {one.phone or ''}") for one in figures.contacts(point) if one.no == no],
        figures.sub_items(point, no),
        figures.milestones(point, no),
        [item for item in figures.supervision(point) if item.project == no],
        figures.sources(no, point),
        figures.course(no, point),
        figures.deeds(no, point),
    )


class DetailPage(Page):
    """One project; its row commands act on it."""

    PLACE = "detail"
    BINDINGS = [  # noqa: RUF012 - Textual's own
        *PAGE_BINDINGS["detail"],
        Binding("left", "turn_kind(-1)", "前一类", show=False),
        Binding("right", "turn_kind(1)", "后一类", show=False),
    ]

    def __init__(self, desk: Desk, no: str) -> None:
        super().__init__(desk)
        self.no = no
        self._kind = EVERY_KIND
        self._facts: dict[str, Fact] = {}

    def body(self) -> ComposeResult:
        """Lay out the figures, beside them in a wide window the course and judgements, and the time line below."""
        yield Static(id="name")
        with Horizontal(id="upper"):
            yield PlaceList(id="sheet")
            with Vertical(id="right"):
                yield Curve(id="course")
                yield PlaceList(id="beside")
        yield Static(id="kinds")
        yield Curve(id="course_below")
        yield PlaceList(id="line")

    def on_mount(self) -> None:
        """Begin with the cursor on the figures."""
        super().on_mount()
        self.query_one("#sheet").focus()

    def question(self) -> Question:
        """Ask for the project whole."""
        desk, no = self.desk, self.no
        return once(lambda frame: read_detail(desk.figures, desk.rules, no, frame))

    def show(self, found: Detail) -> None:
        """Draw everything, the cursors staying where they are."""
        position = found.position
        label = self.frame.rules_label if self.frame else ""
        wide = self._wide
        self.query_one("#name", Static).update(
            wording.fitted(f" #{position.no} {position.name}", self.size.width, "bold")
        )
        people = [Fact(role, text) for role, text in found.people]
        known = [
            ("投资（万元）", list(facts.money(position))),
            ("基本情况（现行与基线）", [*facts.facts(position, found.planned, found.members), *people]),
        ]
        judged = [
            ("按规则判断", list(facts.judgements(position, label))),
            ("子项、节点、督办", list(facts.doing(found.sub_items, found.nodes, found.items))),
        ]
        self._facts = {}
        left, right = self._options(known), self._options(judged)
        self.query_one("#sheet", PlaceList).redraw(left if wide else [*left, *right])
        self.query_one("#right").display = wide
        self.query_one("#beside", PlaceList).redraw(right if wide else [])
        if wide:
            self._draw_course("#course")
        self._show_line()

    @property
    def _wide(self) -> bool:
        return self.size.width >= WIDE

    @property
    def _kinds(self) -> tuple[str, ...]:
        """What the lower half can show: each kind of records, and the course where it has no room beside."""
        return KINDS if self._wide else (*KINDS, COURSE)

    def _draw_course(self, at: str) -> None:
        """Draw what was planned and what was done, in 万元."""
        found: Detail = self._found
        course, period = found.course, found.position.period
        drawn = (
            ("总投资按月分摊", course.even, "blue"),
            ("自开工累计", course.stated, "green"),
            ("年度计划目标", course.aimed, "magenta"),
        )
        lines = [
            Line(label, [None if fen is None else wan(fen) for fen in fens], style)
            for label, fens, style in drawn
            if any(fen is not None for fen in fens)
        ]
        mark = course.months.index(period) if period in course.months else None
        self.query_one(at, Curve).draw(list(map(quarter_text, course.months)), lines, unit="万元", mark=mark)

    def _options(self, sections: Sequence[tuple[str, Sequence[Fact]]]) -> list[Option]:
        """Give each section as its heading and a line a fact."""
        options = []
        for heading, rows in sections:
            options.append(Option(Text(heading, "bold"), disabled=True))
            for fact in rows:
                key = f"{len(self._facts)} {fact.label}"
                self._facts[key] = fact
                options.append(Option(facts.line(fact, self._source(fact)), id=key))
        return options

    def _source(self, fact: Fact) -> Source | None:
        found: Detail = self._found
        return found.sources.get(fact.opens)

    def _show_line(self) -> None:
        """Draw the time line, of the chosen kind alone."""
        found: Detail = self._found
        if self._kind not in self._kinds:
            self._kind = EVERY_KIND
        chips = Text(" ")
        for kind in self._kinds:
            style = Style(reverse=kind == self._kind, meta={"@click": f"screen.kind('{kind}')"})
            count = "" if kind == COURSE else f" {_count(found.deeds, kind)}"
            chips.append(f" {kind}{count} ", style)
        chips.append(" 左右键换类", "dim")
        chips.truncate(max(self.size.width, 1))
        self.query_one("#kinds", Static).update(chips)
        below = self._kind == COURSE
        self.query_one("#course_below").display = below
        self.query_one("#line").display = not below
        if below:
            self._draw_course("#course_below")
            self.query_one("#sheet").focus()
            return
        tables = RECORDS.get(self._kind)
        options = [
            Option(facts.stacked(self._lines(deed)), id=str(deed.entry.id))
            for deed in found.deeds
            if tables is None or any(event.table in tables for event in deed.events)
        ]
        self.query_one("#line", PlaceList).redraw(options or [Option(Text("没有这一类记录。", "dim"), disabled=True)])

    def _lines(self, deed: Deed) -> list[Text]:
        """Write an action with its rows of the chosen kind."""
        found: Detail = self._found
        named = f"#{found.position.no} {found.position.name}"
        return facts.deed(deed, RECORDS.get(self._kind), named)

    def action_kind(self, kind: str) -> None:
        """Show one kind of records alone, or all again."""
        if self.frame is not None:
            self._kind = EVERY_KIND if kind == self._kind else kind
            self._show_line()

    def action_turn_kind(self, step: int) -> None:
        """Show the next or previous kind of records."""
        kinds = self._kinds
        self.action_kind(kinds[(kinds.index(self._kind) + step) % len(kinds)])

    @on(PlaceList.Left)
    def _leave(self, message: PlaceList.Left) -> None:
        """Go on in the list above or below, at the page's first or last line where that was asked for."""
        lists = [place for place in self.query(PlaceList) if place.region]
        at = lists.index(message.place) + message.step
        if message.whole:
            at = 0 if message.step < 0 else len(lists) - 1
        if 0 <= at < len(lists):
            lists[at].enter(message.step, whole=message.whole)

    @on(OptionList.OptionSelected, "#sheet, #beside")
    def _open_source(self, event: OptionList.OptionSelected) -> None:
        """Go to the action in the time line that a figure comes from, or to the item that a line is about."""
        fact = self._facts[event.option.id or ""]
        source = self._source(fact)
        if fact.opens.startswith(ITEM):
            self._open_item(fact.opens.removeprefix(ITEM))
        elif source is None or not source.events:
            self.portfolio.say(f"{fact.label}没有单独的来源：尚无记录，或由本页其他数算出。")
        else:
            if self._kind != EVERY_KIND:
                self.action_kind(EVERY_KIND)
            self.query_one("#line", PlaceList).enter_at(str(source.events[-1].action_id))

    @on(OptionList.OptionSelected, "#line")
    def _open_deed(self, event: OptionList.OptionSelected) -> None:
        """Open the supervision item that an action was about."""
        found: Detail = self._found
        deed = next(deed for deed in found.deeds if str(deed.entry.id) == event.option.id)
        numbers = [row.kind.split(" ")[1] for row in deed.events if row.table in RECORDS["督办"]]
        if numbers:
            self._open_item(numbers[0])
        else:
            self.portfolio.say(f"第 {deed.entry.id} 号操作的校验码：{deed.entry.hash}")

    def _open_item(self, no: str) -> None:
        from hgt_portfolio.tui.pages.supervision import ItemPage

        self.app.push_screen(ItemPage(self.desk, no))

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the line under the cursor: label, value and source, or an action with its rows."""
        place = next((place for place in self.query(PlaceList) if place.has_focus), None)
        chosen = place.chosen if place else None
        if chosen is None:
            return []
        if chosen in self._facts:
            fact = self._facts[chosen]
            source = self._source(fact)
            value = wording.words(fact.value).plain
            return [("事项", fact.label), ("内容", value), *([("来源", source.text)] if source else [])]
        found: Detail = self._found
        deed = next(deed for deed in found.deeds if str(deed.entry.id) == chosen)
        return [("操作", "\n".join(line.plain for line in self._lines(deed)))]

    def chosen(self) -> str | None:
        """Give the project itself."""
        return self.no

    def unit(self) -> str | None:
        """Give the project's lead unit."""
        return self._found.position.unit if self.frame else None

    def shown(self) -> Shown | None:
        """Give the facts with their sources, the course and the time line."""
        desk, no = self.desk, self.no

        def read(frame: Frame) -> list[Table]:
            figures, point = desk.figures, frame.point
            return [
                project_facts(figures, point, no, desk.rules),
                course_table(figures.course(no, point)),
                timeline(figures, point, no),
            ]

        return Shown(f"项目_{no}", read)


def _count(deeds: Iterable[Deed], kind: str) -> int:
    """Count the actions that have records of a kind."""
    tables = RECORDS.get(kind)
    return sum(tables is None or any(event.table in tables for event in deed.events) for deed in deeds)
