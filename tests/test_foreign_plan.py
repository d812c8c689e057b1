"""Another office's plan, as xlsx or csv of any shape: read, said, reconciled, and nothing lost."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hgt_portfolio.money import FEN_PER_WAN, FEN_PER_YI
from hgt_portfolio.months import month_text
from hgt_portfolio.plan import read_plan
from hgt_portfolio.plan.foreign import Reading, read_foreign
from hgt_portfolio.plan.grid import Grid
from hgt_portfolio.plan.mapping import PlanMap, map_text, read_map
from hgt_portfolio.plan.rows import NO_UNIT, unit_kind
from hgt_portfolio.sheets import SheetError, Value
from hgt_portfolio.sheets.cells import sheet_of
from hgt_portfolio.terms import InvestmentKind, UnitKind
from tests.conftest import TODAY

HEAD = ["序号", "项目名称", "建设内容", "建设年限", "总投资（万元）", "责任单位"]
Rows = Iterable[Iterable[Any]]
WATER, ROAD = "县水利局", "李家镇"


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def write_xlsx(path: Path, rows: Rows, merged: Iterable[str] = (), others: Iterable[str] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "附表"
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    for name in others:
        book.create_sheet(name)["A1"] = "说明文字"
    book.save(path)
    return path


def read(path: Path, given: PlanMap | None = None) -> Reading:
    return read_foreign(path, given or PlanMap(), TODAY, lambda _step, _done, _of: None)


def said(reading: Reading) -> list[str]:
    return [str(finding) for finding in reading.findings]


def test_a_plain_csv(tmp_path: Path) -> None:
    rows: Rows = [
        HEAD,
        [1, "甲渠", "修渠", "2024.3-2025.6", "1,200.5", "县水利局"],
        [2, "乙路", "修路", "2025年", "约1.2亿元", "李家镇"],
    ]
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        reading = read(write_csv(tmp_path / f"{encoding}.csv", rows, encoding))
        first, second = reading.plan.rows
        assert (first.no, first.name, first.scope, first.row) == ("1", "甲渠", "修渠", 2)
        assert first.period.start is not None
        assert month_text(first.period.start) == "2024-03"
        assert (first.amount.fen, second.amount.fen) == (1_200_500_000, 12_000 * FEN_PER_WAN)
        assert second.investment_text == "约1.2亿元"
        assert [(unit.name, unit.kind) for unit in reading.plan.units] == [
            ("县水利局", UnitKind.DEPARTMENT),
            ("李家镇", UnitKind.TOWN),
        ]
        assert (said(reading), reading.read, reading.plan.domains) == ([], 2, ("未分类",))


COUNTY: Rows = [
    ["附件1"],
    ["临江县2025-2030年重点项目计划表（临府发〔2025〕12号）"],
    ["2025年1月8日", None, None, None, None, None, None, None, None, "单位：亿元"],
    ["编号", "工程名称", "建设规模\n及内容", "建设年限", None, "投资情况", None, "牵头单位", "配合单位", "备注"],
    [None, None, None, "开工时间", "竣工时间", "计划总投资", "2025年计划", None, None, None],
    ["合计（6个）", None, None, None, None, 24.6],
    ["一、交通（3个）", None, None, None, None, 10.5],
    [1, "国道改线", "20公里", date(2025, 3, 1), date(2027, 12, 31), 8, 1, "县交通局", "县财政局、各乡镇", "国债"],
    [2, "码头", "泊位3个", "2024年6月", "2026.12", 2, 1],
    [3, "李家镇道路", "1公里", "2025.5", "2025.11", "0.5", None, "李家镇人民政府"],
    ["小 计", None, None, None, None, 10.4],
    ["二、水利（3个）"],
    [1, "河道整治", "5公里", "2025年", "2026年", "3.1", 1, "县水利局", "李家镇、王家乡"],
    ["编号", "工程名称", "建设规模\n及内容", "开工时间", "竣工时间", "计划总投资", "2025年计划", "牵头单位"],
    [2, "水厂", "5万吨/日", "2025-02", "2026-06", "约11亿元", 1, "县城投公司"],
    [None] * 10,
    [3, "灌区", "", "", "", "待定", None, ""],
    ["注：投资为估算数。"],
    ["填报人：张三", None, "审核人：李四"],
]
MERGED = ("A2:J2", "A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:G4", "H4:H5", "I4:I5", "J4:J5", "A6:E6", "A12:J12", "H8:H9")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return read(write_xlsx(tmp_path_factory.mktemp("county") / "临江.xlsx", COUNTY, MERGED, ["填表说明"]))


def test_a_two_row_head_is_read_with_its_merged_cells(county: Reading) -> None:
    assert county.map.head == (4, 5)
    assert dict(county.map.columns or {}) == {
        "no": "A",
        "name": "B",
        "scope": "C",
        "start": "D",
        "due": "E",
        "investment": "F",
        "unit": "H",
        "cooperating": "I",
        "note": "J",
    }
    assert county.heads["due"] == "建设年限/竣工时间"
    assert (county.unused, county.left) == (["G 投资情况/2025年计划"], ["填表说明"])


def test_rows_between_domains_and_totals(county: Reading) -> None:
    rows = county.plan.rows
    assert [(row.domain, row.name) for row in rows] == [
        *(("交通", name) for name in ("国道改线", "码头", "李家镇道路")),
        *(("水利", name) for name in ("河道整治", "水厂", "灌区")),
    ]
    assert [row.no for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[4].source == "附表第15行，原序号2"
    assert rows[0].source == "附表第8行；备注：国债"
    assert county.notes == ["注：投资为估算数。", "填报人：张三 审核人：李四"]


def test_the_unit_in_the_corner_turns_amounts(county: Reading) -> None:
    amounts = [row.amount.fen for row in county.plan.rows]
    assert amounts == [8 * FEN_PER_YI, 2 * FEN_PER_YI, FEN_PER_YI // 2, FEN_PER_YI * 31 // 10, 11 * FEN_PER_YI, None]
    assert county.plan.rows[2].investment_text == "0.5亿元"
    assert county.plan.rows[5].amount.kind is InvestmentKind.UNDETERMINED


def test_two_columns_make_one_span(county: Reading) -> None:
    spans = [(row.period.start, row.period.end) for row in county.plan.rows[:5]]
    words = [tuple(month_text(m) for m in span if m is not None) for span in spans]
    assert words == [
        *(("2025-03", "2027-12"), ("2024-06", "2026-12"), ("2025-05", "2025-11")),
        *(("2025-01", "2026-12"), ("2025-02", "2026-06")),
    ]


def test_a_unit_merged_over_two_rows_leads_both(county: Reading) -> None:
    first, second, third, fourth = county.plan.rows[:4]
    assert first.units.lead == second.units.lead == "县交通局"
    assert (first.units.cooperating, first.units.generic) == (("县财政局",), ("各乡镇",))
    assert fourth.units.cooperating == ("李家镇", "王家乡")
    assert county.plan.rows[5].units.lead == NO_UNIT == county.plan.units[-1].name
    assert third.units.lead == "李家镇人民政府"


def test_only_what_differs_is_found(county: Reading) -> None:
    assert said(county) == [
        "第8行 A8 序号多次从1起编，已按先后统一编为 1–6，原序号留在来源里",
        "第17行 E17 没有读出完工期限：未填写",
        "第17行 F17 “待定”没有读出总投资：总投资待定",
        f"第17行 H17 没有读出责任单位，列入“{NO_UNIT}”：未填写责任单位",
        "责任单位 “李家镇人民政府、李家镇”像是同一单位；如是，请在对照表的 [[unit]] 里把其余的写作 aliases，再建一次",
        "第11行 F11 交通的小 计写作 104,000.00 万元，逐行相加为 105,000.00 万元（有投资额 3/3项），少 1,000.00 万元",
    ]


def test_what_the_title_says_and_what_is_guessed(county: Reading) -> None:
    about = county.map.about
    assert (about["title"], about["doc_no"]) == ("临江县2025-2030年重点项目计划表", "临府发〔2025〕12号")
    assert (about["portfolio"], about["issued"]) == ("临江县2025-2030年重点项目", date(2025, 1, 8))
    assert [month_text(about[key]) for key in ("start", "near_end", "far_from", "horizon_end")] == [
        *("2025-01", "2027-12", "2028-01", "2030-12"),
    ]
    assert {"issuer", "office", "near_end", "far_from"} <= county.guessed.keys()
    assert not {"title", "doc_no", "issued"} & county.guessed.keys()
    assert {each.code: each.stated for each in county.plan.statements} == {
        "projects": "6",
        "investment_yi": "24.6000",
        "domain:交通": "3",
        "domain:水利": "3",
    }


@pytest.mark.parametrize(
    ("heads", "row", "wan"),
    [
        (["项目", "总投资(亿元)"], ["甲", "1.5"], 15_000),
        (["工程名称", "投资额/元"], ["甲", "1200000"], 120),
        (["名称", "估算总投资\n（千元）"], ["甲", "1200"], 120),
        (["建设项目名称", "总投资"], ["甲", "1.5亿元"], 15_000),
        (["重点工程", "计划总投资（亿元）"], ["甲", "3000万元"], 3_000),
        (["项目名称", "总投资万元", "占总投资%", "2024年计划投资"], ["甲", "88.8", "3", "5"], 88.8),
    ],
)
def test_the_unit_of_the_amount(tmp_path: Path, heads: list[str], row: list[str], wan: float) -> None:
    reading = read(write_csv(tmp_path / "a.csv", [heads, row]))
    assert reading.plan.rows[0].amount.fen == round(wan * FEN_PER_WAN)


@pytest.mark.parametrize(
    ("text", "lead", "cooperating"),
    [
        ("牵头单位：县住建局；配合单位：县财政局、李家镇", "县住建局", ("县财政局", "李家镇")),
        ("县住建局（牵头）\n县财政局", "县住建局", ("县财政局",)),
        ("县住建局、各乡镇", "县住建局", ()),
        ("待定", NO_UNIT, ()),
        ("张三", NO_UNIT, ()),
        ("", NO_UNIT, ()),
    ],
)
def test_units_as_offices_write_them(tmp_path: Path, text: str, lead: str, cooperating: tuple[str, ...]) -> None:
    rows: Rows = [HEAD, [1, "甲渠", "", "2025年", "5", text], [2, "乙渠", "", "2025年", "5", "县财政局、李家镇"]]
    reading = read(write_csv(tmp_path / "a.csv", rows))
    row = reading.plan.rows[0]
    assert (row.units.lead, row.units.cooperating) == (lead, cooperating)
    assert any("没有读出责任单位" in line for line in said(reading)) is (lead == NO_UNIT)


@pytest.mark.parametrize(
    ("cells", "lead", "cooperating", "generic"),
    [
        (("县住建局", "县财政局"), "县住建局", ("县财政局",), ()),
        (("各街道", "县财政局"), NO_UNIT, ("县财政局",), ("各街道",)),
        (("待定", "县财政局"), NO_UNIT, ("县财政局",), ()),
        (("县住建局", "无"), "县住建局", (), ()),
        (("县住建局", "各乡镇"), "县住建局", (), ("各乡镇",)),
    ],
)
def test_a_column_of_cooperating_units(
    tmp_path: Path, cells: tuple[str, str], lead: str, cooperating: tuple[str, ...], generic: tuple[str, ...]
) -> None:
    reading = read(write_csv(tmp_path / "a.csv", [["项目名称", "责任单位", "配合单位"], ["甲渠", *cells]]))
    units = reading.plan.rows[0].units
    assert (units.lead, units.cooperating, units.generic) == (lead, cooperating, generic)


def test_cooperating_units_that_cannot_be_read_are_kept(tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "a.csv", [["项目名称", "责任单位", "配合单位"], ["甲渠", WATER, "李四等人"]]))
    row = reading.plan.rows[0]
    assert (row.unit_text, row.source) == (WATER, "附表第2行；配合单位：李四等人")
    assert "第2行 C2 “李四等人”没有读出配合单位，原文留在来源里" in said(reading)


def test_projects_may_be_numbered_in_chinese(tmp_path: Path) -> None:
    rows: Rows = [["序号", "任务", "总投资（万元）"], ["一", "甲工程", "100"], ["二", "乙工程", "200"]]
    assert [row.no for row in read(write_csv(tmp_path / "a.csv", rows)).plan.rows] == ["一", "二"]


ALIASES = tuple(replace(unit, full_name=None) for unit in read_plan().units)


def test_the_shipped_plan_as_another_office_would_send_it(tmp_path: Path) -> None:
    plan = read_plan()
    rows: list[list[Any]] = [
        ["重点工程一览表"],
        ["序号", "工程名称", "工程内容与规模", "实施年限", "投资（万元）", "责任单位"],
    ]
    for name in plan.domains:
        own = [row for row in plan.rows if row.domain == name]
        rows.append([f"{name}（{len(own)}个）"])
        rows += [[r.no, r.name, r.scope, r.period_text, r.investment_text, r.unit_text] for r in own]
    rows.append(["合计", None, None, None, "2995731.99"])
    reading = read(write_xlsx(tmp_path / "a.xlsx", rows), PlanMap(units=ALIASES))
    for row, read_row in zip(plan.rows, reading.plan.rows, strict=True):
        same = ("no", "domain", "name", "scope", "period", "amount", "units", "unit_text")
        assert [getattr(read_row, key) for key in same] == [getattr(row, key) for key in same]
    assert {unit.name: unit.kind for unit in reading.plan.units} == {unit.name: unit.kind for unit in plan.units}
    assert len(said(reading)) == 2
    assert all("没有读出总投资" in line for line in said(reading))
    assert {each.code: each.stated for each in reading.plan.statements}["investment_yi"] == "299.5732"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("沙井街办", UnitKind.TOWN),
        ("李家镇人民政府", UnitKind.TOWN),
        ("区城投公司", UnitKind.COMPANY),
        ("省交投集团", UnitKind.COMPANY),
        ("县发改委", UnitKind.DEPARTMENT),
        ("县政务服务中心", UnitKind.DEPARTMENT),
        ("县人民医院", UnitKind.DEPARTMENT),
        ("滨江投控", UnitKind.OTHER),
    ],
)
def test_the_kind_of_a_unit(name: str, kind: UnitKind) -> None:
    assert unit_kind(name) is kind


def test_numbers_are_kept_and_none_is_lost(tmp_path: Path) -> None:
    printed = ["A-1", "7", "", "7", "9"]
    rows: Rows = [HEAD, *([no, f"工程{n}", "", "2025年", "5", "县水利局"] for n, no in enumerate(printed))]
    reading = read(write_csv(tmp_path / "a.csv", rows))
    assert [row.no for row in reading.plan.rows] == ["A-1", "7", "10", "11", "9"]
    assert [line for line in said(reading) if "序号" in line] == [
        "第4行 A4 没有序号，编为 10",
        "第5行 A5 “7”与第3行的序号相同，编为 11",
    ]
    assert reading.plan.rows[3].source == "附表第5行，原序号7"


def test_a_domain_written_once_holds_until_the_next(tmp_path: Path) -> None:
    rows: Rows = [
        ["类别", *HEAD],
        ["生态", 1, "甲", "", "2025年", "5", "县水利局"],
        ["", 2, "乙", "", "2025年", "6", "县水利局"],
        ["", "", "小计", "", "", "11", ""],
        ["交通", 3, "丙", "", "2025年", "7", "县水利局"],
        ["", "", "交通小计", "", "", "8", ""],
        ["总计", "", "3项", "", "", "18", ""],
    ]
    reading = read(write_csv(tmp_path / "a.csv", rows))
    assert [row.domain for row in reading.plan.rows] == ["生态", "生态", "交通"]
    assert len(said(reading)) == 1
    assert "交通小计写作 8.00 万元，逐行相加为 7.00 万元" in said(reading)[0]
    merged = write_xlsx(tmp_path / "a.xlsx", rows, ["A2:A4", "A5:A6"])
    assert [row.domain for row in read(merged).plan.rows] == ["生态", "生态", "交通"]


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (["合计", "2个", "", "", "12.3", ""], []),
        (["合计", "2个", "", "", "12", ""], []),
        (["合计", "3个", "", "", "12.30", ""], ["项数写作 3，逐行数为 2"]),
        (["合计", "", "", "", "12.4", ""], ["多 0.10 万元"]),
        (["合计", "", "", "", "约十几万", ""], ["金额读不出来，没有对账"]),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_total_is_compared_to_the_places_it_is_written_with(
    tmp_path: Path, stated: list[str], found: list[str], place: str
) -> None:
    rows: list[list[Any]] = [[1, "甲", "", "2025年", "5.1", WATER], [2, "乙", "", "2025年", "7.2", WATER]]
    rows = [stated, *rows] if place == "above" else [*rows, stated]
    reading = read(write_csv(tmp_path / "a.csv", [HEAD, *rows]))
    assert len(said(reading)) == len(found)
    assert all(words in line for words, line in zip(found, said(reading), strict=True))
    assert len(reading.plan.rows) == 2


def test_merged_names_and_amounts_are_counted_once(tmp_path: Path) -> None:
    rows: Rows = [
        HEAD,
        [1, "甲", "主体", "2025年", 50, "县水利局"],
        [None, None, "附属", None, 30, None],
        [2, "乙", "修渠", "2025年", 20, "县水利局"],
        [3, "丙", "修路", "2025年", None, "县水利局"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", rows, ["A2:A3", "B2:B3", "E4:E5"]))
    assert [(row.name, row.scope) for row in reading.plan.rows] == [
        ("甲", "主体；附属"),
        ("乙", "修渠"),
        ("丙", "修路"),
    ]
    assert [row.amount.fen for row in reading.plan.rows] == [50 * FEN_PER_WAN, 20 * FEN_PER_WAN, None]
    assert any(line.startswith("第3行 E3 “30”与第2行是同一项目") for line in said(reading))
    assert any(line.startswith("第5行 E5 “20”总投资与第4行合并为一格") for line in said(reading))


def test_cells_that_cannot_be_trusted_are_said(tmp_path: Path) -> None:
    rows: Rows = [
        HEAD,
        [1, "甲", "", 2025.1, "=1/0", "县水利局"],
        [2, "甲", "", "2025.10", 5, "县水利局"],
        [None, None, "只有内容"],
    ]
    reading = read(write_xlsx(tmp_path / "a.xlsx", rows))
    lines = said(reading)
    assert any(line.startswith("第2行 E2 总投资是错误值") for line in lines)
    assert "第2行 D2 “2025.1”是数字，分不清是1月还是10月，按1月读" in lines
    assert "第3行 B3 “甲”与第2行的项目名称相同，两行都收" in lines
    assert "第4行 C4 “只有内容”这一行没有项目名称，没有收" in lines
    assert not any("第3行 D3" in line for line in lines)


def test_a_heading_keeps_its_own_brackets(tmp_path: Path) -> None:
    rows: Rows = [HEAD, ["一、生态（城区）类（1个）"], [1, "甲", "", "2025年", "5", WATER]]
    reading = read(write_csv(tmp_path / "a.csv", rows))
    assert reading.plan.domains == ("生态（城区）类",)
    assert reading.plan.statements[0].stated == "1"


def test_headings_of_a_lower_rank_begin_no_domain(tmp_path: Path) -> None:
    rows: Rows = [HEAD, ["一、水利"], ["（一）河道"], [1, "甲", "", "2025年", "5", "县水利局"], ["二、交通"]]
    reading = read(write_csv(tmp_path / "a.csv", rows))
    assert (reading.plan.domains, reading.notes) == (("水利",), ["二、交通"])
    assert said(reading) == ["第3行 “（一）河道”是下一级标题，没有单独成为领域"]


@pytest.mark.parametrize(
    ("title", "issued"),
    [
        ("2025年2月30日印发", date(2025, 1, 1)),
        ("某市（某发〔2024〕3号）", date(2024, 1, 1)),
        ("某市", date(2026, 1, 1)),
    ],
)
def test_the_day_of_issue_is_read_or_guessed(tmp_path: Path, title: str, issued: date) -> None:
    reading = read(write_csv(tmp_path / "a.csv", [[title], HEAD, [1, "甲", "", "2025年", "5", WATER]]))
    assert reading.plan.issued == issued
    assert "issued" in reading.guessed


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["编码", "干啥"], ["1", "甲"]], "没有找到表头.*编码 | 干啥"),
        ([], "没有找到表头.*（空）"),
        ([HEAD], "没有读到项目"),
    ],
)
def test_a_table_without_head_or_projects_is_refused(tmp_path: Path, rows: Rows, message: str) -> None:
    with pytest.raises(SheetError, match=message):
        read(write_csv(tmp_path / "a.csv", rows))


def test_a_map_comes_back_as_it_was_written(county: Reading, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(map_text(county.map, county.guessed, county.heads, county.unused), encoding="utf-8")
    assert read_map(path) == county.map


def test_a_map_rules_over_every_guess(tmp_path: Path) -> None:
    rows = [["事项编码", "做什么", "谁来做", "多少钱"], ["x1", "甲渠", "滨江投控", "2"], ["x2", "乙渠", "水办", "3"]]
    path = tmp_path / "map.toml"
    path.write_text(
        'title = "某规划"\noffice = "某办公室"\nnear_end = "2026-06"\nissued = 2026-02-03\n'
        '[table]\nhead = [1, 1]\namount_unit = "亿元"\n'
        '[columns]\nno = "A"\nname = "b"\nunit = "C"\ninvestment = "D"\n'
        "[stated]\nprojects = 2\ninvestment_yi = 5.1\n"
        '[[unit]]\nname = "滨江投控"\nkind = "平台公司"\n'
        '[[unit]]\nname = "县水利局"\nkind = "区直部门"\nfull_name = "某县水利局"\naliases = ["水办"]\n',
        encoding="utf-8",
    )
    reading = read(write_csv(tmp_path / "a.csv", rows), read_map(path))
    assert [(row.no, row.units.lead, row.amount.fen) for row in reading.plan.rows] == [
        ("x1", "滨江投控", 2 * FEN_PER_YI),
        ("x2", "县水利局", 3 * FEN_PER_YI),
    ]
    assert [unit.kind for unit in reading.plan.units] == [UnitKind.COMPANY, UnitKind.DEPARTMENT]
    assert (reading.plan.title, reading.plan.office, reading.plan.issued) == ("某规划", "某办公室", date(2026, 2, 3))
    assert month_text(reading.plan.far_from) == "2026-07"
    assert not {"title", "office", "issued", "near_end"} & reading.guessed.keys()
    assert {each.code: each.quote for each in reading.plan.statements} == dict.fromkeys(
        ("projects", "investment_yi"), "对照表所写"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "不是有效的 TOML"),
        ('titel = "x"', "不认识的项 titel"),
        ("title = 3", "title 应为加引号的文字"),
        ('issued = "2024"', "issued 应为日期"),
        ('start = "去年"', "start 应为加引号的月份"),
        ('[columns]\nname = "3"', "name 应为列的字母"),
        ('[columns]\nprice = "C"', "不认识的项 price"),
        ('[columns]\nname = "Z"', "Z 列不在表里"),
        ('[columns]\nscope = "A"', "没有找到项目名称一列；读到的表头是：序号、项目名称"),
        ("[table]\nhead = [3]", "head 应为表头的首行和末行"),
        ("[table]\nhead = [9, 9]", "没有第9行"),
        ('[table]\nsheet = "附表"', "没有名为“附表”的工作表，只有：CSV"),
        ('[table]\namount_unit = "两"', "amount_unit 没有“两”"),
        ('[[unit]]\nname = "甲"\nkind = "局"', "kind 没有“局”，可用：区直部门"),
        ('[[unit]]\nname = "甲局"\naliases = ["乙局"]\n[[unit]]\nname = "乙局"', "“乙局”写了不止一次"),
        ('start = "2025-01"\nnear_end = "2024-01"', "月份前后不对"),
        ('near_end = "2100-12"', "规划期应在 1990–2100 年之间"),
    ],
)
def test_a_faulty_map_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    table = write_csv(tmp_path / "a.csv", [HEAD, [1, "甲", "", "2025年", "5", "县水利局"]])
    with pytest.raises(SheetError, match=re.escape(message)):
        read(table, read_map(path))


def test_thousands_of_rows_are_read_in_seconds(tmp_path: Path) -> None:
    rows = (
        [
            n,
            f"工程{n}",
            "修渠",
            f"{2020 + n % 5}.{n % 12 + 1}-2026.{n % 12 + 1}",
            f"{n % 900 + 10}.5",
            f"县{n % 40}局、李家镇",
        ]
        for n in range(1, 3_001)
    )
    started = time.process_time()
    reading = read(write_csv(tmp_path / "a.csv", [HEAD, *rows], "gb18030"))
    assert len(reading.plan.rows) == 3_000
    assert time.process_time() - started < 5


WORDS = """
1 2 3 1-1 一 一、生态（2个） （一）水 合计 小计 总计（3项） 注：无 续表 甲工程 乙工程 项目名称 总投资 责任单位
县水利局 各乡镇 待定 张三 县水利局、李家镇 5 1,200.5 约3亿元 5-6亿元 2024.3-2025.6 2025年 2025.6-2024.3 长期 [b]
"""
CELLS = st.sampled_from(["", "\u202e反\x07", *WORDS.split()])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    heads=st.permutations(["序号", "领域", "项目名称", "总投资（亿元）", "实施年限", "责任单位", "配合单位"]),
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=1, max_size=12),
)
def test_whatever_the_cells_the_plan_is_sound(tmp_path: Path, heads: list[str], rows: list[list[str]]) -> None:
    try:
        reading = read(write_csv(tmp_path / "a.csv", [heads, *rows]))
    except SheetError:
        return
    plan = reading.plan
    assert len({row.no for row in plan.rows}) == len(plan.rows) > 0
    assert {row.units.lead for row in plan.rows} <= {unit.name for unit in plan.units}
    assert {name for row in plan.rows for name in row.units.cooperating} <= {unit.name for unit in plan.units}
    for row in plan.rows:
        assert row.name
        assert row.name.isprintable()
        assert row.domain in plan.domains
        if row.period.start is not None and row.period.end is not None:
            assert row.period.start <= row.period.end
    assert plan.start <= plan.near_end < plan.far_from
    assert all(str(finding) for finding in reading.findings)


def test_merged_areas_are_held_to_the_table() -> None:
    found: dict[tuple[int, int], Value] = {(0, 0): "甲", (1, 1): "乙"}
    grid = Grid(sheet_of("表", found, ((0, 0, 1_048_575, 16_383),)))
    assert (grid.text(1, 0), grid.below(1, 0), grid.above(1, 0)) == ("甲", "甲", 0)
    assert (grid.text(0, 1), grid.below(0, 1), grid.own(1)) == ("甲", "", [])
    tall = {(row, 0): "甲" for row in range(2_000)}
    with pytest.raises(SheetError, match="合并单元格过多"):
        Grid(sheet_of("表", dict(tall), ((0, 0, 1_999, 0),) * 1_100))
