"""Who stands trial: every quick method and four maps that know nothing, on images whose answer is known.

Images are the shapes' own test images with the mask of where the figure is, those that the network gets right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import attribution, capture, datasets
from cnnviz.networks import Network
from cnnviz.records.attribution import Target

CONTROLS = {"constant": "Constant", "random": "Random", "centred": "Centred", "edges": "Edges of the image"}
EXTRA: dict[str, dict[str, Any]] = {"integrated_gradients": {"steps": 12}, "occlusion": {"per_side": 6}}
Maps = dict[str, np.ndarray]
Ask = Callable[[nn.Module, torch.Tensor, Target], attribution.Asked]


@dataclass(frozen=True, eq=False)
class Known:
    """x: [1, C, H, W] as the network wants it. label: its class, which the network gets right. mask: [H, W] bool."""

    x: torch.Tensor
    label: int
    mask: np.ndarray


def names() -> tuple[str, ...]:
    """The methods on trial: the quick ones, and integrated gradients and occlusion with fewer steps."""
    return tuple(name for name in attribution.names() if not attribution.REGISTRY[name].slow or name in EXTRA)


def title(name: str) -> str:
    """What a method or a control is called."""
    return CONTROLS.get(name) or attribution.REGISTRY[name].title


def right(network: Network, count: int) -> Iterator[Known]:
    """The first `count` test images of the shapes that the network gets right."""
    data = datasets.load("shapes", split="test")
    assert data.masks is not None
    mean, std = (torch.tensor(one).view(-1, 1, 1) for one in (network.spec.mean, network.spec.std))
    found = 0
    for image, label, mask in zip(data.images, data.labels.tolist(), data.masks, strict=True):
        x = ((image / 255 - mean) / std)[None].float()
        if int(capture.logits(network.model, x).argmax()) != label:
            continue
        yield Known(x, label, mask.numpy().astype(bool))
        found += 1
        if found == count:
            return


def maps_of(
    model: nn.Module, x: torch.Tensor, label: int, seed: int, absent: dict[str, str], *, ask: Ask = attribution.Asked
) -> Maps:
    """Every method's and control's map [H, W] by name; `absent` gathers which ones do not fit, and why.

    ask: how the network is asked. All methods share what it remembers of the network.
    """
    found = {}
    asked = ask(model, x, Target(label))
    asked.layer, asked.seed = attribution.last_maps(asked), seed
    for name in names():
        if name in absent:
            continue
        asked.settings = EXTRA.get(name, {})
        try:
            found[name] = attribution.REGISTRY[name](asked).map
        except attribution.DoesNotFit as why:
            absent[name] = str(why)
    return found | controls(x, seed)


def controls(x: torch.Tensor, seed: int) -> Maps:
    """Four maps that know nothing of the network: [H, W] each, none of them negative."""
    height, width = x.shape[-2:]
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    grey = x[0].mean(0).double().numpy()
    return {
        "constant": np.ones((height, width)),
        "random": np.random.default_rng(seed).random((height, width)),
        "centred": np.exp(-2 * (down**2 + across**2)),
        "edges": np.hypot(*np.gradient(grey)),
    }
