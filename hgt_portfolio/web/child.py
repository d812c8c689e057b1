"""One tab's ``hgt``: a process of its own that speaks through the tab's WebSocket."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from textual_serve.app_service import AppService

PATIENCE = 5
"""Seconds that the process has to end by itself."""

LARGEST = (500, 200)
"""Columns and rows that a tab may ask for."""


class Child(AppService):
    """The process: started without a shell, of a bounded size, and ended for certain."""

    def __init__(self, line: Sequence[str], **given: Any) -> None:
        super().__init__(line[0], **given)
        self.line = line

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        driver = "hgt_portfolio.tui.browser:BrowserDriver"
        return super()._build_environment(width, height) | {"TEXTUAL_DRIVER": driver, "PYTHONUTF8": "1"}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(*_bounded(width, height))
        process = await asyncio.create_subprocess_exec(
            *self.line, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
        )
        self._process, self._stdin = process, process.stdin
        return process

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Tell the process how large the tab is now, in cells."""
        await super().set_terminal_size(*_bounded(width, height))

    async def run(self) -> None:
        """Carry what the process writes to the tab; close the tab's connection when the process ends."""
        await super().run()
        await self.remote_close()

    async def stop(self) -> None:
        """Ask the process to end, and end it where it does not."""
        process = self._process
        if process is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await super().stop()
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


def _bounded(width: int, height: int) -> tuple[int, int]:
    return tuple(max(1, min(given, most)) for given, most in zip((width, height), LARGEST, strict=True))  # type: ignore[return-value]
