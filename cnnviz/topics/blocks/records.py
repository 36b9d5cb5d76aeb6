"""What a block of a network is made of, and what it did with one image."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array
from cnnviz.records.proofs import Proof


@dataclass(frozen=True)
class BlockCost:
    """Weights of convolutions (biases and normalisation left out) and multiply-accumulates for one image."""

    parameters: int
    macs: int

    def __add__(self, other: BlockCost) -> BlockCost:
        return BlockCost(self.parameters + other.parameters, self.macs + other.macs)


FREE = BlockCost(0, 0)


@dataclass(frozen=True)
class Kernel:
    """One convolution of a block: channels in and out, kernel, groups, the map that it makes, what it costs."""

    key: str
    inputs: int
    outputs: int
    size: tuple[int, int]
    groups: int
    map: tuple[int, int]

    @property
    def cost(self) -> BlockCost:
        """What this kernel costs on the maps that it reads."""
        return self.reading(self.inputs)

    def reading(self, inputs: int) -> BlockCost:
        """What it would cost if it read so many channels."""
        weights = inputs // self.groups * self.outputs * self.size[0] * self.size[1]
        return BlockCost(weights, weights * self.map[0] * self.map[1])


@dataclass(frozen=True, eq=False)
class BlockStage:
    """One step of a block: the map that a node made. values: [C, H, W] float32. role: "x", "F(x)", "depthwise" …"""

    role: str
    key: str
    operation: str
    values: Array


@dataclass(frozen=True, eq=False)
class Branch:
    """One way through an Inception block. start, count: its channels in the concatenated output.

    reduced: channels that its 1×1 convolution leaves for a larger kernel, None where there is no such bottleneck.
    without: what it would cost if the larger kernel read the block's input itself.
    """

    title: str
    key: str
    start: int
    count: int
    kernels: tuple[Kernel, ...]
    reduced: int | None
    without: BlockCost

    @property
    def cost(self) -> BlockCost:
        """What all kernels of the branch cost."""
        return sum((kernel.cost for kernel in self.kernels), FREE)


@dataclass(frozen=True, eq=False)
class InceptionRecord:
    """A block whose branches are concatenated. read: the key of its input, with so many channels."""

    key: str
    group: str
    read: str
    inputs: int
    output: Array
    branches: tuple[Branch, ...]
    proof: Proof

    @property
    def cost(self) -> BlockCost:
        """What all branches cost."""
        return sum((branch.cost for branch in self.branches), FREE)

    @property
    def without(self) -> BlockCost:
        """What the branches would cost without their 1×1 convolutions."""
        return sum((branch.without for branch in self.branches), FREE)


@dataclass(frozen=True)
class Shortcut:
    """A place where a block's input is added to what the block computed. All are keys of recorded nodes.

    kind: "identity", "projection" (a convolution in the shortcut) or "padding" (zeros for new channels).
    place: which argument of the addition is the shortcut. after: the activation that reads the sum, "" for none.
    """

    key: str
    group: str
    x: str
    shortcut: str
    branch: str
    after: str
    kind: str
    place: int


@dataclass(frozen=True)
class Norms:
    """Euclidean lengths over all cells of one block's maps, and the cosine between shortcut and F(x)."""

    group: str
    kind: str
    shortcut: float
    branch: float
    sum: float
    after: float | None
    cosine: float


@dataclass(frozen=True, eq=False)
class ShortcutsAlone:
    """What a network answers when blocks pass their shortcut alone. logits: [classes] float32 each.

    alone: one answer for each block, in order, when it is the only one dropped.
    """

    groups: tuple[str, ...]
    plain: Array
    alone: tuple[Array, ...]


@dataclass(frozen=True)
class ChannelSource:
    """Where some input channels of a dense layer come from: `count` channels from `start` on. weight: mean |w|."""

    title: str
    key: str
    start: int
    count: int
    weight: float


@dataclass(frozen=True, eq=False)
class DenseReader:
    """One reader inside a dense block: what it concatenates, and the 1×1 convolution that reads it.

    values: [C, H, W], the concatenated input. channel_weights: [C] mean |w| of each input channel.
    """

    title: str
    key: str
    convolution: str
    sources: tuple[ChannelSource, ...]
    values: Array
    channel_weights: Array
    proof: Proof


@dataclass(frozen=True, eq=False)
class DenseBlockRecord:
    """A dense block. growth: channels that each layer adds. first: channels of its input.

    sources: words for each row of weights; layers: key of the concatenation that each column reads, titles: its words.
    channels: how many each reads. weights: [sources, layers] mean |w|, NaN where no connection is.
    """

    group: str
    first: int
    growth: int
    sources: tuple[str, ...]
    layers: tuple[str, ...]
    titles: tuple[str, ...]
    channels: tuple[int, ...]
    weights: Array


@dataclass(frozen=True, eq=False)
class Separable:
    """A depthwise convolution and the 1×1 that mixes its channels, against one plain convolution of the same shape."""

    group: str
    stages: tuple[BlockStage, ...]
    depthwise: Kernel
    pointwise: Kernel
    proofs: tuple[Proof, ...]

    @property
    def cost(self) -> BlockCost:
        """What both steps cost."""
        return self.depthwise.cost + self.pointwise.cost

    @property
    def plain(self) -> BlockCost:
        """The same input, kernel and map, all channels at once."""
        return Kernel(
            "", self.depthwise.inputs, self.pointwise.outputs, self.depthwise.size, 1, self.depthwise.map
        ).cost


@dataclass(frozen=True, eq=False)
class Inverted:
    """An inverted residual: narrow, wide, wide, narrow. added: whether its input is added in the end."""

    group: str
    stages: tuple[BlockStage, ...]
    kernels: tuple[Kernel, ...]
    added: bool
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, eq=False)
class Gates:
    """Squeeze-and-excitation: gates [C] between 0 and 1, the map before and after, and the squeezed means [C]."""

    key: str
    group: str
    gates: Array
    squeezed: Array
    before: Array
    after: Array
    hidden: int
    function: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, eq=False)
class LayerChain:
    """Convolution, normalisation, activation, pooling in order, with the proofs of those that follow the first."""

    key: str
    stages: tuple[BlockStage, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, eq=False)
class InnerStep:
    """One recorded layer inside a node of a diagram.

    values: [C, H, W], all channels. shown: the numbers of those that are drawn. link: steps with the same number hold
    the same channels at the same numbers. arithmetic: what a cell is computed from, by name.
    """

    key: str
    kind: str
    operation: str
    title: str
    values: Array
    shown: tuple[int, ...]
    link: int
    arithmetic: dict[str, object]


@dataclass(frozen=True, eq=False)
class DiagramBox:
    """One box of a diagram: a layer and what belongs to it (normalisation, activation), as its steps in order.

    title, short: its operation, in full and where there is little room; detail: what else it does. inputs: keys of the
    nodes that it reads, in argument order. branch: which way into a concatenation it lies on, from 1; 0 for none.
    role: what the paper calls the map that leaves it, such as "F(x)"; "" where it has no name.
    """

    key: str
    kind: str
    title: str
    short: str
    detail: str
    inputs: tuple[str, ...]
    branch: int
    steps: tuple[InnerStep, ...]
    role: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the map that leaves the node."""
        return tuple(self.steps[-1].values.shape)


@dataclass(frozen=True)
class Places:
    """Where the nodes of a diagram stand, and how its lines run.

    rank: key → how many steps from the input, from 0. lane: key → row, 0 for the trunk, below it positive.
    wires: (from, to) → the row that a line keeps to where it passes other ranks. buses: (from, to) → number of the
    line above the drawing that all far readers of one node share.
    """

    rank: dict[str, int]
    lane: dict[str, float]
    wires: dict[tuple[str, str], float]
    buses: dict[tuple[str, str], int]


@dataclass(frozen=True, eq=False)
class Diagram:
    """A block as boxes and lines. places: of its nodes, whose first stands for what the block reads."""

    group: str
    nodes: tuple[DiagramBox, ...]
    places: Places

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """(from, to) of every line, in the order in which the readers ran."""
        return tuple((name, node.key) for node in self.nodes for name in dict.fromkeys(node.inputs))


@dataclass(frozen=True)
class Line:
    """One layer that VGG's function writes. shape: of its output, [C, H, W] or [K]."""

    block: int
    text: str
    shape: tuple[int, ...]
    parameters: int
    macs: int
