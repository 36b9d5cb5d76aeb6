"""Explore: a picture goes through a network; every layer, every channel, and why one cell has its value."""

import streamlit as st

from pages.look.explore import detail, scores
from pages.shared import pickers, picture, view
from pages.shared.loading import look
from pages.shared.opened import network_of

st.title("What does the network make of this picture?")

st.markdown(
    "Every layer of the network is recorded while your picture goes through it. Open a layer, then a cell: "
    "which pixels does it see, and which products make up its value?"
)
left, right = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
with left:
    choice = pickers.network_picker()
with right:
    source = picture.source_picker()
notice = st.empty()  # always there, so that a notice moves nothing below it to another place in the page's tree
opened = network_of(choice, place=notice)
if opened is None:
    st.stop()

with st.container():
    picture.choose(source, opened.spec)
at_hand = picture.chosen(opened.spec)
fit = picture.fit_at_hand()
seen = look(choice, at_hand.digest, fit, at_hand.image)
left, right = st.columns([3, 2], gap="medium")
with left:
    picture.what_the_network_sees(choice, opened.spec, at_hand)
with right:
    scores.top_five(seen.scores)
st.caption(scores.caption(opened, seen, at_hand.title))

detail.show(choice, at_hand, fit)
view.publish()
