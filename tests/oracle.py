"""The rules of §4.1–4.7 restated in plain Python over plain rows, to hold the program's SQL to.

Shares no code with ``hgt_portfolio.rules`` or ``hgt_portfolio.figures``, and favours the wording of the rules over
speed: dates are compared as dates, shares as ``Fraction``.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from math import floor
from typing import Any

from tests.raw import raw

Row = dict[str, Any]
Rows = dict[str, list[Row]]

BEIJING = timezone(timedelta(hours=8))
COMPLETE = ("完工", "竣工验收", "投用")
UNSTARTED = ("前期", "未开工")
STATUSES = ("前期", "未开工", "在建", "停工", *COMPLETE)
DEADLINES = ("按期完工", "逾期完工", "未到期", "临期", "逾期", "到期未核实", "已退出", "期限不明")
STARTS = ("已开工", "未到开工", "应开未开", "应开未核实", "已退出", "开工期不明")
LIGHTS = ("红", "黄", "蓝", "绿", "无")
FILINGS = ("待填报", "已填报", "迟报", "未填报", "退回", "无需填报")
PHASES = ("before", "near", "far", "after", "undated")
STAGES = ("near", "far", "undated")
VERDICTS = {"达序": "绿", "略低": "绿", "滞后": "黄", "严重滞后": "红"}
DAYS = ("effective", "day", "started", "finished", "opens", "closes", "since", "issued")
TABLES = (
    *("plan", "domain", "unit", "project", "project_version", "report", "year_plan", "verification", "send_back"),
    *("light_override", "filing_window", "version_unit", "unit_change"),
)


def read_rows(url: str) -> Rows:
    """Read the ledger's tables as plain rows, around the program."""
    with raw(url) as database:
        rows = {table: database.rows(f"SELECT * FROM {table}") for table in TABLES}
    for row in (row for table in rows.values() for row in table):
        row |= {name: date.fromisoformat(row[name]) for name in DAYS if isinstance(row.get(name), str)}
    return rows


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_of(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def end_of(index: int) -> date:
    return date(index // 12, index % 12 + 1, monthrange(index // 12, index % 12 + 1)[1])


def quarter(index: int) -> str:
    return f"{index // 12}Q{index % 12 // 3 + 1}"


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def last_quarter(day: date) -> int:
    """The last month of the last quarter that is over on a day."""
    return max(m for m in range(month(day) - 3, month(day) + 1) if m % 3 == 2 and end_of(m) <= day)


@dataclass(frozen=True)
class When:
    """The day D, the month P and the moment T."""

    day: date
    period: int
    known_at: int

    @property
    def january(self) -> int:
        return self.period // 12 * 12

    @property
    def quarter_base(self) -> int:
        return max(m for m in range(self.period - 3, self.period) if m % 3 == 2)

    @property
    def year_base(self) -> int:
        return self.january - 1


class Oracle:
    """Answers for one ledger's rows at one point, under one rule set."""

    def __init__(self, rows: Rows, when: When, rules: str = "银川2025") -> None:
        self.rows, self.when, self.rules = rows, when, rules
        self.plan = rows["plan"][0]
        self.domains = {row["id"]: row for row in rows["domain"]}
        self.units = {row["id"]: row for row in rows["unit"]}

    def known(self, table: str, project_id: int | None = None) -> list[Row]:
        moment = self.when.known_at
        return [
            row
            for row in self.rows[table]
            if (project_id is None or row["project_id"] == project_id)
            and row["recorded_at"] <= moment
            and (row["revoked_at"] is None or row["revoked_at"] > moment)
        ]

    def _unit(self, unit_id: int) -> Row:
        """The unit that stands in a unit's place on D."""
        changes = (row for row in self.known("unit_change") if row["unit_id"] == unit_id)
        change = newest((row for row in changes if row["effective"] <= self.when.day), "effective")
        return self.units[change["successor_id"] if change else unit_id]

    def positions(self) -> list[Row]:
        projects = sorted(self.rows["project"], key=lambda row: row["position"])
        return [found for found in map(self.position, projects) if found is not None]

    def position(self, project: Row) -> Row | None:
        when, number = self.when, project["id"]
        version = newest((v for v in self.known("project_version", number) if v["effective"] <= when.day), "effective")
        if version is None or version["replaced"]:
            return None
        reports = self.known("report", number)
        at_period = upto(reports, when.period)
        at_quarter = upto(reports, when.quarter_base)
        unit, domain = self._unit(version["lead_id"]), self.domains[version["domain_id"]]
        out: Row = {name: project[name] for name in ("id", "no", "position", "source_row", "stands_for")}
        out["root"] = project["root_id"] or project["id"]
        out |= {name: version[name] for name in VERSION_FIELDS}
        out |= {"version_id": version["id"], "investment": version["investment_fen"]}
        out |= {"domain": domain["name"], "unit": unit["name"], "unit_kind": unit["kind"]}
        out |= {"domain_order": domain["position"], "unit_order": unit["position"]}
        out |= {"day": when.day, "period": when.period}
        out |= self._status(number, reports)
        out |= {name: at_period and at_period[name] for name in FILED_FIELDS}
        this_year = at_period is not None and at_period["period"] >= when.january
        out["goal_verdict"] = at_period["goal_verdict"] if at_period and this_year else None
        figured = upto([row for row in standing(reports) if row["cumulative_fen"] is not None], when.period)
        out["period_filed"] = figured and figured["period"]
        out["cumulative"] = figured and figured["cumulative_fen"]
        out["prior_period"] = at_quarter and at_quarter["period"]
        out["prior_cumulative"] = at_quarter and at_quarter["cumulative_fen"]
        begins = month(out["started"]) if out["started"] else version["start"]
        verdict = self._verdict(number)

        idle = at_period is not None and at_period["period"] == when.period and at_period["status"] in UNSTARTED
        if idle and at_period is not None and at_period["cumulative_fen"] == 0:
            begins = when.period + 1

        def at(index: int) -> int | None:
            done = verdict is not None and verdict["status"] in COMPLETE and verdict["period"] <= index
            return stated(reports, index, begins, done=done)

        out["stated"] = at(when.period)
        out["base"] = at(when.quarter_base)
        out["opening"] = at(when.year_base)
        out["quarter"] = less(out["stated"], out["base"])
        out["ytd"] = less(out["stated"], out["opening"])
        started = self.plan["start"]
        out["since_plan"] = less(out["stated"], at(started - 1)) if when.period >= started else None
        out |= self._year(number, out)
        out["deadline_state"] = self._deadline(out)
        out["start_state"] = self._start(out)
        out["filing_state"] = self._filing(number, out, reports)
        near_end = self.plan["near_end"]
        due = out["due"]
        out["phase_deadline"] = "undated" if due is None else "near" if due <= near_end else "far"
        out |= self._lights(number, out)
        return out | self._derived(out)

    def _status(self, number: int, reports: list[Row]) -> Row:
        """状态: the later word of the latest report and the latest check up to D."""
        when = self.when
        over = month(when.day + timedelta(1)) - 1
        said = [row for row in reports if row["period"] <= over or office_day(row) <= when.day]
        report = upto(said, month(when.day))
        check = newest((c for c in self.known("verification", number) if c["day"] <= when.day), "day")
        verdict = self._verdict(number)
        word = report
        if verdict and (report is None or verdict["day"] >= end_of(report["period"])):
            word = verdict
        begun = upto([row for row in standing(reports) if row["started"] and row in said], month(when.day))
        starts = [row["started"] for row in (begun, check, verdict) if row and row["started"]]
        return {
            "status": word and word["status"],
            "finished": word and word["finished"],
            "started": starts[0] if starts else None,
            "report_period": report and report["period"],
            "check_day": check and check["day"],
            "check_period": check and check["period"],
            "check_how": check and check["how"],
            "check_finding": check and check["finding"],
        }

    def _verdict(self, number: int) -> Row | None:
        """The office's latest check up to D that says a status."""
        checks = self.known("verification", number)
        return newest((c for c in checks if c["day"] <= self.when.day and c["status"]), "day")

    def _year(self, number: int, out: Row) -> Row:
        when = self.when
        plans = [row for row in self.known("year_plan", number) if row["year"] == when.period // 12]
        plan = newest((row for row in plans if row["effective"] <= when.day), "effective")
        first = newest((row for row in plans if row["effective"] <= date(when.period // 12, 1, 1)), "effective")
        amount: int | None = plan["amount_fen"] if plan else None
        steps = None if plan is None or plan["q1_fen"] is None else [plan[f"q{n}_fen"] for n in (1, 2, 3, 4)]
        gone, own = self._months_gone(out["start"], out["due"])
        pace = None if gone is None else Fraction(gone, own)
        if steps is not None and gone is not None:
            months = range(when.period - when.january + 1)
            passed = sum((Fraction(steps[n // 3], 3) for n in months), Fraction(0))
            pace = passed / amount if amount else None
        planned = 0 if amount == 0 and gone is not None else None if amount is None or pace is None else amount * pace
        return {
            "year_plan": amount,
            "year_plan_first": first and first["amount_fen"],
            "goal": plan and plan["goal"],
            "stepped": int(steps is not None),
            "planned_exactly": planned,
            "planned": None if planned is None else half_up(Fraction(planned)),
            "pace": pace,
            "pace_gone": gone,
        }

    def _months_gone(self, start: int | None, due: int | None) -> tuple[int | None, int]:
        """How many of a project's own months within the year are gone by, and how many those are."""
        period, january = self.when.period, self.when.january
        if start is not None and start > period:
            return None, 0
        own = [m for m in range(january, january + 12) if (start is None or m >= start) and (due is None or m <= due)]
        own = own or list(range(january, january + 12))
        return sum(m <= period for m in own), len(own)

    def _spoken(self, out: Row, since: date) -> bool:
        reported = out["report_period"] is not None and end_of(out["report_period"]) >= since
        return reported or (out["check_day"] is not None and out["check_day"] >= since)

    def _deadline(self, out: Row) -> str:
        day, due = self.when.day, None if out["due"] is None else end_of(out["due"])
        if out["exited"]:
            return "已退出"
        if due is None:
            return "期限不明"
        if out["status"] in COMPLETE:
            return "按期完工" if out["finished"] <= due else "逾期完工"
        if day <= due:
            return "临期" if (due - day).days <= 30 else "未到期"
        return "逾期" if self._spoken(out, due) else "到期未核实"

    def _start(self, out: Row) -> str:
        if out["exited"]:
            return "已退出"
        if out["started"] or (out["status"] and out["status"] not in UNSTARTED):
            return "已开工"
        if out["start"] is None:
            return "开工期不明"
        if self.when.day <= end_of(out["start"]):
            return "未到开工"
        said = out["status"] in UNSTARTED and self._spoken(out, end_of(out["start"]))
        return "应开未开" if said else "应开未核实"

    def _filing(self, number: int, out: Row, reports: list[Row]) -> str:
        when = self.when
        windows = [row for row in self.known("filing_window") if row["period"] == when.period]
        closes = (
            max(windows, key=lambda row: int(row["id"]))["closes"] if windows else end_of(when.period) + timedelta(15)
        )
        filed = [row for row in reports if row["period"] == when.period]
        if filed:
            return "已填报" if min(beijing_day(row["filed_at"]) for row in filed) <= closes else "迟报"
        latest = upto(reports, when.period)
        verdict = self._verdict(number)
        found = verdict is not None and verdict["status"] in COMPLETE and verdict["period"] <= when.period
        if out["exited"] or found or (latest and latest["status"] in COMPLETE):
            return "无需填报"
        if any(row["period"] == when.period for row in self.known("send_back", number)):
            return "退回"
        judged = max(when.day, beijing_day(when.known_at))
        return "未填报" if judged > closes else "待填报"

    def _measured(self, out: Row) -> str | None:
        plan, done, pace = out["year_plan"], out["ytd"], out["pace"]
        if not plan or done is None or pace is None:
            return None
        rate = Fraction(done, plan)
        if self.rules == "银川2025":
            behind = (rate - pace) * 100
            return "绿" if behind >= -10 else "黄" if behind >= -30 else "红"
        green, yellow = {"三亚2022": (100, 50), "武汉": (80, 60)}[self.rules]
        return "绿" if rate * 100 >= pace * green else "黄" if rate * 100 >= pace * yellow else "红"

    def _note(self, out: Row, measured: str | None) -> str | None:
        slightly = (
            self.rules == "银川2025" and measured == "绿" and Fraction(out["ytd"], out["year_plan"]) < out["pace"]
        )
        return "略低" if slightly else None

    def _judged(self, out: Row, measured: str | None) -> tuple[str, str]:
        if out["exited"]:
            return "无", "已退出"
        if out["status"] in COMPLETE:
            return "无", "已完工"
        if self.rules == "银川2025":
            if out["deadline_state"] == "逾期":
                return "红", "逾期"
            if out["status"] == "停工":
                return ("红", MEASURED) if measured == "红" else ("黄", "停工")
            if out["start_state"] == "应开未开":
                three_over = self.when.day >= end_of(out["start"] + 3)
                return ("红", "应开未开满三个月") if three_over else ("黄", "应开未开")
        if measured:
            return measured, MEASURED
        if out["goal_verdict"] and (out["year_plan"] is None or out["investment"] is None):
            return VERDICTS[out["goal_verdict"]], "按年度形象目标（人工判断）"
        return "无", "无依据"

    def _lights(self, number: int, out: Row) -> Row:
        measured = self._measured(out)
        light, step = self._judged(out, measured)
        if self.rules == "银川2025" and out["deadline_state"] == "临期" and light in ("绿", "无"):
            light = "蓝"
        mine = [row for row in self.known("light_override", number) if row["period"] == self.when.period]
        override = newest(mine, "period")
        return {
            "measured": measured,
            "measured_note": self._note(out, measured),
            "light_computed": light,
            "light_step": step,
            "light_override": override and override["light"],
            "override_reason": override and override["reason"],
            "light": override["light"] if override else light,
        }

    def _derived(self, out: Row) -> Row:
        """What is worked out of the figures when they are printed."""
        day = self.when.day
        due = None if out["due"] is None else end_of(out["due"])
        baseline = None if out["baseline_due"] is None else end_of(out["baseline_due"])
        rate = Fraction(out["ytd"], out["year_plan"]) if out["ytd"] is not None and out["year_plan"] else None
        late: int | None = {"按期完工": 0, "未到期": 0, "临期": 0}.get(out["deadline_state"])
        if due and out["deadline_state"] in ("逾期", "逾期完工"):
            late = ((day if out["deadline_state"] == "逾期" else out["finished"]) - due).days
        share = out["cumulative"] is not None and out["investment"]
        return {
            "year_rate": rate,
            "deviation": None if rate is None or out["pace"] is None else rate - out["pace"],
            "total_rate": Fraction(out["cumulative"], out["investment"]) if share else None,
            "shortfall": less(out["planned"], out["ytd"]),
            "year_balance": less(out["year_plan"], out["ytd"]),
            "days_moved": (due - baseline).days if due and baseline else None,
            "days_overdue": late,
            "carried": out["stated"] is None
            and out["period_filed"] is not None
            and out["period_filed"] < out["period"],
            "catch_up": catch_up(out),
        }


VERSION_FIELDS = (
    *("source", "name", "scope", "unit_text", "period_text", "start", "due", "baseline_start", "baseline_due"),
    *(
        "baseline_fen",
        "stage",
        "operation",
        "exited",
        "investment_kind",
        "investment_text",
        "in_statistics",
        "statistics_code",
    ),
)
FILED_FIELDS = ("physical", "physical_percent", "problem", "next_step", "filed_by")
MEASURED = "按年度计划完成率与序时进度"


def newest(rows: Iterable[Row], key: str) -> Row | None:
    return max(rows, key=lambda row: (row[key], row["recorded_at"], row["id"]), default=None)


def upto(reports: Iterable[Row], period: int) -> Row | None:
    return newest((row for row in reports if row["period"] <= period), "period")


def less(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b


def standing(reports: list[Row]) -> list[Row]:
    """The latest report of each period."""
    return [row for row in reports if row is newest((r for r in reports if r["period"] == row["period"]), "period")]


def stated(reports: list[Row], period: int, start: int | None, *, done: bool) -> int | None:
    """The cumulative amount stated for exactly this month, or none."""
    row = upto(reports, period)
    if done or (row and (row["period"] == period or row["status"] in COMPLETE)):
        amount: int | None = row["cumulative_fen"] if row else None
        return amount
    not_begun = start is not None and period < start and not (row and row["cumulative_fen"])
    return 0 if not_begun else None


def catch_up(out: Row) -> tuple[int, str] | None:
    if out["quarter"] is not None or out["stated"] is None or out["prior_cumulative"] is None:
        return None
    first, last = quarter(out["prior_period"] + 1), quarter(out["period"])
    return out["stated"] - out["prior_cumulative"], f"含补报({last if first == last else f'{first}–{last}'})"


def beijing_day(moment: int) -> date:
    return datetime.fromtimestamp(moment // 1_000_000, UTC).astimezone(BEIJING).date()


def office_day(row: Row) -> date:
    return beijing_day(row["recorded_at"])


def months_split(plan: Row, row: Row) -> dict[str, int]:
    """按月分摊: one amount spread evenly over its months, rounded half up cumulatively."""
    amount, start, due = row["investment"], row["start"], row["due"]
    if amount is None:
        return dict.fromkeys(PHASES, 0)
    if start is None or due is None:
        return dict.fromkeys(PHASES, 0) | {"undated": amount}
    months = range(start, due + 1)

    def through(last: int) -> int:
        return half_up(Fraction(amount * sum(m <= last for m in months), len(months)))

    before, near, all_ = through(plan["start"] - 1), through(plan["near_end"]), through(plan["horizon_end"])
    return {"before": before, "near": near - before, "far": all_ - near, "after": amount - all_, "undated": 0}


def pair(rows: list[Row], value: str, *also: str) -> dict[str, int]:
    chosen = [row for row in rows if all(row[name] is not None for name in (value, *also))]
    return {"fen": sum(row[value] for row in chosen), "known": len(chosen)}


def counted(rows: list[Row], field: str, words: Iterable[str]) -> dict[str, int]:
    found = Counter(row[field] for row in rows)
    return {word: found[word] for word in words}


def group(rows: list[Row], plan: Row, period: int, name: str = "合计", kind: str = "") -> Row:
    """The totals over some positions, each with the number of rows it runs over."""
    monthly = Counter[str]()
    for row in rows:
        monthly.update(months_split(plan, row))
    phases = {
        basis: {
            stage: (
                sum(row[field] == stage for row in rows),
                sum(row["investment"] or 0 for row in rows if row[field] == stage),
            )
            for stage in STAGES
        }
        for basis, field in (("plan", "stage"), ("deadline", "phase_deadline"))
    }
    return {
        "name": name,
        "kind": kind,
        "months": period % 12 + 1,
        "count": len(rows),
        "originals": len({row["root"] for row in rows}) + sum(row["stands_for"] - 1 for row in rows),
        "priced": sum(row["investment"] is not None for row in rows),
        "investment": sum(row["investment"] or 0 for row in rows),
        **{name: pair(rows, name) for name in ("opening", "year_plan", "quarter", "ytd", "since_plan", "cumulative")},
        "rate_ytd": pair(rows, "ytd", "year_plan"),
        "rate_plan": pair(rows, "year_plan", "ytd"),
        "first_ytd": pair(rows, "ytd", "year_plan_first"),
        "first_plan": pair(rows, "year_plan_first", "ytd"),
        "planned": pair(rows, "planned", "ytd"),
        "planned_ytd": pair(rows, "ytd", "planned"),
        "share_cumulative": pair(rows, "cumulative", "investment"),
        "share_investment": pair(rows, "investment", "cumulative"),
        "monthly": {phase: monthly[phase] for phase in PHASES},
        "phases": phases,
        "statuses": counted(rows, "status", STATUSES),
        "unreported": sum(row["status"] is None for row in rows),
        "deadline_states": counted(rows, "deadline_state", DEADLINES),
        "start_states": counted(rows, "start_state", STARTS),
        "lights": counted(rows, "light", LIGHTS),
        "filing_states": counted(rows, "filing_state", FILINGS),
    }


GROUPINGS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "phase": ("stage", PHASES),
    "phase_deadline": ("phase_deadline", PHASES),
    "status": ("status", (*STATUSES, None)),
    "deadline": ("deadline_state", DEADLINES),
    "light": ("light", LIGHTS),
}


def groups(rows: list[Row], plan: Row, period: int, by: str) -> list[Row]:
    """The totals of each group, in the plan's or the vocabulary's order."""
    if by in ("domain", "unit"):
        order = sorted({(row[f"{by}_order"], row[by], row["unit_kind"] if by == "unit" else "") for row in rows})
        named = [([row for row in rows if row[by] == name], name, kind) for _, name, kind in order]
    else:
        field, words = GROUPINGS[by]
        named = [([row for row in rows if row[field] == word], word or "未填报", "") for word in words]
    return [group(chosen, plan, period, name, kind) for chosen, name, kind in named if chosen]
