"""Amounts of money: integer 分 (fen) inside, ``Decimal`` at the edges, never a float.

万元 is how the plan and the office write amounts, 亿元 how its prose does.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hgt_portfolio.terms import InvestmentKind

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000


def wan(fen: int) -> Decimal:
    """Give an amount in 万元, exact to the fen."""
    return Decimal(fen).scaleb(-6)


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up to ``places`` decimals, as the office does by hand."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def wan_text(fen: int) -> str:
    """Write fen as exact 万元 with two to six decimals: ``2995731.99``."""
    whole, _, decimals = f"{wan(fen):f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def wan_words(fen: int) -> str:
    """Write fen as 万元 for prose, rounded half up to two decimals with thousands separators: ``2,995,731.99``."""
    return f"{rounded(wan(fen), 2):,}"


def two_decimals(fen: int) -> int:
    """Round fen half up to what two decimals of 万元 show, for a page or a screen."""
    return int(rounded(wan(fen), 2) * FEN_PER_WAN)


def yi_text(fen: int, places: int = 4) -> str:
    """Write fen as 亿元 rounded half up: ``299.5732``."""
    return f"{rounded(Decimal(fen) / FEN_PER_YI, places):f}"


def ratio(part: int | None, whole: int | None) -> Decimal | None:
    """Divide two amounts; ``None`` where either is unknown or the whole is zero."""
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


@dataclass(frozen=True)
class Amount:
    """A reading of a 总投资 cell, in fen; ``reason`` is ``None`` exactly where ``fen`` is not."""

    fen: int | None
    kind: InvestmentKind
    qualifier: str | None
    reason: str | None


LONGEST_CELL = 200
LARGEST_FEN = 9_000_000_000_000_000

UNITS = {
    "亿元": FEN_PER_YI,
    "亿": FEN_PER_YI,
    "千万元": 1000 * FEN_PER_WAN,
    "千万": 1000 * FEN_PER_WAN,
    "百万元": 100 * FEN_PER_WAN,
    "百万": 100 * FEN_PER_WAN,
    "万元": FEN_PER_WAN,
    "万": FEN_PER_WAN,
    "千元": 1000 * FEN_PER_YUAN,
    "元": FEN_PER_YUAN,
}
QUALIFIERS = (
    *("大约", "约为", "约合", "约计", "约", "接近", "近", "预计", "预估", "估计", "估算", "概算", "预算", "匡算"),
    *("测算", "暂估", "暂定", "初步", "计划", "批复", "核定", "审定", "决算", "结算", "中标价", "合同价", "拟"),
)
NEUTRAL = (
    *("项目", "总投资额", "总投资", "投资总额", "投资额", "投资", "总额", "总金额", "金额", "资金", "总计", "合计"),
    *("共计", "共", "为", ":", "人民币", "RMB", "CNY", "¥"),
)
UNDETERMINED = (
    *("待定", "未定", "待确定", "待明确", "待核定", "待批复", "待测算", "尚未确定", "暂未确定", "未确定"),
    *("另行确定", "暂无"),
)
BLANKS = frozenset(("", "-", "--", "–", "—", "——", "/", "无"))


def _any_of(words: tuple[str, ...] | dict[str, int]) -> str:
    # In reverse, a longer word stands before one that it begins with.
    return "|".join(sorted(map(re.escape, words), reverse=True))


_WORDS = rf"(?P<words>(?:{_any_of(QUALIFIERS + NEUTRAL)})*+)"
_TAIL = r"(?P<tail>(?:人民币|整|左右|上下)*+)。?"
_NUMBER = r"(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,10})?"
_SIMPLE = re.compile(rf"{_WORDS}(?P<number>{_NUMBER})(?P<unit>{_any_of(UNITS)})?{_TAIL}")
_COMPOUND = re.compile(
    rf"{_WORDS}(?:(?P<yi>[1-9][0-9]{{0,5}})亿(?=[0-9]+万))?(?P<wan>[1-9][0-9]{{0,3}})万"
    rf"(?:元|(?P<yuan>[1-9][0-9]{{0,3}}(?:\.[0-9]{{1,2}})?)元)?{_TAIL}"
)
_UNDETERMINED = re.compile(rf"{_WORDS}(?P<why>{_any_of(UNDETERMINED)})。?")
_CURRENCY = re.compile("人民币|RMB|CNY|¥|整")

# A point with a space beside it may also be a list number (1. 500万元), so only what can be nothing but
# a decimal is closed up: 3. 5亿元.
_SPACED_POINT = re.compile(r"(?<=[0-9]) *\. *(?=[0-9]?[1-9](?![0-9.,]))")

_SPACING = (
    (re.compile(r"[0-9]\s+[0-9]"), "数字中间有空格"),
    (re.compile(r"\s,|,\s"), "逗号旁有空格，无法确定是一个数还是两个数"),
    (re.compile(r"[0-9]\s+\.|\.\s+[0-9]"), "小数点旁有空格，无法确定是小数还是序号"),
)

# A full-width comma between digits separates thousands only among full-width digits: 500，300 may well be two amounts.
_WIDE_COMMA = "，﹐︐"
_GROUPED = re.compile(
    rf"(?<![0-9０-９,.．{_WIDE_COMMA}])[0-9０-９]{{1,3}}(?:[,{_WIDE_COMMA}][0-9０-９]{{3}})+(?![0-9０-９])(?:[.．][0-9０-９]+)?"
)
_CHINESE_DIGIT = "〇零一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_RANGE = re.compile(rf"[0-9](?:{_any_of(UNITS)})?[-–—―−~至到]+[0-9]")

# Why a cell is no amount: the first pattern found speaks. 不超过 stands before 超, 不少于 before 少于.
_REASONS = (
    (re.compile("[%‰]|百分之"), "是比例，不是金额"),
    (re.compile(r"美元|美金|港元|港币|欧元|日元|英镑|[$€£]|USD|HKD|EUR"), "是外币，请折算为人民币"),
    (re.compile(r"每|/|／"), "是单价或按期费用，不是总投资"),
    (re.compile(r"[0-9][eE][+-]?[0-9]|[0-9][×xX*]10|\^"), "是科学计数法，请写成普通数字"),
    (_RANGE, "是一个范围，不是确定的金额"),
    (re.compile(r"^[^0-9]*[-–—−][0-9.]"), "是负数"),
    (re.compile("不少于|不低于|不小于|至少|最少|≥"), "只给出下限，不是确定的金额"),
    (
        re.compile("不超过|不高于|不大于|以内|以下|不足|不到|低于|少于|小于|至多|最多|上限|[≤<]"),
        "只给出上限，不是确定的金额",
    ),
    (re.compile("超|以上|余|多|逾|大于|高于|起|几|数[十百千万亿]|[>+]$"), "只给出下限或概数，不是确定的金额"),
    (re.compile(r"(?:^|[^0-9])\.[0-9]"), "小数点前缺数字"),
    (re.compile(r"[0-9]\.(?![0-9])"), "小数点后缺数字"),
    (re.compile(r"[0-9]\.[0-9]+\.[0-9]"), "有两个小数点"),
    (re.compile(r"(?<![0-9.,])0[0-9]"), "数字以0开头，可能有缺漏"),
    (re.compile(r"[0-9],|,[0-9]"), "千分位逗号的位置不对，或有两个数"),
    (re.compile("[的×*+=÷]|按"), "是计算办法，不是金额"),
    (re.compile(rf"[{_CHINESE_DIGIT}十拾百佰]+[十拾百佰千仟万亿元]"), "用了中文数字，请改写为阿拉伯数字"),
    (re.compile(rf"^(?:{_any_of(UNITS)})$"), "只有单位，没有数字"),
    (re.compile(r"^[^0-9]*$"), "没有金额"),
    (re.compile(r"[()\[\]【】]"), "带有括号内容，请只写金额"),
    (re.compile(r"[0-9][^0-9]*[^0-9.,][^0-9]*[0-9]"), "有两个以上的数，无法确定是哪一个"),
    (re.compile(r"[0-9]{16}"), "数字过大"),
    (re.compile(r"\.[0-9]{11}"), "小数位数过多，精确到分即可"),
    (re.compile(rf"[0-9](?:{_any_of(UNITS)})?+[^0-9]+$"), "金额后有其他文字，请只写金额"),
    (re.compile("^[^0-9]"), "金额前有其他文字，请只写金额"),
)


def foreign_digits(text: str) -> bool:
    """Tell whether NFKC would make plain digits out of characters that are none, such as ² or ½."""
    return any(
        not ("0" <= char <= "9" or "０" <= char <= "９")
        and any("0" <= plain <= "9" for plain in unicodedata.normalize("NFKC", char))
        for char in text
    )


def _two_numbers(text: str) -> bool:
    """Tell whether a full-width comma may part numbers: 500，300 and 100，200，300, but not １，２００."""
    for found in _GROUPED.finditer(text):
        number = found[0]
        commas = [char for char in number if char in f",{_WIDE_COMMA}"]
        half_width = any("0" <= char <= "9" or char == "," for char in number)
        if half_width and any(char != "," for char in commas):
            return True
    return False


def _none(reason: str, kind: InvestmentKind = InvestmentKind.FORMULA) -> Amount:
    return Amount(None, kind, None, reason)


def _fen(compact: str) -> tuple[Decimal, re.Match[str]] | str:
    """Match a cell without spaces against the two forms of an amount, or say why it is neither."""
    found = _SIMPLE.fullmatch(compact)
    if found is not None:
        unit = found["unit"]
        if unit is None and _CURRENCY.search(found["words"] + found["tail"]):
            return "写了人民币而没有单位，无法确定是元还是万元"
        return Decimal(found["number"].replace(",", "")) * UNITS[unit or "万元"], found
    found = _COMPOUND.fullmatch(compact)
    if found is not None:
        parts = ((found["yi"], FEN_PER_YI), (found["wan"], FEN_PER_WAN), (found["yuan"], FEN_PER_YUAN))
        return sum((Decimal(number) * unit for number, unit in parts if number), Decimal(0)), found
    return next((reason for pattern, reason in _REASONS if pattern.search(compact)), "不是单一的金额")


def _qualifier(found: re.Match[str]) -> str | None:
    """Join the words that qualify an amount, leaving out the neutral ones."""
    words = re.findall(_any_of(QUALIFIERS + NEUTRAL), found["words"])
    words += re.findall("左右|上下", found["tail"])
    return "、".join(word for word in words if word not in NEUTRAL) or None


def parse_amount(text: str) -> Amount:
    """Read a 总投资 cell whole or not at all, in fen; a bare number is 万元, and it never raises."""
    if len(text) > LONGEST_CELL:
        return _none("内容过长，不是单一的金额")
    if foreign_digits(text):
        return _none("含有特殊数字符号，请改写为普通数字")
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in BLANKS:
        return _none("未填写", InvestmentKind.UNDETERMINED)
    if _two_numbers(text):
        return _none("像是两个数；如是千分位，请用半角逗号")
    plain = _SPACED_POINT.sub(".", plain)
    for pattern, reason in _SPACING:
        if pattern.search(plain):
            return _none(reason)
    compact = re.sub(r"\s+", "", plain)
    undetermined = _UNDETERMINED.fullmatch(compact)
    if undetermined is not None:
        return _none(f"总投资{undetermined['why']}", InvestmentKind.UNDETERMINED)
    read = _fen(compact)
    if isinstance(read, str):
        return _none(read)
    fen, found = read
    if fen != fen.to_integral_value():
        return _none("小数位数过多，精确到分即可")
    if fen > LARGEST_FEN:
        return _none("数字过大")
    return Amount(int(fen), InvestmentKind.FIXED, _qualifier(found), None)


def read_wan(text: str) -> int:
    """Read what a person types into a 万元 field, in fen; raises ``ValueError`` in Chinese unless exact."""
    amount = parse_amount(text)
    if amount.fen is None:
        said = "里面没有数字" if amount.reason == "没有金额" else amount.reason
        raise ValueError(f"“{text.strip()[:40]}”不能作为金额：{said}")
    if amount.qualifier is not None:
        raise ValueError(f"“{text.strip()[:40]}”带有“{amount.qualifier}”，请填确定的金额")
    return amount.fen
