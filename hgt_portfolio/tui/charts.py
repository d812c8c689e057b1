"""Curves by quarter, drawn in the terminal with letters alone, so that no terminal for Chinese can shear them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from hgt_portfolio.money import rounded
from hgt_portfolio.tui import wording

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot

MARKERS = ".#+*"
"""How the lines are drawn, in their order: told apart without colours."""

TODAY = "|"
GROUND = "-"
PLAIN = "default"
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10), Decimal(20))
FEWEST_LINES = 2
LEAST_APART, MOST_APART = 2, 4
"""How many lines lie between two of the numbers at the side."""
TICK_WIDTH = 7


@dataclass(frozen=True)
class Line:
    """A line of a chart: its name, its value at each tick (None where unknown), and its colour (blue, green ..)."""

    label: str
    values: Sequence[Decimal | None]
    style: str


class Curve(Vertical):
    """A chart of lines over quarters, its legend above in words with each line's value at the present quarter.

    A ``brief`` one, whose values stand beside it, names the lines alone.
    """

    def __init__(self, *, id: str | None = None, brief: bool = False) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes="curve")
        self._brief = brief
        self._ticks: Sequence[str] = ()
        self._lines: Sequence[Line] = ()
        self._mark: int | None = None
        self._plot: PlotextPlot | None = None

    def compose(self) -> ComposeResult:
        """Lay out the legend; the plot itself is made when there is something to draw."""
        yield Static(classes="legend")

    def draw(self, ticks: Sequence[str], lines: Sequence[Line], *, unit: str, mark: int | None) -> None:
        """Draw lines over the ticks, the present quarter at index ``mark``; values are in ``unit``."""
        # Loaded with the first chart, so that the first rows of the program do not wait for it.
        from textual_plotext import PlotextPlot

        self._ticks, self._lines, self._mark = ticks, lines, mark
        self.query_one(".legend", Static).update(self._legend(unit))
        if self._plot is None:
            self._plot = PlotextPlot()
            self._plot.theme = "clear"
            self.mount(self._plot)
        self.call_after_refresh(self._trace)

    def on_resize(self) -> None:
        """Draw anew for the new size, which decides how many ticks there are."""
        self._trace()

    def _legend(self, unit: str) -> Text:
        parts = []
        for marker, line in zip(MARKERS, self._lines, strict=False):
            at = self._mark if self._mark is not None else len(line.values) - 1
            value = line.values[at] if 0 <= at < len(line.values) else None
            said = "" if self._brief else f" {wording.UNKNOWN if value is None else f'{rounded(value, 2):,}'}"
            parts.append(Text.assemble((f"{marker * 3} {wording.cell(line.label).plain}", line.style), said))
        if self._mark is not None:
            parts.append(Text(f"{TODAY} {self._ticks[self._mark]}"))
        return Text.assemble(Text("  ").join(parts), f"  单位：{unit}")

    def _trace(self) -> None:
        """Plot the ground, the present quarter and the lines over them; the later drawn lies above."""
        widget, known = self._plot, [value for line in self._lines for value in line.values if value is not None]
        if widget is None or not known:
            return
        plot, last = widget.plt, len(self._ticks) - 1
        steps, top = _steps(known, max(widget.size.height - 2, FEWEST_LINES))
        plot.clear_figure()
        plot.frame(frame=False)
        plot.xlim(0, max(last, 1))
        plot.ylim(float(steps[0]), float(top))
        plot.yticks([float(step) for step in steps], [f"{step:,f} " for step in steps])
        every = max(-(-len(self._ticks) * TICK_WIDTH // max(self.size.width - TICK_WIDTH, 1)), 1)
        plot.xticks(list(range(0, last + 1, every)), list(self._ticks[::every]))
        plot.plot([0, max(last, 1)], [0, 0], marker=GROUND, color=PLAIN)
        if self._mark is not None:
            plot.plot([self._mark, self._mark], [float(steps[0]), float(top)], marker=TODAY, color=PLAIN)
        for marker, line in zip(MARKERS, self._lines, strict=False):
            for first, values in _stretches(line.values):
                plot.plot(list(range(first, first + len(values))), values, marker=marker, color=line.style)
        widget.refresh()


def _stretches(values: Sequence[Decimal | None]) -> list[tuple[int, list[float]]]:
    """Give the runs of known values, each with the index of its first; float is precise enough for a place."""
    runs: list[tuple[int, list[float]]] = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if runs and runs[-1][0] + len(runs[-1][1]) == index:
            runs[-1][1].append(float(value))
        else:
            runs.append((index, [float(value)]))
    return runs


def _steps(values: Sequence[Decimal], lines: int) -> tuple[list[Decimal], Decimal]:
    """Give round numbers, each the same whole count of lines above the one below, and the value of the top line.

    They begin at nought or below; of the ways to part the lines that one is taken that leaves least room above the
    greatest value. ``lines`` is how many there are above the lowest.
    """
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    ways = []
    for apart in range(min(LEAST_APART, lines // 2), min(MOST_APART, lines) + 1):
        rough = (high - low or Decimal(1)) * apart / lines
        for size in STEPS:
            step = Decimal(1).scaleb(rough.adjusted()) * size
            first = floor(low / step)
            top = step * first + step * lines / apart
            if top >= high:
                ways.append((top - step * first, [step * (first + place) for place in range(lines // apart + 1)], top))
                break
    _, steps, top = min(ways, key=lambda way: way[0])
    return steps, top
