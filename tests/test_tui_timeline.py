"""进度图: bars, marks and shares stand in the right cells, and time moves, zooms and centres by key and mouse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from rich.cells import cell_len
from textual.events import MouseScrollDown, MouseScrollUp

from hgt_portfolio.figures import Filter, Order
from hgt_portfolio.months import month
from hgt_portfolio.settings import Settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.bars import MONTH, SCALES, Axis, Part, begin, end, row_cells, third_of
from hgt_portfolio.tui.gantt import HEAD, Gantt
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.timeline import TimelinePage, dated
from tests.conftest import Book
from tests.tui import app_for, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
MONTHS = next(scale for scale in SCALES if scale.cell == MONTH)


def page_of(app: PortfolioApp) -> TimelinePage:
    assert isinstance(app.screen, TimelinePage)
    return app.screen


def numbers(chart: Gantt) -> list[str]:
    return [row.no for row in chart._rows]


def drawn(book: Book, no: str, first: int, width: int) -> str:
    axis = Axis(MONTHS, begin(first), width)
    return "".join(cell.letter for cell in row_cells(book.position(no), axis, third_of(book.today)))


@pytest.mark.parametrize("today", [DAY])
def test_a_row_shows_start_share_done_today_and_due(book: Book) -> None:
    book.facts("1", start=month(2024, 1), due=month(2024, 12), investment_fen=12_000_000)
    book.facts("2", start=month(2024, 1), due=month(2024, 6))
    book.report("1", "2024Q3", "在建", "6")
    assert book.position("1").total_rate == Decimal("0.5")
    row = drawn(book, "1", month(2023, 12), 15)
    assert row[1:13] == "[#####===:=]"
    assert drawn(book, "2", month(2024, 1), 12) == "[++++?---:--", (
        "beside its baseline of June to December; nothing filed"
    )


@pytest.mark.parametrize("today", [DAY])
def test_what_an_amendment_added_and_left_of_the_baseline(book: Book) -> None:
    plan = book.position("4")
    assert plan.start is not None and plan.due is not None
    first, length = plan.start, plan.due - plan.start + 1
    book.amend("4", date(2024, 9, 1), due=plan.due + 3)
    later = drawn(book, "4", first, length + 4)
    assert later[length : length + 3] == "++]" or later[length : length + 2] == "++"
    book.amend("4", date(2024, 9, 2), due=plan.due - 3)
    assert drawn(book, "4", first, length + 4)[length - 3 : length].strip(":") in ("---", "--")
    said = " ".join(dated(book.position("4")))
    assert "完工提前" in said
    assert "完成份额不明（自开工累计不明）" in said


@pytest.mark.parametrize("today", [DAY])
def test_late_and_undated_projects_are_told_apart(book: Book) -> None:
    book.facts("1", start=month(2024, 1), due=month(2024, 6))
    book.facts("2", start=None, due=None)
    book.report("1", "2024Q3", "在建", "6")
    cells = row_cells(book.position("1"), Axis(MONTHS, begin(month(2024, 1)), 12), third_of(DAY))
    assert cells[5].part is Part.MARK
    assert cells[5].letter == "!"
    assert "逾期 102 天" in dated(book.position("1"))[1]
    assert "期限不明" in dated(book.position("2"))[1]
    assert "[" not in drawn(book, "2", month(2020, 1), 150)


def test_the_heads_stand_over_their_cells_at_every_scale() -> None:
    for scale in SCALES:
        axis = Axis(scale, begin(month(2023, 1)) // scale.cell * scale.cell, 90)
        upper, lower = axis.heads
        assert len(upper) == len(lower) == 90
        for place, letter in enumerate(upper):
            if letter == "|":
                third = axis.third(place)
                assert third % scale.upper[0] == 0
                assert upper[place + 1 :].startswith(scale.upper[1](third)[1 : 90 - place])


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_it_is_ordered_by_due_and_fits(book: Book, size: tuple[int, int]) -> None:
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.go("timeline")
        await settle(pilot)
        page = page_of(app)
        dues = [row.due for row in page.chart._rows]
        assert len(dues) == 62
        assert all(first is not None and last is not None and first <= last for first, last in pairwise(dues))
        assert all(cell_len(line) == size[0] for line in shown(app).splitlines())
        assert "62/62 条" in shown(app)
        assert "图例 [开工" in shown(app)
        assert not set("…—·●▲①") & set(shown(app))


@pytest.mark.parametrize("today", [DAY])
async def test_time_moves_and_zooms_and_comes_back(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.go("timeline")
        await settle(pilot)
        page = page_of(app)
        chart, today = page.chart, third_of(DAY)
        middle = chart.axis.cell(today)
        assert abs(middle - chart.axis.width // 2) <= 1
        await keys(pilot, "right", "right")
        assert chart.axis.cell(today) == middle - 2
        last = end(month(2033, 3))
        await keys(pilot, *["ctrl+right"] * 9)
        assert chart.axis.cell(last) == chart.axis.width - 1, "beyond the plan, and no further than there are bars"
        await keys(pilot, "left")
        assert chart.axis.cell(last) == chart.axis.width, "the way back begins at once"
        await keys(pilot, "0")
        assert chart.axis.cell(today) == middle
        for key, name in (("+", "一旬"), ("＋", "一旬"), ("=", "一旬"), ("-", "一月"), ("－", "一季")):
            await pilot.press(key)
            await settle(pilot)
            assert f"每格{name}" in shown(app)
            assert abs(chart.axis.cell(today) - chart.axis.width // 2) <= 1, "the middle stays"
        await keys(pilot, "minus")
        assert chart.axis.cell(chart._range[0]) == 0, "where all fit, they begin at the left"
        assert chart.axis.cell(last) < chart.axis.width
        await keys(pilot, "minus")
        assert "已是最粗的" in notice(app)


@pytest.mark.parametrize("today", [DAY])
async def test_the_mouse_moves_opens_orders_and_centres(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.go("timeline")
        await settle(pilot)
        page = page_of(app)
        chart, today = page.chart, third_of(DAY)
        await pilot.click("#chart", offset=(3, HEAD + 3))
        await settle(pilot)
        no = chart._rows[3].no
        assert page.chosen() == no
        assert f"#{no} " in shown(app)
        await pilot.click("#chart", offset=(chart._fixed + 3, 1))
        await settle(pilot)
        assert chart.axis.cell(today) > chart.axis.width // 2
        wheel = {"x": 5, "y": 5, "delta_x": 0, "delta_y": 0, "button": 0, "meta": False}
        chart.post_message(MouseScrollDown(chart, **wheel, shift=False, ctrl=False))  # type: ignore[arg-type]
        await settle(pilot)
        assert page.chosen() == chart._rows[4].no
        chart.post_message(MouseScrollUp(chart, **wheel, shift=False, ctrl=True))  # type: ignore[arg-type]
        await settle(pilot)
        assert "每格一旬" in shown(app)
        await pilot.click("#chart", offset=(2, 1))
        await settle(pilot)
        assert numbers(chart) == book.figures.numbers(page.frame.point) if page.frame else False
        assert page.chosen() == chart._rows[chart._cursor].no
        await pilot.click("#chart", offset=(3, HEAD + chart._cursor - round(chart.scroll_y)))
        await settle(pilot)
        assert isinstance(app.screen, DetailPage)


@pytest.mark.parametrize("today", [DAY])
async def test_filter_sort_and_pages_keep_the_project(book: Book) -> None:
    app = app_for(book, settings=Settings(page=20))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.go("timeline")
        await settle(pilot)
        await keys(pilot, *["down"] * 7)
        page = page_of(app)
        no = page.chosen()
        assert "第 1/4 页" in shown(app)
        await keys(pilot, "ctrl+r")
        assert page.chosen() == no
        assert "第 4/4 页" in shown(app) or "第 3/4 页" in shown(app)
        await keys(pilot, "ctrl+r", "ctrl+pagedown")
        assert "第 2/4 页" in shown(app)
        await keys(pilot, "f3", "=雨污 管网", "down")
        assert "2/62" in shown(app)
        assert page.chart.has_focus
        await keys(pilot, "f3", "=没有的")
        assert "没有符合条件的项目：按 ^L" in shown(app)
        await keys(pilot, "enter", "enter", "f4")
        assert "请先用方向键选中一个项目" in notice(app)


@pytest.mark.parametrize("today", [DAY])
async def test_rows_act_and_the_whole_is_exported(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.go("timeline")
        await settle(pilot)
        await keys(pilot, "end")
        page = page_of(app)
        assert page.chosen() == "41", "the last due, 2033"
        assert page.frame is not None
        assert "现行2023-03~2033-03" in joined(app)
        page.narrow(Filter(unit=page._rows["41"].unit))
        await settle(pilot)
        (table,) = page.shown().read(page.frame)
        where = book.figures.numbers(page.frame.point, page.where, order=(Order("due"),))
        assert [str(row[0]) for row in table.rows] == where
        assert dict(page.row_texts())["现行完工月"] == "2033-03"
        await keys(pilot, "ctrl+c")
        assert "2033-03" in app.clipboard
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage) and app.screen.no == "41"
