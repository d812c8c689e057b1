"""Commands by which the office decides: amendments, rule sets, lights, windows, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Doc,
    Json,
    KnownAt,
    No,
    Period,
    Reason,
    UsageProblem,
    day_or_today,
    done,
    figures,
    ledger,
    needed,
    point_of,
    read,
    read_steps,
    read_whole,
    say,
    show,
    term,
    undo_hint,
)
from hgt_portfolio.terms import Light

if TYPE_CHECKING:
    from hgt_portfolio.ledger import Changes


def amend(
    no: No,
    due: Annotated[str | None, typer.Option("--due", help="新的完工期限（月），如 2025-06。")] = None,
    start: Annotated[str | None, typer.Option("--start", help="新的开工月。")] = None,
    investment: Annotated[str | None, typer.Option("--investment", help="新的总投资，万元；待定 也可。")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="新的责任单位；第一个牵头，其余配合。")] = None,
    name: Annotated[str | None, typer.Option("--name", help="新的项目名称。")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="新的工程内容与规模。")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="新的领域。")] = None,
    code: Annotated[str | None, typer.Option("--code", help="统计入库代码。")] = None,
    year: Annotated[str | None, typer.Option("--year", help="调整哪年的年度计划。")] = None,
    year_plan_amount: Annotated[str | None, typer.Option("--year-plan", help="调整后的本年计划投资，万元。")] = None,
    steps: Annotated[str | None, typer.Option("--steps", help="调整后的分季计划，万元，逗号隔开。")] = None,
    in_statistics: Annotated[str | None, typer.Option("--in-statistics", help="是否统计入库：是或否。")] = None,
    terminate: Annotated[bool, typer.Option("--terminate", help="终止，退出项目库。")] = False,
    new: Annotated[bool, typer.Option("--new", help="新增这个序号的项目。")] = False,
    request: Annotated[str | None, typer.Option("--request", help="批准哪一个调整申请（编号见 hgt history）。")] = None,
    refused: Annotated[str | None, typer.Option("--refuse", help="不批准或撤回哪一个调整申请，写明 --reason。")] = None,
    reason: Reason = None,
    doc: Doc = None,
    effective: Annotated[
        str | None, typer.Option("--effective", help="生效日期；批准申请默认用申请的日期，其余默认今天。")
    ] = None,
) -> None:
    """调整工期、投资、单位、内容、年度计划，终止或新增；没有文号只是申请，不动数。

    批准申请用 --request，同时另写的调整内容以写的为准；不批准用 --refuse。
    """
    from hgt_portfolio.ledger import AmendInput, Changes, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.months import read_day, read_period, read_start

    writer = ledger()
    if refused is not None:
        request_id = needed("--refuse", read("--refuse", refused, read_whole))
        done(writer.refuse_request(no, request_id, needed("--reason", reason)))
        undo_hint()
        return
    if year_plan_amount is not None and year is None:
        raise UsageProblem("调整年度计划要写明年度：--year 2024。")
    term("--in-statistics", in_statistics, ("是", "否"))
    total = read("--year-plan", year_plan_amount, read_wan)
    changes = validated(
        Changes,
        due=read("--due", due, read_period),
        start=read("--start", start, read_start),
        unit_text=unit,
        name=name,
        scope=scope,
        domain=domain,
        statistics_code=code,
        year=read("--year", year, read_whole),
        year_plan_fen=total,
        steps_fen=None if steps is None else read_steps(steps, total),
        in_statistics=None if in_statistics is None else in_statistics == "是",
        exited=terminate,
        added=new,
        **_investment(investment),
    )
    if request is None and not _named(changes):
        raise UsageProblem("没有写明要调整什么：如 --due 2025-06、--investment 12000、--unit …、--terminate。")
    given = validated(
        AmendInput,
        no=no,
        changes=changes,
        reason=needed("--reason", reason),
        doc=doc,
        effective=read("--effective", effective, read_day),
        request_id=read("--request", request, read_whole),
    )
    outcome = writer.amend(given)
    say(f"已完成：{outcome.title}（操作 {outcome.action_id}）。")
    for found in outcome.findings:
        say(f"  {found}")
    if not doc:
        say("  没有文号，记为申请，数据不动；批准时用 hgt amend 序号 --request 编号 --doc 文号 --reason …，")
        say("  不批准用 hgt amend 序号 --refuse 编号 --reason …。")
    undo_hint()


def _named(changes: Changes) -> bool:
    return bool(set(changes.given()) - {"year"})


def _investment(text: str | None) -> dict[str, object]:
    """Read the amount of an amendment: a figure, or 待定."""
    from hgt_portfolio.money import parse_amount

    if text is None:
        return {}
    amount = parse_amount(text)
    if amount.fen is None and str(amount.kind) != "待定":
        raise UsageProblem(f"--investment：{amount.reason}")
    if amount.fen is None:
        return {"investment_kind": amount.kind, "investment_text": text}
    return {"investment_fen": amount.fen, "investment_text": text}


def rules(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[list|adopt|compare]", help="list 列出，adopt 规则名 采用，compare 比较。"),
    ] = None,
    doc: Doc = None,
    effective: Annotated[str | None, typer.Option("--effective", help="生效日期，默认今天。")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """预警规则：列出、以文号采用，或把几套规则放在一起比较。"""
    from hgt_portfolio.figures import Filter
    from hgt_portfolio.reports import rule_sets

    what, *names = words or ["list"]
    term("rules", what, ("list", "adopt", "compare"))
    if what == "adopt":
        if len(names) != 1:
            raise UsageProblem("写法：hgt rules adopt 规则名 --doc 文号。")
        writer = ledger()
        done(writer.adopt(names[0], needed("--doc", doc), day_or_today("--effective", effective, writer)))
        return
    reader = figures()
    point = point_of(reader, as_of, known_at)
    table = rule_sets.rule_list(reader, point) if what == "list" else rule_sets.rule_comparison(reader, point, Filter())
    show(table, as_json=as_json, as_csv=as_csv)


def light(
    no: No,
    colour: Annotated[str, typer.Argument(metavar="灯", help="红、黄、蓝、绿、无。")],
    period: Period = None,
    reason: Reason = None,
) -> None:
    """人工定灯：须写明原因，规则所定的灯仍然可见。"""
    from hgt_portfolio.ledger import OverrideInput, validated
    from hgt_portfolio.months import read_period

    month = needed("--period", read("--period", period, read_period))
    word = term("预警灯", colour, Light)
    done(
        ledger().override(validated(OverrideInput, no=no, period=month, light=word, reason=needed("--reason", reason)))
    )


def window(
    period: Annotated[str, typer.Argument(metavar="期别", help="期别，如 2024Q3。")],
    opens: Annotated[str, typer.Argument(metavar="开始日", help="填报开始日。")],
    closes: Annotated[str, typer.Argument(metavar="截止日", help="填报截止日。")],
    doc: Doc = None,
) -> None:
    """填报起止日：不设的话，从期末月1日到期末后15天。"""
    from hgt_portfolio.ledger import WindowInput, validated
    from hgt_portfolio.months import read_day, read_period

    done(
        ledger().window(
            validated(
                WindowInput,
                period=read("期别", period, read_period),
                opens=read("开始日", opens, read_day),
                closes=read("截止日", closes, read_day),
                doc=doc,
            )
        )
    )


def undo() -> None:
    """撤销自己最近的一次操作（整个操作一起撤销）。"""
    done(ledger().undo())
