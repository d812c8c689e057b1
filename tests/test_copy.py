"""A ledger moved to another engine and back: the same rows, the same chain, the same figures."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import copying
from hgt_portfolio.ledger.copying import copy_ledger, ledger_columns
from hgt_portfolio.store import Store, StoreError
from tests.postgres import Server, name_of
from tests.raw import raw

DAY = date(2024, 10, 20)


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The address of an empty database."""
    url = server.create()
    yield url
    server.drop(url)


def silent(_step: str, _done: int, _of: int) -> None:
    pass


def figures_of(url: str) -> tuple[object, ...]:
    store = Store(url)
    figures = Figures(store, today=DAY)
    point = figures.point("2024Q3")
    entries = [(entry.id, entry.at, entry.hash) for entry in figures.entries(point, limit=10_000)]
    found = figures.positions(point), figures.totals(point), figures.queue(point), figures.chain_head(point), entries
    store.close()
    return found


def test_a_ledger_goes_to_a_server_and_back(sample: Figures, empty: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    counts = copy_ledger(sample.store, empty, lambda _, finished, of: told.append((finished, of)))
    assert list(counts) != sorted(counts), "parents first"
    assert sorted(counts) == sorted(ledger_columns())
    assert (counts["project"], counts["action"] > 100) == (62, True)
    assert told[0] == (0, len(counts) + 1)
    assert told[-1] == (len(counts) + 1, len(counts) + 1)
    back = f"sqlite:///{tmp_path / '回来.db'}"
    store = Store(empty)
    assert copy_ledger(store, back, silent) == counts
    store.close()
    with raw(sample.store.url) as before, raw(back) as after:
        assert before.state() == after.state()
    assert figures_of(sample.store.url) == figures_of(empty) == figures_of(back)


def test_the_target_must_be_empty(sample: Figures, empty: str, tmp_path: Path) -> None:
    taken = tmp_path / "已有.db"
    taken.write_bytes(b"kept")
    with pytest.raises(StoreError, match="已经存在，没有改动它"):
        copy_ledger(sample.store, f"sqlite:///{taken}", silent)
    assert taken.read_bytes() == b"kept"
    copy_ledger(sample.store, empty, silent)
    with pytest.raises(StoreError, match="里已经有台账，没有改动它"):
        copy_ledger(sample.store, empty, silent)


def tables_of(server: Server, url: str) -> list[tuple[object, ...]]:
    return server.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name_of(url))


def test_what_arrives_changed_is_not_kept(
    sample: Figures, empty: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = copying._sent

    def spoiling(ours: object, theirs: object, table: object) -> str:
        digest = sent(ours, theirs, table)  # type: ignore[arg-type]
        return "0" * 64 if str(table) == "report" else digest

    monkeypatch.setattr(copying, "_sent", spoiling)
    with pytest.raises(StoreError, match="report 表与原来的不一致，所以没有留下复制的内容"):
        copy_ledger(sample.store, empty, silent)
    assert tables_of(server, empty) == []


def test_a_broken_chain_is_not_handed_on(sample: Figures, empty: str, server: Server, tmp_path: Path) -> None:
    assert sample.store.path is not None
    spoilt = tmp_path / "改过.db"
    spoilt.write_bytes(sample.store.path.read_bytes())
    url = f"sqlite:///{spoilt}"
    with raw(url) as database:
        database.unguard()
        database.execute("UPDATE report SET cumulative_fen = 7 WHERE id = 20")
    store = Store(url)
    with pytest.raises(StoreError, match=r"操作链从操作 \d+ 起对不上，所以没有留下复制的内容"):
        copy_ledger(store, empty, silent)
    store.close()
    assert tables_of(server, empty) == []


# The library leaves the cursor of a lost connection to the collector, which says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_lost_on_the_way_leaves_nothing(
    sample: Figures, empty: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = copying._digest

    def losing(session: object, table: object) -> tuple[int, str]:
        if str(table) == "report":
            where = f"datname = '{name_of(empty)}'"
            server.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {where}")
        return original(session, table)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_digest", losing)
    with pytest.raises(StoreError, match="连接中断"):
        copy_ledger(sample.store, empty, silent)
    gc.collect()
    assert tables_of(server, empty) == []


def test_the_command(
    sample: Figures, empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    secret = empty.replace("hgt_owner@", "hgt_owner:s3cret@")
    assert run(["--db", str(sample.store.path), "copy", "--to", secret]) == 0
    said = capsys.readouterr().out
    assert "逐表核对相符" in said and "操作链完整" in said and "s3cret" not in said
    assert run(["--db", str(sample.store.path), "copy", "--to", secret]) == 1
    assert "里已经有台账" in (problem := capsys.readouterr().err) and "s3cret" not in problem
    assert run(["grants"]) == 0
    script = capsys.readouterr().out
    assert "GRANT UPDATE (revoked_at, revoked_by) ON report TO hgt_office;" in script
    assert "GRANT UPDATE (revoked_at, revoked_by) ON action " not in script
