"""Receptive field: which pixels a cell sees, how much they matter, which cells a pixel reaches; one's own stack."""

import streamlit as st

from cnnviz.topics.receptive_field import captions
from pages.networks.receptive_field import network, stack
from pages.shared import page_parts, url_state

PARTS = {"network": (captions.IN_A_NETWORK, network.show), "stack": (captions.OWN_STACK, stack.show)}

st.title(captions.TITLE)
part = page_parts.choose("receptive_field.part", {name: label for name, (label, _) in PARTS.items()}, captions.SAID)
PARTS[part][1]()
url_state.publish()
