"""The palette finds commands by what officials call them, and says in Chinese where there is none."""

from __future__ import annotations

import pytest
from textual.command import CommandList

from tests.conftest import Book
from tests.tui import app_for, keys, settle


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("延期", "调整"),
        ("文号", "调整"),
        ("对账", "导出"),
        ("来源", "项目"),
        ("核对", "核实"),
        ("导入", "收回填报"),
        ("汇总表", "导出"),
        ("核验销号", "核验销号  ^K  在督办、督办事项可用"),
        ("没有的", "没有找到这样的命令"),
    ],
)
async def test_commands_are_found_by_what_they_are_called(fresh: Book, typed: str, first: str) -> None:
    app = app_for(fresh)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+p", f"={typed}")
        told = [str(option.prompt) for option in app.screen.query_one(CommandList).options]
        assert any(first in one for one in told), told
        assert "No matches" not in "".join(told)
