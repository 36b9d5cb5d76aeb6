"""SmoothGrad: the mean gradient over noisy copies of the image.

Theory: the gradient of f, smoothed by a Gaussian; what points one way in all copies stays, what flickers averages out.
The price is that the map is of a neighbourhood, not of the image itself.
Formula: M = 1/n Σ_i Σ_c ∂f/∂x_c (x + ε_i), ε_i ~ N(0, σ²), σ a share of the image's range.
Source: D. Smilkov, N. Thorat, B. Kim, F. Viégas, M. Wattenberg: SmoothGrad (2017), https://arxiv.org/abs/1706.03825
"""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnviz.attribution.asking import AttributionRequest, batches
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution

SAMPLES, NOISE = 16, 0.1  # how many copies; σ as a share of the image's range


def compute(asked: AttributionRequest) -> Attribution:
    """The mean over `samples` copies, drawn from the seed; the spread between two halves of them is said."""
    count, noise = asked.setting("samples", SAMPLES), asked.setting("noise", NOISE)
    spread = noise * float(asked.x.max() - asked.x.min())
    dice = torch.Generator().manual_seed(asked.seed)
    halves = [torch.zeros_like(asked.x), torch.zeros_like(asked.x)]
    for part in batches(count, asked.together_back):
        each = range(part.start, part.stop)  # drawn one by one: no copy hangs on how many go at a time
        drawn = torch.stack([torch.randn(asked.x.shape[1:], generator=dice, dtype=torch.float64) for _ in each])
        noisy = asked.x + spread * drawn.to(asked.x)
        _, found = once(asked, (part.start, part.stop), asked.gradient, noisy)
        for place, one in zip(range(part.start, part.stop), found, strict=True):
            halves[place % 2] += one
        asked.done(part.stop / count)
    mean = (halves[0] + halves[1]) / count
    maps = torch.stack([half.sum(1).flatten() for half in halves]).double()
    alike = float(torch.corrcoef(maps)[0, 1]) if count > 1 else 1.0
    note = (
        f"{count} copies, noise {100 * noise:.0f} % of the image's range; two halves of them correlate by {alike:.2f}"
    )
    return replace(of_pixels("smoothgrad", mean, asked.value()), note=note)


REGISTRY.add(
    "smoothgrad",
    Method(
        "smoothgrad", "SmoothGrad", "gradients", compute,
        r"\frac1n\sum_i \sum_c \frac{\partial f}{\partial x_c}(x+\varepsilon_i)",
        "Smilkov et al.: SmoothGrad", 2017, "https://arxiv.org/abs/1706.03825",
        lambda asked: 3 * asked.setting("samples", SAMPLES), slow=True,
    ),
)  # fmt: skip
