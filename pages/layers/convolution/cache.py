"""What the convolution page keeps, by plain keys: the image as numbers, and what was computed from it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.measurements import pointwise as measured_pointwise
from cnnviz.records.sharing import Pointwise, Stacked
from cnnviz.topics.convolution import (
    board_settings,
    captions,
    filter_captions,
    filtering,
    pixel_values,
    sharing_captions,
)
from cnnviz.topics.convolution import intermediate_maps as measured_maps
from cnnviz.topics.convolution import layer_patch as measured_patch
from cnnviz.topics.convolution import stacks as measured_stacks
from cnnviz.topics.convolution.filter_records import Denoising
from cnnviz.topics.convolution.intermediate_records import IntermediateMaps
from cnnviz.topics.convolution.layer_patch import LayerPatch
from pages.shared import cache
from pages.shared.view import View, by_view


@st.cache_resource(max_entries=12, show_spinner=False)
def squares(digest: str, grey: bool, *, _picture: Image.Image) -> dict[int, np.ndarray]:
    """The middle square of that image at every size of the board, [1 or 3, n, n] float64, hundredths from 0 to 1."""
    low, high = board_settings.BOUNDS["pixels"]
    return {size: pixel_values.square(_picture, size, grey=grey) for size in range(low, high + 1)}


@st.cache_resource(max_entries=8, show_spinner=False)
def whole(digest: str, longest: int, grey: bool, *, _picture: Image.Image) -> np.ndarray:
    """That image, [1 or 3, H, W] float64, 0 to 1, its long side at most `longest`."""
    return pixel_values.whole(_picture, longest, grey=grey)


@st.cache_resource(max_entries=6, show_spinner=filter_captions.CALCULATING)
def denoised(
    digest: str, longest: int, grey: bool, noise: tuple[str, float, int], *, _picture: Image.Image
) -> Denoising:
    """The image with that noise (kind, amount, seed), and what each filter makes of it."""
    return filtering.denoise(whole(digest, longest, grey, _picture=_picture), *noise)


@st.cache_resource(max_entries=32, show_spinner=False)
def stacks(width: int, channels: int, size: int) -> tuple[Stacked, ...]:
    """One kernel of that width against the stacks that see as much."""
    return measured_stacks.compare(width, channels, size)


@by_view(max_entries=2, show_spinner=sharing_captions.POINTWISE_CALCULATING)
def pointwise(view: View, key: str) -> Pointwise:
    """That layer's own weights as a convolution and as a linear layer, on what it read of that image."""
    seen = cache.look(view)
    return measured_pointwise.of_layer(cache.network(view.choice).model, seen.recording, key)


@by_view(max_entries=16)
def layer_patch(view: View, place: tuple[str, int, int]) -> LayerPatch:
    """A piece of that layer. place: (layer, output channel, cells a side)."""
    seen = cache.look(view)
    key, output, size = place
    return measured_patch.cut(cache.network(view.choice).model, seen.recording, key, output=output, size=size)


@by_view(max_entries=4, show_spinner=captions.MAPS_CALCULATING)
def intermediate_maps(view: View, key: str, output: int) -> IntermediateMaps:
    """What each input channel adds to one output channel of that layer."""
    seen = cache.look(view)
    return measured_maps.measure(cache.network(view.choice).model, seen.recording, key, output=output)
