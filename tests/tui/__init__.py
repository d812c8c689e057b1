"""What the terminal UI's tests share: an app over a test ledger, waiting, and reading the screen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import textual.app
import textual.constants
import textual.pilot
import textual.screen
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from hgt_portfolio.settings import Settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.notices import NoticeLine
from tests.conftest import Book


def app_for(book: Book, exports: Path | None = None, **given: Any) -> PortfolioApp:
    given.setdefault("settings", Settings())
    return PortfolioApp(book.figures, book.ledger, exports=exports or book.path.parent, **given)


async def drained(*_seconds: float) -> None:
    """Wait until the event loop has nothing left to run: every queue is empty and every handler done."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


# Nothing goes by the clock here: neither the pilot's waiting, nor animations, nor the drawing of the screen.
for module in (textual.app, textual.pilot):
    vars(module)["wait_for_idle"] = drained
vars(textual.constants)["TEXTUAL_ANIMATIONS"] = "none"
vars(textual.screen)["UPDATE_PERIOD"] = 3600


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no thread works, what they posted is handled and drawn, and that has started nothing more."""
    app = pilot.app
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while True:
        await drained()
        if any(not worker.is_finished for worker in app.workers):
            with suppress(WorkerCancelled):
                await app.workers.wait_for_complete()
            continue
        app._check_resize()
        app.screen._on_timer_update()
        if not ready:
            return


async def keys(pilot: Pilot[None], *pressed: str) -> None:
    """Press keys one after another, each once the one before is done with; ``=text`` is typed without waiting."""
    for key in pressed:
        if key.startswith("="):
            await _typed(pilot, key[1:])
        else:
            await pilot.app._press_keys((key,))
        await settle(pilot)


async def _typed(pilot: Pilot[None], text: str) -> None:
    """Type as a terminal sends it: a pilot's own typing loses the punctuation of Chinese."""
    driver = pilot.app._driver
    assert driver is not None
    for character in text:
        event = Key(_character_to_key(character), character)
        event.set_sender(pilot.app)
        driver.send_message(event)
        await drained()


async def fill(pilot: Pilot[None], field: str, text: str) -> None:
    """Clear a field of the form on screen and type into it."""
    widget = pilot.app.screen.query_one(f"#{field}", Input)
    widget.focus()
    widget.value = ""
    await keys(pilot, *([f"={text}"] if text else []))


def shown(app: PortfolioApp) -> str:
    """Give what is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def joined(app: PortfolioApp) -> str:
    """Give what is on the screen without spaces, line breaks and frames, for sentences that wrap."""
    return "".join(char for char in shown(app) if not char.isspace() and char not in "│|")


def notice(app: PortfolioApp) -> str:
    """Give what the notice line of the screen on top says, empty where it is hidden."""
    return "".join(str(line.content) for line in app.screen.query(NoticeLine) if line.region)
