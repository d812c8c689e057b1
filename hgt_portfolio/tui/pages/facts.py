"""A project in words: the card beside the list, and the lines and the time line of its own screen."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group as Together
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from hgt_portfolio.figures import Deed, Event, Node, Position, Source, SubCount, SupervisionItem
from hgt_portfolio.months import Month, month_text
from hgt_portfolio.reports.milestones import node_words, share_words, sub_item_words
from hgt_portfolio.reports.project import deed_words, holds_words
from hgt_portfolio.reports.supervision import settled_words
from hgt_portfolio.rules.lights import Step
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.terms import Light
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.folding import Folded
from hgt_portfolio.tui.pages.why import deadline_why, filing_why, light_why, start_why

Pairs = Iterable[tuple[str, object]]
LABEL = 14
CARD_LABEL = 10
"""The cells of the labels beside the list."""
CARD_MONEY = 7
"""How many of a card's lines are about the plan and its money."""
ITEM = "item:"
"""How the place begins that a supervision item opens."""

TEXTS = ("physical", "problem", "next_step")
"""What is said in words: the filing that the state comes from said it, and Enter leads there."""


@dataclass(frozen=True)
class Fact:
    """One line of a project: its label and value, and the figure whose source it shows or the place it opens."""

    label: str
    value: object
    opens: str = ""


def line(fact: Fact, source: Source | None) -> Grid:
    """Draw one line: label, value, and in grey where the value comes from."""
    value = fact.value.copy() if isinstance(fact.value, Text) else wording.words(fact.value)
    if source is not None and fact.opens not in TEXTS:
        value.append(f"  来源 {wording.clean(source.brief)}", "dim not bold")
    return pairs([(fact.label, value)], 12)


def pairs(rows: Pairs, label: int = LABEL) -> Grid:
    """Lay out labels and values in two columns, long values wrapped."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=label, style="dim", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Folded(value if isinstance(value, Text) else wording.words(value)))
    return grid


def card(p: Position) -> RenderableType:
    """Draw a project for the pane beside the list."""
    return pairs(((f"#{p.no}", wording.words(p.name, "bold")), *_carded(p)), CARD_LABEL)


def spread(p: Position) -> RenderableType:
    """Draw a project for the lines below its name: its money beside what is judged and said."""
    rows = _carded(p)
    grid = Grid.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=2)
    grid.add_column(ratio=3)
    grid.add_row(*(pairs(half, CARD_LABEL) for half in (rows[:CARD_MONEY], rows[CARD_MONEY:])))
    return grid


def _carded(p: Position) -> Sequence[tuple[str, object]]:
    """Give a project's lines; a text that nobody filed takes none."""
    texts = (("形象进度", p.physical), ("存在问题", p.problem), ("下一步", p.next_step))
    return (
        ("责任单位", p.unit_text),
        ("实施年限", p.period_text),
        ("总投资", f"{wording.amount(p.investment)} 万元" if p.investment is not None else p.investment_text),
        ("自开工累计", _cumulative(p) + (f" 占{wording.rate(p.total_rate)}" if p.total_rate is not None else "")),
        ("本年/计划", f"{wording.amount(p.ytd)} / {wording.amount(p.year_plan)} 万元"),
        ("本季度", _quarter(p)),
        ("完成率", _against_pace(p)),
        ("状态", f"{p.status_label or '未填报'}，{filing_why(p)}"),
        ("期限", deadline_why(p)),
        ("预警", _lamp(p)),
        *((label, said) for label, said in texts if said),
    )


def _against_pace(p: Position) -> str:
    deviation = f" 偏差{wording.points(p.deviation)}" if p.deviation is not None else ""
    return f"{wording.rate(p.year_rate)} 序时{wording.rate(p.pace)}{deviation}"


def _lamp(p: Position) -> Text:
    """Say why a light is on; the numbers that stand in the lines above are not said again."""
    said = light_why(p, "")
    if p.light_step in (Step.MEASURE, Step.OVERDUE, Step.COMPLETE) and not p.light_override:
        said = said.partition("。")[0]
    text = wording.words(said)
    text.highlight_words([f"{p.light}灯"], wording.LIGHT_STYLES[Light(p.light)])
    return text


def _cumulative(p: Position, unit: str = " 万元") -> str:
    if p.cumulative is None:
        return wording.UNKNOWN
    carried = f"（沿用{month_text(p.period_filed)}）" if p.carried and p.period_filed is not None else ""
    return f"{wording.amount(p.cumulative)}{unit}{carried}"


def _quarter(p: Position, unit: str = " 万元") -> str:
    if p.quarter is not None:
        return f"{wording.amount(p.quarter)}{unit}"
    if p.catch_up:
        return f"{wording.amount(p.catch_up[0])}{unit} {p.catch_up[1]}"
    return f"{wording.UNKNOWN}（{p.quarter_note}）"


def _moved(before: str, after: str, more: str = "") -> str:
    return after if before == after else f"{after}（现行{more}），{before}（基线）"


def _month(index: Month | None) -> str:
    return wording.UNKNOWN if index is None else month_text(index)


def facts(p: Position, planned: Position, members: list[str]) -> Iterator[Fact]:
    """Give a project's facts, what the plan said beside what holds now where they differ."""
    days = f"，{p.days_moved:+d}天" if p.days_moved else ""
    units = _moved(planned.unit_text, p.unit_text)
    yield Fact("领域", _moved(planned.domain, p.domain), "domain")
    yield Fact("责任单位", f"{units}（牵头 {p.unit}，配合 {'、'.join(members)}）" if members else units, "unit")
    yield Fact("内容与规模", _moved(planned.scope, p.scope), "scope")
    now = "" if planned.period_text == p.period_text else f" -> {p.period_text}（现行）"
    yield Fact("实施年限", f"{planned.period_text}（原文）{now}", "period_text")
    yield Fact("开工月", _moved(_month(p.baseline_start), _month(p.start)), "start")
    yield Fact("完工期限", _moved(wording.day(p.due_original), wording.day(p.due_date), days), "due")
    yield Fact("总投资(万元)", _moved(wording.amount(p.baseline_fen), wording.amount(p.investment)), "investment")
    yield Fact("总投资原文", f"{p.investment_text}（{p.investment_kind}）")
    yield Fact("入库代码", p.statistics_code, "statistics_code" if p.statistics_code else "")


def _first_share(p: Position) -> str:
    """Say the share of the plan as it was at the year's beginning, where it was adjusted since."""
    adjusted = p.year_plan_first is not None and p.year_plan_first != p.year_plan
    return f"（占年初 {wording.rate(p.first_rate)}）" if adjusted else ""


def money(p: Position) -> Iterator[Fact]:
    """Give a project's money at the period, in 万元."""
    year = wording.amount(p.ytd) if p.ytd is not None else f"{wording.UNKNOWN}（{p.year_note}）"
    pace = f"{wording.rate(p.pace)}（{p.pace_words}）  偏差 {wording.points(p.deviation)}"
    yield Fact("自开工累计", f"{_cumulative(p, '')}  占总投资 {wording.rate(p.total_rate)}", "cumulative")
    yield Fact("截至上年底", wording.amount(p.opening), "opening")
    yield Fact("本年计划", wording.amount(p.year_plan), "year_plan")
    if p.year_plan_first is not None and p.year_plan_first != p.year_plan:
        yield Fact("年初计划", wording.amount(p.year_plan_first), "year_plan_first")
    yield Fact("本年累计", f"{year}  完成率 {wording.rate(p.year_rate)}{_first_share(p)}", "ytd")
    yield Fact("本季度完成", _quarter(p, ""), "quarter")
    yield Fact("规划期以来", wording.amount(p.since_plan), "since_plan")
    yield Fact("序时进度", pace)
    yield Fact("欠序时金额", wording.amount(p.shortfall), "shortfall")
    yield Fact("年度余额", wording.amount(p.year_balance), "year_balance")
    yield Fact("形象目标", p.goal, "goal")


def judgements(p: Position, rules_label: str) -> Iterator[Fact]:
    """Give what each rule says, and why."""
    physical = p.physical if p.physical_percent is None else f"{p.physical or ''} {p.physical_percent}%"
    lamp = Text.assemble(wording.light(p.light), "  ", wording.words(light_why(p, rules_label)))
    done = f"，实际完工 {p.finished}" if p.finished else ""
    yield Fact("状态", f"{p.status_label or '未填报'}{done}", "status")
    yield Fact("期限", deadline_why(p))
    yield Fact("开工", start_why(p), "started")
    yield Fact("填报", filing_why(p))
    yield Fact("预警", lamp, "light_override")
    yield Fact("核实", _checked(p), "check_day")
    yield Fact("形象进度", physical, "physical")
    yield Fact("存在问题", p.problem, "problem")
    yield Fact("下一步", p.next_step, "next_step")


def doing(sub_items: list[SubCount], nodes: list[Node], items: list[SupervisionItem]) -> Iterator[Fact]:
    """Give a project's sub-items with both counts, its milestones, and what is supervised of it."""
    yield Fact("子项", sub_item_words(sub_items) if sub_items else None)
    yield from (Fact("节点", node_words(node)) for node in nodes)
    yield Fact("节点完成", share_words(nodes) if nodes else None)
    for item in items:
        yield Fact("督办", f"{settled_words(item)}，时限 {item.due}：{item.content}", f"{ITEM}{item.no}")
    if not items:
        yield Fact("督办", None)


def _checked(p: Position) -> str:
    return wording.UNKNOWN if p.check_day is None else f"{p.check_day} {p.check_how}：{p.check_finding}"


def deed(done: Deed, tables: Container[str] | None, named: str) -> list[Text]:
    """Write an action, then the rows it wrote, of some tables alone where given; revoked ones are struck.

    ``named`` is how the project is called, which its own screen need not repeat.
    """
    entry = done.entry
    said = deed_words(done).replace(f" {named}", "")
    head = wording.words(f"{moment_words(entry.at)[:16]} {entry.operator}：{said}", "bold")
    if entry.reason and not any(entry.reason in event.text for event in done.events):
        head.append(f"  原因：{wording.clean(entry.reason)}", "not bold")
    if entry.undone_by is not None:
        head.append(f"  已撤销（操作 {entry.undone_by}）", "not bold")
    head.append(f"  操作 {entry.id}", "dim not bold")
    return [head, *(_event(event) for event in done.events if tables is None or event.table in tables)]


def stacked(lines: list[Text]) -> RenderableType:
    """Set an action's rows in under it."""
    head, *rows = lines
    return Together(head, *(Padding(row, (0, 0, 0, 4)) for row in rows))


def _event(event: Event) -> Text:
    revoked = event.revoked_at is not None
    said = wording.words(f"{holds_words(event)} {event.kind}  {event.text}", "strike dim" if revoked else "not bold")
    if revoked:
        said.append(f"  已撤销（操作 {event.revoked_by}）", "bold not strike")
    return said
