"""The trained network's first maps on the image at hand, under today's choice and any older one."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.lenet_then_and_now import captions, figures, questions, stages
from pages.learn.lenet_then_and_now import cache, snippets
from pages.shared import image_picker, predict
from pages.shared.charts import theme
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges


@st.fragment
def show() -> None:
    """Draw the first maps of one's own image."""
    current = image_picker.popover(cache.spec())
    with st.container(horizontal=True):
        activation = st.segmented_control(
            captions.ACTIVATION, list(stages.ACTIVATIONS), default="sigmoid", required=True, key="lenet.activation",
            bind="query-params",
        )  # fmt: skip
        pooling = st.segmented_control(
            captions.POOLING,
            stages.POOLINGS,
            default="average",
            required=True,
            key="lenet.pooling",
            bind="query-params",
        )
    left, right = st.columns(2, gap="medium")
    today = cache.first_maps(current.digest, *stages.TODAY, current.image)
    other = cache.first_maps(current.digest, activation or "sigmoid", pooling or "average", current.image)
    for column, found, heading in ((left, other, captions.chosen(other)), (right, today, captions.today(today))):
        with column:
            st.markdown(heading)
            for values, step in ((found.active, found.activation), (found.pooled, f"{found.pooling} pooling")):
                said = captions.after(values, step)
                st.image(figures.maps_png(values, theme=theme()), output_format="PNG", caption=said, width="stretch")
            st.markdown(captions.maps(found))
    st.caption(captions.SAME_WEIGHTS)
    badges(cache.as_trained(current.digest, current.image))
    predict.ask("The first maps of your image", questions.pooled(other))
    drawn = figures.maps_png(other.pooled, theme=theme())
    downloads([(captions.POOLED_PNG, "lenet_maps.png", "image/png", lambda: drawn)], key="lenet.picture")
    snippets.picture(current, other.activation, other.pooling)
