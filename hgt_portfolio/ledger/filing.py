"""What a filing is checked against, and the rows it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures import ask_for, rules_at
from hgt_portfolio.figures.people import standing_name
from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.query import Ask
from hgt_portfolio.figures.rows import read_positions_numbered
from hgt_portfolio.ledger.beside import Beside, beside
from hgt_portfolio.ledger.chain import Draft, Row
from hgt_portfolio.ledger.planning import set_year_plan
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.cooperation import Cooperation
from hgt_portfolio.model.filing import LightOverride, Report, SendBack, Verification
from hgt_portfolio.model.inputs import CheckInput, OpeningInput, ReportInput
from hgt_portfolio.model.people import Contact
from hgt_portfolio.months import Month, last_day, month_of, quarter_end
from hgt_portfolio.rules.checks import Filing, Finding, error, findings
from hgt_portfolio.rules.lights import DEFAULT_RULES
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import COMPLETE_STATUSES, ContactRole, FilingKind, Status

CALLED_COMPLETE = ("完工", "竣工", "建成", "完成", "投用", "验收")
"""Words in a finding's text that may mean completion: the status must then be given outright."""

DENIED = ("未", "没", "不", "无", "尚", "预计", "计划", "将", "拟", "待")
"""Words that deny or postpone it."""


_LATEST = 2**62
"""A moment after every action's."""


def position_at(
    session: Session, no: str, period: Month, moment: int, day: date | None = None, rules: str | None = None
) -> Position | None:
    """Read a project's position at a period's end within an open session, by the rule set in force there."""
    point = Point(day or last_day(period), period, moment)
    return position_of(session, ask_for(session, point, rules_at(session, point, rules, DEFAULT_RULES)), no)


def position_of(session: Session, ask: Ask, no: str) -> Position | None:
    """Read a project's position by what was asked for."""
    return positions_of(session, ask, (no,)).get(no)


def positions_of(session: Session, ask: Ask, nos: Sequence[str]) -> dict[str, Position]:
    """Read the positions of projects by their numbers."""
    return read_positions_numbered(session, ask, nos)


def standing_reports(session: Session, project_id: int, period: Month) -> list[Report]:
    """Give every standing report of a project for exactly this month, the newest last."""
    rows = session.execute(
        select(Report)
        .where(col(Report.project_id) == project_id, col(Report.period) == period, col(Report.revoked_at).is_(None))
        .order_by(col(Report.recorded_at), col(Report.id))
    )
    return list(rows.scalars())


def check_report(
    session: Session, given: ReportInput, position: Position, found: Beside, today: date
) -> tuple[Finding, ...]:
    """Give every finding on a filing, from the ledger as it stands."""
    filing = _filing(session, given, position, found, today, base=position)
    return (*check_replaced(position, found.replaced), *findings(filing))


def check_opening(session: Session, given: OpeningInput, position: Position, today: date) -> tuple[Finding, ...]:
    """Give every finding on an opening; one quarter's share of the whole is no matter there."""
    status, known = opening_status(given), beside(session, [position.id], given.period)[position.id]
    found = check_replaced(position, known.replaced)
    found += [] if status is not None else _unsaid(given)
    filing = ReportInput(
        no=given.no,
        period=given.period,
        status=status or Status.PREPARATION,
        cumulative_fen=given.cumulative_fen,
        started=given.started,
        finished=given.finished,
    )
    found += findings(_filing(session, filing, position, known, today, base=None))
    base = given.cumulative_base_fen
    if base is not None and base < 0:
        found.append(error("cumulative_base_fen", "规划期以前累计是负数，请改正。"))
    if base is not None and given.cumulative_fen is not None and base > given.cumulative_fen:
        found.append(error("cumulative_base_fen", "规划期以前累计大于截至上年底累计，请改正。"))
    return tuple(found)


def check_replaced(position: Position, since: date | None) -> list[Finding]:
    """Refuse figures of a project that others have since taken the place of: theirs would no longer sum to them."""
    if since is None:
        return []
    why = "已报的数已转到新的序号，以前各期不能再补报、更正、退回。确要改的，请先撤销那次拆分或合并"
    return [error("no", f"#{position.no} 自 {since} 起已拆分或合并，{why}。")]


def _unsaid(given: OpeningInput) -> list[Finding]:
    """Refuse dates without a status, and an opening that says nothing at all."""
    if given.started or given.finished:
        return [error("status", "填了实际开工或完工日期，须写明项目状态。")]
    said = (given.cumulative_base_fen, given.year_plan_fen, given.goal, given.leader, given.officer, given.sponsor)
    if any(value is not None for value in said):
        return []
    return [error("cumulative_fen", "什么也没有填：请填累计完成投资或项目状态。")]


def _filing(
    session: Session, given: ReportInput, position: Position, found: Beside, today: date, *, base: Position | None
) -> Filing:
    return Filing(
        today=today,
        period=given.period,
        status=given.status,
        cumulative_fen=given.cumulative_fen,
        started=given.started,
        finished=given.finished,
        unit=_filing_unit(session, given, position, today),
        lead=position.unit,
        investment_fen=position.investment,
        status_before=found.last,
        started_before=position.started,
        earlier=found.earlier,
        later=found.later,
        base_fen=None if base is None else base.base,
        standing_fen=None if base is None else found.standing.get("cumulative_fen"),
        closed=found.closed,
        exited=bool(position.exited),
    )


def _filing_unit(session: Session, given: ReportInput, position: Position, today: date) -> str:
    """Give the name that the filing unit went by in the period; it may be filed under the one it goes by today."""
    lead = position.unit
    if given.unit in (None, lead):
        return lead
    return lead if given.unit == standing_name(session, lead, today, _LATEST) else str(given.unit)


def add_report(draft: Draft, given: ReportInput, position: Position, unit_id: int) -> Row:
    """Plan the row of a report; a filed 未开工 without an amount is 0."""
    amount = given.cumulative_fen
    if amount is None and given.status is Status.NOT_STARTED:
        amount = 0
    values = given.model_dump(exclude={"no", "unit", "cumulative_fen"})
    kind = FilingKind.QUARTERLY if given.period % 3 == 2 else FilingKind.MONTHLY
    return draft.add(
        Report,
        project_id=position.id,
        unit_id=unit_id,
        kind=kind,
        cumulative_fen=amount,
        filed_at=draft.at,
        **values,
    )


def said_of(row: Row) -> dict[str, Any]:
    """Give what an entry keeps of a row that it writes."""
    return {name: value for name, value in row.items() if value is not None and name != "id"}


def opening_status(given: OpeningInput) -> Status | None:
    """Give an opening's status: as stated, else 在建 where work was done, 未开工 where none was, None where unsaid."""
    if given.status is not None or given.cumulative_fen is None:
        return given.status
    return Status.UNDER_WAY if given.cumulative_fen else Status.NOT_STARTED


def add_opening(draft: Draft, given: OpeningInput, position: Position, unit_id: int, base_month: Month) -> None:
    """Plan every row of a project's opening: its two cumulative amounts, year plan and people.

    What was not stated is not written: without status and amount there is no report.
    """
    shared = {"project_id": position.id, "kind": FilingKind.OPENING, "unit_id": unit_id, "evidence": given.evidence}
    base = given.cumulative_base_fen
    if base is not None and base_month < given.period:
        status = Status.UNDER_WAY if base else Status.NOT_STARTED
        draft.add(Report, period=base_month, status=status, cumulative_fen=base, filed_at=draft.at, **shared)
    stated = opening_status(given)
    if stated is not None:
        amount = 0 if given.cumulative_fen is None and stated is Status.NOT_STARTED else given.cumulative_fen
        draft.add(
            Report,
            period=given.period,
            status=stated,
            cumulative_fen=amount,
            started=given.started,
            finished=given.finished,
            reason=given.reason,
            filed_at=draft.at,
            **shared,
        )
    year = given.period // 12 + 1
    if given.year_plan_fen is not None or given.goal:
        set_year_plan(draft, position.id, year, date(year, 1, 1), amount_fen=given.year_plan_fen, goal=given.goal)
    for role, name, phone in (
        (ContactRole.LEADER, given.leader, None),
        (ContactRole.OFFICER, given.officer, given.phone),
        (ContactRole.SPONSOR, given.sponsor, None),
    ):
        if name:
            draft.add(Contact, project_id=position.id, role=role, name=name, phone=phone, since=date(year, 1, 1))


def check_verification(given: CheckInput, position: Position, today: date) -> tuple[Finding, ...]:
    """Give every finding on a 核实记录: no future day, and completion stated outright with its date."""
    found = []
    if given.day > today:
        found.append(error("day", f"核实日期 {given.day} 晚于今天，请改正。"))
    if position.exited:
        found.append(error("no", "本项目已退出，不再核实。"))
    complete = given.status in COMPLETE_STATUSES
    if complete and given.finished is None:
        found.append(error("finished", f"核实状态为{given.status}，须填实际完工日期。"))
    if given.finished and not complete:
        found.append(error("finished", f"填了实际完工日期 {given.finished}，核实状态须为完工、竣工验收或投用。"))
    if given.finished and given.finished > given.day:
        found.append(error("finished", f"实际完工日期 {given.finished} 晚于核实日期 {given.day}，请改正。"))
    if given.started and given.finished and given.started > given.finished:
        found.append(error("finished", "实际完工日期早于实际开工日期，请改正。"))
    if given.status is None and position.status not in COMPLETE_STATUSES and _sounds_complete(given.finding):
        found.append(
            error(
                "status",
                f"核实结论“{given.finding}”像是已经完工：请写明核实状态和实际完工日期。",
            )
        )
    if given.status is None and position.status in COMPLETE_STATUSES and _sounds_unfinished(given.finding):
        found.append(
            error(
                "status",
                f"台账现为{position.status}，而核实结论“{given.finding}”像是没有完工：请写明核实状态。",
            )
        )
    return tuple(found)


def _sounds_unfinished(text: str) -> bool:
    return any(denied + called in text for denied in ("未", "没", "没有", "尚未") for called in CALLED_COMPLETE)


def _sounds_complete(text: str) -> bool:
    return any(called in text for called in CALLED_COMPLETE) and not any(denied in text for denied in DENIED)


def add_verification(draft: Draft, given: CheckInput, position: Position) -> None:
    """Plan the row of a check; without a status of its own it says only that somebody looked."""
    values = given.model_dump(exclude={"no"})
    draft.add(Verification, project_id=position.id, period=month_of(given.day + timedelta(days=1)) - 1, **values)


def periods_of(rows: list[LedgerRow]) -> set[Month]:
    """Give the quarters that what an action filed, sent back or judged belongs to."""
    return {quarter_end(row.period) for row in rows if isinstance(row, (Report, Cooperation, SendBack, LightOverride))}
