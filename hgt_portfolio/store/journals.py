"""The journal beside a ledger's file: SQLite rolls back by it without asking whose it is.

One that a program which died left beside a file that was replaced since would spoil the file that stands there now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hgt_portfolio.store.refusing import StoreError

MAGIC = bytes.fromhex("d9d505f920a163d7")
"""How a journal begins that is rolled back by."""

_HEADER = 28
_COUNTER = slice(24, 28)
"""Where the first page of a file counts its changes: one more with each transaction."""


def require_own(path: Path) -> None:
    """Refuse a ledger's file beside which another one's journal lies; raises ``StoreError``.

    Where the journal does not tell, it is taken for the file's own, as it is where the two went different ways only in
    their last transaction.
    """
    journal = Path(f"{path}-journal")
    if not (journal.is_file() and path.is_file()):
        return
    try:
        before = _first_page(path)
        kept = next((content for number, content in _pages(journal) if number == 1), None)
        # A writer at work meanwhile has gone on to another journal.
        if kept is None or before != _first_page(path):
            return
    except (OSError, sqlite3.Error):
        return
    since = int.from_bytes(before[_COUNTER]) - int.from_bytes(kept[_COUNTER])
    if since == 1 or (since == 0 and before == kept):
        return
    raise StoreError(
        f"没有打开 {path}：旁边的 {journal.name} 是另一个文件没有写完的操作留下的，照它回退会毁掉台账。"
        f"台账文件被换过：请把 {journal} 移到别处再打开；以后换用备份请用 hgt restore。"
    )


def _first_page(path: Path) -> bytes:
    """Read a file's first page by SQLite alone: to close it otherwise would give up the locks held on it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        return connection.serialize()[:size]


def _pages(journal: Path) -> Iterator[tuple[int, bytes]]:
    """Give the pages that a journal's first part keeps, each with its number; none where it is not rolled back by."""
    with journal.open("rb") as stream:
        header = stream.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(MAGIC):
            return
        count, _, _, sector, size = (int.from_bytes(header[at : at + 4]) for at in range(8, _HEADER, 4))
        stream.seek(sector)
        for _ in range(count):
            number, content, check = stream.read(4), stream.read(size), stream.read(4)
            if len(check) < 4:
                return
            yield int.from_bytes(number), content
