"""What a convolution was asked to do, and everything that it did."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array

MODES = ("zeros", "reflect", "replicate", "circular")
Pair = tuple[int, int]


@dataclass(frozen=True)
class ConvolutionSetting:
    """(rows, columns) everywhere, as nn.Conv2d and nn.ConvTranspose2d count them.

    padding: a pair, or "same" (as many outputs as inputs; the odd one of an even kernel goes right and below).
    flipped: the kernel turned by 180°, which is what mathematics calls a convolution; PyTorch does not flip.
    output_padding: transposed only, rows and columns that are added to the output at its lower and right side.
    """

    stride: Pair = (1, 1)
    padding: Pair | str = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    mode: str = "zeros"
    flipped: bool = False
    transposed: bool = False
    output_padding: Pair = (0, 0)


@dataclass(frozen=True, eq=False)
class Padded:
    """values: [C, Hp, Wp]. around: (top, left, bottom, right). sources: the row and column each repeats, −1 none."""

    values: Array
    around: tuple[int, int, int, int]
    sources: tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class Convolution:
    """x: [C, H, W]. weights: [O, C / groups, kh, kw], for a transposed convolution too. bias: [O]. All float64.

    with_bias: whether the layer has a bias at all; without one, bias is zeros and counts no parameters.
    padded: what is read. rows [Ho, kh] and columns [Wo, kw]: which row and column of it, −1 for none.
    channel_sums: [O, C / groups, Ho, Wo], what each input channel contributes. output: [O, Ho, Wo], their sum + bias.
    """

    setting: ConvolutionSetting
    x: Array
    weights: Array
    bias: Array
    padded: Padded
    rows: Array
    columns: Array
    channel_sums: Array
    output: Array
    with_bias: bool = True

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns."""
        return int(self.weights.size) + (len(self.bias) if self.with_bias else 0)

    @property
    def kernel(self) -> Pair:
        """(rows, columns) of the kernel."""
        return self.weights.shape[2], self.weights.shape[3]

    @property
    def shift(self) -> tuple[float, float]:
        """Rows and columns from the cell that an output stands over (index · stride) to the middle of its window.

        0 where the window is centred, 0.5 for an even kernel with "same" padding.
        """
        top, left, _, _ = self.padded.around
        high, wide = self.kernel
        down, right = self.setting.dilation
        return down * (high - 1) / 2 - top, right * (wide - 1) / 2 - left
