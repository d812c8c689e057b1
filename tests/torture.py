"""How often a test tries: a few times in the ordinary run, many times under ``make torture``."""

from __future__ import annotations

import os

TORTURE = os.environ.get("HGT_TORTURE") == "1"


def times(few: int, many: int) -> int:
    """Give how often to try."""
    return many if TORTURE else few
