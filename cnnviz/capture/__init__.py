"""Borrow a network, record what every operation made of a picture, and give it back untouched.

What is recorded is exact: each value as its node produced it, whatever later layers wrote over it, and the arithmetic
is the network's own. Gradients come from `torch.autograd.grad` on what was recorded, so no `.grad` is written.

Networks that torch.fx can trace are recorded node by node ("graph"); for others, forward hooks record the modules
("hooks"), and the record says why. The first recording of a network is held against its plain forward pass.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from cnnviz import devices, tracing
from cnnviz.capture import hooks, inplace
from cnnviz.records import Activations, Array, Layer
from cnnviz.registry import unknown
from cnnviz.tracing import borrowed

__all__ = ["activations", "borrowed", "contributions", "gradients", "logits"]


@dataclass(frozen=True, eq=False)
class _Program:
    """What records a model; `shown` remembers the nodes for each set of values that turned out to be pictures."""

    graph: tracing.Graph
    module: fx.GraphModule
    shown: dict[frozenset[str], tuple[tracing.Node, ...]] = field(default_factory=dict)

    def nodes(self, visible: frozenset[str]) -> tuple[tracing.Node, ...]:
        if visible not in self.shown:
            self.shown[visible] = self.graph.shown(visible)
        return self.shown[visible]


_programs: weakref.WeakKeyDictionary[nn.Module, tuple[object, _Program | str]] = weakref.WeakKeyDictionary()


# ------------------------------------------------------------------------------------------------ the front door
def activations(model: nn.Module, x: torch.Tensor) -> Activations:
    """What every node of the network made of one picture.

    x: [1, C, H, W] (or [1, K]), as the network wants it; it is moved to the model's device and type.
    Returns layers in the order in which they ran, values [C, H, W] or [K] float32 ([N, D] for tokens), read-only.
    Raises ValueError where x holds another number of pictures than one.
    """
    devices.tune_allocator()
    x = _prepared(model, x)
    with borrowed(model), torch.inference_mode():
        program = _program(model, x)
        begin = time.perf_counter()
        if isinstance(program, str):
            return _from_hooks(hooks.record(model, x), begin, program)
        output, values = program.module(x.clone())
        return _from_graph(program, output, values, begin)


def layer(model: nn.Module, x: torch.Tensor, key: str) -> Array:
    """What one node made of one picture, as `activations(model, x)[key].values`; the network runs only that far.

    Raises KeyError for a key that the recording does not have.
    """
    x = _prepared(model, x)
    with borrowed(model), torch.inference_mode():
        program = _program(model, x)
        if isinstance(program, str):
            return _from_hooks(hooks.record(model, x), 0.0, program)[key].values
        keys = [node.key for node in program.graph.nodes]
        if key not in keys:
            raise KeyError(unknown("layer", key, keys))
        return _array(_value(_run_until(program.module, keys.index(key), x.clone())))


def _run_until(module: fx.GraphModule, index: int, x: torch.Tensor) -> Any:
    """The value that stands at this index among those that a program returns, and nothing that comes after it."""
    steps = fx.Interpreter(module, garbage_collect_values=False)
    steps.args_iter = iter((x,))
    returned: Any = module.graph.output_node().args[0]
    wanted = returned[1][index]
    for node in module.graph.nodes:
        steps.env[node] = steps.run_node(node)
        if node is wanted:
            break
    return steps.env[wanted]


def logits(model: nn.Module, x: torch.Tensor) -> Array:
    """The network's output alone: [classes] float32 for one picture x: [1, C, H, W]. The plain forward pass."""
    x = _prepared(model, x)
    with borrowed(model), torch.inference_mode():
        return _array(_first_tensor(model(x.clone())))


def contributions(model: nn.Module, x: torch.Tensor, target: int) -> dict[str, Array]:
    """How much each channel of each node speaks for a class: Σ over H, W of gradient × activation.

    Returns key -> [C] float64, in the units of the logit; for a piecewise linear network without biases the channels
    of any one cut through it add up to the logit. Zeros for nodes off the path to the target.
    Source: Grad-CAM's linear term, before its mean (Selvaraju et al., 2017), https://arxiv.org/abs/1610.02391
    """
    recorded = _differentiate(model, x, target, None)
    return {key: _per_channel(value, gradient) for key, value, gradient in recorded}


def gradients(model: nn.Module, x: torch.Tensor, target: int, keys: Iterable[str]) -> dict[str, Array]:
    """d logit[target] / d value of each of these nodes, with the value's shape, float32. Zeros off the path.

    Raises KeyError for a key that the recording does not have, ValueError for a class that the network does not have.
    """
    recorded = _differentiate(model, x, target, tuple(keys))
    return {
        key: _array(torch.zeros_like(value)[None] if gradient is None else gradient)
        for key, value, gradient in recorded
    }


# ------------------------------------------------------------------------------------------------ recording
def _prepared(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    if x.dim() < 2 or x.shape[0] != 1:
        raise ValueError(
            f"a recording is of one picture: asked for a tensor of shape {list(x.shape)}; [1, C, H, W] works"
        )
    example = next((value for value in model.parameters() if value.is_floating_point()), None)
    return x.detach() if example is None else x.detach().to(example.device, example.dtype)


def _program(model: nn.Module, x: torch.Tensor) -> _Program | str:
    """The program that records this model, or why there is none; built and checked once for each model."""
    graph = tracing.trace(model)
    found = _programs.get(model)
    if found is None or found[0] is not graph:
        found = (graph, _build(model, graph, x))
        _programs[model] = found
    return found[1]


def _build(model: nn.Module, graph: tracing.Graph | tracing.Untraced, x: torch.Tensor) -> _Program | str:
    if isinstance(graph, tracing.Untraced):
        return graph.reason
    program = _Program(graph, inplace.program(model, graph))
    truth = _first_tensor(model(x.clone()))
    found = _first_tensor(program.module(x.clone())[0])
    if truth.shape != found.shape or not torch.allclose(truth, found, rtol=1e-4, atol=1e-5, equal_nan=True):
        return "the traced graph and the network disagree on this picture"
    return program


def _from_graph(program: _Program, output: Any, values: Sequence[Any], begin: float) -> Activations:
    tensors = {node.symbol: _value(value) for node, value in zip(program.graph.nodes, values, strict=True)}
    visible = frozenset(symbol for symbol, value in tensors.items() if is_recorded(value))
    layers = tuple(_layer(node, tensors[node.symbol]) for node in program.nodes(visible))
    return Activations(layers, _array(_first_tensor(output)), seconds=time.perf_counter() - begin)


def _from_hooks(found: tuple[Any, list[hooks.Seen]], begin: float, reason: str) -> Activations:
    output, seen = found
    layers = tuple(_layer(item.node, item.value) for item in seen if is_recorded(item.value))
    note = f"recorded by hooks, modules only: {reason}"
    return Activations(layers, _array(_first_tensor(output)), "hooks", note, time.perf_counter() - begin)


def is_recorded(value: Any) -> bool:
    """Whether a node's value is a picture of its own: a tensor [1, …] of at most three further axes."""
    return isinstance(value, torch.Tensor) and 2 <= value.dim() <= 4 and value.shape[0] == 1


def _layer(node: tracing.Node, value: torch.Tensor) -> Layer:
    array = _array(value)
    return Layer(node.name, node.call, node.kind, node.operation, node.module, node.inputs, node.group, array)


def _array(value: torch.Tensor) -> Array:
    """[1, …] tensor -> […] float32 read-only, a view of the tensor's memory where it lies on the CPU."""
    array: Array = value.detach()[0].to("cpu", torch.float32).numpy()
    array.flags.writeable = False
    return array


def _first_tensor(output: Any) -> torch.Tensor:
    """The network's main output: the first tensor of a tuple or a dict."""
    if isinstance(output, torch.Tensor):
        return output
    parts = output.values() if isinstance(output, dict) else output if isinstance(output, (tuple, list)) else ()
    for part in parts:
        if isinstance(part, (torch.Tensor, tuple, list, dict)):
            return _first_tensor(part)
    raise TypeError(f"the network returned {type(output).__name__}: no tensor in it; a tensor, tuple or dict works")


# ------------------------------------------------------------------------------------------------ gradients
_Recorded = tuple[str, torch.Tensor, torch.Tensor | None]


def _differentiate(model: nn.Module, x: torch.Tensor, target: int, keys: tuple[str, ...] | None) -> list[_Recorded]:
    """(key, value without the batch axis, gradient [1, …] or None) of each node."""
    devices.tune_allocator()
    x = _prepared(model, x)
    with borrowed(model):
        with torch.inference_mode():
            program = _program(model, x)
        with torch.enable_grad():
            x = x.clone().requires_grad_(x.is_floating_point())
            output, nodes = _run(model, program, x)
            return _gradients(_logit(_first_tensor(output), target), _chosen(nodes, keys))


def _run(model: nn.Module, program: _Program | str, x: torch.Tensor) -> tuple[Any, dict[str, Any]]:
    """The output and each node's value (a tensor, or what was kept of one), by key."""
    if isinstance(program, str):
        output, seen = hooks.record(model, x)
        return output, {item.node.key: item.kept or item.value for item in seen if is_recorded(item.value)}
    output, values = program.module(x)
    pairs = zip(program.graph.nodes, values, strict=True)
    return output, {node.key: value for node, value in pairs if is_recorded(_value(value))}


def _value(kept: Any) -> Any:
    return kept.value if isinstance(kept, inplace.Kept) else kept


def _chosen(nodes: dict[str, Any], keys: tuple[str, ...] | None) -> dict[str, Any]:
    if keys is None:
        return nodes
    for key in keys:
        if key not in nodes:
            raise KeyError(unknown("layer", key, nodes))
    return {key: nodes[key] for key in keys}


def _logit(output: torch.Tensor, target: int) -> torch.Tensor:
    classes = output.reshape(-1)
    if not 0 <= target < len(classes):
        raise ValueError(f"there is no class {target}: the network has {len(classes)}, 0 to {len(classes) - 1}")
    return classes[target]


def _gradients(logit: torch.Tensor, nodes: dict[str, Any]) -> list[_Recorded]:
    sources = {key: _source(value) for key, value in nodes.items()}
    wanted = {key: source for key, source in sources.items() if source is not None}
    found = torch.autograd.grad(logit, tuple(wanted.values()), allow_unused=True) if wanted else ()
    by_key = dict(zip(wanted, found, strict=True))
    return [(key, _value(value).detach()[0], by_key.get(key)) for key, value in nodes.items()]


def _source(value: Any) -> Any:
    """What autograd can differentiate by: the tensor, or the place where a kept value stood; None off the path."""
    if isinstance(value, inplace.Kept):
        return value.edge
    return value if value.requires_grad else None


def _per_channel(value: torch.Tensor, gradient: torch.Tensor | None) -> Array:
    if gradient is None:
        return np.zeros(value.shape[0])
    product = value.cpu().double() * gradient[0].cpu().double()  # Apple's GPUs have no float64
    array: Array = product.reshape(len(product), -1).sum(1).numpy()
    return array
