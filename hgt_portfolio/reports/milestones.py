"""节点 and 子项 in words and as lists."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from hgt_portfolio.figures import Filter, Node, Point, Portfolio, SubCount, share_met
from hgt_portfolio.money import rounded
from hgt_portfolio.months import month_text
from hgt_portfolio.reports.words import number
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import MilestoneState


def node_words(node: Node) -> str:
    """Say a milestone and where it stands: 主体封顶（2024-06，权重30%）逾期 12 天."""
    weight = "" if node.weight is None else f"，权重{node.weight}%"
    return f"{node.name}（{month_text(node.planned)}{weight}）{state_words(node)}"


def state_words(node: Node) -> str:
    """Say where a milestone stands, with the days it is late or the day it was met."""
    late = f" {node.days} 天" if node.days else ""
    return f"{node.state}{late}" + (f"（{node.met}）" if node.met else "")


def share_words(nodes: list[Node]) -> str:
    """Say how many milestones are met, and the weighted share where all have weights."""
    met = sum(node.met is not None for node in nodes)
    share = share_met(nodes)
    weighed = sum(node.weight is not None for node in nodes)
    said = f"按权重 {rounded(share * 100, 2)}%" if share is not None else f"有权重 {weighed}/{len(nodes)}，不算加权"
    return f"已完成 {met}/{len(nodes)}，{said}"


def sub_item_words(items: list[SubCount]) -> str:
    """Say sub-items with both counts: 12/63：流湖镇 12/19、厚田乡 未报/33."""
    done = [item.done for item in items if item.done is not None]
    parts = "、".join(f"{item.name} {'未报' if item.done is None else item.done}/{item.total}" for item in items)
    total = sum(item.total for item in items)
    silent = "" if len(done) == len(items) else f"（{len(items) - len(done)}/{len(items)} 组未报）"
    return f"{sum(done) if done else '未报'}/{total}{silent}：{parts}"


def both_counts(count: int, items: Iterable[SubCount]) -> str | None:
    """Say how many projects there are once sub-items count in their projects' place; None where there are none."""
    totals = {no: sum(item.total for item in group) for no, group in groupby(items, key=lambda item: item.no)}
    if not totals:
        return None
    named = "、".join(f"#{no} 含子项 {total} 个" for no, total in totals.items())
    return f"{named}；以子项计共 {count - len(totals) + sum(totals.values())} 项"


def counted_sub_items(figures: Portfolio, point: Point, where: Filter) -> list[SubCount]:
    """Read the sub-items of the projects that a filter lets through."""
    items = figures.sub_items(point)
    shown = {row.no for row in figures.positions(point, where)} if items else set()
    return [item for item in items if item.no in shown]


def milestone_list(figures: Portfolio, point: Point, no: str | None = None) -> Table:
    """List the milestones of one project or of all, with the state of each on D."""
    names = {row.no: row.name for row in figures.positions(point, Filter(nos=(no,) if no else ()))}
    if no is not None:
        figures.position(point, no)
    nodes = [node for node in figures.milestones(point, no) if node.no in names]
    columns = (
        Column("no", "序号", Kind.COUNT),
        Column("project", "项目名称"),
        Column("name", "节点"),
        Column("planned", "计划月", Kind.MONTH),
        Column("weight", "权重%", Kind.COUNT),
        Column("state", "状态", Kind.LABEL),
        Column("days", "逾期天数", Kind.COUNT),
        Column("met", "完成日期", Kind.DATE),
        Column("evidence", "依据"),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            number(node.no),
            names[node.no],
            node.name,
            node.planned,
            node.weight,
            node.state,
            node.days,
            node.met,
            node.evidence,
        )
        for node in nodes
    )
    late = sum(node.state == MilestoneState.OVERDUE for node in nodes)
    notes = [f"截至 {point.day}：节点 {len(nodes)} 个，逾期 {late} 个"]
    notes += [f"#{of} {share_words(list(group))}" for of, group in groupby(nodes, key=lambda node: node.no)]
    if not nodes:
        notes = ["还没有节点。登记：hgt milestone 序号 名称 计划月 --weight 权重"]
    title = f"#{no} {names.get(no, '')} 节点" if no else "项目节点"
    return Table("节点", title, columns, cells, notes=tuple(notes), unit_note="")


def sub_item_list(figures: Portfolio, point: Point, no: str | None = None) -> Table:
    """List the sub-items of one project or of all by group, with how many are done."""
    if no is not None:
        figures.position(point, no)
    items = figures.sub_items(point, no) if no else counted_sub_items(figures, point, Filter())
    columns = (
        Column("no", "序号", Kind.COUNT),
        Column("name", "子项", Kind.LABEL),
        Column("total", "总数", Kind.COUNT),
        Column("done", "已完成", Kind.COUNT),
        Column("since", "截至", Kind.LABEL),
        Column("source", "来源"),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            number(item.no),
            item.name,
            item.total,
            item.done,
            None if item.done is None else item.since.isoformat(),
            item.source,
        )
        for item in items
    )
    count = figures.totals(point).count
    said = both_counts(count, items)
    notes = [f"#{of} 子项 {sub_item_words(list(group))}" for of, group in groupby(items, key=lambda item: item.no)]
    notes += [f"重点工程 {count} 项；{said}"] if said and no is None else []
    return Table("子项", f"#{no} 子项" if no else "子项", columns, cells, notes=tuple(notes), unit_note="")
