"""What is always true of the figures of a ledger written through the door, and of its closed quarters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hgt_portfolio import __version__
from hgt_portfolio.figures import By, Figures, Point, Position
from hgt_portfolio.figures.closings import figures_digest
from hgt_portfolio.model.filing import Report
from hgt_portfolio.model.project import Project, ProjectVersion
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import last_day, month_text, quarter_text

SUMMED = {"year_plan": "本年计划投资", "quarter": "本季度完成", "ytd": "本年累计", "cumulative": "自开工累计"}
"""The amounts of a position that totals add up, with their labels."""

REFERENCES = (
    (
        "督办进展",
        "SELECT e.id FROM supervision_event e JOIN supervision s ON s.id = e.supervision_id WHERE e.no <> s.no",
        "督办编号与所指的督办事项不同",
    ),
    (
        "退回",
        "SELECT b.id FROM send_back b JOIN report r ON r.id = b.report_id"
        " WHERE b.project_id <> r.project_id OR b.period <> r.period",
        "与所退回的填报不是同一项目、同一期",
    ),
    (
        "调整",
        "SELECT a.id FROM amendment a JOIN amendment r ON r.id = a.request_id WHERE a.project_id <> r.project_id",
        "与所答复的申请不是同一项目",
    ),
    ("领域", "SELECT id FROM domain WHERE position <> id", "行号与规划里的次序不同"),
    (
        "责任单位",
        "SELECT u.id FROM unit u JOIN plan ON plan.action_id = u.action_id WHERE u.position <> u.id",
        "行号与规划里的次序不同",
    ),
    (
        "项目",
        "SELECT p.id FROM project p JOIN plan ON plan.action_id = p.action_id WHERE p.position <> p.id",
        "行号与规划里的次序不同",
    ),
    (
        "项目信息",
        "SELECT v.id FROM project_version v JOIN plan ON plan.action_id = v.action_id WHERE v.project_id <> v.id",
        "行号与规划里的次序不同",
    ),
)
"""What one row says of another: its table in words, the numbers of the rows where it is not so, and what is not."""


def sums_hold(figures: Figures) -> tuple[str, Iterator[str]]:
    """Check the sums: what falls has a reason, parts add up to the whole, and so do totals."""
    note = "各行前后引用一致，累计下降有原因，拆分各部分之和等于原数，年初加本年等于累计，合计等于各项之和。"
    return note, _sums(figures)


def _sums(figures: Figures) -> Iterator[str]:
    with figures.store.read() as session:
        for label, statement, words in REFERENCES:
            for row in session.execute(text(statement)).scalars():
                yield f"{label}第{row}行{words}。"
        yield from _falls(session)
        yield from _parts(session)
    point = figures.point()
    positions = figures.positions(point)
    for row in positions:
        known = row.opening is not None and row.ytd is not None and row.stated is not None
        if known and (row.opening or 0) + (row.ytd or 0) != row.stated:
            yield f"项目#{row.no}：截至上年底累计加本年累计不等于自开工累计。"
    yield from _totals(figures, point, positions)


def _falls(session: Session) -> Iterator[str]:
    """Find a cumulative amount below an earlier one where nothing filed between the two gives a reason."""
    said = (col(Report.cumulative_fen), col(Report.reason), col(Report.revoked_at), col(Report.action_id))
    query = select(col(Project.no), col(Report.id), col(Report.period), *said)
    query = query.join(Report, col(Report.project_id) == col(Project.id))
    query = query.order_by(col(Project.id), col(Report.period), col(Report.recorded_at), col(Report.id))
    rows = session.execute(query, execution_options={"yield_per": 500})
    for no, filed in groupby(rows, key=attrgetter("no")):
        yield from _fallen(no, list(filed))


def _fallen(no: str, filed: list[Any]) -> Iterator[str]:
    standing = {row.period: row for row in filed if row.revoked_at is None}
    stated = [row for row in standing.values() if row.cumulative_fen is not None]
    for before, after in pairwise(stated):
        reasons = [row.reason for row in filed if before.period <= row.period <= after.period and row.reason]
        # What one action files of several periods is not held against itself.
        held = before.action_id != after.action_id
        if held and after.cumulative_fen < before.cumulative_fen and not reasons:
            yield (
                f"进度填报（report）第{after.id}行（项目#{no}）：{month_text(after.period)} 自开工累计 "
                f"{wan_text(after.cumulative_fen)}万元低于 {month_text(before.period)} 的 "
                f"{wan_text(before.cumulative_fen)}万元，没有写原因。"
            )


def _parts(session: Session) -> Iterator[str]:
    """Find a split whose parts did not add up, when it was made, to the 总投资 of what was split."""
    part, whole = aliased(ProjectVersion), aliased(ProjectVersion)
    made = and_(col(part.project_id) == col(Project.id), col(part.action_id) == col(Project.action_id))
    query = select(col(Project.root_id), col(Project.action_id), func.sum(part.investment_fen), func.count())
    query = query.join(part, made).where(col(Project.root_id).is_not(None))
    query = query.group_by(col(Project.root_id), col(Project.action_id))
    for root_id, action_id, total, count in session.execute(query).all():
        replaced = select(col(whole.investment_fen), col(Project.no))
        replaced = replaced.join(Project, col(Project.id) == col(whole.project_id))
        replaced = replaced.where(col(whole.project_id) == root_id, col(whole.action_id) == action_id)
        for amount, no in session.execute(replaced.order_by(col(whole.effective)).limit(1)):
            if amount != total:
                yield f"项目#{no}：拆分出的{count}项总投资之和 {_wan(total)} 不等于原总投资 {_wan(amount)}。"


def _wan(fen: int | None) -> str:
    return "未定" if fen is None else f"{wan_text(fen)}万元"


def _totals(figures: Figures, point: Point, positions: list[Position]) -> Iterator[str]:
    """Hold the totals against the sums of the projects, and the domains and units against the totals."""
    total = figures.totals(point)
    groups = {by: figures.groups(point, by) for by in (By.DOMAIN, By.UNIT)}
    for name, label in SUMMED.items():
        stated = getattr(total, name)
        amounts = [value for row in positions if (value := getattr(row, name)) is not None]
        if (stated.fen, stated.known) != (sum(amounts), len(amounts)):
            yield f"合计的{label} {_wan(stated.fen)} 不等于各项之和 {_wan(sum(amounts))}。"
        for by, found in groups.items():
            if sum(getattr(group, name).fen for group in found) != stated.fen:
                yield f"按{_BY[by]}的{label}之和不等于合计 {_wan(stated.fen)}。"


_BY = {By.DOMAIN: "领域", By.UNIT: "单位"}


def closings_hold(figures: Figures) -> tuple[str, Iterator[str]]:
    """Check every closed quarter: its files against their hashes, and its figures made again against their digest."""
    closings = figures.closings(figures.point())
    return f"{len(closings)}个定稿季度存下的文件和按当时数据时点重算的数。", _closings(figures)


def _closings(figures: Figures) -> Iterator[str]:
    for closing in figures.closings(figures.point()):
        label = quarter_text(closing.period)
        for file in figures.kept_files(closing):
            if not file.whole:
                yield f"{label} 定稿存下的 {file.name} 与它的校验码（SHA-256）不符。"
        point = Point(last_day(closing.period), closing.period, closing.known_at)
        same = figures_digest(figures.positions(point, rules=closing.rules)) == closing.digest
        if not same and closing.program == __version__:
            yield f"{label} 按定稿时的数据时点重算，与定稿时的摘要不符。"
