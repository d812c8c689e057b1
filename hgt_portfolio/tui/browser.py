"""The driver behind a browser's tab: the app ends with the server that started it."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class BrowserDriver(WebDriver):
    """Textual's driver for the web, which by itself would outlive a server that was killed."""

    def run_input_thread(self) -> None:
        """Take input until the server says to end, or is gone."""
        super().run_input_thread()
        self._app.post_message(ExitApp())
