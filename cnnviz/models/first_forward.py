"""The first forward pass of a network that somebody brings: made with care, for its code may do anything.

Whatever it raises becomes one short reason, and the module comes back in the mode in which it was.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import nn

from cnnviz.models.entries import Shape
from cnnviz.modes import to_eval
from cnnviz.plain_text import cut, without_folders

Made = TypeVar("Made")
LONGEST = 160  # characters of somebody else's message


class ForeignError(Exception):
    """What somebody else's code raised, as one short reason."""


def told(error: BaseException) -> str:
    """ "KeyError: 'fc'": an error's type and the first line of its message, without the folders of any path.

    An error that cannot even be written down is its type alone.
    """
    kind = type(error).__name__
    try:
        lines = str(error).strip().splitlines()
    except Exception as worse:  # the message is somebody else's code, too
        return f"{kind}, whose message raised {type(worse).__name__}"
    text = without_folders(lines[0]) if lines else ""
    return f"{kind}: {cut(text, longest=LONGEST).rstrip('.')}" if text else kind


def guarded(call: Callable[[], Made]) -> Made:
    """What `call` returns. Raises ForeignError for whatever it raises, `sys.exit` too; Ctrl-C stays Ctrl-C."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is no Exception: a training script that reads its arguments raises it
        raise ForeignError(told(error)) from error


def floating_type(module: nn.Module) -> torch.dtype:
    """The type of the module's own numbers, in which it wants its input: float16, bfloat16, float32 or float64."""
    own = (*module.parameters(), *module.buffers())
    return next((value.dtype for value in own if value.is_floating_point()), torch.float32)


def is_lazy(module: nn.Module) -> bool:
    """Whether some parameters have no shape before the first forward pass (nn.LazyConv2d and its like)."""
    return any(nn.parameter.is_lazy(value) for value in (*module.parameters(), *module.buffers()))


def output(module: nn.Module, shape: Shape) -> Any:
    """What the module makes of one image of zeros, [1, C, H, W] in its own type, in eval mode; lazy parts get shapes.

    Raises ForeignError for whatever it raises.
    """
    with _eval_mode(module), torch.no_grad():
        return guarded(lambda: module(torch.zeros(1, *shape, dtype=floating_type(module))))


def is_script(module: nn.Module) -> bool:
    """Whether it is TorchScript, or holds some."""
    return any(isinstance(part, torch.jit.ScriptModule) for part in module.modules())


def needs_numbers(module: nn.Module) -> bool:
    """Whether it runs on numbers alone, and not on shapes: TorchScript, and weights in 8 bits."""
    packed = ("torch.ao.nn.quantized", "torch.ao.nn.intrinsic.quantized", "torch.nn.quantized")
    return is_script(module) or any(type(part).__module__.startswith(packed) for part in module.modules())


def needed_inputs(module: nn.Module) -> tuple[str, ...]:
    """The names of the inputs that its forward cannot do without; empty where Python does not know them."""
    try:
        parameters = guarded(lambda: inspect.signature(module.forward).parameters.values())
    except ForeignError:
        return ()
    single = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return tuple(one.name for one in parameters if one.default is one.empty and one.kind in single)


def takes_tokens(module: nn.Module) -> bool:
    """Whether its first part with parameters is a table of embeddings: it takes whole numbers and no image."""
    first = next((child for child in module.modules() if any(True for _ in child.parameters(recurse=False))), None)
    return isinstance(first, (nn.Embedding, nn.EmbeddingBag))


@contextmanager
def _eval_mode(module: nn.Module) -> Iterator[None]:
    mode = {child: child.training for child in module.modules()}
    try:
        guarded(lambda: to_eval(module))
        yield
    finally:
        for child, training in mode.items():
            child.training = training
