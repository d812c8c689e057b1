"""项目详情: one project's facts, money, judgements, filings, history with sources, and audit entries."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from hgt_portfolio.figures import Entry, Event, Figures, Node, Position, SubCount, SupervisionItem
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame
from hgt_portfolio.tui.page import PAGE_BINDINGS, Page, Question
from hgt_portfolio.tui.pages import facts

SECTIONS = (
    ("facts", "基本情况（现行与基线）"),
    ("money", "投资（万元）"),
    ("judgements", "按规则判断"),
    ("doing", "子项、节点、督办"),
    ("filings", "填报"),
    ("history", "全部记录与来源"),
    ("audit", "操作日志"),
)


@dataclass(frozen=True)
class Detail:
    """Everything the screen shows of one project."""

    position: Position
    members: list[str]
    people: list[tuple[str, str]]
    sub_items: list[SubCount]
    nodes: list[Node]
    items: list[SupervisionItem]
    events: list[Event]
    entries: list[Entry]


def read_detail(figures: Figures, rules: str | None, no: str, frame: Frame) -> Detail:
    """Read one project whole; this runs SQL and belongs in a thread."""
    return Detail(
        figures.position(frame.point, no, rules=rules),
        figures.cooperating(frame.point).get(no, []),
        [(one.role, f"{one.name} {one.phone or ''}") for one in figures.contacts(frame.point) if one.no == no],
        figures.sub_items(frame.point, no),
        figures.milestones(frame.point, no),
        [item for item in figures.supervision(frame.point) if item.project == no],
        figures.history(no, frame.point),
        figures.entries(frame.point, no),
    )


class DetailPage(Page):
    """One project; its row commands act on it."""

    PLACE = "detail"
    BINDINGS = PAGE_BINDINGS["detail"]

    def __init__(self, desk: Desk, no: str) -> None:
        super().__init__(desk)
        self.no = no
        self._unit: str | None = None

    def body(self) -> ComposeResult:
        """Lay out the sections, one below the other."""
        yield Static(id="name")
        with VerticalScroll(id="sections"):
            for section, heading in SECTIONS:
                yield Static(Text(heading), classes="heading")
                yield Static(id=section, classes="section")

    def on_mount(self) -> None:
        """Begin with the arrow keys scrolling."""
        super().on_mount()
        self.query_one("#sections").focus()

    def question(self) -> Question:
        """Ask for the project whole."""
        desk, no = self.desk, self.no
        return lambda frame: read_detail(desk.figures, desk.rules, no, frame)

    def show(self, found: Detail) -> None:
        """Draw every section."""
        position = found.position
        self._unit = position.unit
        label = self.frame.rules_label if self.frame else ""
        drawn = {
            "name": wording.words(f" #{position.no} {position.name}", "bold"),
            "facts": facts.pairs((*facts.facts(position, found.members), *found.people)),
            "doing": facts.pairs(facts.doing(found.sub_items, found.nodes, found.items)),
            "money": facts.pairs(facts.money(position)),
            "judgements": facts.pairs(facts.judgements(position, label)),
            "filings": facts.events(found.events, filings=True),
            "history": facts.events(found.events, filings=False),
            "audit": facts.audit(found.entries),
        }
        for section, content in drawn.items():
            self.query_one(f"#{section}", Static).update(content)

    def chosen(self) -> str | None:
        """Give the project itself."""
        return self.no

    def unit(self) -> str | None:
        """Give the project's lead unit."""
        return self._unit
