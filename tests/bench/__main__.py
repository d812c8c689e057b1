"""``python -m tests.bench``: measures every row and prints the table; ``--write FILE`` puts it between two marks."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.ledgers import Folder, say
from tests.bench.measures import ALL, LARGE, MIDDLE, measures
from tests.bench.server import Cluster
from tests.bench.table import Measure, Result, markdown
from tests.bench.timing import in_turns

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
QUICK_TURNS = 2


def main() -> int:
    """Measure what was asked for; gives 1 where something could not be measured."""
    given = _arguments()
    folder = Folder(given.folder, given.quarters)
    with ExitStack() as stack:
        cluster = Cluster(folder, stack)
        rows = measures(cluster)
        unknown = set(given.only) - {row.name for row in rows}
        if unknown:
            say(f"no such row: {' '.join(sorted(unknown))}; there are: {' '.join(row.name for row in rows)}")
            return 2
        chosen = [row for row in rows if not given.only or row.name in given.only]
        results = [
            _measured(row, folder, size, quick=given.quick)
            for row in chosen
            for size in row.sizes
            if size in (0, *given.sizes)
        ]
        table = markdown(results, MIDDLE, LARGE, cluster.version)
    sys.stdout.write(f"{table}\n")
    if given.write:
        _put(given.write, table)
    return int(any(result.taken is None for result in results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    usual = Path(tempfile.gettempdir()) / "hgt-bench"
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="measure these rows only")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(ALL), metavar="N", help="at these sizes only")
    parser.add_argument("--folder", type=Path, default=usual, help="where the ledgers are kept (%(default)s)")
    parser.add_argument("--quarters", type=int, default=32, help="quarters filed in each ledger (%(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_TURNS} turns each: whether it runs, not how fast")
    parser.add_argument("--write", type=Path, metavar="FILE", help=f"put the table there between {BEGIN} and {END}")
    return parser.parse_args()


def _measured(row: Measure, folder: Folder, size: int, *, quick: bool) -> Result:
    """Measure a row at one size; what keeps it from being measured stands in its place."""
    say(f"{row.what} {f'{size:,} projects' if size else ''}")
    try:
        with row.pair(folder, size) as pair:
            turns = min(row.turns, QUICK_TURNS) if quick else row.turns
            result = Result(row, size, in_turns(pair, turns))
    except Exception as problem:
        result = Result(row, size, None, f"{type(problem).__name__}: {problem}"[:300].replace("\n", " "))
    say("  " + " | ".join(result.cells()[2:]))
    return result


def _put(path: Path, table: str) -> None:
    """Put the table between the marks of a file; raises ``SystemExit`` where they are not there."""
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{path} has no {BEGIN} … {END}")
    path.write_text(pattern.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
