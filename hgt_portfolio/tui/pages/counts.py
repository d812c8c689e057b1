"""What the overview counts: each figure with the filter that opens exactly its projects, and what presses most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from rich.text import Text

from hgt_portfolio.figures import By, Filter, Group, Order, Point, Position, Sum
from hgt_portfolio.months import last_day, quarter_label
from hgt_portfolio.reports.reconcile import as_loaded
from hgt_portfolio.reports.words import project_count
from hgt_portfolio.rules.pressing import pressing_reason
from hgt_portfolio.terms import (
    PHASE_LABELS,
    SILENT_STATES,
    Basis,
    DeadlineState,
    FilingState,
    Light,
    Phase,
    StartState,
    Status,
)
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame

PRESSING = 10
"""How many of the most pressing projects the overview lists."""

MOST_PRESSING = (Order("pressing"), Order("due"))


@dataclass(frozen=True)
class Count:
    """A figure: its words, how many projects it counts, the filter that opens them, and a label for that filter.

    ``place`` is the screen that it opens instead of projects.
    """

    text: Text
    number: int
    where: Filter
    label: str = ""
    place: str = ""


@dataclass(frozen=True)
class Line:
    """One vocabulary of counts: its label, its terms, the filter's field, and the terms shown even at nought."""

    name: str
    label: str
    terms: tuple[str, ...]
    counts: str
    field: str
    always: tuple[str, ...]


_FIRST = (DeadlineState.OVERDUE, DeadlineState.UNVERIFIED, DeadlineState.DUE_SOON)

LINES = (
    Line(
        "deadline",
        "期限",
        (*_FIRST, *(term for term in DeadlineState if term not in _FIRST)),
        "deadline_states",
        "deadline_state",
        _FIRST,
    ),
    Line("start", "开工", tuple(StartState), "start_states", "start_state", (StartState.STARTED, StartState.LATE)),
    Line("light", "预警", tuple(Light), "lights", "light", tuple(Light)),
    Line("filing", "填报", tuple(FilingState), "filing_states", "filing_state", (FilingState.FILED,)),
    Line(
        "status",
        "状态",
        (*Status, "未填报"),
        "statuses",
        "status",
        (Status.NOT_STARTED, Status.UNDER_WAY, Status.SUSPENDED, Status.COMPLETE, "未填报"),
    ),
)
"""The lines of counts, in the order of the screen."""


@dataclass(frozen=True)
class Overview:
    """What the overview read: totals, domains, units, the projects that press most, and how many there are in all.

    ``planned`` is 总投资 by the plan as loaded (fen), where no filter leaves out some of it. What is still to come is
    None.
    """

    group: Group
    planned: int | None = None
    domains: list[Group] | None = None
    units: list[Group] | None = None
    pressing: list[Position] | None = None
    everything: int | None = None


def read_overview(desk: Desk, frame: Frame, where: Filter) -> Iterator[Overview | None]:
    """Read what the overview shows of what a filter lets through, part after part.

    This runs SQL and belongs in a thread.
    """
    figures, rules, point, whole = desk.figures, desk.rules, frame.point, where == Filter()
    yield None
    found = Overview(figures.totals(point, where, rules=rules))
    yield found
    pressing = figures.positions(point, where, rules=rules, order=MOST_PRESSING, limit=PRESSING)
    found = replace(found, pressing=[position for position in pressing if pressing_reason(position)])
    yield found
    yield replace(
        found,
        planned=figures.totals(as_loaded(figures, point)).investment if whole else None,
        domains=figures.groups(point, By.DOMAIN, where, rules=rules),
        units=figures.groups(point, By.UNIT, where, rules=rules),
        everything=found.group.count if whole else desk.everything(point),
    )


def days_of(why: str, position: Position) -> int | None:
    """Give the days behind a reason: past due, left until due, or since the start month ended."""
    if why in ("逾期", "到期未核实") and position.due_date:
        return (position.day - position.due_date).days
    if why == "临期" and position.due_date:
        return (position.due_date - position.day).days
    if why in ("应开未开", "应开未核实") and position.start is not None:
        return max((position.day - last_day(position.start)) // timedelta(days=1), 0)
    return None


def counts_of(found: Overview, point: Point, basis: Basis) -> dict[str, Count]:
    """Give every figure of the overview by its key; a count of none that need not be shown is left out."""
    group = found.group
    return _money(found) | _phases(group, basis) | _flows(group, point) | _states(group)


def words_of(found: Overview, basis: Basis) -> dict[str, Text]:
    """Give what stands beside the figures and opens nothing, by its key."""
    group = found.group
    rate = f"完成率 {wording.rate(group.year_rate)}({group.rate_ytd.known}项)"
    behind = f"  欠序时 {wording.yi(group.shortfall)}亿" if (group.shortfall or 0) > 0 else ""
    return {
        "words:phases": monthly(group) if basis is Basis.MONTHLY else Text("推算，^B 换口径"),
        "words:rate": Text(rate if group.year_rate is not None else ""),
        "words:plan": Text(f"序时{wording.rate(group.pace)}{behind}"),
    }


def _labelled(label: str, number: int, style: str = "") -> Text:
    return Text.assemble((f"{label} ", style if number else "dim"), (str(number), "bold" if number else "dim"))


def moved(found: Overview) -> int:
    """Give by how much 总投资 differs from the plan's, fen; 0 of a part of the projects."""
    return 0 if found.planned is None else found.group.investment - found.planned


def silent_word(*groups: Group) -> str:
    """Name what has not been filed by its state, where all that is silent is in the same one."""
    states = {state for group in groups for state in SILENT_STATES if group.filing_states[state]}
    return str(states.pop() if len(states) == 1 else FilingState.MISSING)


def _money(found: Overview) -> dict[str, Count]:
    group, fen = found.group, moved(found)
    unpriced = group.count - group.priced
    total = Text.assemble((f"{wording.yi(group.investment)} 亿元", "bold"), f"  {project_count(group)}")
    counts = {
        "all": Count(total, group.count, Filter(), "全部项目"),
        "priced": Count(Text(f"有额 {group.priced}/{group.count}项"), group.priced, Filter(priced=True)),
        "unpriced": Count(_labelled("无投资额", unpriced), unpriced, Filter(priced=False)),
    }
    if fen:
        by = f"{'+' if fen > 0 else ''}{wording.yi(fen)}"
        said = Text(f"规划{wording.yi(found.planned)} {by}")
        counts["moved"] = Count(said, group.count, Filter(), place="reconcile")
    return counts


def _phases(group: Group, basis: Basis) -> dict[str, Count]:
    """Give near and far by a basis; spread over months no project belongs to either."""
    counts = {}
    for phase in (Phase.NEAR, Phase.FAR, Phase.UNDATED) if basis is not Basis.MONTHLY else ():
        number, fen = group.phases[basis][phase]
        if number or phase is not Phase.UNDATED:
            text = Text.assemble(f"{PHASE_LABELS[phase]} ", (f"{number}项", "bold"), f" {wording.yi(fen):>7}亿")
            counts[f"phase:{phase}"] = Count(text, number, Filter(phase=phase, basis=basis))
    return counts


def monthly(group: Group) -> Text:
    """Write the amounts spread over months, which belong to no whole project and so open nothing."""
    parts = [f"{PHASE_LABELS[phase]} {wording.yi(fen)}" for phase in Phase if (fen := group.monthly[phase])]
    return Text(f"{'  '.join(parts)} 亿元".replace("规划期", "") if parts else wording.UNKNOWN)


def _flows(group: Group, point: Point) -> dict[str, Count]:
    ytd = Text.assemble("本年 ", *_sum(group.ytd, group.count))
    quarter = Text.assemble(f"{quarter_label(point.period)[5:]} ", *_sum(group.quarter, group.count))
    plan = Text.assemble("年度计划 ", *_sum(group.year_plan, group.count))
    return {
        "ytd": Count(ytd, group.ytd.known, Filter(stated="ytd")),
        "quarter": Count(quarter, group.quarter.known, Filter(stated="quarter")),
        "year_plan": Count(plan, group.year_plan.known, Filter(stated="year_plan")),
        "silent": Count(
            *(_labelled(silent_word(group), group.not_filed), group.not_filed),
            *(Filter(silent=True), "本期应报未报的项目"),
        ),
    }


def _sum(total: Sum, count: int) -> tuple[tuple[str, str], str]:
    """Write a sum with how many of how many it runs over; unknown where it runs over none."""
    amount = f"{wording.yi(total.fen)}亿" if total.known else wording.UNKNOWN
    return (amount, "bold"), f" {total.known}/{count}"


def _states(group: Group) -> dict[str, Count]:
    counts = {}
    for line in LINES:
        numbers = getattr(group, line.counts)
        for term in line.terms:
            number = group.unreported if term == "未填报" and line.name == "status" else numbers[term]
            if number or term in line.always:
                label = f"{term}灯" if line.name == "light" else term
                text = _labelled(label, number, _STYLES.get(label, ""))
                counts[f"{line.name}:{term}"] = Count(text, number, Filter().narrowed(**{line.field: term}))
    return counts


_STYLES = {"逾期": "bold red", "红灯": "bold red", "黄灯": "yellow", "绿灯": "green", "蓝灯": "blue"}

BOXES = (
    ("investment", "总投资", ("all", "priced", "unpriced", "moved")),
    ("phases", "", (*(f"phase:{phase}" for phase in (Phase.NEAR, Phase.FAR, Phase.UNDATED)), "words:phases")),
    ("work", "完成", ("ytd", "quarter", "words:rate")),
    ("plan", "计划", ("year_plan", "silent", "words:plan")),
)
"""The groups of money figures: id, label (of the phases that of the basis), and the keys of the figures and words."""
