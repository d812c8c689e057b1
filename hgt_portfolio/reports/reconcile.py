"""对账: what the plan states against what its rows as loaded give, and how its 总投资 became that of today."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from hgt_portfolio.figures import Figures, Group, Move, Point, Position, SubCount
from hgt_portfolio.money import wan_text, yi_text
from hgt_portfolio.months import Month, last_day, month_of, month_text
from hgt_portfolio.reports.words import number, point_words
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Phase

AGREES, DIFFERS, NOTED = "相符", "不符", "提示"

ANOTHER_BASIS = "near_by_end"
"""The code of a line that shows what another basis than the plan's would give: it differs by nature."""

LOADED = date.min
"""The loaded plan holds from the beginning of the calendar; no amendment can take effect that early."""

COLUMNS = (
    Column("code", "代码", Kind.LABEL, 10),
    Column("subject", "事项", Kind.TEXT, 13),
    Column("stated", "规划所述", Kind.LABEL, 11),
    Column("computed", "计算结果", Kind.LABEL, 11),
    Column("verdict", "结论", Kind.LABEL, 4),
    Column("note", "说明", Kind.TEXT, 42),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the plan states of one project."""

    no: str
    domain: str
    unit: str
    unit_text: str
    period_text: str
    start: Month | None
    due: Month | None
    investment: int | None
    investment_text: str
    stage: str


@dataclass(frozen=True)
class Loaded:
    """The plan as loaded: its rows, what it states, and the months that bound it."""

    rows: list[Stated]
    stated: dict[str, str]
    issued: date
    doc_no: str
    start: Month
    near_end: Month
    far_from: Month
    horizon_end: Month
    sub_items: list[SubCount]

    def staged(self, phase: Phase) -> list[Stated]:
        """Give the rows of a stage in 规划口径."""
        return [row for row in self.rows if row.stage == phase]


Line = tuple[str, str, str, str, str, str]


def as_loaded(figures: Figures, point: Point) -> Point:
    """Give the point at which the plan stands as it was loaded, known when another point is."""
    return Point(LOADED, month_of(figures.plan().issued), point.known_at)


def reconcile(figures: Figures, point: Point) -> Table:
    """Compare every total that the plan states with its rows as loaded, whatever was amended since."""
    plan, then = figures.plan(), as_loaded(figures, point)
    loaded = Loaded(
        rows=[_stated(row) for row in figures.each(then)],
        stated={code: stated for code, stated, _ in figures.statements()},
        issued=plan.issued,
        doc_no=plan.doc_no,
        start=plan.start,
        near_end=plan.near_end,
        far_from=plan.far_from,
        horizon_end=plan.horizon_end,
        sub_items=figures.sub_items(then),
    )
    lines = [line for check in CHECKS for line in check(loaded)]
    covered = {line[0] for line in lines}
    lines += [
        (code, quote, stated, "—", NOTED, "没有对应的计算办法，请人工核对。")
        for code, stated, quote in figures.statements()
        if code not in covered
    ]
    return Table("对账", "规划所述与附表计算结果对账", COLUMNS, tuple(lines), unit_note="")


def _stated(row: Position) -> Stated:
    """Keep of a position what the plan states; words that many share are kept once."""
    word = sys.intern
    return Stated(
        row.no,
        word(row.domain),
        word(row.unit),
        word(row.unit_text),
        word(row.period_text),
        row.start,
        row.due,
        row.investment,
        word(row.investment_text),
        word(str(row.stage)),
    )


def _line(loaded: Loaded, code: str, subject: str, computed: str, note: str, unit: str = "") -> Iterator[Line]:
    """Compare one stated total; nothing where the plan states none."""
    stated = loaded.stated.get(code)
    if stated is not None:
        verdict = AGREES if stated == computed else DIFFERS
        yield code, subject, stated + unit, computed + unit, verdict, note


def _numbers(rows: list[Stated]) -> str:
    return "、".join(f"#{row.no}" for row in rows)


def _document(loaded: Loaded) -> Iterator[Line]:
    yield from _line(loaded, "doc_no", "文号", loaded.doc_no, "印发通知文首。")
    yield from _line(loaded, "issued", "印发日期", loaded.issued.isoformat(), "印发通知落款。")


def _projects(loaded: Loaded) -> Iterator[Line]:
    spans = sum(row.start is not None and row.due is not None for row in loaded.rows)
    note = f"附表逐行计数；{spans}行的实施年限可读出起止月份。"
    yield from _line(loaded, "projects", "重点建设工程数", str(len(loaded.rows)), note, "项")


def _domains(loaded: Loaded) -> Iterator[Line]:
    for code in loaded.stated:
        if code.startswith("domain:"):
            name = code.removeprefix("domain:")
            found = [row for row in loaded.rows if row.domain == name]
            span = f"{_numbers(found[:1])}至{_numbers(found[-1:])}" if found else "无"
            yield from _line(loaded, code, f"{name}建设重点工程数", str(len(found)), f"附表{span}。", "项")


def _investment(loaded: Loaded) -> Iterator[Line]:
    priced = [row.investment for row in loaded.rows if row.investment is not None]
    unpriced = [row for row in loaded.rows if row.investment is None]
    note = f"由{len(priced)}/{len(loaded.rows)}行有金额的相加，共{wan_text(sum(priced))}万元。"
    for row in unpriced:
        note += f"#{row.no}为“{row.investment_text}”，没有金额，未计入（不作0）。"
    decimals = loaded.stated.get("investment_yi", "").partition(".")[2]
    yield from _line(loaded, "investment_yi", "预计总投资", yi_text(sum(priced), len(decimals)), note, "亿元")


def _stages(loaded: Loaded) -> Iterator[Line]:
    far_from = month_text(loaded.far_from)
    near, far = loaded.staged(Phase.NEAR), loaded.staged(Phase.FAR)
    rule = f"规划没有写明划分标准：只有“计划完工在{far_from}及以后为远期”能得出所述项数，此标准为推算。"
    yield from _line(loaded, "near", "近期项目数", str(len(near)), rule, "项")
    yield from _line(loaded, "far", "远期项目数", str(len(far)), f"{_numbers(far)}。划分标准为推算。", "项")
    if not {"near", "far"} <= set(loaded.stated):
        return
    dated = [row for row in loaded.rows if row.due is not None]
    late = [row for row in dated if row.due is not None and row.due > loaded.near_end]
    between = [row for row in late if row.due is not None and row.due < loaded.far_from]
    computed = f"{len(dated) - len(late)}项/{len(late)}项"
    stated = f"{loaded.stated['near']}项/{loaded.stated['far']}项"
    note = (
        f"推算：若按“{month_text(loaded.near_end)}以前完工为近期”划分则与规划所述不同，"
        f"差在{_numbers(between)}（完工在{month_text(loaded.near_end)}之后、{far_from}之前），可见规划未用此标准。"
    )
    verdict = AGREES if computed == stated else DIFFERS
    yield ANOTHER_BASIS, f"近期/远期（按{month_text(loaded.near_end)}前完工划分）", stated, computed, verdict, note


def _units(loaded: Loaded) -> Iterator[Line]:
    spellings: dict[str, list[str]] = {}
    for row in loaded.rows:
        known = spellings.setdefault(row.unit, [])
        if row.unit_text not in known:
            known.append(row.unit_text)
    written = sum(map(len, spellings.values()))
    same = "；".join(f"{'、'.join(texts)}为同一单位" for texts in spellings.values() if len(texts) > 1)
    note = f"责任单位栏有{written}种写法，合为{len(spellings)}个单位" + (f"：{same}。" if same else "。")
    yield from _line(loaded, "units", "责任单位数", str(len(spellings)), note, "个")


def _sub_items(loaded: Loaded) -> Iterator[Line]:
    for row in loaded.rows:
        found = [item for item in loaded.sub_items if item.no == row.no]
        total = sum(item.total for item in found)
        parts = "、".join(f"{item.name}{item.total}" for item in found)
        plain = len(loaded.rows)
        note = f"{parts}，合计{total}个。规划按{plain}项计，#{row.no}改按子项计则为{plain - 1 + total}项。"
        yield from _line(loaded, f"sub_items:{row.no}", f"#{row.no}子项数", str(total), note, "个")


def _before_issue(loaded: Loaded) -> Iterator[Line]:
    ended = [row for row in loaded.rows if row.due is not None and last_day(row.due) < loaded.issued]
    note = f"{_numbers(ended)}在规划印发前已到计划完工月，须期初建账核实是否完工。" if ended else "没有这样的项目。"
    yield "ends_before_issue", "完工期限早于印发日期", loaded.issued.isoformat(), f"{len(ended)}项", NOTED, note


def _before_start(loaded: Loaded) -> Iterator[Line]:
    early = [row for row in loaded.rows if row.start is not None and row.start < loaded.start]
    note = f"{_numbers(early)}在规划期以前开工，以前年度已完成的投资须期初建账。" if early else "没有这样的项目。"
    yield "starts_before_plan", "开工早于规划期", month_text(loaded.start), f"{len(early)}项", NOTED, note


def _beyond(loaded: Loaded) -> Iterator[Line]:
    beyond = [row for row in loaded.rows if row.due is not None and row.due > loaded.horizon_end]
    ends = "、".join(f"#{row.no}（{row.period_text}）" for row in beyond)
    note = f"{ends}超出规划期，按月分摊口径列为规划期以后。" if beyond else "没有这样的项目。"
    yield "ends_after_plan", "完工期限晚于规划期末", month_text(loaded.horizon_end), f"{len(beyond)}项", NOTED, note


CHECKS: tuple[Callable[[Loaded], Iterator[Line]], ...] = (
    _document,
    _projects,
    _domains,
    _investment,
    _stages,
    _units,
    _sub_items,
    _before_issue,
    _before_start,
    _beyond,
)


BRIDGE = "规划至现行"
_BRIDGE_COLUMNS = (
    Column("no", "序号", Kind.LABEL, 3),
    Column("name", "项目名称", Kind.TEXT, 18),
    Column("kind", "事由", Kind.LABEL, 5),
    Column("effective", "生效日", Kind.DATE, 6),
    Column("before", "调整前", Kind.AMOUNT, 7),
    Column("after", "调整后", Kind.AMOUNT, 7),
    Column("moved", "增减", Kind.AMOUNT, 7),
    Column("total", "总投资合计", Kind.AMOUNT, 8),
    Column("source", "依据", Kind.TEXT, 12),
)


@dataclass(frozen=True)
class Bridge:
    """How 总投资 came from what the plan gives to what the ledger gives: the totals at both ends and each step."""

    planned: Group
    moves: list[Move]
    now: Group

    @property
    def fen(self) -> int:
        """By how much 总投资 differs from the plan's, fen."""
        return self.now.investment - self.planned.investment


def read_bridge(figures: Figures, point: Point) -> Bridge:
    """Read both totals and all that lies between them."""
    planned = figures.totals(as_loaded(figures, point))
    return Bridge(planned, figures.moves(point), figures.totals(point))


def bridge(figures: Figures, point: Point) -> Table:
    """Lead from the plan's 总投资 to that of today, an amendment a row with the total it led to."""
    found, plan = read_bridge(figures, point), figures.plan()
    total = found.planned.investment
    rows: list[tuple[Cell, ...]] = [("", "规划总投资", "", "", "", "", "", total, plan.doc_no)]
    for move in found.moves:
        total += move.fen
        rows.append(_step(move, found.moves, total))
    notes = (
        f"有投资额：规划 {found.planned.priced}/{found.planned.count} 项，"
        f"现行 {found.now.priced}/{found.now.count} 项；没有金额的不作0，不在合计内。",
        "终止的项目仍计入总投资；拆分、合并后原项目不再计，由新项目接替。",
        point_words(figures, point),
    )
    foot = ("", "台账现行总投资", "", point.day, "", "", found.fen, found.now.investment, "")
    return Table(BRIDGE, "规划总投资至台账现行总投资", _BRIDGE_COLUMNS, tuple(rows), total=foot, notes=notes)


def _step(move: Move, moves: list[Move], total: int) -> tuple[Cell, ...]:
    before, after = move.before, move.after
    old = before.investment if before and before.counted else ""
    new = after.investment if after.counted else ""
    kind = _kind(move, moves)
    return number(after.no), after.name, kind, after.effective, old, new, move.fen, total, after.source


def _kind(move: Move, moves: list[Move]) -> str:
    """Say by what a project's part in the total changed."""
    before, after = move.before, move.after
    if before is None:
        return next((word for word in ("拆分", "合并") if f"{word}自#" in after.source), "新增")
    if not after.counted:
        came = (one for one in moves if one.before is None and one.after.source.startswith(f"{after.source}，"))
        return next((_kind(one, moves) for one in came), "不再单列")
    if before.exited != after.exited:
        return "终止" if after.exited else "恢复"
    if before.investment is None:
        return "投资额落实"
    if after.investment is None:
        return "投资额改为未定"
    return "投资调增" if move.fen > 0 else "投资调减"
