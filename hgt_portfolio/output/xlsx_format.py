"""How cells look: fonts named only, thin borders, and shades that stay apart in black and white."""

from __future__ import annotations

from typing import Any

from hgt_portfolio.table import Cell, Kind
from hgt_portfolio.terms import Light

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "宋体"

_WRAPPED = {"text_wrap": True, "valign": "vcenter"}
_BOXED = {"border": 1, "border_color": "#808080"}

STYLES: dict[str, dict[str, Any]] = {
    "title": {**_WRAPPED, "font_name": TITLE_FONT, "font_size": 18, "align": "center"},
    "left": {**_WRAPPED, "font_name": BODY_FONT, "font_size": 10, "align": "left"},
    "right": {"valign": "vcenter", "font_name": BODY_FONT, "font_size": 10, "align": "right"},
    "caption": {**_WRAPPED, "font_name": BODY_FONT, "font_size": 10, "align": "left"},
    "subtitle": {"valign": "vcenter", "font_name": HEAD_FONT, "font_size": 11, "bold": True, "align": "left"},
    "head": {
        **_WRAPPED,
        **_BOXED,
        "font_name": HEAD_FONT,
        "font_size": 10,
        "bold": True,
        "align": "center",
        "bg_color": "#EDEDED",
    },
    "note": {**_WRAPPED, "font_name": BODY_FONT, "font_size": 10, "align": "left"},
    "foot": {**_WRAPPED, "font_name": BODY_FONT, "font_size": 10, "align": "left", "bold": True},
    "empty": {**_WRAPPED, **_BOXED, "font_name": BODY_FONT, "font_size": 10, "align": "center"},
}

ALIGN = {
    Kind.TEXT: "left",
    Kind.LABEL: "center",
    Kind.MONTH: "center",
    Kind.DATE: "center",
    Kind.COUNT: "right",
    Kind.AMOUNT: "right",
    Kind.RATE: "right",
    Kind.POINTS: "right",
}

LIGHT_FILLS: dict[str, str] = {
    Light.RED: "#F4B6B6",
    Light.YELLOW: "#FFE699",
    Light.BLUE: "#BDD7EE",
    Light.GREEN: "#C6E0B4",
}
"""Fills behind the light's word, which is always printed."""


class Formats:
    """Gives the formats of one workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._asked: dict[tuple[Any, ...], Any] = {}

    def style(self, name: str) -> Any:
        """Give a named style's format."""
        return self._format(STYLES[name])

    def cell(
        self, kind: Kind, number_format: str, value: Cell, *, key: str, column: Kind, total: bool, linked: bool
    ) -> Any:
        """Give the format of a cell of a table; it is aligned as its column is."""
        fill = LIGHT_FILLS.get(value) if key == "light" and isinstance(value, str) else None
        asked = kind, number_format, fill, column, total, linked
        if asked not in self._asked:
            self._asked[asked] = self._format(_look(*asked))
        return self._asked[asked]

    def _format(self, look: dict[str, Any]) -> Any:
        made = tuple(sorted(look.items()))
        if made not in self._made:
            self._made[made] = self._workbook.add_format(look)
            # XlsxWriter numbers formats as it comes to them; rows written past it have to know theirs before.
            self._made[made]._get_xf_index()
        return self._made[made]


def _look(kind: Kind, number_format: str, fill: str | None, column: Kind, total: bool, linked: bool) -> dict[str, Any]:
    look = {
        **_BOXED,
        "valign": "vcenter",
        "text_wrap": kind in (Kind.TEXT, Kind.LABEL),
        "font_name": BODY_FONT,
        "font_size": 10,
        "align": ALIGN[column],
        "num_format": number_format,
        "bold": total,
    }
    if linked:
        look |= {"underline": 1, "font_color": "#1F3864"}
    if fill:
        look |= {"bg_color": fill}
    return look
