"""资金: what each source gives a project, and the district's 专项资金."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.funds import AMOUNTS, ProjectFunds, SourceState, Stated, read_funds, read_special
from hgt_portfolio.figures.position import Position
from hgt_portfolio.figures.reader import closing_of
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once, refuse, weighed
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.fund import FUND_LABELS, FundReport, SpecialFund, fund_field
from hgt_portfolio.model.inputs_funds import FundInput, SourceLine, SpecialFundInput
from hgt_portfolio.money import wan_words
from hgt_portfolio.months import first_day, last_day, month_text
from hgt_portfolio.rules.checks import Finding, error, warning
from hgt_portfolio.rules.point import Point
from hgt_portfolio.store import Store
from hgt_portfolio.terms import ActionKind, FundSource, Severity

APART = 10
"""An amount so many times as large or as small as the one before is more often a wrong unit than true (ours)."""


class Funds(Door):
    """Files funds."""

    @once
    def fund(self, given: FundInput, *, dry_run: bool = False) -> Outcome:
        """File what sources had planned for, given to and paid on a project by a period's end."""
        with self._action(ActionKind.FUND, given.reason, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, given.period)
            point = Point(last_day(given.period), given.period, draft.at)
            before = read_funds(draft.session, point, given.no).get(given.no)
            found = check_funds(draft.session, given, position, before, self.today)
            stopping = [one for one in found if one.severity is Severity.ERROR]
            if not stopping and not moved_lines(given, before):
                same = f"#{given.no} {month_text(given.period)} 的资金与已填报的相同，没有改动。"
                raise Refused([error("lines", same)])
            refuse(stopping if dry_run else weighed(found, given.reason))
            draft.before = said_of_funds(before)
            names = "、".join(line.source for line in add_funds(draft, given, position, before))
            title = f"资金填报 #{given.no} {position.name} {month_text(given.period)}：{names}"
            outcome = done(draft, title, given)
            return Outcome(outcome.action_id, outcome.title, tuple(found))

    @once
    def special_fund(self, given: SpecialFundInput, *, dry_run: bool = False) -> Outcome:
        """State 专项资金 of a year; less than the year before wants a reason (the plan promises a yearly increase)."""
        with self._action(ActionKind.SPECIAL_FUND, given.reason, dry_run=dry_run) as draft:
            rows = read_special(draft.session, draft.at)
            standing, earlier, later = (rows.get(given.year + step) for step in (0, -1, 1))
            facts = given.model_dump(exclude={"reason"})
            if standing is not None and all(standing[name] == value for name, value in facts.items()):
                raise Refused([error("amount_fen", f"{given.year}年专项资金与已填报的相同，没有改动。")])
            found = []
            if given.year > self.today.year + 1:
                raise Refused([error("year", f"{given.year}年还没有到编制预算的时候，不能填报专项资金。")])
            if standing is not None and standing["amount_fen"] != given.amount_fen:
                was = wan_words(standing["amount_fen"])
                found.append(warning("amount_fen", f"{given.year}年已填报 {was} 万元，现改动，请写明原因。"))
            if earlier is not None and given.amount_fen <= earlier["amount_fen"]:
                was, now = wan_words(earlier["amount_fen"]), wan_words(given.amount_fen)
                promise = "规划要求逐年增加，请写明原因"
                found.append(
                    warning(
                        "amount_fen", f"{given.year}年 {now} 万元不多于 {given.year - 1}年的 {was} 万元，{promise}。"
                    )
                )
            if later is not None and later["amount_fen"] <= given.amount_fen:
                told = f"{given.year + 1}年已填报 {wan_words(later['amount_fen'])} 万元，不多于"
                found.append(
                    warning("amount_fen", f"{told}{given.year}年的 {wan_words(given.amount_fen)} 万元，请写明原因。")
                )
            known = standing or earlier
            if known is not None:
                found += _size_questions(given.amount_fen, known["amount_fen"])
            if given.paid_fen is not None and given.paid_fen > given.amount_fen:
                found.append(warning("paid_fen", f"{given.year}年支付超过安排，请核对并写明原因。"))
            refuse(weighed(found, given.reason))
            draft.before = {name: standing[name] for name in facts if standing[name] is not None} if standing else {}
            draft.add(SpecialFund, **facts, reason=given.reason)
            outcome = done(draft, f"专项资金 {given.year}年 {wan_words(given.amount_fen)} 万元", given)
            return Outcome(outcome.action_id, outcome.title, tuple(found))


def _size_questions(fen: int, known: int) -> Iterator[Finding]:
    if known and not known < fen * APART < known * APART**2:
        words = f"{wan_words(fen)} 万元与已填报的 {wan_words(known)} 万元相差十倍以上"
        yield warning("amount_fen", f"{words}，请核对单位是不是万元，并写明原因。")


def check_funds(
    session: Session, given: FundInput, position: Position, before: ProjectFunds | None, today: date
) -> list[Finding]:
    """Give every finding on a filing of funds; a finding on an amount names its source in its field."""
    states = {line.source: line for line in before.sources} if before else {}
    return [*_stopping(session, given, position, today), *_questions(given, states, position, before)]


def moved_lines(given: FundInput, before: ProjectFunds | None) -> list[SourceLine]:
    """Give the lines that say anything that is not filed for the period already."""
    states = {line.source: line for line in before.sources} if before else {}
    return [line for line in given.lines if _moves(line, states.get(line.source), given.period)]


def add_funds(draft: Draft, given: FundInput, position: Position, before: ProjectFunds | None) -> list[SourceLine]:
    """Plan the rows of a filing of funds: of the lines that move, which it gives."""
    moved = moved_lines(given, before)
    for line in moved:
        facts = {"filed_by": given.filed_by, "evidence": given.evidence, "reason": given.reason}
        draft.add(FundReport, project_id=position.id, period=given.period, **line.model_dump(), **facts)
    return moved


def fund_findings(store: Store, asked: Sequence[tuple[FundInput, Position]], today: date) -> list[tuple[Finding, ...]]:
    """Give every finding that the ledger would have on each of some filings of funds, without writing them."""
    found = []
    with store.read() as session:
        newest = session.execute(select(func.max(col(Action.at)))).scalar() or 0
        periods = {given.period for given, _ in asked}
        before = {period: read_funds(session, Point(last_day(period), period, newest)) for period in periods}
        for given, position in asked:
            known = before[given.period].get(given.no)
            found.append(tuple(check_funds(session, given, position, known, today)))
    return found


def _stopping(session: Session, given: FundInput, position: Position, today: date) -> Iterator[Finding]:
    begins = first_day(given.period)
    if today < begins:
        yield error("period", f"{month_text(given.period)} 这一期要到 {begins} 起才能填报。")
    if position.exited:
        yield error("no", f"#{given.no} 已退出，不再填报。")
    if closing_of(session, given.period) is not None:
        yield warning("period", f"{month_text(given.period)} 所在季度已定稿，本次填报将作为更正，请写明原因。")


def _moves(line: SourceLine, standing: SourceState | None, period: int) -> bool:
    """Tell whether a line says anything that is not filed for the period already."""
    for name in AMOUNTS:
        given, stated = getattr(line, name), _stated(standing, name)
        if given is not None and (stated is None or (stated.fen, stated.period) != (given, period)):
            return True
    return False


def _stated(state: SourceState | None, name: str) -> Stated | None:
    found: Stated | None = getattr(state, name.removesuffix("_fen")) if state is not None else None
    return found


def _questions(
    given: FundInput, states: dict[FundSource, SourceState], position: Position, before: ProjectFunds | None
) -> Iterator[Finding]:
    """Question amounts that fall, that go past what they come from, or that exceed 总投资 together."""
    lines = moved_lines(given, before)
    after: dict[FundSource, dict[str, int | None]] = {
        source: {name: stated.fen if (stated := _stated(state, name)) else None for name in AMOUNTS}
        for source, state in states.items()
    }
    for line in lines:
        now = after.setdefault(line.source, dict.fromkeys(AMOUNTS))
        yield from _line_questions(line, now, states.get(line.source))
    planned = [amounts["planned_fen"] for amounts in after.values() if amounts["planned_fen"] is not None]
    total = position.investment
    first = next((line for line in lines if line.planned_fen is not None), None)
    if total is not None and sum(planned) > total and first is not None:
        words = f"#{given.no} 各来源计划合计 {wan_words(sum(planned))} 万元超过总投资 {wan_words(total)} 万元"
        yield warning(fund_field(first.source, "计划"), f"{words}，请核对并写明原因。")


def _line_questions(line: SourceLine, now: dict[str, int | None], standing: SourceState | None) -> Iterator[Finding]:
    """Question one source's amounts against what it said before, which they take the place of in ``now``."""
    for name, label in FUND_LABELS.items():
        amount, before = getattr(line, name), _stated(standing, name)
        if amount is None:
            continue
        if before is not None and amount < before.fen:
            was = f"{month_text(before.period)} 已填报的 {wan_words(before.fen)} 万元"
            fall = f"{line.source}{label} {wan_words(amount)} 万元低于 {was}"
            yield warning(fund_field(line.source, label), f"{fall}，请写明原因。")
        now[name] = amount
    for more, less in (("received_fen", "planned_fen"), ("paid_fen", "received_fen")):
        above, below = now[more], now[less]
        if above is not None and below is not None and above > below:
            label, words = FUND_LABELS[more], f"超过{FUND_LABELS[less]} {wan_words(below)} 万元，请核对并写明原因。"
            yield warning(fund_field(line.source, label), f"{line.source}{label} {wan_words(above)} 万元{words}")


def said_of_funds(funds: ProjectFunds | None) -> dict[str, dict[str, int]]:
    """Give what an entry keeps of a project's funds as they stood before."""
    if funds is None:
        return {}
    amounts = {line.source: {name: _stated(line, name) for name in AMOUNTS} for line in funds.sources}
    return {
        str(source): {name: stated.fen for name, stated in said.items() if stated} for source, said in amounts.items()
    }
