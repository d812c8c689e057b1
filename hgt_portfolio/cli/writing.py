"""Commands that write: each reads its options, makes one input, and calls the ledger once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Json,
    KnownAt,
    Refusal,
    UsageProblem,
    create_ledger,
    day_or_today,
    done,
    figures,
    ledger,
    needed,
    point_of,
    read,
    read_whole,
    say,
    show,
    term,
    undo_hint,
)
from hgt_portfolio.terms import STATUS_SYNONYMS, CheckMethod, ContactRole, GoalVerdict, Light, Severity, Status

if TYPE_CHECKING:
    from hgt_portfolio.ledger import Changes

No = Annotated[str, typer.Argument(metavar="序号", help="项目序号。")]
Period = Annotated[str | None, typer.Option("--period", help="期别，如 2024Q3 或 2024-09。")]
Reason = Annotated[str | None, typer.Option("--reason", help="原因；有提醒时必须写明。")]
Doc = Annotated[str | None, typer.Option("--doc", help="文号。")]
StatusWord = Annotated[str | None, typer.Option("--status", help="项目状态，如 在建、停工、完工。")]
Cumulative = Annotated[str | None, typer.Option("--cum", help="自开工累计完成投资，万元。")]
Started = Annotated[str | None, typer.Option("--started", help="实际开工日期。")]
Finished = Annotated[str | None, typer.Option("--finished", help="实际完工日期。")]
Evidence = Annotated[str | None, typer.Option("--evidence", help="依据。")]
Goal = Annotated[str | None, typer.Option("--goal", help="年度形象目标。")]
FiledBy = Annotated[str | None, typer.Option("--filed-by", help="填报人。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查和预览，不写入。")]


def init() -> None:
    """建立台账并装载规划的 62 个项目。"""
    say(create_ledger())


def opening(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[序号|out|in|board]", help="项目序号；或 out 发出建账表、in 文件… 收回、board 建账情况。"
        ),
    ] = None,
    period: Annotated[str, typer.Option("--period", help="截至哪年12月，如 2023-12。")] = "2023-12",
    cum: Annotated[str | None, typer.Option("--cum", help="截至该年底累计完成投资，万元。")] = None,
    base_cum: Annotated[str | None, typer.Option("--base-cum", help="截至2022年底累计完成投资，万元。")] = None,
    status: StatusWord = None,
    started: Started = None,
    finished: Finished = None,
    year_plan_amount: Annotated[str | None, typer.Option("--year-plan", help="次年计划投资，万元。")] = None,
    goal: Goal = None,
    leader: Annotated[str | None, typer.Option("--leader", help="责任领导。")] = None,
    officer: Annotated[str | None, typer.Option("--officer", help="责任人。")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="电话。")] = None,
    sponsor: Annotated[str | None, typer.Option("--sponsor", help="包联领导。")] = None,
    evidence: Evidence = None,
    reason: Reason = None,
    unit: Annotated[str | None, typer.Option("--unit", help="只发某个单位的建账表。")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="建账表写到哪个文件夹。")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """期初建账：逐项录入，或发出、收回各单位的建账表，或看建账情况。"""
    from hgt_portfolio.ledger import OpeningInput, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.months import read_day, read_period

    month = needed("--period", read("--period", period, read_period))
    first, *rest = words or ["board"]
    if first == "board":
        return opening_board(month, as_json=as_json, as_csv=as_csv)
    if first == "out":
        return openings_out(month, unit, out)
    if first == "in":
        return openings_in([Path(name) for name in rest], dry_run=dry_run)
    if rest:
        raise UsageProblem(f"一次只录入一个项目，多出了 {' '.join(rest)}。")
    given = validated(
        OpeningInput,
        no=first,
        period=month,
        status=_status(status),
        cumulative_fen=read("--cum", cum, read_wan),
        cumulative_base_fen=read("--base-cum", base_cum, read_wan),
        started=read("--started", started, read_day),
        finished=read("--finished", finished, read_day),
        year_plan_fen=read("--year-plan", year_plan_amount, read_wan),
        goal=goal,
        leader=leader,
        officer=officer,
        phone=phone,
        sponsor=sponsor,
        evidence=evidence,
        reason=reason,
    )
    done(ledger().open_books([given], dry_run=dry_run))
    return _ended(dry_run=dry_run)


def opening_board(month: int, *, as_json: bool, as_csv: bool) -> None:
    """Print which projects have their opening."""
    from hgt_portfolio.months import last_day
    from hgt_portfolio.reports.lists import opening_board as board

    reader = figures()
    point = reader.point(last_day(month + 12))
    show(board(reader, point), as_json=as_json, as_csv=as_csv)


def openings_out(month: int, unit: str | None, out: Path | None) -> None:
    """Write one opening workbook a unit."""
    from hgt_portfolio.returns.opening import write_openings
    from hgt_portfolio.settings import exports_folder

    for path in write_openings(figures(), out or exports_folder(), period=month, unit=unit):
        say(f"已写出 {path}")


def openings_in(files: list[Path], *, dry_run: bool) -> None:
    """Read filled opening workbooks and take their rows in one action."""
    from hgt_portfolio.returns.opening import preview_table, read_openings

    if not files:
        raise UsageProblem("请写明要收回的文件：hgt opening in 文件…")
    reader = figures()
    read_back = read_openings(reader, files)
    for finding in read_back.findings:
        say(f"  {finding}")
    say(f"读到 {len(read_back.openings)} 项，未变 {len(read_back.unchanged)} 项，未填 {len(read_back.blank)} 项，"
        f"有问题 {len(read_back.findings)} 处。")  # fmt: skip
    if read_back.openings:
        show(preview_table(reader, read_back.openings), as_json=False, as_csv=False)
        done(ledger().open_books(read_back.openings, dry_run=dry_run))
        _ended(dry_run=dry_run)
    if read_back.findings:
        raise typer.Exit(1)


def report(
    no: No,
    period: Period = None,
    status: StatusWord = None,
    cum: Cumulative = None,
    started: Started = None,
    finished: Finished = None,
    physical: Annotated[str | None, typer.Option("--physical", help="形象进度。")] = None,
    percent: Annotated[str | None, typer.Option("--percent", help="形象进度百分比，0–100。")] = None,
    verdict: Annotated[
        str | None, typer.Option("--goal-verdict", help="形象目标：达序、略低、滞后、严重滞后。")
    ] = None,
    problem: Annotated[str | None, typer.Option("--problem", help="存在问题。")] = None,
    next_step: Annotated[str | None, typer.Option("--next", help="下一步措施。")] = None,
    filed_by: FiledBy = None,
    unit: Annotated[str | None, typer.Option("--unit", help="填报单位；默认牵头单位。")] = None,
    evidence: Evidence = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """进度填报：一个项目一期的状态、自开工累计、问题和措施。"""
    from hgt_portfolio.ledger import ReportInput, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.months import read_day, read_period

    given = validated(
        ReportInput,
        no=no,
        period=needed("--period", read("--period", period, read_period)),
        status=needed("--status", _status(status)),
        cumulative_fen=read("--cum", cum, read_wan),
        started=read("--started", started, read_day),
        finished=read("--finished", finished, read_day),
        physical=physical,
        physical_percent=read("--percent", percent, read_whole),
        goal_verdict=term("--goal-verdict", verdict, GoalVerdict),
        problem=problem,
        next_step=next_step,
        filed_by=filed_by,
        unit=_unit(unit),
        evidence=evidence,
        reason=reason,
    )
    outcome = ledger().report(given, dry_run=dry_run)
    done(outcome)
    if dry_run and not reason and any(finding.severity is Severity.WARNING for finding in outcome.findings):
        say("  正式提交时须用 --reason 写明原因。")
    _ended(dry_run=dry_run)


def cooperate(
    no: No,
    unit: Annotated[str, typer.Option("--unit", help="配合单位。")],
    text: Annotated[str, typer.Option("--text", help="配合情况。")],
    period: Period = None,
    filed_by: FiledBy = None,
) -> None:
    """配合填报：配合单位报文字，不报数。"""
    from hgt_portfolio.ledger import CooperationInput, validated
    from hgt_portfolio.months import read_period

    month = needed("--period", read("--period", period, read_period))
    done(
        ledger().cooperate(
            validated(CooperationInput, no=no, period=month, unit=_unit(unit), text=text, filed_by=filed_by)
        )
    )


def send_back(no: No, period: Period = None, reason: Reason = None) -> None:
    """退回一期填报，等单位重报。"""
    from hgt_portfolio.months import read_period

    month = needed("--period", read("--period", period, read_period))
    done(ledger().send_back(no, month, needed("--reason", reason)))


def check(
    no: No,
    on: Annotated[str | None, typer.Option("--on", help="核实日期，默认今天。")] = None,
    how: Annotated[str | None, typer.Option("--how", help="核实方式：现场、电话、资料。")] = None,
    finding: Annotated[str | None, typer.Option("--finding", help="核实结论。")] = None,
    status: StatusWord = None,
    started: Started = None,
    finished: Finished = None,
    evidence: Evidence = None,
    checked_by: Annotated[str | None, typer.Option("--by", help="核实人。")] = None,
) -> None:
    """核实记录：本办现场、电话或资料核实的结论。"""
    from hgt_portfolio.ledger import CheckInput, validated
    from hgt_portfolio.months import read_day

    writer = ledger()
    given = validated(
        CheckInput,
        no=no,
        day=day_or_today("--on", on, writer),
        how=needed("--how", term("--how", how, CheckMethod)),
        finding=needed("--finding", finding),
        status=_status(status),
        started=read("--started", started, read_day),
        finished=read("--finished", finished, read_day),
        evidence=evidence,
        checked_by=checked_by,
    )
    outcome = writer.check(given)
    say(f"已完成：{outcome.title}（操作 {outcome.action_id}）。")
    if outcome.after is not None:
        say(f"  期限 {outcome.after.deadline_state}，开工 {outcome.after.start_state}，预警 {outcome.after.light}。")
    undo_hint()


def year_plan(
    no: No,
    year: Annotated[str, typer.Argument(metavar="年度", help="年度，如 2024。")],
    amount: Annotated[str | None, typer.Argument(metavar="[金额]", help="本年计划投资，万元。")] = None,
    steps: Annotated[
        str | None, typer.Option("--steps", help="四个季度的计划，万元，逗号隔开；各季数或累计数都可以。")
    ] = None,
    goal: Goal = None,
    doc: Doc = None,
) -> None:
    """年度计划：本年计划投资（年初）、分季计划和形象目标。"""
    from hgt_portfolio.ledger import YearPlanInput, validated
    from hgt_portfolio.money import read_wan

    total = read("金额", amount, read_wan)
    given = validated(
        YearPlanInput,
        no=no,
        year=read("年度", year, read_whole),
        amount_fen=total,
        steps_fen=None if steps is None else _steps(steps, total),
        goal=goal,
        doc=doc,
    )
    done(ledger().year_plan(given))
    undo_hint()


def _steps(text: str, total: int | None) -> tuple[int, ...]:
    """Read four quarterly steps: amounts a quarter if they add up to the year's, else cumulative ones."""
    from hgt_portfolio.money import read_wan

    parts = [part for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    values = [needed("--steps", read("--steps", part, read_wan)) for part in parts]
    if len(values) != 4:
        raise UsageProblem(f"--steps 要四个数，读到 {len(values)} 个；数里不要写千分位逗号。")
    if sum(values) == total:
        return tuple(values)
    if values[3] == total and sorted(values) == values:
        return tuple(after - before for before, after in zip([0, *values], values, strict=False))
    raise UsageProblem("--steps 的四个数加起来不等于本年计划投资，也不是以它结尾的累计数。")


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
    terminate: Annotated[bool, typer.Option("--terminate", help="终止，退出项目库。")] = False,
    new: Annotated[bool, typer.Option("--new", help="新增这个序号的项目。")] = False,
    request: Annotated[str | None, typer.Option("--request", help="批准哪一个调整申请（编号见 hgt history）。")] = None,
    reason: Reason = None,
    doc: Doc = None,
    effective: Annotated[str | None, typer.Option("--effective", help="生效日期，默认今天。")] = None,
) -> None:
    """调整工期、投资、单位、内容、年度计划，终止或新增；没有文号只是申请，不动数。"""
    from hgt_portfolio.ledger import AmendInput, Changes, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.months import read_period

    writer = ledger()
    if year_plan_amount is not None and year is None:
        raise UsageProblem("调整年度计划要写明年度：--year 2024。")
    changes = validated(
        Changes,
        due=read("--due", due, read_period),
        start=read("--start", start, read_period),
        unit_text=unit,
        name=name,
        scope=scope,
        domain=domain,
        statistics_code=code,
        year=read("--year", year, read_whole),
        year_plan_fen=read("--year-plan", year_plan_amount, read_wan),
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
        effective=day_or_today("--effective", effective, writer),
        request_id=read("--request", request, read_whole),
    )
    outcome = writer.amend(given)
    say(f"已完成：{outcome.title}（操作 {outcome.action_id}）。")
    for found in outcome.findings:
        say(f"  {found}")
    if not doc:
        say("  没有文号，记为申请，数据不动；批准时用 hgt amend 序号 --request 编号 --doc 文号 --reason …。")
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


def contact(
    no: No,
    role: Annotated[str, typer.Argument(metavar="职责", help="责任领导、责任人、包联领导。")],
    name: Annotated[str, typer.Argument(metavar="姓名", help="姓名。")],
    phone: Annotated[str | None, typer.Option("--phone", help="电话。")] = None,
    since: Annotated[str | None, typer.Option("--since", help="起始日期，默认今天。")] = None,
) -> None:
    """联系人：一个项目的责任领导、责任人、包联领导。"""
    from hgt_portfolio.ledger import ContactInput, validated

    writer = ledger()
    word = term("职责", role, ContactRole)
    done(
        writer.contact(
            validated(
                ContactInput, no=no, role=word, name=name, phone=phone, since=day_or_today("--since", since, writer)
            )
        )
    )


def close(period: Annotated[str, typer.Argument(metavar="季度", help="季度，如 2024Q3。")], doc: Doc = None) -> None:
    """定稿一个季度：以后的填报须写明原因，作为更正。"""
    from hgt_portfolio.months import read_period

    done(ledger().close(needed("季度", read("季度", period, read_period)), doc))


def verify() -> None:
    """校验：每次操作的记录和它写入的行是否原样，操作链是否完整。"""
    writer = ledger()
    broken = writer.broken_entry()
    if broken is not None:
        raise Refusal(f"台账对不上：操作 {broken} 的记录或它写入的行被改动过。请停止使用并用备份核对。")
    say("校验通过：操作链完整，各次操作写入的行均未改动。")


def undo() -> None:
    """撤销自己最近的一次操作（整个操作一起撤销）。"""
    done(ledger().undo())


def _status(text: str | None) -> str | None:
    return term("--status", str(STATUS_SYNONYMS.get(text, text)) if text else None, Status)


def _unit(text: str | None) -> str | None:
    from hgt_portfolio.plan import alias_map

    return alias_map().get(text, text) if text else None


def _ended(*, dry_run: bool) -> None:
    if dry_run:
        say("  以上只是预览，没有写入。")
    else:
        undo_hint()


WRITING: dict[str, Callable[..., None]] = {
    "init": init,
    "opening": opening,
    "report": report,
    "cooperate": cooperate,
    "send-back": send_back,
    "check": check,
    "year-plan": year_plan,
    "amend": amend,
    "rules": rules,
    "light": light,
    "window": window,
    "contact": contact,
    "close": close,
    "verify": verify,
    "undo": undo,
}
