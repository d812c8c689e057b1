"""项目详情: every figure names the row it comes from, and the time line holds everything that happened, once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Static

from hgt_portfolio.cli import run
from hgt_portfolio.figures import Figures
from hgt_portfolio.model.inputs import CheckInput, OpeningInput, YearPlanInput
from hgt_portfolio.money import wan
from hgt_portfolio.months import month
from hgt_portfolio.reports.project import RECORDS, project_facts
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.pages.detail import KINDS, DetailPage
from hgt_portfolio.tui.pages.supervision import ItemPage
from hgt_portfolio.tui.places import PlaceList
from tests.conftest import Book
from tests.test_audit import doings
from tests.tui import app_for, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
Q3 = month(2024, 9)
YEAR_END = month(2023, 12)
DOC = "红重办〔2024〕9号"


def filled(book: Book) -> dict[str, int]:
    """Give project 24 one of each kind of source; the numbers of the actions."""
    led = book.ledger
    opening = OpeningInput(
        no="24",
        period=YEAR_END,
        status="在建",
        cumulative_fen=100 * 10**6,
        started=date(2023, 12, 5),
        evidence="结算书",
    )
    plan = YearPlanInput(no="24", year=2024, amount_fen=400 * 10**6, goal="封顶", doc="红重办〔2024〕2号")
    return {
        "opening": led.open_books([opening]).action_id,
        "plan": led.year_plan(plan).action_id,
        "q2": book.report("24", "2024Q2", "在建", "150", filed_by="张三", reason="首报").action_id,
        "wrong": book.report("24", "2024Q3", "在建", "260", reason="首报").action_id,
        "undone": led.undo().action_id,
        "q3": book.report("24", "2024Q3", "在建", "240", filed_by="李四", physical="三层", reason="首报").action_id,
        "check": led.check(
            CheckInput(no="24", day=date(2024, 10, 8), how="现场", status="停工", finding="停工", checked_by="王五")
        ).action_id,
        "amend": book.amend("24", date(2024, 7, 1), due=month(2027, 6)).action_id,
    }


@pytest.mark.parametrize("today", [DAY])
def test_each_figure_names_the_rows_it_comes_from(book: Book) -> None:
    did = filled(book)
    point = book.point()
    sources = book.figures.sources("24", point)
    actions = {field: [event.action_id for event in source.events] for field, source in sources.items()}
    assert actions["cumulative"] == [did["q3"]]
    assert actions["opening"] == [did["opening"]]
    assert actions["quarter"] == [did["q2"], did["q3"]]
    assert actions["ytd"] == [did["opening"], did["q3"]]
    assert actions["year_plan"] == [did["plan"]]
    assert actions["status"] == [did["check"]], "the office's later word stands"
    assert actions["check_day"] == [did["check"]]
    assert actions["started"] == [did["opening"]]
    assert actions["physical"] == [did["q3"]]
    assert actions["due"] == [1, did["amend"]]
    assert actions["investment"] == [1]
    texts = {field: source.text for field, source in sources.items()}
    assert texts["investment"] == "附表第24行"
    assert texts["due"] == f"{DOC}（2024-07-01 起，操作 {did['amend']}，甲）"
    assert texts["cumulative"] == f"季报 2024-09（填报人 李四，操作 {did['q3']}，甲，记于 2024-10-10）"
    assert texts["opening"] == f"期初 2023-12（结算书，操作 {did['opening']}，甲，记于 2024-10-10）"
    assert texts["ytd"] == f"季报 2024-09（操作 {did['q3']}）减 期初 2023-12（操作 {did['opening']}）"
    assert texts["year_plan"] == f"年度计划 2024（红重办〔2024〕2号，操作 {did['plan']}，甲，记于 2024-10-10）"
    assert texts["status"].startswith("2024-10-08 核实（核实人 王五，")
    assert "year_plan_first" in sources and "light_override" not in sources


@pytest.mark.parametrize("today", [DAY])
def test_a_nought_before_the_start_names_what_says_when_it_starts(book: Book) -> None:
    filed = book.report("24", "2024Q3", "在建", "40", started=date(2024, 2, 1), reason="首报")
    source = book.figures.sources("24", book.point())["opening"]
    assert book.position("24").opening == 0
    assert ([event.action_id for event in source.events], source.text[:9]) == ([filed.action_id], "0（开工以前，见 ")
    book.ledger.undo()
    idle = book.report("24", "2024Q3", "未开工", "0", reason="首报")
    source = book.figures.sources("24", book.point())["ytd"]
    assert {event.action_id for event in source.events} == {idle.action_id}
    assert book.figures.sources("999", book.point()) == {}


def test_what_is_known_has_a_source_and_what_is_not_has_none(sample: Figures) -> None:
    """Every amount and status of the sample's projects is traced, and to rows that stood at the point."""
    point = sample.point("2024Q3")
    fields = (
        "cumulative",
        "opening",
        "quarter",
        "ytd",
        "since_plan",
        "year_plan",
        "year_balance",
        "status",
        "physical",
    )
    for position in sample.positions(point):
        sources = sample.sources(position.no, point)
        known = {field for field in fields if getattr(position, field) is not None}
        assert known == {field for field in fields if field in sources}, position.no
        assert all(event.revoked_at is None for source in sources.values() for event in source.events)


@pytest.mark.parametrize("today", [DAY])
def test_the_course_is_what_was_planned_and_filed_by_quarter(book: Book) -> None:
    filled(book)
    course = book.figures.course("24", book.point())
    stated = {at: fen for at, fen in zip(course.months, course.stated, strict=True) if fen is not None}
    assert stated == {YEAR_END: 100 * 10**6, month(2024, 6): 150 * 10**6, Q3: 240 * 10**6}
    aimed = {at: fen for at, fen in zip(course.months, course.aimed, strict=True) if fen is not None}
    assert aimed == {YEAR_END: 100 * 10**6, month(2024, 12): 500 * 10**6}
    assert course.even[-1] == book.position("24").investment
    assert course.months[-1] == month(2027, 6)
    assert set(book.figures.course("12", book.point()).even) == {None}, "no amount, no even spread"


def test_the_time_line_holds_every_row_and_entry_once(book: Book) -> None:
    for _ in doings(book):
        pass
    book.report("24", "2024Q4", "在建", "9", reason="首报")
    book.ledger.undo()
    for no in ("9", "24"):
        point = book.point()
        deeds = book.figures.deeds(no, point)
        rows = Counter((event.table, event.row_id) for deed in deeds for event in deed.events)
        assert rows == Counter((event.table, event.row_id) for event in book.figures.history(no, point))
        assert max(rows.values()) == 1
        assert [deed.entry for deed in deeds] == book.figures.entries(point, no)
        assert all(event.action_id == deed.entry.id for deed in deeds for event in deed.events)
    assert any(event.revoked_by for deed in book.figures.deeds("24", book.point()) for event in deed.events)
    tables = [event.table for event in book.figures.history("24", book.point())]
    assert set(tables) <= frozenset().union(*RECORDS.values())


@pytest.mark.parametrize("today", [DAY])
def test_the_command_line_prints_the_same_sources(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    filled(book)
    sources = book.figures.sources("24", book.point("2024Q3"))
    table = {str(row[0]): row[2] for row in project_facts(book.figures, book.point("2024Q3"), "24").rows}
    assert table["本年累计"] == sources["ytd"].text
    assert table["截至上年底"] == sources["opening"].text
    assert run(["--db", str(book.path), "show", "24", "--as-of", "2024Q3", "--json"]) == 0
    assert f'"总投资": "{sources["investment"].text}"' in capsys.readouterr().out


def place(app: PortfolioApp, name: str) -> PlaceList:
    return app.screen.query_one(f"#{name}", PlaceList)


def row(app: App[None]) -> list[tuple[str, str]]:
    """Give the line under the cursor."""
    assert isinstance(app.screen, DetailPage)
    return app.screen.row_texts()


async def go_to(pilot: Any, label: str) -> None:
    """Move down to the line of a label."""
    for _ in range(60):
        texts = row(pilot.app)
        if texts and texts[0][1] == label:
            return
        await keys(pilot, "down")
    raise AssertionError(label)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_enter_on_a_figure_goes_to_its_source(book: Book, size: tuple[int, int]) -> None:
    did = filled(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        await go_to(pilot, "完工期限")
        assert row(app)[1] == ("内容", "2027-06-30（现行，+181天），2026-12-31（基线）")
        assert row(app)[2] == ("来源", book.figures.sources("24", book.point())["due"].text)
        await keys(pilot, "enter")
        assert (place(app, "line").has_focus, place(app, "line").chosen) == (True, str(did["amend"]))
        await keys(pilot, "home")
        assert place(app, "sheet").has_focus
        await go_to(pilot, "截至上年底")
        await keys(pilot, "enter")
        assert place(app, "line").chosen == str(did["opening"])
        assert "期初2023-12" in joined(app)
        await keys(pilot, "home")
        await go_to(pilot, "序时进度")
        await keys(pilot, "enter")
        assert "没有单独的来源" in notice(app)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_time_line_is_narrowed_by_kind(book: Book, size: tuple[int, int]) -> None:
    did = filled(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)

        def listed() -> list[str | None]:
            return [option.id for option in place(app, "line").options]

        entries = [str(entry.id) for entry in book.figures.entries(book.point(), "24")]
        assert listed() == entries
        await keys(pilot, "right")
        assert listed() == [str(did[name]) for name in ("q3", "wrong", "q2", "opening")]
        await keys(pilot, "right")
        assert listed() == [str(did["amend"]), str(did["plan"]), "1"]
        await keys(pilot, "left", "left", "end")
        line = place(app, "line")
        assert (line.has_focus, line.chosen) == (True, entries[-1])
        await keys(pilot, *["up"] * entries.index(str(did["undone"])))
        await app.screen.run_action("kind('核实')")
        assert listed() == [str(did["check"])]
        await app.screen.run_action("kind('核实')")
        assert listed() == entries
        chips = str(app.screen.query_one("#kinds", Static).content)
        assert all(kind in chips for kind in KINDS)
        assert ("曲线" in chips) == (size[0] < 120)


@pytest.mark.parametrize("today", [DAY])
async def test_a_revoked_row_is_struck_and_says_by_which_action(book: Book) -> None:
    did = filled(book)
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        place(app, "line").enter_at(str(did["wrong"]))
        await settle(pilot)
        text = row(app)[0][1]
        assert text.count(f"已撤销（操作 {did['undone']}）") == 2, "the action and its row"
        assert "自开工累计260万元" in text.replace(".00", "")


@pytest.mark.parametrize("today", [DAY])
async def test_it_keeps_its_place_when_something_is_filed(book: Book) -> None:
    filled(book)
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        await go_to(pilot, "本年累计")
        book.ledger.undo()
        book.report("24", "2024Q3", "在建", "250", reason="漏报")
        await keys(pilot, "f5")
        assert row(app)[0] == ("事项", "本年累计")
        assert row(app)[1][1].startswith("150.00")
        await keys(pilot, "ctrl+c")
        assert "已复制一行：本年累计" in notice(app)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_curve_is_drawn(book: Book, size: tuple[int, int]) -> None:
    filled(book)
    app = app_for(book)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        if size[0] < 120:
            await keys(pilot, "left")
        assert "###自开工累计240.00" in joined(app)
        assert f"总投资按月分摊{wan(book.figures.course('24', book.point()).even[3] or 0):,.2f}" in joined(app)
        await pilot.resize_terminal(200 - size[0], 36)
        await settle(pilot)
        assert isinstance(app.screen, DetailPage) and "#24" in shown(app)


async def test_an_item_opens_from_its_line(book: Book) -> None:
    for _ in doings(book):
        pass
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        await keys(pilot, "right", "right", "right", "end", "enter")
        assert isinstance(app.screen, ItemPage)
        await keys(pilot, "escape")
        assert isinstance(app.screen, DetailPage)


@pytest.mark.parametrize("today", [DAY])
async def test_what_is_shown_goes_into_a_file_whole(book: Book) -> None:
    filled(book)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.open_detail("24")
        await settle(pilot)
        page = app.screen
        assert isinstance(page, DetailPage) and page.frame is not None
        told = page.shown()
        assert told is not None and told.name == "项目_24"
        facts, course, line = told.read(page.frame)
        assert {row[0]: row[2] for row in facts.rows}["总投资"] == "附表第24行"
        assert len(course.rows) == len(book.figures.course("24", page.frame.point).months)
        events = book.figures.history("24", page.frame.point)
        assert len(line.rows) == len(events) + len(book.figures.entries(page.frame.point, "24"))
