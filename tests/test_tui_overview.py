"""The overview: every figure follows the filter and opens exactly its rows; the curve is the workbook's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.color import Color
from textual.widgets import Static

from hgt_portfolio.figures import By, Figures, Filter
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.months import month
from hgt_portfolio.reports.curve import curve
from hgt_portfolio.reports.quarterly_data import read_quarter
from hgt_portfolio.reports.quarterly_years import years_sheet
from hgt_portfolio.store import Store
from hgt_portfolio.tui import wording
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.charts import Curve, _steps
from hgt_portfolio.tui.dialogs.base import pointed_help
from hgt_portfolio.tui.pages.bars import Bars, EdgeTable
from hgt_portfolio.tui.pages.overview import Door, OverviewPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from tests.conftest import Book
from tests.tui import app_for, joined, keys, settle, shown

DAY = date(2024, 10, 10)


def _a_busy_book(book: Book) -> None:
    """File enough that every vocabulary has some members."""
    book.report("20", "2024Q1", "在建", "100")
    book.report("1", "2024Q2", "在建", "50000")
    book.report("1", "2024Q3", "在建", "62000")
    book.report("2", "2024Q3", "停工", "10")
    book.report("3", "2024Q3", "未开工")
    book.report("18", "2024Q1", "完工", "33.6", finished=date(2024, 3, 1))


def _page(app: PortfolioApp) -> OverviewPage:
    assert isinstance(app.screen, OverviewPage)
    return app.screen


def _doors(app: PortfolioApp) -> list[Door]:
    return [door for door in app.screen.query(Door) if door.region.width]


def _every_figure_counts_its_rows(app: PortfolioApp, book: Book) -> None:
    page = _page(app)
    point = replace(book.figures.point(), period=month(2024, 9))
    counts = [door.count for door in _doors(app) if door.count is not None]
    counts += [count for bars in page.query(Bars) for count in bars.counts.values()]
    for count in counts:
        rows = book.figures.positions(point, page.where.both(count.where))
        assert len(rows) == count.number, count.text.plain


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_count_opens_exactly_its_rows(book: Book, size: tuple[int, int]) -> None:
    _a_busy_book(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        doors = _doors(app)
        assert len(doors) > 25
        _every_figure_counts_its_rows(app, book)
        for key in ("all", "quarter", "ytd", "year_plan", "unpriced", "phase:far", "light:红", "status:未填报"):
            door = next(door for door in doors if door.key == key)
            assert door.count is not None
            door.focus()
            await keys(pilot, "enter")
            page = app.screen
            assert isinstance(page, ProjectsPage)
            assert page.table.row_count == door.count.number, door.key
            assert f"{door.count.number}/62 条" in shown(app)
            assert str(page.query_one("#chips", Static).content), "the filter is on the screen"
            await keys(pilot, "escape")
            assert app.screen.focused is door, "Esc returns to the same place"


@pytest.mark.parametrize("today", [DAY])
async def test_everything_follows_the_filter(book: Book) -> None:
    _a_busy_book(book)
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        whole = app.screen.query_one(Curve)._lines[0].values[-1]
        await keys(pilot, "f3", "=湿地", "enter")
        page, where = _page(app), Filter(text="湿地")
        total = book.figures.totals(replace(book.figures.point(), period=month(2024, 9)), where)
        assert 0 < total.count < 62
        door = next(door for door in _doors(app) if door.key == "all")
        assert door.count is not None
        assert door.count.number == total.count
        assert f"{total.count}/62" in str(page.query_one("#chips", Static).content)
        assert page.query_one("#pressing", EdgeTable).row_count <= total.count
        assert sum(count.number for count in page.query_one("#bars_domain", Bars).counts.values()) == total.count
        assert page.query_one(Curve)._lines[0].values[-1] != whole
        _every_figure_counts_its_rows(app, book)
        door.focus()
        await keys(pilot, "enter")
        assert f"{total.count}/62 条" in shown(app)
        await keys(pilot, "escape", "f3", "=没有这样的项目")
        assert "没有符合条件的项目" in shown(app)
        await keys(pilot, "ctrl+l")
        assert page.where == Filter()
        assert page.query_one(Curve)._lines[0].values[-1] == whole


@pytest.mark.parametrize("today", [DAY])
async def test_a_bar_opens_its_rows(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        bars = app.screen.query_one(f"#bars_{By.UNIT}", Bars)
        bars.focus()
        await keys(pilot, "down", "enter")
        name = list(bars.counts)[1]
        assert isinstance(app.screen, ProjectsPage)
        assert app.screen.where.unit == name
        assert app.screen.table.row_count == bars.counts[name].number
        await keys(pilot, "escape")
        assert app.screen.focused is bars
        assert bars.chosen == name == _page(app).unit()
        assert _page(app).chosen() is None


@pytest.mark.parametrize("today", [DAY])
async def test_arrows_reach_every_figure_and_every_list(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        doors = {door.key for door in _doors(app)}
        reached = set()
        for _ in doors:
            assert isinstance(app.screen.focused, Door)
            reached.add(app.screen.focused.key)
            await pilot.press("right")
        assert reached == doors
        met = []
        for _ in range(30):
            await keys(pilot, "down")
            if isinstance(app.screen.focused, EdgeTable) and app.screen.focused.id not in met:
                met.append(app.screen.focused.id)
        assert met == ["bars_domain", "bars_unit", "pressing"]
        await keys(pilot, *["up"] * 50)
        assert isinstance(app.screen.focused, Door)
        assert app.screen.focused.region.y == _doors(app)[0].region.y


@pytest.mark.parametrize("today", [DAY])
async def test_the_panels_turn(book: Book) -> None:
    _a_busy_book(book)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        page, seen = _page(app), []
        for _ in range(5):
            ids = ("pressing", "bars_domain", "bars_unit")
            seen.append([name for name in ids if page.query_one(f"#{name}").region] or ["curve"])
            await keys(pilot, "ctrl+n")
        assert seen == [["pressing"], ["curve"], ["bars_domain"], ["bars_unit"], ["pressing"]]
        assert "### 完成" in shown(app)
        assert "| 24Q3" in shown(app)
        assert page.chosen() is None, "a list out of sight chooses nothing"
        await pilot.resize_terminal(120, 36)
        await keys(pilot, "ctrl+n", "ctrl+n", "ctrl+n")
        assert all(page.query_one(f"#{name}").region for name in ids)
        assert page.query_one(Curve).region


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 60)])
async def test_no_list_is_cut_at_the_edge_and_none_shows_a_cursor_without_the_focus(
    book: Book, size: tuple[int, int]
) -> None:
    _a_busy_book(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for table in app.screen.query(EdgeTable):
            taken = sum(column.get_render_width(table) for column in table.ordered_columns)
            assert not table.region or taken <= table.scrollable_content_region.width
            assert table.show_cursor is table.has_focus
        wide = app.screen.query_one("#pressing", EdgeTable)
        assert ("完成率" in [str(column.label).strip() for column in wide.ordered_columns]) is (size[0] >= 120)


@pytest.mark.parametrize("values", [["0", "240"], ["0", "93483"], ["-5", "8"], ["0", "0"], ["3.3", "7"]])
@pytest.mark.parametrize("lines", [2, 3, 5, 8, 9, 12, 24])
def test_the_numbers_beside_a_curve_lie_whole_lines_apart(values: list[str], lines: int) -> None:
    known = [Decimal(value) for value in values]
    steps, top = _steps(known, lines)
    assert steps[0] <= min(known)
    assert top >= max(known)
    apart = {(later - earlier) * lines / (top - steps[0]) for earlier, later in pairwise(steps)}
    assert len(apart) == 1
    assert round(apart.pop(), 9) in {1, 2, 3, 4}


@pytest.mark.parametrize("today", [DAY])
async def test_the_phases_follow_the_basis(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "近期 54项" in shown(app)
        assert "推算" in shown(app)
        await keys(pilot, "ctrl+b")
        assert "完工口径 近期 52项" in shown(app)
        await keys(pilot, "ctrl+b")
        assert "按月分摊" in shown(app)
        assert not [door for door in _doors(app) if door.key.startswith("phase:")]


def test_the_curve_is_that_of_the_workbook(book: Book) -> None:
    _a_busy_book(book)
    point = book.figures.point("2024Q3")
    table = years_sheet(read_quarter(book.figures, point, None)).blocks[1].table
    quarters = curve(book.figures, point)
    place = [table.index(key) for key in ("planned_through", "cumulative", "same")]
    told = [(q.planned, q.cumulative.fen if q.cumulative else None, q.same) for q in quarters]
    assert [tuple(row[at] for at in place) for row in table.rows] == told
    now = next(q for q in quarters if q.end == month(2024, 9))
    assert now.cumulative is not None
    total = book.figures.totals(point)
    assert (now.cumulative, now.count) == (total.cumulative, total.count)
    assert all(q.cumulative is None for q in quarters if q.end > month(2024, 9))


def test_the_curve_of_a_filter_follows_the_projects_chosen_now(book: Book) -> None:
    _a_busy_book(book)
    point = book.figures.point("2024Q3")
    by_end = {q.end: q for q in curve(book.figures, point, Filter(status="停工"))}
    assert by_end[month(2024, 9)].count == 1
    assert by_end[month(2024, 6)].count == 1, "it was not 停工 then"
    assert {q.planned for q in curve(book.figures, point, Filter(text="没有这样的项目"))} == {0}


@pytest.mark.parametrize("today", [DAY])
async def test_the_overview_exports_what_it_shows(book: Book) -> None:
    _a_busy_book(book)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f3", "=湿地")
        page = _page(app)
        assert page.frame is not None
        tables = page.shown().read(page.frame)
        total = book.figures.totals(page.frame.point, Filter(text="湿地"))
        assert [table.name for table in tables] == ["总览", "分领域", "分责任单位", "计划与完成"]
        assert tables[1].total is not None
        assert tables[1].total[tables[1].index("count")] == total.count


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_figure_says_what_it_counts_and_what_it_leaves_out(book: Book, size: tuple[int, int]) -> None:
    _a_busy_book(book)
    book.amend("12", date(2024, 9, 10), investment_fen=86_000_000_00)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        doors = {door.key: door for door in _doors(app)}
        assert "moved" in doors
        for door in doors.values():
            assert door.hint.endswith("。"), door.key
            assert cell_len(door.hint) <= 118, door.hint
            assert door.hint in pointed_help(door)
        assert "另 56 项未填报或缺期初数" in doors["ytd"].hint
        assert "没有依据判断" in doors["light:无"].hint
        doors["light:无"].focus()
        await settle(pilot)
        assert (doors["light:无"].hint in shown(app)) is (size[0] >= 120), "on the screen where there is room"
        await keys(pilot, "f1")
        assert "没有依据判断" in joined(app)


@pytest.mark.parametrize("today", [DAY])
async def test_what_is_not_filed_has_one_word(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        doors = {door.key: door for door in _doors(app)}
        assert doors["silent"].count is not None
        assert doors["silent"].count.text.plain == "待填报 62"
        assert "未填报 6" not in shown(app).replace("未填报 62", "", 1), "but for the state that nobody filed"
        heads = [str(column.label).strip() for column in app.screen.query_one("#bars_unit", Bars).ordered_columns]
        assert "未填报" not in heads


@pytest.mark.parametrize("light", list(wording.LIGHT_STYLES.values())[:-1])
def test_every_light_is_read_on_the_light_theme(light: str) -> None:
    colour = Style.parse(light).color
    assert colour is not None
    shade = Color.from_rich_color(colour, wording.LIGHT_PALETTE)
    brightness = [_luminance(one) for one in (shade, Color.parse("#E0E0E0"))]
    assert (brightness[1] + 0.05) / (brightness[0] + 0.05) >= 4.5


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_the_money_of_a_busy_ledger_is_read_whole(sample_file: Path, today: date) -> None:
    store = Store(f"sqlite:///{sample_file}", read_only=True)
    app = PortfolioApp(Figures(store, today=today), Ledger(store, "演示员", today=today), as_of="2024Q3")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "三季度 18.35亿 55/62 " in shown(app)
        for box in app.screen.query(".box, #states"):
            assert all(door.region.right <= box.region.right for door in box.query(Door))
    store.close()
