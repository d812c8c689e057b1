"""三、存在问题 and 四、下步要求 of the bulletin: who is late, behind, silent or stopped, and what each is to do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hgt_portfolio.document import Figure, Paragraph, Span, body, heading, subheading
from hgt_portfolio.figures import Position
from hgt_portfolio.reports.bulletin_figures import amount, count, days, heard, whole
from hgt_portfolio.reports.quarterly_data import Quarter
from hgt_portfolio.terms import (
    SILENT_STATES,
    UNVERIFIED_IN_DOCUMENTS,
    DeadlineState,
    Light,
    StartState,
    Status,
)

MOST_BEHIND = 5
"""How many of the projects behind are named with their amounts."""

MOST_NAMED = 80
"""With more projects than these, units are given with their numbers alone, and the names stand in the workbook."""

LISTED = 3
"""A unit all of whose projects are named is said to have them all where they are more than this many."""

NUMERALS = "一二三四五六七八九十"

Described = Callable[[Position], tuple[Span, ...]]


@dataclass(frozen=True)
class Ground:
    """What a project may be named for: its name, whom it holds of, and the field that tells."""

    name: str
    holds: Callable[[Position], bool]
    column: str


GROUNDS = {
    "overdue": Ground("逾期项目", lambda p: p.deadline_state == DeadlineState.OVERDUE, "deadline_state"),
    "unverified": Ground("到期未核实项目", lambda p: p.deadline_state == DeadlineState.UNVERIFIED, "deadline_state"),
    "behind": Ground("欠序时项目", lambda p: (p.shortfall or 0) > 0, "shortfall"),
    "not_begun": Ground("应开未开项目", lambda p: p.start_state == StartState.LATE, "start_state"),
    "silent": Ground("尚未填报项目", lambda p: p.filing_state in SILENT_STATES, "filing_state"),
    "suspended": Ground("停工项目", lambda p: p.status == Status.SUSPENDED, "status"),
    "unpriced": Ground("总投资未定项目", lambda p: p.investment is None, "investment_text"),
    "red": Ground("红灯项目", lambda p: p.light == Light.RED, "light"),
    "yellow": Ground("黄灯项目", lambda p: p.light == Light.YELLOW, "light"),
}


def named(quarter: Quarter, ground: str) -> list[Position]:
    """Give the projects that a ground holds of; of one that has left nothing is asked."""
    staying = (position for position in quarter.positions if position.deadline_state != DeadlineState.EXITED)
    return [position for position in staying if GROUNDS[ground].holds(position)]


def counted(quarter: Quarter, ground: str) -> Figure:
    """Count the projects that a ground holds of."""
    made = GROUNDS[ground]
    return count(f"problem.{ground}", made.name, named(quarter, ground), quarter.positions, made.column)


def units_of(rows: list[Position]) -> str:
    """List the lead units of projects."""
    return "、".join(dict.fromkeys(position.unit for position in rows))


def by_unit(quarter: Quarter, ground: str, described: Described = lambda _: ()) -> Iterator[Span]:
    """Name the projects of a ground under their lead units, each with what is said of it."""
    of_unit: dict[str, list[Position]] = defaultdict(list)
    for position in named(quarter, ground):
        of_unit[position.unit].append(position)
    whole_units = Counter(position.unit for position in quarter.positions)
    many = sum(map(len, of_unit.values())) > MOST_NAMED
    for place, (unit, rows) in enumerate(of_unit.items()):
        yield from ("；" if place else "", unit)
        yield count(f"problem.{ground}.{unit}", f"{unit}{GROUNDS[ground].name}", rows, rows, GROUNDS[ground].column)
        if many or (len(rows) > LISTED and len(rows) == whole_units[unit]):
            yield "项" if many else "项，即全部项目"
            continue
        yield "项，为"
        for number, position in enumerate(rows):
            yield from ("、" if number else "", position.name, *described(position))
    yield "，名单见附件。" if many else "。"


def problems(quarter: Quarter) -> Iterator[Paragraph]:
    """Write 三、存在问题: only what there is."""
    yield heading("三、存在问题")
    told = [(title, written) for title, make in _PROBLEMS if (written := list(make(quarter)))]
    if not told:
        yield body("没有逾期、滞后、未填报、停工的项目。")
    for numeral, (title, written) in zip(NUMERALS, told, strict=False):
        yield subheading(f"（{numeral}）{title}")
        yield from written


def _late(quarter: Quarter) -> Iterator[Paragraph]:
    if named(quarter, "overdue"):
        yield body("逾期未完工", counted(quarter, "overdue"), "项：", *by_unit(quarter, "overdue", _days_late))
    if named(quarter, "unverified"):
        yield body(
            f"{UNVERIFIED_IN_DOCUMENTS}",
            counted(quarter, "unverified"),
            "项，有待核实，不计入逾期：",
            *by_unit(quarter, "unverified"),
        )


def _days_late(position: Position) -> tuple[Span, ...]:
    return ("（逾期", days(position), "天，待更新）" if position.stale else "天）")


def _behind(quarter: Quarter) -> Iterator[Paragraph]:
    rows = sorted(named(quarter, "behind"), key=lambda p: -(p.shortfall or 0))
    if rows and heard(quarter):
        yield body(
            "本年累计低于自身序时计划",
            counted(quarter, "behind"),
            "项，欠序时金额较大的为" if len(rows) > MOST_BEHIND else "项，为",
            *_amounts(rows[:MOST_BEHIND]),
        )
    if named(quarter, "not_begun"):
        yield body("已过计划开工月、尚未开工", counted(quarter, "not_begun"), "项：", *by_unit(quarter, "not_begun"))
    yield from _lights(quarter)


def _amounts(rows: list[Position]) -> Iterator[Span]:
    rule = "计划应完成（年度计划×自身序时）−本年累计"
    for number, position in enumerate(rows):
        made = amount(
            f"project.{position.no}.shortfall",
            f"{position.name}欠序时金额",
            position.shortfall or 0,
            position,
            "shortfall",
            rule,
        )
        yield from ("、" if number else "", f"{position.name}（{position.unit}，欠", made, "）")
    yield "。"


def _lights(quarter: Quarter) -> Iterator[Paragraph]:
    """Write the lights, where the office has adopted a rule set with a 文号."""
    if quarter.in_force.doc is None:
        return
    yield body(
        f"按{quarter.in_force.label}预警，红灯",
        counted(quarter, "red"),
        "项，黄灯",
        counted(quarter, "yellow"),
        "项。",
    )
    if named(quarter, "red"):
        yield body("红灯项目：", *by_unit(quarter, "red"))


def _silent(quarter: Quarter) -> Iterator[Paragraph]:
    rows = named(quarter, "silent")
    if rows and len(rows) == len(quarter.positions):
        yield body(f"{quarter.label}进度", counted(quarter, "silent"), "项均未填报。")
    elif rows:
        yield body(f"尚未填报{quarter.label}进度", counted(quarter, "silent"), "项：", *by_unit(quarter, "silent"))


def _suspended(quarter: Quarter) -> Iterator[Paragraph]:
    if named(quarter, "suspended"):
        yield body("停工", counted(quarter, "suspended"), "项：", *by_unit(quarter, "suspended", _why_stopped))


def _why_stopped(position: Position) -> tuple[Span, ...]:
    return (f"（所报原因：{position.problem}）",) if position.problem else ()


_PROBLEMS = (("逾期和到期", _late), ("进度滞后", _behind), ("未填报", _silent), ("停工", _suspended))


def requirements(quarter: Quarter) -> Iterator[Paragraph]:
    """Write 四、下步要求: what the figures ask of whom, and nothing else."""
    yield heading("四、下步要求")
    told = [spans for make in _REQUIREMENTS if (spans := tuple(make(quarter)))]
    if not told:
        yield body("请各责任单位继续按年度计划推进，按期填报下一季度进度。")
    for numeral, spans in zip(NUMERALS, told, strict=False):
        yield body(f"{numeral}是" if len(told) > 1 else "", *spans)


def _asked(ground: str, before: str, after: str) -> Callable[[Quarter], Iterator[Span]]:
    """Make a requirement of the lead units of a ground's projects, with their number between two texts."""

    def make(quarter: Quarter) -> Iterator[Span]:
        rows = named(quarter, ground)
        if rows:
            who = "各责任单位" if len(rows) == len(quarter.positions) else units_of(rows)
            yield from (f"请{who}{before}", counted(quarter, ground), after)

    return make


def _catch_up(quarter: Quarter) -> Iterator[Span]:
    """Ask the units behind to make good what the year still wants."""
    everything = whole(quarter)
    behind = [group.name for group in quarter.units if (group.shortfall or 0) > 0]
    if not behind or not heard(quarter):
        return
    if quarter.point.elapsed < 12 and (everything.group.year_balance or 0) > 0:
        yield from ("年内还须完成投资", everything.figure("year_balance"), "，")
    yield f"请{'、'.join(behind)}对照欠序时金额，逐项查明原因，补上差额。"


_REQUIREMENTS: tuple[Callable[[Quarter], Iterator[Span]], ...] = (
    _asked("silent", "补报所欠", "项的进度。"),
    _asked("unverified", "报送", "个到期项目的完工情况；未完工的，说明原因，需要延期的按程序申请调整。"),
    _asked("overdue", "对逾期的", "项逐项说明原因，明确完工时间。"),
    _catch_up,
    _asked("not_begun", "对应开未开的", "项尽快开工；不能开工的，说明原因，按程序申请调整。"),
    _asked("suspended", "对停工的", "项查明原因，具备条件的及时复工。"),
    _asked("unpriced", "核定", "个项目的总投资。"),
)
