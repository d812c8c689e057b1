"""What a foreign table says of the plan as a whole, in its title, its notes and its totals; the rest is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hgt_portfolio.money import FEN_PER_YI, UNITS, parse_amount, rounded, wan_words, yi_text
from hgt_portfolio.months import Month, month, read_day, year_of
from hgt_portfolio.plan.body import WHOLE, Body, Found, Total
from hgt_portfolio.plan.grid import LONGEST_NAME, bare
from hgt_portfolio.plan.load import PlanRow, Statement

UNCONFIRMED, NO_NUMBER = "待确认", "文号待确认"
NEAR_MONTHS = 36
"""How long 近期 is where the table does not say: three years."""

_DOC_NO = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[【(](?P<year>20[0-9]{2})[〕\]】)]第?[0-9]{1,4}号")
_SPAN = re.compile(r"(?P<first>20[0-9]{2})年?[-–—~至到](?P<last>20[0-9]{2})年?")
_YEAR = re.compile(r"(?P<year>20[0-9]{2})年")
_DAY = re.compile(r"20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日")
_TABLE_WORDS = re.compile(
    r"(?:一览|汇总|统计|明细|计划|信息|情况|进度)?(?:表|清单|台账|计划)$|^(?:附[件表]|表(?=[0-9一二三]))[0-9一二三四五六七八九十]*[:：]?"
)
_NO_TITLE = re.compile(r"^附[件表][0-9一二三四五六七八九十]*[:：]?$|^(?:金额)?单位[:：]|^填报|^制表|^日期")
_PROJECTS = re.compile(r"(?:共|共计|总计|合计|工程|项目)(?:重点)?(?:建设)?(?:工程|项目)?(?P<stated>[0-9]{1,6})[个项]")
_YI = re.compile(r"总投资(?:额|规模)?[约为共计]*(?P<stated>[0-9]{1,9}(?:\.[0-9]{1,6})?)亿元?")


def about(
    titles: Sequence[str], file: str, rows: Sequence[PlanRow], today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give what is said of the plan, and of every value that was guessed, from what; ``file`` is the table's name."""
    lines = ["".join(line.split()) for line in titles if not _NO_TITLE.match(bare(line))]
    title = re.sub("[（(][^（(]*号[）)]$", "", max(lines, key=len, default=""))[:LONGEST_NAME]
    words = "".join(bare(line) for line in titles)
    doc_no, day, span = _DOC_NO.search(words), _day(words), _SPAN.search(words)
    year = doc_no or span or _YEAR.search(words)
    first = int(year["first"] if year is span else year["year"]) if year else today.year
    issued = day or date(first, 1, 1)
    said: dict[str, Any] = {
        "title": title or file,
        "portfolio": _TABLE_WORDS.sub("", title) or title or file,
        "doc_no": doc_no[0] if doc_no else NO_NUMBER,
        "issued": issued,
        "issuer": UNCONFIRMED,
        "office": UNCONFIRMED,
    }
    guessed = {key: "表里没有写" for key in ("doc_no", "issuer", "office") if said[key] in (UNCONFIRMED, NO_NUMBER)}
    guessed["portfolio"] = "推算：取自表题" if title else "推算：取自文件名，待确认"
    if not title:
        guessed["title"] = guessed["portfolio"]
    if not day:
        guessed["issued"] = f"推算：取{'文号或表题的年份' if year else '今年'}，待确认"
    return said | _bounds(span, first, rows, guessed), guessed


def _day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return read_day(found[0]) if found else None
    except ValueError:
        return None


def _bounds(
    span: re.Match[str] | None, first: int, rows: Sequence[PlanRow], guessed: dict[str, str]
) -> dict[str, Month]:
    """Give the months that bound the plan's phases: from its title, else from its rows."""
    dues = [row.period.end for row in rows if row.period.end is not None]
    start = month(int(span["first"]) if span else first, 1)
    latest = max([start, *dues])
    end = month(int(span["last"]) if span else year_of(latest), 12)
    end = max(end, start + 11)
    near_end = min(start + NEAR_MONTHS - 1, end)
    guessed["start"] = "推算：取自表题的起止年份" if span else "推算：取印发年份，待确认"
    guessed["horizon_end"] = "推算：取自表题的起止年份" if span else "推算：取最晚的完工年份，待确认"
    guessed["near_end"] = "推算：规划期的前三年，待确认"
    guessed["far_from"] = "推算：近期以后，待确认"
    return {"start": start, "near_end": near_end, "far_from": near_end + 1, "horizon_end": end}


def statements(lines: Sequence[str], body: Body, domains: Sequence[str], unit: str) -> dict[str, Statement]:
    """Give what the table states of itself: its projects and investment, in words or in its 合计, and each domain."""
    found: dict[str, Statement] = {}
    for code, pattern in (("projects", _PROJECTS), ("investment_yi", _YI)):
        for line in lines:
            stated = pattern.search(bare(line))
            if stated:
                found.setdefault(code, Statement(code, stated["stated"], line))
    wholes = [total for total in body.totals if total.scope == WHOLE]
    for total in wholes if len(wholes) == 1 else ():
        fen, quote = _stated(total, unit), f"{total.place} {total.label}"
        if total.count is not None:
            found.setdefault("projects", Statement("projects", str(total.count), quote))
        if fen is not None:
            found.setdefault("investment_yi", Statement("investment_yi", yi_text(fen), quote))
    for name, (count, words) in body.counted.items():
        if name in domains:
            found[f"domain:{name}"] = Statement(f"domain:{name}", str(count), words)
    return found


def compared(totals: Sequence[Total], rows: Sequence[PlanRow], unit: str) -> Iterator[Found]:
    """Compare every total that the table states with the rows it is for; only those that differ are given."""
    for total in totals:
        part = rows[total.first : total.last]
        name = f"{total.scope}的" if total.scope != WHOLE and total.scope not in total.label else ""
        found = list(_differs(total, name, part, unit))
        if total.scope == WHOLE and found:
            # A 合计 is for the rows above it where it agrees with them, else for the whole table.
            found = list(_differs(total, name, rows, unit))
        yield from found


def _differs(total: Total, name: str, part: Sequence[PlanRow], unit: str) -> Iterator[Found]:
    """Compare a stated count, and a stated amount to the places that it is written with."""
    if total.count is not None and total.count != len(part):
        yield Found(total.place, total.label, f"{name}项数写作 {total.count}，逐行数为 {len(part)}")
    if not total.amount:
        return
    stated = _stated(total, unit)
    if stated is None:
        yield Found(total.place, total.amount, f"{name}{total.label}的金额读不出来，没有对账")
        return
    priced = [row.amount.fen for row in part if row.amount.fen is not None]
    decimals = re.search(r"\.([0-9]+)", total.amount)
    written = UNITS[next((word for word in UNITS if word in total.amount), unit)]
    places = len(decimals[1]) if decimals else 0
    if rounded(Decimal(sum(priced)) / written, places) != rounded(Decimal(stated) / written, places):
        difference = stated - sum(priced)
        more = "多" if difference > 0 else "少"
        why = (
            f"{name}{total.label}写作 {wan_words(stated)} 万元，逐行相加为 {wan_words(sum(priced))} 万元"
            f"（有投资额 {len(priced)}/{len(part)}项），{more} {wan_words(abs(difference))} 万元"
        )
        yield Found(total.place, "", why)


def _stated(total: Total, unit: str) -> int | None:
    """Read a stated amount, fen; a bare number has the unit of the table."""
    written = any(word in total.amount for word in UNITS)
    return parse_amount(total.amount if written else f"{total.amount}{unit}").fen


def agreed(stated: Mapping[str, str], known: Mapping[str, Statement]) -> tuple[Statement, ...]:
    """Give the statements of a map, each with the sentence that the table has for it."""
    return tuple(
        known[code] if code in known and known[code].stated == value else Statement(code, value, "对照表所写")
        for code, value in stated.items()
    )


def sum_words(rows: Sequence[PlanRow]) -> str:
    """Say how many rows have an amount and what they add up to, in 亿元 from one 亿元 on."""
    priced = [row.amount.fen for row in rows if row.amount.fen is not None]
    whole = sum(priced)
    amount = f"{yi_text(whole)} 亿元" if whole >= FEN_PER_YI else f"{wan_words(whole)} 万元"
    return f"有投资额 {len(priced)}/{len(rows)} 项" + (f"，共 {amount}" if priced else "")
