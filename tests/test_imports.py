"""Imports run one way, and what is light stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hgt_portfolio

ROOT = Path(hgt_portfolio.__file__).parent
BASE = {"terms", "money", "months"}
READING = BASE | {"model", "rules", "store"}
WRITING = READING | {"figures", "plan", "settings", "sheets"}
OUTPUT = BASE | {
    "document",
    "figures",
    "files",
    "ledger",
    "logs",
    "output",
    "plan",
    "reports",
    "rules",
    "settings",
    "sheets",
    "table",
}

ALLOWED: dict[str, set[str]] = {
    "terms": set(),
    "money": {"terms"},
    "months": {"terms"},
    "files": set(),
    "settings": {"files"},
    "logs": {"settings"},
    "model": BASE,
    "store": {"files", "model", "settings", "terms"},
    "sheets": set(),
    "plan": BASE | {"sheets"},
    "rules": BASE | {"model"},
    "figures": READING,
    "ledger": WRITING,
    "keeping": WRITING | {"files", "ledger"},
    "demo": WRITING | {"ledger"},
    "table": BASE,
    "document": {"table"},
    "reports": BASE | {"plan", "rules", "figures", "table", "document"},
    "output": BASE | {"table", "document"},
    "exports": OUTPUT | {"keeping", "model", "store"},
    "returns": OUTPUT | {"model", "store", "exports"},
    "tui": OUTPUT | {"exports", "returns"},
    "web": set(),
    "cli": OUTPUT | {"keeping", "model", "store", "exports", "returns", "tui", "demo", "web"},
}
"""What each part of the package may import from the others (the table in DESIGN §5)."""

PARTIES: dict[str, set[str]] = {
    "terms": set(),
    "money": set(),
    "months": {"dateutil"},
    "files": set(),
    "settings": {"platformdirs", "tomlkit"},
    "logs": set(),
    "model": {"pydantic", "sqlalchemy", "sqlmodel"},
    "store": {"alembic", "sqlalchemy", "sqlmodel"},
    "sheets": {"python_calamine"},
    "plan": set(),
    "rules": {"sqlalchemy"},
    "figures": {"dateutil", "sqlalchemy", "sqlmodel"},
    "ledger": {"pydantic", "pypinyin", "sqlalchemy", "sqlmodel"},
    "keeping": {"sqlalchemy", "sqlmodel"},
    "demo": set(),
    "table": set(),
    "document": set(),
    "reports": {"pandas"},
    "output": {"docx", "pandas", "rich", "xlsxwriter"},
    "exports": {"pandas", "pydantic"},
    "returns": {"pydantic", "pypinyin", "xlsxwriter"},
    "tui": {"rich", "textual", "textual_plotext"},
    "web": {"aiohttp", "textual_serve"},
    "cli": {"rich", "typer"},
}
"""What each part may import from elsewhere: SQL stays behind the doors, Textual in the terminal UI."""


def part(module: str) -> str:
    return [*module.split("."), ""][1]


def imported(path: Path) -> set[str]:
    """Every module that a file imports anywhere, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            whole = node.module == "hgt_portfolio"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if whole else {node.module or ""}
    return names


def edges() -> dict[str, dict[str, set[str]]]:
    """The modules that each part of the package imports, by the file that does."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts != ("__init__",):
            found.setdefault(parts[0], {})["/".join(parts)] = imported(path)
    return found


FOUND = edges()


def test_every_part_is_in_the_tables() -> None:
    assert set(FOUND) <= set(ALLOWED)
    assert set(ALLOWED) == set(PARTIES)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_part_imports_only_what_it_may(name: str) -> None:
    for path, modules in FOUND[name].items():
        own = {part(module) for module in modules if module.split(".")[0] == "hgt_portfolio"}
        assert own - {name, "__version__"} <= ALLOWED[name], path
        others = {module.split(".")[0] for module in modules} - {"hgt_portfolio"} - set(sys.stdlib_module_names)
        assert others <= PARTIES[name], path


def test_the_table_runs_one_way() -> None:
    order: list[str] = []
    while len(order) < len(ALLOWED):
        ready = [name for name, below in ALLOWED.items() if name not in order and below <= set(order)]
        assert ready, f"a cycle among {set(ALLOWED) - set(order)}"
        order += ready
    assert order[-1] == "cli"


def test_no_screen_or_report_reads_the_database() -> None:
    for name in ("reports", "output", "tui"):
        assert not ALLOWED[name] & {"model", "store"}


HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "alembic",
    "pandas",
    "numpy",
    "textual",
    "xlsxwriter",
    "pypinyin",
    "rich",
    "aiohttp",
)
LIGHT = [
    (("terms", "money", "months", "table", "settings"), ()),
    (("rules.point",), ()),
    (("plan",), ()),
    (("rules.lights", "rules.checks"), ("sqlalchemy",)),
    (("figures", "store"), ("sqlalchemy", "sqlmodel", "pydantic")),
    (("ledger",), ("sqlalchemy", "sqlmodel", "pydantic")),
    (("cli",), ()),
]


@pytest.mark.parametrize(("names", "loaded"), LIGHT, ids="-".join)
def test_what_an_import_loads(names: tuple[str, ...], loaded: tuple[str, ...]) -> None:
    lines = [f"import hgt_portfolio.{name}" for name in names]
    code = "; ".join(["import sys", *lines, f"print([name for name in {HEAVY!r} if name in sys.modules])"])
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(list(loaded))
