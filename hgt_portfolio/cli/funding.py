"""Commands about 资金: what sources planned, received and paid, 专项资金, and what the fund supervision finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Doc,
    DryRun,
    Json,
    KnownAt,
    No,
    Period,
    Reason,
    Refusal,
    UsageProblem,
    done,
    ended,
    figures,
    ledger,
    needed,
    point_of,
    read,
    read_whole,
    show,
    term,
)
from hgt_portfolio.terms import FundSource

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Filter, Point
    from hgt_portfolio.ledger import SourceLine

BY = ("source", "unit", "domain")
UNSAID = "-"
"""What is written where a source's amount is not stated, so that the amounts keep step with their sources."""

Unit = Annotated[str | None, typer.Option("--unit", help="牵头单位。")]
Source = Annotated[str | None, typer.Option("--source", help=f"资金来源：{'、'.join(FundSource)}。")]
By = Annotated[str | None, typer.Option("--by", help="汇总：source 按来源、unit 按单位、domain 按领域。")]
Amounts = list[str] | None


def funds(
    context: typer.Context,
    unit: Unit = None,
    source: Source = None,
    by: By = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """资金：各项目的来源、到位、支付和监督发现；填报、专项资金见子命令，不写则列出。"""
    if context.invoked_subcommand is None:
        list_funds(unit, source, by, as_of, known_at, as_json, as_csv)
    elif any((unit, source, by, as_of, known_at, as_json, as_csv)):
        raise UsageProblem(f"选项请写在子命令后面：hgt funds {context.invoked_subcommand} …。")


def list_funds(
    unit: Unit = None,
    source: Source = None,
    by: By = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """列出资金情况，可按单位、来源；--by 按来源、单位、领域汇总。"""
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import funds as reported

    reader, point, where = _asked(unit, as_of, known_at)
    term("--by", by, BY)
    only = term("--source", source, FundSource)
    if by and only:
        raise UsageProblem("--by 和 --source 请只写一个。")
    rows = reported.read_funded(reader, point, where)
    if by == "source":
        table = reported.sources_table(reader, point, rows)
    elif by:
        table = reported.groups_table(reader, point, rows, by)
    else:
        table = reported.projects_table(reader, point, rows, FundSource(only) if only else None)
    value = reported.funds_json(point, rows, rows_json(table)) if as_json else None
    show(table, as_json=as_json, as_csv=as_csv, json_value=value)


def check(
    unit: Unit = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """资金监督：支付超过到位、付款超前、资金沉淀等；有发现的退出码为 1。"""
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import funds as reported
    from hgt_portfolio.rules.funds import INCOMPARABLE

    reader, point, where = _asked(unit, as_of, known_at)
    rows = reported.read_funded(reader, point, where)
    table = reported.findings_table(reader, point, rows)
    value = reported.funds_json(point, rows, rows_json(table)) if as_json else None
    show(table, as_json=as_json, as_csv=as_csv, json_value=value)
    found = [one for row in rows for one in row.findings]
    sure = sum(one.rule != INCOMPARABLE for one in found)
    if sure:
        raise Refusal(f"资金监督发现 {sure} 处，不可比 {len(found) - sure} 处，请逐项核对。")


def _asked(unit: str | None, as_of: str | None, known_at: str | None) -> tuple[Figures, Point, Filter]:
    from hgt_portfolio.figures import Filter

    reader = figures()
    point = point_of(reader, as_of, known_at)
    return reader, point, Filter(unit=reader.unit_name(unit, point) if unit else None)


def file_funds(
    no: No,
    period: Period = None,
    source: Annotated[Amounts, typer.Option("--source", help="资金来源，几个来源写几次。")] = None,
    planned: Annotated[Amounts, typer.Option("--planned", help="计划，万元；与 --source 同样多，没有的写 -。")] = None,
    received: Annotated[Amounts, typer.Option("--received", help="到位累计，万元；没有的写 -。")] = None,
    paid: Annotated[Amounts, typer.Option("--paid", help="支付累计，万元；没有的写 -。")] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="csv 或 xlsx，列：资金来源、计划、到位、支付（万元）。")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="填报人。")] = None,
    evidence: Annotated[str | None, typer.Option("--evidence", help="依据。")] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """资金填报：一个项目各来源截至一期的计划、到位、支付（万元）。"""
    from hgt_portfolio.ledger import FundInput, validated
    from hgt_portfolio.months import read_period
    from hgt_portfolio.returns.funds import read_lines

    month = needed("--period", read("--period", period, read_period))
    if (file is None) == (not source):
        raise UsageProblem("请写 --source 和金额，或用 --from 给一个文件，两样只写一样。")
    if file is not None and (planned or received or paid):
        raise UsageProblem("用了 --from 就不再写 --planned、--received、--paid。")
    lines = read_lines(file) if file else _lines(source or [], planned, received, paid)
    given = validated(FundInput, no=no, period=month, lines=tuple(lines), filed_by=by, evidence=evidence, reason=reason)
    outcome = ledger().fund(given, dry_run=dry_run)
    done(outcome, dry_run=dry_run)
    ended(outcome, dry_run=dry_run)


def _lines(sources: list[str], planned: Amounts, received: Amounts, paid: Amounts) -> list[SourceLine]:
    """Put the amounts of repeated options to their sources."""
    from hgt_portfolio.ledger import SourceLine, validated
    from hgt_portfolio.money import read_wan

    given = {"--planned": planned, "--received": received, "--paid": paid}
    for option, texts in given.items():
        if texts and len(texts) != len(sources):
            differ = f"写了 {len(sources)} 个 --source、{len(texts)} 个 {option}，对不上"
            raise UsageProblem(f"{differ}；哪个来源没有这个数，就写 {option} {UNSAID}。")
    lines = []
    for place, word in enumerate(sources):
        amounts = {
            f"{option[2:]}_fen": read(option, texts[place], read_wan) if texts and texts[place] != UNSAID else None
            for option, texts in given.items()
        }
        source = FundSource(needed("--source", term("--source", word, FundSource)))
        lines.append(validated(SourceLine, source=source, **amounts))
    return lines


def special(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[年度] [金额]", help="如 2024 5000（万元）；都不写则逐年列出。")
    ] = None,
    paid: Annotated[str | None, typer.Option("--paid", help="其中已支付，万元。")] = None,
    doc: Doc = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """生态文明发展专项资金：填报一年的安排和支付；不写年度则逐年列出。"""
    from hgt_portfolio.ledger import SpecialFundInput, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.reports.funds import special_table

    if not words:
        reader = figures()
        years = reader.special_funds(point_of(reader, as_of, known_at))
        show(special_table(years), as_json=as_json, as_csv=as_csv)
        return
    if len(words) != 2:
        raise UsageProblem("请写年度和金额：hgt funds special 2024 5000。")
    given = validated(
        SpecialFundInput,
        year=read("年度", words[0], read_whole),
        amount_fen=read("金额", words[1], read_wan),
        paid_fen=read("--paid", paid, read_wan),
        doc=doc,
        reason=reason,
    )
    outcome = ledger().special_fund(given, dry_run=dry_run)
    done(outcome, dry_run=dry_run)
    ended(outcome, dry_run=dry_run)
