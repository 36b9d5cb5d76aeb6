"""Architectures: any network's card, layers, costs, graph and receptive field, and what its paper says."""

import streamlit as st

from cnnviz.topics.architectures import captions
from pages.networks.architectures import card, controls, cost_breakdown, field, graph, paper
from pages.shared import page_parts, url_state

PARTS = {
    "card": (captions.CARD, card.show),
    "xray": (captions.XRAY, cost_breakdown.show),
    "graph": (captions.GRAPH, graph.show),
    "field": (captions.FIELD, field.show),
    "paper": (captions.PAPER, paper.show),
}

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
here = controls.selected()
part = page_parts.choose("architectures.part", {name: label for name, (label, _) in PARTS.items()}, captions.SAID)
PARTS[part][1](here)
url_state.publish()
