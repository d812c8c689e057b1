"""Read a plan from its files: ``plan.toml``, ``units.csv``, ``projects.csv``, ``sub_items.csv``, ``statements.csv``.

Its indicators and commitments, where it has any, are read by ``indicators``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from hgt_portfolio.money import Amount, parse_amount
from hgt_portfolio.months import Month, Period, month, parse_period
from hgt_portfolio.plan.indicators import PlanIndicator, read_indicators
from hgt_portfolio.plan.records import records
from hgt_portfolio.plan.units import UnitCell, parse_unit
from hgt_portfolio.terms import UnitKind


@dataclass(frozen=True)
class PlanUnit:
    """A responsible unit; ``full_name`` is ``None`` where the plan gives none (待确认)."""

    name: str
    kind: UnitKind
    full_name: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class PlanRow:
    """One row of the plan's 附表: every cell as printed, the reading of each that has one, and where it comes from."""

    row: int
    no: str
    domain: str
    name: str
    scope: str
    period_text: str
    investment_text: str
    unit_text: str
    operation: bool
    period: Period
    amount: Amount
    units: UnitCell
    source: str


@dataclass(frozen=True)
class Statement:
    """A figure the plan states about itself, with the sentence or place it comes from."""

    code: str
    stated: str
    quote: str


@dataclass(frozen=True)
class PlanSubItem:
    """A group of 子项 that a row's text counts."""

    no: str
    name: str
    total: int
    source: str


@dataclass(frozen=True)
class Plan:
    """A plan as issued; 规划口径 counts a row as 远期 where it is to end in or after ``far_from`` (推算)."""

    title: str
    portfolio: str
    doc_no: str
    issued: date
    issuer: str
    office: str
    start: Month
    near_end: Month
    far_from: Month
    horizon_end: Month
    domains: tuple[str, ...]
    units: tuple[PlanUnit, ...]
    rows: tuple[PlanRow, ...]
    statements: tuple[Statement, ...]
    sub_items: tuple[PlanSubItem, ...] = ()
    indicators: tuple[PlanIndicator, ...] = ()


def _month(text: str) -> Month:
    year, number = text.split("-")
    return month(int(year), int(number))


def _unit(record: dict[str, str]) -> PlanUnit:
    aliases = tuple(record["aliases"].split("、")) if record["aliases"] else ()
    return PlanUnit(record["name"], UnitKind(record["kind"]), record["full_name"] or None, aliases)


def _statement(record: dict[str, str]) -> Statement:
    return Statement(record["code"], record["stated"], record["quote"])


def _sub_item(record: dict[str, str]) -> PlanSubItem:
    return PlanSubItem(record["no"], record["name"], int(record["total"]), record["source"])


def _row(record: dict[str, str], aliases: dict[str, str]) -> PlanRow:
    return PlanRow(
        row=int(record["row"]),
        no=record["no"],
        domain=record["domain"],
        name=record["name"],
        scope=record["scope"],
        period_text=record["period_text"],
        investment_text=record["investment_text"],
        unit_text=record["unit_text"],
        operation=record["operation"] == "1",
        period=parse_period(record["period_text"]),
        amount=parse_amount(record["investment_text"]),
        units=parse_unit(record["unit_text"], aliases),
        source=f"附表第{record['row']}行",
    )


def aliases_of(units: Iterable[PlanUnit]) -> dict[str, str]:
    """Map every alias and full name of units to the unit's own name."""
    return {
        other: unit.name for unit in units for other in (*unit.aliases, *((unit.full_name,) if unit.full_name else ()))
    }


def load_plan(folder: Traversable) -> Plan:
    """Read a plan from a folder; raises ``ValueError`` naming the file and the line at fault."""
    with folder.joinpath("plan.toml").open("rb") as stream:
        about = tomllib.load(stream)
    units = records(folder.joinpath("units.csv"), _unit)
    aliases = aliases_of(units)
    rows = records(folder.joinpath("projects.csv"), lambda record: _row(record, aliases))
    return Plan(
        title=about["title"],
        portfolio=about["portfolio"],
        doc_no=about["doc_no"],
        issued=about["issued"],
        issuer=about["issuer"],
        office=about["office"],
        start=_month(about["start"]),
        near_end=_month(about["near_end"]),
        far_from=_month(about["far_from"]),
        horizon_end=_month(about["horizon_end"]),
        domains=tuple(dict.fromkeys(row.domain for row in rows)),
        units=units,
        rows=rows,
        statements=records(folder.joinpath("statements.csv"), _statement),
        sub_items=records(folder.joinpath("sub_items.csv"), _sub_item),
        indicators=read_indicators(folder),
    )


@cache
def read_plan() -> Plan:
    """Read the plan that ships with the program: 红谷府发〔2024〕3号, 附表."""
    return load_plan(files("hgt_portfolio.plan"))


def alias_map() -> dict[str, str]:
    """Map every alias and full name in the plan's ``units.csv`` to the unit's own name."""
    return aliases_of(read_plan().units)
