"""What the class activation maps have in common: a layer's maps and the target's gradient by them."""

from __future__ import annotations

import torch

from cnnviz.attribution import from_layer
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.records.proofs import Proof


def maps(asked: AttributionRequest) -> tuple[torch.Tensor, torch.Tensor, float]:
    """(A, ∂f/∂A), both [C, h, w], of the chosen layer, and f: not to be written to.

    Raises DoesNotFit without maps or off the way.
    """
    shape = asked.shapes.get(asked.layer)
    if shape is None or len(shape) != 4:
        raise DoesNotFit("It weighs the maps of a layer, and the chosen layer has none; a convolution's layer works.")
    if asked.layer == asked.stop or asked.layer not in asked.before_target():
        raise DoesNotFit("The target does not depend on the chosen layer; a layer before the target works.")
    if asked.layer not in asked.maps:  # which the next of these methods reads, too
        asked.maps[asked.layer] = from_layer.slope(asked) or asked.at_layer(asked.layer)
    values, gradient, value = asked.maps[asked.layer]
    return values[0], gradient[0], value


def blanked(asked: AttributionRequest) -> float:
    """f with the chosen layer's maps all zero."""
    found = asked.blank.get(asked.layer)
    return float(from_layer.values(asked, asked.x.new_zeros(asked.shapes[asked.layer]))[0]) if found is None else found


def pushed(asked: AttributionRequest, channel: int, values: torch.Tensor, gradient: torch.Tensor) -> Proof:
    """A channel's weight against what happens to f as the whole channel is raised and lowered a little."""
    size = 1e-2 if asked.x.dtype == torch.float32 else 1e-6
    moved = values.repeat(2, 1, 1, 1)
    moved[:, channel] += torch.tensor([size, -size], dtype=moved.dtype, device=moved.device).view(2, 1, 1)
    above, below = (float(from_layer.values(asked, one[None])[0]) for one in moved)
    promised, measured = float(gradient[channel].double().sum()), (above - below) / (2 * size)
    rounding = 16 * torch.finfo(asked.x.dtype).eps * max(abs(above), 1.0) / size
    claim = f"Raising channel {channel} everywhere changes the score as fast as its weight says"
    return Proof(claim, abs(promised - measured), 0.02 * max(abs(promised), abs(measured)) + rounding)
