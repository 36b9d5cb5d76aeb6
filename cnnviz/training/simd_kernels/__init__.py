"""Narrow networks on a CPU: as many images side by side as a vector holds numbers, in kernels made for their sizes.

Libraries fill a vector with channels; a first convolution of 6 leaves ten of sixteen lanes empty. Here a lane is a
image: nothing is empty, and what multiplies a vector is one weight. Convolution, ReLU and pooling are one pass, and
so are their gradients (`kernels`). LLVM (llvmlite) compiles them for their sizes in a tenth of a second, at first use.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from torch import Tensor, fx, nn

from cnnviz.training import rewriting
from cnnviz.training.simd_kernels.sizes import ConvolutionBlock, StackPlan

Forward = Callable[[Tensor], Tensor]
TAPS = 49  # of a kernel, at most: each of its rows is written out
SCRATCH = 32 << 20  # bytes for a thread, at most: large images would take hundreds of megabytes


def forward(model: nn.Module, shape: tuple[int, int, int]) -> Forward | None:
    """The same network's training forward pass, [B, *shape] -> [B, classes], or None where these kernels do not apply.

    They apply on processors with AVX2 or AVX-512, where llvmlite is installed, and every convolution belongs to a chain
    of convolutions (stride 1), ReLUs and 2×2 max poolings that begins at the image. The model's own modules and
    parameters are used; `rewriting` compares the gradients with torch's first. shape: (C, H, W).
    """
    if importlib.util.find_spec("llvmlite") is None:
        return None
    graph = rewriting.graph_of(model)
    nodes = [] if graph is None else _chain(graph, model)
    convolutions = [module for module in (_module(node, model) for node in nodes) if isinstance(module, nn.Conv2d)]
    if graph is None or len(convolutions) < max(1, sum(isinstance(module, nn.Conv2d) for module in model.modules())):
        return None
    blocks = _blocks(convolutions, shape)
    if blocks is None:
        return None
    from cnnviz.training.simd_kernels import machine, stack  # and llvmlite with them, only where it is of use

    host = machine.host()
    if host is None or StackPlan(blocks, host).scratch > SCRATCH:
        return None
    first, *others = nodes
    nodes[-1].replace_all_uses_with(first)
    for node in reversed(others):
        graph.erase_node(node)
    rewritten = rewriting.replaced(
        model, graph, {str(first.target): stack.Stack(convolutions, StackPlan(blocks, host))}
    )
    return rewritten if rewriting.agree(model, rewritten, shape) else None


def _chain(graph: fx.Graph, model: nn.Module) -> list[fx.Node]:
    """Convolution, ReLU, pooling, convolution … from the image on, as long as nothing else reads them."""
    nodes: list[fx.Node] = []
    node = next(iter(graph.nodes))  # the image
    while len(node.users) == 1:
        node = next(iter(node.users))
        if not _fits(_module(node, model), len(nodes) % 3):
            break
        nodes.append(node)
    return nodes[: len(nodes) // 3 * 3]


def _fits(module: nn.Module | None, place: int) -> bool:
    """Whether it is what a stage has in this place."""
    if place == 0:
        return type(module) is nn.Conv2d and _plain(module)
    if place == 1:
        return type(module) is nn.ReLU
    return (
        type(module) is nn.MaxPool2d
        and not (module.return_indices or module.ceil_mode)
        and all(
            value in (wanted, (wanted, wanted))
            for value, wanted in (
                (module.kernel_size, 2),
                (module.stride, 2),
                (module.padding, 0),
                (module.dilation, 1),
            )
        )
    )


def _plain(convolution: nn.Conv2d) -> bool:
    return (
        convolution.stride == convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
        and convolution.kernel_size[0] * convolution.kernel_size[1] <= TAPS
    )


def _module(node: fx.Node, model: nn.Module) -> nn.Module | None:
    return model.get_submodule(str(node.target)) if node.op == "call_module" else None


def _blocks(convolutions: list[nn.Conv2d], shape: tuple[int, int, int]) -> tuple[ConvolutionBlock, ...] | None:
    """Their sizes on images of this shape; None where a map becomes too small to be pooled."""
    blocks: list[ConvolutionBlock] = []
    sides = shape[1:]
    for convolution in convolutions:
        (rows, columns), padding = convolution.kernel_size, convolution.padding
        assert not isinstance(padding, str)  # `_plain` lets none through
        block = ConvolutionBlock(
            convolution.in_channels, *sides, convolution.out_channels, (rows, columns), (padding[0], padding[1])
        )
        sides = block.pooled
        if min(sides) < 1:
            return None
        blocks.append(block)
    return tuple(blocks)
