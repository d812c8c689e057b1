"""Reading in another process: whatever becomes of it, there is an answer within the time, or one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Self

from hgt_portfolio.sheets.cells import SheetError

MOST_BYTES = 20_000_000
WAIT_SECONDS = 60

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What the old kinds of office files begin with, and those that a password locks."""

_ROOT = Path(__file__).resolve().parents[2]

# The package's folder goes to the end of the path, so that nothing beside it stands before the standard library.
_CHILD = "import sys; sys.path.append(sys.argv[1]); from hgt_portfolio.sheets.child import main; main()"

Answer = dict[str, Any]


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


def read_apart(path: Path, what: str, *more: str) -> Answer:
    """Have a file read in another process as ``what`` (see ``child``); raises ``SheetError`` with one sentence."""
    with Apart((path,), what, *more) as reading:
        (answer,) = reading
    if isinstance(answer, SheetError):
        raise answer
    return answer


class Apart:
    """Files being read in another process, in their order, from when this is made; each is an answer or one sentence.

    A file that ends the process, or takes too long, does so for itself alone: the others go on in a new one.
    """

    def __init__(self, paths: Sequence[Path], what: str, *more: str) -> None:
        self._left, self._what, self._more = list(paths), what, more
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._end()

    def __iter__(self) -> Iterator[Answer | SheetError]:
        while self._left:
            path = self._left.pop(0)
            answer = self._answer(path)
            if not isinstance(answer, dict):
                self._end()
                self._begin()
            yield SheetError(answer["refused"]) if isinstance(answer, dict) and "refused" in answer else answer

    def _begin(self) -> None:
        """Begin a process for the files that are left."""
        if not self._left:
            return
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter on our own module
            [sys.executable, "-P", "-c", _CHILD, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._lines = SimpleQueue()
        asked = json.dumps([self._what, self._more, [str(path.resolve()) for path in self._left]])
        Thread(target=_converse, args=(self._process, asked.encode(), self._lines), daemon=True).start()

    def _end(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answer(self, path: Path) -> Answer | SheetError:
        """Wait for what becomes of a file."""
        try:
            answer: Answer = json.loads(self._lines.get(timeout=WAIT_SECONDS))
        except Empty:
            return SheetError(f"{path.name} 读取超过 {WAIT_SECONDS} 秒，已放弃。请把有用的内容复制到新文件后再试。")
        except ValueError:
            return SheetError(f"{path.name} 的内容不正常，读不出来。请把有用的内容复制到新文件后再试。")
        return answer


def _converse(process: subprocess.Popen[bytes], asked: bytes, lines: SimpleQueue[bytes]) -> None:
    """Say which files to read, and pass on each line that comes back; an empty one says that no more will."""
    if process.stdin is None or process.stdout is None:
        return
    with process.stdin as given, process.stdout as said:
        try:
            given.write(asked)
            given.close()
        except OSError:
            # It has ended before it heard everything, and says no more.
            pass
        for line in said:
            lines.put(line)
    lines.put(b"")
