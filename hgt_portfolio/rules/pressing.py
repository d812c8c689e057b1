"""What presses most: the reasons in order of harm, as data for the list's order and for the word beside each row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case

from hgt_portfolio.rules.sql import Sql
from hgt_portfolio.terms import DeadlineState, Light, StartState, Status

PRESSING = (
    ("逾期", "deadline_state", DeadlineState.OVERDUE),
    ("到期未核实", "deadline_state", DeadlineState.UNVERIFIED),
    ("红灯", "light", Light.RED),
    ("应开未开", "start_state", StartState.LATE),
    ("停工", "status", Status.SUSPENDED),
    ("临期", "deadline_state", DeadlineState.DUE_SOON),
    ("黄灯", "light", Light.YELLOW),
)
"""Each reason with the column and the term that make it."""


def pressing_rank(columns: Any) -> Sql:
    """Give the rank of the first reason that holds, NULL where none does."""
    return case(*((columns[column] == term, rank) for rank, (_, column, term) in enumerate(PRESSING)))


def pressing_reason(position: Any) -> str | None:
    """Give the first reason that holds of a position, in words."""
    return next((word for word, column, term in PRESSING if getattr(position, column) == term), None)
