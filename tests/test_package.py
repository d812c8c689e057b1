"""The wheel alone, outside the checkout: it carries the plan and the migrations, and keeps its data where it should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def hgt(unpacked: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HGT_")}
    environment |= {
        "PYTHONPATH": str(unpacked),
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "HGT_OPERATOR": "演示员",
    }
    script = "import hgt_portfolio, sys; from hgt_portfolio.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_init_and_summary_run_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    done = hgt(unpacked, tmp_path, "init")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "hgt_portfolio" / "portfolio.db").is_file()
    summary = hgt(unpacked, tmp_path, "summary", "--json")
    assert summary.returncode == 0, summary.stderr
    assert json.loads(summary.stdout)["investment_wan"] == "2995731.99"


def test_the_wheel_holds_the_package_and_nothing_else(unpacked: Path) -> None:
    assert {path.name.partition("-")[0] for path in unpacked.iterdir()} == {"hgt_portfolio"}
    assert (unpacked / "hgt_portfolio" / "plan" / "projects.csv").is_file()


def test_the_locks_name_no_index_and_pin_every_package_by_hash() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pins)
        assert text.count("--hash=sha256:") >= len(pins)
