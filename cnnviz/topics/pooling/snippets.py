"""The PyTorch line of each way to enlarge, as a snippet that runs as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnviz.records.activations import Array
from cnnviz.records.pooling import Upsampled

HEAD = "import torch\nfrom torch.nn import functional as F\n\n"
PICTURE = """import numpy as np
import torch
from torch.nn import functional as F

from cnnviz import samples

x = torch.tensor(np.asarray(samples.square("chelsea", 128)) / 255).permute(2, 0, 1)[None]  # [1, 3, 128, 128]
small = F.avg_pool2d(x, 4)
row = torch.tensor([1, 3, 5, 7, 7, 5, 3, 1], dtype=x.dtype) / 8
tent = (row[:, None] * row).expand(3, 1, 8, 8)
greatest, switches = F.max_pool2d(x, 4, return_indices=True)
back = {
    "nearest": F.interpolate(small, scale_factor=4, mode="nearest"),
    "bilinear": F.interpolate(small, scale_factor=4, mode="bilinear", align_corners=False),
    "transposed": F.conv_transpose2d(small, tent, stride=4, padding=2, groups=3),
    "unpooled": F.max_unpool2d(greatest, switches, 4),
    "shuffled": F.pixel_shuffle(F.pixel_unshuffle(x, 4), 4),
}
for way, y in back.items():
    print(way, f"{-10 * torch.log10(((x - y) ** 2).mean()):.1f} dB")
"""


def snippet(made: Upsampled, options: Mapping[str, Any]) -> str:
    """`y` [C', OH, OW] from the numbers at hand."""
    x = f"x = {_tensor(made.x)}\n"
    if made.kind == "nearest":
        return f'{HEAD}{x}y = F.interpolate(x[None], scale_factor={options["scale"]}, mode="nearest")[0]\nprint(y)\n'
    if made.kind == "bilinear":
        how = f'size={options["size"]}, mode="bilinear", align_corners={options["align_corners"]}'
        return f"{HEAD}{x}y = F.interpolate(x[None], {how})[0]\nprint(y)\n"
    if made.kind == "transposed":
        settings = ", ".join(f"{name}={options[name]}" for name in ("stride", "padding", "output_padding"))
        kernel = f"kernel = {_tensor(options['kernel'][None])}\n"
        return f"{HEAD}{x}{kernel}y = F.conv_transpose2d(x[:, None], kernel[None], {settings})[:, 0]\nprint(y)\n"
    if made.kind == "unpool":
        places = made.sources[0, :, :, 0]
        rows, columns = (places >= 0).nonzero()
        flat = {
            int(places[row, column]): int(row * places.shape[1] + column)
            for row, column in zip(rows, columns, strict=True)
        }
        switches = [flat.get(cell, 0) for cell in range(made.x.size)]
        where = f"switches = torch.tensor({switches}).reshape(x.shape)  # row · {places.shape[1]} + column\n"
        size = f"output_size={tuple(made.values.shape[1:])}"
        return f"{HEAD}{x}{where}y = F.max_unpool2d(x[None], switches[None], 2, {size})[0]\nprint(y)\n"
    return f"{HEAD}{x}y = F.pixel_shuffle(x, 2)\nprint(y)\n"


def _tensor(values: Array) -> str:
    return f"torch.tensor({values.tolist()}, dtype=torch.float64)"
