"""一页纸: the leaders' questions in sentences to copy: who holds things up, what the year wants, against before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from hgt_portfolio.document import Document, Paragraph, Span, body, heading, note
from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.months import day_words, quarter_label
from hgt_portfolio.reports.bulletin import against_pace, behind_words, made_from, share, shortfall
from hgt_portfolio.reports.bulletin_figures import (
    Pairs,
    Scope,
    Write,
    compared,
    count,
    difference,
    heard,
    paired,
    said,
    sides,
    units,
    whole,
)
from hgt_portfolio.reports.bulletin_problems import GROUNDS, counted, named
from hgt_portfolio.reports.quarterly_data import Before, Quarter, read_quarter
from hgt_portfolio.reports.words import same_unit
from hgt_portfolio.rules.point import moment_text, office_time
from hgt_portfolio.terms import DISCLAIMER, UNVERIFIED_IN_DOCUMENTS

BRIEF = "一页纸"

PROPERTY_TODAY, PROPERTY_TODAY_KNOWN_AT = "hgt_today", "hgt_today_known_at"
"""The names under which a file keeps the day that it says the later standing of, and the moment of its knowledge."""

FOREMOST = 3
"""How many of the units furthest behind are named."""

MOST_UNITS = 5
"""How many units are listed by name."""


@dataclass(frozen=True)
class Page:
    """The quarter, and how its projects stand on a later day, where the page says that beside it."""

    quarter: Quarter
    today: Quarter | None

    @property
    def until(self) -> str:
        """The day that the page is about, as every answer begins: 截至9月30日."""
        return f"截至{self.day(self.quarter.point.day)}"

    def day(self, day: date) -> str:
        """Write a day within an answer, its year only where it is another than the quarter's: 9月30日."""
        return day_words(day).removeprefix(f"{self.quarter.point.day.year}年")


def brief(figures: Figures, point: Point, today: Point | None = None) -> Document:
    """Make the 一页纸 of a quarter as known at the point; a later ``today`` is said beside the states of then."""
    quarter = read_quarter(figures, point, None)
    today = today if today is not None and today.day > point.day else None
    later = replace(quarter, point=today, positions=figures.positions(today)) if today else None
    page = Page(quarter, later)
    return Document(
        title=f"{quarter.portfolio}\n{quarter.label}进展（{page.until}）",
        blocks=tuple(block for part in (_units, _year, _before, _watched, _notes) for block in part(page)),
        created=office_time(point.known_at).replace(tzinfo=None),
        demo=quarter.demo,
        compact=True,
        properties=made_from(BRIEF, point) | _kept(today),
    )


def _kept(today: Point | None) -> dict[str, str]:
    if today is None:
        return {}
    return {PROPERTY_TODAY: today.day.isoformat(), PROPERTY_TODAY_KNOWN_AT: moment_text(today.known_at)}


def _units(page: Page) -> Iterator[Paragraph]:
    yield heading("一、哪些单位拖后腿")
    quarter = page.quarter
    behind = [scope for scope in units(quarter) if (scope.group.shortfall or 0) > 0]
    if not heard(quarter):
        yield body(f"{page.until}，{quarter.label}进度均未填报，还不能比较。")
    elif not behind:
        yield body(f"{page.until}，没有欠序时金额的单位。")
    else:
        yield body(f"{page.until}，", *_furthest(behind[:FOREMOST], len(behind)))
    yield from _standing(page, "overdue", "逾期未完工")
    rows = named(quarter, "silent")
    if rows and len(rows) < len(quarter.positions):
        yield body(f"{quarter.label}进度尚未填报", counted(quarter, "silent"), f"项，涉及{_some_units(rows)}。")
    yield from _standing(page, "suspended", "停工")


def _standing(page: Page, ground: str, name: str, after: str = "") -> Iterator[Paragraph]:
    """Say of how many projects a ground holds at the quarter's end, and of how many today where that is later."""
    rows, now = named(page.quarter, ground), named(page.today, ground) if page.today else []
    if not rows and not now:
        return
    of_units = f"，涉及{_some_units(rows)}" if rows else ""
    spans: list[Span] = [
        f"截至{page.day(page.quarter.point.day)}{name}",
        counted(page.quarter, ground),
        f"项{of_units}{after}",
    ]
    if page.today:
        day, made = page.day(page.today.point.day), GROUNDS[ground]
        today = count(f"today.{ground}", f"到{day}的{made.name}", now, page.today.positions, made.column)
        spans += [f"；到{day}为", today, "项"]
    yield body(*spans, "。")


def _furthest(scopes: list[Scope], of: int) -> Iterator[Span]:
    write = same_unit(scope.group.shortfall or 0 for scope in scopes)
    yield "欠序时金额最大的是" if of > 1 else "欠序时金额的单位是"
    for place, scope in enumerate(scopes):
        yield from ("、" if place else "", *behind_words(scope, write))
    yield "。"


def _some_units(rows: list[Position]) -> str:
    """List the lead units of projects, the foremost by name where they are many, so that the page stays one."""
    names = list(dict.fromkeys(position.unit for position in rows))
    more = f"等{len(names)}个单位" if len(names) > MOST_UNITS else ""
    return "、".join(names[:MOST_UNITS]) + more


def _year(page: Page) -> Iterator[Paragraph]:
    yield heading("二、今年还差多少")
    everything, year = whole(page.quarter), f"{page.until}，{page.quarter.point.year}年"
    if everything.value("year_plan") is None:
        yield body(f"{year}的年度计划尚未报送。")
    elif not heard(page.quarter) or everything.value("year_rate") is None:
        yield body(f"{year}计划完成投资", everything.figure("year_plan"), "，完成数尚未报送。")
    else:
        yield body(year, *_left(everything))


def _left(everything: Scope) -> Iterator[Span]:
    """Say what is planned, done and left, so that every subtraction can be done by hand."""
    total = everything.group
    subtracted = [
        (total.year_plan.fen, total.rate_plan.fen, total.year_plan.fen - total.rate_plan.fen),
        (total.ytd.fen, total.rate_ytd.fen, total.ytd.fen - total.rate_ytd.fen),
        (total.rate_plan.fen, total.rate_ytd.fen, total.year_balance or 0),
    ]
    write = same_unit((total.shortfall or 0,), subtracted)
    for place, (words, key) in enumerate((("计划完成投资", "year_plan"), ("累计完成", "ytd"))):
        yield from ("，" if place else "", words, everything.figure(key, write))
        yield from ("（", everything.known(key), "项）")
    yield from ("。两数均知的", everything.known("year_rate"), "项，计划", everything.figure("rate_plan", write))
    yield from ("、完成", everything.figure("rate_ytd", write), "，", *share(everything, "占"))
    yield from ("，", *against_pace(everything))
    yield from ("，年度任务余额（计划减完成）", everything.figure("year_balance", write))
    yield from (*shortfall(everything, write), "。")
    yield from _left_out(everything, write)


def _left_out(everything: Scope, write: Write) -> Iterator[Span]:
    """Say what the balance leaves out, as one of its two figures is not known."""
    told = (
        ("plan_alone", "有计划而完成数未知的", "项，计划"),
        ("ytd_alone", "有完成数而没有年度计划的", "项，完成"),
    )
    parts = [part for part in told if everything.value(part[0]) is not None]
    for place, (key, before, after) in enumerate(parts):
        yield from ("；" if place else "余额未计入：", before, everything.known(key))
        yield from (after, everything.figure(key, write))
    if parts:
        yield "。"


def _before(page: Page) -> Iterator[Paragraph]:
    yield heading("三、比上季度、上年同期多多少")
    quarter, everything = page.quarter, whole(page.quarter)
    if not heard(quarter) or everything.value("quarter") is None:
        yield body(f"{page.until}，{quarter.label}完成投资尚未报送。")
        return
    against = [
        _Against(quarter, "quarter", "quarter_change", quarter_label(quarter.last_point.period), quarter.last),
        _Against(quarter, "ytd", "year_change", "上年同期", quarter.year_ago),
    ]
    write = same_unit(
        (int(everything.value(one.column) or 0) for one in against),
        (pairs.differing for one in against if (pairs := one.pairs) is not None),
    )
    for name, one in zip((f"{page.until}，{quarter.label}完成投资", "本年累计完成投资"), against, strict=True):
        if everything.value(one.column) is not None:
            yield body(name, *one.words(write))


@dataclass(frozen=True)
class _Against:
    """What was done against an earlier period: the column, the key of the difference, and the period before."""

    quarter: Quarter
    column: str
    key: str
    before: str
    then: Mapping[str, Before]

    @property
    def pairs(self) -> Pairs | None:
        """What was done in both, over the projects known both times."""
        return paired(self.quarter, self.then, self.column)

    def words(self, write: Write) -> Iterator[Span]:
        """Say what was done, and over the projects known both times now, before, and how much more."""
        everything, pairs, key = whole(self.quarter), self.pairs, f"total.{self.key}"
        yield from (everything.figure(self.column, write), "（", everything.known(self.column), "项）")
        if pairs is None:
            yield f"，与{self.before}无可比数据。"
            return
        now, earlier = sides(self.quarter, key, pairs, self.column, write)
        made = difference(self.quarter, key, pairs, self.column, write)
        yield from ("；两期均有数的", compared(made), "项，这一期", now, f"、{self.before}", earlier)
        yield from ("，", said(made, "多", "少"), "。")


def _watched(page: Page) -> Iterator[Paragraph]:
    """Say what else wants looking at, where there is anything."""
    standing = list(_standing(page, "unverified", UNVERIFIED_IN_DOCUMENTS, "，不计入逾期"))
    if standing:
        yield heading("四、还要核实什么")
        yield from standing


def _notes(page: Page) -> Iterator[Paragraph]:
    everything = whole(page.quarter)
    spans: list[Span] = ["注："]
    if heard(page.quarter) and everything.value("quarter") is not None:
        spans += ["括号里是有数的项目数，未知的数不作0。"]
    yield note(*spans, DISCLAIMER.replace("本表", "本页"))
