"""Compiled modules and functions (`torch.compile`) run as they were written while they are recorded.

A compiled program has no calls left to record; and compiling it with a recorder in it took minutes. Written as it is
the program computes what was meant, with the last digits of its own arithmetic. The setting is torch's for the whole
process: while one thread records, others run uncompiled too. A module that was compiled where it stands
(`module.compile()`) is called past `nn.Module`'s own call, so it gets that back meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from cnnviz import lazy_imports
from cnnviz.tracing.belongings import Belongings

SAID = "it is compiled (torch.compile), and was recorded as it runs without"
_guard = threading.Lock()
_state: dict[str, Any] = {"users": 0, "stance": None}


@contextmanager
def eagerly(modules: Callable[[], Iterable[nn.Module]] = tuple) -> Iterator[None]:
    """No compiled program runs within, and nothing is compiled. modules(): those that are called within."""
    if not lazy_imports.has_compiler():  # to ask for it takes seconds and 190 MB
        yield
        return
    with _guard:
        _state["users"] += 1
        if _state["users"] == 1:
            _state["stance"] = torch.compiler.set_stance("force_eager")
            _state["stance"].__enter__()
    calls = [(vars(module), module._compiled_call_impl) for module in in_place(modules())]
    for state, _ in calls:
        state["_compiled_call_impl"] = None
    try:
        yield
    finally:
        for state, call in calls:
            state["_compiled_call_impl"] = call
        with _guard:
            _state["users"] -= 1
            if not _state["users"]:
                _state["stance"].__exit__(None, None, None)


def there(belongings: Belongings) -> list[nn.Module]:
    """A model's modules that were compiled where they stand; that there is none is known as long as it is the same."""
    if belongings.found.get("none is compiled"):
        return []
    found = in_place(belongings.modules)
    belongings.found["none is compiled"] = not found
    return found


def in_place(modules: Iterable[nn.Module]) -> list[nn.Module]:
    """Those that were compiled where they stand."""
    return [module for module in modules if vars(module).get("_compiled_call_impl") is not None]
