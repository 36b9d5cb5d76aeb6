"""What a box of a block's diagram is called: its operation in full, in short, and what else it does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnnviz.records import Activations, Layer
from cnnviz.topics.blocks import diagram_captions
from cnnviz.topics.blocks.records import DiagramBox, Shortcut

_NAMES = {
    "addition": ("sum", "sum"), "multiplication": ("gate", "gate"), "concatenation": ("concatenation", "concat"),
    "reshape": ("part of the cells", "part"), "normalization": ("normalisation", "norm"),
    "dropout": ("dropout", "dropout"), "padding": ("zeros added", "zeros"),
}  # fmt: skip


SHUFFLE = "channel shuffle"  # the operation of a shuffle that is drawn as one layer


def words(recording: Activations, chain: Sequence[str], *, read: bool) -> tuple[str, str, str]:
    """(title, short, detail) of a box. chain: keys of its layers; read: whether it is what the block reads."""
    if read:
        return "input", "input", chain[-1]
    layers = [recording[key] for key in chain]
    first = layers[0]
    if first.kind == "concatenation" and len(layers) > 1:  # a layer of a dense block
        number = re.search(r"(\d+)\.\w+$", layers[-1].key)  # its convolution's: what it reads may bear the block's
        name = f"layer {number[1]}" if number else "layer"
        return name, name, " → ".join(_short(layer) for layer in layers if layer.kind == "convolution")
    if _is_part(recording, first):
        part = f"{first.shape[0]} of {recording[first.inputs[0]].shape[0]}"
        return f"{part} channels", part, ""
    detail = " · ".join(_short(layer) for layer in layers[1:] if layer.kind not in ("dropout", "identity"))
    return title(first), _short(first), detail


def residual(block: Shortcut) -> dict[str, str]:
    """key → what K. He et al. (2015) call the map in their figure 2 and equations 1 and 2."""
    if block.kind == "projection":
        return {block.x: "x", block.branch: "F(x)", block.shortcut: "Wₛ x", block.key: "F(x) + Wₛ x"}
    return {block.x: "x", block.branch: "F(x)", block.key: "F(x) + x"}


def says(node: DiagramBox, read: Sequence[DiagramBox]) -> str:
    """One sentence on what a box does with the maps that it reads. read: the boxes of its inputs."""
    first, channels = node.steps[0], node.shape[0]
    if node.kind == "input":
        return diagram_captions.read(node.key)
    if first.kind == "concatenation":
        return diagram_captions.joined([one.shape[0] for one in read])
    if node.kind == "convolution":
        products = first.arithmetic.get("products")
        taken = first.arithmetic.get("read")
        size = first.title.split()[0]
        if isinstance(products, int) and isinstance(taken, int):
            return diagram_captions.convolution(size, products, taken, channels, own="kernels" in first.arithmetic)
    if node.kind == "pooling" and node.shape[1:] == (1, 1):
        return diagram_captions.mean(read[0].shape[1:])
    if node.kind == "reshape" and first.operation != SHUFFLE and read and read[0].shape[1:] == node.shape[1:]:
        return diagram_captions.SAYS["part"]
    return diagram_captions.SAYS.get("shuffle" if first.operation == SHUFFLE else node.kind, "")


def _is_part(recording: Activations, layer: Layer) -> bool:
    """Whether it is some of the channels that it reads, whole."""
    if layer.kind != "reshape" or len(layer.inputs) != 1 or layer.operation == SHUFFLE:
        return False
    read = recording[layer.inputs[0]].shape
    return len(read) == len(layer.shape) == 3 and read[1:] == layer.shape[1:] and read[0] > layer.shape[0]


def title(layer: Layer) -> str:
    """What one layer is called."""
    if layer.operation == SHUFFLE:
        return SHUFFLE
    if layer.kind == "convolution":
        return f"{_size(layer)} {'depthwise' if _depthwise(layer) else 'convolution'}".lstrip()
    return _NAMES[layer.kind][0] if layer.kind in _NAMES else _pool_or_own(layer, "pooling")


def _short(layer: Layer) -> str:
    if layer.operation == SHUFFLE:
        return "shuffle"
    if layer.kind == "convolution":
        return f"{_size(layer)} {'depthw.' if _depthwise(layer) else 'conv'}".lstrip()
    return _NAMES[layer.kind][1] if layer.kind in _NAMES else _pool_or_own(layer, "pool")


def _pool_or_own(layer: Layer, pool: str) -> str:
    if layer.kind != "pooling":
        return {"relu": "ReLU", "silu": "SiLU"}.get(name := layer.operation.split()[0], name)
    if layer.shape[1:] == (1, 1):
        return "mean of all cells" if pool == "pooling" else "mean"
    return f"{'max' if 'max' in layer.operation.lower() else 'mean'} {pool}"


def _size(layer: Layer) -> str:
    """ "3×3"; "" for a call that tells nothing of its kernel, as in a network of torch.export."""
    found = re.search(r"\d+(×\d+)+", layer.operation)
    return found[0] if found else ""


def _depthwise(layer: Layer) -> bool:
    found = re.search(r"(\d+) → (\d+).*groups (\d+)", layer.operation)
    return found is not None and found[1] == found[3] != "1"
