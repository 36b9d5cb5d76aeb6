"""Narrow networks on a CPU: their convolutions, ReLUs and max poolings in oneDNN's own, blocked layout.

A convolution of 6 channels leaves most of a 16-number vector unused, and the ReLU and the pooling after it, which torch
computes channel by channel, then take 42 % of a step of `Net` (2 cores, no GPU). In oneDNN's layout, sixteen channels
side by side, they are vector operations, and nothing is rearranged between the layers. The numbers stay the same:
`forward` first compares both gradients (`rewriting`). `simd_kernels` is faster still; this is for the
networks and processors to which those kernels do not apply.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import fx, nn

from cnnviz.training import rewriting

Forward = Callable[[torch.Tensor], torch.Tensor]


def forward(model: nn.Module, shape: tuple[int, int, int]) -> Forward | None:
    """The same network's training forward pass, [B, *shape] -> [B, classes], or None where it does not apply.

    It applies where every convolution belongs to a chain of convolutions, ReLUs and max poolings that begins at the
    image. The model's own modules and parameters are used. shape: (C, H, W).
    """
    if not torch.backends.mkldnn.is_available():
        return None
    graph = rewriting.graph_of(model)
    if graph is None:
        return None
    convolutions = {name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}
    if not convolutions or _block(graph, model) != convolutions:
        return None
    rewritten = fx.GraphModule(model, graph)
    return rewritten if rewriting.agree(model, rewritten, shape) else None


def _block(graph: fx.Graph, model: nn.Module) -> set[str]:
    """Inserts the conversion to the blocked layout after the image and back before every other operation; returns
    the names of the convolutions inside.

    Each is one more operation in the graph; nothing is changed where no convolution follows the image.
    """
    inside: set[fx.Node] = set()
    found: set[str] = set()
    for node in list(graph.nodes):
        source = node.args[0] if node.args and isinstance(node.args[0], fx.Node) else None
        module = model.get_submodule(str(node.target)) if node.op == "call_module" else None
        begins = source is not None and source.op == "placeholder" and isinstance(module, nn.Conv2d)
        if module is not None and _blockable(module) and (source in inside or begins):
            if begins:
                with graph.inserting_before(node):
                    node.args = (graph.call_method("to_mkldnn", (source,)),)
            inside.add(node)
            found |= {str(node.target)} if isinstance(module, nn.Conv2d) else set()
            continue
        for before in [item for item in node.all_input_nodes if item in inside]:
            with graph.inserting_before(node):
                node.replace_input_with(before, graph.call_method("to_dense", (before,)))
    graph.lint()
    return found


def _blockable(module: nn.Module) -> bool:
    if isinstance(module, nn.Conv2d):
        return module.padding_mode == "zeros" and not isinstance(module.padding, str)
    if isinstance(module, nn.MaxPool2d):
        return not module.return_indices and module.dilation in (1, (1, 1)) and not module.ceil_mode
    return type(module) is nn.ReLU
