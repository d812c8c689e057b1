"""A reading that takes too long: the database gives it up, and the screen goes on with what it had."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlmodel import Session

from hgt_portfolio.figures import Stop, StoreError
from hgt_portfolio.store import Store
from hgt_portfolio.tui.desk import Frame
from hgt_portfolio.tui.page import Page
from hgt_portfolio.tui.pages.units import UnitsPage
from tests.conftest import Book
from tests.tui import app_for, keys, notice, settle, shown

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE begun()"


class Spinning:
    """A reading without end, which says when it has begun and when it is over."""

    def __init__(self, store: Store) -> None:
        self.store, self.begun, self.over = store, threading.Event(), threading.Event()

    def read(self, session: Session) -> None:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        connection.create_function("begun", 0, self._begins)
        session.connection().exec_driver_sql(ENDLESS)

    def _begins(self) -> int:
        self.begun.set()
        return 1

    def __call__(self, _frame: Frame | None = None) -> None:
        try:
            with self.store.read() as session:
                self.read(session)
        finally:
            self.over.set()


def test_a_reading_is_stopped_from_another_thread(book: Book) -> None:
    stop, spinning, said = Stop(), Spinning(book.store), list[str]()

    def reading() -> None:
        with stop.over(), pytest.raises(StoreError) as refused:
            spinning()
        said.append(str(refused.value))

    thread = threading.Thread(target=reading)
    thread.start()
    assert spinning.begun.wait(20)
    stop.stop()
    thread.join(20)
    assert said == ["读取已取消。"]
    with stop.over(), pytest.raises(StoreError, match="读取已取消"):
        book.figures.plan()
    assert book.figures.plan().portfolio, "what is not under the stop goes on"


def test_a_reading_stopped_when_it_is_done_has_nothing_to_give_up(book: Book) -> None:
    stop = Stop()
    with stop.over(), book.store.read() as session:
        session.rollback()
        stop.stop()
    assert book.figures.plan().portfolio


@pytest.mark.parametrize("today", [date(2024, 10, 10)])
async def test_escape_stops_a_slow_reading_in_the_database(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    spinning = Spinning(book.store)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "3")
        kept = shown(app).split("\n")[2:15]
        page = app.screen
        assert isinstance(page, UnitsPage)
        monkeypatch.setattr(page, "question", lambda: spinning)
        await pilot.press("f5")
        while not page._slow:
            await pilot.pause()
        assert spinning.begun.wait(20)
        assert "加载中 Esc取消" in shown(app)
        await keys(pilot, "escape")
        assert spinning.over.wait(20)
        assert "已取消读取" in notice(app)
        assert shown(app).split("\n")[2:15] == kept
        assert isinstance(app.screen, Page)


@pytest.mark.parametrize("today", [date(2024, 10, 10)])
async def test_a_newer_reading_stops_the_older(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    spinning = Spinning(book.store)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        page = app.screen
        assert isinstance(page, Page)
        with monkeypatch.context() as patched:
            patched.setattr(page, "question", lambda: spinning)
            await pilot.press("f5")
            assert spinning.begun.wait(20)
        await keys(pilot, "f5")
        assert spinning.over.is_set()
        assert not page.reading
