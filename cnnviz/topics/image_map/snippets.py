"""The snippet of the page "A map of the images"; a test runs it as it stands."""

from __future__ import annotations


def separability(choice: str, gallery: str, count: int) -> str:
    """The neighbours' votes at every layer by the library."""
    return f"""from cnnviz import galleries, networks
from cnnviz.topics.image_map import features, neighbours

network = networks.open_network({choice!r})
gallery = galleries.of({gallery!r}, network.spec, {count})
found = features.of(network.model, gallery)
for layer, values in zip(found.layers, found.values):
    near = neighbours.nearest(values, values[:0])
    print(layer, values.shape, neighbours.parted(layer, near, gallery.labels))"""
