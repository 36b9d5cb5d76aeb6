"""What the class activation maps have in common: a layer's maps and the target's gradient by them."""

from __future__ import annotations

import torch

from cnnviz.attribution.asking import Asked
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.records.proofs import Proof


def maps(asked: Asked) -> tuple[torch.Tensor, torch.Tensor, float]:
    """(A, ∂f/∂A), both [C, h, w], of the chosen layer, and f. Raises DoesNotFit without maps or off the way."""
    shape = asked.shapes.get(asked.layer)
    if shape is None or len(shape) != 4:
        raise DoesNotFit("It weighs the maps of a layer, and the chosen layer has none; a convolution's layer works.")
    if asked.layer == asked.stop or asked.layer not in asked.before_target():
        raise DoesNotFit("The target does not depend on the chosen layer; a layer before the target works.")
    values, gradient, value = asked.at_layer(asked.layer)
    return values[0], gradient[0], value


def blanked(asked: Asked) -> float:
    """f with the chosen layer's maps all zero."""

    def change(key: str, compute: object, args: tuple[object, ...]) -> object:
        made = compute()  # type: ignore[operator]
        return torch.zeros_like(made) if key == asked.layer else made

    return float(asked.values(asked.x, change)[0])


def pushed(asked: Asked, channel: int, gradient: torch.Tensor) -> Proof:
    """A channel's weight against what happens to f as the whole channel is raised and lowered a little."""
    size = 1e-2 if asked.x.dtype == torch.float32 else 1e-6

    def change(key: str, compute: object, args: tuple[object, ...]) -> object:
        made = compute()  # type: ignore[operator]
        if key != asked.layer:
            return made
        sign = torch.tensor([1.0, -1.0], dtype=made.dtype, device=made.device).view(2, 1, 1)
        moved = made.clone()
        moved[:, channel] += sign * size
        return moved

    above, below = (float(value) for value in asked.values(asked.x.expand(2, -1, -1, -1), change))
    promised, measured = float(gradient[channel].double().sum()), (above - below) / (2 * size)
    rounding = 16 * torch.finfo(asked.x.dtype).eps * max(abs(above), 1.0) / size
    claim = f"Raising channel {channel} everywhere changes the score as fast as its weight says"
    return Proof(claim, abs(promised - measured), 0.02 * max(abs(promised), abs(measured)) + rounding)
