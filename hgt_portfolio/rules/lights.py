"""预警灯: rule sets as data, the SQL that applies one, and the sentence that says why.

No national rule exists, so each set names where it was taken from; until the office adopts one with a 文号 it is
for reference only (参考规则，未批准).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, null

from hgt_portfolio.months import Month
from hgt_portfolio.rules.point import Point
from hgt_portfolio.rules.sql import Sql, word
from hgt_portfolio.terms import (
    COMPLETE_STATUSES,
    DeadlineState,
    GoalVerdict,
    Light,
    StartState,
    Status,
)


class Step(StrEnum):
    """The steps a rule set may take, with the words printed for the one that decided."""

    EXITED = "已退出"
    COMPLETE = "已完工"
    OVERDUE = "逾期"
    SUSPENDED = "停工"
    START_LATE = "应开未开"
    START_VERY_LATE = "应开未开满三个月"
    MEASURE = "按年度计划完成率与序时进度"
    GOAL = "按年度形象目标（人工判断）"
    NO_GROUND = "无依据"


class Measure(StrEnum):
    """How completion is set against pace."""

    DIFFERENCE = "偏差（完成率−序时进度，百分点）"
    RATIO = "完成率÷序时进度（%）"


@dataclass(frozen=True)
class Band:
    """A light for measures of at least ``minimum`` (percentage points, or percent); ``None`` is the rest."""

    minimum: int | None
    light: Light
    note: str = ""


@dataclass(frozen=True)
class RuleSet:
    """A named, versioned set of rules for lights, with its source.

    ``steps`` are tried in order. ``near_due`` tells whether 临期 turns 绿 or 无 to 蓝.
    """

    name: str
    version: str
    source: str
    steps: tuple[Step, ...]
    measure: Measure
    bands: tuple[Band, ...]
    near_due: bool = False


_GATE = (Step.EXITED, Step.COMPLETE)

RULE_SETS = {
    rules.name: rules
    for rules in (
        RuleSet(
            "银川2025",
            "1",
            "参照银川市2025年重点项目预警做法：按与序时进度的偏差分档，并计逾期、停工、应开未开",
            (*_GATE, Step.OVERDUE, Step.SUSPENDED, Step.START_LATE, Step.MEASURE, Step.GOAL),
            Measure.DIFFERENCE,
            (Band(0, Light.GREEN), Band(-10, Light.GREEN, "略低"), Band(-30, Light.YELLOW), Band(None, Light.RED)),
            near_due=True,
        ),
        RuleSet(
            "三亚2022",
            "1",
            "参照三亚市2022年做法：达到序时进度为绿，低于序时进度不超过50%为黄，超过50%为红",
            (*_GATE, Step.MEASURE, Step.GOAL),
            Measure.RATIO,
            (Band(100, Light.GREEN), Band(50, Light.YELLOW), Band(None, Light.RED)),
        ),
        RuleSet(
            "武汉",
            "1",
            "参照武汉市做法：完成率÷序时进度低于80%为黄，低于60%为红",
            (*_GATE, Step.MEASURE, Step.GOAL),
            Measure.RATIO,
            (Band(80, Light.GREEN), Band(60, Light.YELLOW), Band(None, Light.RED)),
        ),
    )
}

DEFAULT_RULES = "银川2025"

GOAL_LIGHTS = {
    GoalVerdict.REACHED: Light.GREEN,
    GoalVerdict.SLIGHTLY_BEHIND: Light.GREEN,
    GoalVerdict.BEHIND: Light.YELLOW,
    GoalVerdict.FAR_BEHIND: Light.RED,
}


def late_start_month(point: Point) -> Month:
    """Give the latest start month whose late start has run three whole months on D."""
    return point.over - 3


def measured(rules: RuleSet, columns: dict[str, Sql]) -> Sql:
    """Give the light of the completion of the year plan against pace, NULL where either is unknown."""
    return _by_band(rules, columns, [word(band.light) for band in rules.bands])


def measured_note(rules: RuleSet, columns: dict[str, Sql]) -> Sql:
    """Give the note of the band that the completion falls in (略低), NULL where it has none."""
    return _by_band(rules, columns, [word(band.note) if band.note else null() for band in rules.bands])


def _by_band(rules: RuleSet, columns: dict[str, Sql], words: list[Sql]) -> Sql:
    """Give the word of the band that completion against pace falls in, NULL where either is unknown.

    Compares integers exactly: fen × months on both sides, no division.
    """
    done = columns["ytd"] * columns["pace_bottom"]
    plan = columns["year_plan"] * columns["pace_bottom"]
    due = columns["pace_top"]
    reached = []
    for band in rules.bands[:-1]:
        if rules.measure is Measure.DIFFERENCE:
            reached.append((done - due) * 100 >= (band.minimum or 0) * plan)
        else:
            reached.append(done * 100 >= (band.minimum or 0) * due)
    chosen = case(*zip(reached, words, strict=False), else_=words[-1])
    return case(((plan > 0) & done.is_not(None) & due.is_not(None), chosen), else_=null())


def light_terms(rules: RuleSet, point: Point, columns: dict[str, Sql]) -> tuple[Sql, Sql]:
    """Give the light that a rule set computes and the step that decided it."""
    measure, goal = columns["measured"], columns["goal_verdict"]
    very_late = columns["start"] <= late_start_month(point)
    late = columns["start_state"] == StartState.LATE
    goal_light = case(*((goal == verdict, word(light)) for verdict, light in GOAL_LIGHTS.items()))
    branches: dict[Step, list[tuple[Sql, Sql, Step]]] = {
        Step.EXITED: [(columns["exited"] == 1, word(Light.NONE), Step.EXITED)],
        Step.COMPLETE: [(columns["status"].in_(COMPLETE_STATUSES), word(Light.NONE), Step.COMPLETE)],
        Step.OVERDUE: [(columns["deadline_state"] == DeadlineState.OVERDUE, word(Light.RED), Step.OVERDUE)],
        Step.SUSPENDED: [
            ((columns["status"] == Status.SUSPENDED) & (measure == Light.RED), word(Light.RED), Step.MEASURE),
            (columns["status"] == Status.SUSPENDED, word(Light.YELLOW), Step.SUSPENDED),
        ],
        Step.START_LATE: [
            (late & very_late, word(Light.RED), Step.START_VERY_LATE),
            (late, word(Light.YELLOW), Step.START_LATE),
        ],
        Step.MEASURE: [(measure.is_not(None), measure, Step.MEASURE)],
        Step.GOAL: [
            (
                (columns["year_plan"].is_(None) | columns["investment"].is_(None)) & goal.is_not(None),
                goal_light,
                Step.GOAL,
            )
        ],
    }
    chosen = [branch for step in rules.steps for branch in branches[step]]
    light = case(*((when, then) for when, then, _ in chosen), else_=word(Light.NONE))
    decided = case(*((when, word(step)) for when, _, step in chosen), else_=word(Step.NO_GROUND))
    if rules.near_due:
        soon = columns["deadline_state"] == DeadlineState.DUE_SOON
        light = case((soon & light.in_((Light.GREEN, Light.NONE)), word(Light.BLUE)), else_=light)
    return light, decided
