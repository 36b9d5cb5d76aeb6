"""What a dropout mask does: to numbers, on average over many masks, inside a network, to its prediction."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class Convention:
    """One way to place the scale. train, evaluated, gradient, gradient_eval: the shape of x, float64.

    train_scale: what a kept value is multiplied by in training. eval_scale: what every value is, when testing.
    """

    name: str
    train_scale: float
    eval_scale: float
    train: Array
    evaluated: Array
    gradient: Array
    gradient_eval: Array


@dataclass(frozen=True, eq=False)
class MaskedInput:
    """x under one mask. kept: the shape of x, bool; a channel's mask is written out over its cells."""

    x: Array
    p: float
    kept: Array
    upscale: Convention
    downscale: Convention


@dataclass(frozen=True, eq=False)
class Averages:
    """Means of the training output over n masks, against what the identity asks for.

    x: [K]. counts: [S], the n. errors: [S, R, K] of upscale_in_train: mean over n masks − x, for R series of masks.
    rms: [S], root mean square over R and K; expected: [S], √(mean x² · p / ((1 − p) n)). downscale_rms: [S], the other
    convention's distance from x(1 − p); downscale_expected: [S]. slope: of log rms against log n, and its standard
    error; None where every error is zero. variance, variance_formula, variance_band: [K], of upscale_in_train's output
    over all `masks` · R masks; the formula is x² p / (1 − p), the band five standard deviations of chance.
    """

    x: Array
    p: float
    masks: int
    counts: Array
    errors: Array
    rms: Array
    expected: Array
    downscale_rms: Array
    downscale_expected: Array
    slope: float | None
    slope_error: float | None
    variance: Array
    variance_formula: Array
    variance_band: Array


@dataclass(frozen=True, eq=False)
class MaskOverlap:
    """What two masks share, over many pairs, for P probabilities. units: K.

    both: [P, pairs], how many units both keep. jaccard: [P, pairs], shared / kept by either; NaN where neither keeps
    any. expected_both: [P], (1 − p)² K; deviation: [P], of one pair; expected_jaccard: [P], (1 − p) / (1 + p).
    """

    units: int
    probabilities: Array
    both: Array
    jaccard: Array
    expected_both: Array
    deviation: Array
    expected_jaccard: Array


@dataclass(frozen=True)
class Subnetworks:
    """2^units, exactly where that is legible (else None), and as mantissa · 10^exponent."""

    units: int
    exact: int | None
    mantissa: float
    exponent: int


@dataclass(frozen=True)
class OwnDropout:
    """A dropout layer that a network brings along: its module's path, class and p."""

    name: str
    module: str
    p: float


@dataclass(frozen=True, eq=False)
class Disturbed:
    """A network on one image with one layer masked, for P probabilities; the same random numbers for each.

    uniform: [C] (whole channels), or the layer's shape. values, following: the masked layer's and the next layer's
    own, without a mask, float32. masked_following: [P, …]. logits: [classes]; masked_logits: [P, classes].
    shift: [P], ‖masked following − following‖ / ‖following‖. difference: of the unmasked pass through the tail and the
    network's own logits. twice: the same mask put on by a forward hook in the network itself: the largest difference
    of the logits, None where the layer is no module.
    """

    key: str
    next_key: str
    channelwise: bool
    uniform: Array
    probabilities: tuple[float, ...]
    values: Array
    following: Array
    masked_following: Array
    logits: Array
    masked_logits: Array
    shift: Array
    difference: float
    twice: float | None


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """The prediction under N masks. plain: [classes], without a mask; samples: [N, classes], float64, each sums to 1.

    mean, std: [classes]. entropy: of the mean, in nats; within: the mean of the N entropies; their difference is what
    the masks disagree about. plain_entropy: of the plain prediction. winners: [N], each mask's likeliest class.
    """

    key: str
    p: float
    channelwise: bool
    plain: Array
    samples: Array
    mean: Array
    std: Array
    entropy: float
    within: float
    plain_entropy: float
    winners: Array
    seconds: float

    @property
    def disagreement(self) -> float:
        """Entropy of the mean − mean of the entropies: the mutual information between mask and class, in nats."""
        return self.entropy - self.within
