"""How values are written on the screen: clean text, amounts, rates, months; unknown is always ``-``."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

from rich.terminal_theme import TerminalTheme
from rich.text import Text

from hgt_portfolio.money import rounded, wan, yi_text
from hgt_portfolio.months import Month
from hgt_portfolio.terms import DeadlineState, Light

UNKNOWN = "-"

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_BREAKS = "\r\n\t\v\f\x85\u2028\u2029"

# Terminals for Chinese draw these two cells wide where Rich counts one, which would shear a table.
_NARROW = str.maketrans(
    {"…": "..", "—": "-", "–": "-", "·": ".", "“": '"', "”": '"', "‘": "'", "’": "'", "●": "*", "▲": "^", "→": ">"}
    | {"≥": ">=", "≤": "<=", "≈": "~", "Δ": "d"}
    | dict(zip("ⅠⅡⅢⅣⅤⅥ", ("I", "II", "III", "IV", "V", "VI"), strict=True))
    | {chr(0x2460 + n): f"({n + 1})" for n in range(20)}
)

LIGHT_STYLES = {
    Light.RED: "bold red",
    Light.YELLOW: "yellow",
    Light.BLUE: "blue",
    Light.GREEN: "green",
    Light.NONE: "dim",
}

LIGHT_PALETTE = TerminalTheme(
    (247, 247, 247),
    (0, 0, 0),
    [
        (0, 0, 0),
        (170, 40, 40),
        (38, 110, 20),
        (122, 88, 0),
        (40, 80, 190),
        (122, 62, 157),
        (0, 100, 140),
        (247, 247, 247),
    ],
    [
        (110, 110, 110),
        (200, 40, 40),
        (60, 140, 20),
        (255, 200, 60),
        (0, 105, 190),
        (190, 40, 190),
        (0, 120, 150),
        (247,) * 3,
    ],
)
"""What the named colours are on the light theme: each of the lights is read there as words are.

The terminal's own themes have the terminal's colours. Bright yellow is a ground that black stands on.
"""


def clean(text: str) -> str:
    """Give text without characters that could steer or confuse a terminal; line breaks become one space."""
    return visible(text).strip()


def visible(text: str) -> str:
    """Give text like ``clean``, the spaces at its ends kept."""
    return text.translate(_SHOWN)


class _Shown(dict[int, str | None]):
    """What is shown of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        hidden = unicodedata.category(char) in _HIDDEN or "\ufe00" <= char <= "\ufe0f"
        shown = self[code] = " " if char in _BREAKS else None if hidden else char
        return shown


_SHOWN = _Shown()


def words(text: object, style: str = "") -> Text:
    """Give a value as plain rich text, never read as markup."""
    return Text(UNKNOWN if text in (None, "") else clean(str(text)), style=style)


def cell(text: object, style: str = "") -> Text:
    """Give a value for one line of a table: like ``words``, with glyphs of doubtful width replaced."""
    shown = words(text, style)
    return Text(shown.plain.translate(_NARROW), style=style, no_wrap=True, overflow="ellipsis", end="")


def fitted(text: object, width: int, style: str = "") -> Text:
    """Give a value cut to a width in cells, ``..`` marking what was cut."""
    shown = cell(text, style)
    if shown.cell_len > width:
        shown.truncate(max(width - 2, 0), overflow="crop")
        shown.rstrip()
        shown.append("..")
    return shown


def right(text: str, width: int, style: str = "") -> Text:
    """Give a value that stands at the right of its column."""
    shown = cell(text, style)
    shown.pad_left(max(width - shown.cell_len, 0))
    return shown


def amount(fen: int | None) -> str:
    """Write fen as exact 万元 with thousands separators and at least two decimals."""
    if fen is None:
        return UNKNOWN
    whole, _, decimals = f"{wan(fen):,.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def field_amount(fen: int | None) -> str:
    """Write fen as a person would type it into a 万元 field: ``12000`` or ``33.6``."""
    return "" if fen is None else f"{wan(fen):f}".rstrip("0").rstrip(".") or "0"


def yi(fen: int | None) -> str:
    """Write fen as 亿元 with two decimals."""
    return UNKNOWN if fen is None else yi_text(fen, 2)


def rate(value: Decimal | None) -> str:
    """Write a fraction as a percentage with one decimal."""
    return UNKNOWN if value is None else f"{rounded(value * 100, 1)}%"


def points(value: Decimal | None) -> str:
    """Write a fraction as signed percentage points with one decimal."""
    return UNKNOWN if value is None else f"{rounded(value * 100, 1):+f}"


def short_month(index: Month | None) -> str:
    """Write a month in five cells: ``24-12``."""
    return UNKNOWN if index is None else f"{index // 12 % 100:02d}-{index % 12 + 1:02d}"


def day(value: date | None) -> str:
    """Write a day as ISO text."""
    return UNKNOWN if value is None else value.isoformat()


def light(name: str) -> Text:
    """Write a light: its word, in its colour."""
    return cell(name, LIGHT_STYLES.get(Light(name), ""))


def deadline(state: str) -> Text:
    """Write a deadline state; red belongs to 逾期 alone."""
    return cell(state, "bold red" if state == DeadlineState.OVERDUE else "")
