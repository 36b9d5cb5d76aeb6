"""Finding one's way in a recording: who reads a node, what lies behind it, which convolutions a block holds."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from cnnviz.records import Activations, Layer
from cnnviz.topics.blocks.records import BlockStage, Kernel


def readers(recording: Activations) -> dict[str, tuple[str, ...]]:
    """key → the keys of the nodes that read it, in order."""
    found: dict[str, tuple[str, ...]] = {layer.key: () for layer in recording}
    for layer in recording:
        for key in dict.fromkeys(layer.inputs):
            found[key] = (*found.get(key, ()), layer.key)
    return found


def behind(recording: Activations, key: str, inside: Callable[[Layer], bool]) -> tuple[Layer, ...]:
    """The node and everything that it depends on, as far as `inside` holds, in the order in which it ran."""
    seen: set[str] = set()
    left = [key]
    while left:
        name = left.pop()
        if name not in seen and name in recording and inside(recording[name]):
            seen.add(name)
            left += recording[name].inputs
    return tuple(layer for layer in recording if layer.key in seen)


def in_group(group: str) -> Callable[[Layer], bool]:
    """A test of whether a layer belongs to this group."""
    return lambda layer: layer.group == group


def following(recording: Activations, key: str, kind: str, *, through: tuple[str, ...]) -> str:
    """The next node of this kind, reached through nodes of the kinds `through` only; "" where there is none."""
    read_by = readers(recording)
    left = list(read_by[key])
    while left:
        layer = recording[left.pop(0)]
        if layer.kind == kind:
            return layer.key
        if layer.kind in through:
            left += read_by[layer.key]
    return ""


def between(recording: Activations, start: str, end: str, *, through: tuple[str, ...]) -> tuple[str, ...]:
    """The nodes from `start` to `end` and those of the kinds `through` that alone follow it, in order."""
    last = after(recording, end, through)
    way = behind(recording, last, lambda layer: layer.key != start)
    places = [layer.key for layer in recording]
    return (start, *(layer.key for layer in way if places.index(layer.key) > places.index(start)))


def kernel(model: nn.Module, layer: Layer) -> Kernel:
    """The convolution of a recorded node, with the map that it made."""
    module = model.get_submodule(layer.module)
    assert isinstance(module, nn.Conv2d)
    size = (int(module.kernel_size[0]), int(module.kernel_size[1]))
    height, width = layer.shape[1:]
    return Kernel(layer.key, module.in_channels, module.out_channels, size, module.groups, (height, width))


def is_convolution(model: nn.Module, layer: Layer) -> bool:
    """A two-dimensional convolution that made a map."""
    return layer.kind == "convolution" and bool(layer.module) and isinstance(
        model.get_submodule(layer.module), nn.Conv2d
    )  # fmt: skip


def stage(recording: Activations, key: str, role: str) -> BlockStage:
    """A recorded layer under its role in a block."""
    layer = recording[key]
    return BlockStage(role, key, layer.operation, layer.values)


def after(recording: Activations, key: str, kinds: tuple[str, ...]) -> str:
    """The last node of a chain of these kinds that begins at `key`, each the only reader of the one before."""
    read_by = readers(recording)
    while len(read_by[key]) == 1 and recording[read_by[key][0]].kind in kinds:
        key = read_by[key][0]
    return key
