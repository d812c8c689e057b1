"""The yardstick: every figure of the list and of the totals as SQL written by hand for plain ``sqlite3``.

Nothing of it comes from the program's own query builder; ``tests/test_bench.py`` holds that it gives the same figures.
Each lookup first asks whether the row found before it is the one, and goes to the index only where it is not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hgt_portfolio.rules.point import OFFICE_TIME, Point
from hgt_portfolio.terms import DeadlineState, FilingState, Light, StartState, Status

Values = dict[str, Any]

COMPLETE = "('完工', '竣工验收', '投用')"
UNSTARTED = "('前期', '未开工')"

FENCE = "LIMIT -1 OFFSET 0"
"""Keeps SQLite from writing a layer's expressions into the one above, once for each time they are named there."""


def known(row: str) -> str:
    """Say that a row was recorded, and not revoked, by the moment asked for."""
    return f"{row}.recorded_at <= :known AND ({row}.revoked_at IS NULL OR {row}.revoked_at > :known)"


def newest(table: str, conditions: str, order: str, column: str = "x.id") -> str:
    """Look up the newest row of a project."""
    return f"""(SELECT {column} FROM {table} x WHERE x.project_id = p.id AND {conditions} AND {known("x")}
        ORDER BY x.{order} DESC, x.recorded_at DESC, x.id DESC LIMIT 1)"""


def month_of(day: str) -> str:
    """Give the month index of a day written as ISO text."""
    return f"(substr({day}, 1, 4) * 12 + substr({day}, 6, 2) - 1)"


def standing(unit: str) -> str:
    """Give the unit that stands in a unit's place on the day."""
    return f"""coalesce((SELECT x.successor_id FROM unit_change x WHERE x.unit_id = {unit} AND x.effective <= :day
        AND {known("x")} ORDER BY x.effective DESC, x.recorded_at DESC, x.id DESC LIMIT 1), {unit})"""


def stated(month: str, row: str) -> str:
    """Give the amount that is stated for exactly a month."""
    return f"""CASE WHEN {row}_row = {month} THEN {row}_fen
        WHEN {row}_done IN {COMPLETE} THEN {row}_fen
        WHEN verdict_status IN {COMPLETE} AND verdict_period <= {month} THEN {row}_fen
        WHEN begins > {month} AND coalesce({row}_fen, 0) = 0 THEN 0 END"""


_SPOKEN = "x.period <= :month AND (x.period <= :over OR x.recorded_at < :tomorrow)"
_STANDS = f"""NOT EXISTS (SELECT 1 FROM report n WHERE n.project_id = p.id AND n.period = x.period
        AND (n.recorded_at, n.id) > (x.recorded_at, x.id) AND {known("n")})"""
_AMOUNTED = f"x.period <= :period AND x.cumulative_fen IS NOT NULL AND {_STANDS}"
_IN_YEAR = "x.year = :year AND x.effective <="
_BEGUN = newest("report", f"{_SPOKEN} AND x.started IS NOT NULL AND {_STANDS}", "period", "x.started")


class Lookup(NamedTuple):
    """One row to find of each project: the newest under the conditions.

    Where ``same`` holds it is the row found before, and where ``none`` does there is none.
    """

    row: str
    table: str
    conditions: str
    order: str
    before: str = ""
    same: str = ""
    none: str = ""

    @property
    def found(self) -> str:
        """The number of the row."""
        looked_up = newest(self.table, self.conditions, self.order)
        if not self.before:
            return looked_up
        return f"CASE WHEN {self.same} THEN {self.before}.id WHEN {self.none} THEN NULL ELSE {looked_up} END"


LOOKUPS = (
    Lookup("v", "project_version", "x.effective <= :day", "effective"),
    Lookup("o", "report", _SPOKEN, "period"),
    Lookup("a", "report", "x.period <= :period", "period", "o", "o.period <= :period AND :period <= :over", "0 = 1"),
    Lookup("q", "report", "x.period <= :quarter_base", "period", "a", "a.period <= :quarter_base", "a.id IS NULL"),
    Lookup("y", "report", "x.period <= :year_base", "period", "q", "q.period <= :year_base", "q.id IS NULL"),
    Lookup("b", "report", "x.period <= :plan_base", "period", "y", "y.period <= :plan_base", "y.id IS NULL"),
    Lookup("c", "verification", "x.day <= :day", "day"),
    Lookup(
        "w",
        "verification",
        "x.day <= :day AND x.status IS NOT NULL",
        "day",
        "c",
        "c.status IS NOT NULL",
        "c.id IS NULL",
    ),
    Lookup("t", "year_plan", f"{_IN_YEAR} :day", "effective"),
    Lookup("l", "light_override", "x.period = :period", "period"),
)
"""The version, the reports on the day, at the period and at its three bases, the checks, the plan, the override."""

_JOINS = "\n".join(
    f"{'' if one.row == 'v' else 'LEFT '}JOIN {one.table} {one.row} ON {one.row}.id = {one.found}" for one in LOOKUPS
)

_CHECKED = "(w.id IS NOT NULL AND (o.id IS NULL OR w.period >= o.period))"
_STEPPED = "CASE WHEN q1 IS NULL THEN 0 ELSE 1 END"
_FIRST_PLAN = newest("year_plan", f"{_IN_YEAR} :new_year", "effective", "x.amount_fen")

FACTS = f"""p.id, p.stands_for, p.root_id, v.id AS version_id, v.start, v.due, v.stage, v.exited,
    v.investment_fen AS investment,
    o.period AS report_period, c.id AS check_id, c.period AS check_period,
    w.status AS verdict_status, w.period AS verdict_period,
    CASE WHEN {_CHECKED} THEN w.status ELSE o.status END AS status,
    CASE WHEN {_CHECKED} THEN w.finished ELSE o.finished END AS finished,
    coalesce(CASE WHEN o.period <= :over AND o.started IS NOT NULL THEN o.started ELSE {_BEGUN} END,
        c.started, w.started) AS started,
    a.id AS now_id, a.period AS now_row, a.cumulative_fen AS now_fen, a.status AS now_done,
    q.period AS quarter_row, q.cumulative_fen AS quarter_fen, q.status AS quarter_done,
    y.period AS year_row, y.cumulative_fen AS year_fen, y.status AS year_done,
    b.period AS base_row, b.cumulative_fen AS base_fen, b.status AS base_done,
    CASE WHEN a.cumulative_fen IS NOT NULL THEN a.cumulative_fen WHEN a.id IS NOT NULL
        THEN {newest("report", _AMOUNTED, "period", "x.cumulative_fen")} END AS cumulative,
    CASE WHEN a.period > :year_base THEN a.goal_verdict END AS goal_verdict,
    t.id AS plan_id, t.amount_fen AS year_plan, t.q1_fen AS q1, t.q2_fen AS q2, t.q3_fen AS q3, t.q4_fen AS q4,
    CASE WHEN t.effective <= :new_year THEN t.amount_fen WHEN t.id IS NOT NULL THEN {_FIRST_PLAN} END
        AS year_plan_first,
    CASE WHEN a.period = :period THEN CASE WHEN a.filed_at < :closed THEN '已填报'
            WHEN EXISTS (SELECT 1 FROM report x WHERE x.project_id = p.id AND x.period = :period
                AND x.filed_at < :closed AND {known("x")}) THEN '已填报' ELSE '迟报' END
        WHEN v.exited = 1 THEN '无需填报'
        WHEN a.status IN {COMPLETE} THEN '无需填报'
        WHEN w.status IN {COMPLETE} AND w.period <= :period THEN '无需填报'
        WHEN EXISTS (SELECT 1 FROM send_back x WHERE x.project_id = p.id AND x.period = :period AND {known("x")})
            THEN '退回'
        ELSE :waiting END AS filing_state,
    l.id AS override_id, l.light AS light_override
"""

LAYERS = f"""
begun AS (SELECT *,
    CASE WHEN now_row = :period AND now_done IN {UNSTARTED} AND now_fen = 0 THEN :period + 1
        ELSE coalesce({month_of("started")}, start) END AS begins,
    CASE WHEN due <= :year_base THEN :year_base + 1 ELSE max(coalesce(start, 0), :year_base + 1) END AS first,
    CASE WHEN due <= :year_base THEN :year_base + 12
        ELSE min(coalesce(due, :year_base + 12), :year_base + 12) END AS last,
    max(coalesce(report_period, 0), coalesce(check_period, 0)) AS spoken
    FROM facts {FENCE}),
amounts AS (SELECT *,
    {stated(":period", "now")} AS stated,
    {stated(":quarter_base", "quarter")} AS base,
    {stated(":year_base", "year")} AS opening,
    CASE WHEN :period > :plan_base THEN {stated(":plan_base", "base")} END AS plan_base,
    CASE WHEN start > :period THEN NULL WHEN q1 IS NOT NULL
        THEN q1 * :part1 + q2 * :part2 + q3 * :part3 + q4 * :part4
        ELSE year_plan * max(min(:period, last) - first + 1, 0) END AS pace_top,
    CASE WHEN start > :period THEN NULL WHEN q1 IS NOT NULL THEN 3 ELSE last - first + 1 END AS pace_bottom,
    CASE WHEN start > :period THEN NULL ELSE max(min(:period, last) - first + 1, 0) END AS pace_gone
    FROM begun {FENCE}),
states AS (SELECT *,
    stated - base AS quarter, stated - opening AS ytd, stated - plan_base AS since_plan,
    (2 * pace_top + pace_bottom) / (2 * pace_bottom) AS planned,
    (stated - opening) * pace_bottom - pace_top AS ahead, year_plan * pace_bottom AS whole,
    CASE WHEN exited = 1 THEN '已退出' WHEN due IS NULL THEN '期限不明'
        WHEN status IN {COMPLETE} THEN CASE WHEN {month_of("finished")} <= due THEN '按期完工' ELSE '逾期完工' END
        WHEN due >= :month THEN CASE WHEN due <= :soon THEN '临期' ELSE '未到期' END
        WHEN spoken >= due THEN '逾期' ELSE '到期未核实' END AS deadline_state,
    CASE WHEN exited = 1 THEN '已退出' WHEN started IS NOT NULL THEN '已开工'
        WHEN status NOT IN {UNSTARTED} THEN '已开工' WHEN start IS NULL THEN '开工期不明'
        WHEN start >= :month THEN '未到开工' WHEN status IS NOT NULL AND spoken >= start THEN '应开未开'
        ELSE '应开未核实' END AS start_state
    FROM amounts {FENCE}),
measured AS (SELECT *,
    CASE WHEN whole > 0 AND ahead IS NOT NULL THEN CASE WHEN ahead >= 0 THEN '绿'
        WHEN ahead * 100 >= -10 * whole THEN '绿' WHEN ahead * 100 >= -30 * whole THEN '黄' ELSE '红' END
        END AS measured
    FROM states),
stepped AS (SELECT *,
    CASE WHEN exited = 1 THEN '已退出' WHEN status IN {COMPLETE} THEN '已完工'
        WHEN deadline_state = '逾期' THEN '逾期'
        WHEN status = '停工' AND measured = '红' THEN '按年度计划完成率与序时进度' WHEN status = '停工' THEN '停工'
        WHEN start_state = '应开未开' THEN CASE WHEN start <= :very_late THEN '应开未开满三个月' ELSE '应开未开' END
        WHEN measured IS NOT NULL THEN '按年度计划完成率与序时进度'
        WHEN (year_plan IS NULL OR investment IS NULL) AND goal_verdict IS NOT NULL
            THEN '按年度形象目标（人工判断）'
        ELSE '无依据' END AS light_step
    FROM measured),
lit AS (SELECT *,
    CASE light_step WHEN '按年度计划完成率与序时进度' THEN measured
        WHEN '按年度形象目标（人工判断）' THEN CASE goal_verdict WHEN '滞后' THEN '黄' WHEN '严重滞后' THEN '红'
            ELSE '绿' END
        WHEN '逾期' THEN '红' WHEN '停工' THEN '黄' WHEN '应开未开满三个月' THEN '红' WHEN '应开未开' THEN '黄'
        ELSE '无' END AS by_rule
    FROM stepped {FENCE}),
shown AS (SELECT *,
    CASE WHEN deadline_state = '临期' AND by_rule IN ('绿', '无') THEN '蓝' ELSE by_rule END AS light_computed
    FROM lit)"""

_PHASE = "CASE WHEN s.due <= :near_end THEN 'near' WHEN s.due > :near_end THEN 'far' ELSE 'undated' END"
_FILED = f"""CASE WHEN s.now_fen IS NOT NULL THEN s.now_row WHEN s.now_id IS NOT NULL
    THEN {newest("report", _AMOUNTED, "period", "x.period")} END"""

# The layers carry numbers and states alone: each text is fetched at the end, by the rows that the lookups found.
COLUMNS = f"""s.id, p.no, p.position, p.source_row, v.source, v.name, v.scope, d.name, u.name, u.kind, v.unit_text,
    v.period_text, s.start, s.due, v.baseline_start, v.baseline_due, v.baseline_fen, s.stage, {_PHASE},
    v.operation, s.exited, s.investment, v.investment_kind, v.investment_text, v.in_statistics, v.statistics_code,
    s.report_period, c.day, s.check_period, c.how, c.finding, s.status, s.started, s.finished, a.physical,
    a.physical_percent, a.problem, a.next_step, s.goal_verdict, a.filed_by, :period, {_FILED}, s.cumulative, stated,
    base, opening, quarter_row, quarter_fen, quarter, ytd, since_plan, year_plan, year_plan_first, t.goal, pace_top,
    pace_bottom, pace_gone, {_STEPPED}, planned, deadline_state, start_state, filing_state, measured,
    CASE WHEN measured = '绿' AND ahead < 0 THEN '略低' END, light_computed, light_step, light_override, l.reason,
    coalesce(light_override, light_computed), :day
FROM shown s
JOIN project p ON p.id = s.id
JOIN project_version v ON v.id = s.version_id
JOIN domain d ON d.id = v.domain_id
JOIN unit u ON u.id = {standing("v.lead_id")}
LEFT JOIN report a ON a.id = s.now_id
LEFT JOIN verification c ON c.id = s.check_id
LEFT JOIN year_plan t ON t.id = s.plan_id
LEFT JOIN light_override l ON l.id = s.override_id"""
"""Every field of ``Position``, in its order."""

POSITIONS = f"""WITH facts AS (SELECT {FACTS} FROM project p {_JOINS} WHERE v.replaced = 0
    ORDER BY p.position, p.id {FENCE}), {LAYERS} SELECT {COLUMNS}"""

PAGE = f"""WITH facts AS (SELECT {FACTS} FROM json_each(:chosen) j JOIN project p ON p.id = j.value {_JOINS}
    ORDER BY j.key {FENCE}), {LAYERS} SELECT {COLUMNS}"""
"""The positions of the projects whose numbers are given, in that order."""

NUMBERS = f"""SELECT p.id FROM project p JOIN project_version v ON v.id = {LOOKUPS[0].found}
WHERE v.replaced = 0 ORDER BY p.position, p.id"""

MATCHING = f"""WITH matching AS (
    SELECT v.project_id AS id FROM project_version v WHERE v.replaced = 0 AND v.effective <= :day AND {known("v")}
        AND (v.name LIKE :text OR v.unit_text LIKE :text OR v.initials LIKE :text
            OR v.lead_id IN (SELECT q.id FROM unit q JOIN unit u ON u.id = {standing("q.id")} WHERE u.name LIKE :text)
            OR v.domain_id IN (SELECT d.id FROM domain d WHERE d.name LIKE :text))
        AND NOT EXISTS (SELECT 1 FROM project_version n WHERE n.project_id = v.project_id AND n.effective <= :day
            AND (n.effective, n.recorded_at, n.id) > (v.effective, v.recorded_at, v.id) AND {known("n")})
    UNION SELECT p.id FROM project p JOIN project_version v ON v.id = {LOOKUPS[0].found}
        WHERE p.no LIKE :text AND v.replaced = 0)
SELECT p.id FROM matching JOIN project p USING (id) ORDER BY p.position, p.id"""
"""The projects that a word is found in; of the versions only those that say it are asked whether they are the newest.

The word is none of the states': no state is looked at.
"""


def spread(month: str) -> str:
    """Give how much of an amount falls in the months up to one."""
    return f"(2 * investment * max(min({month}, due) - start + 1, 0) + due - start + 1) / (2 * (due - start + 1))"


def _pair(name: str, value: str, known_too: str | None = None) -> dict[str, str]:
    """Sum a value and count the rows where it is known, and another where one is named."""
    both = f" FILTER (WHERE {value} IS NOT NULL AND {known_too} IS NOT NULL)" if known_too else ""
    return {f"{name} sum": f"sum({value}){both}", f"{name} known": f"count({value}){both}"}


def measures() -> dict[str, str]:
    """Give each aggregate of the totals by its name."""
    light = "coalesce(light_override, light_computed)"
    found = {
        "count": "count(*)",
        "originals": "count(*) - count(root_id) + count(DISTINCT root_id) + sum(stands_for - 1)",
        "unreported": "count(*) - count(status)",
        **{f"monthly {name}": f"sum({spread(month)})" for name, month in _SPREADS.items()},
        "monthly undated": "sum(investment) FILTER (WHERE start IS NULL OR due IS NULL)",
    }
    for name in ("investment", "opening", "year_plan", "quarter", "ytd", "since_plan", "cumulative"):
        found |= _pair(name, name)
    for name, value, known_too in _BOTH_KNOWN:
        found |= _pair(name, value, known_too)
    for basis, column in (("plan", "stage"), ("deadline", _PHASE.replace("s.", ""))):
        for phase in _PHASES:
            here = f"FILTER (WHERE {column} = '{phase}')"
            found |= {f"{basis} {phase} count": f"count(*) {here}", f"{basis} {phase} sum": f"sum(investment) {here}"}
    columns = {"statuses": "status", "lights": light} | {
        f"{n}s": n for n in ("deadline_state", "start_state", "filing_state")
    }
    for group, terms in VOCABULARIES.items():
        for term in terms:
            found[f"{group} {term}"] = f"count(*) FILTER (WHERE {columns[group]} = '{term}')"
    return found


_SPREADS = {"before": ":plan_base", "near": ":near_end", "all": ":horizon_end"}
_PHASES = ("near", "far", "undated")
_BOTH_KNOWN = (
    ("rate_ytd", "ytd", "year_plan"),
    ("rate_plan", "year_plan", "ytd"),
    ("first_ytd", "ytd", "year_plan_first"),
    ("first_plan", "year_plan_first", "ytd"),
    ("planned", "planned", "ytd"),
    ("planned_ytd", "ytd", "planned"),
    ("share_cumulative", "cumulative", "investment"),
    ("share_investment", "investment", "cumulative"),
)
VOCABULARIES = {
    "statuses": Status,
    "deadline_states": DeadlineState,
    "start_states": StartState,
    "lights": Light,
    "filing_states": FilingState,
}

MEASURES = tuple(measures())

TOTALS = f"""WITH facts AS (SELECT {FACTS} FROM project p {_JOINS} WHERE v.replaced = 0 {FENCE}), {LAYERS}
SELECT {", ".join(measures().values())} FROM shown"""
"""Every sum and count of ``Group``, in the order of ``MEASURES``."""


def asked(database: sqlite3.Connection, point: Point) -> Values:
    """Give the values that a point stands for, and what the ledger says of the plan and of the filing window."""
    sql = f"""SELECT start, near_end, horizon_end, (SELECT closes FROM filing_window x WHERE period = :period
        AND {known("x")} ORDER BY id DESC LIMIT 1) FROM plan"""
    (plan,) = database.execute(sql, {"period": point.period, "known": point.known_at}).fetchall()
    return values_of(point, *plan)


def values_of(point: Point, plan_start: int, near_end: int, horizon_end: int, closes: str | None) -> Values:
    """Give every value that the statements name."""
    period, day = point.period, point.day
    year, quarter = period // 12, period % 12 // 3
    year_base = year * 12 - 1
    last_of_period = date(year + (period % 12 == 11), (period + 1) % 12 + 1, 1) - timedelta(days=1)
    last_day = date.fromisoformat(closes) if closes else last_of_period + timedelta(days=15)
    tomorrow, soon = day + timedelta(days=1), day + timedelta(days=31)
    over = tomorrow.year * 12 + tomorrow.month - 2
    elapsed = period - year_base
    parts = {f"part{n}": min(max(elapsed - 3 * (n - 1), 0), 3) for n in (1, 2, 3, 4)}
    judged_on = max(day, point.asked_on or day, datetime.fromtimestamp(point.known_at / 1e6, OFFICE_TIME).date())
    return {
        **parts,
        "known": point.known_at,
        "period": period,
        "quarter_base": year_base + 3 * quarter,
        "year": year,
        "year_base": year_base,
        "plan_base": plan_start - 1,
        "new_year": f"{year}-01-01",
        "near_end": near_end,
        "horizon_end": horizon_end,
        "day": day.isoformat(),
        "month": day.year * 12 + day.month - 1,
        "over": over,
        "very_late": over - 3,
        "soon": soon.year * 12 + soon.month - 2,
        "tomorrow": _midnight(tomorrow),
        "closed": _midnight(last_day + timedelta(days=1)),
        "waiting": "未填报" if judged_on > last_day else "待填报",
    }


def _midnight(day: date) -> int:
    """Give the moment that a day begins in the office, in microseconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=OFFICE_TIME).timestamp()) * 1_000_000


def totals(database: sqlite3.Connection, values: Values) -> dict[str, Any]:
    """Give the totals in the shape of ``Group``, whose ``far`` and ``after`` are what the spread sums leave."""
    return shaped(database.execute(TOTALS, values).fetchone())


def shaped(row: Sequence[Any]) -> dict[str, Any]:
    """Sort the sums and counts of one row by what they are."""
    found = {name: int(value or 0) for name, value in zip(MEASURES, row, strict=True)}
    pairs = [name.removesuffix(" known") for name in MEASURES if name.endswith(" known")]
    before, near, through = (found[f"monthly {name}"] for name in _SPREADS)
    undated = found["monthly undated"]
    after = found["investment sum"] - undated - through
    monthly = {"before": before, "near": near - before, "far": through - near, "after": after, "undated": undated}
    return {
        "count": found["count"],
        "originals": found["originals"],
        "unreported": found["unreported"],
        "priced": found["investment known"],
        **{name: {"fen": found[f"{name} sum"], "known": found[f"{name} known"]} for name in pairs},
        "investment": found["investment sum"],
        "monthly": monthly,
        "phases": {
            basis: {phase: (found[f"{basis} {phase} count"], found[f"{basis} {phase} sum"]) for phase in _PHASES}
            for basis in ("plan", "deadline")
        },
        **{group: {term: found[f"{group} {term}"] for term in terms} for group, terms in VOCABULARIES.items()},
    }


def page(
    database: sqlite3.Connection, values: Values, text: str, *, limit: int, offset: int = 0
) -> tuple[list[int], list[Any]]:
    """Give the numbers of all projects that a word is found in, and the positions of one page of them."""
    sql = MATCHING if text else NUMBERS
    numbers = [number for (number,) in database.execute(sql, values | {"text": f"%{text}%"})]
    chosen = json.dumps(numbers[offset : offset + limit])
    return numbers, database.execute(PAGE, values | {"chosen": chosen}).fetchall()
