"""The inside of a network at one moment of its training, as plain arrays that can be written, read and drawn."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

Array = np.ndarray
BINS = 40  # of a histogram


@dataclass(frozen=True, eq=False)
class Inside:
    """What a network looks like after `step` steps. NaN where a number is not known, empty arrays where nothing is.

    layers: those with parameters; of each weights, gradients, updates: Euclidean norms [L] of its parameters, of the
    loss's gradient, and of what the last step changed. counts: [2, L, BINS] of weights and gradients, between −limits
    and limits [2, L]. activations: calls of activation functions, modules or not; dead: share of units that were 0 on
    every image [A]; saturated: share of values at the flat ends of a tanh or sigmoid [A]; spread: [A, BINS] of their
    values other than 0, of some of the images, between −reach and reach [A]; slopes: [A, BINS] of the gradients other
    than 0 of some images' losses by those values, between −steepest and steepest [A]. norms: batch normalisations;
    means: root mean square of their running means [N]; deviations: mean of their running standard deviations [N].
    kernels, kernel_gradients: [n, 1 or 3, h, w] of kernel_layer. map_layers and maps: [C, H, W] of the image at hand,
    each. scores: [K] of that image, in [0, 1]. confusion: [K, K] of test images, or empty. looked: images that
    activations were counted on.
    """

    step: int
    looked: int
    layers: tuple[str, ...]
    weights: Array
    gradients: Array
    updates: Array
    counts: Array
    limits: Array
    activations: tuple[str, ...]
    dead: Array
    saturated: Array
    spread: Array
    reach: Array
    slopes: Array
    steepest: Array
    norms: tuple[str, ...]
    means: Array
    deviations: Array
    kernel_layer: str
    kernels: Array
    kernel_gradients: Array
    map_layers: tuple[str, ...]
    maps: tuple[Array, ...]
    scores: Array
    confusion: Array

    def to_bytes(self) -> bytes:
        """An NPZ without anything pickled: arrays by their names, all else as JSON."""
        plain: dict[str, Any] = {}
        arrays: dict[str, Array] = {f"maps.{place}": one for place, one in enumerate(self.maps)}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                arrays[item.name] = value
            elif item.name != "maps":
                plain[item.name] = value
        target = io.BytesIO()
        text = np.frombuffer(json.dumps(plain).encode(), np.uint8)
        np.savez(target, allow_pickle=False, plain=text, **arrays)
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Inside:
        """The inverse. Raises ValueError for anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                plain = json.loads(file["plain"].tobytes())
                values: dict[str, Any] = {
                    name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
                }
                maps = tuple(file[f"maps.{place}"] for place in range(len(values["map_layers"])))
                arrays = {name: file[name] for name in file.files if name != "plain" and not name.startswith("maps.")}
            return cls(maps=maps, **values, **arrays)
        except (KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
            raise ValueError(f"these bytes hold no look inside a network: {error}") from error
