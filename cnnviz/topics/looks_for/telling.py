"""The channel to begin with: one whose map shows something, and that the answer leans on.

What taking a channel away costs the highest score is, to first order, the sum over its cells of the score's slope times
the value. One backward pass gives that for every channel. A channel that is much the same everywhere may cost most, as
a bias does, but its map has nothing to look at: it is left out where there are others.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnviz.attribution import AttributionRequest
from cnnviz.attribution.asking import numbers
from cnnviz.records import Activations
from cnnviz.records.attribution import Target

FLAT = 0.05  # of the liveliest channel's spread: below, a map is the same everywhere
EVEN = 0.5  # of a map's own mean size: below, its spread is what nobody sees


def channel(model: nn.Module, x: torch.Tensor, recording: Activations, layer: str) -> int:
    """Its index among the layer's channels; x: [1, C, H, W], of which the recording is."""
    values = recording[layer].values
    flat = values.reshape(len(values), -1).astype(np.float64)
    spread = flat.std(1) if flat.shape[1] > 1 else np.abs(flat[:, 0])
    worth = _worth(model, x, recording, layer)
    if worth is None or len(worth) != len(flat) or not np.isfinite(worth).all() or not worth.any():
        return int(np.nan_to_num(spread).argmax())
    lively = spread > FLAT * spread.max()
    telling = lively & (spread > EVEN * np.abs(flat).mean(1))
    return int(np.where(telling if telling.any() else lively, worth, -1.0).argmax())


def _worth(model: nn.Module, x: torch.Tensor, recording: Activations, layer: str) -> np.ndarray | None:
    """What each channel's absence costs or gives the highest score; None where that has no slope by the layer."""
    try:
        asked = AttributionRequest(model, x, Target(int(recording.logits.argmax())))
        made, slope, _ = asked.at_layer(layer)
    except (KeyError, ValueError, RuntimeError, AttributeError):
        return None
    product = numbers(made[0] * slope[0])
    found: np.ndarray = np.abs(product.reshape(len(product), -1).sum(1))
    return found
