"""The command that opens the terminal UI in a browser: serve."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer

from hgt_portfolio.cli.desk import AsOf, KnownAt, Refusal, Rules, UsageProblem, say, screen_command, screen_reader

SHORTEST_TOKEN = 16


def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="地址",
            help="监听的地址，默认 127.0.0.1；不是本机回环地址时必须写 --token。",
            show_default=False,
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", metavar="端口", help="监听的端口，默认 8317。", min=0, max=65535, show_default=False),
    ] = 8317,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="HGT_SERVE_TOKEN",
            show_envvar=False,
            help=f"口令，至少 {SHORTEST_TOKEN} 个字符，也可写在 HGT_SERVE_TOKEN；不写则每次启动随机生成。",
        ),
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="只看：界面里不能填报或改动。")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    rules: Rules = None,
) -> None:
    """在浏览器里打开界面：每个标签页各开一份，按 Ctrl+C 停止。"""
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise UsageProblem(f"--token 太短，容易被猜中：至少要 {SHORTEST_TOKEN} 个字符。")
    try:
        from hgt_portfolio.web import Server, is_loopback, listening
    except ModuleNotFoundError as error:
        raise Refusal("浏览器界面要另装一个组件，请运行：pip install 'hgt-portfolio[serve]'。") from error
    if token is None and not is_loopback(host):
        raise UsageProblem(f"{host} 不是本机回环地址，别的电脑也能打开：请用 --token 设一个口令，或去掉 --host。")
    screen_reader(as_of, known_at, read_only=read_only)
    options = {"--as-of": as_of, "--known-at": known_at, "--rules": rules}
    more = [f"{option}={value}" for option, value in options.items() if value]
    command = screen_command(*more, *(["--read-only"] if read_only else []))
    with contextlib.closing(listening(host, port)) as socket:
        server = Server(command, host, socket, token)
        say(f"请在浏览器里打开：{server.address}\n这个地址含有口令，不要转给别人。停止请按 Ctrl+C。")
        sys.stdout.flush()
        server.serve()
    say("已停止。")
