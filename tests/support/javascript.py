"""What stands in a JavaScript module: its strings, and its calls of a function with their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A slash after one of these begins a regular expression, elsewhere it divides.
_BEFORE_A_PATTERN = re.compile(r"(?:^|[(,=:\[!&|?{};+\-*%~^<>]|\breturn|\btypeof|=>)\s*$")
_PATTERN = re.compile(r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
_QUOTED = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """A string of a module: its line, its words (each ${…} of a template is “{}”), whether it has such holes."""

    line: int
    words: str
    holes: bool


def strings(code: str) -> list[Text]:
    """Every string and template of a module, also those inside a template's holes; paths of imports are left out."""
    found: list[Text] = []
    _scan(
        re.sub(r"^import [^;]*;$", lambda line: "\n" * line[0].count("\n"), code, flags=re.MULTILINE),
        0,
        found,
        inner=False,
    )
    return found


def _scan(code: str, at: int, found: list[Text], *, inner: bool) -> int:
    """Goes through code from `at` on; inner: up to the brace that closes a template's hole. Returns where it ended."""
    depth = 0
    while at < len(code):
        letter = code[at]
        if letter == "`":
            at = _template(code, at, found)
            continue
        token = _token(code, at)
        if token is not None:
            if letter in "'\"":
                found.append(Text(code.count("\n", 0, at) + 1, token[1:-1], holes=False))
            at += len(token)
            continue
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if inner and depth < 0:
            return at + 1
        at += 1
    return at


def _token(code: str, at: int) -> str | None:
    """A comment, a quoted string or a regular expression that begins here."""
    letter = code[at]
    if letter in "'\"":
        match = _QUOTED.match(code, at)
    elif letter == "/":
        match = _COMMENT.match(code, at)
        if match is None and _BEFORE_A_PATTERN.search(code, max(0, at - 20), at):
            match = _PATTERN.match(code, at)
    else:
        return None
    return match[0] if match else None


def _template(code: str, at: int, found: list[Text]) -> int:
    line, words, holes = code.count("\n", 0, at) + 1, "", False
    at += 1
    while code[at] != "`":
        if code.startswith("${", at):
            words, holes = words + "{}", True
            at = _scan(code, at + 2, found, inner=True)
        else:
            length = 2 if code[at] == "\\" else 1
            words += code[at : at + length]
            at += length
    found.append(Text(line, words, holes))
    return at + 1


@dataclass(frozen=True)
class Call:
    """A call: what its first argument may be, and the names that its second, an object, gives; None for another."""

    names: frozenset[str]
    given: frozenset[str] | None


def calls(code: str, function: str) -> Iterator[Call]:
    """Each call of a function in a module, without its declaration."""
    for start in re.finditer(rf"(?<![\w.$])(?<!function ){function}\(", _blanked_comments(code)):
        first, *more = [*arguments(code, start.end())] or [""]
        chosen = re.sub(r'[!=]==\s*"[^"]*"', "", first)  # what decides between two names is none
        yield Call(frozenset(text.words for text in strings(chosen)), fields(more[0]) if more else frozenset())


def _blanked_comments(code: str) -> str:
    return re.sub(r"^\s*(?://|\*|/\*).*$", lambda line: " " * len(line[0]), code, flags=re.MULTILINE)


def arguments(code: str, at: int, closing: str = ")") -> Iterator[str]:
    """The parts between commas from `at` on, up to the bracket that closes them."""
    depth, start = 0, at
    while depth or code[at] != closing:
        token = _token(code, at)
        if token is not None:
            at += len(token)
        elif code[at] == "`":
            at = _template(code, at, [])
        else:
            depth += 1 if code[at] in "([{" else -1 if code[at] in ")]}" else 0
            if code[at] == "," and not depth:
                yield code[start:at]
                start = at + 1
            at += 1
    if code[start:at].strip():
        yield code[start:at]


def fields(argument: str) -> frozenset[str] | None:
    """The names of an object as it is written: {row, at: 3} → row, at; None where it is no such object."""
    text = argument.strip()
    if not text.startswith("{"):
        return None
    parts = [part.strip() for part in arguments(text, 1, "}")]
    return frozenset(re.match(r"[\w$.]*", part)[0] for part in parts if part)  # type: ignore[index]
