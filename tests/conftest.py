"""A ledger with the plan loaded, copied afresh for every test; nothing here reads the machine's clock."""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, event

import hgt_portfolio
from hgt_portfolio.figures import Figures, Point, Position, layers, prepared
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger import Outcome as Outcome
from hgt_portfolio.model.inputs import AmendInput, Changes, ReportInput
from hgt_portfolio.months import read_period
from hgt_portfolio.plan import read_plan
from hgt_portfolio.rules.point import OFFICE_TIME, moment_text
from hgt_portfolio.store import Store, created, founded
from tests.postgres import Server, name_of, running
from tests.raw import raw
from tests.sample import make_sample
from tests.sample_plan import EVALUATED, file_plan_systems

# Hypothesis draws the constants of every module loaded by then: load all, so that each run draws the same.
for found in pkgutil.walk_packages(hgt_portfolio.__path__, "hgt_portfolio."):
    if "migrations" not in found.name:
        importlib.import_module(found.name)

# What is loaded stays loaded: the collector need not look through it, nor come by at every few hundred objects.
gc.freeze()
gc.set_threshold(100_000, 20, 20)

MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # noqa: S108 - where Linux keeps files in memory
if "TMPDIR" not in os.environ and MEMORY.is_dir():
    found_room = os.statvfs(MEMORY)
    if found_room.f_bavail * found_room.f_frsize > ROOM and not found_room.f_flag & os.ST_NOEXEC:
        # A database copied for a test is three hundred small files: on a disk that takes ten times as long.
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

TODAY = date(2026, 11, 24)
"""The day on which every test runs, unless it is parametrised with another ``today``."""

LOADED = date(2024, 2, 18)
"""The day on which the plan was loaded into the template."""


class Clock:
    """Microseconds since 1970, one second later at every reading; ``set`` moves it to 09:00 of a day."""

    def __init__(self, day: date) -> None:
        self.now = 0
        self.set(day)

    def set(self, day: date) -> None:
        self.now = int(datetime.combine(day, time(9), OFFICE_TIME).timestamp()) * 1_000_000

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


@dataclass
class Book:
    """A ledger in a file or a database of its own, with both of its doors; ``ledger`` acts as 甲.

    ``path`` is the file's; of a database, a path in a folder of the test's own, where there is no file.
    """

    path: Path
    store: Store
    figures: Figures
    ledger: Ledger
    clock: Clock
    today: date

    def as_operator(self, name: str) -> Ledger:
        """Give the writing door in another operator's name, on the same clock."""
        return Ledger(self.store, name, today=self.today, clock=self.clock)

    def on(self, day: date) -> Ledger:
        """Move the clock to another day and give 甲's writing door of that day."""
        self.clock.set(day)
        return Ledger(self.store, "甲", today=day, clock=self.clock)

    def point(self, as_of: str | date | None = None, known_at: str | None = None) -> Point:
        return self.figures.point(as_of, known_at)

    def position(
        self, no: str, as_of: str | date | None = None, known_at: str | None = None, rules: str | None = None
    ) -> Position:
        return self.figures.position(self.point(as_of, known_at), no, rules=rules)

    def report(self, no: str, period: str, status: str, amount: str | None = None, **more: Any) -> Outcome:
        """File a report: the period as ``2024Q3``, the amount in 万元."""
        fen = None if amount is None else int(Decimal(amount) * 1_000_000)
        values = {"no": no, "period": read_period(period), "status": status, "cumulative_fen": fen} | more
        return self.ledger.report(ReportInput(**values))

    def amend(self, no: str, effective: date, doc: str | None = "红重办〔2024〕9号", **changes: Any) -> Outcome:
        return self.ledger.amend(
            AmendInput(no=no, changes=Changes(**changes), reason="现场条件变化", doc=doc, effective=effective)
        )

    def put(self, table: str, no: str, **values: Any) -> None:
        """Write a row around the ledger: quicker, and free to say what no filing may."""
        row = {"project_id": int(no), "action_id": 1, "recorded_at": self.clock()} | values
        if table == "report":
            row.setdefault("filed_at", row["recorded_at"])
        with raw(self.store.url) as database:
            database.insert(table, row)

    def facts(self, no: str, **changes: Any) -> None:
        """Write a project's facts anew, from the beginning on, with some of them changed."""
        with raw(self.store.url) as database:
            newest = "SELECT * FROM project_version WHERE project_id = ? ORDER BY id DESC LIMIT 1"
            (row,) = database.rows(newest, [int(no)])
        del row["id"], row["project_id"]
        self.put("project_version", no, **row | {"recorded_at": self.clock()} | changes)

    def known_now(self) -> str:
        """Give the moment of the newest action as text for ``known_at``."""
        return moment_text(self.figures.last_action())


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, and the log beside them, in a folder of the tests: never those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HGT_SETTINGS", str(tmp_path_factory.mktemp("office") / "settings.toml"))
        yield


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make a file that the tests only read or copy: once a run, by the first worker that asks for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made"
    folder.mkdir(exist_ok=True)
    path = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(folder / f"{name}.new")
            (folder / f"{name}.new").rename(path)
    return path


def load_template(path: Path) -> None:
    with created(path) as store:
        Ledger(store, "甲", today=LOADED, clock=Clock(LOADED)).load(read_plan())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file holding nothing but the plan."""
    return made_once(tmp_path_factory, "portfolio.db", load_template)


@pytest.fixture
def today() -> date:
    """The day of the test: parametrise ``today`` to run on another."""
    return TODAY


def hasten(connection: Any, _record: object) -> None:
    """Leave out the waiting for the disk, which no test is about."""
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(autouse=True)
def compiled_anew() -> None:
    """Forget the selects of the tests before where rules are mutated: each test is to make them of the rules anew."""
    if os.environ.get("MUTANT_UNDER_TEST"):
        prepared._made.cache_clear()
        layers._stack.cache_clear()
        COMPILED.clear()


DIALECTS: dict[str, Dialect] = {}
COMPILED: dict[Any, Any] = {}
"""Selects compiled for one test's engine serve the next: they are long, and the dialect is the same."""


def open_book(path: Path, today: date, url: str | None = None) -> Book:
    """Open a ledger file on a day, or the database of a URL."""
    store, clock = Store(url or f"sqlite:///{path}"), Clock(today)
    if store.path is not None:
        event.listen(store.engine, "connect", hasten)
    if store.engine.dialect.name not in DIALECTS:
        DIALECTS[store.engine.dialect.name] = store.engine.dialect
        # A dialect learns what the server can do at its own engine's first connection.
        store.engine.connect().close()
    store.engine.dialect = DIALECTS[store.engine.dialect.name]
    store.engine = store.engine.execution_options(compiled_cache=COMPILED)
    ledger = Ledger(store, "甲", today=today, clock=clock)
    return Book(path, store, Figures(store, today=today), ledger, clock, today)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for all tests of this process."""
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def template_url(server: Server) -> str:
    """A database holding nothing but the plan; nobody is connected to it."""
    url = server.create()
    with founded(url) as store:
        Ledger(store, "甲", today=LOADED, clock=Clock(LOADED)).load(read_plan())
    return url


@pytest.fixture
def engine() -> str:
    """The engine of the test's ledger: the modules of ``BOTH_ENGINES`` run on each."""
    return "sqlite"


@pytest.fixture
def book(engine: str, request: pytest.FixtureRequest, tmp_path: Path, today: date) -> Iterator[Book]:
    """A fresh copy of the loaded ledger, open on ``today``."""
    path, copy = tmp_path / "portfolio.db", ""
    if engine == "sqlite":
        shutil.copy2(request.getfixturevalue("template"), path)
    else:
        server: Server = request.getfixturevalue("server")
        copy = server.create(name_of(request.getfixturevalue("template_url")))
    opened = open_book(path, today, copy)
    yield opened
    opened.store.close()
    if copy:
        server.drop(copy)


@pytest.fixture
def fresh(engine: str, request: pytest.FixtureRequest) -> Book:
    """The loaded ledger for tests that only read it: shared, so never write to it."""
    opened: Book = request.getfixturevalue(f"fresh_{engine}")
    return opened


@pytest.fixture(scope="session")
def fresh_sqlite(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The shared ledger in a file."""
    path = Path(shutil.copy2(template, tmp_path_factory.mktemp("fresh") / "portfolio.db"))
    opened = open_book(path, TODAY)
    yield opened
    opened.store.close()


@pytest.fixture(scope="session")
def fresh_postgresql(server: Server, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The shared ledger in a database."""
    url = server.create(name_of(template_url))
    opened = open_book(tmp_path_factory.mktemp("fresh") / "portfolio.db", TODAY, url)
    yield opened
    opened.store.close()


ENGINES = ("sqlite", "postgresql")

BOTH_ENGINES = {
    *("amend", "audit", "board", "bulk", "changing", "checks", "closing", "conflicts", "diff", "figures", "ledger"),
    *("milestones", "people", "queue", "returns", "returns_cli", "returns_order", "supervision"),
}
"""The modules whose tests of a ledger run on SQLite and on PostgreSQL alike."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a ledger on both engines."""
    module = metafunc.module.__name__.rpartition(".")[2].removeprefix("test_")
    if module in BOTH_ENGINES and "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file holding the sample, to be copied."""
    return made_once(tmp_path_factory, "演示.db", make_sample)


@pytest.fixture(scope="session")
def sampled(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The sample ledger on 2024-10-20, for tests that only read it."""
    opened = open_book(Path(shutil.copy2(sample_file, tmp_path_factory.mktemp("sample"))), date(2024, 10, 20))
    yield opened
    opened.store.close()


@pytest.fixture(scope="session")
def sample(sampled: Book) -> Figures:
    """The figures of the sample ledger."""
    return sampled.figures


def make_evaluated(path: Path) -> None:
    make_sample(path)
    file_plan_systems(path)


@pytest.fixture(scope="session")
def evaluated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file holding the sample with indicators and funds, to be copied."""
    return made_once(tmp_path_factory, "演示评估.db", make_evaluated)


@pytest.fixture(scope="session")
def evaluated(evaluated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    """The figures of the sample with indicators and funds on 2025-03-01, for tests that only read them."""
    opened = open_book(Path(shutil.copy2(evaluated_file, tmp_path_factory.mktemp("evaluated"))), EVALUATED)
    yield opened.figures
    opened.store.close()
