"""Sending forms out: one workbook a unit; one that was filled and not yet taken back is never written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hgt_portfolio.exports import ExportError, file_safe, place
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.months import Month, last_day
from hgt_portfolio.reports.parts import facts_of
from hgt_portfolio.returns import book
from hgt_portfolio.returns.reading import read_back
from hgt_portfolio.returns.register import Register
from hgt_portfolio.returns.template import Standing, Template
from hgt_portfolio.terms import SILENT_STATES, RowChange


def form_name(template: Template, unit: str) -> str:
    """Name a unit's form: 进度填报表_区城管执法局_2024Q4.xlsx."""
    return f"{template.sheet}_{file_safe(unit)}_{template.span}.xlsx"


def write_forms(
    figures: Figures,
    folder: Path,
    kind: type[Template],
    period: Month,
    *,
    unit: str | None = None,
    silent: bool = False,
) -> list[Path]:
    """Write the form of each unit that is asked for projects, or of one unit, and give the paths.

    With ``silent`` a unit gets one only where a project of its own still has to file for the period.

    Raises ``Unknown`` for a unit without projects, and ``ExportError`` where a file cannot be written or an earlier
    form that was filled and not yet taken back would be lost.
    """
    template = kind.at(figures, period)
    refusal = template.refusal(figures)
    if refusal:
        raise ExportError(f"{refusal}。")
    point = figures.point(last_day(period))
    plan, head, about = figures.plan(), figures.chain_head(point), facts_of(figures, point)
    written = {}
    standings = template.standings(figures, point.known_at)
    for name, rows in _by_unit(figures, template, standings, unit).items():
        if silent and not any(row.position.filing_state in SILENT_STATES for row in rows):
            continue
        funded = [one for one in standings.values() if one.position.unit == name and template.asks_funds(one)]
        sent = book.Sent(
            *(template, plan.portfolio, name, point.known_at, head, about, bool(plan.demo)), tuple(rows), tuple(funded)
        )
        target = folder / form_name(template, name)
        _keep_filled(figures, target, kind)
        written[target] = book.render(sent)
    for target, content in written.items():
        place(target, content)
    return list(written)


def _by_unit(
    figures: Figures, template: Template, standings: Mapping[str, Standing], unit: str | None
) -> dict[str, list[Standing]]:
    """Group the projects that the form asks for by the unit that leads them."""
    by_unit: dict[str, list[Standing]] = {}
    for standing in standings.values():
        if template.asks(standing.position):
            by_unit.setdefault(standing.position.unit, []).append(standing)
    if unit is None:
        return by_unit
    register = Register(figures)
    wanted = register.unit_today(unit)
    asked = [name for name in by_unit if register.unit_today(name) == wanted]
    if not asked:
        raise Unknown(f"没有要填报的牵头项目的单位“{unit}”；可用：{'、'.join(by_unit)}。")
    return {name: by_unit[name] for name in asked}


def _keep_filled(figures: Figures, target: Path, kind: type[Template]) -> None:
    """Refuse to replace a form that says something the ledger does not."""
    if target.exists():
        earlier = read_back(figures, [target], kind)
        if earlier.taken or earlier.every_finding or earlier.of(RowChange.CONFLICT):
            raise ExportError(
                f"{target} 里有还没有收回的内容，没有覆盖，这次一份也没有写出。"
                f"请先用 {kind.command} 收回，或把它移走，或换一个文件夹。"
            )
