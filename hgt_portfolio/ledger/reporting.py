"""Filings of the units and the office's own: openings, reports, checks and year plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from hgt_portfolio.figures.people import standing_name
from hgt_portfolio.ledger import amending
from hgt_portfolio.ledger.beside import beside, replaced_since
from hgt_portfolio.ledger.door import (
    Door,
    Outcome,
    Refused,
    about,
    done,
    figures_of,
    once,
    refuse,
    unit_id_of,
    unknown_project,
    weighed,
)
from hgt_portfolio.ledger.filing import (
    add_opening,
    add_report,
    add_verification,
    check_opening,
    check_replaced,
    check_report,
    check_verification,
    position_of,
    said_of,
    standing_reports,
)
from hgt_portfolio.ledger.planning import set_year_plan, year_plans_of
from hgt_portfolio.ledger.returning import ConflictInput, add_conflict, conflict_words, named, refuse_moved
from hgt_portfolio.model.cooperation import Cooperation
from hgt_portfolio.model.filing import SendBack
from hgt_portfolio.model.inputs import CheckInput, CooperationInput, OpeningInput, ReportInput, YearPlanInput
from hgt_portfolio.model.project import PlanRecord
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import Month, last_quarter_end, month_text
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import ActionKind, Severity


class Filings(Door):
    """What is filed about projects."""

    @once
    def open_books(
        self,
        openings: Iterable[OpeningInput],
        conflicts: Sequence[ConflictInput] = (),
        *,
        seen: int | None = None,
        dry_run: bool = False,
    ) -> Outcome:
        """期初建账 of one or more projects, in one action; a finding on any project refuses all.

        Openings that were merged with the ledger say when (``seen``): an action since then refuses them too; their
        ``conflicts`` with it are recorded.
        """
        given = list(openings)
        with self._action(ActionKind.OPENING, dry_run=dry_run, imported=seen is not None) as draft:
            refuse_moved(draft, seen)
            found: list[Finding] = []
            plan = draft.session.get(PlanRecord, 1)
            for opening in given:
                position = self._target(draft, opening.no, opening.period)
                checked = check_opening(draft.session, opening, position, self.today)
                stopping = weighed(checked, opening.reason)
                found += stopping if len(given) == 1 else [about(finding, opening.no) for finding in stopping]
                draft.before[opening.no] = figures_of(position)
                if not any(finding.severity is Severity.ERROR for finding in checked):
                    unit_id = unit_id_of(draft.session, position.unit)
                    add_opening(draft, opening, position, unit_id, plan.start - 1 if plan else opening.period)
                    draft.after[opening.no] = opening.model_dump(mode="json", exclude_none=True)
            if found:
                raise Refused(found)
            for conflict in conflicts:
                position = self._target(draft, conflict.no, conflict.period)
                add_conflict(draft, conflict, position)
            periods = [month_text(one.period) for one in given[:1] or [*conflicts][:1]]
            opened = [f"{len(given)} 项：{named(opening.no for opening in given)}"] if given else []
            draft.title = "，".join((" ".join((draft.kind, *periods)), *opened, *conflict_words(conflicts)))
            reasons = dict.fromkeys(opening.reason for opening in given if opening.reason)
            draft.reason = "；".join(reasons) or None
            draft.write()
            after = self._after(draft, given[0].no, given[0].period) if len(given) == 1 else None
            return Outcome(draft.id, draft.title, after=after)

    @once
    def report(self, given: ReportInput, *, dry_run: bool = False) -> Outcome:
        """File a unit's report; warnings pass only with a reason."""
        with self._action(ActionKind.REPORT, given.reason, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, given.period)
            known = beside(draft.session, [position.id], given.period)[position.id]
            found = check_report(draft.session, given, position, known, self.today)
            if not dry_run or any(finding.severity is Severity.ERROR for finding in found):
                refuse(weighed(found, given.reason))
            draft.before = known.standing
            row = add_report(draft, given, position, unit_id_of(draft.session, position.unit))
            draft.after = said_of(row)
            fen = row["cumulative_fen"]
            amount = "" if fen is None else f"，自开工累计 {wan_text(fen)} 万元"
            draft.title = f"进度填报 #{given.no} {position.name} {month_text(given.period)}：{given.status}{amount}"
            draft.write()
            after = self._after(draft, given.no, given.period)
            return Outcome(draft.id, draft.title, found, position, after)

    @once
    def cooperate(self, given: CooperationInput, *, dry_run: bool = False) -> Outcome:
        """File a cooperating unit's text."""
        with self._action(ActionKind.COOPERATION, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, given.period)
            unit_id = unit_id_of(draft.session, given.unit)
            members = amending.unit_names(draft.session)[0]
            version = amending.versions_of(draft.session, position.id)[-1]
            cell, _ids = amending.listed_units(draft.session, version.unit_text)
            called = [standing_name(draft.session, name, self.today, draft.at) for name in cell.cooperating]
            if given.unit not in (*cell.cooperating, *called) or given.unit not in members:
                raise Refused([error("unit", f"{given.unit}不是 #{given.no} 的配合单位；牵头单位请用进度填报。")])
            draft.add(
                Cooperation,
                project_id=position.id,
                period=given.period,
                unit_id=unit_id,
                text=given.text,
                filed_by=given.filed_by,
            )
            return done(draft, f"配合填报 #{given.no} {given.unit} {month_text(given.period)}", given)

    @once
    def send_back(self, no: str, period: Month, reason: str, *, dry_run: bool = False) -> Outcome:
        """退回 a filing: its report is revoked with what it corrected, and the period waits for a new one."""
        with self._action(ActionKind.SEND_BACK, reason, dry_run=dry_run) as draft:
            position = self._target(draft, no, period)
            refuse(check_replaced(position, replaced_since(draft.session, position.id)))
            standing = standing_reports(draft.session, position.id, period)
            if not standing:
                raise Refused([error("period", f"#{no} {month_text(period)} 没有可退回的填报。")])
            for report in standing:
                draft.revoke(report)
            draft.before = {"reports": [report.model_dump(mode="json", exclude_none=True) for report in standing]}
            draft.after = {"period": month_text(period)}
            draft.add(SendBack, project_id=position.id, period=period, report_id=standing[-1].id, reason=reason)
            return done(draft, f"退回填报 #{no} {position.name} {month_text(period)}", None)

    @once
    def check(self, given: CheckInput, *, dry_run: bool = False) -> Outcome:
        """Record the office's own check (核实记录)."""
        with self._action(ActionKind.CHECK, dry_run=dry_run) as draft:
            ask = self._ask(draft, last_quarter_end(given.day), given.day)
            position = position_of(draft.session, ask, given.no)
            if position is None:
                raise Refused([unknown_project(draft.session, given.no)])
            refuse(check_verification(given, position, self.today))
            add_verification(draft, given, position)
            draft.before = figures_of(position)
            outcome = done(draft, f"核实 #{given.no} {position.name}（{given.how}）：{given.finding}", given)
            after = position_of(draft.session, ask, given.no)
            return Outcome(outcome.action_id, outcome.title, (), position, after)

    @once
    def year_plan(self, given: YearPlanInput, *, dry_run: bool = False) -> Outcome:
        """Set 本年计划投资 of a project as of the year's beginning (年初)."""
        with self._action(ActionKind.YEAR_PLAN, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, given.year * 12 + 11)
            before = year_plans_of(draft.session, position.id, given.year)
            draft.before = {"plans": [row.model_dump(mode="json", exclude_none=True) for row in before]}
            facts = given.model_dump(include={"amount_fen", "steps_fen", "goal", "doc"})
            set_year_plan(draft, position.id, given.year, date(given.year, 1, 1), **facts)
            if not draft.rows:
                raise Refused([error("amount_fen", "与已有的年度计划相同，没有改动。")])
            amount = "" if given.amount_fen is None else f" {wan_text(given.amount_fen)} 万元"
            standing = self._now(draft, given.no)
            outcome = done(draft, f"年度计划 #{given.no} {position.name} {given.year}年{amount}", given)
            return replace(outcome, before=standing, after=self._now(draft, given.no))
