"""What the plan sets beside its projects: indicators, tasks, commitments; and where it does not agree with itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from hgt_portfolio.plan.records import records
from hgt_portfolio.terms import CATALOGUE_PREFIXES, Attainment, Catalogue

Built = TypeVar("Built")
TABLES = {Catalogue.PROVINCIAL: "表3-1", Catalogue.NATIONAL: "表3-2"}


@dataclass(frozen=True)
class PlanIndicator:
    """One measured line as printed: a cell that is blank, or merged with the one above, is empty."""

    catalogue: Catalogue
    code: str
    number: int
    part: int
    domain: str
    task: str
    name: str
    part_name: str
    unit: str
    standard: str
    baseline: str
    verdict: str
    target_2025: str
    target_2030: str
    binding: str
    note: str
    place: str
    quote: str = ""
    indicators: str = ""
    projects: str = ""
    units: str = ""


@dataclass(frozen=True)
class Measure:
    """One measure of chapter 4: its system, its task in it, its lead sentence, and the whole text."""

    system: int
    system_name: str
    task: int
    task_name: str
    measure: int
    measure_name: str
    text: str

    @property
    def code(self) -> str:
        """The measure's place in the tree: system.task.measure."""
        return f"{self.system}.{self.task}.{self.measure}"


@dataclass(frozen=True)
class Inconsistency:
    """Where the plan does not agree with itself: the place and its words, what stands against them, what we do."""

    code: str
    place: str
    said: str
    against: str
    ours: str


@dataclass(frozen=True)
class Reach:
    """An indicator that 可达性分析 lists as 达标."""

    catalogue: Catalogue
    domain: str
    name: str
    number: int


def code_of(catalogue: Catalogue, number: int, part: int) -> str:
    """Give a line's code: 省-9, 国-8.2."""
    return f"{CATALOGUE_PREFIXES[catalogue]}-{number}{f'.{part}' if part else ''}"


def _indicator(record: dict[str, str]) -> PlanIndicator:
    catalogue, number, part = Catalogue(record["set"]), int(record["number"]), int(record["part"])
    if record["verdict"]:
        Attainment(record["verdict"])
    cells = {name: cell for name, cell in record.items() if name not in ("set", "number", "part")}
    place = f"{TABLES[catalogue]}第{number}项"
    return PlanIndicator(catalogue, code_of(catalogue, number, part), number, part, **cells, place=place)


def _commitment(record: dict[str, str], measures: dict[str, Measure]) -> PlanIndicator:
    number = int(record["code"].removeprefix("C"))
    measure = measures.get(record["task"])
    if record["task"] and measure is None:
        raise ValueError(f"没有编号为 {record['task']} 的措施")
    cells = {
        name: record[name]
        for name in (
            "name",
            "unit",
            "standard",
            "target_2025",
            "target_2030",
            "quote",
            "indicators",
            "projects",
            "units",
        )
    }
    numerals = "一二三四五六"
    return PlanIndicator(
        catalogue=Catalogue.COMMITMENT,
        code=code_of(Catalogue.COMMITMENT, number, 0),
        number=number,
        part=0,
        domain=measure.system_name if measure else "",
        task=f"{measure.code} {measure.task_name}" if measure else "",
        part_name="",
        baseline="",
        verdict="",
        binding="",
        note="",
        place=f"第四章（{numerals[measure.system - 1]}）{measure.task}" if measure else "第四章以外",
        **cells,
    )


def _measure(record: dict[str, str]) -> Measure:
    system, task, measure = (int(record[name]) for name in ("system", "task", "measure"))
    return Measure(
        *(system, record["system_name"]),
        *(task, record["task_name"]),
        *(measure, record["measure_name"]),
        text=record["text"],
    )


def _inconsistency(record: dict[str, str]) -> Inconsistency:
    return Inconsistency(**record)


def _reach(record: dict[str, str]) -> Reach:
    return Reach(Catalogue(record["set"]), record["domain"], record["name"], int(record["number"]))


def _shipped(name: str, build: Callable[[dict[str, str]], Built]) -> tuple[Built, ...]:
    return records(files("hgt_portfolio.plan").joinpath(name), build)


@cache
def read_measures() -> tuple[Measure, ...]:
    """Read chapter 4 as a tree: its six systems, their numbered tasks, and the measures under each."""
    return _shipped("tasks.csv", _measure)


@cache
def read_inconsistencies() -> tuple[Inconsistency, ...]:
    """Read where the plan does not agree with itself, and what we do about it."""
    return _shipped("inconsistencies.csv", _inconsistency)


@cache
def read_reach() -> tuple[Reach, ...]:
    """Read the indicators that the plan's 可达性分析 names as 达标."""
    return _shipped("verdicts.csv", _reach)


def read_indicators(folder: Traversable) -> tuple[PlanIndicator, ...]:
    """Read a plan's indicators and commitments from its folder: none where it has no ``indicators.csv``.

    Raises ``ValueError`` naming the file and the line at fault.
    """
    if not folder.joinpath("indicators.csv").is_file():
        return ()
    lines = records(folder.joinpath("indicators.csv"), _indicator)
    promised = folder.joinpath("promises.csv")
    if not promised.is_file():
        return lines
    tasks = folder.joinpath("tasks.csv")
    measures = {one.code: one for one in records(tasks, _measure)} if tasks.is_file() else {}
    return (*lines, *records(promised, lambda record: _commitment(record, measures)))
