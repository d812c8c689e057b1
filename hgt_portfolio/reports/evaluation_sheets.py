"""规划实施年度评估: the workbook of the yearly evaluation, sheet by sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from hgt_portfolio.document import Document
from hgt_portfolio.figures.indicators import Line, standing
from hgt_portfolio.plan import read_inconsistencies, read_measures
from hgt_portfolio.reports.commitments import commitment_table, commitment_tree
from hgt_portfolio.reports.evaluation_data import TABLES, Evaluation, sheet
from hgt_portfolio.reports.evaluation_indicators import missing, missing_table, names, undecided, unfiled
from hgt_portfolio.reports.evaluation_paper import PAPER_NOTE, paper_table
from hgt_portfolio.reports.evaluation_projects import DOMAINS, domain_block, projects_sheet
from hgt_portfolio.reports.funds import findings_table, projects_table, sources_table, special_table
from hgt_portfolio.reports.indicators import inconsistency_table, indicator_table
from hgt_portfolio.reports.parts import HEAD_NOTE, numeral
from hgt_portfolio.reports.quarterly_groups import gaps
from hgt_portfolio.reports.supervision import supervision_list
from hgt_portfolio.reports.words import HEAD, head_words
from hgt_portfolio.rules.indicators import read_bound
from hgt_portfolio.rules.point import moment_text, office_time
from hgt_portfolio.table import Block, Book, Cell, Chart, Column, Kind, Plot, Sheet, Table
from hgt_portfolio.terms import Catalogue

OVERVIEW, GAPS, SOURCES = "总览", "指标差距", "资金"

Make = Callable[[Evaluation], Sheet]


def evaluation_book(evaluation: Evaluation, document: Document) -> Book:
    """Make the workbook of a year's evaluation; ``document`` is the report whose 底稿 it holds."""
    sheets = [make(evaluation) for make in (*SHEETS, *(SHIPPED if evaluation.shipped else ()))]
    paper = sheet(evaluation, "底稿", "评估报告底稿", Block(paper_table(evaluation, document)), notes=(PAPER_NOTE,))
    title = f"规划实施年度评估（{evaluation.year}年）"
    created = office_time(evaluation.point.known_at).replace(tzinfo=None)
    return Book(title, (*sheets, paper), created, evaluation.quarter.demo)


def guide_sheet(evaluation: Evaluation) -> Sheet:
    """Make 说明: the point, how things are judged, and what is left out."""
    columns = (Column("subject", "事项", Kind.LABEL, 7), Column("text", "内容", Kind.TEXT, 50))
    return sheet(evaluation, "说明", "说明", Block(Table("说明", "", columns, _facts(evaluation), unit_note="")))


def _facts(evaluation: Evaluation) -> tuple[tuple[Cell, ...], ...]:
    quarter, point = evaluation.quarter, evaluation.point
    rows = [one for catalogue in TABLES for one in evaluation.judged[catalogue]]
    silent, waiting = names(unfiled(rows)) or "无", names(undecided(rows)) or "无"
    ended = "" if evaluation.over else f"，{evaluation.year}年度未结束"
    told = evaluation.told
    return (
        ("规划", f"{quarter.plan_title}（{quarter.doc_no}，{quarter.issued.isoformat()}印发）"),
        ("评估年度", f"{evaluation.year}年{ended}"),
        ("截至日", f"{point.day.isoformat()}：项目状态、完工期限、督办按这一天判断"),
        ("数据时点", f"{moment_text(point.known_at)}（北京时间）：只用这一时点以前记入台账的内容"),
        (HEAD, f"{head_words(evaluation.figures, point)}；{HEAD_NOTE}"),
        (
            "指标",
            "对照指标值（标准）和对照规划目标值分别判断；能用数比较的由程序比较，不能的由人判定；"
            f"有分项的，任一分项不达标即不达标；{evaluation.year}年对照{evaluation.target}年目标",
        ),
        (
            "投资",
            f"年内完成、自开工累计按{told.label}的填报（年末未填报的，用当年最近一个有填报的季度）；未知为“—”，不是0",
        ),
        ("资金", "各项目、各来源按截至日以前最近一期填报；到位率、支付率只用两数均报的来源"),
        ("督办", "当年交办、当年销号按日期计；未销号、超期按截至日判断"),
        ("未填报指标", silent),
        ("待人工判断指标", waiting),
        ("未计入", gaps(told).removeprefix("未计入情况：")),
        (
            "预警",
            f"{quarter.in_force.label}" + ("" if quarter.in_force.doc else "：没有以文号采用规则，评估不列预警灯"),
        ),
    )


def overview_sheet(evaluation: Evaluation) -> Sheet:
    """Make 总览: indicators by domain and catalogue, with the charts."""
    rows = tuple(_verdicts(evaluation, domain) for domain in _domains(evaluation))
    columns = (
        Column("domain", "领域", Kind.LABEL, 6),
        *(
            Column(f"{key}_{place}", head, Kind.COUNT, 5, f"{catalogue}{group}")
            for place, catalogue in enumerate(TABLES)
            for group, keys in (("（对照指标值）", _STANDARD), (f"（对照{evaluation.target}年目标）", _TARGET))
            for key, head in keys
        ),
    )
    total: tuple[Cell, ...] = ("合计", *(sum(int(str(row[place])) for row in rows) for place in range(1, len(columns))))
    block = Block(
        Table(OVERVIEW, "一、规划指标分领域达标情况（项）", columns, rows, total=total, unit_note=""),
        total_formulas={column.key: f"=SUM([:{column.key}])" for column in columns[1:]},
    )
    return sheet(evaluation, OVERVIEW, OVERVIEW, block, domain_block(evaluation), right="", charts=_charts(evaluation))


_STANDARD = (("met", "达标"), ("unmet", "不达标"), ("unknown", "未定"))
_TARGET = (("reached", "达到"), ("short", "未达到"), ("unsaid", "未定"))


def _domains(evaluation: Evaluation) -> list[str]:
    return list(dict.fromkeys(one.domain or "" for catalogue in TABLES for one in evaluation.judged[catalogue]))


def _verdicts(evaluation: Evaluation, domain: str) -> tuple[Cell, ...]:
    """Count a domain's indicators of either table by what they meet."""
    cells: list[Cell] = [domain]
    for catalogue in TABLES:
        rows = [one for one in evaluation.judged[catalogue] if (one.domain or "") == domain]
        both = [standing(rows), standing(rows, against_target=True)]
        cells += [number for one in both for number in (one.met, one.unmet, one.unknown)]
    return tuple(cells)


def _charts(evaluation: Evaluation) -> tuple[Chart, ...]:
    charts = [
        Chart(
            Plot.COLUMN,
            f"{evaluation.year}年不达标的指标（项）",
            f"[{OVERVIEW}!domain]",
            tuple((str(catalogue), f"[{OVERVIEW}!unmet_{place}]") for place, catalogue in enumerate(TABLES)),
            "0",
        ),
        Chart(
            Plot.COLUMN,
            f"{evaluation.year}年分领域投资：计划与完成（万元）",
            f"[{DOMAINS}!name]",
            (("年度计划", f"[{DOMAINS}!plot_year_plan]"), ("年内完成", f"[{DOMAINS}!plot_ytd]")),
            "#,##0",
        ),
    ]
    if missing(evaluation):
        charts.append(
            Chart(
                Plot.BAR,
                f"距{evaluation.target}年目标差距（占目标值）",
                f"[{GAPS}!label]",
                (("差距", f"[{GAPS}!share]"),),
                "0%",
            )
        )
    if evaluation.funds:
        charts.append(
            Chart(
                Plot.COLUMN,
                "资金分来源：计划与到位（万元）",
                f"[{SOURCES}!source]",
                (("计划", f"[{SOURCES}!plot_planned]"), ("到位", f"[{SOURCES}!plot_received]")),
                "#,##0",
            )
        )
    return tuple(charts)


def gaps_sheet(evaluation: Evaluation) -> Sheet:
    """Make 指标差距: the lines that something is missing of, by domain, those with the largest share first."""
    domains = _domains(evaluation)
    behind = sorted(missing(evaluation), key=lambda line: (_place(domains, line), -(_share(line) or 0)))
    table = missing_table(evaluation, behind)
    columns = (
        Column("domain", "领域", Kind.LABEL, 5),
        *table.columns,
        Column("share", "差距占目标", Kind.RATE, 4),
        Column("trend", "趋势", Kind.LABEL, 4),
        Column("label", "名称（图）", Kind.LABEL),
    )
    rows = tuple(
        (_domain_of(line), *row, _share(line), line.trend, _label(line))
        for line, row in zip(behind, table.rows, strict=True)
    )
    note = "差距占目标为差距÷目标值的绝对值，只用来在图上比较大小。分项分别列出；按领域、再按差距占目标由大到小排列。"
    table = replace(table, name=GAPS, columns=columns, rows=rows, notes=(*table.notes, note))
    return sheet(evaluation, GAPS, "规划指标与目标的差距", Block(table, helpers=frozenset(("label",))), frozen=3)


def _label(line: Line) -> str:
    """Name a line for a chart: its own name, and which table it stands in."""
    return f"{line.printed.part_name or line.printed.name}（{line.code.partition('-')[0]}）"


def _place(domains: list[str], line: Line) -> int:
    return domains.index(_domain_of(line))


def _domain_of(line: Line) -> str:
    return line.printed.domain or ""


def _share(line: Line) -> Decimal | None:
    bound = read_bound(line.target)
    return None if line.gap is None or bound is None or not bound.amount else line.gap / abs(bound.amount)


def funds_sheet(evaluation: Evaluation) -> Sheet:
    """Make 资金: by source, and 专项资金 year by year."""
    figures, point, rows = evaluation.figures, evaluation.point, evaluation.funded
    sources = sources_table(figures, point, rows)
    plotted = (Column("plot_planned", "计划（图）", Kind.AMOUNT), Column("plot_received", "到位（图）", Kind.AMOUNT))
    at = [sources.index("planned_wan"), sources.index("received_wan")]
    drawn = replace(
        sources,
        name=SOURCES,
        columns=(*sources.columns, *plotted),
        rows=tuple((*row, *(row[place] for place in at)) for row in sources.rows),
        total=None if sources.total is None else (*sources.total, None, None),
    )
    blocks = (
        Block(_numbered(1, drawn), helpers=frozenset(("plot_planned", "plot_received"))),
        Block(_numbered(2, special_table(evaluation.special))),
    )
    return sheet(evaluation, SOURCES, "资金保障情况", *blocks, right="单位：万元")


def funded_sheet(evaluation: Evaluation) -> Sheet:
    """Make 资金分项目: the projects that funds were filed of."""
    table = projects_table(evaluation.figures, evaluation.point, evaluation.funded)
    name = "资金分项目"
    return sheet(evaluation, name, "项目资金情况", Block(replace(table, name=name)), right="单位：万元", frozen=2)


def _numbered(place: int, table: Table) -> Table:
    return replace(table, title=f"{numeral(place)}、{table.title}")


def findings_sheet(evaluation: Evaluation) -> Sheet:
    """Make 资金监督: what the rules of chapter 6（四）found."""
    table = findings_table(evaluation.figures, evaluation.point, evaluation.funded)
    return sheet(evaluation, "资金监督", "资金监督发现", Block(table), right="单位：万元")


def supervision_sheet(evaluation: Evaluation) -> Sheet:
    """Make 督办: the items raised or struck off within the year, and those still open."""
    year = evaluation.year
    found = [
        item
        for item in evaluation.items
        if item.is_open or item.raised.year == year or (item.struck is not None and item.struck.year == year)
    ]
    table = supervision_list(found, evaluation.point, whole=True)
    return sheet(evaluation, "督办", "督办事项", Block(replace(table, title="", notes=table.notes[:1])), frozen=3)


def table_sheet(catalogue: Catalogue) -> Make:
    """Make what makes the sheet of one of the plan's tables, in the plan's own layout with the year's value."""

    def made(evaluation: Evaluation) -> Sheet:
        table = indicator_table(evaluation.judged[catalogue], evaluation.year, catalogue)
        return sheet(evaluation, f"{catalogue}指标", f"{catalogue}指标完成情况", Block(table), frozen=4)

    return made


def commitments_sheet(evaluation: Evaluation) -> Sheet:
    """Make 任务承诺: each commitment with what is required of the year and what was filed."""
    positions = {position.no: position for position in evaluation.quarter.positions}
    table = commitment_table(evaluation.every, evaluation.year, positions)
    return sheet(evaluation, "任务承诺", "任务承诺完成情况", Block(table), frozen=3)


def inconsistencies_sheet(evaluation: Evaluation) -> Sheet:
    """Make 规划不一致: where the plan does not agree with itself, and what is done about it."""
    table = inconsistency_table(read_inconsistencies())
    return sheet(evaluation, "规划不一致", "规划文本内部不一致及评估时的处理", Block(table))


def measures_sheet(evaluation: Evaluation) -> Sheet:
    """Make 任务与措施: chapter 4 as a tree, with how many commitments of each measure are kept."""
    table = commitment_tree(evaluation.every, read_measures(), evaluation.year)
    return sheet(evaluation, "任务与措施", "任务与措施", Block(table), frozen=2)


SHEETS: tuple[Make, ...] = (
    guide_sheet,
    overview_sheet,
    *(table_sheet(catalogue) for catalogue in TABLES),
    gaps_sheet,
    commitments_sheet,
    projects_sheet,
    funds_sheet,
    funded_sheet,
    findings_sheet,
    supervision_sheet,
)
"""The sheets in order, the 底稿 apart."""

SHIPPED: tuple[Make, ...] = (measures_sheet, inconsistencies_sheet)
"""The sheets made from the text of the plan that ships with the program."""
