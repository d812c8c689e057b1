"""``hgt serve`` in real Chromium: the rows, a report by keys, Chinese through an input method; and who is refused."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import aiohttp.web
import pytest
from playwright.sync_api import Browser, Download, Page, sync_playwright

from hgt_portfolio import web
from hgt_portfolio.cli import run
from hgt_portfolio.cli.desk import screen_command
from tests.running import FILED, HGT, environment, ledger_file, needed, newest_report, until

HOOK = """Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(addon) {
  window.drawn = this.terminal;
  Object.defineProperty(this, "fitAddon", {value: addon, writable: true});
}})"""
"""Catches the xterm.js terminal where textual.js makes it: it draws on a canvas, which has no text to read."""

READ = """() => window.drawn
  ? [...Array(drawn.rows).keys()].map(row => drawn.buffer.active.getLine(row).translateToString(true)).join("\\n")
  : document.body?.innerText ?? ''"""

DELIVERING = """
import sys
from pathlib import Path
from textual.app import App
from textual.widgets import Static
from hgt_portfolio.tui.app import PortfolioApp

class Delivering(App):
    deliver = PortfolioApp.deliver

    def compose(self):
        yield Static("ready")

    def on_key(self):
        self.deliver(Path(sys.argv[1]))

Delivering().run()
"""
SERVING = """
import sys
from hgt_portfolio.web import Server, listening

server = Server(sys.argv[1:], "127.0.0.1", listening("127.0.0.1", 0), None)
print(server.address, flush=True)
server.serve()
"""


@dataclass
class Served:
    """A running server: its process, the address with the token, and its port."""

    process: subprocess.Popen[str]
    address: str
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = urlsplit(self.address).port or 0

    def ask(self, path: str, host: str | None = None, **headers: str) -> http.client.HTTPResponse:
        """Send one request as anyone might; header names take ``_`` for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        response.body = b"" if response.status == 101 else response.read()  # type: ignore[attr-defined]
        connection.close()
        return response

    def cookie(self) -> str:
        """Come in with the token and give the cookie."""
        entered = self.ask(f"/?{urlsplit(self.address).query}")
        assert (entered.status, entered.getheader("Location")) == (303, "/")
        (morsel,) = SimpleCookie(entered.getheader("Set-Cookie")).values()
        assert (morsel["httponly"], morsel["samesite"], morsel["domain"]) == (True, "Strict", "")
        assert morsel.value not in self.address
        return f"{morsel.key}={morsel.value}"


@contextmanager
def serving(folder: Path, *line: str) -> Iterator[Served]:
    """Run a server until the block ends; it stops by its own signal, cleanly and with its children."""
    process = subprocess.Popen(
        line, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.search(r"http\S+", first)
        assert found, first
        yield Served(process, found.group())
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        assert not [child for child in children if Path(f"/proc/{child}").exists()]
        said = process.stdout.read()
        assert "Traceback" not in said
        assert "token" not in said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def children_of(parent: int) -> list[int]:
    """Give the processes that a process has started."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in listed.split()]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = needed("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def tab(browser: Browser, address: str) -> Iterator[Page]:
    """Open an address in a profile of its own; no other server may be asked, no script fail or be held back."""
    page = browser.new_context(viewport={"width": 1200, "height": 700}, locale="zh-CN").new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda said: failed.append(said.text) if "Security" in said.text else None)
    page.add_init_script(HOOK)
    page.goto(address)
    yield page
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
    assert not failed
    page.context.close()


def see(page: Page, *signs: str) -> str:
    return until(lambda: str(page.evaluate(READ)), *signs)


def test_a_report_is_filed_in_the_browser(template: Path, tmp_path: Path, chromium: Browser) -> None:
    path = ledger_file(template, tmp_path)
    with (
        serving(tmp_path, HGT, "--db", path.name, "--operator", "乙", "serve", "--port", "0") as served,
        tab(chromium, served.address) as page,
    ):
        see(page, "总投资", "台账.db", "乙")
        assert page.url == f"http://127.0.0.1:{served.port}/"
        assert (page.title(), page.evaluate("document.documentElement.lang")) == ("重点工程台账", "zh-CN")
        assert page.evaluate("document.cookie") == ""
        page.keyboard.press("F2")
        see(page, "62/62 条", "雨污管网")
        page.keyboard.press("F4")
        see(page, "进度填报 #1", f"{FILED}.00")
        page.keyboard.type("+500")
        see(page, f"{FILED + 500}.00")
        page.keyboard.press("F10")
        see(page, "按 Ctrl+Z 可撤销", f"{FILED + 500:,}")
        assert newest_report(path) == (FILED + 500, "乙")

        page.keyboard.press("F3")
        until(lambda: str("空格 标记" in page.evaluate(READ)), "False")  # in the filter a space is a space
        keyboard = page.context.new_cdp_session(page)
        for composing in ("yu zhou wan", "渔舟湾"):
            ends = {"selectionStart": len(composing), "selectionEnd": len(composing)}
            keyboard.send("Input.imeSetComposition", {"text": composing, **ends})
        keyboard.send("Input.insertText", {"text": "渔舟湾"})
        found = see(page, "1/62 条", "渔舟湾小微湿地")
        assert re.search(r"筛选 渔舟湾\s", found), "what was being composed stays out"

        assert len(children_of(served.process.pid)) == 1
        page.reload()
        see(page, "总投资", "最要紧的")
        until(lambda: str(len(children_of(served.process.pid))), "1")
        page.keyboard.press("Control+q")
        until(lambda: page.inner_text("body"), "界面已关闭", "重新打开")
        page.click("#again")
        see(page, "总投资", "最要紧的")


def test_read_only_goes_for_every_tab(template: Path, tmp_path: Path, chromium: Browser) -> None:
    path = ledger_file(template, tmp_path)
    before = path.read_bytes()
    options = (
        "serve",
        "--port",
        "0",
        "--read-only",
        "--as-of",
        "2024Q3",
        "--token",
        "演示用的口令/?&%23不能被人猜中的",
    )
    with serving(tmp_path, HGT, "--db", path.name, *options) as served, tab(chromium, served.address) as page:
        see(page, "总投资", "截至 2024-09-30", " 只读 ")
        page.keyboard.press("F2")
        see(page, "62/62 条")
        page.keyboard.press("F4")
        see(page, "以只读方式打开")
    assert path.read_bytes() == before


def test_a_file_comes_down_to_the_browser(tmp_path: Path, chromium: Browser) -> None:
    (tmp_path / "通报 2024Q3.docx").write_bytes(b"PK" * 100_000)
    app = (sys.executable, "-c", DELIVERING, "通报 2024Q3.docx")
    with serving(tmp_path, sys.executable, "-c", SERVING, *app) as served, tab(chromium, served.address) as page:
        see(page, "ready")
        downloads: list[Download] = []
        page.on("download", lambda download: downloads.extend([download]))
        page.keyboard.press("a")
        until(lambda: str(len(downloads)) if page.evaluate(READ) else "", "1")
        (download,) = downloads
        assert download.suggested_filename == "通报 2024Q3.docx"
        assert Path(download.path()).read_bytes() == b"PK" * 100_000


def test_who_is_refused(template: Path, tmp_path: Path) -> None:
    path = ledger_file(template, tmp_path)
    with serving(tmp_path, HGT, "--db", path.name, "serve", "--port", "0") as served:
        cookie, own = served.cookie(), f"127.0.0.1:{served.port}"
        welcome = served.ask("/", Cookie=cookie)
        assert welcome.status == 200
        for name, value in web.HEADERS.items():
            assert welcome.getheader(name) == value.format(host=own)
        for address in ("/", "/ws", "/static/js/textual.js", "/page/page.js", "/download/x", "/?token=", "/?token=错"):
            refused = served.ask(address.replace("错", "%E9%94%99"))
            assert (refused.status, "需要口令" in refused.body.decode()) == (403, True)  # type: ignore[attr-defined]
            assert refused.getheader("X-Frame-Options") == "DENY"
        assert served.ask("/?token=x", Cookie=cookie).status == 403
        assert served.ask("/", Cookie=cookie[:-1]).status == 403
        assert served.ask("/download/x", Cookie=cookie).status == 404
        assert served.ask("/page/../child.py", Cookie=cookie).status in {403, 404}
        for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", "127.0.0.1:1", f"x@{own}"):
            assert served.ask("/", host, Cookie=cookie).status in {400, 403}, host
        assert served.ask("/", f"localhost:{served.port}", Cookie=cookie).status == 200
        upgrade = {
            "Cookie": cookie,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec_WebSocket_Version": "13",
            "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        for origin in (
            "http://evil.example",
            "null",
            f"https://{own}",
            f"http://localhost:{served.port}",
            "http://127.0.0.1",
        ):
            assert served.ask("/ws", Origin=origin, **upgrade).status == 403, origin
        assert served.ask("/ws", **upgrade).status == 403, "a page always says where it comes from"
        assert not children_of(served.process.pid)
        assert served.ask("/ws", Origin=f"http://{own}", **upgrade).status == 101
        until(lambda: str(children_of(served.process.pid)), "[]")


def test_no_more_tabs_than_the_computer_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(web.listening("127.0.0.1", 0)) as socket:
        server = web.Server(("hgt",), "127.0.0.1", socket, "演示口令演示口令演示口令")
        monkeypatch.setattr(web, "MOST_TABS", 0)
        with pytest.raises(aiohttp.web.HTTPServiceUnavailable) as refused:
            # Playwright's loop runs in this thread: the handler is begun by hand.
            server.handle_websocket(cast("aiohttp.web.Request", None)).send(None)
        assert "请先关掉几个" in str(refused.value.text)


def test_what_opens_a_tab_shows_neither_address_nor_operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("HGT_OPERATOR", "演示员")
    address = "postgresql+psycopg://hgt:secret@db/hgt"
    monkeypatch.setenv("HGT_DATABASE_URL", address)
    assert not [word for word in screen_command("--read-only") if "secret" in word or "演示员" in word]
    assert (os.environ["HGT_DATABASE_URL"], os.environ["HGT_OPERATOR"]) == (address, "演示员")


def test_every_address_takes_addresses_and_no_foreign_names() -> None:
    with web.listening("0.0.0.0", 0) as socket:  # noqa: S104 - what is tested
        server = web.Server(["hgt"], "0.0.0.0", socket, "一二三四五六七八九十一二三四五六")  # noqa: S104
        known = [
            name
            for name in ("192.168.1.5", "[::1]", "localhost", "evil.example")
            if server.knows(f"{name}:{server.port}")
        ]
        assert known == ["192.168.1.5", "[::1]", "localhost"]
        assert server.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--host", "0.0.0.0"), "请用 --token 设一个口令"),  # noqa: S104 - what is refused
        (("--token", "123"), "至少要 16 个字符"),
        (("--host", "不是.地址.invalid"), "找不到地址"),
        (("--as-of", "昨天"), "昨天"),
    ],
)
def test_what_cannot_be_served(
    fresh_db: str, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--db", fresh_db, "serve", "--port", "0", *options]) > 0
    assert sentence in capsys.readouterr().err


def test_a_taken_port_is_said(
    fresh_db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HGT_OPERATOR", "演示员")
    with web.listening("127.0.0.1", 0) as socket:
        port = socket.getsockname()[1]
        assert run(["--db", fresh_db, "serve", "--port", str(port)]) == 1
    assert f"127.0.0.1:{port} 上监听：端口已被占用" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    fresh_db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hgt_portfolio.web", None)
    assert run(["--db", fresh_db, "serve"]) == 1
    assert "pip install 'hgt-portfolio[serve]'" in capsys.readouterr().err


@pytest.fixture
def fresh_db(template: Path) -> str:
    """A ledger that is only read."""
    return str(template)
