"""Returned forms: every row taken in one run is one action, written as the rows were merged or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from hgt_portfolio.figures.funds import ProjectFunds, read_funds
from hgt_portfolio.figures.position import Position
from hgt_portfolio.ledger.beside import Beside, nearby
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, about, once, unit_ids_of, unknown_project, weighed
from hgt_portfolio.ledger.filing import add_report, check_report, said_of
from hgt_portfolio.ledger.funds import add_funds, check_funds, said_of_funds
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.conflict import Conflict
from hgt_portfolio.model.inputs import ContactInput, ReportInput
from hgt_portfolio.model.inputs_funds import FundInput
from hgt_portfolio.model.people import Contact
from hgt_portfolio.months import Month, last_day, quarter_text
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.rules.point import Point
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind, Decision


@dataclass(frozen=True)
class ReturnInput:
    """What a row of a returned form asks for: a filing, a person, funds, or all of these; and the name of its file."""

    no: str
    period: Month
    report: ReportInput | None = None
    contact: ContactInput | None = None
    file: str | None = None
    funds: FundInput | None = None


@dataclass(frozen=True)
class ConflictInput:
    """A conflict to record: a field as it was sent out, as it came back and as the ledger has it, in words; who
    filed each side; and what was decided.
    """

    no: str
    period: Month
    field: str
    sent: str | None
    theirs: str | None
    ours: str | None
    decision: Decision
    file: str
    their_by: str | None
    our_by: str | None


class Returns(Door):
    """Takes returned forms."""

    @once
    def take_returns(
        self,
        given: Sequence[ReturnInput],
        conflicts: Sequence[ConflictInput] = (),
        *,
        seen: int,
        dry_run: bool = False,
    ) -> Outcome:
        """Write what the rows of returned forms ask for, and their conflicts; ``seen`` is when they were merged.

        A finding on any row refuses all, and so does an action of anyone's since ``seen``: merge again.
        """
        with self._action(ActionKind.RETURNS, dry_run=dry_run, imported=True) as draft:
            refuse_moved(draft, seen)
            found: list[Finding] = []
            positions = self._positions(draft, ((row.no, row.period, None) for row in given))
            known, unit_ids = nearby(draft.session, zip(given, positions, strict=True)), unit_ids_of(draft.session)
            funds = self._funds_before(draft, given)
            for row, position in zip(given, positions, strict=True):
                if position is None:
                    raise Refused([unknown_project(draft.session, row.no)])
                near = known[row.period][position.id]
                if row.report is not None:
                    checked = check_report(draft.session, row.report, position, near, self.today)
                    found += [about(finding, row.no) for finding in weighed(checked, row.report.reason)]
                before = funds.get(row.period, {}).get(row.no)
                if row.funds is not None:
                    asked = check_funds(draft.session, row.funds, position, before, self.today)
                    found += [about(finding, row.no) for finding in weighed(asked, row.funds.reason)]
                if not found:
                    _add(draft, row, position, near, unit_ids[position.unit])
                    _add_funds(draft, row, position, before)
            if found:
                raise Refused(found)
            for conflict in conflicts:
                position = self._target(draft, conflict.no, conflict.period)
                add_conflict(draft, conflict, position)
            periods = [quarter_text(one.period) for one in [*given][:1] or [*conflicts][:1]]
            taken = [f"{len(given)} 项：{named(row.no for row in given)}"] if given else []
            draft.title = "，".join((" ".join((draft.kind, *periods)), *taken, *conflict_words(conflicts)))
            filed = [one for row in given for one in (row.report, row.funds) if one is not None]
            reasons = dict.fromkeys(one.reason for one in filed if one.reason)
            draft.reason = "；".join(reasons) or None
            draft.write()
            return Outcome(draft.id, draft.title)

    def _funds_before(self, draft: Draft, given: Sequence[ReturnInput]) -> dict[Month, dict[str, ProjectFunds]]:
        """Read the funds as they stand, of the periods that any are asked for of."""
        periods = {row.period for row in given if row.funds is not None}
        return {period: read_funds(draft.session, Point(last_day(period), period, draft.at)) for period in periods}


MOVED = "读取填报表以后，台账里又有人做了改动，这次没有收。请再收一次。"


def refuse_moved(draft: Draft, seen: int | None, said: str = MOVED) -> None:
    """Refuse what was weighed against a ledger that has moved on since; raises ``Refused``."""
    newest = draft.session.execute(select(func.max(col(Action.at)))).scalar() or 0
    if seen is not None and newest > seen:
        raise Refused([error("seen", said)])


def named(nos: Iterable[str]) -> str:
    """Name projects by number, the first five of them."""
    every = list(dict.fromkeys(nos))
    return "、".join(f"#{no}" for no in every[:5]) + ("…" if len(every) > 5 else "")


def conflict_words(conflicts: Sequence[ConflictInput]) -> list[str]:
    """Say how many conflicts were left undecided, and in how many the ledger's value was kept."""
    said = []
    for decision, words in ((Decision.OPEN, "冲突未定"), (Decision.KEPT, "冲突留账")):
        nos = [conflict.no for conflict in conflicts if conflict.decision is decision]
        said += [f"{words} {len(nos)} 处：{named(nos)}"] if nos else []
    return said


def add_conflict(draft: Draft, given: ConflictInput, position: Position) -> None:
    """Plan the row of a conflict."""
    row = draft.add(
        Conflict,
        project_id=position.id,
        period=given.period,
        field=given.field,
        sent=given.sent,
        theirs=given.theirs,
        ours=given.ours,
        decision=given.decision,
        file=given.file,
        their_by=given.their_by,
        our_by=given.our_by,
    )
    said = {name: row[name] for name in ("sent", "theirs", "ours", "decision", "file") if row[name] is not None}
    draft.after.setdefault(given.no, {}).setdefault("conflicts", {})[given.field] = said


def _add(draft: Draft, row: ReturnInput, position: Position, near: Beside, unit_id: int) -> None:
    draft.before[row.no] = near.standing
    draft.after[row.no] = {"file": row.file} if row.file else {}
    if row.report is not None:
        draft.after[row.no] |= said_of(add_report(draft, row.report, position, unit_id))
    if row.contact is not None:
        draft.add(Contact, project_id=position.id, **row.contact.model_dump(exclude={"no"}))
        draft.after[row.no]["contact"] = row.contact.model_dump(mode="json", exclude_none=True)


def _add_funds(draft: Draft, row: ReturnInput, position: Position, before: ProjectFunds | None) -> None:
    if row.funds is None:
        return
    moved = add_funds(draft, row.funds, position, before)
    draft.before[row.no] = {**draft.before[row.no], "funds": said_of_funds(before)}
    draft.after[row.no]["funds"] = [line.model_dump(mode="json", exclude_none=True) for line in moved]


def report_findings(
    store: Store, asked: Sequence[tuple[ReportInput, Position]], today: date
) -> list[tuple[Finding, ...]]:
    """Give every finding that the ledger would have on each of some filings, without writing them."""
    with store.read() as session:
        known = nearby(session, asked)
        return [
            check_report(session, given, position, known[given.period][position.id], today) for given, position in asked
        ]
