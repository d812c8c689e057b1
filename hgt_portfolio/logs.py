"""Where an unexpected error is written down: a log file of our own, and never the screen.

It holds the program's own lines and the kind of the error. What an error says, and what was filed, stay out of it.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from hgt_portfolio.settings import settings_file

MOST_BYTES, MOST_OLD = 1_000_000, 3
"""How large the log grows before a new one begins, and how many old ones are kept."""

UNSAVED = "已经写入台账的都在，没有丢；表格里还没有保存的内容没有写入。"


class _OwnFile(RotatingFileHandler):
    """A log file open to nobody but its owner."""

    def _open(self) -> Any:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        return super()._open()


def log_file() -> Path:
    """Give the path of the log, beside the office's settings."""
    return settings_file().with_name("hgt.log")


def log_unexpected(error: BaseException) -> str:
    """Write an unexpected error down, and say to a person what happened, that nothing is lost, and whom to tell.

    Where the log cannot be written the sentence says so; it never raises.
    """
    place = f"程序出错（{type(error).__name__}，{_where(error)}）。{UNSAVED}"
    path = log_file()
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        handler = _OwnFile(path, maxBytes=MOST_BYTES, backupCount=MOST_OLD, encoding="utf-8")
    except OSError:
        return f"{place}记录写不进 {path}，请把这句话告诉维护人员。"
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.Logger("hgt")
    logger.addHandler(handler)
    logger.error("Python %s\n%s", sys.version.split()[0], "".join(_lines(error)))
    handler.close()
    return f"{place}请把这句话和文件 {path} 发给维护人员，再重新打开程序。"


def _lines(error: BaseException) -> list[str]:
    """Write the way to an error and to those that led to it, without what they say: that may name people."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    lines: list[str] = []
    for one in reversed(chain):
        lines += [*traceback.format_tb(one.__traceback__), f"{type(one).__module__}.{type(one).__qualname__}\n"]
    return lines


def _where(error: BaseException) -> str:
    """Name the newest line of our own on the way to an error: ``pages/brief.py 120``."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "hgt_portfolio" in Path(frame.filename).parts] or frames
    if not own:
        return "不明"
    path = Path(own[-1].filename)
    return f"{path.parent.name}/{path.name} 第{own[-1].lineno}行"
