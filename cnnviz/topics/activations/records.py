"""What activation functions do: to a number, to a row of logits, to a map, to the way a neuron learns."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True)
class Facts:
    """One function in numbers. low, high: its range (±inf where it has no end). mean: E f(x) for x ~ N(0, 1).

    odd: f(−x) = −f(x). steepest, steepest_at: the largest f′ and the smallest |x| where it is reached.
    """

    name: str
    p: float
    low: float
    high: float
    at_zero: float
    slope_at_zero: float
    steepest: float
    steepest_at: float
    mean: float
    odd: bool


@dataclass(frozen=True, eq=False)
class Softmax:
    """logits, scaled, exponentials, probabilities: [K] float64; scaled = (logits − max) / temperature."""

    logits: Array
    temperature: float
    scaled: Array
    exponentials: Array
    total: float
    probabilities: Array


@dataclass(frozen=True, eq=False)
class Effect:
    """One function on one map. zeros, saturated: shares of cells in [0, 1]; dead: [C] bool, f′ = 0 in every cell.

    edges [B + 1], counts [B]: the histogram of the values after it.
    """

    name: str
    zeros: float
    saturated: float
    mean: float
    std: float
    dead: Array
    edges: Array
    counts: Array


@dataclass(frozen=True, eq=False)
class MapEffects:
    """All functions on the map that feeds an activation layer of a network.

    before: [C, H, W] float32 (a vector [K] is K maps of one cell). own: the function that the network has there, or "".
    sampled: how many cells the shares and histograms were taken from; cells: how many there are.
    largest: the largest difference between the network's own recorded output and that function of `before`.
    """

    key: str
    source: str
    operation: str
    own: str
    before: Array
    threshold: float
    cells: int
    sampled: int
    edges: Array
    counts: Array
    mean: float
    std: float
    effects: tuple[Effect, ...]
    largest: float | None


@dataclass(frozen=True)
class Counter:
    """One activation layer of a network on one image. zeros, saturated: shares in [0, 1]. dead of channels."""

    key: str
    name: str
    zeros: float
    saturated: float
    dead: int
    channels: int


@dataclass(frozen=True, eq=False)
class Swapped:
    """A network whose activation was replaced. keys: the layers from the swap on; change: [len(keys)] float64,
    ‖after − before‖ / ‖before‖ of each. swapped: how many nodes were replaced. logits: [classes] float32.
    """

    name: str
    swapped: int
    logits: Array
    original: Array
    keys: tuple[str, ...]
    change: Array


@dataclass(frozen=True, eq=False)
class NeuronDescent:
    """Gradient descent of a neuron with two weights. S steps.

    path: [S + 1, 2] weights. gradients: [S, 2]. losses: [S + 1], over all examples. inputs: [N, 2], targets: [N].
    examples: [S, B] which examples each step saw. goal: [2], the weights of least loss.
    """

    name: str
    path: Array
    gradients: Array
    losses: Array
    inputs: Array
    targets: Array
    examples: Array
    goal: Array
    same_sign: float  # share of steps whose two gradients have the same sign
    length: float  # of the path
    straight: float  # from its start to its end
    surface: Array  # [G, G] the loss over the plane of the weights; rows: w₂ from the lowest, columns: w₁
    near: float  # what counts as being at the goal
    arrived: int | None  # the first step from which on the weights stay that near; None: they do not
    distance: float  # from the goal at the end
    low: float  # the plane runs from low to high on both axes
    high: float

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.gradients)


@dataclass(frozen=True, eq=False)
class Dying:
    """One neuron, trained by every learning rate at once. R rates, S steps, D inputs, N examples.

    weights: [R, S + 1, D] and bias: [R, S + 1], float64. active: [R, S + 1] share of examples with a positive sum.
    losses: [R, S + 1]. gradient: [R, S + 1] norm of the gradient by weights and bias. dead_at: [R] the first step from
    which on the gradient is exactly 0, so that nothing changes any more (−1: it is not, at the end).
    """

    name: str
    rates: Array
    weights: Array
    bias: Array
    active: Array
    losses: Array
    gradient: Array
    dead_at: Array


@dataclass(frozen=True, eq=False)
class Deaths:
    """ReLU and leaky ReLU beside each other on the same data. inputs: [N, D] in [0, 1], labels: [N] 0 or 1.

    threshold: the smallest rate of the sweep that kills the ReLU neuron, refined by bisection to `tolerance`; None
    where none does. revived: whether a larger rate of the sweep leaves it alive. edge: the rate beyond which
    gradient descent on the same data diverges where there is no activation (2 / λ).
    """

    relu: Dying
    leaky: Dying
    inputs: Array
    labels: Array
    side: int
    digits: tuple[int, int]
    threshold: float | None
    alive_below: float | None
    revived: bool
    edge: float
