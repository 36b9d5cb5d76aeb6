"""What the convolution page says about kernels on an image, and about what removes noise."""

from __future__ import annotations

from cnnviz.figures.numbers import number, percent
from cnnviz.topics.convolution.filter_records import Denoising, Filtered, FilterResult

NORMALISE = "Divides the kernel by the sum of its weights; where that is 0, by the sum of the positive ones"
IN_COLOUR = "Applies the same kernel to red, green and blue"
KERNEL_TABLE = "Kernel: type over its numbers"
CALCULATING = "Nine filters on the noisy image …"
NOISE_HEADING = "Noise, and which filter removes it"
STANDARD_DEVIATION = "Standard deviation"
SHARE_OF_PIXELS = "Share of pixels hit"
PSNR = (
    "PSNR = 10 · log₁₀(1 / mean squared error), measured against the clean image. The median sorts the pixels under "
    "its window, so it is not a convolution."
)
CLEAN = "Clean"


def brightness(found: Filtered) -> str:
    """What the sum of the weights does to a flat area, and the range of the result."""
    total, values = number(float(found.convolution.weights[0, 0].sum())), found.convolution.output
    low, high = number(float(values.min())), number(float(values.max()))
    by = number(found.divisor)
    if found.signed and found.divisor != 1:
        return (
            f"After dividing by {by} the weights add up to {total}: a flat area of brightness 1 gives {total}. "
            f"The result is shown around zero, from {low} to {high}."
        )
    if found.signed:
        return (
            f"The weights add up to {total}: a flat area of brightness 1 gives {total}. "
            f"The result is shown around zero, from {low} to {high}."
        )
    if found.divisor != 1:
        return f"After dividing by {by} the weights add up to {total}, so flat areas keep their brightness."
    return f"The weights add up to {total}, so flat areas keep their brightness."


def clipped(found: Filtered) -> str:
    """Which share of the cells lies outside 0 … 1 and is drawn clipped; empty where none does or nothing is clipped."""
    values = found.convolution.output
    share = float(((values < -1e-9) | (values > 1 + 1e-9)).mean())
    if found.signed or not share:
        return ""
    return f"{percent(share)} of the cells are below 0 or above 1 and are drawn clipped."


def verdict(found: Denoising) -> str:
    """Which filter came closest to the clean image, with the numbers."""
    best, noisy = found.restored[0], found.noisy
    if best.error >= noisy.error:
        return f"No filter helps here: the noisy image has {noisy.psnr:.1f} dB, the best filter {best.psnr:.1f} dB."
    return (
        f"{best.name} comes closest: {best.psnr:.1f} dB, against {noisy.psnr:.1f} dB for the noisy image. Its mean "
        f"squared error is {noisy.error / best.error:.1f} times smaller."
    )


def restored(item: FilterResult) -> str:
    """Under an image: what made it, and how close it comes to the clean one."""
    return f"{item.name}, {item.psnr:.1f} dB"
