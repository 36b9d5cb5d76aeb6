"""What can be asked about a convolution at hand, as plain values: the size, the parameters, the work, the map."""

from __future__ import annotations

from typing import Any

from cnnviz.topics.convolution.records import Convolution

Wanted = tuple[str, dict[str, Any]]
LARGEST = 12  # cells a side of an input whose numbers are asked about


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
