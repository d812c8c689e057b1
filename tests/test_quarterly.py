"""The quarterly workbook: every cell is the ledger's, every total a live formula that agrees, nothing is invented."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from hgt_portfolio import exports
from hgt_portfolio.exports import ExportError, export_quarterly, quarterly_name
from hgt_portfolio.figures import By, Filter, Group, Point, Position
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.model.inputs import (
    AmendInput,
    Changes,
    CheckInput,
    ContactInput,
    OpeningInput,
    OverrideInput,
    ReportInput,
    YearPlanInput,
)
from hgt_portfolio.money import rounded, wan
from hgt_portfolio.months import Month, month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.reports.quarterly_projects import growth
from hgt_portfolio.reports.reconcile import reconcile
from hgt_portfolio.rules.point import moment_text, moment_words
from hgt_portfolio.store import created
from hgt_portfolio.terms import CheckMethod, ContactRole, Light, Status
from tests.conftest import Book, Clock, open_book
from tests.test_xlsx import HOSTILE, reopened

SHEETS = (
    *("说明与对账", "总览", "分领域", "分单位", "近期远期", "分年度", "资金"),
    *("项目调度表", "逾期与预警", "督办事项", "本季变化", "更正", "投资额未定与未填报"),
)
HEADS = (
    *("序号", "领域", "项目名称", "工程内容与规模", "实施年限", "计划总投资", "截至上年底累计完成", "本年计划投资"),
    *("本季度完成", "本年累计", "占年度计划%", "年度任务余额", "上季度完成", "环比", "上年同期", "自开工累计"),
    *(
        "占总投资%",
        "形象进度",
        "项目状态",
        "预警",
        "存在问题",
        "下一步措施",
        "责任单位",
        "责任人/电话",
        "包联领导",
        "备注",
    ),
)
FIRST_ROW = 5
WAN = 1_000_000
Q1, Q2, Q3 = month(2024, 3), month(2024, 6), month(2024, 9)
HOSTILE_NO = "7"


def fill(ledger: Ledger) -> None:
    """File what the workbook must tell apart: known, unknown, caught up, carried, late, amended, hand-set, hostile."""

    def report(no: str, period: Month, amount: str | None, status: Status = Status.UNDER_WAY, **more: Any) -> None:
        fen = None if amount is None else int(Decimal(amount) * WAN)
        values = {"no": no, "period": period, "status": status, "cumulative_fen": fen, "reason": "按合同计量"}
        ledger.report(ReportInput(**values | more))

    openings = {"1": "30000", "24": "66000", "25": "90000.005", "26": "20000", "32": "300000", "40": "90000"}
    ledger.open_books(
        OpeningInput(
            no=no, period=month(2023, 12), cumulative_fen=int(Decimal(amount) * WAN), year_plan_fen=40_000 * WAN
        )
        for no, amount in openings.items()
    )
    for no, first, second, third in (
        ("1", "35000", "42000", "58000.123456"),
        ("24", "70000", "90000", "99000"),
        ("25", "95000", None, "99000.005"),
        ("32", "310000", "330000", "330000"),
        (HOSTILE_NO, None, "10", "30"),
        ("53", "1200", None, None),
    ):
        for period, amount in ((Q1, first), (Q2, second), (Q3, third)):
            if amount is not None:
                report(no, period, amount)
    report("2", Q3, "500")
    report("13", Q2, "9000", Status.COMPLETE, finished=date(2024, 5, 20))
    report("26", Q3, "50000")
    report("29", Q3, "1000", Status.SUSPENDED)
    report("18", Q3, "20.5555")
    report("4", Q3, None, Status.NOT_STARTED)
    report(HOSTILE_NO, Q3, "30", problem=HOSTILE[0], next_step=HOSTILE[2], physical=HOSTILE[8])
    for no in ("2", HOSTILE_NO):
        ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=1_500 * WAN))
    amend(ledger, "1", date(2024, 8, 1), due=month(2025, 6))
    amend(ledger, "24", date(2024, 7, 1), year=2024, year_plan_fen=50_000 * WAN)
    amend(ledger, "30", date(2024, 9, 1), doc=None, due=month(2026, 6))
    ledger.check(CheckInput(no="20", day=date(2024, 9, 20), how=CheckMethod.ON_SITE, finding="驳岸尚未做完"))
    ledger.override(OverrideInput(no="25", period=Q3, light=Light.YELLOW, reason="=1+1资金紧张"))
    for text in HOSTILE[3:8]:
        ledger.contact(ContactInput(no=HOSTILE_NO, role=ContactRole.OFFICER, name=text, since=date(2024, 1, 1)))
    ledger.contact(
        ContactInput(no="1", role=ContactRole.OFFICER, name="李某", phone="13800000000", since=date(2024, 1, 1))
    )


def amend(ledger: Ledger, no: str, effective: date, doc: str | None = "红重办〔2024〕9号", **changes: Any) -> None:
    ledger.amend(AmendInput(no=no, changes=Changes(**changes), reason="拆迁<b>滞后", doc=doc, effective=effective))


@dataclass
class Made:
    """One exported workbook beside the ledger it came from."""

    book: Book
    point: Point
    path: Path
    live: Any
    cached: Any
    positions: list[Position]
    total: Group

    def column(self, sheet: str, head: str, *, row: int = FIRST_ROW - 1) -> dict[str, Any]:
        """Give a column's cached values by the text of column A."""
        page = self.cached[sheet]
        at = next(cell.column for cell in page[row] if cell.value == head)
        return {str(page.cell(n, 1).value): page.cell(n, at).value for n in range(row + 1, page.max_row + 1)}

    def by_name(self, sheet: str, name: str) -> dict[str, Any]:
        """Give the row whose cells hold a name, by head."""
        page = self.cached[sheet]
        heads = [cell.value for cell in page[FIRST_ROW - 1]]
        row = next(cells for cells in page.iter_rows(min_row=FIRST_ROW) if name in [cell.value for cell in cells[:3]])
        return {str(head): cell.value for head, cell in zip(heads, row, strict=True)}


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("quarterly")
    book = open_book(Path(shutil.copy2(template, folder / "portfolio.db")), date(2024, 10, 20))
    fill(book.ledger)
    point = book.point("2024Q3")
    path = export_quarterly(book.figures, point, folder)
    yield Made(
        book,
        point,
        path,
        reopened(path),
        reopened(path, cached=True),
        book.figures.positions(point),
        book.figures.totals(point),
    )
    book.store.close()


def shown(fen: int | None) -> Any:
    return "—" if fen is None else float(rounded(wan(fen), 6))


def summed(fen: int | None) -> Any:
    return "—" if fen is None else float(rounded(wan(fen), 2))


def near(value: Any, expected: Decimal | None) -> bool:
    if expected is None:
        return bool(value == "—")
    return abs(Decimal(str(value)) - expected) < Decimal("1e-12")


def test_the_sheets_stand_in_order_with_exact_heads(made: Made) -> None:
    assert made.path.name == quarterly_name(Q3) == "重点工程投资汇总_2024Q3.xlsx"
    assert tuple(made.live.sheetnames) == SHEETS
    heads = [cell.value for cell in made.live["项目调度表"][FIRST_ROW - 1]]
    assert tuple(heads[: len(HEADS)]) == HEADS
    visible = [not made.live["项目调度表"].column_dimensions[c].hidden for c in ("A", "Z")]
    assert visible == [True, True]
    assert made.live["项目调度表"].column_dimensions["AA"].hidden


def test_every_amount_is_the_positions_own(made: Made) -> None:
    before = {p.no: p for p in made.book.figures.positions(made.point.at(Q2))}
    year_before = {p.no: p for p in made.book.figures.positions(made.point.at(month(2023, 9)))}
    wanted: dict[str, Any] = {
        "计划总投资": lambda p: p.investment,
        "截至上年底累计完成": lambda p: p.opening,
        "本年计划投资": lambda p: p.year_plan,
        "本季度完成": lambda p: p.quarter,
        "本年累计": lambda p: p.ytd,
        "年度任务余额": lambda p: p.year_balance,
        "上季度完成": lambda p: before[p.no].quarter,
        "上年同期": lambda p: year_before[p.no].quarter,
        "自开工累计": lambda p: p.cumulative,
    }
    for head, get in wanted.items():
        cells = made.column("项目调度表", head)
        assert {p.no: cells[p.no] for p in made.positions} == {p.no: shown(get(p)) for p in made.positions}, head
    rates: dict[str, Any] = {
        "占年度计划%": lambda p: p.year_rate,
        "占总投资%": lambda p: p.total_rate,
        "环比": lambda p: growth(p.quarter, before[p.no].quarter),
    }
    for head, rate in rates.items():
        cells = made.column("项目调度表", head)
        assert all(near(cells[p.no], rate(p)) for p in made.positions), head


def test_totals_are_the_figures_own(made: Made) -> None:
    total = made.total
    wanted = {
        "计划总投资": total.investment,
        "截至上年底累计完成": total.opening.fen,
        "本年计划投资": total.year_plan.fen,
        "本季度完成": total.quarter.fen,
        "本年累计": total.ytd.fen,
        "年度任务余额": total.year_balance,
        "自开工累计": total.cumulative.fen,
    }
    row = made.by_name("项目调度表", "合计")
    assert {head: row[head] for head in wanted} == {head: summed(fen) for head, fen in wanted.items()}
    assert near(row["占年度计划%"], total.year_rate)
    assert near(row["占总投资%"], total.total_rate)
    assert row["项目名称"] == "62项"


@pytest.mark.parametrize(("sheet", "by"), [("分领域", By.DOMAIN), ("分单位", By.UNIT)])
def test_groups_are_the_figures_own(made: Made, sheet: str, by: By) -> None:
    for group in (*made.book.figures.groups(made.point, by), made.total):
        row = made.by_name(sheet, group.name)
        amounts = {
            "计划总投资": group.investment if group.priced else None,
            "截至上年底累计完成": group.opening.fen if group.opening.known else None,
            "本年计划投资": group.year_plan.fen if group.year_plan.known else None,
            "本季度完成": group.quarter.fen if group.quarter.known else None,
            "本年累计": group.ytd.fen if group.ytd.known else None,
            "计划应完成": group.planned.fen if group.planned.known else None,
            "欠序时金额": group.shortfall,
            "自开工累计": group.cumulative.fen if group.cumulative.known else None,
        }
        assert {head: row[head] for head in amounts} == {head: summed(fen) for head, fen in amounts.items()}
        assert near(row["占年度计划%"], group.year_rate)
        assert near(row["占总投资%"], group.total_rate)
        assert near(row["偏差(百分点)"], None if group.deviation is None else group.deviation * 100)
        assert row["项目数"] == group.count
        assert row["在建"] == group.statuses["在建"]
        assert row["完工"] == group.complete
        assert row["逾期"] == group.deadline_states["逾期"]
        assert row["到期未核实"] == group.deadline_states["到期未核实"]


def test_units_are_ranked_within_their_kind(made: Made) -> None:
    rows = [made.by_name("分单位", unit.name) for unit in made.book.figures.units()]
    for kind in {row["类别"] for row in rows}:
        own = [row for row in rows if row["类别"] == kind]
        known = sorted((row["欠序时金额"] for row in own if row["欠序时金额"] != "—"), reverse=True)
        for row in own:
            expected = "—" if row["欠序时金额"] == "—" else 1 + known.index(row["欠序时金额"])
            assert row["欠序时金额排名"] == expected
    assert any(row["欠序时金额排名"] == "—" for row in rows)


def test_unknown_stays_a_dash_with_its_reason(made: Made) -> None:
    remarks = made.column("项目调度表", "备注")
    quarter = made.column("项目调度表", "本季度完成")
    assert (quarter["3"], quarter["25"], quarter["4"]) == ("—", "—", 0)
    assert "未填报" in remarks["3"]
    assert "含补报(2024Q2–2024Q3) 4000.005万元" in remarks["25"]
    assert "缺期初数" in remarks["29"]
    assert "沿用2024-03" in remarks["53"]
    assert "总投资：待定" in remarks["12"]
    assert "完工期限调整+181天（原2024-12-31）" in remarks["1"]
    assert "年初计划40000.00万元" in remarks["24"]
    assert "人工定灯：=1+1资金紧张" in remarks["25"]
    assert made.column("项目调度表", "计划总投资")["56"] == "—"
    assert made.column("项目调度表", "本季度完成")["18"] == "—"
    assert made.live["项目调度表"]["P22"].number_format == "#,##0.0000"


def test_a_catch_up_stays_out_of_the_quarter(made: Made) -> None:
    caught_up = [p for p in made.positions if p.catch_up]
    assert "25" in [p.no for p in caught_up]
    notes = " ".join(str(cell.value) for cell in made.cached["分领域"]["A"])
    assert f"含补报{len(caught_up)}项" in notes
    assert "有投资额60/62项（#12、#56未计入）" in notes
    assert f"本季度完成有数{made.total.quarter.known}/62项" in notes


def test_every_formula_has_its_cached_result(made: Made) -> None:
    formulas = [c for page in made.live for row in page.iter_rows() for c in row if c.data_type == "f"]
    assert len(formulas) > 400
    assert all(made.cached[cell.parent.title][cell.coordinate].value is not None for cell in formulas)
    row = next(r for r in made.live["项目调度表"].iter_rows(min_row=FIRST_ROW) if r[0].value == "合计")
    assert row[5].value == '=IF(COUNT($F$5:$F$66)=0,"—",ROUND(SUM($F$5:$F$66),2))'


def test_totals_link_to_their_rows(made: Made) -> None:
    page = made.live["分领域"]
    assert page["B5"].hyperlink.location == "'项目调度表'!$A$5:$Z$16"
    names = made.live.defined_names
    for row in made.live["分单位"].iter_rows(min_row=FIRST_ROW, max_row=FIRST_ROW + 11):
        place = row[1].hyperlink.location
        target = names[place].attr_text if place in names else place
        rows = set()
        for span in target.split(","):
            first, last = (int(cell.rsplit("$", 1)[1]) for cell in span.split("!")[1].split(":"))
            rows |= set(range(first, last + 1))
        expected = {FIRST_ROW + n for n, p in enumerate(made.positions) if p.unit == row[1].value}
        assert rows == expected


def test_alerts_name_the_rule_and_the_numbers(made: Made) -> None:
    page = made.cached["逾期与预警"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST_ROW) if row[1].value]
    overdue = [row[1] for row in rows if row[0] == "逾期"]
    assert overdue == [p.no for p in made.positions if p.deadline_state == "逾期"]
    assert {"20", "26", "18"} <= set(overdue)
    reds = [row for row in rows if row[0] == "红灯"]
    assert [row[1] for row in reds] == [p.no for p in made.positions if p.light == "红"]
    assert all(row[11].startswith(("银川2025·", "待更新", "人工定灯")) for row in rows)
    by_hand = next(row for row in rows if row[1] == "25" and row[0] == "黄灯")
    assert "=1+1资金紧张" in by_hand[11]
    assert [row[8] for row in rows if row[0] == "逾期" and row[1] == "26"] == [30]


def test_changes_give_reason_and_document(made: Made) -> None:
    page = made.cached["本季变化"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST_ROW) if row[1].value]
    said = {(row[0], row[3].split(" ")[0]): row[5] for row in rows}
    assert "红重办〔2024〕9号" in said["1", "调整批准"]
    assert "拆迁<b>滞后" in said["1", "调整批准"]
    assert ("30", "调整申请") in said
    assert ("20", "核实") in said
    assert ("25", "人工定灯") in said
    assert next(row[3] for row in rows if row[0] == "29") == "状态：未报送 → 停工"
    assert not [row for row in rows if row[3].startswith("季报")]


def test_missing_lists_the_unpriced_and_the_silent(made: Made) -> None:
    page = made.cached["投资额未定与未填报"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST_ROW) if row[1].value]
    unpriced = [(row[1], row[6]) for row in rows if row[0] == "投资额未定"]
    assert unpriced == [("12", "待定"), ("56", "节能效益款的88%")]
    silent = [row[1] for row in rows if row[0] == "未填报"]
    assert silent == [p.no for p in made.book.figures.positions(made.point, Filter(silent=True))]
    assert "13" not in silent


def test_phases_are_the_plans_and_ours(made: Made) -> None:
    rows = {row[0].value: [cell.value for cell in row[1:6]] for row in made.cached["近期远期"].iter_rows(max_row=15)}
    assert rows["近期"][:2] == [54, 1144906.99]
    assert rows["远期"][:2] == [8, 1850825.0]
    assert rows["近期"][2:4] == [52, 1084304.99]
    assert rows["远期"][2:4] == [10, 1911427.0]
    monthly = [rows[name][4] for name in ("规划期以前", "近期", "远期", "规划期以后")]
    assert round(sum(map(Decimal, map(str, monthly))), 2) == Decimal("2995731.99")
    assert any("推算" in str(cell.value) for cell in made.cached["近期远期"]["A"])


def test_years_sum_to_the_whole_and_say_how_many_filed(made: Made) -> None:
    page = made.cached["分年度"]
    rows = {str(row[0].value): [cell.value for cell in row] for row in page.iter_rows(min_row=7, max_row=24)}
    assert rows["合计"][1] == 2995731.99
    assert rows["2033"][2] == 2995731.99
    assert rows["2024（至9月）"][3:5] == [shown(made.total.ytd.fen), f"{made.total.ytd.known}/62"]
    assert rows["2025"][3] == "—"
    quarters = [[c.value for c in row] for row in page.iter_rows(min_row=25) if str(row[0].value).startswith("2024Q")]
    assert quarters[2][3:5] == [shown(made.total.quarter.fen), f"{made.total.quarter.known}/62"]
    assert quarters[3][3] == "—"


def test_every_sheet_carries_point_rules_and_disclaimer(made: Made) -> None:
    for page in made.cached:
        texts = [str(cell.value) for cell in page["A"] if cell.value]
        assert any(moment_words(made.point.known_at) in text and "参考规则(未批准)" in text for text in texts[:3])
        assert "非固定资产投资统计数据" in texts[-2]
        assert texts[-1].startswith("填报人：")
        assert page.page_setup.orientation == "landscape"
        assert "演示" not in page["A1"].value
    facts = {row[0].value: row[1].value for row in made.cached["说明与对账"].iter_rows(max_row=20)}
    assert made.book.figures.chain_head(made.point)[:16] in facts["操作链校验值"]


def test_hostile_text_stays_text_everywhere(made: Made) -> None:
    texts = {str(c.value): c for page in made.live for row in page.iter_rows() for c in row if c.data_type == "s"}
    for text in (HOSTILE[0], HOSTILE[2], HOSTILE[8], HOSTILE[7]):
        assert any(text in found for found in texts), text
    for page in made.live:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert cell.value.startswith(("=IF(", "=ROUND(", "=SUM", "=COUNT")), cell.value
                if cell.hyperlink:
                    assert cell.hyperlink.target is None


def test_the_same_ledger_gives_the_same_bytes_even_after_later_filings(made: Made, tmp_path: Path) -> None:
    known = moment_text(made.point.known_at)
    path = Path(shutil.copy2(made.book.path, tmp_path / "copy.db"))
    later = open_book(path, date(2024, 10, 21))
    first = export_quarterly(later.figures, later.point("2024Q3", known), tmp_path / "a.xlsx").read_bytes()
    later.clock.set(date(2024, 10, 21))
    later.report("3", "2024Q3", "在建", "900")
    later.amend("2", date(2024, 9, 1), due=month(2025, 12))
    again = export_quarterly(later.figures, later.point("2024Q3", known), tmp_path / "b.xlsx").read_bytes()
    changed = export_quarterly(later.figures, later.point("2024Q3"), tmp_path / "c.xlsx").read_bytes()
    later.store.close()
    assert first == again == made.path.read_bytes()
    assert changed != first


def test_reconcile_compares_every_statement(made: Made) -> None:
    table = reconcile(made.book.figures, made.point)
    rows = {str(row[0]): [str(cell) for cell in row] for row in table.rows}
    assert {code for code, _, _ in made.book.figures.statements()} <= set(rows)
    assert [c.head for c in table.columns][1:] == ["事项", "规划所述", "计算结果", "结论", "说明"]
    agree = ["projects", "near", "far", "investment_yi", "units", "issued", "doc_no"]
    assert {rows[code][4] for code in [*agree, *(c for c in rows if c.startswith("domain:"))]} == {"相符"}
    assert rows["investment_yi"][3] == "299.5732亿元"
    assert all(text in rows["investment_yi"][5] for text in ("60/62", "2995731.99", "#12", "节能效益款的88%"))
    assert rows["near_by_end"][2:5] == ["54项/8项", "52项/10项", "不符"]
    assert all(text in rows["near_by_end"][5] for text in ("推算", "#9、#10"))
    assert "13种写法" in rows["units"][5]
    assert "红角洲街道、红角洲街办" in rows["units"][5]
    assert rows["ends_before_issue"][5].startswith("#20、#39")
    assert rows["starts_before_plan"][3] == "7项"
    assert "#41（2023.3-2033.3）" in rows["ends_after_plan"][5]


def test_an_amendment_does_not_disturb_the_reconciliation(book: Book) -> None:
    before = reconcile(book.figures, book.point())
    book.amend("1", date(2024, 1, 1), investment_fen=WAN, due=month(2030, 1))
    assert reconcile(book.figures, book.point()) == before


def test_an_untouched_ledger_gives_a_workbook_of_unknowns(fresh: Book, tmp_path: Path) -> None:
    path = export_quarterly(fresh.figures, fresh.point("2024Q3"), tmp_path)
    page = reopened(path, cached=True)["项目调度表"]
    total = next(row for row in page.iter_rows(min_row=FIRST_ROW) if row[0].value == "合计")
    assert total[5].value == 2995731.99
    assert total[15].value == "—"


def test_sample_data_is_marked_on_every_sheet(tmp_path: Path) -> None:
    with created(tmp_path / "demo.db") as store:
        Ledger(store, "甲", today=date(2024, 2, 18), clock=Clock(date(2024, 2, 18))).load(read_plan(), demo=True)
    demo = open_book(tmp_path / "demo.db", date(2024, 10, 20))
    workbook = reopened(export_quarterly(demo.figures, demo.point("2024Q3"), tmp_path))
    demo.store.close()
    assert all(page["A1"].value.endswith("（演示）") for page in workbook)
    assert all("演示" in page.oddHeader.right.text for page in workbook)


def test_progress_names_each_sheet(fresh: Book, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    export_quarterly(fresh.figures, fresh.point("2024Q3"), tmp_path, progress=lambda *step: told.append(step))
    assert [name for name, _, _ in told][1:-1] == list(SHEETS)


def test_only_a_quarters_end_is_exported(fresh: Book, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="2024Q4"):
        export_quarterly(fresh.figures, fresh.point("2024-10"), tmp_path)


def _full(_path: Path, _target: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _open_elsewhere(_path: Path, _target: Path) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@pytest.mark.parametrize(("failure", "words"), [(_full, "磁盘空间不足"), (_open_elsewhere, "可能正被打开")])
def test_a_failed_export_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Any, words: str
) -> None:
    target = tmp_path / "旧.xlsx"
    target.write_bytes(b"old")
    source = tmp_path / "x.xlsx"
    Workbook().save(source)
    content = source.read_bytes()
    monkeypatch.setattr(Path, "replace", failure)
    with pytest.raises(ExportError, match=words):
        exports.place(target, content)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.xlsx", "旧.xlsx"]


@pytest.mark.parametrize("content", [b"", b"half of a workbook", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_never_takes_the_place(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "旧.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(ExportError, match="原有文件没有改动"):
        exports.place(target, content)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["旧.xlsx"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "占用").write_text("x")
    with pytest.raises(ExportError, match="不能作为文件夹使用"):
        exports.place(tmp_path / "占用" / "a.xlsx", b"x")


def test_importing_exports_loads_no_workbook_library() -> None:
    heavy = ("xlsxwriter", "pandas", "sqlalchemy")
    code = f"import sys, hgt_portfolio.exports; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_recalculated_values_equal_the_cached_ones(made: Made, tmp_path: Path) -> None:
    import xlsxwriter

    wrong = tmp_path / "wrong.xlsx"
    with xlsxwriter.Workbook(str(wrong)) as workbook:
        page = workbook.add_worksheet()
        page.write_number("A1", 2)
        page.write_formula("B1", "=A1*3", None, 99)
    (tmp_path / "profile" / "user").mkdir(parents=True)
    (tmp_path / "profile" / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "out"
    command = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(wrong),
        str(made.path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert reopened(out / "wrong.xlsx", cached=True).active["B1"].value == 6
    recalculated = reopened(out / made.path.name, cached=True)
    for page in made.live:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    ours = made.cached[page.title][cell.coordinate].value
                    theirs = recalculated[page.title][cell.coordinate].value
                    assert theirs == (pytest.approx(ours, rel=1e-12) if isinstance(ours, float) else ours), (
                        page.title,
                        cell.coordinate,
                        cell.value,
                    )
