"""项目调度表: one row a project, the sheet that every total of the workbook is summed from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from hgt_portfolio.figures import Position
from hgt_portfolio.money import ratio, rounded, wan_text
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.quarterly_data import PROJECTS, Quarter, officer, responsible, sheet, state_of
from hgt_portfolio.table import Block, Cell, Column, Kept, Kind, Sheet, Table
from hgt_portfolio.terms import PHASE_LABELS, UNVERIFIED_IN_DOCUMENTS, ContactRole, DeadlineState, Phase

Field = tuple[Column, Callable[[Quarter, Position], Cell]]


def last_quarter(quarter: Quarter, position: Position) -> int | None:
    """Give 上季度完成 of a project, fen."""
    before = quarter.last.get(position.no)
    return before.quarter if before else None


def year_ago(quarter: Quarter, position: Position) -> int | None:
    """Give 上年同期 of a project: the same quarter a year before, fen."""
    before = quarter.year_ago.get(position.no)
    return before.quarter if before else None


def growth(now: int | None, before: int | None) -> Decimal | None:
    """Give 环比: this quarter ÷ the last − 1, unknown unless the last is above zero."""
    share = ratio(now, before) if before and before > 0 else None
    return None if share is None else share - 1


def _physical(position: Position) -> str | None:
    if position.physical_percent is None:
        return position.physical
    percent = f"{position.physical_percent}%"
    return f"{position.physical}（{percent}）" if position.physical else percent


FIELDS: tuple[Field, ...] = (
    (Column("no", "序号", Kind.LABEL, 3), lambda _, p: p.no),
    (Column("domain", "领域", Kind.LABEL, 4), lambda _, p: p.domain),
    (Column("name", "项目名称", Kind.TEXT, 9), lambda _, p: p.name),
    (Column("scope", "工程内容与规模", Kind.TEXT, 17), lambda _, p: p.scope),
    (Column("period", "实施年限", Kind.LABEL, 4), lambda _, p: p.period_text),
    (Column("investment", "计划总投资", Kind.AMOUNT, 6), lambda _, p: p.investment),
    (Column("opening", "截至上年底累计完成", Kind.AMOUNT, 6), lambda _, p: p.opening),
    (Column("year_plan", "本年计划投资", Kind.AMOUNT, 6), lambda _, p: p.year_plan),
    (Column("quarter", "本季度完成", Kind.AMOUNT, 5), lambda _, p: p.quarter),
    (Column("ytd", "本年累计", Kind.AMOUNT, 5), lambda _, p: p.ytd),
    (Column("year_rate", "占年度计划%", Kind.RATE, 3), lambda _, p: p.year_rate),
    (Column("balance", "年度任务余额", Kind.AMOUNT, 5), lambda _, p: p.year_balance),
    (Column("last_quarter", "上季度完成", Kind.AMOUNT, 5), last_quarter),
    (Column("growth", "环比", Kind.RATE, 3), lambda q, p: growth(p.quarter, last_quarter(q, p))),
    (Column("year_ago", "上年同期", Kind.AMOUNT, 5), year_ago),
    (Column("cumulative", "自开工累计", Kind.AMOUNT, 6), lambda _, p: p.cumulative),
    (Column("total_rate", "占总投资%", Kind.RATE, 3), lambda _, p: p.total_rate),
    (Column("physical", "形象进度", Kind.TEXT, 7), lambda _, p: _physical(p)),
    (Column("status", "项目状态", Kind.LABEL, 3), lambda _, p: p.status_label),
    (Column("light", "预警", Kind.LABEL, 3), lambda _, p: p.light),
    (Column("problem", "存在问题", Kind.TEXT, 7), lambda _, p: p.problem),
    (Column("next_step", "下一步措施", Kind.TEXT, 7), lambda _, p: p.next_step),
    (Column("unit", "责任单位", Kind.LABEL, 3), lambda q, p: responsible(p.unit, q.cooperating.get(p.no, []))),
    (Column("officer", "责任人/电话", Kind.LABEL, 6), lambda q, p: officer(q.people, p.no, ContactRole.OFFICER)),
    (Column("sponsor", "包联领导", Kind.LABEL, 3), lambda q, p: officer(q.people, p.no, ContactRole.SPONSOR)),
    (Column("note", "备注", Kind.TEXT, 11), lambda _, p: "；".join(remarks(p)) or ""),
)

HELPERS: tuple[Field, ...] = (
    (Column("lead", "牵头单位", Kind.LABEL), lambda _, p: p.unit),
    (Column("state", "状态归类", Kind.LABEL), lambda _, p: state_of(p.status) or "—"),
    (Column("deadline", "期限状态", Kind.LABEL), lambda _, p: p.deadline_state),
    (Column("start", "开工状态", Kind.LABEL), lambda _, p: p.start_state),
    (Column("filing", "填报状态", Kind.LABEL), lambda _, p: p.filing_state),
    (Column("stage", "规划口径", Kind.LABEL), lambda _, p: PHASE_LABELS[Phase(p.stage)]),
    (Column("phase", "完工口径", Kind.LABEL), lambda _, p: PHASE_LABELS[Phase(p.phase_deadline)]),
    (Column("since_plan", "规划期以来完成", Kind.AMOUNT), lambda _, p: p.since_plan),
    (Column("planned", "计划应完成", Kind.AMOUNT), lambda _, p: p.planned),
    (Column("year_plan_first", "年初计划投资", Kind.AMOUNT), lambda _, p: p.year_plan_first),
    (Column("rated", "年度计划与本年累计均知", Kind.COUNT), lambda _, p: int(both(p.year_plan, p.ytd))),
    (Column("first_rated", "年初计划与本年累计均知", Kind.COUNT), lambda _, p: int(both(p.year_plan_first, p.ytd))),
    (Column("paced", "计划应完成与本年累计均知", Kind.COUNT), lambda _, p: int(both(p.planned, p.ytd))),
    (Column("behind", "欠序时", Kind.COUNT), lambda _, p: int(p.shortfall is not None and p.shortfall > 0)),
    (Column("shared", "自开工累计与总投资均知", Kind.COUNT), lambda _, p: int(both(p.cumulative, p.investment))),
    (
        Column("linked", "本季度与上季度均知", Kind.COUNT),
        lambda q, p: int(both(p.quarter, last_quarter(q, p))),
    ),
)


def both(first: int | None, second: int | None) -> bool:
    """Tell whether two figures are both known."""
    return first is not None and second is not None


def remarks(position: Position) -> Iterator[str]:
    """Say in words what a project's figures leave out, carry over or owe to an adjustment or a person."""
    if position.quarter_note:
        catch_up = position.catch_up
        yield f"{position.quarter_note} {wan_text(catch_up[0])}万元" if catch_up else f"本季度{position.quarter_note}"
    if position.year_note and position.year_note != position.quarter_note:
        yield f"本年累计{position.year_note}"
    if position.carried and position.period_filed is not None:
        yield f"沿用{month_text(position.period_filed)}"
    if position.investment is None:
        yield f"总投资：{position.investment_text}"
    if position.days_moved:
        yield f"完工期限调整{position.days_moved:+d}天（原{position.due_original}）"
    yield from _plan_remarks(position)
    if position.deadline_state == DeadlineState.OVERDUE:
        yield f"逾期{position.days_overdue}天" + ("（待更新）" if position.stale else "")
    if position.deadline_state == DeadlineState.DUE_SOON:
        yield "临期"
    if position.deadline_state == DeadlineState.UNVERIFIED:
        yield UNVERIFIED_IN_DOCUMENTS
    if position.light_override:
        yield f"人工定灯：{position.override_reason}（规则为{position.light_computed}）"
    yield f"预警依据：{position.light_reason}"


def _plan_remarks(position: Position) -> Iterator[str]:
    first, now = position.year_plan_first, position.year_plan
    if first is None or first == now:
        return
    share = position.first_rate
    done = "" if share is None else f"，占年初计划{rounded(share * 100, 1)}%"
    yield f"年初计划{wan_text(first)}万元{done}"


def _total(quarter: Quarter) -> tuple[Cell, ...]:
    """Give the 合计 row: amounts summed in fen over the rows where known, rates over rows where both are."""
    total, tally = quarter.total, quarter.tally
    now, before = tally.linked
    cells: dict[str, Cell] = {
        "no": "合计",
        "name": f"{total.count}项",
        "investment": total.investment if total.priced else None,
        **{
            key: part.fen if part.known else None
            for key, part in (
                ("opening", total.opening),
                ("year_plan", total.year_plan),
                ("quarter", total.quarter),
                ("ytd", total.ytd),
                ("cumulative", total.cumulative),
            )
        },
        "year_rate": total.year_rate,
        "balance": total.year_balance,
        "last_quarter": tally.last.cell,
        "growth": growth(now.cell, before.cell),
        "year_ago": tally.year_ago.cell,
        "total_rate": total.total_rate,
        "since_plan": tally.since_plan.cell,
        "planned": tally.planned.cell,
    }
    return tuple(cells.get(column.key, "") for column, _ in (*FIELDS, *HELPERS))


def flagged(top: str, bottom: str, flag: str, *, less: int = 0) -> str:
    """Give the formula of a rate in the 合计 row: over the rows of the table whose ``flag`` is 1."""
    below = f"SUMIFS([:{bottom}],[:{flag}],1)"
    minus = f"-{less}" if less else ""
    guard = "<=0" if less else "=0"
    return f'=IF({below}{guard},"—",SUMIFS([:{top}],[:{flag}],1)/{below}{minus})'


AMOUNTS = ("investment", "opening", "year_plan", "quarter", "ytd", "balance", "last_quarter", "year_ago", "cumulative")

TOTALS = {
    "name": '=COUNTA([:no])&"项"',
    **{key: f'=IF(COUNT([:{key}])=0,"—",ROUND(SUM([:{key}]),2))' for key in AMOUNTS},
    "year_rate": flagged("ytd", "year_plan", "rated"),
    "growth": flagged("quarter", "last_quarter", "linked", less=1),
    "total_rate": flagged("cumulative", "investment", "shared"),
}


def projects_sheet(quarter: Quarter) -> Sheet:
    """Make 项目调度表, its 合计 as live formulas."""
    fields = (*FIELDS, *HELPERS)
    getters = [get for _, get in fields]
    rows = Kept(tuple([get(quarter, position) for get in getters]) for position in quarter.positions)
    table = Table(PROJECTS, PROJECTS, tuple(column for column, _ in fields), rows, total=_total(quarter))
    block = Block(table, total_formulas=TOTALS, helpers=frozenset(column.key for column, _ in HELPERS))
    notes = (
        "注：1.“—”为未知，不是0，不计入合计；合计中的占比只用两数均知的项目。"
        "2.本季度完成、本年累计均为自开工累计之差，两端都有填报才算；隔期补报的金额列在备注，不计入本季度。"
        "3.自开工累计为已完成工作的价值，不是付款；未按期填报的沿用最近一期并注明月份。",
    )
    return sheet(quarter, PROJECTS, PROJECTS, block, notes=notes, frozen=3)
