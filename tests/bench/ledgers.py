"""The ledgers that are measured: made once by the demonstration, and kept between runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hgt_portfolio.figures import Figures
from hgt_portfolio.store import Store

HGT = str(Path(sys.executable).parent / "hgt")
"""The console script beside the Python that runs this."""


@dataclass(frozen=True)
class Folder:
    """Where the ledgers and all that is written lie; nothing outside it is touched."""

    path: Path
    quarters: int

    def ledger(self, size: int) -> Path:
        """Give the ledger of so many projects, made now where there is none yet."""
        path = self.path / f"{size}x{self.quarters}.db"
        if not path.exists():
            say(f"making {path} …")
            command = [HGT, "--db", str(path), "demo", "--projects", str(size), "--quarters", str(self.quarters)]
            subprocess.run(command, check=True, env=self.surroundings(), stdout=sys.stderr)
        return path

    def surroundings(self) -> dict[str, str]:
        """Give the program's surroundings: settings of its own, in which the tour was seen."""
        settings = self.path / "settings.toml"
        if not settings.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            settings.write_text('toured = true\noperator = "演示员"\n', encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", "HGT_SETTINGS": str(settings)}

    @contextmanager
    def copy(self, size: int) -> Iterator[Path]:
        """Give a copy of a ledger to write to, gone afterwards."""
        path = self.path / f"copy-{size}.db"
        shutil.copyfile(self.ledger(size), path)
        try:
            yield path
        finally:
            for left in self.path.glob(f"{path.name}*"):
                left.unlink()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder, gone afterwards."""
        path = self.path / "scratch"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def reading(path: Path) -> Iterator[Figures]:
    """Open a ledger to read figures from."""
    store = Store(f"sqlite:///{path}", read_only=True)
    try:
        yield Figures(store)
    finally:
        store.close()


def say(text: str) -> None:
    """Tell how far things are, beside the table."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
