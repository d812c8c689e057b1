"""Amendments: what a project's versions become, and what the office reads of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.loading import add_members, initials, stage_of
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.inputs import FIELD_LABELS, Changes, Part
from hgt_portfolio.model.people import UnitAlias
from hgt_portfolio.model.project import Domain, PlanRecord, Project, ProjectVersion, Unit
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import Month, last_day, month_text
from hgt_portfolio.plan.units import UnitCell, parse_unit
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import InvestmentKind

CARRIED = tuple(
    name
    for name in ProjectVersion.model_fields
    if name not in (*LedgerRow.model_fields, "project_id", "effective", "source")
)
"""The facts that a version takes over from the one before it."""

TOGETHER = (("name", "initials"), ("unit_text", "lead_id"), ("investment_kind", "investment_fen", "investment_text"))
"""Facts that say one thing between them: a later version that changed one of them keeps its own of all."""


def versions_of(session: Session, project_id: int) -> list[ProjectVersion]:
    """Give a project's standing versions, one an effective date, in order of effect."""
    rows = session.execute(
        select(ProjectVersion)
        .where(col(ProjectVersion.project_id) == project_id, col(ProjectVersion.revoked_at).is_(None))
        .order_by(col(ProjectVersion.effective), col(ProjectVersion.recorded_at), col(ProjectVersion.id))
    ).scalars()
    return list({row.effective: row for row in rows}.values())


def unit_names(session: Session) -> tuple[dict[str, int | None], dict[str, str]]:
    """Give the units' numbers by name, and every alias with its unit's name."""
    ids = {row.name: row.id for row in session.execute(select(Unit)).scalars()}
    rows = session.execute(select(col(UnitAlias.alias), col(Unit.name)).join(Unit, col(Unit.id) == UnitAlias.unit_id))
    return ids, {alias: name for alias, name in rows}  # noqa: C416


def listed_units(session: Session, text: str) -> tuple[UnitCell, dict[str, int | None]]:
    """Read a version's own unit cell, which may name no lead (未明确), against the ledger's units."""
    ids, aliases = unit_names(session)
    return parse_unit(text, {name: name for name in ids} | aliases), ids


def read_units(session: Session, text: str) -> tuple[UnitCell, dict[str, int | None]]:
    """Read a unit cell against the ledger's units; raises ``ValueError`` naming a unit it does not know."""
    cell, ids = listed_units(session, text)
    strangers = [name for name in (cell.lead, *cell.cooperating) if name is not None and name not in ids]
    if cell.lead is None or strangers:
        unknown = "、".join(strangers) or text
        raise ValueError(f"没有名为“{unknown}”的责任单位；已有：{'、'.join(ids)}。")
    return cell, ids


def facts(session: Session, changes: Changes) -> dict[str, Any]:
    """Turn what an amendment sets into the columns of a version; raises ``ValueError`` with a sentence."""
    given = changes.given()
    columns: dict[str, Any] = {
        name: given[name]
        for name in ("name", "scope", "start", "due", "investment_fen", "investment_text", "statistics_code")
        if name in given
    }
    if "name" in columns:
        columns["initials"] = initials(columns["name"])
    if changes.investment_fen is not None:
        columns["investment_kind"] = InvestmentKind.FIXED
        columns.setdefault("investment_text", wan_text(changes.investment_fen))
    elif changes.investment_kind is not None:
        columns |= {"investment_kind": changes.investment_kind, "investment_fen": None}
    if changes.domain:
        domain = session.execute(select(Domain).where(col(Domain.name) == changes.domain)).scalar()
        if domain is None:
            raise ValueError(f"没有名为“{changes.domain}”的领域。")
        columns["domain_id"] = domain.id
    if changes.unit_text:
        cell, ids = read_units(session, changes.unit_text)
        columns |= {"unit_text": changes.unit_text, "lead_id": ids[cell.lead or ""]}
    if changes.in_statistics is not None:
        columns["in_statistics"] = int(changes.in_statistics)
    if changes.exited:
        columns["exited"] = 1
    if changes.parts or changes.merger:
        columns["replaced"] = 1
    return columns


def check_span(columns: dict[str, Any], base: ProjectVersion) -> list[Finding]:
    """Refuse a span that ends before it starts."""
    start, due = columns.get("start", base.start), columns.get("due", base.due)
    if start is not None and due is not None and start > due:
        return [error("due", f"完工期限 {month_text(due)} 早于开工月 {month_text(start)}，请改正。")]
    return []


def amend_versions(draft: Draft, project_id: int, columns: dict[str, Any], effective: date, source: str) -> None:
    """Plan the version from ``effective`` on, and rewrite later ones with the changed facts carried forward.

    A fact is carried until a later version changed it itself.
    """
    standing = versions_of(draft.session, project_id)
    base = [row for row in standing if row.effective <= effective][-1]
    _add_version(draft, base, columns, effective, source)
    carried, before = dict(columns), base
    for later in (row for row in standing if row.effective > effective):
        kept = {name for name in carried if not _changed(name, before, later)}
        carried = {name: value for name, value in carried.items() if name in kept}
        if not carried:
            return
        _add_version(draft, later, carried, later.effective, later.source)
        before = later


def _changed(name: str, before: ProjectVersion, later: ProjectVersion) -> bool:
    group = next((names for names in TOGETHER if name in names), (name,))
    return any(getattr(later, member) != getattr(before, member) for member in group)


def _add_version(draft: Draft, base: ProjectVersion, columns: dict[str, Any], effective: date, source: str) -> None:
    values = {name: getattr(base, name) for name in CARRIED} | columns
    if values["start"] is not None and values["due"] is not None and values["start"] > values["due"]:
        raise ValueError(
            f"{effective} 起完工期限 {month_text(values['due'])} 早于开工月 {month_text(values['start'])}，请一并调整。"
        )
    if "start" in columns or "due" in columns:
        values["period_text"] = span_text(values["start"], values["due"])
    draft.add(ProjectVersion, project_id=base.project_id, effective=effective, source=source, **values)


def span_text(start: Month | None, due: Month | None) -> str:
    """Write a span as the plan does: ``2022.7-2024.12``."""
    return "-".join("" if m is None else f"{m // 12}.{m % 12 + 1}" for m in (start, due)) or "待定"


def write_members(draft: Draft) -> None:
    """Plan the cooperating units of the versions that the draft holds."""
    if ProjectVersion not in draft.rows:
        return
    ids, aliases = unit_names(draft.session)
    known = {name: name for name in ids} | aliases
    for row in draft.planned(ProjectVersion):
        add_members(draft, row["id"], parse_unit(row["unit_text"], known), ids)


def new_project(draft: Draft, no: str) -> Project:
    """Give the number's project, making it where it has none yet; raises ``ValueError`` where it is in use."""
    session = draft.session
    project = session.execute(select(Project).where(col(Project.no) == no)).scalar()
    if project is None:
        last = session.execute(select(Project).order_by(col(Project.position).desc()).limit(1)).scalar()
        project = Project(no=no, position=(last.position if last else 0) + 1, action_id=draft.id)
        project.id = (
            session.execute(select(col(Project.id)).order_by(col(Project.id).desc()).limit(1)).scalar() or 0
        ) + 1
        draft.put(Project, **project.model_dump())
    elif versions_of(session, project.id or 0):
        raise ValueError(f"序号 {no} 已有项目，新增项目请用别的序号。")
    elif project.root_id is not None or project.stands_for > 1:
        raise ValueError(f"序号 {no} 曾用于拆分或合并（已撤销），新增项目请用别的序号。")
    return project


def first_version(draft: Draft, project: Project, columns: dict[str, Any], effective: date, source: str) -> None:
    """Plan the first version of a new project; what it says is also its baseline."""
    missing = [name for name in ("name", "domain_id", "lead_id", "start", "due") if columns.get(name) is None]
    if missing:
        labels = {"domain_id": "领域", "lead_id": "责任单位"}
        raise ValueError(f"新增项目还缺：{'、'.join(labels.get(name) or FIELD_LABELS[name] for name in missing)}。")
    plan = draft.session.get(PlanRecord, 1)
    values = {
        "scope": "",
        "period_text": span_text(columns["start"], columns["due"]),
        "baseline_start": columns["start"],
        "baseline_due": columns["due"],
        "baseline_fen": columns.get("investment_fen"),
        "stage": stage_of(columns["due"], plan.far_from if plan else columns["due"] + 1),
        "investment_kind": InvestmentKind.UNDETERMINED,
        "investment_text": "待定",
        **columns,
    }
    draft.add(ProjectVersion, project_id=project.id, effective=effective, source=source, **values)


def described(changes: Changes, base: ProjectVersion | None, session: Session) -> dict[str, str]:
    """Say what an amendment changes, label by label: ``{"完工期限": "2024-12 → 2025-06"}``."""
    words: dict[str, str] = {}
    for name, value in changes.given().items():
        if name in ("added", "year", "investment_text", "steps_fen"):
            continue
        if name == "parts":
            words["拆分"] = "为 " + "、".join(
                _part_words(base, session, *placed) for placed in enumerate(changes.parts, 1)
            )
            continue
        if name == "merger" and changes.merger is not None:
            numbers = "、".join(f"#{no}" for no in changes.merger.others)
            words["合并"] = f"（含{numbers}）为 #{changes.merger.no} {changes.merger.name}"
            continue
        if name == "exited":
            words["终止"] = "退出项目库"
            continue
        old = _shown(name, _old_value(name, base, session))
        label = f"{changes.year}年{FIELD_LABELS[name]}" if name == "year_plan_fen" else FIELD_LABELS[name]
        words[label] = f"{old} → {_shown(name, value)}" if old else _shown(name, value)
    return words


def _part_words(base: ProjectVersion | None, session: Session, place: int, part: Part) -> str:
    """Say one child of a split: #9-1 流湖片区（3000万元）."""
    project = session.get(Project, base.project_id) if base else None
    amount = "" if part.investment_fen is None else f"（{wan_text(part.investment_fen)}万元）"
    return f"#{project.no if project else ''}-{place} {part.name}{amount}"


def _old_value(name: str, base: ProjectVersion | None, session: Session) -> Any:
    if base is None or name == "year_plan_fen":
        return None
    if name == "domain":
        domain = session.get(Domain, base.domain_id)
        return domain.name if domain else None
    if name == "investment_fen" and base.investment_fen is None:
        return base.investment_text
    return getattr(base, name, None)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in ("start", "due"):
        return month_text(value)
    if name.endswith("_fen") and isinstance(value, int):
        return f"{wan_text(value)}万元"
    if isinstance(value, (bool, int)):
        return "是" if value else "否"
    return str(value)


def moves(columns: dict[str, Any], base: ProjectVersion) -> bool:
    """Tell whether any of the facts an amendment sets differs from those in force."""
    return any(getattr(base, name) != value for name, value in columns.items() if name != "investment_text")


def belated(changes: Changes, base: ProjectVersion | None, approved: date) -> bool:
    """Tell whether a change of dates was approved only after the due date it moves (到期后补办)."""
    if base is None or base.due is None or "due" not in changes.given():
        return False
    return approved > last_day(base.due)


def stored_changes(row: Amendment) -> Changes:
    """Read the changes that an amendment row keeps."""
    return Changes.model_validate(json.loads(row.changes)["set"])


def replaced(asked: Changes, given: Changes) -> Changes:
    """Give what was asked for with what is given instead; facts that say one thing between them go together."""
    facts, own = asked.given(), given.given()
    groups = (*TOGETHER, ("year", "year_plan_fen", "steps_fen"))
    for name in own:
        group = next((names for names in groups if name in names), (name,))
        if own[name] != facts.get(name):
            facts = {one: value for one, value in facts.items() if one not in group}
            facts |= {one: own[one] for one in group if one in own}
    return Changes.model_validate(facts)
