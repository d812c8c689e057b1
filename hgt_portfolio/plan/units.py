"""Responsible-unit cells: who leads, who cooperates, and what names no unit at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

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
class _Part:
    """One listed unit: its name without brackets, as it is shown, its rank as a role and its notes."""

    name: str
    shown: str
    rank: int
    notes: tuple[str, ...] = ()


# Who leads: the lowest rank, and the first listed of it. A cooperating unit never leads.
CHIEF, LEAD, OWNER, UNMARKED, WITH = range(5)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


BLANKS = frozenset(("", "-", "--", "—", "——", "/", "无"))
PENDING = (
    *("待定", "未定", "待确定", "待明确", "另行确定", "暂无", "不详", "另定", "暂未明确", "未明确", "尚未明确"),
    *("暂未确定", "未确定", "尚未确定", "暂不明确", "不明确", "待落实", "待研究", "暂缺", "空缺", "未知", "不明"),
)
_CHIEF_WORDS = ("总牵头", "总牵头单位", "总牵头部门")
_LEAD_WORDS = ("牵头", "牵头单位", "牵头部门")
_OWNER_WORDS = (
    *("责任单位", "责任部门", "主责单位", "主责部门", "主办单位", "主办部门", "承办单位", "承办部门"),
    *("负责单位", "负责部门", "主责", "主办", "承办", "负责"),
)
_WITH_WORDS = (
    *("配合单位", "配合部门", "协办单位", "协办部门", "协同单位", "协同部门", "协助单位", "协助部门"),
    *("参与单位", "参与部门", "参加单位", "参加部门", "配合", "协办", "协同", "协助", "参与", "参加"),
)
_ROLES = (
    dict.fromkeys(_CHIEF_WORDS, CHIEF)
    | dict.fromkeys(_LEAD_WORDS, LEAD)
    | dict.fromkeys(_OWNER_WORDS, OWNER)
    | dict.fromkeys(_WITH_WORDS, WITH)
)
_MARKS = _ROLES | {"主": LEAD, "牵": LEAD, "责任": OWNER, "配": WITH, "协": WITH}

UNIT_ENDINGS = (
    *("局", "委", "办", "厅", "署", "所", "站", "处", "科", "室", "中心", "部", "院", "校", "馆", "厂", "司", "队"),
    *("街道", "街办", "乡", "镇", "县", "区", "市", "村", "社区", "公司", "集团", "管委会", "委员会", "政府"),
    *("银行", "农商行", "商行", "支行", "分行", "总行", "供销社", "合作社", "联社", "报社", "农场", "林场", "水务"),
    *("委会", "联合会", "工会", "协会", "商会", "学会", "基金会", "理事会", "十字会", "总会", "慈善会", "研究会"),
    *("促进会", "联谊会", "妇联", "残联", "科协", "工商联", "文联", "侨联", "人大", "政协", "专班", "小组", "工作组"),
    *("城投", "建投", "交投", "水投", "旅投", "产投", "国投", "工业园", "产业园", "科技园", "幼儿园", "植物园"),
    "动物园",
)
"""What the name of a unit ends in."""

_LOOKALIKES = (
    *("布局", "格局", "全局", "大局", "结局", "当局", "常委", "原委", "督办", "交办", "经办", "代办", "催办", "举办"),
    *("开办", "合办", "联办", "待办", "包办", "承办", "主办", "协办", "场所", "厕所", "住所", "网站", "各处", "到处"),
    *("此处", "多处", "几处", "本科", "学科", "教室", "市中心", "全部", "内部", "外部", "局部", "东部", "西部", "南部"),
    *("北部", "中部", "干部", "城乡", "下乡", "返乡", "城镇", "乡镇", "集镇", "村镇", "建制镇", "小镇", "县区", "农村"),
    *("乡村", "镇村", "城中村", "城区", "市区", "辖区", "小区", "山区", "片区", "景区", "郊区", "库区", "灾区", "矿区"),
    *("地区", "街区", "厂区", "校区", "生活区", "住宅区", "核心区", "保护区", "示范区", "建成区", "功能区", "城市"),
    *("超市", "都市", "门市", "部队", "军队", "排队", "全市", "全县", "全区", "上司"),
)
"""Words that end as the name of a unit does and name none."""

_HALVES = frozenset(
    (
        *(
            "办事处",
            "办公室",
            "常委会",
            "人民政府",
            "管理处",
            "管理局",
            "管理所",
            "管理站",
            "管理中心",
            "执法局",
            "分局",
        ),
        *("指挥部", "项目部", "领导小组", "工作小组", "工作组", "工作专班", "服务中心", "支队", "大队", "总队", "中队"),
        *("派出所", "分公司", "有限公司", "集团公司", "股份公司", "责任公司", "党工委", "工委", "分中心", "服务站"),
    )
)
"""The closing halves of names, which stand for no unit by themselves."""

_ALONE = frozenset(
    (
        *("区委", "市委", "县委", "省委", "党委", "团委", "纪委", "监委", "妇联", "残联", "科协", "文联", "侨联"),
        *("工会", "党校", "法院", "工商联", "政协", "人大", "城投", "检察院", "供销社", "农商行"),
    )
)
"""The short names that stand for a unit by themselves; any other is at least three characters."""

_BAD_START = re.compile(
    "由|拟|暂|建议|请|待(?!遇)|未(?!央|成年|来)|无(?!锡|为|极|棣|线电)|不(?!动产)|按|根据|依据|参照|原则上|主要|具体"
    "|统一(?!战线)|共同|分别|应由|应当|须|将由|已|是|或|并由|但|仅|只|凡|需|与|及|以及|会同|等|该|本(?!溪)|我|某|这"
    "|(?:和|经|并|除|报|对|向|原)(?=[省市县区各])|其(?!他)|如有|如需|同上|同前|详见|参见|见"
)
_NO_BEGINNING = re.compile(
    "[（(]|(?!1[12][0-9]|[0-9]+[号期])[0-9]|[一二三四五六七八九十非](?=[省市县区])|原(?![阳平州])|新成立"
)
_INSIDE = re.compile(
    "或|委托|督促|会同|配合|协助|负责|牵头|代建|交由|移交|指定|报送|报请|(?:联合|协调|指导|监督|组织|代表)(?=[省市县区])"
)
_SENTENCE = re.compile("[的为。！？!?：:“”]|应当|必须")
_SIGN = re.compile("[^0-9A-Za-z\u3007\u3400-\u9fff\U00020000-\U0003ffff（）()]")

_UNIT = re.compile(rf"(?:{_any_of(UNIT_ENDINGS)})$")
_NO_UNIT = re.compile(rf"(?:{_any_of(_LOOKALIKES)})$|[0-9一二两三四五六七八九十][处所站区]$")

# Where one name ends and another begins. A bureau's own offices and branches (市公安局红谷滩分局) are one name.
_END = re.compile(
    "(?:局|委|办|厅|署|部|处|站|所|队|室|中心|公司|集团|街道|街办|乡|镇|村|社区|办事处|政府|会|银行|医院|法院|检察院"
    "|学校|大学|供销社|专班|小组|城投|水务|[建交水旅产国]投|妇联|残联|科协|工商联|人大|政协)$"
)
_LEVEL = re.compile(
    "区(?![域块间位划直级属长分支])|市(?![政场容民区监直级属长分支]|中心支)|县(?![域直级属城长分支])|省(?![直级属会长分])"
)
_TOWN = re.compile("[\u4e00-\u9fff]{2,4}(?:乡|镇|街道|街办|街道办|街道办事处|[乡镇](?:人民)?政府)")
_FIRM = re.compile("(?:公司|集团)$")
_BUREAU = re.compile("(?:(?<!公安)局|[改健资宗信]委)$")
_PEER = re.compile("(?:(?<!分)局|[改健]委|街道|乡|镇|政府|管委会)$")
_PEER_FIRM = re.compile("(?:(?<![分子])公司|集团)$")
_PAIRED = re.compile(r"([省市县区])(?:纪委\1监(?:委|察委员会)|委\1政府[^省市县区]+)$")

_BRACKETS = re.compile(r"[（(](?P<inner>[^（）()]*)[)）]$")
_COUNT = "[0-9０-９一二两三四五六七八九十百几多数]+[余多]?"
_KIND = (
    "街道办事处|街道办|街道|街办|乡镇|镇街|街镇|街乡|镇村|县市区|市县区|县区|区县|市县|园区|开发区|社区|机关|镇|乡|村"
)
_BODY = "单位|部门|企业|国企|央企|机构|公司"
_OTHERS = (
    rf"等(?:共?{_COUNT}[个家]?)?(?:相关|有关|各|[省市区县]直|责任|成员|职能|主管|配合)*(?:{_BODY}|{_KIND}|局)*"
    r"(?:[（(][^（）()]{1,6}[)）])?"
)
_GENERIC = re.compile(
    r"^(?:各|相关|有关|其他|其它|其余|涉及|所属|属地|当地|(?:项目)?所在|全体|全部|所有|辖区|沿线|沿途|沿岸|周边|全社会|全[省市区县]|驻[市区县])."
    r"|^(?:区直|市直|县直|区级|市级|区属|驻地).*(?:各|相关|有关)|^[省市区县]{1,3}[直级属]?(?:各|相关|有关)"
    rf"|^沿[^区县市]{{1,3}}各?(?:{_KIND})$"
    rf"|^{_COUNT}(?:个.*(?:{_KIND}|{_BODY}|[局办区县]|专班)|[家大].*(?:{_BODY}|银行|医院|运营商|平台)|(?:部门|单位|街道))$"
    rf"|^(?:辖区|属地|全[省市区县]|[省市区县]+直|(?:{_KIND}){{1,4}}|部门|单位)$"
    r"|^(?:乡镇?|镇|街道?|村|基层|地方|[省市县区]{2,4}|[省市县区]级)(?:人民)?政府$|^(?:村|居|社区居|村民|居民)委(?:员)?会$"
    r"|^(?:第三方|专业|中标|施工|监理|设计|运营|运维|承建|环卫|保洁|物业|下属|国有|建设|管养).{0,2}公司$"
    rf"|^{_OTHERS}$"
)
_BODIES = re.compile(r"(?:单位|部门|企业|国企|央企|机构)$")
_AND_OTHERS = re.compile(rf"(?<=.)(?={_OTHERS}$)")

_ROLE = _any_of(_ROLES)
_LONG = _any_of(word for word in _ROLES if word.endswith(("单位", "部门")))
_CUTS = r"\s,，、;；。/／"
_LABEL = re.compile(rf"(?:^|[{_CUTS}])(?P<role>{_ROLE})\s*[:：]|(?P<long>{_LONG})\s*[:：]")
_SQUARE = re.compile(rf"[【〔\[]\s*(?P<role>{_ROLE})\s*[】〕\]]")
_MARK_FIRST = re.compile(rf"^[（(]\s*(?:{_ROLE})\s*[)）]\s*[:：]?\s*(?=\w)")
_MARK_BEFORE = re.compile(rf"\s*[（(]\s*(?P<role>{_ROLE})\s*[)）]\s*[:：]?\s*(?=\w)")
_MARK_AFTER = re.compile(rf"(?P<mark>[（(]\s*(?:{_ROLE})\s*[)）])\s*(?=\w)")
_LABEL_INSIDE = re.compile(rf"[（(]\s*(?P<label>(?:{_ROLE})\s*[:：][^（）()]*)[)）]")
_WORD_FIRST = re.compile(rf"^(?>{_ROLE})\s*(?=\w)")
_WORD_BEFORE = re.compile(rf"(?:^|[{_CUTS}])(?P<role>(?>{_ROLE}))\s*(?=\w)")
_LONG_BEFORE = re.compile(rf"(?:^|[{_CUTS}])(?P<role>(?>{_LONG}))(?=\w)")
_DUTY = "(?:按照?(?:各自)?职责(?:分工)?)?(?:共同|联合|分别|具体|积极|各自)?"
_VERB = re.compile(
    rf"{_DUTY}(?P<role>总牵头|牵头|主责|主办|承办|负责|配合|协办|协同|协助|参与|参加)(?:负责|实施|落实|推进|组织实施)?$"
    rf"|(?:作为|为|是)?(?P<long>{_LONG})$"
)
_UNSETTLED = re.compile("^或|^拟|待定|未定|待确定|待明确")
_ROLE_INSIDE = re.compile("牵头|配合|协办|主办|承办|主责|责任单位|责任部门|参与单位")

_NUMBER = (
    r"(?:[0-9０-９]{1,2}\s*[.．、)）](?![0-9０-９])|[（(][0-9０-９一二三四五六七八九十]{1,2}[)）][、.．]?"
    r"|[①-⒛❶-❿][、.．]?|[一二三四五六七八九十]{1,2}[、.．])\s*(?=[^\W\d_]|[（(])"
)
_NUMBER_FIRST = re.compile(rf"^{_NUMBER}")
_NUMBER_ANYWHERE = re.compile(rf"(?<![0-9０-９A-Za-z]){_NUMBER}")
_NUMBER_AFTER_CUT = re.compile(rf"(?:^|(?<=[{_CUTS}:：])){_NUMBER}")

_SEPARATORS = re.compile("[、，,;；/／]")
_SPACES = re.compile(r"\s+")
_WEAK = re.compile("会同|以及|和(?!社会资本|平(?!安))|及|与")
_JOINING = re.compile("^(?:会同|以及|及|与|和(?=[省市县区]))")
_BY = re.compile("^并?由")
_BARE_KIND = re.compile(rf"(?:{_KIND})+|.{{1,3}}(?:政府|委会|委员会)")
_OPEN_NAME = re.compile("(?:[省市县区]|[省市县区](?:委|政府|人大|政协))$")
_HEAD = re.compile("(?:局|公司|银行|集团)$")
_BRANCH = re.compile("(?:分局|支队|大队|中队|派出所|分公司|支行|分行)$")


def _clean(text: str) -> str:
    """Take out what a reader cannot see, and give the look-alikes of PDF text (⽣) their own characters."""
    kept = (char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf"))
    return "".join(
        unicodedata.normalize("NFKC", char) if "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff" else char
        for char in kept
    ).strip()


def _bare(name: str) -> str:
    return _BRACKETS.sub("", name).strip()


def _shaped(name: str) -> bool:
    """Tell whether a text has the shape of a unit's name: its ending, its beginning, its length, its signs."""
    if name in _ALONE:
        return True
    if not 3 <= len(name) <= LONGEST_NAME or name in _HALVES or name in UNIT_ENDINGS or name in _ROLES:
        return False
    if _NO_BEGINNING.match(name) or not re.search("[\u3400-\u9fff]", _UNIT.sub("", name)):
        return False
    if _SENTENCE.search(name) or _SIGN.search(name) or _INSIDE.search(name) or _BAD_START.match(name):
        return False
    paired = len(re.findall("[（(]", name)) == len(re.findall("[）)]", name))
    return paired and _UNIT.search(name) is not None and _NO_UNIT.search(name) is None


def _run_together(name: str, known: frozenset[str]) -> bool:
    """Tell whether two names stand in one without a sign between them: 区城管执法局区城投公司."""
    if name in known or _PAIRED.search(name):
        return False
    plain = re.sub(r"[（(][^（）()]*[)）]|[0-9A-Za-z]", "", name)
    for at in range(2, len(plain) - 1):
        left, right = plain[:at], plain[at:]
        if not (_END.search(left) and (left in known or _shaped(left))):
            continue
        if right in known or (_TOWN.fullmatch(right) and _NO_UNIT.search(right) is None):
            return True
        if not _shaped(right):
            continue
        peers = (_BUREAU.search(left) or _FIRM.search(left)) and _PEER.search(right)
        if _LEVEL.match(right) or peers or (_BUREAU.search(left) and _PEER_FIRM.search(right)):
            return True
    return False


def _is_unit(name: str, known: frozenset[str]) -> bool:
    return name in known or (_shaped(name) and not _run_together(name, known))


def _is_generic(name: str) -> bool:
    """Tell whether a text means units without naming them: 各街道, 有关单位, 8个街道, 建设单位."""
    if not 1 <= len(name) <= LONGEST_NAME or _SENTENCE.search(name) or name in _ROLES:
        return False
    if _GENERIC.search(name) or _GENERIC.search(re.sub("[（）()]", "", name)):
        return True
    return _BODIES.search(_bare(name)) is not None and not (_BAD_START.match(name) or _INSIDE.search(name))


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


def _spelled(text: str) -> str:
    """Write list numbers as separators and every role that stands before its unit as a label with a colon."""
    numbers = _NUMBER_ANYWHERE if _NUMBER_FIRST.match(text) else _NUMBER_AFTER_CUT
    text = numbers.sub("；", text).lstrip("；")
    text = _SQUARE.sub(r"（\g<role>）", text)
    text = _LABEL_INSIDE.sub(r"；\g<label>；", text)
    if _MARK_FIRST.match(text):
        text = _MARK_BEFORE.sub(r"；\g<role>：", text).lstrip("；")
    else:
        text = _MARK_AFTER.sub(r"\g<mark>；", text)
    before = _WORD_BEFORE if _WORD_FIRST.match(text) else _LONG_BEFORE
    return before.sub(r"；\g<role>：", text).lstrip("；")


def _peeled(text: str, known: frozenset[str]) -> _Part | None:
    """Take roles and bracketed notes off the end of a listed unit; ``None`` where brackets say more than a role."""
    name, shown, rank = text, text, UNMARKED
    notes: list[str] = []
    while name not in known:
        found = _BRACKETS.search(name)
        if found is None or not found.start():
            break
        inner = found["inner"].strip()
        name = name[: found.start()].strip()
        if inner in _MARKS:
            rank = min(rank, _MARKS[inner]) if rank != UNMARKED else _MARKS[inner]
            shown = shown[: found.start()].strip() if shown.startswith(name) and not notes else shown
        elif _ROLE_INSIDE.search(inner) or _UNSETTLED.search(inner):
            return None
        elif inner:
            notes.insert(0, inner)
    return _Part(name, shown, rank, tuple(notes))


def _verb(name: str, known: frozenset[str]) -> re.Match[str] | None:
    """Find the role word that closes a piece: 区住建局牵头, but not 各责任单位."""
    found = None if name in known else _VERB.search(name)
    if found is None or not found["long"]:
        return found
    rest = name[: found.start()].strip()
    return found if not rest or _is_unit(rest, known) else None


def _looks_whole(text: str, known: frozenset[str]) -> bool:
    part = _peeled(text, known)
    if part is None or not part.name:
        return False
    found = _verb(part.name, known)
    bare = part.name[: found.start()].strip() if found else part.name
    bare = _bare(_BY.sub("", bare)) if found else bare
    return _is_unit(bare, known) or _is_generic(bare) or _is_generic(part.shown)


def _split_weak(name: str, known: frozenset[str]) -> list[str]:
    """Split at a joining word only where both sides look like units: 城市管理和综合执法局 stays whole."""
    spans = [] if name in known else _outside(name, _WEAK)
    split: dict[int, list[str]] = {}
    for at in (*reversed([end for _, end in spans]), 0):
        split[at] = [name[at:].strip()]
        for start, end in spans:
            left = name[at:start].strip() if start > at else ""
            if _looks_whole(left, known) and all(_looks_whole(each, known) for each in split[end]):
                split[at] = [left, *split[end]]
                break
    return split[0]


def _may_be_one(left: str, right: str, known: frozenset[str]) -> bool:
    """Tell whether a space between two names may only break one: 红谷滩区 住建局, 市公安局 红谷滩分局."""
    if right in known or _LEVEL.match(right):
        return False
    if _is_generic(right):
        return _BARE_KIND.fullmatch(right) is not None
    return _OPEN_NAME.search(left) is not None or (_HEAD.search(left) is not None and _BRANCH.search(right) is not None)


def _spaced(piece: str, known: frozenset[str]) -> list[str]:
    """Part a piece at the spaces and line breaks between units and close those inside one (区城投 公司).

    As many units as there can be are read; where that can be done in two ways the piece stays as it is.
    """
    tokens = _cut(piece, _outside(piece, _SPACES))
    best: list[tuple[int, list[str]]] = [(1, [])]
    for end in range(1, len(tokens) + 1):
        ways, groups = 0, list[str]()
        for start in range(end - 1, -1, -1):
            joined = "".join(tokens[start:end])
            if len(joined) > 2 * LONGEST_NAME:
                break
            before_ways, before = best[start]
            if not before_ways or len(before) + 1 < len(groups) or not _looks_whole(joined, known):
                continue
            ways = before_ways + (ways if len(before) + 1 == len(groups) else 0)
            groups = [*before, joined]
        best.append((ways, groups))
    ways, groups = best[-1]
    doubtful = any(_may_be_one(*pair, known) for pair in pairwise(groups))
    return groups if ways == 1 and not doubtful else [piece]


def _parts(piece: str, known: frozenset[str]) -> list[str]:
    """Split a piece at spaces, joining words and 等 (等相关部门 is generic) where units stand around them."""
    joined = [part for name in _spaced(piece, known) for part in _split_weak(name, known)]
    parts: list[str] = []
    for name in joined:
        halves = [] if name in known else _AND_OTHERS.split(name, maxsplit=1)
        parts += halves if len(halves) == 2 and _looks_whole(halves[0], known) else [name]
    return parts


def _members(text: str, rank: int, known: frozenset[str]) -> list[_Part | str]:
    """List the units of one stretch of text, what is none as plain text.

    A closing 牵头 or 配合 goes for all before it, back to the last; a role in brackets for its own unit.
    """
    members: list[_Part | str] = []
    waiting: list[_Part | str] = []
    for piece in _cut(text, _outside(text, _SEPARATORS)):
        for text_part in _parts(piece, known):
            joining = _JOINING.match(text_part) if members or waiting else None
            listed = text_part[joining.end() :] if joining else text_part
            part = _peeled(listed, known)
            if part is None:
                waiting.append(listed)
                continue
            found = _verb(part.name, known) if part.rank == UNMARKED else None
            if found is None:
                waiting.append(part if part.rank != UNMARKED else _Part(part.name, part.shown, rank, part.notes))
                if part.rank != UNMARKED:
                    members += waiting
                    waiting = []
                continue
            given = _ROLES[found["role"] or found["long"]]
            name = part.name[: found.start()].strip()
            inner = _peeled(name, known) if name else None
            waiting += [_Part(inner.name, inner.shown, given, inner.notes + part.notes)] if inner else []
            members += [_given(each, given) for each in waiting]
            waiting = []
    return members + waiting


def _given(part: _Part | str, rank: int) -> _Part | str:
    if isinstance(part, str):
        return part
    return _Part(_BY.sub("", part.name), _BY.sub("", part.shown), rank, part.notes)


def _labelled(text: str, known: frozenset[str]) -> list[_Part | str]:
    """Split a cell at its labels (牵头单位：…；配合单位：…) and list the units under each."""
    labels = list(_LABEL.finditer(text))
    starts = [0, *(label.end() for label in labels)]
    ends = [*(label.start() for label in labels), len(text)]
    ranks = [UNMARKED, *(_ROLES[label["role"] or label["long"]] for label in labels)]
    return [
        member
        for start, end, rank in zip(starts, ends, ranks, strict=True)
        if rank == UNMARKED or text[start:end].strip(" ；;，,。") not in BLANKS
        for member in _members(text[start:end].strip(" 。"), rank, known)
    ]


def _canonical(part: _Part, aliases: Mapping[str, str]) -> _Part:
    """Give a member its own name: an alias gives way to the name."""
    name = aliases.get(part.name, part.name)
    notes = part.notes if name == part.name else (*part.notes, f"{part.name} 即 {name}")
    return _Part(name, part.shown, part.rank, notes)


def _blank(text: str) -> str | None:
    """Say why a cell names nobody before it is read, or ``None``."""
    if text in BLANKS:
        return "未填写责任单位"
    if text in PENDING:
        return f"责任单位{text}"
    return "内容过长，不是单位名称" if len(text) > LONGEST_CELL else None


def _no_unit(text: str, cell: str, known: frozenset[str]) -> UnitCell:
    """Give the reading of a cell in which one text is no unit; broken text is shown with the cell around it."""
    why = "不是单位名称"
    if _SPACES.search(text) and _looks_whole(_SPACES.sub("", text), known):
        why = "中间有空格或换行，无法确定是几个单位"
    elif _run_together(text, known):
        why = "像是几个单位名称连在一起，请用顿号分开"
    shown = _SPACES.sub(" ", cell if _SIGN.search(text) else text)
    return UnitCell(None, (), (), f"“{shown[:40]}”{why}")


def parse_unit(text: str, aliases: Mapping[str, str]) -> UnitCell:
    """Read a 责任单位 cell whole or not at all; it never raises.

    The first unit listed leads unless another is marked: 牵头 outranks 责任单位, which outranks no mark.
    """
    plain = _clean(text).removesuffix("。").strip()
    why = _blank(plain)
    if why is not None:
        return UnitCell(None, (), (), why)
    known = frozenset(aliases) | frozenset(aliases.values())
    units: list[_Part] = []
    generic: list[str] = []
    for member in _labelled(plain if plain in known else _spelled(plain), known):
        if isinstance(member, str):
            return _no_unit(member, plain, known)
        if member.name not in known and _is_generic(member.shown):
            generic.append(member.shown)
        elif _is_unit(member.name, known):
            units.append(_canonical(member, aliases))
        else:
            return _no_unit(member.shown, plain, known)
    if not units:
        note = "只有泛指，没有具体的责任单位" if generic else f"“{_SPACES.sub(' ', plain)[:40]}”不是单位名称"
        return UnitCell(None, (), tuple(dict.fromkeys(generic)), note)
    first = min(units, key=lambda unit: unit.rank)
    lead = None if first.rank == WITH else first.name
    names = tuple(dict.fromkeys(unit.name for unit in units if unit.name != lead))
    notes = [note for unit in units for note in unit.notes]
    if lead is None:
        notes.append("只列了配合单位，没有牵头单位")
    return UnitCell(lead, names, tuple(dict.fromkeys(generic)), "；".join(dict.fromkeys(notes)) or None)
