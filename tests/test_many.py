"""Many processes at one ledger: every filing is kept once, none is refused, and whatever goes on meanwhile holds."""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.cli.desk import Desk
from hgt_portfolio.figures import Figures
from hgt_portfolio.keeping import Keeper, back_up
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.store import Store, backup
from hgt_portfolio.terms import BackupReason
from tests.conftest import TODAY, Book
from tests.test_backup import NOON, left
from tests.test_flips import dump
from tests.test_kills import opened
from tests.torture import times

PROCESSES = times(4, 8)
FILINGS = times(25, 200)

MARCH = month(2024, 3)


def together(doings: Sequence[Callable[[], object]]) -> list[int]:
    """Do each in a process of its own, all begun at one moment, and give their exit codes."""
    waiting, gate = os.pipe()
    children = []
    for doing in doings:
        child = os.fork()
        if child == 0:
            code = 99
            try:
                os.close(gate)
                os.read(waiting, 1)
                code = int(doing() or 0)  # type: ignore[call-overload]
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    # Whoever waits to read is woken when nobody can write any more.
    os.close(gate)
    os.close(waiting)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def operator(number: int) -> str:
    return f"填报员{number}"


def filing(path: Path, number: int) -> Callable[[], None]:
    """Give what files many reports in one operator's name, each about another project than the one before."""

    def doing() -> None:
        store = opened(path)
        store.keeper = Keeper(operator(number))
        ledger = Ledger(store, operator(number), today=TODAY)
        for turn in range(FILINGS):
            no = str(1 + (number * 7 + turn) % 60)
            values = {"status": "在建", "cumulative_fen": number * 1000 + turn, "reason": operator(number)}
            ledger.report(ReportInput(no=no, period=MARCH, **values))
        store.close()

    return doing


def reading(path: Path) -> None:
    """Read totals again and again: a reader sees whole states, and is never refused."""
    store = opened(path)
    figures = Figures(store, today=TODAY)
    for _ in range(FILINGS):
        assert figures.totals(figures.point()).count == 62
    store.close()


def backing_up(path: Path) -> None:
    """Make backups one after another."""
    store = opened(path)
    for turn in range(times(2, 10)):
        back_up(store, BackupReason.MANUAL, at=NOON + timedelta(seconds=turn), operator="甲")
    store.close()


def test_many_write_and_nothing_is_lost(book: Book) -> None:
    book.figures.totals(book.point())
    book.store.close()
    writers = [filing(book.path, number) for number in range(PROCESSES)]
    others = [lambda: reading(book.path), lambda: backing_up(book.path)]
    assert together([*writers, *others]) == [0] * (PROCESSES + 2)
    count = PROCESSES * FILINGS
    entries = book.figures.entries(book.point(), limit=count + 10)
    assert [entry.id for entry in entries] == list(range(count + 1, 0, -1))
    assert [entry.at for entry in entries] == sorted({entry.at for entry in entries}, reverse=True)
    by = Counter(entry.operator for entry in entries[:-1])
    assert by == {operator(number): FILINGS for number in range(PROCESSES)}
    with book.store.read() as session:
        assert broken_link(session) is None
    reports = dump(book.path)
    assert reports is not None and len(reports["report"]) == count
    kept = backup.listed(book.path.parent / "备份", book.path.name)
    assert sorted(str(one.manifest.reason) for one in kept if one.manifest) == ["手工"] * times(2, 10) + ["每日"]
    assert [backup.problems(one) for one in kept] == [[]] * len(kept)
    assert left(book.path.parent) == []


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """Run one command line with settings of its own."""
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("HGT_OPERATOR", "甲")
    monkeypatch.setattr("hgt_portfolio.cli.desk._desk", Desk())
    return lambda *words: run([str(word) for word in words])


@pytest.mark.parametrize("words", [("init",), ("demo", "--projects", "3", "--quarters", "1")])
def test_of_two_that_make_one_ledger_one_does(
    words: tuple[str, ...], command: Callable[..., int], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "新" / "台账.db"
    assert sorted(together([lambda: command("--db", path, *words)] * 3)) == [0, 1, 1]
    told = capfd.readouterr()
    assert "Traceback" not in told.err
    assert told.out.count("已建立") == 1
    refusals = told.err.splitlines()
    assert len(refusals) == 2
    assert all(one.startswith(f"数据库 {path} ") and "没有改动它" in one for one in refusals), refusals
    assert [one.name for one in path.parent.iterdir()] == ["台账.db"]
    store = Store(f"sqlite:///{path}")
    with store.read() as session:
        assert broken_link(session) is None
    store.close()
