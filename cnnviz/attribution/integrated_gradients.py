"""Integrated gradients: the gradient, collected on the straight way from a baseline to the image.

Theory: by the fundamental theorem of calculus the sum over the image is f(x) − f(x′), exactly (completeness); with
sensitivity and invariance to how the network is written it is the only such method along a straight path.
Formula: M = Σ_c (x_c − x′_c) ∫₀¹ ∂f/∂x_c (x′ + α(x − x′)) dα, by the midpoint rule. How far the rule
misses on each piece of the way is known (f at its ends is), so the worst pieces are halved until the sum misses by
less than 2 %, at most until 256.
Source: M. Sundararajan, A. Taly, Q. Yan: Axiomatic Attribution for Deep Networks (2017), https://arxiv.org/abs/1703.01365
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from cnnviz.attribution import laws
from cnnviz.attribution.asking import AttributionRequest, batches, stacked
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.attribution.parts_kept import once
from cnnviz.records.attribution import Attribution

STEPS, MOST, ERROR = 16, 256, 0.02


@dataclass(frozen=True, eq=False)
class _Piece:
    """A piece of the way, with f at its ends and the gradient in its middle times the piece's share.

    Where the number of steps is given, nothing is halved and f at the inner ends is not asked for.
    """

    start: float
    stop: float
    low: float
    high: float
    product: torch.Tensor

    @property
    def missed(self) -> float:
        return float(self.product.double().sum()) - (self.high - self.low)


def compute(asked: AttributionRequest) -> Attribution:
    """Halves the worst pieces until complete; `steps` among the settings takes so many equal ones instead."""
    fixed = asked.setting("steps", None)
    count = fixed or STEPS
    edges = [(i / count, (i + 1) / count) for i in range(count)]
    values = dict(_values(asked, [0.0, 1.0] if fixed else [i / count for i in range(count + 1)]))
    start, end = values[0.0], values[1.0]
    pieces = _pieces(asked, edges, values)
    while not fixed and abs(_missed(pieces)) > ERROR * abs(end - start) and len(pieces) < MOST:
        pieces.sort(key=lambda piece: abs(piece.missed))
        kept, worst = pieces[:-STEPS], pieces[-STEPS:]
        middles = [(piece.start + piece.stop) / 2 for piece in worst]
        values |= dict(_values(asked, middles))
        halves = [half for piece, m in zip(worst, middles, strict=True) for half in ((piece.start, m), (m, piece.stop))]
        pieces = kept + _pieces(asked, halves, values)
    product = torch.stack([piece.product for piece in pieces]).double().sum(0)
    claim = f"The sum of the map is f(image) − f(baseline) = {end - start:.4g}, with {len(pieces)} steps"
    law = laws.total(float(product.sum()), end - start, claim, share=ERROR, dtype=asked.x.dtype)
    found = of_pixels("integrated_gradients", product, end)
    return replace(found, law=law, path=tuple(sorted(values.items())), note=f"{len(pieces)} steps")


def _missed(pieces: list[_Piece]) -> float:
    return sum(piece.missed for piece in pieces)


def _on_the_way(asked: AttributionRequest, shares: list[float]) -> torch.Tensor:
    share = torch.tensor(shares, dtype=asked.x.dtype, device=asked.x.device).view(-1, 1, 1, 1)
    return asked.zero + share * (asked.x - asked.zero)


def _values(asked: AttributionRequest, shares: list[float]) -> list[tuple[float, float]]:
    found = []
    for part in batches(len(shares), asked.together_forwards):
        some = shares[part]
        found.append(once(asked, ("values", *some), asked.values, _on_the_way(asked, some)))
    return list(zip(shares, stacked(found).tolist(), strict=True))


def _pieces(asked: AttributionRequest, edges: list[tuple[float, float]], values: dict[float, float]) -> list[_Piece]:
    found = []
    for part in batches(len(edges), asked.together_back):
        middles = [(a + b) / 2 for a, b in edges[part]]
        scores, gradients = once(asked, ("gradient", *middles), asked.gradient, _on_the_way(asked, middles))
        values |= zip(middles, scores.tolist(), strict=True)
        for (a, b), gradient in zip(edges[part], gradients, strict=True):
            product = (b - a) * (asked.x - asked.zero) * gradient
            found.append(_Piece(a, b, values.get(a, 0.0), values.get(b, 0.0), product))
        asked.done(part.stop / len(edges))
    return found


REGISTRY.add(
    "integrated_gradients",
    Method(
        "integrated_gradients", "Integrated gradients", "gradients", compute,
        r"\sum_c (x_c-x'_c)\int_0^1 \frac{\partial f}{\partial x_c}\bigl(x'+\alpha(x-x')\bigr)\,d\alpha",
        "Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks", 2017, "https://arxiv.org/abs/1703.01365",
        lambda asked: 3 * (asked.setting("steps", None) or 2 * STEPS), slow=True,
    ),
)  # fmt: skip
