"""Read-only: every command that writes refuses in words, and the database itself refuses what got past them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from textual.widgets import Static

from hgt_portfolio.cli import run
from hgt_portfolio.cli.desk import Desk, database_shown, screen_reader
from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import Ledger, SuperviseInput
from hgt_portfolio.store import HEAD, Store, StoreError
from hgt_portfolio.tui.commands import COMMANDS
from hgt_portfolio.tui.desk import READ_ONLY
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, keys, settle, shown

DAY = date(2024, 10, 20)
WRITING = {
    "projects": "report check opening year_plan amend contact milestone send_back cooperate light supervise bulk undo",
    "queue": "handle",
    "supervision": "remind answer extend apply strike turn_down",
    "returns": "take",
    "indicators": "file_indicator load_indicators",
    "funds": "file_funds",
}
"""The commands that write, by a place where each is valid."""

READING = """
    help overview projects units timeline queue supervision reconcile next_screen filter filters clear reload mark
    mark_range mark_all export brief skip panel sort reverse columns group zoom_in zoom_out this_day copy copy_cell
    next_page previous_page travel present rule_sets returns pick pick_all choose scope version unit_projects board
    indicators funds commitments evaluation project_funds catalogue fund_view fold basis theme settings tour palette
    back quit
"""
"""The commands that do not write to the ledger themselves."""


@pytest.fixture
def frozen(book: Book) -> Iterator[Book]:
    """The same ledger, opened read-only, with an item of supervision and a report in it."""
    book.report("1", "2024Q2", "在建", "50000")
    item = SuperviseInput(no="9", unit=None, content="报送进度", raised=date(2024, 10, 8), due=date(2024, 10, 18))
    book.ledger.supervise([item])
    store = Store(f"sqlite:///{book.path}", read_only=True)
    ledger = Ledger(store, "甲", today=book.today, clock=book.clock)
    yield Book(book.path, store, Figures(store, today=book.today), ledger, book.clock, book.today)
    store.close()


def test_every_command_is_known_to_write_or_not() -> None:
    writing = " ".join(WRITING.values()).split()
    assert sorted([*writing, *READING.split()]) == sorted(command.id for command in COMMANDS)


@pytest.mark.parametrize("today", [DAY])
@pytest.mark.parametrize("place", WRITING)
async def test_every_writing_command_refuses(frozen: Book, place: str, tmp_path: Path) -> None:
    before = frozen.path.read_bytes()
    folder = tmp_path / "exports"
    folder.mkdir()
    app = app_for(frozen, folder, read_only=True)
    by_id = {command.id: command for command in COMMANDS}
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        if place == "returns":
            await keys(pilot, "ctrl+g")
        else:
            app.go(place)
            await settle(pilot)
        assert " 只读 " in shown(app)
        if place == "supervision":
            table = app.screen.query_one(RowTable)
            table.move_cursor(row=max(table.row_count - 1, 0))
        for name in WRITING[place].split():
            await keys(pilot, by_id[name].keys[0])
            assert isinstance(app.screen, NoticeScreen), name
            assert str(app.screen.query_one(".say", Static).content) == READ_ONLY, name
            await keys(pilot, "escape")
    assert frozen.path.read_bytes() == before
    assert [path.name for path in frozen.path.parent.iterdir() if path.is_file()] == ["portfolio.db"]


def test_the_database_refuses_what_gets_past_the_screens(frozen: Book) -> None:
    before = frozen.path.read_bytes()
    with pytest.raises(StoreError, match=r"portfolio\.db 是只读的，本次没有写入任何内容"):
        frozen.report("1", "2024Q3", "在建", "51000")
    with pytest.raises(StoreError, match="是只读的"):
        frozen.ledger.undo()
    with frozen.store.read() as session, pytest.raises(Exception, match="readonly"):
        session.execute(text("DELETE FROM report"))
    assert frozen.path.read_bytes() == before
    assert frozen.position("1", "2024Q2").cumulative == 50_000_000_000


def test_an_older_schema_is_not_brought_up_to_date(book: Book) -> None:
    with book.store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    before = book.path.read_bytes()
    with pytest.raises(StoreError, match="请先不加 --read-only 打开一次"):
        Store(f"sqlite:///{book.path}", read_only=True).require_schema()
    assert HEAD > "0000"
    assert book.path.read_bytes() == before


@pytest.mark.parametrize("name", ["台账?mode=rwc#1%20.db", "a b&c.db"])
def test_a_path_is_taken_for_a_path_and_nothing_is_made(template: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    absent = Store(f"sqlite:///{tmp_path}/absent.db", read_only=True)
    with pytest.raises(StoreError, match="找不到数据库"):
        absent.require_schema()
    path.write_bytes(template.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert run(["--db", name, "summary"]) == 0
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_a_file_that_may_not_be_written_opens_read_only(
    template: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("hgt_portfolio.cli.desk._desk", Desk())
    monkeypatch.setenv("HGT_DATABASE_URL", str(template))
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    assert not screen_reader(None, None, read_only=False).store.read_only
    assert screen_reader(None, None, read_only=True).store.read_only
    monkeypatch.setattr(os, "access", lambda path, mode: path != template)  # noqa: ARG005 - one file is protected
    reader = screen_reader("2024Q3", None, read_only=False)
    assert reader.store.read_only
    assert reader.plan().portfolio


def test_the_header_shows_another_folder_where_there_is_room(
    template: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("hgt_portfolio.settings.data_folder", lambda: template.parent)
    reader = Figures(Store(f"sqlite:///{template}"))
    assert database_shown(reader) == "portfolio.db"
    monkeypatch.setattr("hgt_portfolio.settings.data_folder", lambda: tmp_path)
    assert database_shown(reader) == str(template)


@pytest.mark.parametrize(("width", "place"), [(120, "/另一处/台账.db"), (80, " 台账.db"), (72, " 台账.db")])
async def test_the_folder_gives_way_to_the_name(fresh: Book, width: int, place: str) -> None:
    app = app_for(fresh, database="/另一处/台账.db")
    async with app.run_test(size=(width, 24)) as pilot:
        await settle(pilot)
        first, second = shown(app).split("\n")[:2]
        assert place in second
        assert second.rstrip().endswith("甲")
        assert "参考规则(未批准)" in first + second


def test_read_only_is_for_the_screens(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--read-only", "undo"]) == 2
    assert "--read-only 只用于打开界面" in capsys.readouterr().err
