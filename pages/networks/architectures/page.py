"""Architectures: any network's card, layers, costs, graph and receptive field, and what its paper says."""

import streamlit as st

from pages.networks.architectures import card, controls, cost_breakdown, field, graph, paper
from pages.shared import url_state

PARTS = {
    "card": ("Card and layers", card.show),
    "xray": ("X-ray", cost_breakdown.show),
    "graph": ("Graph", graph.show),
    "field": ("Receptive field", field.show),
    "paper": ("Paper against implementation", paper.show),
}

st.title("What is this network made of?")
st.markdown(
    "A network is a list of operations: each has a shape, parameters, work to do, and a part of the picture that it "
    "sees. Choose any network: where do its parameters and its work lie, and how much of the picture does it see?"
)
here = controls.selected()
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="card", required=True,
    key="architectures.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part][1](here)
url_state.publish()
