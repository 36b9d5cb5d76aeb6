"""Gradients through a real network: the packet for `depth_curves`, and the snippet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnviz.figures.numbers import on_log_scale
from cnnviz.topics.gradients import figures
from cnnviz.topics.gradients.records import NetworkDepth


def packet(found: NetworkDepth, past: Sequence[NetworkDepth] = ()) -> tuple[dict[str, Any], bytes]:
    """(header, blob) as `figures.packet` makes them, with the layers' names and without a bound."""
    strip = found.strip
    frame = {
        "label": found.label, "step": 0, "loss": 0.0, "names": list(found.names), "bound": [], "weighed": [],
        **_curves(found),
        "columns": {
            name: on_log_scale(getattr(found, name), zero=False) for name in ("mean", "std", "zeros", "weight_norms")
        },
        "strip": figures.strip_header(strip),
        "ranges": figures.ranges(found.activations, found.gradients),
    }  # fmt: skip
    header = {
        "frames": [frame],
        "past": [{"label": item.label, **_curves(item)} for item in past],
        "bins": strip.shares.shape[1],
    }
    return header, figures.bars(strip, found.activations, found.gradients)


def snippet(choice: str, source: str, *, fit: str) -> str:
    """Runs as it stands: `norms` holds ‖∂logit/∂W‖ of every layer with weights."""
    name = source.removeprefix("sample:")
    read = f"images.read({source!r})" if name == source else f"samples.read({name!r})"
    return "\n".join(
        [
            "from cnnviz import capture, images, networks, samples",
            "from cnnviz.topics.gradients import network",
            "",
            f"opened = networks.open_network({choice!r})",
            f"x = images.prepare({read}, opened.spec, fit={fit!r}).tensor",
            "recording = capture.activations(opened.model, x)",
            "layers = network.weighted(opened.model, recording)",
            "target = int(recording.logits.argmax())",
            "gradients = network.weight_gradients(opened.model, x, target, [one.module for one in layers])",
            "norms = {one.key: item.norm().item() for one, item in zip(layers, gradients)}",
            "for key, norm in norms.items():",
            '    print(f"{key}: {norm:.3e}")',
        ]
    )


def _curves(found: NetworkDepth) -> dict[str, Any]:
    """One run: the smallest and the largest are the value itself."""
    return {"seeds": 1} | {
        name: [on_log_scale(getattr(found, name))] * 3 for name in ("weight_gradients", "activation_gradients")
    }
