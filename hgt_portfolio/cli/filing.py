"""Commands that file: opening the books, reports, checks and year plans; each makes one input and one action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    Csv,
    Doc,
    DryRun,
    Json,
    KnownAt,
    No,
    Period,
    Reason,
    UsageProblem,
    day_or_today,
    done,
    ended,
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
from hgt_portfolio.cli.returning import Folder, Take, UnitOnly, Whole, forms_in, forms_out
from hgt_portfolio.terms import STATUS_SYNONYMS, CheckMethod, GoalVerdict, Severity, Status

if TYPE_CHECKING:
    from hgt_portfolio.ledger import ReportInput

StatusWord = Annotated[str | None, typer.Option("--status", help="项目状态，如 在建、停工、完工。")]
Cumulative = Annotated[str | None, typer.Option("--cum", help="自开工累计完成投资，万元。")]
Started = Annotated[str | None, typer.Option("--started", help="实际开工日期。")]
Finished = Annotated[str | None, typer.Option("--finished", help="实际完工日期。")]
Evidence = Annotated[str | None, typer.Option("--evidence", help="依据。")]
Goal = Annotated[str | None, typer.Option("--goal", help="年度形象目标。")]
FiledBy = Annotated[str | None, typer.Option("--filed-by", help="填报人。")]


def opening(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[序号|out|in|board]", help="项目序号；或 out 发出建账表、in 文件… 收回、board 建账情况。"
        ),
    ] = None,
    period: Annotated[str | None, typer.Option("--period", help="截至哪年12月；默认规划印发前一年底。")] = None,
    cum: Annotated[str | None, typer.Option("--cum", help="截至该年底累计完成投资，万元。")] = None,
    base_cum: Annotated[
        str | None, typer.Option("--base-cum", help="规划期以前（本规划为截至2022年底）累计，万元。")
    ] = None,
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
    unit: UnitOnly = None,
    out: Folder = None,
    dry_run: DryRun = False,
    whole: Whole = False,
    take: Take = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """期初建账：逐项录入，或发出、收回各单位的建账表，或看建账情况。"""
    from hgt_portfolio.ledger import OpeningInput, validated
    from hgt_portfolio.money import read_wan
    from hgt_portfolio.months import read_day, read_period
    from hgt_portfolio.returns.opening import Opening

    month = read("--period", period, read_period)
    if month is None:
        month = figures().opening_period()
    first, *rest = words or ["board"]
    if first == "board":
        return opening_board(month, known_at, as_json=as_json, as_csv=as_csv)
    if first == "out":
        return forms_out(Opening, month, unit, out)
    if first == "in":
        return forms_in(Opening, rest, dry_run=dry_run, whole=whole, take=take)
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
    done(ledger().open_books([given], dry_run=dry_run), dry_run=dry_run)
    return ended(dry_run=dry_run)


def opening_board(month: int, known_at: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Print which projects have their opening."""
    from hgt_portfolio.months import last_day
    from hgt_portfolio.reports.lists import opening_board as board

    reader = figures()
    point = point_of(reader, last_day(month + 12).isoformat(), known_at)
    show(board(reader, point), as_json=as_json, as_csv=as_csv)


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
    writer = ledger()
    given = _kept(given)
    outcome = writer.report(given, dry_run=dry_run)
    done(outcome, dry_run=dry_run)
    if dry_run and not reason and any(finding.severity is Severity.WARNING for finding in outcome.findings):
        say("  正式提交时须用 --reason 写明原因。")
    ended(outcome, dry_run=dry_run)


KEPT = ("started", "physical", "physical_percent", "goal_verdict", "problem", "next_step", "filed_by")
"""What a correction of a filing keeps where it is not given anew."""


def _kept(given: ReportInput) -> ReportInput:
    """Complete a correction with what the period's filing said already; say what was kept."""
    from hgt_portfolio.figures import Filter
    from hgt_portfolio.ledger import FIELD_LABELS
    from hgt_portfolio.months import last_day
    from hgt_portfolio.rules.point import moment_text
    from hgt_portfolio.terms import FilingState

    reader = figures()
    point = reader.point(last_day(given.period).isoformat(), moment_text(reader.last_action()))
    rows = reader.positions(point.at(given.period), Filter(nos=(given.no,)))
    if not rows or rows[0].filing_state not in (FilingState.FILED, FilingState.LATE):
        return given
    kept = {
        name: value for name in KEPT if getattr(given, name) is None and (value := getattr(rows[0], name)) is not None
    }
    if kept:
        say(f"本期已有填报，没有另写的照原样保留：{'、'.join(FIELD_LABELS[name] for name in kept)}。")
    return given.model_copy(update=kept)


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
        steps_fen=None if steps is None else read_steps(steps, total),
        goal=goal,
        doc=doc,
    )
    done(ledger().year_plan(given))
    undo_hint()


def _status(text: str | None) -> str | None:
    return term("--status", str(STATUS_SYNONYMS.get(text, text)) if text else None, Status)


def _unit(text: str | None) -> str | None:
    return figures().unit_name(text) if text else None
