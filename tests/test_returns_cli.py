"""``hgt returns`` and ``hgt opening`` with workbooks: out, preview, in, conflicts, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.months import month
from tests.conftest import Book
from tests.returning import CUMULATIVE, HOUSING, fill

Run = tuple[int, str, str]


@pytest.fixture
def hgt(book: Book, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Run a command line in this process on the test's ledger; gives exit code, output and errors."""
    monkeypatch.setenv("HGT_DATABASE_URL", book.store.url)
    monkeypatch.setenv("HGT_OPERATOR", "演示员")

    def call(*arguments: str) -> Run:
        code = run([*arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_out_preview_in_and_choose(book: Book, tmp_path: Path, hgt: object) -> None:
    assert callable(hgt)
    folder = tmp_path / "out"
    code, out, _ = hgt("returns", "out", "2024Q3", "--unit", HOUSING, "-o", str(folder))
    path = folder / "进度填报表_区住建局_2024Q3.xlsx"
    assert (code, out) == (0, f"已写出 {path}\n")
    fill(path, {"40": {CUMULATIVE: 90000, "状态": "在建"}, "41": {CUMULATIVE: 1, "状态": "快了"}})
    book.report("40", "2024Q3", "在建", "80000")

    code, out, err = hgt("returns", "in", str(path), "--dry-run")
    assert code == 1
    assert "进度填报表!J6：状态：读到“快了”，应为前期" in out
    assert "台账为“80000.00”（甲 " in out
    assert "新报 0 项，变更 0 项，未变 0 项，冲突 1 项，拒绝 1 项，未填 1 项" in out
    assert "1 处有问题、1 行有冲突" in err

    code, out, err = hgt("returns", "in", str(path), "--all-or-nothing", "--take", "theirs")
    assert (code, "一行也没有收" in err) == (1, True)
    assert book.position("40", "2024Q3").stated == 80_000_000_000

    code, out, err = hgt("returns", "in", str(folder), "--take", "theirs")
    assert code == 1
    assert "已完成：收回填报表 2024Q3，1 项：#40" in out
    assert "收下 1 行；收下各行的自开工累计合计，收前 80,000.00 万元" in out
    assert "收后 90,000.00 万元（1 行有数）" in out
    assert "其余 1 行已收下" in err
    assert book.position("40", "2024Q3").stated == 90_000_000_000


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("returns", "out"), 2, "请写明发哪个季度"),
        (("returns", "out", "2024-11"), 1, "不是季末"),
        (("returns", "in"), 2, "请写明要收回的文件：hgt returns in"),
        (("returns", "in", "没有.xlsx"), 1, "1 处有问题"),
        (("returns", "in", "a.xlsx", "--take", "mine"), 2, "theirs、ours"),
        (("returns", "back"), 2, "没有“back”"),
        (("opening", "in"), 2, "请写明要收回的文件：hgt opening in"),
    ],
)
def test_what_is_asked_wrongly_is_said(hgt: object, arguments: tuple[str, ...], code: int, words: str) -> None:
    assert callable(hgt)
    given, _, err = hgt(*arguments)
    assert (given, words in err) == (code, True), err


def test_a_closed_quarter_is_neither_sent_nor_taken(book: Book, tmp_path: Path, hgt: object) -> None:
    assert callable(hgt)
    hgt("returns", "out", "2024Q3", "--unit", HOUSING, "-o", str(tmp_path))
    path = fill(tmp_path / "进度填报表_区住建局_2024Q3.xlsx", {"40": {"状态": "在建", CUMULATIVE: 5}})
    book.ledger.close(month(2024, 9))
    code, out, _ = hgt("returns", "in", str(path))
    assert (code, "2024Q3 已定稿，不再发出或收回进度填报表" in out) == (1, True)
    code, _, err = hgt("returns", "out", "2024Q3", "-o", str(tmp_path))
    assert (code, "已定稿" in err) == (1, True)
