"""Responsible-unit cells: who leads, who cooperates, what is generic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.plan import alias_map, parse_unit

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


@pytest.mark.parametrize(("text", "lead", "cooperating", "generic", "note"), SAMPLES + OTHERS)
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
    assert ALIASES == {
        "区城管局": CG,
        "红谷滩区城市管理和综合执法局": CG,
        "红谷滩区农业农村局": "区农业农村局",
        "红角洲街道": HJ,
        "沙井街道": "沙井街办",
        "生米街道": "生米街办",
        "凤凰洲街道": "凤凰洲街办",
    }
