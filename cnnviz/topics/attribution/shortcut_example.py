"""One image of the planted shortcut, with its square and without, as both networks see it: answers and maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from cnnviz import attribution, capture, datasets
from cnnviz.datasets import planted_cue
from cnnviz.networks import Network
from cnnviz.records.attribution import Target
from cnnviz.topics.attribution import contestants, measures, shortcut

METHODS = ("integrated_gradients", "grad_cam", "occlusion")  # by pixels, by a layer's maps, by covering


@dataclass(frozen=True, eq=False)
class Seen:
    """One image in one network. network: "cue" or "twin". square: whether it is painted in.

    picture: [H, W, 3] uint8. label, chance: of the likeliest class, 0 to 1; right: whether it is the true one. maps:
    method → [H, W], of the image's true class; shares: of what speaks for it, how much lies where the square is.
    """

    network: str
    square: bool
    picture: np.ndarray
    label: str
    chance: float
    right: bool
    maps: dict[str, np.ndarray]
    shares: dict[str, float]


def example(cue: Network, twin: Network, number: int, images: str = shortcut.SHAPES) -> tuple[Seen, ...]:
    """The number-th test image, from 0, that both get right with the square: cue with and without it, then the twin.

    images: the data set. Raises IndexError where there are fewer.
    """
    painted, plain = (datasets.load(name, split="test") for name in (planted_cue.CUE + images, images))
    place = shortcut.right_for_both(cue, twin, images)[number]
    truth = int(painted.labels[place])
    return tuple(
        _seen(name, network, image, truth, square=square)
        for name, network in (("cue", cue), ("twin", twin))
        for image, square in ((painted.images[place], True), (plain.images[place], False))
    )


def _seen(name: str, network: Network, image: torch.Tensor, truth: int, *, square: bool) -> Seen:
    x = shortcut.prepared(network, image[None])
    chances = torch.softmax(torch.tensor(capture.logits(network.model, x), dtype=torch.float64).reshape(-1), 0)
    likeliest = int(chances.argmax())
    maps = {
        method: attribution.explain(network.model, x, method, Target(truth), **contestants.EXTRA.get(method, {})).map
        for method in METHODS
    }
    mask = planted_cue.mask(*image.shape[1:])
    shares = {method: measures.energy(values, mask) for method, values in maps.items()}
    picture = np.moveaxis(image.expand(3, -1, -1).numpy(), 0, -1)
    label = network.spec.classes[likeliest]
    return Seen(name, square, picture, label, float(chances[likeliest]), likeliest == truth, maps, shares)
