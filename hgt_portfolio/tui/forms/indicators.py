"""The form that files what a line of the plan's indicators came to in a year."""

from __future__ import annotations

from typing import Any

from hgt_portfolio.figures.indicators import Actual, Line
from hgt_portfolio.ledger import IndicatorInput, Ledger, Outcome, validated
from hgt_portfolio.rules.indicators import read_bound, target_year
from hgt_portfolio.terms import Attainment
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.forms.fields import REASON, Asked, Field, Form, Prepared, given

_FILED = ("value", "assigned", "attained", "source", "evidence", "unit", "filed_by")
_CARRIED = ("source", "unit", "filed_by")
"""What an earlier year's filing lends the next one: who says it, not what it says."""


def filing(code: str, year: int) -> Form:
    """Make the form of one line and year."""

    def prepare(asked: Asked) -> Prepared:
        found = asked.desk.figures.indicators(year, asked.desk.point())
        line = next((line for one in found for line in one.lines if line.code == code), None)
        if line is None:
            raise ValueError(f"台账里没有编号为 {code} 的指标。")
        last = line.actual or max(line.history, key=lambda one: one.year, default=None)
        kept = _FILED if line.actual else _CARRIED
        return Prepared(
            f"{code} {line.name} {year}年",
            year,
            wanted(line),
            begin={name: text for name, text in _texts(last).items() if name in kept},
            last=_texts(last),
            head=f"{last.year}年已填报" if last else "没有填报过",
            fixed={"code": code, "year": year},
        )

    def write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
        return ledger.indicators([validated(IndicatorInput, **given(values))], dry_run=rehearse)

    return Form("指标填报", _FIELDS, "value", prepare, write, verb="报送")


_FIELDS = (
    Field("value", "实际值", hint="如 95.3；不是数的如 已建立"),
    Field("attained", "人工判断", hint="不能比较的才选", options=tuple(Attainment)),
    Field("assigned", "上级下达值", hint="上级下达的填，如 ≥2.5"),
    Field("source", "数据来源", hint="如 区统计局年报", required=True),
    Field("evidence", "依据", hint="人工判断的必填"),
    Field("unit", "填报单位"),
    Field("filed_by", "填报人"),
    REASON,
)


def wanted(line: Line) -> str:
    """Say what a line is held against, and whether that is for a person to judge."""
    cells = [("指标值", line.standard), (f"{target_year(line.year)}年目标", line.target)]
    if line.standard == line.target:
        cells = [("指标值、目标", line.standard)]
    said = "，".join(f"{name} {cell or wording.UNKNOWN}" for name, cell in cells)
    by_person = any(cell and read_bound(cell) is None for _, cell in cells)
    return f"单位 {line.unit or wording.UNKNOWN}；{said}{'；不是数的由人判断并写明依据' if by_person else ''}"


def _texts(actual: Actual | None) -> dict[str, str]:
    return {} if actual is None else {name: str(getattr(actual, name) or "") for name in _FILED}
