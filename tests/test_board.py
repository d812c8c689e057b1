"""The filing board: unit × period by the rule that every list uses, the day and by whom."""

from __future__ import annotations

from datetime import date

import pytest

from hgt_portfolio.months import month
from hgt_portfolio.reports import board as boards
from tests.conftest import Book

DAY = date(2024, 10, 20)
Q1, Q2, Q3 = month(2024, 3), month(2024, 6), month(2024, 9)
UNIT = "区城投公司"


@pytest.fixture
def today() -> date:
    return DAY


@pytest.fixture
def filed(book: Book) -> Book:
    """区城投公司 with one filing in time, one late, one sent back, the others silent."""
    own = [row.no for row in book.figures.positions(book.point()) if row.unit == UNIT]
    assert own == ["24", "25", "26"]
    book.on(date(2024, 10, 10))
    book.report("24", "2024Q3", "在建", "100", reason="首报", filed_by="演示填报人")
    book.report("25", "2024Q3", "在建", "100", reason="首报")
    book.on(date(2024, 10, 16))
    book.report("26", "2024Q3", "在建", "100", reason="首报", filed_by="演示乙")
    book.ledger.send_back("25", Q3, "与现场不符")
    book.on(date(2024, 10, 18))
    book.report("24", "2024Q3", "在建", "120", reason="更正")
    return book


def test_periods_run_from_the_plans_quarter_to_the_one_being_filed(fresh: Book) -> None:
    periods = fresh.figures.board_periods
    assert periods(fresh.point(DAY)) == [Q1, Q2, Q3]
    assert periods(fresh.point(date(2024, 12, 1))) == [Q1, Q2, Q3, Q3 + 3]
    assert periods(fresh.point(date(2025, 12, 1)))[0] == Q3 + 6
    assert periods(fresh.point(date(2025, 12, 1)), 2024) == [Q1, Q2, Q3, Q3 + 3]
    assert periods(fresh.point(DAY), 2023) == []


def test_each_cell_counts_by_the_filing_rule(filed: Book) -> None:
    point = filed.point(DAY)
    by = filed.figures.board(point, [Q3], UNIT)
    assert [(f.no, f.state, f.day, f.by, f.note) for f in by] == [
        ("24", "已填报", date(2024, 10, 10), "演示填报人", None),
        ("25", "退回", date(2024, 10, 16), "甲", "与现场不符"),
        ("26", "迟报", date(2024, 10, 16), "演示乙", None),
    ]
    assert boards.cell_words(by) == "2/3 迟报1 退回1"
    states = {row.no: row.filing_state for row in filed.figures.positions(point.at(Q3))}
    assert {f.no: f.state for f in filed.figures.board(point, [Q3])} == {
        no: state for no, state in states.items() if state != "无需填报"
    }


def test_the_matrix_totals_and_the_flat_rows_agree(filed: Book) -> None:
    table = boards.board(filed.figures, filed.point(DAY))
    assert [column.head for column in table.columns] == ["责任单位(牵头)", "2024Q1", "2024Q2", "2024Q3", "责任人/电话"]
    rows = {str(row[0]): row for row in table.rows}
    assert rows[UNIT][1:4] == ("0/3 未填报3", "0/3 未填报3", "2/3 迟报1 退回1")
    assert table.total is not None
    assert table.total[3] == "2/62 迟报1 未填报59 退回1"
    flat = boards.board(filed.figures, filed.point(DAY), whole=True)
    sums = [sum(int(str(row[place])) for row in flat.rows if row[1] == Q3) for place in range(2, 8)]
    assert sums == [62, 2, 1, 0, 59, 1]


def test_a_running_window_waits_and_a_complete_project_is_left_out(book: Book) -> None:
    book.on(date(2024, 10, 10))
    book.report("24", "2024Q2", "完工", "100", finished=date(2024, 6, 1), reason="结余")
    found = book.figures.board(book.point(date(2024, 10, 10)), [Q2, Q3], UNIT)
    assert [(f.no, f.state) for f in found if f.period == Q3] == [("25", "待填报"), ("26", "待填报")]
    assert [f.state for f in found if f.period == Q2] == ["迟报", "未填报", "未填报"]


def test_the_detail_gives_day_filer_and_whom_to_call(filed: Book) -> None:
    table = boards.board_detail(filed.figures, filed.point(DAY), 2024, UNIT)
    last = [row for row in table.rows if row[3] == Q3]
    assert [row[4:8] for row in last] == [
        ("已填报", date(2024, 10, 10), "演示填报人", None),
        ("退回", date(2024, 10, 16), "甲", "与现场不符"),
        ("迟报", date(2024, 10, 16), "演示乙", None),
    ]
    assert table.title == f"{UNIT}填报明细"
    assert table.notes[0].startswith("未填报 6、已填报 1、退回 1、迟报 1")


def test_the_past_board_comes_out_the_same(filed: Book) -> None:
    (then,) = [f for f in filed.figures.board(filed.point(DAY, "2024-10-15"), [Q3], UNIT) if f.no == "25"]
    assert (then.state, then.by) == ("已填报", "甲")
