"""What the office decides: amendments, the rule set in force, lights by hand, filing windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures import rule_set
from hgt_portfolio.figures.events import changes_in_words
from hgt_portfolio.ledger import amending, splitting
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once, refuse, unknown_project
from hgt_portfolio.ledger.planning import set_year_plan
from hgt_portfolio.ledger.sealing import canonical
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.filing import LightOverride
from hgt_portfolio.model.inputs import AmendInput, OverrideInput, WindowInput
from hgt_portfolio.model.office import FilingWindow, RuleAdoption
from hgt_portfolio.model.project import Project
from hgt_portfolio.months import month_text
from hgt_portfolio.rules.checks import error, warning
from hgt_portfolio.rules.lights import RULE_SETS
from hgt_portfolio.terms import ActionKind, AmendmentState


class Decisions(Door):
    """What the office decides about projects and their filing."""

    @once
    def amend(self, given: AmendInput, *, dry_run: bool = False) -> Outcome:
        """Request or approve an amendment; only one with its 文号 moves anything."""
        with self._action(ActionKind.AMEND, given.reason, dry_run=dry_run) as draft:
            before = self._now(draft, given.no)
            try:
                outcome = self._amend(draft, given)
            except ValueError as problem:
                raise Refused([error("changes", str(problem))]) from problem
            return replace(outcome, before=before, after=self._now(draft, given.no))

    @once
    def refuse_request(self, no: str, request_id: int, reason: str, *, dry_run: bool = False) -> Outcome:
        """Refuse an amendment requested of a project, or take it back (不批准、撤回): it waits no longer."""
        with self._action(ActionKind.AMEND, reason, dry_run=dry_run) as draft:
            try:
                row = _request(draft.session, no, request_id)
            except ValueError as problem:
                raise Refused([error("request_id", str(problem))]) from problem
            position = self._now(draft, no)
            draft.revoke(row)
            draft.before = {"request": row.model_dump(mode="json", exclude_none=True)}
            name = position.name if position else ""
            return done(draft, f"调整不批准 #{no} {name}：{changes_in_words(row)}", None)

    @once
    def adopt(self, name: str, doc: str, effective: date) -> Outcome:
        """Adopt a rule set for lights with its 文号."""
        with self._action(ActionKind.ADOPT) as draft:
            if name not in RULE_SETS:
                raise Refused([error("rules", f"没有名为“{name}”的预警规则；可用：{'、'.join(RULE_SETS)}。")])
            draft.add(RuleAdoption, rule_set=rule_set(name).name, doc=doc, effective=effective)
            draft.after = {"rule_set": name, "doc": doc, "effective": effective.isoformat()}
            return done(draft, f"采用预警规则 {name}（{doc}）", None)

    @once
    def override(self, given: OverrideInput, *, dry_run: bool = False) -> Outcome:
        """Set a light by hand; the computed one stays visible beside it."""
        with self._action(ActionKind.OVERRIDE, given.reason, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, given.period)
            draft.before = {"light": position.light}
            draft.add(LightOverride, project_id=position.id, **given.model_dump(exclude={"no"}))
            title = f"人工定灯 #{given.no} {position.name} {month_text(given.period)}：{given.light}"
            return done(draft, title, given)

    @once
    def window(self, given: WindowInput) -> Outcome:
        """Set 填报起止日 of a period."""
        with self._action(ActionKind.WINDOW) as draft:
            draft.add(FilingWindow, **given.model_dump())
            return done(draft, f"填报期限 {month_text(given.period)}：{given.opens} 至 {given.closes}", given)

    def _amend(self, draft: Draft, given: AmendInput) -> Outcome:
        session = draft.session
        given = _answered(session, given)
        effective = given.effective or self.today
        changes, kind = given.changes, given.changes.kind()
        if changes.added:
            project, base = amending.new_project(draft, given.no), None
        else:
            found = session.execute(select(Project).where(col(Project.no) == given.no)).scalar()
            versions = amending.versions_of(session, found.id or 0) if found else []
            if found is None or not versions:
                raise Refused([unknown_project(session, given.no)])
            project = found
            in_force = [row for row in versions if row.effective <= effective]
            if not in_force:
                first = versions[0].effective
                raise Refused([error("effective", f"#{given.no} 自 {first} 起才列入，生效日期不能更早。")])
            base = in_force[-1]
            if base.exited:
                raise Refused([error("no", f"#{given.no} 已退出，不再调整。")])
            if base.replaced:
                raise Refused([unknown_project(session, given.no)])
        columns = amending.facts(session, changes)
        if base is not None and changes.year_plan_fen is None and not amending.moves(columns, base):
            raise Refused([error("changes", f"#{given.no} 现在就是这样，没有要调整的。")])
        if base is not None:
            refuse(amending.check_span(columns, base))
        said = amending.described(changes, base, session)
        late = given.doc is not None and amending.belated(changes, base, self.today)
        if late:
            said["说明"] = "到期后补办"
        said |= _otherwise(session, given)
        state = AmendmentState.APPROVED if given.doc else AmendmentState.REQUESTED
        draft.add(
            Amendment,
            project_id=project.id,
            kind=kind,
            state=state,
            effective=effective,
            changes=canonical({"set": changes.model_dump(mode="json", exclude_defaults=True), "said": said}),
            reason=given.reason,
            doc=given.doc,
            request_id=given.request_id,
        )
        if given.doc:
            self._move(draft, given, project, columns, effective, is_new=base is None)
        name = columns.get("name") or (base.name if base else "")
        words = "、".join(f"{label} {text}" for label, text in said.items())
        draft.title = f"调整{state} #{given.no} {name}：{words}"
        draft.before = {"version": base.model_dump(mode="json", exclude_none=True)} if base else {}
        draft.after = said | {"doc": given.doc, "effective": effective.isoformat()}
        amending.write_members(draft)
        draft.write()
        found_late = (warning("due", f"#{given.no} 的工期调整在原完工期限之后批准，记为到期后补办。"),) if late else ()
        return Outcome(draft.id, draft.title, found_late)

    def _move(
        self,
        draft: Draft,
        given: AmendInput,
        project: Project,
        columns: dict[str, Any],
        effective: date,
        *,
        is_new: bool,
    ) -> None:
        changes, project_id = given.changes, project.id or 0
        if changes.parts or changes.merger:
            base = [row for row in amending.versions_of(draft.session, project_id) if row.effective <= effective][-1]
            if changes.parts:
                splitting.split(draft, project, base, changes.parts, effective, given.doc or "")
            if changes.merger:
                for other in splitting.merge(draft, project, changes.merger, effective, given.doc or "")[1:]:
                    draft.add(Amendment, **_shared_with(draft, other))
        elif is_new:
            amending.first_version(draft, project, columns, effective, given.doc or "")
        elif columns:
            amending.amend_versions(draft, project_id, columns, effective, given.doc or "")
        if changes.year_plan_fen is not None and changes.year is not None:
            set_year_plan(
                draft,
                project_id,
                changes.year,
                effective,
                amount_fen=changes.year_plan_fen,
                steps_fen=changes.steps_fen,
                doc=given.doc,
            )


def _shared_with(draft: Draft, other: Project) -> dict[str, Any]:
    """Give the amendment of the project amended, for another that it merges with."""
    row = draft.planned(Amendment)[0]
    own = (*LedgerRow.model_fields, "project_id")
    return {name: value for name, value in row.items() if name not in own} | {"project_id": other.id}


def _otherwise(session: Session, given: AmendInput) -> dict[str, str]:
    """Say what the request asked for, where the approval decides something else."""
    row = session.get(Amendment, given.request_id) if given.request_id else None
    if row is None or amending.stored_changes(row) == given.changes:
        return {}
    return {"申请原为": changes_in_words(row)}


def _request(session: Session, no: str, request_id: int) -> Amendment:
    """Give a project's request that nobody has answered; raises ``ValueError`` where there is none of that number."""
    row = session.get(Amendment, request_id)
    project = session.get(Project, row.project_id) if row else None
    if row is None or project is None or row.doc is not None or row.revoked_at is not None or project.no != no:
        raise ValueError(f"#{no} 没有编号为 {request_id} 的待批调整申请。")
    answers = select(func.count()).where(col(Amendment.request_id) == row.id, col(Amendment.revoked_at).is_(None))
    if session.execute(answers).scalar_one():
        raise ValueError(f"调整申请 {request_id} 已经批准过。")
    return row


def _answered(session: Session, given: AmendInput) -> AmendInput:
    """Complete an approval with what the request it answers asked for; what it says itself takes the place of that."""
    if given.request_id is None:
        return given
    row = _request(session, given.no, given.request_id)
    if not given.doc:
        raise ValueError("批准调整申请须写明文号。")
    changes = amending.replaced(amending.stored_changes(row), given.changes)
    return given.model_copy(update={"changes": changes, "effective": given.effective or row.effective})
