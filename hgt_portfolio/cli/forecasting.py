"""The command that forecasts: 挣值 and when projects may be finished, and how earlier forecasts held."""

from __future__ import annotations

from typing import Annotated

import typer

from hgt_portfolio.cli.desk import AsOf, Csv, Json, KnownAt, Rules, figures, point_of, show
from hgt_portfolio.cli.reading import (
    BasisWord,
    Deadline,
    Domain,
    Filing,
    LightWord,
    PhaseWord,
    Start,
    StatusWord,
    Text,
    Unit,
    _where,
)


def forecast(
    text: Annotated[str, typer.Argument(metavar="[词]", help="查找的词，可省。")] = "",
    backtest: Annotated[bool, typer.Option("--backtest", help="回测：在以前各季末预测，与后来的实际比较。")] = False,
    domain: Domain = None,
    unit: Unit = None,
    phase: PhaseWord = None,
    basis: BasisWord = "plan",
    status: StatusWord = None,
    deadline: Deadline = None,
    start: Start = None,
    light: LightWord = None,
    filing: Filing = None,
    search: Text = "",
    rules: Rules = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """预测：各项目的挣值（PV、EV、SPI）和完工月的范围，不预测的写明原因；--backtest 回测从前的预测准不准。"""
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import forecast as reported

    reader = figures()
    point = point_of(reader, as_of, known_at)
    where = _where(
        reader,
        point,
        domain=domain,
        unit=unit,
        phase=phase,
        basis=basis,
        status=status,
        deadline=deadline,
        start=start,
        light=light,
        filing=filing,
        text=f"{text} {search}".strip(),
    )
    if backtest:
        tested = reader.backtest(point, where, rules=rules)
        table = reported.backtest_table(reader, point, tested, where)
        show(table, as_json=as_json, as_csv=as_csv, json_value=reported.backtest_json(tested))
        return
    outlooks = reader.outlooks(point, where, rules=rules)
    table = reported.forecast_table(reader, point, outlooks, where, whole=as_json or as_csv)
    value = None
    if as_json:
        rows = [row | reported.outlook_json(one) for row, one in zip(rows_json(table), outlooks, strict=True)]
        value = {"total": reported.totals_json(point, outlooks), "projects": rows}
    show(table, as_json=as_json, as_csv=as_csv, json_value=value)
