"""The terminal UI in a terminal of its own: from a key, or from the start, until what it brings is on the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any, Self

from tests.bench import sql
from tests.bench.figures import PAGE, both
from tests.bench.ledgers import HGT, Folder
from tests.bench.timing import Pair, timed

LINES, COLUMNS = 40, 140
QUIET, SETTLED = 0.15, 2.0
"""Seconds without a sign of life after which a screen is taken to be done, and a screen just started."""

ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:?<>=]*[a-zA-Z~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^][^\x1b]*\x1b\\|[()].|.)")


class Screen:
    """A program in a terminal that takes whatever it draws."""

    def __init__(self, command: Sequence[str], surroundings: dict[str, str]) -> None:
        self.begun, self.drawn = time.perf_counter(), b""
        self.number, self.terminal = pty.fork()
        if self.number == 0:
            os.execve(command[0], list(command), surroundings)  # noqa: S606 - the command is the benchmark's own
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        os.kill(self.number, signal.SIGKILL)
        os.waitpid(self.number, 0)
        os.close(self.terminal)

    def until(self, sign: str, since: float | None = None, seconds: float = 120) -> float:
        """Wait until what a pattern describes is drawn, in one piece, and give the seconds since then or the start."""
        begun, seen = self.begun if since is None else since, b""
        wanted = re.compile(sign.encode())
        while time.perf_counter() - begun < seconds:
            seen += self._read(0.05)
            if wanted.search(ESCAPES.sub(b"", seen)):
                return time.perf_counter() - begun
        raise RuntimeError(f"not within {seconds} s: {sign}; {ESCAPES.sub(b'', seen)[-600:].decode(errors='replace')}")

    def press(self, keys: str, sign: str = "") -> float:
        """Press keys and give the seconds until what a pattern describes is drawn, or until anything is."""
        self.rest()
        begun = time.perf_counter()
        os.write(self.terminal, keys.encode())
        if sign:
            return self.until(sign, begun)
        while not self._read(1.0):
            if time.perf_counter() - begun > 60:
                raise RuntimeError(f"nothing drawn after {keys!r}")
        return time.perf_counter() - begun

    def rest(self, seconds: float = QUIET) -> None:
        """Wait until nothing is drawn any more."""
        while self._read(seconds):
            pass

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return b""
        try:
            read = os.read(self.terminal, 1 << 20)
        except OSError as problem:
            raise RuntimeError("the program ended") from problem
        self.drawn += read
        return read


LIST, FILTER, CLEAR = "\x1bOQ", "\x1bOR", "\x0c"
"""F2, F3 and Ctrl+L, as a terminal sends them."""

DOWN, UP = "\x1b[B", "\x1b[A"

ROW = r"演示项目\d{5}"
"""What every row of a project shows."""

LETTER = "雨"
"""Typed into the empty filter: one project in eight is called so."""

SEEN = 12
"""A row of the filtered list that is on the screen, and was not before the filter."""


def opened(folder: Folder, size: int) -> Screen:
    """Start the program on a ledger."""
    command = [HGT, "--db", str(folder.ledger(size)), "--operator", "演示员"]
    return Screen(command, folder.surroundings())


@contextmanager
def at_list(folder: Folder, size: int) -> Iterator[Screen]:
    """Have the program at its list of projects, nothing of it still being drawn."""
    with opened(folder, size) as screen:
        screen.until(ROW)
        screen.press(LIST, counted(size))
        screen.rest()
        yield screen


def counted(size: int) -> str:
    """Describe the count under the list of all projects."""
    return f"{size}/{size}"


BARE = """
import sqlmodel
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable(cursor_type="row")
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns({columns})
        table.add_rows({rows})
Bare().run()
"""


@contextmanager
def rows_shown(folder: Folder, size: int) -> Iterator[Pair]:
    """From the start to the rows of projects on the screen, beside a bare Textual app with the same table."""
    with both(folder, size) as (_, point, database):
        rows = [row[:14] for row in database.execute(sql.POSITIONS, sql.asked(database, point)).fetchall()]
    code = BARE.format(
        columns=", ".join(repr(f"列{n}") for n in range(len(rows[0]))),
        rows=[tuple(str(value) for value in row) for row in rows],
    )
    surroundings = folder.surroundings()
    script = folder.path / "bare.py"
    script.write_text(code, encoding="utf-8")

    def ours() -> float:
        with opened(folder, size) as screen:
            return screen.until(ROW)

    def bare() -> float:
        with Screen([sys.executable, str(script)], surroundings) as screen:
            return screen.until(ROW)

    yield Pair(ours, bare)


@contextmanager
def key(folder: Folder, size: int) -> Iterator[Pair]:
    """A key press in the list until it is drawn, beside the same at 62."""
    with at_list(folder, size) as large, at_list(folder, 62) as small:
        yield Pair(Walk(large), Walk(small))


class Walk:
    """Goes down the list and up again, a line at each call."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.keys = screen, cycle((DOWN, UP))

    def __call__(self) -> float:
        """Press the next key and give the seconds until something is drawn."""
        return self.screen.press(next(self.keys))


@contextmanager
def filtering(folder: Folder, size: int) -> Iterator[Pair]:
    """A keystroke in the filter until the new rows are there, beside the SQL for them and their count."""
    with both(folder, size) as (_, point, database):

        def by_hand() -> list[Any]:
            return sql.page(database, sql.asked(database, point), LETTER, limit=PAGE)[1]

        name = by_hand()[SEEN][5]
        with at_list(folder, size) as screen:
            screen.press(FILTER)

            def ours() -> float:
                took = screen.press(LETTER, name)
                screen.press(CLEAR, counted(size))
                return took

            yield Pair(ours, timed(by_hand))


@contextmanager
def first_page(folder: Folder, size: int) -> Iterator[Pair]:
    """From the key for the list to its rows, the program just opened, beside the same at 62."""
    yield _opening(folder, size, _new_row)


@contextmanager
def first_count(folder: Folder, size: int) -> Iterator[Pair]:
    """From the key for the list to its count, the program just opened, beside the same at 62."""
    yield _opening(folder, size, lambda of, _screen: counted(of))


def _new_row(_size: int, screen: Screen) -> str:
    """Name one of the list's first projects that was not drawn before."""
    names = (f"演示项目{number:05d}" for number in range(1, LINES // 2))
    return next(name for name in names if name.encode() not in screen.drawn)


def _opening(folder: Folder, size: int, sign: Callable[[int, Screen], str]) -> Pair:
    def opening(of: int) -> float:
        with opened(folder, of) as screen:
            screen.until(ROW)
            screen.rest(SETTLED)
            return screen.press(LIST, sign(of, screen))

    return Pair(lambda: opening(size), lambda: opening(62))
