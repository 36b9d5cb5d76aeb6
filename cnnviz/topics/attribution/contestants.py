"""Who stands trial: every quick method, slower ones on request, and four maps that know nothing, on known images.

Test images with the mask of where the object is: the shapes', the stamps', or those of a folder of one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import attribution, capture, datasets, galleries
from cnnviz.networks import Network
from cnnviz.records.attribution import Target

CONTROLS = {"constant": "Constant", "random": "Random", "centred": "Centred", "edges": "Edges of the image"}
SHAPES = "shapes"
NEAR = 0.05  # of the baseline, in the network's units: what is nearer to it counts as absent
SURE = 0.5  # of an answer that no label can check
EXTRA: dict[str, dict[str, Any]] = {"integrated_gradients": {"steps": 12}, "occlusion": {"per_side": 6}}
SLOWER: dict[str, dict[str, Any]] = {
    "smoothgrad": {"samples": 8}, "expected_gradients": {"samples": 16}, "rise": {"masks": 150}, "score_cam": {},
    "ablation_cam": {},
}  # fmt: skip
Maps = dict[str, np.ndarray]
Ask = Callable[[nn.Module, torch.Tensor, Target], attribution.AttributionRequest]


@dataclass(frozen=True, eq=False)
class KnownImage:
    """x: [1, C, H, W] as the network wants it. label: what the network answers, as `right` says. mask: [H, W] bool."""

    x: torch.Tensor
    label: int
    mask: np.ndarray


def names() -> tuple[str, ...]:
    """The methods on every trial: the quick ones, and integrated gradients and occlusion with fewer steps."""
    return tuple(name for name in attribution.names() if not attribution.REGISTRY[name].slow or name in EXTRA)


def title(name: str) -> str:
    """What a method or a control is called."""
    return CONTROLS.get(name) or attribution.REGISTRY[name].title


def right(network: Network, count: int, images: str = SHAPES) -> Iterator[KnownImage]:
    """The first `count` test images with a mask that the network gets right.

    images: a data set's name. Where its classes are not the network's, those that it is sure of, whatever it calls
    them. Raises datasets.DatasetError for a data set that is not here, has no masks, or none of which will do.
    """
    data, spec = datasets.load(images, split="test"), network.spec
    if data.masks is None:
        raise datasets.DatasetError(f"none of the test images of {data.name} has a mask: shapes have.")
    mean, std = (torch.tensor(one).view(-1, 1, 1) for one in (spec.mean, spec.std))
    knows, found = same_classes(network, images), 0

    def said(answer: int) -> str:
        return spec.classes[answer] if answer < len(spec.classes) else ""

    for image, label, mask in zip(data.images, data.labels.tolist(), data.masks, strict=True):
        where = _as_large(mask, spec.input_shape)
        if not where.any():
            continue
        x = ((galleries.fitted(image, spec) / 255 - mean) / std)[None].float()
        scores = torch.tensor(capture.logits(network.model, x), dtype=torch.float64)
        answer = int(scores.argmax())
        right = said(answer) == data.classes[label] if knows else float(scores.softmax(0)[answer]) >= SURE
        if not right:
            continue
        yield KnownImage(x, answer, where)
        found += 1
        if found == count:
            return
    if not found:
        verb = "gets none right" if knows else "is sure of none"
        raise datasets.DatasetError(
            f"the network {verb} of the test images of {datasets.info(images).title} that have masks. Another network, "
            "or one that is trained on these images, works."
        )


def empty(images: Sequence[KnownImage]) -> float:
    """The share of the pixels around the objects that are the baseline, zero, in every channel: 0 … 1."""
    around = [(one.x[0].abs() <= NEAR).all(0).numpy()[~one.mask] for one in images]
    found = np.concatenate(around)
    return float(found.mean()) if found.size else 0.0


def same_classes(network: Network, images: str) -> bool:
    """Whether the network knows all classes of this data set by name, so that its answers can be right."""
    return set(datasets.info(images).classes) <= set(network.spec.classes)


def _as_large(mask: torch.Tensor, shape: tuple[int, int, int]) -> np.ndarray:
    """A mask [h, w] as large as the network's images, [H, W] bool."""
    if tuple(mask.shape) == shape[1:]:
        return mask.numpy().astype(bool)
    scaled = nn.functional.interpolate(mask[None, None].float(), shape[1:], mode="bilinear", antialias=True)
    return (scaled[0, 0] >= 0.5).numpy()


def maps_of(
    model: nn.Module,
    x: torch.Tensor,
    label: int,
    seed: int,
    absent: dict[str, str],
    *,
    ask: Ask = attribution.AttributionRequest,
    more: Sequence[str] = (),
    progress: Callable[[float], object] | None = None,
) -> Maps:
    """Every method's and control's map [H, W] by name; `absent` gathers which ones do not fit, and why.

    more: of `SLOWER`, which stand trial, too.
    ask: how the network is asked. All methods share what it remembers of the network. progress: called with the share
    of the methods that are done; what it raises ends it.
    """
    found: Maps = {}
    asked = ask(model, x, Target(label))
    asked.layer, asked.seed = attribution.last_maps(asked), seed
    every = (*names(), *more)
    for place, name in enumerate(every):
        if progress is not None:
            progress(place / len(every))
        if name in absent:
            continue
        asked.settings = (EXTRA | SLOWER).get(name, {})
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
