"""What stands beside the list: the row under the cursor in figures, its course, last filings, 督办 and source."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from hgt_portfolio.figures import Course, Event, Figures, Person, Point, Position, Source, Stop, SupervisionItem
from hgt_portfolio.money import wan
from hgt_portfolio.months import Month, month_of, quarter_text
from hgt_portfolio.reports.supervision import settled_words
from hgt_portfolio.terms import ContactRole
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.charts import Curve, Line
from hgt_portfolio.tui.desk import Desk, sentence
from hgt_portfolio.tui.pages.facts import CARD_LABEL, card, pairs

PAUSE = 0.1
"""Seconds that the cursor rests on a project before its records are read."""

NARROWEST, SHARE, WIDE = 42, 3, 120
"""The pane's least width, its tenths of the screen, and the narrowest screen that has one."""

FEW, MANY, TALL = 3, 8, 45
"""How many of the last filings are listed, and in how many lines the greater number."""


@dataclass(frozen=True)
class Records:
    """What the ledger holds of one project that its figures do not say.

    These are who answers for it, its course, filings, 督办 and sources.
    """

    no: str
    officer: Person | None
    period: Month
    course: Course
    filings: list[Event]
    items: list[SupervisionItem]
    sources: dict[str, Source]


def read_records(figures: Figures, point: Point, no: str) -> Records:
    """Read what stands beside a project's figures; this runs SQL and belongs in a thread."""
    filings = [event for event in figures.history(no, point) if event.table == "report" and event.revoked_at is None]
    people = (person for person in figures.contacts(point, no) if person.role == ContactRole.OFFICER)
    return Records(
        no,
        next(people, None),
        point.period,
        figures.course(no, point),
        sorted(filings, key=lambda event: event.holds, reverse=True),
        figures.supervision(point, no),
        figures.sources(no, point),
    )


def pane_width(screen: int) -> int:
    """Give the cells that the pane takes of a screen this wide, none of a narrow one."""
    return max(screen * SHARE // 10, NARROWEST) if screen >= WIDE else 0


class Pane(VerticalScroll, can_focus=False):
    """The project or the group under the cursor; a project's records follow once the cursor rests."""

    class Read(Message):
        """The records of a project that a thread read, or the sentence that says why not."""

        def __init__(self, no: str, records: Records | None, said: str = "") -> None:
            self.no, self.records, self.said = no, records, said
            super().__init__()

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="pane")
        self._desk = desk
        self._no: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the figures, the course and the records."""
        yield Static(id="card")
        yield Curve(id="course_beside", brief=True)
        yield Static(id="records")

    def show_project(self, position: Position, point: Point) -> None:
        """Draw a project's figures, and ask for its records."""
        self._draw(position.no, card(position))
        self._read(point, position.no)

    def show_group(self, drawn: RenderableType | str) -> None:
        """Draw what is no project: the subtotals of a group, or nothing."""
        self._draw(None, drawn)

    def _draw(self, no: str | None, drawn: RenderableType | str) -> None:
        self.query_one("#card", Static).update(drawn)
        if no != self._no or no is None:
            self.query_one("#records", Static).update("")
            self.query_one(Curve).visible = False
        self._no = no

    @work(exclusive=True, group="beside")
    async def _read(self, point: Point, no: str) -> None:
        await asyncio.sleep(PAUSE)
        stop = Stop()
        try:
            with stop.over():
                found = await asyncio.to_thread(read_records, self._desk.figures, point, no)
        except asyncio.CancelledError:
            stop.stop()
            raise
        except Exception as problem:  # every failure is said on the screen, which stays usable
            self.post_message(Pane.Read(no, None, sentence(problem)))
        else:
            self.post_message(Pane.Read(no, found))

    @on(Read)
    def _was_read(self, message: Read) -> None:
        message.stop()
        if message.no != self._no:
            return
        if message.records is None:
            self.query_one("#records", Static).update(wording.words(f"读取出错：{message.said}"))
            return
        self._draw_course(message.records)
        most = MANY if self.size.height >= TALL else FEW
        self.query_one("#records", Static).update(pairs(records_lines(message.records, most), CARD_LABEL))

    def _draw_course(self, records: Records) -> None:
        """Draw the plan and the work by quarter, where any of both is known."""
        course, curve = records.course, self.query_one(Curve)
        drawn = (("计划", course.even, "blue"), ("完成", course.stated, "green"))
        lines = [
            Line(label, [None if fen is None else wan(fen) for fen in fens], style) for label, fens, style in drawn
        ]
        curve.visible = any(value for line in lines for value in line.values)
        mark = course.months.index(records.period) if records.period in course.months else None
        curve.draw([quarter_text(end)[2:] for end in course.months], lines, unit="万元", mark=mark)


def records_lines(records: Records, most: int) -> list[tuple[str, Text]]:
    """Give who answers, the last filings, what is supervised, and where 累计 comes from, each with its label."""
    officer = records.officer
    lines = [("责任人", wording.words(officer and f"{officer.name}  {officer.phone or '电话未登记'}"))]
    lines += [] if records.filings else [("近期填报", wording.words("从未填报"))]
    for event in records.filings[:most]:
        kind = event.kind.split(" ")[0]
        said = "  ".join(event.text.split("；")[:2]).replace("自开工累计", "累计")
        lines.append((f"{wording.short_month(month_of(event.holds))} {kind}", wording.words(said)))
    items = "；".join(f"{settled_words(item)}，时限 {item.due}" for item in records.items)
    source = records.sources.get("cumulative") or records.sources.get("investment")
    return [*lines, ("督办", wording.words(items)), ("数据来源", wording.words(source and source.text))]
