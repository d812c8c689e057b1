"""通报: the quarterly bulletin, in the four parts of its kind, with what is not counted written by the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from hgt_portfolio.document import Document, Paragraph, Span, body, heading, subheading
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.months import quarter_label, quarter_text
from hgt_portfolio.reports.bulletin_figures import (
    Scope,
    Write,
    ahead,
    change,
    compared,
    count,
    domains,
    heard,
    originals,
    said,
    units,
    whole,
)
from hgt_portfolio.reports.bulletin_funds import fund_words
from hgt_portfolio.reports.bulletin_notes import notes
from hgt_portfolio.reports.bulletin_problems import problems, requirements
from hgt_portfolio.reports.quarterly_data import STATES, Quarter, read_quarter, state_of
from hgt_portfolio.reports.restated import restated_paragraphs
from hgt_portfolio.reports.words import amount_words, count_change
from hgt_portfolio.rules.point import moment_text, office_day, office_time
from hgt_portfolio.terms import SILENT_STATES, DeadlineState, FilingState, UnitKind

EVERYONE = "各责任单位"
BULLETIN = "通报"

PROPERTY_KIND, PROPERTY_PERIOD, PROPERTY_KNOWN_AT = "hgt_kind", "hgt_period", "hgt_known_at"
"""The names under which a file keeps what it was made from."""


def bulletin(
    figures: Figures,
    point: Point,
    *,
    doc_no: str | None = None,
    addressee: str = EVERYONE,
    dated: date | None = None,
) -> Document:
    """Make the 通报 of a quarter as known at the point; its 成文日期 is the day of that knowledge unless given."""
    quarter = read_quarter(figures, point, None)
    closing = figures.closing(point.period)
    signed = closing.doc if closing is not None and closing.known_at == point.known_at else None
    return Document(
        title=f"关于{quarter.portfolio}\n{quarter.label}进展情况的通报",
        blocks=tuple(block for part in PARTS for block in part(quarter)),
        created=office_time(point.known_at).replace(tzinfo=None),
        doc_no=doc_no or signed,
        addressee=addressee,
        attachments=(f"{quarter.portfolio}投资汇总（{quarter.label}）",),
        signer=quarter.office,
        dated=dated or office_day(point.known_at),
        issuer=quarter.office,
        demo=quarter.demo,
        properties=made_from(BULLETIN, point),
    )


def made_from(kind: str, point: Point) -> dict[str, str]:
    """Give what a file keeps of what it was made from: its kind, period and moment of knowledge."""
    return {
        PROPERTY_KIND: kind,
        PROPERTY_PERIOD: quarter_text(point.period),
        PROPERTY_KNOWN_AT: moment_text(point.known_at),
    }


def overall(quarter: Quarter) -> Iterator[Paragraph]:
    """Write 一、总体情况: the projects, the year, the quarter, and who has filed."""
    everything = whole(quarter)
    yield heading("一、总体情况")
    yield body(*stock(quarter, everything))
    year = [*_year(quarter, everything), *_quarter(quarter, everything), *_since_start(everything)]
    if year:
        yield body(f"{quarter.point.year}年", *year)
    yield body(*_filing(quarter))
    if funds := [*fund_words(quarter)]:
        yield body(*funds)


def stock(quarter: Quarter, everything: Scope) -> Iterator[Span]:
    """Say how many projects there are, what they cost, and how they stand."""
    positions = quarter.positions
    yield f"截至{quarter.point.year}年{quarter.point.period % 12 + 1}月底，{quarter.portfolio}共"
    if changed := count_change(quarter.total):
        yield from (originals(everything), f"项，{changed}后")
    yield count("total.count", "项目数", positions, positions)
    yield "项"
    exited = [p for p in positions if p.deadline_state == DeadlineState.EXITED]
    if exited:
        yield from ("（含已退出", count("total.exited", "已退出项目数", exited, positions, "deadline_state"), "项）")
    if everything.value("investment") is not None:
        yield from ("，计划总投资", everything.figure("investment"), "（有投资额的")
        yield from (everything.known("investment"), "项）")
    standing = [(state, [p for p in positions if state_of(p.status) == state]) for state in reversed(STATES)]
    told = [(state, rows) for state, rows in standing if rows]
    for place, (state, rows) in enumerate(told):
        yield "。其中" if place == 0 else "、"
        yield from (f"{state}", count(f"state.{state}", f"{state}项目数", rows, positions), "项")
    unreported = [p for p in positions if p.status is None]
    if unreported and told:
        yield from (
            "，另有",
            count("state.unreported", "从未报送状态的项目", unreported, positions),
            "项从未报送建设情况",
        )
    elif unreported:
        yield "，均未报送建设情况"
    yield "。"


def _year(quarter: Quarter, everything: Scope) -> Iterator[Span]:
    """Say what the year plans, what is done of it, and how that stands to pace."""
    if everything.value("year_plan") is not None:
        yield from ("计划完成投资", everything.figure("year_plan"), "（", everything.known("year_plan"), "项）")
    if not heard(quarter) or everything.value("ytd") is None:
        if everything.value("year_plan") is not None:
            yield "，完成数尚未报送。"
        return
    if everything.value("year_plan") is not None:
        yield "，"
    month = quarter.point.elapsed
    yield from (f"1—{month}月" if month < 12 else "全年", "累计完成", everything.figure("ytd"))
    yield from ("（有数的", everything.known("ytd"), "项）")
    if everything.value("year_rate") is not None:
        yield from achieved(everything)
    yield from shortfall(everything)
    yield "。"


def achieved(scope: Scope) -> Iterator[Span]:
    """Say how much of its year plan a group has done, over how many projects, and what is left of it."""
    yield from ("；按计划数和完成数均知的", scope.known("year_rate"), "项计算，", *share(scope, "占"))
    yield from ("，", *against_pace(scope), "，年度任务余额", scope.figure("year_balance"))


def share(scope: Scope, verb: str) -> Iterator[Span]:
    """Say 占年度计划, and 占年初计划 beside it where a plan was adjusted."""
    rate, first = scope.figure("year_rate"), scope.figure("first_rate")
    if scope.adjusted and first.text == rate.text:
        yield from (f"{verb}年度计划的", rate, "（按年初计划计相同）")
        return
    yield from (f"{verb}{'调整后' if scope.adjusted else ''}年度计划的", rate)
    if scope.adjusted:
        yield from ("、年初计划的", first)


def against_pace(scope: Scope) -> Iterator[Span]:
    """Say how a group stands to its pace: 高于、低于序时进度 by how many points, or equal to it."""
    deviation = scope.figure("deviation")
    if deviation.text == "0.0":
        yield "与序时进度持平"
    else:
        yield said(deviation, "高于序时进度", "低于序时进度", "个百分点")


def shortfall(scope: Scope, write: Write = amount_words) -> Iterator[Span]:
    """Say 欠序时金额, or by how much the projects are ahead."""
    if scope.value("shortfall"):
        made = scope.figure("shortfall", write)
        yield from ("，欠序时金额" if ahead(made) else "，比各项目序时计划超前", made)
        paced = scope.known("shortfall")
        if paced.rows != scope.known("year_rate").rows:
            yield from ("（有序时进度的", paced, "项）")


def _quarter(quarter: Quarter, everything: Scope) -> Iterator[Span]:
    """Say what the quarter did, against the quarter before over the projects known in both."""
    if not heard(quarter) or everything.value("quarter") is None:
        return
    yield from (f"{quarter.label[5:]}完成", everything.figure("quarter"))
    yield from ("（有数的", everything.known("quarter"), "项）")
    before = change(quarter, "total.quarter_change", quarter.last, "quarter")
    if before is not None:
        last = quarter_label(quarter.last_point.period)
        last = last[5:] if quarter.last_point.year == quarter.point.year else last
        yield from (f"，同口径比{last}", said(before, "多完成", "少完成"), "（两期均有数的", compared(before), "项）")
    yield "。"


def _since_start(everything: Scope) -> Iterator[Span]:
    if everything.value("cumulative") is None:
        return
    yield from ("自开工以来累计完成", everything.figure("cumulative"))
    if everything.value("total_rate") is not None:
        yield from ("，占总投资的", everything.figure("total_rate"))
        yield from ("（两数均知的", everything.known("total_rate"), "项）")
    yield "。"


def _filing(quarter: Quarter) -> Iterator[Span]:
    """Say who had to file and who has."""
    silent = [p for p in quarter.positions if p.filing_state in SILENT_STATES]
    filed = [p for p in quarter.positions if p.filing_state in (FilingState.FILED, FilingState.LATE)]
    due = [p for p in quarter.positions if p.filing_state != FilingState.NOT_REQUIRED]
    if not due:
        yield f"{quarter.label}没有需要填报的项目。"
        return
    yield from (f"{quarter.label}应填报", count("filing.due", "应填报项目", due, quarter.positions), "项，")
    if not filed:
        yield "目前均未填报。"
        return
    if silent:
        yield from ("已填报", count("filing.filed", "已填报项目", filed, due, "filing_state"), "项")
    else:
        yield "已全部填报"
    late = [p for p in filed if p.filing_state == FilingState.LATE]
    if late:
        yield from ("（其中迟报", count("filing.late", "迟报项目", late, due, "filing_state"), "项）")
    if silent:
        yield from ("，尚未填报", count("filing.silent", "尚未填报项目", silent, due, "filing_state"), "项")
    yield "。"


def progress(quarter: Quarter) -> Iterator[Paragraph]:
    """Write 二、分领域、分单位进展."""
    yield heading("二、分领域、分单位进展")
    rated = [scope for scope in domains(quarter) if scope.value("year_rate") is not None]
    if not heard(quarter) or not rated:
        yield body("年度计划和完成数报送不全，分领域、分单位进度暂不能比较。")
        return
    yield subheading("（一）分领域")
    yield body(*_domains(quarter))
    yield subheading("（二）分单位")
    yield from _units(quarter)


def _domains(quarter: Quarter) -> Iterator[Span]:
    unknown = []
    for scope in domains(quarter):
        if scope.value("year_rate") is None:
            unknown.append(scope.label)
            continue
        yield from (f"{scope.label}领域", count(f"{scope.key}.count", f"{scope.label}项目数", scope.positions, ()))
        yield from ("项，本年累计完成", scope.figure("ytd"), "，", *share(scope, "占"))
        known = scope.known("year_rate")
        if len(known.rows) < len(scope.positions):
            yield from ("（两数均知的", known, "项）")
        yield from ("，", *against_pace(scope), "。")
    if unknown:
        yield f"{'、'.join(unknown)}领域计划数或完成数报送不全，没有可比数据。"


def _units(quarter: Quarter) -> Iterator[Paragraph]:
    """Rank the units within their kinds by 欠序时金额, the largest first."""
    yield body("按牵头单位统计，每个项目只计一次，进度只算计划数和完成数均知的项目；同类单位按欠序时金额由大到小排列。")
    scopes = units(quarter)
    for kind in UnitKind:
        of_kind = [scope for scope in scopes if scope.group.kind == kind]
        if of_kind:
            yield body(f"{kind}：", *_ranked(of_kind))


def _ranked(scopes: list[Scope]) -> Iterator[Span]:
    """Write the units behind with their figures, then those at pace, then those that cannot be compared."""
    behind = [scope for scope in scopes if (scope.group.shortfall or 0) > 0]
    level = [scope for scope in scopes if scope.group.shortfall is not None and scope.group.shortfall <= 0]
    unknown = [scope for scope in scopes if scope.group.shortfall is None]
    for place, scope in enumerate(behind):
        yield from ("、" if place else "", *behind_words(scope))
    if behind:
        yield "。"
    for place, scope in enumerate(level):
        yield from ("、" if place else "", scope.label, "（", *share(scope, "完成"), "）")
    if level:
        yield "不欠序时金额。"
    if unknown:
        yield f"{'、'.join(scope.label for scope in unknown)}没有可比数据。"


def behind_words(scope: Scope, write: Write = amount_words) -> Iterator[Span]:
    """Name a unit with its 欠序时金额 and what it has done of its year plan."""
    yield from (scope.label, "（欠", scope.figure("shortfall", write), "，", *share(scope, "完成"), "）")


PARTS: tuple[Callable[[Quarter], Iterator[Paragraph]], ...] = (
    overall,
    progress,
    problems,
    requirements,
    restated_paragraphs,
    notes,
)
"""The parts of the bulletin in order."""
