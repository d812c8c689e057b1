"""分领域 and 分单位: totals of each group as live formulas over 项目调度表, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from hgt_portfolio.figures import Group
from hgt_portfolio.money import wan_text
from hgt_portfolio.reports.quarterly_data import PROJECTS, STATES, Quarter, Tally, numbers, sheet
from hgt_portfolio.table import Block, Cell, Column, Kind, Rows, Sheet, Table
from hgt_portfolio.terms import COMPLETE_STATUSES, UNSTARTED_STATUSES, DeadlineState, Status, UnitKind

_COUNTED = {
    "未开工": UNSTARTED_STATUSES,
    "在建": (Status.UNDER_WAY,),
    "停工": (Status.SUSPENDED,),
    "完工": COMPLETE_STATUSES,
}

Field = tuple[Column, Callable[[Group], Cell]]


def state_count(group: Group, state: str) -> int:
    """Count a group's projects in one of the four states."""
    return sum(group.statuses[str(status)] for status in _COUNTED[state])


FIELDS: tuple[Field, ...] = (
    (Column("count", "项目数", Kind.COUNT, 3), lambda g: g.count),
    (Column("investment", "计划总投资", Kind.AMOUNT, 6), lambda g: g.investment if g.priced else None),
    (Column("opening", "截至上年底累计完成", Kind.AMOUNT, 6), lambda g: g.opening.fen if g.opening.known else None),
    (Column("year_plan", "本年计划投资", Kind.AMOUNT, 6), lambda g: g.year_plan.fen if g.year_plan.known else None),
    (Column("quarter", "本季度完成", Kind.AMOUNT, 6), lambda g: g.quarter.fen if g.quarter.known else None),
    (Column("ytd", "本年累计", Kind.AMOUNT, 6), lambda g: g.ytd.fen if g.ytd.known else None),
    (Column("year_rate", "占年度计划%", Kind.RATE, 4), lambda g: g.year_rate),
    (Column("pace", "序时进度%", Kind.RATE, 4), lambda g: g.pace),
    (Column("deviation", "偏差(百分点)", Kind.POINTS, 4), lambda g: g.deviation),
    (Column("planned", "计划应完成", Kind.AMOUNT, 6), lambda g: g.planned.fen if g.planned.known else None),
    (Column("shortfall", "欠序时金额", Kind.AMOUNT, 6), lambda g: g.shortfall),
    (Column("cumulative", "自开工累计", Kind.AMOUNT, 6), lambda g: g.cumulative.fen if g.cumulative.known else None),
    (Column("total_rate", "占总投资%", Kind.RATE, 4), lambda g: g.total_rate),
    (Column("not_started", "未开工", Kind.COUNT, 3), lambda g: state_count(g, "未开工")),
    (Column("under_way", "在建", Kind.COUNT, 3), lambda g: state_count(g, "在建")),
    (Column("suspended", "停工", Kind.COUNT, 3), lambda g: state_count(g, "停工")),
    (Column("complete", "完工", Kind.COUNT, 3), lambda g: state_count(g, "完工")),
    (Column("overdue", "逾期", Kind.COUNT, 3), lambda g: g.deadline_states[DeadlineState.OVERDUE]),
    (Column("unverified", "到期未核实", Kind.COUNT, 4), lambda g: g.deadline_states[DeadlineState.UNVERIFIED]),
)

PLOTTED: tuple[Field, ...] = (
    (
        Column("plot_year_plan", "本年计划投资（图）", Kind.AMOUNT),
        lambda g: g.year_plan.fen if g.year_plan.known else None,
    ),
    (Column("plot_ytd", "本年累计（图）", Kind.AMOUNT), lambda g: g.ytd.fen if g.ytd.known else None),
)
"""Hidden columns for the chart: it would draw the text of an unknown as 0, and leaves an empty cell out."""

_SUMMED = ("investment", "opening", "year_plan", "quarter", "ytd", "since_plan", "cumulative")
_RATES = {
    "year_rate": ("ytd", "year_plan", "rated"),
    "first_rate": ("ytd", "year_plan_first", "first_rated"),
    "total_rate": ("cumulative", "investment", "shared"),
}
_STATE_KEYS = dict(zip(("not_started", "under_way", "suspended", "complete"), STATES, strict=True))
_DEADLINES = {"overdue": DeadlineState.OVERDUE, "unverified": DeadlineState.UNVERIFIED}


def formulas(by: str | None) -> dict[str, str]:
    """Give the formula of each column over 项目调度表: of the rows whose ``by`` column is the name, or of all."""
    match = f"[{PROJECTS}!{by}],[name]," if by else ""

    def sum_of(key: str, flag: str | None = None) -> str:
        column = f"[{PROJECTS}!{key}]"
        criteria = match + (f"[{PROJECTS}!{flag}],1," if flag else "")
        return f"SUMIFS({column},{criteria[:-1]})" if criteria else f"SUM({column})"

    def count_of(key: str, criterion: str) -> str:
        return f"COUNTIFS({match}[{PROJECTS}!{key}],{criterion})"

    def known(guard: str, value: str) -> str:
        return f'=IF({guard}=0,"—",{value})'

    made = {"count": "=" + count_of("no", '"<>"')}
    for key in _SUMMED:
        made[key] = known(count_of(key, '"<>—"'), f"ROUND({sum_of(key)},2)")
    for key, (top, bottom, flag) in _RATES.items():
        made[key] = known(sum_of(bottom, flag), f"{sum_of(top, flag)}/{sum_of(bottom, flag)}")
    made["deviation"] = '=IF([year_rate]="—","—",([year_rate]-[pace])*100)'
    paced = count_of("paced", "1")
    made["planned"] = known(paced, f"ROUND({sum_of('planned', 'paced')},2)")
    made["shortfall"] = known(paced, f"ROUND({sum_of('planned', 'paced')}-{sum_of('ytd', 'paced')},2)")
    made |= {key: "=" + count_of("state", f'"{state}"') for key, state in _STATE_KEYS.items()}
    made |= {key: "=" + count_of("deadline", f'"{state}"') for key, state in _DEADLINES.items()}
    return made


def gaps(quarter: Quarter) -> str:
    """Say over how many rows each total runs, and which rows it leaves out and why."""
    total, unpriced = quarter.total, quarter.tally.unpriced
    said = [f"有投资额{total.priced}/{total.count}项" + (f"（{numbers(unpriced)}未计入）" if unpriced else "")]
    for label, part in (
        ("截至上年底累计完成", total.opening),
        ("本年计划投资", total.year_plan),
        ("本季度完成", total.quarter),
        ("本年累计", total.ytd),
        ("自开工累计", total.cumulative),
    ):
        said.append(f"{label}有数{part.known}/{total.count}项")
    said.append(f"占年度计划按{total.rate_plan.known}项、欠序时按{total.planned.known}项（两数均知）计算")
    said.append(f"填报{total.filed}/{total.filed + total.not_filed}项")
    return "未计入情况：" + "；".join(said) + "。" + _quarter_gaps(quarter.tally)


def _quarter_gaps(tally: Tally) -> str:
    parts = []
    if tally.silent:
        parts.append(f"未填报{tally.silent}项")
    if tally.baseless:
        parts.append(f"缺期初数{tally.baseless}项")
    if caught_up := tally.caught_up:
        amount = wan_text(tally.caught_up_fen)
        parts.append(f"含补报{len(caught_up)}项（{numbers(caught_up)}，补报{amount}万元）")
    return f"本季度完成不含：{'、'.join(parts)}。" if parts else ""


def _count_note(total: Group) -> str:
    said = "未开工含前期，完工含竣工验收、投用。"
    if total.unreported:
        said += f"另有{total.unreported}项从未报送状态，不在未开工/在建/停工/完工之内。"
    return said + "到期未核实为已到完工期限、未报送完工情况，不算逾期。"


PACE_NOTE = (
    "序时进度为本年已过整月数÷12；计划应完成为各项目本年计划按其自身序时（分季计划，或本年工期已过月数）之和，"
    "欠序时金额=计划应完成−本年累计（负数为超前）。"
)


def _rows_of(names: Iterable[str], rows: Mapping[str, Sequence[int]]) -> dict[tuple[int, str], Rows]:
    links = {(row, "name"): Rows(PROJECTS, tuple(rows[name])) for row, name in enumerate(names)}
    links[-1, "name"] = Rows(PROJECTS)
    return links


def domains_sheet(quarter: Quarter) -> Sheet:
    """Make 分领域: one row a domain, its totals linked to their rows."""
    head = (Column("no", "序号", Kind.LABEL, 3), Column("name", "领域", Kind.LABEL, 5))
    fields = (*FIELDS, *PLOTTED)
    rows = tuple(
        (str(number), group.name, *(get(group) for _, get in fields)) for number, group in enumerate(quarter.domains, 1)
    )
    total = ("", "合计", *(get(quarter.total) for _, get in FIELDS), *(None for _ in PLOTTED))
    table = Table("分领域", "分领域", (*head, *(column for column, _ in fields)), rows, total=total)
    block = Block(
        table,
        helpers=frozenset(column.key for column, _ in PLOTTED),
        formulas=formulas("domain"),
        total_formulas=formulas(None),
        links=_rows_of((group.name for group in quarter.domains), quarter.tally.domains),
    )
    notes = ("注：" + PACE_NOTE, gaps(quarter), _count_note(quarter.total))
    return sheet(quarter, "分领域", "分领域投资完成情况", block, notes=notes, frozen=2)


def units_sheet(quarter: Quarter) -> Sheet:
    """Make 分单位: one row a lead unit, ranked within its kind by 欠序时金额 and by 欠序时项数."""
    lagging = quarter.tally.lagging
    ordered = sorted(quarter.units, key=_place)
    head = (
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "单位", Kind.LABEL, 7),
    )
    tail = (
        Column("kind", "类别", Kind.LABEL, 5),
        Column("lagging", "欠序时项数", Kind.COUNT, 3),
        Column("amount_rank", "欠序时金额排名", Kind.COUNT, 4),
        Column("count_rank", "欠序时项数排名", Kind.COUNT, 4),
        Column("plot_year_rate", "占年度计划（图）", Kind.RATE),
    )
    rows = tuple(
        (
            str(number),
            group.name,
            *(get(group) for _, get in FIELDS),
            group.kind,
            lagging.get(group.name),
            _rank(group, ordered, lambda other: other.shortfall),
            _rank(group, ordered, lambda other: lagging.get(other.name)),
            group.year_rate,
        )
        for number, group in enumerate(ordered, 1)
    )
    total = ("", "合计", *(get(quarter.total) for _, get in FIELDS), "", sum(lagging.values()) if lagging else None)
    total += ("", "", None)
    table = Table("分单位", "分单位", (*head, *(column for column, _ in FIELDS), *tail), rows, total=total)
    block = Block(
        table,
        helpers=frozenset(("plot_year_rate",)),
        formulas=formulas("lead") | _lagging_formulas("lead") | _RANKS,
        total_formulas=formulas(None) | _lagging_formulas(None),
        links=_rows_of((group.name for group in ordered), quarter.tally.units),
    )
    notes = (
        "注：" + PACE_NOTE,
        "按牵头单位统计，每个项目只计一次；排名在同类单位（区直部门、镇街、平台公司）之内，1为欠得最多，无数的不排。"
        "欠序时项数为计划应完成大于本年累计的项目数。",
        gaps(quarter),
        _count_note(quarter.total),
    )
    return sheet(quarter, "分单位", "分单位投资完成情况", block, notes=notes, frozen=2)


def _lagging_formulas(by: str | None) -> dict[str, str]:
    match = f"[{PROJECTS}!{by}],[name]," if by else ""
    paced = f"COUNTIFS({match}[{PROJECTS}!paced],1)"
    return {"lagging": f'=IF({paced}=0,"—",COUNTIFS({match}[{PROJECTS}!behind],1))'}


_RANKS = {
    rank: f'=IF([{key}]="—","—",COUNTIFS([:kind],[kind],[:{key}],">"&[{key}])+1)'
    for rank, key in (("amount_rank", "shortfall"), ("count_rank", "lagging"))
}


def _place(group: Group) -> tuple[int, bool, int]:
    """Order units by kind, then by 欠序时金额, the largest first and the unknown last."""
    kinds = [str(kind) for kind in UnitKind]
    kind = kinds.index(group.kind) if group.kind in kinds else len(kinds)
    return kind, group.shortfall is None, -(group.shortfall or 0)


def _rank(group: Group, groups: list[Group], measure: Callable[[Group], int | None]) -> int | None:
    """Rank a group among those of its kind, the largest first; ties share a rank."""
    own = measure(group)
    if own is None:
        return None
    others = [measure(other) for other in groups if other.kind == group.kind]
    return 1 + sum(other is not None and other > own for other in others)
