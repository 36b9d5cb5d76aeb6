"""Snippets of the page "Why this answer?"; tests run them as they stand."""

from __future__ import annotations

from cnnviz.figures.predictions import prelude
from cnnviz.records.attribution import Target


def one_method(
    choice: str, sample: str, fit: str, method: str, target: Target, layer: str, baseline: str = "mean"
) -> str:
    """One map by the library, with its law."""
    return f"""from cnnviz import attribution, images, networks, samples
from cnnviz.attribution import baselines
from cnnviz.records.attribution import Target

network = networks.open_network({choice!r})
spec = network.spec
x = images.to_tensor(samples.read({sample!r}), spec, fit={fit!r})
nothing = baselines.of({baseline!r}, x, spec.mean, spec.std)
low, high = baselines.ends(spec.mean, spec.std)
found = attribution.explain(
    network.model, x, {method!r}, {_target(target)}, layer={layer!r}, baseline=nothing, low=low, high=high
)
print("f(x) =", found.value, "sum of the map =", found.map.sum(), "cells:", found.native.shape)
print("law:", found.law and (found.law.claim, found.law.difference, found.law.tolerance))"""


def parts(choice: str, source: str, fit: str, layer: str, count: int) -> str:
    """A layer's parts by the library."""
    return (
        prelude(choice, source, fit=fit)
        + f"""from cnnviz.topics.attribution import parts

found = parts.of(record[{layer!r}].values, {count})
print(len(found.maps), "parts explain", round(found.explained, 4), "after", len(found.errors) - 1, "rounds")
for part in range({count}):
    print("strongest at", found.strongest(part), "channels", found.speakers(part))"""
    )


def _target(target: Target) -> str:
    if target.kind == "difference":
        return f'Target({target.index}, "difference", {target.other})'
    if target.kind == "unit":
        at = "" if target.row is None else f", row={target.row}, column={target.column}"
        return f'Target({target.index}, "unit", layer={target.layer!r}{at})'
    return f"Target({target.index})"
