"""Text in workbooks: what a person wrote is never markup."""

from __future__ import annotations

from html import escape

from xlsxwriter.sharedstrings import SharedStringTable


class PlainStrings(SharedStringTable):  # type: ignore[misc]  # XlsxWriter says nothing of its types
    """The strings of a workbook, none of them XlsxWriter's rich text: it takes any of the form ``<r>…</r>`` for one."""

    string_array: list[str]

    def _sort_string_data(self) -> None:
        super()._sort_string_data()
        self.string_array = [_plain(text) for text in self.string_array]


def _plain(text: str) -> str:
    """Give text of that form as a run that says it letter by letter."""
    if not (text.startswith("<r>") and text.endswith("</r>")):
        return text
    return f'<r><t xml:space="preserve">{escape(text, quote=False)}</t></r>'
