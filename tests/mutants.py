"""Files altered as damage and malice would: bytes flipped, cut, moved and put in, and the parts of a zip rewritten."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

Draw = random.Random
Parts = list[tuple[str, bytes]]

WORDS = (
    *(
        b"",
        b"-1",
        b"0",
        b"4294967296",
        b"1e999",
        b"99999999999999999999",
        b"NaN",
        b"A1",
        b"XFD1048576",
        b"A0",
        b"ZZZZ9",
    ),
    *("甲".encode(), b"\xff\xfe", b"\x00", b"&#0;", b"&#xD800;", b"&lt;", b"&x;", b"_x001B_", b"]]>", b"<!--"),
    *(b'"', b"<c/>", b"</row>", b"=1+1", b"#REF!", b"../../x", b"http://example.invalid/", b"true", b" " * 400, b"s"),
)
"""What stands in place of a value."""

DTD = b'<!DOCTYPE x [<!ENTITY x "xxxxxxxx">]>'
NAMES = ("../../etc/x.xml", "/xl/workbook.xml", "C:\\x.xml", "xl/vbaProject.bin", "xl\\workbook.xml", "", "甲" * 200)


def mutants(whole: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Give so many altered copies of a file, the same ones for the same seed; half of them stay readable zips."""
    draw = Draw(seed)
    parts = _parts(whole)
    for _ in range(count):
        if parts and draw.random() < 0.6:
            changed = list(parts)
            for _ in range(draw.choice((1, 1, 1, 2, 4))):
                draw.choice(PART_WAYS)(draw, changed)
            yield _zipped(draw, changed)
        else:
            content = bytearray(whole)
            for _ in range(draw.choice((1, 1, 2, 5))):
                draw.choice(BYTE_WAYS)(draw, content)
            yield bytes(content)


def _parts(whole: bytes) -> Parts:
    if not whole.startswith(b"PK"):
        return []
    with ZipFile(BytesIO(whole)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _zipped(draw: Draw, parts: Parts) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", draw.choice((ZIP_STORED, ZIP_DEFLATED))) as archive:
        for name, content in parts:
            info = ZipInfo(name)
            info.compress_type = archive.compression
            # The writer would warn of a name that is there already.
            archive.NameToInfo.pop(info.filename, None)
            archive.writestr(info, content)
    return stream.getvalue()


def _span(draw: Draw, content: bytearray, most: int = 64) -> slice:
    first = draw.randrange(len(content) + 1)
    return slice(first, first + draw.randint(1, most))


def _flip(draw: Draw, content: bytearray) -> None:
    if content:
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)


def _noise(draw: Draw, content: bytearray) -> None:
    part = _span(draw, content, 8)
    content[part] = draw.randbytes(len(content[part]))


def _insert(draw: Draw, content: bytearray) -> None:
    at = draw.randrange(len(content) + 1)
    content[at:at] = draw.choice((draw.randbytes(draw.randint(1, 64)), draw.choice(WORDS)))


def _delete(draw: Draw, content: bytearray) -> None:
    del content[_span(draw, content)]


def _move(draw: Draw, content: bytearray) -> None:
    piece = content[_span(draw, content, 400)]
    at = draw.randrange(len(content) + 1)
    content[at:at] = piece


def _cut(draw: Draw, content: bytearray) -> None:
    del content[draw.randrange(len(content) + 1) :]


BYTE_WAYS: tuple[Callable[[Draw, bytearray], None], ...] = (_flip, _flip, _noise, _insert, _delete, _move, _cut)


def _bytes_of_part(draw: Draw, parts: Parts) -> None:
    at = draw.randrange(len(parts))
    content = bytearray(parts[at][1])
    draw.choice(BYTE_WAYS)(draw, content)
    parts[at] = parts[at][0], bytes(content)


def _swapped(pattern: bytes) -> Callable[[Draw, Parts], None]:
    """Put a word of ours, or another such thing, in place of one that a pattern finds in a part."""
    compiled = re.compile(pattern)

    def way(draw: Draw, parts: Parts) -> None:
        at = draw.randrange(len(parts))
        name, content = parts[at]
        found = [one.span(1) for one in compiled.finditer(content)]
        if found:
            first, last = draw.choice(found)
            other = content[slice(*draw.choice(found))] if draw.random() < 0.3 else draw.choice(WORDS)
            parts[at] = name, content[:first] + other + content[last:]

    return way


def _doctype(draw: Draw, parts: Parts) -> None:
    at = draw.randrange(len(parts))
    name, content = parts[at]
    after = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    parts[at] = name, content[:after] + DTD + content[after:]


def _again(draw: Draw, parts: Parts) -> None:
    name, content = draw.choice(parts)
    parts.append((draw.choice((name, name.upper(), *NAMES)), content))


def _drop(draw: Draw, parts: Parts) -> None:
    if len(parts) > 1:
        del parts[draw.randrange(len(parts))]


def _other_content(draw: Draw, parts: Parts) -> None:
    at = draw.randrange(len(parts))
    parts[at] = parts[at][0], draw.choice(parts)[1]


PART_WAYS: tuple[Callable[[Draw, Parts], None], ...] = (
    *(_bytes_of_part, _again, _drop, _other_content, _doctype),
    *(_swapped(rb'="([^"]*)"'), _swapped(rb'="([^"]*)"'), _swapped(rb">([^<]+)<"), _swapped(rb">([^<]+)<")),
    *(_swapped(rb"(<[^>]*>)"), _swapped(rb"<(/?[A-Za-z:]+)")),
)
