"""The rule sets for lights: what there is, what is in force, and each beside the others."""

from __future__ import annotations

from hgt_portfolio.figures import Figures, Filter, Point
from hgt_portfolio.rules.lights import RULE_SETS
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import (
    Light,
)


def rule_list(figures: Figures, point: Point) -> Table:
    """List the rule sets, their sources, and which is in force."""
    in_force = figures.in_force(point)
    columns = (
        Column("name", "规则", Kind.LABEL),
        Column("version", "版本", Kind.LABEL),
        Column("in_force", "采用", Kind.LABEL),
        Column("source", "来源"),
        Column("bands", "分档"),
    )
    cells = tuple(
        (
            rules.name,
            rules.version,
            (in_force.doc or "参考(未批准)") if rules.name == in_force.rules.name else None,
            rules.source,
            f"{rules.measure}："
            + "、".join(
                f"{'其余' if band.minimum is None else f'≥{band.minimum}'} {band.light}{band.note}"
                for band in rules.bands
            ),
        )
        for rules in RULE_SETS.values()
    )
    return Table("规则", "预警规则", columns, cells, unit_note="")


def rule_comparison(figures: Figures, point: Point, where: Filter) -> Table:
    """Set the rule sets side by side: how many projects each would give which light."""
    columns = (Column("light", "预警灯", Kind.LABEL), *(Column(name, name, Kind.COUNT) for name in RULE_SETS))
    counts = {name: figures.totals(point, where, rules=name).lights for name in RULE_SETS}
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (str(light), *(counts[name][light] for name in RULE_SETS)) for light in Light
    )
    return Table("规则比较", f"预警规则比较（截至 {point.day}）", columns, cells, unit_note="")
