"""How neurons learn with one activation or another, for the components that play and scrub it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.activations.records import Deaths, Dying, NeuronDescent


class DescentPath(TypedDict):
    """One descent: where it went, and which examples' gradients took it there."""

    title: str
    path: list[list[float]]
    gradients: list[list[float]]
    losses: list[float]
    goal: list[float]
    examples: list[list[list[float]]]
    errors: list[list[float]] | list[float]
    lowest: float
    highest: float
    same: float
    length: float
    straight: float


class Descents(TypedDict):
    """low, high: of both weights. grid: cells a side of each plane of losses."""

    low: float
    high: float
    grid: int
    paths: list[DescentPath]


class DescentPairPacket(Descents, Sealed):
    """For the component descent_pair. surface0, surface1: the planes, float32."""

    surface0: bytes
    surface1: bytes


class DyingOne(TypedDict):
    """deadAt: the step after which it never answers again, −1 for never; of each rate."""

    title: str
    deadAt: list[int]


class DyingNeurons(TypedDict):
    """side: of a digit. start: the rate that it opens on."""

    rates: list[float]
    steps: int
    side: int
    digits: list[int]
    labels: list[int]
    threshold: float | None
    start: int
    neurons: list[DyingOne]


class DyingNeuronMeta(DyingNeurons, Sealed):
    """With its digest."""


class DyingNeuronPacket(TypedDict):
    """For the component dying_neuron. blobs, float32: inputs, and of each neuron weights0, bias0, active0, losses0,
    gradient0; [rate, step] or [rate, step, pixels].
    """

    meta: DyingNeuronMeta
    blobs: dict[str, bytes]


def descents(found: tuple[NeuronDescent, NeuronDescent], titles: Mapping[str, str]) -> DescentPairPacket:
    """For descent_pair: the paths with their gradients and examples, and each plane of losses as float32 bytes."""
    header: Descents = {
        "low": found[0].low,
        "high": found[0].high,
        "grid": len(found[0].surface),
        "paths": [_path(one, titles[one.name]) for one in found],
    }
    first, second = (_floats(one.surface) for one in found)
    return {**header, "surface0": first, "surface1": second, "digest": digest(header)}


def _path(one: NeuronDescent, title: str) -> DescentPath:
    inputs = one.inputs[one.examples]
    wrong = (inputs * one.path[:-1, None, :]).sum(axis=2) - one.targets[one.examples]
    return {
        "title": title,
        "path": one.path.tolist(),
        "gradients": one.gradients.tolist(),
        "losses": one.losses.tolist(),
        "goal": one.goal.tolist(),
        "examples": inputs.tolist(),
        "errors": wrong.mean(axis=1).tolist(),
        "lowest": float(one.inputs.min()),
        "highest": float(one.inputs.max()),
        "same": one.same_sign,
        "length": one.length,
        "straight": one.straight,
    }


def deaths(found: Deaths, titles: Mapping[str, str]) -> DyingNeuronPacket:
    """Both neurons at every rate and step, and the examples.

    It opens at the first rate of the sweep that kills, or at the last one.
    """
    dead = np.flatnonzero(found.relu.dead_at >= 0)
    header: DyingNeurons = {
        "rates": found.relu.rates.tolist(),
        "steps": found.relu.active.shape[1] - 1,
        "side": found.side,
        "digits": list(found.digits),
        "labels": found.labels.astype(int).tolist(),
        "threshold": found.threshold,
        "start": int(dead[0]) if dead.size else len(found.relu.rates) - 1,
        "neurons": [_neuron(one, titles[one.name]) for one in (found.relu, found.leaky)],
    }
    blobs = {"inputs": _floats(found.inputs)}
    for index, one in enumerate((found.relu, found.leaky)):
        for part in ("weights", "bias", "active", "losses", "gradient"):
            blobs[f"{part}{index}"] = _floats(getattr(one, part))
    return {"meta": {**header, "digest": digest(header, found.leaky.losses)}, "blobs": blobs}


def _neuron(one: Dying, title: str) -> DyingOne:
    return {"title": title, "deadAt": one.dead_at.tolist()}


def _floats(values: Array) -> bytes:
    """float32, little endian; what it cannot hold becomes its largest number."""
    return np.clip(values, -3e38, 3e38).astype("<f4").tobytes()
