"""Reading in another process: whatever becomes of it, there is an answer within the time, or one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hgt_portfolio.sheets.cells import SheetError

MOST_BYTES = 20_000_000
WAIT_SECONDS = 60

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What the old kinds of office files begin with, and those that a password locks."""

_ROOT = Path(__file__).resolve().parents[2]

# The package's folder goes to the end of the path, so that nothing beside it stands before the standard library.
_CHILD = "import sys; sys.path.append(sys.argv[1]); from hgt_portfolio.sheets.child import main; main(*sys.argv[2:])"


def content_of(path: Path) -> bytes:
    """Give a file's bytes; raises ``SheetError`` where there is none to be read, or too many."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SheetError(f"{path} 不是文件，没有读取。")
        if size > MOST_BYTES:
            raise SheetError(
                f"{path.name} 有 {size / 1e6:.0f} MB，超过 {MOST_BYTES // 1_000_000} MB，没有读取。请删去图片等后再试。"
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SheetError(f"找不到文件 {path}。") from error
    except OSError as error:
        raise SheetError(f"打不开文件 {path}：{error.strerror or error}。如正被别的程序打开，请关闭后再试。") from error
    except ValueError as error:
        # A name that no file can have, such as one with a NUL.
        raise SheetError(f"文件名 {str(path)!a} 不能使用。") from error


def read_apart(path: Path, what: str, *more: str) -> dict[str, Any]:
    """Have a file read in another process as ``what`` (see ``child``); raises ``SheetError`` with one sentence."""
    command = [sys.executable, "-P", "-c", _CHILD, str(_ROOT), what, str(path.resolve()), *more]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter on our own module
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise SheetError(
            f"{path.name} 读取超过 {WAIT_SECONDS} 秒，已放弃。请把有用的内容复制到新文件后再试。"
        ) from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise SheetError(f"{path.name} 的内容不正常，读不出来。请把有用的内容复制到新文件后再试。") from error
    if "refused" in answer:
        raise SheetError(answer["refused"])
    return answer
