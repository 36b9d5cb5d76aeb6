"""A network's forward pass rewritten over its own parameters, and the proof that it still computes the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, fx, nn

from cnnviz.training.evaluation import evaluating

PICTURES = 4  # on which both are compared
RELATIVE, ABSOLUTE = 1e-4, 1e-9  # how far float32's rounding may take a gradient; RELATIVE to its largest element

Shape = tuple[int, int, int]


def graph_of(model: nn.Module) -> fx.Graph | None:
    """What the network does, call by call; None where Python's control flow decides it, as torch.fx cannot follow."""
    try:
        return fx.Tracer().trace(model)
    except Exception:  # a forward pass may raise anything on a proxy; the model as it is always works
        return None


def replaced(model: nn.Module, graph: fx.Graph, modules: Mapping[str, nn.Module]) -> fx.GraphModule:
    """The network with other modules in these places, everything else shared with the model."""
    result = fx.GraphModule(model, graph)
    for name, module in modules.items():
        result.set_submodule(name, module)
    return result


def agree(model: nn.Module, other: Callable[[Tensor], Tensor], shape: Shape) -> bool:
    """Whether outputs and gradients on made images are the same, to float32's rounding.

    In evaluation mode, where BatchNorm does not blow up small differences, and which the models are put back out of.
    """
    pictures = torch.randn(PICTURES, *shape, generator=torch.Generator().manual_seed(0))
    parameters = [item for item in model.parameters() if item.requires_grad]
    results = []
    with torch.random.fork_rng(devices=[]), evaluating(model):
        for way in (model, other):
            try:
                outputs = way(pictures)
                results.append((outputs.detach(), *torch.autograd.grad(outputs.square().sum(), parameters)))
            except RuntimeError:  # this build of torch cannot do one of the operations in that layout
                return False
    return all(_close(one, two) for one, two in zip(*results, strict=True))


def positions(model: nn.Module, names: Sequence[str], shape: Shape) -> dict[str, int]:
    """How many positions the maps of these modules have, H · W; a module that is not called is left out."""
    found: dict[str, int] = {}

    def noting(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        return lambda module, given, output: found.update({name: math.prod(output.shape[2:])})

    hooks = [model.get_submodule(name).register_forward_hook(noting(name)) for name in names]
    try:
        with torch.no_grad(), evaluating(model):
            model(torch.zeros(PICTURES, *shape))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _close(one: Tensor, two: Tensor) -> bool:
    return torch.allclose(one, two, rtol=0.0, atol=RELATIVE * float(one.abs().max()) + ABSOLUTE)
