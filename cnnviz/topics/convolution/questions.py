"""What can be asked about a convolution at hand, as plain values: the size, the parameters, the work, the map."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records.sharing import Pointwise, SharingComparison
from cnnviz.topics.convolution import kernel_search
from cnnviz.topics.convolution.records import Convolution
from cnnviz.topics.convolution.search_records import KernelSearch

Wanted = tuple[str, dict[str, Any]]
LARGEST = 12  # cells a side of an input whose numbers are asked about
SHOWN = 3  # digits of a number that is asked about


def questions(found: Convolution) -> list[Wanted]:
    """Along the rows; a transposed convolution has other formulas, so only its parameters are asked for."""
    setting, (outputs, within) = found.setting, found.weights.shape[:2]
    inputs, kernel = len(found.x), (int(found.weights.shape[2]), int(found.weights.shape[3]))
    if setting.transposed:
        outputs = len(found.output)
    layer = {
        "inputs": inputs, "outputs": outputs, "kernel": kernel, "groups": setting.groups, "bias": found.with_bias,
        "cells": int(found.output[0].size),
    }  # fmt: skip
    asked: list[Wanted] = [("parameters", layer)]
    if setting.transposed:
        return asked
    asked.append(("macs", {**layer, "cells_in": int(found.x[0].size)}))
    if not isinstance(setting.padding, str):
        axis = {"size": int(found.x.shape[1]), "kernel": kernel[0], "stride": setting.stride[0]}
        asked.insert(0, ("output_size", {**axis, "padding": setting.padding[0], "dilation": setting.dilation[0]}))
    if inputs == within == outputs == 1 and setting.dilation == (1, 1) and max(found.x.shape[1:]) <= LARGEST:
        asked.append(("which_map", {"values": found.x[0].tolist(), "kernel": found.weights[0, 0].tolist()}))
    return asked


def on_image(found: Convolution) -> list[Wanted]:
    """What the kernel makes of the busiest corner of the image, whose values are rounded as they are read."""
    kernel, x = found.weights[0, 0], found.x[0]
    high, wide = (side + 1 for side in kernel.shape)
    if kernel.size > 9 or x.shape[0] < high or x.shape[1] < wide:
        return []
    corners = np.lib.stride_tricks.sliding_window_view(x, (high, wide))
    row, column = np.unravel_index(int(corners.std(axis=(2, 3)).argmax()), corners.shape[:2])
    values = corners[row, column].round(2)
    return [("which_map", {"values": values.tolist(), "kernel": kernel.round(2).tolist()})] if values.any() else []


def first_step(found: KernelSearch) -> dict[str, Any]:
    """A kernel of zeros before its first step: each weight with its slope, and the learning rate that is offered."""
    rate = _short(min(kernel_search.SAFE * found.largest_rate, 1.0))
    slopes = kernel_search.gradient(found, np.zeros_like(found.hidden)).ravel()
    return {"weights": [(0.0, _short(float(slope))) for slope in slopes], "rate": rate}


def sharing(found: SharingComparison) -> list[Wanted]:
    """The convolution's parameters, and its work."""
    (inputs, high, wide), (outputs, rows, columns) = found.input, found.output
    layer = {"inputs": inputs, "outputs": outputs, "kernel": found.kernel, "cells": rows * columns}
    return [("parameters", layer), ("macs", {**layer, "cells_in": high * wide})]


def pointwise(found: Pointwise) -> Wanted:
    """The parameters of a 1 × 1 convolution."""
    outputs, inputs = found.weights.shape
    cells = int(found.convolution[0].size)
    bias = bool(found.bias.any())
    return "parameters", {"inputs": inputs, "outputs": outputs, "kernel": (1, 1), "bias": bias, "cells": cells}


def _short(value: float) -> float:
    return float(f"{value:.{SHOWN}g}")
