"""Your own model: built layer by layer, trained here, or brought along as weights or as a module."""

import streamlit as st

from cnnviz.topics.own_model import captions
from pages.networks.own_model import builder, module, weights
from pages.shared import page_parts, turning, url_state
from pages.shared.navigation import EXPLORE

PARTS = {
    "builder": (captions.LAYER_BY_LAYER, builder.show),
    "weights": (captions.YOUR_WEIGHTS, weights.show),
    "module": (captions.YOUR_MODULE, module.show),
}

if st.session_state.pop("own_model.go", False):
    turning.to(EXPLORE)
st.title(captions.TITLE)
part = page_parts.choose("own_model.part", {name: label for name, (label, _) in PARTS.items()}, captions.SAID)
PARTS[part][1]()
url_state.publish()
