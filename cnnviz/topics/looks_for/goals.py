"""What an image is made for: a unit, a direction between two kinds of images, another image's features, or more of all.

A goal says at which layer the pass stops and makes one number an image of what stands there, [N, …] → [N]; the image
is changed so that the number grows.

- `unit`: the channel's mean; a class is a unit of the last layer. `cell`: its middle cell alone.
- `direction`: the channels' means along the way from one class's mean to another's: what many channels say together.
- `known`: minus the squared distance to what the layer makes of an image, in shares of its square: "what this layer
  still knows". A. Mahendran, A. Vedaldi: Understanding Deep Image Representations by Inverting Them (2015),
  https://arxiv.org/abs/1412.0035; their prior on the pixels is here the spectrum's falling strength.
- `dream`: half the mean square of the layer: more of whatever it sees already. A. Mordvintsev, C. Olah, M. Tyka:
  Inceptionism (2015), https://research.google/blog/inceptionism-going-deeper-into-neural-networks/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz.galleries import Gallery
from cnnviz.records import Array
from cnnviz.topics.looks_for import responses
from cnnviz.topics.looks_for.records import Direction

MOST = 40  # images of each class whose features are averaged
Score = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, eq=False)
class Goal:
    """layer: where the pass stops. score: what stands there, [N, …], to one number an image, [N]."""

    layer: str
    score: Score


def unit(layer: str, channel: int) -> Goal:
    """A channel's mean over its cells."""
    return Goal(layer, lambda values: means(values)[:, channel])


def cell(layer: str, channel: int) -> Goal:
    """A channel's middle cell; of a vector, which has no cells, its number."""

    def score(values: torch.Tensor) -> torch.Tensor:
        if values.dim() != 4:
            return means(values)[:, channel]
        return values[:, channel, values.shape[2] // 2, values.shape[3] // 2]

    return Goal(layer, score)


def direction(layer: str, vector: Array) -> Goal:
    """The channels' means along a vector [C]."""
    along = torch.from_numpy(vector.astype(np.float32))
    return Goal(layer, lambda values: means(values) @ along.to(values))


def known(layer: str, wanted: torch.Tensor) -> Goal:
    """Minus the squared distance to `wanted`, what the layer made of an image [1, …], in shares of its square."""
    size = wanted.square().sum().clamp_min(1e-12)
    return Goal(layer, lambda values: -(values - wanted.to(values)).square().flatten(1).sum(1) / size.to(values))


def dream(layer: str) -> Goal:
    """Half the mean square of everything in the layer."""
    return Goal(layer, lambda values: values.square().flatten(1).mean(1) / 2)


def means(values: torch.Tensor) -> torch.Tensor:
    """[N, C]: maps [N, C, h, w] averaged over their cells, vectors as they are."""
    return values.mean((2, 3)) if values.dim() == 4 else values.reshape(len(values), -1)


def between(model: nn.Module, gallery: Gallery, layer: str, start: int, end: int) -> Direction:
    """The direction from class `start` to class `end` of the gallery, by their images' mean features.

    Raises ValueError where one of them has fewer than two images here, or both have the same mean.
    """
    places = [np.flatnonzero(gallery.labels == label)[:MOST] for label in (start, end)]
    if min(map(len, places)) < 2 or start == end:
        raise ValueError("a direction needs two classes with two images each")
    row = responses.row_of(model, gallery.spec.input_shape, layer)
    first, second = (_features(model, gallery, place, row) for place in places)
    way = second.mean(0) - first.mean(0)
    length = float(np.linalg.norm(way))
    if not np.isfinite(length) or length == 0:
        raise ValueError("the two classes have the same mean at this layer")
    along = np.full(len(gallery), np.nan)
    for place, found in zip(places, (first, second), strict=True):
        along[place] = found @ (way / length)
    ends = (float((first @ way).mean() / length), float((second @ way).mean() / length))
    return Direction((way / length).astype(np.float32), along, ends, _right(first, second), sum(map(len, places)))


def _features(model: nn.Module, gallery: Gallery, places: Array, row: responses.Row) -> Array:
    found = []
    for part in responses.parts(len(places), gallery.spec.input_shape):
        values = responses.layer_values(model, gallery.batch(places[part].tolist()), row)
        found.append(values.mean(-1).double().cpu().numpy())
    whole: Array = np.concatenate(found)
    return whole


def _right(first: Array, second: Array) -> float:
    """Each image against the means of the others: nearer to its own class's mean, along their line?"""
    good = 0
    for own, other in ((first, second), (second, first)):
        for place in range(len(own)):
            rest = np.delete(own, place, 0).mean(0)
            away = other.mean(0)
            good += float((own[place] - (rest + away) / 2) @ (rest - away)) > 0
    return good / (len(first) + len(second))
