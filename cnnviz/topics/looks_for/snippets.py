"""Snippets of the page "What a unit looks for"; tests run them as they stand."""

from __future__ import annotations


def real_images(choice: str, gallery: str, count: int, layer: str, channel: int) -> str:
    """The patches of one channel by the library."""
    return f"""from cnnviz import galleries, networks
from cnnviz.topics.looks_for import patches, responses

network = networks.open_network({choice!r})
gallery = galleries.of({gallery!r}, network.spec, {count})
found = responses.of(network.model, gallery, {layer!r})
for patch in patches.driving(found, gallery, {channel}).highest:
    print(gallery.title(patch.image), "cell", patch.cell, "box", patch.box, "value", patch.value)"""


def made_image(choice: str, layer: str, channel: int, steps: int, seed: int) -> str:
    """An image made for a channel by the library."""
    return f"""from cnnviz import networks
from cnnviz.topics.looks_for import ascent

network = networks.open_network({choice!r})
for frame in ascent.climb(network.model, network.spec, {layer!r}, {channel}, steps={steps}, seed={seed}):
    print("step", frame.step, "of", frame.steps, "the channel's mean", round(frame.value, 4))
print(frame.picture.shape, "pixels, 0 to 255")"""
