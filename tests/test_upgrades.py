"""Ledgers that earlier programs left: each is brought to the newest schema whole, or stays as it was."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.store import HEAD, Store, StoreError
from tests.test_store import described

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db.xz"))
"""The sample ledger as the last program of each schema wrote it."""

REVISIONS = [path.name.removesuffix(".db.xz") for path in RELEASED]


def released(revision: str, folder: Path) -> Path:
    """Lay out the ledger of a schema in a folder."""
    source = next(path for path in RELEASED if path.name.startswith(revision))
    target = folder / f"旧{revision}.db"
    target.write_bytes(lzma.decompress(source.read_bytes()))
    return target


def test_every_released_schema_is_kept() -> None:
    assert [f"{number:04}" for number in range(1, int(HEAD))] == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_old_ledger_is_migrated_with_the_same_figures(sample: Figures, tmp_path: Path, revision: str) -> None:
    old = released(revision, tmp_path)
    store = Store(f"sqlite:///{old}")
    figures = Figures(store, today=sample.today)
    for as_of in ("2024Q1", "2024Q3", date(2024, 10, 20)):
        point = figures.point(as_of)
        assert point == sample.point(as_of)
        assert figures.positions(point) == sample.positions(point)
        assert figures.totals(point) == sample.totals(point)
        assert figures.queue(point) == sample.queue(point)
    said = [(entry.at, entry.title) for entry in figures.entries(point, limit=10_000)]
    assert said == [(entry.at, entry.title) for entry in sample.entries(point, limit=10_000)]
    assert sample.store.path is not None
    assert described(old) == described(sample.store.path)
    with closing(sqlite3.connect(old)) as raw, closing(sqlite3.connect(sample.store.path)) as present:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        assert raw.execute(triggers).fetchall() == present.execute(triggers).fetchall()
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    with store.read() as session:
        assert broken_link(session) is None
    ledger = Ledger(store, "乙", today=sample.today)
    ledger.report(ReportInput(no="9", period=month(2024, 9), status="在建", cumulative_fen=1, reason="更正"))
    with store.read() as session:
        assert broken_link(session) is None
    store.close()


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = released("0001", tmp_path)
    before = old.read_bytes()

    def failing(table: str) -> None:
        raise RuntimeError(table)

    monkeypatch.setattr("hgt_portfolio.store.migrations.insert_only.guard_revocable", failing)
    store = Store(f"sqlite:///{old}")
    with pytest.raises(RuntimeError, match="conflict"), store.read():
        pass
    store.close()
    assert old.read_bytes() == before
    monkeypatch.undo()
    store = Store(f"sqlite:///{old}")
    figures = Figures(store, today=date(2024, 10, 20))
    assert figures.totals(figures.point()).count == 62
    store.close()


def test_an_old_ledger_is_not_migrated_when_only_read(tmp_path: Path) -> None:
    old = released("0002", tmp_path)
    before = old.read_bytes()
    store = Store(f"sqlite:///{old}", read_only=True)
    with pytest.raises(StoreError, match="先不加 --read-only 打开一次"), store.read():
        pass
    assert old.read_bytes() == before
