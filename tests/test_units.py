"""Responsible-unit cells: who leads, who cooperates, what is generic."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.plan import alias_map, parse_unit, read_plan

ALIASES = alias_map()
Names = tuple[str, ...]

CG, ZJ, SW, HJ = "区城管执法局", "区住建局", "区商务局", "红角洲街办"
CG_NOTE, HJ_NOTE = "区城管局 即 区城管执法局", "红角洲街道 即 红角洲街办"
ONLY_GENERIC = "只有泛指，没有具体的责任单位"

# Every unit row of the collected samples (the plan's table and published plans).
SAMPLES: list[tuple[str, str | None, Names, Names, str | None]] = [
    ("区城管执法局", CG, (), (), None),
    ("红角洲街道", HJ, (), (), HJ_NOTE),
    ("红角洲街办", HJ, (), (), None),
    ("厚田乡", "厚田乡", (), (), None),
    ("区委宣传部", "区委宣传部", (), (), None),
    ("区城投公司", "区城投公司", (), (), None),
    (
        "列第一位的责任单位为牵头单位或汇总单位",
        None,
        (),
        (),
        "“列第一位的责任单位为牵头单位或汇总单位”不是单位名称",
    ),
    ("各乡镇(街道)、部门(单位)", None, (), ("各乡镇(街道)", "部门(单位)"), ONLY_GENERIC),
    ("市政局、环卫处、崇川经济开发区、各街道", "市政局", ("环卫处", "崇川经济开发区"), ("各街道",), None),
    ("立山经济开发区,各街道、区直各部门", "立山经济开发区", (), ("各街道", "区直各部门"), None),
    ("立山经济开发区,全区经济运行各专班", "立山经济开发区", (), ("全区经济运行各专班",), None),
    ("区旅游局(即文化)", "区旅游局", (), (), "即文化"),
    ("区大数据局、各相关部门", "区大数据局", (), ("各相关部门",), None),
    ("镇(街道)三防办", "镇(街道)三防办", (), (), None),
    ("各街道,各相关单位", None, (), ("各街道", "各相关单位"), ONLY_GENERIC),
]
OTHERS: list[tuple[str, str | None, Names, Names, str | None]] = [
    ("牵头单位：区城管局；配合单位：区住建局、红角洲街道", CG, (ZJ, HJ), (), f"{CG_NOTE}；{HJ_NOTE}"),
    ("配合单位：区商务局；牵头单位：区住建局", ZJ, (SW,), (), None),
    ("牵头单位:区住建局 配合单位:区商务局 各街道", ZJ, (SW,), ("各街道",), None),
    ("区住建局（牵头）、区商务局（配合）", ZJ, (SW,), (), None),
    ("区商务局、区住建局(牵头)", ZJ, (SW,), (), None),
    ("区住建局牵头，区商务局、区科工局配合", ZJ, (SW, "区科工局"), (), None),
    ("区住建局牵头、区科工局和区商务局配合。", ZJ, ("区科工局", SW), (), None),
    ("责任单位：区住建局", ZJ, (), (), None),
    ("区住建局负责", ZJ, (), (), None),
    ("由区住建局牵头，区商务局配合", ZJ, (SW,), (), None),
    ("区住建局（", None, (), (), "“区住建局（”不是单位名称"),
    ("和", None, (), (), "“和”不是单位名称"),
    ("红谷滩区城市管理和综合执法局", CG, (), (), "红谷滩区城市管理和综合执法局 即 区城管执法局"),
    ("区发展和改革委员会、区文化和旅游局", "区发展和改革委员会", ("区文化和旅游局",), (), None),
    ("区住建局和区商务局", ZJ, (SW,), (), None),
    ("区住建局与区商务局、区科工局", ZJ, (SW, "区科工局"), (), None),
    ("区住建局会同区商务局", ZJ, (SW,), (), None),
    ("区住建局及各街道", ZJ, (), ("各街道",), None),
    ("区住建局 区商务局", ZJ, (SW,), (), None),
    ("区住建局\n区商务局", ZJ, (SW,), (), None),
    ("区住建局/区商务局", ZJ, (SW,), (), None),
    ("区住建局；区商务局，区科工局", ZJ, (SW, "区科工局"), (), None),
    ("区住建局（质监站、安监站）", ZJ, (), (), "质监站、安监站"),
    ("区住建局等相关部门", ZJ, (), ("等相关部门",), None),
    ("区住建局、区住建局", ZJ, (), (), None),
    ("沙井街道、凤凰洲街道", "沙井街办", ("凤凰洲街办",), (), "沙井街道 即 沙井街办；凤凰洲街道 即 凤凰洲街办"),
    ("配合单位：区住建局", None, (ZJ,), (), "只列了配合单位，没有牵头单位"),
    ("有关单位", None, (), ("有关单位",), ONLY_GENERIC),
    ("待定", None, (), (), "责任单位待定"),
    ("", None, (), (), "未填写责任单位"),
    ("/", None, (), (), "未填写责任单位"),
    ("、", None, (), (), "“、”不是单位名称"),
    ("牵头", None, (), (), "“牵头”不是单位名称"),
    ("由区政府研究确定的单位", None, (), (), "“由区政府研究确定的单位”不是单位名称"),
    ("区" * 600, None, (), (), "内容过长，不是单位名称"),
]

CT, CZ, KG = "区城投公司", "区财政局", "区科工局"
HT = "厚田乡"
# Cells that were once read wrongly, and their neighbours.
READ: list[tuple[str, str | None, Names, Names, str | None]] = [
    ("责任单位：区城投公司；配合单位：厚田乡；牵头单位：区城管执法局", CG, (CT, HT), (), None),
    ("责任单位:区城管执法局、区住建局(牵头)", ZJ, (CG,), (), None),
    ("牵头：区住建局；总牵头：区政府办", "区政府办", (ZJ,), (), None),
    ("主办：区住建局，协办：区财政局", ZJ, (CZ,), (), None),
    ("（牵头）区住建局、（配合）区财政局", ZJ, (CZ,), (), None),
    ("(牵头)区住建局 (配合)区财政局", ZJ, (CZ,), (), None),
    ("（配合）区财政局（牵头）区住建局", ZJ, (CZ,), (), None),
    ("【牵头】区住建局【配合】区财政局", ZJ, (CZ,), (), None),
    ("区住建局(牵头)区财政局(配合)", ZJ, (CZ,), (), None),
    ("区住建局【牵头】、区财政局", ZJ, (CZ,), (), None),
    ("牵头区住建局，配合区财政局", ZJ, (CZ,), (), None),
    ("配合区财政局，牵头区住建局", ZJ, (CZ,), (), None),
    ("牵头单位 区住建局 配合单位 区财政局", ZJ, (CZ,), (), None),
    ("牵头单位：\n区住建局\n配合单位：\n区财政局\n厚田乡", ZJ, (CZ, HT), (), None),
    ("牵头单位：区住建局配合单位：区财政局", ZJ, (CZ,), (), None),
    ("牵头单位：区住建局；配合单位：无", ZJ, (), (), None),
    ("区住建局（配合单位：区财政局、区商务局）", ZJ, (CZ, SW), (), None),
    ("区住建局（牵头单位：区财政局）", CZ, (ZJ,), (), None),
    ("区财政局（配）、区住建局（主）", ZJ, (CZ,), (), None),
    ("区住建局（牵头）（质监站）", ZJ, (), (), "质监站"),
    ("区住建局（质监站）牵头", ZJ, (), (), "质监站"),
    ("区住建局为牵头单位，区财政局为配合单位", ZJ, (CZ,), (), None),
    ("区住建局牵头负责", ZJ, (), (), None),
    ("区住建局、区财政局按职责分工负责", ZJ, (CZ,), (), None),
    ("区住建局牵头，各有关部门按职责分工配合", ZJ, (), ("各有关部门",), None),
    ("区住建局会同有关部门负责", ZJ, (), ("有关部门",), None),
    ("区住建局牵头，会同区财政局", ZJ, (CZ,), (), None),
    ("由区住建局、区财政局牵头", ZJ, (CZ,), (), None),
    ("由区住建局牵头，并由区财政局配合", ZJ, (CZ,), (), None),
    ("区城投\n公司", CT, (), (), None),
    ("区城管执法局\n区城投\n公司", CG, (CT,), (), None),
    ("区城管\n执法局\n区城投公司", CG, (CT,), (), None),
    ("区城管执法\n局、区城投\n公司、厚田\n乡", CG, (CT, HT), (), None),
    ("区城管执法局\r\n区住建局", CG, (ZJ,), (), None),
    ("区住建局\n（牵头）\n区财政局\n（配合）", ZJ, (CZ,), (), None),
    ("红角洲街道\n办事处", HJ, (), (), "红角洲街道办事处 即 红角洲街办"),
    ("区政府\n办公室", "区政府办公室", (), (), None),
    ("区人民\n政府", "区人民政府", (), (), None),
    ("区 住 建 局 、 区 财 政 局", ZJ, (CZ,), (), None),
    ("区住建局　区财政局", ZJ, (CZ,), (), None),
    ("区住建局／区财政局", ZJ, (CZ,), (), None),
    ("区城管执法局等5个部门", CG, (), ("等5个部门",), None),
    ("区城管执法局、区住建局等8个街道", CG, (ZJ,), ("等8个街道",), None),
    ("区城管执法局等有关部门和各街道", CG, (), ("等有关部门", "各街道"), None),
    ("区城投公司及下属企业", CT, (), ("下属企业",), None),
    ("区城投公司、中标单位", CT, (), ("中标单位",), None),
    ("厚田乡等8个乡镇（街道）", HT, (), ("等8个乡镇（街道）",), None),
    ("平等乡", "平等乡", (), (), None),
    ("1.区城管执法局 2.区城投公司", CG, (CT,), (), None),
    ("1.区城管执法局2.区城投公司", CG, (CT,), (), None),
    ("①区城管执法局②区城投公司", CG, (CT,), (), None),
    ("1、区城管执法局；2、区城投公司", CG, (CT,), (), None),
    ("（一）区城管执法局（二）区城投公司", CG, (CT,), (), None),
    ("一、区城管执法局 二、区城投公司", CG, (CT,), (), None),
    ("1）区城管执法局\n2）区城投公司", CG, (CT,), (), None),
    ("1.牵头单位：区城管执法局 2.配合单位：区城投公司", CG, (CT,), (), None),
    ("区住建局\u200b", ZJ, (), (), None),
    ("\ufeff区住\u200b建局\x07", ZJ, (), (), None),
    ("⽣⽶街道", "生米街办", (), (), "生米街道 即 生米街办"),
    ("红角洲街道办", HJ, (), (), "红角洲街道办 即 红角洲街办"),
    ("区委区政府督查室", "区委区政府督查室", (), (), None),
    ("区纪委区监委", "区纪委区监委", (), (), None),
    ("区委区直机关工委", "区委区直机关工委", (), (), None),
    ("市公安局红谷滩区分局", "市公安局红谷滩区分局", (), (), None),
    ("市城管局市政设施管理处", "市城管局市政设施管理处", (), (), None),
    ("南昌市红谷滩区厚田乡", "南昌市红谷滩区厚田乡", (), (), None),
    ("区住建局质监站", "区住建局质监站", (), (), None),
    ("区政府和社会资本合作中心", "区政府和社会资本合作中心", (), (), None),
    ("区住建局和区城市管理和综合执法局", ZJ, ("区城市管理和综合执法局",), (), None),
    ("和平街道、永和镇", "和平街道", ("永和镇",), (), None),
    ("区不动产登记中心、区委统一战线工作部", "区不动产登记中心", ("区委统一战线工作部",), (), None),
    ("无锡市水务局、经开区管委会", "无锡市水务局", ("经开区管委会",), (), None),
    ("江西（南昌）环境有限公司", "江西（南昌）环境有限公司", (), (), None),
]
GENERIC = [
    *("各责任单位", "有关责任单位", "沿线各街道", "沿江街道", "沿赣江街道", "8个街道", "三个街道", "其他4个镇", "镇街"),
    *("县（区）直单位", "各县区", "县市区", "乡镇（街道）", "村（社区）", "区直单位", "区各部门", "市直有关单位"),
    *("全区", "全区8个街道", "辖区", "属地街道", "当地政府", "镇政府", "村委会", "区属国有企业", "项目业主单位"),
    *(
        "行业主管部门",
        "第三方公司",
        "项目所在地街道",
        "驻区部队",
        "全部街道",
        "县（区）人民政府",
        "区城管执法局下属单位",
        "各街\n道",
    ),
]
NO_UNITS = [
    *("由区政府确定", "123", "=1+1", "<b>区住建局</b>", "张三", "省市区三级", "A公司", "SELECT 局", "#N/A", "见附件"),
    *("区住建局1", "1区住建局", "1 区城管执法局 2 区城投公司", "区城管执法局①", "100万元", "20240101", "nan", "√"),
    *("李局", "区住建局局长", "区住建局 张三", "责任单位：区住建局；责任人：张三", "负责人：张三", "我局", "该局"),
    *("公司", "办公室", "政府", "农村", "社会", "场所", "原区建设局", "非区住建局", "除区住建局外", "区住建局（待定）"),
    *(
        "区住建局或区城投公司",
        "区住建局(或区城管局)",
        "区住建局委托区城投公司",
        "区住建局联合区财政局",
        "拟由区住建局牵头",
    ),
    *("由区住建局执行", "区住建局督办", "区政府常务会", "区城投公司全部", "暂无牵头单位", "未明确单位", "按程序确定"),
    *(
        "区住建局+区财政局",
        "区住建局-区财政局",
        "区住建局.区财政局",
        "区住建局·区财政局",
        "区住建局。区财政局",
        "*区住建局",
    ),
    *("实施单位：区城投公司", "主管单位：区住建局；责任单位：区城投公司", "沙井、生米、凤凰洲街道", "牵头单位：待定"),
    *(
        "区住建局（牵头，区财政局配合）",
        "区住建局、各街道（红角洲街道牵头）",
        "区住建局，配合区财政局",
        "（暂定）区住建局",
    ),
]
BROKEN = ["红谷滩区\n住建局", "红谷滩区 住建局", "市公安局\n红谷滩分局", "区委\n宣传部", "岗前村\n村委会"]
TOGETHER = [
    *("区城管执法局区城投公司", "区城管执法局厚田乡", "区城管执法局红角洲街道", "红角洲街道沙井街道", "厚田乡流湖镇"),
    *(
        "区住建局财政局",
        "区委区政府",
        "区委办公室区政府办公室",
        "区城投公司厚田乡人民政府",
        "区住建局（质监站）区财政局",
    ),
    *("区城投公司及厚田乡区住建局", "区住建局1区财政局", "区妇联区残联", "区卫健委财政局"),
]


@pytest.mark.parametrize("text", GENERIC)
def test_a_generic_cell_keeps_its_text(text: str) -> None:
    cell = parse_unit(text, ALIASES)
    kept = (text.replace("\n", ""),)
    assert (cell.lead, cell.cooperating, cell.generic, cell.note) == (None, (), kept, ONLY_GENERIC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((text, "不是单位名称") for text in NO_UNITS),
        *((text, "中间有空格或换行，无法确定是几个单位") for text in BROKEN),
        *((text, "像是几个单位名称连在一起，请用顿号分开") for text in TOGETHER),
        *((text, f"责任单位{text}") for text in ("不详", "暂未明确", "另定", "未明确", "空缺")),
    ],
)
def test_a_cell_that_names_no_unit_says_why(text: str, why: str) -> None:
    cell = parse_unit(text, ALIASES)
    assert (cell.lead, cell.cooperating, cell.generic) == (None, (), ())
    assert (cell.note or "").endswith(why)


def test_a_unit_that_cannot_be_read_leaves_the_whole_cell_unread() -> None:
    cell = parse_unit("区城投公司，区住建局监管", ALIASES)
    assert (cell.lead, cell.cooperating, cell.note) == (None, (), "“区住建局监管”不是单位名称")


NAMES = st.lists(
    st.sampled_from(
        [CG, CT, ZJ, CZ, KG, HT, HJ, "区委宣传部", "区发展和改革委员会", "流湖镇", "区城市管理和综合执法局"]
    ),
    min_size=2,
    max_size=6,
    unique=True,
)


@given(NAMES, st.sampled_from(["、", "，", "；", " ", "\n", "、\n", "/", "和", "以及"]))
def test_a_list_is_read_back_whatever_parts_it(names: list[str], separator: str) -> None:
    cell = parse_unit(separator.join(names), ALIASES)
    assert (cell.lead, *cell.cooperating) == tuple(names)


@given(NAMES, st.sampled_from(["", "·", "-", "+", "。", "或", "委托", "1"]))
def test_names_without_a_separator_are_not_read(names: list[str], between: str) -> None:
    assert parse_unit(between.join(names), ALIASES).lead is None


@given(NAMES, st.data())
def test_a_line_break_inside_a_name_is_closed_or_not_read(names: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(names[0]) - 1))
    cell = parse_unit("、".join([f"{names[0][:at]}\n{names[0][at:]}", *names[1:]]), ALIASES)
    assert cell.lead in (names[0], None)


@pytest.mark.parametrize("text", ["区局 " * 160, "区住建局和" * 99, "区住建局 " * 90, "（牵头" * 120, "厚田乡" * 150])
def test_long_cells_are_read_in_no_time(text: str) -> None:
    started = process_time()
    parse_unit(text[:500], ALIASES)
    assert process_time() - started < 5


@pytest.mark.parametrize(("text", "lead", "cooperating", "generic", "note"), SAMPLES + OTHERS + READ)
def test_cells(text: str, lead: str | None, cooperating: Names, generic: Names, note: str | None) -> None:
    cell = parse_unit(text, ALIASES)
    assert (cell.lead, cell.cooperating, cell.generic, cell.note) == (lead, cooperating, generic, note)


@given(st.text() | st.text("区局委各相关街道、，；()（） \n和及与牵头配合：等部门单位A", max_size=30))
def test_any_text_gives_a_lead_or_says_why_not(text: str) -> None:
    cell = parse_unit(text, ALIASES)
    assert cell.lead or cell.note
    assert cell.lead not in cell.cooperating
    assert all((*cell.cooperating, *cell.generic))
    assert len(set(cell.cooperating)) == len(cell.cooperating)


def test_the_plan_s_aliases() -> None:
    assert {
        "区城管局": CG,
        "红谷滩区城市管理和综合执法局": CG,
        "红谷滩区农业农村局": "区农业农村局",
    } | {
        f"{place}街道{ending}": f"{place}街办"
        for place in ("红角洲", "沙井", "生米", "凤凰洲")
        for ending in ("", "办", "办事处")
    } == ALIASES
    assert all(unit.full_name is None for unit in read_plan().units if unit.name.endswith("街办"))
