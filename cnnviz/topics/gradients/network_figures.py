"""Gradients through a real network: the packet for `depth_curves`, and the snippet."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.figures.numbers import on_log_scale
from cnnviz.topics.gradients import figures
from cnnviz.topics.gradients.records import NetworkDepth


def packet(found: NetworkDepth, past: Sequence[NetworkDepth] = ()) -> tuple[figures.DepthCurvesPacket, bytes]:
    """(header, blob) as `figures.packet` makes them, with the layers' names and without a bound."""
    strip = found.strip
    frame: figures.DepthFrame = {
        **_curves(found),
        "label": found.label, "step": 0, "loss": 0.0, "names": list(found.names), "bound": [], "weighed": [],
        "columns": {
            name: on_log_scale(getattr(found, name), zero=False) for name in ("mean", "std", "zeros", "weight_norms")
        },
        "strip": figures.strip_header(strip),
        "ranges": figures.ranges(found.activations, found.gradients),
    }  # fmt: skip
    header: figures.DepthCurvesPacket = {
        "frames": [frame],
        "past": [{**_curves(item), "label": item.label} for item in past],
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


def _curves(found: NetworkDepth) -> figures.GradientCurves:
    """One run: the smallest and the largest are the value itself."""
    weights, activations = ([on_log_scale(norms)] * 3 for norms in (found.weight_gradients, found.activation_gradients))
    return {"seeds": 1, "weight_gradients": weights, "activation_gradients": activations}
