"""拆分 and 合并: children or one new project take the place of others, and every sum stays what it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.milestones import standing_milestones
from hgt_portfolio.figures.position import Position
from hgt_portfolio.ledger.amending import CARRIED, amend_versions, read_units, span_text, versions_of
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.filing import position_at
from hgt_portfolio.ledger.loading import initials
from hgt_portfolio.ledger.planning import STEPS
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.filing import LightOverride, Report, Verification, YearPlan
from hgt_portfolio.model.inputs import Merger, Part
from hgt_portfolio.model.people import Contact
from hgt_portfolio.model.project import Project, ProjectVersion, SubItem
from hgt_portfolio.money import FEN_PER_WAN, wan_text
from hgt_portfolio.months import Month, last_quarter_end, month_text
from hgt_portfolio.terms import COMPLETE_STATUSES, FilingKind, InvestmentKind, Status

MERGED_STATUS = (Status.UNDER_WAY, Status.SUSPENDED, Status.NOT_STARTED, Status.PREPARATION)
"""What a merged project is in: the first of these that any of its parts is in, else the least far of the complete."""


HUNDREDTH = FEN_PER_WAN // 100


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Part an amount by weights, half up along the running sum, so that the parts sum to it exactly."""
    whole, running, given, parts = sum(weights), 0, 0, []
    for weight in weights:
        running += weight
        upto = (total * running * 2 + whole) // (whole * 2)
        parts.append(upto - given)
        given = upto
    return parts


def wan_shares(total: int, weights: Sequence[int]) -> list[int]:
    """Part an amount that has two decimals of 万元 into amounts that have no more; any other to the fen."""
    step = HUNDREDTH if total % HUNDREDTH == 0 else 1
    return [part * step for part in shares(total // step, weights)]


def part_no(no: str, place: int) -> str:
    """Number a child of a split: 9-1, 9-2."""
    return f"{no}-{place}"


def split(
    draft: Draft, project: Project, base: ProjectVersion, parts: Sequence[Part], effective: date, doc: str
) -> None:
    """Put children in a project's place, what was filed shared out by 总投资; raises ``ValueError`` with a sentence."""
    session, parent_id = draft.session, project.id or 0
    _refuse_later(session, project, effective)
    weights = _weights(base, parts)
    if weights is None and _amounts_of(session, parent_id):
        raise ValueError(f"#{project.no} 总投资未定而已有完成投资或年度计划，不能分摊：请先调整总投资再拆分。")
    amend_versions(draft, parent_id, {"replaced": 1}, effective, doc)
    children = [
        _new_project(
            draft,
            part_no(project.no, place),
            project.position,
            place,
            root_id=project.root_id or parent_id,
            # Of a merged project's parts, the first goes on standing for those it was merged from.
            stands_for=project.stands_for if place == 1 else 1,
        )
        for place, _ in enumerate(parts, 1)
    ]
    baseline = wan_shares(base.baseline_fen, weights) if weights and base.baseline_fen is not None else None
    for place, (child, part) in enumerate(zip(children, parts, strict=True)):
        facts = {name: getattr(base, name) for name in CARRIED} | _part_facts(session, part)
        facts["baseline_fen"] = baseline[place] if baseline else None
        draft.add(
            ProjectVersion, project_id=child.id, effective=effective, source=f"{doc}，拆分自#{project.no}", **facts
        )
    _share_out(draft, project, children, weights)
    _hand_down(draft, project, children, parts)


def _refuse_later(session: Session, project: Project, effective: date) -> None:
    later = [row for row in versions_of(session, project.id or 0) if row.effective > effective]
    if later:
        raise ValueError(f"#{project.no} 自 {later[0].effective} 起另有调整，拆分、合并的生效日期不能早于它。")


def _weights(base: ProjectVersion, parts: Sequence[Part]) -> list[int] | None:
    """Give the parts' amounts, which must sum to the whole; None where 总投资 is not known."""
    given = [part.investment_fen for part in parts]
    if base.investment_fen is None:
        if any(amount is not None for amount in given):
            raise ValueError(f"总投资为“{base.investment_text}”，没有金额可拆分：请先调整总投资，或各部分都不写金额。")
        return None
    known = [amount for amount in given if amount is not None]
    if len(known) < len(given):
        raise ValueError("拆分的每一部分都要写明总投资（万元）。")
    if sum(known) != base.investment_fen:
        total, whole = wan_text(sum(known)), wan_text(base.investment_fen)
        raise ValueError(f"各部分总投资之和 {total} 万元不等于原总投资 {whole} 万元，请改正。")
    if not base.investment_fen:
        raise ValueError("总投资为0，不能按总投资分摊，没有拆分。")
    return known


def _part_facts(session: Session, part: Part) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": part.name, "initials": initials(part.name)}
    if part.unit_text:
        cell, ids = read_units(session, part.unit_text)
        facts |= {"unit_text": part.unit_text, "lead_id": ids[cell.lead or ""]}
    if part.investment_fen is not None:
        facts |= {"investment_fen": part.investment_fen, "investment_text": wan_text(part.investment_fen)}
    return facts


_OWN = {"root_id": None, "stands_for": 1}
"""What a project is that was neither split from another nor stands for several."""


def _new_project(draft: Draft, no: str, position: int, offset: int, **more: Any) -> Project:
    """Make a project of a number, or take one that an undone split or merger left without facts."""
    session = draft.session
    found: Project | None = session.execute(select(Project).where(col(Project.no) == no)).scalar()
    if found is not None:
        if versions_of(session, found.id or 0):
            raise ValueError(f"序号 {no} 已有项目，没有执行。")
        if any(getattr(found, name) != value for name, value in (_OWN | more).items()):
            raise ValueError(f"序号 {no} 曾用于别的拆分或合并（已撤销），请换一个序号。")
        return found
    last = session.execute(select(func.max(Project.id))).scalar() or 0
    project = Project(id=last + offset, no=no, position=position, action_id=draft.id, **more)
    draft.put(Project, **project.model_dump())
    return project


def _standing(session: Session, model: Any, project_id: int) -> list[Any]:
    """Give the rows of a project that stand, of one of the tables that have a project, in the order recorded."""
    query = select(model).where(col(model.project_id) == project_id, col(model.revoked_at).is_(None))
    return list(session.execute(query.order_by(col(model.recorded_at), col(model.id))).scalars())


def _content(row: LedgerRow, *left_out: str) -> dict[str, Any]:
    return row.model_dump(exclude={*LedgerRow.model_fields, "project_id", *left_out})


def _reports(session: Session, project_id: int) -> dict[Month, Report]:
    """Give the standing report of each period."""
    return {row.period: row for row in _standing(session, Report, project_id)}


def _amounts_of(session: Session, project_id: int) -> bool:
    """Tell whether any amount was filed or planned that would have to be shared out."""
    filed = any(row.cumulative_fen for row in _reports(session, project_id).values())
    return filed or any(row.amount_fen for row in _standing(session, YearPlan, project_id))


def _share_out(draft: Draft, parent: Project, children: Sequence[Project], weights: Sequence[int] | None) -> None:
    """Give every child its share of each report and year plan."""
    session, parent_id = draft.session, parent.id or 0
    evenly = weights or [1] * len(children)
    reason = f"拆分自#{parent.no}，按总投资比例分摊"
    for report in _reports(session, parent_id).values():
        amounts = [None] * len(children) if report.cumulative_fen is None else wan_shares(report.cumulative_fen, evenly)
        for child, amount in zip(children, amounts, strict=True):
            content = _content(report, "cumulative_fen", "reason")
            draft.add(Report, project_id=child.id, cumulative_fen=amount, reason=reason, **content)
    for plan in _standing(session, YearPlan, parent_id):
        steps = [getattr(plan, name) for name in STEPS]
        stepped = [wan_shares(step, evenly) for step in steps if step is not None]
        amounts = [None] * len(children) if plan.amount_fen is None else wan_shares(plan.amount_fen, evenly)
        for place, child in enumerate(children):
            own = [step[place] for step in stepped]
            facts: dict[str, Any] = dict(zip(STEPS, own, strict=True)) if own else {}
            amount = sum(own) if own else amounts[place]
            content = _content(plan, "amount_fen", *STEPS)
            draft.add(YearPlan, project_id=child.id, amount_fen=amount, **facts, **content)


def _hand_down(draft: Draft, parent: Project, children: Sequence[Project], parts: Sequence[Part]) -> None:
    """Give every child the parent's checks, people, lights by hand and milestones, and each sub-item to one child.

    A group of sub-items goes to the part whose name holds its first two characters, else to the first.
    """
    session, parent_id = draft.session, parent.id or 0
    nodes = [row for _, row in standing_milestones(session, draft.at, parent.no)]
    shared = [row for model in (Verification, Contact, LightOverride) for row in _standing(session, model, parent_id)]
    for row in (*shared, *nodes):
        for child in children:
            draft.add(type(row), project_id=child.id, **_content(row))
    for item in _standing(session, SubItem, parent_id):
        heirs = (child for child, part in zip(children, parts, strict=True) if item.name[:2] in part.name)
        draft.add(SubItem, project_id=next(heirs, children[0]).id, **_content(item))


def merge(draft: Draft, project: Project, merger: Merger, effective: date, doc: str) -> list[Project]:
    """Put one new project in the place of several, and give those. Raises ``ValueError`` with a sentence."""
    session = draft.session
    merged = [project, *(_project_of(session, no) for no in merger.others)]
    if len({one.no for one in merged}) < len(merged):
        raise ValueError("同一个项目写了两次，请改正。")
    bases = [_base_of(session, one, effective) for one in merged]
    found = _reports_of_all(draft, merged)
    plans = _plans_of_all(session, merged)
    checks = _checks_of_all(draft, merged)
    for one in merged:
        amend_versions(draft, one.id or 0, {"replaced": 1}, effective, doc)
    whole = _new_project(draft, merger.no, project.position, 1, stands_for=len(merged))
    facts = _merged_facts(session, bases, merger)
    source = f"{doc}，合并自{'、'.join(f'#{one.no}' for one in merged)}"
    draft.add(ProjectVersion, project_id=whole.id, effective=effective, source=source, **facts)
    unit_id = facts["lead_id"]
    for values in found:
        draft.add(Report, project_id=whole.id, unit_id=unit_id, **values)
    for values in plans:
        draft.add(YearPlan, project_id=whole.id, **values)
    for values in checks:
        draft.add(Verification, project_id=whole.id, **values)
    for row in _standing(session, Contact, project.id or 0):
        draft.add(Contact, project_id=whole.id, **_content(row))
    _gather(draft, whole, merged)
    return merged


def _gather(draft: Draft, whole: Project, merged: Sequence[Project]) -> None:
    """Give the new project the milestones and sub-items of all, each named with the project it comes from."""
    for one in merged:
        nodes = [row for _, row in standing_milestones(draft.session, draft.at, one.no)]
        for row in (*nodes, *_standing(draft.session, SubItem, one.id or 0)):
            content = _content(row) | {"name": f"{row.name}（#{one.no}）"}
            # Weights were parts of another whole.
            draft.add(type(row), project_id=whole.id, **content | ({"weight": None} if "weight" in content else {}))


def _project_of(session: Session, no: str) -> Project:
    project: Project | None = session.execute(select(Project).where(col(Project.no) == no)).scalar()
    if project is None:
        raise ValueError(f"没有序号为 {no} 的项目。")
    return project


def _base_of(session: Session, project: Project, effective: date) -> ProjectVersion:
    """Give the facts in force of a project that may be merged."""
    _refuse_later(session, project, effective)
    in_force = [row for row in versions_of(session, project.id or 0) if row.effective <= effective]
    if not in_force or in_force[-1].exited or in_force[-1].replaced:
        raise ValueError(f"#{project.no} 在 {effective} 不在项目库里，不能合并。")
    if project.root_id is not None or project.stands_for > 1:
        raise ValueError(f"#{project.no} 是拆分或合并得来的，不再合并；请先撤销那次拆分或合并。")
    if in_force[-1].investment_fen is None:
        raise ValueError(f"#{project.no} 总投资为“{in_force[-1].investment_text}”，请先调整总投资再合并。")
    return in_force[-1]


def _merged_facts(session: Session, bases: Sequence[ProjectVersion], merger: Merger) -> dict[str, Any]:
    """Give the new project's facts: sums of amounts, the earliest start, the latest due, every unit."""
    first = bases[0]
    facts = {name: getattr(first, name) for name in CARRIED}
    for name, best in (("start", min), ("baseline_start", min), ("due", max), ("baseline_due", max)):
        known = [value for row in bases if (value := getattr(row, name)) is not None]
        facts[name] = best(known) if len(known) == len(bases) else None
    amounts = [row.baseline_fen for row in bases]
    total = sum(row.investment_fen or 0 for row in bases)
    text = merger.unit_text or "、".join(dict.fromkeys(row.unit_text for row in bases))
    cell, ids = read_units(session, text)
    return facts | {
        "name": merger.name,
        "initials": initials(merger.name),
        "scope": "；".join(dict.fromkeys(row.scope for row in bases if row.scope)),
        "period_text": span_text(facts["start"], facts["due"]),
        "baseline_fen": None if None in amounts else sum(amount or 0 for amount in amounts),
        "operation": int(all(row.operation for row in bases)),
        "unit_text": text,
        "lead_id": ids[cell.lead or ""],
        "investment_kind": InvestmentKind.FIXED,
        "investment_fen": total,
        "investment_text": wan_text(total),
    }


def _reports_of_all(draft: Draft, merged: Sequence[Project]) -> list[dict[str, Any]]:
    """Give a report for each quarter's end that any of the projects filed; all must have a figure where any has."""
    filed: dict[Month, int] = {}
    for one in merged:
        for period, report in _reports(draft.session, one.id or 0).items():
            filed[period] = max(report.filed_at, filed.get(period, 0))
    return [_merged_report(draft, merged, period, filed[period]) for period in sorted(filed) if period % 3 == 2]


def _merged_report(draft: Draft, merged: Sequence[Project], period: Month, filed_at: int) -> dict[str, Any]:
    rows = [position_at(draft.session, one.no, period, draft.at) for one in merged]
    found: list[Position] = [row for row in rows if row is not None]
    missing = [row.no for row in found if row.stated is None]
    if missing and len(missing) < len(found):
        silent = "、".join(f"#{no}" for no in missing)
        raise ValueError(f"{month_text(period)} 的自开工累计，{silent} 没有填，而别的项目填了：请先补齐再合并。")
    return {
        "period": period,
        "kind": FilingKind.QUARTERLY,
        "cumulative_fen": None if missing else sum(row.stated or 0 for row in found),
        "reason": f"合并自{'、'.join(f'#{one.no}' for one in merged)}，按各项之和",
        "filed_at": filed_at,
        **_together(found),
    }


def _together(found: Sequence[Position]) -> dict[str, Any]:
    """Give the status that projects are in together, the first start and, once all are complete, the last finish."""
    statuses = [Status(row.status) for row in found if row.status is not None]
    status = next((word for word in (*MERGED_STATUS, *COMPLETE_STATUSES) if word in statuses), Status.PREPARATION)
    finished = [row.finished for row in found if row.finished]
    return {
        "status": status,
        "started": min((row.started for row in found if row.started), default=None),
        "finished": max(finished, default=None) if status in COMPLETE_STATUSES else None,
    }


def _checks_of_all(draft: Draft, merged: Sequence[Project]) -> list[dict[str, Any]]:
    """Give a check for each day on which any of the projects was checked, with what all were in on that day."""
    checked: dict[date, list[tuple[str, Verification]]] = {}
    for one in merged:
        for row in _standing(draft.session, Verification, one.id or 0):
            checked.setdefault(row.day, []).append((one.no, row))
    return [_merged_check(draft, merged, day, rows) for day, rows in checked.items()]


def _merged_check(
    draft: Draft, merged: Sequence[Project], day: date, rows: Sequence[tuple[str, Verification]]
) -> dict[str, Any]:
    period = last_quarter_end(day)
    found = [position_at(draft.session, one.no, period, draft.at, day) for one in merged]
    said = _together([row for row in found if row is not None]) if any(row.status for _, row in rows) else {}
    last = rows[-1][1]
    return {
        "day": day,
        "period": last.period,
        "how": last.how,
        "finding": "；".join(f"#{no} {row.finding}" for no, row in rows),
        "evidence": "；".join(f"#{no} {row.evidence}" for no, row in rows if row.evidence) or None,
        "checked_by": "、".join(dict.fromkeys(row.checked_by for _, row in rows if row.checked_by)) or None,
        **said,
    }


def _plans_of_all(session: Session, merged: Sequence[Project]) -> list[dict[str, Any]]:
    """Give each year's plan as the sum of those in force; steps only where every plan has them."""
    newest: dict[int, dict[int, YearPlan]] = {}
    for one in merged:
        for plan in sorted(_standing(session, YearPlan, one.id or 0), key=lambda row: row.effective):
            newest.setdefault(plan.year, {})[one.id or 0] = plan
    return [_merged_plan(year, list(plans.values())) for year, plans in newest.items()]


def _merged_plan(year: int, plans: list[YearPlan]) -> dict[str, Any]:
    amounts = [plan.amount_fen for plan in plans if plan.amount_fen is not None]
    steps = {name: [getattr(plan, name) for plan in plans] for name in STEPS}
    stepped = len(amounts) == len(plans) and all(None not in column for column in steps.values())
    return {
        "year": year,
        "effective": date(year, 1, 1),
        "amount_fen": sum(amounts) if amounts else None,
        "goal": "；".join(plan.goal for plan in plans if plan.goal) or None,
        **({name: sum(column) for name, column in steps.items()} if stepped else {}),
    }
