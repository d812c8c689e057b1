"""Reading a plan's CSV files, each line into a value of its own."""

from __future__ import annotations

import csv
from collections.abc import Callable
from importlib.resources.abc import Traversable
from io import StringIO
from typing import TypeVar

Built = TypeVar("Built")


def records(path: Traversable, build: Callable[[dict[str, str]], Built]) -> tuple[Built, ...]:
    """Build a value from each line of a CSV file; an error names the file and the line."""
    built: list[Built] = []
    stream = StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    reader = csv.DictReader(stream, strict=True)
    for record in reader:
        try:
            if None in record or None in record.values():
                raise ValueError("列数与表头不符")
            built.append(build(record))
        except KeyError as error:
            raise ValueError(f"{path.name} 缺少列 {error}") from error
        except ValueError as error:
            raise ValueError(f"{path.name} 第{reader.line_num}行无法读取：{error}") from error
    return tuple(built)
