"""The columns of a 期初建账 workbook, and the reading of each cell: whole or not at all, and it says what it wants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hgt_portfolio.model.inputs import clean
from hgt_portfolio.money import BLANKS, FEN_PER_WAN, read_wan, wan_text
from hgt_portfolio.months import FIRST_YEAR, Month, first_day, last_day, parse_period, read_day, year_of
from hgt_portfolio.sheets import Fault, Value
from hgt_portfolio.terms import OPERATION_STATUS_LABELS, STATUS_SYNONYMS, Status

MOST_FEN = 10_000_000 * FEN_PER_WAN
"""The most that one project is taken to cost where its 总投资 is not known: 1,000 亿元."""

MOST_TIMES = 10
"""How many times its 总投资 an amount may be before it is taken for 元 written as 万元."""


class Wanted(StrEnum):
    """What a column is filled with."""

    AMOUNT = "amount"
    STATUS = "status"
    START = "start"
    FINISH = "finish"
    PHONE = "phone"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """A column that units fill: the ``OpeningInput`` field, its head, its width in Hanzi, and the hint shown on it.

    The head and the hint name ``{base}`` the year the plan counts from, ``{year}`` the year closed, ``{next}`` the
    year after.
    """

    key: str
    head: str
    wanted: Wanted
    width: float
    hint: str = ""


FIELDS = (
    Field("cumulative_base_fen", "截至{base}年底累计", Wanted.AMOUNT, 6.4, "自开工到{base}年12月31日完成的投资额。"),
    Field("cumulative_fen", "截至{year}年底累计", Wanted.AMOUNT, 6.4, "自开工到{year}年12月31日完成的投资额。"),
    Field("status", "状态", Wanted.STATUS, 4.5, "{year}年12月31日时的状态，从下拉框里选。"),
    Field("started", "实际开工日期", Wanted.START, 5.5, "写到日，如 2023-06-01。没有开工的留空。"),
    Field("finished", "实际完工日期", Wanted.FINISH, 5.5, "写到日，如 2023-11-30。没有完工的留空。"),
    Field("year_plan_fen", "{next}年计划投资", Wanted.AMOUNT, 6.4, "{next}年全年计划完成的投资额。"),
    Field("goal", "{next}年度形象目标", Wanted.TEXT, 9),
    Field("leader", "责任领导", Wanted.TEXT, 4),
    Field("officer", "责任人", Wanted.TEXT, 4),
    Field("phone", "电话", Wanted.PHONE, 6),
    Field("sponsor", "包联领导", Wanted.TEXT, 4),
    Field("evidence", "依据", Wanted.TEXT, 7, "数字从哪里来，如监理月报、支付凭证、结算书及其日期。"),
    Field("reason", "说明", Wanted.TEXT, 7, "特殊情况的原因，如累计超过总投资、已完工而不足总投资的90%。"),
)

FIXED = (("序号", 3.0), ("项目名称", 11.5), ("实施年限", 6.0), ("总投资", 6.4))
"""The columns that units leave as they are."""

ROW_ID = "行标识"
MARKER = "_hgt"
"""The hidden sheet that says which form this is."""

FORMAT = "hgt-opening"
VERSION = "1"
SHEET = "期初建账"
FOOT = ("填报人：", "审核人：", "单位负责人（盖章）：", "电话：", "日期：")
SUMS = ("合计", "小计", "总计")


@dataclass(frozen=True)
class Years:
    """The December that is opened, and the one before the plan, whose years the heads and hints name."""

    period: Month
    base_month: Month

    def write(self, words: str) -> str:
        """Put the years into a head or a hint."""
        year = year_of(self.period)
        return words.format(base=year_of(self.base_month), year=year, next=year + 1)

    def fields(self) -> tuple[Field, ...]:
        """Give the columns that the form asks for: one amount only where both Decembers are one."""
        return FIELDS if self.base_month < self.period else FIELDS[1:]


def most_fen(investment: int | None) -> int:
    """Give the largest amount taken for a project of this 总投资."""
    return max(investment * MOST_TIMES, FEN_PER_WAN) if investment else MOST_FEN


def status_words(*, operation: bool) -> list[str]:
    """Give the statuses that a project can be in, as its form prints them."""
    if not operation:
        return [str(status) for status in Status]
    return list(dict.fromkeys(OPERATION_STATUS_LABELS.get(status, str(status)) for status in Status))


def shown(value: Value) -> str:
    """Give a cell's value as plain text, to read it or to quote it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{value:f}" if value.adjusted() < 30 else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.words if isinstance(value, Fault) else clean(value)


def is_blank(value: Value) -> bool:
    """Tell whether a cell says nothing: spaces, a dash, a stroke or 无."""
    return isinstance(value, str) and unicodedata.normalize("NFKC", clean(value)) in BLANKS


def read_cell(field: Field, value: Value, investment: int | None) -> Any:
    """Read a filled cell as its column wants it; raises ``ValueError`` with what was read and what is wanted."""
    if isinstance(value, Fault):
        raise ValueError(f"读到“{value.words}”，不是填写的内容，请直接填写数值或文字")
    if field.wanted is Wanted.AMOUNT:
        return _amount(value, most_fen(investment), investment)
    return _READERS[field.wanted](value)


def _amount(value: Value, most: int, investment: int | None) -> int:
    if isinstance(value, bool | date):
        raise ValueError(f"读到“{shown(value)}”，应填金额（万元）")
    fen = _exact(value) if isinstance(value, Decimal) else read_wan(str(value))
    if fen > most:
        whole = f"总投资 {wan_text(investment)} 万元的 {MOST_TIMES} 倍" if investment else f"{wan_text(most)} 万元"
        raise ValueError(f"读到 {shown(value)} 万元，超过{whole}，可能把元当成了万元，请核对")
    return fen


def _exact(value: Decimal) -> int:
    if value < 0:
        raise ValueError(f"读到 {shown(value)}，金额不能是负数")
    if value.adjusted() > 12:
        raise ValueError(f"读到 {shown(value)}，数字过大，单位是万元")
    fen = value * FEN_PER_WAN
    if fen != fen.to_integral_value():
        raise ValueError(f"读到 {shown(value)} 万元，比分还细，请四舍五入后填写（最多6位小数）")
    return int(fen)


def _status(value: Value) -> Status:
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", shown(value)))
    if word in STATUS_SYNONYMS:
        return STATUS_SYNONYMS[word]
    if word not in list(Status):
        raise ValueError(f"读到“{word[:20]}”，应为{'、'.join(Status)}之一")
    return Status(word)


def _start(value: Value) -> date:
    read = _day_or_month(value)
    return read if isinstance(read, date) else first_day(read)


def _finish(value: Value) -> date:
    read = _day_or_month(value)
    return read if isinstance(read, date) else last_day(read)


def _day_or_month(value: Value) -> date | Month:
    """Read a day, or a month where only that is given."""
    text = shown(value)
    if isinstance(value, date):
        if value.year < FIRST_YEAR:
            raise ValueError(f"读到 {text}，年份不对（可能把 2023.6 写成了数字），请写成 2023-06-30")
        return value
    if isinstance(value, Decimal) and re.fullmatch(r"[0-9]{4}\.1", text):
        raise ValueError(f"读到 {text}，分不清是1月还是10月，请写成 {text[:4]}-01-31 或 {text[:4]}-10-31")
    period = parse_period(text)
    if period.precision == "month" and period.qualifier is None and period.start is None and period.end is not None:
        return period.end
    try:
        return read_day(text)
    except ValueError as error:
        raise ValueError(f"读到“{text[:20]}”，{period.reason or '不是一天'}；请写成 2023-06-30") from error


def _phone(value: Value) -> str:
    return unicodedata.normalize("NFKC", shown(value))


_READERS: dict[Wanted, Callable[[Value], Any]] = {
    Wanted.STATUS: _status,
    Wanted.START: _start,
    Wanted.FINISH: _finish,
    Wanted.PHONE: _phone,
    Wanted.TEXT: shown,
}


def bare(value: Value) -> str:
    """Give what 序号 or a name is compared by: ``１``, ``#1``, `` 1 `` and ``1.0`` are all 1."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() < 9:
        return str(int(value))
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", shown(value))).lstrip("#")


def head_of(value: Value) -> str:
    """Read a head: without spaces and what stands in brackets."""
    return re.sub(r"\(.*?\)|\s", "", unicodedata.normalize("NFKC", shown(value)))


def words_of(key: str, value: Any) -> str:
    """Write a field's value for a person."""
    if value is None:
        return "-"
    if key.endswith("_fen"):
        return wan_text(value)
    return str(value)
