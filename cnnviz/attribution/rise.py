"""RISE: many random soft masks; a pixel's importance is how much better the target does where the pixel is seen.

Theory: a Monte Carlo estimate of E[f(x ⊙ m) | m(p) = 1], here centred: the covariance of the score with the mask at the
pixel, over the mask's variance, so that a pixel that does nothing is zero, and sign means for or against.
Formula: M(p) = Cov(f(x ⊙ m + x′ ⊙ (1 − m)), m(p)) / Var(m(p)).
Source: V. Petsiuk, A. Das, K. Saenko: RISE (2018), https://arxiv.org/abs/1806.07421
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn import functional

from cnnviz.attribution.asking import AttributionRequest, batches, numbers, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_windows
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution

MASKS, CELLS, SEEN = 500, 7, 0.5
AT_A_TIME = 32  # masks in 64 bits


def compute(asked: AttributionRequest) -> Attribution:
    """`masks` passes; two halves of the masks give two maps, whose correlation is said."""
    count = asked.setting("masks", MASKS)
    dice = torch.Generator().manual_seed(asked.seed)
    masks, values = [], []
    for part in batches(count, asked.together_forwards):
        drawn = _masks(asked, part.stop - part.start, dice)
        seen = asked.x * drawn + asked.zero * (1 - drawn)
        values.append(once(asked, (part.start, part.stop), asked.values, seen))
        masks.append(drawn[:, 0].half())
        asked.done(part.stop / count)
    kept, scores = stacked(masks), stacked(values)
    maps = [_slope(kept[start::2], scores[start::2]) for start in (0, 1)]
    alike = float(torch.corrcoef(torch.stack(maps).flatten(1))[0, 1])
    found = numbers(_slope(kept, scores))
    note = f"{count} masks; the maps of two halves of them correlate by {alike:.2f}"
    return replace(of_windows("rise", found, found, asked.value()), note=note)


def _slope(masks: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    centred = (scores - scores.mean()).double()
    product, mean, square = (torch.zeros(masks[0].numel(), dtype=torch.float64, device=masks.device) for _ in range(3))
    for part in batches(len(masks), AT_A_TIME):
        some = masks[part].flatten(1).double()
        product += centred[part] @ some
        mean += some.sum(0)
        square += some.square().sum(0)
    count = len(masks)
    found = product / count / (square / count - (mean / count) ** 2).clamp_min(1e-9)
    return found.view(masks.shape[1:])


def _masks(asked: AttributionRequest, size: int, dice: torch.Generator) -> torch.Tensor:
    height, width = asked.x.shape[-2:]
    down, across = -(-height // CELLS), -(-width // CELLS)
    made = []
    for _ in range(size):  # one after the other, so that a mask does not hang on how many go at a time
        coarse = (torch.rand((1, 1, CELLS + 1, CELLS + 1), generator=dice) < SEEN).double()
        large = functional.interpolate(
            coarse, ((CELLS + 1) * down, (CELLS + 1) * across), mode="bilinear", align_corners=False
        )
        top = int(torch.randint(down + 1, (1,), generator=dice))
        left = int(torch.randint(across + 1, (1,), generator=dice))
        made.append(large[0, :, top : top + height, left : left + width])
    return torch.stack(made).to(asked.x)


REGISTRY.add(
    "rise",
    Method(
        "rise", "RISE", "covering", compute,
        r"\frac{\operatorname{Cov}\bigl(f(x\odot m),\,m_p\bigr)}{\operatorname{Var}(m_p)}",
        "Petsiuk, Das, Saenko: RISE", 2018, "https://arxiv.org/abs/1806.07421",
        lambda asked: float(asked.setting("masks", MASKS)), slow=True,
    ),
)  # fmt: skip
