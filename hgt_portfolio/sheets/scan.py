"""A first pass over a sheet's XML: how far its cells reach, and which of them have no value to read.

Calamine ends the whole process on far-apart cells, reads error cells as blank, and formulas never calculated too.
"""

from __future__ import annotations

import re
from io import BytesIO

from hgt_portfolio.sheets.archive import Attributes, parser_for
from hgt_portfolio.sheets.cells import MOST_COLUMNS, MOST_ROWS, Area, Fault, SheetError, address

MOST_CELLS = 2_000_000
MOST_AREA = 5_000_000
LONGEST_TEXT = 32_767
"""Excel's own limit for a cell."""

NOT_CALCULATED = Fault("公式没有算出结果")

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


class SheetScan:
    """One sheet's pass: ``faults`` by row and column, in ``shared`` how many cells take a shared text, merged areas."""

    def __init__(self, file: str, name: str) -> None:
        self.name = name
        self.faults: dict[tuple[int, int], Fault] = {}
        self.merged: list[Area] = []
        self.shared = 0
        self._cells = self._bottom = self._right = 0
        self._line = self._row = self._column = -1
        self._attributes: Attributes = {}
        self._formula = self._value = False
        self._words = ""
        self._parser = parser_for(file)
        self._parser.StartElementHandler = self._started
        self._parser.EndElementHandler = self._ended

    def run(self, content: bytes) -> None:
        """Scan the sheet's part; raises ``SheetError`` where its cells are too many or reach too far."""
        self._parser.ParseFile(BytesIO(content))

    def _started(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._enter(attributes)
        elif local == "row":
            self._line = int(attributes["r"][:9]) - 1 if attributes.get("r", "").isdecimal() else self._line + 1
            self._column = -1
        elif local == "f":
            self._formula = True
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local in ("v", "is"):
            self._value = True
            if self._formula or self._attributes.get("t") == "e":
                self._parser.CharacterDataHandler = self._heard

    def _enter(self, attributes: Attributes) -> None:
        self._attributes, self._formula, self._value, self._words = attributes, False, False, ""
        reference = attributes.get("r")
        found = _REFERENCE.fullmatch(reference) if reference is not None else None
        if found is not None:
            self._row, self._column = int(found[2]) - 1, _column(found[1])
        elif reference is None:
            self._row, self._column = self._line, self._column + 1
        else:
            raise SheetError(
                f"工作表“{self.name}”的单元格地址“{reference[:20]}”不正常，没有读取。请另存为 .xlsx 后再试。"
            )
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise SheetError(f"工作表“{self.name}”的单元格过多，没有读取。请把有用的表格复制到新工作簿后再试。")

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        corners = [_REFERENCE.fullmatch(corner) for corner in (first, last)]
        if corners[0] is None or corners[1] is None:
            return
        top, left, bottom, right = (
            number for corner in corners if corner for number in (int(corner[2]) - 1, _column(corner[1]))
        )
        if len(self.merged) >= MOST_ROWS:
            raise SheetError(f"工作表“{self.name}”的合并单元格过多，没有读取。请把有用的表格复制到新工作簿后再试。")
        self.merged.append((top, left, bottom, right))

    def _heard(self, text: str) -> None:
        if len(self._words) < LONGEST_TEXT:
            self._words += text

    def _ended(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v":
            self._parser.CharacterDataHandler = None
        elif local == "c":
            self._leave()

    def _leave(self) -> None:
        if not self._value and not self._formula:
            return
        self._check_reach()
        kind, words = self._attributes.get("t"), self._words.strip()
        if kind == "e":
            self.faults[self._row, self._column] = Fault(words[:20] or "错误值")
        elif self._formula and not words and kind != "str":
            self.faults[self._row, self._column] = NOT_CALCULATED
        elif kind == "s":
            self.shared += 1

    def _check_reach(self) -> None:
        self._bottom = max(self._bottom, self._row + 1)
        self._right = max(self._right, self._column + 1)
        if self._bottom > MOST_ROWS or self._right > MOST_COLUMNS or self._bottom * self._right > MOST_AREA:
            raise SheetError(
                f"工作表“{self.name}”的单元格 {address(self._row, self._column)} 离表格太远，没有读取。"
                "请删去表格以外的内容后再试。"
            )


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def longest_text(name: str, content: bytes) -> int:
    """Give the length of the longest shared text; raises ``SheetError`` beyond what a cell can hold."""
    longest, current = 0, 0

    def heard(text: str) -> None:
        nonlocal current
        current += len(text)

    def ended(element: str) -> None:
        nonlocal longest, current
        if element.rpartition(":")[2] == "si":
            longest, current = max(longest, current), 0

    parser = parser_for(name)
    parser.CharacterDataHandler, parser.EndElementHandler = heard, ended
    parser.ParseFile(BytesIO(content))
    if longest > LONGEST_TEXT:
        raise SheetError(f"{name} 有单元格的文字过长，没有读取。")
    return longest
