"""项目: the list's order, filter, columns, marks and groups; the cursor keeps its project through all of them."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from pathlib import Path

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input, Static

from hgt_portfolio.figures import Figures, Filter, Order, filter_settings, read_filter
from hgt_portfolio.model.inputs import ContactInput
from hgt_portfolio.settings import Settings, read_settings
from hgt_portfolio.table import Kind
from hgt_portfolio.terms import Basis, Phase
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.charts import Curve
from hgt_portfolio.tui.dialogs.base import AskScreen, NoticeScreen, pointed_help
from hgt_portfolio.tui.folding import folded
from hgt_portfolio.tui.pages.listing import COLUMNS
from hgt_portfolio.tui.pages.paged import View, read_list
from hgt_portfolio.tui.pages.projects import ProjectsPage
from tests.conftest import Book
from tests.tui import app_for, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
AT_DAY = pytest.mark.parametrize("today", [DAY])


def _page(app: PortfolioApp) -> ProjectsPage:
    assert isinstance(app.screen, ProjectsPage)
    return app.screen


async def _open(pilot: Pilot[None]) -> ProjectsPage:
    await settle(pilot)
    await keys(pilot, "2")
    assert isinstance(pilot.app.screen, ProjectsPage)
    return pilot.app.screen


@AT_DAY
async def test_the_cursor_stays_on_its_project(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        await keys(pilot, *["down"] * 7)
        assert page.chosen() == "8"
        await keys(pilot, "f3", "=雨污 管网")
        assert page.chosen() == "8"
        assert "2/62 条" in shown(app)
        await keys(pilot, "escape", "escape")
        assert page.table.row_count == 62
        await keys(pilot, "f3", "=智算")
        assert page.chosen() == "26"
        await keys(pilot, "ctrl+l")
        assert page.chosen() == "8", "a filter that hid it gives it back"
        await keys(pilot, "escape")
        for key in ("d", "ctrl+r", "f5", "alt+g", "g", "alt+g", "alt+g"):
            await keys(pilot, key)
            assert page.chosen() == "8", key
        await pilot.click("#rows", offset=(10, 0))
        await settle(pilot)
        assert page.view.order == (Order("name"),)
        await pilot.click("#rows", offset=(10, 0))
        await settle(pilot)
        assert page.view.order == (Order("name", descending=True),)
        assert "名称降" in shown(app)
        assert page.chosen() == "8"


@AT_DAY
async def test_several_columns_order_the_list(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "ctrl+o", *["down"] * 6, "enter", "down", "space", "space")
        assert "1升" in shown(app)
        assert "2降" in shown(app)
        await keys(pilot, "f10")
        assert page.view.order == (Order("unit"), Order("investment", descending=True))
        rows = page._found.positions
        units = list(dict.fromkeys(row.unit for row in rows))
        assert len(units) == 12, "each unit's projects stand together"
        for unit in units:
            amounts = [row.investment for row in rows if row.unit == unit]
            known = [amount for amount in amounts if amount is not None]
            assert amounts == [*sorted(known, reverse=True), *[None] * (len(amounts) - len(known))]
        assert "单位1升" in shown(app)
        await keys(pilot, "ctrl+r")
        assert page.view.order[0] == Order("unit", descending=True)
        await keys(pilot, "s", *["down"] * 6, "enter", "escape")
        assert len(page.view.order) == 2, "Esc leaves the order as it was"


@AT_DAY
@pytest.mark.parametrize("key", ["slash", "／", "f3"])
async def test_the_filter_opens_by_every_key(book: Book, key: str) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        await keys(pilot, key)
        assert isinstance(app.screen.focused, Input)
        await keys(pilot, "=没有这样的项目")
        assert "没有符合条件的项目" in shown(app)
        await keys(pilot, "ctrl+l")
        assert "62/62 条" in shown(app)


@AT_DAY
async def test_pages_of_a_long_list(book: Book) -> None:
    app = app_for(book, settings=Settings(page=20))
    async with app.run_test(size=(80, 24)) as pilot:
        page = await _open(pilot)
        assert "第 1/4 页" in shown(app)
        await keys(pilot, "]", "ctrl+pagedown", "]", "]")
        assert "第 4/4 页" in shown(app)
        assert page.table.row_count == 2
        await keys(pilot, "[")
        assert "第 3/4 页" in shown(app)
        await keys(pilot, "down", "ctrl+r")
        assert page.chosen() == "42", "the page follows the project"
        assert "第 2/4 页" in shown(app)
        await keys(pilot, "f3", "=ywgw")
        assert "第 1/1 页" in shown(app)


@AT_DAY
async def test_marks_outlast_order_filter_and_page(book: Book) -> None:
    app = app_for(book, settings=Settings(page=20))
    async with app.run_test(size=(80, 24)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "space", "down", "space")
        assert page.marked() == ("1", "3")
        assert page.chosen() == "4"
        total = book.figures.totals(book.point(), Filter(nos=("1", "3"))).investment
        assert f"已标记 2  总投资 {total / 10**10:.2f}亿" in shown(app)
        await keys(pilot, "down", "down", "alt+m")
        assert page.marked() == ("1", "3", "4", "5", "6")
        await keys(pilot, "]", "down", "ctrl+r", "f5")
        assert len(page.marked()) == 5
        await keys(pilot, "f3", "=ywgw", "enter")
        assert "其中 4 项不在所列" in shown(app)
        await keys(pilot, "ctrl+a")
        assert set(page.marked()) == {"1", "3", "4", "5", "6", "8"}
        await keys(pilot, "ctrl+a")
        assert page.marked() == ("3", "4", "5", "6")
        await keys(pilot, "ctrl+l", "ctrl+a")
        assert len(page.marked()) == 62, "those on other pages too"
        assert "有额 60/62项" in shown(app)
        await keys(pilot, "ctrl+a")
        assert page.marked() == ()
        assert "已标记" not in shown(app)


@AT_DAY
async def test_groups_have_their_subtotals_and_open(book: Book) -> None:
    app = app_for(book, settings=Settings(page=20))
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "alt+g", "home")
        assert "生态安全 12项" in shown(app)
        assert page.chosen() is None
        assert page.row_texts()[0] == ("领域", "生态安全")
        await keys(pilot, "f4")
        assert "请选一个项目" in notice(app)
        await keys(pilot, "enter")
        assert _page(app).table.row_count == 12
        assert "12/62 条" in shown(app)
        await keys(pilot, "escape", "]")
        assert "(续)" in shown(app), "a group split over pages repeats its heading"
        assert page.chosen() == "21", "the cursor is on the first project"
        await keys(pilot, "alt+g", "alt+g")
        assert "近期(规划口径)" in joined(app)
        await keys(pilot, "ctrl+b")
        assert "(完工口径)" in joined(app)
        groups = {group.name: group.count for group in page._found.groups}
        assert groups == {"near": 52, "far": 10}


@AT_DAY
async def test_columns_are_chosen_moved_and_kept(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    given = Settings(columns=["没有的列", "灯", "单位"], toured=True)
    app = app_for(book, settings=given, settings_file=file)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        assert "没有的列" in notice(app)
        assert [column.name for column in page.columns] == ["序号", "名称", "灯", "单位"]
        await keys(pilot, "alt+c", "alt+down", "down", "down", "space", "ctrl+s")
        assert [column.name for column in page.columns] == ["序号", "名称", "单位", "灯", "状态"]
        assert read_settings(file).columns == ["单位", "灯", "状态"]


@AT_DAY
async def test_cells_are_copied_in_full(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await _open(pilot)
        row = dict(page.row_texts())
        assert row["名称"] == book.position("1").name
        assert row["总投资(万元)"] == "99,875.00"
        await keys(pilot, "alt+x", "down", "enter")
        assert app.clipboard == book.position("1").name
        assert "已复制 名称" in notice(app)
        await keys(pilot, "ctrl+c")
        assert app.clipboard.split("\t")[:2] == ["1", book.position("1").name]


@AT_DAY
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_no_column_is_cut_at_the_edge(book: Book, size: tuple[int, int]) -> None:
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        page = await _open(pilot)
        table = page.table
        width = table.scrollable_content_region.width
        ends = list(accumulate(column.get_render_width(table) for column in table.ordered_columns))
        assert [end for end in ends if end <= width][-1] == width
        hidden = sum(end > width for end in ends)
        assert f"左右键看另{hidden}列" in shown(app)
        fixed = ends[1]
        for _ in range(hidden):
            await keys(pilot, "right")
            assert table.scroll_x + fixed in ends or table.scroll_x == table.max_scroll_x
        await keys(pilot, *["left"] * 12)
        assert table.scroll_x == 0


@AT_DAY
async def test_an_amount_is_never_cut(book: Book) -> None:
    book.facts("1", investment_fen=123_456_789_012_345)
    book.report("1", "2024Q3", "在建", "6")
    app = app_for(book, settings=Settings(columns=["总投资"]))
    async with app.run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        assert "123,456,789.012345" in shown(app)


@AT_DAY
async def test_the_pane_tells_the_course_filings_supervision_and_source(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000")
    book.report("1", "2024Q3", "在建", "62000")
    book.ledger.contact(ContactInput(no="1", role="责任人", name="王五", phone="0791-1", since=date(2024, 7, 1)))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        said = joined(app)
        assert "24-09季报在建累计62,000.00万元" in said
        assert "24-06季报在建累计50,000.00万元" in said
        assert "数据来源季报2024-09" in said
        assert "责任人王五0791-1" in said
        assert page.query_one(Curve).visible
        await keys(pilot, "down")
        assert "近期填报从未填报" in joined(app)
        assert "数据来源附表第2行" in joined(app)
        await keys(pilot, "alt+g", "home")
        assert "数据来源" not in joined(app), "a group has no filings"
        assert not page.query_one(Curve).visible


@AT_DAY
async def test_an_empty_list_says_what_to_do(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "f3", "=没有这样的项目")
        assert page.query_one("#nothing").region
        assert "按^L清除筛选" in joined(app)
        await keys(pilot, "ctrl+l")
        assert not page.query_one("#nothing").region
        assert page.table.size.height > 20


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("完工期限 2024-12-31，还有 72 天", ["完工期限", "2024-12-31，", "还有 72 天"]),
        ("一二三四五六，七", ["一二三四五", "六，七"]),
        ("一\n二", ["一", "二"]),
        ("", [""]),
    ],
)
def test_lines_break_as_chinese_is_set(text: str, lines: list[str]) -> None:
    assert [line.plain for line in folded(Text(text, "bold"), 12)] == lines


@AT_DAY
async def test_what_is_shown_is_what_is_exported(book: Book) -> None:
    app = app_for(book, settings=Settings(page=10, columns=["总投资", "年限", "完工期限"]))
    async with app.run_test(size=(80, 24)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "f3", "=区城管", "enter", "ctrl+r", "alt+g")
        assert page.frame is not None
        table, groups = page.shown().read(page.frame)
        assert [column.head for column in table.columns] == ["序号", "项目名称", "总投资", "实施年限", "完工期限"]
        numbers = book.figures.numbers(page.frame.point, page.where, order=page.view.keys)
        assert [str(row[0]) for row in table.rows] == numbers
        assert len(table.rows) == page._found.total.count > 10
        assert sum(int(str(row[1])) for row in groups.rows) == len(table.rows)
        total = page._found.total
        assert table.total == ("合计", f"{total.count}项", total.investment, "", "")
        assert f"总投资 {total.priced}/{total.count}" in table.notes[1]
        assert table.columns[0].kind is Kind.LABEL, "a number beside a name does not stand right"


@AT_DAY
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_order_is_said_where_its_column_is_out_of_sight(book: Book, size: tuple[int, int]) -> None:
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        page = await _open(pilot)
        assert "按" not in str(page.query_one("#count", Static).content)
        page._order((Order("investment", descending=True), Order("due")))
        await settle(pilot)
        assert "按总投资降、实施年限升" in shown(app)


@AT_DAY
async def test_an_empty_list_names_lights_and_filing_states(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await _open(pilot)
        await keys(pilot, "f3", "=红灯")
        assert page.table.row_count == 0
        assert "红灯、应开未开、未填报、迟报" in joined(app)
        assert "无灯" in pointed_help(page.query_one(Input))
        await keys(pilot, "ctrl+l", "f3", "=无灯")
        assert page.table.row_count == 62


@AT_DAY
async def test_filters_are_kept_taken_and_deleted(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    odd = {"light": "紫"}
    app = app_for(book, settings=Settings(filters={"坏的": odd}, toured=True), settings_file=file)
    async with app.run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        await keys(pilot, "f3", "=ywgw", "enter", "alt+i", "f10")
        assert read_settings(file).filters["ywgw"] == {"text": "ywgw"}
        await keys(pilot, "home", "enter")
        assert isinstance(app.screen, NoticeScreen)
        assert "设置里存的筛选“坏的”不能用" in shown(app)
        await keys(pilot, "enter", "delete")
        assert isinstance(app.screen, AskScreen)
        await keys(pilot, "right", "enter")
        assert list(read_settings(file).filters) == ["ywgw"]
        await keys(pilot, "escape", "ctrl+l", "3", "alt+i", "enter")
        assert app.desk.where == Filter(text="ywgw"), "taken on another screen"


FILTERS = [
    Filter(),
    Filter(domain="生态安全", priced=False, silent=True, nos=("1", "1-1")),
    Filter(phase=Phase.FAR, basis=Basis.DEADLINE, light="红", within=Filter(text="雨污", stated="ytd")),
    Filter(status="未填报", deadline_state="逾期", start_state="应开未开", filing_state="迟报"),
]


@pytest.mark.parametrize("where", FILTERS)
def test_a_kept_filter_comes_back_the_same(where: Filter, tmp_path: Path) -> None:
    from hgt_portfolio.settings import write_settings

    file = tmp_path / "settings.toml"
    write_settings(file, {"filters": {"一个": filter_settings(where)}})
    assert read_filter(read_settings(file).filters["一个"]) == where


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("红灯", "应写成几项条件"),
        ({"colour": "红"}, "不认识的项 colour"),
        ({"light": "紫"}, "light 应为 红、黄、蓝、绿、无 之一"),
        ({"basis": "monthly"}, "basis 应为"),
        ({"priced": 1}, "priced 应为 true 或 false"),
        ({"nos": [1]}, "nos 应为 一列序号"),
        ({"within": {"domain": 3}}, "domain 应为 文字"),
        ({"within": []}, "within 应为 另一个筛选"),
    ],
)
def test_a_filter_edited_by_hand_is_refused_in_words(given: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_filter(given)


@pytest.mark.parametrize("by", sorted({column.order for column in COLUMNS}))
def test_every_column_can_be_ordered_by(sample: Figures, by: str) -> None:
    point = sample.point("2024Q3")
    for descending in (False, True):
        order = (Order(by, descending), Order("due"))
        rows = sample.positions(point, order=order)
        assert sample.numbers(point, order=order) == [row.no for row in rows]
        values = [getattr(row, by) for row in rows]
        assert [value is None for value in values] == sorted(value is None for value in values), "unknown comes last"
        known = [value for value in values if value is not None]
        if not isinstance(known[0], str):
            assert known == sorted(known, reverse=descending)


def test_a_page_comes_before_the_count_the_sums_and_another_page(book: Book) -> None:
    desk = app_for(book, settings=Settings(page=10)).desk
    frame = desk.frame()
    numbers = book.figures.numbers(frame.point)
    page, counted, summed, moved = read_list(desk, Filter(), View(), numbers[-1], frame)
    assert ([row.no for row in page.positions], page.count, page.total) == (numbers[:10], None, None)
    assert (counted.count, counted.everything, counted.total) == (62, 62, None)
    assert summed.positions is page.positions
    assert (summed.count, summed.everything, summed.total and summed.total.count) == (62, 62, 62)
    assert (moved.view.page, [row.no for row in moved.positions]) == (6, numbers[60:])
