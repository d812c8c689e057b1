"""How the engine goes about the statements behind the figures: by the indexes, never through a ledger table whole."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from hgt_portfolio.figures import By, Figures, Filter, Order
from hgt_portfolio.terms import Light

FILED = {"report", "project_version", "year_plan", "verification", "light_override", "send_back", "action"}
"""Tables that grow with every filing."""

Reading = Callable[[Figures], object]
READINGS: dict[str, Reading] = {
    "positions": lambda figures: figures.positions(figures.point()),
    "a page": lambda figures: figures.positions(figures.point(), limit=20, offset=20),
    "a sorted page": lambda figures: figures.positions(
        figures.point(), order=(Order("ytd", descending=True),), limit=20
    ),
    "a light": lambda figures: figures.positions(figures.point(), Filter(light=Light.RED), limit=20),
    "one project": lambda figures: figures.position(figures.point(), "9"),
    "the numbers": lambda figures: figures.numbers(figures.point()),
    "a count": lambda figures: figures.count(figures.point()),
    "totals": lambda figures: figures.totals(figures.point()),
    "totals of units": lambda figures: figures.groups(figures.point(), By.UNIT),
    "one by one": lambda figures: list(figures.each(figures.point())),
    "the near of a search": lambda figures: figures.positions(figures.point(), Filter(text="工程"), limit=5),
}


@pytest.mark.parametrize("name", READINGS)
def test_no_reading_goes_through_a_ledger_table_whole(sample: Figures, name: str) -> None:
    """Only ``project`` is read from end to end; all else is looked up."""
    said: list[str] = []
    with sample.store.read() as session:
        session.connection().connection.driver_connection.set_trace_callback(said.append)  # type: ignore[union-attr]
    READINGS[name](sample)
    with sample.store.read() as session:
        session.connection().connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    selects = [one for one in said if (one.startswith("SELECT") and " report" in one) or "project_version" in one]
    assert selects
    with closing(sqlite3.connect(str(sample.store.path))) as database:
        for one in selects:
            for row in database.execute(f"EXPLAIN QUERY PLAN {one}"):
                scanned = re.match(r"SCAN (\w+?)(_\d+)?\b(?! USING (COVERING )?INDEX)", row[3])
                assert not (scanned and scanned[1] in FILED), row[3]
