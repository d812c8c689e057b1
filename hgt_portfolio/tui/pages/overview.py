"""总览: where the portfolio stands and what presses; every count is a door to exactly the projects it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import DataTable, Static
from textual.worker import get_current_worker

from hgt_portfolio.figures import By, Filter, Point, Position, Stop
from hgt_portfolio.money import yi_text
from hgt_portfolio.months import quarter_text
from hgt_portfolio.reports.curve import QuarterEnd, curve, curve_table
from hgt_portfolio.reports.portfolio import grouped, overview
from hgt_portfolio.rules.pressing import pressing_reason
from hgt_portfolio.table import Table
from hgt_portfolio.terms import BASIS_LABELS
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.charts import Curve, Line
from hgt_portfolio.tui.desk import Desk, Frame, Shown, sentence
from hgt_portfolio.tui.filtering import FilteredPage
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question
from hgt_portfolio.tui.pages.bars import Bars, EdgeTable
from hgt_portfolio.tui.pages.counts import BOXES, LINES, Count, Overview, counts_of, days_of, read_overview, words_of
from hgt_portfolio.tui.pages.hints import hint
from hgt_portfolio.tui.pages.paged import NOTHING

NARROW_COLUMNS = (("事由", 10), ("天数", 4), ("序号", 4), ("名称", 20), ("单位", 12), ("总投资(万元)", 12))
WIDE_COLUMNS = (*NARROW_COLUMNS, ("完工期限", 10), ("完成率", 7))
WIDEST_COLUMNS = (*WIDE_COLUMNS, ("存在问题", 40))
NUMBERS = ("天数", "序号", "总投资(万元)", "完成率")
"""The columns of the most pressing whose heads stand over their right ends."""
WIDEST_NAME = 60
MARGIN = 2
"""The cells at the left of a list and of its scroll bar."""
PANELS = ("pressing", "curve", "domains", "units")
"""What the lower half shows, one after another; at ``pressing`` a large screen shows the others too."""
SILENT = "  本期尚无填报：按 F4 填报，或按 F8 发出填报表给各单位。"
UNFILED = "还没有填报过累计完成：按 F4 填报，或按 F7 期初建账。"


class Door(Static, can_focus=True):
    """A figure that opens the projects it counts."""

    BINDINGS = [Binding("enter", "open", "打开", show=False)]  # noqa: RUF012 - Textual's own

    class Opened(Message):
        """The operator wants to see what a figure counts."""

        def __init__(self, count: Count) -> None:
            self.count = count
            super().__init__()

    def __init__(self, key: str) -> None:
        super().__init__(classes="door")
        self.key = key
        self.count: Count | None = None
        self.hint = ""
        self.display = False

    @property
    def HELP(self) -> str:  # type: ignore[override]  # noqa: N802 - what F1 reads of every widget
        """What the figure counts, and what can be done with it."""
        opens = "" if self.count and self.count.place else "Enter 打开它数的那些项目，"
        return f"{self.hint}{opens}Esc 回到这里；方向键移到别的数。"

    def set_count(self, count: Count | None, hint: str) -> None:
        """Show a figure and keep what it counts in words, or hide the door where there is none."""
        self.count, self.hint = count, hint
        self.display = count is not None
        if count is not None:
            self.update(count.text)

    def action_open(self) -> None:
        """Open what the figure counts."""
        if self.count is not None:
            self.post_message(Door.Opened(self.count))

    def on_click(self, event: Click) -> None:
        """Open on a click, too."""
        event.stop()
        self.action_open()


@dataclass(frozen=True)
class Asked:
    """What a curve was read for; another point or filter asks for another curve."""

    point: Point
    where: Filter
    revision: int


class OverviewPage(FilteredPage):
    """Totals, phases, flows, states and lights, and below them the most pressing projects, the curve and the bars."""

    PLACE = "overview"
    AUTO_FOCUS = ""
    BINDINGS = [  # noqa: RUF012 - Textual's own
        *PAGE_BINDINGS["overview"],
        Binding("left", "along(-1)", "前一个数", show=False),
        Binding("right", "along(1)", "后一个数", show=False),
        Binding("up", "row(-1)", "上一行", show=False),
        Binding("down", "row(1)", "下一行", show=False),
    ]

    class CurveRead(Message):
        """The quarters that a thread read for the curve, or the sentence that says why not."""

        def __init__(self, asked: Asked, quarters: list[QuarterEnd], said: str = "") -> None:
            self.asked, self.quarters, self.said = asked, quarters, said
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panel = PANELS[0]
        self._asked: Asked | None = None
        self._curve_stop = Stop()
        self._curve_drawn = False

    def body(self) -> ComposeResult:
        """Lay out the filter, the boxes and lines of figures, then the panels."""
        yield from self.filter_bar()
        with Container(id="money"):
            for name, label, keys in BOXES:
                with Container(id=name, classes="box"):
                    yield Static(label, classes="label")
                    yield from map(_slot, keys)
        with Vertical(id="states"):
            for line in LINES:
                with Horizontal(classes="line"):
                    yield Static(line.label, classes="label")
                    yield from (Door(f"{line.name}:{term}") for term in line.terms)
        yield Static(id="hint")
        with Container(id="panels", classes=f"-{self.panel}"):
            with Horizontal(id="charts"):
                with Vertical(id="panel_curve"):
                    yield Static(id="curve_title", classes="title")
                    yield Curve()
                with Vertical(id="panel_bars"):
                    yield Bars(By.DOMAIN)
                    yield Bars(By.UNIT)
            with Vertical(id="panel_pressing"):
                yield Static(id="pressing_title", classes="title")
                yield EdgeTable(id="pressing")

    def question(self) -> Question:
        """Ask for the totals and the pressing projects."""
        desk, where = self.desk, self.where
        return lambda frame: read_overview(desk, frame, where)

    def show(self, found: Overview) -> None:
        """Put the figures on their doors, the groups on their bars and the projects in the list."""
        if self.frame is None:
            return
        basis = self.desk.basis
        counts, words = counts_of(found, self.frame.point, basis), words_of(found, basis)
        for door in self.query(Door):
            count = counts.get(door.key)
            door.set_count(count, hint(door.key, found, self.frame.point, basis) if count else "")
        self.query_one("#money").set_class("moved" in counts, "-moved")
        for slot, text in words.items():
            self.query_one(f"#{slot.replace(':', '_')}", Static).update(text)
        for name, label, _ in BOXES:
            box, said = self.query_one(f"#{name}"), label or BASIS_LABELS[basis]
            box.border_title = Content(said)
            box.query_one(".label", Static).update(said)
        self.draw_filter(found.group.count, found.everything)
        for by, groups in ((By.DOMAIN, found.domains), (By.UNIT, found.units)):
            if groups is not None:
                self.query_one(f"#bars_{by}", Bars).fill(groups)
        if found.pressing is not None:
            self._fill(found.pressing)
            title = f"最要紧的 {len(found.pressing)} 件" if found.pressing else "眼下没有要紧的项目"
            pressing = Text.assemble((title, "bold"), "" if found.group.filed else SILENT)
            self.query_one("#pressing_title", Static).update(pressing if found.group.count else Text(NOTHING))
        if self.focused is None:
            self.query(Door).first().focus()
        self._draw_hint()
        self.call_after_refresh(self._ask_curve)

    def on_descendant_focus(self) -> None:
        """Say what the figure counts that the focus came to."""
        self._draw_hint()

    def _draw_hint(self) -> None:
        at = self.focused
        self.query_one("#hint", Static).update(Text(at.hint if isinstance(at, Door) else ""))

    def _fill(self, rows: list[Position]) -> None:
        table = self.query_one("#pressing", EdgeTable)
        at = table.cursor_row
        room = self.size.width - MARGIN
        columns = next((some for some in (WIDEST_COLUMNS, WIDE_COLUMNS) if _cells(some) <= room), NARROW_COLUMNS)
        sizes = dict(columns)
        name = sizes["名称"] = min(sizes["名称"] + max(room - _cells(columns), 0), WIDEST_NAME)
        table.clear(columns=True)
        for head, width in sizes.items():
            table.add_column(wording.right(head, width) if head in NUMBERS else head, width=width + 1, key=head)
        for position in rows:
            why = pressing_reason(position) or ""
            days = days_of(why, position)
            cells = (
                wording.cell(why, "bold red" if why in ("逾期", "红灯") else ""),
                wording.right(wording.UNKNOWN if days is None else str(days), 4),
                wording.right(position.no, 4),
                wording.fitted(position.name, name),
                wording.fitted(position.unit, 12),
                wording.right(wording.amount(position.investment), 12),
                wording.cell(wording.day(position.due_date)),
                wording.right(wording.rate(position.year_rate), 7),
                wording.fitted(position.problem, sizes.get("存在问题", 0)),
            )
            table.add_row(*cells[: len(columns)], key=position.no)
        table.move_cursor(row=at)

    def _ask_curve(self) -> None:
        """Draw the curve where it is in sight, reading it first where something has changed since."""
        if self.frame is None or not self.query_one(Curve).region:
            return
        asked = Asked(self.frame.point, self.where, self.desk.revision)
        if asked != self._asked:
            self._leave_curve()
            self._asked = asked
            self._title_curve("加载中")
            self._read_curve(asked, self._curve_stop)

    def on_screen_suspend(self) -> None:
        """Stop reading for a curve that nobody looks at any more; it is asked for again when the screen comes up."""
        if not self._curve_drawn:
            self._leave_curve()

    def on_screen_resume(self) -> None:
        """Ask for the curve where it was left off."""
        self._ask_curve()

    def _leave_curve(self) -> None:
        self._curve_stop.stop()
        self._curve_stop, self._asked, self._curve_drawn = Stop(), None, False

    @work(thread=True, exclusive=True, group="curve")
    def _read_curve(self, asked: Asked, stop: Stop) -> None:
        worker = get_current_worker()
        try:
            with stop.over():
                answer = OverviewPage.CurveRead(asked, curve(self.desk.figures, asked.point, asked.where))
        except Exception as problem:  # every failure is said on the screen, which stays usable
            answer = OverviewPage.CurveRead(asked, [], sentence(problem))
        if not worker.is_cancelled and not stop.stopped:
            self.post_message(answer)

    @on(CurveRead)
    def _curve_was_read(self, message: CurveRead) -> None:
        if message.asked != self._asked:
            return
        if message.said:
            self._asked = None
            self._title_curve("读取出错")
            self.portfolio.tell("读取出错", message.said)
            return
        self._curve_drawn = True
        quarters = message.quarters
        past = [place for place, q in enumerate(quarters) if q.end <= message.asked.point.period]
        self._title_curve("" if any(q.cumulative or not q.planned for q in quarters) else UNFILED)
        self.query_one(Curve).draw(
            [quarter_text(q.end)[2:] for q in quarters],
            curve_lines(quarters),
            unit="亿元",
            mark=past[-1] if past else None,
        )

    def _title_curve(self, said: str) -> None:
        title = Text.assemble(("计划与完成（按季累计）", "bold"), "  ", said)
        self.query_one("#curve_title", Static).update(title)

    def action_panel(self) -> None:
        """Show the next panel in the lower half."""
        panels = self.query_one("#panels")
        panels.remove_class(f"-{self.panel}")
        self.panel = PANELS[(PANELS.index(self.panel) + 1) % len(PANELS)]
        panels.add_class(f"-{self.panel}")
        if isinstance(self.focused, EdgeTable):
            self.query(Door).first().focus()
        self.call_after_refresh(self._panel_shown)

    def _panel_shown(self) -> None:
        """Fill what has come into sight for the room it has."""
        if self._found is not None:
            self.show(self._found)

    def chosen(self) -> str | None:
        """Give the pressing project under the cursor, where the list is in sight and no bar is chosen."""
        table = self.query_one("#pressing", EdgeTable)
        return table.chosen if table.region and not isinstance(self.focused, Bars) else None

    def unit(self) -> str | None:
        """Give the unit whose bar is chosen, else that of the filter."""
        bars = self.query_one(f"#bars_{By.UNIT}", Bars)
        return bars.chosen if bars.has_focus else self.where.unit

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the figure in focus, else the row under the cursor."""
        if isinstance(self.focused, Door) and self.focused.count is not None:
            return [("", self.focused.count.text.plain)]
        return super().row_texts()

    def shown(self) -> Shown:
        """Give the totals of what the filter lets through, by domain, by unit and by quarter."""
        figures, rules, where = self.desk.figures, self.desk.rules, self.where

        def read(frame: Frame) -> list[Table]:
            groups = [grouped(figures, frame.point, by, where, rules, whole=True) for by in (By.DOMAIN, By.UNIT)]
            quarters = curve_table(curve(figures, frame.point, where))
            return [overview(figures, frame.point, where, rules), *groups, quarters]

        return Shown("总览", read)

    def _lines(self) -> list[list[Door]]:
        """Give the figures on the screen, line by line from the top down, each from left to right."""
        lines: dict[int, list[Door]] = {}
        for door in self.query(Door):
            if door.region.width:
                lines.setdefault(door.region.y, []).append(door)
        return [sorted(lines[y], key=lambda door: door.region.x) for y in sorted(lines)]

    def _tables(self) -> list[EdgeTable]:
        """Give the lists on the screen from the top down."""
        tables = [table for table in self.query(EdgeTable) if table.region and table.row_count]
        return sorted(tables, key=lambda table: table.region.y)

    def action_row(self, step: int) -> None:
        """Move the focus to the nearest figure a line up or down, below the last line into the lists."""
        lines, at = self._lines(), self.focused
        here = next((place for place, line in enumerate(lines) if at in line), -step)
        if here + step >= len(lines):
            for table in self._tables()[:1]:
                table.focus()
        elif here + step >= 0:
            x = at.region.x if at is not None else 0
            min(lines[here + step], key=lambda door: abs(door.region.x - x)).focus()

    def action_along(self, step: int) -> None:
        """Move the focus to the next or previous figure, line after line."""
        doors = [door for line in self._lines() for door in line]
        if isinstance(self.focused, Door) and self.focused in doors:
            doors[(doors.index(self.focused) + step) % len(doors)].focus()

    @on(EdgeTable.Left)
    def _leave_list(self, message: EdgeTable.Left) -> None:
        tables = self._tables()
        place = tables.index(message.table) + message.step if message.table in tables else -1
        if 0 <= place < len(tables):
            tables[place].focus()
        elif place < 0:
            for line in self._lines()[-1:]:
                line[0].focus()

    @on(Door.Opened)
    def _open(self, message: Door.Opened) -> None:
        if message.count.place:
            self.action_reconcile()
        else:
            self.portfolio.open_projects(message.count.where, message.count.label)

    @on(DataTable.RowSelected)
    def _open_row(self, event: DataTable.RowSelected) -> None:
        key = str(event.row_key.value)
        if isinstance(event.data_table, Bars):
            self.portfolio.open_projects(event.data_table.counts[key].where, "")
        else:
            self.portfolio.open_detail(key)


def curve_lines(quarters: list[QuarterEnd]) -> list[Line]:
    """Give the plan and the work in 亿元, and where not all projects' work is known the plan of those whose is."""

    def line(label: str, amounts: list[int | None], style: str) -> Line:
        return Line(label, [None if fen is None else Decimal(yi_text(fen)) for fen in amounts], style)

    done = [q.cumulative.fen if q.cumulative and q.cumulative.known else None for q in quarters]
    lines = [line("计划", [q.planned for q in quarters], "blue"), line("完成", done, "green")]
    told = [q for q in quarters if q.same is not None]
    if told and told[-1].same != told[-1].planned:
        lines.append(line("已报项目计划", [q.same for q in quarters], "cyan"))
    return lines


def _cells(columns: Sequence[tuple[str, int]]) -> int:
    return sum(width + 1 for _, width in columns)


def _slot(key: str) -> Static:
    if key.startswith("words:"):
        return Static(id=key.replace(":", "_"), classes="words")
    return Door(key)
