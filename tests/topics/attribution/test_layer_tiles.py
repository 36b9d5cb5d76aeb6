"""The strip of layers: which are shown, and that each tile is the mean size of its layer's maps."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnviz import capture, images, networks, samples
from cnnviz.figures import palettes
from cnnviz.topics.attribution import layer_tiles


@given(st.integers(1, 200), st.integers(0, 199))
def test_the_last_layer_and_the_chosen_one_are_always_there(count: int, place: int) -> None:
    keys = [f"layer{number}" for number in range(count)]
    current = keys[place % count]
    found = layer_tiles.chosen(keys, current)
    assert {keys[-1], current} <= set(found)
    assert len(found) == min(count, layer_tiles.MOST)
    assert found == sorted(found, key=keys.index)


def test_a_tile_is_the_mean_size_of_the_channels() -> None:
    network = networks.open_network("run:mnist-lenet5-df3d2154")
    recording = capture.activations(network.model, images.to_tensor(samples.read("digit-on-paper"), network.spec))
    found = Image.open(io.BytesIO(layer_tiles.sprite(recording, ["conv1", "pool2"], 56, "light")))
    assert found.size == (112, 56)
    strength = np.abs(recording["conv1"].values).mean(0)
    row, column = np.unravel_index(strength.argmax(), strength.shape)
    scale = 56 / strength.shape[0]
    at = int((column + 0.5) * scale), int((row + 0.5) * scale)
    assert found.convert("RGB").getpixel(at) == tuple(palettes.lut("magnitude", "light")[255])
