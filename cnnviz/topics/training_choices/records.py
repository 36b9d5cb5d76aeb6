"""What training choices do, measured: forgetting, the noise of a batch, an optimiser's steps."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array


@dataclass(frozen=True, eq=False)
class Forgetting:
    """Test images of each class while a network learns in one order of the training images.

    steps: [S]; right: [S, K] in [0, 1]; shown: [S, K], the share of each class in the batches since the line before.
    """

    order: str
    dataset: str
    classes: tuple[str, ...]
    steps: Array
    right: Array
    shown: Array

    @property
    def accuracy(self) -> Array:
        """[S]: the mean over the classes."""
        found: Array = self.right.mean(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class GradientNoise:
    """How much batches of one size differ from each other, for one network that does not change.

    accuracies: [draws], of a batch each. expected: √(p(1 − p)/B), the spread that chance gives.
    cosines: [draws], between a batch's gradient and that of all images.
    """

    size: int
    accuracies: Array
    expected: float
    cosines: Array

    @property
    def spread(self) -> float:
        """The standard deviation of the accuracies."""
        return float(self.accuracies.std(ddof=1))


@dataclass(frozen=True, eq=False)
class BatchNoise:
    """sizes: a Noise each. accuracy: of the network on all `pictures`, after so many training steps."""

    dataset: str
    pictures: int
    trained: int
    accuracy: float
    sizes: tuple[GradientNoise, ...]


@dataclass(frozen=True, eq=False)
class OptimizerPath:
    """One optimiser's weights, step by step. weights: [S + 1, N] float64, first the start; gradients: [S, N]."""

    optimizer: str
    weights: Array
    gradients: Array


@dataclass(frozen=True, eq=False)
class SharedBatch:
    """One batch, by several processes and by one. sizes: images of each process.

    parts: [R, n, h, w], each process's gradient by the first layer's kernels; averaged, whole: [n, h, w] of their
    average and of the whole batch. norms, norm: of all of each process's gradient and of the whole batch's. apart:
    ‖averaged − whole‖ ÷ ‖whole‖ over all parameters; plain_apart: the same where every process counts alike, whatever
    its share. largest: the largest difference of any one gradient, relative to the largest of its layer.
    """

    sizes: tuple[int, ...]
    batch_norm: bool
    parameters: int
    parts: Array
    averaged: Array
    whole: Array
    norms: tuple[float, ...]
    norm: float
    apart: float
    plain_apart: float
    largest: float

    @property
    def even(self) -> bool:
        """Whether every process has as many images as any other."""
        return len(set(self.sizes)) == 1
