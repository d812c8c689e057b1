"""What a form is made of: its fields, how a typed text is read, and what it begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hgt_portfolio.figures import Position
from hgt_portfolio.ledger import Ledger, Outcome
from hgt_portfolio.money import read_wan
from hgt_portfolio.months import (
    Month,
    first_day,
    last_day,
    month_text,
    quarter_text,
    read_day,
    read_period,
    read_start,
    year_of,
)
from hgt_portfolio.terms import Status, status_label
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.desk import Desk, period_text

AMOUNT_HINT = "1.2亿、12,000、+500 也可"
DAY_HINT = "如 2024-09-30、9月30日"
REASON_HINT = "有提醒时必填"

_SIGNS = str.maketrans("＋﹢－﹣−–", "++----")


@dataclass(frozen=True)
class Reading:
    """A typed text as a value, and how to say it where the text itself is not yet how it is written."""

    value: Any
    said: str = ""


@dataclass(frozen=True)
class Beside:
    """What a text is read beside: the year meant where none is typed, the amount that stands, and the reason given.

    ``base`` says which amount that is; ``reason`` is None in a form that has no field for one.
    """

    year: int
    standing: int | None = None
    reason: str | None = None
    base: str = "上次"


Reader = Callable[[str, Beside], Reading]


@dataclass(frozen=True)
class Asked:
    """What a form is opened on: a project or a unit, and the period typed, None at first."""

    desk: Desk
    no: str | None = None
    unit: str | None = None
    period: Month | None = None


@dataclass(frozen=True)
class Prepared:
    """What a form begins with, as one reading of the ledger gives it.

    ``heading`` names what it is about and ``about`` says more of it; ``begin`` are the first texts, ``last`` those that
    stand in the ledger, under ``head``; ``standing`` the amounts that a ``+`` adds to, in fen, and ``base`` says which
    they are; ``offered`` the choices, label and value, that depend on what the form is about; ``fixed`` the values that
    have no field. ``year`` completes dates typed without one; ``period`` is what the figures were read for. ``notes``
    say what is to be known of a first text as long as it stands; ``unchanged`` asks once before nothing but first texts
    is filed; ``completing`` gives, from all texts, those of the fields that nobody touched.
    """

    heading: str
    year: int
    about: str = ""
    begin: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
    head: str = ""
    standing: Mapping[str, int | None] = field(default_factory=dict)
    offered: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    period: Month | None = None
    base: str = "上次"
    notes: Mapping[str, str] = field(default_factory=dict)
    unchanged: str = ""
    completing: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda _texts: {}


def words(text: str, _beside: Beside) -> Reading:
    """Take a text as it is."""
    return Reading(text)


@dataclass(frozen=True)
class Field:
    """One field: its name in the input, its label, how its text is read, and its choices where it has some.

    Without ``options`` of its own a ``chosen`` field has those offered; where none are, it is left out.
    """

    name: str
    label: str
    read: Reader = words
    hint: str = ""
    options: tuple[str, ...] = ()
    chosen: bool = False
    required: bool = False

    def choices(self, prepared: Prepared) -> tuple[tuple[str, str], ...]:
        """Give the choices, label and value."""
        return tuple((option, option) for option in self.options) or tuple(prepared.offered.get(self.name, ()))


@dataclass(frozen=True)
class Form:
    """A form: ``prepare`` reads what it begins with, ``write`` files or rehearses it in one call of the ledger.

    ``first`` is the field that the hand goes to, ``verb`` what F10 does. A form that ``follows`` its period is prepared
    anew for another one; one with ``units`` may be about a unit as well as a project, one on an ``item`` is about that.
    """

    title: str
    fields: tuple[Field, ...]
    first: str
    prepare: Callable[[Asked], Prepared]
    write: Callable[[Ledger, dict[str, Any], bool], Outcome]
    follows: bool = False
    units: bool = False
    verb: str = "保存"
    item: str | None = None


def amount(text: str, beside: Beside) -> Reading:
    """Read 万元: ``+500`` adds to the amount that stands, ``-500`` takes away from it where a reason says why."""
    plain = text.strip().translate(_SIGNS)
    before, plus, more = plain.partition("+")
    if plus:
        return _moved(before, more, 1, beside)
    if plain.startswith("-") and beside.standing is not None and beside.reason is not None:
        if not beside.reason:
            raise ValueError(f"“{plain[:20]}”是要从上次的数里减。如属核减，请先写明原因和文号；否则请填累计数。")
        return _moved("", plain[1:], -1, beside)
    fen = read_wan(text)
    return Reading(fen, "" if text == wording.field_amount(fen) else f"{wording.amount(fen)} 万元")


def _moved(before: str, more: str, sign: int, beside: Beside) -> Reading:
    """Read an amount and what is added to it or taken from it; the amount that stands where none is typed."""
    if not more.strip():
        raise ValueError(f"“{'+' if sign > 0 else '-'}”后面还没有数。")
    step = read_wan(more)
    start = read_wan(before) if before.strip() else beside.standing
    if start is None:
        raise ValueError(f"台账里没有{beside.base}的数，“+”后面的不知道加在哪里，请填全数。")
    last = "" if before.strip() else f"{beside.base} "
    sum_said = f"{last}{wording.amount(start)} {'+' if sign > 0 else '-'} {wording.field_amount(step)}"
    fen = start + sign * step
    return Reading(fen, f"{wording.amount(fen)} 万元（{sum_said}）")


def period(text: str, beside: Beside) -> Reading:
    """Read a month or quarter: ``9月``, ``三季度`` and ``Q3`` are those of the year meant."""
    month = read_period(text, beside.year)
    return Reading(month, "" if text in (month_text(month), quarter_text(month)) else period_text(month))


def due_month(text: str, beside: Beside) -> Reading:
    """Read the month in which something ends: a quarter means its last."""
    month = read_period(text, beside.year)
    return Reading(month, _unless(text, month_text(month)))


def start_month(text: str, beside: Beside) -> Reading:
    """Read the month in which something starts: a quarter means its first."""
    month = read_start(text, beside.year)
    return Reading(month, _unless(text, month_text(month)))


def _day(of_month: Callable[[Month], date] | None) -> Reader:
    def read(text: str, beside: Beside) -> Reading:
        day = read_day(text, beside.year, of_month)
        return Reading(day, _unless(text, day.isoformat()))

    return read


day = _day(None)
"""Read a day, the year that is meant where none is typed."""

start_day = _day(first_day)
"""Read a day on which something begins: a month alone means its first."""

end_day = _day(last_day)
"""Read a day on which something ends: a month alone means its last."""


def percent(text: str, _beside: Beside) -> Reading:
    """Read a whole percentage."""
    plain = text.strip().rstrip("%％").strip()
    if not plain.isdecimal() or len(plain) > 3:
        raise ValueError(f"“{text.strip()[:20]}”不是百分数，请填 0–100 的整数。")
    return Reading(int(plain))


def year(text: str, _beside: Beside) -> Reading:
    """Read a calendar year."""
    plain = text.strip().rstrip("年")
    if not plain.isdecimal() or len(plain) != 4:
        raise ValueError(f"“{text.strip()[:20]}”不是年度，请写成 2024。")
    return Reading(int(plain))


def _unless(text: str, written: str) -> str:
    return "" if text == written else written


def given(values: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """Give the values that were filled in, less some by name."""
    return {name: value for name, value in values.items() if value not in (None, "") and name not in without}


def project(asked: Asked, month: Month | None = None) -> Position:
    """Read the project that a form is about, at the end of a month; by default of the period being filed."""
    desk = asked.desk
    point = desk.point()
    return desk.figures.position(desk.filed_at(point, month or point.period), asked.no or "", rules=desk.rules)


def about_project(p: Position, **more: Any) -> Prepared:
    """Give what every form on a project begins with."""
    more.setdefault("head", "台账现有")
    fixed = {"no": p.no} | more.pop("fixed", {})
    return Prepared(f"#{p.no} {p.name}", year_of(p.period), fixed=fixed, **more)


def statuses(p: Position) -> tuple[tuple[str, str], ...]:
    """Give the statuses a person may choose, in the words of this kind of project, each word once."""
    labelled = {status_label(status, operation=bool(p.operation)): str(status) for status in reversed(Status)}
    return tuple((str(label), status) for label, status in reversed(labelled.items()))


STARTED = Field("started", "实际开工日期", start_day, "如 2024-09-30；只写月为1日")
FINISHED = Field("finished", "实际完工日期", end_day, "完工必填；只写月为月末")
STATUS = Field("status", "项目状态", chosen=True, required=True)
PERIOD = Field("period", "期别", period, "如 2024Q3、2024-09、三季度", required=True)
REASON = Field("reason", "原因/说明", hint=REASON_HINT)
EVIDENCE = Field("evidence", "依据")
