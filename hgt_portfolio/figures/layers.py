"""The one select that every figure comes from: rules as column expressions, layer upon layer, over the facts.

A select holds only the columns that are asked for and what these are worked out from; a condition goes into the lowest
layer that has its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnClause, FromClause, Select, case, column, literal_column, null, select
from sqlalchemy.sql import visitors

from hgt_portfolio.figures.query import Ask, Condition, Facts, facts
from hgt_portfolio.rules.deadline import deadline_state, filing_state, phase_by_deadline, start_state
from hgt_portfolio.rules.lights import light_terms, measured, measured_note
from hgt_portfolio.rules.progress import pace_terms, rounded_share, spread_through, stated
from hgt_portfolio.rules.sql import Sql, first_known
from hgt_portfolio.rules.sql import month_of as sql_month_of
from hgt_portfolio.terms import COMPLETE_STATUSES, UNSTARTED_STATUSES

Columns = dict[str, Sql]


def _amounts(ask: Ask, c: Columns) -> Columns:
    """Add the amounts stated at P and at each base, and the terms of 序时进度."""
    point = ask.point
    top, bottom, gone = pace_terms(point.year_base, point.period, c)
    # What is filed as not begun and at nought for P had done nothing before it either.
    idle = (c["period_row"] == point.period) & c["period_done"].in_(UNSTARTED_STATUSES) & (c["period_fen"] == 0)
    begins = case((idle, point.period + 1), else_=first_known(sql_month_of(c["started"]), c["start"]))

    def at(month: int, name: str) -> Sql:
        checked = c["verdict_status"].in_(COMPLETE_STATUSES) & (c["verdict_period"] <= month)
        return stated(month, c[f"{name}_row"], c[f"{name}_fen"], c[f"{name}_done"], begins, checked)

    return {
        "stated": at(point.period, "period"),
        "base": at(point.quarter_base, "quarter"),
        "opening": at(point.year_base, "year"),
        "plan_base": at(ask.plan_start - 1, "plan"),
        "pace_top": top,
        "pace_bottom": bottom,
        "pace_gone": gone,
        "stepped": case((c["q1"].is_not(None), 1), else_=0),
    }


def _flows(ask: Ask, c: Columns) -> Columns:
    """Add the flows between the stated amounts, the planned amount so far, and what the rules say of the states."""
    return {
        "quarter": c["stated"] - c["base"],
        "ytd": c["stated"] - c["opening"],
        "since_plan": c["stated"] - c["plan_base"] if ask.point.period >= ask.plan_start else null(),
        "planned": rounded_share(c["pace_top"], c["pace_bottom"]),
        "deadline_state": deadline_state(ask.point, c),
        "start_state": start_state(ask.point, c),
        "filing_state": filing_state(ask.point, ask.closes, c),
        "phase_deadline": phase_by_deadline(ask.near_end, c["due"]),
        **{
            f"spread_{name}": spread_through(month, c["investment"], c["start"], c["due"])
            for name, month in (("before", ask.plan_start - 1), ("near", ask.near_end), ("all", ask.horizon_end))
        },
    }


def _measured(ask: Ask, c: Columns) -> Columns:
    """Add completion against pace."""
    return {"measured": measured(ask.rules, c), "measured_note": measured_note(ask.rules, c)}


def _lit(ask: Ask, c: Columns) -> Columns:
    """Add the light that the rule set computes, and the step that decided it."""
    light, step = light_terms(ask.rules, ask.point, c)
    return {"light_computed": light, "light_step": step}


def _shown(_ask: Ask, c: Columns) -> Columns:
    """Add the light that is shown: a person's before the computed one."""
    return {"light": first_known(c["light_override"], c["light_computed"])}


_LAYERS: tuple[Callable[[Ask, Columns], Columns], ...] = (_amounts, _flows, _measured, _lit, _shown)


@dataclass(frozen=True)
class Stack:
    """The facts and the layers above them; ``columns`` names every column, ``depth`` says which layer it is of."""

    facts: Facts
    layers: tuple[Columns, ...]
    columns: Columns
    depth: Mapping[str, int]


@lru_cache(maxsize=16)
def _stack(ask: Ask) -> Stack:
    below = facts(ask)
    columns: Columns = {name: column(name, value.type) for name, value in below.columns.items()}
    depth = dict.fromkeys(columns, 0)
    layers: list[Columns] = []
    for level, layer in enumerate(_LAYERS, 1):
        layers.append(layer(ask, columns))
        columns = columns | {name: column(name, value.type) for name, value in layers[-1].items()}
        depth |= dict.fromkeys(layers[-1], level)
    return Stack(below, tuple(layers), columns, depth)


def steady(ask: Ask) -> Ask:
    """Give the ask at no moment: what is made for it serves every moment on the same side of the filing's close."""
    late = ask.point.judged_on > ask.closes
    asked_on = ask.closes + timedelta(days=1) if late else None
    return replace(ask, point=replace(ask.point, known_at=0, asked_on=asked_on))


def names_in(*expressions: Any) -> set[str]:
    """Give the names of a position's columns that expressions use."""
    elements = (element for expression in expressions for element in visitors.iterate(expression))
    columns = (element for element in elements if isinstance(element, ColumnClause) and not element.is_literal)
    return {one.name for one in columns if one.table is None}


def columns_of(ask: Ask) -> Columns:
    """Give every column of a position by its name, to make expressions of."""
    return _stack(steady(ask)).columns


def chosen(ask: Ask, names: Iterable[str], conditions: Sequence[Condition] = (), *, whole: bool = True) -> FromClause:
    """Give the positions that meet conditions, as a subquery of the named columns.

    ``whole`` says that all of its rows will be read. Every layer is then worked out once a row; else a reader that
    stops early, ordered by an index, has only those rows worked out that it takes.
    """
    stack = _stack(steady(ask))
    placed: dict[int, list[Condition]] = {}
    for condition in conditions:
        used = names_in(condition(stack.columns))
        placed.setdefault(max((stack.depth[name] for name in used), default=0), []).append(condition)
    names = list(dict.fromkeys(names))
    top = max([*(stack.depth[name] for name in names), *placed], default=0)
    above = [condition(stack.columns) for condition in placed.get(top, ())] if top else []
    needed = _needed(stack, placed, top, [*names, *sorted(names_in(*above))])
    query = stack.facts.select(needed[0], [condition(stack.facts.columns) for condition in placed.get(0, ())])
    for level in range(1, top + 1):
        made = stack.layers[level - 1]
        met = [condition(stack.columns) for condition in placed.get(level - 1, ())] if level > 1 else []
        if not met and not made.keys() & needed[level]:
            continue
        below = _fenced(query, ask.lateral or (whole and level - 1 in _FENCED)).subquery(f"layer_{level}")
        shown = [made[name].label(name) if name in made else stack.columns[name] for name in needed[level]]
        query = select(*shown).select_from(below).where(*met)
    if above:
        below = _fenced(query, ask.lateral or whole).subquery("unfiltered")
        query = select(*(stack.columns[name] for name in names)).select_from(below).where(*above)
    return _fenced(query, whole).subquery("chosen")


_FENCED = (1, 2, 3)
"""Layers whose columns are used more than once by the layers above."""


def _fenced(query: Select[Any], fenced: bool) -> Select[Any]:
    """Keep the engine from merging a select into the one around it, which would work its columns out at every use."""
    return query.offset(literal_column("0")) if fenced else query


def _needed(stack: Stack, placed: Mapping[int, list[Condition]], top: int, names: Iterable[str]) -> list[list[str]]:
    """Give the columns that each layer has to give to the one above it."""
    needed = [list(dict.fromkeys(names))]
    for level in range(top, 0, -1):
        made = stack.layers[level - 1]
        met = [condition(stack.columns) for condition in placed.get(level - 1, ())] if level > 1 else []
        used = names_in(*(made[name] for name in needed[0] if name in made), *met)
        passed = [name for name in needed[0] if name not in made]
        needed.insert(0, list(dict.fromkeys([*passed, *sorted(used)])))
    return needed
