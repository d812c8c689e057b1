"""Reading another plan, of any district or kind, from the xlsx or csv that its office keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from hgt_portfolio.months import FIRST_YEAR, LAST_YEAR, year_of
from hgt_portfolio.plan.about import UNCONFIRMED, about, agreed, compared, statements
from hgt_portfolio.plan.body import Body, Found, walk
from hgt_portfolio.plan.grid import Grid, on_one_line
from hgt_portfolio.plan.heads import FIELD_LABELS, Head, amount_unit, find_head, heading, unit_above
from hgt_portfolio.plan.load import Plan, PlanRow, PlanUnit
from hgt_portfolio.plan.mapping import ABOUT, MONTHS, PlanMap
from hgt_portfolio.plan.rows import Progress, Rows
from hgt_portfolio.sheets import SheetError, address, read_workbook

SHOWN_LINES = 5
"""Lines from a sheet's top that an error shows where no head was found."""


@dataclass(frozen=True)
class Reading:
    """A plan as read: the plan, the complete map, what was guessed from what, and the findings.

    ``heads`` are the headings of the columns read, ``unused`` those of the others, ``notes`` lines below the table,
    ``left`` the sheets not read; ``read`` counts the rows below the head that are not blank.
    """

    plan: Plan
    map: PlanMap
    guessed: Mapping[str, str]
    heads: Mapping[str, str]
    unused: list[str]
    notes: list[str]
    left: list[str]
    findings: tuple[Found, ...]
    read: int


def read_foreign(path: Path, given: PlanMap, today: date, progress: Progress) -> Reading:
    """Read a plan from a file by a map, guessing what the map leaves out; raises ``SheetError`` with one sentence."""
    progress("读文件", 0, 1)
    grids = [Grid(sheet) for sheet in read_workbook(path).sheets]
    grid, head = _table(path.name, grids, given)
    columns = _columns(grid, head, given)
    titles, body = _lines(grid, 0, head.top), walk(grid, head, columns)
    if not body.rows:
        raise SheetError(
            f"{path.name} 的表头（第{head.top + 1}行）下面没有读到项目。请核对对照表 [columns] 的项目名称是哪一列。"
        )
    unit, unsaid = _amount_unit(head, columns, titles, given)
    reader = Rows(columns, unit, given.units, lambda row, name: _numeric(grid, row, columns[name]), progress)
    rows = reader.read(body.rows)
    plan, guessed, stated = _plan(path, titles, body, rows, reader.units.values(), unit, given, today)
    complete = PlanMap(
        about={key: getattr(plan, key) for key in ABOUT},
        sheet=grid.sheet.name,
        head=(head.top + 1, head.bottom + 1),
        columns={name: _letters(column) for name, column in columns.items()},
        amount_unit=unit,
        stated=stated,
        units=plan.units,
    )
    findings = [*unsaid, *_missing(columns), *body.findings, *reader.findings, *compared(body.totals, rows, unit)]
    return Reading(
        plan=plan,
        map=complete,
        guessed=guessed,
        heads={name: head.texts[column] for name, column in columns.items()},
        unused=_unused(head, columns),
        notes=body.notes,
        left=[each.sheet.name for each in grids if each is not grid and each.height],
        findings=tuple(findings),
        read=body.read,
    )


def _plan(
    path: Path,
    titles: list[str],
    body: Body,
    rows: tuple[PlanRow, ...],
    units: Iterable[PlanUnit],
    unit: str,
    given: PlanMap,
    today: date,
) -> tuple[Plan, dict[str, str], Mapping[str, str]]:
    """Give the plan, what of it was guessed, and the totals that it states; the map rules over the table."""
    said, guessed = about(titles, on_one_line(path.stem) or UNCONFIRMED, rows, today)
    said |= given.about
    said["far_from"] = given.about.get("far_from", said["near_end"] + 1)
    said["horizon_end"] = given.about.get("horizon_end", max(said["horizon_end"], said["near_end"]))
    domains = tuple(dict.fromkeys(row.domain for row in rows))
    known = statements([*titles, *body.notes], body, domains, unit)
    stated = given.stated if given.stated is not None else {code: each.stated for code, each in known.items()}
    plan = Plan(**said, domains=domains, units=tuple(units), rows=rows, statements=agreed(stated, known))
    _check(plan)
    return plan, {key: why for key, why in guessed.items() if key not in given.about}, stated


def _table(name: str, grids: list[Grid], given: PlanMap) -> tuple[Grid, Head]:
    """Give the sheet that holds the table and its head: as mapped, else the one that names most of a plan."""
    if given.sheet is not None:
        chosen = [grid for grid in grids if grid.sheet.name == given.sheet]
        if not chosen:
            names = "、".join(grid.sheet.name for grid in grids)
            raise SheetError(f"{name} 没有名为“{given.sheet}”的工作表，只有：{names}。请改对照表的 sheet。")
        grids = chosen
    if given.head is not None:
        top, bottom = given.head
        if bottom > grids[0].height:
            raise SheetError(f"{name} 没有第{bottom}行，请改对照表的 head。")
        return grids[0], Head(top - 1, bottom - 1, heading(grids[0], top - 1, bottom - 1))
    found = [(grid, head) for grid in grids if (head := find_head(grid)) is not None]
    if not found:
        raise SheetError(_no_head(name, grids))
    return max(found, key=lambda each: (len(each[1].columns), each[0].height))


def _no_head(name: str, grids: list[Grid]) -> str:
    """Say which lines were read where none of them is a head."""
    lines = [" | ".join(text for _, text in grid.own(row)) for grid in grids for row in range(grid.height)]
    shown = "；".join([line[:80] for line in lines if line][:SHOWN_LINES])
    return (
        f"{name} 里没有找到表头：要有一行写着“项目名称”（或工程名称等）。读到的前几行是：{shown or '（空）'}。"
        "请用 --map 给出对照表，写明 [table] head 和 [columns] name。"
    )


def _columns(grid: Grid, head: Head, given: PlanMap) -> dict[str, int]:
    """Give what is read from which column; raises ``SheetError`` where no column has the projects' names."""
    columns = head.columns
    if given.columns is not None:
        columns = {name: _index(letters) for name, letters in given.columns.items()}
        beyond = [letters for letters in given.columns.values() if _index(letters) >= grid.width]
        if beyond:
            last = _letters(grid.width - 1)
            raise SheetError(f"对照表 [columns] 的 {'、'.join(beyond)} 列不在表里，表格到 {last} 列为止。")
    if "name" not in columns:
        read = "、".join(text for text in head.texts if text)
        raise SheetError(f"没有找到项目名称一列；读到的表头是：{read}。请用 --map 给出对照表，写明 [columns] name。")
    return columns


def _amount_unit(
    head: Head, columns: Mapping[str, int], titles: list[str], given: PlanMap
) -> tuple[str, tuple[Found, ...]]:
    """Give the unit of the amounts, with a finding where nothing says it."""
    if given.amount_unit is not None or "investment" not in columns:
        return given.amount_unit or "万元", ()
    words = head.texts[columns["investment"]]
    said = amount_unit(words) or next((unit for line in titles if (unit := unit_above(line))), None)
    if said is not None:
        return said, ()
    found = Found(f"第{head.bottom + 1}行", words, "没有写金额单位，按万元读，待确认")
    return "万元", (found,)


def _missing(columns: Mapping[str, int]) -> list[Found]:
    """Say which of the columns that a plan needs are not there."""
    missing = [name for name in ("scope", "investment", "unit") if name not in columns]
    if not {"period", "due"} & columns.keys():
        missing.append("period")
    return [Found("表头", "", f"没有{FIELD_LABELS[name]}一列，各行都按未填写处理") for name in missing]


def _check(plan: Plan) -> None:
    """Refuse months that are out of order or out of range, and units named twice."""
    bounds = (plan.start, plan.near_end, plan.far_from, plan.horizon_end)
    if not plan.start <= plan.near_end < plan.far_from or plan.horizon_end < plan.near_end:
        raise SheetError("对照表的月份前后不对：应是 start ≤ near_end < far_from，且 horizon_end 不早于 near_end。")
    if not FIRST_YEAR <= year_of(min(bounds)) <= year_of(max(bounds)) <= LAST_YEAR:
        raise SheetError(f"规划期应在 {FIRST_YEAR}–{LAST_YEAR} 年之间，请在对照表里改 {'、'.join(MONTHS)}。")
    names = [unit.name for unit in plan.units]
    spellings = [*names, *(alias for unit in plan.units for alias in unit.aliases)]
    twice = sorted({name for name in spellings if spellings.count(name) > 1})
    if twice:
        raise SheetError(f"对照表 [[unit]] 里“{'、'.join(twice)}”写了不止一次，请只留一处。")


def _lines(grid: Grid, first: int, last: int) -> list[str]:
    lines = ["".join(text for _, text in grid.own(row)) for row in range(first, last)]
    return [line for line in lines if line]


def _unused(head: Head, columns: Mapping[str, int]) -> list[str]:
    others = [(column, text) for column, text in enumerate(head.texts) if text and column not in columns.values()]
    return [f"{_letters(column)} {text}" for column, text in others]


def _numeric(grid: Grid, row: int, column: int) -> bool:
    return isinstance(grid.value(row, column), Decimal)


def _letters(column: int) -> str:
    return re.sub("[0-9]", "", address(0, column))


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
