"""Whatever operation a deed fails or dies at, there is the old state or the new one, and the next goes on from it.

Operations are the ledger's statements that write and its commits, the calls by which SQLite changes files, and the
program's own on files. A failing one is interrupted or finds the disk full, halfway through where it writes; a dying
one takes the process with it.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from hgt_portfolio.exports import ExportError
from hgt_portfolio.exports.closing import copy_kept
from hgt_portfolio.exports.shown import export_shown
from hgt_portfolio.keeping import Keeper, back_up, restore
from hgt_portfolio.ledger import OpeningInput
from hgt_portfolio.ledger.returning import ConflictInput, ReturnInput
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.reports.reconcile import reconcile
from hgt_portfolio.store import StoreError, backup
from hgt_portfolio.store.manifest import Proof
from hgt_portfolio.terms import BackupReason, Decision
from tests import disk
from tests.conftest import TODAY, Book, open_book
from tests.test_audit import broken
from tests.test_backup import NOON, apart, left
from tests.test_flips import dump
from tests.test_upgrades import released
from tests.torture import times

SEPTEMBER = month(2024, 9)
LEDGER = "portfolio.db"
OUT = "出"
"""The folder of what is exported."""

OLD_FILE = b"old"


@contextmanager
def careful(folder: Path) -> Iterator[Book]:
    """Open a folder's ledger as the office does, every commit brought to the disk."""
    book = open_book(folder / LEDGER, TODAY)
    book.store.close()
    event.listen(book.store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = EXTRA"))
    try:
        yield book
    finally:
        book.store.close()


def file_one(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "1")


def take_back(book: Book) -> None:
    book.store.keeper = Keeper("甲", book.clock)
    reports = [ReportInput(no=no, period=SEPTEMBER, status="在建", cumulative_fen=9, reason="核对") for no in "19"]
    clash = ConflictInput(
        no="24",
        period=SEPTEMBER,
        field="cumulative_fen",
        sent="1.00",
        theirs="3.00",
        ours="2.00",
        decision=Decision.OPEN,
        file="填报表.xlsx",
        their_by="丙",
        our_by="甲",
    )
    given = [ReturnInput(no=one.no, period=SEPTEMBER, report=one) for one in reports]
    book.ledger.take_returns(given, [clash], seen=book.figures.last_action())


def open_books(book: Book) -> None:
    book.ledger.open_books([OpeningInput(no=str(no), period=month(2023, 12), cumulative_fen=9) for no in range(20, 30)])


def close_quarter(book: Book) -> None:
    """Close a quarter with its files, and write these out."""
    if not book.figures.closings(book.point()):
        book.ledger.close(SEPTEMBER, files={"汇总.csv": b"1,2" * 9000, "通报.csv": b"3,4" * 9000})
    (closing,) = book.figures.closings(book.point())
    copy_kept(book.figures, closing, book.path.parent / OUT)


def export(book: Book, name: str) -> None:
    point = book.point("2024Q3")
    export_shown(book.figures, point, "对账", [reconcile(book.figures, point)], book.path.parent / OUT / name)


def back_it_up(book: Book) -> None:
    back_up(book.store, BackupReason.MANUAL, at=NOON, operator="甲")


def put_back(book: Book) -> None:
    found = backup.listed(book.path.parent / "备份", LEDGER)[-1]
    restore(book.store, found, at=NOON, operator="甲")


def backed_up_and_filed(book: Book) -> None:
    back_it_up(book)
    file_one(book)


@dataclass(frozen=True)
class Deed:
    """What is done to a ledger, and before it."""

    do: Callable[[Book], object]
    before: Callable[[Book], object] = bool
    exported: tuple[str, ...] = ()


DEEDS = {
    "填报": Deed(file_one),
    "期初建账": Deed(open_books),
    "撤销": Deed(lambda book: book.ledger.undo(), file_one),
    "收表": Deed(take_back),
    "定稿": Deed(close_quarter, exported=("汇总.csv", "通报.csv")),
    "升级": Deed(lambda book: book.store.require_schema()),
    "备份": Deed(back_it_up, file_one),
    "恢复": Deed(put_back, backed_up_and_filed),
    **{
        f"导出{kind}": Deed(partial(export, name=f"对账.{kind}"), exported=(f"对账.{kind}",))
        for kind in ("xlsx", "docx", "csv")
    },
}

ON_FILES = ("open", "fsync", "replace", "link", "rename", "unlink", "mkdir")
WRITES = ("write_bytes", "write_text")
READING = ("SELECT", "PRAGMA", "BEGIN")


class Operations:
    """Counts operations; the nth of them fails, or is the last of the process where it is ``deadly``."""

    def __init__(self, nth: int = 0, *, deadly: bool = False) -> None:
        self.names: list[str] = []
        self.nth, self.deadly = nth, deadly

    def meet(self, name: str) -> int:
        """Count an operation and give the error it ends in."""
        self.names.append(name)
        if len(self.names) != self.nth:
            return 0
        if self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return errno.ENOSPC

    def statement(self, _connection: object, _cursor: object = None, sql: str = "COMMIT", *_more: object) -> None:
        """Meet a statement that writes, or a commit; it is interrupted as by the keyboard."""
        if not sql.startswith(READING) and self.meet("statement"):
            raise KeyboardInterrupt

    def on_file(self, name: str, real: Callable[..., Any], half: Callable[..., Any] | None = None) -> Any:
        def acting(*given: Any, **more: Any) -> Any:
            if half is not None:
                half(given[0], given[1][: len(given[1]) // 2], **more)
            if refused := self.meet(name):
                raise OSError(refused, os.strerror(refused))
            return real(*given, **more)

        return acting

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Meet all operations of the block."""
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            # An act done again says the same in every column.
            patch.setattr("hgt_portfolio.ledger.door.secrets", SimpleNamespace(token_hex=lambda size: "0a" * size))
            # The figures of a backup are no operation, and take long.
            patch.setattr("hgt_portfolio.keeping.proof_of", lambda _path, day: Proof(day, 62, 1, None))
            for name in ON_FILES:
                patch.setattr(os, name, self.on_file(name, getattr(os, name)))
            for name in WRITES:
                real = getattr(Path, name)
                patch.setattr(Path, name, self.on_file(name, real, real))
            stack.enter_context(disk.watched(self.meet))
            for name in ("before_cursor_execute", "commit"):
                event.listen(Engine, name, self.statement)
                stack.callback(event.remove, Engine, name, self.statement)
            yield


def laid(name: str, template: Path, folder: Path) -> Path:
    """Lay out a folder as it is before a deed."""
    folder.mkdir()
    if name == "升级":
        released("0001", folder).rename(folder / LEDGER)
    else:
        shutil.copy2(template, folder / LEDGER)
        with careful(folder) as book:
            DEEDS[name].before(book)
    if DEEDS[name].exported:
        (folder / OUT).mkdir()
        for file in DEEDS[name].exported:
            (folder / OUT / file).write_bytes(OLD_FILE)
    return folder


def did(name: str, folder: Path, operations: Operations) -> None:
    """Do a deed in a folder, its operations met."""
    with careful(folder) as book, operations():
        DEEDS[name].do(book)


State = tuple[dict[str, list[str]] | None, list[bytes]]


def state(name: str, folder: Path) -> State:
    """What a folder holds: every row of its ledger, and the files that were exported."""
    return dump(folder / LEDGER), [(folder / OUT / file).read_bytes() for file in DEEDS[name].exported]


@dataclass(frozen=True)
class Case:
    """A deed, and what it makes of what."""

    name: str
    start: Path
    old: State
    new: State
    count: int


@pytest.fixture(params=DEEDS, scope="module")
def case(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    name = request.param
    start = laid(name, template, tmp_path_factory.mktemp("start") / "start")
    done = Path(shutil.copytree(start, start.with_name("done")))
    counted = Operations()
    did(name, done, counted)
    return Case(name, start, state(name, start), state(name, done), len(counted.names))


def points(count: int, few: int) -> list[int]:
    """The operations to fail at, from the first to the last: a few of them, or all."""
    most = times(min(few, count), count)
    return sorted({1 + (count - 1) * turn // max(most - 1, 1) for turn in range(most)})


def whole(case: Case, folder: Path, nth: int) -> State:
    """What a folder holds after a failure: the old state or the new one, and a chain that is whole."""
    if case.name != "升级":
        assert broken(f"sqlite:///{folder / LEDGER}") is None, nth
    found = state(case.name, folder)
    assert found[0] in (case.old[0], case.new[0]), nth
    for content, old, new in zip(found[1], case.old[1], case.new[1], strict=True):
        assert content in (old, new), nth
    assert {backup.standing_of(one) for one in backup.listed(folder / "备份", LEDGER)} <= {"完好"}, nth
    return found


def goes_on(case: Case, folder: Path, found: State, nth: int) -> None:
    """Do the deed again, a day later, where it was not done: it makes the new state of the old one, and clears up."""
    if found[0] == case.old[0]:
        for name in left(folder):
            os.utime(next(folder.rglob(name)), (0, 0))
        did(case.name, folder, Operations())
        assert state(case.name, folder) == case.new, nth
        # Where its backup was whole already, the next backup is the one that clears up.
        assert left(folder) == [] or case.name == "收表", nth
        assert case.old[0] == case.new[0] or not (folder / f"{LEDGER}-journal").exists(), nth


def test_whatever_operation_fails_nothing_is_half_done(case: Case, tmp_path: Path) -> None:
    for nth in points(case.count, 4):
        folder = Path(shutil.copytree(case.start, tmp_path / f"{nth}"))
        failing = Operations(nth)
        try:
            did(case.name, folder, failing)
        except (KeyboardInterrupt, StoreError, ExportError) as error:
            said = str(error)
            assert isinstance(error, KeyboardInterrupt) or said.endswith("。"), said
        else:
            # What is no longer needed may stay, and a disk without links is no reason to stop.
            said = ""
            assert failing.names[nth - 1] in ("unlink", "link"), nth
        found = whole(case, folder, nth)
        assert "没有写入" not in said or found[0] == case.old[0], said
        assert left(folder) == [] or failing.names[nth - 1] == "unlink", nth
        shutil.rmtree(folder)


def test_whatever_operation_it_dies_at_nothing_is_half_done(case: Case, tmp_path: Path) -> None:
    for nth in points(case.count, 4):
        folder = Path(shutil.copytree(case.start, tmp_path / f"{nth}"))
        assert apart(lambda: did(case.name, folder, Operations(nth, deadly=True))) == -signal.SIGKILL  # noqa: B023
        found = whole(case, folder, nth)
        goes_on(case, folder, found, nth)
        shutil.rmtree(folder)
