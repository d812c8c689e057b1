"""资金 in the unit's form: a row a project and source on a sheet of its own, merged as fields of the project's row."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from hgt_portfolio.figures.funds import ProjectFunds
from hgt_portfolio.ledger import FundInput, Refused, SourceLine, validated
from hgt_portfolio.model.fund import FUND_LABELS, fund_field
from hgt_portfolio.months import Month
from hgt_portfolio.returns.fields import Field, Wanted, bare, head_of, is_blank, read_cell
from hgt_portfolio.rules.checks import Finding, error
from hgt_portfolio.sheets import Cell, Sheet, SheetError, read_workbook
from hgt_portfolio.terms import FundSource

FUNDS = "资金"
"""The sheet's name."""

SOURCE, REASON, CONFIRMED = "资金来源", "说明", "本期已核对"

HINTS = {
    "计划": "这个来源计划给本项目的资金总额，不是本年的。",
    "到位": "自开工到本期末累计到位的资金。灰色斜体是以前报的数，没有变化的请选“是”。",
    "支付": "自开工到本期末累计支付的资金。灰色斜体是以前报的数，没有变化的请选“是”。",
    REASON: "特殊情况的原因，如支付超过到位、到位比上期少。",
    CONFIRMED: "这一行都是本期情况（包括与以前相同的）时选“是”。",
}
COLUMNS = (
    *(Field(key, label, Wanted.AMOUNT, 7, HINTS[label]) for key, label in FUND_LABELS.items()),
    Field("reason", REASON, Wanted.TEXT, 9, HINTS[REASON], clearable=True),
    Field("confirmed", CONFIRMED, Wanted.CONFIRMED, 4, HINTS[CONFIRMED]),
)
"""What units fill of each source."""

FIELDS = tuple(
    Field(fund_field(source, one.head), f"{source}{one.head}", one.wanted, one.width, one.hint, one.clearable)
    for source in FundSource
    for one in COLUMNS
)
"""The same of every source, as fields of a project's row."""

FIELD_KEYS = frozenset(one.key for one in FIELDS)


def amounts_of(source: FundSource) -> frozenset[str]:
    """Give the fields of a source's amounts."""
    return frozenset(fund_field(source, label) for label in FUND_LABELS.values())


CONFIRMS = {fund_field(source, CONFIRMED): amounts_of(source) for source in FundSource}
"""The fields that the confirmation of each source makes a filing of."""

NOTES = "\n".join(
    (
        "填写说明：1. 一行是一个项目的一个资金来源；空行先选资金来源，再填金额。没有资金情况可报的留空。",
        "2. 金额单位是万元，不是元；到位、支付都是自开工起的累计。不清楚的留空，不要填0；填0表示确实没有。",
        "3. 黄格里已有的是以前报的，有变化的请直接改；灰色斜体是以前各期的数，没有变化的请在最后一列选“是”。",
    )
)


def values_of(funds: ProjectFunds | None, period: Month) -> tuple[dict[str, Any], frozenset[str]]:
    """Give what stands in a project's cells by field, and the fields carried from before the period; 计划 holds."""
    values, carried = {}, set()
    for line in funds.sources if funds else ():
        for key, label in FUND_LABELS.items():
            stated = getattr(line, key.removesuffix("_fen"))
            if stated is not None:
                values[fund_field(line.source, label)] = stated.fen
                if stated.period < period:
                    carried.add(fund_field(line.source, label))
    return values, frozenset(carried)


def sources_of(said: Set[str]) -> list[FundSource]:
    """Give the sources that any amount among fields is of."""
    return [source for source in FundSource if said & amounts_of(source)]


def settled(said: Set[str]) -> set[str]:
    """Leave out what says nothing alone: the reason of a source without an amount of it."""
    idle = {fund_field(source, REASON) for source in FundSource if source not in sources_of(said)}
    return set(said) - idle


def flows_of(said: Set[str]) -> frozenset[str]:
    """Give the amounts that a source's row may not leave as of an earlier period once it says anything."""
    return frozenset(fund_field(source, label) for source in sources_of(said) for label in ("到位", "支付"))


def given_of(
    no: str, period: Month, values: Mapping[str, Any], said: Set[str], filed_by: str | None
) -> FundInput | None:
    """Make the filing of funds that a row asks for, of the amounts that it moves; None where it moves none."""
    sources = sources_of(said)
    if not sources:
        return None
    lines = []
    for source in sources:
        fields = {key: fund_field(source, label) for key, label in FUND_LABELS.items()}
        amounts = {key: values.get(field) for key, field in fields.items() if field in said}
        lines.append(validated(SourceLine, source=source, **amounts))
    told = [values.get(fund_field(source, REASON)) for source in sources]
    if "reason" in said:
        told.append(values.get("reason"))
    reason = "；".join(dict.fromkeys(one for one in told if one)) or None
    return validated(FundInput, no=no, period=period, lines=tuple(lines), filed_by=filed_by, reason=reason)


def read_source(cell: Cell | None) -> FundSource | None:
    """Read a 资金来源; None where it is blank, ``ValueError`` with a sentence where there is no such source."""
    if cell is None or is_blank(cell.value):
        return None
    word = bare(cell.value)
    if word not in list(FundSource):
        raise ValueError(f"读到“{word[:20]}”，应为{'、'.join(FundSource)}之一")
    return FundSource(word)


def read_lines(path: Path) -> list[SourceLine]:
    """Read one project's sources from a csv or xlsx: 资金来源, 计划, 到位, 支付 in 万元.

    Raises ``SheetError`` where there is no such table, and ``Refused`` naming each cell that cannot be read.
    """
    sheet = read_workbook(path).sheets[0]
    heads = {head_of(cell.value): column for column, cell in enumerate(sheet.rows[0] if sheet.rows else ()) if cell}
    if SOURCE not in heads or not set(FUND_LABELS.values()) & set(heads):
        raise SheetError(f"{path.name} 的第一行要有“{SOURCE}”和“计划”“到位”“支付”（万元）中的列，没有读取。")
    found: list[SourceLine] = []
    problems: list[Finding] = []
    for at in range(1, len(sheet.rows)):
        try:
            line = _read_line(sheet, at, heads)
        except ValueError as problem:
            problems.append(error("lines", f"{path.name} 第{at + 1}行：{problem}。"))
            continue
        found += [line] if line else []
    if not found and not problems:
        problems.append(error("lines", f"{path.name} 里没有填写资金来源的行。"))
    if problems:
        raise Refused(problems)
    return found


def _read_line(sheet: Sheet, at: int, heads: Mapping[str, int]) -> SourceLine | None:
    """Read one row; None for a blank one, ``ValueError`` with a sentence where it cannot be read."""
    cells = {head: sheet.cell(at, column) for head, column in heads.items()}
    filled = {head: cell for head, cell in cells.items() if cell and not is_blank(cell.value)}
    source = read_source(cells[SOURCE])
    amounts = {}
    for one in COLUMNS:
        if one.head in filled and one.wanted is Wanted.AMOUNT:
            amounts[one.key] = read_cell(one, filled[one.head].value, None)
    if source is None:
        if amounts:
            raise ValueError(f"有金额而没有{SOURCE}")
        return None
    if not amounts:
        raise ValueError(f"{source}没有写金额，请写计划、到位、支付中的一个")
    return validated(SourceLine, source=source, **amounts)
