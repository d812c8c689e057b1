"""The one door for writing: each method is one user action, validated, audited and committed once.

A refused action raises ``Refused`` with its findings and leaves nothing behind. ``dry_run`` runs the same code
and rolls it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures import closing_of
from hgt_portfolio.figures.position import Position
from hgt_portfolio.ledger import chain
from hgt_portfolio.ledger.bulk import BulkUpdates
from hgt_portfolio.ledger.chain import LEDGER_TABLES
from hgt_portfolio.ledger.closing import Closings, resting_on_close
from hgt_portfolio.ledger.deciding import Decisions
from hgt_portfolio.ledger.door import Moved, Outcome, Refused, done, once, refuse, validated
from hgt_portfolio.ledger.filing import check_opening, periods_of
from hgt_portfolio.ledger.funds import Funds, fund_findings
from hgt_portfolio.ledger.indicators import Indicators, later_filing
from hgt_portfolio.ledger.loading import load
from hgt_portfolio.ledger.meanwhile import Seen
from hgt_portfolio.ledger.milestones import Milestones
from hgt_portfolio.ledger.people import People, later_contact
from hgt_portfolio.ledger.reporting import Filings
from hgt_portfolio.ledger.returning import ConflictInput, ReturnInput, Returns, report_findings
from hgt_portfolio.ledger.supervising import Supervisions, later_step
from hgt_portfolio.ledger.uniting import Units, resting_on_change
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.inputs import (
    FIELD_LABELS,
    AmendInput,
    Changes,
    CheckInput,
    ContactInput,
    CooperationInput,
    Merger,
    OpeningInput,
    OverrideInput,
    Part,
    ReportInput,
    UnitChangeInput,
    WindowInput,
    YearPlanInput,
)
from hgt_portfolio.model.inputs_closing import ErratumInput
from hgt_portfolio.model.inputs_funds import FundInput, SourceLine, SpecialFundInput
from hgt_portfolio.model.inputs_indicators import IndicatorInput
from hgt_portfolio.model.inputs_milestones import MilestoneInput, SubItemInput
from hgt_portfolio.model.inputs_people import ContactEnd, UnitContactInput
from hgt_portfolio.model.inputs_supervision import StepInput, SuperviseInput
from hgt_portfolio.model.project import PlanRecord
from hgt_portfolio.months import quarter_text
from hgt_portfolio.plan import Plan
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind


class Ledger(
    Filings, BulkUpdates, Decisions, People, Units, Closings, Returns, Milestones, Supervisions, Indicators, Funds
):
    """Writes one ledger in one operator's name."""

    @once
    def load(self, plan: Plan, *, demo: bool = False) -> Outcome:
        """Write a plan into an empty ledger."""
        with self._action(ActionKind.LOAD) as draft:
            if draft.session.get(PlanRecord, 1) is not None:
                raise Refused([error("plan", "台账里已有规划，没有再装载。")])
            load(draft, plan, demo=demo)
            return Outcome(draft.id, draft.title)

    def broken_entry(self) -> int | None:
        """Give the number of the first action whose entry or rows were changed behind the program's back, if any."""
        with self.store.read() as session:
            return broken_link(session)

    @once
    def undo(self) -> Outcome:
        """Take back the operator's newest action as a whole; refused, naming why, where others built on it."""
        with self._action(ActionKind.UNDO) as draft:
            session = draft.session
            target = chain.newest_of(session, self.operator)
            if target is None or target.id is None:
                raise Refused([error("undo", f"{self.operator} 没有可以撤销的操作。")])
            draft.subjects = chain.subjects_of(session, target.id)
            refuse(self._undo_findings(session, target, draft.subjects))
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
            return done(draft, f"撤销 {target.title}", None)

    def _undo_findings(self, session: Session, target: Action, subjects: set[int]) -> list[Finding]:
        later = (
            chain.later_action(session, target, subjects)
            or later_step(session, target)
            or later_contact(session, target)
            or later_filing(session, target)
            or resting_on_close(session, target)
            or resting_on_change(session, target)
        )
        if later is not None:
            return [
                error("undo", f"不能撤销“{target.title}”：之后 {later.operator} 又做了“{later.title}”，请先处理后者。")
            ]
        rows: list[LedgerRow] = []
        for model in LEDGER_TABLES:
            rows += session.execute(select(model).where(col(model.action_id) == target.id)).scalars()
        for period in sorted(periods_of(rows)):
            if target.kind not in (ActionKind.CLOSE, ActionKind.AMEND) and closing_of(session, period) is not None:
                return [error("undo", f"不能撤销“{target.title}”：{quarter_text(period)} 已定稿，请改作更正填报。")]
        return []


def opening_findings(
    store: Store, asked: Sequence[tuple[OpeningInput, Position]], today: date
) -> list[tuple[Finding, ...]]:
    """Give every finding that the ledger would have on each of some openings, without writing them."""
    with store.read() as session:
        return [check_opening(session, opening, position, today) for opening, position in asked]


__all__ = [
    "FIELD_LABELS",
    "AmendInput",
    "Changes",
    "CheckInput",
    "ConflictInput",
    "ContactEnd",
    "ContactInput",
    "CooperationInput",
    "ErratumInput",
    "FundInput",
    "IndicatorInput",
    "Ledger",
    "Merger",
    "MilestoneInput",
    "Moved",
    "OpeningInput",
    "Outcome",
    "OverrideInput",
    "Part",
    "Refused",
    "ReportInput",
    "ReturnInput",
    "Seen",
    "SourceLine",
    "SpecialFundInput",
    "StepInput",
    "SubItemInput",
    "SuperviseInput",
    "UnitChangeInput",
    "UnitContactInput",
    "WindowInput",
    "YearPlanInput",
    "fund_findings",
    "opening_findings",
    "report_findings",
    "validated",
]
