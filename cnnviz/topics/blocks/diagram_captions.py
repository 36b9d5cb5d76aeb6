"""What the boxes of a block's diagram say: whole sentences, every number from the block."""

from __future__ import annotations

from collections.abc import Sequence

SAYS = {
    "addition": "The two maps are added cell by cell. That only works because both have the same shape.",
    "multiplication": "Each channel is multiplied by one factor of its own, the same in every cell.",
    "pooling": "Each cell keeps one number of its window, channel by channel.",
    "normalization": "Each channel is shifted and scaled, with numbers learned in training.",
    "activation": "Each cell is bent by itself: the function reads one number and gives one back.",
    "shuffle": "The channels change places: the first of each half, then the second of each half. No number changes.",
    "part": "Some of the channels go this way, the others another. No number changes.",
    "padding": "New channels are added. They hold zeros and have no weights.",
}


def read(key: str) -> str:
    """What the block reads. key: of the layer that made it."""
    return f"What the block reads: the maps that leave {key}."


def joined(counts: Sequence[int]) -> str:
    """How a concatenation counts its channels."""
    total = " + ".join(str(count) for count in counts)
    if len(counts) == 1:
        return f"It reads all {total} channels."
    return f"The channels are laid one behind the other: {total} = {sum(counts)}. No number changes."


def convolution(size: str, products: int, read: int, channels: int, *, own: bool) -> str:
    """What a convolution computes a cell from. own: each channel has a kernel of its own (depthwise)."""
    if own:
        return f"Each channel has its own {size} kernel: {products} products a cell. No channel sees another."
    if size == "1×1":
        return f"Each of its {channels} channels mixes the {read} that it reads, cell by cell: {read} products a cell."
    return f"Each of its {channels} channels sums a {size} window over {read} channels: {products:,} products a cell."


def mean(sides: Sequence[int]) -> str:
    """What is left of a map whose cells are all averaged."""
    return f"One number is left of each channel: the mean of its {' × '.join(map(str, sides))} cells."


# ------------------------------------------------------------------------------------------------ the whole block
RANDOM = "Random weights: nothing is learned here, the wiring is what counts."


def weights(label: str) -> str:
    """Where the weights come from."""
    return f"Learned weights: {label}"


def unit(key: str) -> str:
    """The steps of one unit."""
    return f"The unit that begins with {key}, step by step."


def branches(group: str, count: int, channels: int) -> str:
    """Branches that are joined."""
    return f"{group}: {count} branches read the same input; their channels are joined to {channels}."


def vgg(key: str) -> str:
    """One way, and a pool at its end."""
    return f"The block that begins with {key}: convolutions that keep the size, one behind the other, then a pool."


def shuffle(group: str) -> str:
    """Two ways, joined and mixed."""
    return f"{group}: two ways take half of the channels each; they are joined, and their channels change places."


def residual(group: str) -> str:
    """A way around a block."""
    return f"{group}: the input takes two ways, through the layers and around them, and both are added."


def dense(drawn: int, layers: int) -> str:
    """How much of a dense block is drawn."""
    if drawn < layers:
        return f"Drawn are the first {drawn} of {layers} layers. The others go on in the same way."
    return f"{layers} layers, each of which reads the block's input and all layers before it."


def separable(group: str) -> str:
    """The two steps of a separable convolution."""
    return f"{group}: a filter for each channel by itself, then a mix of all channels."


def inverted(group: str, narrow: int, wide: int, *, added: bool) -> str:
    """An inverted residual."""
    said = f"{group}: {narrow} channels become {wide}, are filtered one by one, and become few again."
    return f"{said} The input is added in the end." if added else said


def gates(group: str, channels: int) -> str:
    """A gate a channel."""
    return f"{group}: beside the maps, {channels} numbers are computed from them; each multiplies one channel."
