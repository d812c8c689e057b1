"""底稿: the working paper of a document, every number with its exact value, its rule and its rows; and the trace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hgt_portfolio.document import Document, Figure, Paragraph, Style
from hgt_portfolio.figures import Event, Figures, Point, Position, Unknown
from hgt_portfolio.months import last_day, quarter_label
from hgt_portfolio.reports.bulletin_figures import exact_text
from hgt_portfolio.reports.bulletin_funds import FUND, fund_source, fund_value
from hgt_portfolio.reports.quarterly_data import SIGNATURES
from hgt_portfolio.reports.words import HEAD, head_words
from hgt_portfolio.rules.point import moment_text, moment_words
from hgt_portfolio.table import Block, Book, Cell, Column, Kind, Sheet, Table
from hgt_portfolio.terms import DISCLAIMER, FilingKind

_COLUMNS = (
    Column("number", "编号", Kind.LABEL, 3),
    Column("place", "所在部分", Kind.LABEL, 9),
    Column("name", "名称", Kind.TEXT, 12),
    Column("text", "正文数字", Kind.LABEL, 7),
    Column("exact", "精确值", Kind.LABEL, 9),
    Column("rule", "计算规则", Kind.TEXT, 17),
    Column("known", "计入项数", Kind.COUNT, 4),
    Column("of", "范围项数", Kind.COUNT, 4),
    Column("rows", "计入项目（序号）", Kind.TEXT, 22),
)


def numbers_table(document: Document) -> Table:
    """List every number of a document, numbered as its hidden bookmarks are."""
    places = _places(document)
    rows = tuple(
        (
            str(number),
            places[key],
            figure.name,
            figure.text,
            figure.exact,
            figure.rule,
            figure.known,
            figure.of or None,
            row_words(figure.rows),
        )
        for key, (number, figure) in document.numbered().items()
    )
    return Table("底稿", "正文数字来源", _COLUMNS, rows, unit_note="")


def row_words(nos: tuple[str, ...]) -> str:
    """List projects by number, runs of three and more as 1—12."""
    runs: list[list[str]] = []
    for no in nos:
        following = runs and no.isdecimal() and runs[-1][-1].isdecimal() and int(no) == int(runs[-1][-1]) + 1
        if following:
            runs[-1].append(no)
        else:
            runs.append([no])
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 2 else "、".join(run) for run in runs)


def working_paper(figures: Figures, point: Point, document: Document) -> Book:
    """Make the 底稿 of a document; the head of the ledger's chain stands on it, never on the document."""
    title = document.title.replace("\n", "")
    sheet = Sheet(
        "底稿",
        f"{title}底稿",
        (Block(numbers_table(document)),),
        left=f"编制单位：{document.signer or figures.plan().office}",
        caption=(
            f"截至日：{point.day.isoformat()}　期别：{quarter_label(point.period)}　"
            f"数据时点：{moment_text(point.known_at)}　{HEAD}：{head_words(figures, point)}"
        ),
        right="",
        notes=(
            "注：编号与正文中隐藏书签的编号相同，用 hgt trace 可查每个数字的项目和填报；同一个数出现几次的只列一次。",
        ),
        foot=(DISCLAIMER, SIGNATURES),
        frozen=1,
    )
    return Book(f"{title}底稿", (sheet,), document.created, document.demo)


def _places(document: Document) -> dict[str, str]:
    """Say under which heading each number first stands."""
    places: dict[str, str] = {}
    heading = ""
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            continue
        if block.style is Style.HEADING:
            heading = block.text
        place = "注" if block.style is Style.NOTE else heading
        for span in block.spans:
            if isinstance(span, Figure):
                places.setdefault(span.key, place)
    return places


def traced(document: Document, wanted: str) -> tuple[int, Figure]:
    """Find a number of a document by its 编号 or key; raises ``Unknown`` saying what there is."""
    numbered = document.numbered()
    for key, (number, figure) in numbered.items():
        if wanted in (key, str(number)):
            return number, figure
    raise Unknown(f"没有编号为 {wanted} 的数字；这份文件的编号是 1 到 {len(numbered)}，加 --list 可以全部列出。")


def trace_table(figures: Figures, point: Point, number: int, figure: Figure) -> Table:
    """Give the rows of one number: each project's value, and the filings that it comes from."""
    positions = {position.no: position for position in figures.positions(point)}
    columns = (
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "项目名称", Kind.TEXT, 16),
        Column("unit", "牵头单位", Kind.LABEL, 6),
        Column("value", "数值", Kind.LABEL, 8),
        Column("source", "来源", Kind.TEXT, 24),
    )
    funds = figures.funds(point) if figure.column.startswith(FUND) else None
    rows: list[tuple[Cell, ...]] = []
    for no in figure.rows:
        position = positions[no]
        if funds is None:
            said = _value(position, figure.column), source_of(figures, point, position, figure.column)
        else:
            own = funds.get(no)
            said = fund_value(own, figure.column), fund_source(figures, point, own, figure.column)
        rows.append((no, position.name, position.unit, *said))
    counted = "" if figure.known is None else f"；计入 {figure.known} 项"
    counted += f"，范围 {figure.of} 项" if figure.of else ""
    notes = (f"精确值：{figure.exact}{counted}", f"规则：{figure.rule}", f"数据时点 {moment_words(point.known_at)}")
    title = f"编号 {number}：{figure.name} {figure.text}"
    return Table(f"编号{number}", title, columns, tuple(rows), notes=notes, unit_note="")


def _value(position: Position, column: str) -> str | None:
    """Write a project's own value of what a number is made from; None where it has none."""
    value: Any = getattr(position, column) if column else None
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal) or (isinstance(value, int) and column in _AMOUNTS):
        return exact_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


_AMOUNTS = frozenset(
    (
        *("investment", "opening", "year_plan", "quarter", "ytd", "cumulative", "stated"),
        *("shortfall", "year_balance"),
    )
)
_FACTS = frozenset(("", "investment", "investment_text"))
_PLANNED = frozenset(("year_plan", "year_rate", "first_rate", "deviation", "shortfall", "year_balance"))
_VERSIONS = "project_version"
_BASES = {"quarter": "quarter_base", "year_plan": "", "cumulative": "", "total_rate": ""}


def source_of(figures: Figures, point: Point, position: Position, column: str) -> str:
    """Say which row of the plan and which filings a project's value comes from."""
    if column in _FACTS:
        return position.source
    events = [event for event in figures.history(position.no, point) if event.revoked_at is None]
    wanted = deciding(events, point, column)
    if not wanted:
        return "台账里没有填报"
    return "；".join(f"{event.kind}（操作 {event.action_id}，{event.operator}）" for event in wanted)


def deciding(events: list[Event], point: Point, column: str) -> list[Event]:
    """Choose the rows that a project's value comes from, of all its standing ones in the order of their recording."""
    if column in _FACTS:
        return [event for event in events if event.table == _VERSIONS and event.holds <= point.day]
    wanted: list[Event] = []
    if column in _PLANNED:
        until = date(point.year, 1, 1) if column == "first_rate" else point.day
        planned = [event for event in events if event.kind == f"年度计划 {point.year}" and event.holds <= until]
        wanted += planned[-1:]
    if column != "year_plan":
        wanted += _reports(events, point, column)
    return wanted


def _reports(events: list[Event], point: Point, column: str) -> list[Event]:
    """Choose the reports of the month that an amount counts from and of the newest one by P."""
    # A later filing for the same month takes the place of an earlier one.
    standing = {(event.holds, event.kind): event for event in events if event.kind.startswith(_TOLD)}
    told = [event for event in standing.values() if event.holds <= point.day]
    base = _BASES.get(column, "year_base")
    since = last_day(getattr(point, base)) if base else None
    newest = max((event.holds for event in told), default=None)
    return [event for event in told if event.holds in (since, newest)]


_TOLD = (*(str(kind) for kind in FilingKind), "核实")
