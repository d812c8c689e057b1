"""Loading a plan: its domains, units and rows become the ledger's first action."""

from __future__ import annotations

from typing import Any

from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.model.columns import BEGINNING
from hgt_portfolio.model.inputs import clean
from hgt_portfolio.model.project import (
    Domain,
    PlanRecord,
    PlanStatement,
    Project,
    ProjectVersion,
    SubItem,
    Unit,
    UnitAlias,
    VersionUnit,
)
from hgt_portfolio.months import Month
from hgt_portfolio.plan import Plan, PlanRow
from hgt_portfolio.plan.units import UnitCell
from hgt_portfolio.terms import Phase, UnitRole


def initials(name: str) -> str:
    """Give the initials of a name's pinyin in lower case (雨污管网: ``ywgw``), other letters and digits kept."""
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.lower() if letter.isascii() and letter.isalnum())


def load(draft: Draft, plan: Plan, *, demo: bool) -> None:
    """Write a plan into an empty ledger, in one action."""
    add_plan(draft, plan, demo=demo)
    draft.write()


def add_plan(draft: Draft, plan: Plan, *, demo: bool) -> None:
    """Plan every row of a plan as loaded."""
    draft.title = f"装载规划 {plan.doc_no}，{len(plan.rows)} 个项目"
    draft.after = {"projects": len(plan.rows), "units": len(plan.units), "doc_no": plan.doc_no}
    domains = {name: Domain(id=n, name=name, position=n) for n, name in enumerate(plan.domains, 1)}
    units = {
        unit.name: Unit(id=n, name=unit.name, kind=unit.kind, full_name=unit.full_name, position=n, action_id=draft.id)
        for n, unit in enumerate(plan.units, 1)
    }
    aliases = [
        UnitAlias(alias=alias, unit_id=units[unit.name].id or 0, action_id=draft.id)
        for unit in plan.units
        for alias in dict.fromkeys((*unit.aliases, *([unit.full_name] if unit.full_name else [])))
    ]
    record = PlanRecord(**{name: getattr(plan, name) for name in _PLAN_FIELDS}, demo=int(demo), action_id=draft.id)
    statements = [
        PlanStatement(id=n, code=s.code, stated=s.stated, quote=s.quote, action_id=draft.id)
        for n, s in enumerate(plan.statements, 1)
    ]
    draft.rows += (*domains.values(), *units.values(), *aliases, record, *statements)
    projects = [
        Project(id=n, no=row.no, position=n, source_row=row.row, action_id=draft.id)
        for n, row in enumerate(plan.rows, 1)
    ]
    versions = [
        _version(draft, plan, row, project, domains[row.domain], units)
        for row, project in zip(plan.rows, projects, strict=True)
    ]
    draft.rows += projects
    ids = {project.no: project.id for project in projects}
    for position, item in enumerate(plan.sub_items, 1):
        facts = {"name": item.name, "total": item.total, "source": item.source, "position": position}
        draft.add(SubItem, project_id=ids[item.no], effective=BEGINNING, **facts)
    names = {unit.name: unit.id for unit in units.values()}
    for row, version in zip(plan.rows, versions, strict=True):
        add_members(draft, version, row.units, names)


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


def _version(
    draft: Draft, plan: Plan, row: PlanRow, project: Project, domain: Domain, units: dict[str, Unit]
) -> ProjectVersion:
    values: dict[str, Any] = {
        "project_id": project.id,
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
        "domain_id": domain.id,
        "lead_id": units[row.units.lead or ""].id,
        "unit_text": row.unit_text,
        "investment_kind": row.amount.kind,
        "investment_fen": row.amount.fen,
        "investment_text": row.investment_text,
        "source": row.source,
    }
    version: ProjectVersion = draft.add(ProjectVersion, **values)
    return version


def add_members(draft: Draft, version: ProjectVersion, cell: UnitCell, ids: dict[str, int | None]) -> None:
    """Plan the cooperating units and generic members of a version, in the cell's order."""
    named = [(UnitRole.COOPERATING, name) for name in cell.cooperating]
    generic = [(UnitRole.GENERIC, name) for name in cell.generic]
    for position, (role, name) in enumerate(named + generic, 1):
        unit_id = ids[name] if role is UnitRole.COOPERATING else None
        member = VersionUnit(version_id=version.id or 0, position=position, role=role, unit_id=unit_id, text=name)
        draft.rows.append(member)
