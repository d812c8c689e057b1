"""责任清单: one file a unit, both versions, whose sums say what they leave out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hgt_portfolio.exports import duty_name, export_duty, file_safe
from hgt_portfolio.figures import Filter, Unknown
from hgt_portfolio.model.inputs import ContactInput, OpeningInput, ReportInput, YearPlanInput
from hgt_portfolio.months import month
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.terms import DISCLAIMER, JOINT_NOTE, ContactRole, Status
from tests.conftest import Book, open_book
from tests.test_xlsx import HOSTILE, reopened

HANDED_DOWN = [
    *("序号", "项目名称", "工程内容与规模", "实施年限", "总投资", "本年计划投资", "年度形象目标", "牵头/配合单位"),
    *("责任领导", "责任人/电话", "包联领导", "完成时限"),
]
ADDED = ["目前进展", "是否达序", "逾期天数", "存在问题", "下一步措施", "销号情况"]
WAN = 1_000_000
UNIT = "区城管执法局"
Q3 = month(2024, 9)


def fill(book: Book) -> None:
    ledger = book.ledger
    ledger.open_books([OpeningInput(no="1", period=month(2023, 12), cumulative_fen=30_000 * WAN)])
    for no, amount in (("1", 20_000), ("6", 1_000), ("7", 100)):
        ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=amount * WAN, goal=f"{HOSTILE[2]}目标"))
    for no, cumulative, more in (
        ("1", 50_000, {}),
        ("6", 10, {"problem": HOSTILE[0], "next_step": HOSTILE[12], "physical": "场平", "physical_percent": 30}),
        ("53", 1_250, {"status": Status.COMPLETE, "finished": date(2024, 3, 31)}),
        ("13", 5_000, {}),
    ):
        values: dict[str, Any] = {"no": no, "period": Q3, "status": Status.UNDER_WAY, "reason": "属实"}
        ledger.report(ReportInput(**values | {"cumulative_fen": cumulative * WAN} | more))
    for role in ContactRole:
        ledger.contact(ContactInput(no="1", role=role, name=f"{role}甲", phone="13800000000", since=date(2024, 1, 1)))
    book.amend("9", date(2024, 3, 1), unit_text="区农业农村局牵头，区城管执法局、厚田乡配合")


@pytest.fixture(scope="module")
def duty(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, Path]]:
    folder = tmp_path_factory.mktemp("duty")
    book = open_book(Path(shutil.copy2(template, folder / "portfolio.db")), date(2024, 10, 20))
    fill(book)
    export_duty(book.figures, book.point("2024Q3"), folder / "清单")
    yield book, folder / "清单"
    book.store.close()


def rows_of(path: Path, sheet: str) -> dict[str, dict[str, Any]]:
    page = reopened(path, cached=True)[sheet]
    heads = [str(cell.value) for cell in page[4]]
    rows = {}
    for row in page.iter_rows(min_row=5):
        rows[str(row[0].value)] = dict(zip(heads, (cell.value for cell in row), strict=True))
        if row[0].value == "小计":
            break
    return rows


def test_each_unit_gets_a_file_with_both_versions(duty: tuple[Book, Path]) -> None:
    book, folder = duty
    assert sorted(p.name for p in folder.iterdir()) == sorted(duty_name(u.name, Q3) for u in book.figures.units())
    workbook = reopened(folder / duty_name(UNIT, Q3))
    assert workbook.sheetnames == ["下达版", "台账版", "说明"]
    assert [cell.value for cell in workbook["下达版"][4]] == HANDED_DOWN
    assert [cell.value for cell in workbook["台账版"][4]] == HANDED_DOWN + ADDED
    assert workbook["下达版"]["A1"].value == "红谷滩区生态文明建设重点工程责任清单（下达版）"
    assert workbook["下达版"]["A2"].value == "责任单位：红谷滩区城市管理和综合执法局"


def test_a_unit_without_a_full_name_says_so(duty: tuple[Book, Path]) -> None:
    workbook = reopened(duty[1] / duty_name("区科工局", Q3))
    assert workbook["下达版"]["A2"].value == "责任单位：区科工局（全称待确认）"


@pytest.mark.parametrize("sheet", ["下达版", "台账版"])
def test_rows_are_those_the_unit_leads_or_cooperates_in(duty: tuple[Book, Path], sheet: str) -> None:
    book, folder = duty
    positions = book.figures.positions(book.point("2024Q3"), Filter(member=UNIT))
    rows = rows_of(folder / duty_name(UNIT, Q3), sheet)
    assert list(rows) == [*(p.no for p in positions), "小计"]
    assert "9" in rows
    assert rows["9"]["牵头/配合单位"] == "牵头：区农业农村局；配合：区城管执法局、厚田乡"
    assert rows["1"]["牵头/配合单位"] == UNIT
    assert rows["56"]["总投资"] == "—"
    assert rows["1"]["责任人/电话"] == "责任人甲 13800000000"
    assert rows["1"]["包联领导"] == "包联领导甲 13800000000"
    assert rows["2"]["责任领导"] == "—"
    assert rows["1"]["完成时限"].date() == date(2024, 12, 31)
    assert rows["1"]["年度形象目标"] == "=1+1目标"


def test_sums_are_live_and_say_what_they_leave_out(duty: tuple[Book, Path]) -> None:
    book, folder = duty
    path = folder / duty_name(UNIT, Q3)
    positions = book.figures.positions(book.point("2024Q3"), Filter(member=UNIT))
    total = rows_of(path, "下达版")["小计"]
    assert total["项目名称"] == f"{len(positions)}项"
    assert total["总投资"] == sum(p.investment or 0 for p in positions) / WAN
    assert total["本年计划投资"] == 21_100
    page = reopened(path)["下达版"]
    last = 4 + len(positions)
    assert page.cell(last + 1, 5).value == f'=IF(COUNT($E$5:$E${last})=0,"—",ROUND(SUM($E$5:$E${last}),2))'
    texts = [str(cell.value) for cell in page["A"] if cell.value]
    assert f"有投资额{len(positions) - 1}/{len(positions)}项" in texts[-4]
    assert "#56总投资：节能效益款的88%，未计入" in texts[-4]
    assert texts[-3:-1] == [JOINT_NOTE, DISCLAIMER]
    assert texts[-1].startswith("单位主要负责人签字（盖章）")


def test_the_joint_note_stands_only_where_there_are_joint_projects(duty: tuple[Book, Path]) -> None:
    page = reopened(duty[1] / duty_name("区科工局", Q3))["下达版"]
    assert JOINT_NOTE not in [cell.value for cell in page["A"]]


def test_the_running_account_says_order_lateness_and_settlement(duty: tuple[Book, Path]) -> None:
    rows = rows_of(duty[1] / duty_name(UNIT, Q3), "台账版")
    assert [rows[no]["是否达序"] for no in ("1", "6", "2")] == ["达序", "未达序", "—"]
    assert rows["6"]["目前进展"] == "在建；场平；形象进度30%"
    assert (rows["6"]["存在问题"], rows["6"]["下一步措施"]) == (HOSTILE[0], HOSTILE[12])
    assert [rows[no]["销号情况"] for no in ("53", "6")] == ["已完工", "—"]
    assert [rows[no]["逾期天数"] for no in ("13", "53", "1", "2")] == [122, 31, 0, 0]
    assert rows["2"]["目前进展"] == "—"


def test_past_due_and_silent_is_unverified_not_late(fresh: Book, tmp_path: Path) -> None:
    (path,) = export_duty(fresh.figures, fresh.point("2026Q3"), tmp_path, unit="区农业农村局")
    assert rows_of(path, "台账版")["20"]["逾期天数"] == "待核实"


@pytest.mark.parametrize("name", [UNIT, "红谷滩区城市管理和综合执法局"])
def test_one_unit_is_found_by_short_or_full_name(fresh: Book, tmp_path: Path, name: str) -> None:
    written = export_duty(fresh.figures, fresh.point("2024Q3"), tmp_path, unit=name)
    assert [path.name for path in written] == ["责任清单_区城管执法局_2024Q3.xlsx"]


def test_an_unknown_unit_is_refused_with_the_names(fresh: Book, tmp_path: Path) -> None:
    with pytest.raises(Unknown, match=r"区水利局.*区城管执法局"):
        export_duty(fresh.figures, fresh.point("2024Q3"), tmp_path, unit="区水利局")
    assert list(tmp_path.iterdir()) == []


def test_the_same_ledger_gives_the_same_bytes(duty: tuple[Book, Path], tmp_path: Path) -> None:
    book, folder = duty
    point = book.point("2024Q3", moment_text(book.figures.last_action()))
    (path,) = export_duty(book.figures, point, tmp_path, unit=UNIT)
    assert path.read_bytes() == (folder / path.name).read_bytes()


def test_progress_counts_the_units(fresh: Book, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    export_duty(fresh.figures, fresh.point("2024Q3"), tmp_path, progress=lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(1, 13))
    assert {of for _, _, of in told} == {12}


@pytest.mark.parametrize(
    ("name", "safe"),
    [("区/城管\\局", "区_城管_局"), ("..", "_"), ('a:b*?"<>|', "a_b______"), ("汉" * 90, "汉" * 60), ("\x00", "_")],
)
def test_a_units_name_is_made_safe_for_a_file(name: str, safe: str) -> None:
    assert file_safe(name) == safe
