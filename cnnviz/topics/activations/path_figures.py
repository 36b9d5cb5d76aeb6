"""How neurons learn with one activation or another, for the components that play and scrub it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnviz.figures.packets import digest
from cnnviz.records import Array
from cnnviz.topics.activations.records import Deaths, Descent, Dying


def descents(found: Sequence[Descent], titles: Mapping[str, str]) -> dict[str, Any]:
    """For descent_pair: the paths with their gradients and examples, and each plane of losses as float32 bytes."""
    header = {
        "low": found[0].low,
        "high": found[0].high,
        "grid": len(found[0].surface),
        "paths": [_path(one, titles[one.name]) for one in found],
    }
    planes = {f"surface{index}": _floats(one.surface) for index, one in enumerate(found)}
    return {**header, **planes, "digest": digest(header)}


def _path(one: Descent, title: str) -> dict[str, Any]:
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


def deaths(found: Deaths, titles: Mapping[str, str]) -> dict[str, Any]:
    """For dying_neuron: both neurons at every rate and step as float32 bytes, and the examples.

    It opens at the first rate of the sweep that kills, or at the last one.
    """
    dead = np.flatnonzero(found.relu.dead_at >= 0)
    header: dict[str, Any] = {
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
    return {**header, **blobs, "digest": digest(header, found.leaky.losses)}


def _neuron(one: Dying, title: str) -> dict[str, Any]:
    return {"title": title, "deadAt": one.dead_at.tolist()}


def _floats(values: Array) -> bytes:
    """float32, little endian; what it cannot hold becomes its largest number."""
    return np.clip(values, -3e38, 3e38).astype("<f4").tobytes()
