"""Commands about 规划指标 and 承诺: what they came to, the yearly form, and how the plan agrees with itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    DryRun,
    Json,
    KnownAt,
    Reason,
    UsageProblem,
    done,
    ended,
    figures,
    ledger,
    needed,
    point_of,
    read,
    read_whole,
    say,
    show,
    term,
)
from hgt_portfolio.terms import Attainment, Catalogue

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point

Year = Annotated[str | None, typer.Option("--year", help="年度，默认最近有填报的一年。")]
CatalogueOption = Annotated[str | None, typer.Option("--catalogue", help="省级、国家级或承诺，默认省级和国家级。")]
Unmet = Annotated[bool, typer.Option("--unmet", help="只列不达标和未定的。")]


def indicators(
    context: typer.Context,
    year: Year = None,
    catalogue: CatalogueOption = None,
    unmet: Unmet = False,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """规划指标：按规划的表列出实际值、达标、差距；填报、填报表、对账见子命令，不写则列出。"""
    if context.invoked_subcommand is None:
        list_indicators(year, catalogue, unmet, known_at, as_json, as_csv)
    elif any((year, catalogue, unmet, known_at, as_json, as_csv)):
        raise UsageProblem(f"选项请写在子命令后面：hgt indicators {context.invoked_subcommand} …。")


def list_indicators(
    year: Year = None,
    catalogue: CatalogueOption = None,
    unmet: Unmet = False,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """列出指标：指标值、现状、目标、实际值、是否达标、差距。"""
    from dataclasses import replace

    from hgt_portfolio.reports.indicators import (
        brief_table,
        indicator_table,
        indicators_json,
        short,
        standing_table,
    )

    wanted = term("--catalogue", catalogue, Catalogue)
    reader, point = _asked(known_at)
    number = _year(reader, point, year)
    found = reader.indicators(number, point)
    chosen = [Catalogue(wanted)] if wanted else [Catalogue.PROVINCIAL, Catalogue.NATIONAL]
    if as_json or as_csv:
        kept = [one for one in found if one.catalogue in chosen and not (unmet and not any(map(short, one.lines)))]
        table = indicator_table(kept, number, chosen[0])
        rows = tuple(row for one in chosen for row in indicator_table(kept, number, one).rows)
        show(replace(table, rows=rows), as_json=as_json, as_csv=as_csv, json_value=indicators_json(kept, number))
        return
    overall = () if wanted else (standing_table(found, number),)
    for table in (*overall, *(brief_table(found, number, one, unmet=unmet) for one in chosen)):
        show(table, as_json=False, as_csv=False)


def _asked(known_at: str | None) -> tuple[Figures, Point]:
    reader = figures()
    return reader, point_of(reader, None, known_at)


def _year(reader: Figures, point: Point, given: str | None) -> int:
    """Give the year asked for, else the newest that anything was filed for, else the last one over."""
    if given is not None:
        return int(needed("--year", read("--year", given.removesuffix("年"), read_whole)))
    return next(iter(reader.indicator_years(point)), reader.today.year - 1)


def file_indicators(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[编号] 年度 [实际值]", help="如 省-23 2024 95.8；用 --from 时只写年度。"),
    ] = None,
    assigned: Annotated[str | None, typer.Option("--assigned", help="上级下达的数，如 ≥2.5。")] = None,
    attained: Annotated[str | None, typer.Option("--attained", help="人工判断：达标或不达标，须写依据。")] = None,
    source: Annotated[str | None, typer.Option("--source", help="数据来源，必填。")] = None,
    evidence: Annotated[str | None, typer.Option("--evidence", help="依据：文件、会议或核查记录。")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="提供单位。")] = None,
    by: Annotated[str | None, typer.Option("--by", help="填报人。")] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="填好的填报表（hgt indicators form 生成），整表一次入账。")
    ] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """指标填报：一项一年的实际值、来源和依据；或用 --from 收一张填报表。"""
    from hgt_portfolio.ledger import IndicatorInput, validated
    from hgt_portfolio.returns.indicators import moved_words, read_form

    given, moved = words or [], list[str]()
    if file is not None:
        if len(given) != 1:
            raise UsageProblem("收填报表只写年度：hgt indicators file 2024 --from 文件.xlsx。")
        year = int(read("年度", given[0].removesuffix("年"), read_whole) or 0)
        reader, point = _asked(None)
        standing = reader.indicators(year, point)
        filings = read_form(file, year, standing)
        moved = list(moved_words(filings, standing))
    else:
        if len(given) not in (2, 3):
            raise UsageProblem("请写编号、年度和实际值：hgt indicators file 省-23 2024 95.8 --source 年报。")
        year = int(read("年度", given[1].removesuffix("年"), read_whole) or 0)
        value = given[2] if len(given) == 3 else None
        told = {"evidence": evidence, "unit": unit, "filed_by": by, "reason": reason, "assigned": assigned}
        word = term("--attained", attained, Attainment)
        source = needed("--source", source)
        filings = [
            validated(IndicatorInput, code=given[0], year=year, value=value, attained=word, source=source, **told)
        ]
    outcome = ledger().indicators(filings, dry_run=dry_run)
    done(outcome, dry_run=dry_run)
    for row in moved:
        say(f"  {row}")
    ended(outcome, dry_run=dry_run)


def form(
    year: Annotated[str, typer.Argument(metavar="年度", help="填哪一年，如 2024。")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="文件名，默认 exports/规划指标填报表_年度.xlsx。")
    ] = None,
    catalogue: Annotated[str | None, typer.Option("--catalogue", help="只要省级、国家级或承诺；默认全部。")] = None,
) -> None:
    """生成一年的指标填报表（Excel），填好后用 hgt indicators file 年度 --from 收回。"""
    from hgt_portfolio.exports import place
    from hgt_portfolio.output.xlsx import render
    from hgt_portfolio.returns.indicators import form_book
    from hgt_portfolio.rules.point import office_time
    from hgt_portfolio.settings import exports_folder

    number = int(needed("年度", read("年度", year.removesuffix("年"), read_whole)))
    wanted = term("--catalogue", catalogue, Catalogue)
    reader, point = _asked(None)
    found = reader.indicators(number, point, Catalogue(wanted) if wanted else None)
    plan = reader.plan()
    created = office_time(point.known_at).replace(tzinfo=None)
    path = out or exports_folder() / f"规划指标填报表_{number}.xlsx"
    place(path, render(form_book(found, number, plan.portfolio, created, demo=bool(plan.demo))))
    say(f"已写出 {path}")


def load(dry_run: DryRun = False) -> None:
    """把规划的指标和承诺装入以前建的台账（新台账建立时已经装入）。"""
    from hgt_portfolio.plan import read_plan

    plan, reader = read_plan(), figures()
    if reader.plan().doc_no != plan.doc_no:
        raise UsageProblem(f"这个台账的规划是 {reader.plan().doc_no}，不是 {plan.doc_no}，没有可以装入的指标。")
    outcome = ledger().load_indicators(plan.indicators, plan.doc_no, dry_run=dry_run)
    done(outcome, dry_run=dry_run)


def reconcile(known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """指标对账：规划所述的项数、达标数、约束性、可达性分析名单，与它自己的表逐项比较。"""
    from hgt_portfolio.figures.indicators import BASE_YEAR
    from hgt_portfolio.plan import read_reach
    from hgt_portfolio.reports.indicators import reconcile_table

    reader, point = _asked(known_at)
    table = reconcile_table(reader.indicators(BASE_YEAR, point), read_reach())
    show(table, as_json=as_json, as_csv=as_csv)


def problems(as_json: Json = False, as_csv: Csv = False) -> None:
    """规划内部不一致之处：原文、与之不一致的、本系统怎样处理。"""
    from hgt_portfolio.plan import read_inconsistencies
    from hgt_portfolio.reports.indicators import inconsistency_table

    show(inconsistency_table(read_inconsistencies()), as_json=as_json, as_csv=as_csv)


def commitments(
    year: Year = None,
    tree: Annotated[bool, typer.Option("--tree", help="按体系、任务、措施列出第四章，数各有多少承诺。")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """任务与承诺：第四章写明的数量和期限，各填了什么、是否达到；--tree 列出任务和措施。"""
    from hgt_portfolio.figures import Filter
    from hgt_portfolio.plan import read_measures
    from hgt_portfolio.reports.commitments import commitment_table, commitment_tree, commitments_of, split

    reader = figures()
    point = point_of(reader, as_of, known_at)
    number = _year(reader, point, year)
    found = reader.indicators(number, point)
    if tree:
        table = commitment_tree(found, read_measures(), number)
    else:
        nos = {no for line in commitments_of(found) for no in split(line.printed.projects)}
        positions = reader.positions(point, Filter(nos=tuple(sorted(nos)))) if nos else []
        table = commitment_table(found, number, {position.no: position for position in positions})
    show(table, as_json=as_json, as_csv=as_csv)
