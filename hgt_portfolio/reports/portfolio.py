"""The portfolio as a whole: its totals, split by group, by phase and by year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hgt_portfolio.figures import By, Filter, Group, Point, Portfolio
from hgt_portfolio.money import rounded, wan_text, wan_words, yi_text
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.milestones import both_counts, counted_sub_items
from hgt_portfolio.reports.words import number, point_words, printed_phases, project_count
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import (
    BASIS_LABELS,
    DISCLAIMER,
    PHASE_LABELS,
    Basis,
    DeadlineState,
    Phase,
)

_GROUP_FIELDS: tuple[tuple[Column, Callable[[Group], Cell]], ...] = (
    (Column("name", "分组", Kind.LABEL), lambda g: g.name),
    (Column("count", "项目数", Kind.COUNT), lambda g: g.count),
    (Column("priced", "有投资额", Kind.COUNT), lambda g: g.priced),
    (Column("wan", "总投资", Kind.AMOUNT), lambda g: g.investment),
    (Column("year_plan_wan", "本年计划投资", Kind.AMOUNT), lambda g: g.year_plan.fen if g.year_plan.known else None),
    (Column("quarter_wan", "本季度完成", Kind.AMOUNT), lambda g: g.quarter.fen if g.quarter.known else None),
    (Column("quarter_known", "本季度有数", Kind.COUNT), lambda g: g.quarter.known),
    (Column("ytd_wan", "本年累计", Kind.AMOUNT), lambda g: g.ytd.fen if g.ytd.known else None),
    (Column("ytd_known", "本年有数", Kind.COUNT), lambda g: g.ytd.known),
    (Column("year_rate", "占年度计划", Kind.RATE), lambda g: g.year_rate),
    (Column("deviation", "偏差(百分点)", Kind.POINTS), lambda g: g.deviation),
    (Column("shortfall_wan", "欠序时金额", Kind.AMOUNT), lambda g: g.shortfall),
    (Column("cum_wan", "自开工累计", Kind.AMOUNT), lambda g: g.cumulative.fen if g.cumulative.known else None),
    (Column("cum_known", "累计有数", Kind.COUNT), lambda g: g.cumulative.known),
    (Column("overdue", "逾期", Kind.COUNT), lambda g: g.deadline_states[DeadlineState.OVERDUE]),
    (Column("unverified", "到期未核实", Kind.COUNT), lambda g: g.deadline_states[DeadlineState.UNVERIFIED]),
    (Column("filed", "已填报", Kind.COUNT), lambda g: g.filed),
)
_GROUP_ON_SCREEN = (
    "name",
    "count",
    "wan",
    "year_plan_wan",
    "quarter_wan",
    "ytd_wan",
    "year_rate",
    "cum_wan",
    "overdue",
    "unverified",
    "filed",
)

BY_LABELS = {
    By.DOMAIN: "领域",
    By.UNIT: "责任单位",
    By.PHASE: "规划口径",
    By.PHASE_DEADLINE: "完工口径",
    By.STATUS: "项目状态",
    By.DEADLINE: "期限状态",
    By.LIGHT: "预警灯",
}


def grouped(
    figures: Portfolio, point: Point, by: By, where: Filter, rules: str | None = None, *, whole: bool = False
) -> Table:
    """Give totals a group, and of all."""
    groups = figures.groups(point, by, where, rules=rules)
    total = figures.totals(point, where, rules=rules)
    fields = [field for field in _GROUP_FIELDS if whole or field[0].key in _GROUP_ON_SCREEN]

    def row(group: Group) -> tuple[Cell, ...]:
        return tuple(get(group) for _, get in fields)

    named = {str(phase): label for phase, label in PHASE_LABELS.items()}
    cells = tuple((named.get(group.name, group.name), *row(group)[1:]) for group in groups)
    heads = (Column("name", BY_LABELS[by], Kind.LABEL), *(column for column, _ in fields[1:]))
    notes = (
        f"有投资额 {total.priced}/{total.count} 项；本季度有数 {total.quarter.known}/{total.count}，"
        f"本年有数 {total.ytd.known}/{total.count}，累计有数 {total.cumulative.known}/{total.count}；"
        f"填报 {total.filed}/{total.to_file}",
        "占年度计划只用计划与完成都有数的项目",
    )
    return Table(f"分{BY_LABELS[by]}", f"按{BY_LABELS[by]}汇总", heads, cells, total=row(total), notes=notes)


def by_year(figures: Portfolio, point: Point, where: Filter) -> Table:
    """Give planned investment a year, each project's amount spread evenly over its months."""
    rows = figures.positions(point, where)
    spans = [(row.start, row.due) for row in rows if row.start is not None and row.due is not None]
    columns = (Column("year", "年份", Kind.LABEL), Column("wan", "计划投资（按月分摊）", Kind.AMOUNT))
    if not spans:
        return Table("分年度", "按年度汇总", columns, ())
    first, last = min(start for start, _ in spans) // 12, max(due for _, due in spans) // 12
    through = figures.spread(point, [year * 12 + 11 for year in range(first - 1, last + 1)], where)
    cells = tuple((str(year), through[place + 1] - through[place]) for place, year in enumerate(range(first, last + 1)))
    total = figures.totals(point, where)
    note = f"有投资额 {total.priced}/{total.count} 项；每项总投资按其起止月份平均分摊"
    return Table("分年度", "按年度汇总", columns, cells, total=("合计", through[-1]), notes=(note,))


def overview(figures: Portfolio, point: Point, where: Filter, rules: str | None = None) -> Table:
    """Give the portfolio's totals, one fact a row."""
    total = figures.totals(point, where, rules=rules)
    items = counted_sub_items(figures, point, where)

    def known(part: Any) -> str:
        return f"{wan_words(part.fen)} 万元（有数 {part.known}/{total.count}）" if part.known else "未填报"

    def counts(words: dict[str, int]) -> str:
        return "　".join(f"{word} {count}" for word, count in words.items() if count) or "无"

    facts = [
        ("项目", project_count(total)),
        *((("子项", counted),) if (counted := both_counts(total.count, items)) else ()),
        ("总投资", f"{yi_text(total.investment)} 亿元（{wan_words(total.investment)} 万元；"
                   f"有投资额 {total.priced}/{total.count} 项）"),
        *((BASIS_LABELS[basis], text) for basis, text in _phase_words(total).items()),
        ("本年计划投资", known(total.year_plan)),
        ("本季度完成", known(total.quarter)),
        ("本年累计", known(total.ytd)),
        ("占年度计划", _plan_share(total)),
        ("规划期以来完成", known(total.since_plan)),
        ("自开工累计", known(total.cumulative)),
        ("项目状态", counts({**total.statuses, "未填报": total.unreported})),
        ("期限状态", counts(total.deadline_states)),
        ("开工状态", counts(total.start_states)),
        ("预警灯", counts(total.lights)),
        ("填报", f"{total.filed}/{total.to_file}　{counts(total.filing_states)}"),
    ]  # fmt: skip
    columns = (Column("fact", "事项", Kind.LABEL), Column("value", "数值"))
    notes: tuple[str, ...] = (
        point_words(figures, point, rules),
        f"{printed_phases(figures)}；划分规则与金额为推算",
        DISCLAIMER,
    )
    if total.deadline_states[DeadlineState.EXITED]:
        exited = figures.totals(point, where.narrowed(deadline_state=DeadlineState.EXITED), rules=rules)
        notes += (f"含已退出 {exited.count} 项，总投资 {wan_words(exited.investment)} 万元",)
    described = where.describe()
    title = f"重点工程汇总（{described}）" if described else "重点工程汇总"
    return Table("总览", title, columns, tuple(facts), notes=notes, unit_note="")


def _plan_share(total: Group) -> str:
    """Say 本年累计 as a share of the year plan as adjusted, and as it was at the year's beginning."""
    parts = (("调整后", total.year_rate, total.rate_plan.known), ("年初", total.first_rate, total.first_plan.known))
    said = [f"{name} {rounded(rate * 100, 2)}%（{known} 项）" for name, rate, known in parts if rate is not None]
    return "　".join(said) or "无年度计划或本年累计"


def _phase_words(total: Group) -> dict[Basis, str]:
    def counted(basis: str) -> str:
        return "　".join(
            f"{PHASE_LABELS[Phase(name)]} {count} 项 {wan_words(fen)} 万元"
            for name, (count, fen) in total.phases[basis].items()
            if count or name != Phase.UNDATED
        )

    monthly = "　".join(
        f"{PHASE_LABELS[Phase(name)]} {wan_words(fen)} 万元"
        for name, fen in total.monthly.items()
        if fen or name != Phase.UNDATED
    )
    return {Basis.PLAN: counted("plan"), Basis.DEADLINE: counted("deadline"), Basis.MONTHLY: monthly}


def summary_json(figures: Portfolio, point: Point, where: Filter, rules: str | None = None) -> dict[str, Any]:
    """Give the summary for programs: money as decimal strings in 万元, unknown as null."""
    total = figures.totals(point, where, rules=rules)
    unpriced = figures.positions(point, where.narrowed(priced=False), rules=rules)
    items = counted_sub_items(figures, point, where)

    def known(part: Any) -> dict[str, Any]:
        return {"wan": wan_text(part.fen) if part.known else None, "known": part.known}

    def counted(basis: str) -> dict[str, Any]:
        return {
            name: {"count": count, "wan": wan_text(fen)}
            for name, (count, fen) in total.phases[basis].items()
            if count or name != Phase.UNDATED
        }

    def groups(by: By) -> list[dict[str, Any]]:
        return [
            {"name": group.name, "count": group.count, "wan": wan_text(group.investment)}
            for group in figures.groups(point, by, where, rules=rules)
        ]

    monthly = {name: {"wan": wan_text(fen)} for name, fen in total.monthly.items() if fen or name != Phase.UNDATED}
    return {
        "as_of": point.day.isoformat(),
        "period": month_text(point.period),
        "known_at": moment_text(point.known_at),
        "rules": figures.in_force(point, rules).rules.name,
        "rules_doc": figures.in_force(point, rules).doc,
        "projects": total.count,
        "original_projects": total.originals,
        "sub_items": sum(item.total for item in items),
        "projects_by_sub_item": total.count - len({item.no for item in items}) + sum(item.total for item in items),
        "priced": total.priced,
        "unpriced": [number(row.no) for row in unpriced],
        "investment_wan": wan_text(total.investment),
        "investment_yi": yi_text(total.investment),
        "phases": {"plan": counted("plan"), "deadline": counted("deadline"), "monthly": monthly},
        "domains": groups(By.DOMAIN),
        "units": groups(By.UNIT),
        "year_plan": known(total.year_plan),
        "quarter": known(total.quarter),
        "year_to_date": known(total.ytd),
        "since_plan": known(total.since_plan),
        "cumulative": known(total.cumulative),
        "first_rate": None if total.first_rate is None else f"{total.first_rate:.4f}",
        "year_rate": None if total.year_rate is None else f"{total.year_rate:.4f}",
        "pace": f"{total.pace:.4f}",
        "statuses": total.statuses,
        "unreported": total.unreported,
        "deadline_states": total.deadline_states,
        "start_states": total.start_states,
        "lights": total.lights,
        "filing_states": total.filing_states,
        "filed": total.filed,
        "not_filed": total.not_filed,
    }
