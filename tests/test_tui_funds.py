"""资金 in the terminal UI: sums that say what they count, the views, a project's sources, and filing them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hgt_portfolio.figures.funds import by_source
from hgt_portfolio.reports.funds import findings_table, read_funded
from hgt_portfolio.terms import FundSource
from hgt_portfolio.tui.forms.fields import Beside
from hgt_portfolio.tui.forms.funds import three
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.fund import FundPage
from hgt_portfolio.tui.pages.funds import VIEWS, FundsPage
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book, open_book
from tests.sample_plan import EVALUATED
from tests.test_tui_indicators import rows_of, to_row
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

WAN = 1_000_000


@pytest.fixture
def systems(evaluated_file: Path, tmp_path: Path) -> Iterator[Book]:
    """The sample with indicators and funds on the day of its evaluation, to write to."""
    opened = open_book(Path(shutil.copy2(evaluated_file, tmp_path / "演示.db")), EVALUATED)
    yield opened
    opened.store.close()


def test_three_amounts_are_read_in_order_and_a_dash_states_none() -> None:
    beside = Beside(2024)
    reading = three("1,000 - 12.5", beside)
    assert reading.value == {"planned_fen": 1000 * WAN, "received_fen": None, "paid_fen": 12_500_000}
    assert reading.said == "计划 1,000.00  到位 -  支付 12.50 万元"
    assert three("1.2亿/0/0", beside).value["planned_fen"] == 12_000 * WAN
    for text in ("1000 800", "1 2 3 4"):
        with pytest.raises(ValueError, match="依次写计划、到位、支付三个数"):
            three(text, beside)
    with pytest.raises(ValueError, match="甲"):
        three("甲 1 2", beside)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_funds_say_what_they_count_and_lead_to_the_sources(systems: Book, size: tuple[int, int]) -> None:
    app = app_for(systems)
    rows = read_funded(systems.figures, systems.point())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, "8")
        page = app.screen
        assert isinstance(page, FundsPage)
        assert "填报资金 5/62 项" in shown(app)
        assert "到位率89.1%（计9/9笔）" in joined(app)
        listed = rows_of(page)
        assert len(listed) == 63, "every project, filed or not, and the sum"
        assert listed["3"][2:] == ["-"] * len(listed["3"][2:])
        assert list(listed)[:5] == ["1", "2", "9", "13", "26"], "those filed stand first"
        await to_row(pilot, "2")
        assert "专项债券支付" in joined(app)
        assert page.chosen() == "2"
        await keys(pilot, "ctrl+w")
        sources = by_source(row.funds for row in rows if row.funds)
        assert list(rows_of(page)) == [*map(str, sources), ""]
        assert page.chosen() is None
        await to_row(pilot, FundSource.DISTRICT)
        await keys(pilot, "enter")
        assert "只列区级财政" in shown(app)
        assert list(rows_of(page)) == ["1", "9", ""]
        await keys(pilot, "ctrl+w", "ctrl+w")
        found = findings_table(systems.figures, systems.point(), rows)
        assert len(rows_of(page)) == len(found.rows)
        await keys(pilot, "enter")
        opened = app.screen
        assert isinstance(opened, FundPage)
        assert opened.chosen() == str(found.rows[0][0])
        await keys(pilot, "escape", "ctrl+w")
        assert "比上年增减" in shown(app)
        assert page.frame is not None
        assert len(page.shown().read(page.frame)) == len(VIEWS)


async def test_funds_are_filed_by_source_and_taken_back(systems: Book) -> None:
    app = app_for(systems)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "down", "down", "alt+j")
        page = app.screen
        assert isinstance(page, FundPage)
        assert page.chosen() == "3"
        assert "还没有填报资金" in shown(app)
        await keys(pilot, "f4")
        assert isinstance(app.screen, FormScreen)
        district, own = (f"source{list(FundSource).index(one)}" for one in (FundSource.DISTRICT, FundSource.OWN))
        await fill(pilot, district, "100 80")
        assert "请依次写计划、到位、支付三个数" in shown(app)
        await fill(pilot, district, "100 80 60")
        await fill(pilot, own, "50 60 -")
        assert "读作 计划 50.00  到位 60.00  支付 - 万元" in shown(app)
        await keys(pilot, "f10")
        assert isinstance(app.screen, FormScreen), "more received than planned wants a reason"
        assert "企业自筹/社会资本到位60.00万元超过计划50.00万元" in joined(app)
        await fill(pilot, "reason", "超额到位")
        await keys(pilot, "f10")
        assert "Ctrl+Z 可撤销" in notice(app)
        funds = systems.figures.funds(app.desk.point(), "3")["3"]
        assert [(line.source, line.paid.fen if line.paid else None) for line in funds.sources] == [
            (FundSource.DISTRICT, 60 * WAN),
            (FundSource.OWN, None),
        ]
        filings = page.query_one("#filings", RowTable)
        assert filings.row_count == 2
        assert "超额到位" in [str(cell) for cell in filings.get_row_at(0)]
        await keys(pilot, "f4")
        assert "100 80 60" in shown(app), "what was filed is carried forward"
        await keys(pilot, "escape", "ctrl+z")
        assert "3" not in systems.figures.funds(app.desk.point(), "3")
        assert "还没有填报资金" in shown(app)
