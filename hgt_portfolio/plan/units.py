"""Responsible-unit cells: who leads, who cooperates, and what names no unit at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST_CELL = 500
LONGEST_NAME = 40


@dataclass(frozen=True)
class UnitCell:
    """A reading of a 责任单位 cell; ``note`` or ``generic`` says why where ``lead`` is ``None``."""

    lead: str | None
    cooperating: tuple[str, ...]
    generic: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class _Member:
    """One listed unit with its role: ``lead``, ``with`` or ``None`` where the cell gives none."""

    name: str
    role: str | None
    notes: tuple[str, ...]


UNIT_ENDINGS = (
    *("局", "委", "办", "厅", "署", "所", "站", "处", "科", "室", "中心", "部", "院", "校", "馆", "司", "厂", "行"),
    *("街道", "街办", "乡", "镇", "县", "区", "市", "村", "社区", "公司", "集团", "管委会", "管理处", "委员会", "政府"),
    *("办公室", "办事处", "指挥部", "专班", "领导小组", "党校", "大队", "支队", "总队", "分局", "联社", "供销社"),
    *("联合会", "工会", "妇联", "团委", "协会", "法院", "检察院", "银行", "学校", "医院", "项目部", "园区", "城投"),
    *("残联", "科协", "工商联", "文联", "工委", "党委", "党工委", "委组织部", "农场", "林场", "水务", "农商行"),
    *("单位", "部门", "企业"),
)
BLANKS = frozenset(("", "-", "--", "—", "——", "/", "无"))
PENDING = ("待定", "未定", "待确定", "待明确", "另行确定", "暂无")
LEAD_WORDS = ("牵头单位", "牵头部门", "牵头", "责任单位", "责任部门", "主办单位", "主责单位", "总牵头")
WITH_WORDS = ("配合单位", "配合部门", "协办单位", "协同单位", "参与单位", "参加单位", "配合", "协助", "参与", "协同")

_ROLES = dict.fromkeys((*LEAD_WORDS, "主办", "主责", "负责"), "lead") | dict.fromkeys((*WITH_WORDS, "协办"), "with")
_ROLE = "|".join(sorted(_ROLES, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|[\s,，、;；。])(?P<role>{_ROLE})\s*[:：]")
_MARK = re.compile(rf"[（(]\s*(?P<role>{_ROLE})\s*[)）]$")
_VERB = re.compile(rf"(?:共同|联合)?(?P<role>{_ROLE})$")
_BRACKETS = re.compile(r"[（(](?P<inner>[^（）()]*)[)）]$")
_GENERIC = re.compile(
    r"^(?:各|相关|有关|其他|其它|涉及|所属|属地)"
    r"|^(?:全区|全市|全县|区直|市直|县直|区级|市级|驻区|辖区|区属).*(?:各|相关|有关)"
    r"|^(?:区直|市直|县直|驻区)?(?:部门|单位)(?:[（(](?:单位|部门)[)）])?$"
    r"|^等(?:相关|有关|各)*(?:部门|单位)?$"
)
_AND_OTHERS = re.compile(r"(?<=.)(?=等(?:相关|有关|各)*(?:部门|单位)?$)")
_SENTENCE = re.compile("[的为。！？!?：:“”]|应当|必须")
_STRONG = re.compile(r"[、，,;；\n\r/]")
_SPACES = re.compile(r"\s+")
_WEAK = re.compile("会同|以及|和|及|与")
_UNIT = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, UNIT_ENDINGS), key=len, reverse=True))})$")


def _is_unit(name: str, known: frozenset[str]) -> bool:
    """Tell whether a text looks like the name of a unit."""
    if name in known:
        return True
    bare = _BRACKETS.sub("", name)
    return 2 <= len(bare) <= LONGEST_NAME and not _SENTENCE.search(name) and _UNIT.search(bare) is not None


def _outside(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Find a pattern outside brackets only; an unclosed bracket protects nothing."""
    depth, depths = 0, []
    for char in text:
        depth += char in "（("
        depths.append(depth)
        depth -= char in "）)" and depth > 0
    protects = depth == 0
    return [found.span() for found in pattern.finditer(text) if not (protects and depths[found.start()])]


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(text[at:start].strip())
        at = end
    return [piece for piece in (*pieces, text[at:].strip()) if piece]


def _may_name(name: str) -> bool:
    """Tell whether a text that stands alone can be a name: no sentence, no single sign, brackets in pairs."""
    paired = len(re.findall("[（(]", name)) == len(re.findall("[）)]", name))
    return 2 <= len(name) <= LONGEST_NAME and paired and not _SENTENCE.search(name) and any(map(str.isalnum, name))


def _looks_whole(name: str, known: frozenset[str]) -> bool:
    bare = _VERB.sub("", _MARK.sub("", name)).strip()
    return _is_unit(bare, known) or _GENERIC.search(bare) is not None


def _split_weak(name: str, pattern: re.Pattern[str], known: frozenset[str]) -> list[str]:
    """Split at a joining word only where both sides look like units: 城市管理和综合执法局 stays whole."""
    if name in known:
        return [name]
    for start, end in _outside(name, pattern):
        left, right = name[:start].strip(), name[end:].strip()
        if _looks_whole(left, known) and _looks_whole(right, known):
            return [left, *_split_weak(right, pattern, known)]
    return [name]


def _parts(piece: str, known: frozenset[str]) -> list[str]:
    """Split a piece at spaces, joining words and 等 (等相关部门 is generic) where units stand around them."""
    spaced = _split_weak(piece, _SPACES, known)
    joined = [part for name in spaced for part in _split_weak(name, _WEAK, known)]
    return [part for name in joined for part in (_AND_OTHERS.split(name) if name not in known else [name])]


def _members(text: str, role: str | None, known: frozenset[str]) -> list[_Member]:
    """List the units of one stretch of text; a closing 牵头 or 配合 goes for all before it, back to the last."""
    members: list[_Member] = []
    waiting: list[str] = []
    for piece in _cut(text, _outside(text, _STRONG)):
        for part in _parts(piece, known):
            mark = _MARK.search(part)
            verb = None if mark or part in known else _VERB.search(part)
            found = mark or verb
            waiting.append(part[: found.start()].strip().removeprefix("由") if found else part)
            if found:
                given = _ROLES[found["role"]]
                whose = waiting[-1:] if mark else waiting
                members += [_Member(name, role, ()) for name in waiting[: -len(whose)] if name]
                members += [_Member(name, given, ()) for name in whose if name]
                waiting = []
    return members + [_Member(name, role, ()) for name in waiting]


def _labelled(text: str, known: frozenset[str]) -> list[_Member]:
    """Split a cell at its labels (牵头单位：…；配合单位：…) and list the units under each."""
    labels = list(_LABEL.finditer(text))
    starts = [0, *(label.end() for label in labels)]
    ends = [*(label.start() for label in labels), len(text)]
    roles = [None, *(_ROLES[label["role"]] for label in labels)]
    return [
        member
        for start, end, role in zip(starts, ends, roles, strict=True)
        for member in _members(text[start:end].strip(" 。"), role, known)
    ]


def _named(member: _Member, aliases: Mapping[str, str]) -> _Member:
    """Give a member its own name: brackets at its end become a note, an alias gives way to the name."""
    name, notes = member.name, []
    brackets = _BRACKETS.search(name)
    if brackets and brackets.start() and name not in aliases:
        name = name[: brackets.start()].strip()
        notes.append(brackets["inner"].strip())
    canonical = aliases.get(name, name)
    if canonical != name:
        notes.append(f"{name} 即 {canonical}")
    return _Member(canonical, member.role, tuple(note for note in notes if note))


def _blank(text: str) -> str | None:
    """Say why a cell names nobody before it is read, or ``None``."""
    if text in BLANKS:
        return "未填写责任单位"
    if text in PENDING:
        return f"责任单位{text}"
    return "内容过长，不是单位名称" if len(text) > LONGEST_CELL else None


def parse_unit(text: str, aliases: Mapping[str, str]) -> UnitCell:
    """Read a 责任单位 cell; it never raises, and the first unit listed leads unless another is marked 牵头."""
    plain = text.strip().removesuffix("。")
    why = _blank(plain)
    if why is not None:
        return UnitCell(None, (), (), why)
    known = frozenset(aliases) | frozenset(aliases.values())
    units: list[_Member] = []
    generic: list[str] = []
    for member in _labelled(plain, known):
        if member.name not in known and _GENERIC.search(member.name):
            generic.append(member.name)
        elif member.name in known or _may_name(member.name):
            units.append(_named(member, aliases))
        else:
            return UnitCell(None, (), (), f"“{plain[:40]}”不是单位名称")
    if not units:
        note = "只有泛指，没有具体的责任单位" if generic else f"“{plain[:40]}”不是单位名称"
        return UnitCell(None, (), tuple(dict.fromkeys(generic)), note)
    leads = [unit.name for unit in units if unit.role == "lead"]
    unmarked = [unit.name for unit in units if unit.role is None]
    lead = next(iter(leads + unmarked), None)
    names = tuple(dict.fromkeys(unit.name for unit in units if unit.name != lead))
    notes = [note for unit in units for note in unit.notes]
    if lead is None:
        notes.append("只列了配合单位，没有牵头单位")
    return UnitCell(lead, names, tuple(dict.fromkeys(generic)), "；".join(dict.fromkeys(notes)) or None)
