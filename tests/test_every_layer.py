"""Whatever Explore can open, it opens: every layer of networks of every kind, on the canvas, as a mosaic, as a unit."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz import anatomy, capture, images, networks, samples, units
from cnnviz.figures import maps
from cnnviz.records import Layer, Unit
from cnnviz.topics.explore import canvas, figures
from tests.support.exhaustive import sample

NETWORKS = (
    "fc2layer", "cnn", "lenet5", "lenet5_1998", "net", "vgg_cifar", "resnet20", "efficientnet_lite0", "resnet18",
    "squeezenet1_0", "shufflenet_v2_x0_5", "mobilenet_v3_small", "regnet_y_400mf", "googlenet", "vit_b_16", "swin_t",
)  # fmt: skip


def share(unit: Unit) -> float:
    """The difference between the recorded and the computed value, as a share of what was summed up."""
    size = abs(unit.recorded) if unit.products is None else float(np.abs(unit.products).sum())
    return (unit.difference or 0.0) / max(1.0, size)


def drawable(layer: Layer) -> bool:
    meta = maps.mosaic_data(layer, network_limit=1.0)["meta"]
    return int(np.prod(meta["maps"])) == layer.values.size


@pytest.mark.parametrize("name", sample(NETWORKS, set(NETWORKS) - {"googlenet", "regnet_y_400mf", "resnet20"}))
def test_every_layer_opens_and_its_strongest_unit_is_explained(name: str) -> None:
    opened = networks.open_network(name)
    picture = samples.read(samples.fitting(opened.spec))
    tensor = images.prepare(picture, opened.spec).tensor
    recording = capture.activations(opened.model, tensor)
    fields = anatomy.fields(opened.model, opened.spec.input_shape)
    drawn = canvas.network(recording, classes=opened.spec.classes)
    assert drawn.atlas
    explained, alike = 0, set()
    for layer in recording:
        assert drawable(layer), layer.key
        if (kind := (layer.operation, layer.shape, len(layer.inputs))) in alike:
            continue  # twelve blocks of an encoder are computed as one
        alike.add(kind)
        cell = figures.strongest(layer.values)
        unit = units.explain(opened.model, tensor, recording, layer.key, *cell, fields=fields)
        assert figures.card(unit, picture_shape=opened.spec.input_shape[1:])
        assert share(unit) < 1e-5, (layer.key, unit.recorded, unit.computed)
        explained += unit.computed is not None
    assert explained >= 0.85 * len(alike), f"{explained} of {len(alike)} units could be computed"
