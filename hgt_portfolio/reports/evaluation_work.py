"""Projects, funds and supervision in the yearly evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hgt_portfolio.document import Block, Span, body, heading, subheading
from hgt_portfolio.figures import Group, SupervisionItem
from hgt_portfolio.figures.funds import sum_of
from hgt_portfolio.months import day_words
from hgt_portfolio.reports.bulletin import share
from hgt_portfolio.reports.bulletin_figures import Scope, count, heard, said
from hgt_portfolio.reports.bulletin_problems import by_unit, named
from hgt_portfolio.reports.bulletin_problems import counted as grounded
from hgt_portfolio.reports.evaluation_data import Evaluation
from hgt_portfolio.reports.evaluation_figures import checks, items, special, steps, told
from hgt_portfolio.reports.funds import rate_words, sources_table
from hgt_portfolio.reports.parts import on_page
from hgt_portfolio.reports.quarterly_groups import state_count
from hgt_portfolio.reports.supervision import due_words
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import COMPLETE_STATUSES, UNVERIFIED_IN_DOCUMENTS, DeadlineState, SupervisionStep

DOMAIN_COLUMNS = (
    Column("name", "领域", Kind.LABEL, 5),
    Column("count", "项目数", Kind.COUNT, 3),
    Column("investment", "总投资", Kind.AMOUNT, 8),
    Column("year_plan", "年度计划", Kind.AMOUNT, 7),
    Column("ytd", "年内完成", Kind.AMOUNT, 7),
    Column("known", "有数", Kind.LABEL, 4),
    Column("year_rate", "占计划", Kind.RATE, 5),
    Column("complete", "完工", Kind.COUNT, 3),
    Column("overdue", "逾期", Kind.COUNT, 3),
)


def reach(evaluation: Evaluation) -> str:
    """Say until when the year's amounts run: 全年, or 1—9月."""
    months = evaluation.told.point.elapsed
    return "全年" if months == 12 else f"1—{months}月"


def done(evaluation: Evaluation) -> Iterator[Span]:
    """Say what the year planned and what was done of it, by the newest quarter that says something."""
    everything = told(evaluation)
    yield f"{evaluation.year}年"
    if everything.value("year_plan") is None:
        yield "的年度计划投资未填报"
    else:
        yield from ("计划完成投资", everything.figure("year_plan"), "（", everything.known("year_plan"), "项）")
    if not heard(evaluation.told) or everything.value("ytd") is None:
        yield "，完成数未填报。"
        return
    if evaluation.told is not evaluation.quarter:
        yield f"，{evaluation.quarter.label[5:]}末的完成数未填报；按最近一期（{evaluation.told.label}）的填报"
    yield from (f"，{reach(evaluation)}累计完成", everything.figure("ytd"), "（有数的", everything.known("ytd"), "项）")
    if everything.value("year_rate") is not None:
        yield from _rate(everything)
    yield "。"


def done_briefly(evaluation: Evaluation) -> Iterator[Span]:
    """Say what share of the year's plan was done."""
    everything = told(evaluation)
    if not heard(evaluation.told) or everything.value("year_rate") is None:
        yield f"{evaluation.year}年的年度计划或完成数未填报，完成率不能计算。"
        return
    yield f"按{evaluation.told.label}的填报，" if evaluation.told is not evaluation.quarter else ""
    yield from (f"{evaluation.year}年{reach(evaluation)}", *share(everything, "完成"))
    yield from ("（计划数和完成数均知的", everything.known("year_rate"), "项）。")


def _rate(scope: Scope) -> Iterator[Span]:
    yield from ("；计划数和完成数均知的", scope.known("year_rate"), "项，", *share(scope, "完成"))
    yield from ("，", said(scope.figure("year_balance"), "尚差", "超额完成"))


def projects_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 四、重点工程: by domain, and what is due."""
    yield heading("四、重点工程实施情况")
    yield subheading("（一）年度投资")
    yield body(*done(evaluation))
    yield on_page(domain_table(evaluation))
    yield subheading("（二）完工期限")
    yield body(*_due(evaluation))
    if rows := named(evaluation.quarter, "overdue"):
        yield body(
            "逾期未完工", grounded(evaluation.quarter, "overdue"), "项：", *by_unit(evaluation.quarter, "overdue")
        )
    elif not rows:
        yield body(f"截至{day_words(evaluation.point.day)}，没有逾期未完工的项目。")
    if named(evaluation.quarter, "unverified"):
        number = grounded(evaluation.quarter, "unverified")
        of_units = by_unit(evaluation.quarter, "unverified")
        yield body(UNVERIFIED_IN_DOCUMENTS, number, "项，有待核实，不计入逾期：", *of_units)


def _due(evaluation: Evaluation) -> Iterator[Span]:
    """Say how the projects stand that were due within the year, and how many are reported completed in it."""
    positions, year = evaluation.quarter.positions, evaluation.year
    due = [p for p in positions if p.due_date is not None and p.due_date.year == year]
    complete = [p for p in positions if p.status in COMPLETE_STATUSES]
    finished = [p for p in complete if p.finished is not None and p.finished.year == year]
    yield from (f"完工期限在{year}年内的", count("due.year", "当年到期的项目", due, positions), "项")
    for place, state in enumerate(state for state in DeadlineState if any(p.deadline_state == state for p in due)):
        found = [p for p in due if p.deadline_state == state]
        word = UNVERIFIED_IN_DOCUMENTS if state is DeadlineState.UNVERIFIED else str(state)
        number = count(f"due.year.{state.name.lower()}", f"当年到期的项目{state}", found, due, "deadline_state")
        yield from ("，" if place else "，其中", word, number, "项")
    if not finished:
        yield f"。没有报送在{year}年内完工的项目。"
        return
    number = count("finished.year", "报送当年完工的项目", finished, positions, "status")
    yield from (f"。报送在{year}年内完工的共", number, "项")
    if others := [p for p in finished if p.due_date is None or p.due_date.year != year]:
        number = count("finished.other", "报送当年完工、期限不在当年的项目", others, finished, "status")
        yield from ("，其中", number, "项的完工期限不在当年")
    yield "。"


def domain_table(evaluation: Evaluation) -> Table:
    """Set the domains' amounts of the newest quarter that says something beside their states at the year's end."""
    worked = {group.name: group for group in evaluation.told.domains}
    rows = tuple(_domain(group.name, worked.get(group.name, group), group) for group in evaluation.quarter.domains)
    total = _domain("合计", evaluation.told.total, evaluation.quarter.total)
    everything, standing = evaluation.told.total, evaluation.quarter.total
    notes = (
        f"注：年度计划、年内完成按{evaluation.told.label}的填报，有数为年内完成有数的项目数；"
        f"占计划只用两数均知的{everything.rate_plan.known}项；总投资不含投资额未定的"
        f"{standing.count - standing.priced}项；完工、逾期按{day_words(evaluation.point.day)}判断。",
    )
    return Table("分领域", "重点工程分领域完成情况", DOMAIN_COLUMNS, rows, total=total, notes=notes)


def _domain(name: str, worked: Group, standing: Group) -> tuple[Cell, ...]:
    return (
        name,
        standing.count,
        standing.investment if standing.priced else None,
        worked.year_plan.fen if worked.year_plan.known else None,
        worked.ytd.fen if worked.ytd.known else None,
        f"{worked.ytd.known}/{worked.count}",
        worked.year_rate,
        state_count(standing, "完工"),
        standing.deadline_states[DeadlineState.OVERDUE],
    )


def special_words(evaluation: Evaluation) -> Iterator[Span]:
    """Say 专项资金 of the year, and whether it grew."""
    year = evaluation.year
    found = {one.year: one for one in evaluation.special}
    if year not in found:
        yield f"{year}年生态文明发展专项资金未填报，是否逐年增加不能判断。"
        return
    yield from (f"{year}年生态文明发展专项资金", special(found[year]))
    change = found[year].change
    if change is None:
        yield f"，{year - 1}年的未填报，不能比较。"
    elif change == 0:
        yield "，与上年持平。"
    else:
        yield from ("，", said(special(found[year], change=True), "比上年增加", "比上年减少"), "。")


def funds_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 五、资金保障情况: by source, and 专项资金."""
    yield heading("五、资金保障情况")
    if evaluation.funds:
        yield source_table(evaluation)
    else:
        yield body("重点工程的资金来源、到位和支付情况未填报。")
    yield body(*special_words(evaluation))


SOURCE_KEYS = ("source", "lines", "planned_wan", "received_wan", "received_rate", "paid_wan", "paid_rate")
"""The columns of the funds by source that a page has room for."""


def source_table(evaluation: Evaluation) -> Table:
    """List the funds by source."""
    table = sources_table(evaluation.figures, evaluation.point, evaluation.funded)
    at = [table.index(key) for key in SOURCE_KEYS]
    total = sum_of(line for one in evaluation.funds.values() for line in one.sources)

    def chosen(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(row[place] for place in at)

    made = replace(
        table,
        columns=tuple(_roomy(table.columns[place]) for place in at),
        rows=tuple(chosen(row) for row in table.rows),
        total=None if table.total is None else chosen(table.total),
        notes=(f"注：{rate_words(total)}。各数为截至本期最近一次填报的自开工累计，未填报的不作0。",),
    )
    return on_page(made)


def _roomy(column: Column) -> Column:
    """Give a rate room for 100.0% on one line of a page."""
    return replace(column, width=5) if column.kind is Kind.RATE else column


def open_items(evaluation: Evaluation) -> list[SupervisionItem]:
    """Give the items that are not struck off."""
    return [item for item in evaluation.items if item.is_open]


def overdue_items(evaluation: Evaluation) -> list[SupervisionItem]:
    """Give the items past their due date that are not struck off."""
    return [item for item in open_items(evaluation) if item.days_over > 0]


def supervision_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 六、督办与监督检查: what was raised, struck off and is open, and what the office checked itself."""
    yield heading("六、督办与监督检查情况")
    yield body(*_supervised(evaluation))
    if evaluation.checked:
        times, projects = checks(evaluation)
        yield body("我办核实项目", projects, "项、", times, "次。")
    else:
        yield body("我办当年没有项目核实记录。")
    if waiting := open_items(evaluation):
        yield items_table(evaluation, waiting)


def _supervised(evaluation: Evaluation) -> Iterator[Span]:
    found, year = evaluation.items, evaluation.year
    if not found:
        yield f"截至{day_words(evaluation.point.day)}，没有交办的督办事项。"
        return
    raised = [item for item in found if item.raised.year == year]
    struck = [item for item in found if item.struck is not None and item.struck.year == year]
    yield from (f"{year}年交办督办事项", items("raised", "当年交办的督办事项", raised, found), "项")
    yield from ("，当年销号", items("struck", "当年销号的督办事项", struck, found), "项")
    for step, word in ((SupervisionStep.REMINDED, "催办"), (SupervisionStep.EXTENDED, "延期")):
        taken = [item for item in found if _steps(item, step, year)]
        if taken:
            times = sum(_steps(item, step, year) for item in taken)
            yield from (f"，{word}", steps(step.name.lower(), f"当年{word}次数", times, taken), "次")
    waiting, late = open_items(evaluation), overdue_items(evaluation)
    yield from (
        f"；截至{day_words(evaluation.point.day)}，未销号",
        items("open", "未销号的督办事项", waiting, found),
        "项",
    )
    if waiting:
        yield from ("，其中超过完成时限", items("overdue", "超期未销号的督办事项", late, waiting), "项")
    yield "。"


def _steps(item: SupervisionItem, step: SupervisionStep, year: int) -> int:
    return sum(taken.step == step and taken.day.year == year for taken in item.steps)


ITEM_COLUMNS = (
    Column("no", "编号", Kind.LABEL, 5),
    Column("subject", "项目或单位", Kind.TEXT, 11),
    Column("unit", "责任单位", Kind.LABEL, 6),
    Column("raised", "交办日期", Kind.DATE, 5),
    Column("due", "完成时限", Kind.LABEL, 5),
    Column("state", "状态", Kind.LABEL, 4),
    Column("days_over", "超期天数", Kind.COUNT, 3),
)


def items_table(evaluation: Evaluation, waiting: list[SupervisionItem]) -> Table:
    """List the items that are not struck off."""
    rows = tuple(
        (item.no, item.name or item.unit, item.unit, item.raised, due_words(item), item.state, item.days_over)
        for item in waiting
    )
    note = f"注：状态和超期天数按{day_words(evaluation.point.day)}判断。"
    return Table("未销号督办事项", "未销号的督办事项", ITEM_COLUMNS, rows, notes=(note,), unit_note="")
