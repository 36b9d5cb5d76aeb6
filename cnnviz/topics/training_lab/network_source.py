"""A network as Python that needs nothing but PyTorch: its layers by name, and the calls of its forward pass.

The forward pass is what torch.fx records of one call in eval mode (J. Reed et al.: torch.fx: Practical Program Capture
and Transformation for Deep Learning in Python, 2021, https://arxiv.org/abs/2112.08429). What was written is run and
compared with the network before anybody gets it.
"""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import fx, nn

DROPPED = re.compile(r";\s+(?:\w+ = )+None$", re.MULTILINE)  # torch.fx forgets each value after its last use
MOST_NUMBERS = 10_000  # of a constant that is written down
HEAD = '''class Network(nn.Module):
    """[N, {shape}] -> [N, {outputs}]."""

    def __init__(self):
        super().__init__()
'''
PUT = '''

def put(root, name, value, saved=True):
    """root.a.b = value for the name "a.b", with an empty module where there is none yet. saved: with the weights."""
    *path, last = name.split(".")
    for part in path:
        if not hasattr(root, part):
            root.add_module(part, nn.Module())
        root = getattr(root, part)
    if isinstance(value, torch.Tensor):
        root.register_buffer(last, value, persistent=saved)
    else:
        setattr(root, last, value)
'''


class SourceError(Exception):
    """This network cannot be written down so; the message says why."""


def of(model: nn.Module, input_shape: tuple[int, ...]) -> str:
    """Python that defines `Network`, with the same names in its state_dict as `model`, in eval mode.

    input_shape: (C, H, W) of one image. Raises SourceError: its forward pass depends on its data, a layer's
    constructor does not follow from how it prints, or what was written does not compute exactly the same.
    """
    model = model.eval()
    try:
        graph = fx.Tracer().trace(model)
    except Exception as error:  # whatever a forward pass does that no symbol can stand for
        raise SourceError(f"its forward pass cannot be written down: {str(error).splitlines()[0][:200]}") from error
    x = torch.linspace(-2, 2, 2 * int(torch.tensor(input_shape).prod())).reshape(2, *input_shape)
    with torch.no_grad():
        wanted = model(x)
    text = _written(model, graph, input_shape, tuple(wanted.shape[1:]))
    _prove(text, model, x, wanted)
    return text


def _written(model: nn.Module, graph: fx.Graph, input_shape: tuple[int, ...], outputs: tuple[int, ...]) -> str:
    called = {str(node.target): None for node in graph.nodes if node.op == "call_module"}
    lines = [f'        put(self, "{name}", {_constructor(model.get_submodule(name))})' for name in called]
    read = {str(node.target): None for node in graph.nodes if node.op == "get_attr"}
    lines += [f'        put(self, "{name}", {_value(model, name)})' for name in read]
    head = HEAD.format(shape=", ".join(map(str, input_shape)), outputs=", ".join(map(str, outputs)))
    code = DROPPED.sub("", graph.python_code("self").src).replace(" : _Tensor_", "").replace(" -> _Tensor_", "")
    forward = "\n".join(f"    {line}".rstrip() for line in code.strip().splitlines())
    return f"import torch\nfrom torch import nn\n{PUT}\n\n{head}" + "\n".join(lines) + f"\n\n{forward}\n"


def _constructor(module: nn.Module) -> str:
    """ "nn.Conv2d(1, 6, kernel_size=(5, 5))": what makes such a layer, as it prints itself. Raises SourceError."""
    kind, text = type(module), repr(module)
    if getattr(nn, kind.__name__, None) is not kind or "\n" in text:
        raise SourceError(f"a layer of the kind {kind.__name__} does not say how it is made")
    return f"nn.{text}".replace(", bias=True", "")  # the default, which some kinds do not take by name everywhere


def _value(model: nn.Module, name: str) -> str:
    """A parameter or buffer that the forward pass reads by itself: empty if the weights hold it, else its numbers."""
    tensor = _attribute(model, name)
    if not isinstance(tensor, torch.Tensor):
        raise SourceError(f"{name} is a {type(tensor).__name__}")
    if name in model.state_dict():
        made = f"torch.empty({list(tensor.shape)}, dtype={tensor.dtype})"
        return f"nn.Parameter({made})" if isinstance(tensor, nn.Parameter) else made
    if tensor.numel() > MOST_NUMBERS:
        raise SourceError(f"{name} holds {tensor.numel():,} numbers that are not among its weights")
    return f"torch.tensor({tensor.tolist()}, dtype={tensor.dtype}), saved=False"


def _attribute(model: nn.Module, name: str) -> Any:
    *path, last = name.split(".")
    return getattr(model.get_submodule(".".join(path)), last)


def _prove(text: str, model: nn.Module, x: torch.Tensor, wanted: torch.Tensor) -> None:
    """Runs what was written with the network's weights. Raises SourceError where a single bit differs."""
    scope: dict[str, Any] = {}
    try:
        exec(compile(text, "network.py", "exec"), scope)
        copy = scope["Network"]().eval()
        copy.load_state_dict(model.state_dict())
        with torch.no_grad():
            found = copy(x)
    except Exception as error:  # the text is ours, and the network may be anybody's
        raise SourceError(f"what was written of it does not run: {str(error).splitlines()[0][:200]}") from error
    if not torch.equal(found, wanted):
        raise SourceError("what was written of it computes something else")
