"""Compiled modules and functions (`torch.compile`) run as they were written while they are recorded.

A compiled program has no calls left to record; and compiling it with a recorder in it took minutes. Written as it is
the program computes what was meant, with the last digits of its own arithmetic. The setting is torch's for the whole
process: while one thread records, others run uncompiled too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from cnnviz import lazy_imports

SAID = "it is compiled (torch.compile), and was recorded as it runs without"
_guard = threading.Lock()
_state: dict[str, Any] = {"users": 0, "stance": None}


@contextmanager
def eagerly() -> Iterator[None]:
    """No compiled program runs within, and nothing is compiled."""
    if not lazy_imports.has_compiler():  # to ask for it takes seconds and 190 MB
        yield
        return
    with _guard:
        _state["users"] += 1
        if _state["users"] == 1:
            _state["stance"] = torch.compiler.set_stance("force_eager")
            _state["stance"].__enter__()
    try:
        yield
    finally:
        with _guard:
            _state["users"] -= 1
            if not _state["users"]:
                _state["stance"].__exit__(None, None, None)
