"""Inception blocks of a real network: the branches, their channels in the output, what the 1×1 in front saves.

C. Szegedy et al.: Going Deeper with Convolutions (2014), https://arxiv.org/abs/1409.4842
"""

from __future__ import annotations

import numpy as np
from torch import nn

from cnnviz import anatomy
from cnnviz.records import Activations, Layer
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import graph, proofs
from cnnviz.topics.blocks.records import FREE, BlockCost, Branch, InceptionRecord, Kernel


def keys(recording: Activations) -> tuple[str, ...]:
    """The concatenation that ends each block: the last one of its group, of two branches or more with convolutions."""
    last = {layer.group: layer for layer in recording if layer.kind == "concatenation" and len(layer.inputs) > 1}
    return tuple(layer.key for layer in last.values() if _convolutions(recording, layer) >= 2)


def _convolutions(recording: Activations, layer: Layer) -> int:
    return sum(item.kind == "convolution" for item in graph.behind(recording, layer.key, graph.in_group(layer.group)))


def open_block(model: nn.Module, recording: Activations, key: str) -> InceptionRecord:
    """The block that ends at this concatenation."""
    end = recording[key]
    inside = graph.in_group(end.group)
    parts = [graph.behind(recording, name, inside) for name in end.inputs]
    read = _read(recording, end.group, parts)
    branches, start = [], 0
    for name, nodes in zip(end.inputs, parts, strict=True):
        count = recording[name].shape[0]
        branches.append(
            _branch(model, recording, name, nodes, start=start, count=count, inputs=recording[read].shape[0])
        )
        start += count
    joined = proofs.concatenated([recording[name].values for name in end.inputs], end.values, key)
    return InceptionRecord(key, end.group, read, recording[read].shape[0], end.values, tuple(branches), joined)


def _read(recording: Activations, group: str, parts: list[tuple[Layer, ...]]) -> str:
    """The node that the block reads: the first one outside it (a block with one entry, as all of these are)."""
    outside = [name for nodes in parts for layer in nodes for name in layer.inputs if recording[name].group != group]
    if outside:
        return outside[0]
    return parts[0][0].inputs[0]


def _branch(
    model: nn.Module, recording: Activations, key: str, nodes: tuple[Layer, ...], *, start: int, count: int, inputs: int
) -> Branch:
    kernels = {node.key: graph.kernel(model, node) for node in nodes if graph.is_convolution(model, node)}
    small = next((kernel for kernel in kernels.values() if kernel.size == (1, 1)), None)
    fed = {name: _fed_by(recording, name, set(kernels)) for name in kernels}
    wide = [name for name, before in fed.items() if small is not None and before == small.key]
    without = FREE
    for name, one in kernels.items():
        if wide and small is not None and name == small.key:
            continue
        without = without + one.reading(inputs if name in wide else one.inputs)
    title = _title(recording, nodes, fed)
    return Branch(title, key, start, count, tuple(kernels.values()), small.outputs if small and wide else None, without)


def _fed_by(recording: Activations, key: str, kernels: set[str]) -> str:
    """The convolution of the branch whose output this one reads, through normalisation and activation."""
    left = list(recording[key].inputs)
    while left:
        layer = recording[left.pop()]
        if layer.key in kernels:
            return layer.key
        if layer.kind in ("normalization", "activation"):
            left += layer.inputs
    return ""


def _title(recording: Activations, nodes: tuple[Layer, ...], fed: dict[str, str]) -> str:
    """ "1×1 → 3×3", "max pool → 1×1", "1×1 → 1×3 + 3×1"."""
    words: list[str] = []
    readers: list[str] = []
    for node in nodes:
        if node.key in fed:
            size = node.operation.split()[1].rstrip(",")
            if readers and fed[node.key] and fed[node.key] == readers[-1]:
                words[-1] += f" + {size}"
            else:
                words.append(size)
            readers.append(fed[node.key])
        elif node.kind == "pooling":
            words.append("max pool" if "max" in node.operation.lower() else "average pool")
            readers.append("")
    return " → ".join(words) or "passed on"


# ------------------------------------------------------------------------------------------------ proofs
def counted(block: InceptionRecord, branch: Branch) -> tuple[Proof, ...]:
    """The branch's two costs, against real convolutions of these shapes that are built, run and counted."""
    with_it = _by_anatomy([(kernel, kernel.inputs) for kernel in branch.kernels])
    claims = [("as it is", branch.cost, with_it)]
    if branch.reduced is not None:
        first = next(kernel for kernel in branch.kernels if kernel.size == (1, 1))
        rest = [kernel for kernel in branch.kernels if kernel is not first]
        direct = [(kernel, block.inputs if kernel.inputs == first.outputs and index == 0 else kernel.inputs)
                  for index, kernel in enumerate(rest)]  # fmt: skip
        if _by_numbers(direct) == branch.without:  # two kernels side by side read the same 1×1: not a chain to build
            claims.append(("without its 1×1", branch.without, _by_anatomy(direct)))
    return tuple(
        Proof(
            f"{branch.title} {words}: {ours.parameters:,} weights, {ours.macs:,} multiply-adds, as in real layers",
            float(max(abs(ours.parameters - built.parameters), abs(ours.macs - built.macs))),
            0.0,
        )
        for words, ours, built in claims
    )


def _by_numbers(kernels: list[tuple[Kernel, int]]) -> BlockCost:
    return sum((kernel.reading(inputs) for kernel, inputs in kernels), FREE)


def _by_anatomy(kernels: list[tuple[Kernel, int]]) -> BlockCost:
    found = FREE
    for kernel, inputs in kernels:
        padding = (kernel.size[0] // 2, kernel.size[1] // 2)
        layer = nn.utils.skip_init(
            nn.Conv2d, inputs, kernel.outputs, kernel.size, padding=padding, groups=kernel.groups, bias=False
        )
        rows = anatomy.inspect(nn.Sequential(layer), (inputs, *kernel.map), run=True)
        found = found + BlockCost(sum(row.parameters for row in rows), sum(row.macs for row in rows))
    return found


def energies(block: InceptionRecord) -> tuple[float, ...]:
    """Each branch's share of the output's energy (the sum of squares) on this image."""
    whole = float((block.output.astype(np.float64) ** 2).sum()) or 1.0
    return tuple(
        float((block.output[one.start : one.start + one.count].astype(np.float64) ** 2).sum()) / whole
        for one in block.branches
    )
