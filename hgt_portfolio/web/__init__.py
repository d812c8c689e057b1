"""The terminal UI in a browser: one ``hgt`` a tab, behind a token, a cookie, and checks of Host and Origin.

textual-serve itself has no authentication and takes a WebSocket from any page.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server as OpenServer
from textual_serve.server import to_int

from hgt_portfolio.web.child import Child

PAGE = Path(__file__).parent / "page"
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
MOST_TABS = 16
"""Tabs open at once: each is a process of its own."""

PATIENCE = 8
"""Seconds that open tabs have to end when the server stops."""

MALFORMED = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What a message that the page would never send raises where it is read."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ServeError(Exception):
    """The server cannot listen; the text says where, why and what to do."""


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this computer can reach a host name or address."""
    return all(ipaddress.ip_address(found[4][0]).is_loopback for found in _resolved(host))


def _resolved(host: str, port: int = 0) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ServeError(f"找不到地址 {host}。请写本机的一个 IP 地址，或去掉 --host。") from error


def listening(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 takes any free one. Raises ``ServeError`` where that cannot be."""
    family, _, _, _, address = _resolved(host, port)[0]
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        raise ServeError(
            f"不能在 {host}:{port} 上监听：端口已被占用，或地址不是本机的。请用 --port 换一个端口，如 {port + 1}。"
        ) from error


class Server(OpenServer):
    """Serves the pages and a WebSocket a tab, to whoever came with the token first."""

    def __init__(self, command: Sequence[str], host: str, listening: socket.socket, token: str | None) -> None:
        port = listening.getsockname()[1]
        super().__init__(command[0], host, port)
        self.line, self.listening = command, listening
        self.token = token or secrets.token_urlsafe(24)
        self.session = secrets.token_urlsafe(32)
        self.cookie = f"hgt_{port}"
        self.sockets: set[web.WebSocketResponse] = set()

    @property
    def address(self) -> str:
        """The address to open first, with the token in it."""
        host = "127.0.0.1" if _is_any(self.host) else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/?token={quote(self.token, safe='')}"

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl+C or a signal to terminate; the tabs' processes end with it."""
        self.debug = debug
        web.run_app(
            self._make_app(),
            sock=self.listening,
            print=None,
            access_log=None,
            shutdown_timeout=PATIENCE,
            loop=asyncio.new_event_loop(),
        )

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_static("/page", PAGE)
        app.middlewares.append(self.guard)
        app.on_response_prepare.append(_add_headers)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command says where the page is."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - the base class's own
        """Close the tabs' connections, which ends their processes."""
        await asyncio.gather(*(socket.close(code=1001) for socket in self.sockets))

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through only requests to this server's own name, with its cookie, and WebSockets from its own page."""
        if not self.knows(request.host):
            raise web.HTTPForbidden(text="403 地址不对：请用启动时显示的网址打开。")
        given = request.query.get("token")
        if given is not None and request.path == "/" and _same(given, self.token):
            entered = web.HTTPSeeOther("/")
            entered.set_cookie(self.cookie, self.session, httponly=True, samesite="Strict", path="/")
            raise entered
        if given is not None or not _same(request.cookies.get(self.cookie, ""), self.session):
            forbidden = (PAGE / "forbidden.html").read_text(encoding="utf-8")
            raise web.HTTPForbidden(text=forbidden, content_type="text/html")
        if request.path == "/ws" and request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="403 来路不对：只接受本程序自己的网页。")
        return await handler(request)

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names this server: a name of an attacker's own that points here does not.

        A server on every address takes any address, since only names can be made to point here.
        """
        name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "80")
        name = name.strip("[]").lower()
        known = name in (*LOCAL_NAMES, self.host.lower()) or (_is_any(self.host) and _is_address(name))
        return known and port == str(self.port)

    async def handle_index(self, request: web.Request) -> web.StreamResponse:  # noqa: ARG002
        """Give the page that holds the terminal."""
        return web.FileResponse(PAGE / "index.html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run one ``hgt`` for as long as the tab is open."""
        if len(self.sockets) >= MOST_TABS:
            raise web.HTTPServiceUnavailable(text=f"503 已开了 {MOST_TABS} 个标签页，请先关掉几个。")
        channel = web.WebSocketResponse(heartbeat=15)
        await channel.prepare(request)
        child = Child(
            self.line,
            write_bytes=channel.send_bytes,
            write_str=channel.send_str,
            close=channel.close,
            download_manager=self.download_manager,
        )
        self.sockets.add(channel)
        try:
            with suppress(*MALFORMED):
                await child.start(
                    to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
                )
                await self._process_messages(channel, child)
        finally:
            self.sockets.discard(channel)
            await child.stop()
            await channel.close()
        return channel

    async def handle_download(self, request: web.Request) -> web.StreamResponse:
        """Give a file that a tab's ``hgt`` delivers, once."""
        key = request.match_info["key"]
        try:
            wanted = await self.download_manager.get_download_metadata(key)
        except KeyError:
            raise web.HTTPNotFound(text="404 没有这个文件，或已经下载过。请在界面里重新导出。") from None
        headers = {
            "Content-Type": wanted.mime_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(wanted.file_name, safe='')}",
        }
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        async for chunk in self.download_manager.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers[name] = value.format(host=request.host)


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), expected.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_any(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified
