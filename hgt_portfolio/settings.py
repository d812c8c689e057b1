"""Where the database is, who the operator is, and the office's settings file; errors name the key."""

from __future__ import annotations

import errno
import getpass
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hgt_portfolio.files import growing

MOST_PAGE = 5000
"""Rows of a list page; more would take seconds to draw."""

CHECKOUT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting that cannot be used; its text names the key and what to do."""


@dataclass(frozen=True)
class Settings:
    """The office's settings, each with its default.

    ``rules`` names the rule set used until one is adopted, ``operator`` who acts, ``theme`` and ``ascii`` how the
    terminal UI looks, ``page`` how many rows a list page holds, ``columns`` which columns the project list shows (none
    named: the usual ones), ``keys`` the keys of a command by its id (``report = "f4,t"``), ``filters`` the filters kept
    under a name, ``folder`` where the terminal UI last exported to (empty: the exports folder), ``toured`` that the
    first-run tour was seen.
    """

    operator: str = ""
    rules: str = ""
    theme: str = "textual-light"
    ascii: bool = False
    page: int = 200
    toured: bool = False
    folder: str = ""
    columns: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)


def settings_file() -> Path:
    """Give the path of the settings file: ``HGT_SETTINGS``, else beside the database's default place."""
    given = os.environ.get("HGT_SETTINGS")
    return Path(given).expanduser() if given else data_folder() / "settings.toml"


def in_checkout() -> bool:
    """Tell whether the program runs from its source checkout, where ``db/`` and ``exports/`` stand."""
    return (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / "db").is_dir()


def data_folder() -> Path:
    """Give the folder for the database: ``db/`` in the checkout, else the platform's user data folder."""
    if in_checkout():
        return CHECKOUT / "db"
    from platformdirs import user_data_path

    return user_data_path("hgt_portfolio", appauthor=False)


def exports_folder(kept: str = "") -> Path:
    """Give the folder for what is exported: the one kept, else ``exports/`` in the checkout or the current folder."""
    if kept:
        return Path(kept).expanduser().absolute()
    return CHECKOUT / "exports" if in_checkout() else Path.cwd()


def database_url(given: str | None) -> str:
    """Give the database's URL from ``--db``, else ``HGT_DATABASE_URL``, else the data folder.

    A plain path becomes a ``sqlite:///`` URL with an absolute path.
    """
    text = given or os.environ.get("HGT_DATABASE_URL") or str(data_folder() / "portfolio.db")
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        return text
    return f"sqlite:///{Path(text).expanduser().resolve()}"


def _anything(_value: Any) -> bool:
    return True


_HOLDS: dict[str, Callable[[Any], bool]] = {
    "page": lambda rows: 1 <= rows <= MOST_PAGE,
    "columns": lambda names: all(isinstance(name, str) for name in names),
    "keys": lambda keys: all(isinstance(key, str) for key in keys.values()),
    "filters": lambda kept: all(isinstance(one, dict) for one in kept.values()),
}
"""What a setting of the right type must hold besides."""


def read_settings(path: Path | None = None) -> Settings:
    """Read ``settings.toml`` beside the database; raises ``SettingsError`` naming the key that is wrong."""
    path = path or settings_file()
    if not path.is_file():
        return Settings()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"设置文件 {path} 不是有效的 TOML：{error}。请改正或删去该文件。") from error
    except OSError as error:
        raise SettingsError(f"不能读设置文件 {path}：{os_reason(error)}。请检查它的权限，或删去该文件。") from error
    known = {one.name: type(getattr(Settings(), one.name)) for one in fields(Settings)}
    for key, value in given.items():
        if key not in known:
            raise SettingsError(f"设置文件 {path} 中有不认识的项 {key}；可用的项：{'、'.join(known)}。")
        if type(value) is not known[key]:
            raise SettingsError(f"设置文件 {path} 中 {key} 应为 {known[key].__name__}，读到 {str(value)[:40]!r}。")
        if not _HOLDS.get(key, _anything)(value):
            raise SettingsError(f"设置文件 {path} 中 {key} 的内容 {str(value)[:40]!r} 不能用。请改正或删去这一项。")
    return Settings(**given)


def write_settings(path: Path, changes: Mapping[str, Any]) -> Settings:
    """Write some settings anew, leaving the rest of the file and its comments as they are.

    A setting equal to its default leaves the file. Raises ``SettingsError`` where the file cannot be written.
    """
    import tomlkit

    read_settings(path)
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig") if path.is_file() else "")
        for key, value in changes.items():
            if value != getattr(Settings(), key):
                document[key] = value
            elif key in document:
                del document[key]
        with growing(path) as new:
            new.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"不能写设置文件 {path}：{os_reason(error)}。这次的设置只在本次运行中有效。") from error
    return read_settings(path)


def operator_name(given: str | None, settings: Settings) -> str:
    """Give who acts: ``--operator``, else ``HGT_OPERATOR``, else the setting; empty where none of them says."""
    return (given or os.environ.get("HGT_OPERATOR") or settings.operator).strip()


OS_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在磁盘是只读的",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了系统允许的大小",
    errno.EIO: "读写磁盘时出错",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
}


def os_reason(error: OSError) -> str:
    """Say why the operating system refused, in Chinese where it is a common reason."""
    return OS_REASONS.get(error.errno or 0, error.strerror or str(error))


def os_user() -> str:
    """Give the operating system's user name, or 未知 where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "未知"
