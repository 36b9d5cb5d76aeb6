"""A layer that reads many channels: the map that each of them adds, their sum, the bias, and what was recorded."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures import maps, pictures, predictions
from cnnviz.topics.convolution import captions, intermediate_maps
from cnnviz.topics.convolution.intermediate_records import IntermediateMaps
from pages.shared.charts import theme
from pages.shared.components.mosaic import mosaic
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

WIDTH = 220  # pixels: the sum and the recorded map


def snippet(choice: str, picture: str, place: tuple[str, int], *, fit: str) -> str:
    """The same maps in a script of one's own. picture: a file, or "sample:<name>"; place: (layer, output channel)."""
    return (
        "from cnnviz.topics.convolution import intermediate_maps\n"
        + predictions.prelude(choice, picture, fit=fit)
        + f"found = intermediate_maps.measure(network.model, record, {place[0]!r}, output={place[1]})\n"
        + "print(found.layer.values.shape, found.strongest(), found.proof.difference)\n"
    )


def show(found: IntermediateMaps, script: str) -> None:
    """Every intermediate map in one mosaic, Σ + bias beside the recorded channel, the proof."""
    st.markdown(captions.strongest_channels(found))
    mosaic(maps.mosaic_data(found.layer), key="convolution.intermediate")
    left, right = st.columns(2)
    for column, values, words in (
        (left, found.total, captions.sum_of_maps(found)),
        (right, found.recorded, captions.recorded_channel(found)),
    ):
        large = pictures.enlarge_to(np.asarray(values, dtype=np.float32), 2 * WIDTH)
        picture = maps.mosaic_png(large[None], theme=theme())
        column.image(picture, output_format="PNG", caption=words, width=WIDTH)
    badges(found.proof)
    source_box(script, made_by=(intermediate_maps.measure,))
