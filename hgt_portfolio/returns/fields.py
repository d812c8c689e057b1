"""What units fill: the columns, and the reading of each cell, whole or not at all, saying what it wants."""

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
from hgt_portfolio.months import FIRST_YEAR, Month, first_day, last_day, parse_period, read_day
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
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Field:
    """A column that units fill: the input's field, its head, its width in Hanzi, and the hint shown on it.

    Head and hint may name years, which the form's template writes. ``clearable`` says that emptying the cell means
    something: the trouble is over, the date was wrong.
    """

    key: str
    head: str
    wanted: Wanted
    width: float
    hint: str = ""
    clearable: bool = False


def most_fen(investment: int | None) -> int:
    """Give the largest amount taken for a project of this 总投资."""
    return max(investment * MOST_TIMES, FEN_PER_WAN) if investment else MOST_FEN


CONFIRMED = "是"
"""What a unit chooses to say that it looked at a row and nothing in it has changed."""

_YES = (CONFIRMED, "√", "✓", "对", "已核对", "已核")


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


def _confirmed(value: Value) -> bool:
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", shown(value)))
    if word not in _YES:
        raise ValueError(f"读到“{word[:20]}”，应为“{CONFIRMED}”，没有核对的请留空")
    return True


def _phone(value: Value) -> str:
    return unicodedata.normalize("NFKC", shown(value))


_READERS: dict[Wanted, Callable[[Value], Any]] = {
    Wanted.STATUS: _status,
    Wanted.START: _start,
    Wanted.FINISH: _finish,
    Wanted.PHONE: _phone,
    Wanted.TEXT: shown,
    Wanted.CONFIRMED: _confirmed,
}


def bare(value: Value) -> str:
    """Give what 序号 or a name is compared by: ``１``, ``#1``, `` 1 `` and ``1.0`` are all 1."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() < 9:
        return str(int(value))
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", shown(value))).lstrip("#")


def head_of(value: Value) -> str:
    """Read a head: without spaces and what stands in brackets."""
    return re.sub(r"\([^()]*\)|\s", "", unicodedata.normalize("NFKC", shown(value)))


def words_of(value: Any) -> str:
    """Write a field's value for a person; whole numbers are amounts."""
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return wan_text(value)
    return str(value)
