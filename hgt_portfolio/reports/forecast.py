"""挣值与完工预测: one row a project, and how earlier forecasts held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from hgt_portfolio.figures import Backtest, Figures, Filter, Outlook, Point, sum_outlooks
from hgt_portfolio.money import FEN_PER_WAN, rounded, two_decimals, wan_text
from hgt_portfolio.months import Month, month_text, quarter_text
from hgt_portfolio.reports.words import number, point_words
from hgt_portfolio.rules.checks import COMPLETE_SHARE
from hgt_portfolio.rules.forecast import LEAST_OBSERVED, Score, Span, Subject
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import COMPLETE_STATUSES

Field = tuple[Column, Callable[[Outlook], Cell]]

INDEX_PLACES = 2
"""Decimals of SPI and CPI."""

PLANNED_NOTE = (
    "计划完成(PV)：有本年计划的，为截至上年底累计加本年计划的序时部分，不低于以前年度计划到年底应达到的；"
    "其余为总投资按现行起止月份平均分摊，是推算；已完工的不超过其完成投资。实际完成(EV)只取恰为本期的自开工累计，"
    "支付(AC)只取各资金来源恰为本期的支付；支付有先有后，不等于成本，CPI 只供参考"
)
FINISH_NOTE = (
    f"预计完工是范围，不是承诺：按项目自己各季的完成投资，最快三分之一的平均做到总投资的{COMPLETE_SHARE}%（可能有结余）为最早，"
    f"中位数为可能，最慢三分之一的平均为最迟；有累计数的填报不足{LEAST_OBSERVED}期、未开工、停工和没有总投资的不预测。"
    "从最近一次填报推算，之后有没有动静不知道：填报旧的，预测也旧，早于今天的月份表示按当时的进度应已完工。"
    "从前的预测准不准，见 hgt forecast --backtest"
)


def finish_words(span: Span | None) -> str | None:
    """Say when a project may be finished, always as a range; None where nothing is forecast."""
    if span is None:
        return None
    earliest, likely = month_text(span.earliest), month_text(span.likely)
    if span.latest is None:
        return f"{earliest}以后，可能{likely}，最迟推不出"
    if span.earliest == span.latest:
        return f"{earliest}前后"
    return f"{earliest}至{month_text(span.latest)}，可能{likely}"


def late_words(late: tuple[int, int, int | None] | None) -> str | None:
    """Say by how many months a project may be late, negative where it may be early; None where unknown."""
    if late is None:
        return None
    earliest, likely, latest = late
    if latest is None:
        return f"{_signed(earliest)}个月以上，可能{_signed(likely)}"
    if earliest == latest:
        return f"{_signed(earliest)}个月左右"
    return f"{_signed(earliest)}至{_signed(latest)}个月，可能{_signed(likely)}"


def _signed(months: int) -> str:
    return f"{months:+}" if months else "0"


def index(value: Decimal | None) -> Decimal | None:
    """Round SPI or CPI half up."""
    return None if value is None else rounded(value, INDEX_PLACES)


def _month(part: str) -> Callable[[Outlook], Cell]:
    return lambda row: getattr(row.forecast.finish, part, None)


def _late(place: int) -> Callable[[Outlook], Cell]:
    return lambda row: None if row.late is None else row.late[place]


_FIELDS: tuple[Field, ...] = (
    (Column("no", "序号", Kind.COUNT, 3), lambda row: number(row.position.no)),
    (Column("name", "项目名称", width=14), lambda row: row.position.name),
    (Column("domain", "领域", Kind.LABEL), lambda row: row.position.domain),
    (Column("unit", "责任单位", Kind.LABEL), lambda row: row.position.unit),
    (Column("status", "项目状态", Kind.LABEL, 4), lambda row: row.position.status),
    (Column("investment_wan", "总投资", Kind.AMOUNT), lambda row: row.position.investment),
    (Column("planned_wan", "计划完成(PV)", Kind.AMOUNT), lambda row: row.planned),
    (Column("plan_basis", "计划依据", Kind.LABEL, 5), lambda row: row.basis),
    (Column("earned_wan", "实际完成(EV)", Kind.AMOUNT), lambda row: row.earned),
    (Column("sv_wan", "进度偏差(SV)", Kind.AMOUNT), lambda row: row.schedule_variance),
    (Column("spi", "SPI", Kind.LABEL, 3), lambda row: index(row.schedule_index)),
    (Column("paid_wan", "支付(AC)", Kind.AMOUNT), lambda row: row.paid),
    (Column("cv_wan", "投资偏差(CV)", Kind.AMOUNT), lambda row: row.cost_variance),
    (Column("cpi", "CPI", Kind.LABEL, 3), lambda row: index(row.cost_index)),
    (Column("due", "完工期限", Kind.DATE), lambda row: row.position.due_date),
    (Column("finish", "预计完工(范围)", Kind.LABEL, 12), lambda row: finish_words(row.forecast.finish)),
    (Column("earliest", "最早完工月", Kind.MONTH), _month("earliest")),
    (Column("likely", "可能完工月", Kind.MONTH), _month("likely")),
    (Column("latest", "最迟完工月", Kind.MONTH), _month("latest")),
    (Column("late", "预计逾期(范围)", Kind.LABEL, 10), lambda row: late_words(row.late)),
    (Column("late_earliest", "最早逾期月数", Kind.COUNT), _late(0)),
    (Column("late_likely", "可能逾期月数", Kind.COUNT), _late(1)),
    (Column("late_latest", "最迟逾期月数", Kind.COUNT), _late(2)),
    (Column("observed", "依据期数", Kind.COUNT, 4), lambda row: len(row.forecast.observed)),
    (Column("newest", "最近填报", Kind.MONTH, 4), lambda row: row.position.period_filed),
    (Column("refused", "不预测的原因", width=12), lambda row: row.forecast.why),
)

_SHOWN = (
    *("no", "name", "unit", "planned_wan", "plan_basis", "earned_wan", "sv_wan", "spi", "cpi"),
    *("newest", "due", "finish", "late", "refused"),
)
"""The columns that fit a screen or a page."""

_WORDED = ("finish", "late")
"""Columns that say in words what others give month by month."""

_WORKED_OUT = ("planned_wan", "sv_wan")
"""Amounts that are worked out: on a screen or a page they have two decimals."""


def _cell(column: Column, value: Cell) -> Cell:
    return two_decimals(value) if column.key in _WORKED_OUT and isinstance(value, int) else value


def forecast_table(
    figures: Figures, point: Point, outlooks: Sequence[Outlook], where: Filter | None = None, *, whole: bool = False
) -> Table:
    """Give one row a project; ``whole`` gives every figure, else those that fit a screen or a page."""
    fields = [
        (column, get) for column, get in _FIELDS if (column.key not in _WORDED if whole else column.key in _SHOWN)
    ]
    columns = tuple(column for column, _ in fields)
    described = where.describe() if where else ""
    title = f"挣值与完工预测（{described}）" if described else "挣值与完工预测"
    return Table(
        "挣值预测",
        title,
        columns,
        tuple(tuple(get(row) if whole else _cell(column, get(row)) for column, get in fields) for row in outlooks),
        total=_total(outlooks, columns, whole=whole),
        notes=(total_words(outlooks), PLANNED_NOTE, FINISH_NOTE, point_words(figures, point)),
    )


def _total(outlooks: Sequence[Outlook], columns: Sequence[Column], *, whole: bool) -> tuple[Cell, ...]:
    """Give the 合计 row: SV over the projects whose EV and PV are known, CV over those whose EV and AC are."""
    sums = sum_outlooks(outlooks)
    scheduled = {"planned_wan": sums.planned, "earned_wan": sums.earned, "sv_wan": sums.earned - sums.planned}
    costed = {"paid_wan": sums.paid, "cv_wan": sums.earned_paid - sums.paid}
    cells: dict[str, Cell] = {
        "no": "合计",
        "plan_basis": f"{sums.scheduled}/{sums.count}",
        **{key: fen if whole else two_decimals(fen) for key, fen in scheduled.items() if sums.scheduled},
        "spi": index(sums.schedule_index),
        **{key: fen for key, fen in costed.items() if sums.costed},
        "cpi": index(sums.cost_index),
        "finish": f"{sums.forecast}/{sums.count}",
    }
    return tuple(cells.get(column.key, "") for column in columns)


def total_words(outlooks: Sequence[Outlook]) -> str:
    """Say the group's SPI and CPI, each with how many projects it counts, and how many finishes are forecast."""
    sums = sum_outlooks(outlooks)
    spi, cpi = ("—" if value is None else f"{index(value)}" for value in (sums.schedule_index, sums.cost_index))
    known = [row for row in outlooks if row.schedule_variance is not None]
    complete = sum(row.position.status in COMPLETE_STATUSES for row in known)
    done = f"，其中已完工 {complete} 项，SPI 总是 1.00" if complete else ""
    return (
        f"合计行的 PV、EV、SV 和 SPI {spi} 只计 PV、EV 都有数的 {sums.scheduled}/{sums.count} 项{done}；"
        f"CPI {cpi} 只计 EV、AC 都有数的 {sums.costed}/{sums.count} 项；预测了完工的 {sums.forecast}/{sums.count} 项"
    )


def outlook_json(row: Outlook) -> dict[str, Any]:
    """Give for programs what a row of the table leaves out: the filings used, and the pace drawn from them."""
    pace = row.forecast.pace
    return {
        "refused_code": None if row.forecast.refused is None else row.forecast.refused.name.lower(),
        "observations": [
            {"period": month_text(one.month), "cum_wan": wan_text(one.fen)} for one in row.forecast.observed
        ],
        "pace_wan_a_month": None if pace is None else {name: _wan(part) for name, part in pace._asdict().items()},
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{rounded(value, 4)}"


def _wan(fen: Decimal) -> str:
    return f"{rounded(fen / FEN_PER_WAN, 4)}"


def totals_json(point: Point, outlooks: Sequence[Outlook]) -> dict[str, Any]:
    """Give the totals for programs: money as decimal strings in 万元, unknown as null, and how many each counts."""
    sums = sum_outlooks(outlooks)

    def wan(fen: int, known: int) -> str | None:
        return wan_text(fen) if known else None

    return {
        "as_of": point.day.isoformat(),
        "period": month_text(point.period),
        "known_at": moment_text(point.known_at),
        "projects": sums.count,
        "planned_wan": wan(sums.planned, sums.scheduled),
        "earned_wan": wan(sums.earned, sums.scheduled),
        "sv_wan": wan(sums.earned - sums.planned, sums.scheduled),
        "spi": _decimal(sums.schedule_index),
        "spi_known": sums.scheduled,
        "paid_wan": wan(sums.paid, sums.costed),
        "cpi": _decimal(sums.cost_index),
        "cpi_known": sums.costed,
        "forecast": sums.forecast,
    }


def backtest_table(figures: Figures, point: Point, tested: Backtest, where: Filter | None = None) -> Table:
    """Say how forecasts made at the end of each earlier quarter held against what came of them."""
    columns = (
        Column("subject", "预测的是", Kind.LABEL),
        Column("reach", "提前多久", Kind.LABEL),
        Column("count", "有结果", Kind.COUNT, 4),
        Column("inside", "落在范围内", Kind.COUNT, 5),
        Column("coverage", "命中率", Kind.RATE, 5),
        Column("below", "比范围低或早", Kind.COUNT, 6),
        Column("above", "比范围高或晚", Kind.COUNT, 6),
        Column("open", "尚无结果", Kind.COUNT, 5),
        Column("bias", "平均偏离可能值", Kind.LABEL, 8),
        Column("measured", "偏离计", Kind.COUNT, 4),
    )
    cells = tuple(
        (
            *(score.subject, score.reach, score.count, score.inside, score.coverage),
            *(score.below, score.above, score.open, bias_words(score), score.measured),
        )
        for score in tested.scores
    )
    described = where.describe() if where else ""
    notes = (
        f"{_quarters_words(tested.quarters)}，每个季末预测一次，只用当季填报截止时已记入台账的；"
        f"{tested.made}/{tested.asked} 项次作出了预测，其余按规则不预测",
        "完成投资与其后恰为那一季末的自开工累计比，偏离为占总投资的百分点；完工月与实际完工月比，偏离以月计",
        "最迟月已过而仍报未完工的算作晚，但不计偏离；还没到时候或没有人报的是尚无结果，所以早完工的先有结果",
        *(("演示数据按大致均匀的进度编造，命中率偏高，不代表实际",) if figures.plan().demo else ()),
        point_words(figures, point),
    )
    title = f"完工预测回测（{described}）" if described else "完工预测回测"
    return Table("预测回测", title, columns, cells, notes=notes, unit_note="")


def backtest_json(tested: Backtest) -> dict[str, Any]:
    """Give a back-test for programs: shares and means as decimal strings, unknown as null."""

    return {
        "quarters": [quarter_text(period) for period in tested.quarters],
        "asked": tested.asked,
        "made": tested.made,
        "scores": [
            asdict(score) | {"count": score.count, "coverage": _decimal(score.coverage), "bias": _decimal(score.bias)}
            for score in tested.scores
        ],
    }


def bias_words(score: Score) -> str | None:
    """Say how far outcomes lay from the likely value on average."""
    if score.bias is None:
        return None
    if score.subject is Subject.AMOUNT:
        return f"偏{'低' if score.bias < 0 else '高'}{rounded(abs(score.bias) * 100, 2)}个百分点"
    return f"偏{'早' if score.bias < 0 else '晚'}{rounded(abs(score.bias), 1)}个月"


def _quarters_words(quarters: Sequence[Month]) -> str:
    if not quarters:
        return "没有可供回测的季度：0个"
    return f"{quarter_text(quarters[0])}至{quarter_text(quarters[-1])}共{len(quarters)}个季度"
