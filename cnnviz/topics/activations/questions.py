"""What can be asked about logits, maps, swaps and neurons at hand, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnviz.topics.activations.records import Deaths, MapEffects, NeuronDescent, Softmax, Swapped

Wanted = tuple[str, dict[str, Any]]
CELLS = 8  # of a map that are written in a line


def odds(results: Sequence[Softmax], labels: Sequence[str]) -> list[Wanted]:
    """The two largest logits, without a temperature and with those on show."""
    logits = np.asarray(results[0].logits, dtype=np.float64)
    if len(logits) < 2:
        return []
    second, first = (int(at) for at in np.argsort(logits, kind="stable")[-2:])
    pair = {
        "first": labels[first], "second": labels[second], "logits": (float(logits[first]), float(logits[second])),
    }  # fmt: skip
    return [("tempered_odds", {**pair, "temperatures": [one.temperature for one in results]}), ("odds", pair)]


def flat(found: MapEffects) -> Wanted:
    """Cells from the smallest to the largest of the map that feeds the layer."""
    cells = np.sort(found.before[np.isfinite(found.before)].ravel())
    places = np.linspace(0, len(cells) - 1, CELLS).round().astype(int)
    values = [round(float(one), 2) for one in cells[places]] if len(cells) else []
    return "flat_cells", {"values": list(dict.fromkeys(values)), "threshold": found.threshold}


def reached(found: Swapped, layer: str, title: str, layers: int) -> Wanted:
    """How many of all layers the swap leaves alone. layer: the first it was put in; layers: how many were recorded."""
    changed = int((np.asarray(found.change) != 0).sum())
    state = {"layer": layer, "function": title, "layers": layers, "unchanged": layers - changed}
    return "unchanged_layers", {**state, "swapped": found.swapped}


def directions(sigmoid: NeuronDescent, tanh: NeuronDescent, batch: int) -> Wanted:
    """In how many steps both weights went the same way."""
    together = {name: round(one.same_sign * one.steps) for name, one in (("sigmoid", sigmoid), ("tanh", tanh))}
    return "same_direction", {"steps": sigmoid.steps, **together, "batch": batch}


def killing(found: Deaths) -> list[Wanted]:
    """The smallest rate that kills the ReLU neuron, where there is one."""
    if found.threshold is None:
        return []
    rates = [float(one) for one in found.relu.rates]
    state = {"digits": found.digits, "rates": rates, "kills": found.threshold, "diverges": found.edge}
    return [("killing_rate", state)]
