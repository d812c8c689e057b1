"""The rule sets for lights: what there is, what is in force, and each beside the others."""

from __future__ import annotations

from hgt_portfolio.figures import Figures, Filter, InForce, Point
from hgt_portfolio.reports.words import point_words
from hgt_portfolio.rules.lights import RULE_SETS, RuleSet
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Light


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
            bands(rules),
        )
        for rules in RULE_SETS.values()
    )
    return Table("规则", "预警规则", columns, cells, unit_note="")


def bands(rules: RuleSet) -> str:
    """Say by which measure a rule set decides, and from where on which light."""
    return f"{rules.measure}：" + "、".join(
        f"{'其余' if band.minimum is None else f'≥{band.minimum}'} {band.light}{band.note}" for band in rules.bands
    )


def standing(in_force: InForce) -> str:
    """Say by which 文号 a rule set was adopted, or that it is for reference only."""
    return in_force.doc or "参考规则(未批准)"


def rule_comparison(figures: Figures, point: Point, where: Filter) -> Table:
    """Set the rule sets side by side: how many projects each would give which light."""
    columns = (Column("light", "预警灯", Kind.LABEL), *(Column(name, name, Kind.COUNT) for name in RULE_SETS))
    counts = {name: figures.totals(point, where, rules=name).lights for name in RULE_SETS}
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (str(light), *(counts[name][light] for name in RULE_SETS)) for light in Light
    )
    reds = sorted(counts, key=lambda name: -counts[name][Light.RED])
    sources = (
        f"{rules.name}：{standing(figures.in_force(point, name))}，{rules.source}" for name, rules in RULE_SETS.items()
    )
    notes = ("红灯：" + "，".join(f"{name} {counts[name][Light.RED]} 项" for name in reds), *sources)
    title = f"预警规则比较（截至 {point.day}）"
    return Table("规则比较", title, columns, cells, notes=notes, unit_note="")


def rule_differences(figures: Figures, point: Point, where: Filter) -> Table:
    """List the projects that the rule sets give different lights, with each set's light and reason."""
    judged = {name: figures.positions(point, where, rules=name) for name in RULE_SETS}
    columns = (
        Column("no", "序号", Kind.LABEL),
        Column("name", "项目名称", Kind.TEXT, 20),
        Column("unit", "责任单位", Kind.LABEL),
        *(Column(f"light_{name}", name, Kind.LABEL) for name in RULE_SETS),
        *(Column(f"reason_{name}", f"{name}的依据", Kind.TEXT, 20) for name in RULE_SETS),
    )
    cells = tuple(
        (rows[0].no, rows[0].name, rows[0].unit, *(row.light for row in rows), *(row.light_reason for row in rows))
        for rows in zip(*judged.values(), strict=True)
        if len({row.light for row in rows}) > 1
    )
    title = f"各套预警规则灯不同的项目（截至 {point.day}）"
    notes = (f"{len(cells)}/{len(next(iter(judged.values())))} 项灯不同", point_words(figures, point))
    return Table("灯不同的项目", title, columns, cells, notes=notes, unit_note="")
