"""Every transcribed cell against a second reading of the plan, made by another hand that had not seen the first."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from hgt_portfolio.plan import PlanIndicator, read_plan, read_reach
from hgt_portfolio.terms import Catalogue

READINGS = Path(__file__).parent / "second_reading"
COLUMNS = {
    "领域": "domain",
    "任务": "task",
    "指标名称": "name",
    "分项": "part_name",
    "单位": "unit",
    "指标值": "standard",
    "2022年现状": "baseline",
    "现状达标情况": "verdict",
    "2025年近期目标": "target_2025",
    "2030年远期目标": "target_2030",
    "指标属性": "binding",
}

MISPRINTED = "原文印作2023年"
"""The second reading leaves what the plan dates 2023 without a year; the first reads it as 2030 (P7, P8)."""

ONLY_FIRST = {
    "金融商务区核心区": "a count of places to be built: found by a third reading",
    "金融创新服务区": "a count of places to be built: found by a third reading",
    "管道天然气供应网络": "no number and no date: found by a third reading",
    "碳排放达峰行动计划": "the second reading takes the peak itself for the promise",
    "新建大型公共建筑中水回用": "no number and no date",
    "机关办公建筑和大型公共建筑能耗监测": "no number and no date",
    "商场、超市、药店、书店和餐饮打包不可降解塑料袋": "no date",
    "餐饮行业不可降解一次性塑料吸管": "no date",
}
"""Commitments of chapter 4 that the second reading leaves out, and why."""

JOINED = {
    "堆场": "four 全覆盖 of one sentence are one commitment",
    "新建220千伏": "one each of two kinds are two",
    "新建110千伏": "one each of two kinds are two",
    "300米见绿": "one slogan",
    "500米见园": "one slogan",
    "施工现场": "the six 100% are one rule",
    "新建建筑节能标准": "65% is the standard's name: what is promised is that all keep it",
    "创建品牌旅游景区": "1至2家 is no single number",
}
"""What the second reading counts otherwise, by how its name begins."""


def second(name: str) -> list[dict[str, str]]:
    with (READINGS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("name", "catalogue", "count"),
    [("provincial", Catalogue.PROVINCIAL, 32), ("national", Catalogue.NATIONAL, 43)],
)
def test_both_readings_of_a_table_say_the_same(name: str, catalogue: Catalogue, count: int) -> None:
    lines = [line for line in read_plan().indicators if line.catalogue is catalogue]
    first = {
        (line.number, line.part, head): getattr(line, field)
        for line in lines
        for head, field in COLUMNS.items()
        if getattr(line, field)
    }
    other = {(int(row["number"]), int(row["part"]), row["column"]): row["text"] for row in second(name)}
    assert len(lines) == count
    assert first == other


def test_both_readings_of_what_is_in_reach_say_the_same() -> None:
    first = [(one.catalogue, one.domain, one.name) for one in read_reach()]
    assert first == [(row["set"], row["domain"], row["name"]) for row in second("reach")]


def commitments() -> list[PlanIndicator]:
    return [line for line in read_plan().indicators if line.catalogue is Catalogue.COMMITMENT and line.task]


def beside(quote: str) -> list[PlanIndicator]:
    """Give the commitments whose words and those of a quote are the same, or one is in the other."""
    words = bare(quote)
    return [one for one in commitments() if bare(one.quote) in words or words in bare(one.quote)]


@pytest.mark.parametrize("row", second("promises"), ids=lambda row: row["quantity"])
def test_every_promise_of_the_second_reading_is_a_commitment(row: dict[str, str]) -> None:
    found = beside(row["quote"])
    if row["quantity"].startswith("文化产业") and not found:
        # The same promise once more, in another task.
        found = [one for one in commitments() if one.name == row["quantity"]]
    assert found
    if any(row["quantity"].startswith(name) for name in JOINED):
        return
    cells = {"target_2025": row["target_2025"], "target_2030": row["target_2030"], "standard": row["undated"]}
    if MISPRINTED in row["quantity"]:
        cells |= {"target_2030": row["undated"], "standard": ""}
    for field, text in cells.items():
        if re.search("[0-9]", text) and "达峰" not in text and "III" not in text:
            assert text in {getattr(one, field) for one in found}, field


def test_every_commitment_of_chapter_4_is_in_the_second_reading() -> None:
    quotes = [bare(row["quote"]) for row in second("promises")]
    alone = {
        one.name
        for one in commitments()
        if not any(bare(one.quote) in quote or quote in bare(one.quote) for quote in quotes)
    }
    assert alone <= ONLY_FIRST.keys()
