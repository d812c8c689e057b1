"""Months and spans: read whole or not at all, with the word that qualifies them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.months import (
    FIRST_YEAR,
    GRAINS,
    LAST_YEAR,
    LONGEST_CELL,
    Month,
    first_day,
    last_day,
    last_quarter_end,
    month,
    month_of,
    month_text,
    parse_period,
    quarter_end,
    quarter_label,
    quarter_text,
    read_as_of,
    read_day,
    read_period,
    read_start,
)

WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
"""Makes text full-width, as a Chinese input method may."""


def index(text: str | None) -> Month | None:
    return month(int(text[:4]), int(text[5:])) if text else None


Reading = tuple[str, str | None, str | None, str, str | None]

# Every period row of the collected samples (the plan's table and published plans).
SAMPLES_READ: list[Reading] = [
    ("2022.7-2024.12", "2022-07", "2024-12", "month", None),
    ("2023.03-2024.02", "2023-03", "2024-02", "month", None),
    ("2024.10-2026-9", "2024-10", "2026-09", "month", None),
    ("2024.10-2025-10", "2024-10", "2025-10", "month", None),
    ("2024.2-2026.1", "2024-02", "2026-01", "month", None),
    ("2023.3-2033.3", "2023-03", "2033-03", "month", None),
    ("2017.10-2024.12", "2017-10", "2024-12", "month", None),
    ("2020年6月", None, "2020-06", "month", None),
    ("2027年前", None, "2026-12", "year", "前"),
    ("2027 年 1 月—2029 年 12 月", "2027-01", "2029-12", "month", None),
    ("2023年建成", None, "2023-12", "year", "建成"),
    ("2023年第1季度", "2023-01", "2023-03", "quarter", None),
    ("2022—2028年", "2022-01", "2028-12", "year", None),
    ("2020年上半年", "2020-01", "2020-06", "half", None),
    ("2021年下半年", "2021-07", "2021-12", "half", None),
    ("2016-2025", "2016-01", "2025-12", "year", None),
    ("2024年8月前", None, "2024-07", "month", "前"),
    ("到2025年底", None, "2025-12", "year", None),
    ("2023年第二季度", "2023-04", "2023-06", "quarter", None),
]
SAMPLES_REFUSED = [
    ("11月30日前", "缺年份"),
    ("短期攻坚、中期推进和长期坚持", "没有起止月份"),
    ("期为3年", "是工期，没有起止月份"),
    ("9月末", "缺年份"),
    ("1-2年", "是工期，没有起止月份"),
    ("年内", "缺年份"),
    ("12月中旬开工", "缺年份"),
]
READ: list[Reading] = [
    ("2024-3", None, "2024-03", "month", None),
    ("2024/3", None, "2024-03", "month", None),
    ("202403", None, "2024-03", "month", None),
    ("2024年12月份", None, "2024-12", "month", None),
    ("2024-3-12", None, "2024-03", "day", None),
    ("20240315", None, "2024-03", "day", None),
    ("2024-01-15 00:00:00", None, "2024-01", "day", None),
    ("2024年3月15日", None, "2024-03", "day", None),
    ("2024-10-2026-9", "2024-10", "2026-09", "month", None),
    ("2024-06-01-2025-12-31", "2024-06", "2025-12", "day", None),
    ("2024年3月1日至2024年3月1日", "2024-03", "2024-03", "day", None),
    ("2024年1月1日至2024年12月31日", "2024-01", "2024-12", "day", None),
    ("202403-202512", "2024-03", "2025-12", "month", None),
    ("２０２４．３～２０２５．６", "2024-03", "2025-06", "month", None),
    ("2024.3——2025.6", "2024-03", "2025-06", "month", None),
    ("2024 . 3 - 2025 . 6", "2024-03", "2025-06", "month", None),
    ("2024年3月-12月", "2024-03", "2024-12", "month", None),
    ("2024年3-12月", "2024-03", "2024-12", "month", None),
    ("2024.3-12", "2024-03", "2024-12", "month", None),
    ("2024年3月-年底", "2024-03", "2024-12", "year", None),
    ("2024年3月15日-5月31日", "2024-03", "2024-05", "day", None),
    ("2024年3月1日-15日", "2024-03", "2024-03", "day", None),
    ("2024年3月15日-6月", "2024-03", "2024-06", "month", None),
    ("2024年3月15日-年底", "2024-03", "2024-12", "year", None),
    ("2024年上半年-下半年", "2024-01", "2024-12", "half", None),
    ("2024年底-2025年底", "2024-12", "2025-12", "year", None),
    ("2024年一季度", "2024-01", "2024-03", "quarter", None),
    ("2024Q3", "2024-07", "2024-09", "quarter", None),
    ("2024年前三季度", "2024-01", "2024-09", "quarter", None),
    ("2024年1-3季度", "2024-01", "2024-09", "quarter", None),
    ("2024年一至三季度", "2024-01", "2024-09", "quarter", None),
    ("2024年上半年-2025年三季度", "2024-01", "2025-09", "half", None),
    ("2024年全年", "2024-01", "2024-12", "year", None),
    ("2024—2025年度", "2024-01", "2025-12", "year", None),
    ("2024年-2026年6月", "2024-01", "2026-06", "year", None),
    ("十四五期间", "2021-01", "2025-12", "plan", None),
    ("“十五五”时期", "2026-01", "2030-12", "plan", None),
    ("十四五末", None, "2025-12", "plan", None),
    ("2024年6月中旬", None, "2024-06", "month", "中旬"),
    ("2024年6月底", None, "2024-06", "month", "底"),
    ("2024年8月31日前", None, "2024-08", "day", "前"),
    ("2024年8月1日前", None, "2024-07", "day", "前"),
    ("2024年8月2日前", None, "2024-08", "day", "前"),
    ("2024年2月前", None, "2024-01", "month", "前"),
    ("2024年6月上旬前", None, "2024-05", "month", "前"),
    ("2024年6月中前", None, "2024-06", "month", "中、前"),
    ("2024年6月中旬前", None, "2024-06", "month", "中旬、前"),
    ("2024年6月下旬前", None, "2024-06", "month", "下旬、前"),
    ("2024年6月末前", None, "2024-06", "month", "前"),
    ("2024年8月前开工", "2024-07", None, "month", "前、开工"),
    ("2024年1月之前", None, "2023-12", "month", "前"),
    ("2025年底前", None, "2025-12", "year", "前"),
    ("2025年12月底前", None, "2025-12", "month", "前"),
    ("2025年内前", None, "2025-12", "year", "前"),
    ("2024年第三季度以前", None, "2024-06", "quarter", "前"),
    ("力争2025年底前完成", None, "2025-12", "year", "前、完成"),
    ("计划2025年底建成投用", None, "2025-12", "year", "建成投用"),
    ("2024年3月开工", "2024-03", None, "month", "开工"),
    ("2023年第二季度启动", "2023-04", None, "quarter", "启动"),
    ("自2024年3月", "2024-03", None, "month", "自"),
    ("由2024年3月", "2024-03", None, "month", "自"),
    ("从2024年", "2024-01", None, "year", "自"),
    ("到2025年", None, "2025-12", "year", None),
    ("至2025年", None, "2025-12", "year", None),
    ("截止2025年", None, "2025-12", "year", None),
    ("截至2025年", None, "2025-12", "year", None),
    ("2024年3月起", "2024-03", None, "month", "起"),
    ("2023年12月开工，2025年6月竣工", "2023-12", "2025-06", "month", "开工、竣工"),
    ("2025年6月竣工，2023年12月开工", "2023-12", "2025-06", "month", "开工、竣工"),
    ("自2024年3月起至2025年6月止", "2024-03", "2025-06", "month", "起、止"),
    ("从2024年3月到2025年底", "2024-03", "2025-12", "year", None),
    ("2024.6-长期", "2024-06", None, "month", "长期"),
    ("2024.6-至今", "2024-06", None, "month", "至今"),
    ("2024年6月至今", "2024-06", None, "month", "至今"),
    ("2024.6-待定", "2024-06", None, "month", "待定"),
    ("2024年3月起至今", "2024-03", None, "month", "起、至今"),
    ("2024.6-今", "2024-06", None, "month", "至今"),
    ("2024.6-", "2024-06", None, "month", "未写止期"),
    ("约2024.6-", "2024-06", None, "month", "约、未写止期"),
    ("约2024年6月", None, "2024-06", "month", "约"),
    (" " * (LONGEST_CELL - 6) + "2024.6", None, "2024-06", "month", None),
    ("约2024年", "2024-01", "2024-12", "year", "约"),
    ("建设工期：2024.6-2024.12", "2024-06", "2024-12", "month", None),
]
UNCLEAR = "有无法识别的文字，请写成“2024.6-2024.12”的样式"
REFUSED = [
    ("", "未填写"),
    ("—", "未填写"),
    ("/", "未填写"),
    ("无", "未填写"),
    ("待定", "时间待定"),
    ("36个月", "是工期，没有起止月份"),
    ("180天", "是工期，没有起止月份"),
    ("三年", "是工期，没有起止月份"),
    ("长期", "没有起止月份"),
    ("常年", "没有起止月份"),
    ("2024年初", "“年初”“年中”说法不精确，请写到月"),
    ("2024年年中-2025年底", "“年初”“年中”说法不精确，请写到月"),
    ("1-6月", "缺年份"),
    ("2024.13", "月份应为 1–12，收到 13"),
    ("2024年2月30日", "2024年2月没有30日"),
    ("2024.5-2023.4", "起止颠倒"),
    ("2024.10-3", "起止颠倒"),
    ("2024.3.9-2024.3.1", "起止颠倒"),
    ("24.3-25.6", "年份应写四位数字"),
    ("24年1月", "年份应写四位数字"),
    ("24年1月-25年6月", "年份应写四位数字"),
    ("24年三月", "年份应写四位数字"),
    ("24年底", "年份应写四位数字"),
    ("25年上半年", "年份应写四位数字"),
    ("24年一季度", "年份应写四位数字"),
    ("10年3个月", "是工期，没有起止月份"),
    ("30年内", "是工期，没有起止月份"),
    ("2024.3-26.9", "年份应写四位数字"),
    ("1980.1-1985.2", "年份 1980 超出 1990–2100"),
    ("2101.1-2101.5", "年份 2101 超出 1990–2100"),
    ("1990年前", "年份 1989 超出 1990–2100"),
    ("2024.1 2024.12", "数字中间有空格"),
    ("2024.3.1-12", UNCLEAR),
    ("2024-2025-2026", UNCLEAR),
    ("2024.6-2024.12（其中一期2024.8）", UNCLEAR),
    ("2024年3月、6月", UNCLEAR),
    ("2024年底竣工至2025年", UNCLEAR),
    ("2024年底竣工至今", UNCLEAR),
    ("2025年6月前-至今", UNCLEAR),
    ("到2024年6月-2025年", UNCLEAR),
    ("2024年3月-2025年6月开工", UNCLEAR),
    ("二〇二四年三月", "用了中文数字，请改写为阿拉伯数字"),
    ("尽快", "没有可识别的年月"),
    (" " * (LONGEST_CELL - 5) + "2024.6", "内容过长，没有可识别的起止月份"),
    ("2024.6" * 30, "内容过长，没有可识别的起止月份"),
]


@pytest.mark.parametrize(("text", "start", "end", "precision", "qualifier"), SAMPLES_READ + READ)
def test_periods_that_are_read(
    text: str, start: str | None, end: str | None, precision: str, qualifier: str | None
) -> None:
    period = parse_period(text)
    assert (period.start, period.end) == (index(start), index(end))
    assert (period.precision, period.qualifier, period.reason) == (precision, qualifier, None)


@pytest.mark.parametrize(("text", "reason"), SAMPLES_REFUSED + REFUSED)
def test_periods_without_a_reading(text: str, reason: str) -> None:
    period = parse_period(text)
    assert (period.start, period.end, period.precision, period.qualifier) == (None, None, None, None)
    assert period.reason == reason


@given(st.text() | st.text("0123456789.-/～至到年月日季度上下半前底末开竣工第一二三四Q ", max_size=24))
def test_any_text_gives_a_reading_or_a_reason(text: str) -> None:
    period = parse_period(text)
    read = [end for end in (period.start, period.end) if end is not None]
    assert bool(read) == (period.reason is None) == (period.precision in GRAINS)
    assert read == sorted(read)
    assert all(month(FIRST_YEAR, 1) <= end <= month(LAST_YEAR, 12) for end in read)


MONTHS = st.integers(month(FIRST_YEAR, 1), month(LAST_YEAR, 12))


@given(
    MONTHS,
    MONTHS,
    st.sampled_from(["{0}.{1}", "{0}.{1:02}", "{0}-{1}", "{0}年{1}月", "{0}/{1}"]),
    st.sampled_from("-—～至"),
)
def test_spans_in_every_style_are_read_back(one: Month, other: Month, style: str, separator: str) -> None:
    start, end = sorted((one, other))
    text = separator.join(style.format(each // 12, each % 12 + 1) for each in (start, end))
    period = parse_period(text)
    assert (period.start, period.end, period.precision) == (start, end, "month")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024Q3", "2024-09"),
        ("2024q3", "2024-09"),
        ("2024年三季度", "2024-09"),
        ("2024年第3季度", "2024-09"),
        ("2024-09", "2024-09"),
        ("202409", "2024-09"),
        ("2024.9", "2024-09"),
        ("2024年9月", "2024-09"),
    ],
)
def test_filing_periods(text: str, expected: str) -> None:
    assert read_period(text) == index(expected)
    assert read_as_of(text) == (date(2024, 9, 30), index(expected))


@pytest.mark.parametrize(
    "text", ["2024", "2024-09-30", "2024Q5", "2024-13", "三季度", "", "2024 1 2", "2024年9月底", "2" * 99]
)
def test_what_is_no_filing_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"应写作|月份应为|数字中间有空格"):
        read_period(text)


@pytest.mark.parametrize("text", ["2024-09-30", "20240930", "2024.9.30", "2024年9月30日", " 2024/9/30 "])
def test_days(text: str) -> None:
    assert read_day(text) == date(2024, 9, 30)


@pytest.mark.parametrize("text", ["2024-09", "9月30日", "2024-09-31", "明天", "1989-01-01"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"应写作|没有31日|超出"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("2024", date(2024, 12, 31), "2024-12"),
        ("2024年上半年", date(2024, 6, 30), "2024-06"),
        ("2024-10", date(2024, 10, 31), "2024-10"),
        ("2024-11-24", date(2024, 11, 24), "2024-09"),
        ("2024-12-31", date(2024, 12, 31), "2024-12"),
        ("2024-01-01", date(2024, 1, 1), "2023-12"),
    ],
)
def test_as_of(text: str, day: date, at: str) -> None:
    assert read_as_of(text) == (day, index(at))


A_START = (read_start, "季度 2024Q3 或月份 2024-09")
A_DAY = (read_day, "日期 2024-09-30")
A_DAY_OR_MONTH = (lambda text: read_day(text, None, last_day), "日期 2024-09-30 或月份 2024-09")
AN_AS_OF = (read_as_of, "日期 2024-09-30、月份 2024-09 或季度 2024Q3")


@pytest.mark.parametrize(
    ("text", "read", "wanted"),
    [
        ("上周", *A_START),
        ("2024年", *A_START),
        ("2024-09-30", *A_START),
        ("2024.3-2025.6", *A_START),
        ("2025年6月竣工", *A_START),
        ("2024年9月", *A_DAY),
        ("2024年", *A_DAY_OR_MONTH),
        ("今天", *AN_AS_OF),
        ("十四五", *AN_AS_OF),
        ("2024年第三季度的最后那一天为止的情况", read_period, "季度 2024Q3 或月份 2024-09"),
    ],
)
def test_a_refusal_says_what_to_write(text: str, read: Callable[[str], object], wanted: str) -> None:
    with pytest.raises(ValueError, match="无法识别") as caught:
        read(f" {text} ")
    assert str(caught.value) == f"“{text[:20]}”无法识别，应写作{wanted}"


@pytest.mark.parametrize("text", ["2024Q3", "2024年三季度", "2024-07", "2024年7月"])
def test_a_start_is_the_first_month_of_what_is_written(text: str) -> None:
    assert read_start(text) == read_start(text, 1999) == index("2024-07")


@given(MONTHS)
def test_arithmetic(each: Month) -> None:
    assert month_of(first_day(each)) == month_of(last_day(each)) == each
    assert index(month_text(each)) == each
    assert each <= quarter_end(each) <= each + 2
    assert quarter_end(each) % 3 == 2
    assert last_quarter_end(last_day(quarter_end(each))) == quarter_end(each)
    assert last_quarter_end(first_day(each)) == quarter_end(each) - 3
    assert read_period(quarter_text(each)) == read_period(quarter_label(each)) == quarter_end(each)


def test_a_month_must_exist() -> None:
    with pytest.raises(ValueError, match="月份应为 1–12，收到 13"):
        month(2024, 13)


@given(MONTHS, st.sampled_from(["{}月", "{}月份", "{:02}月", "当年{}月"]))
def test_a_month_without_its_year_is_of_the_year_meant(each: Month, style: str) -> None:
    text, year = style.format(each % 12 + 1), each // 12
    for typed in (text, text.translate(WIDE)):
        assert read_period(typed, year) == read_start(typed, year) == each
        assert read_day(typed, year, first_day) == first_day(each)
        assert read_day(typed, year, last_day) == last_day(each)
    with pytest.raises(ValueError, match="应写作"):
        read_period(text)


@given(MONTHS, st.sampled_from(["{}季度", "第{}季度", "{}季", "Q{}", "q{}"]))
def test_a_quarter_without_its_year_is_of_the_year_meant(each: Month, style: str) -> None:
    number, year = each % 12 // 3 + 1, each // 12
    texts = {style.format(number)} | ({style.format("一二三四"[number - 1])} if "季" in style else set())
    for text in texts:
        assert read_period(text, year) == read_period(text.translate(WIDE), year) == quarter_end(each)
        assert read_start(text, year) == quarter_end(each) - 2


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_without_its_year_is_of_the_year_meant(day: date) -> None:
    for text in (f"{day.month}月{day.day}日", f"{day.month:02}月{day.day:02}号"):
        for typed in (text, text.translate(WIDE)):
            assert read_day(typed, day.year) == read_day(typed, day.year, last_day) == day


@pytest.mark.parametrize("style", ["{}-{:02}", "{}{:02}", "{}.{}", "{}/{}", "{}年{}月", "{}年{:02}月份"])
@given(each=MONTHS)
def test_a_month_alone_stands_for_a_day_only_where_it_is_said_which(style: str, each: Month) -> None:
    text = style.format(each // 12, each % 12 + 1)
    assert read_day(text, 1999, first_day) == first_day(each)
    assert read_day(text, 1999, last_day) == last_day(each)
    assert read_period(text, 1999) == each
    with pytest.raises(ValueError, match="应写作"):
        read_day(text, 1999)


@pytest.mark.parametrize(
    "text", ["13月", "0月", "9月31日", "五季度", "Q0", "9", "9月底", "年底", "9月-10月", "明年9月"]
)
def test_what_a_year_does_not_complete(text: str) -> None:
    for read in (read_period, read_day, lambda text, year: read_day(text, year, last_day)):
        with pytest.raises(ValueError, match=r"应写作|月份应为|没有31日"):
            read(text, 2024)
