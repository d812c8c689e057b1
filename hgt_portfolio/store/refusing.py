"""How the store refuses: its errors, and how long it waits before one."""

from __future__ import annotations

BUSY_SECONDS = 10
"""How long a writer waits for another one."""

STOPPED = "读取已取消。"

CANCELLED = "已取消，没有写入任何内容。"

LOCKED = "数据库 {where} 正被另一个程序写入，本次没有写入任何内容。请稍后再试。"

FULL = "磁盘已满，数据库 {where} 没有写入任何内容。请腾出空间后再试。"


class StoreError(Exception):
    """The database cannot be used; the text says what, where and what to do."""


class ConnectionLost(StoreError):
    """The server went away in the middle; where it was ``committing``, whether that was kept is not known."""

    committing = False
