"""The plan's 62 rows, held against the totals the plan itself states."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.money import FEN_PER_WAN, wan_text, yi_text
from hgt_portfolio.months import month
from hgt_portfolio.plan import PlanRow, read_plan
from hgt_portfolio.plan.load import load_plan
from hgt_portfolio.terms import InvestmentKind, UnitKind

PLAN = read_plan()
STATED = {statement.code: statement.stated for statement in PLAN.statements}


def total(rows: list[PlanRow]) -> str:
    return wan_text(sum(row.amount.fen or 0 for row in rows))


def due(row: PlanRow) -> int:
    assert row.period.end is not None
    return row.period.end


def test_rows_and_domains_reconcile() -> None:
    assert [row.row for row in PLAN.rows] == list(range(1, 63))
    assert [row.no for row in PLAN.rows] == [str(number) for number in range(1, 63)]
    assert len(PLAN.rows) == int(STATED["projects"])
    counts = Counter(row.domain for row in PLAN.rows)
    assert list(counts.values()) == [12, 10, 17, 20, 3]
    assert {f"domain:{name}": str(count) for name, count in counts.items()}.items() <= STATED.items()
    assert PLAN.domains == ("生态安全", "生态空间", "生态经济", "生态生活", "生态文化")


def test_investment_reconciles() -> None:
    priced = [row for row in PLAN.rows if row.amount.fen is not None]
    assert len(priced) == 60
    assert total(priced) == "2995731.99"
    assert yi_text(sum(row.amount.fen or 0 for row in priced)) == STATED["investment_yi"]
    assert {row.row: row.amount.kind for row in PLAN.rows if row.amount.fen is None} == {
        12: InvestmentKind.UNDETERMINED,
        56: InvestmentKind.FORMULA,
    }
    assert total([row for row in PLAN.rows if row.domain == "生态安全"]) == "208257.00"


def test_every_span_is_read() -> None:
    assert all(row.period.reason is None and row.period.precision == "month" for row in PLAN.rows)
    assert [row.row for row in PLAN.rows if row.period.start is not None and row.period.start < PLAN.start] == [
        *(1, 25, 31, 32, 39, 40, 61),
    ]
    assert [row.row for row in PLAN.rows if due(row) > PLAN.horizon_end] == [41]
    assert (PLAN.rows[9].period.start, PLAN.rows[9].period.end) == (month(2024, 10), month(2026, 9))


def test_near_and_far_by_the_inferred_rule() -> None:
    near = [row for row in PLAN.rows if due(row) < PLAN.far_from]
    far = [row for row in PLAN.rows if due(row) >= PLAN.far_from]
    assert (len(near), total(near)) == (54, "1144906.99")
    assert (len(far), total(far)) == (8, "1850825.00")
    assert (STATED["near"], STATED["far"]) == ("54", "8")


def test_near_and_far_by_due_date() -> None:
    near = [row for row in PLAN.rows if due(row) <= PLAN.near_end]
    far = [row for row in PLAN.rows if due(row) > PLAN.near_end]
    assert (len(near), total(near)) == (52, "1084304.99")
    assert (len(far), total(far)) == (10, "1911427.00")


def test_thirteen_spellings_are_twelve_units() -> None:
    assert len({row.unit_text for row in PLAN.rows}) == 13
    leads = Counter(row.units.lead for row in PLAN.rows)
    assert list(leads) == [unit.name for unit in PLAN.units]
    assert len(PLAN.units) == int(STATED["units"]) == 12
    assert leads["红角洲街办"] == 3
    assert not any(row.units.cooperating or row.units.generic for row in PLAN.rows)
    assert {unit.name: unit.full_name for unit in PLAN.units if unit.full_name} == {
        "区城管执法局": "红谷滩区城市管理和综合执法局",
        "区农业农村局": "红谷滩区农业农村局",
    }
    assert Counter(unit.kind for unit in PLAN.units) == {
        UnitKind.DEPARTMENT: 6,
        UnitKind.TOWN: 5,
        UnitKind.COMPANY: 1,
    }


def test_cells_are_whole() -> None:
    for row in PLAN.rows:
        for cell in (row.name, row.scope, row.period_text, row.investment_text, row.unit_text):
            assert cell == cell.strip() != ""
            assert not re.search(r"[\r\n\t]|\s\s|\u3000", cell)
    assert PLAN.rows[23].name == "VR科创城二期工业园区（电子信息高端制造产业园）"
    assert [row.row for row in PLAN.rows if row.operation] == [7, 8, 12, 48, 53, 58]


def test_about_the_plan() -> None:
    assert PLAN.title == "南昌市红谷滩区生态文明建设示范区规划（2023-2030年）"
    assert (PLAN.issued, PLAN.doc_no) == (date(2024, 2, 10), "红谷府发〔2024〕3号")
    assert (STATED["issued"], STATED["doc_no"]) == (PLAN.issued.isoformat(), PLAN.doc_no)
    assert (PLAN.start, PLAN.near_end, PLAN.far_from, PLAN.horizon_end) == (
        month(2023, 1),
        month(2025, 12),
        month(2026, 12),
        month(2030, 12),
    )
    assert all(statement.quote for statement in PLAN.statements)
    assert read_plan() is PLAN


HEAD = 'title = "甲"\nportfolio = "乙"\ndoc_no = "丙"\nissued = 2025-01-01\nissuer = "丁"\noffice = "戊"\n'
SPAN = 'start = "2025-01"\nnear_end = "2026-12"\nfar_from = "2027-01"\nhorizon_end = "2030-12"\n'
COLUMNS = "row,no,domain,name,scope,period_text,investment_text,unit_text,operation\n"


def write_plan(folder: Path, rows: str) -> None:
    (folder / "plan.toml").write_text(HEAD + SPAN, encoding="utf-8")
    (folder / "units.csv").write_text("name,kind,full_name,aliases\n水务局,区直部门,,水利局、水办\n", encoding="utf-8")
    (folder / "statements.csv").write_text("code,stated,quote\nprojects,1,共1个\n", encoding="utf-8")
    (folder / "sub_items.csv").write_text("no,name,total,source\n", encoding="utf-8")
    (folder / "sub_items.csv").write_text("no,name,total,source\n", encoding="utf-8")
    (folder / "projects.csv").write_text(rows, encoding="utf-8")


def test_any_other_plan_loads(tmp_path: Path) -> None:
    write_plan(tmp_path, f"{COLUMNS}1,A-1,水,渠,修渠,2025.1-2026.2,约1亿元,水利局,0\n")
    row = load_plan(tmp_path).rows[0]
    assert (row.no, row.units.lead, row.amount.fen) == ("A-1", "水务局", 10_000 * FEN_PER_WAN)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (f"{COLUMNS}x,1,水,渠,修渠,2025.1,1,水利局,0\n", "projects.csv 第2行无法读取"),
        (f"{COLUMNS}1,1,水,渠\n", "projects.csv 第2行无法读取：列数与表头不符"),
        ("row,no\n1,1\n", "projects.csv 缺少列 'domain'"),
    ],
)
def test_a_faulty_plan_names_the_place(tmp_path: Path, rows: str, message: str) -> None:
    write_plan(tmp_path, rows)
    with pytest.raises(ValueError, match=re.escape(message)):
        load_plan(tmp_path)
