"""The demonstration's clock."""

from __future__ import annotations

from datetime import date

MICROSECONDS_A_DAY = 86_400_000_000
NINE = 3_600_000_000
"""Nine in the morning by office time, in microseconds of the UTC day."""


class Ticking:
    """A clock that moves one second at every reading, from a day set by hand, never backwards."""

    def __init__(self) -> None:
        self.now = 0

    def set(self, day: date) -> None:
        """Move to nine in the morning (office time) of a day."""
        self.now = max(self.now, (day - date(1970, 1, 1)).days * MICROSECONDS_A_DAY + NINE)

    def __call__(self) -> int:
        """Read the clock, in microseconds since 1970 UTC."""
        self.now += 1_000_000
        return self.now
