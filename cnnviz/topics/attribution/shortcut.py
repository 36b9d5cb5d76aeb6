"""A planted shortcut: one network learned to read a square in the corner, its twin could not; which methods see that?

Both were trained alike on the same images (`datasets.planted_cue`): for the one the square's colour names the class,
for the other it is drawn. What a map says of the square is known for both. Two such networks ship, for the shapes;
`planting` has the settings for any other data set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from cnnviz import capture, datasets, tracing
from cnnviz.begun import Begun
from cnnviz.datasets import planted_cue
from cnnviz.networks import Network
from cnnviz.topics.attribution import contestants, measures
from cnnviz.topics.attribution.shortcut_records import PlantedShortcut, Pointed

Progress = Callable[[float], object]
SHAPES = contestants.SHAPES
Tried = tuple[list[dict[str, float]], dict[str, str]]  # method → its share, by the one and its twin; who does not fit
LEAST = 5  # images: fewer say nothing of a method


class TooFewRight(ValueError):
    """Not enough test images that both networks get right, with the remedy in the same sentence."""


def run(
    cue: Network, twin: Network, count: int, *, images: str = SHAPES, more: Sequence[str] = (),
    progress: Progress | None = None, begun: Begun[Tried] | None = None,
) -> PlantedShortcut:  # fmt: skip
    """All methods and controls on the first `count` test images that both networks get right.

    images: the data set. more: of `contestants.SLOWER`, which are asked, too. progress: called with the share that is
    done; what it raises ends it. begun: where each image is kept once it is done; those that are there already are not
    done again. Raises TooFewRight.
    """
    data = datasets.load(planted_cue.CUE + images, split="test")
    places = right_for_both(cue, twin, images)[:count]
    if len(places) < LEAST:
        raise TooFewRight(
            f"Both networks get only {len(places)} of the {len(data)} test images right while the patch is there, and "
            f"{LEAST} are needed. More images, or fewer and more different classes, would help."
        )
    begun = Begun() if begun is None else begun
    mask = planted_cue.mask(*data.images.shape[2:])
    for number, place in enumerate(places):
        if number not in begun:
            since, absent, label = time.perf_counter(), dict[str, str](), int(data.labels[place])
            shares = []
            for network in (cue, twin):
                x = prepared(network, data.images[place : place + 1])
                maps = contestants.maps_of(network.model, x, label, number, absent, more=more)
                shares.append({name: measures.energy(values, mask) for name, values in maps.items()})
            begun.keep(number, (shares, absent), time.perf_counter() - since)
        if progress is not None:
            progress((number + 1) / len(places))
    scores: dict[str, tuple[list[float], list[float]]] = {}
    absent = {}
    for shares, missing in begun.first(len(places)):
        absent |= missing
        for which, found in enumerate(shares):
            for name, share in found.items():
                scores.setdefault(name, ([], []))[which].append(share)
    methods = tuple(
        Pointed(name, contestants.title(name), name in contestants.CONTROLS, np.array(one), np.array(other))
        for name, (one, other) in scores.items()
    )
    right = {"cue": accuracies(cue, images), "twin": accuracies(twin, images)}
    return PlantedShortcut(methods, len(places), float(mask.mean()), right, absent)


def right_for_both(cue: Network, twin: Network, images: str = SHAPES) -> list[int]:
    """The test images with a square, by their place, that both networks get right."""
    data = datasets.load(planted_cue.CUE + images, split="test")
    both = _answers(cue, data.images).eq(data.labels) & _answers(twin, data.images).eq(data.labels)
    places: list[int] = both.nonzero()[:, 0].tolist()
    return places


def accuracies(network: Network, images: str = SHAPES) -> tuple[float, float, float]:
    """The share of the test images that it gets right: its class's colour, the next class's colour, no square."""
    data = datasets.load(images, split="test")
    codes = (data.labels, (data.labels + 1) % len(data.classes))
    sets = (*(planted_cue.painted(data.images, one) for one in codes), data.images)
    first, second, third = (float(_answers(network, one).eq(data.labels).float().mean()) for one in sets)
    return first, second, third


def _answers(network: Network, images: torch.Tensor) -> torch.Tensor:
    """The likeliest class of each image [N, C, H, W] uint8: [N] int64."""
    x = capture.as_wanted(network.model, prepared(network, images))
    with tracing.borrowed(network.model), tracing.untouched(network.model), torch.no_grad():
        return torch.cat([network.model(part).argmax(1) for part in x.split(250)]).cpu()


def prepared(network: Network, images: torch.Tensor) -> torch.Tensor:
    """Images [N, C, H, W] uint8 as the network takes them."""
    mean, std = (torch.tensor(one).view(-1, 1, 1) for one in (network.spec.mean, network.spec.std))
    return (images.float() / 255 - mean) / std
