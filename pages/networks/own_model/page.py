"""Your own model: built layer by layer, trained here, or brought along as weights or as a module."""

import streamlit as st

from pages.networks.own_model import builder, module, weights
from pages.shared import url_state
from pages.shared.navigation import EXPLORE

PARTS = {
    "builder": ("Layer by layer", builder.show),
    "weights": ("Your weights", weights.show),
    "module": ("Your module", module.show),
}

if st.session_state.pop("own_model.go", False):
    st.switch_page(EXPLORE, query_params={})  # else a widget bound to the link forbids it
st.title("What does a network of your own look like?")
st.markdown(
    "Choose layers and see at once what comes out of each, what it costs and how far it sees; what does not fit is "
    "marked where it breaks. Train it here, or bring weights or a module of yours and open them in Explore."
)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="builder", required=True,
    key="own_model.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "builder"][1]()
url_state.publish()
