"""An unexpected error ends in one Chinese sentence; its traceback stands in a log of our own, without what it says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hgt_portfolio import logs
from hgt_portfolio.cli import run
from hgt_portfolio.tui import app as terminal
from hgt_portfolio.tui.app import PortfolioApp
from tests.conftest import Book
from tests.tui import app_for, keys, settle

NUMBER = "13800000000"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    return tmp_path / "hgt.log"


def broken(*_given: object, **_more: object) -> None:
    raise KeyError(NUMBER)


def written(log: Path) -> str:
    text = log.read_text(encoding="utf-8")
    assert "KeyError" in text and "broken" in text
    assert NUMBER not in text.replace('NUMBER = "13800000000"', "")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    return text


def test_a_command_that_breaks_says_a_sentence_and_logs(
    log: Path, fresh: Book, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hgt_portfolio.reports.portfolio.overview", broken)
    assert run(["summary", "--db", str(fresh.path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("程序出错（KeyError，")
    assert logs.UNSAVED in told and str(log) in told
    assert "Traceback" not in told and NUMBER not in told
    written(log)


def test_a_log_that_cannot_be_written_is_said(log: Path) -> None:
    log.mkdir()
    assert f"记录写不进 {log}" in logs.log_unexpected(KeyError("x"))


@pytest.mark.usefixtures("log")
async def test_a_screen_that_breaks_ends_the_program_without_a_traceback(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_for(book)
    with pytest.raises(KeyError):
        async with app.run_test() as pilot:
            await settle(pilot)
            monkeypatch.setattr(app.screen, "action_next_screen", broken)
            await keys(pilot, "f2")
    assert app.return_code == 1
    assert not app._exit_renderables


def test_run_passes_on_what_ended_the_program(fresh: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(app: PortfolioApp) -> None:
        app._exception = KeyError("x")

    monkeypatch.setattr(PortfolioApp, "run", ended)
    with pytest.raises(KeyError):
        terminal.run(fresh.figures, fresh.ledger)
