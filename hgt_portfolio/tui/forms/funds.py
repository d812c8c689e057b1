"""The form that files a project's funds: one row a source, its 计划, 到位 and 支付 in 万元 one after another."""

from __future__ import annotations

import re
from typing import Any

from hgt_portfolio.figures.funds import ProjectFunds, SourceState, Stated
from hgt_portfolio.ledger import FundInput, Ledger, Outcome, SourceLine, validated
from hgt_portfolio.money import read_wan
from hgt_portfolio.terms import FundSource
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import period_text
from hgt_portfolio.tui.forms.fields import (
    EVIDENCE,
    PERIOD,
    REASON,
    Asked,
    Beside,
    Field,
    Form,
    Prepared,
    Reading,
    about_project,
    given,
    project,
)

LABELS = ("计划", "到位", "支付")
_AMOUNTS = ("planned_fen", "received_fen", "paid_fen")
_SOURCES = {f"source{place}": source for place, source in enumerate(FundSource)}
"""The sources by the names of their fields."""

_BETWEEN = re.compile(r"[\s/／、]+")
_UNSTATED = ("-", "－", "—")


def three(text: str, _beside: Beside) -> Reading:
    """Read a source's three amounts since the project began, in 万元; ``-`` stands for one that is not stated."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if len(parts) != len(LABELS):
        raise ValueError(f"请依次写计划、到位、支付三个数（万元），不报的写 -；现在是 {len(parts)} 个。")
    amounts = [None if part in _UNSTATED else read_wan(part) for part in parts]
    said = "  ".join(f"{label} {wording.amount(fen)}" for label, fen in zip(LABELS, amounts, strict=True))
    return Reading(dict(zip(_AMOUNTS, amounts, strict=True)), f"{said} 万元")


def _prepare(asked: Asked) -> Prepared:
    p = project(asked, asked.period)
    desk = asked.desk
    funds = desk.figures.funds(desk.filed_at(desk.point(), p.period), p.no).get(p.no)
    stated = _stated(funds)
    money = f"总投资 {wording.amount(p.investment)} 万元，自开工累计完成 {wording.amount(p.cumulative)} 万元"
    again = funds is not None and funds.period == p.period
    return about_project(
        p,
        begin={"period": period_text(p.period)} | stated,
        last={"period": period_text(funds.period) if funds else ""} | stated,
        head="未填报资金" if funds is None else f"{'本期' if again else '上次'} {period_text(funds.period)}",
        about=f"{money}。各栏依次写 计划 到位 支付（自开工累计，万元），不报的写 -，没有的来源空着。",
        period=p.period,
        unchanged="所填与上次的完全相同。本期的到位和支付核对过了吗？" if funds else "",
    )


def _stated(funds: ProjectFunds | None) -> dict[str, str]:
    states = {line.source: line for line in funds.sources} if funds else {}
    return {name: _line(states[source]) for name, source in _SOURCES.items() if source in states}


def _line(state: SourceState) -> str:
    return " ".join(_plain(stated) for stated in (state.planned, state.received, state.paid))


def _plain(stated: Stated | None) -> str:
    return wording.UNKNOWN if stated is None else wording.field_amount(stated.fen)


def _write(ledger: Ledger, values: dict[str, Any], rehearse: bool) -> Outcome:
    lines = tuple(
        validated(SourceLine, source=source, **values[name]) for name, source in _SOURCES.items() if name in values
    )
    return ledger.fund(validated(FundInput, **given(values, *_SOURCES), lines=lines), dry_run=rehearse)


FUNDS = Form(
    "资金填报",
    (
        PERIOD,
        *(Field(name, str(source), three, "计划 到位 支付，如 1000 800 500") for name, source in _SOURCES.items()),
        Field("filed_by", "填报人"),
        EVIDENCE,
        REASON,
    ),
    "source0",
    _prepare,
    _write,
    follows=True,
    verb="报送",
)
