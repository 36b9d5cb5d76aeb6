"""What normalising a batch made on its way, and what a trained network's normalising layers hold."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class Normalised:
    """x went to y = γ · x̂ + β, with x̂ = (x − mean) / √(variance + ε); every step of the way, in float64.

    x, centred, x_hat, y: one shape, [N, K] or [N, C, …]. group: the same shape, int: which group each value belongs to.
    mean, variance, unbiased: [G], one number a group; `variance` is divided by the group's size (biased), `unbiased`
    by one less (NaN where a group has a single value). count: values in each group.
    gamma, beta: [C]. batch_statistics: False where mean and variance were given (BatchNorm in eval mode).
    """

    x: Array
    group: Array
    count: int
    mean: Array
    variance: Array
    unbiased: Array
    centred: Array
    x_hat: Array
    y: Array
    gamma: Array
    beta: Array
    eps: float
    batch_statistics: bool = True


@dataclass(frozen=True, eq=False)
class Running:
    """Running mean and variance [C] after one more batch: (1 − momentum) · old + momentum · new."""

    mean: Array
    variance: Array


@dataclass(frozen=True, eq=False)
class Trace:
    """One feature's running statistics over T batches, for M momenta at once.

    batch_mean, batch_unbiased: [T]. mean, variance: [M, T + 1], from the start (0 and 1) on.
    gap: [M, T]: root mean square of eval's output minus train's on batch t, with the statistics stored before it.
    """

    momenta: tuple[float, ...]
    batch_size: int
    batch_mean: Array
    batch_unbiased: Array
    mean: Array
    variance: Array
    gap: Array
    data_mean: float
    data_variance: float


@dataclass(frozen=True, eq=False)
class Noise:
    """How much a batch's statistics vary with its size, measured over R batches of each of S sizes.

    means, biased, unbiased: [S, R]: of each batch. x_hat: [S, R]: what one and the same value becomes in that batch.
    expected_mean, expected_variance: [S]: σ/√n and √((μ₄ − σ⁴·(n − 3)/(n − 1))/n); finite: [S]: the
    factor √((P − n)/(P − 1)) for batches drawn without replacement from P values. value: the one that is normalised
    in each batch.
    """

    sizes: tuple[int, ...]
    means: Array
    biased: Array
    unbiased: Array
    x_hat: Array
    expected_mean: Array
    expected_variance: Array
    finite: Array
    value: float
    population: int
    data_mean: float
    data_variance: float


@dataclass(frozen=True, eq=False)
class Folded:
    """A convolution that does BatchNorm's work too: folded_weight = weight · scale, folded_bias = (bias − μ)·scale + β.

    weight: [Cout, Cin, kh, kw], bias: [Cout], before; scale = γ/√(σ² + ε): [Cout].
    """

    weight: Array
    bias: Array
    scale: Array
    folded_weight: Array
    folded_bias: Array


@dataclass(frozen=True, eq=False)
class BatchNormLayer:
    """One BatchNorm layer of a trained network, and what it met on one image.

    stored_mean, stored_variance, gamma, beta: [C]. before_mean, before_variance: [C], this image's own (biased).
    before_edges, after_edges: [C, B + 1]; before_counts, after_counts: [C, B].
    """

    key: str
    module: str
    shape: tuple[int, ...]
    eps: float
    momentum: float | None
    stored_mean: Array
    stored_variance: Array
    gamma: Array
    beta: Array
    before_mean: Array
    before_variance: Array
    after_mean: Array
    after_variance: Array
    before_edges: Array
    before_counts: Array
    after_edges: Array
    after_counts: Array

    @property
    def shift(self) -> Array:
        """[C]: how far this image's mean lies from the stored one, in stored standard deviations."""
        distance: Array = (self.before_mean - self.stored_mean) / (self.stored_variance + self.eps) ** 0.5
        return distance


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network said under one condition. probabilities: [classes], or None where it could not run: see `problem`.

    passes: how many forward passes in training mode came before it.
    """

    name: str
    probabilities: Array | None
    problem: str = ""
    passes: int = 0


@dataclass(frozen=True, eq=False)
class Shifted:
    """Predictions for one input in many versions: [F] amounts, images [F, H, W, 3] uint8, and for each of F the
    probabilities in eval mode (stored statistics) and with the image's own statistics. [F, classes] each."""

    kind: str
    amounts: tuple[float, ...]
    pictures: Array
    stored: Array
    own: Array | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class FoldedNetwork:
    """A whole network with every convolution–BatchNorm pair folded, on one image.

    pairs: how many. multiplications: what BatchNorm multiplied and the folded network does not. macs: the network's.
    """

    pairs: int
    multiplications: int
    macs: int
    logits: Array
    folded_logits: Array


@dataclass(frozen=True, eq=False)
class Surface:
    """A quadratic loss over two weights and gradient descent's real paths on it, for L learning rates at once.

    features: [n, 2]; target: [n]. hessian: [2, 2]; eigenvalues: [2], ascending; minimum: [2]; least: loss there.
    rates: [L]; paths: [L, T + 1, 2]; losses: [L, T + 1], cut (NaN) from where a path left every bound.
    contours: [K, P, 2]: the curve of points with each of K losses `levels`.
    """

    features: Array
    target: Array
    hessian: Array
    eigenvalues: Array
    minimum: Array
    least: float
    rates: Array
    paths: Array
    losses: Array
    levels: Array
    contours: Array

    @property
    def condition(self) -> float:
        """λmax / λmin: how much longer than wide the valley's curvature is."""
        return float(self.eigenvalues[1] / self.eigenvalues[0])

    @property
    def largest_rate(self) -> float:
        """2 / λmax: beyond it gradient descent moves away from the minimum."""
        return float(2 / self.eigenvalues[1])
