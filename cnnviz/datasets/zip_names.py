"""The names in a zip as text. The format stores bytes, and a flag where they are UTF-8 (APPNOTE 6.3, 4.4.4, bit 11).

Without the flag they are CP437 by the letter, and in fact whatever the machine wrote: GBK on a Chinese Windows,
Shift-JIS on a Japanese one, UTF-8 on macOS. The encoding is found by which one makes the likeliest text of all names
together; bytes that differ stay names that differ, whichever it is. Backslashes, which Windows PowerShell 5 writes,
divide folders like slashes, once the name is decoded: in GBK and Shift-JIS the same byte is half of a character.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

UTF8_FLAG = 0x800
UNICODE_PATH = 0x7075  # Info-ZIP's extra field: version, CRC-32 of the stored name, the name in UTF-8
MOST_UTF8 = 0.75  # of all folders and names beyond ASCII: a few that are not may lie among many that are
CHANCE = 2  # letters of two bytes that may be valid UTF-8 by chance
DRIVE = re.compile(r"[A-Za-z]:/")  # of Windows: a folder "C:" would be one of no system
ENCODINGS = ("gbk", "cp932", "cp437")


@dataclass(frozen=True)
class ZipPaths:
    """paths: the parts of each entry's path, in Unicode's composed form (NFC), without empty ones, "." and "..".

    astray: place among the entries → why it is no place inside of the folder that the zip is unpacked to.
    """

    paths: tuple[tuple[str, ...], ...]
    astray: Mapping[int, str]


def read(entries: Sequence[zipfile.ZipInfo], *, claimed: bool = False) -> ZipPaths:
    """Where each entry lies, and which lie outside. claimed: the names said that they are UTF-8, and some are not."""
    names = _names(entries, claimed)
    astray = {index: why for index, name in enumerate(names) if (why := _why_astray(name))}
    return ZipPaths(tuple(map(_parts, names)), astray)


def _names(entries: Sequence[zipfile.ZipInfo], claimed: bool) -> list[str]:
    stored = [_stored(entry) for entry in entries]
    given = {raw: text for raw, text in stored if text is None}
    decoded = dict(zip(given, _decoded(list(given), claimed), strict=True))
    names = (decoded[raw] if text is None else text for raw, text in stored)
    return [unicodedata.normalize("NFC", name).replace("\\", "/") for name in names]


def _why_astray(name: str) -> str:
    """A path from the disk's root, or one that climbs out, is nobody's image folder: "" for any other."""
    if name.startswith("/") or DRIVE.match(name):
        return "its path begins at the root of a disk, not in the zip"
    return "its path climbs out of a folder (..)" if ".." in map(str.strip, name.split("/")) else ""


def _parts(name: str) -> tuple[str, ...]:
    parts = name.split("/")
    return tuple(part for part in parts if part.strip() not in ("", ".", ".."))


def _stored(entry: zipfile.ZipInfo) -> tuple[bytes, str | None]:
    """(the name's bytes, the text where the zip says what it is)."""
    if entry.flag_bits & UTF8_FLAG:
        return entry.orig_filename.encode("utf-8", "surrogatepass"), entry.orig_filename
    raw = entry.orig_filename.encode("cp437")  # zipfile decoded it so, and CP437 has a character for every byte
    return raw, raw.decode("ascii") if raw.isascii() else _unicode_path(entry.extra, raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        content = extra[at + 4 : at + 4 + size]
        if kind == UNICODE_PATH and len(content) > 5 and struct.unpack_from("<I", content, 1)[0] == zlib.crc32(raw):
            return _strictly(content[5:], "utf-8")
        at += 4 + size
    return None


def _decoded(names: Sequence[bytes], claimed: bool) -> list[str]:
    """All of them by the likeliest encoding; those that it has no character for by the likeliest for them."""
    if not names:
        return []
    parts = {part for name in names for part in name.split(b"/") if not part.isascii()}
    valid = sum(_strictly(part, "utf-8") is not None for part in parts)
    utf8 = claimed or (valid >= MOST_UTF8 * len(parts) and not _by_chance(parts))
    best = "utf-8" if utf8 else _likeliest(names)
    texts = (_strictly(name, best) or _strictly(name, _likeliest([name])) for name in names)
    return [text or name.decode("cp437") for text, name in zip(texts, names, strict=True)]


def _by_chance(parts: Iterable[bytes]) -> bool:
    """Whether too little is UTF-8 to tell: one or two letters of two bytes, beside no Latin one.

    A fifth of GBK's most used characters are such a letter too (猫 is è).
    """
    texts = {piece for part in parts for piece in re.split(r"[/\\]", _strictly(part, "utf-8") or "")}
    strange = [(text, index) for text in texts for index, letter in enumerate(text) if not letter.isascii()]
    return len(strange) <= CHANCE and all(
        len(text[index].encode()) == 2 and not any(map(_latin, _beside(text, index))) for text, index in strange
    )


def _likeliest(names: Sequence[bytes]) -> str:
    parts = {part for name in names for part in name.split(b"/") if not part.isascii()}
    return max(ENCODINGS, key=lambda encoding: sum(_likelihood(part, encoding) for part in parts))


def _likelihood(part: bytes, encoding: str) -> float:
    """From 0 to 1: how much like a name this reading is, the mean over its characters beyond ASCII."""
    text = _strictly(part, encoding)
    if text is None:
        return 0.0
    score = {"gbk": _chinese, "cp932": _japanese, "cp437": _western}[encoding]
    scores = [score(text, index) for index, letter in enumerate(text) if not letter.isascii()]
    return sum(scores) / max(len(scores), 1)


def _chinese(text: str, index: int) -> float:
    """GB 2312's first level, the 3,755 most used characters, then its second, then what GBK added."""
    lead = text[index].encode("gbk")[0]
    trail = text[index].encode("gbk")[-1]
    kind = 0.1 if trail < 0xA1 else 1.0 if 0xB0 <= lead <= 0xD7 else 0.6 if lead > 0xD7 else 0.3
    return kind * _apart(text, index)


def _japanese(text: str, index: int) -> float:
    """Kana and JIS's first level of kanji, then its second; half-width kana are what other encodings' bytes become."""
    stored = text[index].encode("cp932")
    if len(stored) == 1:
        return 0.05
    code = int.from_bytes(stored, "big")
    kana = 0x829F <= code <= 0x82F1 or 0x8340 <= code <= 0x8396 or text[index] in "ー々"
    kind = 1.0 if kana else 0.9 if 0x889F <= code <= 0x9872 else 0.3 if code > 0x9872 else 0.1
    return kind * _apart(text, index)


def _apart(text: str, index: int) -> float:
    """Halved beside a Latin letter: there, two bytes were rather one accented letter and one plain one."""
    return 0.5 if any(_latin(letter) for letter in _beside(text, index)) else 1.0


def _western(text: str, index: int) -> float:
    """An accented letter inside a word: beside letters, not a small one before a capital."""
    letter = text[index]
    if not (letter.isalpha() and "LATIN" in unicodedata.name(letter, "")):
        return 0.0
    after = text[index + 1 : index + 2]
    if letter.islower() and after.isupper():
        return 0.2
    beside = _beside(text, index)
    plain = sum(one.isascii() and one.isalpha() for one in beside)
    return 1.0 if plain == len(beside) and plain else 0.7 if plain else 0.3


def _beside(text: str, index: int) -> list[str]:
    around: Iterable[str] = (text[index - 1 : index] if index else "", text[index + 1 : index + 2])
    return [letter for letter in around if letter and (letter.isalpha())]


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
