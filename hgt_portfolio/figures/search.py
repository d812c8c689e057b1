"""What a filter asks of a position, as conditions on its columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from hgt_portfolio.figures.layers import chosen
from hgt_portfolio.figures.position import Filter
from hgt_portfolio.figures.query import KNOWN_AT, Ask, Condition, table_of, unit_on
from hgt_portfolio.model.project import Domain, Project, ProjectVersion, Unit, VersionUnit
from hgt_portfolio.rules.point import Point
from hgt_portfolio.rules.sql import plain
from hgt_portfolio.terms import (
    OPERATION_STATUS_LABELS,
    SILENT_STATES,
    Basis,
    DeadlineState,
    FilingState,
    Light,
    StartState,
    Status,
)

_EXACT = ("domain", "unit", "deadline_state", "start_state", "light", "filing_state")
_SEARCHED = ("name", "initials", "unit_text")
"""Columns of a version that a word is searched for in."""

_TERMS = (("status", Status), ("deadline_state", DeadlineState))
"""Columns that hold a term, and their vocabularies: a word is searched for in the vocabulary."""

_WHOLE = (
    *((f"{light}灯", "light", light) for light in Light),
    *((state, "start_state", state) for state in StartState),
    *((state, "filing_state", state) for state in FilingState),
)
"""Words that are searched for whole, with the column that each is looked up in and what stands there."""


def conditions(where: Filter, ask: Ask, *, near: bool = False) -> list[Condition]:
    """Give what a filter asks, one condition for each of its fields and words.

    ``near`` asks it of the first projects alone, so many that a page is mostly among them.
    """
    first: list[Condition] = [lambda c: c["position"] <= NEAR] if near else []
    return first + list(_conditions(where, ask, near=near))


NEAR = 5000
"""Projects that are looked through one by one before all are searched at once."""


def _conditions(where: Filter, ask: Ask, *, near: bool) -> Iterator[Condition]:
    for name in _EXACT:
        if value := getattr(where, name):
            yield _equal(name, value)
    if where.member:
        yield _member(where.member, ask.point)
    if where.phase:
        yield _equal("stage" if where.basis is Basis.PLAN else "phase_deadline", where.phase)
    if where.status:
        yield _equal("status", None if where.status == "未填报" else where.status)
    if where.priced is not None:
        yield _known("investment", known=where.priced)
    if where.stated is not None:
        yield _known(where.stated, known=True)
    if where.silent:
        yield lambda c: c["filing_state"].in_(SILENT_STATES)
    if where.nos:
        yield lambda c: c["no"].in_(where.nos)
    for text in where.text.split():
        yield _matching(text, ask, near=near)
    if where.within:
        yield from _conditions(where.within, ask, near=near)


def _equal(name: str, value: Any) -> Condition:
    return lambda c: c[name].is_(None) if value is None else c[name] == value


def _known(name: str, *, known: bool) -> Condition:
    return lambda c: c[name].is_not(None) if known else c[name].is_(None)


def _member(name: str, point: Point) -> Condition:
    """Ask for a unit that leads or cooperates."""
    joined = (
        select(col(VersionUnit.version_id))
        .join(Unit, col(Unit.id) == unit_on(col(VersionUnit.unit_id), point.units_day, KNOWN_AT))
        .where(col(Unit.name) == name)
    )
    return lambda c: or_(c["unit"] == name, c["version_id"].in_(joined))


def _matching(text: str, ask: Ask, *, near: bool) -> Condition:
    """Ask for one word in a project's number, names, terms, or the initials of its name's pinyin.

    Units, domains and terms are searched for the word first: what they are few of is not searched project by project.
    A light (红灯) and the states of start and filing are matched whole.
    """
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    def found(value: Any) -> Any:
        # SQLite's LIKE knows no case of ASCII letters by itself.
        folded = func.lower(plain(value)) if ask.lateral else value
        return folded.like(f"%{escaped}%", escape="\\")

    standing = unit_on(col(Unit.id), ask.point.units_day, KNOWN_AT)
    leads = select(col(Unit.id)).where(standing.in_(select(col(Unit.id)).where(found(col(Unit.name)))))
    domains = select(col(Domain.id)).where(found(col(Domain.name)))
    called = [status for status, label in OPERATION_STATUS_LABELS.items() if text.lower() in label.lower()]

    def told(c: Any) -> list[Any]:
        terms = {name: [str(term) for term in words if text.lower() in term.lower()] for name, words in _TERMS}
        found = [c[name].in_(these) for name, these in terms.items() if these]
        found += [and_(c["operation"] == 1, c["status"].in_(called))] if called else []
        return found + [c[name] == str(value) for word, name, value in _WHOLE if word == text]

    def written(version: Any) -> list[Any]:
        searched = [found(version[name]) for name in _SEARCHED]
        return [*searched, version["lead_id"].in_(leads), version["domain_id"].in_(domains)]

    def condition(c: Any) -> Any:
        said = told(c)
        if said or near:
            return or_(found(c["no"]), *written(c), *said)
        # One pass over all versions is far faster than looking up each project's own: few are left to look up.
        version, project = table_of(ProjectVersion).c, table_of(Project).c
        either = select(version.project_id).where(or_(*written(version)))
        likely = either.union_all(select(project.id).where(found(project.no)))
        return and_(c["id"].in_(likely), or_(found(c["no"]), *written(c)))

    return condition


def filtered(ask: Ask, where: Filter, *names: str) -> Any:
    """Give the named columns of the positions that a filter lets through, as a subquery to join others to."""
    return chosen(ask, names, conditions(where, ask))
