"""What the yearly evaluation is made from, read once at the year's end; and the lines that its sheets carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hgt_portfolio.figures import Figures, Point, SupervisionItem, Unknown
from hgt_portfolio.figures.funds import ProjectFunds, SpecialYear
from hgt_portfolio.figures.indicators import BASE_YEAR, Judged, Line
from hgt_portfolio.months import Month, last_day, last_quarter_end, month
from hgt_portfolio.plan import Inconsistency, read_inconsistencies, read_plan
from hgt_portfolio.plan.indicators import TABLES as PLACES
from hgt_portfolio.plan.indicators import code_of
from hgt_portfolio.reports.bulletin_figures import heard
from hgt_portfolio.reports.funds import Funded, funded
from hgt_portfolio.reports.quarterly_data import SIGNATURES, Quarter, read_quarter
from hgt_portfolio.rules.indicators import target_year
from hgt_portfolio.rules.point import moment_words, office_day
from hgt_portfolio.table import Block, Chart, Sheet
from hgt_portfolio.terms import DISCLAIMER, Attainment, Catalogue

TABLES = (Catalogue.PROVINCIAL, Catalogue.NATIONAL)
"""The catalogues that are the plan's two tables of indicators."""


@dataclass(frozen=True)
class Evaluation:
    """A year of the plan at its end, or at the end of its last quarter that is over at the moment of knowledge.

    ``told`` is the newest quarter of the year that somebody filed for: the year's end itself where that says something
    or none does. ``before`` says whether each indicator met its standard the year before, ``items`` are the 督办事项.
    """

    year: int
    quarter: Quarter
    told: Quarter
    judged: Mapping[Catalogue, tuple[Judged, ...]]
    before: Mapping[str, Attainment | None]
    funded: tuple[Funded, ...]
    special: tuple[SpecialYear, ...]
    items: tuple[SupervisionItem, ...]
    checked: Mapping[str, tuple[int, ...]]

    @property
    def figures(self) -> Figures:
        """The ledger that it is read from."""
        return self.quarter.figures

    @property
    def point(self) -> Point:
        """The point that it is read at."""
        return self.quarter.point

    @property
    def over(self) -> bool:
        """Whether the year was over at the moment of knowledge."""
        return self.point.period == month(self.year, 12)

    @property
    def target(self) -> int:
        """The year whose targets count."""
        return target_year(self.year)

    @property
    def every(self) -> list[Judged]:
        """Every indicator and commitment, in the plan's order."""
        return [one for found in self.judged.values() for one in found]

    @property
    def shipped(self) -> bool:
        """Whether the plan is the one that ships with the program, whose text has been read whole."""
        return self.quarter.doc_no == read_plan().doc_no

    @property
    def inconsistencies(self) -> tuple[Inconsistency, ...]:
        """Where the plan does not agree with itself."""
        return tuple(read_inconsistencies()) if self.shipped else ()

    @property
    def inconsistent_tables(self) -> tuple[Inconsistency, ...]:
        """Where its two tables of indicators do not agree with each other or with its text."""
        return tuple(one for one in self.inconsistencies if any(table in one.place for table in PLACES.values()))

    @property
    def commitments(self) -> tuple[Judged, ...]:
        """The commitments that hold for the year: those with a target that counts for it, or a lasting requirement."""
        rows = self.judged[Catalogue.COMMITMENT]
        return tuple(one for one in rows if any(line.target or line.standard for line in one.lines))

    @cached_property
    def funds(self) -> dict[str, ProjectFunds]:
        """The funds of the projects that any were filed of, by project number."""
        return {row.position.no: row.funds for row in self.funded if row.funds is not None}

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Every line of the indicators and commitments by its code."""
        return {line.code: line for one in self.every for line in one.lines}


def code(one: Judged) -> str:
    """Give the code of an indicator as a whole: 省-9."""
    return code_of(one.catalogue, one.number, 0)


def evaluation_point(figures: Figures, year: int, known_at: str | None = None) -> Point:
    """Give the point that a year is evaluated at; raises ``Unknown`` for a year outside the plan or not begun.

    What is known of a closed quarter at its close is not enough: the year's indicators are filed after its end.
    """
    horizon = figures.horizon()
    first, last = horizon.start // 12, horizon.end // 12
    if not first <= year <= last:
        raise Unknown(f"规划期为{first}—{last}年，没有{year}年的年度评估。")
    moment = figures.point(None, known_at).known_at if known_at else figures.last_action()
    over = last_quarter_end(office_day(moment))
    if over < month(year, 3):
        raise Unknown(f"到数据时点（{office_day(moment)}），{year}年还没有一个季度结束，不能评估。")
    period = min(over, month(year, 12))
    return Point(last_day(period), period, moment)


def read_evaluation(figures: Figures, point: Point) -> Evaluation:
    """Read everything that the evaluation of a point's year shows."""
    year = point.year
    quarter = read_quarter(figures, point, None)
    return Evaluation(
        year,
        quarter,
        _told(quarter),
        {catalogue: tuple(figures.indicators(year, point, catalogue)) for catalogue in Catalogue},
        dict(_before(figures, point)),
        tuple(funded(quarter.positions, figures.funds(point))),
        tuple(one for one in figures.special_funds(point) if one.year <= year),
        tuple(figures.supervision(point)),
        _checked(figures, point),
    )


def _told(quarter: Quarter) -> Quarter:
    """Give the newest quarter of the year that says something, as known at the same moment."""
    if heard(quarter):
        return quarter
    point = quarter.point
    for period in range(point.period - 3, point.year_base, -3):
        if quarter.figures.totals(_at(point, period)).filed:
            return read_quarter(quarter.figures, _at(point, period), None)
    return quarter


def _at(point: Point, period: Month) -> Point:
    return Point(last_day(period), period, point.known_at)


def _before(figures: Figures, point: Point) -> Iterator[tuple[str, Attainment | None]]:
    """Say whether each indicator met its standard the year before, by the plan's own word for its base year."""
    for one in figures.indicators(point.year - 1, point):
        yield code(one), one.verdict if point.year - 1 == BASE_YEAR else one.met_standard


def _checked(figures: Figures, point: Point) -> dict[str, tuple[int, ...]]:
    """Give the actions by which the office itself checked projects within the year, by project number."""
    found: dict[str, tuple[int, ...]] = {}
    for event in figures.changes(_at(point, point.year_base), point):
        if event.table == "verification" and event.holds.year == point.year:
            found[event.no] = (*found.get(event.no, ()), event.action_id)
    return found


def sheet(
    evaluation: Evaluation,
    name: str,
    title: str,
    *blocks: Block,
    right: str = "",
    notes: tuple[str, ...] = (),
    charts: tuple[Chart, ...] = (),
    frozen: int = 0,
) -> Sheet:
    """Make a sheet with the lines that every sheet of the workbook carries."""
    point = evaluation.point
    unfinished = "" if evaluation.over else "（年度未结束）"
    return Sheet(
        name,
        f"规划实施年度评估：{title}（{evaluation.year}年）",
        blocks,
        left=f"填报单位：{evaluation.quarter.office}",
        caption=f"截至日：{point.day.isoformat()}{unfinished}　数据时点：{moment_words(point.known_at)}",
        right=right,
        notes=notes,
        foot=(DISCLAIMER, SIGNATURES),
        charts=charts,
        frozen=frozen,
    )
