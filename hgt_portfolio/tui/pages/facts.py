"""A project in words: the card beside the list, and the sections of its own screen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group as Together
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from hgt_portfolio.figures import Entry, Event, Node, Position, SubCount, SupervisionItem
from hgt_portfolio.months import Month, month_text
from hgt_portfolio.reports.milestones import node_words, share_words, sub_item_words
from hgt_portfolio.reports.supervision import settled_words
from hgt_portfolio.rules.point import office_time
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.pages.why import deadline_why, filing_why, light_why, start_why

Pairs = Iterable[tuple[str, object]]
LABEL = 14


def pairs(rows: Pairs, label: int = LABEL) -> Grid:
    """Lay out labels and values in two columns, long values wrapped."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=label, style="dim", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), value if isinstance(value, Text) else wording.words(value))
    return grid


def card(p: Position) -> RenderableType:
    """Draw a project for the pane beside the list."""
    rows: Pairs = (
        ("单位", p.unit_text),
        ("年限", p.period_text),
        ("总投资", f"{wording.amount(p.investment)} 万元" if p.investment is not None else p.investment_text),
        ("自开工累计", _cumulative(p)),
        ("本年/计划", f"{wording.amount(p.ytd)} / {wording.amount(p.year_plan)}"),
        ("本季度", _quarter(p)),
        ("完成率", f"{wording.rate(p.year_rate)} 序时 {wording.rate(p.pace)}"),
        ("状态", p.status_label or "未填报"),
        ("期限", deadline_why(p)),
        ("预警", Text.assemble(wording.light(p.light), "  ", wording.words(light_why(p, "")))),
        ("填报", filing_why(p)),
        ("形象进度", p.physical),
        ("存在问题", p.problem),
        ("下一步", p.next_step),
    )
    return Together(wording.words(f"#{p.no} {p.name}", "bold"), Text(), pairs(rows, 10))


def _cumulative(p: Position) -> str:
    if p.cumulative is None:
        return wording.UNKNOWN
    carried = f"（沿用{month_text(p.period_filed)}）" if p.carried and p.period_filed is not None else ""
    return f"{wording.amount(p.cumulative)} 万元{carried}"


def _quarter(p: Position) -> str:
    if p.quarter is not None:
        return f"{wording.amount(p.quarter)} 万元"
    if p.catch_up:
        return f"{wording.amount(p.catch_up[0])} 万元 {p.catch_up[1]}"
    return f"{wording.UNKNOWN}（{p.quarter_note}）"


def _moved(before: str, after: str) -> str:
    return after if before == after else f"{after}（现行），{before}（基线）"


def _month(index: Month | None) -> str:
    return wording.UNKNOWN if index is None else month_text(index)


def facts(p: Position, members: list[str]) -> Pairs:
    """Give a project's facts, baseline beside current where they differ."""
    return (
        ("领域", p.domain),
        ("责任单位", p.unit_text if not members else f"{p.unit_text}（牵头 {p.unit}，配合 {'、'.join(members)}）"),
        ("内容与规模", p.scope),
        ("实施年限", f"{p.period_text}（原文）"),
        ("开工月", _moved(_month(p.baseline_start), _month(p.start))),
        ("完工期限", _moved(wording.day(p.due_original), wording.day(p.due_date))),
        ("总投资(万元)", _moved(wording.amount(p.baseline_fen), wording.amount(p.investment))),
        ("总投资原文", f"{p.investment_text}（{p.investment_kind}）"),
        ("入库代码", p.statistics_code),
        ("来源", p.source),
    )


def _first_share(p: Position) -> str:
    """Say the share of the plan as it was at the year's beginning, where it was adjusted since."""
    adjusted = p.year_plan_first is not None and p.year_plan_first != p.year_plan
    return f"（占年初 {wording.rate(p.first_rate)}）" if adjusted else ""


def money(p: Position) -> Pairs:
    """Give a project's money at the period, in 万元."""
    year = wording.amount(p.ytd) if p.ytd is not None else f"{wording.UNKNOWN}（{p.year_note}）"
    plan = wording.amount(p.year_plan)
    if p.year_plan_first is not None and p.year_plan_first != p.year_plan:
        plan = f"{plan}（年初 {wording.amount(p.year_plan_first)}）"
    return (
        ("自开工累计", f"{_cumulative(p)}  占总投资 {wording.rate(p.total_rate)}"),
        ("截至上年底", wording.amount(p.opening)),
        ("本年累计", f"{year}  占年度计划 {wording.rate(p.year_rate)}{_first_share(p)}"),
        ("本季度完成", _quarter(p)),
        ("本年计划", plan),
        ("序时进度", f"{wording.rate(p.pace)}  偏差 {wording.points(p.deviation)}  欠 {wording.amount(p.shortfall)}"),
        ("年度任务余额", wording.amount(p.year_balance)),
        ("形象目标", p.goal),
    )


def judgements(p: Position, rules_label: str) -> Pairs:
    """Give what each rule says, and why."""
    return (
        ("状态", f"{p.status_label or '未填报'}  开工 {wording.day(p.started)}  完工 {wording.day(p.finished)}"),
        ("期限", deadline_why(p)),
        ("开工", start_why(p)),
        ("填报", filing_why(p)),
        ("预警", Text.assemble(wording.light(p.light), "  ", wording.words(light_why(p, rules_label)))),
        ("核实", _checked(p)),
        ("形象进度", p.physical if p.physical_percent is None else f"{p.physical or ''} {p.physical_percent}%"),
        ("存在问题", p.problem),
        ("下一步", p.next_step),
    )


def doing(sub_items: list[SubCount], nodes: list[Node], items: list[SupervisionItem]) -> Pairs:
    """Give a project's sub-items with both counts, its milestones, and what is supervised of it."""
    return (
        ("子项", sub_item_words(sub_items) if sub_items else None),
        *((node.name, node_words(node)) for node in nodes),
        ("节点", share_words(nodes) if nodes else None),
        *(("督办", f"{settled_words(item)}，时限 {item.due}：{item.content}") for item in items),
        *(() if items else (("督办", None),)),
    )


def _checked(p: Position) -> str:
    return wording.UNKNOWN if p.check_day is None else f"{p.check_day} {p.check_how}：{p.check_finding}"


def events(rows: list[Event], *, filings: bool) -> RenderableType:
    """Draw ledger rows, the newest first: the filings alone, or all; revoked ones are struck and say 已撤销."""
    chosen = [row for row in reversed(rows) if not filings or row.kind.split(" ")[0] in ("季报", "月报", "期初")]
    if not chosen:
        return Text("还没有填报。按 F4 填报，开工在先的项目先按 F7 期初建账。" if filings else "没有记录。", "dim")
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=12, no_wrap=True)
    grid.add_column(width=18, overflow="fold")
    grid.add_column(ratio=1, overflow="fold")
    for row in chosen:
        revoked = row.revoked_at is not None
        kind = wording.words(row.kind, "strike dim" if revoked else "")
        text = wording.words(row.text, "strike dim" if revoked else "")
        if revoked:
            text.append(f"  已撤销（第 {row.revoked_by} 号操作）", "bold not strike")
        text.append(
            f"\n{wording.clean(row.operator)} 记于 {_moment(row.recorded_at)}，第 {row.action_id} 号操作",
            "dim not strike",
        )
        grid.add_row(Text(row.holds.isoformat() if row.holds.year > 1900 else "自始"), kind, text)
    return grid


def audit(rows: list[Entry]) -> RenderableType:
    """Draw audit entries, the newest first."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=5, no_wrap=True)
    grid.add_column(width=16, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for row in rows:
        said = wording.words(f"{row.operator}：{row.title}")
        if row.reason:
            said.append(f"  原因：{wording.clean(row.reason)}")
        if row.undone_by is not None:
            said.append(f"  已撤销（第 {row.undone_by} 号操作）", "bold")
        said.append(f"\n校验 {row.hash[:12]}", "dim")
        grid.add_row(Text(str(row.id), "dim"), Text(_moment(row.at)), said)
    return grid


def _moment(moment: int) -> str:
    return office_time(moment).strftime("%Y-%m-%d %H:%M")
