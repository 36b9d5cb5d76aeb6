"""Receptive field: which pixels a cell sees, how much they matter, which cells a pixel reaches; one's own stack."""

import streamlit as st

from cnnviz.topics.receptive_field import captions
from pages.networks.receptive_field import network, stack
from pages.shared import url_state

PARTS = {"network": (captions.IN_A_NETWORK, network.show), "stack": (captions.OWN_STACK, stack.show)}

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="network", required=True,
    key="receptive_field.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "network"][1]()
url_state.publish()
