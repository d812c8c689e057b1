"""规划指标: loading what a plan sets, and filing what it came to in a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hgt_portfolio.figures.indicators import BASE_YEAR, Actual, Line, judged, read_actuals, read_lines
from hgt_portfolio.ledger.chain import Draft
from hgt_portfolio.ledger.door import Door, Outcome, Refused, once, refuse, weighed
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import LedgerRow
from hgt_portfolio.model.fund import SpecialFund
from hgt_portfolio.model.indicator import Indicator, IndicatorReport
from hgt_portfolio.model.inputs import clean
from hgt_portfolio.model.inputs_indicators import IndicatorInput
from hgt_portfolio.plan import PlanIndicator
from hgt_portfolio.rules.checks import Finding, error, warning
from hgt_portfolio.rules.indicators import agree, compared, held_against, is_change, read_bound, read_quantity
from hgt_portfolio.terms import ActionKind, Attainment, Severity


class Indicators(Door):
    """Loads indicators and files what they came to."""

    @once
    def load_indicators(self, lines: Sequence[PlanIndicator], source: str, *, dry_run: bool = False) -> Outcome:
        """Write a plan's indicators into a ledger that has none; ``source`` says which plan's they are."""
        with self._action(ActionKind.INDICATORS, dry_run=dry_run) as draft:
            there = len(read_lines(draft.session, draft.at))
            if there:
                raise Refused([error("indicators", f"台账里已有 {there} 行指标，没有再装载。")])
            if not lines:
                raise Refused([error("indicators", "没有可以装载的指标。")])
            add_indicators(draft, lines)
            draft.title = f"装载指标 {source}，{len(lines)} 行"
            draft.after = {"lines": len(lines), "source": source}
            draft.write()
            return Outcome(draft.id, draft.title)

    @once
    def indicators(self, given: Iterable[IndicatorInput], *, dry_run: bool = False) -> Outcome:
        """File what one or more indicators came to, in one action; a finding on any of them refuses all."""
        filings = list(given)
        with self._action(ActionKind.INDICATOR, dry_run=dry_run) as draft:
            lines, filed = read_lines(draft.session, draft.at), read_actuals(draft.session, draft.at)
            numbers = {line.code: line.id or 0 for line in lines}
            years = {
                year: {line.code: line for one in judged(lines, filed, year) for line in one.lines}
                for year in {one.year for one in filings}
            }
            found: list[Finding] = []
            passed: list[Finding] = []
            for place, one in enumerate(filings):
                before = filings[:place]
                checked = _check(one, years[one.year], self.today.year, {(o.code, o.year) for o in before})
                checked += _check_twin(one, years[one.year], filings, place)
                found += weighed(checked, one.reason)
                passed += checked
            refuse(found)
            if not filings:
                raise Refused([error("indicators", "没有要填报的指标。")])
            for one in filings:
                standing = years[one.year][one.code].actual
                if standing is not None:
                    draft.before[f"{one.code} {one.year}"] = _said(standing)
                facts = one.model_dump(exclude={"code"})
                draft.add(IndicatorReport, indicator_id=numbers[one.code], **facts)
                draft.after[f"{one.code} {one.year}"] = one.model_dump(mode="json", exclude_none=True)
            draft.reason = "；".join(dict.fromkeys(one.reason for one in filings if one.reason)) or None
            draft.title = _title(filings, years[filings[0].year])
            draft.write()
            warnings = [finding for finding in passed if finding.severity is not Severity.ERROR]
            return Outcome(draft.id, draft.title, tuple(warnings))


def add_indicators(draft: Draft, lines: Sequence[PlanIndicator]) -> None:
    """Plan every line of a plan's indicators."""
    for position, line in enumerate(lines, 1):
        facts = {name: _cell(getattr(line, name)) for name in _CELLS}
        draft.add(Indicator, position=position, number=line.number, part=line.part, **facts)


_CELLS = (
    "catalogue",
    "code",
    "domain",
    "task",
    "name",
    "part_name",
    "unit",
    "standard",
    "baseline",
    "verdict",
    "target_2025",
    "target_2030",
    "binding",
    "note",
    "place",
    "quote",
    "indicators",
    "projects",
    "units",
)


def _cell(text: str) -> str | None:
    """Give a cell as the ledger keeps it: its lines cleaned, nothing for a blank one."""
    return "\n".join(clean(line) for line in text.splitlines()) or None


def _check(
    given: IndicatorInput, lines: dict[str, Line], this_year: int, before: set[tuple[str, int]]
) -> list[Finding]:
    """Check a filing against the line it is for: what stops it, and what wants a reason."""
    line = lines.get(given.code)
    if line is None:
        return [error("code", f"没有编号为 {given.code} 的指标；编号如 省-9、国-8.2、诺-3，见 hgt indicators。")]
    name = f"{given.code} {line.name} {given.year}年"
    if (given.code, given.year) in before:
        return [error("code", f"{name} 在这一次里填了两回，请只留一回。")]
    if given.year > this_year:
        return [error("year", f"{name} 还没有到，不能填报实际值。")]
    if given.year < BASE_YEAR:
        return [error("year", f"{name} 早于规划基准年 {BASE_YEAR}，不用填报。")]
    found = [*_check_values(given, line, name), *_check_size(given, line, name)]
    standing = line.actual
    if standing is not None and not any(one.severity is Severity.ERROR for one in found):
        if _same(given, standing):
            return [error("value", f"{name} 与已填报的相同，没有改动。")]
        said, says = standing.value or standing.attained, given.value or given.attained
        if said != says:
            found.append(warning("value", f"{name} 已填报“{said}”，现改为“{says}”，请写明原因。"))
    return found


def _check_values(given: IndicatorInput, line: Line, name: str) -> Iterable[Finding]:
    bounds = [bound for cell in (line.standard, line.target) if (bound := held_against(cell, given.assigned))]
    numbers = [bound for bound in bounds if read_bound(bound) is not None]
    words = [bound for bound in bounds if bound not in numbers]
    value, quantity = given.value, read_quantity(given.value)
    if given.assigned is not None and read_bound(given.assigned) is None:
        yield error("assigned", f"{name} 上级下达值“{given.assigned}”不是可比较的数，请写成如 ≥2.5 的形式。")
    if numbers and quantity is None:
        said = f"“{value}”不是一个数" if value else "没有写"
        yield error("value", f"{name} 的实际值{said}，不能与“{numbers[0]}”比较；请只写数，如 95.3。")
    if value and value.endswith(("%", "％")) and line.unit != "%":
        yield error("value", f"{name} 的单位不是 %，实际值不能写“{value}”；请只写数。")
    if quantity is not None and line.unit == "%" and abs(quantity.amount) > 100:
        yield warning("value", f"{name} 实际值 {value} 超过 100%，请核对并写明原因。")
    verdicts = {compared(value, bound) for bound in numbers} if quantity else set()
    for bound in [bound for bound in numbers if quantity and compared(value, bound) is None][:1]:
        yield error("value", f"{name} 的实际值“{value}”不能断定是否达到“{bound}”，请写实际数。")
    if words and given.attained is None:
        yield error("attained", f"{name} 的“{words[0]}”程序不能比较，须由人判断达标或不达标，并写明依据。")
    if given.attained is not None and given.evidence is None:
        yield error("evidence", f"{name} 由人判断为{given.attained}，请写明依据（文件、会议或核查记录）。")
    if given.attained is not None and not words and verdicts == {_other(given.attained)}:
        yield error("attained", f"{name} 实际值 {value} 经比较为{_other(given.attained)}，不能判为{given.attained}。")


APART = 10
"""A value so many times as large or as small as the one before is more often a slip of the pen than true (ours)."""


def _check_size(given: IndicatorInput, line: Line, name: str) -> Iterable[Finding]:
    """Hold a value against the one before, else against what is set: a percentage may be filed as a fraction."""
    now = read_quantity(given.value)
    if now is None or now.amount <= 0 or is_change(line.standard):
        return
    cells = [(f"{line.before[0]}年的 {line.before[1]}", line.before[1])] if line.before else []
    cells += [(f"规划的“{cell}”", cell) for cell in (line.standard, line.target) if cell]
    for said, cell in cells:
        known = read_quantity(cell)
        if known is not None and known.amount > 0:
            if not known.amount / APART < now.amount < known.amount * APART:
                hint = "百分数写成如 96.3，不写 0.963；" if line.unit == "%" else ""
                yield warning(
                    "value",
                    f"{name} 实际值 {given.value} 与{said} 相差十倍以上，请核对小数点和单位（{hint}无误的写明原因）。",
                )
            return


def _check_twin(
    given: IndicatorInput, lines: dict[str, Line], filings: Sequence[IndicatorInput], place: int
) -> list[Finding]:
    """Hold a value against that of the same measure in the other table, as it will stand once all are filed."""
    own = lines.get(given.code)
    if own is None:
        return []
    same = {other.code: other for other in lines.values() if other.code != own.code and other.measure == own.measure}
    told = {code: one.actual.value for code, one in same.items() if one.actual is not None}
    for at, one in enumerate(filings):
        if one.code in same and one.year == given.year:
            # Of two in one act the later is questioned.
            told[one.code] = one.value if at < place else None
    return [
        warning(
            "value",
            f"{given.code} {own.name} {given.year}年实际值 {given.value} 与同名的 {code}（{value}）不同，"
            "请核对口径并写明原因。",
        )
        for code, value in told.items()
        if not agree(value, given.value)
    ]


def _other(verdict: Attainment) -> Attainment:
    return Attainment.UNMET if verdict is Attainment.MET else Attainment.MET


_FILED = ("value", "assigned", "attained", "source", "evidence", "unit", "filed_by")


def _same(given: IndicatorInput, standing: Actual) -> bool:
    return all(getattr(given, name) == getattr(standing, name) for name in _FILED)


def _said(actual: Actual) -> dict[str, Any]:
    return {name: getattr(actual, name) for name in _FILED if getattr(actual, name) is not None}


def _title(filings: Sequence[IndicatorInput], lines: dict[str, Line]) -> str:
    first = filings[0]
    if len(filings) > 1:
        years = "、".join(str(year) for year in sorted({one.year for one in filings}))
        return f"指标填报 {years}年 {len(filings)} 行：{first.code} 等"
    value = " ".join(str(word) for word in (first.value, first.attained) if word)
    return f"指标填报 {first.code} {lines[first.code].name} {first.year}年：{value}"


def later_filing(session: Session, target: Action) -> Action | None:
    """Give the newest standing action after one that filed for the same indicator and year, or 专项资金 year."""
    for model, names in ((IndicatorReport, ("indicator_id", "year")), (SpecialFund, ("year",))):
        found = _later(session, target, model, names)
        if found is not None:
            return found
    return _resting_on_lines(session, target)


def _later(session: Session, target: Action, model: type[LedgerRow], names: tuple[str, ...]) -> Action | None:
    other: Any = aliased(model)
    own: Any = aliased(model)
    same = [getattr(own, name) == getattr(other, name) for name in names]
    query = (
        select(Action)
        .join(other, other.action_id == Action.id)
        .join(own, *same[:1])
        .where(*same[1:], own.action_id == target.id, col(Action.id) > target.id, other.revoked_at.is_(None))
        .order_by(col(Action.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _resting_on_lines(session: Session, target: Action) -> Action | None:
    """Give the newest standing filing for a line that an action loaded."""
    query = (
        select(Action)
        .join(IndicatorReport, col(IndicatorReport.action_id) == Action.id)
        .join(Indicator, col(Indicator.id) == IndicatorReport.indicator_id)
        .where(col(Indicator.action_id) == target.id, col(IndicatorReport.revoked_at).is_(None))
        .order_by(col(Action.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar()
