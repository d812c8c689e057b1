"""Whatever a settings file says, or an address of a database, is used or refused in a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgt_portfolio.settings import SettingsError, read_settings, write_settings
from hgt_portfolio.store import Store, StoreError


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "不是有效的 TOML"),
        (b"a =", "不是有效的 TOML"),
        (b"\0", "不是有效的 TOML"),
        (b"a = " + b"[" * 100_000, "不是有效的 TOML"),
        (b"nope = 1", "不认识的项 nope"),
        (b"operator = 3", "operator 应为 str"),
        (b"[operator]\na = 1", "operator 应为 str"),
        (b'toured = "yes"', "toured 应为 bool"),
        (b"page = true", "page 应为 int"),
        (b"page = 0", "page 的内容"),
        (b"page = 99999999999999999999", "page 的内容"),
        (b"columns = [1]", "columns 的内容"),
        (b"keys = {report = 3}", "keys 的内容"),
        (b"filters = {a = 3}", "filters 的内容"),
    ],
)
def test_a_setting_that_will_not_do_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=words) as refused:
        read_settings(path)
    assert str(refused.value).endswith("。")
    assert len(str(refused.value)) < 400 + len(str(path))


def test_a_mark_that_an_editor_put_before_it_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes("\ufeffpage = 100\n".encode())
    assert read_settings(path).page == 100
    assert write_settings(path, {"operator": "演示某"}).operator == "演示某"


@pytest.mark.parametrize(
    "url",
    [
        *("://", "sqlite://", "mysql://a:geheim@c/d", "postgresql+psycopg://u:geheim@[::1", "file:///tmp/a.db"),
        *("postgresql+psycopg://u:geheim@h:abc/x", "postgresql+asyncpg://u:geheim@x/y", "http://example.invalid", ""),
    ],
)
def test_an_address_that_means_nothing_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store(url)
    assert "geheim" not in str(refused.value)
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize("name", ["", "无/a.db", "a\x1b[31m.db", "字" * 300, "x" * 5000])
def test_a_path_where_no_ledger_is_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises((StoreError, OSError)), Store(f"sqlite:///{tmp_path / name}").read():
        pass
