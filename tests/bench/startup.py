"""Commands in processes of their own, beside the bare import of what they stand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.ledgers import HGT, Folder
from tests.bench.timing import Pair, python, run_time


@contextmanager
def help_text(folder: Folder, _size: int) -> Iterator[Pair]:
    """``hgt --help``."""
    surroundings = folder.surroundings()
    yield Pair(run_time([HGT, "--help"], surroundings), run_time(python("import typer"), surroundings))


@contextmanager
def summary(folder: Folder, size: int) -> Iterator[Pair]:
    """``hgt summary``."""
    command = [HGT, "--db", str(folder.ledger(size)), "summary"]
    surroundings = folder.surroundings()
    yield Pair(run_time(command, surroundings), run_time(python("import sqlmodel"), surroundings))
