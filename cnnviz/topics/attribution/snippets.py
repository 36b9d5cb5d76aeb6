"""Snippets of the page "Why this answer?"; tests run them as they stand."""

from __future__ import annotations

from cnnviz.records.attribution import Target


def one_method(choice: str, sample: str, fit: str, method: str, target: Target, layer: str) -> str:
    """One map by the library, with its law."""
    other = f', "difference", {target.other}' if target.kind == "difference" else ""
    return f"""from cnnviz import attribution, images, networks, samples
from cnnviz.records.attribution import Target

network = networks.open_network({choice!r})
x = images.to_tensor(samples.read({sample!r}), network.spec, fit={fit!r})
found = attribution.explain(network.model, x, {method!r}, Target({target.index}{other}), layer={layer!r})
print("f(x) =", found.value, "sum of the map =", found.map.sum(), "cells:", found.native.shape)
print("law:", found.law and (found.law.claim, found.law.difference, found.law.tolerance))"""
