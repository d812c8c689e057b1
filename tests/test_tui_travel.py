"""Time travel: what the two fields mean is said, closed quarters are picked, nothing is written, and it is reset."""

from __future__ import annotations

from datetime import date

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from hgt_portfolio.model.inputs_supervision import SuperviseInput
from hgt_portfolio.months import month
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.commands import COMMANDS, ROOTS, Command, valid_in
from hgt_portfolio.tui.desk import READ_ONLY, TRAVELLING
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.dialogs.travel import AS_OF, KNOWN_AT, TravelScreen
from hgt_portfolio.tui.page import WARNING
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 20)
FORMS = [command for command in COMMANDS if command.action.startswith("screen.form(")]
STEPS = [command for command in COMMANDS if command.action.startswith("screen.step(")]


@pytest.fixture
def closed(book: Book) -> Book:
    """A ledger whose third quarter of 2024 was closed on 2024-10-20."""
    book.on(date(2024, 10, 10))
    book.report("1", "2024Q3", "在建", "62000")
    book.on(date(2024, 10, 20)).close(month(2024, 9), doc="演示〔2024〕3号")
    return book


def head(app: PortfolioApp) -> str:
    return shown(app).splitlines()[0]


async def travel(pilot: Pilot[None], as_of: str, known_at: str = "") -> None:
    await keys(pilot, "alt+t")
    await fill(pilot, AS_OF, as_of)
    await fill(pilot, KNOWN_AT, known_at)
    await keys(pilot, "f10")


@pytest.mark.parametrize("today", [DAY])
async def test_the_fields_say_what_they_mean_while_typing(closed: Book) -> None:
    app = app_for(closed)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+t")
        assert isinstance(app.screen, TravelScreen)
        assert app.screen.query_one(f"#{AS_OF}", Input).has_focus
        await keys(pilot, "down", "=2024-10-19")
        assert app.screen.query_one(f"#{KNOWN_AT}", Input).value == "2024-10-19"
        await fill(pilot, KNOWN_AT, "")
        await keys(pilot, "up")
        assert app.screen.query_one(f"#{AS_OF}", Input).has_focus
        assert "按2024-10-20判断" in joined(app)
        assert "最近一次操作" in joined(app)
        for typed, said in (
            ("2024-05", "按2024-05-31判断，投资和填报截至2024-05（2024年二季度）"),
            ("2024年二季度", "按2024-06-30判断，投资和填报截至2024-06（2024年二季度）"),
            ("２０２４-07-20", "按2024-07-20判断，投资和填报截至2024-06（2024年二季度）"),
            ("2024Q3", "2024Q3定稿时的数（已定稿）"),
            ("2024Q2", "2024Q2未定稿"),
            ("2025Q1", "晚于今天（2024-10-20）"),
            ("20x", "“20x”无法识别"),
        ):
            await fill(pilot, AS_OF, typed)
            assert said in joined(app), typed
        await fill(pilot, AS_OF, "2024Q3")
        for typed, said in (
            ("2024-10-19", "那时还未定稿"),
            ("2025.1.1", "已定稿，定稿后的更正也算在内"),
            ("2024-10-20 09:00", "所知到2024-10-2009:00:00"),
            ("2020-01-01", "台账从"),
            ("昨天", "读不出来"),
        ):
            await fill(pilot, KNOWN_AT, typed)
            assert said in joined(app), typed


@pytest.mark.parametrize("today", [DAY])
async def test_what_means_nothing_is_refused_with_its_reason(closed: Book) -> None:
    app = app_for(closed)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for as_of, known_at in (("13月", ""), ("2024Q3", "2020-01-01"), ("", "x")):
            await travel(pilot, as_of, known_at)
            assert isinstance(app.screen, TravelScreen)
            assert "没有改看" in notice(app)
            assert not app.desk.travelling
            await keys(pilot, "escape")
        assert not app.desk.travelling


@pytest.mark.parametrize("today", [DAY])
async def test_a_closed_quarter_is_picked_with_enter(closed: Book) -> None:
    closed.on(date(2024, 10, 25))
    closed.report("2", "2024Q3", "在建", "10", reason="更正漏报")
    app = app_for(closed)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+t", "tab", "tab")
        assert "演示〔2024〕3号" in shown(app)
        await keys(pilot, "enter")
        assert (app.desk.as_of, app.desk.known_at) == ("2024Q3", None)
        assert "截至 2024-09-30  2024Q3" in head(app)
        (closing,) = closed.figures.closings(closed.point())
        assert app.desk.point() == closed.point("2024Q3")
        assert app.desk.point().known_at == closing.known_at
        assert closed.figures.position(app.desk.point(), "2").cumulative is None, "what came after the close is not in"
        await keys(pilot, "alt+t")
        assert app.screen.query_one(f"#{AS_OF}", Input).value == "2024Q3"
        assert f"所知到{moment_words(closing.known_at)}".replace(" ", "") in joined(app)


@pytest.mark.parametrize("today", [DAY])
async def test_every_screen_is_marked_until_reset(closed: Book) -> None:
    app = app_for(closed)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await travel(pilot, "2024Q3", "2024-10-15")
        assert "按 Alt+N 回到现在" in notice(app)
        for place in (*ROOTS, "alt+l", "alt+r", "f9"):
            if place in ROOTS:
                app.go(place)
                await settle(pilot)
            else:
                await keys(pilot, place)
            assert "截至 2024-09-30  2024Q3" in head(app), place
            assert "历史只读 数据时点2024-10-15" in head(app), place
            spans = app.screen.query_one("#head").content.spans  # type: ignore[attr-defined]
            assert [span.style for span in spans].count(WARNING) >= 2, place
        await keys(pilot, "alt+n")
        assert "历史只读" not in shown(app)
        assert (app.desk.as_of, app.desk.known_at) == (None, None)
        app.go("overview")
        await settle(pilot)
        assert "截至 2024-10-20" in head(app)
        await keys(pilot, "alt+n")
        assert "现在看的就是今天" in notice(app)


@pytest.mark.parametrize("today", [DAY])
async def test_the_moment_alone_and_both_fields_empty(closed: Book) -> None:
    closed.on(date(2024, 10, 25))
    closed.report("3", "2024Q3", "在建", "10", reason="更正漏报")
    app = app_for(closed)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await travel(pilot, "", "2024-10-22")
        assert app.desk.point().day == DAY
        assert closed.figures.position(app.desk.point(), "3").cumulative is None
        assert "历史只读 数据时点2024-10-22" in head(app)
        await travel(pilot, "")
        assert not app.desk.travelling
        assert closed.figures.position(app.desk.point(), "3").cumulative is not None
        await travel(pilot, "2024-06-30")
        assert "2024Q2" in head(app)
        await keys(pilot, "alt+t", "ctrl+l", "f10")
        assert not app.desk.travelling


async def refused(app: PortfolioApp, pilot: Pilot[None], command: Command, why: str) -> None:
    await keys(pilot, command.keys[0])
    assert isinstance(app.screen, NoticeScreen), command.id
    assert str(app.screen.query_one(".say", Static).content) == why, command.id
    await keys(pilot, "escape")


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("read_only", [False, True])
async def test_nothing_can_be_written(closed: Book, read_only: bool) -> None:
    closed.ledger.supervise([SuperviseInput(no="1", content="加快", raised=date(2024, 10, 11), due=date(2024, 12, 1))])
    before = closed.figures.last_action()
    app = app_for(closed, **({"read_only": True} if read_only else {"as_of": "2024Q4"}))
    why = READ_ONLY if read_only else TRAVELLING
    named = {command.id: command for command in COMMANDS}
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for command in FORMS:
            for place in set(command.places) & {"projects", "timeline"} or {"supervision"}:
                app.go(place)
                await settle(pilot)
                await refused(app, pilot, command, why)
        app.go("projects")
        await settle(pilot)
        await keys(pilot, "space")
        for name in ("bulk", "undo"):
            await refused(app, pilot, named[name], why)
        app.go("supervision")
        await settle(pilot)
        for command in STEPS:
            await refused(app, pilot, command, why)
        app.open_detail("1")
        await settle(pilot)
        for command in valid_in("detail"):
            if command in FORMS:
                await refused(app, pilot, command, why)
    assert closed.figures.last_action() == before
