"""The plan: its 62 rows, its units and its own stated totals, as printed; any other plan from its office's table."""

from __future__ import annotations

from hgt_portfolio.plan.indicators import (
    Inconsistency,
    Measure,
    PlanIndicator,
    Reach,
    read_inconsistencies,
    read_measures,
    read_reach,
)
from hgt_portfolio.plan.load import Plan, PlanRow, PlanUnit, Statement, alias_map, read_plan
from hgt_portfolio.plan.units import UnitCell, parse_unit

__all__ = [
    "Inconsistency",
    "Measure",
    "Plan",
    "PlanIndicator",
    "PlanRow",
    "PlanUnit",
    "Reach",
    "Statement",
    "UnitCell",
    "alias_map",
    "parse_unit",
    "read_inconsistencies",
    "read_measures",
    "read_plan",
    "read_reach",
]
