"""重点工程投资汇总: the quarterly workbook, sheet by sheet."""

from __future__ import annotations

from collections.abc import Callable

from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.reports.quarterly_alerts import alerts_sheet, changes_sheet, missing_sheet
from hgt_portfolio.reports.quarterly_data import Quarter, read_quarter
from hgt_portfolio.reports.quarterly_funds import FUNDS, funds_sheet
from hgt_portfolio.reports.quarterly_groups import domains_sheet, units_sheet
from hgt_portfolio.reports.quarterly_overview import guide_sheet, overview_sheet
from hgt_portfolio.reports.quarterly_phases import phases_sheet
from hgt_portfolio.reports.quarterly_projects import projects_sheet
from hgt_portfolio.reports.quarterly_years import years_sheet
from hgt_portfolio.reports.restated import RESTATED, restated_sheet
from hgt_portfolio.reports.supervision import supervision_sheet
from hgt_portfolio.rules.point import office_time
from hgt_portfolio.table import Book, Sheet

SHEETS: tuple[tuple[str, Callable[[Quarter], Sheet]], ...] = (
    ("说明与对账", guide_sheet),
    ("总览", overview_sheet),
    ("分领域", domains_sheet),
    ("分单位", units_sheet),
    ("近期远期", phases_sheet),
    ("分年度", years_sheet),
    (FUNDS, funds_sheet),
    ("项目调度表", projects_sheet),
    ("逾期与预警", alerts_sheet),
    ("督办事项", supervision_sheet),
    ("本季变化", changes_sheet),
    (RESTATED, restated_sheet),
    ("投资额未定与未填报", missing_sheet),
)


def quarterly_book(
    figures: Figures, point: Point, rules: str | None, progress: Callable[[str, int, int], None]
) -> Book:
    """Make the workbook of a quarter as known at the point; ``progress`` is told of each sheet."""
    progress("读取台账", 0, len(SHEETS))
    quarter = read_quarter(figures, point, rules)
    sheets = []
    for done, (name, make) in enumerate(SHEETS, 1):
        sheets.append(make(quarter))
        progress(name, done, len(SHEETS))
    created = office_time(point.known_at).replace(tzinfo=None)
    return Book(f"{quarter.portfolio}投资汇总 {quarter.label}", tuple(sheets), created, quarter.demo)
