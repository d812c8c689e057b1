"""The one door for reading: positions, totals and history, as of a day and known at a moment.

Every call opens a short session and gives back plain values, so a screen or a report never holds one. What only some
readers need is loaded when its name is first used: every table that is mapped makes starting slower.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hgt_portfolio.figures.milestones import Node, SubCount, share_met
from hgt_portfolio.figures.people import Person, UnitInfo
from hgt_portfolio.figures.portfolio import InForce, Portfolio
from hgt_portfolio.figures.position import Filter, Group, Position, Sum
from hgt_portfolio.figures.reader import Unknown, ask_for, closing_of, rule_set, rules_at, unknown_words
from hgt_portfolio.figures.rows import Order, read_positions
from hgt_portfolio.figures.totals import By, Worked
from hgt_portfolio.rules.point import Point
from hgt_portfolio.store import Stop, StoreError

if TYPE_CHECKING:
    from hgt_portfolio.figures.board import Filing
    from hgt_portfolio.figures.conflicts import Clash
    from hgt_portfolio.figures.events import Entry, Event
    from hgt_portfolio.figures.forecast import Backtest, Earned, Outlook, sum_outlooks
    from hgt_portfolio.figures.keeping import filter_settings, read_filter
    from hgt_portfolio.figures.moving import Move
    from hgt_portfolio.figures.queue import Queue, Task
    from hgt_portfolio.figures.requests import Request
    from hgt_portfolio.figures.sources import Course, Deed, Source
    from hgt_portfolio.figures.supervising import StepTaken, Suggestion, SupervisionItem
    from hgt_portfolio.figures.whole import Figures

__all__ = [
    "Backtest",
    "By",
    "Clash",
    "Course",
    "Deed",
    "Earned",
    "Entry",
    "Event",
    "Figures",
    "Filing",
    "Filter",
    "Group",
    "InForce",
    "Move",
    "Node",
    "Order",
    "Outlook",
    "Person",
    "Point",
    "Portfolio",
    "Position",
    "Queue",
    "Request",
    "Source",
    "StepTaken",
    "Stop",
    "StoreError",
    "SubCount",
    "Suggestion",
    "Sum",
    "SupervisionItem",
    "Task",
    "UnitInfo",
    "Unknown",
    "Worked",
    "ask_for",
    "closing_of",
    "filter_settings",
    "read_filter",
    "read_positions",
    "rule_set",
    "rules_at",
    "share_met",
    "sum_outlooks",
    "unknown_words",
]

_LATER = {
    "board": ("Filing",),
    "conflicts": ("Clash",),
    "events": (
        "Entry",
        "Event",
    ),
    "forecast": (
        "Backtest",
        "Earned",
        "Outlook",
        "sum_outlooks",
    ),
    "keeping": (
        "filter_settings",
        "read_filter",
    ),
    "moving": ("Move",),
    "queue": (
        "Queue",
        "Task",
    ),
    "requests": ("Request",),
    "sources": (
        "Course",
        "Deed",
        "Source",
    ),
    "supervising": (
        "StepTaken",
        "Suggestion",
        "SupervisionItem",
    ),
    "whole": ("Figures",),
}
"""The names that are loaded when they are first used, by their module."""


def __getattr__(name: str) -> Any:
    module = next((module for module, names in _LATER.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
