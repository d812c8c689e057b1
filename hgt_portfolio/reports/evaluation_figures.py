"""The numbers of the yearly evaluation, each with its exact value, rule and rows; and the actions behind them.

A figure's key says what its rows are: indicators or lines, years of 专项资金, 督办事项, projects with their checks or
funds, else projects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from hgt_portfolio.document import Figure
from hgt_portfolio.figures import Event, Point, SupervisionItem
from hgt_portfolio.figures.funds import SpecialYear
from hgt_portfolio.figures.indicators import Judged, Line
from hgt_portfolio.plan import Inconsistency
from hgt_portfolio.reports.bulletin_figures import MEASURES, Scope, exact_text, whole
from hgt_portfolio.reports.bulletin_funds import FUND as FUND_COLUMN
from hgt_portfolio.reports.bulletin_paper import deciding
from hgt_portfolio.reports.evaluation_data import Evaluation, code
from hgt_portfolio.reports.words import amount_words

COUNTED = "符合条件的逐项计数"
INDICATOR, CHECK, FUND, SPECIAL, SUPERVISION = "indicator", "check", "fund", "special", "supervision"
PLAN = "plan"
"""How the key of a figure begins whose rows are not the projects of the portfolio."""

AMOUNTS = ("planned", "received", "paid")

FIRST_DAY = date(1900, 1, 1)
"""A day before every filing."""


def indicators(key: str, name: str, rows: Iterable[Judged], of: Sequence[Judged]) -> Figure:
    """Count indicators or commitments."""
    return _count(f"{INDICATOR}.{key}", name, tuple(code(one) for one in rows), len(of))


def lines(key: str, name: str, rows: Iterable[Line], of: int) -> Figure:
    """Count lines of indicators."""
    return _count(f"{INDICATOR}.{key}", name, tuple(line.code for line in rows), of)


def inconsistencies(evaluation: Evaluation) -> tuple[Figure, Figure]:
    """Count the places where the plan does not agree with itself, and those of them that are about its tables."""
    every, tables = evaluation.inconsistencies, evaluation.inconsistent_tables
    return _places("inconsistencies", "规划文本的不一致", every), _places("tables", "规划指标表的不一致", tables)


def _places(key: str, name: str, found: Sequence[Inconsistency]) -> Figure:
    rows = tuple(one.code for one in found)
    said = str(len(rows))
    return Figure(f"{PLAN}.{key}", said, name, f"{said}处", COUNTED, rows, len(rows))


def items(key: str, name: str, rows: Iterable[SupervisionItem], of: Sequence[SupervisionItem]) -> Figure:
    """Count 督办事项."""
    return _count(f"{SUPERVISION}.{key}", name, tuple(item.no for item in rows), len(of))


def steps(key: str, name: str, times: int, rows: Iterable[SupervisionItem]) -> Figure:
    """Count what was done about 督办事项: an item may be reminded more than once."""
    nos = tuple(item.no for item in rows)
    return Figure(f"{SUPERVISION}.{key}", str(times), name, f"{times}次", "年内的办理环节逐次计数", nos, len(nos))


def checks(evaluation: Evaluation) -> tuple[Figure, Figure]:
    """Count the office's own checks of the year, and the projects that they are of."""
    nos, of = tuple(evaluation.checked), len(evaluation.quarter.positions)
    times = sum(map(len, evaluation.checked.values()))
    made = Figure(f"{CHECK}.times", str(times), "核实次数", f"{times}次", "年内的核实记录逐次计数", nos, len(nos), of)
    return made, _count(f"{CHECK}.projects", "核实过的项目", nos, of)


def finding_count(evaluation: Evaluation, rule: str) -> Figure:
    """Count the projects that a rule of the supervision of funds found something of."""
    nos = (row.position.no for row in evaluation.funded if any(one.rule == rule for one in row.findings))
    return _count(f"{FUND}.finding.{rule}", rule, tuple(nos), len(evaluation.funds))


def special(one: SpecialYear, *, change: bool = False, over: bool = False) -> Figure:
    """Give 专项资金 of a year, by how much it changed against the year before, without its sign, or was overpaid."""
    if over:
        fen = (one.paid_fen or 0) - one.amount_fen
        key, name = f"{SPECIAL}.{one.year}.over", f"{one.year}年专项资金支付超过安排"
        return Figure(key, amount_words(fen), name, exact_text(fen), "支付−安排", (str(one.year),), 1)
    fen = (one.change or 0) if change else one.amount_fen
    years = (str(one.year - 1), str(one.year)) if change else (str(one.year),)
    name, rule = ("比上年增减", "本年−上年") if change else ("", "当年的专项资金")
    key = f"{SPECIAL}.{one.year}{'.change' if change else ''}"
    text = amount_words(abs(fen))
    return Figure(key, text, f"{one.year}年专项资金{name}", exact_text(fen), rule, years, len(years))


def told(evaluation: Evaluation) -> Scope:
    """Give the scope of all projects at the newest quarter of the year that says something."""
    scope = whole(evaluation.told)
    return scope if evaluation.told is evaluation.quarter else replace(scope, key=f"latest.{scope.key}")


def _count(key: str, name: str, rows: tuple[str, ...], of: int) -> Figure:
    return Figure(key, str(len(rows)), name, f"{len(rows)}项", COUNTED, rows, len(rows), of)


_RATES = {"received_rate": ("received", "planned"), "paid_rate": ("paid", "received")}


def _column(figure: Figure) -> str:
    """Give the field of a position that a figure is made from, of a count the one that it counts by."""
    measure = figure.key.removesuffix(".known").rpartition(".")[2]
    if figure.column or measure not in MEASURES:
        return figure.column or ("status" if figure.key.startswith("state.") else "")
    return MEASURES[measure].column


class Actions:
    """Finds the actions that the figures of an evaluation come from."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        first = replace(evaluation.point, day=FIRST_DAY)
        self._events: dict[str, list[Event]] = defaultdict(list)
        for event in evaluation.figures.changes(first, evaluation.point):
            self._events[event.no].append(event)
        self._positions = {
            quarter.point.period: {position.no: position for position in quarter.positions}
            for quarter in (evaluation.quarter, evaluation.told)
        }

    def of(self, figure: Figure) -> tuple[int, ...]:
        """Give the numbers of the actions that a figure's rows were written by, each once, the earliest first."""
        kind = figure.key.partition(".")[0]
        find = self._FINDERS.get(kind, Actions._of_projects)
        return tuple(sorted(set(find(self, figure))))

    def _of_indicators(self, figure: Figure) -> Iterable[int]:
        for line in self._evaluation.lines.values():
            filed = line.actual is not None and (line.code in figure.rows or line.code.split(".")[0] in figure.rows)
            if line.actual is not None and filed:
                yield line.actual.action_id

    def _of_plan(self, _figure: Figure) -> Iterable[int]:
        return ()

    def _of_checks(self, figure: Figure) -> Iterable[int]:
        return (action for no in figure.rows for action in self._evaluation.checked[no])

    def _of_items(self, figure: Figure) -> Iterable[int]:
        for item in self._evaluation.items:
            if item.no in figure.rows:
                yield item.action_id
                yield from (step.action_id for step in item.steps)

    def _of_funds(self, figure: Figure) -> Iterable[int]:
        measure = figure.column.removeprefix(FUND_COLUMN)
        names = _RATES.get(measure, (measure,) if measure in AMOUNTS else AMOUNTS)
        for no in figure.rows:
            funds = self._evaluation.funds.get(no)
            lines = [line for line in (funds.sources if funds else ()) if measure != "paid_rate" or line.of_one_month]
            stated = (getattr(line, name) for line in lines for name in names)
            yield from (one.action_id for one in stated if one is not None)

    def _of_special(self, figure: Figure) -> Iterable[int]:
        return (one.action_id for one in self._evaluation.special if str(one.year) in figure.rows)

    def _of_projects(self, figure: Figure) -> Iterable[int]:
        point, column = self._point(figure), _column(figure)
        for no in figure.rows:
            events = deciding(self._events[no], point, column)
            yield from (event.action_id for event in events)

    def _point(self, figure: Figure) -> Point:
        latest = figure.key.startswith("latest.")
        return (self._evaluation.told if latest else self._evaluation.quarter).point

    _FINDERS: dict[str, Callable[[Actions, Figure], Iterable[int]]] = {  # noqa: RUF012
        INDICATOR: _of_indicators,
        CHECK: _of_checks,
        PLAN: _of_plan,
        FUND: _of_funds,
        SPECIAL: _of_special,
        SUPERVISION: _of_items,
    }
