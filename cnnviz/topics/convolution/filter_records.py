"""An image under a kernel, and a noisy one under several filters."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.activations import Array
from cnnviz.topics.convolution.records import Convolution


@dataclass(frozen=True, eq=False)
class Filtered:
    """typed: the kernel as it stands in the table. divisor: what normalising divided it by, 1 without.

    convolution: the depthwise convolution that did it, its output [C, H, W] as large as the image (edges repeated).
    """

    typed: Array
    divisor: float
    convolution: Convolution

    @property
    def signed(self) -> bool:
        """Whether the result is a change rather than an image: the weights do not add up to about 1."""
        return bool(abs(float(self.convolution.weights[0, 0].sum()) - 1.0) > 0.25)


@dataclass(frozen=True, eq=False)
class FilterResult:
    """One filter on the noisy image. values: [C, H, W]. psnr: in dB against the clean one; error: mean squared."""

    name: str
    values: Array
    error: float
    psnr: float


@dataclass(frozen=True, eq=False)
class Denoising:
    """The clean image, the noisy one, and what each filter makes of it, the best first. All [C, H, W], 0 to 1."""

    clean: Array
    noisy: FilterResult
    restored: tuple[FilterResult, ...]
