"""A line in the server's log for each thing that failed for somebody: what it was, why, and what to do about it."""

from __future__ import annotations

import logging
import threading
import time

from cnnviz.plain_text import cut

LOG = logging.getLogger("cnnviz.failures")
LONGEST = 500  # characters of one part
AGAIN = 60.0  # seconds in which the same line is not said twice: a page says its error at each of its reruns
KEPT = 256  # lines that are remembered for that

_lock = threading.Lock()
_said: dict[str, float] = {}


def note(what: str, reason: object, *, remedy: str) -> bool:
    """Logs one line, at the level of a warning; False where it has just been logged.

    what: "a zip was refused"; reason: an error or a sentence, which may come from outside: control characters and line
    ends in it become spaces, so that nobody writes lines of their own into the log. remedy: a sentence.
    """
    line = f"{cut(what, longest=LONGEST)}: {cut(reason, longest=LONGEST).rstrip('.')}. {remedy}"
    now = time.monotonic()
    with _lock:
        before = _said.pop(line, None)
        if before is not None and now - before < AGAIN:
            _said[line] = before
            return False
        _said[line] = now
        while len(_said) > KEPT:
            del _said[next(iter(_said))]
    LOG.warning("%s", line)
    return True
