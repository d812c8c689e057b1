"""一页纸: the leaders' questions in sentences to copy: who holds things up, what the year wants, against before."""

from __future__ import annotations

from collections.abc import Iterator

from hgt_portfolio.document import Document, Paragraph, Span, body, heading, note
from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.months import quarter_label
from hgt_portfolio.reports.bulletin import achieved, behind_words, made_from, shortfall
from hgt_portfolio.reports.bulletin_figures import Scope, change, compared, heard, said, units, whole
from hgt_portfolio.reports.bulletin_problems import counted, named
from hgt_portfolio.reports.quarterly_data import Quarter, read_quarter
from hgt_portfolio.rules.point import office_time
from hgt_portfolio.terms import DISCLAIMER, UNVERIFIED_IN_DOCUMENTS

BRIEF = "一页纸"

FOREMOST = 3
"""How many of the units furthest behind are named."""

MOST_UNITS = 5
"""How many units are listed by name."""


def brief(figures: Figures, point: Point) -> Document:
    """Make the 一页纸 of a quarter as known at the point."""
    quarter = read_quarter(figures, point, None)
    return Document(
        title=f"{quarter.portfolio}\n{quarter.label}进展（一页纸）",
        blocks=tuple(block for part in (_units, _year, _before, _watched, _notes) for block in part(quarter)),
        created=office_time(point.known_at).replace(tzinfo=None),
        demo=quarter.demo,
        compact=True,
        properties=made_from(BRIEF, point),
    )


def _units(quarter: Quarter) -> Iterator[Paragraph]:
    yield heading("一、哪些单位拖后腿")
    behind = [scope for scope in units(quarter) if (scope.group.shortfall or 0) > 0]
    if not heard(quarter):
        yield body(f"{quarter.label}进度均未填报，还不能比较。")
    elif not behind:
        yield body("没有欠序时金额的单位。")
    else:
        yield body(*_furthest(behind[:FOREMOST], len(behind)))
    for ground, before in (("overdue", "逾期未完工"), ("silent", "尚未填报"), ("suspended", "停工")):
        rows = named(quarter, ground)
        if rows and len(rows) < len(quarter.positions):
            yield body(before, counted(quarter, ground), f"项，涉及{_some_units(rows)}。")


def _furthest(scopes: list[Scope], of: int) -> Iterator[Span]:
    yield "欠序时金额最大的是" if of > 1 else "欠序时金额的单位是"
    for place, scope in enumerate(scopes):
        yield from ("、" if place else "", *behind_words(scope))
    yield "。"


def _some_units(rows: list[Position]) -> str:
    """List the lead units of projects, the foremost by name where they are many, so that the page stays one."""
    names = list(dict.fromkeys(position.unit for position in rows))
    more = f"等{len(names)}个单位" if len(names) > MOST_UNITS else ""
    return "、".join(names[:MOST_UNITS]) + more


def _year(quarter: Quarter) -> Iterator[Paragraph]:
    yield heading("二、今年还差多少")
    everything = whole(quarter)
    if everything.value("year_plan") is None:
        yield body(f"{quarter.point.year}年的年度计划尚未报送。")
    elif not heard(quarter) or everything.value("year_rate") is None:
        yield body(f"{quarter.point.year}年计划完成投资", everything.figure("year_plan"), "，完成数尚未报送。")
    else:
        yield body(*_left(quarter))


def _left(quarter: Quarter) -> Iterator[Span]:
    everything, month = whole(quarter), quarter.point.elapsed
    yield from (f"{quarter.point.year}年计划完成投资", everything.figure("year_plan"))
    yield from (f"，1—{month}月" if month < 12 else "，全年", "累计完成", everything.figure("ytd"))
    yield from (*achieved(everything), *shortfall(everything), "。")


def _before(quarter: Quarter) -> Iterator[Paragraph]:
    yield heading("三、比上季度、上年同期多多少")
    everything = whole(quarter)
    if not heard(quarter) or everything.value("quarter") is None:
        yield body(f"{quarter.label}完成投资尚未报送。")
        return
    spans: list[Span] = [f"{quarter.label}完成投资", everything.figure("quarter")]
    for key, rows, column, before in (
        ("quarter_change", quarter.last, "quarter", quarter_label(quarter.last_point.period)),
        ("year_change", quarter.year_ago, "ytd", "上年同期"),
    ):
        made = change(quarter, f"total.{key}", rows, column)
        lead = "；本年累计" if column == "ytd" else "，"
        if made is None:
            spans.append(f"{lead}与{before}无可比数据")
        else:
            spans += [
                f"{lead}比{before}",
                said(made, "多", "少"),
                "（两期均有数的",
                compared(made),
                "项）",
            ]
    yield body(*spans, "。")


def _watched(quarter: Quarter) -> Iterator[Paragraph]:
    """Say what else wants looking at, where there is anything."""
    rows = named(quarter, "unverified")
    if rows:
        yield heading("四、还要核实什么")
        yield body(
            UNVERIFIED_IN_DOCUMENTS, counted(quarter, "unverified"), f"项，涉及{_some_units(rows)}，不计入逾期。"
        )


def _notes(quarter: Quarter) -> Iterator[Paragraph]:
    everything = whole(quarter)
    spans: list[Span] = ["注："]
    if heard(quarter) and everything.value("quarter") is not None:
        spans += [
            "本季度完成有数",
            everything.known("quarter"),
            "项、本年累计有数",
            everything.known("ytd"),
            "项，未知的数不作0。",
        ]
    yield note(*spans, DISCLAIMER.replace("本表", "本页"))
