"""What it costs to make one map by a convolution, a locally connected or a fully connected layer, or by a stack."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array

FLOAT_BYTES = 4


@dataclass(frozen=True)
class LayerCost:
    """One layer. weights and biases: how many numbers it learns. macs: multiply-accumulates for one image."""

    name: str
    weights: int
    biases: int
    macs: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases

    @property
    def bytes(self) -> int:
        """Of its parameters, float32."""
        return FLOAT_BYTES * self.parameters


@dataclass(frozen=True)
class SharingComparison:
    """The same map made in three ways. input: (C, H, W). output: (O, Ho, Wo). kernel: (kh, kw)."""

    input: tuple[int, int, int]
    output: tuple[int, int, int]
    kernel: tuple[int, int]
    convolution: LayerCost
    local: LayerCost
    full: LayerCost

    @property
    def layers(self) -> tuple[LayerCost, LayerCost, LayerCost]:
        """The three ways to make the same map."""
        return self.convolution, self.local, self.full


@dataclass(frozen=True, eq=False)
class Unrolled:
    """A small convolution as a matrix: matrix [Ho·Wo, H·W], its output = matrix · input.

    tap: [Ho·Wo, H·W] int, which weight of the kernel stands there, −1 for a zero. places: H, W, Ho, Wo.
    """

    matrix: Array
    tap: Array
    kernel: Array
    places: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Pointwise:
    """A 1 × 1 convolution and the linear layer with the same weights, on the same input, in float64.

    inputs: [C, H, W]. weights: [O, C]. bias: [O]. convolution, linear: [O, H, W], computed by either.
    """

    name: str
    inputs: Array
    weights: Array
    bias: Array
    convolution: Array
    linear: Array
    difference: float


@dataclass(frozen=True, eq=False)
class Stacked:
    """A stack of convolutions of C channels each, as `anatomy` counts it.

    kernels: their sizes. field: measured and computed receptive field. paths: [field, field], over how many chains of
    weights one output reaches each pixel.
    """

    name: str
    kernels: tuple[tuple[int, int], ...]
    parameters: int
    macs: int
    field: tuple[int, int]
    measured_field: tuple[int, int]
    paths: Array
