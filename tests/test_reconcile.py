"""对账: from the plan's 总投资 to that of today, exact to the fen, in figures, in words and on the screen."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.model.inputs import Merger, Part
from hgt_portfolio.months import month
from hgt_portfolio.reports.reconcile import bridge, read_bridge, reconcile
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.overview import Door
from hgt_portfolio.tui.pages.reconciling import ReconcilingPage
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, joined, keys, settle, shown

DAY, JUNE = date(2024, 10, 10), month(2024, 6)
AT_DAY = pytest.mark.parametrize("today", [DAY])


def _amended(book: Book) -> None:
    """Do everything that can be done to a total: settled, raised, lowered, ended, added, split, merged, corrected."""
    whole = book.position("32").investment or 0
    parts = (Part(name="甲", investment_fen=whole - 1), Part(name="乙", investment_fen=1))
    new = {"name": "新增项目", "domain": "生态安全", "unit_text": "区住建局", "scope": "一处"}
    book.amend("12", date(2024, 9, 10), "文〔2024〕9号", investment_fen=86_000_000_01)
    book.amend("1", date(2024, 8, 1), "文〔2024〕8号", investment_fen=3)
    book.amend("1", date(2024, 7, 1), "文〔2024〕7号", investment_fen=7)
    book.amend("3", date(2024, 6, 1), "文〔2024〕6号", exited=True)
    book.amend("63", date(2024, 6, 1), "文〔2024〕5号", added=True, investment_fen=5, start=JUNE, due=JUNE, **new)
    book.amend("32", date(2024, 5, 1), "文〔2024〕4号", parts=parts)
    book.amend("24", date(2024, 5, 2), "文〔2024〕3号", merger=Merger(others=("25",), no="24+25", name="合并园区"))
    book.amend("2", date(2024, 5, 3), "文〔2024〕2号", due=month(2025, 3))
    book.amend("4", date(2024, 5, 4), None, investment_fen=1)
    book.amend("5", date(2024, 5, 5), "文〔2024〕1号", investment_fen=1)
    book.ledger.undo()
    book.amend("6", date(2024, 12, 1), "文〔2024〕10号", investment_fen=1)


@AT_DAY
def test_the_steps_lead_from_the_plans_total_to_todays_to_the_fen(book: Book) -> None:
    start = book.figures.totals(book.point()).investment
    _amended(book)
    point = book.point()
    found, table = read_bridge(book.figures, point), bridge(book.figures, point)
    assert found.planned.investment == start == 2_995_731_99 * 10_000
    assert found.planned.investment + sum(move.fen for move in found.moves) == found.now.investment
    assert found.now.investment == book.figures.totals(point).investment != start
    at = {key: table.index(key) for key in ("no", "kind", "before", "after", "moved", "total", "source")}
    steps = table.rows[1:]
    totals = [row[at["total"]] for row in table.rows]
    assert totals[0] == start
    assert totals[-1] == found.now.investment
    assert [int(str(row[at["moved"]])) for row in steps] == [
        int(str(after)) - int(str(before)) for before, after in pairwise(totals)
    ]
    assert table.total is not None
    assert (table.total[at["moved"]], table.total[at["total"]]) == (found.fen, found.now.investment)
    told = {(str(row[at["no"]]), row[at["kind"]]): row for row in steps}
    assert set(told) == {
        *(("12", "投资额落实"), ("1", "投资调减"), ("3", "终止"), ("63", "新增")),
        *(("32", "拆分"), ("32-1", "拆分"), ("32-2", "拆分"), ("24", "合并"), ("25", "合并"), ("24+25", "合并")),
    }
    assert len(steps) == len(told) + 1, "#1 was lowered twice"
    assert told["12", "投资额落实"][at["before"]] is None
    assert told["12", "投资额落实"][at["source"]] == "文〔2024〕9号"
    assert told["3", "终止"][at["moved"]] == 0
    assert told["32", "拆分"][at["after"]] == ""


@AT_DAY
def test_an_earlier_day_and_moment_have_their_own_way(book: Book) -> None:
    before = book.known_now()
    _amended(book)
    for point in (book.point("2024-05"), book.point(None, before), book.point("2024Q2")):
        found = read_bridge(book.figures, point)
        assert found.planned.investment + sum(move.fen for move in found.moves) == found.now.investment
    assert not read_bridge(book.figures, book.point(None, before)).moves


@AT_DAY
async def test_the_overview_says_what_differs_and_opens_the_way(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "规划299.57" not in shown(app), "nothing differs yet"
        book.amend("12", date(2024, 9, 10), "文〔2024〕9号", investment_fen=86_000_000_00)
        await keys(pilot, "f5")
        door = next(door for door in app.screen.query(Door) if door.key == "moved")
        assert door.region.width
        assert door.count is not None
        assert door.count.text.plain == "规划299.57 +0.86"
        door.focus()
        await keys(pilot, "enter")
        assert isinstance(app.screen, ReconcilingPage)
        said = joined(app)
        assert "工作投资额落实2024-09-10-8,600.008,600.003,004,331.99文〔2024〕9号" in said
        assert "预计总投资299.5732亿元299.5732亿元相符" in said
        await keys(pilot, "down", "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape", "escape", "f3", "=湿地")
        assert not door.display, "of a part of the projects the plan states no total"


@AT_DAY
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_place_is_a_key_away_and_exports_both_tables(book: Book, size: tuple[int, int]) -> None:
    _amended(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "alt+d")
        page = app.screen
        assert isinstance(page, ReconcilingPage)
        for table in page.query(RowTable):
            taken = sum(column.get_render_width(table) for column in table.ordered_columns)
            assert size[0] < 120 or taken <= table.scrollable_content_region.width
        assert page.frame is not None
        first, second = page.shown().read(page.frame)
        assert first.rows == bridge(book.figures, page.frame.point).rows
        assert [row[0] for row in second.rows] == [row[1] for row in reconcile(book.figures, book.point()).rows]


def test_a_table_without_columns_has_no_row_chosen() -> None:
    table = RowTable(id="some")
    table.add_row(key="1")
    assert table.row_count
    assert table.chosen is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        *((f"{light}灯", Filter(light=light)) for light in "红黄绿无"),
        *((word, Filter(filing_state=word)) for word in ("待填报", "已填报", "无需填报")),
        *((word, Filter(start_state=word)) for word in ("已开工", "未到开工", "应开未核实")),
        ("红灯 区农业农村局", Filter(light="红", unit="区农业农村局")),
    ],
)
def test_lights_and_states_are_search_words(sample: Figures, text: str, where: Filter) -> None:
    point = sample.point("2024Q3")
    found = [row.no for row in sample.positions(point, Filter(text=text))]
    assert found == [row.no for row in sample.positions(point, where)]
