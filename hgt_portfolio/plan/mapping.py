"""The map of a foreign plan's table: what is read from which column, and what the table does not say; kept as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hgt_portfolio.money import UNITS
from hgt_portfolio.months import month_text, read_period
from hgt_portfolio.plan.grid import LONGEST_NAME, on_one_line
from hgt_portfolio.plan.heads import FIELD_LABELS
from hgt_portfolio.plan.load import PlanUnit
from hgt_portfolio.sheets import SheetError
from hgt_portfolio.terms import UnitKind

TEXTS = ("title", "portfolio", "doc_no", "issuer", "office")
MONTHS = ("start", "near_end", "far_from", "horizon_end")
ABOUT = (*TEXTS[:3], "issued", *TEXTS[3:], *MONTHS)
"""What is said of the plan as a whole, in the order it is written."""

ABOUT_LABELS = {
    "title": "规划名称",
    "portfolio": "项目库名称",
    "doc_no": "文号",
    "issued": "印发日期",
    "issuer": "印发机关",
    "office": "主管办公室全称",
    "start": "规划期第一个月",
    "near_end": "近期最后一个月",
    "far_from": "计划完工在本月及以后的为远期",
    "horizon_end": "规划期最后一个月",
}
FIRST_LINE = "# hgt init --plan 的读表对照表：改好后用 --map 再给一次。列写字母，行从1数起；删去的项由程序推测。"

STATED_LINE = '# 规划自己写的总数，与逐行计算的对账：projects、investment_yi、near、far、units、"domain:领域"'


@dataclass(frozen=True)
class PlanMap:
    """What a map says; whatever it leaves out is guessed. Columns are letters, head rows count from 1."""

    about: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    head: tuple[int, int] | None = None
    columns: Mapping[str, str] | None = None
    amount_unit: str | None = None
    stated: Mapping[str, str] | None = None
    units: tuple[PlanUnit, ...] = ()


def read_map(path: Path) -> PlanMap:
    """Read a map file; raises ``SheetError`` naming the key that will not do."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SheetError(f"对照表 {path.name} 不是有效的 TOML：{error}。请改正后再试。") from error
    try:
        return _map(given)
    except (ValueError, TypeError, AttributeError) as error:
        raise SheetError(f"对照表 {path.name}：{error}请改正后再试。") from error


def _map(given: dict[str, Any]) -> PlanMap:
    _known("", given, (*ABOUT, "table", "columns", "stated", "unit"))
    about = {key: _ABOUT_READERS[key](key, given[key]) for key in ABOUT if key in given}
    table = given.get("table", {})
    _known("[table] ", table, ("sheet", "head", "amount_unit"))
    columns = given.get("columns")
    if columns is not None:
        _known("[columns] ", columns, FIELD_LABELS)
        columns = {key: _column(key, value) for key, value in columns.items()}
    stated = given.get("stated")
    return PlanMap(
        about=about,
        sheet=None if "sheet" not in table else _text("sheet", table["sheet"]),
        head=None if "head" not in table else _head(table["head"]),
        columns=columns,
        amount_unit=None if "amount_unit" not in table else _choice("amount_unit", table["amount_unit"], UNITS),
        stated=None if stated is None else {str(key): str(value) for key, value in stated.items()},
        units=tuple(_unit(each) for each in given.get("unit", ())),
    )


def _known(where: str, given: Mapping[str, Any], known: tuple[str, ...] | Mapping[str, str]) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{where}应为一节。")
    for key in given:
        if key not in known:
            raise ValueError(f"{where}有不认识的项 {key}；可用：{'、'.join(known)}。")


def _text(key: str, value: Any) -> str:
    text = on_one_line(value) if isinstance(value, str) else ""
    if not text:
        raise ValueError(f"{key} 应为加引号的文字。")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"{key} 有 {len(text)} 个字，最多 {LONGEST_NAME} 个。")
    return text


def _day(key: str, value: Any) -> date:
    if type(value) is not date:
        raise ValueError(f"{key} 应为日期，如 2024-02-10，不加引号。")
    return value


def _month(key: str, value: Any) -> int:
    try:
        return read_period(_text(key, value))
    except ValueError as error:
        raise ValueError(f'{key} 应为加引号的月份，如 "2025-12"。') from error


_ABOUT_READERS: dict[str, Callable[[str, Any], Any]] = {
    "issued": _day,
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(MONTHS, _month),
}


def _column(key: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z]{1,3}", value):
        raise ValueError(f'[columns] {key} 应为列的字母，如 "C"。')
    return value.upper()


def _head(value: Any) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(row) is int for row in value)):
        raise ValueError("[table] head 应为表头的首行和末行，如 [3, 4]。")
    top, bottom = value
    if not 1 <= top <= bottom:
        raise ValueError(f"[table] head 的首行 {top}、末行 {bottom} 不能这样写。")
    return top, bottom


def _choice(key: str, value: Any, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{key} 没有“{value}”，可用：{'、'.join(known)}。")
    return str(value)


def _unit(given: dict[str, Any]) -> PlanUnit:
    _known("[[unit]] ", given, ("name", "kind", "full_name", "aliases"))
    name = _text("[[unit]] name", given.get("name"))
    aliases = given.get("aliases", [])
    if not isinstance(aliases, list):
        raise ValueError(f"[[unit]] {name} 的 aliases 应为方括号里的若干名称。")
    kind = UnitKind(_choice(f"[[unit]] {name} 的 kind", given.get("kind", "其他"), tuple(map(str, UnitKind))))
    full_name = _text("full_name", given["full_name"]) if given.get("full_name") else None
    return PlanUnit(name, kind, full_name, tuple(_text("aliases", each) for each in aliases))


def map_text(complete: PlanMap, guessed: Mapping[str, str], heads: Mapping[str, str], unused: list[str]) -> str:
    """Write a complete map as TOML.

    ``guessed`` says of what each guess was made, ``heads`` the heading of each column, ``unused`` the columns not read.
    """
    lines = [FIRST_LINE, ""]
    for key in ABOUT:
        why = f"（{guessed[key]}）" if key in guessed else ""
        lines += [f"# {ABOUT_LABELS[key]}{why}", f"{key} = {_value(key, complete.about[key])}"]
    top, bottom = complete.head or (1, 1)
    lines += ["", "[table]", f"sheet = {_quoted(complete.sheet or '')}", "# 表头的首行和末行"]
    lines += [f"head = [{top}, {bottom}]", "# 总投资栏没有写单位的数按此读", f'amount_unit = "{complete.amount_unit}"']
    lines += ["", "[columns]"]
    for key, label in FIELD_LABELS.items():
        letter = (complete.columns or {}).get(key)
        note = f"# {label}" + (f"：表头“{heads[key]}”" if key in heads else "")
        lines.append(f'{key} = "{letter}"  {note}' if letter else f'# {key} = ""  {note}：没有这一列')
    if unused:
        lines.append(f"# 没有用到的列：{'；'.join(unused)}")
    lines += ["", STATED_LINE, "[stated]"]
    for code, stated in (complete.stated or {}).items():
        lines.append(f"{code if re.fullmatch('[a-z_]+', code) else _quoted(code)} = {_quoted(stated)}")
    for unit in complete.units:
        lines += ["", "[[unit]]", f"name = {_quoted(unit.name)}", f'kind = "{unit.kind}"']
        lines += [f"full_name = {_quoted(unit.full_name or '')}"]
        lines += [f"aliases = [{', '.join(_quoted(alias) for alias in unit.aliases)}]"]
    return "\n".join(lines) + "\n"


def about_text(key: str, value: Any) -> str:
    """Write what is said of a plan for a person: a month as ``2024-09``."""
    return month_text(value) if key in MONTHS else str(value)


def _value(key: str, value: Any) -> str:
    return about_text(key, value) if isinstance(value, date) else _quoted(about_text(key, value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
