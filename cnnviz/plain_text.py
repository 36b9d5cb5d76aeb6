"""Text from outside as text: a link's value, the name of a file, a class or a run is never markup.

Streamlit's Markdown knows links, images, LaTeX ($…$), HTML entities, directives (:red[…]), icons (:material/…:), emoji
(:smile:), arrows (->) and bare addresses. A backslash keeps the parser from the first four; the others are looked for
in the text once it is parsed, so an invisible word joiner (U+2060: no width, no break) stands inside of those.
"""

from __future__ import annotations

import re

LONGEST = 300  # characters of one value that are shown
# https://spec.commonmark.org/0.31.2/#backslash-escapes, and $ ~ |; inside of a word an underscore is none.
MARKS = re.compile(
    r"([\\`*\[\]<>&$~|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))"
)  # https://spec.commonmark.org/0.31.2/#backslash-escapes, and $ ~ |
BEGINNINGS = re.compile(r"^(\d{0,9})([-+=.)])")  # of a list, of a heading's underline
FOUND_LATER = re.compile(r":(?=\S)|@(?=\S)|www(?=\.)|[-<>~](?=[-=>])|(?<=[-<])>", re.IGNORECASE)
JOINER = "\u2060"
# A path with two parts or more, of which only the file's name is shown; in quotes or brackets it may hold spaces.
BRACKETED = re.compile(r"""\((?:[A-Za-z]:)?[\\/][^()\n]*?([^()\\/\n]*)\)""")
QUOTED = re.compile(r"""(["'])(?:[A-Za-z]:)?[\\/][^"'\n]*?([^"'\\/\n]*)\1""")
BARE = re.compile(r"""(?<![\w.:/\\])(?:[A-Za-z]:)?[\\/](?:[^\s"'()\\/:,;]+[\\/])+([^\s"'()\\/:,;]*)""")


def escaped(text: object, *, longest: int = LONGEST) -> str:
    r"""The text as Markdown that shows exactly it, on one line.

    >>> escaped("![x](a.png) costs $5")
    '!\\[x\\](a.png) costs \\$5'
    """
    plain = FOUND_LATER.sub(lambda match: match.group() + JOINER, cut(text, longest=longest))
    return BEGINNINGS.sub(r"\1\\\2", MARKS.sub(r"\\\1", plain))


def without_folders(text: str) -> str:
    """The text with every path in it cut down to the file's name: nothing that a visitor reads says where it lies.

    >>> without_folders("[Errno 2] No such file: '/home/me/data/a.png'")
    "[Errno 2] No such file: 'a.png'"
    """
    return BARE.sub(r"\1", BRACKETED.sub(r"(\1)", QUOTED.sub(r"\1\2\1", text)))


def said_by(error: BaseException) -> str:
    """What an error says, as a visitor may read it: no path, no number for a reason, no quotes around a KeyError's.

    >>> said_by(OSError(28, "No space left on device", "/srv/runs/a.json")), said_by(KeyError("there is no run"))
    ('No space left on device', 'there is no run')
    """
    if isinstance(error, OSError):
        return error.strerror or without_folders(str(error))
    return without_folders(str(error.args[0] if error.args else error))


def whole_number(text: str, *, most: int = 999_999) -> int | None:
    """The number that a text is, from 0 to `most`; None for anything else: ASCII's ten digits and nothing around them.

    >>> whole_number("40"), whole_number("²"), whole_number("-1"), whole_number("٣")
    (40, None, None, None)
    """
    digits = len(text) <= len(str(most)) and text.isascii() and text.isdigit()
    return int(text) if digits and int(text) <= most else None


def cut(text: object, *, longest: int = LONGEST) -> str:
    """On one line, without control characters, and with an ellipsis where it is longer than that."""
    plain = "".join(letter if letter.isprintable() else " " for letter in str(text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
