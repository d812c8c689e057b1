"""One project: its facts with their sources, its time line, its course, and the audit entries behind it."""

from __future__ import annotations

from collections.abc import Iterable

from hgt_portfolio.figures import Course, Deed, Entry, Event, Figures, Point, Position, Source
from hgt_portfolio.money import rounded, wan_words
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.milestones import node_words, share_words, sub_item_words
from hgt_portfolio.reports.supervision import settled_words
from hgt_portfolio.reports.words import point_words, yes_no
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Cell, Column, Kind, Table

RECORDS: dict[str, frozenset[str]] = {
    "填报": frozenset(("report", "cooperation", "send_back")),
    "调整": frozenset(("project_version", "amendment", "year_plan")),
    "督办": frozenset(("supervision", "supervision_event")),
    "核实": frozenset(("verification", "light_override")),
    "人员": frozenset(("contact",)),
    "节点": frozenset(("milestone", "sub_item")),
    "资金": frozenset(("fund_report",)),
}
"""The kinds of records on a project's time line, and the tables that hold them."""

FACT_FIELDS = {
    "项目名称": "name",
    "领域": "domain",
    "工程内容与规模": "scope",
    "实施年限": "period_text",
    "完工期限": "due",
    "总投资": "investment",
    "牵头单位": "unit",
    "入库代码": "statistics_code",
    "项目状态": "status",
    "实际开工 / 完工": "started",
    "最近核实": "check_day",
    "自开工累计": "cumulative",
    "截至上年底": "opening",
    "本年计划投资": "year_plan",
    "年初计划投资": "year_plan_first",
    "本季度完成": "quarter",
    "本年累计": "ytd",
    "规划期以来完成": "since_plan",
    "年度任务余额": "year_balance",
    "欠序时金额": "shortfall",
    "形象进度": "physical",
    "年度形象目标": "goal",
    "存在问题": "problem",
    "下一步措施": "next_step",
    "人工定灯": "light_override",
}
"""The field of a position whose source stands beside each fact."""


def _plan_shares(row: Position) -> str | None:
    """Say 本年累计 as a share of the year plan, and of the one at the year's beginning where it was adjusted."""
    if row.year_rate is None:
        return None
    adjusted = row.first_rate is not None and row.year_plan_first != row.year_plan
    first = f"（调整后；占年初计划 {rounded(row.first_rate * 100, 2)}%）" if adjusted and row.first_rate else ""
    return f"{rounded(row.year_rate * 100, 2)}%{first}"


def project_facts(figures: Figures, point: Point, no: str, rules: str | None = None) -> Table:
    """Give everything known of one project, one fact a row, with where it comes from."""
    row = figures.position(point, no, rules=rules)
    in_force = figures.in_force(point, rules)
    people = [person for person in figures.contacts(point) if person.no == no]
    members = "、".join(figures.cooperating(point).get(no, []))
    nodes, sub_items = figures.milestones(point, no), figures.sub_items(point, no)
    items = [item for item in figures.supervision(point) if item.project == no]
    amount = "未定" if row.investment is None else f"{wan_words(row.investment)} 万元"
    moved = f"（原 {row.due_original}，调整 {row.days_moved:+} 天）" if row.days_moved else ""

    def money(fen: int | None, why: str | None = None) -> str | None:
        return (why or None) if fen is None else f"{wan_words(fen)} 万元"

    carried = f"（沿用 {month_text(row.period_filed)}）" if row.carried and row.period_filed is not None else ""
    facts: list[tuple[str, Cell]] = [
        ("序号", row.no),
        ("项目名称", row.name),
        ("领域", row.domain),
        ("工程内容与规模", row.scope),
        ("实施年限", row.period_text),
        ("完工期限", f"{row.due_date or '不明'}{moved}"),
        ("总投资", f"{amount}（原文 {row.investment_text}）"),
        ("牵头单位", row.unit),
        ("配合单位", members or None),
        ("统计入库", yes_no(row.in_statistics)),
        ("入库代码", row.statistics_code),
        *((person.role, f"{person.name} {person.phone or ''}".strip()) for person in people),
        ("子项", sub_item_words(sub_items) if sub_items else None),
        ("节点", "；".join((*map(node_words, nodes), share_words(nodes))) if nodes else None),
        ("督办", "；".join(map(settled_words, items)) or None),
        ("项目状态", row.status_label or "未填报"),
        ("实际开工 / 完工", f"{row.started or '-'} / {row.finished or '-'}"),
        ("最近核实", _checked(row)),
        ("自开工累计", f"{money(row.cumulative, '未填报')}{carried}"),
        ("截至上年底", money(row.opening)),
        ("本年计划投资", money(row.year_plan)),
        ("年初计划投资", money(row.year_plan_first) if row.year_plan_first != row.year_plan else None),
        ("占年度计划", _plan_shares(row)),
        ("本季度完成", money(row.quarter, row.quarter_note)),
        ("含补报", money(row.catch_up[0]) if row.catch_up else None),
        ("本年累计", money(row.ytd, row.year_note)),
        ("规划期以来完成", money(row.since_plan)),
        ("年度任务余额", money(row.year_balance)),
        ("欠序时金额", money(row.shortfall)),
        ("形象进度", row.physical),
        ("年度形象目标", row.goal),
        ("存在问题", row.problem),
        ("下一步措施", row.next_step),
        ("期限状态", f"{row.deadline_state} {row.days_overdue} 天" if row.days_overdue else row.deadline_state),
        ("开工状态", row.start_state),
        ("填报状态", f"{month_text(row.period)} {row.filing_state}"),
        ("预警", f"{row.light}（{in_force.label}；{row.light_reason}）"),
        ("人工定灯", f"{row.light_override}，规则所定 {row.light_computed}；{row.override_reason}"
                     if row.light_override else None),
    ]  # fmt: skip
    sources = figures.sources(no, point)
    columns = (
        Column("fact", "事项", Kind.LABEL, 8),
        Column("value", "内容", Kind.TEXT, 26),
        Column("source", "来源", Kind.TEXT, 20),
    )
    rows = tuple((label, fact, _source(sources, label)) for label, fact in facts if fact is not None)
    return Table(no, f"#{no} {row.name}", columns, rows, notes=(point_words(figures, point, rules),), unit_note="")


def _source(sources: dict[str, Source], label: str) -> str | None:
    source = sources.get(FACT_FIELDS.get(label, ""))
    return source.text if source else None


def _checked(row: Position) -> str | None:
    return None if row.check_day is None else f"{row.check_day} {row.check_how}：{row.check_finding}"


def history(figures: Figures, point: Point, no: str) -> Table:
    """List every ledger row of a project, revoked ones too, with who recorded it and when."""
    figures.position(point, no)
    columns = (
        Column("holds", "所属日期", Kind.LABEL),
        Column("kind", "事项", Kind.LABEL),
        Column("text", "内容"),
        Column("recorded_at", "记录时间", Kind.LABEL),
        Column("operator", "操作人", Kind.LABEL),
        Column("action", "操作号", Kind.COUNT),
        Column("revoked", "撤销"),
    )
    cells = tuple(_event_row(event) for event in figures.history(no, point))
    return Table(f"历史{no}", f"#{no} 的全部记录", columns, cells, unit_note="")


def _event_row(event: Event) -> tuple[Cell, ...]:
    revoked = f"已由操作 {event.revoked_by} 撤销" if event.revoked_by else None
    moment = moment_words(event.recorded_at)
    return (holds_words(event), event.kind, event.text, moment, event.operator, event.action_id, revoked)


def actions(entries: Iterable[Entry]) -> Table:
    """List audit entries, newest first."""
    columns = (
        Column("id", "操作号", Kind.COUNT),
        Column("at", "时间", Kind.LABEL),
        Column("operator", "操作人", Kind.LABEL),
        Column("kind", "操作", Kind.LABEL),
        Column("title", "内容"),
        Column("reason", "原因"),
        Column("undone_by", "撤销于操作", Kind.COUNT),
        Column("hash", "校验码", Kind.LABEL),
    )
    cells = tuple(
        (
            e.id,
            moment_words(e.at),
            e.operator,
            e.kind,
            e.title,
            e.reason,
            e.undone_by,
            e.hash[:12],
        )
        for e in entries
    )
    return Table("操作记录", "操作记录", columns, cells, unit_note="")


def deed_words(deed: Deed) -> str:
    """Say what an action did to a project; where its own rows say how, only what and to which."""
    return deed.entry.title.partition("：")[0] if deed.events else deed.entry.title


def holds_words(event: Event) -> str:
    """Write the day from which a row holds."""
    return "规划装载起" if event.holds.year == 1 else event.holds.isoformat()


def timeline(figures: Figures, point: Point, no: str) -> Table:
    """List every action on a project, the newest first, each heading the rows it wrote; revoked ones say so."""
    figures.position(point, no)
    columns = (
        Column("action", "操作号", Kind.LABEL, 3),
        Column("at", "记录时间", Kind.LABEL, 7),
        Column("operator", "操作人", Kind.LABEL, 4),
        Column("holds", "所属日期", Kind.LABEL, 5),
        Column("kind", "事项", Kind.LABEL, 8),
        Column("text", "内容", Kind.TEXT, 26),
        Column("stands", "效力", Kind.LABEL, 5),
        Column("hash", "校验码", Kind.LABEL, 6),
    )
    rows: list[tuple[Cell, ...]] = []
    for deed in figures.deeds(no, point):
        entry = deed.entry
        reason = f"；原因：{entry.reason}" if entry.reason else ""
        said, undone = f"{deed_words(deed)}{reason}", f"操作{entry.undone_by}撤销" if entry.undone_by else None
        head = (str(entry.id), moment_words(entry.at), entry.operator)
        rows.append((*head, None, entry.kind, said, undone, entry.hash[:12]))
        for event in deed.events:
            revoked = f"操作{event.revoked_by}撤销" if event.revoked_by else None
            rows.append((*head, holds_words(event), event.kind, event.text, revoked, None))
    return Table("时间线", f"#{no} 的时间线", columns, tuple(rows), unit_note="")


def course_table(course: Course) -> Table:
    """Set what was planned beside what was filed, by quarter."""
    columns = (
        Column("month", "截至", Kind.MONTH, 6),
        Column("even", "总投资按月分摊", Kind.AMOUNT, 9),
        Column("aimed", "年度计划目标", Kind.AMOUNT, 9),
        Column("stated", "自开工累计", Kind.AMOUNT, 9),
    )
    rows = tuple(zip(course.months, course.even, course.aimed, course.stated, strict=True))
    notes = ("年度计划目标为上年底累计加本年计划；没有分季的只有年底一点。",)
    return Table("进度曲线", "计划与完成（累计）", columns, rows, notes=notes)
