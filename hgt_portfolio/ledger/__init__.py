"""The one door for writing: each method is one user action, validated, audited and committed once.

A refused action raises ``Refused`` with its findings and leaves nothing behind. ``dry_run`` runs the same code
and rolls it back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures import closing_of, rule_set, rules_at
from hgt_portfolio.figures.position import Position
from hgt_portfolio.ledger import amending, chain
from hgt_portfolio.ledger.chain import LEDGER_TABLES, Draft
from hgt_portfolio.ledger.filing import (
    add_opening,
    add_report,
    add_verification,
    check_opening,
    check_report,
    check_verification,
    periods_of,
    position_at,
    standing_report,
    standing_reports,
)
from hgt_portfolio.ledger.loading import load
from hgt_portfolio.ledger.planning import set_year_plan, year_plans_of
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.filing import Cooperation, LightOverride, SendBack
from hgt_portfolio.model.inputs import (
    FIELD_LABELS,
    AmendInput,
    Changes,
    CheckInput,
    ContactInput,
    CooperationInput,
    Input,
    OpeningInput,
    OverrideInput,
    ReportInput,
    WindowInput,
    YearPlanInput,
    sentences,
)
from hgt_portfolio.model.office import Amendment, Closing, FilingWindow, RuleAdoption
from hgt_portfolio.model.project import Contact, PlanRecord, Project, Unit
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import Month, last_quarter_end, month_of, month_text, quarter_text
from hgt_portfolio.plan import Plan
from hgt_portfolio.rules.checks import Finding, error, warning
from hgt_portfolio.rules.lights import DEFAULT_RULES, RULE_SETS
from hgt_portfolio.rules.point import Point, office_day
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind, AmendmentState, Severity

Given = TypeVar("Given", bound=Input)


class Refused(Exception):
    """An action that was not done; ``findings`` say why, each in a sentence."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


@dataclass(frozen=True)
class Outcome:
    """A done action: its number, its title, the warnings it passed over, and a project's figures around it."""

    action_id: int
    title: str
    findings: tuple[Finding, ...] = ()
    before: Position | None = None
    after: Position | None = None


class Ledger:
    """Writes one ledger in one operator's name.

    ``rules`` names the rule set that figures around an action are judged by, instead of the one in force; ``today`` and
    ``clock`` stand in for the clock in tests.
    """

    def __init__(
        self,
        store: Store,
        operator: str,
        *,
        rules: str | None = None,
        today: date | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self.store = store
        self.operator = operator
        self._rules = rules
        self._today = today
        self._clock = clock

    @property
    def today(self) -> date:
        """The day that dates in the future are judged by."""
        return self._today or office_day(time.time_ns() // 1000)

    def load(self, plan: Plan, *, demo: bool = False) -> Outcome:
        """Write a plan into an empty ledger."""
        with self._action(ActionKind.LOAD) as draft:
            if draft.session.get(PlanRecord, 1) is not None:
                raise Refused([error("plan", "台账里已有规划，没有再装载。")])
            load(draft, plan, demo=demo)
            return Outcome(draft.id, draft.title)

    def open_books(self, openings: Iterable[OpeningInput], *, dry_run: bool = False) -> Outcome:
        """期初建账 of one or more projects, in one action; a finding on any project refuses all."""
        given = list(openings)
        with self._action(ActionKind.OPENING, dry_run=dry_run) as draft:
            found: list[Finding] = []
            plan = draft.session.get(PlanRecord, 1)
            for opening in given:
                position, unit_id = self._target(draft, opening.no, opening.period)
                checked = check_opening(draft.session, opening, position, self.today)
                weighed = _weighed(checked, opening.reason)
                found += weighed if len(given) == 1 else [_about(finding, opening.no) for finding in weighed]
                draft.before[opening.no] = _figures(position)
                if not any(finding.severity is Severity.ERROR for finding in checked):
                    add_opening(draft, opening, position, unit_id, plan.start - 1 if plan else opening.period)
                    draft.after[opening.no] = opening.model_dump(mode="json", exclude_none=True)
            if found:
                raise Refused(found)
            names = "、".join(f"#{opening.no}" for opening in given[:5]) + ("…" if len(given) > 5 else "")
            draft.title = f"期初建账 {month_text(given[0].period)}，{len(given)} 项：{names}" if given else "期初建账"
            reasons = dict.fromkeys(opening.reason for opening in given if opening.reason)
            draft.reason = "；".join(reasons) or None
            draft.write()
            after = self._after(draft, given[0].no, given[0].period) if len(given) == 1 else None
            return Outcome(draft.id, draft.title, after=after)

    def report(self, given: ReportInput, *, dry_run: bool = False) -> Outcome:
        """File a unit's report; warnings pass only with a reason."""
        with self._action(ActionKind.REPORT, given.reason, dry_run=dry_run) as draft:
            position, unit_id = self._target(draft, given.no, given.period)
            found = check_report(draft.session, given, position, self.today)
            if not dry_run or any(finding.severity is Severity.ERROR for finding in found):
                _refuse(_weighed(found, given.reason))
            standing = standing_report(draft.session, position.id, given.period)
            draft.before = standing.model_dump(mode="json", exclude_none=True) if standing else {}
            row = add_report(draft, given, position, unit_id)
            draft.after = row.model_dump(mode="json", exclude_none=True, exclude={"id"})
            amount = "" if row.cumulative_fen is None else f"，自开工累计 {wan_text(row.cumulative_fen)} 万元"
            draft.title = f"进度填报 #{given.no} {position.name} {month_text(given.period)}：{given.status}{amount}"
            draft.write()
            after = self._after(draft, given.no, given.period)
            return Outcome(draft.id, draft.title, found, position, after)

    def cooperate(self, given: CooperationInput) -> Outcome:
        """File a cooperating unit's text."""
        with self._action(ActionKind.COOPERATION) as draft:
            position, _ = self._target(draft, given.no, given.period)
            unit_id = _unit_id(draft.session, given.unit)
            members = amending.unit_names(draft.session)[0]
            version = amending.versions_of(draft.session, position.id)[-1]
            cell, _ids = amending.read_units(draft.session, version.unit_text)
            if given.unit not in cell.cooperating or given.unit not in members:
                raise Refused([error("unit", f"{given.unit}不是 #{given.no} 的配合单位；牵头单位请用进度填报。")])
            draft.add(
                Cooperation,
                project_id=position.id,
                period=given.period,
                unit_id=unit_id,
                text=given.text,
                filed_by=given.filed_by,
            )
            return _done(draft, f"配合填报 #{given.no} {given.unit} {month_text(given.period)}", given)

    def send_back(self, no: str, period: Month, reason: str) -> Outcome:
        """退回 a filing: its report is revoked with what it corrected, and the period waits for a new one."""
        with self._action(ActionKind.SEND_BACK, reason) as draft:
            position, _ = self._target(draft, no, period)
            standing = standing_reports(draft.session, position.id, period)
            if not standing:
                raise Refused([error("period", f"#{no} {month_text(period)} 没有可退回的填报。")])
            for report in standing:
                draft.revoke(report)
            draft.before = {"reports": [report.model_dump(mode="json", exclude_none=True) for report in standing]}
            draft.after = {"period": month_text(period)}
            draft.add(SendBack, project_id=position.id, period=period, report_id=standing[-1].id, reason=reason)
            return _done(draft, f"退回填报 #{no} {position.name} {month_text(period)}", None)

    def check(self, given: CheckInput, *, dry_run: bool = False) -> Outcome:
        """Record the office's own check (核实记录)."""
        with self._action(ActionKind.CHECK, dry_run=dry_run) as draft:
            period = last_quarter_end(given.day)
            position = position_at(draft.session, given.no, period, draft.at, given.day, self._rules_now(draft))
            if position is None:
                raise Refused([_unknown(given.no)])
            _refuse(check_verification(given, position, self.today))
            add_verification(draft, given, position)
            draft.before = _figures(position)
            outcome = _done(draft, f"核实 #{given.no} {position.name}（{given.how}）：{given.finding}", given)
            after = position_at(draft.session, given.no, period, draft.at, given.day, self._rules_now(draft))
            return Outcome(outcome.action_id, outcome.title, (), position, after)

    def year_plan(self, given: YearPlanInput, *, dry_run: bool = False) -> Outcome:
        """Set 本年计划投资 of a project as of the year's beginning (年初)."""
        with self._action(ActionKind.YEAR_PLAN, dry_run=dry_run) as draft:
            position, _ = self._target(draft, given.no, given.year * 12 + 11)
            before = year_plans_of(draft.session, position.id, given.year)
            draft.before = {"plans": [row.model_dump(mode="json", exclude_none=True) for row in before]}
            facts = given.model_dump(include={"amount_fen", "steps_fen", "goal", "doc"})
            set_year_plan(draft, position.id, given.year, date(given.year, 1, 1), **facts)
            if not draft.rows:
                raise Refused([error("amount_fen", "与已有的年度计划相同，没有改动。")])
            amount = "" if given.amount_fen is None else f" {wan_text(given.amount_fen)} 万元"
            return _done(draft, f"年度计划 #{given.no} {position.name} {given.year}年{amount}", given)

    def amend(self, given: AmendInput) -> Outcome:
        """Request or approve an amendment; only one with its 文号 moves anything."""
        with self._action(ActionKind.AMEND, given.reason) as draft:
            try:
                outcome = self._amend(draft, given)
            except ValueError as problem:
                raise Refused([error("changes", str(problem))]) from problem
            return outcome

    def adopt(self, name: str, doc: str, effective: date) -> Outcome:
        """Adopt a rule set for lights with its 文号."""
        with self._action(ActionKind.ADOPT) as draft:
            if name not in RULE_SETS:
                raise Refused([error("rules", f"没有名为“{name}”的预警规则；可用：{'、'.join(RULE_SETS)}。")])
            draft.add(RuleAdoption, rule_set=rule_set(name).name, doc=doc, effective=effective)
            draft.after = {"rule_set": name, "doc": doc, "effective": effective.isoformat()}
            return _done(draft, f"采用预警规则 {name}（{doc}）", None)

    def override(self, given: OverrideInput) -> Outcome:
        """Set a light by hand; the computed one stays visible beside it."""
        with self._action(ActionKind.OVERRIDE, given.reason) as draft:
            position, _ = self._target(draft, given.no, given.period)
            draft.before = {"light": position.light}
            draft.add(LightOverride, project_id=position.id, **given.model_dump(exclude={"no"}))
            title = f"人工定灯 #{given.no} {position.name} {month_text(given.period)}：{given.light}"
            return _done(draft, title, given)

    def window(self, given: WindowInput) -> Outcome:
        """Set 填报起止日 of a period."""
        with self._action(ActionKind.WINDOW) as draft:
            draft.add(FilingWindow, **given.model_dump())
            return _done(draft, f"填报期限 {month_text(given.period)}：{given.opens} 至 {given.closes}", given)

    def contact(self, given: ContactInput) -> Outcome:
        """Set who answers for a project in a role."""
        with self._action(ActionKind.CONTACT) as draft:
            position, _ = self._target(draft, given.no, month_of(given.since))
            draft.add(Contact, project_id=position.id, **given.model_dump(exclude={"no"}))
            return _done(draft, f"{given.role} #{given.no} {position.name}：{given.name}", given)

    def close(self, period: Month, doc: str | None = None) -> Outcome:
        """定稿 a quarter: its figures are those known now, and later filings for it become corrections."""
        with self._action(ActionKind.CLOSE) as draft:
            if period % 3 != 2:
                raise Refused([error("period", f"{month_text(period)} 不是季度末，请写成 2024Q3 的样式。")])
            if closing_of(draft.session, period) is not None:
                raise Refused([error("period", f"{quarter_text(period)} 已经定稿。")])
            if period > last_quarter_end(self.today):
                raise Refused([error("period", f"{quarter_text(period)} 还没有结束，不能定稿。")])
            draft.add(Closing, period=period, known_at=draft.at, doc=doc)
            draft.after = {"period": quarter_text(period), "known_at": draft.at, "doc": doc}
            return _done(draft, f"定稿 {quarter_text(period)}", None)

    def broken_entry(self) -> int | None:
        """Give the number of the first action whose entry or rows were changed behind the program's back, if any."""
        with self.store.read() as session:
            return chain.broken_link(session)

    def undo(self) -> Outcome:
        """Take back the operator's newest action as a whole; refused, naming why, where others built on it."""
        with self._action(ActionKind.UNDO) as draft:
            session = draft.session
            target = chain.newest_of(session, self.operator)
            if target is None or target.id is None:
                raise Refused([error("undo", f"{self.operator} 没有可以撤销的操作。")])
            draft.subjects = chain.subjects_of(session, target.id)
            _refuse(self._undo_findings(session, target, draft.subjects))
            for model in LEDGER_TABLES:
                for row in session.execute(select(model).where(col(model.action_id) == target.id)).scalars():
                    standing = chain.standing_form(session, row)
                    if standing is not None:
                        draft.revoke(standing)
                taken = select(model).where(col(model.revoked_by) == target.id).order_by(col(model.id))
                for row in session.execute(taken).scalars():
                    content = row.model_dump(exclude=set(LedgerRow.model_fields))
                    draft.add(model, **content)
            draft.undoes = target.id
            draft.before = {"action": target.id, "title": target.title}
            return _done(draft, f"撤销 {target.title}", None)

    @contextmanager
    def _action(self, kind: ActionKind, reason: str | None = None, *, dry_run: bool = False) -> Iterator[Draft]:
        if not self.operator:
            raise Refused([error("operator", "不知道是谁在操作：请先写明操作人。")])
        with self.store.write() as session:
            draft = chain.begin(session, self.operator, kind, self._clock() if self._clock else None)
            draft.reason = reason
            yield draft
            if dry_run:
                session.rollback()

    def _target(self, draft: Draft, no: str, period: Month) -> tuple[Position, int]:
        """Give a project's position at a period's end and its lead unit's number."""
        position = position_at(draft.session, no, period, draft.at, rules=self._rules_now(draft))
        if position is None:
            raise Refused([_unknown(no)])
        return position, _unit_id(draft.session, position.unit)

    def _rules_now(self, draft: Draft) -> str:
        """Give the rule set that lists are judged by today, so that an action's figures agree with them."""
        return rules_at(
            draft.session, Point(self.today, last_quarter_end(self.today), draft.at), self._rules, DEFAULT_RULES
        ).name

    def _after(self, draft: Draft, no: str, period: Month) -> Position | None:
        return position_at(draft.session, no, period, draft.at, rules=self._rules_now(draft))

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
                raise Refused([_unknown(given.no)])
            project = found
            in_force = [row for row in versions if row.effective <= effective]
            if not in_force:
                first = versions[0].effective
                raise Refused([error("effective", f"#{given.no} 自 {first} 起才列入，生效日期不能更早。")])
            base = in_force[-1]
            if base.exited:
                raise Refused([error("no", f"#{given.no} 已退出，不再调整。")])
        columns = amending.facts(session, changes)
        if base is not None and changes.year_plan_fen is None and not amending.moves(columns, base):
            raise Refused([error("changes", f"#{given.no} 现在就是这样，没有要调整的。")])
        if base is not None:
            _refuse(amending.check_span(columns, base))
        said = amending.described(changes, base, session)
        late = given.doc is not None and amending.belated(changes, base, self.today)
        if late:
            said["说明"] = "到期后补办"
        state = AmendmentState.APPROVED if given.doc else AmendmentState.REQUESTED
        draft.add(
            Amendment,
            project_id=project.id,
            kind=kind,
            state=state,
            effective=effective,
            changes=chain.canonical({"set": changes.model_dump(mode="json", exclude_defaults=True), "said": said}),
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
        draft.write()
        amending.write_members(draft)
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
        if is_new:
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

    def _undo_findings(self, session: Session, target: Action, subjects: set[int]) -> list[Finding]:
        later = chain.later_action(session, target, subjects)
        if later is not None:
            return [
                error("undo", f"不能撤销“{target.title}”：之后 {later.operator} 又做了“{later.title}”，请先处理后者。")
            ]
        rows: list[LedgerRow] = []
        for model in LEDGER_TABLES:
            rows += session.execute(select(model).where(col(model.action_id) == target.id)).scalars()
        for period in sorted(periods_of(rows)):
            if target.kind != ActionKind.CLOSE and closing_of(session, period) is not None:
                return [error("undo", f"不能撤销“{target.title}”：{quarter_text(period)} 已定稿，请改作更正填报。")]
        return []


def opening_findings(store: Store, opening: OpeningInput, position: Position, today: date) -> tuple[Finding, ...]:
    """Give every finding that the ledger would have on an opening, without writing it."""
    with store.read() as session:
        return check_opening(session, opening, position, today)


def validated(model: type[Given], **values: Any) -> Given:
    """Make an input from raw values; raises ``Refused`` with a sentence for each field that will not do."""
    try:
        return model(**values)
    except ValidationError as problem:
        raise Refused(error(field, text) for field, text in sentences(problem)) from problem


def _weighed(found: Iterable[Finding], reason: str | None) -> list[Finding]:
    """Give the findings that stop an action: every error, and warnings where no reason is given."""
    return [finding for finding in found if finding.severity is Severity.ERROR or not reason]


def _refuse(found: Iterable[Finding]) -> None:
    stopping = list(found)
    if stopping:
        raise Refused(stopping)


def _about(finding: Finding, no: str) -> Finding:
    return Finding(finding.severity, finding.field, f"#{no} {finding.message}")


def _unknown(no: str) -> Finding:
    return error("no", f"没有序号为 {no} 的项目。")


def _unit_id(session: Session, name: str) -> int:
    unit = session.execute(select(Unit).where(col(Unit.name) == name)).scalar()
    if unit is None or unit.id is None:
        raise Refused([error("unit", f"没有名为“{name}”的责任单位。")])
    return int(unit.id)


def _figures(position: Position) -> dict[str, Any]:
    return {
        "status": position.status,
        "cumulative_fen": position.cumulative,
        "deadline_state": position.deadline_state,
        "due": position.due,
    }


def _done(draft: Draft, title: str, given: Any) -> Outcome:
    """Write a draft whose entry keeps what was given, and report it done."""
    draft.title = title
    if given is not None:
        draft.after = given.model_dump(mode="json", exclude_none=True)
    draft.write()
    return Outcome(draft.id, title)


def _answered(session: Session, given: AmendInput) -> AmendInput:
    """Complete an approval with what the request it answers asked for."""
    if given.request_id is None:
        return given
    row = session.get(Amendment, given.request_id)
    project = session.get(Project, row.project_id) if row else None
    if row is None or project is None or row.doc is not None or row.revoked_at is not None or project.no != given.no:
        raise ValueError(f"#{given.no} 没有编号为 {given.request_id} 的待批调整申请。")
    answers = select(func.count()).where(col(Amendment.request_id) == row.id, col(Amendment.revoked_at).is_(None))
    if session.execute(answers).scalar_one():
        raise ValueError(f"调整申请 {given.request_id} 已经批准过。")
    if not given.doc:
        raise ValueError("批准调整申请须写明文号（--doc）。")
    if given.changes.given():
        raise ValueError("批准申请时不能另写调整内容；要改内容请另行申请。")
    effective = given.effective or row.effective
    return given.model_copy(update={"changes": amending.stored_changes(row), "effective": effective})


__all__ = [
    "FIELD_LABELS",
    "AmendInput",
    "Changes",
    "CheckInput",
    "ContactInput",
    "CooperationInput",
    "Ledger",
    "OpeningInput",
    "Outcome",
    "OverrideInput",
    "Refused",
    "ReportInput",
    "WindowInput",
    "YearPlanInput",
    "opening_findings",
    "validated",
]
