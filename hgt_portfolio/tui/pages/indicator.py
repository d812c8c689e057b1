"""One line of the plan's indicators: its printed cells, every filing, how it stands, and what it is linked to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static
from textual.widgets.option_list import Option

from hgt_portfolio.figures import Figures, Filter, Unknown
from hgt_portfolio.figures.indicators import BASE_YEAR, Actual, Judged, Line
from hgt_portfolio.plan import read_plan
from hgt_portfolio.plan.indicators import TABLES, Inconsistency, read_inconsistencies
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import Catalogue
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, Shown
from hgt_portfolio.tui.page import PAGE_BINDINGS, Question, once
from hgt_portfolio.tui.pages import facts
from hgt_portfolio.tui.pages.yearly import TURNING, YearPage, bar, judged_how, number, reached, said_of, year_at
from hgt_portfolio.tui.places import PlaceList

BAR = 20
PROJECT, INDICATOR = "project:", "indicator:"
"""How the key of a linked line begins."""

CELLS = (
    *(("编号", "code"), ("领域", "domain"), ("任务", "task"), ("单位", "unit"), ("指标值", "standard")),
    *((f"{BASE_YEAR}年现状", "baseline"), ("现状达标情况", "verdict")),
    *(("2025年目标", "target_2025"), ("2030年目标", "target_2030"), ("属性", "binding"), ("表注", "note")),
    *(("出处", "place"), ("原文", "quote"), ("责任单位", "units")),
)


@dataclass(frozen=True)
class Whole:
    """A line with all that the screen says of it."""

    one: Judged
    line: Line
    projects: dict[str, str]
    linked: list[Line]
    touching: list[Inconsistency]


def read_line(figures: Figures, frame: Frame, code: str, year: int) -> Whole:
    """Read a line whole; this runs SQL and belongs in a thread."""
    found = figures.indicators(year, frame.point)
    lines = {line.code: (one, line) for one in found for line in one.lines}
    if code not in lines:
        raise Unknown(f"台账里没有编号为 {code} 的指标。")
    one, line = lines[code]
    nos = links(line.printed.projects)
    return Whole(
        one,
        line,
        {row.no: row.name for row in figures.positions(frame.point, Filter(nos=nos))} if nos else {},
        [other for _, other in lines.values() if other is not line and _are_linked(line, other)],
        touching(line),
    )


def links(cell: str | None) -> tuple[str, ...]:
    """Give what a cell of links names: 4、49、50."""
    return tuple(filter(None, (cell or "").split("、")))


def _are_linked(line: Line, other: Line) -> bool:
    """Tell whether one of two lines names the other, or the indicator that it is a sub-row of."""
    return any(
        one.code in named or one.code.partition(".")[0] in named
        for one, named in ((other, links(line.printed.indicators)), (line, links(other.printed.indicators)))
    )


def touching(line: Line) -> list[Inconsistency]:
    """Give where the plan does not agree with itself on a line; nothing for a line of another plan."""
    printed = line.printed
    shipped = {one.code: one.name for one in read_plan().indicators}
    if shipped.get(line.code) != printed.name:
        return []
    catalogue = Catalogue(printed.catalogue)
    place = f"{TABLES[catalogue]}第{printed.number}项" if catalogue in TABLES else printed.code
    named = re.compile(rf"{re.escape(place)}(?!\d)")
    return [one for one in read_inconsistencies() if named.search(f"{one.place} {one.ours}")]


class IndicatorPage(YearPage):
    """One line at one year; Enter on a linked project or indicator opens it."""

    PLACE = "indicator"
    BINDINGS = [*PAGE_BINDINGS["indicator"], *TURNING]  # noqa: RUF012 - Textual's own

    def __init__(self, desk: Desk, code: str, year: int) -> None:
        super().__init__(desk, year)
        self._code = code

    def body(self) -> ComposeResult:
        """Lay out the name and the lines."""
        yield Static(id="name")
        yield PlaceList(id="sheet")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin with the cursor in the lines."""
        super().on_mount()
        self.query_one(PlaceList).focus()

    def question(self) -> Question:
        """Ask for the line."""
        figures, code, year = self.desk.figures, self._code, self._year
        return once(lambda frame: read_line(figures, frame, code, year_at(frame, year)))

    def show(self, found: Whole) -> None:
        """Draw everything, the cursor staying where it is."""
        line = found.line
        name = wording.fitted(f" {line.code} {line.name}", self.size.width, "bold")
        self.query_one("#name", Static).update(name)
        self.query_one(PlaceList).redraw(_options(found))
        said = f"{found.line.printed.catalogue} {line.year}年。F4 填报，左右键换年度，Enter 打开所联的项目或指标。"
        self.query_one("#count", Static).update(wording.words(said))

    def line(self) -> Line | None:
        """Give the line itself."""
        return self._found.line if self._found else None

    def shown(self) -> Shown:
        """Give the line's cells and its filings."""
        figures, code, year = self.desk.figures, self._code, self._year

        def read(frame: Frame) -> list[Table]:
            found = read_line(figures, frame, code, year_at(frame, year))
            cells = tuple((label, str(text)) for label, text in _printed(found))
            columns = (Column("label", "栏目", Kind.LABEL, 8), Column("text", "内容", Kind.TEXT, 40))
            return [Table("规划所列", f"{code} {found.line.name}", columns, cells), filings_table(found)]

        return Shown(f"指标_{code}", read)

    @on(PlaceList.OptionSelected)
    def _open(self, event: PlaceList.OptionSelected) -> None:
        key = str(event.option_id)
        if key.startswith(PROJECT):
            self.portfolio.open_detail(key.removeprefix(PROJECT))
        elif key.startswith(INDICATOR) and self._found:
            code = key.removeprefix(INDICATOR)
            self.app.push_screen(IndicatorPage(self.desk, code, self._found.line.year))

    @on(PlaceList.Left)
    def _leave(self, message: PlaceList.Left) -> None:
        if message.whole:
            message.place.enter(-message.step, whole=False)


def _options(found: Whole) -> Iterator[Option]:
    line = found.line
    yield _heading(f"{line.year}年")
    yield _option("now", "现状", said_of(line))
    if len(found.one.lines) > 1:
        verdicts = (found.one.met_standard or wording.UNKNOWN, found.one.met_target or wording.UNKNOWN)
        told = f"{len(found.one.lines)} 个分项，合起来对照指标值 {verdicts[0]}，对照目标 {verdicts[1]}"
        yield _option("whole", "整项指标", told)
    yield _heading("历年")
    for label, text in _course(line):
        yield Option(facts.pairs([(label, text)]), id=f"year:{label}")
    if line.history:
        yield _heading("填报")
    for actual in reversed(line.history):
        yield _option(f"filing:{actual.year}", f"{actual.year}年", filed(actual))
    if found.projects or found.linked:
        yield _heading("所联的项目和指标（Enter 打开）")
    for no, name in found.projects.items():
        yield _option(f"{PROJECT}{no}", f"项目 #{no}", name)
    for other in found.linked:
        yield _option(f"{INDICATOR}{other.code}", other.code, f"{other.name}  {said_of(other)}")
    if found.touching:
        yield _heading("规划中与本项有关的不一致")
    for one in found.touching:
        said = f"{one.place}：{one.said}；{one.against}。处理：{one.ours}"
        yield _option(f"inconsistent:{one.code}", one.code, said)
    yield _heading("规划所列")
    for label, cell in _printed(found):
        yield _option(f"printed:{label}", label, cell)


def _heading(text: str) -> Option:
    return Option(Text(text, "bold"), disabled=True)


def _option(key: str, label: str, text: object) -> Option:
    return Option(facts.pairs([(label, text)]), id=key)


def _printed(found: Whole) -> Iterator[tuple[str, object]]:
    """Give the cells as the plan prints them; one merged with the cell above shows what holds."""
    line, printed = found.line, found.line.printed
    yield "名称", line.name
    for label, name in CELLS:
        own = getattr(printed, name)
        above = None if own else getattr(line, name, None)
        yield label, f"{above}（与上一分项合并）" if above else own


def _course(line: Line) -> Iterator[tuple[str, Text]]:
    """Give the plan's 2022 value, what was filed year by year with a bar where it can be held against the target."""
    if line.baseline:
        yield f"{BASE_YEAR} 现状", wording.words(line.baseline)
    for actual in line.history:
        text = wording.cell(actual.value or actual.attained)
        if actual.year == line.year and (share := reached(line)) is not None:
            text = Text.assemble(text, "  ", bar(share, BAR), f" 差 {number(line.gap)}")
        yield f"{actual.year}年", text
    if line.actual is None:
        yield f"{line.year}年", wording.words(f"{wording.UNKNOWN} {judged_how(line)}")
    for year, target in ((2025, line.target_2025), (2030, line.target_2030)):
        if target:
            yield f"{year} 目标", wording.words(target)


def filed(actual: Actual) -> str:
    """Say a filing: what, from where, on what evidence, by whom and when."""
    parts = [
        actual.value,
        actual.attained and f"人工判断 {actual.attained}",
        actual.assigned and f"上级下达 {actual.assigned}",
        f"来源：{actual.source}",
        actual.evidence and f"依据：{actual.evidence}",
        actual.unit and f"填报单位：{actual.unit}",
        actual.filed_by and f"填报人：{actual.filed_by}",
        actual.reason and f"说明：{actual.reason}",
        f"（{actual.operator} 记于 {moment_words(actual.recorded_at)}）",
    ]
    return "  ".join(str(part) for part in parts if part)


FILED = (
    *(("year", "年度"), ("value", "实际值"), ("attained", "人工判断"), ("assigned", "上级下达值")),
    *(("source", "数据来源"), ("evidence", "依据"), ("unit", "填报单位"), ("filed_by", "填报人")),
)


def filings_table(found: Whole) -> Table:
    """List the filings of a line, the newest year first."""
    columns = [Column(name, head, Kind.TEXT, 8) for name, head in FILED]
    columns += [Column("operator", "操作人", Kind.LABEL, 5), Column("recorded_at", "记录时间", Kind.LABEL, 10)]
    rows = tuple(
        (
            *(_text(getattr(actual, name)) for name, _ in FILED),
            actual.operator,
            moment_words(actual.recorded_at),
        )
        for actual in reversed(found.line.history)
    )
    return Table("历年填报", "历年填报", tuple(columns), rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
