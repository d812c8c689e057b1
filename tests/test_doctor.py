"""``hgt doctor``: what a maintainer asks for first, and nothing that is not theirs to know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hgt_portfolio import __version__
from hgt_portfolio.cli import run
from hgt_portfolio.store import HEAD
from tests.conftest import Book


def told(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], str]:
    assert run(["doctor", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {(row["part"], row["what"]): row["value"] for row in rows}


def test_it_describes_the_machine_and_the_ledger(
    book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HGT_DATABASE_URL", str(book.path))
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("TERM", "xterm-演示")
    before = book.path.read_bytes()
    found = told(capsys)
    assert found["程序", "hgt_portfolio"] == __version__
    assert found["数据库", "引擎"].startswith("sqlite 3.")
    assert (found["数据库", "结构版本"], found["数据库", "权限"]) == (HEAD, "可写")
    assert found["路径", "设置"] == f"{tmp_path / 'settings.toml'}（还没有）"
    assert found["终端", "TERM"] == "xterm-演示"
    assert book.path.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("没有.db", "还没有这个文件"),
        ("不是.db", "不是本程序的台账"),
        ("postgresql+psycopg://hgt:secret@127.0.0.1:1/hgt", "连不上"),
    ],
)
def test_a_ledger_that_cannot_be_opened_is_said(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "不是.db").write_bytes(b"no ledger" * 100)
    monkeypatch.setenv("HGT_DATABASE_URL", address if "://" in address else str(tmp_path / address))
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    found = told(capsys)
    assert words in found["数据库", "状态"]
    assert "secret" not in str(found)
