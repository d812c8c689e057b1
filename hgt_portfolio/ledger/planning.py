"""Year plans: what a row takes over from the one before it, and what later rows take over from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.model.filing import YearPlan

STEPS = ("q1_fen", "q2_fen", "q3_fen", "q4_fen")


def year_plans_of(session: Session, project_id: int, year: int) -> list[YearPlan]:
    """Give the standing plans of a project and year, one an effective date, in order of effect."""
    rows = session.execute(
        select(YearPlan)
        .where(col(YearPlan.project_id) == project_id, col(YearPlan.year) == year, col(YearPlan.revoked_at).is_(None))
        .order_by(col(YearPlan.effective), col(YearPlan.recorded_at), col(YearPlan.id))
    ).scalars()
    return list({row.effective: row for row in rows}.values())


def set_year_plan(
    draft: Draft,
    project_id: int,
    year: int,
    effective: date,
    *,
    amount_fen: int | None = None,
    steps_fen: tuple[int, int, int, int] | None = None,
    goal: str | None = None,
    doc: str | None = None,
) -> None:
    """Plan the row that holds from ``effective`` on; what is not given is taken over from the row before.

    Steps are kept as long as the amount is. A new goal is carried to later rows that had none of their own; where
    nothing changes, nothing is written.
    """
    standing = year_plans_of(draft.session, project_id, year)
    before = next((row for row in reversed(standing) if row.effective <= effective), None)
    facts = _facts(before)
    if amount_fen is not None and amount_fen != facts["amount_fen"]:
        facts |= {"amount_fen": amount_fen, **dict.fromkeys(STEPS)}
    if steps_fen is not None:
        facts |= dict(zip(STEPS, steps_fen, strict=True))
    if goal is not None:
        facts["goal"] = goal
    if before is not None and facts == _facts(before) and before.effective == effective:
        return
    draft.add(YearPlan, project_id=project_id, year=year, effective=effective, doc=doc, **facts)
    old_goal = before.goal if before else None
    for later in (row for row in standing if row.effective > effective):
        if goal is None or goal == old_goal or later.goal != old_goal:
            return
        carried = _facts(later) | {"goal": goal}
        draft.add(YearPlan, project_id=project_id, year=year, effective=later.effective, doc=later.doc, **carried)


def _facts(row: YearPlan | None) -> dict[str, Any]:
    return {name: getattr(row, name, None) for name in ("amount_fen", *STEPS, "goal")}
