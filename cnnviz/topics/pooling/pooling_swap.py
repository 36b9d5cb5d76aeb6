"""A trained network with every 2 × 2 pooling exchanged for another, weights unchanged: does it keep its class?

Nothing is trained again, so what is measured is the exchange alone; how often the exchanged network agrees with the
trained one on the unmoved image is measured beside it, because an exchange can also do harm.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz import capture
from cnnviz.outputs.chances import distribution
from cnnviz.outputs.tensors import main
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.pooling.halving import WAYS
from cnnviz.topics.pooling.shift_records import Exchanged
from cnnviz.tracing import borrowed

AMOUNTS = (0, 1, 2, 4, 8)  # px


def measure(
    model: nn.Module, slid: Sequence[torch.Tensor], step: Callable[[], None], *, reading: OutputReading
) -> Exchanged | None:
    """slid: for each image [A, C, H, W], slid by 0, 1, 2, … px. step: called after every way.
    reading: of the network's output, of classes or labels.

    None where the network has no 2 × 2 pooling that could be exchanged.
    """
    with borrowed(model):
        names = exchangeable(model)
        if not names:
            return None
        frames = [picture[list(AMOUNTS)] for picture in slid]
        trained = _answers(model, [picture[:1] for picture in frames], reading)[:, 0]
        found = []
        for way in WAYS:
            found.append(_answers(exchanged(model, way), frames, reading))
            step()
    answers = np.stack(found)
    kept = answers == answers[:, :, :1]
    return Exchanged(tuple(WAYS), tuple(map(float, AMOUNTS)), names, kept, answers[:, :, 0] == trained[None])


def exchangeable(model: nn.Module) -> tuple[str, ...]:
    """The modules that take the maximum or the mean of 2 × 2 cells, two apart, without padding."""
    return tuple(name for name, module in model.named_modules() if _is_plain(module))


def exchanged(model: nn.Module, way: str) -> nn.Module:
    """A copy of the network with every such pooling done in that way; the network itself stays as it is."""
    other = copy.deepcopy(model)
    for name in exchangeable(other):
        parent, _, own = name.rpartition(".")
        setattr(other.get_submodule(parent), own, Halving(way))
    return other


class Halving(nn.Module):
    """[N, C, H, W] → [N, C, ⌊H/2⌋, ⌊W/2⌋] in one of operations.pooling_ways.WAYS."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Maps of half the height and width, by the way that was chosen; in 8 bits, rounded to the same steps."""
        if x.is_quantized:
            return torch.quantize_per_tensor(self(x.dequantize()), x.q_scale(), x.q_zero_point(), x.dtype)
        x = x[..., : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
        if self.way == "max":
            return functional.max_pool2d(x, 2)
        if self.way == "average":
            return functional.avg_pool2d(x, 2)
        if self.way == "stride":
            return x[..., ::2, ::2]
        if self.way == "max_blur":
            x = functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
        row = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype, device=x.device)
        kernel = (row[:, None] * row / 16).expand(x.shape[1], 1, 3, 3)
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=x.shape[1])


def _is_plain(module: nn.Module) -> bool:
    if not isinstance(module, nn.MaxPool2d | nn.AvgPool2d) or module.ceil_mode:
        return False
    plain = [_both(value) for value in (module.kernel_size, module.stride, module.padding)]
    return plain == [(2, 2), (2, 2), (0, 0)] and _both(getattr(module, "dilation", 1)) == (1, 1)


def _both(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)


def _answers(model: nn.Module, frames: Sequence[torch.Tensor], reading: OutputReading) -> np.ndarray:
    """[P, A] the likeliest class of every frame."""
    with torch.inference_mode():
        return np.stack([distribution(_outputs(model, picture), reading).argmax(1) for picture in frames])


def _outputs(model: nn.Module, frames: torch.Tensor) -> np.ndarray:
    """[A, classes]: all frames at once, or one by one where the network gives no row for each."""
    frames = capture.as_wanted(model, frames)
    found = main(model(frames))
    if len(frames) > 1 and (found.dim() < 2 or len(found) != len(frames)):
        found = torch.stack([main(model(frame[None])).reshape(-1) for frame in frames])
    rows: np.ndarray = found.reshape(len(frames), -1).double().cpu().numpy()
    return rows
