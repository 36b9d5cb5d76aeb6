"""One's own digit, permuted: what four networks say of it, and what the CNN's kernels find in it."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import pictures
from cnnviz.topics.permuted_pixels import captions, figures, questions
from pages.learn.permuted_pixels import cache, snippets
from pages.shared import image_picker, misfit, number_table, predict
from pages.shared.charts import theme

LAYERS = ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2")
SIZE = 196


@st.fragment
def show() -> None:
    """Draw the part about one's own digit."""
    current = image_picker.popover(cache.spec())
    misfit.show(cache.spec(), current)
    found = cache.answers(current.digest, current.image)
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(horizontal=True):
        for values, caption in ((found.picture, captions.AS_SEEN), (found.permuted, captions.PERMUTED)):
            png = pictures.png(pictures.enlarge_to(values, SIZE))
            st.image(png, output_format="PNG", caption=caption, width=SIZE)
    with right:
        number_table.draw(figures.answers_table(found))
    st.markdown(captions.answers(found))
    layer = st.segmented_control(
        "Layer of the CNN", LAYERS, default="relu1", required=True, key="permuted.layer", bind="query-params"
    )
    maps = cache.feature_maps(current.digest, layer or "relu1", current.image)
    left, right = st.columns(2, gap="medium")
    for column, values, caption in (
        (left, maps.plain, captions.PLAIN_MAPS),
        (right, maps.permuted, captions.PERMUTED_MAPS),
    ):
        column.image(figures.maps_png(values, theme=theme()), output_format="PNG", caption=caption, width="stretch")
    st.markdown(captions.maps(maps))
    predict.ask("Your digit", questions.moved(found))
    snippets.digit(current, layer or "relu1")
