"""Gradients through a real network: the packet for `depth_curves`, and what they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures.numbers import number, on_log_scale
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


def verdict(found: NetworkDepth) -> str:
    """First against last layer, the strongest and the weakest pull, in Markdown."""
    norms = found.weight_gradients
    if not np.isfinite(norms).all() or not norms.all():
        return (
            f"{int((norms == 0).sum())} of {len(norms)} layers get no gradient at all from the logit of {found.target}."
        )
    most, least = int(norms.argmax()), int(norms.argmin())
    return (
        f"The logit of **{found.target}** pulls the first layer ({found.names[0]}) with {number(float(norms[0]))} and "
        f"the last one ({found.names[-1]}) with {number(float(norms[-1]))}: a ratio of "
        f"**{number(float(norms[0] / norms[-1]))}** over {len(norms)} layers. "
        f"Strongest: {found.names[most]} ({number(float(norms[most]))}); weakest: "
        f"{found.names[least]} ({number(float(norms[least]))})."
    )


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
            "pulled = network.weight_gradients(opened.model, x, target, [one.module for one in layers])",
            "norms = {one.key: item.norm().item() for one, item in zip(layers, pulled)}",
            "for key, norm in norms.items():",
            '    print(f"{key}: {norm:.3e}")',
        ]
    )


def _curves(found: NetworkDepth) -> figures.GradientCurves:
    """One run: the smallest and the largest are the value itself."""
    weights, activations = ([on_log_scale(norms)] * 3 for norms in (found.weight_gradients, found.activation_gradients))
    return {"seeds": 1, "weight_gradients": weights, "activation_gradients": activations}
