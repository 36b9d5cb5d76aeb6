"""Expected gradients: integrated gradients, averaged over many baselines at random places of their paths.

Theory: no single image stands for "nothing"; the mean over baselines makes the sum f(x) − E f(x′), up to the error of
drawing, which is said. The baselines are those given, or copies of the image whose blocks of pixels are shuffled.
Formula: M = E_{x′, α} Σ_c (x_c − x′_c) ∂f/∂x_c (x′ + α(x − x′)).
Source: G. Erion et al.: Improving performance of deep learning models with axiomatic attribution priors and expected
gradients (2021), https://doi.org/10.1038/s42256-021-00343-w
"""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnviz.attribution.asking import AttributionRequest, batches, numbers, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution
from cnnviz.records.proofs import Proof

SAMPLES, BLOCKS = 48, 8


def compute(asked: AttributionRequest) -> Attribution:
    """The sum must lie within four standard errors of f(x) − mean f(x′): drawing leaves that open, and no more."""
    count = asked.setting("samples", SAMPLES)
    dice = torch.Generator().manual_seed(asked.seed)
    total, sums, starts = torch.zeros_like(asked.x), [], []
    for part in batches(count, asked.together_back):
        size = part.stop - part.start
        drawn = [_drawn(asked, dice) for _ in range(size)]
        base = torch.cat([one for one, _ in drawn])
        shares = torch.cat([share for _, share in drawn]).to(asked.x).view(-1, 1, 1, 1)
        _, gradient = once(asked, ("gradient", part.start, part.stop), asked.gradient, base + shares * (asked.x - base))
        product = (asked.x - base) * gradient
        total += product.sum(0, keepdim=True)
        sums.append(product.double().flatten(1).sum(1))
        starts.append(once(asked, ("values", part.start, part.stop), asked.values, base))
        asked.done(part.stop / count)
    end, mean = asked.value(), total / count
    gaps = numbers(stacked(sums)) - (end - numbers(stacked(starts)))
    error = float(gaps.std(ddof=1) / count**0.5) if count > 1 else 0.0
    claim = "The sum of the map is f(image) − mean f(baselines), within four standard errors of drawing"
    law = Proof(claim, abs(float(gaps.mean())), 4 * error + 1e-4 * max(abs(end), 1.0))
    note = f"{count} baselines made of the image's own blocks in another order"
    return replace(of_pixels("expected_gradients", mean, end), law=law, note=note)


def _drawn(asked: AttributionRequest, dice: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """(a baseline [1, C, H, W], a place on its way [1]): by itself, so that none hangs on how many go at a time."""
    return _baselines(asked, 1, dice), torch.rand(1, generator=dice, dtype=torch.float64)


def _baselines(asked: AttributionRequest, size: int, dice: torch.Generator) -> torch.Tensor:
    given = asked.setting("baselines", None)
    if given is not None:
        return given[torch.randint(len(given), (size,), generator=dice)].to(asked.x)
    height, width = asked.x.shape[-2:]
    down, across = (max(1, side // BLOCKS) for side in (height, width))
    made = []
    for _ in range(size):
        rows = torch.randperm(-(-height // down), generator=dice)
        columns = torch.randperm(-(-width // across), generator=dice)
        row = torch.cat([torch.arange(r * down, min((r + 1) * down, height)) for r in rows.tolist()])
        column = torch.cat([torch.arange(c * across, min((c + 1) * across, width)) for c in columns.tolist()])
        made.append(asked.x[:, :, row][:, :, :, column])
    return torch.cat(made)


REGISTRY.add(
    "expected_gradients",
    Method(
        "expected_gradients", "Expected gradients", "gradients", compute,
        r"\mathbb E_{x',\alpha}\sum_c (x_c-x'_c)\,\frac{\partial f}{\partial x_c}\bigl(x'+\alpha(x-x')\bigr)",
        "Erion et al.: Axiomatic attribution priors and expected gradients", 2021,
        "https://doi.org/10.1038/s42256-021-00343-w", lambda asked: 4 * asked.setting("samples", SAMPLES), slow=True,
    ),
)  # fmt: skip
