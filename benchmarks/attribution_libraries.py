"""The same maps by the libraries that a user would take: their numbers held against ours, and what they cost.

For `benchmarks.attribution`. captum (in requirements-dev.txt) and grad-cam (`pip install grad-cam`), each with its own
defaults; the settings here only make it compute the same quantity. Of a library that is not installed that is said.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.attribution import AttributionRequest
from cnnviz.records.attribution import Attribution

SAME = 2e-3  # `difference` at most, in float32
Theirs = Callable[[], np.ndarray]


def grad_cam(asked: AttributionRequest) -> Theirs:
    """grad-cam's GradCAM with one target layer: [h, w], cut at zero and stretched to the image."""
    library = importlib.import_module("pytorch_grad_cam")
    targets = [
        importlib.import_module("pytorch_grad_cam.utils.model_targets").ClassifierOutputTarget(asked.target.index)
    ]
    layer = asked.model.get_submodule(asked.nodes[asked.layer].module)

    def work() -> np.ndarray:
        with library.GradCAM(model=asked.model, target_layers=[layer]) as extractor:
            found: np.ndarray = extractor(input_tensor=asked.x, targets=targets)[0]
        return found

    return work


def integrated_gradients(asked: AttributionRequest) -> Theirs:
    """captum's, by the midpoint rule that ours goes by: [C, H, W]."""
    method = _captum("IntegratedGradients")(asked.model)
    steps = asked.settings["steps"]
    given = {"target": asked.target.index, "n_steps": steps, "method": "riemann_middle"}
    return lambda: _numbers(method.attribute(asked.x, asked.baseline, **given))


def occlusion(asked: AttributionRequest) -> Theirs:
    """captum's, with windows side by side, for it asks for one stride: [C, H, W], each channel alike."""
    method = _captum("Occlusion")(asked.model)
    side = asked.x.shape[-1] // asked.settings["per_side"]
    given = {"target": asked.target.index, "sliding_window_shapes": (asked.x.shape[1], side, side)}

    def work() -> np.ndarray:
        with torch.no_grad():
            return _numbers(
                method.attribute(asked.x, strides=(asked.x.shape[1], side, side), baselines=asked.baseline, **given)
            )

    return work


def of_stretched(record: Attribution, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ours as grad-cam shows it: cut at zero, stretched to 0 … 1, enlarged to the image, stretched again."""
    cells = _stretched(torch.from_numpy(np.maximum(record.native, 0)))[None, None].float()
    size = theirs.shape[0], theirs.shape[1]
    large = functional.interpolate(cells, size, mode="bilinear", align_corners=False)
    return _stretched(large[0, 0]).numpy(), theirs


def _stretched(maps: torch.Tensor) -> torch.Tensor:
    return (maps - maps.min()) / (maps.max() - maps.min())


def of_channels(record: Attribution, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per channel and pixel."""
    return np.asarray(record.channels), theirs


def of_windows(record: Attribution, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What covering a pixel's window takes from the score; ours is kept per window."""
    few = record.native.shape[0]
    middles = ((np.arange(few) + 0.5) * theirs.shape[-1] / few).astype(int)
    return record.native, theirs[0][np.ix_(middles, middles)]


def _captum(name: str) -> Any:
    return getattr(importlib.import_module("captum.attr"), name)


def _numbers(found: torch.Tensor) -> np.ndarray:
    return found[0].detach().numpy()


@dataclass(frozen=True)
class Library:
    """package: what pip calls it. settings: with which both compute the same; pair: the numbers to be compared."""

    package: str
    settings: dict[str, Any]
    build: Callable[[AttributionRequest], Theirs]
    pair: Callable[[Attribution, np.ndarray], tuple[np.ndarray, np.ndarray]]


LIBRARIES = {
    "grad_cam": Library("grad-cam", {}, grad_cam, of_stretched),
    "integrated_gradients": Library("captum", {"steps": 50}, integrated_gradients, of_channels),
    "occlusion": Library("captum", {"per_side": 14, "wide": 1.0}, occlusion, of_windows),
}


def difference(record: Attribution, theirs: np.ndarray, library: Library) -> float:
    """How far both lie apart, as a share of how large ours are (Euclidean norms, 0 where they are equal).

    Not the single largest number: in float32 an activation close to its bend falls to either side.
    """
    ours, others = library.pair(record, theirs)
    return float(np.linalg.norm(ours - others) / np.linalg.norm(ours))
