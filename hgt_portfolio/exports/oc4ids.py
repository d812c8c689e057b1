"""``hgt export oc4ids``: the projects as an OC4IDS project package, the same bytes for the same ledger and point.

Codes stand in ``oc4ids_codes.csv``: what a word of ours, or a word in a project's name, is in the standard's code
lists. What is not known is left out; amounts are exact yuan.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from hgt_portfolio.exports import ExportError, Progress, place
from hgt_portfolio.exports import oc4ids_models as oc
from hgt_portfolio.exports.guarding import Guard
from hgt_portfolio.figures.funds import ProjectFunds
from hgt_portfolio.figures.records import Change, Outline, Record
from hgt_portfolio.months import Month, first_day, last_day, month_text, quarter_text
from hgt_portfolio.output.plain import to_json
from hgt_portfolio.plan.about import NO_NUMBER
from hgt_portfolio.plan.records import records
from hgt_portfolio.plan.rows import NO_UNIT
from hgt_portfolio.rules.point import OFFICE_TIME, office_time
from hgt_portfolio.table import DEMO
from hgt_portfolio.terms import COMPLETE_STATUSES, PHASE_LABELS, AmendmentKind, DeadlineState, InvestmentKind, Phase

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Node, Point, Position
    from hgt_portfolio.model.project import PlanRecord

UNREGISTERED = "unregistered"
"""The prefix of project ids until the office has registered one of its own (oc4ids-xxxxxx)."""

BATCH = 500
"""Projects whose records are read at a time."""

PERCENT = oc.Unit(name="百分比", scheme="UNCEFACT", id="P1")
PLAN_DOCUMENT, BUDGET_DOCUMENT = "projectPlan", "budgetApproval"

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")
_ADDRESS = re.compile(r"https?://[!-~]+")

METRICS = {
    "financialProgress": ("自开工累计完成投资", "到期末为止的累计数；是已完成工作量的价值，不是支付的资金"),
    "annualInvestment": ("年度完成投资", "一年之内、或其中一个季度之内完成的投资"),
    "physicalProgress": ("形象进度", "到期末为止完成总工程量的百分比"),
    "fundsReceived": ("到位资金", "按资金来源，到期末为止的累计数"),
    "fundsPaid": ("支付资金", "按资金来源，到期末为止的累计数"),
}
"""By id: title and description. The first and the third are the standard's own, the others ours."""


def package_name(day: date) -> str:
    """Name the package of a day: 开放数据_OC4IDS_2024-10-20.json."""
    return f"开放数据_OC4IDS_{day.isoformat()}.json"


@dataclass(frozen=True)
class Codes:
    """What words are in the standard's code lists, by list and word."""

    lists: Mapping[str, Mapping[str, str]]

    def of(self, code_list: str, term: str | None) -> Any:
        """Give a word's code, None where it has none; the models hold it to what they know."""
        return self.lists[code_list].get(term or "") or None

    def first_in(self, code_list: str, text: str) -> Any:
        """Give the code of the first word of a list that a text holds."""
        return next((code or None for word, code in self.lists[code_list].items() if word in text), None)

    def all_in(self, code_list: str, text: str) -> tuple[str, ...]:
        """Give the codes of every word of a list that a text holds, each after the one it is a part of."""
        found = sorted({code for word, code in self.lists[code_list].items() if word in text})
        return tuple(dict.fromkeys(one for code in found for one in (code.partition(".")[0], code)))


@cache
def read_codes() -> Codes:
    """Read the code lists' words."""
    lists: dict[str, dict[str, str]] = {}
    path = files(__package__).joinpath("oc4ids_codes.csv")
    for name, term, code in records(path, lambda row: (row["list"], row["term"], row["code"])):
        lists.setdefault(name, {})[term] = code
    return Codes(lists)


@dataclass
class Maker:
    """Makes the projects of a package from a ledger at a point."""

    figures: Figures
    point: Point
    prefix: str
    codes: Codes = field(default_factory=read_codes)

    def __post_init__(self) -> None:
        self.plan: PlanRecord = self.figures.plan()
        self.source = self.plan.title if self.plan.doc_no == NO_NUMBER else self.plan.doc_no
        self.guard = Guard(self.figures.people_named())
        self.full_names = {unit.name: unit.full_name for unit in self.figures.units(self.point)}
        self.others = self.figures.cooperating(self.point)
        self.funds = self.figures.funds(self.point)
        self.nodes: dict[str, list[Node]] = {}
        for node in self.figures.milestones(self.point):
            self.nodes.setdefault(node.no, []).append(node)

    def head(self, uri: str | None, license_uri: str | None) -> oc.Head:
        """Give what the package says of itself; without an address of its own it is named after what it holds."""
        asked = (self.prefix, self.figures.chain_head(self.point), self.point.day, month_text(self.point.period))
        named = uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, asked)))
        office = f"{self.plan.office}（{DEMO}）" if self.plan.demo else self.plan.office
        return oc.Head(
            uri=uri or f"urn:uuid:{named}",
            published_date=instant(self.point.known_at),
            publisher=oc.Publisher(name=office),
            license=license_uri,
        )

    def projects(self) -> Iterator[oc.Project]:
        """Give the projects one after the other, in the plan's order."""
        rows = self.figures.each(self.point)
        while batch := list(islice(rows, BATCH)):
            found = self.figures.records(self.point, {row.id: row.started for row in batch})
            yield from (self.project(row, found[row.id]) for row in batch)

    def project(self, row: Position, record: Record) -> oc.Project:
        """Give one project."""
        nodes, funds = self.nodes.get(row.no, []), self.funds.get(row.no)
        return oc.Project(
            id=f"{self.prefix}-{row.no}",
            updated=instant(record.touched),
            identifiers=(oc.Identifier(id=row.no, scheme=f"{self.source} 序号"),),
            public_authority=None if row.unit == NO_UNIT else oc.Reference(id=row.unit, name=row.unit),
            title=f"【{DEMO}】{row.name}" if self.plan.demo else row.name,
            description=self.guard.shown(row.scope),
            budget=_budget(row, record, funds),
            period=_span(record.outline),
            status=self._status(row),
            type=None if row.operation else self.codes.first_in("projectType", row.name),
            sector=self.codes.all_in("projectSector", row.name) or None,
            additional_classifications=self._classifications(row),
            parties=self._parties(row) or None,
            forecasts=_forecasts(record),
            metrics=_metrics(row, record, funds, self.point),
            milestones=tuple(one for node in nodes if (one := self._milestone(node))) or None,
            completion=_completion(row, record),
            documents=self._documents(record),
            modifications=tuple(map(self._modification, record.changes)) or None,
        )

    def _status(self, row: Position) -> Any:
        exited = bool(row.exited) and row.status not in COMPLETE_STATUSES
        return self.codes.of("projectStatus", DeadlineState.EXITED if exited else row.status)

    def _classifications(self, row: Position) -> tuple[oc.Classification, ...]:
        named = (("领域", row.domain), ("阶段", PHASE_LABELS[Phase(row.stage)]))
        return tuple(
            oc.Classification(scheme=f"{self.source} {what}", id=name, description=name) for what, name in named
        )

    def _parties(self, row: Position) -> tuple[oc.Organization, ...]:
        """Give the 责任单位, the lead first; what names no unit (各街道, 未明确) is none."""
        named = (row.unit, *self.others.get(row.no, ()))
        names = dict.fromkeys(name for name in named if name in self.full_names and name != NO_UNIT)
        return tuple(
            oc.Organization(
                id=name,
                name=name,
                identifier=oc.LegalName(legal_name=full) if (full := self.full_names.get(name)) else None,
                roles=("publicAuthority",),
            )
            for name in names
        )

    def _milestone(self, node: Node) -> oc.Milestone | None:
        name = self.guard.shown(node.name)
        if name is None:
            return None
        return oc.Milestone(
            id=name,
            title=name,
            due_date=end_of(last_day(node.planned)),
            date_met=start_of(node.met) if node.met else None,
            status=self.codes.of("milestoneStatus", node.state),
        )

    def _modification(self, change: Change) -> oc.Modification:
        before, after = change.before, change.after
        priced = before is not None and before.fen != after.fen
        moved = before is not None and (before.start, before.due) != (after.start, after.due)
        return oc.Modification(
            id=str(change.id),
            date=start_of(change.effective),
            description=self.guard.shown(change.said),
            rationale=self.guard.shown(change.reason),
            type=self.codes.of("modificationType", change.kind),
            old_value=value(before.fen) if priced and before else None,
            new_value=value(after.fen) if priced else None,
            old_period=_span(before) if moved and before else None,
            new_period=_span(after) if moved else None,
        )

    def _documents(self, record: Record) -> tuple[oc.Document, ...]:
        """Give the documents that a project rests on, each once: the plan, year plans, approvals."""
        plan = oc.Document(
            id=self.source,
            document_type=PLAN_DOCUMENT,
            title=self.plan.title,
            date_published=start_of(self.plan.issued),
            author=self.plan.issuer,
        )
        told: list[tuple[str | None, str, str | None]] = [
            (aim.doc, f"{aim.year}年年度计划", None) for aim in record.aims
        ]
        for change in record.changes:
            kind = BUDGET_DOCUMENT if change.kind is AmendmentKind.INVESTMENT else None
            told.append((change.doc, f"调整批准（{change.kind}）", kind))
        found = {plan.id: plan}
        for doc, title, kind in told:
            if doc and doc not in found and self.guard.shown(doc):
                found[doc] = oc.Document(id=doc, document_type=kind, title=title)
        return tuple(found.values())


def instant(moment: int) -> str:
    """Write a moment of the ledger, to the second of the office's time."""
    return office_time(moment).isoformat(timespec="seconds")


def start_of(day: date) -> str:
    """Write the beginning of a day."""
    return datetime.combine(day, time.min, OFFICE_TIME).isoformat(timespec="seconds")


def end_of(day: date) -> str:
    """Write the last second of a day."""
    return datetime.combine(day, time(23, 59, 59), OFFICE_TIME).isoformat(timespec="seconds")


def value(fen: int | None) -> oc.Value | None:
    """Give an amount in yuan, exact to the fen; None stays unknown."""
    return None if fen is None else oc.Value(amount=Decimal(fen).scaleb(-2))


def _span(outline: Outline) -> oc.Period | None:
    if outline.start is None and outline.due is None:
        return None
    return oc.Period(
        start_date=None if outline.start is None else start_of(first_day(outline.start)),
        end_date=None if outline.due is None else end_of(last_day(outline.due)),
    )


def _between(first: date, last: date) -> oc.Period:
    return oc.Period(start_date=start_of(first), end_date=end_of(last))


def _budget(row: Position, record: Record, funds: ProjectFunds | None) -> oc.Budget:
    """Give 总投资 with its sources; one that is 待定 or a formula has words and no amount."""
    approved = [one for one in record.changes if one.before is not None and one.before.fen != one.after.fen]
    planned = [one for one in funds.sources if one.planned is not None] if funds else []
    lines = tuple(
        oc.BudgetBreakdown(id=line.source, description=line.source, amount=amount)
        for line in planned
        if line.planned is not None and (amount := value(line.planned.fen))
    )
    unpriced = row.investment_kind != InvestmentKind.FIXED and row.investment_text
    return oc.Budget(
        description=f"总投资：{row.investment_text}" if unpriced else "总投资",
        amount=value(row.investment),
        approval_date=start_of(approved[-1].effective) if approved else None,
        budget_breakdowns=(
            oc.BudgetBreakdowns(id="fundSource", description="按资金来源的计划数", budget_breakdown=lines),
        )
        if lines
        else None,
    )


Told = tuple[str, list[oc.Observation]]


def _measured(*told: Told) -> tuple[oc.Metric, ...] | None:
    """Make metrics of their observations, leaving out those without any."""
    return (
        tuple(
            oc.Metric(id=name, title=METRICS[name][0], description=METRICS[name][1], observations=tuple(seen))
            for name, seen in told
            if seen
        )
        or None
    )


def _forecasts(record: Record) -> tuple[oc.Metric, ...] | None:
    """Give what year plans aim at: by year and its quarters, and cumulative where the year's beginning is stated."""
    cumulative = [_at(month, fen) for month, fen in record.aimed.items()]
    return _measured(("financialProgress", cumulative), ("annualInvestment", list(_planned(record))))


def _planned(record: Record) -> Iterator[oc.Observation]:
    for aim in record.aims:
        whole = _between(date(aim.year, 1, 1), date(aim.year, 12, 31))
        if aim.fen is not None:
            yield oc.Observation(id=str(aim.year), period=whole, value=value(aim.fen))
        for quarter, step in enumerate(aim.steps):
            first = aim.year * 12 + 3 * quarter
            span = _between(first_day(first), last_day(first + 2))
            yield oc.Observation(id=quarter_text(first + 2), period=span, value=value(step))


def _metrics(row: Position, record: Record, funds: ProjectFunds | None, point: Point) -> tuple[oc.Metric, ...] | None:
    """Give what was filed: amounts and percentages by period, the year's own, and funds by source."""
    physical = [
        oc.Observation(id=month_text(month), period=_until(month), measure=Decimal(percent), unit=PERCENT)
        for month, percent in record.physical.items()
    ]
    # Before its start a project has done nothing; that is known without a filing, but nobody has reported it.
    filed = point.period in record.stated
    year = oc.Observation(
        id=month_text(point.period),
        period=_between(date(point.year, 1, 1), last_day(point.period)),
        value=value(row.ytd),
    )
    return _measured(
        ("financialProgress", [_at(month, fen) for month, fen in record.stated.items()]),
        ("annualInvestment", [year] if filed and row.ytd is not None else []),
        ("physicalProgress", physical),
        ("fundsReceived", list(_by_source(funds, "received"))),
        ("fundsPaid", list(_by_source(funds, "paid"))),
    )


def _by_source(funds: ProjectFunds | None, name: str) -> Iterator[oc.Observation]:
    for line in funds.sources if funds else ():
        stated = getattr(line, name)
        if stated is not None:
            yield oc.Observation(
                id=f"{month_text(stated.period)} {line.source}",
                period=_until(stated.period),
                value=value(stated.fen),
                dimensions=oc.Dimensions(fund_source=line.source),
            )


def _at(month: Month, fen: int) -> oc.Observation:
    return oc.Observation(id=month_text(month), period=_until(month), value=value(fen))


def _until(month: Month) -> oc.Period:
    return oc.Period(end_date=end_of(last_day(month)))


def _completion(row: Position, record: Record) -> oc.Completion | None:
    """Give how a complete project ended; its value is final once it was stated for the month it ended in, or later."""
    if row.status not in COMPLETE_STATUSES or row.finished is None:
        return None
    final = [fen for month, fen in record.stated.items() if last_day(month) >= row.finished]
    late = f"，晚于完工期限 {row.days_overdue} 天" if row.days_overdue else ""
    return oc.Completion(
        end_date=end_of(row.finished),
        end_date_details=f"{row.status_label}（{row.deadline_state}{late}）",
        final_value=value(final[-1]) if final else None,
        final_value_details="自开工累计完成投资，不是竣工决算" if final else None,
    )


def exact_json(found: Any, depth: int = 0) -> str:
    """Write a value as JSON: decimals as numbers with all their digits, which no float could promise."""
    if isinstance(found, Decimal):
        return f"{found:f}"
    if not isinstance(found, dict | list | tuple):
        return to_json(found)
    pad, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(found, dict):
        parts = [f"{json.dumps(key)}: {exact_json(one, depth + 1)}" for key, one in found.items()]
        return "{" + ",".join(pad + part for part in parts) + end + "}"
    return "[" + ",".join(pad + exact_json(one, depth + 1) for one in found) + end + "]"


def _outside(part: oc.Part) -> dict[str, Any]:
    return part.model_dump(by_alias=True, exclude_none=True)


def written(head: oc.Head, projects: Iterable[oc.Project], stream: BinaryIO) -> int:
    """Write a package as its projects come, and give how many there were."""
    start = exact_json(_outside(head)).removesuffix("\n}")
    stream.write(f'{start},\n  "projects": ['.encode())
    count = 0
    for count, one in enumerate(projects, 1):
        stream.write(f"{',' if count > 1 else ''}\n    {exact_json(_outside(one), 2)}".encode())
    stream.write(b"\n  ]\n}\n")
    return count


def export_oc4ids(
    figures: Figures,
    point: Point,
    target: Path,
    *,
    prefix: str = UNREGISTERED,
    uri: str | None = None,
    license_uri: str | None = None,
    progress: Progress | None = None,
) -> tuple[Path, int]:
    """Write the package and give its path, and how many texts were withheld for naming people.

    In a folder it takes its own name. Raises ``ExportError`` with a sentence.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ExportError(f"前缀“{prefix}”不能用：请只用字母、数字和 -，如登记的 oc4ids-abc123。")
    for name, text in (("--uri", uri), ("--license", license_uri)):
        if text is not None and not _ADDRESS.fullmatch(text):
            raise ExportError(f"{name}“{text}”不是网址：请写成 https:// 开头的样式。")
    if not target.is_dir() and target.suffix.lower() != ".json":
        raise ExportError(f"OC4IDS 数据包是 JSON 文件，请把 {target.name} 写成以 .json 结尾的名字。")
    total = figures.count(point)
    if not total:
        raise ExportError("这一时点没有项目，没有可导出的数据。")
    if target.is_dir():
        target = target / package_name(point.day)
    maker = Maker(figures, point, prefix)
    place(target, partial(_put, maker, maker.head(uri, license_uri), total, progress))
    return target, maker.guard.withheld


def _put(maker: Maker, head: oc.Head, total: int, progress: Progress | None, stream: BinaryIO) -> None:
    def told() -> Iterator[oc.Project]:
        for done, one in enumerate(maker.projects(), 1):
            if progress:
                progress("项目", done, total)
            yield one

    written(head, told(), stream)
