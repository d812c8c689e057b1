"""Every row of the table as data: what is measured, beside what, at which sizes, and what is aimed at."""

from __future__ import annotations

from tests.bench import books, figures, screens, startup, writing
from tests.bench.server import Cluster, On
from tests.bench.table import MEGABYTES, Goal, Measure

SMALL, MIDDLE, LARGE = 62, 6_200, 176_000
"""The plan, a province, every county."""

ALL = (SMALL, MIDDLE, LARGE)
BY_HAND = "hand-written SQL, stdlib `sqlite3`"
RAW = "the same rows, one raw `sqlite3` transaction"
XLSXWRITER = "raw XlsxWriter, the same cells"
SERVER = "hand-written SQL, psycopg"


def measures(cluster: Cluster) -> tuple[Measure, ...]:
    """Give every row, those on PostgreSQL last."""
    on = On(cluster)
    return (
        Measure("help", "`hgt --help`", "`import typer`", startup.help_text, Goal(ratio=1.3), (0,), turns=15),
        Measure(
            "summary", "`hgt summary`, cold", "`import sqlmodel`", startup.summary, Goal(ratio=1.35), (SMALL,), turns=15
        ),
        Measure(
            "rows",
            "`hgt` to rows on screen",
            "bare Textual table + `import sqlmodel`",
            screens.rows_shown,
            Goal(ratio=1.3),
            (SMALL,),
        ),
        Measure(
            "key", "key press to repaint", "the same at 62", screens.key, Goal(ratio=1.2), (MIDDLE, LARGE), turns=40
        ),
        Measure(
            "filter",
            "filter keystroke to new rows",
            f"{BY_HAND}: page and count",
            screens.filtering,
            Goal(ratio=1.5, under=150),
            (LARGE,),
        ),
        Measure("page", "filtered page and count", BY_HAND, figures.page, Goal(ratio=1.5), ALL, grows=True),
        Measure(
            "positions",
            "positions",
            BY_HAND,
            figures.positions,
            Goal(ratio=1.3),
            ALL,
            grows=True,
            small=Goal(ratio=1.3, or_more=0.5),
        ),
        Measure(
            "totals",
            "totals",
            BY_HAND,
            figures.totals,
            Goal(ratio=1.3),
            ALL,
            grows=True,
            small=Goal(ratio=1.3, or_more=0.5),
        ),
        Measure(
            "memory",
            "peak memory of totals",
            "`import sqlalchemy`",
            figures.memory,
            Goal(more=60),
            (LARGE,),
            MEGABYTES,
            turns=3,
        ),
        Measure("report", "file one report", RAW, writing.report, Goal(ratio=3), ALL, turns=25, grows=True),
        Measure("bulk", "file 6,200 reports at once", "`executemany`", writing.bulk, Goal(ratio=4), (MIDDLE,), turns=5),
        Measure(
            "quarterly",
            "quarterly workbook",
            XLSXWRITER,
            books.quarterly,
            Goal(ratio=1.4, faster=2),
            (SMALL, MIDDLE),
            turns=5,
        ),
        Measure("workbook", "quarterly workbook, peak", "", books.large, Goal(under=400), (LARGE,), MEGABYTES, turns=1),
        Measure(
            "returns", "read and diff 12 returns", "calamine reading them", books.returned, Goal(ratio=3), (SMALL,)
        ),
        Measure(
            "plan",
            "load a plan",
            "raw `executemany`",
            writing.plan,
            Goal(ratio=6),
            (MIDDLE, LARGE),
            turns=3,
            grows=True,
        ),
        Measure("open", "list opened: first page", "the same at 62", screens.first_page, Goal(ratio=1.5), (LARGE,)),
        Measure("count", "list opened: its count", "the same at 62", screens.first_count, Goal(ratio=1.5), (LARGE,)),
        Measure(
            "pg-positions", "PostgreSQL: positions", SERVER, on.positions, Goal(ratio=1.3), (MIDDLE, LARGE), grows=True
        ),
        Measure("pg-totals", "PostgreSQL: totals", SERVER, on.totals, Goal(ratio=1.3), (MIDDLE, LARGE), grows=True),
        Measure("pg-page", "PostgreSQL: page and count", SERVER, on.page, Goal(ratio=1.5), (MIDDLE, LARGE), grows=True),
        Measure(
            "pg-report",
            "PostgreSQL: file one report",
            SERVER,
            on.report,
            Goal(ratio=3),
            (MIDDLE, LARGE),
            turns=25,
            grows=True,
        ),
    )
