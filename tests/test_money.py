"""Amounts: exact to the fen, read whole or not at all."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.money import (
    FEN_PER_WAN,
    FEN_PER_YI,
    LARGEST_FEN,
    LONGEST_CELL,
    foreign_digits,
    parse_amount,
    ratio,
    read_wan,
    rounded,
    wan,
    wan_text,
    wan_words,
    yi_text,
)
from hgt_portfolio.terms import InvestmentKind


def in_wan(text: str) -> int:
    return int(Decimal(text) * FEN_PER_WAN)


# Every investment row of the collected samples (the plan's table and published project lists).
SAMPLES_READ = [
    ("99875", "99875", None),
    ("33.6", "33.6", None),
    ("2917.19", "2917.19", None),
    ("101474.24万元", "101474.24", None),
    ("3. 5亿元", "35000", None),
    ("2400万元", "2400", None),
    ("8. 4亿元", "84000", None),
    ("391818.41万元", "391818.41", None),
    ("31. 4亿元", "314000", None),
    ("约54亿元", "540000", "约"),
    ("概算总投资2095.66亿元", "20956600", "概算"),
    ("概算投资140.16亿元", "1401600", "概算"),
    ("107亿元", "1070000", None),
    ("5.21亿元", "52100", None),
    ("2028万元", "2028", None),
    ("估算总投资2418.7亿元", "24187000", "估算"),
    ("约1.29亿元", "12900", "约"),
]
SAMPLES_REFUSED = [
    ("待定", InvestmentKind.UNDETERMINED, "总投资待定"),
    ("节能效益款的88%", InvestmentKind.FORMULA, "是比例，不是金额"),
    ("1-5亿元", InvestmentKind.FORMULA, "是一个范围，不是确定的金额"),
    (".2亿元", InvestmentKind.FORMULA, "小数点前缺数字"),
    ("超2700亿元", InvestmentKind.FORMULA, "只给出下限或概数，不是确定的金额"),
]
READ = [
    ("0", "0", None),
    ("1,234.5", "1234.5", None),
    ("１，２３４．５", "1234.5", None),
    ("100,000,000", "100000000", None),
    ("12,000", "12000", None),
    ("500,300", "500300", None),
    ("１，２００", "1200", None),
    ("１，２３４.５万", "1234.5", None),
    ("１,２００万元", "1200", None),
    (" 1200 万元 ", "1200", None),
    ("500　万元", "500", None),
    ("1亿2000万元", "12000", None),
    ("1亿 2000万", "12000", None),
    ("3万5000元", "3.5", None),
    ("1亿2000万3000元", "12000.3", None),
    ("2千万元", "2000", None),
    ("5百万元", "500", None),
    ("3千元", "0.3", None),
    ("100元", "0.01", None),
    ("1.2亿", "12000", None),
    ("33.6万", "33.6", None),
    ("1.2345678901亿元", "12345.678901", None),
    ("0.000001", "0.000001", None),
    ("人民币100万元整", "100", None),
    ("100万元人民币", "100", None),
    ("￥100万元", "100", None),
    ("¥1,000,000元", "100", None),
    ("总投资：500万元", "500", None),
    ("项目总投资额为500万元。", "500", None),
    ("估算总投资约2418.7亿元", "24187000", "估算、约"),
    ("近30亿元", "300000", "近"),
    ("预计投资800", "800", "预计"),
    ("100万左右", "100", "左右"),
    ("中标价2917.19万元", "2917.19", "中标价"),
    ("暂估 300", "300", "暂估"),
    ("约为100", "100", "约为"),
    ("总投资约合１９９万元", "199", "约合"),
    (" " * (LONGEST_CELL - 3) + "100", "100", None),
]
TWO_NUMBERS = "像是两个数；如是千分位，请用半角逗号"
REFUSED = [
    ("500，300万元", TWO_NUMBERS),
    ("100，200", TWO_NUMBERS),
    ("100，200，300", TWO_NUMBERS),
    ("1，234.5", TWO_NUMBERS),
    ("1，200", TWO_NUMBERS),
    ("1２，000", TWO_NUMBERS),
    ("约1，200万元", TWO_NUMBERS),
    ("￥1，200元", TWO_NUMBERS),
    ("1﹐200", TWO_NUMBERS),
    ("１，２0０", TWO_NUMBERS),
    ("１，２9０", TWO_NUMBERS),
    ("１,２３４，５６７", TWO_NUMBERS),
    ("500，300、200", TWO_NUMBERS),
    ("1,234，567", TWO_NUMBERS),
    ("1,200，1,300", "千分位逗号的位置不对，或有两个数"),
    ("500，3000", "千分位逗号的位置不对，或有两个数"),
    ("3，5亿元", "千分位逗号的位置不对，或有两个数"),
    ("12,34", "千分位逗号的位置不对，或有两个数"),
    ("1,0000", "千分位逗号的位置不对，或有两个数"),
    ("1, 234", "逗号旁有空格，无法确定是一个数还是两个数"),
    ("1 000", "数字中间有空格"),
    ("1000\n2000", "数字中间有空格"),
    ("1. 500万元", "小数点旁有空格，无法确定是小数还是序号"),
    ("1. 50万元", "小数点旁有空格，无法确定是小数还是序号"),
    ("1～5亿", "是一个范围，不是确定的金额"),
    ("1亿元至5亿元", "是一个范围，不是确定的金额"),
    ("不少于5亿元", "只给出下限，不是确定的金额"),
    ("5亿元以上", "只给出下限或概数，不是确定的金额"),
    ("10余亿元", "只给出下限或概数，不是确定的金额"),
    ("5亿多", "只给出下限或概数，不是确定的金额"),
    ("不超过5亿元", "只给出上限，不是确定的金额"),
    ("5亿元以内", "只给出上限，不是确定的金额"),
    ("不足5亿元", "只给出上限，不是确定的金额"),
    ("5.", "小数点后缺数字"),
    ("5.万元", "小数点后缺数字"),
    ("1.2.3", "有两个小数点"),
    ("-5", "是负数"),
    ("－５万元", "是负数"),
    ("100万美元", "是外币，请折算为人民币"),
    ("$100万", "是外币，请折算为人民币"),
    ("3万元/亩", "是单价或按期费用，不是总投资"),
    ("每年100万元", "是单价或按期费用，不是总投资"),
    ("100万元 200万元", "有两个以上的数，无法确定是哪一个"),
    ("5亿元2000万元", "有两个以上的数，无法确定是哪一个"),
    ("1亿2000", "有两个以上的数，无法确定是哪一个"),
    ("1.5亿2000万", "有两个以上的数，无法确定是哪一个"),
    ("100万元，其中中央50万元", "有两个以上的数，无法确定是哪一个"),
    ("100万元资金", "金额后有其他文字，请只写金额"),
    ("100（其中省级50）", "带有括号内容，请只写金额"),
    ("100（估算）", "带有括号内容，请只写金额"),
    ("1e5", "是科学计数法，请写成普通数字"),
    ("1e3000000", "是科学计数法，请写成普通数字"),
    ("1E+05", "是科学计数法，请写成普通数字"),
    ("0123", "数字以0开头，可能有缺漏"),
    ("00", "数字以0开头，可能有缺漏"),
    ("三千万元", "用了中文数字，请改写为阿拉伯数字"),
    ("叁佰万元整", "用了中文数字，请改写为阿拉伯数字"),
    ("万元", "只有单位，没有数字"),
    ("自筹", "没有金额"),
    ("500²", "含有特殊数字符号，请改写为普通数字"),
    ("5½", "含有特殊数字符号，请改写为普通数字"),
    ("①500", "含有特殊数字符号，请改写为普通数字"),
    ("0.0000001", "小数位数过多，精确到分即可"),
    ("9000000000.01", "数字过大"),
    ("9" * 40, "数字过大"),
    (" " * (LONGEST_CELL - 2) + "100", "内容过长，不是单一的金额"),
    ("9" * 5000, "内容过长，不是单一的金额"),
    ("¥100", "写了人民币而没有单位，无法确定是元还是万元"),
    ("本年计划投资100万元", "金额前有其他文字，请只写金额"),
    ("初步估算" * 40 + "x", "没有金额"),
]
UNDETERMINED = [
    ("未定", "总投资未定"),
    ("总投资：待定", "总投资待定"),
    ("投资另行确定", "总投资另行确定"),
    ("暂无", "总投资暂无"),
    ("", "未填写"),
    ("  ", "未填写"),
    ("-", "未填写"),
    ("—", "未填写"),
    ("/", "未填写"),
    ("无", "未填写"),
]


@pytest.mark.parametrize(("text", "expected", "qualifier"), SAMPLES_READ + READ)
def test_amounts_that_are_read(text: str, expected: str, qualifier: str | None) -> None:
    amount = parse_amount(text)
    assert (amount.fen, amount.qualifier, amount.reason) == (in_wan(expected), qualifier, None)
    assert amount.kind is InvestmentKind.FIXED


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        *SAMPLES_REFUSED,
        *((text, InvestmentKind.FORMULA, reason) for text, reason in REFUSED),
        *((text, InvestmentKind.UNDETERMINED, reason) for text, reason in UNDETERMINED),
    ],
)
def test_cells_that_are_no_amount(text: str, kind: InvestmentKind, reason: str) -> None:
    amount = parse_amount(text)
    assert (amount.fen, amount.qualifier, amount.kind, amount.reason) == (None, None, kind, reason)


@given(st.text() | st.text("0123456789.,亿万千百元约总投资 -～至%余", max_size=20))
def test_any_text_gives_an_amount_or_a_reason(text: str) -> None:
    amount = parse_amount(text)
    assert (amount.fen is None) == bool(amount.reason)
    assert (amount.kind is InvestmentKind.FIXED) == (amount.fen is not None)
    assert amount.fen is None or 0 <= amount.fen <= LARGEST_FEN


@given(st.integers(0, LARGEST_FEN))
def test_written_amounts_are_read_back(fen: int) -> None:
    for text in (wan_text(fen), f"{wan_text(fen)}万元", f"{wan(fen):,f}", f" 约{wan_text(fen)} 万元"):
        assert parse_amount(text).fen == fen


@given(st.integers(-LARGEST_FEN, -1))
def test_negative_amounts_are_never_read(fen: int) -> None:
    assert parse_amount(wan_text(fen)).reason == "是负数"


@pytest.mark.parametrize(
    ("text", "expected"), [("12,000", "12000"), ("1.2亿", "12000"), ("１２０００", "12000"), ("33.6", "33.6")]
)
def test_typed_amounts(text: str, expected: str) -> None:
    assert read_wan(text) == in_wan(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("约100", "“约100”带有“约”，请填确定的金额"),
        ("待定", "“待定”不能作为金额：总投资待定"),
        ("", "“”不能作为金额：未填写"),
        ("-5", "“-5”不能作为金额：是负数"),
        ("88%", "“88%”不能作为金额：是比例，不是金额"),
        ("待报", "“待报”不能作为金额：里面没有数字"),
        ("甲乙丙丁戊" * 9, f"“{'甲乙丙丁戊' * 8}”不能作为金额：里面没有数字"),
        ("约" * 41 + "100", f"“{'约' * 40}”带有“{'、'.join('约' * 41)}”，请填确定的金额"),
    ],
)
def test_typed_amounts_must_be_exact(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_wan(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "foreign"),
    [("0123456789", False), ("０１２３４５６７８９", False), ("三千〇五", False), ("約Ａ，．", False)]
    + [(f"5{char}", True) for char in "⁰¹²⁹①⑨½𝟎𝟗㉑"],
)
def test_only_plain_and_full_width_digits_are_digits(text: str, *, foreign: bool) -> None:
    assert foreign_digits(text) == foreign
    assert (parse_amount(text).reason == "含有特殊数字符号，请改写为普通数字") == foreign


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "0.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (-5_000, "-0.01"),
        (1_000_000, "1.00"),
        (99_999_995_000, "100,000.00"),
        (2_995_731_990_000, "2,995,731.99"),
        (-1_234_560_000, "-1,234.56"),
    ],
)
def test_prose_rounds_half_up_to_two_decimals_and_parts_the_thousands(fen: int, words: str) -> None:
    assert wan_words(fen) == words


def test_writing_and_dividing() -> None:
    assert wan_text(2995731990000) == "2995731.99"
    assert wan_text(33600000) == "33.60"
    assert wan_text(1) == "0.000001"
    assert yi_text(2995731990000) == "299.5732"
    assert yi_text(2995731990000, 2) == "299.57"
    assert yi_text(FEN_PER_YI // 20000) == "0.0001"
    assert yi_text(995_000_000_000_000, 2) == "99500.00"
    assert rounded(Decimal("2.345"), 2) == Decimal("2.35")
    assert ratio(1, 4) == Decimal("0.25")
    assert ratio(None, 4) is ratio(1, None) is ratio(1, 0) is None
