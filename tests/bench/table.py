"""What is measured and what came of it: goals as data, and the Markdown table."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ledgers import Folder
from tests.bench.timing import Pair, Taken

MILLISECONDS, MEGABYTES = "ms", "MB"
SCALES = {MILLISECONDS: 1000.0, MEGABYTES: 1.0}
GROWTH = 1.15


@dataclass(frozen=True)
class Goal:
    """What is aimed at: ours against the other, or by itself; in the unit of the row.

    ``ratio`` times the other at most, or ``or_more`` more than it; ``more`` than it at most; ``under`` a limit;
    ``faster`` so many times than the slower one.
    """

    ratio: float | None = None
    or_more: float | None = None
    more: float | None = None
    under: float | None = None
    faster: float | None = None

    def words(self, unit: str) -> str:
        """Say the goal."""
        parts = [
            self.ratio and f"≤ {self.ratio:g}×",
            self.or_more and f"or + {self.or_more:g} {unit}",
            self.more and f"+ ≤ {self.more:g} {unit}",
            self.under and f"< {self.under:g} {unit}",
            self.faster and f"≥ {self.faster:g}× faster",
        ]
        return ", ".join(part for part in parts if part)

    def met(self, taken: Taken, scale: float) -> bool:
        """Tell whether the middle turns keep to it."""
        ours, other = taken.typical * scale, (taken.other or 0.0) * scale
        more = ours - other
        return all(
            (
                self.ratio is None
                or (taken.ratio or 0.0) <= self.ratio
                or (self.or_more is not None and more <= self.or_more),
                self.more is None or more <= self.more,
                self.under is None or ours <= self.under,
                self.faster is None or (taken.faster or 0.0) >= self.faster,
            )
        )


@dataclass(frozen=True)
class Measure:
    """One row: what is measured, beside what, at which numbers of projects, and what is aimed at.

    ``pair`` opens what both need. ``small`` is the goal at 62 projects where that is another; ``grows`` tells whether
    its growth with the number of projects is held against the other's.
    """

    name: str
    what: str
    beside: str
    pair: Callable[[Folder, int], AbstractContextManager[Pair]]
    goal: Goal
    sizes: tuple[int, ...] = ()
    unit: str = MILLISECONDS
    turns: int = 9
    grows: bool = False
    small: Goal | None = None

    def goal_at(self, size: int) -> Goal:
        """Give the goal at a number of projects."""
        return self.small if self.small and size <= 62 else self.goal


@dataclass(frozen=True)
class Result:
    """What a measure came to at a number of projects; without a ``taken`` it could not be measured, and why."""

    measure: Measure
    size: int
    taken: Taken | None
    trouble: str = ""

    def cells(self) -> list[str]:
        """Give the row of the table."""
        unit, goal = self.measure.unit, self.measure.goal_at(self.size)
        head = [self.measure.what, f"{self.size:,}" if self.size else ""]
        if self.taken is None:
            return [*head, "—", self.measure.beside, "—", goal.words(unit), self.trouble]
        taken, scale = self.taken, SCALES[unit]
        other = "" if taken.other is None else f" {amount(taken.other * scale)}"
        slower = f"; {taken.faster:.1f}× faster than the slower one" if taken.faster is not None else ""
        ratio = f"{taken.ratio:.2f} ({spread(taken.ratios)})" if taken.ratio is not None else ""
        return [
            *head,
            f"{amount(taken.typical * scale)} {unit}",
            f"{self.measure.beside}{other}{f' {unit}' if other else ''}",
            f"{ratio}{slower}",
            goal.words(unit),
            "yes" if goal.met(taken, scale) else "**no**",
        ]


def amount(value: float) -> str:
    """Write a number with three digits that matter."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(values: Sequence[float]) -> str:
    """Give the quartiles of the turns, or the least and the most where there are few."""
    if len(values) < 4:
        return f"{min(values):.2f}–{max(values):.2f}"
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{low:.2f}–{high:.2f}"


HEADS = ("what", "projects", "ours", "beside", "ratio (quartiles)", "goal", "met")


def growth(results: Iterable[Result], small: int, large: int) -> list[list[str]]:
    """Hold each row's growth from one number of projects to another against that of what stands beside it."""
    found = {(one.measure.name, one.size): one for one in results if one.taken and one.taken.beside}
    rows = []
    for (name, size), one in found.items():
        below = found.get((name, small))
        if size != large or below is None or below.taken is None or one.taken is None or not one.measure.grows:
            continue
        ours = one.taken.typical / below.taken.typical
        other = (one.taken.other or 0.0) / (below.taken.other or 1.0)
        steps = f"{small:,} → {large:,}"
        met = "yes" if ours / other <= GROWTH else "**no**"
        beside = f"{one.measure.beside} {other:.1f}×"
        label = f"growth: {one.measure.what}"
        rows.append([label, steps, f"{ours:.1f}×", beside, f"{ours / other:.2f}", f"≤ {GROWTH:g}×", met])
    return rows


def markdown(results: Sequence[Result], small: int, large: int, server: str) -> str:
    """Write the table under a line that names the machine."""
    rows = [list(HEADS), ["---"] * len(HEADS), *(one.cells() for one in results), *growth(results, small, large)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([f"Measured on {machine(server)}.", "", *lines])


def machine(server: str) -> str:
    """Name the machine, and the versions of what does the work."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        f"{_processor()}, {cores} cores",
        _memory(),
        platform.system() + " " + platform.release(),
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        server,
    ]
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (AttributeError, ValueError, OSError):
        return ""
