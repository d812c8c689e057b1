"""What the tests of the installed program share: a ledger of its own, its command, and waiting for a sign."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.ledger import Ledger
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import read_period
from hgt_portfolio.store import Store
from tests.conftest import Clock

HGT = str(Path(sys.executable).parent / "hgt")
"""The console script beside the Python that runs the tests."""

OCTOBER = date(2024, 10, 10)
FILED = 50_000
"""万元 that project 1 has filed for 2024Q3 in the ledger of these tests."""


def needed(program: str) -> str:
    """Give a program's path; where the machine has none, skip the test, unless HGT_NO_SKIP=1 forbids that."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("HGT_NO_SKIP") == "1":
            pytest.fail(f"没有 {program}，而 HGT_NO_SKIP=1 要求运行这一项")
        pytest.skip(f"没有 {program}")
    return path


def ledger_file(template: Path, folder: Path) -> Path:
    """Copy the loaded ledger into a folder and file one report, for the form to carry forward."""
    path = Path(shutil.copy2(template, folder / "台账.db"))
    store = Store(f"sqlite:///{path}")
    values = {"no": "1", "period": read_period("2024Q3"), "status": "在建", "cumulative_fen": FILED * 1_000_000}
    Ledger(store, "甲", today=OCTOBER, clock=Clock(OCTOBER)).report(ReportInput(**values))
    store.close()
    return path


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Give the program's surroundings: settings of its own in which the tour was seen, UTF-8, nothing inherited."""
    settings = folder / "settings.toml"
    settings.write_text('toured = true\noperator = "演示员"\n', encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "HGT_SETTINGS": str(settings), **more}


def newest_report(path: Path) -> tuple[int, str]:
    """Read the newest filing of project 1 past every door: its cumulative in 万元, and who filed it."""
    sql = """SELECT cumulative_fen, operator FROM report JOIN action ON action.id = report.action_id
        WHERE project_id = 1 ORDER BY report.id DESC LIMIT 1"""
    with closing(sqlite3.connect(path)) as database:
        fen, operator = database.execute(sql).fetchone()
    return fen // 1_000_000, operator


def until(read: Callable[[], str], *signs: str, seconds: float = 60) -> str:
    """Read again and again until every sign is there, and give what was read."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = read()
        if all(sign in found for sign in signs):
            return found
        time.sleep(0.03)
    raise AssertionError(f"not within {seconds} s: {signs}\n{found}")
