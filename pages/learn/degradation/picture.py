"""The image at hand in a residual network that was drawn from a seed: what each block adds before any training."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.topics.degradation import captions, questions, residual_plans, tables
from pages.learn.degradation import cache, snippets
from pages.shared import image_picker, predict
from pages.shared.charts import chart, theme


@st.fragment
def show() -> None:
    """Draw what each block adds before any training."""
    current = image_picker.popover()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.segmented_control(
            captions.LAYERS, residual_plans.DEPTHS, default=residual_plans.DEPTHS[0], required=True,
            key="degradation.depth", bind="query-params",
        )  # fmt: skip
        shortcut = st.segmented_control(
            captions.SHORTCUT, list(captions.SHORTCUTS), format_func=captions.SHORTCUTS.__getitem__,
            default="padding", required=True,
            key="degradation.shortcut", bind="query-params",
        )  # fmt: skip
        seed = st.number_input(captions.SEED, 0, 9999, 0, key="degradation.seed", bind="query-params", width=120)
        identity = st.toggle(captions.IDENTITY, key="degradation.identity", bind="query-params")
    chosen: dict[str, Any] = {
        "depth": int(depth or residual_plans.DEPTHS[0]), "shortcut": shortcut or "padding",
        "identity_start": bool(identity),
        "seed": int(seed),
    }  # fmt: skip
    found = cache.at_start(current.digest, current.image, **chosen)
    chart(tables.start_chart(found, theme=theme()), key="degradation.start")
    st.markdown(captions.start(found))
    predict.ask("Your image, before training", questions.begun(found))
    snippets.picture(current, chosen)
