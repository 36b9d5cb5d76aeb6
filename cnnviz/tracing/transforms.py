"""What a recording has to see as it is, and would not: `torch.vmap`, `torch.cond`, compiled functions, checkpoints.

Inside of `torch.vmap` tensors have one axis fewer than they have, and nothing there outlives it: the whole of it is one
call. So is a function that TorchScript compiled, which calls its parts where Python sees nothing. A checkpoint of the
older kind (`use_reentrant=True`) hides its calls from autograd to save memory: while one records, it is the function
that it is given; and `torch.cond` is the branch that it takes. All are exchanged only meanwhile; other threads get
torch's own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
import torch._functorch.apis as apis

_guard = threading.Lock()
_local = threading.local()
_users = 0
_plain_vmap: Callable[..., Any] = apis.vmap_impl
_plain_nested: Callable[..., Any] = torch.nested.nested_tensor
_plain_script: Callable[..., Any] = torch.jit.ScriptFunction.__call__
_plain_cond: Callable[..., Any] = torch.cond
_plain_checkpoint: list[Any] = []


class TransformListener(Protocol):
    """Who makes a call of one of these its own."""

    def whole(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run this call as one step, and give what it returned."""
        ...


@contextmanager
def listening(listener: TransformListener) -> Iterator[None]:
    """Within this thread these are the listener's to make, and a checkpoint of the older kind is no more."""
    global _users
    with _guard:
        _users += 1
        apis.vmap_impl = _vmap  # type: ignore[assignment]
        torch.nested.nested_tensor = _nested
        torch.jit.ScriptFunction.__call__ = _script  # type: ignore[method-assign,assignment]
        torch.cond = _cond  # type: ignore[assignment]
        checkpoints = sys.modules.get("torch.utils.checkpoint")
        if checkpoints is not None and not _plain_checkpoint:
            _plain_checkpoint.append(checkpoints.CheckpointFunction)
            checkpoints.CheckpointFunction = _Checkpoint  # type: ignore[attr-defined]
    outer = getattr(_local, "listener", None)
    _local.listener = listener
    try:
        yield
    finally:
        _local.listener = outer
        with _guard:
            _users -= 1
            if not _users:
                apis.vmap_impl = _plain_vmap
                torch.nested.nested_tensor = _plain_nested
                torch.jit.ScriptFunction.__call__ = _plain_script  # type: ignore[method-assign]
                torch.cond = _plain_cond
                if _plain_checkpoint:
                    sys.modules["torch.utils.checkpoint"].CheckpointFunction = _plain_checkpoint.pop()  # type: ignore[attr-defined]


def vmap(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """torch's own, by the name that a row shows. function: what is mapped; args: torch's, then the mapped ones."""
    return _plain_vmap(function, *args, **kwargs)


def _vmap(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    listener = getattr(_local, "listener", None)
    if listener is None:
        return _plain_vmap(function, *args, **kwargs)
    return listener.whole(vmap, (function, *args), kwargs)


def nested_tensor(*args: Any, **kwargs: Any) -> Any:
    """torch's own, by the name that a row shows."""
    return _plain_nested(*args, **kwargs)


def _nested(*args: Any, **kwargs: Any) -> Any:
    listener = getattr(_local, "listener", None)
    return _plain_nested(*args, **kwargs) if listener is None else listener.whole(nested_tensor, args, kwargs)


def script_function(function: Any, *args: Any, **kwargs: Any) -> Any:
    """A function that TorchScript compiled, by the name that a row shows."""
    return _plain_script(function, *args, **kwargs)


def _script(function: Any, *args: Any, **kwargs: Any) -> Any:
    listener = getattr(_local, "listener", None)
    if listener is None:
        return _plain_script(function, *args, **kwargs)
    return listener.whole(script_function, (function, *args), kwargs)


def _cond(which: Any, yes: Callable[..., Any], no: Callable[..., Any], operands: Any = ()) -> Any:
    if getattr(_local, "listener", None) is None:
        return _plain_cond(which, yes, no, operands)
    return (yes if bool(which) else no)(*operands)


class _Checkpoint:
    """In the place of torch's CheckpointFunction: it runs the function, in this thread of a recording."""

    @staticmethod
    def apply(function: Callable[..., Any], keep_dice: bool, *args: Any) -> Any:
        """What the function makes of its arguments, as torch's own `apply` gives it."""
        if getattr(_local, "listener", None) is None:
            with _guard:
                plain = _plain_checkpoint[0] if _plain_checkpoint else None
            return plain.apply(function, keep_dice, *args) if plain is not None else function(*args)
        return function(*args)
