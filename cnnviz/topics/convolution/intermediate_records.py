"""One channel of a convolution, taken apart into what each channel that it reads adds to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array, Layer
from cnnviz.records.proofs import Proof


@dataclass(frozen=True, eq=False)
class IntermediateMaps:
    """layer.values: [C, H, W], the map of each channel that is read; read: [C], those channels' own indices.

    total: [H, W] float64, the sum of the maps and the bias; recorded: [H, W], what the network computed, float32.
    """

    layer: Layer
    read: Array
    output: int
    bias: float
    total: Array
    recorded: Array

    @property
    def proof(self) -> Proof:
        """The maps and the bias, added up in float64, against the network's own float32."""
        scale = max(1.0, float(np.abs(self.recorded).max()))
        difference = float(np.abs(self.total - self.recorded).max())
        claim = f"{len(self.read):,} maps and the bias {self.bias:.4g} add up to channel {self.output} as recorded"
        return Proof(claim, difference, 1e-4 * scale)

    def strongest(self, part: float = 0.8) -> tuple[int, ...]:
        """The fewest channels, strongest first, whose maps hold at least `part` of Σ |value| over all maps."""
        sizes = np.abs(self.layer.values.astype(np.float64)).sum(axis=(1, 2))
        order = np.argsort(-sizes, kind="stable")
        held = np.cumsum(sizes[order])
        count = int(np.searchsorted(held, part * held[-1] * (1 - 1e-12))) + 1 if held[-1] > 0 else 0
        return tuple(int(self.read[index]) for index in order[:count])
