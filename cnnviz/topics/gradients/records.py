"""A stack of equal layers, and what one backward pass through it measures, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array

KINDS = ("dense", "convolution")
INITIALISATIONS = ("zeros", "small normal", "N(0, 1)", "Xavier", "He", "orthogonal")


@dataclass(frozen=True)
class DepthStack:
    """`depth` layers of `width` units (or channels), without biases; then a linear read-out of the classes.

    skip: from the second layer on, a layer's input is added to its output. batch_norm: before the activation.
    """

    kind: str = "dense"
    depth: int = 20
    width: int = 64
    activation: str = "sigmoid"
    initialisation: str = "Xavier"
    batch_norm: bool = False
    skip: bool = False

    @property
    def label(self) -> str:
        """ "sigmoid, Xavier, BatchNorm, skips, 20 dense layers of 64"."""
        extra = [word for word, on in (("BatchNorm", self.batch_norm), ("skips", self.skip)) if on]
        size = f"{self.depth} {self.kind} layers of {self.width}"
        return ", ".join([self.activation, self.initialisation, *extra, size])


@dataclass(frozen=True, eq=False)
class Histograms:
    """One histogram a layer, each over its own range. edges: [L, B + 1]. counts: [L, B]. A layer without a finite
    value has no counts."""

    edges: Array
    counts: Array


@dataclass(frozen=True, eq=False)
class Strip:
    """The distributions of all layers over one range, to be compared. edges: [B + 1] values. shares: [L, B].

    scale: "linear", or "signed log" where the layers' ranges lie far apart: sign(v) · log(1 + |v| / unit).
    """

    edges: Array
    shares: Array
    scale: str
    unit: float


@dataclass(frozen=True, eq=False)
class Depth:
    """S random starts of one stack on one batch. L layers, the first one at the image.

    weight_gradients: [S, L + 1], the norm of ∂loss/∂W of every layer and of the read-out.
    activation_gradients: [S, L], the norm of ∂loss/∂h of every layer's output h over the batch.
    mean, std, zeros, flat: [S, L] of h; flat: share of cells where the activation's slope is below 5 % of its largest.
    bound: [L], ‖∂loss/∂h_L‖ · slope^(L − l): what no gradient can exceed while no weight matrix lengthens a vector.
    weighed_bound: [L], the same with each layer's true ‖W‖₂: it always holds; empty with BatchNorm. Of the first start.
    losses: [S]. seconds: what it took. step: optimiser steps taken before.
    """

    stack: DepthStack
    data: str
    weight_gradients: Array
    activation_gradients: Array
    mean: Array
    std: Array
    zeros: Array
    flat: Array
    activations: Histograms
    gradients: Histograms
    strip: Strip
    slope: float
    bound: Array
    weighed_bound: Array
    losses: Array
    seconds: float
    step: int = 0

    @property
    def seeds(self) -> int:
        """How many random starts."""
        return len(self.losses)

    def middle(self, name: str) -> Array:
        """The median over the starts of one of the arrays above; a NaN where a start has one."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.median(getattr(self, name), axis=0))


@dataclass(frozen=True, eq=False)
class Backpropagation:
    """A forward and a backward pass written out. Lists run from the first layer to the last; [N, K] each.

    inputs: what each layer gets. sums: z = h·Wᵀ. outputs: h. output_gradients: ∂loss/∂h. sum_gradients: ∂loss/∂z.
    weight_gradients: ∂loss/∂W [K, K'] of every layer, then of the read-out.
    """

    inputs: tuple[Array, ...]
    sums: tuple[Array, ...]
    outputs: tuple[Array, ...]
    output_gradients: tuple[Array, ...]
    sum_gradients: tuple[Array, ...]
    weight_gradients: tuple[Array, ...]
    loss: float


@dataclass(frozen=True, eq=False)
class NetworkDepth:
    """A real network on one image: how large one class's gradient is in each of its L layers with weights.

    names: in the order in which they run. weight_gradients: ‖∂logit/∂W‖. weight_norms: ‖W‖. activation_gradients:
    ‖∂logit/∂z‖ of the layer's output z. mean, std, zeros: of z. All [L].
    """

    label: str
    target: str
    names: tuple[str, ...]
    weight_gradients: Array
    weight_norms: Array
    activation_gradients: Array
    mean: Array
    std: Array
    zeros: Array
    activations: Histograms
    gradients: Histograms
    strip: Strip
    seconds: float
