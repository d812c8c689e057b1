"""Months, quarters and spans.

A month is held as one integer, ``year * 12 + month - 1``, in Python and in the database alike, so that
comparing and counting months is plain integer arithmetic.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

Month = int


def month(year: int, number: int) -> Month:
    """Give the index of a calendar month; raises ``ValueError`` outside 1–12."""
    if not 1 <= number <= 12:
        raise ValueError(f"月份应为 1–12，收到 {number}")
    return year * 12 + number - 1


def month_of(day: date) -> Month:
    """Give the month a day lies in."""
    return day.year * 12 + day.month - 1


def year_of(index: Month) -> int:
    """Give the calendar year of a month."""
    return index // 12


def month_text(index: Month) -> str:
    """Write a month as ``2024-09``."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def first_day(index: Month) -> date:
    """Give the first day of a month."""
    return date(index // 12, index % 12 + 1, 1)


def day_words(day: date) -> str:
    """Write a day as official documents do: 2024年10月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def last_day(index: Month) -> date:
    """Give the last day of a month: the due date of a span that ends in it."""
    year, number = divmod(index, 12)
    return date(year, number + 1, monthrange(year, number + 1)[1])


def quarter_end(index: Month) -> Month:
    """Give the last month of the quarter that a month lies in."""
    return index - index % 3 + 2


def last_quarter_end(day: date) -> Month:
    """Give the last month of the latest quarter that is over on ``day`` (its last day counts as over)."""
    index = month_of(day)
    if index % 3 == 2 and day == last_day(index):
        return index
    return index - index % 3 - 1


def quarter_text(index: Month) -> str:
    """Write the quarter of a month as ``2024Q3``."""
    return f"{index // 12}Q{index % 12 // 3 + 1}"


def quarter_label(index: Month) -> str:
    """Write the quarter of a month as ``2024年三季度``."""
    return f"{index // 12}年{'一二三四'[index % 12 // 3]}季度"


FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_CELL = 80

# From finest to coarsest: the precision of a span is the coarser of its two ends'.
GRAINS = ("day", "month", "quarter", "half", "year", "plan")
FIVE_YEAR_PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026, "十六五": 2031}
NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}

LEADING = (
    *("预计", "计划", "拟", "力争", "争取", "确保", "从", "于", "由", "在", "约", "自", "到", "至", "截至", "截止"),
    *("实施年限", "实施期限", "建设年限", "建设期限", "建设周期", "建设工期", "工期", "为", ":"),
)
END_VERBS = (
    *("建成投用", "建成投产", "建成", "完成", "完工", "竣工验收", "竣工", "投产", "投用", "投入使用", "交付使用"),
    *("交付", "通车", "验收", "结束", "止"),
)
START_VERBS = (
    *("开工建设", "开工", "启动建设", "启动", "开始实施", "开始", "动工", "开建", "起", "以来", "至今"),
    *("实施至今",),
)
OPEN_ENDS = ("", "今", "至今", "长期", "待定", "未定", "持续")


@dataclass(frozen=True)
class Period:
    """A reading of a 实施年限 cell as inclusive months; ``reason`` is ``None`` where there is a reading.

    Work may go on to the last day of ``end``, which is therefore the due date. ``precision`` is one of
    ``GRAINS``; ``qualifier`` keeps the words that narrow or open the reading.
    """

    start: Month | None
    end: Month | None
    precision: str | None
    qualifier: str | None
    reason: str | None


@dataclass(frozen=True)
class _Point:
    """One point of a cell: its months, and whether it names only a moment by which (年底)."""

    first: Month
    last: Month
    grain: str
    word: str | None = None
    ends: bool = False
    day: date | None = None


@dataclass(frozen=True)
class _Clause:
    """A point with its role: ``start``, ``end`` or ``None`` where no word gives one."""

    point: _Point
    role: str | None
    words: tuple[str, ...]


def _any_of(words: Iterable[str]) -> str:
    # In reverse, a longer word stands before one that it begins with.
    return "|".join(sorted(map(re.escape, words), reverse=True))


_Y, _M, _D = r"(?P<y>[0-9]{4})", r"(?P<m>[0-9]{1,2})", r"(?P<d>[0-9]{1,2})"
_Q = r"第?(?P<q>[1-4一二三四])季度?"
_END = r"(?P<ends>底|末)?"
_WORD = r"(?P<word>上旬|中旬|下旬|初|中|底|末)?"
_QUOTE = "[“”\"']?"


def _forms(*forms: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((grain, re.compile(pattern)) for grain, pattern in forms)


_FORMS = _forms(
    ("year", rf"{_Y}(?:年度|年全年|年|全年)?"),
    ("year", rf"{_Y}年?(?P<ends>年底|年末|年内|底|末|内)"),
    ("half", rf"{_Y}年?(?P<h>[上下])半年{_END}"),
    ("quarter", rf"{_Y}年?{_Q}{_END}"),
    ("quarter", rf"{_Y}[年-]?[Qq](?P<q>[1-4])"),
    ("quarter", rf"{_Y}年?前(?P<n>[二两三23])个?季度"),
    ("month", rf"{_Y}[./-]{_M}(?:月份?{_WORD})?"),
    ("month", rf"{_Y}年{_M}月份?{_WORD}"),
    ("month", rf"{_Y}(?P<m>[0-9]{{2}})"),
    ("day", rf"{_Y}(?P<sep>[./-]){_M}(?P=sep){_D}日?"),
    ("day", rf"{_Y}年{_M}月{_D}[日号]"),
    ("day", rf"{_Y}(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})"),
    ("plan", rf"{_QUOTE}(?P<p>{_any_of(FIVE_YEAR_PLANS)}){_QUOTE}(?:规划)?(?:期间|时期|期)?{_END}"),
)
# 2024年3 is whole only before a second month: 2024年3-12月.
_BEFORE_MONTH = _forms(("month", rf"{_Y}年{_M}"))

# A second point may leave out its year. A bare number is a month only after a month and a day only
# after a day, else it is not certain what it counts.
_YEARLESS = _forms(
    ("month", rf"(?:当年|同年)?{_M}月份?{_WORD}"),
    ("year", r"(?:当年|同年)?(?P<ends>年底|年末|年内)"),
    ("quarter", rf"{_Q}{_END}"),
    ("half", rf"(?P<h>[上下])半年{_END}"),
)
_AFTER_MONTH = _forms(("month", _M))
_AFTER_DAY = _forms(("day", rf"{_M}月{_D}[日号]"), ("day", rf"{_M}[./-]{_D}"), ("day", rf"{_D}[日号]"))

# Where the year is known from elsewhere, a text need not write it: 9月, 三季度, Q3, 9月30日.
# 12/25 can be but one day; 3/4 may be meant as either.
_IN_YEAR = (
    *_YEARLESS,
    *_AFTER_DAY[:1],
    *_forms(("quarter", r"[Qq](?P<q>[1-4])"), ("day", r"(?P<m>0?[1-9]|1[0-2])/(?P<d>1[3-9]|2[0-9]|3[01])")),
)

_CLAUSE = re.compile(
    rf"(?P<leading>(?:{_any_of(LEADING)})*+)(?P<body>.+?)(?P<before>之前|以前|前)?"
    rf"(?P<verb>(?:全面|全部|基本|正式)?(?:{_any_of(END_VERBS + START_VERBS)}))?"
)
_SEPARATOR = re.compile("[-~至到,;、]")
_QUARTERS = re.compile("第?([1-4一二三四])[-~至到]第?([1-4一二三四])季度?")
_MIDNIGHT = re.compile(r"(?<=[0-9])[ T]0?0:00(?::00(?:\.0+)?)?$")
_PLAIN = str.maketrans(
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "‐‑‒–—―−－─"), "-")
    | dict.fromkeys(map(ord, "〜∼～"), "~")
)

_YEAR = "(?<![0-9])[0-9]{4}(?:[0-9]{2}|[0-9]{4})?(?![0-9])"
_COUNT = "[0-9一二两三四五六七八九十半]"
# Why a cell has no reading: the first pattern found speaks.
_REASONS = (
    (re.compile("待定|未定|待确定|待明确|另行确定|暂无"), "时间待定"),
    (re.compile("[0-9]{4}年?年?[初中](?!旬)"), "“年初”“年中”说法不精确，请写到月"),
    (re.compile("[〇零一二三四五六七八九]{4}年"), "用了中文数字，请改写为阿拉伯数字"),
    (
        re.compile(
            "(?<![0-9])[0-9]{2}年(?:度?[底末初]|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月|[上下]半年|第?[1-4一二三四]季度)"
        ),
        "年份应写四位数字",
    ),
    (re.compile(rf"^(?!.*{_YEAR}).*{_COUNT}(?:个月|年|天|周|个?工作日|日历天)"), "是工期，没有起止月份"),
    (re.compile(r"(?<![0-9])[0-9]{2}(?:年|[./-][0-9]{1,2}(?![0-9]))"), "年份应写四位数字"),
    (re.compile("长期|常年|每年|短期|中期"), "没有起止月份"),
    (re.compile(rf"^(?!.*{_YEAR}).*(?:月|季度|年底|年末|年内|半年|全年|日)"), "缺年份"),
    (re.compile(_YEAR), "有无法识别的文字，请写成“2024.6-2024.12”的样式"),
)


def _whole(plan: str | None, year: int) -> tuple[int, int]:
    return (FIVE_YEAR_PLANS[plan], 5) if plan else (year, 1)


def _checked(year: int, number: int) -> Month:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年份 {year} 超出 {FIRST_YEAR}–{LAST_YEAR}")
    return month(year, number)


def _number(text: str) -> int:
    return NUMERALS[text] if text in NUMERALS else int(text)


def _months(grain: str, part: dict[str, str | None], year: int, number: int) -> tuple[Month, Month]:
    """Give the first and last month that the parts of a point name; raises ``ValueError`` in Chinese."""
    if grain in ("year", "plan"):
        start, length = _whole(part.get("p"), year)
        return _checked(start, 1), _checked(start + length - 1, 12)
    if grain == "half":
        return _checked(year, 1 if part["h"] == "上" else 7), _checked(year, 6 if part["h"] == "上" else 12)
    if grain == "quarter":
        quarter = _number(part.get("q") or part.get("n") or "")
        first = 1 if part.get("n") else quarter * 3 - 2
        return _checked(year, first), _checked(year, quarter * 3)
    return _checked(year, number), _checked(year, number)


def _build(grain: str, found: re.Match[str], hint: _Point | None) -> _Point:
    part = found.groupdict()
    year = int(part["y"]) if part.get("y") else year_of(hint.last) if hint else 0
    number = int(part["m"]) if part.get("m") else hint.last % 12 + 1 if hint else 0
    first, last = _months(grain, part, year, number)
    if part.get("ends"):
        return _Point(last, last, grain, ends=True)
    if grain != "day":
        return _Point(first, last, grain, word=part.get("word"))
    try:
        return _Point(first, last, grain, day=date(year, number, int(part["d"] or "")))
    except ValueError as error:
        raise ValueError(f"{year}年{number}月没有{part['d']}日") from error


def _point(text: str, forms: Iterable[tuple[str, re.Pattern[str]]], hint: _Point | None = None) -> _Point | None:
    for grain, pattern in forms:
        found = pattern.fullmatch(text)
        if found is not None:
            return _build(grain, found, hint)
    return None


def _clause(text: str, forms: Iterable[tuple[str, re.Pattern[str]]], hint: _Point | None = None) -> _Clause | None:
    """Read one point with the words before and after it."""
    found = _CLAUSE.fullmatch(text)
    if found is None:
        return None
    point = _point(found["body"], forms, hint)
    if point is None:
        return None
    leading, before, verb = found["leading"], found["before"], found["verb"]
    if before:
        point = _just_before(point)
    starts = (verb or "").endswith(START_VERBS)
    role = "start" if starts else "end" if verb or before or point.ends else None
    if role is None:
        role = "end" if re.search("到|至|截止", leading) else "start" if re.search("自|从|由", leading) else None
    opening = "自" if role == "start" and not verb else None
    words = ("约" if "约" in leading else None, opening, point.word, "前" if before else None, verb)
    return _Clause(point, role, tuple(word for word in words if word))


def _just_before(point: _Point) -> _Point:
    """Move a point to the last month that lies before it: the day before a day, the month before a month."""
    if point.ends or point.word in ("底", "末"):
        last = point.last
    elif point.word in ("中", "中旬", "下旬"):
        return point
    elif point.day is not None:
        last = point.first if point.day.day > 1 else point.first - 1
    else:
        last = point.first - 1
    last = _checked(year_of(last), last % 12 + 1)
    return _Point(last, last, point.grain)


def _single(clause: _Clause) -> Period:
    point, words = clause.point, "、".join(clause.words) or None
    if clause.role == "start":
        return Period(point.first, None, point.grain, words, None)
    if clause.role == "end" or point.grain in ("day", "month"):
        return Period(None, point.last, point.grain, words, None)
    return Period(point.first, point.last, point.grain, words, None)


def _joined(start: _Clause, end: _Clause) -> Period:
    if end.point.last < start.point.first or (
        start.point.day is not None and end.point.day is not None and end.point.day < start.point.day
    ):
        raise ValueError("起止颠倒")
    grain = max(start.point.grain, end.point.grain, key=GRAINS.index)
    words = "、".join(word for word in (*start.words, *end.words) if word != "自") or None
    return Period(start.point.first, end.point.last, grain, words, None)


def _split(left: str, separator: str, right: str) -> Period | None:
    """Read a cell as two points around one separator, or as one point with an open end."""
    if separator in "-~至到" and right in OPEN_ENDS:
        begun = _clause(left, _FORMS)
        if begun is None or begun.role == "end":
            return None
        words = (*begun.words, "至今" if right == "今" else right or "未写止期")
        return Period(begun.point.first, None, begun.point.grain, "、".join(words), None)
    start = _clause(left, (*_FORMS, *_BEFORE_MONTH))
    if start is None:
        return None
    forms = _FORMS
    if start.point.grain in ("day", "month", "quarter", "half"):
        forms += _YEARLESS
    forms += {"month": _AFTER_MONTH, "day": _AFTER_DAY}.get(start.point.grain, ())
    end = _clause(right, forms, start.point)
    if end is None:
        return None
    roles = (start.role, end.role)
    if roles == ("end", "start") and separator in ",;、":
        return _joined(end, start)
    if separator in ",;、":
        return _joined(start, end) if roles == ("start", "end") else None
    backwards = start.role == "end" and (bool(start.words) or not start.point.ends)
    return None if backwards or end.role == "start" else _joined(start, end)


def _readings(text: str) -> tuple[set[Period], list[str]]:
    """Collect every way to read a cell, and what stood in the way of the others."""
    read: set[Period] = set()
    faults: list[str] = []
    try:
        clause = _clause(text, _FORMS)
        if clause is not None:
            return {_single(clause)}, faults
    except ValueError as error:
        faults.append(str(error))
    for found in _SEPARATOR.finditer(text):
        try:
            period = _split(text[: found.start()], found[0], text[found.end() :])
        except ValueError as error:
            faults.append(str(error))
        else:
            read.update((period,) if period else ())
    return read, faults


def _plain(text: str) -> str:
    """Make punctuation half-width and separators single, and take out the spaces, never between digits."""
    plain = _MIDNIGHT.sub("", text.translate(_PLAIN).strip())
    if re.search(r"[0-9]\s+[0-9]", plain):
        raise ValueError("数字中间有空格")
    plain = re.sub(r"\s+", "", plain).removesuffix("。")
    return _QUARTERS.sub(r"\1季度-\2季度", re.sub(r"([-~])[-~]+", r"\1", plain))


def parse_period(text: str) -> Period:
    """Read a 实施年限 cell whole or not at all, as inclusive months; it never raises."""
    if len(text) > LONGEST_CELL:
        return Period(None, None, None, None, "内容过长，没有可识别的起止月份")
    try:
        plain = _plain(text)
    except ValueError as error:
        return Period(None, None, None, None, str(error))
    if plain in ("", "-", "/", "无"):
        return Period(None, None, None, None, "未填写")
    read, faults = _readings(plain)
    if len(read) == 1:
        return read.pop()
    reasons = ["有多种读法，无法确定"] if read else [*faults]
    reasons += [reason for pattern, reason in _REASONS if pattern.search(plain)]
    return Period(None, None, None, None, (reasons or ["没有可识别的年月"])[0])


def _one_point(text: str, grains: tuple[str, ...], wanted: str, year: int | None = None) -> _Point:
    plain = _plain(text) if len(text) <= LONGEST_CELL else ""
    point = _point(plain, _FORMS)
    if point is None and year is not None:
        point = _point(plain, _IN_YEAR, _Point(month(year, 1), month(year, 12), "year"))
    if point is None or point.word or point.grain not in grains:
        raise ValueError(f"“{text.strip()[:20]}”无法识别，应写作{wanted}")
    return point


def read_period(text: str, year: int | None = None) -> Month:
    """Read a filing period and give its last month; raises ``ValueError`` in Chinese.

    With a ``year``, a text may leave it out: ``9月``, ``三季度``, ``Q3``.
    """
    return _one_point(text, ("month", "quarter"), "季度 2024Q3 或月份 2024-09", year).last


def read_start(text: str, year: int | None = None) -> Month:
    """Read the month in which something starts: a quarter means its first month; raises ``ValueError`` in Chinese.

    With a ``year``, a text may leave it out, as in ``read_period``.
    """
    return _one_point(text, ("month", "quarter"), "季度 2024Q3 或月份 2024-09", year).first


def read_day(text: str, year: int | None = None, of_month: Callable[[Month], date] | None = None) -> date:
    """Read a day such as ``2024-09-30`` or ``20240930``; raises ``ValueError`` in Chinese.

    With a ``year``, a text may leave it out: ``9月30日``. ``of_month`` says which day a month alone means.
    """
    if of_month is None:
        point = _one_point(text, ("day",), "日期 2024-09-30", year)
    else:
        point = _one_point(text, ("day", "month"), "日期 2024-09-30 或月份 2024-09", year)
    if point.day is None and of_month is not None:
        return of_month(point.last)
    assert point.day is not None  # noqa: S101 - a point of grain "day" always has one
    return point.day


def read_as_of(text: str) -> tuple[date, Month]:
    """Read 截至日: a span gives its last day and month, a day itself and the last quarter-end by then."""
    point = _one_point(text, ("day", "month", "quarter", "half", "year"), "日期 2024-09-30、月份 2024-09 或季度 2024Q3")
    if point.day is not None:
        return point.day, last_quarter_end(point.day)
    return last_day(point.last), point.last
