"""Attribution on trial: every quick method and four maps that know nothing, on images whose answer is known.

Images are the shapes' own test images with the mask of where the figure is, those that the network gets right. A
method that is worth its name beats the controls; whether it does is computed, with the spread over the images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cnnviz import attribution, capture, datasets, tracing
from cnnviz.networks import Network
from cnnviz.records.attribution import Target
from cnnviz.topics.attribution import measures
from cnnviz.topics.attribution.trial_records import MEASURES, Contestant, Trial

CONTROLS = {"constant": "Constant", "random": "Random", "centred": "Centred", "edges": "Edges of the image"}
STEPS = 10  # of a deletion or an insertion curve
EXTRA: dict[str, dict[str, Any]] = {"integrated_gradients": {"steps": 12}, "occlusion": {"per_side": 6}}
Progress = Callable[[float], object]


def names() -> tuple[str, ...]:
    """The methods on trial: the quick ones, and integrated gradients and occlusion with fewer steps."""
    return tuple(name for name in attribution.names() if not attribution.REGISTRY[name].slow or name in EXTRA)


def run(network: Network, count: int, *, progress: Progress | None = None) -> Trial:
    """All methods and controls on the first `count` test images that the network gets right.

    network: one that was trained on the shapes. progress: called with the share that is done; what it raises ends it.
    """
    maps: dict[str, list[np.ndarray]] = {}
    scores: dict[str, dict[str, list[float]]] = {}
    absent: dict[str, str] = {}
    masks, done = [], 0
    for x, label, mask in _right(network, count):
        masks.append(mask)
        for name, found in maps_of(network.model, x, label, done, absent).items():
            maps.setdefault(name, []).append(found)
            held = scores.setdefault(name, {measure: [] for measure in MEASURES})
            for measure, value in _scores(network.model, x, label, found, mask, done).items():
                held[measure].append(value)
        done += 1
        if progress is not None:
            progress(done / count)
    contestants = tuple(
        Contestant(name, title(name), name in CONTROLS, {one: np.array(values) for one, values in held.items()})
        for name, held in scores.items()
    )
    share = float(np.mean([mask.mean() for mask in masks]))
    return Trial(contestants, agreement(list(maps.values())), done, share, absent)


def title(name: str) -> str:
    """What a method or a control is called."""
    return CONTROLS.get(name) or attribution.REGISTRY[name].title


def _right(network: Network, count: int) -> Iterator[tuple[torch.Tensor, int, np.ndarray]]:
    data = datasets.load("shapes", split="test")
    assert data.masks is not None
    mean, std = (torch.tensor(one).view(-1, 1, 1) for one in (network.spec.mean, network.spec.std))
    found = 0
    for image, label, mask in zip(data.images, data.labels.tolist(), data.masks, strict=True):
        x = ((image / 255 - mean) / std)[None].float()
        if int(capture.logits(network.model, x).argmax()) != label:
            continue
        yield x, label, mask.numpy().astype(bool)
        found += 1
        if found == count:
            return


def maps_of(model: nn.Module, x: torch.Tensor, label: int, seed: int, absent: dict[str, str]) -> dict[str, np.ndarray]:
    """Every method's and control's map [H, W] by name; `absent` gathers which ones do not fit, and why."""
    found = {}
    for name in names():
        if name in absent:
            continue
        try:
            found[name] = attribution.explain(model, x, name, Target(label), seed=seed, **EXTRA.get(name, {})).map
        except attribution.DoesNotFit as why:
            absent[name] = str(why)
    return found | controls(x, seed)


def controls(x: torch.Tensor, seed: int) -> dict[str, np.ndarray]:
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


def _scores(
    model: nn.Module, x: torch.Tensor, label: int, values: np.ndarray, mask: np.ndarray, seed: int
) -> dict[str, float]:
    ranked = measures.order(values, seed)
    blurred = functional.avg_pool2d(functional.pad(x, (5,) * 4, mode="replicate"), 11, 1)
    found = {
        "energy": measures.energy(values, mask),
        "pointing": measures.pointing(values, mask),
        "overlap": measures.overlap(values, mask, seed),
    }
    found_curves = curves(model, x, label, ranked, (torch.zeros_like(x), blurred))
    for suffix, (away, in_place) in zip(("", "_blur"), found_curves, strict=True):
        found |= {f"deletion{suffix}": measures.area(away), f"insertion{suffix}": measures.area(in_place)}
    return found


def curves(
    model: nn.Module, x: torch.Tensor, label: int, ranked: np.ndarray, fills: tuple[torch.Tensor, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each fill, the class's probability as the strongest pixels are filled in, and as they alone are put on it."""
    size = x.shape[-2] * x.shape[-1]
    rank = np.empty(size, int)
    rank[ranked] = np.arange(size)
    cuts = np.linspace(0, size, STEPS + 1).round()
    first = torch.from_numpy(rank[None] < cuts[:, None]).view(len(cuts), 1, *x.shape[-2:])
    pairs = [(torch.where(first, fill, x), torch.where(first, x, fill)) for fill in fills]
    batch = capture.as_wanted(model, torch.cat([one for pair in pairs for one in pair]))
    with tracing.borrowed(model), tracing.untouched(model), torch.no_grad():
        chances = torch.softmax(model(batch).double(), 1)[:, label].cpu().numpy().reshape(len(fills), 2, len(cuts))
    return [(away, in_place) for away, in_place in chances]


def agreement(maps: list[list[np.ndarray]]) -> np.ndarray:
    """[k, k]: Spearman's rank correlation of two contestants' maps, averaged over the images; 0 with a constant one."""
    total = np.zeros((len(maps), len(maps)))
    images = len(maps[0])
    for number in range(images):
        ranks = np.stack([_ranks(one[number]) for one in maps])
        centred = ranks - ranks.mean(1, keepdims=True)
        sizes = np.linalg.norm(centred, axis=1)
        scaled = centred / np.where(sizes > 0, sizes, 1)[:, None]
        total += scaled @ scaled.T
    return total / images


def _ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each pixel, equal ones sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: np.ndarray = ((last - counts + 1 + last) / 2)[place.ravel()]
    return ranks
