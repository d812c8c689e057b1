"""Each rule by table, on its boundaries: deadline, start, filing, pace, flows, lights, as-of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

import pytest

from hgt_portfolio.figures import Filter, Point
from hgt_portfolio.model.inputs import OverrideInput, WindowInput
from hgt_portfolio.months import month, read_period
from hgt_portfolio.rules.point import OFFICE_TIME, filing_period
from tests.conftest import Book

WAN = 1_000_000
COMPLETE = ("完工", "竣工验收", "投用")

Rows = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """What is known of one project, and what the rules say of it as of a day or period."""

    name: str
    expected: dict[str, Any]
    as_of: str | date
    rows: tuple[Rows, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    rules: str | None = None


def report(period: str, status: str, fen: int | None = None, **more: Any) -> Rows:
    values = {"period": read_period(period), "kind": "季报", "unit_id": 1, "status": status, "cumulative_fen": fen}
    finish = {"finished": date(2024, 12, 31)} if status in COMPLETE else {}
    return "report", values | finish | more


def check(day: date, status: str | None = None, **more: Any) -> Rows:
    morrow = date.fromordinal(day.toordinal() + 1)
    period = morrow.year * 12 + morrow.month - 2
    return "verification", {"day": day, "period": period, "how": "现场", "finding": "见现场", "status": status} | more


def plan(amount: int | None, *steps: int, year: int = 2024) -> Rows:
    quarters = {f"q{n}_fen": step for n, step in enumerate(steps, 1)}
    return "year_plan", {"year": year, "effective": date(year, 1, 1), "amount_fen": amount, "goal": "主体"} | quarters


def span(start: str | None, due: str | None, **more: Any) -> dict[str, Any]:
    return {
        "start": None if start is None else read_period(start),
        "due": None if due is None else read_period(due),
    } | more


def late_point(book: Book, as_of: str | date) -> Point:
    return replace(book.point(as_of), known_at=book.clock())


def judge(book: Book, cases: list[Case]) -> None:
    """Give each case a project of its own, and hold what the figures say to what is expected of it."""
    for number, case in enumerate(cases, 1):
        if case.facts:
            book.facts(str(number), **case.facts)
        for table, values in case.rows:
            book.put(table, str(number), **values)
    found = {}
    for as_of, rules in dict.fromkeys((case.as_of, case.rules) for case in cases):
        positions = {row.no: row for row in book.figures.positions(late_point(book, as_of), rules=rules)}
        for number, case in enumerate(cases, 1):
            if (case.as_of, case.rules) == (as_of, rules):
                found[case.name] = {name: getattr(positions[str(number)], name) for name in case.expected}
    assert found == {case.name: case.expected for case in cases}
    assert len(found) == len(cases)


# Deadlines.

DUE = span("2024-06", "2024-12")


def deadline(name: str, state: str, day: date, *rows: Rows, days: int | None = None, **facts: Any) -> Case:
    return Case(name, {"deadline_state": state, "days_overdue": days}, day, rows, DUE | facts)


DEADLINES = [
    deadline("还有31天", "未到期", date(2024, 11, 30), days=0),
    deadline("还有30天", "临期", date(2024, 12, 1), days=0),
    deadline("到期当天", "临期", date(2024, 12, 31), days=0),
    deadline("到期次日，无人说话", "到期未核实", date(2025, 1, 1)),
    deadline("平年二月差31天", "未到期", date(2025, 1, 28), due=month(2025, 2), days=0),
    deadline("平年二月差30天", "临期", date(2025, 1, 29), due=month(2025, 2), days=0),
    deadline("闰年二月差31天", "未到期", date(2024, 1, 29), due=month(2024, 2), start=None, days=0),
    deadline("闰年二月差30天", "临期", date(2024, 1, 30), due=month(2024, 2), start=None, days=0),
    deadline("到期那月填报在建", "逾期", date(2025, 1, 1), report("2024-12", "在建"), days=1),
    deadline("到期那月填报未开工", "逾期", date(2025, 3, 1), report("2024-12", "未开工"), days=60),
    deadline("到期前一月填报在建", "到期未核实", date(2025, 1, 1), report("2024-11", "在建")),
    deadline("期末在今天以后的填报不算", "到期未核实", date(2025, 1, 15), report("2025-03", "在建")),
    deadline("到期前一天核实", "到期未核实", date(2025, 1, 1), check(date(2024, 12, 30), "在建")),
    deadline("到期当天核实", "逾期", date(2025, 1, 1), check(date(2024, 12, 31), "在建"), days=1),
    deadline("到期后核实，只有结论", "逾期", date(2025, 2, 10), check(date(2025, 2, 10)), days=41),
    deadline("核实在今天以后", "到期未核实", date(2025, 2, 9), check(date(2025, 2, 10), "在建")),
    deadline("如期完工", "按期完工", date(2025, 5, 1), report("2024-12", "完工"), days=0),
    deadline(
        "晚一天完工",
        "逾期完工",
        date(2025, 5, 1),
        report("2025-03", "完工", finished=date(2025, 1, 1)),
        days=1,
    ),
    deadline(
        "晚七十四天验收",
        "逾期完工",
        date(2025, 5, 1),
        report("2025-03", "竣工验收", finished=date(2025, 3, 15)),
        days=74,
    ),
    deadline(
        "核实完工后于填报在建",
        "按期完工",
        date(2025, 5, 1),
        report("2024-12", "在建"),
        check(date(2025, 1, 20), "完工", finished=date(2024, 12, 30)),
        days=0,
    ),
    deadline(
        "填报在建后于核实完工",
        "逾期",
        date(2025, 5, 1),
        check(date(2025, 1, 20), "完工", finished=date(2024, 12, 30)),
        report("2025-03", "在建"),
        days=121,
    ),
    deadline(
        "同月两次核实，后录入的日期在前",
        "逾期",
        date(2025, 3, 1),
        check(date(2025, 2, 10), "在建"),
        check(date(2025, 2, 5), "完工", finished=date(2024, 12, 30)),
        days=60,
    ),
    deadline("已退出", "已退出", date(2025, 5, 1), report("2024-12", "在建"), exited=1),
    deadline("没有期限", "期限不明", date(2025, 5, 1), report("2024-12", "在建"), due=None),
]


def test_deadline_states(book: Book) -> None:
    judge(book, DEADLINES)


def overdue(name: str, *, stale: bool, day: date, word: date, rows: Rows) -> Case:
    return Case(name, {"deadline_state": "逾期", "last_word": word, "stale": stale}, day, (rows,), DUE)


def test_an_overdue_word_grows_stale(book: Book) -> None:
    said, seen = report("2024-12", "在建"), check(date(2025, 2, 10), "在建")
    judge(
        book,
        [
            overdue("填报满一季", stale=False, day=date(2025, 3, 31), word=date(2024, 12, 31), rows=said),
            overdue("填报过了一季", stale=True, day=date(2025, 4, 1), word=date(2024, 12, 31), rows=said),
            overdue("核实满一季", stale=False, day=date(2025, 5, 10), word=date(2025, 2, 10), rows=seen),
            overdue("核实过了一季", stale=True, day=date(2025, 5, 11), word=date(2025, 2, 10), rows=seen),
            Case("未逾期不催", {"stale": False}, date(2024, 11, 1), (report("2024-06", "在建"),), DUE),
        ],
    )


# Starts.


def started(name: str, state: str, day: date, *rows: Rows, **facts: Any) -> Case:
    return Case(name, {"start_state": state}, day, rows, DUE | facts)


STARTS = [
    started("开工月最后一天", "未到开工", date(2024, 6, 30)),
    started("开工月次日，无人说话", "应开未核实", date(2024, 7, 1)),
    started("开工前一月填报未开工", "应开未核实", date(2024, 7, 1), report("2024-05", "未开工")),
    started("开工月填报未开工", "应开未开", date(2024, 7, 1), report("2024-06", "未开工")),
    started("开工月填报前期", "应开未开", date(2024, 7, 1), report("2024-06", "前期")),
    started("开工月内填报未开工", "未到开工", date(2024, 6, 30), report("2024-06", "未开工")),
    started("在建", "已开工", date(2024, 7, 1), report("2024-06", "在建")),
    started("停工", "已开工", date(2024, 7, 1), report("2024-06", "停工")),
    started("提前在建", "已开工", date(2024, 4, 1), report("2024-03", "在建")),
    started("未说状态的核实不算未开工", "应开未核实", date(2024, 7, 20), check(date(2024, 7, 10))),
    started("核实未开工", "应开未开", date(2024, 7, 20), check(date(2024, 7, 10), "未开工")),
    started("核实给出开工日期", "已开工", date(2024, 7, 20), check(date(2024, 7, 10), started=date(2024, 7, 2))),
    started("已退出", "已退出", date(2024, 7, 20), exited=1),
    started("没有开工月", "开工期不明", date(2024, 7, 20), start=None),
]


def test_start_states(book: Book) -> None:
    judge(book, STARTS)


def test_an_actual_start_stands_until_given_anew(book: Book) -> None:
    first, other = date(2024, 6, 3), date(2024, 6, 9)
    rows = (report("2024-06", "在建", started=first), report("2024-09", "在建"))
    anew = (*rows, report("2024-12", "在建", started=other))
    judge(
        book,
        [
            Case("后一期没有再填", {"started": first}, "2024Q3", rows, DUE),
            Case("以后才填", {"started": first}, "2024Q3", anew, DUE),
            Case("重新填了", {"started": other}, "2024Q4", anew, DUE),
            Case("还没有填", {"started": None}, "2024Q1", anew, DUE),
        ],
    )


# Lights. Over 2024 the pace of a project that runs all year is one half at the end of June.

ALL_YEAR = span("2023-01", "2025-12", investment_fen=500 * WAN, investment_kind="定额")
OPENED = report("2023-12", "在建", 0)


def light(name: str, expected: str, *rows: Rows, as_of: str | date = "2024Q2", **more: Any) -> Case:
    rules = more.pop("rules", None)
    return Case(name, {"light": expected}, as_of, rows, ALL_YEAR | more, rules)


BANDS = [
    ("银川2025", 0, "绿"),
    ("银川2025", -1, "绿"),
    ("银川2025", -12 * WAN, "绿"),
    ("银川2025", -12 * WAN - 1, "黄"),
    ("银川2025", -36 * WAN, "黄"),
    ("银川2025", -36 * WAN - 1, "红"),
    ("银川2025", 90 * WAN, "绿"),
    ("三亚2022", 0, "绿"),
    ("三亚2022", -1, "黄"),
    ("三亚2022", -30 * WAN, "黄"),
    ("三亚2022", -30 * WAN - 1, "红"),
    ("武汉", -12 * WAN, "绿"),
    ("武汉", -12 * WAN - 1, "黄"),
    ("武汉", -24 * WAN, "黄"),
    ("武汉", -24 * WAN - 1, "红"),
]


def test_bands_to_the_fen(book: Book) -> None:
    half = 60 * WAN
    judge(
        book,
        [
            light(f"{rules}{off}", word, OPENED, plan(120 * WAN), report("2024-06", "在建", half + off), rules=rules)
            for rules, off, word in BANDS
        ],
    )


HALTED = report("2024-06", "停工", 60 * WAN)
NOT_BEGUN = report("2024-06", "未开工", 0)

LIGHTS = [
    light("已退出", "无", HALTED, exited=1),
    light("完工", "无", report("2024-06", "完工", 0, finished=date(2024, 6, 1)), OPENED, plan(120 * WAN)),
    light("逾期", "红", report("2024-06", "在建"), due=month(2024, 5)),
    light("到期未核实不亮灯", "无", as_of="2024Q2", due=month(2024, 5)),
    light("停工", "黄", HALTED),
    light("停工而达序仍黄", "黄", HALTED, OPENED, plan(120 * WAN)),
    light("停工而严重滞后仍红", "红", report("2024-06", "停工", 0), OPENED, plan(120 * WAN)),
    light("停工且逾期", "红", HALTED, due=month(2024, 5)),
    light("停工且临期", "黄", report("2024-06", "停工"), as_of=date(2024, 8, 10), due=month(2024, 8)),
    light("三亚不看停工", "无", HALTED, rules="三亚2022"),
    light("武汉不看逾期", "无", report("2024-06", "在建"), due=month(2024, 5), rules="武汉"),
    light("应开未开", "黄", NOT_BEGUN, as_of=date(2024, 7, 1), start=month(2024, 6)),
    light("应开未开两个月零九天", "黄", NOT_BEGUN, as_of=date(2024, 9, 29), start=month(2024, 6)),
    light("应开未开满三个月", "红", NOT_BEGUN, as_of=date(2024, 9, 30), start=month(2024, 6)),
    light("应开未核实不亮灯", "无", as_of=date(2024, 9, 30), start=month(2024, 6)),
    light("先看开工再看进度", "黄", NOT_BEGUN, plan(120 * WAN), as_of=date(2024, 7, 1), start=month(2024, 6)),
    light("未填报无依据", "无", plan(120 * WAN)),
    light("缺期初数无依据", "无", plan(120 * WAN), report("2024-06", "在建", 1)),
    light("年度计划为零无依据", "无", OPENED, plan(0), report("2024-06", "在建", 1)),
    light("未到开工期无依据", "无", plan(9 * WAN), report("2024-06", "未开工", 0), start=month(2024, 8)),
]


def test_lights(book: Book) -> None:
    judge(book, LIGHTS)


def soon(name: str, expected: str, *rows: Rows, rules: str | None = None) -> Case:
    return light(name, expected, *rows, as_of=date(2024, 10, 10), due=month(2024, 10), rules=rules)


def test_due_soon_turns_green_and_none_blue(book: Book) -> None:
    def done(fen: int) -> tuple[Rows, ...]:
        return OPENED, plan(120 * WAN), report("2024-09", "在建", fen)

    judge(
        book,
        [
            soon("绿变蓝", "蓝", *done(120 * WAN)),
            soon("无变蓝", "蓝"),
            soon("黄不变", "黄", *done(90 * WAN)),
            soon("红不变", "红", *done(0)),
            soon("三亚不变", "绿", *done(120 * WAN), rules="三亚2022"),
        ],
    )


VERDICTS = [("达序", "绿"), ("略低", "绿"), ("滞后", "黄"), ("严重滞后", "红")]


def test_a_persons_verdict_counts_only_without_amount_or_year_plan(book: Book) -> None:
    def judged(name: str, expected: str, verdict: str, *rows: Rows, period: str = "2024-06", **facts: Any) -> Case:
        return light(name, expected, report(period, "在建", goal_verdict=verdict), *rows, **facts)

    unpriced: dict[str, Any] = {"investment_fen": None, "investment_kind": "待定"}
    judge(
        book,
        [
            *(judged(f"无年度计划{verdict}", word, verdict) for verdict, word in VERDICTS),
            judged("只有形象目标", "黄", "滞后", plan(None)),
            judged("总投资待定", "黄", "滞后", plan(120 * WAN), **unpriced),
            judged("都有而本年累计不明", "无", "滞后", plan(120 * WAN)),
            judged("上年的判断", "无", "滞后", period="2023-12"),
            light(
                "进度已知时看进度",
                "绿",
                OPENED,
                plan(120 * WAN),
                report("2024-06", "在建", 60 * WAN, goal_verdict="严重滞后"),
            ),
        ],
    )


def test_an_override_shows_both_lights(book: Book) -> None:
    book.report("24", "2024Q2", "停工", "0")
    book.ledger.override(OverrideInput(no="24", period=month(2024, 6), light="绿", reason="本周已复工"))
    position = book.position("24", "2024Q2")
    assert (position.light_computed, position.light, position.override_reason) == ("黄", "绿", "本周已复工")
    later = book.position("24", "2024Q3")
    assert (later.light, later.light_override) == ("黄", None)
    assert book.figures.totals(book.point("2024Q2"), Filter(light="绿")).count == 1
    with pytest.raises(ValueError, match="reason"):
        OverrideInput(no="24", period=month(2024, 6), light="绿", reason=" ")


def test_the_adopted_rule_set_is_used_from_its_day(book: Book) -> None:
    assert book.figures.in_force(book.point()).label == "银川2025 参考规则(未批准)"
    book.ledger.adopt("武汉", "红重办〔2024〕7号", date(2024, 7, 1))
    assert book.figures.in_force(book.point("2024Q2")).doc is None
    assert book.figures.in_force(book.point("2024Q3")).label == "武汉（红重办〔2024〕7号）"
    assert book.figures.in_force(book.point("2024Q3"), "三亚2022").doc is None
    book.report("24", "2024Q3", "停工", "0")
    assert [book.position("24", "2024Q3", rules=name).light for name in (None, "银川2025")] == ["无", "黄"]


# Pace.

STEPS = plan(100 * WAN, 10 * WAN, 20 * WAN, 30 * WAN, 40 * WAN)


def pace(
    name: str, as_of: str, share: Fraction | None, planned: int | None, *rows: Rows, **facts: Any
) -> tuple[Case, Fraction | None]:
    return Case(name, {"planned": planned}, as_of, rows, facts), share


SEVEN = span("2024-06", "2025-12")
EIGHT = span("2022-01", "2024-08")
TWELVE = span("2023-06", "2025-12")
FLAT = plan(84 * WAN)

PACES = [
    pace("分季一季末", "2024-03", Fraction(1, 10), 10 * WAN, STEPS, **TWELVE),
    pace("分季四月", "2024-04", Fraction(1, 6), 16_666_667, STEPS, **TWELVE),
    pace("分季五月", "2024-05", Fraction(7, 30), 23_333_333, STEPS, **TWELVE),
    pace("分季半年", "2024Q2", Fraction(3, 10), 30 * WAN, STEPS, **TWELVE),
    pace("分季全年", "2024Q4", Fraction(1), 100 * WAN, STEPS, **TWELVE),
    pace("分季而未到开工期", "2024-05", None, None, STEPS, **SEVEN),
    pace("六月至十二月，六月", "2024-06", Fraction(1, 7), 12 * WAN, FLAT, **SEVEN),
    pace("六月至十二月，九月", "2024Q3", Fraction(4, 7), 48 * WAN, FLAT, **SEVEN),
    pace("六月至十二月，五月", "2024-05", None, None, FLAT, **SEVEN),
    pace("一月至八月，六月", "2024Q2", Fraction(6, 8), 63 * WAN, FLAT, **EIGHT),
    pace("一月至八月，九月", "2024Q3", Fraction(1), 84 * WAN, FLAT, **EIGHT),
    pace("期限在上年", "2024Q1", Fraction(3, 12), 21 * WAN, FLAT, **span("2023-03", "2023-11")),
    pace("期限恰在上年末", "2024Q1", Fraction(3, 12), 21 * WAN, FLAT, **span("2023-03", "2023-12")),
    pace("没有期限", "2024Q1", Fraction(3, 12), 21 * WAN, FLAT, **span(None, None)),
    pace("只有开工月", "2024Q1", Fraction(2, 11), 15_272_727, FLAT, **span("2024-02", None)),
    pace("没有年度计划", "2024Q2", Fraction(1, 7), None, **SEVEN),
    pace("下年开工", "2024Q4", None, None, FLAT, **span("2025-02", "2025-12")),
]


def test_pace(book: Book) -> None:
    judge(book, [case for case, _ in PACES])
    for as_of in dict.fromkeys(case.as_of for case, _ in PACES):
        rows = book.figures.positions(late_point(book, as_of))
        for row, (case, share) in zip(rows, PACES, strict=False):
            if case.as_of == as_of:
                assert (row.pace is None) == (share is None), case.name
                assert abs(Fraction(row.pace or 0) - (share or 0)) < Fraction(1, 10**20), case.name
    assert book.figures.totals(book.point("2024Q3")).pace * 12 == 9


def test_the_pace_used_is_named(book: Book) -> None:
    book.facts("1", **SEVEN)
    book.put(STEPS[0], "2", **STEPS[1])
    book.facts("2", **TWELVE)
    words = [book.figures.position(late_point(book, "2024Q3"), no).pace_words for no in ("1", "2")]
    assert words == ["本年工期4/7个月", "分季计划"]
    assert book.figures.position(late_point(book, "2024Q1"), "1").pace_words == "未到开工期"


# Flows.


def flow(name: str, as_of: str, quarter: int | None, ytd: int | None, *rows: Rows, **more: Any) -> Case:
    facts = span(more.pop("start", "2022-07"), "2025-12")
    return Case(name, {"quarter": quarter, "ytd": ytd} | more, as_of, rows, facts)


DECEMBER, Q1, Q2 = report("2023-12", "在建", 100), report("2024-03", "在建", 150), report("2024-06", "在建", 180)
Q3 = report("2024-09", "在建", 180)
DONE = report("2024-03", "完工", 150, finished=date(2024, 3, 1))

FLOWS = [
    flow("两头都有", "2024Q1", 50, 50, DECEMBER, Q1, quarter_note=None),
    flow("逐季", "2024Q2", 30, 80, DECEMBER, Q1, Q2),
    flow("缺期初数", "2024Q1", None, None, Q1, quarter_note="缺期初数", year_note="缺期初数"),
    flow("缺期初数而有上季", "2024Q2", 30, None, Q1, Q2, year_note="缺期初数"),
    flow("本季未填报", "2024Q2", None, None, DECEMBER, Q1, quarter_note="未填报", carried=True, cumulative=150),
    flow("补报", "2024Q2", None, 80, DECEMBER, Q2, quarter_note="含补报(2024Q1–2024Q2)", stated=180),
    flow(
        "补报两季", "2024Q3", None, 80, DECEMBER, report("2024-09", "在建", 180), catch_up=(80, "含补报(2024Q1–2024Q3)")
    ),
    flow("开工前为零", "2024Q2", 180, 180, Q2, start="2024-05"),
    flow("开工月不为零", "2024Q2", None, 180, Q2, start="2024-03"),
    flow("完工后不再填", "2024Q3", 0, 50, DECEMBER, DONE, cumulative=150, carried=False),
    flow("完工次年", "2025Q1", 0, 0, DECEMBER, DONE),
    flow("核减", "2024Q2", -10, 40, DECEMBER, Q1, report("2024-06", "在建", 140)),
    flow("月份期别", "2024-05", 10, 60, DECEMBER, Q1, report("2024-05", "在建", 160)),
    flow("没有金额的填报", "2024Q1", None, None, DECEMBER, report("2024-03", "在建"), quarter_note="未填报"),
    flow("无人填报", "2024Q1", None, None, cumulative=None, carried=False),
]


def test_flows(book: Book) -> None:
    judge(book, FLOWS)
    totals = book.figures.totals(late_point(book, "2024Q2"), Filter(nos=tuple(str(n) for n in range(1, 16))))
    rows = book.figures.positions(late_point(book, "2024Q2"), Filter(nos=tuple(str(n) for n in range(1, 16))))
    known = [row.quarter for row in rows if row.quarter is not None]
    assert any(row.catch_up for row in rows)
    assert (totals.quarter.fen, totals.quarter.known) == (sum(known), len(known))


def test_filed_not_started_is_nought(book: Book) -> None:
    book.report("24", "2023-12", "未开工")
    book.report("24", "2024Q1", "未开工")
    position = book.position("24", "2024Q1")
    assert (position.stated, position.quarter, position.ytd) == (0, 0, 0)


# Filing.


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> int:
    return int(datetime.combine(day, time(hour, minute, second), OFFICE_TIME).timestamp()) * 1_000_000


CLOSES = [(None, date(2024, 10, 15)), (date(2024, 10, 8), date(2024, 10, 8)), (date(2024, 11, 20), date(2024, 11, 20))]


@pytest.mark.parametrize(("given", "closes"), CLOSES)
def test_filing_window(book: Book, given: date | None, closes: date) -> None:
    if given:
        book.clock.set(date(2024, 9, 2))
        book.ledger.window(WindowInput(period=month(2024, 9), opens=date(2024, 9, 10), closes=given))
    last, next_day = at(closes, 23, 59, 59), at(date.fromordinal(closes.toordinal() + 1), 0)
    for number, moment in (("24", last), ("25", next_day)):
        book.put("report", number, **report("2024-09", "在建", 1)[1], recorded_at=moment)
    for no, moment, state in (("24", last, "已填报"), ("25", next_day, "迟报"), ("26", last, "待填报")):
        point = replace(book.point("2024Q3"), known_at=moment)
        assert book.figures.position(point, no).filing_state == state
    missing = replace(book.point("2024Q3"), known_at=next_day)
    assert book.figures.position(missing, "26").filing_state == "未填报"
    assert book.figures.totals(missing).filing_states["未填报"] == 60
    assert book.figures.totals(missing, Filter(silent=True)).count == 60


def test_a_past_day_is_judged_by_what_is_known_today(book: Book) -> None:
    """As of a day before the window closed, known after it: the day the ledger speaks of is the later one."""
    point = book.point("2024Q3")
    assert replace(point, known_at=at(date(2024, 10, 15), 9)).judged_on == date(2024, 10, 15)
    assert replace(point, known_at=at(date(2024, 3, 1), 9)).judged_on == date(2024, 9, 30)
    assert replace(point, known_at=at(date(2024, 3, 1), 23, 30)).judged_on == date(2024, 9, 30)


def filed(name: str, state: str, *rows: Rows, **facts: Any) -> Case:
    return Case(name, {"filing_state": state}, "2024Q3", rows, facts)


IN_TIME, TOO_LATE = at(date(2024, 10, 10), 9), at(date(2024, 10, 20), 9)


def test_filing_states(book: Book) -> None:
    def recorded(moment: int, status: str = "在建", period: str = "2024-09") -> Rows:
        return report(period, status, 1, recorded_at=moment)

    judge(
        book,
        [
            filed("按时", "已填报", recorded(IN_TIME)),
            filed("迟", "迟报", recorded(TOO_LATE)),
            filed("按时填报后更正", "已填报", recorded(IN_TIME), recorded(TOO_LATE)),
            filed("本期填报完工", "已填报", recorded(IN_TIME, "完工")),
            filed("上期已完工", "无需填报", recorded(IN_TIME, "完工", "2024-06")),
            filed("已退出", "无需填报", exited=1),
            filed("只有月报", "未填报", recorded(IN_TIME, "在建", "2024-08")),
            filed("没有填", "未填报"),
        ],
    )


def test_sent_back(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "10")
    book.report("24", "2024Q3", "在建", "11", reason="录入有误")
    book.ledger.send_back("24", month(2024, 9), "与现场不符")
    position = book.position("24", "2024Q3")
    assert (position.filing_state, position.cumulative, position.status) == ("退回", None, None)
    assert book.figures.totals(book.point("2024Q3"), Filter(silent=True, nos=("24",))).count == 1
    book.report("24", "2024Q3", "在建", "12")
    assert book.position("24", "2024Q3").filing_state == "迟报"


PERIODS = [
    (date(2024, 9, 1), month(2024, 9)),
    (date(2024, 8, 31), month(2024, 6)),
    (date(2024, 10, 1), month(2024, 9)),
    (date(2024, 12, 31), month(2024, 12)),
    (date(2025, 1, 1), month(2024, 12)),
]


@pytest.mark.parametrize(("day", "period"), PERIODS)
def test_the_period_filed_on_a_day(day: date, period: int) -> None:
    assert filing_period(day) == period


# As of.

AS_OF = [
    ("2024Q3", date(2024, 9, 30), month(2024, 9), 30, "在建"),
    ("2024-10", date(2024, 10, 31), month(2024, 10), 40, "停工"),
    ("2024-10-20", date(2024, 10, 20), month(2024, 9), 30, "在建"),
    ("2024-09-30", date(2024, 9, 30), month(2024, 9), 30, "在建"),
    ("2024-09-29", date(2024, 9, 29), month(2024, 6), 20, "在建"),
    ("2024-08-31", date(2024, 8, 31), month(2024, 6), 20, "在建"),
    ("2024", date(2024, 12, 31), month(2024, 12), 40, "停工"),
]


def test_as_of(book: Book) -> None:
    for row in (report("2024-06", "在建", 20), report("2024-09", "在建", 30), report("2024-10", "停工", 40)):
        book.put(row[0], "24", **row[1])
    for text, day, period, fen, status in AS_OF:
        point = late_point(book, text)
        position = book.figures.position(point, "24")
        assert (point.day, point.period) == (day, period), text
        assert (position.cumulative, position.status) == (fen, status), text
    assert late_point(book, date(2024, 10, 20)).period == month(2024, 9)
    assert book.point().day == book.today
