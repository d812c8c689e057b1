"""The installed ``hgt`` in a real terminal: tmux draws it, sends the keys, and shows what is left behind."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import FILED, HGT, environment, ledger_file, needed, newest_report, until

COLOUR = re.compile(r"\x1b\[[\d;]*?\b[34]8[;:]([25])[;:]([\d;:]+)")


class Terminal:
    """A tmux server of its own with one window, in which a shell runs ``hgt`` and then says its exit code."""

    def __init__(self, folder: Path, line: str, size: tuple[int, int], **more: str) -> None:
        self.server = [needed("tmux"), "-u", "-L", f"hgt-{uuid.uuid4().hex[:12]}", "-f", os.devnull]
        self.folder, self.environment = folder, environment(folder)
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in more.items())
        shell = f"echo 从前的一行; {settings} {line}; echo 退出码 $?; exec cat"
        width, height = map(str, size)
        self.tmux("new-session", "-d", "-s", "t", "-x", width, "-y", height, f"sh -c {shlex.quote(shell)}")

    def tmux(self, *arguments: str) -> str:
        line, given = [*self.server, *arguments], {"cwd": self.folder, "env": self.environment}
        return subprocess.run(line, capture_output=True, text=True, check=True, timeout=10, **given).stdout  # type: ignore[call-overload, no-any-return]

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "t")

    def coloured(self) -> str:
        return self.tmux("capture-pane", "-p", "-e", "-t", "t")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "t", *keys)

    def see(self, *signs: str) -> str:
        return until(self.screen, *signs)


@pytest.fixture
def started(template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Terminal, Path]]:
    """``hgt`` in a terminal over a ledger of its own."""
    path = ledger_file(template, tmp_path)
    given: dict[str, str] = getattr(request, "param", {})
    terminal = Terminal(tmp_path, f"{shlex.quote(HGT)} --db {path.name} --operator 乙", (120, 36), **given)
    yield terminal, path
    terminal.tmux("kill-server")


def test_a_report_is_filed_by_keys_and_the_screen_is_given_back(started: tuple[Terminal, Path]) -> None:
    terminal, path = started
    terminal.see("总投资", "台账.db", "乙")
    terminal.press("F2")
    terminal.see("62/62 条", "雨污管网")
    terminal.press("F4")
    terminal.see("进度填报 #1", f"{FILED}.00")
    terminal.press("-l", "+500")
    terminal.see(f"{FILED + 500}.00")
    terminal.press("F10")
    terminal.see("按 Ctrl+Z 可撤销")
    assert newest_report(path) == (FILED + 500, "乙")
    terminal.press("C-q")
    left = terminal.see("从前的一行", "退出码 0")
    assert "62/62" not in left
    modes = "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"
    assert terminal.tmux("display-message", "-p", "-t", "t", modes).split() == ["0", "0", "1"]


def test_keys_arrive_and_the_screen_follows_its_size(started: tuple[Terminal, Path]) -> None:
    terminal, _ = started
    terminal.see("总投资")
    terminal.press("F2")
    terminal.see("62/62 条")
    terminal.press("M-l")
    terminal.see("填报情况")
    terminal.press("Escape")
    terminal.see("62/62 条")
    terminal.press("F3")
    until(lambda: str("空格 标记" in terminal.screen()), "False")  # in the filter a space is a space
    terminal.press("-l", "渔舟湾")
    terminal.see("1/62", "渔舟湾小微湿地")
    terminal.press("C-l")
    terminal.see("62/62 条")
    terminal.press("C-p")
    terminal.see("按名称、用处、英文或拼音查找命令")
    terminal.press("Escape")
    terminal.tmux("resize-window", "-t", "t", "-x", "80", "-y", "24")
    narrow = until(lambda: terminal.screen() if "│" not in terminal.screen() else "", "62/62 条", "F1")
    assert len(narrow.rstrip("\n").split("\n")) == 24
    terminal.tmux("resize-window", "-t", "t", "-x", "120", "-y", "36")
    terminal.see("│ #1", "年限", "62/62 条")


@pytest.mark.parametrize("started", [{"TERM": "xterm-16color", "COLORTERM": ""}], indirect=True)
def test_sixteen_colours_suffice(started: tuple[Terminal, Path]) -> None:
    terminal, _ = started
    terminal.see("总投资", "最要紧的")
    assert not COLOUR.search(terminal.coloured())


@pytest.mark.parametrize("started", [{"NO_COLOR": "1", "COLORTERM": "truecolor"}], indirect=True)
def test_no_color_means_greys_only(started: tuple[Terminal, Path]) -> None:
    terminal, _ = started
    terminal.see("总投资", "最要紧的")
    painted = terminal.coloured()
    triples = {tuple(re.split("[;:]", values)[:3]) for _, values in COLOUR.findall(painted)}
    assert triples
    assert all(len(set(triple)) == 1 for triple in triples), triples
