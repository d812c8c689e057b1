"""A filter as plain values for the settings file, and back: nothing is taken that is not understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hgt_portfolio.figures.position import STATED_LABELS, Filter
from hgt_portfolio.terms import Basis, DeadlineState, FilingState, Light, Phase, StartState, Status


@dataclass(frozen=True)
class _Kind:
    """What a field holds, in words; whether a value is that; and how it is read."""

    expected: str
    fits: Callable[[Any], bool]
    read: Callable[[Any], Any]


def _one_of(words: Sequence[str], read: Callable[[Any], Any] = str) -> _Kind:
    return _Kind(f"{'、'.join(words)} 之一", lambda value: value in words, read)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def filter_settings(where: Filter) -> dict[str, Any]:
    """Give the fields of a filter that are set, as values that a settings file can hold."""
    plain = {name: getattr(where, name) for name in _FIELDS if getattr(where, name) != getattr(Filter(), name)}
    return {name: _plain(value) for name, value in plain.items()}


def _plain(value: object) -> object:
    if isinstance(value, Filter):
        return filter_settings(value)
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool) else str(value)


def read_filter(given: object) -> Filter:
    """Read a filter from what the settings hold; raises ``ValueError`` saying which part cannot be understood."""
    if not isinstance(given, Mapping):
        raise ValueError(f"筛选应写成几项条件，读到 {given!r}。")
    for name, value in given.items():
        if name not in _FIELDS:
            raise ValueError(f"筛选里有不认识的项 {name}；可用的项：{'、'.join(_FIELDS)}。")
        kind = _KINDS.get(name, _TEXT)
        if not kind.fits(value):
            raise ValueError(f"筛选的 {name} 应为 {kind.expected}，读到 {value!r}。")
    return Filter(**{name: _KINDS.get(name, _TEXT).read(value) for name, value in given.items()})


_FIELDS = tuple(field.name for field in fields(Filter))
_TEXT = _Kind("文字", lambda value: isinstance(value, str), str)
_YES_NO = _Kind("true 或 false", lambda value: isinstance(value, bool), bool)
_KINDS = {
    "phase": _one_of(tuple(Phase), Phase),
    "basis": _one_of((Basis.PLAN, Basis.DEADLINE), Basis),
    "status": _one_of((*Status, "未填报")),
    "deadline_state": _one_of(tuple(DeadlineState)),
    "start_state": _one_of(tuple(StartState)),
    "light": _one_of(tuple(Light)),
    "filing_state": _one_of(tuple(FilingState)),
    "stated": _one_of(tuple(STATED_LABELS)),
    "priced": _YES_NO,
    "silent": _YES_NO,
    "nos": _Kind('一列序号，如 ["1", "2"]', _are_texts, lambda nos: tuple(map(str, nos))),
    "within": _Kind("另一个筛选", lambda value: isinstance(value, Mapping), read_filter),
}
"""The fields that hold something else than any text."""
