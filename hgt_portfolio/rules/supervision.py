"""督办: what may follow what, where an item stands on a day, and what the figures suggest to raise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from hgt_portfolio.terms import SupervisionGround, SupervisionState, SupervisionStep

OPEN_STATES = (
    SupervisionState.RAISED,
    SupervisionState.UNDER_WAY,
    SupervisionState.RETURNED,
    SupervisionState.APPLIED,
)
"""The states in which an item is not struck off."""

_WITH_UNIT = OPEN_STATES[:3]
"""The states in which the unit has the next word."""

TRANSITIONS: dict[SupervisionStep, tuple[tuple[SupervisionState, ...], SupervisionState | None]] = {
    SupervisionStep.REMINDED: (_WITH_UNIT, None),
    SupervisionStep.ANSWERED: (_WITH_UNIT, SupervisionState.UNDER_WAY),
    SupervisionStep.EXTENDED: (_WITH_UNIT, None),
    SupervisionStep.APPLIED: (_WITH_UNIT, SupervisionState.APPLIED),
    SupervisionStep.STRUCK: ((SupervisionState.APPLIED,), SupervisionState.STRUCK),
    SupervisionStep.RETURNED: ((SupervisionState.APPLIED,), SupervisionState.RETURNED),
}
"""Each step with the states that it is allowed in, and the state that it leads to (None: the same)."""

NEEDED: dict[SupervisionStep, tuple[str, ...]] = {
    SupervisionStep.REMINDED: ("text",),
    SupervisionStep.ANSWERED: ("text",),
    SupervisionStep.EXTENDED: ("due", "text"),
    SupervisionStep.APPLIED: ("text", "evidence"),
    SupervisionStep.STRUCK: ("evidence",),
    SupervisionStep.RETURNED: ("text",),
}
"""What each step cannot be without."""

SUGGESTED: dict[SupervisionGround, tuple[int, str]] = {
    SupervisionGround.OVERDUE: (15, "逐项倒排工期，明确完工时间并抓紧完成，书面说明逾期原因。"),
    SupervisionGround.RED_TWICE: (15, "查明进度滞后原因，制定赶工措施，尽快追上序时进度。"),
    SupervisionGround.SILENT: (5, "补报本期进度，说明未按时填报的原因。"),
}
"""For each suggested ground: the days given, and what is asked of the unit."""


class Step(Protocol):
    """What happened to an item: the step, its day, and the new due date of an extension."""

    @property
    def step(self) -> str:
        """The step taken."""

    @property
    def day(self) -> date:
        """The day it was taken on."""

    @property
    def due(self) -> date | None:
        """The new due date, of an extension."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands on a day: its state, current due date, days over it, and the days of 办结 and 销号.

    The days over run to the day asked, but end where the unit said it was done (申请销号) unless that was returned.
    """

    state: SupervisionState
    due: date
    days_over: int
    applied: date | None
    struck: date | None


def standing(due: date, steps: Iterable[Step], day: date) -> Standing:
    """Judge an item on a day from the steps taken by then, the earliest first."""
    state = SupervisionState.RAISED
    applied = struck = None
    for taken in steps:
        if taken.day > day:
            break
        step = SupervisionStep(taken.step)
        state = TRANSITIONS[step][1] or state
        due = taken.due or due
        if step is SupervisionStep.APPLIED:
            applied = taken.day
        elif step is SupervisionStep.RETURNED:
            applied = None
        elif step is SupervisionStep.STRUCK:
            struck = taken.day
    return Standing(state, due, max(((applied or day) - due).days, 0), applied, struck)


def barred(step: SupervisionStep, state: SupervisionState) -> str:
    """Say why a step may not follow in a state, and what has to come first; empty where it may."""
    if state in TRANSITIONS[step][0]:
        return ""
    return f"现为“{state}”，不能{step}。{_FIRST.get(state, '要先由单位办结、登记申请销号。')}"


_FIRST = {
    SupervisionState.APPLIED: "单位已申请销号：请先核验销号或退回。",
    SupervisionState.STRUCK: "已销号的不再办理，有新情况请另行交办。",
}
