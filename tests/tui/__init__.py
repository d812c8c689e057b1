"""What the terminal UI's tests share: an app over a test ledger, waiting, and reading the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from hgt_portfolio.settings import Settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.notices import NoticeLine
from tests.conftest import Book


def app_for(book: Book, exports: Path | None = None, **given: Any) -> PortfolioApp:
    given.setdefault("settings", Settings())
    return PortfolioApp(book.figures, book.ledger, exports=exports or book.path.parent, **given)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no thread works and what they posted is drawn; a handler may start one more worker."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def keys(pilot: Pilot[None], *pressed: str) -> None:
    """Press keys one after another, each once the one before is done with; ``=text`` is typed without waiting."""
    for key in pressed:
        await pilot.press(*(key[1:] if key.startswith("=") else (key,)))
        await settle(pilot)


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
