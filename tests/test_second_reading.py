"""Every cell of tables 3-1 and 3-2 against a second reading of the plan, made without the first."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hgt_portfolio.plan.indicators import PlanIndicator
from hgt_portfolio.plan.load import read_plan
from hgt_portfolio.terms import Catalogue

READINGS = Path(__file__).parent / "second_reading"
CELLS = ("domain", "task", "unit", "standard", "baseline", "verdict", "target_2025", "target_2030", "binding")


@pytest.mark.parametrize(
    ("name", "catalogue", "rows"),
    [("provincial", Catalogue.PROVINCIAL, 32), ("national", Catalogue.NATIONAL, 43)],
)
def test_both_readings_say_the_same(name: str, catalogue: Catalogue, rows: int) -> None:
    lines = [line for line in read_plan().indicators if line.catalogue is catalogue]
    first = {cell: text for line in lines for cell, text in _cells(line).items()}
    with (READINGS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        second = {
            (int(row["number"]), int(row["part"]), row["column"]): _plain(row["text"]) for row in csv.DictReader(file)
        }
    assert len(lines) == rows
    assert first == second


def _cells(line: PlanIndicator) -> dict[tuple[int, int, str], str]:
    found = {column: _plain(getattr(line, column)) for column in CELLS}
    # The second reading keeps a name and its sub-name as one cell; a merged name is printed with its first row only.
    found["name"] = _plain((line.name if line.part < 2 else "") + line.part_name)
    return {(line.number, line.part, column): text for column, text in found.items()}


def _plain(text: str) -> str:
    """Take a cell without line breaks, and a name without the colon before its sub-name."""
    return "".join(text.split()).replace("：", "")
