"""Two at one ledger: who was first is said and the second chooses; a busy or vanished file is said, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.ledger import ContactInput, Ledger, Refused, ReportInput, Seen, StepInput, SuperviseInput
from hgt_portfolio.months import read_period
from hgt_portfolio.store import Store, refusing
from hgt_portfolio.terms import ContactRole, Status, SupervisionStep
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs import base
from hgt_portfolio.tui.dialogs.bulk import BulkScreen
from hgt_portfolio.tui.dialogs.meanwhile import MeanwhileScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from tests.conftest import Book
from tests.tui import app_for, drained, fill, joined, keys, notice, settle

DAY = date(2024, 10, 20)
pytestmark = pytest.mark.parametrize("today", [DAY])


@pytest.fixture
def other(book: Book) -> Iterator[Ledger]:
    """A colleague's own ledger on the same file."""
    store = Store(f"sqlite:///{book.path}")
    yield Ledger(store, "乙", today=DAY, clock=book.clock)
    store.close()


def theirs(amount: int = 11_000) -> ReportInput:
    fen = amount * 1_000_000
    return ReportInput(no="1", period=read_period("2024Q3"), status=Status.UNDER_WAY, cumulative_fen=fen)


async def opened(app: PortfolioApp, pilot: Pilot[None], key: str = "f4") -> FormScreen:
    await settle(pilot)
    await keys(pilot, "2", key)
    form = app.screen
    assert isinstance(form, FormScreen)
    return form


async def refused(app: PortfolioApp, pilot: Pilot[None]) -> None:
    """File beside what a colleague has written: both sets of figures are shown, and nothing is written."""
    book_of = app.desk.figures
    before = book_of.last_action()
    await keys(pilot, "f10")
    assert isinstance(app.screen, MeanwhileScreen)
    assert "打开以后乙于2024-" in joined(app)
    assert book_of.last_action() == before


async def test_mine_is_filed_beside_what_stands_now(book: Book, other: Ledger) -> None:
    book.report("1", "2024Q2", "在建", "10000", physical="桩基")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        await keys(pilot, "=+500")
        other.report(theirs().model_copy(update={"physical": "封顶"}))
        await refused(app, pilot)
        said = joined(app)
        assert "做了“进度填报#1" in said
        assert "自开工累计(万元)10,000.0011,000.00+500读作10,500.00万元" in said
        assert "形象进度桩基封顶" in said
        await keys(pilot, "escape")
        assert form.is_current
        assert form.query_one("#cumulative_fen", Input).value == "+500"
        await refused(app, pilot)
        await keys(pilot, "right", "right", "enter")
        assert not form.is_current
        assert notice(app).startswith("已办：进度填报 #1")
    filed = book.position("1", "2024Q3")
    assert (filed.cumulative, filed.physical) == (10_500_000_000, "封顶"), "what was not touched is theirs"


async def test_theirs_is_taken_instead(book: Book, other: Ledger) -> None:
    book.report("1", "2024Q2", "在建", "10000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        await keys(pilot, "=+500")
        other.report(theirs())
        await refused(app, pilot)
        await keys(pilot, "right", "enter")
        assert form.is_current
        assert form.query_one("#cumulative_fen", Input).value == "11000"
        assert not form.changed
        await keys(pilot, "escape")
        assert not form.is_current, "nothing of one's own would be lost"
    assert book.position("1", "2024Q3").cumulative == 11_000_000_000


FORMS: dict[str, dict[str, str]] = {
    "f6": {"finding": "正在施工"},
    "f7": {"cumulative_fen": "100", "status": "在建"},
    "ctrl+y": {"amount_fen": "100"},
    "alt+a": {"due": "2026-06", "reason": "雨季"},
    "alt+k": {"name": "演示甲"},
    "alt+e": {"name": "封顶", "planned": "2024-11"},
    "alt+u": {"reason": "数字有误"},
    "alt+w": {"text": "管线已迁改"},
    "alt+y": {"light": "红", "reason": "停工"},
    "ctrl+d": {"ground": "其他", "content": "报送进度"},
}


@pytest.mark.parametrize("key", FORMS)
async def test_every_form_on_a_project_is_guarded(book: Book, other: Ledger, key: str) -> None:
    book.report("1", "2024Q3", "在建", "10000")
    book.amend("1", DAY, unit_text="区城管执法局、区城投公司")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot, key)
        for name, text in FORMS[key].items():
            widget = form.query_one(f"#{name}")
            assert isinstance(widget, Input | Select)
            widget.value = text
        await settle(pilot)
        other.contact(ContactInput(no="1", role=ContactRole.LEADER, name="演示乙", since=DAY))
        await refused(app, pilot)
        await keys(pilot, "right", "right", "enter")
        assert not form.is_current
        assert notice(app).startswith("已办："), joined(app)


async def test_a_step_is_guarded_by_its_item(book: Book, other: Ledger) -> None:
    item = SuperviseInput(no="9", content="报送进度", raised=DAY, due=date(2024, 12, 1))
    book.ledger.supervise([item])
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "6", "ctrl+f")
        form = app.screen
        assert isinstance(form, FormScreen)
        await fill(pilot, "text", "已进场")
        other.supervision_step(StepInput(item="督2024-001", step=SupervisionStep.REMINDED, day=DAY, text="电话催办"))
        await refused(app, pilot)
        assert "电话催办" in joined(app)
        await keys(pilot, "right", "right", "enter")
        assert not form.is_current
    steps = book.figures.supervised(book.point(), "督2024-001").steps
    assert [step.step for step in steps] == ["催办", "反馈"]


async def test_a_bulk_update_leaves_out_what_others_changed(book: Book, other: Ledger) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.push_screen(BulkScreen(app.desk, ("1", "6")))
        await settle(pilot)
        screen = app.screen
        screen.query_one("#report_status", Select).value = "在建"
        await keys(pilot, "f10")
        other.report(theirs())
        await refused(app, pilot)
        assert "#1自开工累计-11,000.00" in joined(app)
        await keys(pilot, "right", "enter")
        assert screen.is_current
        assert "写入1项，不写1项" in joined(app)
        await keys(pilot, "f10")
        assert not screen.is_current
    assert book.position("1", "2024Q3").cumulative == 11_000_000_000
    assert book.position("6", "2024Q3").status == "在建"


def test_an_act_on_another_project_refuses_nothing_and_an_undo_does(book: Book, other: Ledger) -> None:
    seen = Seen(book.figures.last_action(), ("1",))
    other.contact(ContactInput(no="2", role=ContactRole.LEADER, name="演示乙", since=DAY))
    mine = ContactInput(no="1", role=ContactRole.LEADER, name="演示甲", since=DAY)
    book.ledger.beside(seen).contact(mine, dry_run=True)
    other.contact(ContactInput(no="1", role=ContactRole.LEADER, name="演示乙", since=DAY))
    other.undo()
    with pytest.raises(Refused) as told:
        book.ledger.beside(seen).contact(mine)
    assert [finding.field for finding in told.value.findings] == ["seen", "seen"]
    assert "撤销" in told.value.findings[-1].message


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let threads and timers go on until something holds."""
    for _ in range(1000):
        await drained()
        pilot.app.screen._on_timer_update()
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(joined(pilot.app))  # type: ignore[arg-type]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock as another process would."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    connection.close()


async def test_a_locked_ledger_is_read_waited_for_and_given_up(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATIENCE", 0.01)
    book.report("1", "2024Q2", "在建", "10000")
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        await keys(pilot, "=+500")
        with locked(book.path):
            await pilot.press("f10")
            await until(pilot, lambda: "正在等待台账" in joined(app))
            assert book.position("1", "2024Q2").cumulative == 10_000_000_000, "reading goes on"
            await pilot.press("escape")
            await until(pilot, lambda: "已取消，没有写入" in joined(app))
            assert form.is_current
            assert form.query_one("#cumulative_fen", Input).value == "+500"
            monkeypatch.setattr(refusing, "BUSY_SECONDS", 0.2)
            await pilot.press("f10")
            await until(pilot, lambda: "正被另一个程序写入，本次没有写入任何内容" in joined(app))
            assert form.query_one("#cumulative_fen", Input).value == "+500"
        assert book.figures.last_action() == before
        monkeypatch.setattr(refusing, "BUSY_SECONDS", 10)
        await keys(pilot, "f10")
        assert not form.is_current
    assert book.position("1", "2024Q3").cumulative == 10_500_000_000


async def test_an_undo_says_that_it_waits_for_the_lock(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATIENCE", 0.01)
    book.report("1", "2024Q2", "在建", "10000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        with locked(book.path):
            await pilot.press("ctrl+z")
            await until(pilot, lambda: "正在等待台账" in joined(app))
        await until(pilot, lambda: "已撤销" in joined(app))
    assert book.position("1", "2024Q2").cumulative is None


async def test_a_deleted_ledger_is_said_and_not_made_anew(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        form.query_one("#status", Select).value = "在建"
        await fill(pilot, "cumulative_fen", "500")
        book.path.unlink()
        await keys(pilot, "f10")
        assert form.is_current
        assert "找不到数据库" in joined(app)
        assert form.query_one("#cumulative_fen", Input).value == "500"
        assert not book.path.exists()


@pytest.mark.parametrize("kind", ["empty", "restored"])
async def test_a_replaced_ledger_is_said_and_not_written(book: Book, template: Path, kind: str) -> None:
    book.report("1", "2024Q2", "在建", "10000")
    new = book.path.with_name("new.db")
    if kind == "empty":
        new.write_bytes(b"")
    else:
        shutil.copy2(template, new)
    content = new.read_bytes()
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        form = await opened(app, pilot)
        await keys(pilot, "=+500")
        new.replace(book.path)
        await keys(pilot, "f10")
        said = joined(app)
        assert ("不是本程序的台账" if kind == "empty" else "台账换成了另一个文件") in said
        if kind == "restored":
            assert isinstance(app.screen, MeanwhileScreen)
            await keys(pilot, "escape")
        assert form.is_current
        assert form.query_one("#cumulative_fen", Input).value == "+500"
    assert book.path.read_bytes() == content
