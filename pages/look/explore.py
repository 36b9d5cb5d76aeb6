"""Explore: a picture goes through a network; every layer, every channel, and why one cell has its value."""

import streamlit as st

from pages.shared import explore_detail, pickers, picture, scores_view, view
from pages.shared.loading import look, network

st.title("What does the network make of this picture?")

choice = pickers.network_picker()
try:
    opened = network(choice)
except pickers.CANNOT_OPEN as error:
    st.error(f"This network cannot be opened: {pickers.reason(error)}. Choose another above.", icon=":material/error:")
    st.stop()
if opened.provenance.kind == "random":
    st.warning(f"**{opened.provenance.label}.** {opened.provenance.detail}", icon=":material/casino:")

at_hand = picture.chosen(opened.spec)
fit = view.get("fit")
seen = look(choice, at_hand.digest, fit, at_hand.image)

left, middle, right = st.columns([5, 3, 4], gap="medium")
with left:
    picture.choose(at_hand)
with middle:
    picture.what_the_network_sees(seen, opened.spec, at_hand)
with right:
    scores_view.top_five(seen.scores)
st.caption(scores_view.caption(opened, seen, at_hand.title))

explore_detail.show(choice, at_hand, fit)
view.publish()
