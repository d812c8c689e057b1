"""Positions and totals: the plan's own figures, and random ledgers held against the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st

from hgt_portfolio.figures import By, Figures, Filter, Point
from hgt_portfolio.figures.position import POSITION_FIELDS
from hgt_portfolio.ledger import CheckInput, Ledger
from hgt_portfolio.money import wan_text, yi_text
from hgt_portfolio.months import last_quarter_end, month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.rules.lights import RULE_SETS
from hgt_portfolio.rules.point import OFFICE_TIME
from hgt_portfolio.store import Store, founded
from hgt_portfolio.terms import Basis, Phase
from tests import oracle
from tests.conftest import LOADED, TODAY, Book, Clock
from tests.oracle import Oracle, Row, When
from tests.postgres import Server
from tests.raw import raw

PLAN = read_plan()


# The plan's own figures, on a ledger that holds nothing else.


def test_the_plan_adds_up(fresh: Book) -> None:
    totals = fresh.figures.totals(fresh.point())
    assert (totals.count, totals.priced) == (62, 60)
    assert wan_text(totals.investment) == "2995731.99"
    assert yi_text(totals.investment) == "299.5732"
    unpriced = fresh.figures.positions(fresh.point(), Filter(priced=False))
    assert [(row.no, row.investment_kind, row.investment_text) for row in unpriced] == [
        ("12", "待定", "待定"),
        ("56", "文字", "节能效益款的88%"),
    ]


def test_domains(fresh: Book) -> None:
    found = fresh.figures.groups(fresh.point(), By.DOMAIN)
    assert [(group.name, group.count, group.priced, wan_text(group.investment)) for group in found] == [
        ("生态安全", 12, 11, "208257.00"),
        ("生态空间", 10, 10, "16933.60"),
        ("生态经济", 17, 17, "2007516.20"),
        ("生态生活", 20, 19, "340542.19"),
        ("生态文化", 3, 3, "422483.00"),
    ]


def test_units(fresh: Book) -> None:
    found = fresh.figures.groups(fresh.point(), By.UNIT)
    assert [(group.name, group.kind, group.count, wan_text(group.investment)) for group in found] == [
        ("区城管执法局", "区直部门", 29, "196775.00"),
        ("区农业农村局", "区直部门", 15, "85974.99"),
        ("红角洲街办", "镇街", 3, "300100.00"),
        ("区科工局", "区直部门", 1, "5000.00"),
        ("区城投公司", "平台公司", 3, "568385.00"),
        ("区商务局", "区直部门", 2, "230000.00"),
        ("沙井街办", "镇街", 1, "100000.00"),
        ("生米街办", "镇街", 2, "840283.00"),
        ("厚田乡", "镇街", 1, "47089.00"),
        ("区住建局", "区直部门", 3, "289925.00"),
        ("凤凰洲街办", "镇街", 1, "331600.00"),
        ("区委宣传部", "区直部门", 1, "600.00"),
    ]


PHASES = [
    ("plan", Phase.NEAR, 54, "1144906.99"),
    ("plan", Phase.FAR, 8, "1850825.00"),
    ("deadline", Phase.NEAR, 52, "1084304.99"),
    ("deadline", Phase.FAR, 10, "1911427.00"),
]


@pytest.mark.parametrize(("basis", "phase", "count", "amount"), PHASES)
def test_phases(fresh: Book, basis: str, phase: Phase, count: int, amount: str) -> None:
    totals = fresh.figures.totals(fresh.point())
    found, fen = totals.phases[basis][phase]
    assert (found, wan_text(fen)) == (count, amount)
    chosen = fresh.figures.totals(fresh.point(), Filter(phase=phase, basis=Basis(basis)))
    assert (chosen.count, wan_text(chosen.investment)) == (count, amount)


def test_phases_by_month_sum_exactly(fresh: Book) -> None:
    """Each row's months counted one by one from the printed cells, with fractions."""
    bounds = {"before": month(2022, 12), "near": month(2025, 12), "far": month(2030, 12), "after": month(2099, 12)}
    expected = dict.fromkeys(bounds, 0)
    for row in PLAN.rows:
        start, end = (tuple(map(int, text.replace("-", ".").split("."))) for text in _ends(row.period_text))
        months = range(month(*start), month(*end) + 1)
        through = 0
        for phase, last in bounds.items():
            share = Fraction((row.amount.fen or 0) * sum(m <= last for m in months), len(months))
            expected[phase] += oracle.half_up(share) - through
            through = oracle.half_up(share)
    totals = fresh.figures.totals(fresh.point())
    assert totals.monthly == expected | {"undated": 0}
    assert sum(totals.monthly.values()) == totals.investment
    assert all(totals.monthly[phase] > 0 for phase in bounds)


def _ends(text: str) -> list[str]:
    """Cut a 实施年限 cell in two: the first hyphen, and one that a year follows where there are two."""
    head, _, tail = text.partition("-")
    return [head, tail]


def test_nothing_is_invented(fresh: Book) -> None:
    totals = fresh.figures.totals(fresh.point(TODAY))
    assert {state: count for state, count in totals.deadline_states.items() if count} == {
        "到期未核实": 54,
        "未到期": 8,
    }
    assert {state: count for state, count in totals.start_states.items() if count} == {"应开未核实": 62}
    assert totals.lights == {"红": 0, "黄": 0, "蓝": 0, "绿": 0, "无": 62}
    assert totals.unreported == 62
    assert sum(totals.statuses.values()) == 0
    sums = (totals.cumulative, totals.quarter, totals.ytd, totals.year_plan, totals.planned, totals.opening)
    assert [(total.fen, total.known) for total in sums] == [(0, 0)] * 6
    rates = (totals.year_rate, totals.deviation, totals.total_rate, totals.shortfall, totals.year_balance)
    assert rates == (None,) * 5


# Random ledgers against the oracle.

FIRST, LAST = month(2023, 6), month(2025, 6)
MONTHS = st.integers(FIRST, LAST)
QUARTERS = st.sampled_from([m for m in range(FIRST, LAST) if m % 3 == 2])
DAYS = st.dates(date(2023, 10, 1), date(2025, 4, 30)) | st.sampled_from(
    [day for m in range(month(2023, 12), month(2025, 4)) for day in (oracle.first_of(m), oracle.end_of(m))]
)
FEN = st.sampled_from([0, 1, 60, 69, 70, 71, 89, 90, 100, 101, 250, 999, 1000, 7_777_777, 123_456_789_012])
PLANS = st.sampled_from([None, 0, 3, 100, 100, 120, 1000, 1000, 99_999_999])


def moment(day: date, hour: int = 9) -> int:
    return int(datetime.combine(day, time(hour), OFFICE_TIME).timestamp()) * 1_000_000


MOMENTS = st.one_of(DAYS, st.just(date(2023, 10, 1))).map(moment)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def stamps(draw: st.DrawFn) -> Row:
    at = draw(MOMENTS)
    revoked = draw(st.sampled_from((None, None, None, 3, 200)))
    end = None if revoked is None else at + revoked * 86_400_000_000
    return {"action_id": 1, "recorded_at": at, "revoked_at": end, "revoked_by": end and 1}


def finished(status: str | None, day: date) -> date | None:
    return day if status in oracle.COMPLETE else None


@st.composite
def reports(draw: st.DrawFn) -> Row:
    status = draw(st.sampled_from((*oracle.STATUSES, "在建", "在建", "在建")))
    day = draw(DAYS)
    stamp = draw(stamps())
    return stamp | {
        "filed_at": stamp["recorded_at"],
        "period": draw(QUARTERS | MONTHS),
        "kind": "季报",
        "unit_id": 1,
        "status": status,
        "cumulative_fen": draw(maybe(FEN)),
        "started": draw(st.sampled_from((None, None, date(2023, 9, 9)))),
        "finished": finished(status, day),
        "physical_percent": draw(st.sampled_from((None, 40))),
        "goal_verdict": draw(st.sampled_from((None, *oracle.VERDICTS))),
        "problem": draw(st.sampled_from((None, "征地滞后"))),
    }


@st.composite
def checks(draw: st.DrawFn) -> Row:
    day, status = draw(DAYS), draw(maybe(st.sampled_from(oracle.STATUSES)))
    period = oracle.month(day + timedelta(1)) - 1
    said = {"day": day, "period": period, "how": "现场", "finding": "现场查看", "status": status}
    return draw(stamps()) | said | {"finished": finished(status, day)}


@st.composite
def year_plans(draw: st.DrawFn) -> Row:
    year, amount = draw(st.integers(2024, 2025)), draw(PLANS)
    steps: Row = {}
    if amount is not None and draw(st.booleans()):
        low = amount // 5
        steps = {"q1_fen": low, "q2_fen": 2 * low, "q3_fen": 0, "q4_fen": amount - 3 * low}
    effective = draw(st.just(date(year, 1, 1)) | DAYS)
    return draw(stamps()) | {"year": year, "effective": effective, "amount_fen": amount, "goal": "完成主体"} | steps


@st.composite
def versions(draw: st.DrawFn, effective: date | None = None) -> Row:
    start = draw(maybe(MONTHS))
    due = draw(maybe(MONTHS | st.integers(month(2025, 11), month(2026, 2)) | st.just(month(2032, 5))))
    if start is not None and due is not None and due < start:
        start, due = due, start
    amount = draw(maybe(FEN))
    baseline = draw(maybe(MONTHS))
    return draw(stamps()) | {
        "effective": effective or draw(DAYS),
        "name": draw(st.sampled_from(("雨污管网", "[重点]100%_渠", "公园"))),
        "initials": "ywgw",
        "scope": "改造",
        "period_text": "",
        "start": start,
        "due": due,
        "baseline_due": baseline,
        "baseline_fen": amount,
        "stage": draw(st.sampled_from(oracle.STAGES)),
        "operation": 0,
        "exited": draw(st.sampled_from((0, 0, 0, 1))),
        "replaced": draw(st.sampled_from((0, 0, 0, 0, 1))),
        "domain_id": draw(st.integers(1, 3)),
        "lead_id": draw(st.integers(1, 4)),
        "unit_text": "某局",
        "investment_kind": "待定" if amount is None else "定额",
        "investment_fen": amount,
        "investment_text": "约数",
        "source": "附表",
    }


@st.composite
def overrides(draw: st.DrawFn) -> Row:
    return draw(stamps()) | {
        "period": draw(QUARTERS),
        "light": draw(st.sampled_from(oracle.LIGHTS)),
        "reason": "已约谈",
    }


@st.composite
def send_backs(draw: st.DrawFn) -> Row:
    return draw(stamps()) | {"period": draw(QUARTERS), "report_id": 1, "reason": "数据有误"}


@dataclass
class Drawn:
    """One project's random rows, by table."""

    rows: dict[str, list[Row]] = field(default_factory=dict)


@st.composite
def projects(draw: st.DrawFn) -> Drawn:
    loaded = draw(versions(effective=date(1, 1, 1))) | {"recorded_at": 1, "revoked_at": None, "revoked_by": None}
    return Drawn(
        {
            "project_version": [loaded, *draw(st.lists(versions(), max_size=1))],
            "report": draw(st.lists(reports(), max_size=6)),
            "verification": draw(st.lists(checks(), max_size=2)),
            "year_plan": draw(st.lists(year_plans(), max_size=2)),
            "send_back": draw(st.lists(send_backs(), max_size=1)),
            "light_override": draw(st.lists(overrides(), max_size=1)),
        }
    )


@st.composite
def windows(draw: st.DrawFn) -> Row:
    period, days = draw(QUARTERS), draw(st.integers(0, 40))
    closes = oracle.end_of(period) + timedelta(days)
    return draw(stamps()) | {"period": period, "opens": oracle.first_of(period), "closes": closes}


@st.composite
def successions(draw: st.DrawFn) -> Row:
    """One unit of the four gives way to another."""
    old, new = draw(st.permutations((1, 2, 3, 4)))[:2]
    return draw(stamps()) | {
        "unit_id": old,
        "successor_id": new,
        "kind": "合并",
        "effective": draw(DAYS),
        "doc": "机构〔2024〕1号",
    }


@st.composite
def points(draw: st.DrawFn) -> Point:
    known_at = draw(MOMENTS)
    if draw(st.booleans()):
        day = draw(DAYS)
        return Point(day, last_quarter_end(day), known_at)
    period = draw(st.integers(month(2023, 12), month(2025, 4)))
    return Point(oracle.end_of(period), period, known_at)


DRAWN = ("project", "project_version", "report", "year_plan", "verification", "send_back", "light_override")


@pytest.fixture
def scratch(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A ledger with the plan's units and domains and no project, for every random one; nothing guards its rows."""
    url = f"sqlite:///{tmp_path / 'random.db'}"
    if engine == "postgresql":
        server: Server = request.getfixturevalue("server")
        url = server.create()
    with founded(url) as store:
        Ledger(store, "甲", today=LOADED, clock=Clock(LOADED)).load(replace(PLAN, rows=PLAN.rows[:0], sub_items=()))
    with raw(url) as database:
        database.unguard()
        database.unbind()
    store = Store(url)
    yield store
    store.close()
    if engine == "postgresql":
        server.drop(url)


def fill(url: str, drawn: list[Drawn], limits: list[Row], merged: list[Row]) -> None:
    with raw(url) as database:
        database.execute("BEGIN")
        for table in ("unit_change", "filing_window", "version_unit", *reversed(DRAWN)):
            database.execute(f"DELETE FROM {table}")
        for number, one in enumerate(drawn, 1):
            root, stands_for = (1, 1) if number == 2 else (None, 1 + (number == 3))
            project = {"id": number, "no": str(number), "position": number, "action_id": 1}
            database.insert("project", project | {"root_id": root, "stands_for": stands_for})
            for table, rows in one.rows.items():
                for row in rows:
                    database.insert(table, {"project_id": number} | row)
        for limit in limits:
            database.insert("filing_window", limit)
        for change in merged:
            database.insert("unit_change", change)
        database.execute("COMMIT")


DERIVED = (
    *("year_rate", "pace", "deviation", "total_rate", "shortfall", "year_balance", "days_moved", "days_overdue"),
    *("carried", "catch_up"),
)


COMPARED = tuple(name for name in (*POSITION_FIELDS, *DERIVED) if name not in ("pace_top", "pace_bottom"))


def same(found: Any, expected: Any) -> bool:
    if isinstance(found, Decimal) and isinstance(expected, Fraction):
        return abs(Fraction(found) - expected) * 10**20 < 1 + abs(expected)
    return bool(found == expected)


def compare_positions(figures: Figures, point: Point, rules: str, expected: list[Row]) -> None:
    found = figures.positions(point, rules=rules)
    assert [row.no for row in found] == [row["no"] for row in expected]
    for position, row in zip(found, expected, strict=True):
        exactly = Fraction(position.pace_top, position.pace_bottom or 1) if position.pace_top is not None else None
        assert exactly == row["planned_exactly"]
        for name in COMPARED:
            value = getattr(position, name)
            assert same(value, row[name]), f"#{position.no} {name}: {value!r}, by the rules {row[name]!r}"


FILTERS: list[tuple[Filter, Callable[[Row], bool]]] = [
    (Filter(), bool),
    (Filter(domain="生态空间"), lambda row: row["domain_order"] == 2),
    (Filter(unit="区农业农村局", priced=True), lambda row: row["unit_order"] == 2 and row["investment"] is not None),
    (Filter(phase=Phase.NEAR), lambda row: row["stage"] == "near"),
    (Filter(phase=Phase.FAR, basis=Basis.DEADLINE), lambda row: row["phase_deadline"] == "far"),
    (Filter(status="未填报"), lambda row: row["status"] is None),
    (Filter(status="在建", priced=False), lambda row: row["status"] == "在建" and row["investment"] is None),
    (Filter(deadline_state="逾期"), lambda row: row["deadline_state"] == "逾期"),
    (Filter(start_state="应开未开"), lambda row: row["start_state"] == "应开未开"),
    (Filter(light="红"), lambda row: row["light"] == "红"),
    (Filter(filing_state="迟报"), lambda row: row["filing_state"] == "迟报"),
    (Filter(silent=True), lambda row: row["filing_state"] in ("待填报", "未填报", "退回")),
    (Filter(text="YWGW 公园"), lambda row: row["name"] == "公园"),
    (Filter(text="%_"), lambda row: row["name"] == "[重点]100%_渠"),
    (Filter(nos=("2", "4", "40")), lambda row: row["no"] in ("2", "4")),
]


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Stage.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    drawn=st.lists(projects(), min_size=5, max_size=9),
    limits=st.lists(windows(), max_size=2),
    merged=st.lists(successions(), max_size=2),
    asked=st.lists(points(), min_size=3, max_size=3),
    chosen=st.lists(st.sampled_from(FILTERS), min_size=3, max_size=3),
    grouped=st.permutations(list(By)),
)
def test_every_figure_is_the_oracles(
    scratch: Store,
    drawn: list[Drawn],
    limits: list[Row],
    merged: list[Row],
    asked: list[Point],
    chosen: list[tuple[Filter, Callable[[Row], bool]]],
    grouped: list[By],
) -> None:
    fill(scratch.url, drawn, limits, merged)
    rows, figures = oracle.read_rows(scratch.url), Figures(scratch)
    for point, rules, (where, keeps), by in zip(asked, RULE_SETS, chosen, grouped[:3], strict=True):
        expected = Oracle(rows, When(point.day, point.period, point.known_at), rules).positions()
        compare_positions(figures, point, rules, expected)
        kept = [row for row in expected if keeps(row)]
        plan = rows["plan"][0]
        assert asdict(figures.totals(point, where, rules=rules)) == oracle.group(kept, plan, point.period)
        found = [asdict(group) for group in figures.groups(point, by, where, rules=rules)]
        assert found == oracle.groups(kept, plan, point.period, by), by


def test_a_project_found_complete_without_an_amount_is_unknown_and_not_nought(book: Book) -> None:
    assert book.position("24", "2023Q3").stated == 0
    finished = date(2023, 9, 20)
    given = CheckInput(no="24", day=finished, how="现场", finding="已完工", status="完工", finished=finished)
    book.ledger.check(given)
    assert book.position("24", "2023Q3").stated is None


def test_what_is_filed_as_not_begun_has_done_nothing_in_the_quarter(book: Book) -> None:
    book.report("7", "2024Q3", "未开工")
    position = book.position("7", "2024Q3")
    assert (position.cumulative, position.quarter, position.ytd, position.since_plan) == (0, 0, 0, 0)
    book.report("8", "2024Q3", "在建", "0")
    assert book.position("8", "2024Q3").quarter is None
