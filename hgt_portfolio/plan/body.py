"""Walking the rows below a table's head: projects, headings between them, totals, notes, and what is none of these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hgt_portfolio.plan.grid import LONGEST_NAME, Grid, bare, place
from hgt_portfolio.plan.heads import FIELD_LABELS, Head
from hgt_portfolio.sheets import Fault

WHOLE = "合计"
"""What a stated total is for where it is for the whole table."""

NO_DOMAIN = "未分类"

_NUMERAL = re.compile(
    r"^(?:(?P<first>[一二三四五六七八九十]{1,3}[、.,．]|第[一二三四五六七八九十]{1,3}[类部分章节项][:、]?)"
    r"|(?P<second>\([一二三四五六七八九十]{1,3}\)))"
)
_ONLY_NUMERAL = re.compile(r"^(?:[一二三四五六七八九十]{1,3}|\([一二三四五六七八九十]{1,3}\))[、.]?$")
_COUNT = re.compile(r"[(,:]?共?计?(?P<count>[0-9]{1,6})[个项](?:项目|工程|重点工程)?[^()]{0,20}\)?$")
_TOTAL = re.compile(r"^[^,。;]{0,16}?(?P<word>合计|小计|总计|共计|总和)(?:\(.*\)|[:：]|[0-9]+[个项].*)?$")
_NOTE = re.compile(
    r"^(?:注|备注|说明|填报|填表|制表|审核|审批|复核|联系|单位负责|负责人|分管|日期|打印|报送|盖章|经办|填报单位)"
    r"[^:]{0,8}:|^(?:注|备注|说明)[0-9:、.]|^(?:金额)?单位:|^[*※]|^第[0-9]+页"
)
_AGAIN = re.compile(r"续表|^附表[0-9一二三四五六七八九十]*(?:\(续\))?$")


@dataclass(frozen=True)
class Found:
    """A finding about a cell: its place, what was read there, and what is wrong or missing."""

    place: str
    read: str
    why: str

    def __str__(self) -> str:
        shown = f"“{self.read[:40]}{'…' if len(self.read) > 40 else ''}”" if self.read else ""
        return f"{self.place} {shown}{self.why}"


@dataclass(frozen=True)
class RawRow:
    """A project's row: its place in the sheet (from 0), the domain it stands in, and the text of each column."""

    row: int
    domain: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Total:
    """A total that the table states for the rows from ``first`` up to ``last``, or for the whole table."""

    place: str
    label: str
    scope: str
    first: int
    last: int
    amount: str
    count: int | None


@dataclass
class Body:
    """What a walk found, in the order of the sheet."""

    rows: list[RawRow] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    counted: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
    read: int = 0


class _Walk:
    """One walk over the rows below a head."""

    def __init__(self, grid: Grid, head: Head, columns: Mapping[str, int]) -> None:
        self.grid, self.head, self.columns = grid, head, columns
        self.body = Body()
        self.domain = ""
        self.rank: int | None = None
        self.block = 0
        self.ahead: list[Total] = []
        self.headings: list[tuple[str, int]] = []
        widths = sorted(len(grid.own(row)) for row in range(head.bottom + 1, grid.height) if grid.own(row))
        self.sparse = not widths or widths[len(widths) // 2] < 2
        rows = range(head.bottom + 1, grid.height)
        self.in_digits = any(re.match("[0-9]", bare(self._text(row, "no"))) for row in rows)

    def run(self) -> Body:
        """Walk to the end and give what was found."""
        for row in range(self.head.bottom + 1, self.grid.height):
            own = self.grid.own(row)
            self._faults(row)
            if own:
                self.body.read += 1
                self._take(row, own)
        self._end_block()
        # Headings that no project follows are the notes at the table's end.
        self.body.notes += [words for words, _ in self.headings]
        for words, _ in self.headings:
            self.body.counted.pop(_named(words)[0], None)
        return self.body

    def _take(self, row: int, own: list[tuple[int, str]]) -> None:
        labels = [bare(text) for text in self._labels(own)]
        if self._repeats_head(row) or (len(own) == 1 and _AGAIN.search(labels[0])):
            return
        total = next((found for label in labels if (found := _TOTAL.match(label))), None)
        if total is not None:
            self._total(row, own, total)
        elif _NOTE.match(labels[0]) and not self._text(row, "investment"):
            self.body.notes.append(" ".join(text for _, text in own))
        elif (section := self._section(row, own)) is not None:
            self._enter(row, *section)
        elif self._text(row, "name"):
            self._project(row)
        else:
            read = "、".join(text for _, text in own)
            self.body.findings.append(Found(place(row, own[0][0]), read, "这一行没有项目名称，没有收"))

    def _labels(self, own: list[tuple[int, str]]) -> list[str]:
        """Give the cells that can say what a row is: the first filled one, then number, domain and name."""
        named = [self.columns[name] for name in ("no", "domain", "name") if name in self.columns]
        return [own[0][1], *(text for column, text in own if column in named)]

    def _text(self, row: int, name: str) -> str:
        return self.grid.below(row, self.columns[name]) if name in self.columns else ""

    def _repeats_head(self, row: int) -> bool:
        heads = self.head.texts[self.columns["name"]].split("/")
        return bare(self._text(row, "name")) in {bare(head) for head in heads}

    def _section(self, row: int, own: list[tuple[int, str]]) -> tuple[int, str] | None:
        """Give the rank and the words of a heading between the rows; ``None`` where the row is no heading."""
        first = own[0][1]
        if len(own) == 1:
            found = _NUMERAL.match(bare(first))
            if found is not None or _COUNT.search(bare(first)):
                return (1 if found and found["second"] else 0 if found else 2), first
            name = self.columns["name"]
            no_heading = self.sparse or own[0][0] > name or ("domain" in self.columns and own[0][0] == name)
            return None if no_heading or re.fullmatch(r"[\d.,，]+", first) else (2, first)
        if any(self._text(row, name) for name in ("scope", "period", "start", "due", "unit")):
            return None
        # 一 before a name is a heading only where the projects themselves are numbered 1, 2, 3.
        if _ONLY_NUMERAL.match(bare(first)) and self.in_digits:
            return (1 if bare(first).startswith("(") else 0), own[1][1]
        found = _NUMERAL.match(bare(first))
        return None if found is None else ((1 if found["second"] else 0), first)

    def _enter(self, row: int, rank: int, words: str) -> None:
        """Begin a domain; a heading of a lower rank than those before it begins none."""
        name, count = _named(words)
        self.headings.append((words, row))
        if name == "" or (self.rank is not None and rank > self.rank):
            return
        self._end_block()
        self.rank, self.domain = rank, name
        if count is not None:
            self.body.counted.setdefault(name, (count, words))
        amount = self._text(row, "investment")
        if amount:
            where = place(row, self.columns["investment"])
            self.ahead.append(Total(where, words, name, self.block, self.block, amount, None))

    def _end_block(self) -> None:
        """Close the block of rows: totals that stood ahead of it are for it."""
        last = len(self.body.rows)
        self.body.totals += [replace(total, last=last) for total in self.ahead]
        self.ahead, self.block = [], last

    def _total(self, row: int, own: list[tuple[int, str]], found: re.Match[str]) -> None:
        amount = self._text(row, "investment")
        counted = (_COUNT.search(bare(text)) for _, text in own)
        count = next((int(each["count"]) for each in counted if each), None)
        where = place(row, self.columns["investment"] if amount else own[0][0])
        words = next(text for _, text in own if bare(text) == found.string)
        prefix, now = found.string[: found.start("word")], len(self.body.rows)
        partial = found["word"] == "小计" or (prefix != "" and prefix in bare(self.domain))
        if not partial:
            self.body.totals.append(Total(where, words, WHOLE, self.block, now, amount, count))
            self._end_block()
        elif now == self.block:
            self.ahead.append(Total(where, words, self.domain, now, now, amount, count))
        else:
            self.body.totals.append(Total(where, words, self.domain, self.block, now, amount, count))
            self._end_block()

    def _project(self, row: int) -> None:
        name = self.columns["name"]
        first = self.grid.above(row, name)
        if first is not None and self.body.rows and self.body.rows[-1].row >= first:
            self._continue(row)
            return
        domain = _named(self._text(row, "domain"))[0]
        if domain and domain != self.domain:
            self._end_block()
            self.domain = domain
        for words, at in self.headings:
            if _named(words)[0] not in ("", self.domain):
                self.body.findings.append(Found(f"第{at + 1}行", words, "是下一级标题，没有单独成为领域"))
        self.headings = []
        cells = {each: self._text(row, each) for each in self.columns if each != "domain"}
        column = self.columns.get("investment")
        above = None if column is None else self.grid.above(row, column)
        if column is not None and above is not None:
            why = f"总投资与第{above + 1}行合并为一格，只记在第{above + 1}行"
            self.body.findings.append(Found(place(row, column), cells["investment"], why))
            cells["investment"] = f"与第{above + 1}行合并"
        self.body.rows.append(RawRow(row, self.domain or NO_DOMAIN, cells))

    def _continue(self, row: int) -> None:
        """Add a further row of the project above: its name is one merged cell over both."""
        last = self.body.rows[-1]
        more = {
            each: self.grid.text(row, column)
            for each, column in self.columns.items()
            if each in ("scope", "note") and not self.grid.covered(row, column)
        }
        joined = {each: "；".join(filter(None, (last.cells.get(each, ""), text))) for each, text in more.items()}
        self.body.rows[-1] = replace(last, cells={**last.cells, **joined})
        for each, column in self.columns.items():
            if each in ("start", "due", "period", "investment", "unit") and not self.grid.covered(row, column):
                text = self.grid.text(row, column)
                if text:
                    why = f"与第{last.row + 1}行是同一项目，这里另写的{FIELD_LABELS[each]}没有收"
                    self.body.findings.append(Found(place(row, column), text, why))

    def _faults(self, row: int) -> None:
        for name, column in self.columns.items():
            value = self.grid.value(row, column)
            if isinstance(value, Fault) and not self.grid.covered(row, column):
                why = f"{FIELD_LABELS[name]}是错误值 {value.words}，按空白处理"
                self.body.findings.append(Found(place(row, column), "", why))


def _named(words: str) -> tuple[str, int | None]:
    """Give a heading's name without its numeral, and how many projects it says it has."""
    plain, printed = bare(words), "".join(words.split())
    numeral = _NUMERAL.match(plain)
    first = numeral.end() if numeral else 0
    counted = _COUNT.search(plain, first)
    last = counted.start() if counted else len(plain)
    # The name keeps its own brackets where the plain characters stand one for one.
    name = (printed if len(printed) == len(plain) else plain)[first:last].strip(":：、.．")[:LONGEST_NAME]
    return name, int(counted["count"]) if counted else None


def walk(grid: Grid, head: Head, columns: Mapping[str, int]) -> Body:
    """Walk the rows below a head, reading the columns named."""
    return _Walk(grid, head, columns).run()
