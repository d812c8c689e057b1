"""What may not leave the office in text that people typed: names of people the ledger knows, and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hgt_portfolio.table import DEMO

SHORTEST_NAME = 2
"""A single character would be found in every sentence."""

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-－—]?\d{7,8})(?!\d)")
"""A mobile number, or a fixed one with its area code."""


class Guard:
    """Withholds text that names a person or gives a telephone number, and counts how often it did."""

    def __init__(self, names: Iterable[str]) -> None:
        # 演示 itself marks every text of sample data.
        self._names = {name for name in names if len(name) >= SHORTEST_NAME and name != DEMO}
        self._lengths = sorted({len(name) for name in self._names})
        self.withheld = 0

    def shown(self, text: str | None) -> str | None:
        """Give text that may be shown, None where there is none or it is withheld."""
        if not text:
            return None
        if PHONE.search(text) or self._names_somebody(text):
            self.withheld += 1
            return None
        return text

    def _names_somebody(self, text: str) -> bool:
        """Look for every name at once: a ledger may know thousands."""
        pieces = (text[at : at + length] for length in self._lengths for at in range(len(text) - length + 1))
        return not self._names.isdisjoint(pieces)
