"""The trained network's first maps on the picture at hand, under today's choice and any older one."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.lenet_then_and_now import figures, stages
from pages.learn.lenet_then_and_now import cache, snippets
from pages.shared import image_picker
from pages.shared.charts import theme
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges


@st.fragment
def show() -> None:
    current = image_picker.popover(cache.spec())
    with st.container(horizontal=True):
        activation = st.segmented_control(
            "Activation", list(stages.ACTIVATIONS), default="sigmoid", required=True, key="lenet.activation",
            bind="query-params",
        )  # fmt: skip
        pooling = st.segmented_control(
            "Pooling", stages.POOLINGS, default="average", required=True, key="lenet.pooling", bind="query-params"
        )
    left, right = st.columns(2, gap="medium")
    today = cache.first_maps(current.digest, *stages.TODAY, current.image)
    other = cache.first_maps(current.digest, activation or "sigmoid", pooling or "average", current.image)
    for column, found, words in ((left, other, "your choice"), (right, today, "today's, as it was trained")):
        with column:
            st.markdown(f"**{found.activation}, {found.pooling} pooling** ({words})")
            for values, step in ((found.active, f"after {found.activation}"), (found.pooled, "after pooling")):
                st.image(figures.maps_png(values, theme=theme()), output_format="PNG", caption=step, width="stretch")
            st.markdown(figures.maps_words(found))
    st.caption(
        "The six maps of the shipped LeNet-5's first convolution. Its weights were trained with ReLU and max pooling; "
        "another choice here shows what that choice does to the same numbers, not what a network trained with it sees."
    )
    badges(cache.as_trained(current.digest, current.image))
    drawn = figures.maps_png(other.pooled, theme=theme())
    downloads([("The maps after pooling (PNG)", "lenet_maps.png", "image/png", lambda: drawn)], key="lenet.picture")
    snippets.picture(current, other.activation, other.pooling)
