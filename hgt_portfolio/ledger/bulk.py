"""The same thing done to many projects at once: one action with one entry and one undo, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hgt_portfolio.figures.position import Position
from hgt_portfolio.ledger.beside import nearby
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import (
    Door,
    Moved,
    Outcome,
    Place,
    Refused,
    about,
    figures_of,
    once,
    refuse,
    unit_ids_of,
    unknown_project,
    weighed,
)
from hgt_portfolio.ledger.filing import (
    add_report,
    add_verification,
    check_report,
    check_verification,
    said_of,
)
from hgt_portfolio.model.inputs import CheckInput, ContactInput, ReportInput
from hgt_portfolio.model.people import Contact
from hgt_portfolio.months import last_quarter_end, month_of, quarter_text
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.terms import ActionKind, Severity

Row = ReportInput | CheckInput | ContactInput
Check = Callable[[Any, Position], Sequence[Finding]]
Write = Callable[[Any, Position], None]


class BulkUpdates(Door):
    """Files the same about many projects.

    A finding on any row refuses all, naming the row. ``dry_run`` refuses nothing: it gives every finding, and each
    project's figures around it.
    """

    @once
    def report_many(self, given: Sequence[ReportInput], *, dry_run: bool = False) -> Outcome:
        """File a report for each of many projects; a row's warnings pass only with its reason."""
        places: list[Place] = [(row.no, row.period, None) for row in given]
        with self._action(ActionKind.REPORT, dry_run=dry_run) as draft:
            before = self._positions(draft, places)
            known, unit_ids = nearby(draft.session, zip(given, before, strict=True)), unit_ids_of(draft.session)

            def check(row: ReportInput, position: Position) -> Sequence[Finding]:
                return check_report(draft.session, row, position, known[row.period][position.id], self.today)

            def write(row: ReportInput, position: Position) -> None:
                draft.before[row.no] = known[row.period][position.id].standing
                draft.after[row.no] = said_of(add_report(draft, row, position, unit_ids[position.unit]))

            draft.reason = "；".join(dict.fromkeys(row.reason for row in given if row.reason)) or None
            title = f"进度填报 {quarter_text(given[0].period)}" if given else ""
            return self._many(draft, title, given, (places, before), (check, write), dry_run=dry_run)

    @once
    def check_many(self, given: Sequence[CheckInput], *, dry_run: bool = False) -> Outcome:
        """Record a 核实记录 for each of many projects."""
        places: list[Place] = [(row.no, last_quarter_end(row.day), row.day) for row in given]
        with self._action(ActionKind.CHECK, dry_run=dry_run) as draft:

            def check(row: CheckInput, position: Position) -> Sequence[Finding]:
                return check_verification(row, position, self.today)

            def write(row: CheckInput, position: Position) -> None:
                add_verification(draft, row, position)
                draft.before[row.no] = figures_of(position)
                draft.after[row.no] = row.model_dump(mode="json", exclude_none=True)

            title = f"核实（{given[0].how}）" if given else ""
            before = self._positions(draft, places)
            return self._many(draft, title, given, (places, before), (check, write), dry_run=dry_run)

    @once
    def contact_many(self, given: Sequence[ContactInput], *, dry_run: bool = False) -> Outcome:
        """Name who answers for each of many projects in a role."""
        places: list[Place] = [(row.no, month_of(row.since), None) for row in given]
        with self._action(ActionKind.CONTACT, dry_run=dry_run) as draft:

            def check(row: ContactInput, _position: Position) -> Sequence[Finding]:
                wrong = row.until is not None and row.until < row.since
                return [error("until", f"截止日期 {row.until} 早于起始日期 {row.since}。")] if wrong else []

            def write(row: ContactInput, position: Position) -> None:
                draft.add(Contact, project_id=position.id, **row.model_dump(exclude={"no"}))
                draft.after[row.no] = row.model_dump(mode="json", exclude_none=True)

            title = f"{given[0].role} {given[0].name}" if given else ""
            before = self._positions(draft, places)
            return self._many(draft, title, given, (places, before), (check, write), dry_run=dry_run)

    def _many(
        self,
        draft: Draft,
        title: str,
        given: Sequence[Row],
        standing: tuple[Sequence[Place], Sequence[Position | None]],
        how: tuple[Check, Write],
        *,
        dry_run: bool,
    ) -> Outcome:
        """Weigh every row and plan those that nothing stands in the way of; write all, or refuse all."""
        (places, before), (check, write) = standing, how
        if not given:
            raise Refused([error("no", "没有要更新的项目。")])
        found: list[Finding] = []
        for row, position in zip(given, before, strict=True):
            checked = [unknown_project(draft.session, row.no)] if position is None else check(row, position)
            if position is not None and not any(finding.severity is Severity.ERROR for finding in checked):
                write(row, position)
            stopping = checked if dry_run else weighed(checked, getattr(row, "reason", None))
            found += [about(finding, row.no) for finding in stopping]
        if not dry_run:
            refuse(found)
        names = "、".join(f"#{row.no}" for row in given[:5]) + ("…" if len(given) > 5 else "")
        draft.title = f"{title}，{len(given)} 项：{names}"
        draft.write()
        after = self._positions(draft, places)
        rows = tuple(Moved(row.no, *around) for row, *around in zip(given, before, after, strict=True))
        return Outcome(draft.id, draft.title, tuple(found), rows=rows)
