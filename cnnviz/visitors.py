"""Who asks: whose runs, data sets and weights are shown, and whose they become.

Two modes. *Alone*, the default on a server that only this machine reaches: everything belongs to whoever sits there.
*Shared*: each visitor has an id, sees and changes only what bears it, and a teacher sees all. `CNNVIZ_SHARED=1` and
`=0` choose; where it is not set, a server that other machines reach, or one with a login, is shared.

Who a visitor is, only the pages know (a login, or a key that the browser keeps): they register a function that answers
for the session at hand (`identify_by`). In a process without pages (a script) nobody in particular asks, and everything
is there. A thread of the server's own works for everybody only where it says so (`acting_as`); any other that belongs
to no session has the rights of nobody. The mark in a directory is a digest of the key, which opens nothing.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from cnnviz import limits
from cnnviz.attempts import Attempts

P = ParamSpec("P")
R = TypeVar("R")
MARK = ".visitor"  # the file in a directory that says whose it is
ID = re.compile(r"[0-9a-f]{16}")
SHARED, TEACHER, WORKS_FOR = "CNNVIZ_SHARED", "CNNVIZ_TEACHER_KEY", "CNNVIZ_VISITOR"
FOR_TEACHER = "teacher "  # before the id of a teacher for whom a process works
STRETCHED = 600_000  # rounds: about 0.2 s for each guess at a key from a seal
SHORTEST_KEY = 8  # characters of a teacher's key: a shorter one counts as none
THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Visitor:
    """id: 16 hex digits; "" where nobody in particular asks. teacher: sees and changes everybody's."""

    id: str = ""
    teacher: bool = False

    @property
    def limited(self) -> bool:
        """Whether quotas hold."""
        return bool(self.id) and not self.teacher

    def may(self, owner: str) -> bool:
        """Whether what bears this mark ("": none) is shown to the visitor, who may then change it, too."""
        return not self.id or self.teacher or owner == self.id

    def owns(self, owner: str) -> bool:
        """Whether what bears this mark is the visitor's own, or nobody's in particular: a teacher owns less than sees.

        >>> Visitor("a", teacher=True).may("b"), Visitor("a", teacher=True).owns("b"), Visitor().owns("b")
        (True, False, True)
        """
        return self.may(owner) and (not self.id or owner in (self.id, ""))


EVERYBODY = Visitor()
NOBODY = Visitor("0" * 16)  # to whom nothing belongs: who asks where visitors are kept apart and nobody can be told
ATTEMPTS = Attempts(each=limits.KEYS, together=limits.ALL_KEYS, seconds=limits.KEYS_SECONDS)
_asked: list[Callable[[], Visitor]] = []
_instead: contextvars.ContextVar[Visitor | None] = contextvars.ContextVar("visitor", default=None)


def identify_by(ask: Callable[[], Visitor]) -> None:
    """Have this function say who asks, from now on, in this process. It must answer in any thread."""
    _asked[:] = [ask]


def current() -> Visitor:
    """Who asks here and now."""
    instead = _instead.get()
    if instead is not None:
        return instead
    if _asked:
        return _asked[0]()
    works_for = os.environ.get(WORKS_FOR, "")
    owner = works_for.removeprefix(FOR_TEACHER)
    return Visitor(owner, teacher=works_for != owner) if ID.fullmatch(owner) else EVERYBODY


def working_for(visitor: Visitor) -> str:
    """What `WORKS_FOR` says in a process that works for this visitor, with the same rights; "" for everybody's."""
    return f"{FOR_TEACHER if visitor.teacher and visitor.id else ''}{visitor.id}"


@contextlib.contextmanager
def acting_as(visitor: Visitor) -> Iterator[None]:
    """Somebody else asks in this block: `EVERYBODY` where the server works on its own account."""
    token = _instead.set(visitor)
    try:
        yield
    finally:
        _instead.reset(token)


def on_behalf(function: Callable[P, R]) -> Callable[P, R]:
    """The function for a thread that belongs to no session (a download is made in one): whoever asks now, asks then."""
    asking = current()

    @functools.wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as(asking):
            return function(*args, **kwargs)

    return asked


def shared(address: str | None, *, login: bool) -> bool:
    """Whether visitors are kept apart. address: on which the server answers (None: on all). login: whether it asks."""
    chosen = os.environ.get(SHARED, "").strip()
    if chosen in ("0", "1"):
        return chosen == "1"
    return login or address is None or address not in THIS_MACHINE


def id_of(key: str) -> str:
    """The id of whoever has this key: 16 hex digits from which the key cannot be found again."""
    return hashlib.sha256(f"cnnviz visitor {key}".encode()).hexdigest()[:16]


def called(owner: str) -> str:
    """What people call a visitor: "visitor 3f2a", the same on their screen and in a teacher's lists; "" for nobody's.

    owner: an id. It is not a secret, and two visitors of hundreds may share it: nothing is decided by it.
    """
    return f"visitor {owner[:4]}" if owner else ""


def is_teachers(key: str) -> bool:
    """Whether this is the teacher's key, which `CNNVIZ_TEACHER_KEY` names: at least eight characters.

    What is compared are digests, so the time that it takes tells neither how much is right nor how long the key is.
    """
    wanted = os.environ.get(TEACHER, "")
    return hmac.compare_digest(_digest(key), _digest(wanted)) and len(wanted) >= SHORTEST_KEY


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()


def sealed(text: str) -> str:
    """What only a server with this teacher's key can make of a text: 64 hex digits, "" where no key counts.

    The key cannot be found from it in less time than it takes to stretch each guess.
    """
    wanted = os.environ.get(TEACHER, "")
    return hmac.digest(_stretched(wanted), text.encode(), "sha256").hex() if len(wanted) >= SHORTEST_KEY else ""


@functools.lru_cache(maxsize=4)
def _stretched(key: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", key.encode(errors="surrogatepass"), b"cnnviz seal", STRETCHED)


def try_key(key: str, who: str) -> float | None:
    """A guess at the teacher's key: None where it is right, else the seconds until this one may try again (0.0: now).

    who: an id. A right key is not looked at either, before these seconds are over.
    """
    wait = ATTEMPTS.take(who)
    if wait or not is_teachers(key):
        return wait
    ATTEMPTS.forgive(who)
    return None


def mark(folder: Path, visitor: Visitor | None = None) -> None:
    """Say in a directory whose it is; nothing where nobody in particular asks. Raises OSError."""
    owner = (visitor or current()).id
    if owner:
        (folder / MARK).write_text(owner)


def owner_of(folder: Path) -> str:
    """Whose a directory is: an id, or "" where it bears no mark."""
    try:
        with (folder / MARK).open("rb") as file:
            text = file.read(64).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return text if ID.fullmatch(text) else ""
