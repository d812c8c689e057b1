"""Reads many files, each in a process of its own that was begun beforehand, and says what each of them took.

Only the start is spared: the limits, the reading and the end are those of ``hgt_portfolio.sheets.child``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
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
    read: int = 0

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_problem: object) -> None:
        self.process.communicate()

    def read_apart(self, path: Path, what: str, *more: str) -> dict[str, Any]:
        """Read as ``sheets.apart.read_apart`` does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, str(path), *more]) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        self.seconds, self.bytes = max(self.seconds, said["seconds"]), max(self.bytes, said["bytes"])
        self.read += 1
        if said["status"]:
            self.died += 1
            raise SheetError(f"{path.name} 的内容不正常，读不出来。")
        answer: dict[str, Any] = json.loads(said["answer"])
        if "refused" in answer:
            raise SheetError(answer["refused"])
        return answer


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
        what, *rest = json.loads(line)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = os.fdopen(go, "w")
        child.main(what, *rest)
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)
