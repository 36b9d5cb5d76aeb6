"""The receptive field: how it grows with depth, drawn on the image at hand for the layer that is scrubbed."""

from __future__ import annotations

import streamlit as st

from cnnviz import anatomy
from cnnviz.images import ImageError
from cnnviz.plain_text import escaped
from cnnviz.topics.architectures import captions, field_growth_figures
from pages.networks.architectures import cache, question, snippets
from pages.networks.architectures.components.field_growth import field_growth
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared.source_box import source_box


def show(here: ArchitectureSelection) -> None:
    """The image with the box, the curve, and what they say."""
    network = here.network
    if not field_growth_figures.steps(network):
        st.info(captions.NO_FIELD, icon=":material/info:")
        return
    try:
        pixels, png = cache.as_seen(here.view, here.shape)
    except ImageError as error:
        st.error(escaped(error), icon=":material/broken_image:")
        return
    st.markdown(captions.field(network))
    key = "architectures.field"
    field_growth(field_growth_figures.packet(network, pixels, key=key), png, key=key)
    st.caption(captions.HOW_TO_LOOK)
    question.ask(here)
    source_box(snippets.fields(here), made_by=(anatomy.fields, captions.field))
