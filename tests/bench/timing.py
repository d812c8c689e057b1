"""How things are measured: in turns, ours and the other, so that whatever the machine does meanwhile meets both."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

MEGABYTE = 1_000_000

FEW = 2
"""Turns of what ours is to be far faster than."""


@dataclass(frozen=True)
class Pair:
    """Ours and what it is held beside: each does its work once and gives what it took, in seconds or megabytes."""

    ours: Callable[[], float]
    beside: Callable[[], float] | None = None
    slower: Callable[[], float] | None = None
    """What ours is to be faster than."""


@dataclass
class Taken:
    """What each turn took."""

    ours: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    slower: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Ours over the other, turn by turn."""
        return [ours / beside for ours, beside in zip(self.ours, self.beside, strict=False)]

    @property
    def faster(self) -> float | None:
        """How many times as long the slower one took."""
        return statistics.median(self.slower) / self.typical if self.slower else None

    @property
    def typical(self) -> float:
        """Ours, in the middle turn."""
        return statistics.median(self.ours)

    @property
    def other(self) -> float | None:
        """The other, in the middle turn."""
        return statistics.median(self.beside) if self.beside else None

    @property
    def ratio(self) -> float | None:
        """The ratio of the middle turn."""
        return statistics.median(self.ratios) if self.beside else None


def in_turns(pair: Pair, turns: int) -> Taken:
    """Measure both in turns, each first every other time.

    One turn before that counts for nothing, but where there is to be one only. The slower one has a few turns.
    """
    taken = Taken()
    kept = [(pair.ours, taken.ours), (pair.beside, taken.beside), (pair.slower, taken.slower)]
    doing = [(work, values) for work, values in kept if work is not None]
    for turn in range(0 if turns == 1 else -1, turns):
        for work, values in doing if turn % 2 else reversed(doing):
            if values is taken.slower and turn not in range(FEW):
                continue
            took = work()
            if turn >= 0:
                values.append(took)
    return taken


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Make a work give the seconds that it takes; what earlier work left behind is collected before."""

    def measured() -> float:
        gc.collect()
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return measured


def python(code: str) -> list[str]:
    """Give the command that runs code in a Python of its own."""
    return [sys.executable, "-c", code]


def run_time(command: Sequence[str], surroundings: Mapping[str, str]) -> Callable[[], float]:
    """Give the seconds of a command in a process of its own, from its start to its end."""
    return timed(lambda: run(command, surroundings))


PEAK = """
from pathlib import Path
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
"""Prints the most memory that its process held, in kibibytes: what a parent is told counts the parent's own as well."""


def peak(code: str, surroundings: Mapping[str, str]) -> Callable[[], float]:
    """Give the most memory that a Python of its own holds while it runs code, in megabytes."""
    return lambda: int(run(python(code + PEAK), surroundings)) * 1024 / MEGABYTE


def run(command: Sequence[str], surroundings: Mapping[str, str]) -> str:
    """Run a command and give what it prints; raises ``RuntimeError`` with what it said where it failed."""
    done = subprocess.run(command, capture_output=True, env=dict(surroundings), text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout
