"""Loading a plan: its domains, units and rows become the ledger's first action."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.indicators import add_indicators
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.inputs import clean
from hgt_portfolio.model.people import UnitAlias
from hgt_portfolio.model.project import (
    Domain,
    PlanRecord,
    PlanStatement,
    Project,
    ProjectVersion,
    SubItem,
    Unit,
    VersionUnit,
)
from hgt_portfolio.months import Month
from hgt_portfolio.plan import Plan, PlanRow
from hgt_portfolio.plan.units import UnitCell
from hgt_portfolio.terms import Phase, UnitRole


def initials(name: str) -> str:
    """Give the initials of a name's pinyin in lower case (雨污管网: ``ywgw``), other letters and digits kept."""
    return "".join([_kept(piece) if piece.isascii() else _initials(piece) for piece in _PIECES.findall(name)])


_PIECES = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def _kept(letters: str) -> str:
    return "".join([letter for letter in letters.lower() if letter.isascii() and letter.isalnum()])


@lru_cache(maxsize=20_000)
def _initials(piece: str) -> str:
    """Give the initials of what stands between other letters: names of one plan have much in common."""
    from pypinyin.seg.simpleseg import seg

    return "".join([_of_word(word) for word in seg(piece)])


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return _kept("".join(lazy_pinyin([word], style=Style.FIRST_LETTER)))


def load(draft: Draft, plan: Plan, *, demo: bool) -> None:
    """Write a plan into an empty ledger, in one action."""
    add_plan(draft, plan, demo=demo)
    draft.write()


def add_plan(draft: Draft, plan: Plan, *, demo: bool) -> None:
    """Plan every row of a plan as loaded."""
    draft.title = f"装载规划 {plan.doc_no}，{len(plan.rows)} 个项目"
    draft.after = {"projects": len(plan.rows), "units": len(plan.units), "doc_no": plan.doc_no}
    domains = {name: n for n, name in enumerate(plan.domains, 1)}
    for name, n in domains.items():
        draft.put(Domain, id=n, name=name, position=n)
    units: dict[str, int | None] = {unit.name: n for n, unit in enumerate(plan.units, 1)}
    for n, unit in enumerate(plan.units, 1):
        facts = {"name": unit.name, "kind": unit.kind, "full_name": unit.full_name}
        draft.put(Unit, id=n, position=n, action_id=draft.id, **facts)
        for alias in dict.fromkeys((*unit.aliases, *([unit.full_name] if unit.full_name else []))):
            draft.put(UnitAlias, alias=alias, unit_id=n, action_id=draft.id)
    record = {name: getattr(plan, name) for name in _PLAN_FIELDS}
    draft.put(PlanRecord, **record, demo=int(demo), action_id=draft.id)
    for n, one in enumerate(plan.statements, 1):
        draft.put(PlanStatement, id=n, code=one.code, stated=one.stated, quote=one.quote, action_id=draft.id)
    ids = {row.no: n for n, row in enumerate(plan.rows, 1)}
    for n, row in enumerate(plan.rows, 1):
        draft.put(Project, id=n, no=row.no, position=n, source_row=row.row, action_id=draft.id)
        version = draft.add(ProjectVersion, project_id=n, domain_id=domains[row.domain], **_facts(plan, row, units))
        add_members(draft, version["id"], row.units, units)
    for position, item in enumerate(plan.sub_items, 1):
        said: dict[str, Any] = {"name": item.name, "total": item.total, "source": item.source, "position": position}
        draft.add(SubItem, project_id=ids[item.no], effective=BEGINNING, **said)
    add_indicators(draft, plan.indicators)


_PLAN_FIELDS = (
    "title",
    "portfolio",
    "doc_no",
    "issued",
    "issuer",
    "office",
    "start",
    "near_end",
    "far_from",
    "horizon_end",
)


def stage_of(due: Month | None, far_from: Month) -> Phase:
    """规划口径: 远期 where the planned end lies in or after the plan's first far month."""
    if due is None:
        return Phase.UNDATED
    return Phase.FAR if due >= far_from else Phase.NEAR


def _facts(plan: Plan, row: PlanRow, units: dict[str, int | None]) -> dict[str, Any]:
    return {
        "effective": BEGINNING,
        "name": clean(row.name),
        "initials": initials(row.name),
        "scope": clean(row.scope),
        "period_text": row.period_text,
        "start": row.period.start,
        "due": row.period.end,
        "baseline_start": row.period.start,
        "baseline_due": row.period.end,
        "baseline_fen": row.amount.fen,
        "stage": stage_of(row.period.end, plan.far_from),
        "operation": int(row.operation),
        "lead_id": units[row.units.lead or ""],
        "unit_text": row.unit_text,
        "investment_kind": row.amount.kind,
        "investment_fen": row.amount.fen,
        "investment_text": row.investment_text,
        "source": row.source,
    }


def add_members(draft: Draft, version_id: int, cell: UnitCell, ids: dict[str, int | None]) -> None:
    """Plan the cooperating units and generic members of a version, in the cell's order."""
    named = [(UnitRole.COOPERATING, name) for name in cell.cooperating]
    generic = [(UnitRole.GENERIC, name) for name in cell.generic]
    for position, (role, name) in enumerate(named + generic, 1):
        unit_id = ids[name] if role is UnitRole.COOPERATING else None
        draft.put(VersionUnit, version_id=version_id, position=position, role=role, unit_id=unit_id, text=name)
