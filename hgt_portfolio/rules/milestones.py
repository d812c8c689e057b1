"""节点: where a milestone stands on a day, and the weighted share that is met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hgt_portfolio.months import Month, last_day
from hgt_portfolio.terms import MilestoneState


def milestone_state(planned: Month, met: date | None, day: date) -> tuple[MilestoneState, int]:
    """Judge a milestone on a day, with the days it is or was late; it is due on the last day of its month."""
    due = last_day(planned)
    if met is not None and met <= day:
        late = max((met - due).days, 0)
        return (MilestoneState.LATE, late) if late else (MilestoneState.ON_TIME, 0)
    late = max((day - due).days, 0)
    return (MilestoneState.OVERDUE, late) if late else (MilestoneState.NOT_DUE, 0)


def weighted_share(weights: Iterable[tuple[int | None, bool]]) -> Decimal | None:
    """Give Σ weight met ÷ Σ weight of pairs of weight and whether it is met; None where one has no weight."""
    pairs = list(weights)
    known = [(weight, met) for weight, met in pairs if weight is not None]
    total = sum(weight for weight, _ in known)
    if len(known) < len(pairs) or not total:
        return None
    return Decimal(sum(weight for weight, met in known if met)) / total
