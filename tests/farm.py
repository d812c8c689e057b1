"""Reads many files, each in a process of its own that was begun beforehand, and says what each of them took.

Only the start is spared: the limits, the reading and the end are those of ``hgt_portfolio.sheets.child``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Self

from hgt_portfolio.sheets import SheetError, child

ROOT = Path(__file__).resolve().parents[1]
CODE = "from tests.farm import main; main()"


@dataclass
class Farm:
    """The process that begins the others; ``seconds`` of the slowest and ``bytes`` of the largest so far."""

    process: subprocess.Popen[str] = field(init=False)
    seconds: float = 0.0
    bytes: int = 0
    died: int = 0

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_problem: object) -> None:
        self.process.communicate()

    def apart(self, paths: Sequence[Path], what: str, *more: str) -> Reading:
        """Give what stands for ``sheets.apart.Apart``."""
        return Reading(self, paths, what, more)

    def read(self, path: Path, what: str, *more: str) -> dict[str, Any] | SheetError:
        """Read a file in a process of its own."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, str(path), *more]) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        self.seconds, self.bytes = max(self.seconds, said["seconds"]), max(self.bytes, said["bytes"])
        if said["status"]:
            self.died += 1
            return SheetError(f"{path.name} 的内容不正常，读不出来。")
        answer: dict[str, Any] = json.loads(said["answer"])
        return SheetError(answer["refused"]) if "refused" in answer else answer


class Reading(nullcontext[Any]):
    """Files being read by a farm, each an answer or one sentence."""

    def __init__(self, farm: Farm, paths: Sequence[Path], what: str, more: Sequence[str]) -> None:
        super().__init__(self)
        self._given = farm, paths, what, more

    def __iter__(self) -> Iterator[dict[str, Any] | SheetError]:
        farm, paths, what, more = self._given
        return (farm.read(path, what, *more) for path in paths)


def main() -> None:
    """Begin a process for each line of the standard input, and print what became of it."""
    import python_calamine  # noqa: F401 - loaded once for all

    for line in sys.stdin:
        come, go = os.pipe()
        number = os.fork()
        if number == 0:
            _in_child(line, go)
        os.close(go)
        with os.fdopen(come) as stream:
            answer = stream.read()
        _, status, used = os.wait4(number, 0)
        seconds = used.ru_utime + used.ru_stime
        said = {"status": status, "seconds": seconds, "bytes": used.ru_maxrss * 1024, "answer": answer}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _in_child(line: str, go: int) -> None:
    status = 1
    try:
        what, path, *more = json.loads(line)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = os.fdopen(go, "w")
        sys.stdin = StringIO(json.dumps([what, more, [path]]))
        child.main()
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)
