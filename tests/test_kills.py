"""Killed at any moment: what was acknowledged is there, nothing is there in part, and the next writer goes on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from hgt_portfolio.ledger import Ledger, Outcome
from hgt_portfolio.ledger.walking import faults
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.store import Store
from tests import disk
from tests.conftest import COMPILED, DIALECTS, TODAY
from tests.torture import times

KILLS = times(60, 1000)
ROUND = 20
"""How many kills one ledger goes through before a fresh one is taken."""

SEED = 20241124
SILENT = 36
"""How many calls of an action give no sign: by then it has filled its journal, and is about to write the ledger."""

MOST_SIGNS = 60
"""The most signs of a writer that are waited for before it is killed: an action gives about twenty."""

SIGN = 10
"""How many bytes a sign has."""

SECONDS = 0.05
"""The longest that is waited after a sign, mostly far less: about an action."""

WRITING, DONE = b"w", b"d"
"""The signs of a writer: a call that changes a file is about to be made, and an action is acknowledged."""

MANY = range(20, 24)
"""Projects that are reported at once."""


def opened(path: Path) -> Store:
    """Open a ledger as the office does, every commit brought to the disk, but with its selects compiled already."""
    store = Store(f"sqlite:///{path}")
    store.engine.dialect = DIALECTS.setdefault("sqlite", store.engine.dialect)
    store.engine = store.engine.execution_options(compiled_cache=COMPILED)
    return store


def reported(no: int, turn: int) -> ReportInput:
    return ReportInput(no=str(no), period=month(2024, 3), status="在建", cumulative_fen=turn, reason=f"第{turn}次")


def acted(ledger: Ledger, turn: int) -> Outcome:
    """Do one action: of one row, of many, or one that takes back another."""
    if turn % 4 == 3:
        return ledger.undo()
    if turn % 4 == 1:
        return ledger.report_many([reported(no, turn) for no in MANY])
    return ledger.report(reported(1 + turn % 19, turn))


def write_on(path: Path, pipe: int, first: int) -> None:
    """Act without end, and acknowledge each action through the pipe."""
    ledger = Ledger(opened(path), "甲", today=TODAY)
    calls = 0

    def sign(_name: str) -> int:
        nonlocal calls
        calls += 1
        return os.write(pipe, WRITING.ljust(SIGN)) - SIGN if calls > SILENT else 0

    with disk.watched(sign):
        for turn in count(first):
            calls = 0
            os.write(pipe, DONE + f"{acted(ledger, turn).action_id}".encode().rjust(SIGN - 1))


def killed(path: Path, chance: random.Random, first: int) -> list[int]:
    """Have a process write, kill it, and give the actions that it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_on(path, writing, first)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        told = [pipe.read(SIGN) for _ in range(chance.randrange(MOST_SIGNS + 1))]
        time.sleep(chance.random() ** 3 * SECONDS)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        while sign := pipe.read(SIGN):
            told.append(sign)
    return [int(sign[1:]) for sign in told if sign.startswith(DONE)]


def hot(path: Path) -> bool:
    """Tell whether a writer has left a journal from which the next one rolls back."""
    journal = path.with_name(f"{path.name}-journal")
    return journal.exists() and journal.read_bytes()[:8] == bytes.fromhex("d9d505f920a163d7")


def halves(path: Path) -> list[object]:
    """Give what no whole action leaves, asked past the program: entries without rows, rows without an entry."""
    with closing(sqlite3.connect(path)) as database:
        rows = "SELECT action_id FROM report UNION ALL SELECT revoked_by FROM report WHERE revoked_by IS NOT NULL"
        return [
            *database.execute(f"SELECT id FROM action WHERE id > 1 AND id NOT IN ({rows})"),
            *database.execute(f"SELECT * FROM ({rows}) WHERE action_id NOT IN (SELECT id FROM action)"),
            *database.execute(f"SELECT * FROM ({rows}) WHERE action_id NOT IN (SELECT action_id FROM action_subject)"),
            *database.execute(
                "SELECT action_id FROM report GROUP BY action_id HAVING count(*) NOT IN (1, ?)", [len(MANY)]
            ),
            *database.execute("PRAGMA foreign_key_check"),
            *(row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)),
        ]


def test_whenever_it_is_killed_what_was_acknowledged_is_kept(template: Path, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311
    path, before, rolled_back = tmp_path / "portfolio.db", 0, 0
    shutil.copy2(template, path)
    compiling = opened(path)
    for turn in range(4):
        acted(Ledger(compiling, "甲", today=TODAY), turn)
    compiling.close()
    for turn in range(KILLS):
        if turn % ROUND == 0:
            shutil.copy2(template, path)
            before = 1
        told = killed(path, chance, turn * 4)
        was_hot = hot(path)
        store = opened(path)
        with store.read() as session:
            assert list(faults(session)) == [], turn
        assert halves(path) == [], turn
        with closing(sqlite3.connect(path)) as database:
            last, entries = database.execute("SELECT max(id), count(*) FROM action").fetchone()
        assert last == entries
        assert told == list(range(before + 1, before + 1 + len(told))), turn
        assert last - before - len(told) in (0, 1), turn
        rolled_back += was_hot
        before = last
        store.close()
    assert rolled_back
