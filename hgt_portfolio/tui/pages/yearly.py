"""Screens of one year of the plan's indicators: which year, moving by years, and how a line is judged in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.text import Text
from textual import on, work
from textual.binding import Binding
from textual.message import Message

from hgt_portfolio.figures.indicators import BASE_YEAR, Judged, Line, standing
from hgt_portfolio.ledger import Outcome
from hgt_portfolio.plan import read_plan
from hgt_portfolio.reports.indicators import quantity
from hgt_portfolio.rules.indicators import held_against, read_bound
from hgt_portfolio.terms import Attainment
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, Frame, sentence
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.forms.indicators import filing
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.page import Page

EMPTY = "台账里没有规划指标。运行 hgt indicators load 装入。"
LOADABLE = "也可在这里按 Alt+Z 装入随附规划的指标和承诺。"
UNMET = "bold cyan"
"""How 不达标 stands out: calmly, since red is for 逾期 and 红灯 alone."""

TURNING = [
    Binding("left", "turn(-1)", "上一年度", show=False, priority=True),
    Binding("right", "turn(1)", "下一年度", show=False, priority=True),
]


class YearPage(Page):
    """A screen of one year, by default the last one that is over."""

    def __init__(self, desk: Desk, year: int | None = None) -> None:
        super().__init__(desk)
        self._year = year

    def action_turn(self, step: int) -> None:
        """Move to a later (1) or earlier (-1) year."""
        if self.frame is None:
            return
        year = year_at(self.frame, self._year) + step
        if year > self.frame.point.day.year:
            self.portfolio.say("已是最近的年度。")
        elif year < BASE_YEAR:
            self.portfolio.say(f"{BASE_YEAR}年是规划基准年，没有更早的。")
        else:
            self._year = year
            self.reread()

    def line(self) -> Line | None:
        """Give the line that the commands act on."""
        return None

    def action_file_indicator(self) -> None:
        """Open the form that files the year's value of the chosen line."""
        line = self.line()
        if not self.may_write("不能填报指标"):
            return
        if line is None:
            self.portfolio.say("请先用方向键选中一项指标或承诺。")
        else:
            self.app.push_screen(FormScreen(self.desk, filing(line.code, line.year)), self.portfolio.written)

    class Loaded(Message):
        """Indicators loaded, or the sentence that says why not."""

        def __init__(self, outcome: Outcome | None, said: str) -> None:
            self.outcome, self.said = outcome, said
            super().__init__()

    def action_load_indicators(self) -> None:
        """Load the indicators of the plan that comes with the program, once agreed to."""
        if self.may_write("不能装入指标"):
            said = "把随附规划的两张指标表和第四章的承诺写入台账；已有指标的台账不会重复装入。"
            self.app.push_screen(AskScreen("装入规划指标？", said, "装入"), self._agreed)

    def _agreed(self, agreed: bool | None) -> None:
        if agreed:
            self._load()

    @work(thread=True, exclusive=True, group="write")
    def _load(self) -> None:
        try:
            plan, own = read_plan(), self.desk.figures.plan()
            if own.doc_no != plan.doc_no:
                raise ValueError(f"这个台账的规划是《{own.title}》，不是随附的规划，不能装入随附规划的指标。")
            outcome = self.desk.ledger.load_indicators(plan.indicators, plan.title)
        except Exception as problem:  # a refusal is a sentence to show, any other failure too
            self.post_message(YearPage.Loaded(None, sentence(problem)))
        else:
            self.post_message(YearPage.Loaded(outcome, ""))

    @on(Loaded)
    def _was_loaded(self, message: Loaded) -> None:
        if message.outcome is None:
            self.portfolio.tell("没有装入指标", message.said)
        else:
            self.desk.change()
            self.portfolio.written(message.outcome)
            self.reread()


def year_at(frame: Frame, year: int | None) -> int:
    """Give the year asked for, else the last one that is over."""
    return year or max(frame.point.day.year - 1, BASE_YEAR)


def unknown_why(line: Line) -> str:
    """Say why nothing can be said of a line; empty where something can."""
    if line.actual is None:
        return "未填报"
    if not wanted(line):
        return "规划没有列数"
    verdicts = [(line.standard, line.met_standard), (line.target, line.met_target)]
    return "待人判断" if any(cell and verdict is None for cell, verdict in verdicts) else ""


def judged_how(line: Line) -> str:
    """Say in one word how a line was judged, or why it was not."""
    return unknown_why(line) or ("人工判断" if line.by_person else "")


def verdict(found: Attainment | None) -> Text:
    """Write a verdict: its word, 不达标 in the accent."""
    return wording.cell(found, UNMET if found is Attainment.UNMET else "")


def reached(line: Line) -> Decimal | None:
    """Give how much of the target a value has reached, from 0 to 1; None where the two cannot be compared."""
    bound = read_bound(held_against(line.target, line.actual.assigned if line.actual else None))
    if line.gap is None or bound is None:
        return None
    if not line.gap or not bound.amount:
        return Decimal(not line.gap)
    return max(1 - line.gap / abs(bound.amount), Decimal())


def bar(share: Decimal, width: int) -> Text:
    """Draw a share; only what is whole fills the bar."""
    filled = int(share * width)
    return Text.assemble("#" * filled, ("." * (width - filled), "dim"))


def number(value: Decimal | None) -> str:
    """Write a gap, as in files; unknown is a dash."""
    return quantity(value) or wording.UNKNOWN


def counts(rows: Iterable[Judged], *, against_target: bool) -> str:
    """Count indicators by verdict: 达标 22 不达标 5 未定 2 / 29（约束性不达标 1）."""
    of = standing(rows, against_target=against_target)
    binding = f"（约束性不达标 {of.binding_unmet}）" if of.binding_unmet else ""
    return f"达标 {of.met} 不达标 {of.unmet} 未定 {of.unknown} / {of.count}{binding}"


def tally(lines: Iterable[Line]) -> str:
    """Count the commitments that the plan wants something of at the year: 5 项 做到 3 未做到 1 未定 1."""
    verdicts = [line.met_target or line.met_standard for line in lines if wanted(line)]
    kept, broken = verdicts.count(Attainment.MET), verdicts.count(Attainment.UNMET)
    if not verdicts:
        return wording.UNKNOWN
    return f"{len(verdicts)} 项 做到 {kept} 未做到 {broken} 未定 {len(verdicts) - kept - broken}"


def attained(one: Judged, *, against_target: bool | None) -> Attainment | None:
    """Give the verdict of an indicator against its standard or its target; for None against what there is of both."""
    if against_target is None:
        return one.met_target or one.met_standard
    return one.met_target if against_target else one.met_standard


def wanted(line: Line) -> bool:
    """Tell whether the plan wants anything of a line at its year."""
    return line.standard is not None or line.target is not None


def said_of(line: Line) -> str:
    """Say how a line stands at its year in one sentence."""
    actual = line.actual
    if actual is None:
        return f"{line.year}年{unknown_why(line)}：按 F4 填报。"
    said = f"{line.year}年 {actual.value or actual.attained}"
    if line.trend and line.before:
        said += f"（{line.before[0]}年 {line.before[1]}，{line.trend}）"
    if line.standard:
        said += f"；指标值 {line.standard}：{line.met_standard or unknown_why(line)}"
    if line.target:
        said += f"；目标 {held_against(line.target, actual.assigned)}：{line.met_target or unknown_why(line)}"
    if line.gap:
        each = f"，每年还需 {number(line.per_year)}" if line.per_year else ""
        said += f"，差 {number(line.gap)}{each}"
    return f"{said}。来源：{actual.source}"
