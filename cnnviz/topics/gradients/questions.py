"""What can be asked about gradients that were measured, as plain values."""

from __future__ import annotations

from typing import Any

from cnnviz.topics.gradients.records import Depth, NetworkDepth

Wanted = tuple[str, dict[str, Any]]


def steps(start: Depth, rate: float) -> Wanted:
    """The first layer's step beside the last one's, before training. rate: the learning rate."""
    norms = start.middle("weight_gradients")[:-1]  # without the read-out
    return "step_ratio", {"first": float(norms[0]), "last": float(norms[-1]), "rate": rate}


def pulled(found: NetworkDepth) -> Wanted:
    """Which layer of a real network has the largest gradient."""
    layers = zip(found.names, found.weight_gradients, found.weight_norms, strict=True)
    return "pulled_most", {
        "target": found.target, "layers": [(name, float(pull), float(norm)) for name, pull, norm in layers],
    }  # fmt: skip
